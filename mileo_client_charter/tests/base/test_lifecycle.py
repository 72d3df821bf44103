from datetime import date

from freezegun import freeze_time
from odoo.modules.module import get_manifest
from odoo.tests import tagged

from ...hooks import uninstall_hook
from ..cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestLifecycle(CharterCase):
    """Beside data the database had before. Real installation, update and removal: tests_install/."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(START))
        self.before = self._contract(self.client, self.premium.browse(), start="2019-03-01", end=False)

    def _schedule(self):
        with self.committing():
            self.env["charter.scheduler"]._cron_schedule()

    def test_what_has_no_tier_is_left_alone(self):
        untouched = self.before.read(["write_date", "charter_since", "date_end", "message_ids"])
        self._schedule()
        self.tick()
        self.assertFalse(self.before.obligation_ids | self.client.obligation_ids)
        self.assertEqual(
            self.before.read(["write_date", "charter_since", "date_end", "message_ids"]), untouched
        )
        self.assertFalse(self.client.is_charter_client)
        self.assertFalse(self.before.activity_ids)

    def test_a_tier_owes_nothing_for_the_years_before(self):
        self.before.charter_tier_id = self.premium
        self._schedule()
        self.tick()
        self.assertEqual(self.before.charter_since, date(2026, 10, 5))
        rows = self.before.obligation_ids | self.client.obligation_ids
        self.assertEqual(set(rows.mapped("state")), {"open"})
        self.assertEqual(
            sorted(f"{row.code} {row.occurrence}" for row in rows),
            [
                "charter.copy v1.2",
                "contacts.sheet onboarding",
                "interview.biannual 2026-10-05#1",
                "renewal.decision 2027-03-01#renewal",
                "report.delivery 2026-10",
                "review.annual 2027-03-01#annual",
            ],
        )
        self.assertTrue(all(row.due_at > START for row in rows))

    def test_other_contracts_of_the_client_stay_out(self):
        under = self._contract(self.client, end=False)
        self._schedule()
        self.assertTrue(under.obligation_ids)
        self.assertFalse(self.before.obligation_ids)

    def test_the_way_out_is_declared(self):
        self.assertEqual(get_manifest("mileo_client_charter")["uninstall_hook"], "uninstall_hook")

    def test_activities_on_others_records_go_with_the_addon(self):
        ours = self.before.activity_schedule("mileo_client_charter.activity_promise", user_id=self.manager.id)
        done = self.client.activity_schedule("mileo_client_charter.activity_promise", user_id=self.manager.id)
        done.active = False
        theirs = self.before.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        uninstall_hook(self.env)
        self.assertEqual((ours | done | theirs).exists(), theirs)
