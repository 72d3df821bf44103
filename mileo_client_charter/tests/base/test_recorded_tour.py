"""What a client said is corrected in a real browser."""

from odoo.tests import tagged

from ..cases.common import BrowserCase, CharterCase


@tagged("post_install", "-at_install")
class TestRecordedTour(CharterCase, BrowserCase):
    def test_correct_a_complaint(self):
        escalation = self.escalate()
        self.env.flush_all()
        self.start_tour(
            f"/odoo/charter.escalation/{escalation.id}", "charter_correction", login="t_operations"
        )
        escalation.invalidate_recordset()
        self.assertEqual(escalation.description, "Two calls without an answer")
        self.assertEqual(escalation.correction_ids.reason, "Heard wrongly")
