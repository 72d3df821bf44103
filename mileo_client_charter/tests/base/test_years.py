"""Years of contracts of all shapes, day by day: six days of five in every run, ``bin/test --years 3`` for sixty over three years."""

import os
from functools import partial

from odoo.tests import tagged

from ..cases.three_years import WITH_GEAR, Life

# Seeds whose lives of sixty contracts found something, as short lives: (seed, contracts, days, what happens a day).
FOUND = [(1, 3, 3, 12), (2, 3, 3, 12)]


@tagged("post_install", "-at_install")
class TestYears(Life):
    def test_the_invariants_hold_every_evening(self):
        years = float(os.environ.get("CHARTER_YEARS") or 0)
        seed = int(os.environ.get("CHARTER_SEED") or 7)
        contracts = int(os.environ.get("CHARTER_CONTRACTS") or 60)
        contracts, days = (contracts, round(365.25 * years)) if years else (5, 6)
        # Each line as it comes: three years are long, and their log is read while they go on.
        say = partial(print, flush=True) if years else None  # pylint: disable=print-used
        found = self.live(seed, contracts, days, say=say, what=WITH_GEAR)
        self.assertFalse(found, "\n".join(found))
        self.assertTrue(self.made, "somebody lived")

    def test_seeds_that_found_something(self):
        """Each fault has a test of its own beside its rule (“Found by bin/test --years”); these are the lives they came from."""
        for seed, contracts, days, happenings in FOUND:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                found = self.live(seed, contracts, days, happenings=happenings)
                self.assertFalse(found, "\n".join(found))
                savepoint.rollback()
                self.env.invalidate_all()
