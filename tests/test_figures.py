import doctest

import pytest
from tools import figures
from tools.figures import percent


def test_examples_in_the_documentation():
    outcome = doctest.testmod(figures)
    assert outcome.attempted
    assert not outcome.failed


@pytest.mark.parametrize(
    ("met", "total", "expected"),
    [
        (1, 3, 33.3),
        (2, 3, 66.7),
        (1, 8, 12.5),
        (1, 16, 6.3),
        (3, 16, 18.8),
        (999, 1000, 99.9),
        (1999, 2000, 99.9),
        (0, 5, 0.0),
        (5, 5, 100.0),
    ],
)
def test_a_rate_is_rounded_once_and_100_is_all(met, total, expected):
    assert percent(met, total) == expected
