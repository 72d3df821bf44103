"""What a client told us of stays the client's, and what its time limits are counted on changes by a step the client reads."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...controllers.hub_reading import HubReading
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

    def test_no_edit_has_it_due_later(self):
        """Work our own desk recorded, its resolution still to come: by every term, at once, and by going round another client."""
        other, _one, _two = self._client("Bistro")
        with self.at(0):
            second, theirs = self._contract(self.client, tier=self.slower()), self._contract(other)
        home = {"partner_id": self.client.id, "contract_id": self.contract.id}
        away = {"partner_id": other.id, "contract_id": theirs.id}
        for edits in (
            [{"priority": "1"}],
            [{"priority": "0"}],
            [{"kind": "preventive"}],
            [{"reported_at": START + timedelta(minutes=20)}],
            [{"contract_id": second.id}],
            [{"contract_id": False}],
            [away, {**home, "priority": "1"}],
            [away, {"priority": "1"}],
        ):
            for user in (self.technician, self.operations):
                with self.subTest(edits=edits, user=user.login), self.at(0):
                    work = self.intervention(contract_id=self.contract.id).with_user(user)
                with self.at(0.5), self.cr.savepoint():
                    for edit in edits[:-1]:
                        work.write(edit)
                    due = self.rows(work)[-1].due_at
                    with self.assertRaisesRegex(ValidationError, "due later"), self.cr.savepoint():
                        work.write(edits[-1])
                    self.env.invalidate_all()
                    self.assertEqual(self.rows(work)[-1].due_at, due)
        with self.at(0.5):
            work = self.intervention(contract_id=self.contract.id, priority="1")
            work.priority = "3"
            self.assertEqual(self.rows(work)[-1].due_at, START + timedelta(hours=8.5), "sooner: at once")
            work.with_user(self.technician).action_change_terms(
                "The other contract covers this entrance.", contract_id=second.id
            )
            self.assertEqual(self.rows(work)[-1].contract_id, second)
            self.assertIn(second.display_name, work.sudo().correction_ids.after)
            self.assertTrue(self.mails_to(self.alice))

    def slower(self):
        return self.premium.copy(
            {
                "code": "slower",
                "service_level_ids": [
                    (0, 0, {"priority": "3", "response_hours": 9, "resolution_hours": 90, "clock": "elapsed"})
                ],
            }
        )

    def test_a_source_that_postpones_is_told_to_the_client(self):
        """Nobody types a reason into a ticket: what follows from it is on record and in the client's mailbox all the same."""
        with self.at(0):
            work = self.intervention(contract_id=self.contract.id)
        with self.at(1):
            for priority in ("1", "2"):
                work._charter_engine()._charter_take({"priority": priority})
        [row] = work.sudo().correction_ids
        self.assertEqual(
            (row.field_name, row.before, row.after, row.for_client), ("priority", "3", "1", True)
        )
        [mail] = self.mails_to(self.alice)
        self.assertIn("document this work follows", mail.body_html)

    def test_a_cancelled_commitment_is_told_with_its_reason(self):
        self.alice.lang = self.env["res.lang"]._activate_lang("fr_FR").code
        with self.at(0):
            work, planned = self.intervention(), self.intervention(kind="preventive")
        with self.at(0.5):
            for one in (work, planned):
                one.action_cancel("The tenant mended it.")
        [mail] = self.mails_to(self.alice)
        self.assertIn(work.reference, mail.subject)
        for part in ("The tenant mended it.", "t_technician", "incident", "n’est plus"):
            self.assertIn(part, mail.body_html)

    def test_another_tier_is_told(self):
        """Found by people: Premium became Essential without a word, and the report that was due was gone."""
        slower = self.slower()
        slower.report_period, slower.name = "quarter", "Slow"
        with self.at(1):
            self.contract.with_user(self.operations).charter_tier_id = slower
            [mail] = self.mails_to(self.alice)
            for part in (self.premium.name, "Slow", "every quarter", "response within", "t_operations"):
                self.assertIn(part, mail.body_html)
            self.assertEqual(
                (self.contract.charter_tier_before_id, self.contract.charter_tier_changed_on),
                (self.premium, START.date()),
            )
            with self.assertRaisesRegex(AccessError, "never by editing"):
                self.contract.with_user(self.admin).charter_tier_changed_on = False
            self._contract(self.client).name = "Another name"
        self.assertEqual(
            self.mails_to(self.alice), mail, "a first tier and another name are no change of tier"
        )
        user = self._portal(self.alice)
        reading = HubReading(self.env(user=user))
        [said] = [one["changed"] for one in reading.home()["contracts"] if one["changed"]]
        self.assertIn(f"its tier was {self.premium.name}", said)
