"""How far pauses move a due moment. Moments are naive UTC; nothing here reads a database."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta


def due_after(
    target: datetime,
    pauses: Iterable[tuple[datetime, datetime]],
    worked: Callable[[datetime, datetime], timedelta],
    move: Callable[[datetime, timedelta], datetime],
) -> tuple[datetime, timedelta]:
    """Return (due moment, time paused) of a promise due at ``target`` had nothing stopped its clock.

    A pause counts for what it takes of the promise's own clock, and only while there is something left to stop:
    one that starts once the promise has fallen due changes nothing.

    :param pauses: (start, stop) pairs that do not overlap, in any order
    :param worked: time of the promise's clock between two moments
    :param move: a moment, later by some time of that clock

    >>> noon, hour = datetime(2026, 10, 5, 12), timedelta(hours=1)
    >>> due_after(noon, [(noon - hour, noon + hour), (noon + 5 * hour, noon + 6 * hour)],
    ...           lambda start, stop: stop - start, lambda moment, time: moment + time)
    (datetime.datetime(2026, 10, 5, 14, 0), datetime.timedelta(seconds=7200))
    """
    due, total = target, timedelta()
    for start, stop in sorted(pauses):
        if start >= due:
            break
        total += worked(start, stop)
        due = move(target, total) if total else target
    return due, total
