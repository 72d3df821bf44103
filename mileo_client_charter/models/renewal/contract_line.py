"""Let a contract line renew only once the renewal of its contract is allowed (article 04).

The scheduled renewal of contract_line_successor passes over the others and says so on their renewal; it never fails
because of them. Every renewal manually of a blocked contract is refused with the reason and the way out. What had been
decided is judged again in the act. Contracts without a tier are not concerned, and invoicing never is. The ways round
are below: what makes a contract run on past its term without being called a renewal. A line that is made longer, a line
that begins within the term and runs past it, a line of a copy: each is refused with the reason and the way out while the
renewal waits, and is otherwise judged, and put on record, as the renewal it is.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.charter_engine import charter_through
from ..base.charter_format import day_text
from .charter_renewal import UNDECIDED

# In the context of the calls that have been let through; no remote call can send it.
THROUGH = object()
# A line's end may be corrected freely so many days after the line was entered, as long as no renewal has been opened.
CORRECTION_DAYS = 30


class ContractLine(models.Model):
    _inherit = "contract.line"

    @api.model
    def _charter_blocked_sql(self):
        """Return SQL of the ids of the lines whose renewal the charter does not allow.

        Core asks for the day of the scheduler, which is UTC: nothing renews before it is that day for its company.
        """
        return SQL(
            """(SELECT blocked.id FROM contract_line blocked
                  JOIN contract_contract contract ON contract.id = blocked.contract_id
                 WHERE contract.charter_tier_id IS NOT NULL
                   AND (blocked.termination_notice_date > %s
                        OR NOT EXISTS (SELECT 1 FROM charter_renewal renewal
                                        WHERE renewal.contract_id = blocked.contract_id
                                          AND renewal.term_end = blocked.date_end AND renewal.allowed)))""",
            self.env["res.company"]._charter_today_sql(SQL("contract.company_id")),
        )

    def _charter_let_through(self):
        return self.with_context(charter_through=THROUGH)

    def _charter_is_through(self):
        return self.env.context.get("charter_through") is THROUGH

    # -- the scheduled renewal --------------------------------------------------------------------

    @api.model
    def _contract_line_to_renew_domain(self):
        for model in ("contract.line", "contract.contract", "charter.renewal"):
            self.env[model].flush_model()
        return [*super()._contract_line_to_renew_domain(), ("id", "not in", self._charter_blocked_sql())]

    @api.model
    def cron_renew_contract_line(self):
        # Judged in the same transaction; the domain is the gate of the lines it finds: they need not be looked up again.
        self.env["charter.renewal"]._judge_due()
        result = super(ContractLine, self._charter_let_through()).cron_renew_contract_line()
        self._charter_hold_back()
        return result

    @api.model
    def _charter_hold_back(self):
        """Say on their renewals which contracts were passed over, and since when."""
        self.env["charter.renewal"].flush_model()
        charter_through(
            self.env.cr,
            SQL(
                """
                UPDATE charter_renewal renewal SET held_since = %(now)s
                  FROM contract_line line
                 WHERE renewal.contract_id = line.contract_id AND renewal.term_end = line.date_end
                   AND renewal.allowed IS NOT TRUE AND renewal.held_since IS NULL AND renewal.state != 'closed'
                   AND line.is_auto_renew AND line.active AND line.is_canceled IS NOT TRUE
                   AND line.termination_notice_date <= %(today)s
                """,
                now=fields.Datetime.now(),
                today=self.env["res.company"]._charter_today_sql(SQL("renewal.company_id")),
            ),
        )
        self.env["charter.renewal"].invalidate_model(["held_since"])

    # -- renewals made manually ------------------------------------------------------------------------

    def renew(self):
        lines = self if self._charter_is_through() else self._charter_judged()
        ends = [(line.contract_id.id, line.date_end) for line in lines]
        result = super(ContractLine, lines._charter_let_through()).renew()
        self._charter_mark_renewed(ends)
        return result

    def plan_successor(self, *args, **kwargs):
        lines = self if self._charter_is_through() else self._charter_judged()
        return super(ContractLine, lines._charter_let_through()).plan_successor(*args, **kwargs)

    def _charter_judged(self):
        """Return the lines of ``self`` that renew: the charter allows it, and their clients still are what was decided.

        A verdict that has changed puts its renewal back, in this transaction: whoever renews is informed, and nothing is raised,
        which would undo it.

        :raise UserError: one of the lines is held back by the charter; says why and what to do
        """
        contracts = self.contract_id.filtered("charter_tier_id")
        if not contracts:
            return self
        renewals = self._charter_check_renewable(self)
        back = {(renewal.contract_id.id, renewal.term_end) for renewal in renewals._judge_again()}
        lines = self.filtered(lambda line: (line.contract_id.id, line.date_end) not in back)
        if back:
            names = ", ".join((self - lines).contract_id.mapped("display_name"))
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "danger",
                    "sticky": True,
                    "title": self.env._("Not renewed"),
                    "message": self.env._(
                        "%s: the client is no longer satisfied as was decided (charter, article 04). Its renewal is put back; "
                        "see Client Charter ‣ Reviews and renewals ‣ Renewals.",
                        names,
                    ),
                },
            )
        return lines

    def stop_plan_successor(self, *args, **kwargs):
        # A suspension renews nothing, and may move a term that waits for no decision.
        result = super(ContractLine, self._charter_let_through()).stop_plan_successor(*args, **kwargs)
        (self | result)._charter_check_beyond_term()
        return result

    @api.model
    def _charter_check_renewable(self, lines):
        """:return: charter.renewal, those that allow the ``lines`` to renew
        :raise UserError: one of the lines is held back by the charter; says why and what to do
        """
        contracts = lines.contract_id.filtered("charter_tier_id")
        found = self.env["charter.renewal"].sudo().search([("contract_id", "in", contracts.ids)])
        renewals = {(renewal.contract_id.id, renewal.term_end): renewal for renewal in found}
        allowing = found.browse()
        for line in lines.filtered(lambda line: line.contract_id in contracts):
            renewal = renewals.get((line.contract_id.id, line.date_end))
            if not (renewal and renewal.allowed):
                self._charter_refuse_renewal(line.contract_id, renewal)
            allowing |= renewal
        return allowing

    @api.model
    def _charter_refuse_renewal(self, contract, renewal):
        state = renewal.state if renewal else "none"
        ways = {
            "none": self.env._(
                "its renewal opens with the annual review, before the end of the term. Wait for it, or open it now with "
                "the button of the contract's tab “Client charter”"
            ),
            "open": self.env._(
                "its renewal is not decided. Decide it in Client Charter ‣ Reviews and renewals ‣ Renewals"
            ),
            "interview": self.env._("the client has not answered. Hold the interview, then decide again"),
            "remediation": self.env._(
                "the client is not satisfied. Carry the remediation through, then decide again"
            ),
            "passed": self.env._(
                "the client is no longer satisfied as was decided. Press “Judge again” on its renewal, then do what it asks for"
            ),
        }
        raise UserError(
            self.env._(
                "%(contract)s is not renewed: the charter (article 04) renews only what satisfies both sides, and "
                "%(way)s. General management can renew it with a written reason.",
                contract=contract.display_name,
                way=ways.get(state, ways["none"]),
            )
        )

    @api.model
    def _charter_mark_renewed(self, ends):
        """Mark the lines in one statement whatever their number. :param ends: [(contract id, end of the term renewed)]"""
        if not ends:
            return
        self.env["charter.renewal"].flush_model()
        charter_through(
            self.env.cr,
            SQL(
                """
                UPDATE charter_renewal renewal SET renewed_at = %(now)s, state = 'renewed'
                  FROM unnest(%(contracts)s::int[], %(days)s::date[]) AS done (contract_id, day)
                 WHERE renewal.contract_id = done.contract_id AND renewal.term_end = done.day AND renewal.allowed
                """,
                now=fields.Datetime.now(),
                contracts=[contract for contract, _day in ends],
                days=[day for _contract, day in ends],
            ),
        )
        self.env["charter.renewal"].invalidate_model(["renewed_at", "state"])

    # -- no way round the gate -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self._charter_is_through():
            lines._charter_check_beyond_term()
        return lines

    def write(self, vals):
        checked = not self._charter_is_through()
        if checked and "date_end" in vals:
            self._charter_check_longer(fields.Date.to_date(vals["date_end"]))
        result = super().write(vals)
        if checked and vals.keys() & {"date_start", "contract_id", "is_canceled", "display_type"}:
            self._charter_check_beyond_term()
        return result

    def _charter_check_beyond_term(self):
        """:raise UserError: a line runs past the end of a term whose renewal waits; says why and what to do"""
        gated = self.contract_id._charter_gated()
        waiting = self._charter_renewals_of(gated, UNDECIDED)
        for line in self:
            for renewal in waiting.get(line.contract_id.id, ()):
                runs_past = not line.date_end or line.date_end > renewal.term_end
                if renewal.contract_id._charter_runs_on(without=self):
                    continue  # It has no end date: no line makes it any longer.
                if line.date_start and runs_past and not (line.is_canceled or line.display_type):
                    raise UserError(
                        self.env._(
                            "%(line)s would run past %(day)s, the end of the term of %(contract)s, whose renewal waits for its "
                            "decision (charter, article 04). End the line on that day, or decide the renewal first. Decide it "
                            "in Client Charter ‣ Reviews and renewals ‣ Renewals.",
                            line=line.name,
                            day=day_text(self.env, renewal.term_end),
                            contract=renewal.contract_id.display_name,
                        )
                    )

    @api.model
    def _charter_renewals_of(self, gated, states):
        """Return {contract id: its renewals in ``states``, and those of what it was copied from}."""
        sources = (
            self.env["contract.contract"].union(*gated.values()) if gated else self.env["contract.contract"]
        )
        found = (
            self.env["charter.renewal"]
            .sudo()
            .search([("contract_id", "in", sources.ids), ("state", "in", states)], order="term_end")
            if gated
            else self.env["charter.renewal"]
        )
        return {
            contract.id: found.filtered(lambda one, those=those: one.contract_id in those)
            for contract, those in gated.items()
        }

    def _charter_check_longer(self, end):
        """Let a longer line through as a correction, or as the renewal it is where the client is satisfied today.

        :param end: the new end, None for none
        :raise UserError: it would renew what the charter does not; says why and what to do
        """
        longer = self.filtered(
            lambda line: (
                line.date_end
                and (not end or end > line.date_end)
                and not (line.is_canceled or line.display_type)
            )
        )
        gated = longer.contract_id._charter_gated()
        if not gated:
            return
        every = self._charter_renewals_of(gated, (*UNDECIDED, "passed", "closed"))
        renewed = {}
        corrected = []
        for line in longer.filtered(lambda line: line.contract_id in gated):
            contract = line.contract_id
            if contract._charter_runs_on():
                continue  # It has no end date: no line makes it any longer.
            term = contract.charter_term_end or contract.date_end
            passed_over = every[contract.id].filtered(
                lambda one, line=line: one.term_end >= line.date_end and (not end or one.term_end < end)
            )
            if contract._charter_is_new():
                # Entered wrong, or from the contract of another client; what it is a copy of for the same client stays.
                passed_over = passed_over.filtered(
                    lambda one, contract=contract: one.contract_id != contract or one.state not in UNDECIDED
                )
            for renewal in passed_over.filtered(lambda one: one.state in UNDECIDED):
                self._charter_refuse_renewal(contract, renewal)
            allowed = passed_over.filtered("allowed")
            if allowed:
                changed = [
                    one for one, standing in allowed._judgements().items() if standing.verdict != "pass"
                ]
                if changed:
                    self._charter_refuse_renewal(contract, changed[0])
                renewed[contract, allowed[-1:].term_end] = line
            elif not passed_over and term and end and end <= term:
                continue
            elif not passed_over and line._charter_is_new():
                corrected.append((contract, line))
            else:
                day = max(line.date_end, term) if term and (not end or term < end) else line.date_end
                renewed[contract, day] = line
        for (contract, day), line in renewed.items():
            contract._charter_record_extension(day, line, end)
        for contract, line in corrected:
            contract._charter_record_correction(line, end)

    def _charter_is_new(self):
        """Return whether the line was entered so lately that its dates may be corrected."""
        self.ensure_one()
        return self.create_date > fields.Datetime.now() - timedelta(days=CORRECTION_DAYS)
