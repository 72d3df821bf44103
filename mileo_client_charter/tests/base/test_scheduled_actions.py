"""What every scheduled action of the addon does when there is nothing to do: nothing."""

import contextlib
import re
import sys
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ...models.base.charter_engine import charter_door
from ..cases.common import START, CharterCase
from ..cases.scheduled import BOOKKEEPING, ScheduledMixin
from ..cases.two_companies import DECIDING, TwoCompaniesCase

STATEMENTS = 10
# Tables an action reads that decide nothing it compares: Odoo's own lists, words, and where it notes its runs.
NOT_COMPARED = {
    "charter_settled", "ir_act_server", "ir_cron", "ir_cron_progress", "ir_cron_trigger", "ir_config_parameter", "ir_default", "ir_model", "ir_model_data",
    "ir_model_fields", "ir_module_module", "ir_rule", "ir_sequence", "mail_activity_type", "res_company_users_rel",
    "res_groups", "res_lang",
}  # fmt: skip


class IdleSweep(ScheduledMixin):
    """Run again at the same moment, each scheduled action writes no row, asks for no other run and reads little."""

    def settle(self):
        """What one leaves to another is done before any is looked at, and what can be kept in memory is there."""
        for _round in range(3):
            for cron in self.our_crons():
                self.run_cron(cron)

    def assert_idle(self):
        crons = self.our_crons()
        self.assertGreaterEqual(len(crons), 8, "the sweep finds the addon's scheduled actions by itself")
        self.settle()
        for cron in crons:
            with self.subTest(cron.cron_name):
                asked = self.wakes(cron)
                written, statements = self.written_by(cron)
                self.assertEqual({t: n for t, n in written.items() if t not in BOOKKEEPING}, {})
                self.assertEqual(self.wakes(cron), asked)
                self.assertLessEqual(statements, STATEMENTS)

    def comparing(self):
        """(action, its name, {table: condition}) of those that do nothing while the rows they compare are the same."""
        for cron in self.our_crons():
            model, name = self.env[cron.model_id.model], cron.get_external_id()[cron.id].partition(".")[2]
            if hasattr(model, "_charter_action_reads"):
                yield cron, name, model._charter_action_reads(name)

    def rows_read(self):
        """{table: how often this transaction has read it}, by PostgreSQL's own count."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
        )
        return dict(self.env.cr.fetchall())


@tagged("post_install", "-at_install")
class TestScheduledIdle(IdleSweep, CharterCase):
    def test_an_idle_database(self):
        with self.at():
            self.assert_idle()

    def test_forty_clients_and_an_absence_to_be_told(self):
        """Nobody stands in, some clients cannot be reached: what waits to be told is looked at, and left as it is."""
        contacts = self.env.ref("mileo_client_charter.cron_contacts")
        with self.at():
            for user, first, last in (
                (self.manager, "2026-10-19", "2026-10-23"),
                (self.technician, "2026-10-05", "2026-10-06"),
            ):
                absence = self.env["charter.absence"].create(
                    {"user_id": user.id, "date_from": first, "date_to": last}
                )
                absence.stand_in_id = False
        with self.at(1):
            taken = []
            for numbers in (range(10), range(10, 40)):
                clients = self.env["res.partner"]
                for number in numbers:
                    client, _one, _two = self._client(f"Client{number}", held=False)
                    self._contract(client)
                    clients |= client
                client.child_ids.email = False
                self.env["charter.assignment"].create(
                    [
                        {"role": role, "user_id": user.id, "partner_id": client.id}
                        for client in clients
                        for role, user in (
                            ("account_manager", self.manager),
                            ("technical_contact", self.technician),
                        )
                    ]
                )
                self.settle()
                self.env["charter.settled"].search([]).unlink()
                taken.append(self.run_cron(contacts))
            self.assertEqual(*taken, "it takes no more statements for forty clients than for ten")
            self.assert_idle()
            waiting = self.env["charter.handover"].search([("state", "=", "planned")])
            self.assertGreaterEqual(len(waiting), 80)

    def test_written_again_as_it_is_has_no_consequences(self):
        contacts = self.env.ref("mileo_client_charter.cron_contacts")
        with self.at():
            absence = self.env["charter.absence"].create(
                {"user_id": self.manager.id, "date_from": "2026-10-19", "date_to": "2026-10-23"}
            )
            assignment = self.env["charter.assignment"].search([("partner_id", "=", self.client.id)], limit=1)
            self.env["ir.cron.trigger"].search([]).unlink()
            absence.write({"date_from": "2026-10-19", "stand_in_id": absence.stand_in_id.id})
            assignment.write({"user_id": assignment.user_id.id, "date_to": False})
            for nothing in (absence.browse(), assignment.browse()):
                nothing.write({"date_to": "2026-10-24"})
                nothing.unlink()
            self.assertEqual(self.wakes(contacts), [])
            absence.write({"date_to": "2026-10-24"})
            self.assertIn(START, self.wakes(contacts))

    def test_one_wake_up_a_moment(self):
        contacts, queue = (
            self.env.ref(name)
            for name in ("mileo_client_charter.cron_contacts", "mail.ir_cron_mail_scheduler_action")
        )
        moments = [START + timedelta(hours=hour) for hour in (0, 3, 5, 7, 9, 11, 13)]
        wake = self.env["ir.cron"]._charter_wake
        with self.at():
            for _again in range(26):
                for moment in moments:
                    wake("mail.ir_cron_mail_scheduler_action", moment, goes_on=False)
                    wake("mail.ir_cron_mail_scheduler_action", moment + timedelta(seconds=40), goes_on=False)
            asked = [*moments[:1], START + timedelta(minutes=1)]
            for moment in moments[1:]:
                asked += [moment, moment + timedelta(minutes=1)]
            self.assertEqual(sorted(self.wakes(queue)), asked)
            wake("mileo_client_charter.cron_contacts", moments[3])
            wake("mileo_client_charter.cron_contacts", moments[5])
            self.assertEqual(self.wakes(contacts), [moments[3]], "that run asks for the next one")
            wake("mileo_client_charter.cron_contacts", moments[1])
            self.assertEqual(sorted(self.wakes(contacts)), [moments[1], moments[3]])
        with self.at(4):
            wake("mileo_client_charter.cron_contacts")
            wake("mileo_client_charter.cron_contacts", START)
            self.assertEqual(
                sorted(self.wakes(contacts)), [moments[1], moments[3]], "one that is past is enough"
            )


@tagged("post_install", "-at_install")
class TestScheduledBusy(IdleSweep, TwoCompaniesCase):
    def test_a_busy_database(self):
        with self.at(moment=DECIDING + timedelta(hours=2)):
            self.assert_idle()

    def test_what_an_action_reads_is_what_it_compares(self):
        """By PostgreSQL's own count: an action that begins to read another table, and would not see that it changed, is found."""
        with self.at(moment=DECIDING + timedelta(hours=2)):
            self.settle()
            found = list(self.comparing())
            self.assertGreaterEqual(len(found), 3)
            for cron, name, tables in found:
                with self.subTest(name):
                    self.env["charter.settled"].search([]).unlink()
                    self.env.invalidate_all()
                    self.env.registry.clear_all_caches()
                    before = self.rows_read()
                    self.assertGreater(self.run_cron(cron), STATEMENTS, "the whole is done")
                    read = {
                        table for table, count in self.rows_read().items() if count != before.get(table, 0)
                    }
                    self.assertEqual(read - NOT_COMPARED - tables.keys(), set())

    def digest(self, tables):
        self.env.flush_all()
        [[found]] = self.env.execute_query(SQL("SELECT %s", self.env["charter.settled"]._digest_sql(tables)))
        return found

    def test_a_row_that_changes_is_seen(self):
        """Each table that is compared: a row of it written by plain SQL, as it is, has the action look again; so has an hour."""
        settled = self.env["charter.settled"]
        with self.at(moment=DECIDING + timedelta(hours=2)):
            self.settle()
            for cron, name, tables in self.comparing():
                with self.subTest(name), self.env.cr.savepoint() as savepoint, charter_door(self.env.cr):
                    self.run_cron(cron)
                    digest = self.digest(tables)
                    self.assertEqual(settled.search([("action", "=", name)]).digest, digest)
                    with self.at(moment=DECIDING + timedelta(hours=3)):
                        self.assertNotEqual(self.digest(tables), digest)
                    written = 0
                    for key, condition in tables.items():
                        self.env.cr.execute(
                            SQL(
                                "UPDATE %(table)s AS row SET %(column)s = row.%(column)s WHERE row.ctid = "
                                "(SELECT row.ctid FROM %(table)s AS row WHERE %(condition)s LIMIT 1)",
                                table=SQL.identifier(key.split()[0]), column=self.a_column(key.split()[0]),
                                condition=condition or SQL("true"),
                            )
                        )  # fmt: skip
                        changed = self.env.cr.rowcount
                        before, digest = digest, self.digest(tables)
                        self.assertEqual(before != digest, bool(changed), key)
                        written += changed
                    self.assertGreaterEqual(written, 8)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def a_column(self, table):
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attnum LIMIT 1", [table],
        )  # fmt: skip
        return SQL.identifier(self.env.cr.fetchone()[0])

    def test_what_is_done_is_said_to_be_done(self):
        """As many rows as a batch takes are no sign of more: told so, Odoo runs the action again, and again."""
        sizes = self.batch_sizes()
        self.assertGreaterEqual(len(sizes), 8)
        with self.at(moment=DECIDING + timedelta(hours=2)), contextlib.ExitStack() as small:
            self.settle()
            for module, name in sizes:
                small.enter_context(patch.object(module, name, 1))
            for cron in self.our_crons():
                self.env["charter.settled"].search([]).unlink()
                with self.subTest(cron.cron_name):
                    self.assertIn(self.remaining(cron), (0, None))

    def batch_sizes(self):
        """(module, constant) of every size of a batch, from the sources as they are loaded."""
        return [
            (module, name)
            for key, module in sorted(sys.modules.items())
            if key.startswith("odoo.addons.mileo_client_charter.models.")
            for name in vars(module)
            if re.fullmatch(r"([A-Z]+_)?BATCH", name)
        ]

    def remaining(self, cron):
        """What a run of ``cron`` says last of how much remains; None when it says nothing."""
        said = []

        def commit_progress(_cron, processed=0, *, remaining=None, deactivate=False):
            # Without a word Odoo counts down from what was said before.
            said.append(remaining if remaining is not None else max(0, (said or [0])[-1] - processed))
            return 1000

        code, model = cron.code, self.env[cron.model_id.model].with_user(cron.user_id)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", commit_progress):
            safe_eval(code, {"model": model}, mode="exec")
        return said[-1] if said else None

    def test_a_day_has_as_many_runs_as_moments(self):
        """From one midnight to the next, with what people do in between: each action runs when something is due."""
        start = datetime(2027, 1, 11, 0, 0, 30)
        end = start + timedelta(days=1)
        crons = self.our_crons()
        with self.at(moment=start - timedelta(hours=1)):
            self.settle()
            self.env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)]).unlink()
            crons.write({"nextcall": start})
            self.settle()
        done = {}

        def at(hour, step):
            moment = start + timedelta(hours=hour)

            def act():
                done[moment] = step.__name__
                for side in self.sides:
                    step(side)

            return moment, act

        def intervene(side):
            intervention = self._as(side, "manager")["charter.intervention"].create(
                {"name": "Recorder", "partner_id": side.client.id, "contract_id": side.rows["contract"].id,
                 "contact_ids": side.contacts[0].ids}
            )  # fmt: skip
            intervention.action_close()

        def complain(side):
            contact = self.env(user=side.portal)["res.partner"].browse(side.contacts[0].id)
            self.env(user=side.portal)["charter.escalation"]._from_portal(contact, "Again", "We wait again.")

        def leave(side):
            self._as(side, "operations")["charter.absence"].create(
                {"user_id": side.staff["technician"].id, "date_from": "2027-01-12", "date_to": "2027-01-13"}
            )

        runs = self.live(start, end, crons, [at(9, intervene), at(10.5, complain), at(14, leave)])
        self.assertEqual(len(done), 3)
        interval = {"minutes": 60, "hours": 3600, "days": 86400, "months": 30 * 86400}
        for cron, moments in runs.items():
            with self.subTest(cron.cron_name):
                regular = 86400 // (cron.interval_number * interval[cron.interval_type])
                self.assertGreaterEqual(len(moments), regular)
                self.assertLessEqual(len(moments), regular + len(self.moments_due(cron, start, end, done)))
        clock = runs[self.env.ref("mileo_client_charter.cron_clock")]
        found = self.env["charter.obligation"].search(
            [("breached_at", ">=", start), ("breached_at", "<", end)]
        )
        self.assertTrue(found, "something falls due on that day")
        for promise in found:
            self.assertIn(promise.breached_at, clock)
            self.assertLessEqual(promise.breached_at - promise.due_at, timedelta(minutes=1))

    def moments_due(self, cron, start, end, done):
        """The minutes of the day at which something is due for ``cron``, read from what it works on."""
        name = cron.get_external_id()[cron.id].partition(".")[2]
        read = {
            "cron_clock": [("charter.obligation", "warn_at"), ("charter.obligation", "due_at")],
            "cron_feedback": [("charter.feedback", "planned_at")],
            "cron_contacts": [("charter.handover", "told_at"), ("charter.handover", "tell_at")],
        }
        moments = set(done)
        for model, field in read.get(name, ()):
            rows = self.env[model].sudo().search([(field, ">=", start), (field, "<", end)])
            moments.update(moment.replace(second=0) for moment in rows.mapped(field))
        return moments
