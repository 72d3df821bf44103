"""The keys of other programs: each does its one thing, over real HTTP, and reads nothing it is not given here."""

import json
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from ...models.base.charter_addons import is_charter_model
from ...models.work.charter_intervention_machine import FOUND_BY, REPORTED
from ..cases.reading import ReadingCase

# All a key of a program may search in, and finds nothing: Odoo lets anybody look for files, and shows those they may read.
SEARCHED_IN_VAIN = {"ir.attachment"}
PROGRAMS = ("monitoring", "feeding")
METHODS = {
    "search_count": lambda records: records.search_count([]),
    "search_read": lambda records: records.search_read([], ["id"], limit=5),
    "name_search": lambda records: records.name_search("", limit=5),
    "web_search_read": lambda records: records.web_search_read([], {"id": {}}, limit=5)["records"],
}


class MachineCase(ReadingCase):
    @classmethod
    def _people_and_rows(cls):
        result = super()._people_and_rows()
        cls.users["feeding"] = new_test_user(
            cls.env, "t_feeding", groups="mileo_client_charter.group_charter_feeding"
        )
        return result


@tagged("post_install", "-at_install")
class TestReadingMachines(MachineCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.keys = {role: self._key(self.users[role]) for role in PROGRAMS}

    def _key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user)
        return keys._generate(None, "Program", datetime.now() + timedelta(days=1))  # noqa: DTZ005  naive, as Odoo's

    def call(self, role, model, method, **arguments):
        """(status, answer) of a call over /json/2."""
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {self.keys[role]}"},
        )
        return answer.status_code, answer.json()

    def stored_models(self):
        return [name for name, model in self.env.registry.items() if not model._abstract]

    # -- reading ----------------------------------------------------------------------------------

    def test_nothing_is_found_in_any_model(self):
        """Every model by every way to find rows; rows of its own are those a program made, and it made none yet."""
        for role in PROGRAMS:
            self.assertTrue(self.users[role].share)
            own = {"charter.intervention"} if role == "feeding" else set()
            open_models = set()
            for name in self.stored_models():
                records = self.as_user(role, self.env[name])
                for method, find in METHODS.items():
                    with self.subTest(role=role, model=name, method=method):
                        try:
                            found = find(records)
                        except UserError:
                            # Of which AccessError is one; some models answer nobody.
                            continue
                        open_models.add(name)
                        self.assertFalse(found, f"{name}: {found}")
            self.assertEqual(open_models, own | SEARCHED_IN_VAIN)

    def test_nothing_is_read_by_its_id(self):
        for role in PROGRAMS:
            user = self.users[role]
            for name in self.stored_models():
                try:
                    row = (
                        self.env[name].sudo().with_context(active_test=False).search([], limit=1, order="id")
                    )
                except UserError:
                    continue
                if not row or row == user:
                    continue
                with self.subTest(role=role, model=name), self.assertRaises(UserError):
                    self.as_user(role, row).read()

    def test_over_http(self):
        """As the programs themselves call: every model they could ask for, and they get 403."""
        models = [
            name
            for name in self.stored_models()
            if is_charter_model(self.env[name])
            or name.startswith(("contract.", "res.", "mail.", "ir.attachment", "calendar.", "account.move"))
        ]
        self.assertGreater(len(models), 100)
        for role in PROGRAMS:
            for name in models:
                with self.subTest(role=role, model=name), mute_logger("odoo.http"):
                    status, answer = self.call(role, name, "search_read", domain=[], fields=["id"])
                    if name in SEARCHED_IN_VAIN or (role == "feeding" and name == "charter.intervention"):
                        self.assertEqual((status, answer), (200, []))
                    else:
                        self.assertEqual(status, 403, answer)
            user = self.users[role]
            with mute_logger("odoo.http"):
                self.assertEqual(
                    self.call(role, "res.users", "read", ids=[self.manager.id], fields=["login"])[0], 403
                )
            [itself] = self.call(role, "res.users", "read", ids=[user.id], fields=["login"])[1]
            self.assertEqual(itself["login"], user.login, "itself, as Odoo lets everybody")

    # -- interventions ----------------------------------------------------------------------------

    def report(self, **values):
        values = {"name": "Camera 4 is dark", "partner_id": self.client.id, **values}
        return self.call("feeding", "charter.intervention", "create", vals_list=[values])

    def step(self, intervention, method, **arguments):
        return self.call("feeding", "charter.intervention", method, ids=intervention.ids, **arguments)

    def test_reports_and_takes_every_step(self):
        now = datetime.now().replace(microsecond=0)  # noqa: DTZ005  naive, as Odoo's
        hours = [str(now - timedelta(hours=n)) for n in range(10)]
        status, [number] = self.report(
            reported_at=hours[9],
            priority="3",
            description="<p>No picture</p>",
            res_model="cmms.order",
            res_id=1041,
        )
        self.assertEqual(status, 200)
        intervention = self.env["charter.intervention"].browse(number)
        self.assertEqual(intervention.create_uid, self.users["feeding"])
        self.assertFalse(intervention.user_id, "a program is no technician")
        self.assertEqual(intervention.contract_id, self.rows["contract.contract", "a"])
        self.assertEqual(len(self.promise(intervention, "intervention.resolution")), 1)
        for method, arguments, state in (
            ("action_respond", {"at": hours[8]}, "running"),
            ("action_pause", {"reason": "A part", "at": hours[7]}, "paused"),
            ("action_resume", {"at": hours[6]}, "running"),
            ("action_close", {"resolved_at": hours[5], "work_done": "<p>New lens</p>"}, "closed"),
            ("action_reopen", {}, "running"),
            ("action_cancel", {"reason": "Reported twice"}, "cancelled"),
        ):
            with self.subTest(method):
                self.assertEqual(self.step(intervention, method, **arguments), (200, True))
                intervention.invalidate_recordset()
                self.assertEqual(intervention.progress, state)
        found = self.call(
            "feeding", "charter.intervention", "search_read",
            domain=[["res_model", "=", "cmms.order"], ["res_id", "=", 1041]], fields=["reference", "progress"],
        )  # fmt: skip
        self.assertEqual(
            found, (200, [{"id": number, "reference": intervention.reference, "progress": "cancelled"}])
        )
        pause = intervention.pause_ids
        self.assertEqual(pause.recorded_by, self.users["feeding"], "it is on record who said so")

    def test_nothing_else(self):
        """Neither other interventions, nor other fields, nor anything but reports and steps."""
        _status, [number] = self.report()
        own = self.env["charter.intervention"].browse(number)
        other = self.rows["charter.intervention", "b"]
        partner = self.alice.id
        attempts = [
            (own, "write", {"vals": {"name": "x"}}),
            (own, "write", {"vals": {"partner_id": self.client_b.id}}),
            (own, "unlink", {}),
            (own, "read", {"fields": ["partner_id"]}),
            (own, "read", {"fields": ["message_ids"]}),
            (own, "search_read", {"domain": [["partner_id.name", "ilike", "a"]], "fields": ["id"]}),
            (own, "message_post", {"body": "Hello"}),
            (own, "message_subscribe", {"partner_ids": [partner]}),
            (own, "activity_schedule", {}),
            (other, "read", {"fields": ["name"]}),
            *((other, method, arguments) for method, arguments in (
                ("action_respond", {}), ("action_pause", {"reason": "No spare part"}), ("action_resume", {}), ("action_close", {}),
                ("action_reopen", {}), ("action_cancel", {"reason": "Asked twice"}),
            )),
        ]  # fmt: skip
        mails = self.env["mail.mail"].sudo().search_count([])
        for record, method, arguments in attempts:
            ids = {} if method == "search_read" else {"ids": record.ids}
            with self.subTest(method, own=record == own), mute_logger("odoo.http"):
                status, answer = self.call("feeding", "charter.intervention", method, **ids, **arguments)
                self.assertEqual(status, 403, answer)
                self.assertNotIn(other.reference, json.dumps(answer))
        self.assertEqual(other.progress, "new")
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)

    def test_what_a_report_may_not_say(self):
        lost = {
            "message_ids": [[0, 0, {"body": "x"}]],
            "state": "closed",
            "resolved_at": "2026-10-05 08:00:00",
        }
        for name, value in {**lost, "company_id": self.company2.id, "create_uid": self.manager.id}.items():
            with self.subTest(name), mute_logger("odoo.http"):
                status, answer = self.report(**{name: value})
                self.assertEqual(status, 403)
                self.assertIn(name, answer["message"])
        with mute_logger("odoo.http"):
            status, answer = self.report(res_model="res.partner", res_id=1)
            self.assertEqual((status, "res_model" in answer["message"]), (422, True))
            self.assertEqual(self.report(contract_id=self.rows["contract.contract", "b"].id)[0], 422)
        # Nor does the context say it.
        context = {
            "default_description": "x",
            "default_work_done": "x",
            "import_file": True,
            "default_state": "closed",
        }
        _status, [number] = self.call(
            "feeding", "charter.intervention", "create", context=context,
            vals_list=[{"name": "Camera", "partner_id": self.client.id}],
        )  # fmt: skip
        intervention = self.env["charter.intervention"].browse(number)
        self.assertEqual(
            (intervention.state, intervention.description, intervention.work_done), ("open", False, False)
        )

    def test_what_a_program_reads_of_its_own(self):
        _status, [number] = self.report()
        own = self.as_user("feeding", self.env["charter.intervention"].browse(number))
        readable = {name for name, field in own._fields.items() if own._has_field_access(field, "read")}
        self.assertEqual(readable, FOUND_BY)
        self.assertEqual(set(own.read()[0]), FOUND_BY)
        self.assertFalse(REPORTED - set(own._fields))

    def test_an_outage_is_all_a_monitoring_posts(self):
        with mute_logger("odoo.http"):
            status, _answer = self.call(
                "monitoring",
                "charter.intervention",
                "create",
                vals_list=[{"name": "Camera", "partner_id": self.client.id}],
            )
            self.assertEqual(status, 403)
            for role, status in (("monitoring", 422), ("feeding", 403)):
                answer = self.url_open(
                    "/charter/api/outages",
                    data=json.dumps(
                        [
                            {
                                "event_id": "1",
                                "serial": "none",
                                "status": "down",
                                "start": "2026-10-05T06:00:00Z",
                            }
                        ]
                    ),
                    headers={
                        "Content-Type": "application/json",
                        "Authorization": f"Bearer {self.keys[role]}",
                    },
                )
                self.assertEqual(answer.status_code, status)

    # -- keys -------------------------------------------------------------------------------------

    def test_an_administrator_makes_a_user_and_a_key(self):
        wizards = self.as_user("admin", self.env["charter.machine.key"])
        shown = wizards.create({"kind": "feeding", "name": "CMMS"}).action_make()
        self.assertEqual(shown["res_model"], "res.users.apikeys.show")
        [(view, kind)] = shown["views"]
        window = self.as_user("admin", self.env["res.users.apikeys.show"]).get_view(view, kind)["arch"]
        self.assertIn("/json/2", window)
        self.assertNotIn("full access", window)
        user = self.env["res.users"].search([("name", "=", "CMMS")])
        self.assertEqual(user.group_ids, self.env.ref("mileo_client_charter.group_charter_feeding"))
        self.assertEqual(user.all_group_ids, user.group_ids, "and no type of users")
        self.users["cmms"], self.keys["cmms"] = user, shown["context"]["default_key"]
        self.assertEqual(
            self.call("cmms", "charter.intervention", "search_read", domain=[], fields=["id"]), (200, [])
        )
        again = wizards.create({"kind": "feeding", "user_id": user.id, "revoke": True}).action_make()
        with mute_logger("odoo.http"):
            self.assertEqual(self.call("cmms", "charter.intervention", "search_read", domain=[])[0], 401)
        self.keys["cmms"] = again["context"]["default_key"]
        self.assertEqual(
            self.call("cmms", "charter.intervention", "search_read", domain=[], fields=["id"])[0], 200
        )

    def test_keys_of_programs_are_made_for_programs_by_administrators(self):
        values = {"kind": "monitoring", "name": "Zabbix"}
        for role in ("direction", "employee", "alice", "monitoring"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, self.env["charter.machine.key"]).create(values).action_make()
        wizards = self.as_user("admin", self.env["charter.machine.key"])
        for change in (
            {"name": " "}, {"expires_on": "2020-01-01"}, {"user_id": self.manager.id}, {"user_id": self.users["alice"].id},
        ):  # fmt: skip
            with self.subTest(change), self.assertRaises(ValidationError):
                wizards.create({**values, **change}).action_make()

    # -- upgrading --------------------------------------------------------------------------------

    def test_users_of_before(self):
        """They were employees by their group: who is nothing else is one no more, people stay what they were."""
        groups = {
            name: self.env.ref(name)
            for name in (
                "base.group_user",
                "base.group_erp_manager",
                "mileo_client_charter.group_charter_monitoring",
            )
        }
        employee, settings, monitoring = groups.values()
        users = {
            name: new_test_user(self.env, f"t_before_{name}", groups="base.group_user")
            for name in ("probe", "person")
        }
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (uid, gid) SELECT id, %s FROM res_users WHERE id = ANY(%s)",
            [monitoring.id, [user.id for user in users.values()]],
        )
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (uid, gid) VALUES (%s, %s)", [users["person"].id, settings.id]
        )
        script = load_script(
            file_path("mileo_client_charter/migrations/19.0.1.2.0/pre-reading.py"), "charter_pre_reading"
        )
        with self.assertLogs("charter_pre_reading", "WARNING") as logs:
            script.migrate(self.env.cr, "19.0.1.1.0")
        self.assertIn("t_before_person", logs.output[0])
        self.assertNotIn("t_before_probe", logs.output[0])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(users["probe"].group_ids, monitoring)
        self.assertTrue(users["probe"].share)
        self.assertFalse(self.env["res.partner"].with_user(users["probe"]).has_access("read"))
        self.assertLessEqual(employee | settings | monitoring, users["person"].group_ids)
        self.assertFalse(users["person"].share)

    def test_an_employee_with_the_group_is_an_employee(self):
        """Interventions of people are theirs as before, whatever group they are in besides."""
        self.manager.group_ids = [Command.link(self.env.ref("mileo_client_charter.group_charter_feeding").id)]
        intervention = self.as_user("manager", self.rows["charter.intervention", "b"])
        self.assertTrue(intervention.read(["partner_id"]))
        intervention.name = "Camera 5"
