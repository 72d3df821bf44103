"""What every long job is made of: batches, each a transaction, in which one row's trouble holds up no other."""

from unittest.mock import patch

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2 import OperationalError

from ...models.base import charter_batches, charter_lock


@tagged("post_install", "-at_install")
class TestBatches(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.env["res.partner"].create([{"name": f"Row {number}"} for number in range(7)])
        cls.domain = [("id", "in", cls.rows.ids), ("ref", "=", False)]

    def setUp(self):
        super().setUp()
        self.said, self.left, self.seconds = {}, [], 1000
        self.patch(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda _cron, done, remaining: self.progress(remaining),
        )

    def progress(self, remaining):
        self.left.append(remaining)
        return self.seconds

    def say(self, row, why):
        self.said[row] = why

    def act(self, poison=None, error=None):
        def act(rows):
            rows.write({"ref": "done"})
            if poison and poison in rows:
                raise error

        return act

    # -- what fails alone -------------------------------------------------------------------------

    def test_one_fails_alone(self):
        for error in (UserError("Not today"), ValueError("Not a date"), KeyError("street")):
            with self.subTest(type(error)), self.env.cr.savepoint() as savepoint:
                bad = self.rows[3]
                failed = charter_batches.run_isolated(self.rows, self.act(bad, error), self.say)
                self.assertEqual(failed, bad)
                self.assertEqual(self.said.pop(bad), str(error))
                self.assertEqual((self.rows - bad).mapped("ref"), ["done"] * 6)
                self.assertFalse(bad.ref, "of what failed nothing stays")
                self.assertFalse(self.said)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_nobody_s_failure(self):
        """What the transaction is played again for is not written on a row."""
        for error in (ConcurrencyError("waited"), OperationalError("connection lost")):
            with self.subTest(type(error)), self.assertRaises(type(error)), self.env.cr.savepoint():
                charter_batches.run_isolated(self.rows, self.act(self.rows[0], error), self.say)
        self.assertFalse(self.said)

    def test_expected(self):
        act = self.act(self.rows[0], ValueError("another worker"))
        self.assertEqual(
            charter_batches.run_isolated(self.rows, act, self.say, expected=ValueError), self.rows[0]
        )
        self.assertFalse(self.said)

    def test_a_list(self):
        """What is no record is isolated as well."""
        done = []

        def act(numbers):
            if 2 in numbers:
                raise ValueError("two")
            done.extend(numbers)

        self.assertEqual(charter_batches.run_isolated([1, 2, 3], act, self.say, env=self.env), [2])
        self.assertEqual((done, self.said), ([1, 3], {2: "two"}))

    # -- batches ----------------------------------------------------------------------------------

    def test_each_once_however_it_ends(self):
        """A row that stays in the queue, done or failed, is not taken a second time by the same run."""
        taken = []
        queue = charter_batches.Queue(self.env["res.partner"], self.domain, 2)

        def act(rows):
            taken.extend(rows)
            if len(rows) > 1:
                raise ValueError("together")

        self.assertTrue(queue.run(act, self.say))
        self.assertEqual([row for row in taken if taken.count(row) > 2], [])
        self.assertEqual(set(taken), set(self.rows))
        self.assertEqual(self.left, [5, 3, 1, 0], "what is left is shown")

    def test_the_time_is_over(self):
        self.seconds = 0
        queue = charter_batches.Queue(self.env["res.partner"], self.domain, 3)
        self.assertFalse(queue.run(self.act(), self.say))
        self.assertEqual(self.rows.mapped("ref"), ["done"] * 3 + [False] * 4)
        self.assertEqual(self.left, [4])

    def test_what_another_worker_has_is_left_to_it(self):
        """The rest goes on, whole batches of another worker's rows or not."""
        busy = self.rows[:2] | self.rows[3]

        def lock_free(rows, _domain):
            return rows - busy

        queue = charter_batches.Queue(self.env["res.partner"], self.domain, 2)
        with patch.object(charter_batches, "lock_free", lock_free):
            self.assertTrue(queue.run(self.act(), self.say))
        self.assertEqual(self.rows.filtered("ref"), self.rows - busy)

    def test_looked_at_again_once_locked(self):
        self.rows[0].ref = "done meanwhile"
        self.assertEqual(charter_lock.lock_free(self.rows, self.domain), self.rows[1:])

    def test_one_by_one(self):
        bad = self.rows[0]
        with mute_logger("odoo.addons.mileo_client_charter.models.base.charter_batches"):
            done = charter_batches.one_by_one(self.rows, self.act(bad, ValueError("Row 0")), self.say)
        self.assertTrue(done)
        self.assertEqual(self.left, [6, 5, 4, 3, 2, 1, 0])
        self.assertEqual((self.said, self.rows.filtered("ref")), ({bad: "Row 0"}, self.rows[1:]))
