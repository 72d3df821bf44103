"""The scheduled action of reports: draft what is due, compute the figures, act on the due day."""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate
from psycopg2.errors import ExclusionViolation, UniqueViolation

from ...tools.occurrence import event_key, parse_key
from ..base.charter_batches import Queue, run_batches, run_isolated
from ..base.charter_words import as_stored, stored
from ..ledger.charter_past_due import owed_sql
from .charter_report import UNSENT

_lt = LazyTranslate(__name__)

DRAFT_BATCH = 200
SEND_BATCH = 50
# The fields of an account manager or technical contact that a report prints.
CARD = ("name", "function", "phone", "email")
# A day ends at midnight, which is the due moment: twelve hours before is noon of the due day. The morning is for a
# last look, the afternoon for the mail to leave.
AHEAD = timedelta(hours=12)


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
        """Return the promises of a report whose period is over and that has not been drafted.

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
        """Give the operations manager an activity on the contract, one as long as it is not done."""
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
        """Return a draft for each of these promises; one of the same days that was begun for a promise withdrawn since goes on."""
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
            begun = (
                drafts.search(
                    [
                        ("contract_id", "=", promise.contract_id.id),
                        ("partner_id", "=", promise.partner_id.id),
                        ("state", "in", UNSENT),
                        ("first_day", "<=", last_day),
                        ("last_day", ">=", first_day),
                        ("obligation_id.is_owed", "=", False),
                    ],
                    limit=1,
                )
                if parse_key(promise.occurrence).again > 1
                else drafts
            )
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
        """Return the first and last day a report is about: what its promise covers, as far as the contract went.

        A contract whose term is over while its renewal is held back goes on: what is done meanwhile is reported.
        """
        contract = promise.contract_id
        last_day = contract._charter_local_day(promise.trigger_at) - timedelta(days=1)
        first_day = min(contract._charter_local_day(promise.opened_at), last_day)
        end = contract.date_end if contract.commercial_partner_id == promise.partner_id else None
        if not end or end >= last_day:
            return first_day, last_day
        going_on = [*contract._charter_active_domain(), ("id", "=", contract.id)]
        return first_day, last_day if contract.search_count(going_on) else max(first_day, end)

    # -- what a report says, computed once -------------------------------------------------------------

    def _compute_tables(self):
        """Compute the tables of these reports again, as of now.

        All at once; when one of them cannot be computed, one by one: that one keeps what went wrong on its row, and
        holds up no other.
        """
        if self:
            run_isolated(
                self,
                lambda reports: reports._write_tables(),
                lambda report, why: report._charter_engine().write({"error": why}),
            )

    def _with_corrected(self, own):
        """Return ``own``, and what the version that this one corrects recommended, whatever became of it since."""
        self.ensure_one()
        shown = (self.sudo().previous_id.table or {}).get("recommendations") or []
        if not shown:
            # As it came: it is read with that of the other reports.
            return own
        before = self.env["charter.recommendation"].sudo().browse([row["id"] for row in shown]).exists()
        return before | before.browse([one.id for one in own])

    def _write_tables(self):
        now = self._charter_now()
        engine = self._charter_engine()
        figures = self.env["charter.figures"].sudo()
        cards, advised = self._contact_cards(), self._open_recommendations()
        # Two versions of one contract are two spans: they are computed in turns.
        for turn in self._turns():
            spans = {
                report.contract_id.sudo(): (report.first_day, report.last_day, report.partner_id.id)
                for report in turn
            }
            numbers, details = figures._figures_of(spans), figures._details_of(spans)
            earlier = turn._earlier_figures()
            for report in engine & turn:
                contract_id = report.contract_id.id
                own = advised.get((contract_id, report.partner_id.id), ())
                table = {
                    **report._frozen_table(now),
                    "contacts": cards[report.company_id.id, report.partner_id.id],
                    "recommendations": [one._row() for one in report._with_corrected(own)],
                    "figures": numbers[contract_id],
                    "details": details[contract_id],
                    "trend": earlier.get(report.id, []),
                }
                report.write(
                    {
                        "table": json.loads(json.dumps(table, default=str)),
                        "computed_at": now,
                        "error": False,
                        "late_count": len(table["figures"]["promises"]["late_list"]),
                        "done_count": table["figures"]["interventions"]["done"],
                    }
                )

    def _turns(self):
        """Return these reports in as few groups as possible, each with a contract once."""
        turns = []
        for report in self:
            for turn in turns:
                if report.contract_id not in turn.contract_id:
                    break
            else:
                turn = self.browse()
                turns.append(turn)
            turns[turns.index(turn)] = turn | report
        return turns

    def _frozen_table(self, now):
        """Return what the table of one report says of itself, JSON-able: no language in it but the words people wrote, and
        names."""
        self.ensure_one()
        return {
            "reference": self.reference,
            "version": self.version,
            "correction": self.correction_reason or "",
            "unreviewed": self.unreviewed,
            "client": self.partner_id.name,
            "company": self.company_id.name,
            "contract": self.contract_id.name,
            "tier": self._tier_name(),
            "period": self.period,
            "first_day": str(self.first_day),
            "last_day": str(self.last_day),
            "as_of": str(now),
            "introduction": self.introduction or "",
            "no_recommendation": self.no_recommendation_reason or "",
        }

    def _tier_name(self):
        """Return {language: name}: tiers are translated, and the table is read in the language of each contact."""
        tier = self.contract_id.charter_tier_id
        return {
            code: tier.with_context(lang=code).name or ""
            for code, _name in self.env["res.lang"].get_installed()
        }

    def _contact_cards(self):
        """Return {(company id, client id): who answers the client, as a report freezes it}"""
        found = {}
        for company, reports in self.grouped("company_id").items():
            for client_id, contacts in reports.partner_id._charter_contacts_many(company).items():
                found[company.id, client_id] = [
                    {
                        "role": contact["role"],
                        "usual": contact["usual"],
                        **{name: (contact["card"] or {}).get(name) or "" for name in CARD},
                    }
                    for contact in contacts
                ]
        return found

    # -- the due day of a report -----------------------------------------------------------------------

    @api.model
    def _act_on_due_day(self):
        """Send each report on its due day, or hold it back and warn, as its tier or else its company says; in batches, each once.

        A report that cannot be sent, or whose figures cannot be computed, is warned about whatever the option. One that
        somebody holds back stays so: he has said why.

        :return: whether there is time left
        """
        for domain, act in (
            (self._to_leave_domain(), lambda batch: batch._leave_by_themselves()),
            (self._to_warn_domain(), self._warn_or_say),
        ):
            queue = Queue(self.sudo(), domain, SEND_BATCH)
            if not run_batches(self.env, queue.take, act, queue.left):
                return False
        return True

    @api.model
    def _warn_or_say(self, batch):
        run_isolated(
            batch,
            lambda reports: reports._hold_and_warn(),
            lambda report, why: report._charter_engine().write({"error": why}),
        )

    @api.model
    def _due_day_domain(self):
        """Return the domain of what is owed, due today or before, and neither queued nor warned about already."""
        return Domain(
            [
                ("due_at", "!=", False),
                ("due_at", "<=", self._charter_now() + AHEAD),
                ("obligation_id.is_owed", "=", True),
                ("queued_at", "=", False),
                ("warned_at", "=", False),
            ]
        )

    @api.model
    def _option_domain(self, option):
        """Return reports whose tier says ``option``, or whose company does where the tier says nothing."""
        tier = "contract_id.charter_tier_id.report_unreviewed"
        return Domain(tier, "=", option) | (
            Domain(tier, "=", False) & Domain("company_id.charter_report_unreviewed", "=", option)
        )

    @api.model
    def _to_leave_domain(self):
        ready = Domain("computed_at", "!=", False) & Domain("error", "=", False)
        return (
            self._due_day_domain()
            & Domain("state", "in", ("draft", "reviewed"))
            & self._option_domain("send")
            & ready
        )

    @api.model
    def _to_warn_domain(self):
        """Return the reports held for review, and those sent automatically that could not be sent."""
        stuck = Domain("error", "!=", False)
        return (
            self._due_day_domain()
            & Domain("state", "in", ("draft", "reviewed"))
            & (self._option_domain("hold") | stuck)
        )

    def _leave_by_themselves(self):
        """Send the reviewed ones as they were reviewed; the others with figures of now, and printed as not reviewed."""
        reviewed = self.filtered(lambda report: report.state == "reviewed")
        for reports, unreviewed in ((reviewed, False), (self - reviewed, True)):
            if reports:
                reports._send_or_say(unreviewed)

    def _hold_and_warn(self):
        """Hold a draft with its reason; the operations manager gets an activity, once a report."""
        run_isolated(self, lambda reports: reports._hold(), self._say_not_warned)

    def _say_not_warned(self, report, why):
        report._charter_engine().write({"error": why, "warned_at": self._charter_now()})

    def _hold(self):
        now = self._charter_now()
        for report in self._charter_engine():
            values = {"warned_at": now}
            if report.state == "draft":
                reason = _lt("It was not approved by its due day.")
                values.update(state="held", hold_reason=reason)
            report.write(values)
            report._warn_operations()

    def _warn_operations(self):
        self.ensure_one()
        users = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
        for user in users:
            words = self.with_context(lang=user.lang)
            self.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("Due today and not sent: %s", words),
                note=self.error or words._missing_step(),
            )

    def _missing_step(self):
        """Return whose turn it is, in words."""
        self.ensure_one()
        if self.reviewed_at:
            return self.env._("It is approved, and waits to be sent.")
        if self.written_at:
            name = self.account_manager_id.name or self.env._("the account manager")
            return self.env._("Its recommendations are written; it waits for the review of %s.", name)
        name = self.technical_contact_id.name or self.env._("the technical contact")
        return self.env._(
            "Its recommendations are not written yet: %s writes them, or explains why there is none.", name
        )
