import doctest
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tools import periods
from tools.periods import anniversary_after, period_of, slices


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("of", "unit", "key", "first", "last"),
    [
        pytest.param("2026-10-14", "month", "2026-10", "2026-10-01", "2026-10-31", id="month"),
        pytest.param("2026-10-01", "month", "2026-10", "2026-10-01", "2026-10-31", id="its-first-day"),
        pytest.param("2026-10-31", "month", "2026-10", "2026-10-01", "2026-10-31", id="its-last-day"),
        pytest.param("2027-02-10", "month", "2027-02", "2027-02-01", "2027-02-28", id="february"),
        pytest.param("2028-02-10", "month", "2028-02", "2028-02-01", "2028-02-29", id="leap-february"),
        pytest.param("2026-12-31", "month", "2026-12", "2026-12-01", "2026-12-31", id="december"),
        pytest.param("2026-03-31", "quarter", "2026-Q1", "2026-01-01", "2026-03-31", id="first-quarter"),
        pytest.param("2026-04-01", "quarter", "2026-Q2", "2026-04-01", "2026-06-30", id="second-quarter"),
        pytest.param("2026-12-31", "quarter", "2026-Q4", "2026-10-01", "2026-12-31", id="fourth-quarter"),
    ],
)
def test_period_of(of, unit, key, first, last):
    assert period_of(day(of), unit) == (key, day(first), day(last))


@pytest.mark.parametrize(
    ("first", "until", "unit", "keys"),
    [
        pytest.param("2026-10-31", "2026-10-01", "month", ["2026-10"], id="same-month-any-order"),
        pytest.param(
            "2026-11-30", "2027-01-01", "month", ["2026-11", "2026-12", "2027-01"], id="across-the-year"
        ),
        pytest.param(
            "2027-01-31", "2027-03-01", "month", ["2027-01", "2027-02", "2027-03"], id="short-month-kept"
        ),
        pytest.param("2026-12-31", "2027-04-01", "quarter", ["2026-Q4", "2027-Q1", "2027-Q2"], id="quarters"),
        pytest.param("2026-11-01", "2026-10-31", "month", [], id="until-comes-first"),
    ],
)
def test_periods(first, until, unit, keys):
    assert [period.key for period in periods.periods(day(first), day(until), unit)] == keys


@pytest.mark.parametrize("function", [period_of, lambda *args: list(periods.periods(args[0], *args))])
def test_unknown_period(function):
    with pytest.raises(ValueError, match="use 'month' or 'quarter'"):
        function(day("2026-10-14"), "week")


@pytest.mark.parametrize(
    ("start", "after", "anniversary"),
    [
        pytest.param("2026-03-01", "2026-10-01", "2027-03-01", id="first-year"),
        pytest.param("2026-03-01", "2027-02-28", "2027-03-01", id="day-before"),
        pytest.param("2026-03-01", "2027-03-01", "2028-03-01", id="strictly-after"),
        pytest.param("2026-03-01", "2031-01-01", "2031-03-01", id="years-later"),
        pytest.param("2026-03-01", "2026-03-01", "2027-03-01", id="the-start-is-none"),
        pytest.param("2026-03-01", "2020-01-01", "2027-03-01", id="before-the-start"),
        pytest.param("2026-12-31", "2026-12-31", "2027-12-31", id="last-day-of-the-year"),
        pytest.param("2024-02-29", "2024-03-01", "2025-02-28", id="29-February-common-year"),
        pytest.param("2024-02-29", "2025-02-28", "2026-02-28", id="29-February-strictly-after"),
        pytest.param("2024-02-29", "2027-02-28", "2028-02-29", id="29-February-does-not-drift"),
        pytest.param("2024-02-29", "2028-02-28", "2028-02-29", id="29-February-day-before"),
    ],
)
def test_anniversary_after(start, after, anniversary):
    assert anniversary_after(day(start), day(after)) == day(anniversary)


@pytest.mark.parametrize(
    ("start", "until", "per_year", "first_days"),
    [
        pytest.param("2026-03-01", "2026-02-28", 2, [], id="not-begun"),
        pytest.param("2026-03-01", "2026-03-01", 2, ["2026-03-01"], id="begins-today"),
        pytest.param("2026-03-01", "2026-08-31", 2, ["2026-03-01"], id="day-before-the-next"),
        pytest.param(
            "2026-03-01", "2027-03-01", 2, ["2026-03-01", "2026-09-01", "2027-03-01"], id="next-year"
        ),
        pytest.param("2026-03-01", "2028-01-01", 1, ["2026-03-01", "2027-03-01"], id="years"),
        pytest.param("2026-03-15", "2026-12-31", 3, ["2026-03-15", "2026-07-15", "2026-11-15"], id="thirds"),
        pytest.param(
            "2026-11-30", "2027-06-01", 4, ["2026-11-30", "2027-02-28", "2027-05-30"], id="quarters"
        ),
        pytest.param("2026-12-31", "2027-04-30", 6, ["2026-12-31", "2027-02-28", "2027-04-30"], id="sixths"),
        pytest.param(
            "2027-01-31",
            "2027-04-30",
            12,
            ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"],
            id="31st-stays",
        ),
        pytest.param(
            "2024-02-29",
            "2028-03-01",
            1,
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
            id="29-February",
        ),
    ],
)
def test_slices(start, until, per_year, first_days):
    assert [str(part.first_day) for part in slices(day(start), day(until), per_year)] == first_days


@pytest.mark.parametrize("per_year", [1, 2, 3, 4, 6, 12])
def test_slices_leave_no_gap(per_year):
    parts = list(slices(day("2024-01-31"), day("2030-01-30"), per_year))
    assert [part.index for part in parts] == list(range(6 * per_year))
    assert all(
        part.last_day + timedelta(days=1) == following.first_day for part, following in pairwise(parts)
    )
    assert parts[-1].last_day == day("2030-01-30")


@pytest.mark.parametrize("per_year", [0, 5, 24, -1])
def test_a_year_is_cut_in_whole_months(per_year):
    with pytest.raises(ValueError, match="use one of"):
        next(slices(day("2026-03-01"), day("2027-03-01"), per_year))


def test_examples_in_the_documentation():
    outcome = doctest.testmod(periods)
    assert outcome.attempted
    assert not outcome.failed
