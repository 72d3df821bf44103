"""When a contract's term ends, and what is wrong with its dates (article 04)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import periods
from ...tools.clock import NoWorkingTime


class ContractContract(models.Model):
    _inherit = "contract.contract"

    charter_term_end = fields.Date(
        "End of the term",
        compute="_compute_charter_term",
        store=True,
        index=True,
        help="Last day of the current term: the earliest end of the lines that renew, else the end of the contract.",
    )
    charter_auto_renew = fields.Boolean("Renews tacitly", compute="_compute_charter_term", store=True)
    charter_notice_date = fields.Date(
        "Renews by itself from",
        compute="_compute_charter_term",
        store=True,
        help="Day the lines that end the term renew unless the charter holds them back.",
    )
    charter_defect = fields.Char(
        "To mend",
        compute="_compute_charter_defect",
        search="_search_charter_defect",
        groups="mileo_client_charter.group_charter_user",
    )

    @api.depends(
        *(f"contract_line_ids.{name}" for name in (
            "date_end", "is_canceled", "is_auto_renew", "successor_contract_line_id", "display_type",
            "termination_notice_date",
        )),
    )  # fmt: skip
    def _compute_charter_term(self):
        """The current term, not the first: a line that was renewed by a successor no longer counts."""
        for contract in self:
            lines = contract.contract_line_ids.filtered(
                lambda line: not (line.is_canceled or line.display_type or line.successor_contract_line_id)
            )
            renewing = lines.filtered(lambda line: line.is_auto_renew and line.date_end)
            ends = lines.mapped("date_end")
            if renewing:
                end = min(renewing.mapped("date_end"))
            else:
                end = max(ends) if ends and all(ends) else False
            notices = [
                day for line in renewing if line.date_end == end and (day := line.termination_notice_date)
            ]
            contract.charter_term_end = end
            contract.charter_auto_renew = bool(renewing)
            contract.charter_notice_date = min(notices, default=False)

    @api.depends("charter_term_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled")
    @api.depends_context("lang")
    def _compute_charter_anniversary(self):
        for contract in self:
            today = (contract.company_id or self.env.company).sudo()._charter_today()
            first = contract._charter_first_day()
            if contract.charter_term_end:
                contract.charter_anniversary = contract.charter_term_end + timedelta(days=1)
                contract.charter_anniversary_source = contract._charter_term_in_words()
            elif first:
                contract.charter_anniversary = periods.anniversary_after(first, today)
                contract.charter_anniversary_source = self.env._(
                    "from the start of the contract; it has no end date"
                )
            else:
                contract.charter_anniversary = False
                contract.charter_anniversary_source = self.env._(
                    "cannot be derived: no line of the contract has a start date"
                )

    def _charter_term_in_words(self):
        self.ensure_one()
        ends = sorted(set(self._charter_renewing_lines().mapped("date_end")))
        if len(ends) < 2:
            return self.env._("from the end of the current term")
        return self.env._(
            "from the earliest of the lines that renew; they end on different dates: %s",
            ", ".join(format_date(self.env, day) for day in ends),
        )

    def _charter_renewing_lines(self):
        """The lines of the current terms that renew tacitly."""
        return self.contract_line_ids.filtered(
            lambda line: (
                line.is_auto_renew
                and line.date_end
                and not (line.is_canceled or line.display_type or line.successor_contract_line_id)
            )
        )

    @api.model
    def _charter_active_domain(self):
        """Contracts under the charter that have not ended, by their company's own day. One whose renewal is held back has not."""
        running = Domain("date_end", "=", False) | self.env["res.company"]._charter_day_domain(
            "date_end", ">="
        )
        return [
            ("charter_tier_id", "!=", False),
            ("contract_type", "=", "sale"),
            *(running | Domain("charter_auto_renew", "=", True)),
        ]

    # -- defects ----------------------------------------------------------------------------------

    @api.depends("charter_tier_id", "charter_anniversary", "charter_notice_date", "charter_term_end")
    @api.depends_context("lang")
    def _compute_charter_defect(self):
        """What is wrong with the dates of a contract, with the action that mends it; empty when nothing is."""
        under = self.filtered("charter_tier_id")
        (self - under).charter_defect = False
        reviews = under._charter_review_days()
        for contract in under:
            review = reviews.get(contract)
            if not contract.charter_anniversary:
                contract.charter_defect = self.env._(
                    "No anniversary: add a line with a start date to the contract, then its reviews are planned."
                )
            elif review and contract.charter_notice_date and contract.charter_notice_date <= review:
                contract.charter_defect = self.env._(
                    "No time to decide: the lines renew by themselves on %(notice)s, and the annual review is due by "
                    "%(review)s. Shorten the termination notice of the lines.",
                    notice=format_date(self.env, contract.charter_notice_date),
                    review=format_date(self.env, review),
                )
            else:
                contract.charter_defect = False

    def _charter_review_days(self):
        """{contract: last day of its annual review} of the contracts with a term and a charter in force."""
        ledger = self.env["charter.obligation"]
        code = "review.annual"
        in_force = self.env["charter.document"]._commitments_in_force(self.company_id.ids, [code])
        asked = self.filtered(lambda c: c.charter_term_end and (c.company_id.id, code) in in_force)
        dues = ledger._due_moments(
            [
                (
                    {"contract_id": contract.id, "company_id": contract.company_id.id},
                    contract._charter_midnight(contract.charter_term_end + timedelta(days=1)),
                    in_force[contract.company_id.id, code]._delay(),
                    "before",
                )
                for contract in asked
            ]
        )
        return {
            contract: contract._charter_local_day(due)
            for contract, due in zip(asked, dues, strict=True)
            if not isinstance(due, NoWorkingTime)
        }

    def _search_charter_defect(self, operator, value):
        """Only “has a defect” or “has none”: the words themselves are not searched."""
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        under = self.search(Domain(self._charter_active_domain()))
        wrong = under.filtered("charter_defect")
        return [("id", "not in", wrong.ids)]
