"""Three years of contracts of all shapes, day by day; the whole of it by ``bin/test --years 3``."""

import os

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.three_years import Life

# What found a fault once is lived again: (seed, contracts, days).
FOUND = []


@tagged("post_install", "-at_install")
class TestYears(Life):
    @mute_logger("odoo.addons.mileo_client_charter.models.ledger.charter_obligation_alert")
    def test_a_season(self):
        """A short life in every run of the tests."""
        self.assertEqual(self.live(seed=7, contracts=12, days=40, happenings=6), [])

    def test_what_was_found_once(self):
        for seed, contracts, days in FOUND:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self.assertEqual(self.live(seed, contracts, days), [])
                savepoint.rollback()

    def test_years(self):
        """As long as CHARTER_YEARS says; nothing without it."""
        years = float(os.environ.get("CHARTER_YEARS") or 0)
        seed = int(os.environ.get("CHARTER_SEED") or 1)
        self.assertEqual(self.live(seed, 60, round(365.25 * years)), [])
