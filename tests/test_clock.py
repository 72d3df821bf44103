import doctest
import pathlib
import random
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
from tools import clock
from tools.clock import Delay, NeedsMore, NoWorkingTime, WorkingTime, shift, to_utc

PARIS, NEW_YORK, LORD_HOWE = "Europe/Paris", "America/New_York", "Australia/Lord_Howe"
OFFICE = (("08:00", "12:00"), ("13:00", "17:00"))


def utc(text):
    return datetime.fromisoformat(text)


def working(first, last, tz=PARIS, hours=OFFICE, weekdays=range(5), closed=()):
    """Opening hours of every local day from ``first`` to ``last``, both included, but the ``closed`` ones."""
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    intervals = [
        tuple(to_utc(datetime.fromisoformat(f"{day} {hour}"), tz) for hour in opening)
        for day in days
        if day.weekday() in weekdays and str(day) not in closed
        for opening in hours
    ]
    return WorkingTime(intervals, covered=(to_utc(first, tz), to_utc(last + timedelta(days=1), tz)), tz=tz)


# -- elapsed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "amount", "unit", "anchor", "tz", "due"),
    [
        pytest.param("2026-10-01 08:00", 48, "hours", "after", PARIS, "2026-10-03 08:00", id="hours-after"),
        pytest.param("2026-10-03 08:00", 48, "hours", "before", PARIS, "2026-10-01 08:00", id="hours-before"),
        pytest.param(
            "2026-10-24 10:00", 48, "hours", "after", PARIS, "2026-10-26 10:00", id="hours-across-DST"
        ),
        pytest.param(
            "2026-10-24 08:00", 2, "days", "after", PARIS, "2026-10-26 09:00", id="days-Paris-autumn"
        ),
        pytest.param(
            "2027-03-27 09:00", 2, "days", "after", PARIS, "2027-03-29 08:00", id="days-Paris-spring"
        ),
        pytest.param(
            "2026-10-26 09:00", 2, "days", "before", PARIS, "2026-10-24 08:00", id="days-Paris-back"
        ),
        pytest.param(
            "2026-10-31 13:00", 2, "days", "after", NEW_YORK, "2026-11-02 14:00", id="days-NY-autumn"
        ),
        pytest.param(
            "2027-03-15 13:00", 2, "days", "before", NEW_YORK, "2027-03-13 14:00", id="days-NY-back"
        ),
        pytest.param("2026-10-03 00:00", 1, "days", "after", LORD_HOWE, "2026-10-03 23:30", id="days-LH"),
        pytest.param(
            "2027-04-04 00:00", 1, "days", "before", LORD_HOWE, "2027-04-02 23:30", id="days-LH-back"
        ),
        pytest.param("2026-10-24 08:00", 2, "days", "after", "UTC", "2026-10-26 08:00", id="days-no-DST"),
        pytest.param("2027-03-27 01:30", 1, "days", "after", PARIS, "2027-03-28 01:30", id="skipped-Paris"),
        pytest.param("2027-03-29 00:30", 1, "days", "before", PARIS, "2027-03-28 01:30", id="skipped-back"),
        pytest.param("2027-03-13 07:30", 1, "days", "after", NEW_YORK, "2027-03-14 07:30", id="skipped-NY"),
        pytest.param("2026-10-02 15:45", 1, "days", "after", LORD_HOWE, "2026-10-03 15:45", id="skipped-LH"),
        pytest.param("2026-10-24 00:30", 1, "days", "after", PARIS, "2026-10-25 00:30", id="twice-Paris"),
        pytest.param("2026-10-26 01:30", 1, "days", "before", PARIS, "2026-10-25 00:30", id="twice-back"),
        pytest.param("2026-10-31 05:30", 1, "days", "after", NEW_YORK, "2026-11-01 05:30", id="twice-NY"),
        pytest.param("2027-04-02 14:45", 1, "days", "after", LORD_HOWE, "2027-04-03 14:45", id="twice-LH"),
        pytest.param("2026-10-25 01:30", 0, "days", "after", PARIS, "2026-10-25 01:30", id="no-days"),
        pytest.param("2027-01-31 08:00", 1, "months", "after", PARIS, "2027-02-28 08:00", id="31-January"),
        pytest.param(
            "2028-01-31 08:00", 1, "months", "after", PARIS, "2028-02-29 08:00", id="31-January-leap"
        ),
        pytest.param("2027-05-31 08:00", 3, "months", "before", PARIS, "2027-02-28 09:00", id="31-May-back"),
        pytest.param("2028-02-29 08:00", 12, "months", "after", PARIS, "2029-02-28 08:00", id="29-February"),
        pytest.param(
            "2027-06-01 07:00", 3, "months", "before", PARIS, "2027-03-01 08:00", id="months-across-DST"
        ),
        # 00:30 of the 31st in Paris is still the 30th in UTC.
        pytest.param(
            "2027-01-30 23:30", 1, "months", "after", PARIS, "2027-02-27 23:30", id="month-end-is-local"
        ),
    ],
)
def test_elapsed(at, amount, unit, anchor, tz, due):
    assert shift(utc(at), Delay(amount, unit, "elapsed"), anchor, tz) == utc(due)


