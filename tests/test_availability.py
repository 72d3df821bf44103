import doctest
import random
from datetime import date, datetime, timedelta

import pytest
from tools import availability, departments
from tools.availability import NOTHING, Availability, Outage, supervision

DAY = datetime(2026, 10, 5)
ALWAYS = (datetime.min, datetime.max)
H = 3600


def at(hour):
    return DAY + timedelta(hours=hour)


def down(start, end):
    return Outage(at(start), None if end is None else at(end))


def planned(start, end):
    return down(start, end)._replace(planned=True)


def unseen(start, end):
    return down(start, None if end is None else end)._replace(no_data=True)


# outages of one day -> hours (expected, down, planned, no data)
DAYS = [
    pytest.param([], (24, 0, 0, 0), id="nothing-happened"),
    pytest.param([down(6, 8)], (24, 2, 0, 0), id="one-outage"),
    pytest.param([down(6, 8), down(7, 9), down(6.5, 7.5)], (24, 3, 0, 0), id="overlaps-count-once"),
    pytest.param([down(6, 8), down(8, 9)], (24, 3, 0, 0), id="end-to-end"),
    pytest.param([down(6, 6)], (24, 0, 0, 0), id="of-no-length"),
    pytest.param([down(-5, 2)], (24, 2, 0, 0), id="from-the-day-before"),
    pytest.param([down(-5, 0)], (24, 0, 0, 0), id="over-at-the-first-second"),
    pytest.param([down(22, 30)], (24, 2, 0, 0), id="into-the-next-day"),
    pytest.param([down(24, 30)], (24, 0, 0, 0), id="begins-at-the-last-second"),
    pytest.param([down(-5, 30)], (24, 24, 0, 0), id="all-day"),
    pytest.param([down(20, None)], (24, 4, 0, 0), id="still-down"),
    pytest.param([planned(6, 8)], (22, 0, 2, 0), id="planned-is-not-expected"),
    pytest.param([planned(6, 8), down(7, 10)], (22, 2, 2, 0), id="planned-takes-from-down"),
    pytest.param([planned(0, 24), down(7, 10)], (0, 0, 24, 0), id="planned-all-day"),
    pytest.param([unseen(6, 8)], (22, 0, 0, 2), id="nobody-watched"),
    pytest.param([unseen(6, 8), down(7, 10)], (22, 2, 0, 2), id="no-data-takes-from-down"),
    pytest.param([unseen(6, 8), planned(7, 9)], (21, 0, 2, 1), id="planned-before-no-data"),
    pytest.param([unseen(12, None)], (12, 0, 0, 12), id="supervision-still-down"),
    pytest.param([unseen(0, 24), down(0, 24)], (0, 0, 0, 24), id="no-data-all-day"),
]


@pytest.mark.parametrize(("outages", "hours"), DAYS)
def test_a_day(outages, hours):
    found = availability.availability(outages, DAY, at(24), at(100), ALWAYS)
    assert found == Availability(*(hour * H for hour in hours))
    assert found.period == 24 * H
    assert found.ratio == ((hours[0] - hours[1]) / hours[0] if hours[0] else None)


@pytest.mark.parametrize(
    ("now", "supervised", "hours"),
    [
        pytest.param(12, ALWAYS, (12, 2, 0, 0), id="counts-to-now"),
        pytest.param(7, ALWAYS, (7, 1, 0, 0), id="in-the-middle-of-the-outage"),
        pytest.param(0, ALWAYS, (0, 0, 0, 0), id="begins-now"),
        pytest.param(-5, ALWAYS, (0, 0, 0, 0), id="to-come"),
        pytest.param(100, None, (0, 0, 0, 24), id="never-supervised"),
        pytest.param(100, (at(7), datetime.max), (17, 1, 0, 7), id="supervised-from"),
        pytest.param(100, (datetime.min, at(7)), (7, 1, 0, 17), id="supervised-to"),
        pytest.param(100, (at(24), datetime.max), (0, 0, 0, 24), id="supervised-later"),
        pytest.param(7.5, (at(7), datetime.max), (0.5, 0.5, 0, 7), id="both"),
    ],
)
def test_now_and_supervision(now, supervised, hours):
    found = availability.availability([down(6, 8)], DAY, at(24), at(now), supervised)
    assert found == Availability(*(hour * H for hour in hours))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="spring"),
        pytest.param(date(2026, 10, 25), 25, id="autumn"),
        pytest.param(date(2026, 10, 26), 24, id="the-day-after"),
    ],
)
def test_the_day_clocks_change(day, hours):
    start, end = supervision(day, day, "Europe/Paris")
    found = availability.availability([], start, end, datetime(2027, 1, 1), (start, end))
    assert found == Availability(hours * H, 0, 0, 0)
    # A whole month of local days around it
    month = supervision(day.replace(day=1), day.replace(day=28), "Europe/Paris")
    found = availability.availability(
        [], *month, datetime(2027, 1, 1), supervision(day.replace(day=1), None, "Europe/Paris")
    )
    assert found.coverage == 1


def test_supervision_without_end():
    assert supervision(None, None, "Europe/Paris") is None
    assert supervision(date(2026, 10, 5), None, "UTC") == (DAY, datetime.max)


def test_sites_and_contracts_add_up():
    whole = Availability(24 * H, 2 * H, 0, 0) + Availability(12 * H, 0, 0, 12 * H)
    assert whole == Availability(36 * H, 2 * H, 0, 12 * H)
    assert whole.ratio == 34 / 36
    assert whole.coverage == 36 / 48
    assert sum([whole, whole], NOTHING).down == 4 * H
    assert NOTHING.ratio is None and NOTHING.coverage is None


def test_as_second_by_second():
    """The same as asking every minute of random days what was going on."""
    draw = random.Random(7)
    for _case in range(60):
        outages = []
        for _outage in range(draw.randrange(8)):
            start = draw.randrange(-100, 500)
            end = start + draw.randrange(200) if draw.random() < 0.8 else None
            kind = draw.choice(["down", "planned", "no_data"])
            outages.append(
                Outage(
                    DAY + timedelta(minutes=start),
                    None if end is None else DAY + timedelta(minutes=end),
                    kind == "planned",
                    kind == "no_data",
                )
            )
        first, last = sorted(draw.sample(range(-50, 600), 2))
        supervised = (DAY + timedelta(minutes=first), DAY + timedelta(minutes=last))
        counts = dict.fromkeys(("expected", "down", "planned", "no_data"), 0)
        for minute in range(400):
            moment = DAY + timedelta(minutes=minute)
            on = [o for o in outages if o.start <= moment and (o.end is None or moment < o.end)]
            if not supervised[0] <= moment < supervised[1]:
                counts["no_data"] += 60
            elif any(o.planned for o in on):
                counts["planned"] += 60
            elif any(o.no_data for o in on):
                counts["no_data"] += 60
            else:
                counts["expected"] += 60
                counts["down"] += 60 * bool(on)
        found = availability.availability(
            outages, DAY, DAY + timedelta(minutes=500), DAY + timedelta(minutes=400), supervised
        )
        assert found == Availability(**counts)


@pytest.mark.parametrize("module", [availability, departments])
def test_examples_in_the_documentation(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed
