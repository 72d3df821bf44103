"""The gate: a contract under the charter renews only once its renewal is allowed (article 04).

The scheduled renewal of contract_line_successor passes over the others and says so on their renewal; it never fails
because of them. Every renewal by hand of a blocked contract is refused with the reason and the way out. What had been
decided is judged again in the act. Contracts without a tier are not concerned, and invoicing never is. The ways round
(longer lines, lines beyond the term, copies) are in ``charter_renewal_ways``.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.charter_engine import charter_through

# In the context of the calls that have been let through; no remote call can send it.
THROUGH = object()


class ContractLine(models.Model):
    _inherit = "contract.line"

    @api.model
    def _charter_blocked_sql(self):
        """SQL of the ids of the lines whose renewal the charter does not allow."""
        return SQL(
            """(SELECT blocked.id FROM contract_line blocked
                  JOIN contract_contract contract ON contract.id = blocked.contract_id
                 WHERE contract.charter_tier_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM charter_renewal renewal
                                    WHERE renewal.contract_id = blocked.contract_id
                                      AND renewal.term_end = blocked.date_end AND renewal.allowed))"""
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
        self.env["charter.renewal"]._judge_due(fields.Date.context_today(self))
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
                today=fields.Date.context_today(self),
            ),
        )
        self.env["charter.renewal"].invalidate_model(["held_since"])

    # -- by hand ----------------------------------------------------------------------------------

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
        """The lines of ``self`` that renew: the charter allows it, and their clients still are what was decided.

        A verdict that has changed puts its renewal back, in this transaction: whoever renews is told, and nothing is raised,
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
        # A suspension moves the term; it renews nothing.
        return super(ContractLine, self._charter_let_through()).stop_plan_successor(*args, **kwargs)

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
        """One statement whatever the number of lines. :param ends: [(contract id, end of the term renewed)]"""
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