@pytest.mark.parametrize(
    ("local", "tz", "expected"),
    [
        pytest.param(date(2026, 10, 25), PARIS, "2026-10-24 22:00", id="midnight-summer"),
        pytest.param(date(2026, 10, 26), PARIS, "2026-10-25 23:00", id="midnight-winter"),
        pytest.param(datetime(2026, 10, 25, 9), PARIS, "2026-10-25 08:00", id="wall-clock"),
        pytest.param(date(2022, 3, 27), "Asia/Beirut", "2022-03-26 22:00", id="midnight-skipped"),
        pytest.param(datetime(2027, 3, 28, 2, 30), PARIS, "2027-03-28 01:30", id="skipped-moves-forward"),
        pytest.param(datetime(2026, 10, 25, 2, 30), PARIS, "2026-10-25 00:30", id="twice-is-the-first"),
        # Irish summer time is "standard" and winter time the exception, which turns is_dst around.
        pytest.param(
            datetime(2026, 10, 25, 1, 30), "Europe/Dublin", "2026-10-25 00:30", id="twice-negative-DST"
        ),
        pytest.param(
            datetime(2027, 3, 28, 1, 30), "Europe/Dublin", "2027-03-28 01:30", id="skipped-negative-DST"
        ),
        # Moscow moved its clocks back for good: both readings of the hour are standard time.
        pytest.param(
            datetime(2014, 10, 26, 1, 30), "Europe/Moscow", "2014-10-25 21:30", id="twice-without-DST"
        ),
    ],
)
def test_to_utc(local, tz, expected):
    assert to_utc(local, tz) == utc(expected)


@pytest.mark.parametrize(
    ("delay", "anchor", "message"),
    [
        pytest.param(Delay(1, "hours", "elapsed"), "during", "anchor", id="anchor"),
        pytest.param(Delay(1, "weeks", "elapsed"), "after", "unit", id="unit"),
        pytest.param(Delay(1, "hours", "sidereal"), "after", "clock", id="clock"),
        pytest.param(
            Delay(1, "months", "working"), "after", "use working hours or days", id="working-months"
        ),
        pytest.param(Delay(1, "hours", "working"), "after", "choose one", id="no-calendar"),
    ],
)
def test_impossible_delays_name_the_remedy(delay, anchor, message):
    with pytest.raises(ValueError, match=message):
        shift(utc("2026-10-01 08:00"), delay, anchor, PARIS)


# -- working --------------------------------------------------------------------------------------------

