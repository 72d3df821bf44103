import doctest
from datetime import datetime, timedelta

import pytest
from tools import outage_events
from tools.outage_events import MAX_EVENTS, Reader, Refused

NOW = datetime(2026, 10, 5, 8)
NATIVE = {"event_id": "7", "serial": "SN-1", "status": "down", "start": "2026-10-05T07:00:00Z"}
ZABBIX = {
    "event_value": "1", "event_id": "41", "serial": "SN-1", "event_timestamp": "1791183600",
    "recovery_timestamp": "{EVENT.RECOVERY.TIMESTAMP}", "event_name": "No answer",
}  # fmt: skip
ZABBIX_DATES = {
    "event_value": "1", "event_id": "41", "serial": "SN-1", "event_date": "2026.10.05", "event_time": "09:00:00",
    "recovery_date": "{EVENT.RECOVERY.DATE}", "recovery_time": "{EVENT.RECOVERY.TIME}", "timezone": "Europe/Paris",
    "event_name": "No answer",
}  # fmt: skip
ALERT = {
    "status": "firing", "labels": {"alertname": "Down", "serial": "SN-1"}, "annotations": {"summary": "No answer"},
    "startsAt": "2026-10-05T09:00:00.739266876+02:00", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1",
}  # fmt: skip


def reader(**values):
    return Reader(NOW, timedelta(minutes=5), **values)


def event(payload, **values):
    [parsed] = reader(**values).events(payload)
    assert parsed.refused is None, parsed.refused
    return parsed.event


@pytest.mark.parametrize(
    ("payload", "event_id", "series"),
    [
        pytest.param(NATIVE, "native:7", None, id="ours"),
        pytest.param([NATIVE], "native:7", None, id="a-list"),
        pytest.param({"events": [NATIVE]}, "native:7", None, id="events"),
        pytest.param(ZABBIX, "zabbix:41", None, id="zabbix"),
        pytest.param(ZABBIX_DATES, "zabbix:41", None, id="zabbix-dates"),
        pytest.param({"alerts": [ALERT]}, "alertmanager:f1", None, id="alertmanager"),
    ],
)
def test_shapes(payload, event_id, series):
    found = event(payload)
    assert (found.event_id, found.series, found.serial) == (event_id, series, "SN-1")
    assert (found.start, found.end, found.up, found.kind) == (datetime(2026, 10, 5, 7), None, False, "down")
    assert event(payload, monitor="paris").event_id.startswith("paris:")


@pytest.mark.parametrize(
    ("payload", "start", "end"),
    [
        pytest.param({**NATIVE, "status": "up", "start": None, "end": "2026-10-05T07:30:00Z"}, None, 7.5, id="ours"),
        pytest.param({**NATIVE, "end": "2026-10-05T07:30:00Z"}, 7, 7.5, id="whole"),
        pytest.param({**ZABBIX, "event_value": "0", "recovery_timestamp": "1791185400"}, 7, 7.5, id="zabbix"),
        pytest.param(
            {**ZABBIX_DATES, "event_value": "0", "recovery_date": "2026.10.05", "recovery_time": "09:30:00"},
            7, 7.5, id="zabbix-dates",
        ),
        pytest.param(
            {"alerts": [{**ALERT, "status": "resolved", "endsAt": "2026-10-05T07:30:00Z"}]}, 7, 7.5, id="alertmanager"
        ),
    ],
)  # fmt: skip
def test_the_end(payload, start, end):
    found = event(payload)
    assert found.up
    assert found.start == (start and datetime(2026, 10, 5, start))
    assert found.end == datetime(2026, 10, 5) + timedelta(hours=end)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-10-05T09:00:00+02:00", "07:00:00", id="summer-time"),
        pytest.param("2026-10-05T02:30:00-0430", "07:00:00", id="west"),
        pytest.param("2026-10-05T07:00:00.999Z", "07:00:00", id="to-the-second"),
        pytest.param(1791183600, "07:00:00", id="epoch"),
        pytest.param("1791183600.5", "07:00:00", id="epoch-text"),
        pytest.param("2026-10-05T08:00:01Z", "08:00:00", id="a-clock-ahead"),
        pytest.param("2026-10-05T08:05:00Z", "08:00:00", id="as-far-as-allowed"),
    ],
)
def test_moments(text, moment):
    assert event({**NATIVE, "start": text}).start == datetime.fromisoformat(f"2026-10-05T{moment}")


