"""A program that lost our answer sends again: what it reported is reported once, and each step is taken once."""

import re
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from ..cases.interventions import InterventionCase


@tagged("post_install", "-at_install")
class TestInterventionAgain(InterventionCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = new_test_user(cls.env, "t_feeding", groups="mileo_client_charter.group_charter_feeding")
        cls.other, _bob, _bea = cls._client("Bistro")

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.program)
        key = keys._generate(None, "Program", fields.Datetime.add(fields.Datetime.now(), days=1))
        self.headers = {"Authorization": f"bearer {key}"}
        self.contract.charter_since = fields.Date.subtract(fields.Date.today(), days=30)
        self.start = fields.Datetime.subtract(fields.Datetime.now(), hours=5).replace(microsecond=0)

    def call(self, method, **body):
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/json/2/charter.intervention/{method}", json=body, headers=self.headers)
        return answer.status_code, answer.json()

    def moment(self, hours):
        return fields.Datetime.add(self.start, minutes=round(60 * hours)).isoformat() + "+00:00"

    def vals(self, number=1041, **values):
        return {
            "name": "Camera", "partner_id": self.client.id, "res_model": "cmms.order", "res_id": number,
            "reported_at": self.moment(0), **values,
        }  # fmt: skip

    def test_a_report_sent_again_is_the_same(self):
        status, first = self.call("create", vals_list=[self.vals()])
        self.assertEqual(status, 200, first)
        self.assertEqual(self.call("create", vals_list=[self.vals(name="Camera 4")]), (200, first))
        status, several = self.call(
            "create", vals_list=[self.vals(7), self.vals(), self.vals(7), self.vals(8)]
        )
        self.assertEqual((status, several[1], several[0]), (200, first[0], several[2]), several)
        self.assertEqual(len(set(several)), 3)
        rows = self.env["charter.intervention"].search([("res_model", "=", "cmms.order")])
        self.assertEqual(rows.mapped("res_id"), [8, 7, 1041])
        self.assertEqual(
            self.env["charter.intervention"].browse(first).name, "Camera", "what is on record stays"
        )

    def test_without_a_reference_each_is_another(self):
        vals = {"name": "Camera", "partner_id": self.client.id}
        _status, ids = self.call("create", vals_list=[vals, vals])
        self.assertEqual(len(set(ids)), 2)

    def test_what_somebody_else_reported_is_not_given_back(self):
        self.env["charter.intervention"].create({**self.vals(9), "reported_at": self.start})
        status, answer = self.call("create", vals_list=[self.vals(9)])
        self.assertEqual(status, 422)
        self.assertIn("cmms.order 9 was reported by somebody else", answer["message"])
        self.call("create", vals_list=[self.vals(10)])
        status, answer = self.call("create", vals_list=[self.vals(10, partner_id=self.other.id)])
        self.assertEqual(status, 422)
        self.assertIn("another client", answer["message"])

    def test_each_step_sent_again_is_already_done(self):
        _status, ids = self.call("create", vals_list=[self.vals()])
        for method, arguments, otherwise in (
            ("action_respond", {"at": self.moment(0.5)}, {"at": self.moment(0.75)}),
            ("action_pause", {"reason": "Waiting for a part", "at": self.moment(1)}, {"reason": "Waiting for a part", "at": self.moment(1.5)}),
            ("action_resume", {"at": self.moment(2)}, {"at": self.moment(2.5)}),
            ("action_close", {"resolved_at": self.moment(3)}, {"resolved_at": self.moment(3.5)}),
            ("action_reopen", {}, None),
            ("action_cancel", {"reason": "Reported twice"}, None),
        ):  # fmt: skip
            with self.subTest(method):
                self.assertEqual(self.call(method, ids=ids, **arguments), (200, True))
                before = self.state(ids)
                self.assertEqual(self.call(method, ids=ids, **arguments), (200, "already done"))
                self.assertEqual(self.state(ids), before)
                if otherwise:
                    status, answer = self.call(method, ids=ids, **otherwise)
                    self.assertEqual(status, 422, answer)
                    self.assertEqual(self.state(ids), before)

    def state(self, ids):
        self.env.invalidate_all()
        row = self.env["charter.intervention"].browse(ids)
        pauses = [(one.start_at, one.stop_at) for one in row.pause_ids]
        return row.state, row.responded_at, row.resolved_at, row.closing_cycle, row.promise_cycle, pauses

    def test_a_step_never_taken_is_refused_as_ever(self):
        _status, ids = self.call("create", vals_list=[self.vals()])
        for method, arguments in (
            ("action_resume", {}),
            ("action_reopen", {}),
            ("action_pause", {"reason": ""}),
        ):
            with self.subTest(method):
                self.assertEqual(self.call(method, ids=ids, **arguments)[0], 422)

    def test_what_is_no_value_names_the_field(self):
        contact = new_test_user(self.env, "p_alice", groups="base.group_portal", partner_id=self.alice.id)
        for name, value in (
            ("priority", "9"), ("kind", "odd"), ("partner_id", "Alpine"), ("partner_id", 10**8), ("partner_id", False), ("name", ""),
            ("name", 7), ("reported_at", "soon"), ("reported_at", "2199-01-01 00:00:00"), ("res_id", "A-7"), ("contract_id", "x"),
            ("description", 5), ("user_id", "me"), ("name", "   "), ("reported_at", "0001-01-01 00:00:00"), ("reported_at", "1850-05-01 00:00:00"),
            # An employee is no client, and what runs by itself no technician.
            ("partner_id", self.manager.partner_id.id), ("user_id", self.env.ref("base.user_root").id),
            # What is a number and no record, or another kind of record than it is for.
            ("contract_id", 10**8), ("user_id", 10**8), ("res_id", 10**11), ("partner_id", 10**11), ("partner_id", self.company.partner_id.id),
            ("equipment_ids", [10**8]), ("equipment_ids", [[6, 0, [10**8]]]), ("equipment_ids", [[4, 10**11]]), ("user_id", contact.id),
        ):  # fmt: skip
            with self.subTest(field=name, value=value):
                status, answer = self.call("create", vals_list=[self.vals(**{name: value})])
                label = self.env["charter.intervention"]._fields[name].string
                self.assertEqual(status, 422, answer)
                self.assertTrue(answer["message"].startswith((f"{name}:", f"{label}:")), answer["message"])
        self.assertFalse(self.env["charter.intervention"].search([("res_model", "=", "cmms.order")]))

    def test_reported_at_the_same_time_is_once(self):
        """Of four requests at once one makes the row; Odoo makes the others' call again, and they find it."""
        _status, first = self.call("create", vals_list=[self.vals()])
        model = type(self.env["charter.intervention"])
        looked, look = [], model._charter_reported_before

        def once_too_early(interventions, vals_list):
            looked.append(vals_list)
            return {} if len(looked) == 1 else look(interventions, vals_list)

        with (
            patch.object(model, "_charter_reported_before", once_too_early),
            patch("odoo.service.model.time.sleep"),
            mute_logger("odoo.sql_db", "odoo.service.model"),
        ):
            self.assertEqual(self.call("create", vals_list=[self.vals()]), (200, first))
        self.assertEqual(len(looked), 2)

    def test_a_step_of_no_record_is_none(self):
        for method, arguments in (
            ("action_respond", {"at": self.moment(0.5)}),
            ("action_respond", {"ids": []}),
            ("action_close", {"resolved_at": self.moment(1), "work_done": "Cleaned"}),
            ("action_pause", {"ids": [], "reason": "Waiting for a part"}),
        ):
            with self.subTest(method, **arguments):
                status, answer = self.call(method, **arguments)
                self.assertEqual(status, 422, answer)
                self.assertTrue(answer["message"].startswith("ids: it is missing"), answer["message"])

    def test_the_moment_of_a_step_is_named_as_it_was_sent(self):
        _status, ids = self.call("create", vals_list=[self.vals()])
        for method, arguments, name in (
            ("action_pause", {"reason": "Waiting", "at": "demain"}, "at"),
            ("action_pause", {"reason": "Waiting", "until": "demain"}, "until"),
            ("action_resume", {"at": "demain"}, "at"),
        ):
            with self.subTest(method, **arguments):
                status, answer = self.call(method, ids=ids, **arguments)
                self.assertEqual(status, 422, answer)
                self.assertTrue(answer["message"].startswith(f"{name}: “demain”"), answer["message"])

    def test_no_contract_said_is_the_client_s(self):
        for vals in (self.vals(21), self.vals(22, contract_id=None), self.vals(23, contract_id=False)):
            status, ids = self.call("create", vals_list=[vals])
            self.assertEqual(status, 200, ids)
            self.assertEqual(self.env["charter.intervention"].browse(ids).contract_id, self.contract)

    def test_a_client_s_contact_is_no_technician(self):
        contact = new_test_user(self.env, "p_adam", groups="base.group_portal", partner_id=self.adam.id)
        interventions = self.env["charter.intervention"].with_user(self.technician)
        loaded = interventions.load(
            ["name", "partner_id", "user_id"], [["Camera", self.client.name, contact.name]]
        )
        self.assertFalse(loaded["ids"])
        self.assertIn("is none of your employees", loaded["messages"][0]["message"])

    def test_a_source_is_named_by_both(self):
        """With one of them alone a report sent twice would be two; by a file of a person too."""
        for name, vals in (
            ("res_id", self.vals(False)),
            ("res_id", {key: value for key, value in self.vals().items() if key != "res_id"}),
            ("res_model", {key: value for key, value in self.vals().items() if key != "res_model"}),
        ):
            with self.subTest(name):
                status, answer = self.call("create", vals_list=[vals])
                self.assertEqual(status, 422, answer)
                self.assertTrue(answer["message"].startswith(f"{name}: it is missing"), answer["message"])
        interventions = self.env["charter.intervention"].with_user(self.technician)
        columns = ["name", "partner_id", "res_model", "res_id"]
        for row, label in (
            (["Camera", self.client.name, "cmms.order", ""], "Source"),
            (["Camera", self.client.name, "", "7"], "Source model"),
        ):
            with self.subTest(label):
                result = interventions.with_context(import_file=True).load(columns, [row])
                self.assertFalse(result["ids"])
                self.assertTrue(result["messages"][0]["message"].startswith(f"{label}: it is missing"))
        done = interventions.with_context(import_file=True).load(
            columns, [["Camera", self.client.name, "cmms.order", "7"]]
        )
        self.assertEqual(self.env["charter.intervention"].browse(done["ids"]).res_id, 7, done["messages"])

    def test_a_program_makes_no_other_record_by_a_link(self):
        """Odoo's commands would make, write or delete equipment with the rights of the engine."""
        camera = self.env["charter.equipment"].create({"name": "Camera 4", "partner_id": self.client.id})
        for command in (
            [0, 0, {"name": "Forged", "partner_id": self.client.id}],
            [1, camera.id, {"name": "Forged"}],
            [2, camera.id, 0],
            [3, camera.id, 0],
            [5, 0, 0],
        ):
            with self.subTest(command=command):
                status, answer = self.call("create", vals_list=[self.vals(equipment_ids=[command])])
                self.assertEqual(status, 422, answer)
                self.assertTrue(answer["message"].startswith("equipment_ids: "), answer["message"])
        self.env.invalidate_all()
        self.assertEqual(self.env["charter.equipment"].search([("partner_id", "=", self.client.id)]), camera)
        self.assertEqual(camera.name, "Camera 4")
        for number, links in enumerate(([camera.id], [[4, camera.id]], [[6, 0, [camera.id]]])):
            status, ids = self.call("create", vals_list=[self.vals(number + 1, equipment_ids=links)])
            self.assertEqual(status, 200, ids)
            self.assertEqual(self.env["charter.intervention"].browse(ids).equipment_ids, camera)

    def test_ids_and_arguments_that_are_none_name_themselves(self):
        """Of every method of the guide, and of reading: never a failure of the server."""
        _status, ids = self.call("create", vals_list=[self.vals()])
        before = self.state(ids)
        steps = (
            "action_respond",
            "action_pause",
            "action_resume",
            "action_close",
            "action_reopen",
            "action_cancel",
        )
        for method in (*steps, "read"):
            more = {
                "action_pause": {"reason": "Waiting for a part"},
                "action_cancel": {"reason": "Reported twice"},
            }
            for wrong in ("x", ["x"], [ids[0], None], [True], [1.5], [10**11], [0], [-1], {"id": 1}, "17"):
                with self.subTest(method, ids=wrong):
                    status, answer = self.call(method, ids=wrong, **more.get(method, {}))
                    self.assertEqual(status, 422, answer)
                    self.assertTrue(answer["message"].startswith("ids: "), answer["message"])
        for method, name, wrong in (
            ("action_pause", "reason", 5), ("action_pause", "reason", ["Waiting"]), ("action_pause", "reason", "Waiting\0"),
            ("action_cancel", "reason", 5), ("action_close", "work_done", 5), ("action_close", "work_done", ["Lens"]),
            ("action_respond", "at", 5), ("action_respond", "at", {"day": 1}), ("action_respond", "at", "0001-01-01T00:00:00+02:00"),
            ("action_pause", "at", "soon"), ("action_pause", "until", 5), ("action_resume", "at", "soon"),
            ("action_close", "resolved_at", ["2026-10-05"]), ("create", "vals_list", 5), ("create", "vals_list", ["Camera"]),
            ("create", "vals_list", "Camera"),
        ):  # fmt: skip
            arguments = {name: wrong, **({} if method == "create" else {"ids": ids})}
            if method == "action_pause":
                arguments.setdefault("reason", "Waiting for a part")
            with self.subTest(method, **{name: wrong}):
                status, answer = self.call(method, **arguments)
                self.assertEqual(status, 422, answer)
                if method != "action_pause" or name == "reason":
                    labels = {
                        ("action_respond", "at"): "Responded At",
                        ("action_close", "resolved_at"): "Resolved At",
                    }
                    label = labels.get((method, name), name)
                    self.assertTrue(answer["message"].startswith(f"{label}: "), answer["message"])
        self.assertEqual(self.state(ids), before)

    def test_values_of_every_model_of_ours(self):
        """By the key of a person: a value that is none of its field's is answered with the field, whatever the model."""
        keys = self.env["res.users.apikeys"].with_user(self.technician)
        key = keys._generate("rpc", "Person", fields.Datetime.add(fields.Datetime.now(), days=1))
        headers = {"Authorization": f"bearer {key}"}
        camera = self.env["charter.equipment"].create({"name": "Camera 4", "partner_id": self.client.id})

        def call(model, method, **body):
            with mute_logger("odoo.http", "odoo.sql_db"):
                answer = self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers)
            return answer.status_code, answer.json()

        for name, value in (
            ("partner_id", "Alpine"), ("partner_id", 10**11), ("partner_id", True), ("name", 7), ("serial", "a\0"), ("nonsense", 1),
            ("supervised_from", "soon"), ("supervised_from", 5), ("tag_ids", "video"), ("tag_ids", [["video"]]), ("active", "yes"),
            ("milestone_ids", [[0, 0, {"kind": "odd"}]]), ("milestone_ids", [[0, 0, {"date": "soon"}]]),
        ):  # fmt: skip
            inner = next(iter(value[0][2])) if name == "milestone_ids" else name
            for method, arguments in (
                ("create", {"vals_list": [{"name": "Other", "partner_id": self.client.id, name: value}]}),
                ("write", {"ids": camera.ids, "vals": {name: value}}),
            ):
                with self.subTest(method, field=name, value=value):
                    status, answer = call("charter.equipment", method, **arguments)
                    self.assertEqual(status, 422, answer)
                    self.assertTrue(answer["message"].startswith(f"{inner}: "), answer["message"])
        status, made = call(
            "charter.equipment", "create",
            vals_list={"name": "Camera 5", "partner_id": self.client.id, "serial": None, "tag_ids": [], "supervised_from": "2026-10-05",
                       "milestone_ids": [[0, 0, {"kind": "end_of_support", "status": "announced", "date": "2031-01-01"}]]},
        )  # fmt: skip
        self.assertEqual(status, 200, made)
        self.assertEqual(
            call("charter.equipment", "write", ids=camera.ids, vals={"active": False}), (200, True)
        )
        # A model of others is Odoo's.
        self.assertEqual(call("res.partner", "read", ids=["x"], fields=["name"])[0], 500)

    def test_the_table_of_answers(self):
        """Each status of the table in readme/API.md, by what the table says it is for."""
        _status, ids = self.call("create", vals_list=[self.vals()])
        colleague = self.env["charter.intervention"].create({"name": "Ours", "partner_id": self.client.id})

        def answer(method, body, model="charter.intervention", headers=None, data=None, verb="POST"):
            with mute_logger("odoo.http", "odoo.sql_db"):
                return self.opener.request(
                    verb,
                    f"{self.base_url()}/json/2/{model}/{method}",
                    headers=self.headers if headers is None else headers,
                    **({"data": data} if data is not None else {"json": body}),
                )

        read = {"ids": ids, "fields": ["state"]}
        found = {
            "200": [
                answer("read", read), answer("action_respond", {"ids": ids}), answer("action_respond", {"ids": ids}),
                answer("read", {"ids": [10**8], "fields": ["state"]}),
                answer("search_read", {"domain": [["res_id", "=", 10**11]], "fields": ["state"]}),
            ],
            "400": [answer("read", None, headers={**self.headers, "Content-Type": "application/json"}, data="{not json")],
            "401": [answer("read", read, headers={}), answer("read", read, headers={"Authorization": "bearer nonsense"})],
            "403": [
                answer("write", {"ids": ids, "vals": {"name": "Other"}}), answer("unlink", {"ids": ids}),
                answer("create", {"vals_list": [self.vals(9, state="closed")]}), answer("read", {"ids": colleague.ids, "fields": ["state"]}),
                answer("action_respond", {"ids": colleague.ids}), answer("search_read", {"domain": []}, model="res.partner"),
            ],
            "404": [
                answer("nonsense", {"ids": ids}), answer("read", read, model="charter.nonsense"), answer("read", read, verb="GET"),
                answer("action_respond", {"ids": [10**8]}),
            ],
            "415": [answer("read", None, headers={**self.headers, "Content-Type": "text/plain"}, data="{}")],
            "422": [
                answer("action_close", {"ids": ids, "nonsense": 1}), answer("action_respond", {"ids": "x"}), answer("read", {"ids": ["x"]}),
                answer("create", {"vals_list": [self.vals(9, nonsense=1)]}), answer("create", {"vals_list": [self.vals(9, priority="9")]}),
                answer("create", {"vals_list": [self.vals(9, partner_id=10**8)]}), answer("create", {"vals_list": [self.vals(9, equipment_ids=[10**8])]}),
                answer("create", {"vals_list": [self.vals(9, reported_at="2199-01-01 00:00:00")]}), answer("create", {"ids": ids, "vals_list": []}),
                answer("action_resume", {"ids": ids}), answer("create", {}),
            ],
            "500": [
                answer("read", {"ids": ids, "fields": ["nonsense"]}), answer("search_read", {"domain": [["nonsense", "=", 1]], "fields": ["state"]}),
            ],
        }  # fmt: skip
        for status, answers in found.items():
            for number, response in enumerate(answers):
                with self.subTest(status, number=number):
                    self.assertEqual(response.status_code, int(status), response.text[:500])
                    if status not in ("200", "415"):
                        self.assertTrue(response.json()["message"])
        self.assertEqual([one.json() for one in found["200"][1:]], [True, "already done", [], []])
        with open(file_path("mileo_client_charter/readme/API.md"), encoding="utf-8") as file:
            table = file.read().partition("**Answers.**")[2]
        self.assertEqual(set(re.findall(r"^\| (\d{3}) \|", table, re.MULTILINE)), set(found))
