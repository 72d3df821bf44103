"""The clock killed between any two statements, and two clocks at once, on committed data."""

import threading

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.charter_engine import charter_door
from ..cases.killed import KilledCase

PREFIX = "t_killed"


@tagged("post_install", "-at_install")
class TestClockKilled(KilledCase):
    job = ("charter.obligation", "_cron_clock")

    def setUp(self):
        super().setUp()
        # Committed data is this test's to remove, whatever happens.
        self.addCleanup(self._clean)
        self._clean()
        with self.session() as env:
            self._people(env)

    def _people(self, env):
        group = env.ref("mileo_client_charter.group_charter_user")
        user = env["res.users"].create(
            {
                "name": PREFIX,
                "login": PREFIX,
                "email": f"{PREFIX}@mileo.example.com",
                "group_ids": [(4, group.id)],
            }
        )
        client = env["res.partner"].create({"name": PREFIX, "is_company": True})
        env["charter.assignment"].create(
            {"role": "account_manager", "partner_id": client.id, "user_id": user.id}
        )
        env["charter.feedback"].create(
            [{"partner_id": client.id, "comment": f"Problem {number}"} for number in range(2)]
        )
        self.rows = env["charter.obligation"].search([("partner_id", "=", client.id)], order="id").ids
        self.feedback = env["charter.feedback"].search([("partner_id", "=", client.id)]).ids

    def _rewind(self):
        """Nobody has been told anything yet: one promise is past its due time, one is due for its reminder."""
        with self.registry.cursor() as cr, charter_door(cr):
            self._forget_messages(cr, self.rows, [])
            cr.execute(
                "DELETE FROM mail_activity WHERE res_model = 'charter.feedback' AND res_id = ANY(%s)",
                [self.feedback],
            )
            cr.execute(
                "UPDATE charter_obligation SET state = 'open', warned_at = NULL, breached_at = NULL, alert = NULL, missed = 0, "
                "warn_at = now() AT TIME ZONE 'UTC' - interval '1 hour', due_at = CASE WHEN id = %s "
                "THEN timestamp '2099-01-01' ELSE now() AT TIME ZONE 'UTC' - interval '1 hour' END WHERE id = ANY(%s)",
                [self.rows[1], self.rows],
            )

    def _forget_messages(self, cr, rows, feedback):
        for model, ids in (("charter.obligation", rows), ("charter.feedback", feedback)):
            cr.execute(
                "DELETE FROM mail_mail WHERE mail_message_id IN "
                "(SELECT id FROM mail_message WHERE model = %s AND res_id = ANY(%s))",
                [model, ids],
            )
            for table, column in (("mail_message", "model"), ("mail_followers", "res_model")):
                cr.execute(f"DELETE FROM {table} WHERE {column} = %s AND res_id = ANY(%s)", [model, ids])

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM res_partner WHERE name = %s", [PREFIX])
            partners = [row[0] for row in cr.fetchall()]
            if not partners:
                return
            cr.execute("SELECT id FROM charter_obligation WHERE partner_id = ANY(%s)", [partners])
            rows = [row[0] for row in cr.fetchall()]
            cr.execute("SELECT id FROM charter_feedback WHERE partner_id = ANY(%s)", [partners])
            feedback = [row[0] for row in cr.fetchall()]
            self._forget_messages(cr, rows, feedback)
            cr.execute(
                "DELETE FROM mail_activity WHERE res_model = 'charter.feedback' AND res_id = ANY(%s)",
                [feedback],
            )
            with charter_door(cr):
                cr.execute("DELETE FROM charter_obligation WHERE id = ANY(%s)", [rows])
                cr.execute("DELETE FROM charter_feedback WHERE id = ANY(%s)", [feedback])
            cr.execute("DELETE FROM charter_assignment WHERE partner_id = ANY(%s)", [partners])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.users"].with_context(active_test=False).search([("login", "=", PREFIX)]).unlink()
            env["res.partner"].with_context(active_test=False).search([("name", "=", PREFIX)]).unlink()

    # -- what came of it --------------------------------------------------------------------------

    def _effects(self):
        """What people see: the rows, and how many mails and activities each has."""
        with self.session() as env:
            rows = env["charter.obligation"].search([("partner_id.name", "=", PREFIX)], order="id")
            effects = []
            for row in rows:
                mails = env["mail.mail"].search([("model", "=", row._name), ("res_id", "=", row.id)])
                activities = env["mail.activity"].search(
                    [("res_model", "=", row.res_model), ("res_id", "=", row.res_id)]
                )
                effects.append(
                    (row.state, row.alert, row.alert_error, bool(row.warned_at), sorted(mails.mapped("subject")),
                     sorted(activities.mapped("summary")))
                )  # fmt: skip
            return effects

    def test_killed_between_any_two_statements(self):
        self._rewind()
        total = self._run()
        expected = self._effects()
        self.assertEqual([row[0] for row in expected], ["late", "open"])
        self.assertEqual([row[1] for row in expected], ["breach", "warning"])
        for state, _alert, error, _warned, mails, activities in expected:
            self.assertFalse(error)
            self.assertEqual(len(mails), 1)
            self.assertGreaterEqual(len(activities), 2 if state == "late" else 1)
        self.assertGreater(total, 30)
        for moment in range(1, total + 1):
            with self.subTest(moment):
                self._rewind()
                self._run(die_at=moment)
                self._run()
                self.assertEqual(self._effects(), expected)
                if moment % 10 == 0:
                    self._run()
                    self.assertEqual(self._effects(), expected, "a further turn repeats nothing")

    def test_two_workers_at_once(self):
        self._rewind()
        self._run()
        expected = self._effects()
        for attempt in range(5):
            with self.subTest(attempt):
                self._rewind()
                barrier = threading.Barrier(2)
                failures = []

                def work(barrier=barrier, failures=failures):
                    barrier.wait()
                    try:
                        self._run()
                    except Exception as error:
                        failures.append(error)

                workers = [threading.Thread(target=work) for _number in range(2)]
                # The one that comes second may find a row that changed since it began: PostgreSQL refuses that
                # (serialization failure), Odoo logs it, and it is this race that is tried here.
                with mute_logger("odoo.sql_db"):
                    for worker in workers:
                        worker.start()
                    for worker in workers:
                        worker.join()
                # One that lost a race is run again by the scheduler; what it did not do is still due.
                self._run()
                self.assertEqual(self._effects(), expected, failures)
