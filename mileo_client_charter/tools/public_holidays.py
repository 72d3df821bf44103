"""Public holidays of a country and a part of it, by the library ``holidays``. Plain Python, no database.

What the library has no name for is said by its own list: the parts of France it knows are the départements and collectivities
with days of their own, of which Alsace-Moselle's are two (Good Friday and 26 December). The région Grand Est (``GES``) has the
national days only: its three départements of local law are meant, each by its own code.
"""

import unicodedata
from datetime import date
from typing import NamedTuple

import holidays

# Départements and regions as people write them -> how the library calls the part with the same days.
SAME_DAYS = {
    "FR": {
        "67": "6AE", "68": "6AE", "A": "6AE", "ALSACE": "6AE", "MOSELLE": "57", "977": "BL", "978": "MF", "975": "PM",
        "984": "TF", "986": "WF", "987": "PF", "988": "NC", "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976",
        "BAS-RHIN": "6AE", "HAUT-RHIN": "6AE", "GUADELOUPE": "971", "MARTINIQUE": "972", "GUYANE": "973", "GUYANE FRANCAISE": "973",
        "REUNION": "974", "LA REUNION": "974", "MAYOTTE": "976", "SAINT-BARTHELEMY": "BL", "SAINT-MARTIN": "MF",
        "SAINT-PIERRE-ET-MIQUELON": "PM", "NOUVELLE-CALEDONIE": "NC", "POLYNESIE FRANCAISE": "PF", "WALLIS-ET-FUTUNA": "WF",
        "TERRES AUSTRALES": "TF",
    }
}  # fmt: skip
# Countries in Odoo's list that are parts of another one for the library.
PART_OF = {
    "GP": ("FR", "971"), "MQ": ("FR", "972"), "GF": ("FR", "973"), "RE": ("FR", "974"), "YT": ("FR", "976"),
    "BL": ("FR", "BL"), "MF": ("FR", "MF"), "PM": ("FR", "PM"), "NC": ("FR", "NC"), "PF": ("FR", "PF"),
    "WF": ("FR", "WF"), "TF": ("FR", "TF"),
}  # fmt: skip
# Parts of a country whose days differ inside of them: an answer would be wrong for some of it.
TOO_WIDE = {"FR": {"GES": ("57", "67", "68")}}


class Holiday(NamedTuple):
    """A day on which nobody works, and its name."""

    day: date
    name: str


# What the parts are called, where a list of them is shown to people.
NAMES = {
    "FR": {
        "57": "Moselle",
        "6AE": "Alsace",
        "971": "Guadeloupe",
        "972": "Martinique",
        "973": "Guyane",
        "974": "La Réunion",
        "976": "Mayotte",
        "BL": "Saint-Barthélemy",
        "MF": "Saint-Martin",
        "NC": "Nouvelle-Calédonie",
        "PF": "Polynésie française",
        "PM": "Saint-Pierre-et-Miquelon",
        "TF": "Terres australes",
        "WF": "Wallis-et-Futuna",
    }
}


class UnknownPart(ValueError):
    """The library has no such country or part of it; ``args`` are the code and what there is instead."""


def parts(country: str) -> list[str]:
    """Return codes of the parts of ``country`` that have days of their own.

    >>> "6AE" in parts("FR"), parts("XX")
    (True, [])
    """
    return sorted(holidays.list_supported_countries(include_aliases=False).get(country, []))


def part_of(country: str, part: str | None) -> tuple[str, str | None]:
    """Return (country, part) as the library calls them, None for the whole country.

    :raise UnknownPart: no such country or part, or a part whose days differ inside of it

    >>> part_of("FR", "68"), part_of("RE", ""), part_of("FR", None), part_of("FR", "75")
    (('FR', '6AE'), ('FR', '974'), ('FR', None), ('FR', None))

    By their names too, with accents and without; each of those a list shows is one:

    >>> part_of("FR", "Réunion"), part_of("FR", "la reunion"), part_of("FR", "Moselle"), part_of("FR", "mayotte")
    (('FR', '974'), ('FR', '974'), ('FR', '57'), ('FR', '976'))
    >>> [name for country, named in NAMES.items() for code, name in named.items() if part_of(country, name) != (country, code)]
    []
    >>> [code for code in parts("FR") if code not in NAMES["FR"]]
    []

    A number is a département, never a region: 44 is Loire-Atlantique.

    >>> {part_of("FR", f"{number:02}") for number in range(1, 96) if number not in (20, 57, 67, 68)}
    {('FR', None)}
    """
    code = _plain(part or "")
    if country in PART_OF:
        return PART_OF[country]
    known = parts(country)
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise UnknownPart(country, "")
    if code in TOO_WIDE.get(country, {}):
        raise UnknownPart(code, ", ".join(TOO_WIDE[country][code]))
    code = SAME_DAYS.get(country, {}).get(code, code)
    if not code or code in known:
        return country, code or None
    if country == "FR" and _is_metropolitan(code):
        return country, None
    raise UnknownPart((part or "").strip(), ", ".join(_named(country, one) for one in known))


def _named(country, code):
    name = NAMES.get(country, {}).get(code)
    return f"{name} ({code})" if name else code


def _plain(text):
    """Return ``text`` in capitals, without accents: “RÉUNION” and “Reunion” are one name."""
    letters = unicodedata.normalize("NFKD", text.strip())
    return "".join(one for one in letters if not unicodedata.combining(one)).replace("’", "'").upper()


def _is_metropolitan(code: str) -> bool:
    return code in ("2A", "2B") or (
        code.isdecimal() and len(code) == 2 and 1 <= int(code) <= 95 and code != "20"
    )


def language_of(country: str, lang: str) -> str | None:
    """Return what the library calls the language ``lang`` (an Odoo code) for the names of ``country``; None: the country's own."""
    known = holidays.list_localized_countries(include_aliases=False).get(country, [])
    return next((code for code in (lang, lang.partition("_")[0]) if code in known), None)


def public_holidays(country: str, part: str | None, years: list[int], lang: str) -> list[Holiday]:
    """Return the public holidays of these years, in order of time, named in ``lang`` where the library can.

    :param country: two letters
    :param part: département, region or state; empty for the days of the whole country
    :param lang: code of a language as Odoo has it
    :raise UnknownPart: no such country or part

    >>> days = public_holidays("FR", "67", [2027], "fr_FR")
    >>> len(days), days[1].name, len(public_holidays("FR", "75", [2027], "fr_FR"))
    (13, 'Vendredi saint', 11)
    """
    known, code = part_of(country, part)
    found = holidays.country_holidays(known, subdiv=code, years=years, language=language_of(known, lang))
    return [Holiday(day, name) for day, name in sorted(found.items())]
