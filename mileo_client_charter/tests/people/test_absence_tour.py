"""A manager goes on leave: the client sees the stand-in and has the mail, the promise moves and comes back."""

from odoo.tests import tagged

from ..cases.common import BrowserCase, CharterCase


@tagged("post_install", "-at_install")
class TestAbsenceStory(CharterCase, BrowserCase):
    def test_story(self):
        self.company.charter_stand_in_rule = "deputy"
        deputy = self._staff("t_deputy", "group_charter_user")
        self.manager.charter_deputy_id = deputy
        self._contract(self.client, start="2026-01-01", end="2099-12-31")
        self._portal(self.alice, "t_alice")
        promise = self.promise(self.negative(), "feedback.callback")
        due = promise.due_at
        self.assertEqual(promise.user_id, self.manager)

        # The manager enters the leave; a stand-in is proposed.
        self.start_tour("/odoo", "charter_manager_goes_on_leave", login="t_manager")
        absence = self.env["charter.absence"].search([("user_id", "=", self.manager.id)], limit=1)
        self.assertEqual(absence.stand_in_id, deputy)
        promise.invalidate_recordset()
        self.assertEqual((promise.user_id, promise.due_at), (deputy, due))

        # The mail is in the outbox, and the portal says who answers.
        with self.committing():
            self.env["charter.contact.sheet"]._cron_contacts()
        letter = self.mails_to(self.alice)[-1]
        self.assertEqual((letter.state, letter.model), ("outgoing", "charter.delivery"))
        self.assertIn(deputy.phone, letter.body_html)
        self.start_tour("/my/charter", "charter_client_sees_the_stand_in", login="t_alice")

        # The manager comes back.
        self.start_tour("/odoo", "charter_manager_comes_back", login="t_manager")
        promise.invalidate_recordset()
        self.assertEqual((promise.user_id, promise.due_at), (self.manager, due))
        self.assertEqual(promise.history.count("→"), 2)
        self.assertEqual(absence.state, "cancelled")
