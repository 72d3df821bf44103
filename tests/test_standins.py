"""Chains of stand-ins, day by day."""

import doctest
from datetime import date

import pytest
from tools import standins
from tools.standins import Away, Segment, StandInLoop, segments


def aug(day):
    return None if day is None else date(2026, 8, day)


def away(user, first, last, stand_in=None):
    return Away(user, aug(first), aug(last), stand_in)


# absences -> who answers for A from 1 August on
CASES = [
    pytest.param([], [], id="nobody-away"),
    pytest.param([away("b", 1, 9, "c")], [], id="somebody-else-away"),
    pytest.param([away("a", 3, 9, "b")], [(3, 9, "b")], id="one-stand-in"),
    pytest.param([away("a", 3, None, "b")], [(3, None, "b")], id="until-further-notice"),
    pytest.param([away("a", 3, 9)], [(3, 9, None)], id="no-stand-in"),
    pytest.param([away("a", 3, 9, "b"), away("b", 1, 31, "c")], [(3, 9, "c")], id="chain"),
    pytest.param(
        [away("a", 3, 9, "b"), away("b", 5, 6, "c")],
        [(3, 4, "b"), (5, 6, "c"), (7, 9, "b")],
        id="in-the-middle",
    ),
    pytest.param([away("a", 3, 9, "b"), away("b", 8, 20)], [(3, 7, "b"), (8, 9, None)], id="runs-out"),
    pytest.param(
        [away("a", 3, 9, "b"), away("b", 3, 9, "c"), away("c", 3, 9, "d")], [(3, 9, "d")], id="three-links"
    ),
    pytest.param([away("a", 3, 5, "b"), away("a", 6, 9, "b")], [(3, 9, "b")], id="end-to-end"),
    pytest.param(
        [away("a", 3, 9, "b"), away("b", 20, 22, "a")], [(3, 9, "b")], id="each-other-at-other-times"
    ),
]


@pytest.mark.parametrize(("absences", "expected"), CASES)
def test_who_answers(absences, expected):
    found = segments("a", aug(1), None, absences)
    assert found == [Segment(aug(first), aug(last), holder) for first, last, holder in expected]


@pytest.mark.parametrize(
    "absences",
    [
        pytest.param([away("a", 3, 9, "b"), away("b", 9, 12, "a")], id="each-other-for-a-day"),
        pytest.param([away("a", 1, 9, "b"), away("b", 1, 9, "c"), away("c", 4, 4, "a")], id="round-three"),
        pytest.param([away("a", 1, 9, "b"), away("b", 1, 9, "c"), away("c", 4, None, "b")], id="further-on"),
    ],
)
def test_loops_are_refused(absences):
    with pytest.raises(StandInLoop) as caught:
        segments("a", aug(1), None, absences)
    assert caught.value.users[0] == caught.value.users[-1]


def test_an_assignment_that_ends_first():
    assert segments("a", aug(1), aug(5), [away("a", 3, 9, "b")]) == [Segment(aug(3), aug(5), "b")]


def test_documentation():
    assert doctest.testmod(standins).failed == 0
