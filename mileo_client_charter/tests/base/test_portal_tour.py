"""A client on its phone: who to call, what is late, its report, its interventions, and an escalation."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..cases.common import BrowserCase
from ..cases.reports import ReportCase


@tagged("post_install", "-at_install")
class TestPortalTour(ReportCase, BrowserCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_client_on_a_phone(self):
        self.env["ir.default"].set("res.partner", "lang", "en_US")
        self._portal(self.alice, "t_alice")
        self.sent()
        now = fields.Datetime.now()
        work = self.env["charter.intervention"].create(
            {"name": "Camera 4", "partner_id": self.client.id, "contract_id": self.contract.id,
             "reported_at": now - timedelta(minutes=30), "priority": "3"}
        )  # fmt: skip
        self.env["charter.intervention"].create(
            {"name": "Yearly check", "partner_id": self.client.id, "kind": "preventive"}
        )
        self.assertTrue(self.promise(work, "intervention.resolution"))
        ours = [("partner_id", "=", self.client.id)]
        self.env["charter.obligation"].search(
            [*ours, ("is_owed", "=", True), ("res_model", "!=", work._name)]
        )._cancel("Not this story's.")
        self.promise(work, "intervention.response")._charter_engine().due_at = now - timedelta(hours=1)
        self.start_tour("/my/charter", "charter_client_on_a_phone", login="t_alice")
        escalation = self.env["charter.escalation"].search(ours)
        self.assertEqual((escalation.name, escalation.door), ("The camera is dark again", "portal"))
        self.assertEqual(self.promise(escalation, "escalation.level1").state, "open")