def native(**changes):
    return {**NATIVE, **changes}


def alert(**changes):
    return {"alerts": [{**ALERT, **changes}]}


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        pytest.param(native(start="2026-10-05T07:00:00"), "start", "no time zone", id="naive"),
        pytest.param(
            native(start="2026-10-05T07:00:00", timezone="Paris"), "timezone", "no time zone", id="zone"
        ),
        pytest.param(
            native(start="2026-10-05T09:00:00", timezone="UTC"), "start", "time zone UTC", id="wrong-zone"
        ),
        pytest.param({**ZABBIX_DATES, "timezone": None}, "event_time", "no time zone", id="zabbix-zone"),
        pytest.param(
            {**ZABBIX_DATES, "event_time": "{EVENT.TIME}"}, "event_time", "missing", id="zabbix-time"
        ),
        pytest.param(native(start="yesterday"), "start", "no moment", id="words"),
        pytest.param(native(start="2026-10-05T08:05:01Z"), "start", "in the future", id="too-far-ahead"),
        pytest.param(native(start="1999-12-31T00:00:00Z"), "start", "year 2000", id="too-old"),
        pytest.param(native(start="0001-01-01T00:00:00+14:00"), "start", "no moment", id="out-of-range"),
        pytest.param(native(start=None), "start", "missing", id="no-start"),
        pytest.param(native(status="up"), "end", "missing", id="no-end"),
        pytest.param(native(end="2026-10-05T06:59:59Z"), "end", "before it starts", id="ends-first"),
        pytest.param(native(event_id="x" * 251), "event_id", "longer", id="long-event-id"),
        pytest.param(native(serial=None), "serial", "missing", id="no-serial"),
        pytest.param(native(serial=["SN-1"]), "serial", "a text", id="serial-a-list"),
        pytest.param(native(serial=True), "serial", "a text", id="serial-a-boolean"),
        pytest.param(native(status="broken"), "status", "unknown", id="status"),
        pytest.param(native(kind="broken"), "kind", "unknown", id="kind"),
        pytest.param(native(kind="planned"), "end", "missing", id="planned-without-end"),
        pytest.param(native(serial="$"), "serial", "missing", id="nagios-without-the-variable"),
        pytest.param(native(serial="$_HOSTSERIAL$"), "serial", "missing", id="nagios-unexpanded"),
        pytest.param({**ZABBIX, "serial": "*UNKNOWN*"}, "serial", "missing", id="zabbix-unknown"),
        pytest.param({**ZABBIX, "serial": "{INVENTORY.SERIALNO.A}"}, "serial", "missing", id="zabbix-macro"),
        pytest.param({**ZABBIX, "event_value": "2"}, "event_value", "unknown", id="zabbix-value"),
        pytest.param(alert(labels={"alertname": "x"}), "serial", "missing", id="no-label"),
        pytest.param(alert(labels=[]), "serial", "missing", id="empty-labels"),
        pytest.param(alert(labels=["x"]), "labels", "objects", id="labels-a-list"),
        pytest.param(alert(status="pending"), "status", "unknown", id="alert-status"),
        pytest.param(alert(status="resolved"), "endsAt", "2000", id="resolved-without-end"),
        pytest.param(alert(startsAt=None), "startsAt", "missing", id="alert-without-start"),
        pytest.param({"events": ["x"]}, "events", "JSON object", id="not-an-object"),
    ],
)
def test_refused(payload, field, words):
    [parsed] = reader().events(payload)
    assert parsed.event is None
    assert parsed.refused.field == field
    assert words in parsed.refused.message


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        pytest.param("down", "payload", id="text"),
        pytest.param(None, "payload", id="null"),
        pytest.param({"alerts": {}}, "alerts", id="alerts-no-list"),
        pytest.param({"events": [NATIVE] * (MAX_EVENTS + 1)}, "events", id="too-many"),
    ],
)
def test_refused_as_a_whole(payload, field):
    with pytest.raises(Refused) as raised:
        list(reader().events(payload))
    assert raised.value.field == field


