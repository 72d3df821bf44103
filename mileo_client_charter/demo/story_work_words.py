"""What technicians are called for, by kind of equipment, in the two languages clients read."""

from typing import NamedTuple


class Job(NamedTuple):
    """``name`` and ``done`` in French and English; ``{gear}`` is the equipment. ``hours`` it takes when all goes well."""

    tag: str
    kind: str
    priority: str
    name: tuple
    done: tuple
    hours: float = 2


JOBS = (
    Job("video", "corrective", "2", ("{gear} : plus d'image", "{gear}: no picture"),
        ("Alimentation remplacée, image contrôlée avec le poste de garde.", "Power supply replaced, picture checked with the guard."), 3),
    Job("video", "corrective", "1", ("{gear} : image floue", "{gear}: blurred picture"),
        ("Optique nettoyée et mise au point refaite.", "Lens cleaned and focused again."), 2),
    Job("video", "corrective", "2", ("{gear} : enregistrements incomplets", "{gear}: gaps in the recordings"),
        ("Disque remplacé, sept jours d'enregistrement vérifiés.", "Disk replaced, seven days of recordings checked."), 5),
    Job("video", "remote", "1", ("{gear} : accès distant refusé", "{gear}: remote access refused"),
        ("Certificat renouvelé à distance.", "Certificate renewed remotely."), 1),
    Job("video", "remote", "0", ("{gear} : heure décalée", "{gear}: wrong time"),
        ("Serveur de temps corrigé.", "Time server corrected."), 0.5),
    Job("video", "preventive", "1", ("Entretien annuel des caméras", "Yearly maintenance of the cameras"),
        ("Caméras nettoyées, réglages et enregistrements contrôlés.", "Cameras cleaned, settings and recordings checked."), 4),
    Job("access", "corrective", "2", ("{gear} : badges refusés", "{gear}: badges refused"),
        ("Lecteur redémarré, micrologiciel mis à jour.", "Reader restarted, firmware updated."), 2),
    Job("access", "corrective", "3", ("{gear} : accès bloqué", "{gear}: access blocked"),
        ("Verrou débloqué, carte électronique remplacée.", "Lock freed, circuit board replaced."), 3),
    Job("access", "corrective", "1", ("{gear} : fermeture trop lente", "{gear}: closes too slowly"),
        ("Ressort et temporisation réglés.", "Spring and delay adjusted."), 2),
    Job("access", "remote", "0", ("Nouveaux badges pour l'équipe de nettoyage", "New badges for the cleaning team"),
        ("Six badges créés, droits contrôlés avec le client.", "Six badges created, rights checked with the client."), 1),
    Job("access", "installation", "1", ("Extension du contrôle d'accès", "Extension of the access control"),
        ("Deux lecteurs posés et mis en service.", "Two readers fitted and put into service."), 6),
    Job("access", "other", "1", ("{gear} : bruit anormal à l'ouverture", "{gear}: strange noise when opening"),
        ("Moteur graissé, à surveiller.", "Motor greased, to be watched."), 2),
    Job("intrusion", "corrective", "3", ("{gear} : liaison avec le télésurveilleur perdue", "{gear}: link to the monitoring centre lost"),
        ("Antenne déplacée, carte SIM remplacée, essai avec le centre.", "Aerial moved, SIM card replaced, tested with the centre."), 4),
    Job("intrusion", "corrective", "2", ("{gear} : déclenchements intempestifs", "{gear}: false alarms"),
        ("Sensibilité réglée, un détecteur déplacé.", "Sensitivity set, one detector moved."), 3),
    Job("intrusion", "corrective", "1", ("{gear} : batterie faible", "{gear}: low battery"),
        ("Batterie remplacée, essai de deux heures.", "Battery replaced, two hours of test."), 1.5),
    Job("intrusion", "inspection", "1", ("Vérification semestrielle de l'alarme", "Half-yearly check of the alarm"),
        ("Tous les détecteurs essayés, deux piles remplacées.", "All detectors tested, two batteries replaced."), 3),
    Job("intrusion", "remote", "1", ("Nouveau code pour la direction", "New code for the management"),
        ("Code créé, l'ancien supprimé.", "Code created, the former one removed."), 0.5),
)  # fmt: skip
PAUSES = (
    ("Pièce commandée chez le constructeur", "Part on order at the maker's"),
    ("Site fermé jusqu'à lundi", "Site closed until Monday"),
    ("En attente de la nacelle", "Waiting for the cherry picker"),
)
# Mark -> what is said with it.
COMMENTS = {
    5: (
        ("Rapide et soigné, merci.", "Quick and tidy, thank you."),
        ("Technicien très pédagogue.", "He explained everything he did."),
        ("Intervention le jour même, bravo.", "Here the same day, well done."),
        ("", ""),
        ("", ""),
    ),
    4: (
        ("Bon travail, un peu long.", "Good work, a little long."),
        ("Prévenez-nous une heure avant votre arrivée.", "Please call us an hour before you come."),
        ("", ""),
        ("", ""),
    ),
    3: (
        ("Réparé, mais personne ne nous a dit quand vous passeriez.", "Mended, but nobody told us when you would come."),
        ("Deux passages pour une seule panne.", "Two visits for one fault."),
        ("", ""),
    ),
    2: (
        ("Trop d'attente, et aucune nouvelle entre-temps.", "Too long a wait, and no news meanwhile."),
        ("C'est la deuxième visite pour le même défaut.", "This is the second visit for the same fault."),
    ),
    1: (("Trois jours sans protection : inacceptable.", "Three days without protection: this is not acceptable."),),
}  # fmt: skip
# What the account manager understood, what was decided, what the client was told.
CALLS = (
    (("Le client n'a pas été prévenu du délai de la pièce.", "The client was not told how long the part would take."),
     ("Prévenir le client le jour où une pièce est commandée", "Tell the client the day a part is ordered")),
    (("La première visite n'avait pas traité la cause.", "The first visit had not dealt with the cause."),
     ("Contrôle par un second technicien avant clôture", "A second technician checks before closing")),
    (("Le technicien est venu sans prévenir, le site était fermé.", "The technician came unannounced, the site was closed."),
     ("Appeler le site une heure avant chaque visite", "Call the site an hour before each visit")),
)  # fmt: skip