AUTUMN = working("2026-10-05", "2026-11-20", closed=["2026-11-11"])
TWO_WEEKS = working("2026-10-05", "2026-10-18")
SPRING = working("2027-03-08", "2027-04-16")
HALF_HOUR_BACK = working("2027-03-29", "2027-04-09", LORD_HOWE)
AMERICA = working("2026-10-26", "2026-11-06", NEW_YORK)
NIGHTS = working(
    "2026-10-01", "2026-10-31", hours=[("00:00", "06:00"), ("22:00", "23:59:59.999999")], weekdays=range(7)
)
LH_NIGHTS = working("2026-10-01", "2026-10-09", LORD_HOWE, hours=[("00:00", "06:00")], weekdays=range(7))
ROUND = working("2026-10-05", "2026-10-18", "UTC", hours=[("00:00", "23:59:59.999999")], weekdays=range(7))
# Monday and Tuesday have two intervals, Wednesday to Friday one.
UNEVEN = WorkingTime(
    working("2026-10-05", "2026-10-18", weekdays=[0, 1])._intervals
    + working("2026-10-05", "2026-10-18", weekdays=[2, 3, 4], hours=OFFICE[:1])._intervals,
    covered=TWO_WEEKS.covered,
    tz=PARIS,
)
TOUCHING = working("2026-10-05", "2026-10-18", hours=[("08:00", "12:00"), ("12:00", "17:00")])
OVERLAPPING = working(
    "2026-10-05", "2026-10-18", hours=[("08:00", "14:00"), ("12:00", "17:00"), ("13:00", "14:00")]
)


@pytest.mark.parametrize(
    ("calendar", "at", "hours", "due"),
    [
        # Monday 5 October 2026 is summer time in Paris: 8:00 there is 6:00 UTC.
        pytest.param(AUTUMN, "2026-10-05 06:30", 2, "2026-10-05 08:30", id="inside"),
        pytest.param(AUTUMN, "2026-10-05 09:00", 2, "2026-10-05 12:00", id="across-lunch"),
        pytest.param(AUTUMN, "2026-10-05 10:30", 1, "2026-10-05 12:00", id="from-lunch"),
        pytest.param(AUTUMN, "2026-10-05 06:00", 4, "2026-10-05 10:00", id="ends-with-the-morning"),
        pytest.param(AUTUMN, "2026-10-05 06:00", 8, "2026-10-05 15:00", id="ends-with-the-day"),
        pytest.param(AUTUMN, "2026-10-05 14:00", 2, "2026-10-06 07:00", id="overnight"),
        pytest.param(AUTUMN, "2026-10-09 14:00", 2, "2026-10-12 07:00", id="across-weekend"),
        pytest.param(AUTUMN, "2026-10-10 09:00", 48, "2026-10-19 15:00", id="48-from-saturday"),
        pytest.param(AUTUMN, "2026-10-23 14:00", 2, "2026-10-26 08:00", id="Paris-autumn"),
        pytest.param(SPRING, "2027-03-26 15:00", 2, "2027-03-29 07:00", id="Paris-spring"),
        pytest.param(AMERICA, "2026-10-30 20:00", 2, "2026-11-02 14:00", id="New-York-autumn"),
        pytest.param(HALF_HOUR_BACK, "2027-04-02 05:00", 2, "2027-04-04 22:30", id="Lord-Howe-autumn"),
        # Half an hour of the night from 3 to 4 October is skipped: 3:00 comes after 2 h 30 min.
        pytest.param(LH_NIGHTS, "2026-10-03 13:30", 2.5, "2026-10-03 16:00", id="shift-across-DST"),
        pytest.param(AUTUMN, "2026-11-10 15:00", 2, "2026-11-12 08:00", id="closed-day"),
        pytest.param(AUTUMN, "2026-11-11 10:00", 1, "2026-11-12 08:00", id="from-closed-day"),
        pytest.param(AUTUMN, "2026-10-05 07:00", 0, "2026-10-05 07:00", id="zero-inside"),
        pytest.param(AUTUMN, "2026-10-05 06:00", 0, "2026-10-05 06:00", id="zero-at-opening"),
        pytest.param(AUTUMN, "2026-10-05 10:00", 0, "2026-10-05 11:00", id="zero-at-closing"),
        pytest.param(AUTUMN, "2026-10-10 10:00", 0, "2026-10-12 06:00", id="zero-outside"),
        pytest.param(AUTUMN, "2026-10-05 06:00", 0.25, "2026-10-05 06:15", id="quarter-of-an-hour"),
        pytest.param(AUTUMN, "2026-10-05 08:30", -2, "2026-10-05 06:30", id="back-inside"),
        pytest.param(AUTUMN, "2026-10-05 12:00", -2, "2026-10-05 09:00", id="back-across-lunch"),
        pytest.param(AUTUMN, "2026-10-05 10:30", -1, "2026-10-05 09:00", id="back-from-lunch"),
        pytest.param(AUTUMN, "2026-10-05 15:00", -4, "2026-10-05 11:00", id="back-to-end-of-lunch"),
        pytest.param(AUTUMN, "2026-10-05 15:00", -8, "2026-10-05 06:00", id="back-to-opening"),
        pytest.param(AUTUMN, "2026-10-12 07:00", -2, "2026-10-09 14:00", id="back-across-weekend"),
        pytest.param(AUTUMN, "2026-10-12 06:00", -1, "2026-10-09 14:00", id="back-from-opening"),
        pytest.param(AUTUMN, "2026-10-26 08:00", -2, "2026-10-23 14:00", id="back-across-DST"),
        pytest.param(AUTUMN, "2026-11-12 08:00", -2, "2026-11-10 15:00", id="back-across-closed-day"),
        pytest.param(NIGHTS, "2026-10-05 20:00", 3, "2026-10-05 23:00:00.000001", id="across-midnight"),
        # Like plan_hours: a day of Odoo's ends a microsecond before midnight, and each costs one.
        pytest.param(ROUND, "2026-10-06 10:00", 48, "2026-10-08 10:00:00.000002", id="round-the-clock"),
        pytest.param(ROUND, "2026-10-08 10:00", -48, "2026-10-06 09:59:59.999998", id="round-the-clock-back"),
        # Like plan_hours: the tiniest excess over a whole day is due at the next opening.
        pytest.param(AUTUMN, "2026-10-05 06:00", 8.000000000000002, "2026-10-06 06:00", id="rounded-delay"),
        # A fortnight after 7:19 is 8:19 in summer time, which cuts a morning into thirds of hours that round.
        pytest.param(SPRING, "2027-03-08 06:19", 164, "2027-04-05 11:00", id="rounded-by-the-fortnight"),
        pytest.param(TOUCHING, "2026-10-05 07:00", 5, "2026-10-05 12:00", id="touching"),
        pytest.param(OVERLAPPING, "2026-10-05 06:00", 9, "2026-10-05 15:00", id="overlaps-count-once"),
    ],
)
def test_working_hours(calendar, at, hours, due):
    assert calendar.add(utc(at), hours) == utc(due)


