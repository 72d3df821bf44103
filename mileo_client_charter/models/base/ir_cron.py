"""When a scheduled action of ours runs next: one trigger a moment, hidden until what set it is committed."""

from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

# The scheduler may take a trigger as near as this before the transaction that counts on it is over.
AT_HAND = timedelta(minutes=5)


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _charter_wake(self, action, moment=None, goes_on=True):
        """Have the scheduled action ``action`` run at ``moment``; one trigger a moment, however often it is asked for.

        A trigger set already is enough when its run will see what this transaction writes: one of the same minute, or any
        before where the action asks for its own next run.

        :param action: external id
        :param moment: naive UTC, now by default; what is past is now
        :param goes_on: the action reads from its data when it has to run next, and asks for it at the end of each run
        """
        cron = self.sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(action, raise_if_not_found=True))
        now = fields.Datetime.now()
        moment = max(moment or now, now)
        if moment > now and not goes_on:
            # All of one minute together, at its end: nobody would ask for the others.
            moment = (moment + timedelta(seconds=59)).replace(second=0, microsecond=0)
        last = moment.replace(second=59, microsecond=0) if moment > now else now
        self.env["ir.cron.trigger"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id, call_at FROM ir_cron_trigger WHERE cron_id = %(cron)s AND call_at <= %(last)s "
                "AND (%(earlier)s OR call_at >= %(moment)s) ORDER BY call_at DESC LIMIT 1",
                cron=cron.id,
                last=last,
                # What is to run now is as well served by a run that was due before.
                earlier=goes_on or moment == now,
                moment=moment,
            )
        )
        known = self.env.cr.fetchone()
        if known and (known[1] > now + AT_HAND or self._charter_hold_trigger(known[0])):
            if moment == now:
                self.env.cr.postcommit.add(cron._notifydb)
            return
        cron._trigger(at=moment)

    @api.model
    def _charter_hold_trigger(self, trigger_id):
        """Keep the scheduler from taking a trigger until this transaction is over, so that its run sees what is written here.

        :return: False when a run has taken it already: that one may have read before us
        """
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL("SELECT 1 FROM ir_cron_trigger WHERE id = %s FOR KEY SHARE SKIP LOCKED", trigger_id),
                    log_exceptions=False,
                )
                return bool(self.env.cr.rowcount)
        except psycopg2.errors.SerializationFailure:
            # It was there when this transaction began, and its run is over.
            return False
