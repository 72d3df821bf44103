"""A report written, reviewed, sent, read and answered, each step in a real browser by who takes it."""

from odoo.tests import tagged

from ..cases.common import BrowserCase
from ..cases.reports import ReportCase


@tagged("post_install", "-at_install")
class TestReportTour(ReportCase, BrowserCase):
    def tour(self, url, name, login):
        self.start_tour(url, name, login=login)
        self.env.invalidate_all()

    def test_from_draft_to_the_clients_answer(self):
        self._portal(self.alice, "t_alice")
        report = self.drafted()
        form = f"/odoo/charter.report/{report.id}"
        self.tour(form, "charter_report_written", "t_technician")
        self.assertEqual((report.written_by_id, report.recommendation_ids.state), (self.technician, "draft"))
        self.tour(form, "charter_report_sent", "t_manager")
        self.assertEqual((report.state, report.sent_by_id), ("sent", self.manager))
        deliveries = self.deliveries(report)
        self.assertEqual(deliveries.contact_id, self.alice + self.adam)
        self.tour("/my/charter/reports", "charter_report_read", "t_alice")
        advice = report.recommendation_ids
        self.assertEqual(
            (advice.state, advice.comment, advice.answered_by_id),
            ("accepted", "Please send a quote.", self.alice),
        )
        self.assertTrue(deliveries.filtered(lambda one: one.contact_id == self.alice).opened_at)