@pytest.mark.parametrize(
    ("calendar", "at", "days", "due"),
    [
        pytest.param(AUTUMN, "2026-10-05 07:00", 0, "2026-10-05 07:00", id="zero"),
        pytest.param(AUTUMN, "2026-10-10 07:00", 0, "2026-10-10 07:00", id="zero-outside"),
        pytest.param(AUTUMN, "2026-10-05 07:00", 1, "2026-10-05 10:00", id="today-counts"),
        pytest.param(AUTUMN, "2026-10-05 12:00", 1, "2026-10-05 15:00", id="what-is-left-of-today"),
        pytest.param(AUTUMN, "2026-10-05 15:00", 1, "2026-10-06 10:00", id="nothing-left-of-today"),
        pytest.param(AUTUMN, "2026-10-05 12:00", 2, "2026-10-06 10:00", id="first-interval-of-last-day"),
        pytest.param(AUTUMN, "2026-10-09 07:00", 2, "2026-10-12 10:00", id="across-weekend"),
        pytest.param(AUTUMN, "2026-11-10 07:00", 2, "2026-11-12 11:00", id="closed-day"),
        pytest.param(AUTUMN, "2026-10-23 07:00", 2, "2026-10-26 11:00", id="across-DST"),
        # plan_days looks a fortnight at a time: the eleventh morning is cut where its first look ends.
        pytest.param(AUTUMN, "2026-10-05 07:30", 11, "2026-10-19 07:30", id="cut-by-the-fortnight"),
        pytest.param(AUTUMN, "2026-10-19 13:00", -11, "2026-10-05 13:00", id="back-cut-by-the-fortnight"),
        pytest.param(AUTUMN, "2026-10-05 07:00", -1, "2026-10-05 06:00", id="back-today-counts"),
        pytest.param(AUTUMN, "2026-10-06 06:00", -1, "2026-10-05 11:00", id="back-nothing-of-today"),
        pytest.param(AUTUMN, "2026-10-12 07:00", -2, "2026-10-09 11:00", id="back-last-interval"),
        # 20:00 UTC on Monday is Tuesday 7:00 on Lord Howe Island: days are those of the time zone.
        pytest.param(HALF_HOUR_BACK, "2027-03-29 21:30", 1, "2027-03-30 01:00", id="local-days"),
        pytest.param(HALF_HOUR_BACK, "2027-03-29 21:30", 2, "2027-03-31 01:00", id="local-days-two"),
        pytest.param(UNEVEN, "2026-10-14 16:00", -2, "2026-10-13 11:00", id="back-uneven-days"),
        pytest.param(UNEVEN, "2026-10-12 16:00", 2, "2026-10-14 10:00", id="uneven-days"),
        pytest.param(TOUCHING, "2026-10-05 07:00", 2, "2026-10-06 10:00", id="touching-are-two"),
        pytest.param(OVERLAPPING, "2026-10-05 07:00", 2, "2026-10-06 15:00", id="overlapping-are-one"),
    ],
)
def test_working_days(calendar, at, days, due):
    assert calendar.add_days(utc(at), days) == utc(due)


