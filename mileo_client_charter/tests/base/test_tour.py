"""The whole story in a real browser: a promise kept late, told, escalated twice and accepted."""

from odoo.tests import tagged

from ...models.base.charter_engine import charter_through
from ..cases.common import BrowserCase, CharterCase

# A click on the page's own button; the answer lands in a frame, so that this page can look at it.
ANSWER = """
const form = document.querySelector("form");
const frame = document.createElement("iframe");
frame.name = "answer";
document.body.append(frame);
form.target = "answer";
frame.addEventListener("load", () => {
    const text = frame.contentDocument.body.innerText;
    if (text.includes("Thank you for your answer") && text.includes("48 hours")) {
        console.log("test successful");
    } else if (text.trim()) {
        console.error("unexpected answer: " + text);
    }
});
form.querySelector("button[type=submit]").click();
"""


@tagged("post_install", "-at_install")
class TestStory(CharterCase, BrowserCase):
    def _pass(self, hours):
        """Time goes by: everything that happened so far is ``hours`` longer ago."""
        self.env.flush_all()
        columns = {
            "charter_obligation": (
                "trigger_at", "opened_at", "warn_at", "due_at", "warned_at", "breached_at", "done_at",
            ),
            "charter_feedback": ("planned_at", "sent_at", "answered_at", "expires_at", "called_at", "outcome_at"),
            "charter_escalation": ("raised_at", "level2_at", "answered_at"),
        }  # fmt: skip
        for table, names in columns.items():
            moves = ", ".join(f"{name} = {name} - make_interval(hours => %(hours)s)" for name in names)
            charter_through(
                self.env.cr,
                f"UPDATE {table} SET {moves} WHERE partner_id = %(client)s",
                {"hours": hours, "client": self.client.id},
            )
        self.env.invalidate_all()

    def _tour(self, name, login):
        self.start_tour("/my/charter" if login == "t_alice" else "/odoo", name, login=login)

    def test_story(self):
        self.company.charter_alert_office_hours = False
        self._portal(self.alice, "t_alice")
        feedback = self.invitation()
        survey = f"/charter/s/{feedback.sudo().token}?rating=2&lang=en_US"

        # A client rates an intervention 2/5.
        self.browser_js(survey, ANSWER, ready="document.querySelector('#mark-2:checked') !== null")
        feedback.invalidate_recordset()
        self.assertEqual((feedback.state, feedback.rating, feedback.followup), ("answered", 2, "call"))
        feedback._complete(comment="Nobody came.")
        callback = self.promise(feedback, "feedback.callback")

        # The account manager has 48 hours to call, is reminded, is late; the operations manager is told.
        self._pass(37)
        self.tick()
        self.assertIn("Reminder", self.mails_to(self.manager.partner_id)[-1].subject)
        self._pass(12)
        self.tick()
        self.assertEqual(callback.state, "late")
        self.assertIn("Overdue", self.mails_to(self.operations.partner_id)[-1].subject)
        self._tour("charter_operations_sees_it_late", "t_operations")

        # The call is held, the client is told the outcome.
        self._tour("charter_manager_calls_back", "t_manager")
        self.assertEqual(self.promise(feedback, "feedback.outcome").state, "kept")
        self.assertIn("Spare camera in stock", self.mails_to(self.alice)[-1].body_html)

        # Not satisfied, the client escalates to level 1 and then level 2.
        self._tour("charter_client_escalates", "t_alice")
        escalation = self.env["charter.escalation"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(
            (escalation.feedback_id, escalation.level, escalation.door), (feedback, "1", "portal")
        )
        self._pass(20)
        self._tour("charter_operations_answers", "t_operations")
        self.assertIn("three nights", self.mails_to(self.alice)[-1].body_html)
        self._pass(5)
        self._tour("charter_client_goes_to_level2", "t_alice")
        self.assertEqual((escalation.level, escalation.user_id), ("2", self.direction))
        self._pass(40)
        self._tour("charter_direction_answers", "t_direction")
        self._tour("charter_client_accepts", "t_alice")

        # Both sides see the ledger of promises kept and late.
        escalation.invalidate_recordset()
        self.assertEqual((escalation.state, escalation.is_complaint), ("resolved", False))
        ledger = self.env["charter.obligation"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(
            {promise.code: promise.state for promise in ledger},
            {
                "feedback.callback": "late",
                "feedback.outcome": "kept",
                "escalation.level1": "kept",
                "escalation.level2": "kept",
            },
        )
