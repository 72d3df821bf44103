"""Time limits and ratings that somebody typed into the text of a charter, in place of the code that prints them.

What is typed stays when the commitment changes: it is compared with what the clock does before it is published.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from babel import UnknownLocaleError
from babel.units import format_unit
from num2words import num2words

# Units of commitments, and weeks, which are so many days.
NAMES = {"hour": ("hours", 1), "day": ("days", 1), "week": ("days", 7), "month": ("months", 1)}
# Numbers people write in words. One is left out: in many languages it is the article.
SPELLED = range(2, 100)
# An amount of each plural form that languages have.
FORMS = (1, 2, 5)
_RATING = re.compile(r"\b(\d)\s*(?:/|out of|sur)\s*5\b", re.IGNORECASE)


class Typed(NamedTuple):
    """A time limit as it was read: the words, how long, and whether working time was meant."""

    words: str
    amount: int
    unit: str
    clock: str


def measure(amount, unit, clock="elapsed"):
    """Return what two time limits that are the same have in common: 48 hours are 2 days, 2 working days are not 48 hours.

    >>> measure(48, "hours") == measure(2, "days"), measure(16, "hours", "working") == measure(2, "days", "working")
    (True, False)
    """
    return (amount * 24, "hours", clock) if (unit, clock) == ("days", "elapsed") else (amount, unit, clock)


@lru_cache(maxsize=32)
def _units(lang):
    """Return {word: (unit, how many of it)} of a language: “hour”, “hours”, “mois”."""
    found = {}
    for code in {"en", lang}:
        for name, unit in NAMES.items():
            for amount in FORMS:
                try:
                    words = format_unit(amount, name, locale=code)
                except (UnknownLocaleError, ValueError):
                    # A language that only Odoo knows: its units are read in English.
                    break
                word = words.replace(str(amount), "").strip().lower()
                if word:
                    found[word] = unit
    return found


@lru_cache(maxsize=32)
def _numbers(lang):
    """Return {“forty-eight”: 48}; empty in a language whose numbers nobody has put into words."""
    try:
        return {num2words(number, lang=lang).lower(): number for number in SPELLED}
    except NotImplementedError:
        return {}


def durations(text, lang="en", working=("working",)):
    """Return the time limits typed in a plain text, in its order.

    :param lang: as Odoo names it
    :param working: words of the language that say working time, beside the unit

    >>> durations("within 36 hours, then 3 working days; a 2-week break, room 7")
    [Typed(words='36 hours', amount=36, unit='hours', clock='elapsed'), \
Typed(words='3 working days', amount=3, unit='days', clock='working'), \
Typed(words='2-week', amount=14, unit='days', clock='elapsed')]
    >>> [one[1:] for one in durations("sous trente-six heures ouvrées, ou deux mois", "fr_FR", ("ouvrées",))]
    [(36, 'hours', 'working'), (2, 'months', 'elapsed')]
    """
    units, numbers = _units(lang), _numbers(lang)
    number = "|".join([r"\d+", *sorted(map(re.escape, numbers), key=len, reverse=True)])
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    work = "|".join(map(re.escape, working)) or r"(?!)"
    pattern = rf"(?<![\w,.])({number})[\s-]*(?:({work})\s+)?({unit})(?!\w)(?:\s+({work})(?!\w))?"
    found = []
    for match in re.finditer(pattern, text, re.IGNORECASE):
        amount, before, name, after = match.groups()
        kind, times = units[name.lower()]
        amount = int(amount) if amount.isdecimal() else numbers[amount.lower()]
        clock = "working" if before or after else "elapsed"
        found.append(Typed(match.group(), amount * times, kind, clock))
    return found


def ratings(text):
    """Return [(words, rating)] of ratings out of five typed in a plain text.

    >>> ratings("a rating below 2/5, or 3 out of 5; 4 sur 50")
    [('2/5', 2), ('3 out of 5', 3)]
    """
    return [(match.group(), int(match[1])) for match in _RATING.finditer(text)]
