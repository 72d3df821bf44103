"""What is true looks true: paused is not late, one due day everywhere, an hour where hours are counted."""

from datetime import datetime, timedelta

from lxml import etree
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestLooksTrue(CharterCase):
    def page(self, user, name):
        self.env.flush_all()
        cockpit = self.env["charter.cockpit"].with_user(user).with_context(lang="en_US", tz="Europe/Paris")
        return {figure["key"]: figure["value"] for figure in cockpit.charter_page(name)["figures"]}

    def test_paused_is_not_late(self):
        with self.at():
            before = (
                self.page(self.manager, "manager")["due_late"],
                self.page(self.operations, "operations")["late"],
            )
            promise = self.client._charter_open(
                "feedback.callback", occurrence="one", user_id=self.manager.id
            )
            promise._charter_engine().write({"due_at": False, "warn_at": False, "paused_at": START})
            after = (
                self.page(self.manager, "manager")["due_late"],
                self.page(self.operations, "operations")["late"],
            )
            self.assertEqual(after, before)
            self.assertEqual(self.client.charter_late_count, 0)
            promise._charter_engine().write({"paused_at": False, "clock_error": "No working time"})
            self.assertEqual(self.page(self.manager, "manager")["due_late"], str(int(before[0]) + 1))

    def test_late_on_a_client_is_what_is_owed_and_late_now(self):
        with self.at():
            promise = self.client._charter_open("feedback.callback", occurrence="one")
        with self.at(100):
            self.tick()
            self.env.invalidate_all()
            self.assertEqual((self.client.charter_late_count, self.client.charter_missed_count), (1, 1))
            promise._fulfil("done")
            self.env.invalidate_all()
            self.assertEqual((self.client.charter_late_count, self.client.charter_missed_count), (0, 1))

    def test_staff_read_due_times_in_words(self):
        """No list or form of staff shows the moment of a due time, which is midnight of the next day for a day."""
        self.assertEqual(self.raw_due(), [])

    def raw_due(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "mileo_client_charter"), ("model", "=", "ir.ui.view")]
        )
        found, looked_at = [], 0
        for view in self.env["ir.ui.view"].browse(data.mapped("res_id")):
            if view.type not in ("list", "form", "kanban") or view.model not in self.env:
                continue
            for node in etree.fromstring(view.arch_db).iter("field"):
                looked_at += 1
                name = node.get("name") or ""
                # Of interventions both are counted in hours.
                if name == "due_at" and not node.get("column_invisible") and node.get("invisible") != "1":
                    found.append(f"{view.xml_id} {name}")
                if node.get("widget") == "remaining_days":
                    found.append(f"{view.xml_id} {name}: relative words in place of a date")
        self.assertGreater(looked_at, 500)
        return found

    def test_an_escalation_shows_its_hour(self):
        with self.at():
            escalation = (
                self.escalate().with_user(self.operations).with_context(lang="fr_FR", tz="Europe/Paris")
            )
            self.assertIn("6 octobre 2026", escalation.due_text)
            self.assertIn("10\u00a0h\u00a000", escalation.due_text)

    def test_nobody_answered(self):
        with self.at():
            feedback = self.negative()
        with self.at(1):
            mine = feedback.with_user(self.manager)
            wizard = self.env["charter.feedback.callback"].with_user(self.manager).create(
                {"feedback_id": feedback.id, "reached": "message", "note": "Her assistant: back at four"}
            )  # fmt: skip
            wizard.action_confirm()
            self.assertEqual((feedback.followup, feedback.call_attempts), ("call", 1))
            self.assertIn("Her assistant", mine.with_context(lang="fr_FR").call_log)
            self.assertIn("message laissé", mine.with_context(lang="fr_FR").call_log)
            call = feedback.activity_ids.filtered(
                lambda one: one.activity_type_id == self.env.ref("mail.mail_activity_data_call")
            )
            self.assertEqual(call.user_id, self.manager)
            self.assertTrue(self.promise(feedback, "feedback.callback").is_owed, "an attempt is no call")
            with self.assertRaisesRegex(ValidationError, "Next attempt"):
                mine._record_attempt(START + timedelta(hours=1), next_at=datetime(2026, 10, 5, 8, 30))
            mine._record_callback(
                START + timedelta(hours=1), "Nobody came on the day.", "made", [], "It is mended."
            )
            self.assertFalse(call.exists())
