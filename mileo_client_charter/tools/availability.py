"""The availability of equipment: uptime over the time it was expected to work (article 01).

One definition, for one equipment and one period, in seconds of naive UTC:

- the period is cut at the present: what is to come is neither up nor down;
- **no data**: time without supervision, and time when supervision itself was down;
- **planned**: supervised time under planned maintenance, even where supervision was down too;
- **expected**: what remains, so that ``expected + planned + no_data`` is the whole period;
- **down**: expected time with at least one outage; those that overlap count once, one without an end lasts still;
- **ratio** = (expected - down) / expected, or None when nothing was expected: no data is not 100 %.

Sites and contracts add up the seconds of their equipment. ``charter.outage._availability`` is the same in SQL.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .clock import to_utc

Interval = tuple[datetime, datetime]


class Outage(NamedTuple):
    """``end`` is None while it lasts. Neither planned nor without data: down."""

    start: datetime
    end: datetime | None
    planned: bool = False
    no_data: bool = False


class Availability(NamedTuple):
    """Seconds; see the top of this file for what each of them is.

    >>> whole = Availability(expected=360_000, down=3_600, planned=7_200, no_data=32_400)
    >>> whole.ratio, whole.coverage
    (0.99, 0.9009009009009009)
    >>> Availability(0, 0, 0, 86_400).ratio is None
    True
    >>> whole + Availability(0, 0, 0, 86_400)
    Availability(expected=360000, down=3600, planned=7200, no_data=118800)
    """

    expected: float
    down: float
    planned: float
    no_data: float

    @property
    def ratio(self) -> float | None:
        """Return the part of the expected time it worked, 0 to 1; None when no time was expected."""
        return (self.expected - self.down) / self.expected if self.expected else None

    @property
    def period(self) -> float:
        """Return the length of the period times the number of equipment."""
        return self.expected + self.planned + self.no_data

    @property
    def coverage(self) -> float | None:
        """Return the part of the period the ratio speaks of, 0 to 1; None for an empty period."""
        return self.expected / self.period if self.period else None

    def __add__(self, other: "Availability") -> "Availability":
        return Availability(*(mine + its for mine, its in zip(self, other, strict=True)))


NOTHING = Availability(0, 0, 0, 0)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as intervals that neither touch nor overlap, in order; empty ones are dropped.

    >>> day = datetime(2026, 10, 5)
    >>> hours = lambda first, last: (day.replace(hour=first), day.replace(hour=last))
    >>> [(a.hour, b.hour) for a, b in merged([hours(5, 6), hours(1, 3), hours(2, 4), hours(4, 5), hours(9, 9)])]
    [(1, 6)]
    """
    united: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def shared(ours: list[Interval], theirs: list[Interval]) -> list[Interval]:
    """Return the time that is in both of two merged lists."""
    return merged((max(start, first), min(end, last)) for start, end in ours for first, last in theirs)


def without(ours: list[Interval], theirs: list[Interval]) -> list[Interval]:
    """Return the time of ``ours`` that is not in ``theirs``; both merged.

    >>> day = datetime(2026, 10, 5)
    >>> hours = lambda first, last: (day.replace(hour=first), day.replace(hour=last))
    >>> [(a.hour, b.hour) for a, b in without([hours(1, 9)], [hours(0, 2), hours(4, 5)])]
    [(2, 4), (5, 9)]
    """
    left = []
    for start, end in ours:
        for first, last in theirs:
            if last <= start or first >= end:
                continue
            if first > start:
                left.append((start, first))
            start = max(start, last)
        left.append((start, end))
    return merged(left)


def seconds(intervals: Iterable[Interval]) -> float:
    return sum((end - start).total_seconds() for start, end in intervals)


def supervision(first: date | None, last: date | None, tz: str) -> Interval | None:
    """Return the moments of a supervision from ``first`` to ``last`` (both included) in the time zone ``tz``, naive UTC.

    None when it never began. The day clocks change has 23 or 25 hours.

    >>> start, end = supervision(date(2026, 10, 25), date(2026, 10, 25), "Europe/Paris")
    >>> print(start, end, end - start)
    2026-10-24 22:00:00 2026-10-25 23:00:00 1 day, 1:00:00
    """
    if not first:
        return None

    return to_utc(first, tz), to_utc(last + timedelta(days=1), tz) if last else datetime.max


def availability(
    outages: Iterable[Outage],
    start: datetime,
    end: datetime,
    now: datetime,
    supervised: Interval | None,
) -> Availability:
    """Return the availability of one equipment from ``start`` to ``end``, cut at ``now``; naive UTC.

    :param supervised: when it was watched (``supervision``); None for never

    >>> day = datetime(2026, 10, 5)
    >>> always = (datetime.min, datetime.max)
    >>> outages = [Outage(day.replace(hour=6), day.replace(hour=8)), Outage(day.replace(hour=7), None)]
    >>> found = availability(outages, day, day + timedelta(days=1), day.replace(hour=12), always)
    >>> found, found.ratio
    (Availability(expected=43200.0, down=21600.0, planned=0, no_data=0.0), 0.5)
    """
    period = merged([(start, min(end, now))])
    watched = shared(period, [supervised] if supervised else [])

    def of(kind):
        return merged((o.start, o.end or datetime.max) for o in outages if kind(o))

    outages = list(outages)
    planned = shared(of(lambda o: o.planned), watched)
    unseen = without(shared(of(lambda o: o.no_data and not o.planned), watched), planned)
    expected = without(without(watched, planned), unseen)
    down = shared(of(lambda o: not o.planned and not o.no_data), expected)
    return Availability(
        seconds(expected),
        seconds(down),
        seconds(planned),
        seconds(period) - seconds(watched) + seconds(unseen),
    )
