"""Two Alertmanagers of Debian, an older and a newer one, and Prometheus, by the receiver the guide prints."""

import contextlib
import datetime
import json
import sys
import time
import urllib.request

import programs
import pytest
import runtime

ALERTMANAGER, PROMETHEUS = "/usr/bin/prometheus-alertmanager", "/usr/bin/prometheus"
ROUTE = "route: {receiver: client-charter, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 1h}\n"


class Alertmanager:
    def __init__(self, port):
        self.port = port

    def alert(self, serial, start, end=None, name="Down", **labels):
        body = [{
            "labels": {"alertname": name, **({"serial": serial} if serial else {}), **labels},
            "annotations": {"summary": "No answer"},
            "startsAt": text(start),
            "endsAt": text(end or time.time() + 3600),
        }]  # fmt: skip
        self.post("alerts", body)

    def silence(self, serial):
        """Return the number of a silence over the alerts of ``serial``, an hour long."""
        body = {
            "matchers": [{"name": "serial", "value": serial, "isRegex": False}],
            "startsAt": text(time.time()),
            "endsAt": text(time.time() + 3600),
            "createdBy": "Thomas",
            "comment": "The recorder is replaced",
        }
        return json.loads(self.post("silences", body))["silenceID"]

    def expire(self, silence):
        self.ask(urllib.request.Request(self.address(f"silence/{silence}"), method="DELETE"))

    def post(self, path, body):
        sent = json.dumps(body).encode()
        return self.ask(
            urllib.request.Request(self.address(path), sent, {"Content-Type": "application/json"})
        )

    def address(self, path):
        return f"http://127.0.0.1:{self.port}/api/v2/{path}"

    def ask(self, request):
        return urllib.request.urlopen(request, timeout=10).read()


def text(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="milliseconds")


def utc(moment):
    return datetime.datetime.fromtimestamp(int(moment), datetime.UTC).replace(tzinfo=None)


