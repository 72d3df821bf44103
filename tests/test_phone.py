import doctest

from tools import phone


def test_doctests():
    outcome = doctest.testmod(phone)
    assert outcome.attempted and not outcome.failed
