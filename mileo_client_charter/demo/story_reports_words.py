"""What technical contacts advise and write at the top of a report, in French and English."""

from typing import NamedTuple

from .story_clients import words


class Advice(NamedTuple):
    tag: str
    urgency: str
    name: tuple
    advice: tuple
    benefit: tuple


ADVICE = (
    Advice("intrusion", "2", ("Un second réseau mobile pour la centrale d'alarme", "A second mobile network for the alarm centre"),
        ("La centrale a perdu son seul réseau pendant une nuit. Une seconde carte, d'un autre opérateur, prend le relais en quelques secondes.",
         "The centre lost its only network for a night. A second card, of another operator, takes over in seconds."),
        ("Les alarmes nous parviennent quoi qu'il arrive à un opérateur.", "Alarms reach us whatever happens to one operator.")),
    Advice("access", "1", ("Remplacer les lecteurs de première génération", "Replace the first-generation readers"),
        ("Trois lecteurs ne reçoivent plus de micrologiciel. Leurs successeurs prennent place dans les mêmes boîtiers.",
         "Three readers get no more firmware. Their successors fit the same boxes."),
        ("Les badges ne peuvent plus être copiés.", "Badges cannot be copied any more.")),
    Advice("video", "1", ("Passer l'enregistrement à trente jours", "Keep recordings for thirty days"),
        ("Les enregistrements sont écrasés au bout de quatorze jours ; vos deux derniers incidents ont été signalés plus tard.",
         "Recordings are overwritten after fourteen days; your last two incidents were reported later than that."),
        ("Les images sont encore là quand on en a besoin.", "The pictures are still there when they are needed.")),
    Advice("video", "2", ("Un onduleur pour l'enregistreur", "An uninterruptible supply for the recorder"),
        ("Chaque coupure de courant laisse l'enregistreur arrêté jusqu'à notre passage.",
         "After each power cut the recorder stays down until we come."),
        ("Une heure d'autonomie, et un redémarrage propre.", "An hour on its own, and a clean restart.")),
    Advice("access", "0", ("Retirer les badges des personnes parties", "Remove the badges of people who have left"),
        ("Quarante badges actifs n'ont pas servi depuis six mois.", "Forty active badges have not been used for six months."),
        ("Seules les personnes présentes peuvent entrer.", "Only people who work here can come in.")),
    Advice("video", "1", ("Éclairer la zone de livraison", "Light the delivery area"),
        ("La nuit, la caméra ne permet pas de reconnaître un visage à plus de cinq mètres.",
         "At night the camera cannot recognise a face beyond five metres."),
        ("Des images exploitables la nuit.", "Pictures that can be used at night.")),
    Advice("intrusion", "1", ("Remplacer les détecteurs de plus de dix ans", "Replace detectors older than ten years"),
        ("Leur portée a baissé d'un tiers au dernier essai.", "Their range was a third shorter at the last test."),
        ("Moins de déclenchements intempestifs, aucune zone aveugle.", "Fewer false alarms, no blind spot.")),
)  # fmt: skip
NO_ADVICE = (
    "Rien à conseiller sur cette période : l'installation est à jour.",
    "Nothing to advise in this period: the installation is up to date.",
)
THANKS = ("D'accord, merci de nous proposer une date.", "Agreed, please suggest a date.")
REFUSED = ("Pas cette année, notre budget est arrêté.", "Not this year, our budget is closed.")
QUIET = (
    "Période calme : aucune intervention corrective, et une installation disponible.",
    "A quiet period: nothing had to be mended, and the installation was available.",
)
GOOD = (
    "Tout ce qui nous a été signalé a été traité dans les délais convenus.",
    "Everything you reported was dealt with in the time agreed.",
)
LATE = (
    "Nous n'avons pas tenu tous nos délais sur cette période ; ce qui a manqué est détaillé plus bas, avec ce que nous changeons.",
    "We did not keep all our times in this period; what was missed is listed below, with what we are changing.",
)
STRAINED = (
    "Notre équipe a été trop courte ces derniers mois, et vous l'avez senti. Un renfort arrive, et vos délais redeviennent la règle.",
    "Our team has been too small these last months, and you have felt it. Help is on its way, and your times are the rule again.",
)


def introduction(client, report, bad):
    """A word to the client that fits the figures of its report."""
    if report.late_count:
        return words(client, *(STRAINED if bad else LATE))
    return words(client, *(GOOD if report.done_count else QUIET))
