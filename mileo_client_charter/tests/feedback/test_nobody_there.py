"""A role's holder is away without a substitute: what is for the role reaches somebody who is there, one level up, at once."""

from datetime import timedelta

from odoo import fields

from ..cases.common import START, CharterCase

LATER = timedelta(days=3)


class TestNobodyThere(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.charter_stand_in_rule = "deputy"
        cls.contract = cls._contract(cls.client)
        cls.env["charter.absence"].search([]).state = "cancelled"
        # Of the administrators, only ours belong to the company here.
        cls.admins = cls.env["charter.assignment"]._company_admins(cls.company)

    def away(self, user, **values):
        today = START.date()
        return self.env["charter.absence"].create(
            {"user_id": user.id, "date_from": today, "date_to": today + LATER, **values}
        )

    def answering(self, role):
        return self.env["charter.assignment"]._company_people(self.company, role)

    def test_the_next_level_up(self):
        with self.at():
            self.assertEqual(self.answering("operations_manager"), self.operations)
            mine = self.away(self.operations)
            self.assertEqual(self.answering("operations_manager"), self.direction)
            self.assertEqual(mine.activity_ids.user_id, self.direction)
            theirs = self.away(self.direction)
            for role in ("operations_manager", "general_management"):
                self.assertEqual(self.answering(role), self.admins)
            self.assertIn(self.admin, self.admins)
            self.assertFalse(theirs.activity_ids.user_id - self.admins)
            # What waited for general management does not wait for it any more.
            self.assertFalse(mine.activity_ids.user_id - self.admins)
            self.assertEqual(self.away(self.manager).activity_ids.user_id, self.admins)
            theirs.action_cancel()
            self.assertEqual(self.answering("operations_manager"), self.direction)

    def test_of_an_absence_ahead_another_is_told(self):
        ahead = START.date() + LATER
        with self.at():
            absence = self.away(self.operations, date_from=ahead, date_to=ahead + LATER)
            self.assertEqual(absence.activity_ids.user_id, self.direction)
            self.assertEqual(self.answering("operations_manager"), self.operations)

    def test_whoever_is_there_is_told_of_the_client_s_two_roles(self):
        """Commitments, words and agreed actions of somebody away are told one level up."""
        with self.at():
            promise = self._open_report()
            self.away(self.manager)
            self.assertEqual(promise.user_id, self.manager)
            self.assertEqual(promise._alert_users("owner")[promise], self.operations)
            feedback = self.negative()
            word = self.env["charter.word"]._hear(feedback)
            self.assertEqual(word.user_id, self.operations)
            callback = self.promise(feedback, "feedback.callback")
            self.assertEqual(callback._alert_users("owner")[callback], self.operations)
            self.assertNotIn(self.manager, feedback.activity_ids.user_id)
            self.assertIn(self.operations, feedback.activity_ids.user_id)
            self.away(self.operations)
            self.assertEqual(callback._alert_users("owner")[callback], self.direction)
            self.assertEqual(callback._alert_users("manager")[callback], self.direction)
        self.assertFalse(self.mails_to(self.manager.partner_id))
        self.assertTrue(self.mails_to(self.operations.partner_id))

    def _open_report(self):
        return self.env["charter.obligation"]._open(
            [
                {
                    "company_id": self.company.id,
                    "code": "report.delivery",
                    "partner_id": self.client.id,
                    "contract_id": self.contract.id,
                    "res_model": "contract.contract",
                    "res_id": self.contract.id,
                    "at": fields.Datetime.now(),
                    "occurrence": "2026-01",
                }
            ]
        )

    def test_an_open_escalation_moves_with_the_absence(self):
        with self.at():
            escalation = self.escalate()
            promise = self.promise(escalation, "escalation.level1")
            due = promise.due_at
            self.assertEqual(escalation.user_id, self.operations)
            absence = self.away(self.operations)
            # Without another read of the form, and without waiting for a scheduled action.
            self.assertEqual((promise.user_id, escalation.user_id), (self.direction, self.direction))
            self.assertEqual(promise.due_at, due)
            self.assertNotIn(self.operations, escalation.activity_ids.user_id)
            alerts = self.mails_to(self.direction.partner_id).filtered(
                lambda one: one.model == "charter.obligation"
            )
            self.assertEqual(len(alerts), 1)
            self.away(self.direction)
            self.assertIn(promise.user_id, self.admins)
            absence.action_cancel()
            self.assertEqual((promise.user_id, escalation.user_id), (self.operations, self.operations))

    def test_a_new_one_is_told_once(self):
        with self.at():
            self.away(self.operations)
            escalation = self.escalate()
            self.assertEqual(escalation.user_id, self.direction)
            self.assertFalse(self.mails_to(self.operations.partner_id))
            alerts = self.mails_to(self.direction.partner_id).filtered(
                lambda one: one.model == "charter.obligation"
            )
            self.assertEqual(len(alerts), 1)

    def test_it_moves_at_the_first_moment_of_the_absence(self):
        first = START.date() + timedelta(days=1)
        with self.at():
            self.away(self.operations, date_from=first)
            escalation = self.escalate()
            self.assertEqual(escalation.user_id, self.operations)
            wake = self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.env.ref("mileo_client_charter.cron_contacts").id)]
            )
            midnight = wake.filtered(lambda one: one.call_at.hour in (22, 23))
            self.assertTrue(midnight)
        with self.at((midnight[0].call_at - START).total_seconds() / 3600):
            self.env["charter.absence"]._refresh(self.company)
            escalation.invalidate_recordset()
            self.assertEqual(escalation.user_id, self.direction)

    def test_level_2_of_an_absent_direction(self):
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            escalation._to_level2()
            promise = self.promise(escalation, "escalation.level2")
            self.assertEqual(promise.user_id, self.direction)
            self.away(self.direction)
            self.assertIn(promise.user_id, self.admins)

    def test_the_page_of_general_management_counts_what_is_hers(self):
        page = self.env["charter.cockpit"].with_user(self.direction)
        with self.at():
            self.away(self.operations)
            escalation = self.escalate()
            block, count = page._escalation_block(("2",), mine=True)
            self.assertIn(escalation.display_name, str(block))
            _block, others = page._escalation_block(("2",))
            self.assertEqual(count, others + 1)
