"""Deadline monitoring: two statements mark what fell due, whatever the size of the register; then it wakes at the next due
moment.
"""

import logging
from datetime import timedelta

import psycopg2
from odoo import api, models
from odoo.tools import SQL

from ...tools.past_due import is_past_due
from ..base.charter_batches import end_batch, run_isolated
from ..base.charter_engine import charter_through
from .charter_past_due import over_domain, over_sql

_logger = logging.getLogger(__name__)


class CharterObligation(models.Model):
    _inherit = "charter.obligation"

    @api.model
    def _wake_clock(self, moment):
        """Have the clock run at ``moment`` (naive UTC), not only at its next regular turn."""
        self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_clock", moment)

    @api.model
    def _detect(self, now):
        """Mark what fell due by ``now``: two statements whatever the size of the ledger.

        :return: (number of reminders due, number of promises just found late)
        """
        self.env["charter.obligation"].flush_model()
        warned = charter_through(
            self.env.cr,
            SQL(
                """
                UPDATE charter_obligation SET warned_at = %(now)s
                 WHERE id IN (SELECT id FROM charter_obligation
                               WHERE state = 'open' AND warned_at IS NULL AND warn_at <= %(now)s
                                 FOR UPDATE SKIP LOCKED)
                """,
                now=now,
            ),
        )
        late = charter_through(
            self.env.cr,
            SQL(
                """
                UPDATE charter_obligation SET state = 'late', breached_at = %(now)s, missed = 1
                 WHERE id IN (SELECT id FROM charter_obligation
                               WHERE state = 'open' AND %(over)s
                                 FOR UPDATE SKIP LOCKED)
                """,
                now=now,
                over=over_sql("charter_obligation", now),
            ),
        )
        if warned or late:
            self.invalidate_model(["state", "warned_at", "breached_at", "missed"])
        return warned, late

    @api.model
    def _detect_alone(self, now):
        """Call ``_detect`` row by row; one that refuses is in the log, and holds up no other."""
        due = self.sudo().search(
            [
                ("state", "=", "open"),
                "|",
                *over_domain(now),
                "&",
                ("warned_at", "=", False),
                ("warn_at", "<=", now),
            ],
            order="id",
        )
        counts = [0, 0]

        def mark(rows):
            for row in rows._charter_engine():
                if not row.warned_at and row.warn_at and row.warn_at <= now:
                    row.warned_at = now
                    counts[0] += 1
                if is_past_due(row.due_at, now):
                    row.write({"state": "late", "breached_at": now, "missed": 1})
                    counts[1] += 1
                self.env.flush_all()

        for row in due:
            run_isolated(row, mark, self._say_not_detected)
        return tuple(counts)

    @api.model
    def _say_not_detected(self, row, why):
        _logger.error("Promise %s fell due and cannot be marked: %s", row.id, why)

    @api.model
    def _next_moment(self, now):
        """Return the next moment something falls due, read from the two partial indexes, if nobody will wake up for it.

        :return: naive UTC, or None when nothing is open or the clock is set for that moment already
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("mileo_client_charter.cron_clock")
        self.env.cr.execute(
            SQL(
                """
            SELECT moment FROM (SELECT LEAST(
                       (SELECT min(due_at) FROM charter_obligation WHERE state = 'open'),
                       (SELECT min(warn_at) FROM charter_obligation WHERE state = 'open' AND warned_at IS NULL)
                   ) AS moment) AS next
             WHERE NOT EXISTS (SELECT 1 FROM ir_cron_trigger
                                WHERE cron_id = %(cron_id)s AND call_at > %(now)s AND call_at >= moment
                                  AND call_at <= moment + interval '1 minute')
            """,
                cron_id=cron_id,
                now=now,
            ),
        )
        row = self.env.cr.fetchone()
        return row and row[0]

    @api.model
    def _cron_clock(self):
        """Run one turn of the clock: detect, notify, and wake up at the next due moment.

        Detection and notification are separate transactions. A row's message is due as long as its ``alert``
        lags behind its facts, and ``alert`` is written in the transaction that makes the messages: killed
        anywhere and run again, or run twice at once, nothing is lost and nothing is said twice.
        """
        now = self._charter_now()
        try:
            warned, late = self._detect(now)
        except psycopg2.OperationalError:
            raise
        except psycopg2.Error:
            # One row refuses what all are written by: nothing else is in this transaction yet.
            self.env.cr.rollback()
            warned, late = self._detect_alone(now)
        if warned or late:
            end_batch(self.env, warned + late)
        self._raise_due_alerts()
        moment = self._next_moment(now)
        if moment:
            # A due moment in the past means a row is being worked on elsewhere; look again shortly.
            self._wake_clock(max(moment + timedelta(seconds=1), now + timedelta(seconds=1)))
