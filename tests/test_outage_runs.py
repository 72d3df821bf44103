from datetime import datetime, timedelta

import pytest
from tools.outage_events import Event, Refused
from tools.outage_runs import Run, apply_event, begin, end_earlier, find

DAY = datetime(2026, 10, 5)


def hour(value):
    return None if value is None else DAY + timedelta(hours=value)


def down(start, end=None, **values):
    return Event("x", "SN-1", end is not None, hour(start), hour(end), **values)


def up(end, start=None):
    return Event("x", "SN-1", True, hour(start), hour(end))


def fires(start, end=None, alert="a"):
    return Event("x", "SN-1", end is not None, hour(start), hour(end), member=alert)


def play(*events):
    """[(start, end)] in hours after these events, as they are taken one by one."""
    runs = []
    for event in events:
        run = find(event, runs)
        if run is None:
            run = begin(event)
            runs.append(run)
        else:
            apply_event(event, run)
        if event.up:
            end_earlier(event, run, runs)
    return [
        ((run.start - DAY) / timedelta(hours=1), run.end and (run.end - DAY) / timedelta(hours=1))
        for run in sorted(runs, key=lambda run: run.start)
    ]


@pytest.mark.parametrize(
    ("events", "outages"),
    [
        pytest.param([down(1), up(2)], [(1, 2)], id="plain"),
        pytest.param([down(1), down(1), down(1.5), down(0.9), up(2)], [(1, 2)], id="told-again"),
        pytest.param([down(1), up(2), up(2), up(21)], [(1, 2)], id="an-ended-outage-keeps-its-end"),
        pytest.param([down(1), up(2), down(20)], [(1, 2), (20, None)], id="down-after-the-end"),
        pytest.param([down(1), up(2), down(20), up(21), down(22), up(23)], [(1, 2), (20, 21), (22, 23)], id="three"),
        pytest.param([down(1), up(2), down(2), up(3)], [(1, 2), (2, 3)], id="down-at-the-end"),
        pytest.param([down(1), up(2), down(1)], [(1, 2)], id="an-ended-outage-does-not-open"),
        pytest.param([down(1), up(2), down(1.5)], [(1, 2)], id="told-again-after-the-end"),
        pytest.param([up(2), down(1)], [(1, 2)], id="end-first"),
        pytest.param([up(2), up(2), down(3)], [(2, 2), (3, None)], id="end-alone-then-another"),
        pytest.param([up(2, 1), up(2, 1)], [(1, 2)], id="whole"),
        pytest.param([down(1, 2), down(3, 4), down(5)], [(1, 2), (3, 4), (5, None)], id="whole-ones"),
        pytest.param([down(3), down(1, 2), up(4)], [(1, 2), (3, 4)], id="an-older-one-told-late"),
        pytest.param([down(1), up(2), up(5, 4)], [(1, 2), (4, 5)], id="an-end-that-tells-its-beginning"),
        # Alerts: the label set is told of by one or several.
        pytest.param([fires(1), fires(1, 2), fires(3), fires(3, 4)], [(1, 2), (3, 4)], id="alert-again"),
        pytest.param([fires(1), fires(3, 4)], [(1, 4), (3, 4)], id="the-end-of-the-first-got-lost"),
        pytest.param([fires(1), fires(3, 4), fires(1, 2)], [(1, 2), (3, 4)], id="and-arrives-after-all"),
        pytest.param(
            [fires(1), fires(1.001, alert="b"), fires(1, 2), fires(1.001, 2.001, alert="b")], [(1, 2.001)], id="replicas"
        ),
        pytest.param([fires(1), fires(1.001), fires(1.001, 2), fires(1, 2.001)], [(1, 2)], id="replicas-of-one-name"),
        pytest.param([fires(1), fires(1.5, alert="b"), fires(1, 2)], [(1, None)], id="warning-over-critical-not"),
        pytest.param(
            [fires(1), fires(1.5, alert="b"), fires(1, 2), fires(1.5, 3, alert="b")], [(1, 3)], id="severities"
        ),
        pytest.param([fires(1), fires(1, 2), fires(1, 2), fires(1)], [(1, 2)], id="alert-told-again"),
    ],
)  # fmt: skip
def test_what_becomes_of(events, outages):
    found = play(*events)
    assert [(round(start, 3), end and round(end, 3)) for start, end in found] == outages


def test_an_end_that_got_lost_is_not_confirmed():
    runs = [begin(fires(1))]
    last = begin(fires(3, 4))
    end_earlier(fires(3, 4), last, runs)
    assert (runs[0].end, runs[0].end_unconfirmed) == (hour(4), True)
    apply_event(fires(1, 2), runs[0])
    assert (runs[0].end, runs[0].end_unconfirmed) == (hour(2), False)


def test_it_ends_before_its_start():
    with pytest.raises(Refused) as raised:
        find(up(1), [Run(hour(2))])
    assert (raised.value.field, raised.value.cause) == ("end", "contradiction")