@pytest.mark.parametrize(
    ("at", "opening", "is_open"),
    [
        pytest.param("2026-10-05 05:59:59", "2026-10-05 06:00", False, id="before-opening"),
        pytest.param("2026-10-05 06:00", "2026-10-05 06:00", True, id="at-opening"),
        pytest.param("2026-10-05 08:17", "2026-10-05 08:17", True, id="open"),
        pytest.param("2026-10-05 10:00", "2026-10-05 11:00", False, id="at-closing"),
        pytest.param("2026-10-05 10:30", "2026-10-05 11:00", False, id="lunch"),
        pytest.param("2026-10-09 15:00", "2026-10-12 06:00", False, id="friday-evening"),
        pytest.param("2026-11-11 10:00", "2026-11-12 07:00", False, id="closed-day"),
    ],
)
def test_openings(at, opening, is_open):
    assert AUTUMN.next_opening(utc(at)) == utc(opening)
    assert AUTUMN.is_open(utc(at)) is is_open


@pytest.mark.parametrize(
    ("at", "amount", "unit", "anchor", "due"),
    [
        pytest.param("2026-10-05 14:00", 2, "hours", "after", "2026-10-06 07:00", id="hours-after"),
        pytest.param("2026-10-05 13:00", 2, "hours", "before", "2026-10-05 11:00", id="hours-before"),
        pytest.param("2026-10-05 14:00", 2, "days", "after", "2026-10-06 10:00", id="days-after"),
        pytest.param("2026-10-05 14:00", 1, "days", "before", "2026-10-05 11:00", id="days-before"),
        pytest.param("2026-10-05 10:30", 0, "hours", "before", "2026-10-05 11:00", id="zero-before"),
    ],
)
def test_shift_by_working_time(at, amount, unit, anchor, due):
    assert shift(utc(at), Delay(amount, unit, "working"), anchor, "UTC", AUTUMN) == utc(due)


# -- when there is no answer ----------------------------------------------------------------------------

ONE_DAY = working("2026-10-05", "2026-10-05")
CLIPPED = WorkingTime(
    ONE_DAY._intervals, covered=(utc("2026-10-05 06:00"), utc("2026-10-05 15:00")), tz=PARIS
)


