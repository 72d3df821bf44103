"""Reports are drafted the day after their period, from the promises of the ledger, and sent in batches."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate
from psycopg2.errors import ExclusionViolation, UniqueViolation

from ...tools.occurrence import event_key, parse_key
from ..base.charter_batches import Queue, run_batches, run_isolated
from ..base.charter_words import as_stored, stored
from ..ledger.charter_obligation import owed_sql
from .charter_report import UNSENT

_lt = LazyTranslate(__name__)

DRAFT_BATCH = 200
SEND_BATCH = 50


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_report(self):
        """Draft what is owed, compute what has no figures yet, send what was asked to be: each in batches.

        Killed at any point and run again, each promise has exactly one report.
        """
        steps = (self._draft_owed, self._compute_waiting, self._send_queued, self._act_on_due_day)
        all(step() for step in steps)

    @api.model
    def _draft_owed(self):
        """Draft what the ledger owes. :return: whether there is time left"""
        refused = []
        return run_batches(
            self.env,
            lambda: self._owed_without_report(DRAFT_BATCH, refused),
            lambda owed: refused.extend(self._draft_or_say(owed)),
            size=DRAFT_BATCH,
        )

    @api.model
    def _compute_waiting(self):
        """Compute what has no figures yet. :return: whether there is time left"""
        waiting = [("computed_at", "=", False), ("error", "=", False), ("state", "=", "draft")]
        queue = Queue(self.sudo(), waiting, DRAFT_BATCH)
        return run_batches(self.env, queue.take, lambda reports: reports._compute_tables(), queue.left)

    @api.model
    def _queued_domain(self):
        return [("queued_at", "!=", False), ("state", "=", "reviewed")]

    @api.model
    def _send_queued(self):
        """Send what was asked to be. :return: whether there is time left"""
        queue = Queue(self.sudo(), self._queued_domain(), SEND_BATCH)
        return run_batches(self.env, queue.take, lambda reports: reports._send_or_say(), queue.left)

    def _send_or_say(self, unreviewed=False):
        """Send these reports, printed in one run; where that fails, one by one.

        What prevents one is kept on its row; it leaves the queue, and holds up no other.
        """

        def send(reports):
            for report in reports:
                report._check_contacts()
            reports._send(unreviewed)

        run_isolated(self, send, self._say_not_sent)

    def _say_not_sent(self, report, why):
        report._charter_engine().write({"error": why, "queued_at": False})

    @api.model
    def _owed_without_report(self, limit, without=()):
        """Promises of a report whose period is over and that has not been drafted.

        :param without: ids of promises to leave out
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT obligation.id FROM charter_obligation obligation
                 WHERE obligation.code = 'report.delivery' AND obligation.res_model = 'contract.contract'
                   AND obligation.id != ALL(%(without)s) AND %(owed)s
                   AND obligation.trigger_at <= %(now)s
                   AND NOT EXISTS (SELECT 1 FROM charter_report report
                                    WHERE report.obligation_id = obligation.id)
                 ORDER BY obligation.id LIMIT %(limit)s
                """,
                without=list(without),
                owed=owed_sql("obligation"),
                now=fields.Datetime.now(),
                limit=limit,
            )
        )
        return self.env["charter.obligation"].sudo().browse([row for [row] in self.env.cr.fetchall()])

    @api.model
    def _draft_or_say(self, owed):
        """Draft the reports of these promises; where that fails, one by one, and the failing contract is said.

        :return: ids of the promises that have no report after all
        """
        return run_isolated(
            owed, self._draft, self._say_not_drafted, expected=(UniqueViolation, ExclusionViolation)
        ).ids

    @api.model
    def _say_not_drafted(self, promise, why):
        """An activity on the contract for the operations manager, one as long as it is not done."""
        contract, kind = promise.contract_id, self.env.ref("mileo_client_charter.activity_promise")
        users = self.env["charter.assignment"]._company_people(promise.company_id, "operations_manager")
        for user in users:
            summary = _lt("No activity report %s can be drafted", event_key(promise.occurrence))
            known = contract.activity_ids.filtered(
                lambda one, user=user, summary=summary: (
                    (one.user_id, one.activity_type_id, as_stored(one, "summary"))
                    == (user, kind, stored(summary))
                )
            )
            if not known:
                contract.activity_schedule(
                    "mileo_client_charter.activity_promise", user_id=user.id, summary=summary, note=why
                )

    @api.model
    def _draft(self, owed):
        """A draft for each of these promises; one of the same days that was begun for a promise withdrawn since goes on."""
        rows, drafts = [], self._charter_engine().browse()
        for promise in owed:
            first_day, last_day = self._days_of(promise)
            values = {
                "contract_id": promise.contract_id.id,
                "partner_id": promise.partner_id.id,
                "company_id": promise.company_id.id,
                "obligation_id": promise.id,
                "period": parse_key(promise.occurrence).subject,
                "first_day": first_day,
                "last_day": last_day,
            }
            begun = drafts.search(
                [
                    ("contract_id", "=", promise.contract_id.id), ("partner_id", "=", promise.partner_id.id),
                    ("state", "in", UNSENT), ("first_day", "<=", last_day), ("last_day", ">=", first_day),
                    ("obligation_id.is_owed", "=", False),
                ], limit=1,
            ) if parse_key(promise.occurrence).again > 1 else drafts  # fmt: skip
            if begun:
                begun.write(values)
                drafts |= begun
            else:
                rows.append(values)
        reports = drafts | drafts.create(rows)
        reports._compute_tables()
        return reports

    @api.model
    def _days_of(self, promise):
        """First and last day a report is about: what its promise covers, as far as the contract went."""
        contract = promise.contract_id
        last_day = contract._charter_local_day(promise.trigger_at) - timedelta(days=1)
        first_day = min(contract._charter_local_day(promise.opened_at), last_day)
        end = contract.date_end if contract.commercial_partner_id == promise.partner_id else None
        return first_day, max(first_day, min(last_day, end)) if end else last_day
