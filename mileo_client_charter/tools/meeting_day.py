"""Distribute days over a span, so that meetings do not all fall on one day. Plain Python."""

from datetime import date, timedelta

GOLDEN = 0.6180339887  # multiples of it, modulo 1, are distributed evenly whatever their number


def meeting_day(first: date, last: date, key: int) -> date:
    """Return a weekday of the middle of the span from ``first`` to ``last``, always the same for a ``key``.

    The first and the last quarter are left free: one to get ready, one to make up for a meeting put off.

    >>> meeting_day(date(2026, 1, 1), date(2026, 6, 30), 1), meeting_day(date(2026, 1, 1), date(2026, 6, 30), 2)
    (datetime.date(2026, 4, 10), datetime.date(2026, 3, 6))

    Never before the span, which a weekend at its beginning would be: then it is the Monday after.

    >>> meeting_day(date(2026, 11, 28), date(2026, 11, 28), 1)
    datetime.date(2026, 11, 30)
    """
    days = (last - first).days
    day = first + timedelta(days=int(days * (0.25 + 0.5 * (key * GOLDEN % 1))))
    # A Saturday or a Sunday goes back to the Friday before.
    friday = day - timedelta(days=max(0, day.weekday() - 4))
    return friday if friday >= first else day + timedelta(days=7 - day.weekday())
