"""How far pauses move a due moment, without a database."""

import doctest
from datetime import datetime, timedelta

import pytest
from tools import clock, pauses

NOON, HOUR = datetime(2026, 10, 5, 12), timedelta(hours=1)


def elapsed(*pairs):
    spans = [(NOON + start * HOUR, NOON + stop * HOUR) for start, stop in pairs]
    due, total = pauses.due_after(NOON, spans, lambda start, stop: stop - start, lambda at, time: at + time)
    return (due - NOON) / HOUR, total / HOUR


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((), (0, 0)),
        (((-3, -1),), (2, 2)),
        (((-1, 5),), (6, 6)),
        (((0, 4),), (0, 0)),  # it was due already
        (((-3, -2), (-1, 0)), (2, 2)),
        (((-1, 0), (-3, -2)), (2, 2)),  # in any order
        (((-1, 1), (1, 3)), (4, 4)),  # the second stops what the first left
        (((-1, 1), (3, 4)), (2, 2)),
        (((-1, -1),), (0, 0)),
    ],
)
def test_elapsed(pairs, expected):
    assert elapsed(*pairs) == expected


def test_working_time_outside_hours_gives_nothing_back():
    day = datetime(2026, 10, 5)
    week = clock.WorkingTime(
        [(day + timedelta(days=n, hours=8), day + timedelta(days=n, hours=16)) for n in range(5)],
        covered=(day, day + timedelta(days=7)),
        tz="UTC",
    )
    due, total = pauses.due_after(
        day + timedelta(days=1, hours=10),
        [(day + timedelta(hours=15), day + timedelta(days=1, hours=9))],
        week.between,
        lambda at, time: week.add(at, time / HOUR),
    )
    assert (due, total) == (day + timedelta(days=1, hours=12), 2 * HOUR)


def test_between_asks_for_a_wider_window():
    narrow = clock.WorkingTime([], covered=(NOON, NOON + HOUR), tz="UTC")
    with pytest.raises(clock.NeedsMore):
        narrow.between(NOON, NOON + 2 * HOUR)


def test_examples():
    assert doctest.testmod(pauses).failed == 0
