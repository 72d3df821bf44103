"""Periods of recurring commitments: months, quarters, and the years of a contract.

Plain dates, no time zone: the caller says which day it is where the client is. Every date is derived from
the contract's own first day, never from the date before it: the 31st is still the 31st after February.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3}
PARTS_PER_YEAR = (1, 2, 3, 4, 6, 12)


class Period(NamedTuple):
    """A calendar month or quarter, both days included."""

    key: str  # "2026-10" or "2026-Q4": sorts by date within a unit
    first_day: date
    last_day: date


class Slice(NamedTuple):
    """A part of a contract year, both days included."""

    index: int  # counted from 0 at the contract's start and never reset
    first_day: date
    last_day: date


def period_of(day: date, unit: str) -> Period:
    """Return the calendar ``unit`` ("month" or "quarter") that contains ``day``.

    :raises ValueError: unknown unit

    >>> period_of(date(2026, 10, 14), "month")
    Period(key='2026-10', first_day=datetime.date(2026, 10, 1), last_day=datetime.date(2026, 10, 31))
    >>> period_of(date(2026, 10, 14), "quarter").key
    '2026-Q4'
    """
    if unit not in MONTHS:
        raise ValueError(f"Unknown period {unit!r}: use 'month' or 'quarter'.")
    months = MONTHS[unit]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    key = f"{day.year:04}-{first.month:02}" if unit == "month" else f"{day.year:04}-Q{number + 1}"
    return Period(key, first, first + relativedelta(months=months) - DAY)


def periods(first: date, until: date, unit: str) -> Iterator[Period]:
    """Yield every period from the one that contains ``first`` to the one that contains ``until``, in order.

    Nothing when ``until`` lies in an earlier period than ``first``.

    :raises ValueError: unknown unit

    >>> [period.key for period in periods(date(2026, 11, 30), date(2027, 1, 1), "month")]
    ['2026-11', '2026-12', '2027-01']
    """
    period = period_of(first, unit)
    last = period_of(until, unit)
    while period.first_day <= last.first_day:
        yield period
        period = period_of(period.last_day + DAY, unit)


def anniversary_after(start: date, day: date) -> date:
    """Return the first yearly anniversary of ``start`` strictly after ``day``.

    ``start`` is not its own anniversary: the earliest answer is one year later. A contract started on
    29 February has its anniversary on the 28th in common years and on the 29th again in leap years.

    >>> anniversary_after(date(2026, 3, 1), date(2027, 3, 1))
    datetime.date(2028, 3, 1)
    >>> anniversary_after(date(2024, 2, 29), date(2027, 6, 1))
    datetime.date(2028, 2, 29)
    """
    years = max(1, day.year - start.year)
    anniversary = start + relativedelta(years=years)
    return anniversary if anniversary > day else start + relativedelta(years=years + 1)


def slices(start: date, until: date, per_year: int) -> Iterator[Slice]:
    """Yield the equal parts of each contract year from ``start``, as far as the last one that begins by ``until``.

    :param per_year: parts a year: 1, 2, 3, 4, 6 or 12, so that each is a whole number of months
    :raises ValueError: another number of parts

    >>> for part in slices(date(2026, 8, 31), date(2027, 3, 1), per_year=2):
    ...     print(part.index, part.first_day, part.last_day)
    0 2026-08-31 2027-02-27
    1 2027-02-28 2027-08-30
    """
    if per_year not in PARTS_PER_YEAR:
        raise ValueError(f"A year cannot be cut in {per_year!r}: use one of {PARTS_PER_YEAR}.")
    months = 12 // per_year
    for index in count():
        first = start + relativedelta(months=months * index)
        if first > until:
            return
        yield Slice(index, first, start + relativedelta(months=months * (index + 1)) - DAY)
