"""What a client told us of stays the client's, and what its time limits are counted on changes by a step the client reads."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...models.work.charter_intervention_recorded import TERMS
from ..cases.common import START
from ..cases.interventions import RESOLUTION, RESPONSE, InterventionCase


@tagged("post_install", "-at_install")
class TestTerms(InterventionCase):
    def reported(self):
        with self.at(0):
            form = {"summary": "The entrance is dark", "description": "Since noon.", "priority": "3"}
            work = self.env["charter.intervention"]._from_portal(
                self.alice, form, self.contract, self.env["charter.equipment"]
            )
        return work.with_user(self.technician)

    def test_nobody_edits_what_the_client_was_told_by(self):
        """Every term the promises are made on; found by people: critical became low, 11:15 became 11 December, without a word."""
        work, other = self.reported(), self._contract(self.client)
        values = {
            "priority": "1", "kind": "preventive", "reported_at": START + timedelta(minutes=30), "contract_id": other.id,
        }  # fmt: skip
        self.assertEqual(values.keys(), set(TERMS))
        with self.at(1):
            for name, value in values.items():
                for user in (self.technician, self.manager, self.operations):
                    with (
                        self.subTest(name, user=user.login),
                        self.assertRaisesRegex(ValidationError, "due on"),
                    ):
                        work.with_user(user).write({name: value})
            work.write({"priority": "3"})
            self.assertEqual(self.rows(work, RESPONSE).state, "open")

    def test_it_never_becomes_another_client_s(self):
        other, _one, _two = self._client("Bistro")
        written = self.intervention()
        written.sudo().message_post(body="It is dark again.", author_id=self.adam.id)
        for work in (self.reported(), written):
            with self.assertRaisesRegex(ValidationError, "Cancel it with a reason"), self.cr.savepoint():
                work.write({"partner_id": other.id, "contract_id": False})
            self.assertEqual(work.commercial_partner_id, self.client)
        free = self.intervention()
        free.write({"partner_id": other.id, "contract_id": False})
        self.assertEqual(free.commercial_partner_id, other, "nothing of a client in it: a slip is put right")

    def test_a_step_with_a_reason_the_client_reads(self):
        self.alice.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        work = self.reported()
        with self.at(2):
            before = self.mails_to(self.alice)
            with self.assertRaises(UserError):
                work.action_change_terms("ok", priority="1")
            with self.assertRaisesRegex(AccessError, "operations manager"):
                work.action_change_terms("It was reported later.", reported_at=START + timedelta(hours=1))
            dialogue = work.action_ask_terms()
            wizard = (
                self.env[dialogue["res_model"]]
                .with_user(self.technician)
                .with_context(**dialogue["context"])
                .create({"priority": "1", "reason": "The street lights the entrance."})
            )
            wizard.action_confirm()
            self.tick()
        [row] = work.sudo().correction_ids
        self.assertEqual(
            (row.field_name, row.before, row.after, row.for_client, row.user_id),
            ("priority", "3", "1", True, self.technician),
        )
        response = self.rows(work, RESPONSE)
        self.assertEqual((response.state, response.is_owed), ("late", True), "what was missed stays so")
        self.assertEqual(self.rows(work, RESOLUTION).mapped("state"), ["cancelled", "open"])
        [mail] = self.mails_to(self.alice) - before
        for part in ("The street lights the entrance.", "t_technician", "Critique", "modifié"):
            self.assertIn(part, mail.body_html)
