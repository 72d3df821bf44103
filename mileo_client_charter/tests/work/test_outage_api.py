import json
import pathlib
import re
import subprocess
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ...tools.outage_events import Refused
from ..cases.common import START
from ..cases.gear import GearCase

INTEGRATE = pathlib.Path(__file__).parents[2] / "readme" / "INTEGRATE.md"


def told(event_id="1", status="down", serial="SN-1", **values):
    return {"event_id": event_id, "status": status, "serial": serial, **values}


def alert(status, start, end="0001-01-01T00:00:00Z", serial="SN-1"):
    return {
        "status": status,
        "labels": {"alertname": "Down", "serial": serial},
        "startsAt": start,
        "endsAt": end,
        "fingerprint": "f1",
    }


@tagged("post_install", "-at_install")
class TestIngestion(GearCase):
    """START is 2026-10-05 08:00 UTC."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def post(self, *events, **values):
        results = self.env["charter.outage"]._ingest(list(events), **values)
        self.env.flush_all()
        return results

    def statuses(self, *events):
        return [result["status"] for result in self.post(*events)]

    def rows(self):
        return self.env["charter.outage"].search(
            [("equipment_id", "=", self.camera.id)], order="start_at, id"
        )

    def hours(self):
        """[(start, end)] of the camera in hours from START."""

        def hour(moment):
            return moment and (moment - START) / timedelta(hours=1)

        return [(hour(row.start_at), hour(row.end_at)) for row in self.rows()]

    # -- one event after another --------------------------------------------------------------------

    def test_down_then_up(self):
        down, up = (
            told(start="2026-10-05T06:00:00Z", reason="Power"),
            told(status="up", end="2026-10-05T07:00:00Z"),
        )
        self.assertEqual(self.statuses(down), ["created"])
        self.assertEqual(self.camera.down_since, START - timedelta(hours=2))
        self.assertEqual(self.statuses(down), ["unchanged"])
        self.assertEqual(self.statuses(up), ["updated"])
        self.assertEqual(self.statuses(up), ["unchanged"])
        self.assertEqual(self.statuses(down), ["unchanged"], "an outage that has ended does not open again")
        self.assertEqual(self.hours(), [(-2, -1)])
        self.assertFalse(self.camera.down_since)
        row = self.rows()
        self.assertEqual((row.source, row.event_id, row.reason), ("monitoring", "native:1", "Power"))
        self.assertEqual(
            (row.partner_id, row.contract_id, row.site_id), (self.client, self.contract, self.north)
        )

    def test_up_before_down(self):
        self.assertEqual(self.statuses(told(status="up", end="2026-10-05T07:00:00Z")), ["created"])
        self.assertTrue(self.rows().start_unknown)
        self.assertEqual(self.hours(), [(-1, -1)], "it counts nothing as long as its start is not told")
        self.assertEqual(self.statuses(told(start="2026-10-05T06:00:00Z")), ["updated"])
        self.assertEqual(self.hours(), [(-2, -1)])
        self.assertFalse(self.rows().start_unknown)

    def test_all_in_one_batch_and_any_order(self):
        down, up = told(start="2026-10-05T06:00:00Z"), told(status="up", end="2026-10-05T07:00:00Z")
        self.assertEqual(self.statuses(up, down, down, up), ["created", "updated", "unchanged", "unchanged"])
        self.assertEqual(self.hours(), [(-2, -1)])

    def test_refused_events_leave_the_others(self):
        results = self.post(
            told("1", serial="SN-404", start="2026-10-05T06:00:00Z"),
            told("2", serial="sn-1", start="2026-10-05T06:00:00Z"),
            told("3", start="2026-10-05T09:00:00Z"),
        )
        self.assertEqual([result["status"] for result in results], ["refused", "created", "refused"])
        self.assertEqual((results[0]["field"], results[2]["field"]), ("serial", "start"))
        self.assertIn("SN-404", results[0]["error"])
        self.assertEqual(self.rows().ids, [results[1]["outage_id"]])

    def test_ends_before_its_recorded_start(self):
        self.post(told(start="2026-10-05T06:00:00Z"))
        [result] = self.post(told(status="up", end="2026-10-05T05:00:00Z"))
        self.assertEqual((result["status"], result["field"]), ("refused", "end"))
        self.assertEqual(self.hours(), [(-2, False)])

    def test_an_event_of_another_equipment(self):
        self._equipment("Camera 2", "SN-2")
        self.post(told(start="2026-10-05T06:00:00Z"))
        [result] = self.post(told(serial="SN-2", status="up", end="2026-10-05T07:00:00Z"))
        self.assertEqual((result["status"], result["field"]), ("refused", "serial"))

    def test_which_equipment(self):
        other, _one, _two = self._client("Bistro")
        twin = self._equipment("Twin", "SN-1", client=other)
        self.client.ref, other.ref = "C1", "C2"
        down = told(start="2026-10-05T06:00:00Z")
        [result] = self.post(down)
        self.assertEqual((result["status"], result["field"]), ("refused", "client"))
        [result] = self.post({**down, "client": "c2"})
        self.assertEqual(self.env["charter.outage"].browse(result["outage_id"]).equipment_id, twin)
        twin.active = False
        self.assertEqual(self.statuses(told("2", start="2026-10-05T06:00:00Z")), ["created"])
        [result] = self.post({**down, "client": "C2", "event_id": "3"})
        self.assertIn("archived", result["error"])
        belgium = self.env["res.company"].create({"name": "Mileo Belgium"})
        stranger = new_test_user(
            self.env,
            "t_stranger",
            groups="base.group_user",
            company_id=belgium.id,
            company_ids=[(6, 0, belgium.ids)],
        )
        [result] = (
            self.env["charter.outage"].with_user(stranger)._ingest([told("9", start="2026-10-05T06:00:00Z")])
        )
        self.assertIn("Unknown serial number SN-1", result["error"])

    def test_what_staff_corrected_stays(self):
        self.post(told(start="2026-10-05T06:00:00Z"))
        row = self.rows()
        row.write({"active": False, "correction": "False alarm"})
        self.assertEqual(self.statuses(told(status="up", end="2026-10-05T07:00:00Z")), ["unchanged"])
        self.assertFalse(row.end_at)

    def test_the_clock_of_the_sender(self):
        self.assertEqual(self.statuses(told(start="2026-10-05T10:05:00+02:00")), ["created"])
        self.assertEqual(self.hours(), [(0, False)])
        self.company.charter_clock_skew_minutes = 4
        self.assertEqual(self.statuses(told("2", start="2026-10-05T10:05:00+02:00")), ["refused"])

    def test_kinds(self):
        self.post(
            told("1", kind="planned", start="2026-10-06T06:00:00Z", end="2026-10-06T07:00:00Z"),
            told("2", kind="no_data", start="2026-10-05T06:00:00Z"),
        )
        self.assertEqual(self.rows().mapped("kind"), ["no_data", "planned"])
        self.assertFalse(self.camera.down_since)

    # -- alerts that come back ----------------------------------------------------------------------

    def test_an_alert_that_fires_again_is_another_outage(self):
        def post(*alerts):
            return [r["status"] for r in self.env["charter.outage"]._ingest({"alerts": list(alerts)})]

        self.assertEqual(post(alert("firing", "2026-10-05T05:00:00Z")), ["created"])
        self.assertEqual(post(alert("resolved", "2026-10-05T05:00:00Z", "2026-10-05T06:00:00Z")), ["updated"])
        self.assertEqual(post(alert("firing", "2026-10-05T07:00:00Z")), ["created"])
        self.assertEqual(self.hours(), [(-3, -2), (-1, False)])
        self.assertEqual(post(alert("resolved", "2026-10-05T07:00:00Z", "2026-10-05T07:30:00Z")), ["updated"])
        self.assertEqual(self.hours(), [(-3, -2), (-1, -0.5)])
        self.assertEqual(post(alert("firing", "2026-10-05T07:00:00Z")), ["unchanged"])

    def test_an_end_that_got_lost_leaves_no_outage_open(self):
        outage = self.env["charter.outage"]
        outage._ingest({"alerts": [alert("firing", "2026-10-05T05:00:00Z")]})
        outage._ingest({"alerts": [alert("resolved", "2026-10-05T06:30:00Z", "2026-10-05T07:00:00Z")]})
        self.assertEqual(self.hours(), [(-3, -1), (-1.5, -1)])
        # Its own end arrives after all
        outage._ingest({"alerts": [alert("resolved", "2026-10-05T05:00:00Z", "2026-10-05T06:00:00Z")]})
        self.assertEqual(self.hours(), [(-3, -2), (-1.5, -1)])

    # -- the database ---------------------------------------------------------------------------------

    def test_queries(self):
        def post(*events):
            self.env.invalidate_all()
            self.post(*events)

        post(told("0", start="2026-10-05T01:00:00Z", end="2026-10-05T01:01:00Z"))  # warm-up
        with self.assertQueryCount(10):
            post(told("1", start="2026-10-05T06:00:00Z"))
        with self.assertQueryCount(10):
            post(told("1", status="up", end="2026-10-05T07:00:00Z"))
        many = [told(f"n{n}", start="2026-10-05T02:00:00Z", end="2026-10-05T02:01:00Z") for n in range(200)]
        with self.assertQueryCount(14):
            post(*many)

    def test_what_the_database_refuses_leaves_the_others(self):
        model = type(self.env["charter.outage"])
        store = model._ingest_store

        def poisoned(records, rows):
            store(records, rows)
            if any(row["event_id"] == "native:2" for row in rows):
                raise ValidationError(self.env._("No."))

        with patch.object(model, "_ingest_store", poisoned):
            results = self.post(*(told(str(n), start="2026-10-05T06:00:00Z") for n in (1, 2, 3)))
        self.assertEqual([result["status"] for result in results], ["created", "refused", "created"])
        self.assertEqual(self.rows().mapped("event_id"), ["native:1", "native:3"], "no half-written event")

    def test_the_same_event_by_two_workers_is_played_again(self):
        model = type(self.env["charter.outage"])
        with (
            patch.object(model, "_ingest_rows", lambda self, events: []),  # what the other worker sees
            mute_logger("odoo.sql_db"),
        ):
            self.post(told(start="2026-10-05T06:00:00Z"))
            with self.assertRaises(ConcurrencyError) as raised, self.env.cr.savepoint():
                self.post(told(start="2026-10-05T06:00:00Z"))
            self.assertIsInstance(raised.exception.__cause__, UniqueViolation)
        self.assertEqual(self.statuses(told(start="2026-10-05T06:00:00Z")), ["unchanged"])

    def test_a_payload_of_no_shape(self):
        with self.assertRaises(Refused):
            self.env["charter.outage"]._ingest("down")


@tagged("post_install", "-at_install")
class TestOutageApi(GearCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.probe = new_test_user(
            cls.env,
            "t_probe",
            groups="mileo_client_charter.group_charter_monitoring",
            company_id=cls.company.id,
        )
        cls.key = cls._key(cls.probe)
        # Those of readme/INTEGRATE.md
        cls.camera.serial = "DS-2CD2143"

    @classmethod
    def _key(cls, user):
        return (
            cls.env["res.users.apikeys"]
            .with_user(user)
            ._generate(
                None,
                "Monitoring",
                datetime.now() + timedelta(days=1),  # noqa: DTZ005  naive, as Odoo's
            )
        )

    def post(self, payload, key=None, path="/charter/api/outages"):
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {"Content-Type": "application/json"}
        if key != "":
            headers["Authorization"] = f"Bearer {key or self.key}"
        return self.url_open(path, data=data, headers=headers)

    def rows(self):
        return self.env["charter.outage"].search([("equipment_id", "=", self.camera.id)])

    @staticmethod
    def examples(language):
        """The blocks of ``language`` in readme/INTEGRATE.md."""
        return re.findall(rf"```{language}\n(.*?)```", INTEGRATE.read_text(encoding="utf-8"), re.DOTALL)

    def test_who_may_post(self):
        down = told(serial="DS-2CD2143", start="2026-10-05T06:00:00Z")
        with mute_logger("odoo.http"):
            self.assertEqual(self.post(down, key="").status_code, 401)
            self.assertEqual(self.post(down, key="wrong").status_code, 401)
        answer = self.post(down, key=self._key(self.admin))
        self.assertEqual((answer.status_code, answer.json()["field"]), (403, "key"))
        self.assertFalse(self.rows())
        self.assertEqual(self.post(down).status_code, 200)
        self.assertTrue(self.rows())
        self.assertEqual(self.rows().create_uid, self.probe)
        # and that is all the key is good for
        for model in ("charter.outage", "charter.equipment", "charter.obligation", "charter.intervention"):
            self.assertFalse(self.env[model].with_user(self.probe).has_access("read"), model)

    def test_what_cannot_be_read(self):
        for body, status in (
            (b"{", 400), (b"\xff\xfe", 400), (b"[" * 100_000, 400), (b'"down"', 400), (b" " * (2 * 1024 * 1024 + 1), 413)
        ):  # fmt: skip
            answer = self.post(body)
            self.assertEqual((answer.status_code, answer.json()["field"]), (status, "payload"))

    def test_a_batch_says_what_became_of_each(self):
        down = told(serial="DS-2CD2143", start="2026-10-05T06:00:00Z")
        answer = self.post(
            {"events": [down, {**down, "event_id": "2", "serial": "SN-404"}]},
            path="/charter/api/outages?monitor=lyon",
        )
        self.assertEqual(answer.status_code, 422)
        found = answer.json()
        self.assertEqual((found["received"], found["refused"]), (2, 1))
        self.assertEqual([result["status"] for result in found["results"]], ["created", "refused"])
        self.assertIn("SN-404", found["results"][1]["error"])
        self.assertEqual(self.rows().event_id, "lyon:1")

    def test_the_examples_of_the_documentation(self):
        """Every JSON body that is documented is taken, in the documented order."""
        bodies = [json.loads(example) for example in self.examples("json")]
        shapes = {
            "alerts" if "alerts" in body else "zabbix" if "event_value" in body else "ours" for body in bodies
        }
        self.assertEqual(shapes, {"alerts", "zabbix", "ours"})
        for body in bodies:
            answer = self.post(body)
            self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(len(self.rows()), 3, "one outage of each system, told by two events")
        self.assertTrue(all(self.rows().mapped("end_at")))

    def test_the_curl_commands_of_the_documentation(self):
        """What a reader copies and pastes really works, with the real program."""
        commands = [example for example in self.examples("sh") if example.startswith("curl")]
        self.assertEqual(len(commands), 3)
        for command in commands:
            command = command.replace("https://odoo.example.com", self.base_url()).replace(
                "$CHARTER_KEY", self.key
            )
            with self.allow_requests(all_requests=True):
                done = subprocess.run(
                    ["sh", "-c", command.strip() + " --silent --show-error --max-time 30"],
                    capture_output=True, text=True, timeout=60, check=False,
                )  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["refused"], 0, done.stdout)
        self.assertEqual(len(self.rows()), 3)
        self.assertEqual(len({row.event_id.split(":")[0] for row in self.rows()}), 3)

    def test_the_zabbix_script_sends_what_we_read(self):
        """The parameters of the media type are the keys of the body, and it posts to our address."""
        [script] = self.examples("js")
        table = re.findall(
            r"^\| `(\w+)` \| `([^`]+)` \|$", INTEGRATE.read_text(encoding="utf-8"), re.MULTILINE
        )
        names = {name for name, _macro in table}
        sent = set(re.findall(r"^\s+(\w+): params\.(\w+),?$", script, re.MULTILINE))
        self.assertTrue(sent)
        self.assertTrue(all(key == name and name in names for key, name in sent))
        documented = [body for body in map(json.loads, self.examples("json")) if "event_value" in body]
        self.assertEqual({key for body in documented for key in body}, {key for key, _name in sent})
        self.assertIn("/charter/api/outages", script)