@pytest.mark.parametrize(
    ("calendar", "method", "args"),
    [
        pytest.param(ONE_DAY, "add", ("2026-10-05 06:00", 9), id="ends-after"),
        pytest.param(ONE_DAY, "add", ("2026-10-05 15:00", -9), id="ends-before"),
        pytest.param(ONE_DAY, "add", ("2026-10-04 12:00", 1), id="starts-before"),
        pytest.param(ONE_DAY, "add", ("2026-10-06 12:00", -1), id="starts-after"),
        pytest.param(ONE_DAY, "add", ("2026-10-05 15:00", 0), id="opens-after"),
        pytest.param(ONE_DAY, "add_days", ("2026-10-05 06:00", 2), id="days-after"),
        pytest.param(ONE_DAY, "add_days", ("2026-10-05 15:00", -2), id="days-before"),
        # The window cuts these intervals: their true end, or start, is unknown.
        pytest.param(CLIPPED, "add_days", ("2026-10-05 12:00", 1), id="days-to-a-cut-end"),
        pytest.param(CLIPPED, "add_days", ("2026-10-05 08:00", -1), id="days-to-a-cut-start"),
        pytest.param(ONE_DAY, "next_opening", ("2026-10-05 15:00",), id="opening-after"),
        pytest.param(ONE_DAY, "is_open", ("2026-10-05 22:00",), id="open-after"),
        pytest.param(ONE_DAY, "is_open", ("2026-10-04 21:59",), id="open-before"),
    ],
)
def test_a_narrow_window_asks_for_more(calendar, method, args):
    with pytest.raises(NeedsMore):
        getattr(calendar, method)(utc(args[0]), *args[1:])


EMPTY = WorkingTime([], covered=(utc("2026-10-05"), utc("2026-10-12")), tz=PARIS)
BACKWARDS = WorkingTime([(utc("2026-10-05 10:00"), utc("2026-10-05 09:00"))], covered=EMPTY.covered, tz=PARIS)
DECADE = (utc("2022-01-01"), utc("2032-01-01"))
ONCE = WorkingTime([(utc("2026-10-05 06:00"), utc("2026-10-05 10:00"))], covered=DECADE, tz=PARIS)
JUST_WIDE_ENOUGH = WorkingTime(
    ONCE._intervals, covered=(utc("2026-10-05"), utc("2026-10-05") + clock.HORIZON), tz=PARIS
)
# 1,400 days of 3 hours, then some: 4,200 hours are the most that plan_hours finds.
PART_TIME = working("2022-01-01", "2031-12-31", "UTC", hours=[("09:00", "12:00")], weekdays=range(7))


@pytest.mark.parametrize(
    ("calendar", "method", "args", "message"),
    [
        pytest.param(EMPTY, "add", ("2026-10-06", 1), "give it working hours", id="empty"),
        pytest.param(EMPTY, "add", ("2026-10-06", -1), "give it working hours", id="empty-back"),
        pytest.param(EMPTY, "add_days", ("2026-10-06", 1), "give it working hours", id="empty-days"),
        pytest.param(EMPTY, "add_days", ("2026-10-06", -1), "give it working hours", id="empty-days-back"),
        pytest.param(EMPTY, "next_opening", ("2026-10-06",), "give it working hours", id="empty-opening"),
        pytest.param(BACKWARDS, "add", ("2026-10-06", 1), "give it working hours", id="end-before-start"),
        pytest.param(
            JUST_WIDE_ENOUGH, "add", ("2026-10-05", 5), "too little working time", id="just-wide-enough"
        ),
        pytest.param(ONCE, "add", ("2026-10-05", 5), "too little working time", id="too-little"),
        pytest.param(ONCE, "add", ("2026-10-06", -5), "too little working time", id="too-little-back"),
        pytest.param(ONCE, "add_days", ("2026-10-05", 2), "too little working time", id="too-few-days"),
        pytest.param(ONCE, "next_opening", ("2022-06-01",), "too little working time", id="opens-too-late"),
        pytest.param(ONCE, "add_days", ("2022-06-01", 1), "too little working time", id="day-too-late"),
        pytest.param(ONCE, "add_days", ("2031-06-01", -1), "too little working time", id="day-too-early"),
        pytest.param(PART_TIME, "add", ("2026-10-05 12:00", 4200.01), "too little", id="past-the-horizon"),
        pytest.param(
            PART_TIME, "add", ("2026-10-05 12:00", -4200.01), "too little", id="past-the-horizon-back"
        ),
        pytest.param(
            PART_TIME, "add_days", ("2026-10-05 12:00", 1401), "too little", id="days-past-the-horizon"
        ),
    ],
)
def test_no_working_time_says_what_to_do(calendar, method, args, message):
    with pytest.raises(NoWorkingTime, match=message):
        getattr(calendar, method)(utc(args[0]), *args[1:])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_horizon_itself_is_reached(sign):
    at = utc("2026-10-05 12:00") if sign > 0 else utc("2026-10-05 09:00")
    assert PART_TIME.add(at, 4200 * sign) == at + clock.HORIZON * sign
    assert PART_TIME.add_days(at, 1400 * sign) == at + clock.HORIZON * sign


