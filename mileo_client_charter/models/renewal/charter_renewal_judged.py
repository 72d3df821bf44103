"""Judge a renewal again: when the contract renews, and on the day the lines renew automatically (article 04)."""

from datetime import timedelta

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..base.charter_format import day_text
from ..feedback.charter_nps import Standing
from .charter_renewal import UNDECIDED

_lt = LazyTranslate(__name__)

KEPT = (
    "verdict", "nps", "nps_answers", "nps_promoters", "nps_detractors", "nps_threshold", "complaint_count", "complaints",
)  # fmt: skip


class CharterRenewal(models.Model):
    _inherit = "charter.renewal"

    # -- what was decided before ------------------------------------------------------------------

    def _decision_as_data(self):
        """Return the decision as it is frozen now, as plain values (moments as text, naive UTC; the user as its id)."""
        self.ensure_one()
        return {
            **{name: self[name] for name in KEPT},
            "decided_at": fields.Datetime.to_string(self.decided_at),
            "decided_by_id": self.decided_by_id.id,
        }

    def _decision_in_words(self, decision):
        labels = dict(self._fields["verdict"]._description_selection(self.env))
        user = self.env["res.users"].sudo().browse(decision["decided_by_id"] or [])
        return self.env._(
            "%(day)s: %(verdict)s, %(nps)s, unresolved complaints: %(complaints)s (%(user)s)",
            day=day_text(self.env, self.company_id._charter_day_at(decision["decided_at"])),
            verdict=labels[decision["verdict"]],
            nps=self._nps_in_words(decision["nps_answers"] and decision["nps"], decision["nps_answers"]),
            complaints=decision["complaint_count"],
            user=user.name or self.env._("the charter itself"),
        )

    # -- the judgement ----------------------------------------------------------------------------

    @api.model
    def _judged(self, which):
        """Return {renewal: Standing of its client now} of those that are allowed by their verdict; one statement for any number.

        :param which: SQL condition on ``r``, charter_renewal
        """
        figures = self.env["charter.nps"]
        figures._flush()
        for model in ("charter.renewal", "contract.line"):
            self.env[model].flush_model()
        allowed = SQL(
            "renewal.state = 'passed' AND renewal.allowed AND renewal.overridden IS NOT TRUE AND %s", which
        )
        asked = SQL(
            "(SELECT DISTINCT renewal.company_id, renewal.partner_id FROM charter_renewal renewal WHERE %s)",
            allowed,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT renewal.id, %(names)s FROM charter_renewal renewal JOIN %(standing_table)s standing ON standing.partner_id = renewal.partner_id "
                "AND standing.company_id = renewal.company_id WHERE %(allowed)s",
                names=SQL(", ").join(SQL.identifier("standing", name) for name in Standing._fields),
                standing_table=figures._standing_table(asked, fields.Datetime.now()),
                allowed=allowed,
            )
        )
        engine = self._charter_engine()
        return {engine.browse(number): Standing(*row) for number, *row in rows}

    @api.model
    def _judge_due(self):
        """Judge again what the scheduled renewal is about to renew; what no longer passes is put back.

        :return: charter.renewal, those put back
        """
        return self._put_back(
            self._judged(
                SQL(
                    """EXISTS (SELECT 1 FROM contract_line line
                                WHERE line.contract_id = renewal.contract_id AND line.date_end = renewal.term_end AND line.is_auto_renew
                                  AND line.is_canceled IS NOT TRUE AND line.termination_notice_date <= %s)""",
                    self.env["res.company"]._charter_today_sql(SQL("renewal.company_id")),
                )
            )
        )

    def _judge_again(self):
        """Judge these renewals as ``_judge_due`` does."""
        return self._put_back(self._judged(SQL("renewal.id = ANY(%s)", self.ids))) if self else self

    def action_judge_again(self):
        """Compare what was decided with how the client stands today; a verdict that has changed puts the renewal back.

        :raise UserError: it is not waiting to renew, or was decided by general management despite the verdict
        """
        engine = self._locked("passed")
        if any(engine.mapped("overridden")):
            raise UserError(
                self.env._("General management has granted an exception: there is nothing to judge again.")
            )
        self._judge_again()

    @api.model
    def _put_back(self, standings):
        """Return those whose verdict has changed are to be decided again: remediation or interview, and people are informed.

        What was decided stays on record as what was known then. :return: charter.renewal, those put back
        """
        changed = {one: standing for one, standing in standings.items() if standing.verdict != "pass"}
        renewals = self.env["charter.renewal"]._charter_engine().concat(*changed)
        if renewals:
            renewals.write({"put_back_at": self._charter_now()})
            renewals._record_verdicts(changed, self.env, by_charter=True)
        for renewal in renewals.filtered(lambda r: r.verdict == "unknown"):
            renewal._open_interview()
        for renewal in renewals:
            renewal.with_env(self.env)._notify_put_back()
        return renewals

    def _notify_put_back(self):
        """Inform the account manager and general management that a contract does not renew as decided: one message each,
        and an activity for the account manager.
        """
        self.ensure_one()
        assignments = self.env["charter.assignment"].sudo()
        key = (self.company_id.id, "account_manager", self.partner_id.id)
        manager = self.env["res.users"].sudo().browse(assignments._holders({key}).get(key) or [])
        manager = self.company_id.sudo()._charter_stood_in().get(manager.id, manager)
        manager = manager or assignments._company_people(self.company_id, "operations_manager")
        for user in manager | assignments._company_people(self.company_id, "general_management"):
            mine = self.with_context(lang=user.lang, mail_notify_force_send=False).sudo()
            words = mine.env._(
                "%(renewal)s was decided as satisfied and is not: it does not renew as it stands.",
                renewal=mine.display_name,
            )
            mine.message_notify(
                partner_ids=user.partner_id.ids,
                subject=mine.env._("Renewal put back: %s", mine.display_name),
                body=Markup("<p>%s</p><p>%s</p><p>%s</p>")
                % (words, mine.evidence, mine.earlier_in_words or ""),
            )
        for user in manager:
            mine = self.with_context(lang=user.lang, mail_activity_quick_update=True).sudo()
            mine.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                date_deadline=self.company_id._charter_today(),
                summary=_lt("Renewal put back: %s", mine),
                note=escape(mine.evidence or ""),
                charter_key=f"{self._name},{self.id}",
            )

    # -- nobody clicked ---------------------------------------------------------------------------

    @api.model
    def _decide_by_charter(self, contracts):
        """Decide by the charter where nobody has by the day the lines renew by themselves, and the client is satisfied
        that day: its contract never lapses because nobody clicked.

        :return: the renewals it decided on
        """
        today = {company: company._charter_today() for company in contracts.company_id}
        running_on = contracts.filtered("charter_year_end")
        due = running_on | contracts.filtered(
            lambda c: (
                c.charter_auto_renew
                and c.charter_notice_date
                and c.charter_notice_date <= today[c.company_id]
            )
        )
        if not due:
            return self.browse()
        waiting = self._charter_engine().search([("contract_id", "in", due.ids), ("state", "in", UNDECIDED)])
        waiting = waiting.filtered(
            lambda r: (
                r.term_end == r.contract_id.charter_term_end
                and (r.contract_id not in running_on or r._year_is_decided_by(today[r.company_id]))
            )
        )
        # A plan that was carried through is measured, as it would be by whoever clicks.
        waiting.remediation_ids._measure_by_charter()
        waiting = waiting.filtered(lambda r: r.state != "remediation")
        standings = waiting._standing() if waiting else {}
        passing = waiting.filtered(lambda r: standings[r].verdict == "pass")
        if passing:
            passing._record_verdicts(standings, self.env, by_charter=True)
        return passing

    # -- contracts without end date --------------------------------------------------------------------

    def _year_is_decided_by(self, today):
        """Return whether ``today`` is the last day to decide on the year of a contract without end date, or past it."""
        self.ensure_one()
        last = (
            self.contract_id._charter_local_day(self.decide_by - timedelta(seconds=1))
            if self.decide_by
            else self.term_end
        )
        return today >= last

    @api.model
    def _pass_years(self, contracts):
        """Renew the contracts without end date whose year is over, where it is allowed, and still is when judged again.

        The others go on, for nothing ends them, but not by the charter: it is on record, and their renewal is still owed.
        """
        over = contracts.filtered(
            lambda c: (
                c.charter_year_end
                and c.charter_term_end
                and c.charter_term_end < c.company_id._charter_today()
            )
        )
        if not over:
            return
        renewals = self._charter_engine().search(
            [("contract_id", "in", over.ids), ("state", "in", ("passed", *UNDECIDED))]
        )
        renewals = renewals.filtered(
            lambda r: (
                r.term_end == r.contract_id.charter_term_end
                and r.partner_id == r.contract_id.commercial_partner_id
            )
        )
        renewals.filtered(lambda r: r.state == "passed")._judge_again()
        passed = renewals.filtered(lambda r: r.state == "passed" and r.allowed)
        passed.write({"state": "renewed", "renewed_at": self._charter_now()})
        for renewal in passed:
            renewal.contract_id._charter_keep_year(False)
        for renewal in (renewals - passed).filtered(lambda r: not r.held_since):
            renewal.held_since = self._charter_now()
            staff = renewal._charter_for_staff()
            words = staff.env._(
                "The contract year ended on %(day)s and its renewal is not allowed yet: the contract has no "
                "end date and goes on without having been renewed (charter, article 04). Decide the renewal, or give its lines an end date.",
                day=day_text(staff.env, renewal.term_end),
            )
            renewal.message_post(body=words)
            renewal.contract_id.sudo().message_post(body=words)

    # -- no way round the gate -------------------------------------------------------------------------

    def _judgements(self):
        """Return {renewal: Standing of its client now} of those of ``self`` that are allowed by their verdict."""
        return self._judged(SQL("renewal.id = ANY(%s)", self.ids))
