"""What is said at interviews and annual reviews, and written about renewals, in French and English."""

INTERVIEWS = {
    "good": (
        (("Des techniciens qui expliquent ce qu'ils font.", "Technicians who explain what they do."),
         ("Un point écrit chaque semaine.", "A written summary every week.")),
        (("Une équipe joignable, et des délais tenus.", "A team we can reach, and times that are kept."),
         ("Être prévenus une heure avant chaque visite.", "To be called an hour before each visit.")),
        (("Le rapport est clair, je le présente tel quel en comité.", "The report is clear, I show it to our board as it is."),
         ("Le même rapport avec une page par site.", "The same report with a page for each site.")),
    ),
    "fair": (
        (("Globalement bien, avec quelques délais trop longs.", "Good on the whole, with some waits too long."),
         ("Un stock de pièces plus proche.", "A stock of spare parts closer to us.")),
    ),
    "poor": (
        (("Trop de relances pour obtenir une date.", "We have to ask too often before we get a date."),
         ("Un seul interlocuteur, qui rappelle.", "One person, who calls back.")),
        (("Trop de fausses alarmes la nuit.", "Too many false alarms at night."),
         ("Une nuit sans appel.", "One night without a call.")),
    ),
}  # fmt: skip
ANNUAL = {
    "good": {
        "achievements": ("Contrôle d'accès étendu, enregistreurs mis à jour, entretien annuel fait.",
                         "Access control extended, recorders updated, yearly maintenance done."),
        "performance": ("Délais tenus, disponibilité supérieure à 99 %.", "Times kept, availability above 99 %."),
        "satisfaction": ("Le client est satisfait et nous recommande.", "The client is satisfied and recommends us."),
        "outlook": ("Remplacer les caméras en fin de support, ouvrir un second site.",
                    "Replace the cameras near their end of support, open a second site."),
    },
    "fair": {
        "achievements": ("Entretien annuel fait, deux recommandations réalisées.", "Yearly maintenance done, two recommendations carried out."),
        "performance": ("Délais tenus neuf fois sur dix.", "Times kept nine times out of ten."),
        "satisfaction": ("Satisfait dans l'ensemble ; souhaite être mieux prévenu.", "Satisfied on the whole; wants to be told earlier."),
        "outlook": ("Un stock de pièces chez nous pour ce site.", "A stock of spare parts for this site."),
    },
    "poor": {
        "achievements": ("Entretien annuel fait ; plusieurs pannes répétées.", "Yearly maintenance done; several faults came back."),
        "performance": ("Trop de délais dépassés au printemps.", "Too many times were missed last spring."),
        "satisfaction": ("Pas satisfait : trop d'attente, trop peu de nouvelles.", "Not satisfied: too much waiting, too little news."),
        "outlook": ("Regagner sa confiance avant de parler d'extension.", "Win the client back before any extension."),
    },
}  # fmt: skip
CAUSES = (
    "Une panne d'enregistreur pendant un vol, puis trois retards : le client doute de nous.",
    "A recorder was down during a theft, then three delays: the client doubts us.",
)
OVERRIDE = (
    "Le client déménage dans quatre mois et demande la continuité ; un second technicien lui est affecté d'ici là.",
    "The client moves in four months and asks for continuity; a second technician is assigned until then.",
)
