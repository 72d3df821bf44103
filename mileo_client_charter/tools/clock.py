"""When a commitment falls due: elapsed or working time, counted from a moment.

Every moment that goes in or comes out is a naive ``datetime`` in UTC, as Odoo stores them. A time zone only
says what "a day", "a month" or "nine o'clock" mean. Nothing here reads a database.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

import pytz
from dateutil.relativedelta import relativedelta

# plan_hours and plan_days of Odoo's resource.calendar read a calendar a fortnight at a time and give up
# after a hundred; both numbers show in their answers, so they are ours too.
FORTNIGHT = timedelta(days=14)
HORIZON = 100 * FORTNIGHT

# Hours that a float holds exactly: multiples of a power of two, here 3.515625 seconds.
TICK = 1 / 1024

MICROSECONDS_PER_HOUR = 3_600_000_000
EPOCH = datetime(1970, 1, 1)


class NoWorkingTime(ValueError):
    """The calendar has no working time, or not enough of it in the 1,400 days that are looked at."""


class NeedsMore(LookupError):
    """The answer may lie outside the ``covered`` window: ask again with a wider ``WorkingTime``."""


class Delay(NamedTuple):
    """How long a promise runs.

    >>> Delay(48, "hours", "elapsed")
    Delay(amount=48, unit='hours', clock='elapsed')
    """

    amount: int
    unit: str  # hours | days | months
    clock: str  # elapsed | working


class WorkingTime:
    """The working intervals of one calendar over one window, ready to be asked about many moments.

    Building it is linear; each question then costs two bisections, O(log n), whatever the delay.

    :param intervals: (start, end) pairs, naive UTC, in any order. Those that overlap are merged; those that
        only touch stay separate, because ``add_days`` stops at the end of a day's first interval. An interval
        counts for the local day on which it starts.
    :param covered: (first, last) moments, naive UTC, between which the intervals are complete.
    :param tz: name of the time zone in which days are counted.

    >>> monday = WorkingTime(
    ...     [(datetime(2026, 10, 5, 7), datetime(2026, 10, 5, 10)),
    ...      (datetime(2026, 10, 5, 11), datetime(2026, 10, 5, 15))],
    ...     covered=(datetime(2026, 10, 5), datetime(2026, 10, 6)), tz="Europe/Paris")
    >>> monday.add(datetime(2026, 10, 5, 9), 2)
    datetime.datetime(2026, 10, 5, 12, 0)
    """

    def __init__(
        self, intervals: Iterable[tuple[datetime, datetime]], covered: tuple[datetime, datetime], tz: str
    ):
        self.covered = covered
        self.tz = tz
        self._intervals: list[tuple[datetime, datetime]] = []
        for start, end in sorted(intervals):
            if start >= end:
                continue
            if self._intervals and start < self._intervals[-1][1]:
                last_start, last_end = self._intervals[-1]
                self._intervals[-1] = last_start, max(last_end, end)
            else:
                self._intervals.append((start, end))

    def __bool__(self):
        return bool(self._intervals)

    def add(self, start: datetime, hours: float) -> datetime:
        """Return the moment when ``hours`` of working time have passed since ``start``; before it when negative.

        The same answer, to the microsecond, as ``plan_hours(hours, start, compute_leaves=True)``: time that
        runs out as an interval ends is due at that end, and zero hours is the next opening.

        :raises NoWorkingTime: no working time at all, or not enough within 1,400 days of ``start``
        :raises NeedsMore: the window ends too early to decide

        >>> week = WorkingTime(
        ...     [(datetime(2026, 10, day, 7), datetime(2026, 10, day, 15)) for day in (5, 6, 7)],
        ...     covered=(datetime(2026, 10, 5), datetime(2026, 10, 8)), tz="Europe/Paris")
        >>> week.add(datetime(2026, 10, 5, 12), 4)
        datetime.datetime(2026, 10, 6, 8, 0)
        >>> week.add(datetime(2026, 10, 6, 8), -1)
        datetime.datetime(2026, 10, 6, 7, 0)
        """
        if hours >= 0:
            return EPOCH + self._future.add(start - EPOCH, hours)
        return EPOCH - self._past.add(EPOCH - start, -hours)

    def add_days(self, start: datetime, days: int) -> datetime:
        """Return the moment reached after ``days`` working days; before ``start`` when negative.

        The same answer as ``plan_days(days, start, compute_leaves=True)``, of which two things surprise: the
        day of ``start`` is the first one counted if any of it is left, and the answer is the end of the last
        day's FIRST interval (noon, when there is a lunch break), or the start of its last one towards the
        past. Zero days is ``start`` itself.

        :raises NoWorkingTime: no working time at all, or not enough within 1,400 days of ``start``
        :raises NeedsMore: the window ends too early to decide

        >>> week = WorkingTime(
        ...     [(datetime(2026, 10, day, 7), datetime(2026, 10, day, 15)) for day in (5, 6, 7)],
        ...     covered=(datetime(2026, 10, 5), datetime(2026, 10, 8)), tz="Europe/Paris")
        >>> week.add_days(datetime(2026, 10, 5, 12), 2)
        datetime.datetime(2026, 10, 6, 15, 0)
        >>> week.add_days(datetime(2026, 10, 6, 12), -2)
        datetime.datetime(2026, 10, 5, 7, 0)
        """
        if days > 0:
            return EPOCH + self._future.add_days(start - EPOCH, days, self._dates)
        if days < 0:
            return EPOCH - self._past.add_days(EPOCH - start, -days, self._dates)
        return start

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` itself if it is working time, else the start of the next interval.

        :raises NoWorkingTime: no working time at all, or none within 1,400 days of ``at``
        :raises NeedsMore: the window ends too early to decide

        >>> monday = WorkingTime(
        ...     [(datetime(2026, 10, 5, 7), datetime(2026, 10, 5, 15))],
        ...     covered=(datetime(2026, 10, 4), datetime(2026, 10, 6)), tz="Europe/Paris")
        >>> monday.next_opening(datetime(2026, 10, 4, 22))
        datetime.datetime(2026, 10, 5, 7, 0)
        """
        return self.add(at, 0)

    def is_open(self, at: datetime) -> bool:
        """Return whether ``at`` is working time; the end of an interval no longer is.

        :raises NeedsMore: ``at`` is outside the window

        >>> monday = WorkingTime(
        ...     [(datetime(2026, 10, 5, 7), datetime(2026, 10, 5, 15))],
        ...     covered=(datetime(2026, 10, 5), datetime(2026, 10, 6)), tz="Europe/Paris")
        >>> monday.is_open(datetime(2026, 10, 5, 7)), monday.is_open(datetime(2026, 10, 5, 15))
        (True, False)
        """
        if not self.covered[0] <= at < self.covered[1]:
            raise NeedsMore("The moment asked about is outside the covered window.")
        index = bisect_right(self._intervals, at, key=lambda interval: interval[0]) - 1
        return index >= 0 and at < self._intervals[index][1]

    def between(self, start: datetime, stop: datetime) -> timedelta:
        """Return working time between two moments.

        :raises NeedsMore: the window does not hold both

        >>> monday = WorkingTime(
        ...     [(datetime(2026, 10, 5, 7), datetime(2026, 10, 5, 15))],
        ...     covered=(datetime(2026, 10, 5), datetime(2026, 10, 6)), tz="Europe/Paris")
        >>> monday.between(datetime(2026, 10, 5, 14), datetime(2026, 10, 5, 22))
        datetime.timedelta(seconds=3600)
        """
        if start < self.covered[0] or stop > self.covered[1]:
            raise NeedsMore("The moments asked about are outside the covered window.")
        parts = (min(end, stop) - max(begin, start) for begin, end in self._intervals)
        return sum((part for part in parts if part > timedelta()), timedelta())

    @cached_property
    def _future(self):
        lo, hi = self.covered
        intervals = [(start - EPOCH, end - EPOCH) for start, end in self._intervals]
        return _Line(intervals, covered=(lo - EPOCH, hi - EPOCH))

    @cached_property
    def _past(self):
        """Mirror the line: what is later there is earlier here."""
        lo, hi = self.covered
        intervals = [(EPOCH - end, EPOCH - start) for start, end in reversed(self._intervals)]
        return _Line(intervals, covered=(EPOCH - hi, EPOCH - lo), mirrored=True)

    @cached_property
    def _dates(self):
        """Return local date of each interval: only ``add_days`` is worth so many time zone conversions."""
        return [to_local(start, self.tz).date() for start, _end in self._intervals]


