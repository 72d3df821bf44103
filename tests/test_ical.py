import doctest

from tools import ical


def test_doctests():
    assert not doctest.testmod(ical).failed