def test_an_empty_calendar_is_false_and_never_open():
    assert not EMPTY
    assert AUTUMN
    assert EMPTY.is_open(utc("2026-10-06")) is False


# -- the same answers as core ---------------------------------------------------------------------------


def plan_hours(intervals, at, hours):
    """Core's loop, over intervals cut every fortnight, with its floats: the oracle of ``add``."""
    forwards = hours >= 0
    hours = abs(hours)
    for n in range(100):
        lo = at + 14 * timedelta(days=n if forwards else -n - 1)
        hi = lo + timedelta(days=14)
        window = [(max(lo, start), min(hi, end)) for start, end in intervals if start < hi and end > lo]
        for start, end in window if forwards else reversed(window):
            length = (end - start).total_seconds() / 3600
            if hours <= length:
                return start + timedelta(hours=hours) if forwards else end - timedelta(hours=hours)
            hours -= length
    return None


@pytest.mark.parametrize(
    "hours_of_day",
    [
        pytest.param(OFFICE, id="office"),
        pytest.param([("08:20", "12:20"), ("13:05", "17:25")], id="thirds-of-hours"),
        pytest.param([("00:00", "23:59:59.999999")], id="round-the-clock"),
        pytest.param([("09:00", "09:00:01"), ("09:10", "09:10:07.123457")], id="seconds"),
    ],
)
def test_to_the_microsecond(hours_of_day):
    chance = random.Random(f"{hours_of_day}")
    calendar = working("2024-01-01", "2026-12-31", hours=hours_of_day, weekdays=range(7))
    intervals = calendar._intervals
    lengths = [(end - start).total_seconds() / 3600 for start, end in intervals[:2]]
    for _ in range(400):
        # From the edge of an interval as often as from anywhere, so that floats land on edges too.
        edge = chance.choice(chance.choice(intervals[500:-500]))
        at = edge + timedelta(seconds=chance.choice([0, 0, 1, 60, 1200, chance.uniform(-86400, 86400)]))
        hours = chance.choice([0, 1, 4, 8, 1 / 3, 0.1, sum(lengths), chance.uniform(0, 9)])
        if chance.random() < 0.2:
            hours = (chance.randrange(9 * 10**9) + 0.5) / 3_600_000_000  # rounds either way
        hours *= chance.choice([1, 3, 25]) * chance.choice([1, -1])
        try:
            due = calendar.add(at, hours)
        except LookupError:
            due = "wider window needed"
        expected = plan_hours(intervals, at, hours)
        if due == "wider window needed":
            # Only true of delays that leave the window.
            assert expected is None or not intervals[0][0] < expected < intervals[-1][1], (at, hours)
        else:
            assert due == expected, (at, hours)


def test_examples_in_the_documentation():
    outcome = doctest.testmod(clock)
    assert outcome.attempted
    assert not outcome.failed


def test_needs_no_odoo():
    addon = pathlib.Path(clock.__file__).parent.parent
    script = "import sys; from tools import clock, periods; print('odoo' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", script], cwd=addon, text=True).strip() == "False"