@contextlib.contextmanager
def alertmanager(suite, folder, receiver, ran, name="one"):
    """An Alertmanager of ``suite`` with the receiver of the guide; its key is in a file, as the guide has it."""
    ran(f"Alertmanager ({suite})", programs.version(suite, ALERTMANAGER, "--version", word="version"))
    own = folder / name
    own.mkdir()
    (own / "alertmanager.yml").write_text(ROUTE + receiver)
    port = runtime.free_port(9093)
    # Debian's build reads its own templates from /usr/share alone.
    templates = programs.root(suite) / "usr" / "share"
    inside = [
        "unshare",
        "--map-root-user",
        "--mount",
        "bash",
        "-c",
        'mount --bind "$0" /usr/share && exec "$@"',
        str(templates),
    ]
    arguments = programs.command(
        suite, ALERTMANAGER, f"--config.file={own}/alertmanager.yml", f"--storage.path={own}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    )  # fmt: skip
    with programs.running([*inside, *arguments], own / "log", port, "Alertmanager"):
        yield Alertmanager(port)


@pytest.fixture
def receiver(recipe, charter, folder):
    key = folder / "charter.key"
    key.write_text(charter.key)
    return recipe("yaml", "webhook_configs").replace("/etc/alertmanager/charter.key", str(key))


@pytest.mark.parametrize(("suite", "prefix"), [("bookworm", "AM25"), ("sid", "AM33")])
def test_a_group_with_an_unknown_serial(charter, receiver, folder, ran, suite, prefix):
    """The good alerts begin and end; what is refused is listed."""
    now = time.time()
    with alertmanager(suite, folder, receiver, ran) as program:
        program.alert(f"{prefix}-1", now - 600)
        program.alert(f"{prefix}-UNKNOWN", now - 600)
        programs.until(lambda: charter.outages(f"{prefix}-1"), "the outage begins")
        programs.until(lambda: charter.refusals(f"{prefix}-UNKNOWN"), "the unknown one is listed")
        program.alert(f"{prefix}-1", now - 600, time.time())
        [(start, end, reason)] = programs.until(lambda: charter.ended(f"{prefix}-1"), "the outage ends")
        assert (start, reason) == (utc(now - 600), "No answer")
        assert end >= utc(now)
        # It fires again: another outage, and the first keeps its end.
        again = time.time()
        program.alert(f"{prefix}-1", again)
        programs.until(lambda: len(charter.outages(f"{prefix}-1")) == 2, "another outage")
        program.alert(f"{prefix}-1", again, time.time())
        rows = programs.until(lambda: charter.ended(f"{prefix}-1", 2), "the second ends")
        assert rows[0][:2] == (start, end)


@pytest.mark.parametrize(("suite", "prefix"), [("bookworm", "AM25"), ("sid", "AM33")])
def test_two_replicas_and_two_severities_are_one_outage(charter, receiver, folder, ran, suite, prefix):
    now, serial = time.time(), f"{prefix}-2"
    with (
        alertmanager(suite, folder, receiver, ran) as one,
        alertmanager(suite, folder, receiver, ran, "two") as two,
    ):
        one.alert(serial, now - 100, severity="warning", replica="a")
        two.alert(serial, now - 93, severity="warning", replica="b")
        programs.until(lambda: charter.outages(serial), "the outage begins")
        one.alert(serial, now - 50, severity="critical", replica="a")
        alerts = "SELECT o.alerts FROM charter_outage o JOIN charter_equipment e ON e.id = o.equipment_id WHERE e.serial = %s"
        programs.until(lambda: len(charter.rows(alerts, serial)[0][0]) == 3, "all three are told")
        one.alert(serial, now - 50, time.time(), severity="critical", replica="a")
        one.alert(serial, now - 100, time.time(), severity="warning", replica="a")
        two.alert(serial, now - 93, time.time(), severity="warning", replica="b")
        assert len(programs.until(lambda: charter.ended(serial), "it ends")) == 1


def test_an_end_that_got_lost(charter, receiver, folder, ran):
    """It fires again within group_interval: Alertmanager never tells the first end."""
    now, serial = int(time.time()), "AM33-3"
    with alertmanager("sid", folder, receiver, ran) as program:
        program.alert(serial, now - 1200)
        programs.until(lambda: charter.outages(serial), "the outage begins")
        program.alert(serial, now - 1200, now - 900)
        program.alert(serial, now - 600)
        program.alert(serial, now - 600, time.time())
        programs.until(lambda: charter.ended(serial, 2), "both end")
    unconfirmed = charter.rows(
        "SELECT o.end_unconfirmed FROM charter_outage o JOIN charter_equipment e ON e.id = o.equipment_id "
        "WHERE e.serial = %s ORDER BY o.start_at",
        serial,
    )
    assert unconfirmed == [(True,), (False,)]


@pytest.mark.parametrize(("suite", "prefix"), [("bookworm", "AM25"), ("sid", "AM33")])
def test_a_silence(charter, receiver, folder, ran, suite, prefix):
    """What is silenced is not reported until the silence is over, then from its true beginning; what ends under one stays open."""
    now, silenced, other = time.time(), f"{prefix}-7", f"{prefix}-8"
    with alertmanager(suite, folder, receiver, ran) as program:
        silence = program.silence(silenced)
        program.alert(silenced, now - 600)
        program.alert(other, now - 600)
        programs.until(lambda: charter.outages(other), "the other one begins")
        assert not charter.outages(silenced)
        program.expire(silence)
        [(start, *_rest)] = programs.until(lambda: charter.outages(silenced), "it is reported")
        assert start == utc(now - 600)
        program.silence(silenced)
        program.alert(silenced, now - 600, time.time())
        program.alert(other, now - 600, time.time())
        programs.until(lambda: charter.ended(other), "the other one ends")
        assert not charter.ended(silenced)


def test_alerts_left_out(charter, receiver, folder, ran):
    few = receiver.replace(
        "        send_resolved: true\n", "        send_resolved: true\n        max_alerts: 1\n"
    )
    assert few != receiver
    with alertmanager("sid", folder, few, ran) as program:
        for number in (4, 5):
            program.alert(f"AM33-{number}", time.time() - 10)
        programs.until(lambda: charter.refusals("client-charter"), "what was left out is listed")
    assert charter.refusals("client-charter")[0][0] == "truncated"


def test_no_label_then_the_label_is_named(charter, receiver, folder, ran, tmp_path):
    with alertmanager("sid", folder, receiver, ran) as program:
        program.alert(None, time.time() - 60, name="NoSerial", instance="AM33-6")
        programs.until(lambda: charter.refusals("NoSerial"), "it is listed")
    assert charter.refusals("NoSerial")[0][0] == "no_serial"
    charter.shell(tmp_path, """
        env.company.charter_alert_serial_label = "instance"
        env["charter.outage.refusal"]._cron_replay()
        env.company.charter_alert_serial_label = "serial"
        env.cr.commit()
    """)  # fmt: skip
    assert charter.refusals("NoSerial")[0][2] == "mended"
    assert len(charter.outages("AM33-6")) == 1


@pytest.mark.parametrize(("suite", "serial"), [("bookworm", "PROM-1"), ("sid", "PROM-2")])
def test_prometheus(charter, receiver, recipe, folder, ran, suite, serial):
    """Prometheus with the rule of the guide, watching something that is switched off and on."""
    ran(f"Prometheus ({suite})", programs.version(suite, PROMETHEUS, "--version", word="version"))
    target, port = runtime.free_port(9700), runtime.free_port(9100)
    with alertmanager(suite, folder, receiver, ran) as program:
        rules = recipe("yaml", "groups:").replace("for: 2m", "for: 1s")
        (folder / "rules.yml").write_text(rules)
        (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{folder}/rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{program.port}"]}}]}}]}}
scrape_configs:
  - job_name: cameras
    static_configs: [{{targets: ["127.0.0.1:{target}"], labels: {{serial: {serial}}}}}]
""")
        arguments = programs.command(
            suite, PROMETHEUS, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s",
        )  # fmt: skip
        with programs.running(arguments, folder / "prometheus.log", port, "Prometheus"):
            programs.until(lambda: charter.outages(serial), "down is told")
            serving = [sys.executable, "-c", METRICS, str(target)]
            with programs.running(serving, folder / "target.log", target, "The target"):
                assert len(programs.until(lambda: charter.ended(serial), "up is told", 90)) == 1


METRICS = """
import http.server, sys
class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Type", "text/plain; version=0.0.4"); self.end_headers()
        self.wfile.write(b"camera_ok 1\\n")
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Metrics).serve_forever()
"""
