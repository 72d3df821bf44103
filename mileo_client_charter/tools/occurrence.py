"""Keys of the occurrences of an obligation: format and parse them, here only.

A key is stored in ``charter_obligation.occurrence`` and is part of its uniqueness, so its form never changes::

    subject [ "#" part ] [ "+" notified ] [ "." moved ] [ "~" again ]

``subject`` is a period ("2026-10", "2026-Q4"), a day ("2027-03-01"), a number ("2", the second cycle or notification),
a version of the charter ("v1.2"), a word ("onboarding") or nothing. ``part`` distinguishes kinds of one day
("annual", "renewal", "end" for the last days of a client, "from05" for days of a period that came under the charter
after the rest of it, the start of a fingerprint), ``notified`` counts the notifications of one date, ``moved`` days that were
moved before anybody was notified, ``again`` rows opened again after one was withdrawn (the first is 1 and is not written).
"""

import re
from datetime import date
from typing import NamedTuple

RENEWAL = "renewal"
ANNUAL = "annual"
ONBOARDING = "onboarding"
END = "end"

_KEY = re.compile(
    r"(?P<subject>v[\d.]+|\d+|[^#+~]*?)"
    r"(?:#(?P<part>\w+))?(?:\+(?P<notified>\d+))?(?:\.(?P<moved>\d+))?(?:~(?P<again>\d+))?"
)
_PERIOD = re.compile(r"(\d{4})-(?:(\d\d)|Q([1-4]))")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class Occurrence(NamedTuple):
    """The parts of a key."""

    subject: str = ""
    part: str = ""
    notified: int = 0
    moved: int = 0
    again: int = 1

    @property
    def day(self) -> date | None:
        """Return the day the key names, if it names one."""
        found = _DAY.fullmatch(self.subject)
        return date(*map(int, found.groups())) if found else None

    @property
    def period(self) -> tuple[int, int | None, int | None] | None:
        """Return (year, month or None, quarter or None) of a key that names a period."""
        found = _PERIOD.fullmatch(self.subject)
        return tuple(part and int(part) for part in found.groups()) if found else None

    @property
    def unit(self) -> str | None:
        """Return "month" or "quarter" of a key that names a period."""
        return self.period and ("quarter" if self.period[2] else "month")

    @property
    def number(self) -> int | None:
        """Return the number of a cycle or a notification, if that is what the key is."""
        return int(self.subject) if self.subject.isdecimal() else None


def format_key(subject, part="", notified=0, moved=0, again=1) -> str:
    """Return the key of an occurrence.

    :param subject: str, int or date

    >>> format_key("2026-10"), format_key("2026-10", again=2)
    ('2026-10', '2026-10~2')
    >>> format_key(date(2027, 3, 1), RENEWAL), format_key(date(2027, 3, 1), notified=1), format_key(2, moved=3)
    ('2027-03-01#renewal', '2027-03-01+1', '2.3')
    """
    return "".join(
        (
            str(subject),
            f"#{part}" if part else "",
            f"+{notified}" if notified else "",
            f".{moved}" if moved else "",
            f"~{again}" if again > 1 else "",
        )
    )


def parse_key(key) -> Occurrence:
    """Return the parts of ``key``; a key of no known form is all subject.

    >>> parse_key("2027-03-01#renewal~2")
    Occurrence(subject='2027-03-01', part='renewal', notified=0, moved=0, again=2)
    >>> parse_key("2026-Q4").unit, parse_key("2027-03-01+1").day, parse_key("2.3").number
    ('quarter', datetime.date(2027, 3, 1), 2)
    >>> parse_key("v1.2").subject, parse_key(False)
    ('v1.2', Occurrence(subject='', part='', notified=0, moved=0, again=1))
    """
    found = _KEY.fullmatch(key or "")
    if not found:
        return Occurrence(key)
    numbers = {name: int(found[name]) for name in ("notified", "moved", "again") if found[name]}
    return Occurrence(found["subject"], found["part"] or "", **numbers)


def again(key) -> str:
    """Return the key of the row that is opened after the one with ``key`` was withdrawn.

    >>> again("2026-10"), again("2026-10#end~2")
    ('2026-10~2', '2026-10#end~3')
    """
    occurrence = parse_key(key)
    return format_key(*occurrence[:4], again=occurrence.again + 1)


def event_key(key) -> str:
    """Return ``key`` without what distinguishes a row opened again from the withdrawn one.

    >>> event_key("2027-03-01#renewal~2")
    '2027-03-01#renewal'
    """
    return format_key(*parse_key(key)[:4])


def event_sql(column) -> str:
    """Return SQL for ``event_key`` of a column whose keys have no number of their own after a "~".

    >>> event_sql("promise.occurrence")
    "split_part(promise.occurrence, '~', 1)"
    """
    return f"split_part({column}, '~', 1)"


def subject_sql(column) -> str:
    """Return SQL for the ``subject`` of a column whose keys name periods.

    >>> subject_sql("occurrence")
    "split_part(split_part(occurrence, '~', 1), '#', 1)"
    """
    return f"split_part({event_sql(column)}, '#', 1)"
