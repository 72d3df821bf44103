"""Years of contracts of all shapes, day by day: twelve days of six in every run, ``bin/test --years 3`` for sixty over three years."""

import os

from odoo.tests import tagged

from ..cases.three_years import Life


@tagged("post_install", "-at_install")
class TestYears(Life):
    def test_the_invariants_hold_every_evening(self):
        years = float(os.environ.get("CHARTER_YEARS") or 0)
        seed = int(os.environ.get("CHARTER_SEED") or 7)
        contracts, days = (60, round(365.25 * years)) if years else (6, 12)
        found = self.live(seed, contracts, days)
        self.assertFalse(found, "\n".join(found))
        self.assertTrue(self.made, "somebody lived")
