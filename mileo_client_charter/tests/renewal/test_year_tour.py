"""An interview, an annual review and a blocked renewal remedied, in a real browser; its time is today's."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.tests import tagged

from ..cases.common import BrowserCase
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestYearTour(YearCase, BrowserCase):
    def setUp(self):
        super().setUp()
        self.company.create_new_line_at_contract_line_renew = False
        today = fields.Date.today()
        end = today + relativedelta(months=2)
        self.contract = self._contract(
            self.client,
            contract_line_ids=[(0, 0, self.line(str(end - relativedelta(years=1, days=-1)), str(end)))],
        )
        self.env["charter.scheduler"]._schedule(self.contract)
        self.renewal = self.contract.charter_renewal_ids

    def meeting(self, kind):
        """A meeting that took place an hour ago."""
        review = self.env["charter.review"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", kind)]
        )
        review = review or self.env["charter.review"].create({"contract_id": self.contract.id, "kind": kind})
        review.start_at = fields.Datetime.now() + timedelta(hours=1)
        review.with_user(self.manager).action_plan()
        review.start_at = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        return review

    def tour(self, name, record, login):
        self.start_tour(f"/odoo/{record._name}/{record.id}", name, login=login)
        record.invalidate_recordset()

    def test_interview(self):
        review = self.meeting("interview")
        self.tour("charter_year_interview", review, "t_manager")
        self.assertEqual((review.state, review.answer_ids.feedback_id.nps), ("minutes", 9))
        self.assertIn("A good year so far", self.mails_to(self.alice)[-1].body_html)

    def test_annual_review(self):
        review = self.meeting("annual")
        self.tour("charter_year_annual_review", review, "t_manager")
        self.assertEqual((review.state, review.outlook), ("minutes", "Talked about outlook"))

    def test_blocked_renewal_remedied(self):
        self.say(self.alice, 2, days_ago=3)
        self.renewal.action_decide()
        remediation = self.renewal.remediation_ids
        self.say(self.alice, 10)
        self.tour("charter_year_remedied", remediation, "t_operations")
        self.assertEqual(remediation.state, "succeeded")
        self.tour("charter_year_decided", self.renewal, "t_manager")
        self.assertTrue(self.renewal.allowed)
        end = self.contract.charter_term_end
        self.contract.contract_line_ids.renew()
        self.assertGreater(self.contract.charter_term_end, end)