class _Line:
    """Intervals along one direction of time, so that each rule is written once for future and past.

    Positions are timedeltas from EPOCH, not floats: whole microseconds add up with no loss however far.
    """

    def __init__(self, intervals, covered, mirrored=False):
        self._lo, self._hi = covered
        self._mirrored = mirrored
        self._starts = [start for start, _end in intervals]
        self._ends = [end for _start, end in intervals]
        # Working time since the first interval, at the start and at the end of each one.
        self._before = []
        self._after = []
        total = timedelta()
        for start, end in intervals:
            self._before.append(total)
            total += end - start
            self._after.append(total)
        # Whether a float holds every length, in hours, without rounding, as those in quarter hours do.
        self._exact = not any((end - start) % timedelta(hours=TICK) for start, end in intervals)
        self._days = None

    def add(self, at, hours):
        delta, sure = _plan(hours)
        first = self._first(at)
        start = self._starts[first]
        target = self._before[first] + delta
        if start < at:
            target += at - start
        index = bisect_left(self._after, target, first)
        if index == len(self._after):
            raise self._ran_out(at)
        due = self._ends[index] - (self._after[index] - target)
        if due >= at + HORIZON or index - first > sure:
            return self._replay(at, hours, first)
        if due == self._ends[index] and not (self._exact and not hours % TICK and due < at + FORTNIGHT):
            # An error of any size sends plan_hours to the next opening, unless its floats have none.
            return self._replay(at, hours, first)
        return due

    def _replay(self, at, hours, first):
        """Repeat ``add`` by plan_hours' own float arithmetic, interval after interval.

        Only for answers that the rounding of its floats may have moved, across the edge of an interval or to
        the next microsecond, and for those at the horizon. It cuts intervals where plan_hours does: every
        fortnight from ``at``.
        """
        cut = at + FORTNIGHT
        for index in range(first, len(self._starts)):
            start = max(at, self._starts[index])
            end = self._ends[index]
            while start < end:
                if start >= at + HORIZON:
                    raise self._ran_out(at)
                while cut <= start:
                    cut += FORTNIGHT
                stop = min(cut, end)
                length = (stop - start).total_seconds() / 3600
                if hours <= length:
                    return start + timedelta(hours=hours)
                hours -= length
                start = stop
        raise self._ran_out(at)

    def add_days(self, at, days, dates):
        day_of, first_of = self._days or self._count_days(dates)
        index = self._first(at)
        if days > 1:
            day = day_of[index] + days - 1
            if day >= len(first_of):
                raise self._ran_out(at)
            index = first_of[day]
        start = max(at, self._starts[index])
        if start >= at + HORIZON:
            raise self._ran_out(at)
        # plan_days takes an interval cut in two by the end of one of its fortnights for two intervals.
        cut = at + FORTNIGHT * ((start - at) // FORTNIGHT + 1)
        due = min(cut, self._ends[index])
        if due >= self._hi:
            raise NeedsMore("The interval that ends the delay may go on after the covered window.")
        return due

    def _count_days(self, dates):
        """Number the days worked from 0: (day of each interval, first interval of each day)."""
        day_of, first_of = [], []
        previous = None
        for index, day in enumerate(reversed(dates) if self._mirrored else dates):
            if day != previous:
                first_of.append(index)
                previous = day
            day_of.append(len(first_of) - 1)
        self._days = day_of, first_of
        return self._days

    def _first(self, at):
        """Return the index of the interval that contains ``at`` or, failing that, of the next one."""
        if not self._ends:
            raise NoWorkingTime("The working calendar has no working time: give it working hours.")
        if at < self._lo:
            raise NeedsMore("The moment asked about is outside the covered window.")
        index = bisect_right(self._ends, at)
        if index == len(self._ends):
            raise self._ran_out(at)
        return index

    def _ran_out(self, at):
        """Return the error for a delay that the intervals do not fill: final once all of the horizon was covered."""
        if at + HORIZON > self._hi:
            return NeedsMore("The covered window ends before the delay does.")
        return NoWorkingTime(
            f"The working calendar has too little working time within {HORIZON.days:,} days: "
            "check its working hours and its closures."
        )


@lru_cache(maxsize=4096)
def _plan(hours):
    """Return (``hours`` as a timedelta, how many intervals it may cross before plan_hours' floats could round away).

    plan_hours subtracts float lengths from ``hours``, then rounds what is left to a microsecond. While the
    errors of those subtractions stay smaller than the distance from ``hours`` to the nearest half
    microsecond, exact arithmetic gives the same answer; beyond, it must be replayed.
    """
    exact = hours * MICROSECONDS_PER_HOUR
    slack = 0.5 - abs(exact - round(exact)) - 2 * math.ulp(exact)
    # A length is wrong by less than 2 ulp and a subtraction by half of one; a fortnight may cut any in two.
    noise = 8 * math.ulp(max(hours, 1.0)) * MICROSECONDS_PER_HOUR
    return timedelta(hours=hours), math.floor(slack / noise) - 1


def shift(at: datetime, delay: Delay, anchor: str, tz: str, working: WorkingTime | None = None) -> datetime:
    """Return ``at`` moved by ``delay``: the moment a promise falls due. Naive UTC in and out.

    - elapsed hours are absolute: 48 hours are 48 hours, whatever the clocks on the wall do;
    - elapsed days and months keep the wall-clock time of ``tz``. A month too short gives its last day; a time
      that the clocks skip moves forward by what they skip; one they show twice is the first of the two;
    - working hours and days are those of ``working`` (see ``WorkingTime``).

    :param anchor: "after" adds the delay to ``at``, "before" subtracts it
    :param tz: name of the time zone of days and months
    :raises NoWorkingTime: the calendar cannot yield the delay, or none was given
    :raises NeedsMore: ``working`` is not wide enough
    :raises ValueError: unknown anchor, unit or clock, or working months

    >>> shift(datetime(2026, 10, 1, 8), Delay(48, "hours", "elapsed"), "after", "Europe/Paris")
    datetime.datetime(2026, 10, 3, 8, 0)
    >>> shift(datetime(2027, 1, 31, 8), Delay(1, "months", "elapsed"), "after", "Europe/Paris")
    datetime.datetime(2027, 2, 28, 8, 0)
    >>> shift(datetime(2026, 10, 26, 8), Delay(2, "days", "elapsed"), "before", "Europe/Paris")
    datetime.datetime(2026, 10, 24, 7, 0)
    """
    amount, unit, clock = delay
    if anchor == "before":
        amount = -amount
    elif anchor != "after":
        raise ValueError(f"Unknown anchor {anchor!r}: use 'after' or 'before'.")
    if clock == "working":
        if unit not in ("hours", "days"):
            raise ValueError(f"Working {unit} do not exist: use working hours or days, or the elapsed clock.")
        if working is None:
            raise NoWorkingTime("A delay in working time needs a working calendar: choose one.")
        return working.add(at, amount) if unit == "hours" else working.add_days(at, amount)
    if clock != "elapsed":
        raise ValueError(f"Unknown clock {clock!r}: use 'elapsed' or 'working'.")
    if unit == "hours":
        return at + timedelta(hours=amount)
    if unit not in ("days", "months"):
        raise ValueError(f"Unknown unit {unit!r}: use 'hours', 'days' or 'months'.")
    if not amount:
        # Through local time, the second of two identical hours would become the first.
        return at
    return to_utc(to_local(at, tz) + relativedelta(**{unit: amount}), tz)


def to_local(moment: datetime, tz: str) -> datetime:
    """Return the wall-clock ``datetime`` in ``tz``, naive, of a naive UTC moment.

    >>> to_local(datetime(2026, 9, 30, 22, 0), "Europe/Paris")
    datetime.datetime(2026, 10, 1, 0, 0)
    """
    return in_zone(moment, tz).replace(tzinfo=None)


def in_zone(moment: datetime, tz: str) -> datetime:
    """Return a naive UTC moment as ``tz`` has it, with its distance from UTC.

    >>> in_zone(datetime(2026, 9, 30, 22, 0), "Europe/Paris").isoformat()
    '2026-10-01T00:00:00+02:00'
    """
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz))


