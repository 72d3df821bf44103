"""Scheduled actions as Odoo's scheduler runs them, and what a run leaves behind in the database."""

from collections import Counter
from datetime import timedelta

from odoo.addons.base.models.ir_cron import IrCron
from odoo.tools.safe_eval import safe_eval

from ...models.base.charter_addons import charter_addons
from .written import rows_written

# What Odoo keeps about the runs themselves.
BOOKKEEPING = {"ir_cron", "ir_cron_progress"}


class ScheduledMixin:
    """For test cases with a clock in their hands (``CharterCase``)."""

    def our_crons(self):
        """Every scheduled action of the addon and of the addons around it, read from the registry."""
        known = (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", "ir.cron"), ("module", "in", list(charter_addons(self.env.registry)))])
        )
        return self.env["ir.cron"].sudo().browse(known.mapped("res_id")).sorted("id")

    def rows_written(self):
        """{table: rows inserted, changed and deleted} since this transaction began, by PostgreSQL's own count."""
        self.env.flush_all()
        return Counter(rows_written(self.env.cr))

    def run_cron(self, cron):
        """One run of ``cron`` as the scheduler starts it; its batches are committed into the test's own transaction.

        :return: how many statements the action takes, without those of Odoo around it
        """
        cron._clear_schedule({"id": cron.id})
        code, model = cron.code, self.env[cron.model_id.model].with_user(cron.user_id)
        self.env.flush_all()
        counted = self.env.cr.sql_log_count
        with self.committing():
            safe_eval(code, {"model": model}, mode="exec")
            self.env.flush_all()
        return self.env.cr.sql_log_count - counted

    def written_by(self, cron):
        """(rows a run of ``cron`` writes by table, statements it takes)."""
        before = self.rows_written()
        statements = self.run_cron(cron)
        after = self.rows_written()
        return {
            table: after[table] - before[table] for table in after if after[table] != before[table]
        }, statements

    def wakes(self, cron):
        """The moments ``cron`` is asked to run at, apart from its own interval."""
        return self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)]).mapped("call_at")

    def live(self, start, end, crons, happens=()):
        """Let time pass from ``start`` to ``end`` and run ``crons`` whenever Odoo's scheduler would: at their next call and
        at each trigger, to the minute.

        :param happens: [(moment, function)] of what people do meanwhile
        :return: {cron: [moments it ran at]}
        """
        runs = {cron: [] for cron in crons}
        events = sorted(happens, key=lambda event: event[0])
        moment = start
        while moment < end:
            with self.at(moment=moment):
                while events and events[0][0] <= moment:
                    events.pop(0)[1]()
                self.env.flush_all()
                due = [job for job in IrCron._get_all_ready_jobs(self.env.cr) if job["id"] in crons.ids]
                for job in due:
                    cron = crons.browse(job["id"])
                    self.run_cron(cron)
                    cron._reschedule_later(job)
                    cron.invalidate_recordset()
                    runs[cron].append(moment)
            self.env.cr.execute(
                "SELECT least((SELECT min(nextcall) FROM ir_cron WHERE id = ANY(%(ids)s)), "
                "(SELECT min(call_at) FROM ir_cron_trigger WHERE cron_id = ANY(%(ids)s)))",
                {"ids": crons.ids},
            )
            [ahead] = self.env.cr.fetchone()
            ahead = min([ahead, *(event[0] for event in events[:1])])
            # The scheduler looks once a minute.
            moment = max(moment + timedelta(minutes=1), ahead)
        return runs
