"""What reminds somebody of a commitment goes with it, however it was announced and however it ended."""

from odoo.tests import tagged

from ..cases.common import CharterCase


@tagged("post_install", "-at_install")
class TestReminded(CharterCase):
    def test_the_task_ends_with_its_commitment(self):
        """Announced to a new owner, reminded of, or overdue; met, cancelled, or annulled by an administrator."""
        ways = {
            "announced": lambda row: row._charter_announce(),
            "reminded of": lambda row: row._charter_engine().write({"alert": "warning"}),
            "overdue": lambda row: row._charter_engine().write({"alert": "breach"}),
        }
        ends = {
            "met": lambda row: row._fulfil("It was done."),
            "cancelled": lambda row: row._cancel("No longer."),
            "annulled": lambda row: row.with_user(self.admin).action_cancel("Never to have been promised."),
        }
        for said, announce in ways.items():
            for how, end in ends.items():
                with self.subTest(said, end=how), self.at():
                    row = self.client._charter_open("charter.copy", occurrence=f"{said} {how}")
                    announce(row)
                    self.env.flush_all()
                    tasks = self.client.activity_ids._charter_about(row)
                    self.assertTrue(tasks)
                    end(row)
                    self.env.flush_all()
                    self.assertFalse(tasks.exists())
