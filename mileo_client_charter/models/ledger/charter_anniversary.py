"""When a contract's term ends, and what is wrong with its dates (article 04)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import periods

# A term that ends so shortly before an anniversary has one review with it, before the decision.
ONE_REVIEW = relativedelta(months=3)


class ContractContract(models.Model):
    _inherit = "contract.contract"

    charter_term_end = fields.Date(
        "End of the term",
        compute="_compute_charter_term",
        store=True,
        index=True,
        help="Last day of the current term: the earliest end of the lines that renew, else the end of the contract. "
        "Empty once notice was given: then nothing is to be renewed.",
    )
    charter_auto_renew = fields.Boolean("Renews tacitly", compute="_compute_charter_term", store=True)
    charter_notice_date = fields.Date(
        "Renews automatically from",
        compute="_compute_charter_term",
        store=True,
        help="Day the lines that end the term renew unless the charter holds them back.",
    )
    charter_next_anniversary = fields.Date(
        "Next annual due date",
        compute="_compute_charter_next_anniversary",
        help="Of the contract's start: the annual review is held three months before it, whatever the length of the term.",
    )
    charter_defect = fields.Char(
        "Data issues",
        compute="_compute_charter_defect",
        search="_search_charter_defect",
        groups="mileo_client_charter.group_charter_user",
    )

    @api.depends(
        *(f"contract_line_ids.{name}" for name in (
            "date_end", "is_canceled", "is_auto_renew", "successor_contract_line_id", "display_type",
            "termination_notice_date", "charter_notice_given",
        )),
    )  # fmt: skip
    def _compute_charter_term(self):
        """The current term, not the first: a line that was renewed by a successor no longer counts."""
        for contract in self:
            lines = contract.contract_line_ids.filtered(
                lambda line: not (line.is_canceled or line.display_type or line.successor_contract_line_id)
            )
            renewing = lines.filtered(lambda line: line.is_auto_renew and line.date_end)
            ends = lines.filtered(lambda line: not line.charter_notice_given).mapped("date_end")
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

    @api.depends(
        "charter_term_end", "date_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled"
    )
    @api.depends_context("lang")
    def _compute_charter_anniversary(self):
        for contract in self:
            today = (contract.company_id or self.env.company).sudo()._charter_today()
            first = contract._charter_first_day()
            if contract.charter_term_end:
                contract.charter_anniversary = contract.charter_term_end + timedelta(days=1)
                contract.charter_anniversary_source = contract._charter_term_in_words()
            elif first and contract.date_end:
                contract.charter_anniversary = False
                contract.charter_anniversary_source = self.env._(
                    "none: notice was given, the contract ends on %s",
                    format_date(self.env, contract.date_end),
                )
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

    @api.depends(
        "charter_tier_id", "charter_term_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled"
    )
    def _compute_charter_next_anniversary(self):
        for contract in self:
            today = contract.company_id._charter_today() if contract.company_id else fields.Date.today()
            ahead = [day for day in contract._charter_anniversaries(today, today) if day > today]
            contract.charter_next_anniversary = ahead[0] if ahead else False

    def _charter_anniversaries(self, since, today):
        """The days whose review is owed, of the contract years that end after ``since``, as far as the one ``today`` is in.

        Each year has one review (article 04), whatever the length of the term, as long as the contract is known to live
        until then: before the anniversary of the start, or before the end of the term where that comes shortly before.
        """
        self.ensure_one()
        first = self._charter_first_day()
        if not first:
            return []
        events = []
        anniversary = periods.anniversary_after(first, since)
        while event := self._charter_review_before(anniversary):
            events.append(event)
            if anniversary > today:
                break
            anniversary = periods.anniversary_after(first, anniversary)
        return events

    def _charter_review_before(self, anniversary):
        """The day before which the review of the year that ends with ``anniversary`` is held; None: it ends before."""
        last = self._charter_horizon()
        if last is None or anniversary <= last:
            return anniversary
        serves = self.charter_auto_renew and anniversary - ONE_REVIEW < last
        return last if serves else None

    def _charter_year_of(self, day):
        """The anniversary with which the contract year of ``day`` ends, or None."""
        self.ensure_one()
        first = self._charter_first_day()
        return periods.anniversary_after(first, day - timedelta(days=1)) if first and day else None

    def _charter_reviews_before(self, day):
        """Whether a review before ``day`` is the one of its year. One that served the end of a term still is once the term
        was renewed."""
        anniversary = self._charter_year_of(day)
        expected = anniversary and self._charter_review_before(anniversary)
        return bool(expected) and (
            day == expected or (expected == anniversary and anniversary - ONE_REVIEW < day)
        )

    def _charter_horizon(self):
        """The day after the last one this contract is known to run, None: it goes on.

        A term that renews for less than a year at a time goes on by itself; one of a year or more is known to be renewed
        only once it is.
        """
        self.ensure_one()
        lines = self.contract_line_ids.filtered(
            lambda line: line.date_start and not (line.is_canceled or line.display_type)
        )
        if not all(lines.mapped("date_end")) or any(line._charter_renews_within_the_year() for line in lines):
            return None
        return max(lines.mapped("date_end"), default=date.min) + timedelta(days=1)

    def _charter_review_of_term(self):
        """The anniversary at which the current term ends, or None: its review is the one before the decision."""
        self.ensure_one()
        if not self.charter_term_end:
            return None
        days = [self.charter_term_end + timedelta(days=n) for n in (1, 2)]
        return next((day for day in days if self._charter_reviews_before(day)), None)

    def _charter_serves_term(self, event):
        """Whether the review of the anniversary ``event`` is the one before the decision on the current term.

        A term that began on 28 February, the anniversary of a 29th, ends a day before the anniversary of a leap year.
        """
        self.ensure_one()
        end = self.charter_term_end
        return bool(end) and timedelta() <= event - (end + timedelta(days=1)) <= timedelta(days=1)

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

    @api.depends("charter_tier_id", "charter_term_end", "contract_line_ids.date_start")
    @api.depends_context("lang")
    def _compute_charter_defect(self):
        """What is wrong with the dates of a contract, with the action that mends it; empty when nothing is."""
        under = self.filtered("charter_tier_id")
        (self - under).charter_defect = False
        for contract in under:
            if not contract._charter_first_day() and not contract.charter_term_end:
                contract.charter_defect = self.env._(
                    "No annual due date: add a line with a start date to the contract, then its reviews are planned."
                )
            else:
                contract.charter_defect = False

    def _search_charter_defect(self, operator, value):
        """Only “has a defect” or “has none”: the words themselves are not searched."""
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        under = self.search(Domain(self._charter_active_domain()))
        wrong = under.filtered("charter_defect")
        return [("id", "not in", wrong.ids)]
