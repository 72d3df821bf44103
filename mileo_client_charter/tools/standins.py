"""Who answers while somebody is away: chains of stand-ins over days.

Plain dates, both ends included, in the company's time zone; an open end is None. A chain is followed on
each day on its own: A's stand-in may be away for a part of the time only, and then has a stand-in too.
"""

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
# Stands for “until further notice” inside the arithmetic; never given out.
FAR = date.max


class Away(NamedTuple):
    """Somebody's absence, both days included; no last day: until further notice."""

    user: Hashable
    first: date
    last: date | None
    stand_in: Hashable | None = None


class Segment(NamedTuple):
    """From ``first`` to ``last`` (None: until further notice) ``holder`` answers; None: nobody does."""

    first: date
    last: date | None
    holder: Hashable | None


class StandInLoop(ValueError):
    """People who stand in for each other on the same day: nobody would answer."""

    def __init__(self, day, users):
        self.day, self.users = day, users
        super().__init__(f"{' → '.join(map(str, users))} on {day}")


def overlap(first, last, other_first, other_last):
    """Return the days two spans share as (first, last), or None.

    >>> overlap(date(2026, 8, 1), None, date(2026, 7, 20), date(2026, 8, 3))
    (datetime.date(2026, 8, 1), datetime.date(2026, 8, 3))
    >>> overlap(date(2026, 8, 4), None, date(2026, 7, 20), date(2026, 8, 3)) is None
    True
    """
    lo, hi = max(first, other_first), min(last or FAR, other_last or FAR)
    return (lo, None if hi == FAR else hi) if lo <= hi else None


def holder_on(day: date, user: Hashable, absences: Iterable[Away]):
    """Return who answers for ``user`` on ``day``: the user, the end of the chain of stand-ins, or None for nobody.

    :raises StandInLoop: the chain comes back to somebody who is away
    """
    seen = []
    while True:
        away = next(
            (one for one in absences if one.user == user and one.first <= day <= (one.last or FAR)), None
        )
        if away is None:
            return user
        if user in seen:
            raise StandInLoop(day, [*seen[seen.index(user) :], user])
        seen.append(user)
        if away.stand_in is None:
            return None
        user = away.stand_in


def segments(user: Hashable, first: date, last: date | None, absences: Iterable[Away]) -> list[Segment]:
    """Return who answers for ``user`` from ``first`` to ``last``, only where it is somebody else.

    >>> claire = Away("claire", date(2026, 8, 1), date(2026, 8, 20), "bob")
    >>> bob = Away("bob", date(2026, 8, 10), date(2026, 8, 12), "dora")
    >>> for part in segments("claire", date(2026, 8, 1), None, [claire, bob]):
    ...     print(part.first, part.last, part.holder)
    2026-08-01 2026-08-09 bob
    2026-08-10 2026-08-12 dora
    2026-08-13 2026-08-20 bob

    :raises StandInLoop: see ``holder_on``
    """
    absences = list(absences)
    end = last or FAR
    # Nothing changes between two of these days.
    starts = {first}
    for one in absences:
        starts.add(one.first)
        if one.last is not None:
            starts.add(one.last + DAY)
    starts = sorted(day for day in starts if first <= day <= end)
    parts = []
    for index, start in enumerate(starts):
        stop = starts[index + 1] - DAY if index + 1 < len(starts) else end
        holder = holder_on(start, user, absences)
        if holder == user:
            continue
        if parts and parts[-1].holder == holder and parts[-1].last == start - DAY:
            parts[-1] = parts[-1]._replace(last=stop)
        else:
            parts.append(Segment(start, stop, holder))
    return [part._replace(last=None) if part.last == FAR else part for part in parts]


def without(first, last, other_first, other_last):
    """Return the parts of a span that another one leaves: a list of (first, last) pairs, none to two of them."""
    parts = []
    if first < other_first:
        before = other_first - DAY
        parts.append((first, before if last is None or last > before else last))
    if other_last is not None and (last is None or last > other_last):
        parts.append((max(first, other_last + DAY), last))
    return parts
