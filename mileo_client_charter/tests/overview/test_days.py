"""Days of the roles in a browser, in French, with the clicks of each task counted."""

import json
import logging

from odoo.tests import tagged

from ..cases.common import BrowserCase, CharterCase

# Clicks of each task: as counted by hand before, and what they may cost now. None more, a third less in all.
BEFORE = {"call back": 5, "outcome": 2, "escalation": 3, "direct report": 6}
NOW = {"attempt": 3, "call back": 3, "outcome": 1, "escalation": 2, "direct report": 3}


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

    def setUp(self):
        super().setUp()
        self.company.charter_alert_office_hours = False
        self.alice.phone = "+33 6 00 00 00 01"
        for user in (self.manager, self.operations):
            user.lang = "fr_FR"
        self._contract(self.client)
        self.client._charter_survey_contacts().lang = "fr_FR"

    def day(self, name, login):
        heard = Heard()
        # What the browser says is information, which a run of all tests does not listen to.
        logger = logging.getLogger(__name__)
        logger.setLevel(logging.INFO)
        logger.addHandler(heard)
        try:
            self.start_tour("/odoo/charter-today", name, login=login)
        finally:
            logger.removeHandler(heard)
            logger.setLevel(logging.NOTSET)
        return heard.clicks

    def test_an_account_manager_and_an_operations_manager(self):
        self.negative()
        self.env.flush_all()
        clicks = self.day("charter_day_claire", "t_manager")
        self.escalate()
        self.env.flush_all()
        clicks |= self.day("charter_day_olivier", "t_operations")
        self.assertEqual(clicks, NOW)
        for task, before in BEFORE.items():
            self.assertLessEqual(clicks[task], before, task)
        self.assertLessEqual(sum(clicks[task] for task in BEFORE), sum(BEFORE.values()) * 2 / 3)
