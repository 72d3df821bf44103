"""The doors of interventions: a spreadsheet, remote calls, the client's portal, and who may do what."""

import importlib.util
import json
import re
from datetime import UTC, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..cases.common import START
from ..cases.interventions import RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestInterventionImport(InterventionCase):
    def load(self, names, *rows, user=None):
        interventions = self.env["charter.intervention"].with_user(user or self.technician)
        return interventions.with_context(import_file=True).load(names, [list(row) for row in rows])

    def test_rows_make_interventions_with_their_promises(self):
        with self.at(100):
            self.assertEqual(self.env.user.tz or "UTC", "UTC")
            result = self.load(
                ["name", "partner_id", "priority", "kind", "reported_at", "responded_at", "resolved_at"],
                ("Camera 4", "Alpine", "Critical", "Remote", "2026-10-05 08:00:00", "2026-10-05 08:30:00", "2026-10-05 18:00:00"),
                ("Camera 5", "Alpine", "Critical", "Corrective", "2026-10-05 09:00:00", "", ""),
            )  # fmt: skip
        self.assertFalse(result["messages"])
        done, running = self.env["charter.intervention"].browse(result["ids"])
        self.assertEqual((done.state, done.kind, running.state), ("closed", "remote", "open"))
        self.assertEqual((self.rows(done, RESPONSE).state, self.rows(done).state), ("kept", "late"))
        self.assertEqual(self.rows(done).due_at, START + timedelta(hours=8))

    def test_reading_a_spreadsheet_again_updates_its_rows(self):
        names = ["id", "name", "partner_id", "priority", "reported_at", "resolved_at"]
        with self.at(100):
            row = ["cmms_1", "Camera 4", "Alpine", "Critical", "2026-10-05 08:00:00", ""]
            [first] = self.load(names, row)["ids"]
            intervention = self.env["charter.intervention"].browse(first)
            for _time in range(2):
                result = self.load(names, [*row[:-1], "2026-10-05 15:00:00"])
                self.assertEqual((result["ids"], result["messages"]), ([first], []))
            other = self.load(names, [*row[:-1], "2026-10-05 17:00:00"])
            self.assertIn("an operations manager corrects its moments", other["messages"][0]["message"])
            self.assertEqual(fields.Datetime.to_string(intervention.resolved_at), "2026-10-05 15:00:00")
            self.assertEqual(self.rows(intervention).state, "kept")
            self.assertEqual(intervention.closing_cycle, 1)

    def test_history_is_not_promised_and_its_contacts_are_not_asked(self):
        with self.at(24 * 60):
            result = self.load(
                ["name", "partner_id", "priority", "reported_at", "resolved_at"],
                ("Old", "Alpine", "Critical", "2026-09-01 08:00:00", "2026-09-01 18:00:00"),
            )
            intervention = self.env["charter.intervention"].browse(result["ids"])
            self.assertFalse(self.rows(intervention))
            self.assertIn("came under the charter later", intervention.promise_gap)
            old = self.load(
                ["name", "partner_id", "priority", "reported_at"],
                ("Old and open", "Alpine", "Critical", "2026-09-01 08:00:00"),
                user=self.operations,
            )
            old = self.env["charter.intervention"].browse(old["ids"])
            old.priority = "1"
            self.assertFalse(self.rows(old), "another priority does not make it promised")
            self.assertEqual(set(intervention.feedback_ids.mapped("state")), {"skipped"})
            self.assertIn("too long after", intervention.feedback_ids[0].skip_reason)

    def test_closed_rows_cost_two_statements_at_most(self):
        """Of 40 more rows of history; of work since the charter one more, by which Odoo looks for automated actions."""
        names = ["id", "name", "partner_id", "priority", "reported_at", "responded_at", "resolved_at"]

        def cost(prefix, day, count):
            rows = [
                (
                    f"{prefix}_{n}",
                    f"Camera {n}",
                    "Alpine",
                    "Critical",
                    f"{day} 08:{n % 60:02d}:00",
                    f"{day} 09:00:00",
                    f"{day} 18:00:00",
                )
                for n in range(count)
            ]
            before = self.env.cr.sql_log_count
            result = self.load(names, *rows)
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.assertFalse(result["messages"])
            done = self.env["charter.intervention"].browse(result["ids"])
            self.assertEqual(set(done.mapped("state")), {"closed"})
            return self.env.cr.sql_log_count - before, done

        with self.at(24 * 60):
            for prefix, day, most in (("old", "2026-09-01", 2), ("new", "2026-11-03", 3.5)):
                with self.subTest(day):
                    cost(f"{prefix}_w", day, 2)
                    few, _done = cost(f"{prefix}_a", day, 10)
                    many, done = cost(f"{prefix}_b", day, 50)
                    self.assertLessEqual((many - few) / 40, most)
                    self.assertEqual(len(done.feedback_ids), 2 * len(done), "each contact has its row")
                    kept = {self.rows(one).state for one in done}
                    self.assertEqual(kept, {False} if prefix == "old" else {"late"})

    def test_a_bad_row_says_what_is_wrong(self):
        with self.at(100):
            for names, row, words in (
                (["name", "partner_id"], ("Camera", "Nobody of that name"), "Nobody of that name"),
                (["name", "partner_id", "kind"], ("Camera", "Alpine", "Odd"), "Odd"),
                (["name", "partner_id", "reported_at", "resolved_at"],
                 ("Camera", "Alpine", "2026-10-05 08:00:00", "2026-10-05 07:00:00"), "before the moment the intervention"),
                (["name", "partner_id", "reported_at"], ("Camera", "Alpine", "2027-10-05 08:00:00"), "still to come"),
                (["name", "partner_id", "reported_at"], ("Camera", "Alpine", "soon"), "soon"),
            ):  # fmt: skip
                with self.subTest(words=words), mute_logger("odoo.sql_db"):
                    result = self.load(names, row)
                    self.assertFalse(result["ids"])
                    self.assertIn(words, result["messages"][0]["message"])

    def test_clients_read_their_interventions_and_nothing_internal(self):
        other, bob, _bea = self._client("Bistro")
        with self.at(0):
            intervention = self.intervention(work_done="<p>Lens</p>", description="<p>Ours</p>")
            theirs = self.intervention(partner_id=other.id)
            intervention.action_pause("Waiting for a part")
        for contact, seen, hidden in ((self.alice, intervention, theirs), (bob, theirs, intervention)):
            user = new_test_user(
                self.env, f"p_{contact.id}", groups="base.group_portal", partner_id=contact.id
            )
            hidden.sudo().message_subscribe(partner_ids=contact.ids)
            found = self.env["charter.intervention"].with_user(user).search([])
            self.assertEqual(found, seen)
            self.assertIn("progress", found.read(["name", "progress", "work_done"])[0])
            with self.assertRaises(AccessError):
                hidden.with_user(user).read(["name"])
            for name in ("description", "pause_ids", "contact_ids", "res_id", "promise_gap"):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    found.read([name])
            with self.assertRaises(AccessError):
                found.action_close()
            with self.assertRaises(AccessError):
                self.env["charter.intervention.pause"].with_user(user).search([])

    def test_pauses_are_read_by_staff_of_the_company_only(self):
        company = self.env["res.company"].create({"name": "Mileo Belgium"})
        with self.at(0):
            intervention = self.intervention()
            intervention.action_pause("Waiting for a part")
        elsewhere = self._staff(
            "t_elsewhere", "group_charter_admin", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        self.assertTrue(intervention.pause_ids.with_user(self.manager).read(["reason"]))
        with self.assertRaises(AccessError):
            intervention.pause_ids.with_user(elsewhere).read(["reason"])
        employee = new_test_user(self.env, "t_plain", groups="base.group_user")
        with self.assertRaises(AccessError):
            intervention.pause_ids.with_user(employee).read(["reason"])

    def test_an_update_leaves_the_companies_rule_to_staff(self):
        rule = self.env.ref("mileo_client_charter.rule_intervention_company")
        rule.groups = False
        path = file_path("mileo_client_charter/migrations/19.0.1.1.0/post-intervention.py")
        spec = importlib.util.spec_from_file_location("post_intervention", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(rule.groups, self.env.ref("base.group_user"))


@tagged("post_install", "-at_install")
class TestInterventionCalls(InterventionCase, HttpCase):
    """The calls of readme/API.md, as an integrator sends them."""

    def setUp(self):
        super().setUp()
        self.contract.charter_since = fields.Date.today() - timedelta(days=30)
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.technician)
            ._generate("rpc", "Integration", fields.Datetime.now() + timedelta(days=1))
        )
        self.headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}

    def call(self, method, status=200, **body):
        response = self.url_open(
            f"/json/2/charter.intervention/{method}", data=json.dumps(body), headers=self.headers
        )
        self.assertEqual(response.status_code, status, response.text)
        return response.json()

    def test_from_the_report_to_the_closing(self):
        start = fields.Datetime.now() - timedelta(hours=4)

        def moment(hours):
            return (start + timedelta(hours=hours)).isoformat() + "+00:00"

        [intervention_id] = self.call(
            "create",
            vals_list=[
                {"name": "Camera 4", "partner_id": self.client.id, "priority": "3", "reported_at": moment(0)}
            ],
        )
        ids = [intervention_id]
        self.call("action_respond", ids=ids, at=moment(0.5))
        self.call("action_pause", ids=ids, reason="Waiting for a part", at=moment(1))
        self.call("action_resume", ids=ids, at=moment(3))
        self.call("action_close", ids=ids, resolved_at=moment(3.5), work_done="<p>New lens</p>")
        [read] = self.call("read", ids=ids, fields=["state", "response_text", "resolution_result"])
        self.assertEqual((read["state"], read["resolution_result"]), ("closed", "kept"))
        intervention = self.env["charter.intervention"].browse(intervention_id)
        self.assertEqual(self.rows(intervention).due_at, start + timedelta(hours=10))
        self.call("action_reopen", ids=ids)
        self.call("action_cancel", ids=ids, reason="Closed elsewhere")

    def test_the_calls_of_the_documentation(self):
        """Sent as they are printed, but for the ids and the days."""
        with open(file_path("mileo_client_charter/readme/API.md"), encoding="utf-8") as file:
            calls = re.findall(r"^call (\w+)\s+'(.*?)'$", file.read(), re.MULTILINE | re.DOTALL)
        self.assertEqual(len(calls), 8)
        days_since = datetime.now(UTC) - datetime.fromisoformat("2026-10-05T00:00:00+02:00")
        shift = timedelta(days=days_since.days - 2)

        def recent(match):
            return (datetime.fromisoformat(match[0]) + shift).isoformat()

        ids = {"42": self.client.id}  # in one pass: the id of one may hold the digits of the other
        for method, body in calls:
            body = re.sub(r"2026-10-\d\dT[\d:]+\+02:00", recent, body)
            body = re.sub(r"\b(42|17)\b", lambda match: str(ids[match[0]]), body)
            answer = self.call(method, **json.loads(body))
            if "17" not in ids:
                ids["17"] = answer[0]
        self.assertEqual(answer[0]["state"], "cancelled")
        rows = self.rows(self.env["charter.intervention"].browse(ids["17"]))
        self.assertEqual(rows.mapped("state"), ["kept", "cancelled"])

    @mute_logger("odoo.http")
    def test_a_bad_call_says_what_is_wrong(self):
        intervention = self.env["charter.intervention"].create(
            {"name": "Camera", "partner_id": self.client.id}
        )
        answer = self.call("action_close", 422, ids=intervention.ids, resolved_at="2020-01-01T00:00:00Z")
        self.assertIn("before the intervention was reported", answer["message"])
        answer = self.call("action_pause", 422, ids=intervention.ids, reason="")
        self.assertIn("Reason", answer["message"])
        self.headers["Authorization"] = "bearer nonsense"
        self.call("action_close", 401, ids=intervention.ids)
