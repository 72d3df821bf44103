"""The département an address lies in, which prefectoral orders and regulations name.

A French postcode is La Poste's, not the State's: it usually begins with the code of its département, and some communes are
served from the one next door. Collectivities overseas have postcodes of Guadeloupe's.
"""

import re
import unicodedata

FRENCH = {"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"}
# Every code there is: 20 became 2A and 2B, 96 and 99 are no départements of today.
CODES = frozenset(
    [f"{number:02}" for number in range(1, 96) if number != 20]
    + ["2A", "2B", "971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988", "989"]
)
# Countries of their own in the list of countries, départements and collectivities of France in ours.
OF_COUNTRY = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978",
    "TF": "984", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
# Whole postcodes of another département than the one they begin with.
POSTCODES = {"97133": "977", "97150": "978", "94390": "91", "98799": "989"}
# Communes whose postcode is shared with, and begins as, the département next door.
COMMUNES = {
    ("05110", "claret"): "04",
    ("05110", "curbans"): "04",
    ("05130", "piegut"): "04",
    ("05130", "venterol"): "04",
    ("05160", "pontis"): "04",
    ("06260", "la rochette"): "04",
    ("06260", "saint pierre"): "04",
    ("43450", "leyvaux"): "15",
    ("33220", "fougueyrolles"): "24",
    ("33220", "port sainte foy et ponchapt"): "24",
    ("01590", "chancia"): "39",
    ("01590", "lavancia epercy"): "39",
    ("01410", "lajoux"): "39",
    ("42620", "saint pierre laval"): "03",
    ("48250", "laval d aurelle"): "07",
    ("52100", "sapignicourt"): "51",
    ("21340", "change"): "71",
    ("01200", "eloise"): "74",
    ("13780", "riboux"): "83",
    ("37160", "buxeuil"): "86",
}
# A number of five figures, as people and devices write it: “69 003”, “F-75008”, “69425 CEDEX 03”.
_POSTCODE = re.compile(r"(?:F|FR|FRANCE)?[\s\-–]*(\d{2}\s?\d{3})(?:\s*CEDEX(?:\s*\d{1,2})?)?", re.IGNORECASE)


def postcode_of(text: str | None) -> str:
    """Return the five figures of a French postcode, however it is written; empty where it is none.

    >>> postcode_of("69425 CEDEX 03"), postcode_of("F-75008"), postcode_of("75 008\\u00a0"), postcode_of("7500")
    ('69425', '75008', '75008', '')
    """
    found = _POSTCODE.fullmatch(" ".join((text or "").split()))
    return found[1].replace(" ", "") if found else ""


def plain(name: str | None) -> str:
    """Return the name of a commune without accents, hyphens and capitals, for comparing.

    >>> plain("Île d’Yeu CEDEX 2"), plain("St-Pierre")
    ('ile d yeu', 'saint pierre')
    """
    letters = unicodedata.normalize("NFKD", name or "")
    text = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
    text = re.sub(r" cedex( \d+)?$", "", text)
    return re.sub(r"\bst(e?)\b", r"saint\1", text)


def department_of(postcode: str | None, country: str | None, city: str | None = None) -> str | bool:
    """Return the code of the département of a French address; False when there is none.

    Corsica is 2A up to 201xx and 2B from 202xx on; overseas codes have three figures. An address without a
    country is taken as French, as long as its postcode has five figures.

    :param postcode: as people write it
    :param country: two letters
    :param city: decides where two départements share a postcode

    >>> department_of("69 003", "FR"), department_of("20137", "FR"), department_of("20600", None)
    ('69', '2A', '2B')
    >>> department_of("97110", "GP"), department_of("1000", "FR"), department_of("10115", "DE")
    ('971', False, False)
    >>> department_of("97150", "MF"), department_of("97133", "FR"), department_of("96000", "FR")
    ('978', '977', False)
    >>> department_of("01200", "FR", "Éloise"), department_of("01200", "FR", "Bellegarde-sur-Valserine")
    ('74', '01')
    """
    if country and country not in FRENCH:
        return False
    digits = postcode_of(postcode)
    if not digits:
        return OF_COUNTRY.get(country, False)
    if digits in POSTCODES:
        return POSTCODES[digits]
    shared = COMMUNES.get((digits, plain(city)))
    if shared:
        return shared
    if digits.startswith("20"):
        return "2A" if digits < "20200" or plain(city) == "ajaccio" else "2B"
    code = digits[:3] if digits.startswith(("97", "98")) else digits[:2]
    return code if code in CODES else OF_COUNTRY.get(country, False)
