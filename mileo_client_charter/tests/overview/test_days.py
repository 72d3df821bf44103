"""Days of the roles in a browser, in French, as their guides tell them, with the clicks of each task counted."""

import json
import logging
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..cases.common import BrowserCase, CharterCase

# Clicks of each task: as counted by hand before (none: nobody had counted), and what it may cost now.
# None more than before, a third less in all. The table of docs/comparison.md is this one: tests/test_guides.py holds it.
BEFORE = {"call back": 5, "outcome": 2, "escalation": 3, "direct report": 6, "report": 13, "absence": 4}
NOW = {
    "attempt": 3,
    "call back": 3,
    "outcome": 1,
    "direct report": 3,
    "report": 4,
    "absence": 4,
    "escalation": 3,
    "accepted by phone": 2,
    "new intervention": 5,
    "respond, pause, resume": 5,
    "close": 2,
    "recommendation": 6,
}


class Heard(logging.Handler):
    def __init__(self):
        super().__init__()
        self.clicks = {}

    def emit(self, record):
        words = record.getMessage()
        if "clicks: " in words:
            self.clicks.update(json.JSONDecoder().raw_decode(words.split("clicks: ", 1)[1])[0])


@tagged("post_install", "-at_install")
class TestDays(CharterCase, BrowserCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.company.charter_alert_office_hours = False
        cls.alice.phone = "+33 6 00 00 00 01"
        cls.deputy = cls._staff("t_deputy", "group_charter_user")
        cls.company.charter_stand_in_rule = "deputy"
        cls.manager.charter_deputy_id = cls.deputy
        cls.staff = cls.manager | cls.technician | cls.operations | cls.direction | cls.admin | cls.deputy
        for user in cls.staff:
            user.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        # What the database had before is nobody's of these days.
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False
        cls.contract = cls._contract(cls.client)
        (cls.client | cls.client._charter_survey_contacts()).lang = "fr_FR"
        now = fields.Datetime.now()
        promise = cls.contract._charter_open(
            "report.delivery", occurrence="2026-01", at=now - timedelta(days=1), opened_at=now - timedelta(days=30)
        )  # fmt: skip
        cls.report = cls.env["charter.report"]._draft(promise)

    def day(self, name, user, address="/odoo/charter-today"):
        self.env.flush_all()
        heard = Heard()
        # What the browser says is information, which a run of all tests does not listen to.
        logger = logging.getLogger(__name__)
        logger.setLevel(logging.INFO)
        logger.addHandler(heard)
        try:
            self.start_tour(address, f"charter_{name}", login=user.login)
        finally:
            logger.removeHandler(heard)
            logger.setLevel(logging.NOTSET)
        self.env.invalidate_all()
        return heard.clicks

    def test_each_role_s_day(self):
        feedback = self.negative()
        clicks = self.day("day_thomas", self.technician)
        work = self.env["charter.intervention"].search([("name", "=", "La caméra du quai est noire")])
        self.assertEqual((work.state, len(work.pause_ids), work.contract_id), ("closed", 1, self.contract))
        self.assertIn("remplacée", work.work_done)
        self.assertEqual(self.report.written_by_id, self.technician)
        clicks |= self.day("day_claire", self.manager)
        self.assertTrue(feedback.called_at and feedback.outcome_at)
        self.assertEqual((self.report.state, self.report.sent_by_id), ("sent", self.manager))
        escalation = self.escalate()
        clicks |= self.day("day_olivier", self.operations)
        self.assertEqual(escalation.state, "resolved")
        clicks.pop("search")
        self.assertEqual(clicks, NOW)
        for task, before in BEFORE.items():
            self.assertLessEqual(clicks[task], before, task)
        self.assertLessEqual(sum(clicks[task] for task in BEFORE), sum(BEFORE.values()) * 2 / 3)

    def test_an_advisory_from_the_file_to_the_clients(self):
        devices = self.env["charter.equipment"].create(
            [
                {
                    "name": name, "partner_id": self.client.id, "contract_id": self.contract.id, "maker": "Acme", "model": "DOME-100",
                    "firmware": firmware, "supervised_from": False,
                }
                for name, firmware in (("Dôme 1", "V1.4"), ("Dôme 2", False), ("Dôme 3", "V2.0"))
            ]
        )  # fmt: skip
        self.day("day_vigilance", self.technician)
        advisory = self.env["charter.advisory"].search([("identifier", "=", "ACME-2026-1")])
        answers = {one.equipment_id: (one.answer, one.state) for one in advisory.concern_ids}
        self.assertEqual(
            [answers[one] for one in devices],
            [("affected", "open"), ("not_affected", "clear"), ("not_affected", "clear")],
        )
        notice = advisory.notice_ids
        self.assertEqual((notice.state, notice.line_ids.equipment_ids), ("open", devices[0]))
        mail = self.mails_to(self.alice)[-1:]
        self.assertIn("prendre la main", mail.body_html)
        self.assertNotIn("Somebody on the network", mail.body_html)

    def test_on_a_telephone(self):
        self.browser_size, self.touch_enabled = "390x844", True
        self.negative()
        self.escalate()
        self.env["charter.intervention"].create(
            {"name": "Portail bloqué", "partner_id": self.client.id, "user_id": self.technician.id}
        )
        self.day("phone_claire", self.manager)
        self.day("phone_thomas", self.technician, "/odoo/charter-intervention")
        self.day("phone_olivier", self.operations, "/odoo/charter-escalation")
        [work] = self.env["charter.intervention"].search([("name", "=", "Portail bloqué")])
        self.assertTrue(work.responded_at)
        self.assertEqual(
            self.env["charter.escalation"].search([("partner_id", "=", self.client.id)]).state, "answered"
        )
