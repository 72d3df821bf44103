"""The cockpit of each role in a real browser, at desktop width; its time is today's."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.tests import tagged

from ...models.base.charter_engine import charter_door
from ..cases.common import BrowserCase, CharterCase


@tagged("post_install", "-at_install")
class TestCockpitTour(CharterCase, BrowserCase):
    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self.company.charter_alert_office_hours = False
        now, today = fields.Datetime.now(), fields.Date.today()
        # What the database had before is nobody's of these tests.
        self.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False
        with charter_door(self.env.cr):
            self.env.cr.execute("UPDATE charter_obligation SET state = 'cancelled', met = 0, missed = 0")
            self.env.cr.execute("DELETE FROM charter_feedback")
        self.env["charter.escalation"].search([])._charter_engine().write({"state": "resolved"})
        self.env.invalidate_all()
        self.contract = self._contract(
            self.client, start=str(today - relativedelta(months=10)), end=str(today + relativedelta(months=2))
        )
        for promise in self.env["charter.obligation"].search([("partner_id", "=", self.client.id)]):
            promise._cancel("not of this test")
        late = self.client._charter_open(
            "feedback.callback", occurrence="late", user_id=self.manager.id, at=now - timedelta(hours=50)
        )
        self.tick()
        self.assertEqual(late.state, "late")
        self.escalate()
        feedback = self.env["charter.feedback"]._charter_engine().create(
            {"channel": "interview", "partner_id": self.client.id, "contact_id": self.alice.id, "state": "sent"}
        )  # fmt: skip
        feedback._answer(rating=4, nps=2)
        self.env["charter.absence"].create(
            {
                "user_id": self.manager.id,
                "stand_in_id": self.technician.id,
                "date_from": today + timedelta(days=10),
                "date_to": today + timedelta(days=12),
            }
        )
        promise = self.contract._charter_open(
            "report.delivery",
            occurrence="2026-01",
            at=now - timedelta(days=1),
            opened_at=now - timedelta(days=30),
        )
        self.env["charter.report"]._draft(promise)
        lone, _one, _two = self._client("Lonely", held=False)
        self._contract(lone, end=False)
        self.env.flush_all()

    def tour(self, role):
        self.start_tour("/odoo/charter-today", f"charter_cockpit_{role}", login=f"t_{role}")

    def test_account_manager(self):
        self.tour("manager")

    def test_technical_contact(self):
        self.start_tour("/odoo/charter-today", "charter_cockpit_technician", login="t_technician")

    def test_operations_manager(self):
        self.tour("operations")

    def test_general_management(self):
        self.tour("direction")

    def test_the_app_opens_on_it(self):
        root = self.env.ref("mileo_client_charter.menu_charter_root")
        first = self.env["ir.ui.menu"].with_user(self.manager).search([("parent_id", "=", root.id)], limit=1)
        self.assertEqual(first.action, self.env.ref("mileo_client_charter.action_charter_cockpit"))

    def test_guided_tour(self):
        tour = self.env.ref("mileo_client_charter.tour_charter_newcomer")
        self.start_tour("/odoo/charter-today", tour.name, login="t_manager")

    def test_the_guided_tour_never_starts_by_itself(self):
        self.manager.tour_enabled = True
        current = self.env["web_tour.tour"].with_user(self.manager).get_current_tour()
        self.assertNotEqual(current and current["name"], "charter_newcomer")