def test_a_sender_without_ids():
    """What it watches and its check are the name; what is not said to have been earlier is now."""
    found = event({"serial": "SN-1", "check": "HTTP", "status": "CRITICAL"})
    assert (found.event_id, found.start, found.end, found.by_check) == ("check:sn-1/http", NOW, None, True)
    found = event({"serial": "SN-1", "check": "http", "status": "RECOVERY", "time": "2026-10-05T07:30:00Z"})
    assert (found.event_id, found.start, found.end) == ("check:sn-1/http", None, datetime(2026, 10, 5, 7, 30))


@pytest.mark.parametrize(
    ("text", "status"),
    [("DOWN", "down"), ("Unreachable", "down"), ("Down (Acknowledged)", "down"), ("Down ended (now: Up)", "up"),
     ("OK", "up"), ("Up", "up")],
)  # fmt: skip
def test_how_each_system_says_it(text, status):
    assert event({"serial": "SN-1", "status": text}).up == (status == "up")


@pytest.mark.parametrize(
    ("now", "text", "moment"),
    [
        # The clocks of Paris are set back on 25 October 2026 at 01:00 UTC: 02:30 comes twice.
        pytest.param("2026-10-25T00:31:00", "2026-10-25T02:30:00", "2026-10-25T00:30:00", id="first"),
        pytest.param("2026-10-25T01:31:00", "2026-10-25T02:30:00", "2026-10-25T01:30:00", id="second"),
        pytest.param("2026-10-25T08:00:00", "2026-10-25T03:30:00", "2026-10-25T02:30:00", id="after"),
        # and forward on 29 March at 01:00 UTC: 02:30 is not there.
        pytest.param("2026-03-29T08:00:00", "2026-03-29T02:30:00", "2026-03-29T01:30:00", id="gap"),
        pytest.param("2026-03-29T08:00:00", "2026-03-29T03:30:00", "2026-03-29T01:30:00", id="summer"),
    ],
)
def test_wall_clocks_of_a_declared_zone(now, text, moment):
    clock = Reader(datetime.fromisoformat(now), timedelta(minutes=5), zone="Europe/Paris")
    [parsed] = clock.events({**NATIVE, "start": text})
    assert parsed.event.start == datetime.fromisoformat(moment)


def test_alerts_of_one_outage():
    """They differ in how bad it is and in which server saw it; anything else is another one."""
    labels = {"alertname": "Down", "serial": "SN-1", "severity": "warning", "prometheus_replica": "a"}
    same = {**labels, "severity": "critical", "prometheus_replica": "b"}
    one, two, three = (
        event(alert(labels=of, fingerprint=name))
        for of, name in ((labels, "f1"), (same, "f2"), ({**labels, "instance": "x"}, "f3"))
    )
    assert one.event_id == two.event_id != three.event_id
    assert (one.member, two.member, one.former_id) == ("f1", "f2", "alertmanager:f1")


def test_two_servers_number_apart():
    assert event({**ZABBIX, "server": "lyon"}).event_id == "lyon:41"
    assert event({**ZABBIX, "server": "lyon"}, monitor="paris").event_id == "lyon:41"


def test_one_refused_leaves_the_others():
    found = list(reader().events([native(serial=""), NATIVE]))
    assert [(one.event_id, bool(one.event)) for one in found] == [("7", False), ("7", True)]


def test_planned_may_lie_ahead():
    payload = native(kind="planned", start="2026-11-05T07:00:00Z", end="2026-11-05T08:00:00Z")
    assert event(payload).start == datetime(2026, 11, 5, 7)


def test_the_label_of_the_serial_number():
    assert event(alert(labels={"instance": "SN-2"}), serial_label="instance").serial == "SN-2"
    # Two monitors of one company: the label that was named is not what the other one writes.
    assert event(alert(labels={"serial": "SN-1"}), serial_label="instance").serial == "SN-1"
    assert (
        event(alert(labels={"serial": "SN-1", "instance": "SN-2"}), serial_label="instance").serial == "SN-2"
    )


def test_long_words_are_cut():
    assert len(event(native(reason="x" * 400)).reason) == 250


def test_examples_in_the_documentation():
    outcome = doctest.testmod(outage_events)
    assert outcome.attempted
    assert not outcome.failed