def from_zone(moment: datetime) -> datetime:
    """Return the naive UTC second of a moment that says its distance from UTC; one that says none is UTC already.

    >>> from_zone(datetime.fromisoformat("2026-10-01T00:00:00.5+02:00"))
    datetime.datetime(2026, 9, 30, 22, 0)
    """
    return (moment.astimezone(pytz.utc) if moment.tzinfo else moment).replace(tzinfo=None, microsecond=0)


def to_utc(local: date, tz: str, second: bool = False) -> datetime:
    """Return the naive UTC moment of a date (its midnight) or of a naive wall-clock ``datetime`` in ``tz``.

    A time that the clocks skip moves forward by what they skip; of one they show twice, the first, or the ``second``.

    >>> to_utc(date(2026, 10, 1), "Europe/Paris")
    datetime.datetime(2026, 9, 30, 22, 0)
    >>> to_utc(datetime(2027, 3, 28, 2, 30), "Europe/Paris")
    datetime.datetime(2027, 3, 28, 1, 30)
    >>> [to_utc(datetime(2026, 10, 25, 2, 30), "Europe/Paris", second).hour for second in (False, True)]
    [0, 1]
    """
    if not isinstance(local, datetime):
        local = datetime.combine(local, time.min)
    zone = pytz.timezone(tz)
    moments = sorted(zone.localize(local, is_dst=dst).astimezone(pytz.utc) for dst in (True, False))
    shown = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == local]
    return (shown[-1 if second else 0] if shown else moments[-1]).replace(tzinfo=None)


def is_zone(name: str) -> bool:
    """Return whether there is a time zone of that name.

    >>> is_zone("Europe/Paris"), is_zone("Paris"), is_zone("../etc/passwd")
    (True, False, False)
    """
    try:
        return bool(pytz.timezone(name))
    except (pytz.UnknownTimeZoneError, ValueError):
        return False


# Names a calendar or a person has that nobody has set a time zone for.
UTC_NAMES = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu")


@lru_cache(maxsize=1)
def countries_in_utc():
    """Return countries with a place whose clocks show UTC all year round, Iceland or Senegal for instance."""
    days = (datetime(2026, 1, 15), datetime(2026, 7, 15))
    return tuple(
        country
        for country, zones in pytz.country_timezones.items()
        if any(not any(pytz.timezone(zone).utcoffset(day) for day in days) for zone in zones)
    )
