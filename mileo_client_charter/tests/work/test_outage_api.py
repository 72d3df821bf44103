import base64
import json
import os
import pathlib
import re
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ...tools.outage_events import Refused
from ..cases.common import START
from ..cases.gear import GearCase

INTEGRATE = pathlib.Path(__file__).parents[2] / "readme" / "INTEGRATE.md"
MONITORS = pathlib.Path(__file__).resolve().parents[3] / "docs" / "monitors.md"


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

    # -- firmware -----------------------------------------------------------------------------------

    def test_firmware_of_each_shape_reaches_the_equipment(self):
        annotated = {
            **alert("firing", "2026-10-05T05:00:00Z"),
            "annotations": {"firmware": "V5.7.3 build 220112"},
        }
        zabbix = {
            "event_value": "1", "event_id": "9", "event_date": "2026.10.05", "event_time": "06:00:00", "timezone": "UTC", "serial": "SN-1",
            "firmware": " V5.8.0  build 230101 ",
        }  # fmt: skip
        up_alone = {"serial": "SN-1", "check": "ping", "status": "up", "firmware": "V6.0"}
        for event, firmware in (
            (told(start="2026-10-04T06:00:00Z", firmware="V5.4.0"), "V5.4.0"),
            ({"alerts": [annotated]}, "V5.7.3 build 220112"),
            (zabbix, "V5.8.0 build 230101"),
            (up_alone, "V6.0"),
            (told("2", start="2026-10-05T07:00:00Z"), "V6.0"),
            (told("3", start="2026-10-05T07:00:00Z", firmware="{INVENTORY.SOFTWARE}"), "V6.0"),
        ):
            with self.subTest(firmware, event=event):
                self.env["charter.outage"]._ingest(event)
                self.env.flush_all()
                self.assertEqual(
                    (self.camera.firmware, self.camera.firmware_source), (firmware, "monitoring")
                )
        seen = [(one.firmware, str(one.seen_on), one.source) for one in self.camera.firmware_ids]
        self.assertEqual(seen[0], ("V6.0", "2026-10-05", "monitoring"))
        self.assertEqual(seen[-1], ("V5.4.0", "2026-10-04", "monitoring"))
        self.assertEqual(len(seen), 4, "each once")

    def test_a_firmware_of_before_is_history(self):
        self.camera.write({"firmware": "V6.0", "firmware_on": "2026-10-03"})
        self.post(told(start="2026-10-02T06:00:00Z", firmware="V5.0"))
        self.assertEqual((self.camera.firmware, self.camera.firmware_source), ("V6.0", "hand"))
        late = told("2", start="2026-10-04T06:00:00Z", end="2026-10-04T07:00:00Z", firmware="V6.1")
        early = told("3", start="2026-10-03T06:00:00Z", end="2026-10-03T07:00:00Z", firmware="V6.0.5")
        self.post(late, early)
        self.assertEqual(self.camera.firmware, "V6.1", "in the order of the days, not of the post")

    def test_a_firmware_that_is_none_is_refused_by_its_field(self):
        for firmware, words in (
            ("V" * 251, "longer than 250"),
            ({"version": "5"}, "is a text"),
            (True, "is a text"),
        ):
            [result] = self.post(told(start="2026-10-05T06:00:00Z", firmware=firmware))
            self.assertEqual((result["status"], result["field"]), ("refused", "firmware"), words)
            self.assertIn(words, result["error"])
        self.assertFalse(self.camera.firmware)

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
        self.assertEqual(self.rows().mapped("end_unconfirmed"), [True, False])
        # Its own end arrives after all
        outage._ingest({"alerts": [alert("resolved", "2026-10-05T05:00:00Z", "2026-10-05T06:00:00Z")]})
        self.assertEqual(self.hours(), [(-3, -2), (-1.5, -1)])
        self.assertFalse(any(self.rows().mapped("end_unconfirmed")))

    def test_ids_that_are_used_again(self):
        """Uptime Kuma and Nagios number anew: the first outage keeps its five hours."""
        self.post(told(start="2026-10-04T01:00:00Z"), told(status="up", end="2026-10-04T06:00:00Z"))
        results = self.post(told(start="2026-10-04T20:00:00Z"))
        self.assertEqual([result["status"] for result in results], ["created"])
        self.assertEqual(self.statuses(told(status="up", end="2026-10-04T22:00:00Z")), ["updated"])
        self.assertEqual(self.statuses(told(status="up", end="2026-10-04T23:00:00Z")), ["unchanged"])
        self.assertEqual(self.hours(), [(-31, -26), (-12, -10)])
        self.assertEqual(self.rows().mapped("event_run"), [0, 1])
        for number in range(3, 6):
            self.post(told(start=f"2026-10-05T0{number}:00:00Z"))
            self.post(told(status="up", end=f"2026-10-05T0{number}:30:00Z"))
        self.assertEqual(self.rows().mapped("event_run"), [0, 1, 2, 3, 4])

    def test_an_id_that_goes_to_another_equipment(self):
        other = self._equipment("Camera 2", "SN-2")
        self.post(told(start="2026-10-05T03:00:00Z"), told(status="up", end="2026-10-05T04:00:00Z"))
        self.assertEqual(self.statuses(told(serial="SN-2", start="2026-10-05T05:00:00Z")), ["created"])
        self.assertEqual(
            self.statuses(told(serial="SN-2", status="up", end="2026-10-05T06:00:00Z")), ["updated"]
        )
        self.assertEqual(len(other.outage_ids), 1)
        self.assertEqual(self.hours(), [(-5, -4)])

    def test_each_program_has_ids_of_its_own(self):
        programs = [
            new_test_user(
                self.env, f"t_program_{n}", groups="mileo_client_charter.group_charter_monitoring", company_id=self.company.id
            )
            for n in (1, 2)
        ]  # fmt: skip
        for number, program in enumerate(programs):
            outage = self.env["charter.outage"].with_user(program)
            [result] = outage._ingest(told(start=f"2026-10-05T0{5 + number}:00:00Z"))
            self.assertEqual(result["status"], "created")
        [result] = outage._ingest(told(status="up", end="2026-10-05T07:00:00Z"))
        self.assertEqual(result["status"], "updated")
        self.assertEqual(self.hours(), [(-3, False), (-2, -1)])
        self.assertEqual(self.rows().sender_id, programs[0] | programs[1])

    def test_a_program_without_ids(self):
        def of_check(status, hour, check="HTTP"):
            return {"serial": "sn-1", "check": check, "status": status, "time": f"2026-10-05T0{hour}:00:00Z"}

        self.assertEqual(self.statuses(of_check("up", 1)), ["unchanged"], "nothing was down")
        self.assertFalse(self.rows())
        self.assertEqual(
            self.statuses(of_check("down", 2), of_check("down", 3), of_check("up", 4), of_check("up", 5)),
            ["created", "unchanged", "updated", "unchanged"],
        )
        self.assertEqual(
            self.statuses(of_check("down", 6), of_check("down", 6, "Disk")), ["created", "created"]
        )
        self.assertEqual(self.statuses(of_check("up", 7)), ["updated"])
        self.assertEqual(self.hours(), [(-6, -4), (-2, -1), (-2, False)])
        # What it does not say to have been earlier is now.
        [result] = self.post({"serial": "SN-1", "check": "Disk", "status": "OK"})
        self.assertEqual(self.env["charter.outage"].browse(result["outage_id"]).end_at, START)

    def test_the_declared_zone_of_a_program(self):
        down = told(start="2026-10-05 09:30:00")
        [result] = self.post(down)
        self.assertEqual((result["status"], result["field"]), ("refused", "start"))
        [result] = self.post({**down, "timezone": "UTC"})
        self.assertIn("time zone UTC: declare the one", result["error"])
        self.env.user.charter_monitor_zone = "Europe/Paris"
        self.assertEqual(self.statuses(down), ["created"])
        self.assertEqual(self.hours(), [(-0.5, False)])
        self.assertEqual(self.rows().confirmed_at, START)

    def test_two_servers_and_two_severities_are_one_outage(self):
        def fires(name, start, end=None, **labels):
            one = alert("resolved" if end else "firing", start, end or "0001-01-01T00:00:00Z")
            return {"alerts": [{**one, "fingerprint": name, "labels": {**one["labels"], **labels}}]}

        outage = self.env["charter.outage"]
        outage._ingest(fires("f1", "2026-10-05T05:00:00Z", severity="warning", replica="a"))
        outage._ingest(fires("f2", "2026-10-05T05:00:07Z", severity="warning", replica="b"))
        outage._ingest(fires("f3", "2026-10-05T05:20:00Z", severity="critical", replica="a"))
        outage._ingest(
            fires("f3", "2026-10-05T05:20:00Z", "2026-10-05T05:40:00Z", severity="critical", replica="a")
        )
        self.assertEqual(self.hours(), [(-3, False)], "it is still down, less badly")
        outage._ingest(
            fires("f1", "2026-10-05T05:00:00Z", "2026-10-05T06:00:00Z", severity="warning", replica="a")
        )
        outage._ingest(
            fires("f2", "2026-10-05T05:00:07Z", "2026-10-05T06:00:36Z", severity="warning", replica="b")
        )
        self.assertEqual(len(self.rows()), 1)
        self.assertEqual(self.rows().end_at.isoformat(), "2026-10-05T06:00:36")

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
            if any(row.event_id == "native:2" for row in rows):
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

    def test_what_keeps_a_request_out_is_said_in_json(self):
        """Each address for the keys of programs, whatever is wrong: no program reads the HTML that Odoo answers of itself."""
        rules = self.env["ir.http"].routing_map().iter_rules()
        addresses = [rule.rule for rule in rules if rule.endpoint.routing.get("charter_key")]
        self.assertIn("/charter/api/outages", addresses)
        body = json.dumps(told(serial="DS-2CD2143", start="2026-10-05T06:00:00Z"))
        right = {"Authorization": f"Bearer {self.key}"}
        wrong = base64.b64encode(b"monitor:wrong").decode()

        def answered(address, status, field, headers, method="POST"):
            with mute_logger("odoo.http"):
                answer = self.url_open(address, data=body, headers=headers, method=method)
            self.assertEqual((answer.status_code, answer.json()["field"]), (status, field), answer.text)
            self.assertGreater(len(answer.json()["error"]), 30)
            return answer

        for address in addresses:
            for headers in (
                {}, {"Authorization": "Bearer wrong"}, {"X-API-Key": "wrong"}, {"Authorization": f"Basic {wrong}"},
                {"Authorization": "Basic §", "Content-Type": "application/json"},
            ):  # fmt: skip
                with self.subTest(address, headers=headers):
                    answer = answered(address, 401, "key", headers)
                    self.assertIn("bearer", answer.headers["WWW-Authenticate"].lower())
                    self.assertIn("Keys of programs", answer.json()["error"])
            for method in ("GET", "PUT", "DELETE", "OPTIONS"):
                with self.subTest(address, method=method):
                    answer = answered(address, 405, "method", right, method)
                    self.assertIn("POST", answer.headers["Allow"])
            with (
                self.subTest(address, what="an error of ours"),
                patch.object(type(self.env["charter.outage"]), "_ingest", side_effect=ValueError("No")),
            ):
                answered(address, 500, "server", right)
            with self.subTest(address, what="a browser that is logged in"):
                self.authenticate(self.admin.login, self.admin.login)
                answered(address, 401, "key", {})
                answered(address, 403, "key", right)
                self.logout()
        self.assertFalse(self.rows())

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

    def test_a_group_of_alerts_is_never_given_up(self):
        """Alertmanager forgets a group it gets a 4xx for, and the ends of its good alerts with it."""
        good, bad = (
            {**alert("firing", "2026-10-05T06:00:00Z", serial=serial), "fingerprint": serial}
            for serial in ("DS-2CD2143", "SN-404")
        )
        answer = self.post({"alerts": [good, bad], "truncatedAlerts": 3, "receiver": "charter"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual([result["status"] for result in answer.json()["results"]], ["created", "refused"])
        refusals = self.env["charter.outage.refusal"].search([("sender_id", "=", self.probe.id)], order="id")
        self.assertEqual(
            refusals.mapped(lambda r: (r.cause, r.subject, r.count)),
            [("unknown", "SN-404", 1), ("truncated", "charter", 1)],
        )
        ended = {"status": "resolved", "endsAt": "2026-10-05T07:00:00Z"}
        answer = self.post({"alerts": [{**good, **ended}, {**bad, **ended}]})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.rows().end_at, START - timedelta(hours=1))
        self.env.invalidate_all()
        self.assertEqual(refusals[0].count, 2)

    def test_where_a_program_can_put_its_key(self):
        down = json.dumps(told(serial="DS-2CD2143", start="2026-10-05T06:00:00Z")).encode()
        basic = base64.b64encode(f"anybody:{self.key}".encode()).decode()
        for headers, status in (
            ({"X-API-Key": self.key}, 200),
            ({"Authorization": f"Basic {basic}"}, 200),
            ({"Authorization": f"bearer {self.key}"}, 200),
            ({"X-API-Key": "wrong"}, 401),
            ({"Authorization": "Basic !"}, 401),
            ({"Authorization": "Bearer wrong", "X-API-Key": self.key}, 401),
            ({}, 401),
        ):
            with self.subTest(list(headers)), mute_logger("odoo.http"):
                self.assertEqual(
                    self.url_open("/charter/api/outages", data=down, headers=headers).status_code, status
                )

    def test_a_form(self):
        """Not every program makes JSON; and curl calls it a form when it is told nothing."""
        fields = {"serial": "DS-2CD2143", "check": "Ping", "status": "Down", "time": "2026-10-05 08:00:00"}
        headers = {"X-API-Key": self.key}
        answer = self.url_open("/charter/api/outages?timezone=Europe/Paris", data=fields, headers=headers)
        self.assertEqual((answer.status_code, answer.json()["refused"]), (200, 0), answer.text)
        self.assertEqual(self.rows().start_at, START - timedelta(hours=2))
        text = json.dumps(
            {**fields, "status": "Up", "time": "2026-10-05T09:00:00+02:00", "reason": "50 % & 2+2"}
        )
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.url_open("/charter/api/outages", data=text, headers=headers)
        self.assertEqual((answer.status_code, answer.json()["refused"]), (200, 0), answer.text)
        self.assertEqual(self.rows().end_at, START - timedelta(hours=1))

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

    @staticmethod
    def recipe(language, holding=""):
        """The one block of ``language`` in docs/monitors.md that holds these words."""
        text = MONITORS.read_text(encoding="utf-8")
        [block] = [one for one in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if holding in one]
        return block

    def test_the_commands_of_the_recipes(self):
        """What Nagios, Icinga, Centreon and Checkmk run, as it is printed, by a real shell; with the real programs: --monitors."""
        with tempfile.TemporaryDirectory() as folder, self.allow_requests(all_requests=True):
            key, notify = pathlib.Path(folder, "charter.key"), pathlib.Path(folder, "charter-notify")
            key.write_text(self.key, encoding="utf-8")
            script = self.recipe("sh", "# charter-notify").replace("/etc/charter.key", str(key))
            notify.write_text(script.replace("https://odoo.example.com", self.base_url()), encoding="utf-8")
            checkmk = self.recipe("sh", "NOTIFY_WHAT").replace(
                "/usr/local/bin/charter-notify", f"sh {notify}"
            )
            seconds = int(datetime(2026, 10, 5, 6, tzinfo=UTC).timestamp())
            of_host = {
                "NOTIFY_WHAT": "HOST",
                "NOTIFY_HOST_SERIAL": "DS-2CD2143",
                "NOTIFY_LASTHOSTSTATECHANGE": str(seconds + 7200),
            }
            for arguments, environment in (
                ([str(notify), "DS-2CD2143", "host", "DOWN", str(seconds)], {}),
                ([str(notify), "DS-2CD2143", "host", "DOWN", str(seconds)], {}),
                ([str(notify), "DS-2CD2143", "host", "UP", f"{seconds + 600}.25"], {}),
                (["-c", checkmk], {**of_host, "NOTIFY_HOSTSTATE": "DOWN"}),
                (["-c", checkmk], {**of_host, "NOTIFY_HOSTSTATE": "UP"}),
                *(
                    (["-c", command.replace("/usr/local/bin/charter-notify", f"sh {notify}")], {})
                    for command in self.centreon(seconds + 14_400)
                ),
            ):
                done = subprocess.run(
                    ["sh", *arguments], capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **environment}
                )  # fmt: skip
                self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(
            [
                (row.start_at.hour, row.end_at - row.start_at)
                for row in self.rows().sorted(lambda row: (row.start_at, row.end_at))
            ],
            [
                (6, timedelta(minutes=10)),
                (8, timedelta()),
                (10, timedelta(minutes=5)),
                (10, timedelta(minutes=6)),
            ],
            "the ends of a host and of its service are theirs",
        )

    def centreon(self, seconds):
        """Return the commands of the guide as Centreon's engine runs them, which expands the macros of Nagios."""
        commands = re.findall(r"command_line (.*)", self.recipe("nagios"))
        self.assertEqual(len(commands), 2)
        macros = {"$_HOSTSERIAL$": "DS-2CD2143", "$SERVICEDESC$": "Ping; latency"}
        for state, service, later in (("DOWN", "CRITICAL", 0), ("UP", "OK", 300)):
            for number, command in enumerate(commands):
                changed = str(seconds + later + 60 * number * bool(later))
                for macro, text in {
                    **macros, "$HOSTSTATE$": state, "$SERVICESTATE$": service, "$LASTHOSTSTATECHANGE$": changed,
                    "$LASTSERVICESTATECHANGE$": changed,
                }.items():  # fmt: skip
                    command = command.replace(macro, text)
                yield command

    def test_the_bodies_of_the_recipes(self):
        """Those of programs nobody can run here, as their makers document them."""
        grafana = json.loads(self.recipe("grafana"))
        self.assertEqual(self.post(grafana).json()["results"][0]["status"], "created")
        grafana["alerts"][0].update(status="resolved", endsAt="2026-10-05T06:30:00Z")
        self.assertEqual(self.post(grafana).json()["results"][0]["status"], "updated")
        texts = {
            "%device": "DS-2CD2143",
            "%sensor": "Ping 8",
            "%message": "No answer",
            "%laststatus": "Down (Acknowledged)",
        }
        prtg = self.recipe("prtg").strip()
        for status in ("Down (Acknowledged)", "Down ended (now: Up)"):
            body = prtg
            for name, text in {**texts, "%laststatus": status}.items():
                body = body.replace(name, text)
            answer = self.url_open("/charter/api/outages", data=body, headers={
                "X-API-Key": self.key, "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
            self.assertEqual(answer.json()["refused"], 0, answer.text)
        for state, clock in ((1, "2026-10-05 09:00:00"), (0, "2026-10-05 09:20:00")):
            answer = self.url_open(
                "/charter/api/outages",
                data=self.librenms(state, clock),
                headers={"X-API-Key": self.key, "Content-Type": "text/plain"},
            )
            self.assertEqual(answer.json()["refused"], 0, answer.text)
        self.assertEqual(len(self.rows()), 3)
        self.assertTrue(all(self.rows().mapped("end_at")))
        [librenms] = self.rows().filtered(lambda row: row.reason == 'Router "2" & switch')
        self.assertEqual(
            (librenms.start_at, librenms.end_at), (datetime(2026, 10, 5, 7), datetime(2026, 10, 5, 7, 20))
        )

    def librenms(self, state, clock):
        """Return the body its API transport posts: the alert template is Blade's, and the transport knows names of variables alone."""
        alert = {
            "serial": "DS-2CD2143", "name": "Devices up/down", "title": 'Router "2" & switch', "timestamp": clock,
        }  # fmt: skip

        def echo(found):
            if found[1] == "$alert->state == 0 ? 'up' : 'down'":
                return "up" if state == 0 else "down"
            return alert[found[1].removeprefix("$alert->")]

        raw = re.sub(
            r"\{!! json_encode\(\$alert->(\w+)\) !!\}",
            lambda found: json.dumps(alert[found[1]]),
            self.recipe("librenms"),
        )
        message = re.sub(r"\{\{ (.*?) \}\}", echo, raw)
        variables = {**alert, "state": str(state), "msg": message}
        return re.sub(
            r"{{ \$?([a-zA-Z0-9\-_.:]+) }}", lambda found: variables[found[1]], self.recipe("librenms-body")
        )

    def test_the_zabbix_script_sends_what_we_read(self):
        """The parameters of the media type are the keys of the body, and it posts to our address."""
        [script] = self.examples("js")
        table = re.findall(
            r"^\| `(\w+)` \| `([^`]+)` \|$", INTEGRATE.read_text(encoding="utf-8"), re.MULTILINE
        )
        names = {name for name, _macro in table}
        [listed] = re.findall(r"\[('timezone'.*?)\]", script, re.DOTALL)
        sent = set(re.findall(r"'(\w+)'", listed))
        self.assertEqual(sent | {"url", "key"}, names)
        documented = [body for body in map(json.loads, self.examples("json")) if "event_value" in body]
        self.assertEqual({key for body in documented for key in body}, sent)
        self.assertNotIn("TIMESTAMP", script + str(table), "neither 6.0 nor 7.0 has these macros")
        self.assertIn("/charter/api/outages", script)
