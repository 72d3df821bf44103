import doctest
from datetime import datetime

from tools import pg_array


def test_doctests():
    assert doctest.testmod(pg_array).failed == 0


def test_nothing():
    assert pg_array.pg_array([]) == "{}"
    assert pg_array.pg_text_array([]) == "{}"


def test_moments_need_no_quotes():
    assert pg_array.pg_array([datetime(2026, 10, 5, 8), None]) == "{2026-10-05 08:00:00,NULL}"
