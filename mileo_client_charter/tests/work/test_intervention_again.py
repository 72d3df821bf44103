"""A program that lost our answer sends again: what it reported is reported once, and each step is taken once."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

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
            ("description", 5), ("user_id", "me"),
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

    def test_what_odoo_answers_otherwise(self):
        """The table of readme/API.md: what is not ours to decide."""
        _status, ids = self.call("create", vals_list=[self.vals()])
        for method, arguments, status in (
            ("read", {"ids": [10**8], "fields": ["state"]}, 200),
            ("read", {"ids": ids, "fields": ["nonsense"]}, 500),
            ("action_respond", {"ids": [10**8]}, 404),
            ("action_close", {"ids": ids, "nonsense": 1}, 422),
            ("nonsense", {"ids": ids}, 404),
            ("search_read", {"domain": [["nonsense", "=", 1]], "fields": ["state"]}, 500),
        ):
            with self.subTest(method, arguments=arguments), mute_logger("odoo.http"):
                self.assertEqual(self.call(method, **arguments)[0], status)
