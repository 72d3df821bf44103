"""A contract without end date is renewed from one contract year to the next: its year is its term (article 04)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields, models

from ...tools import periods


class CharterYearMixin(models.AbstractModel):
    """The contract year as the term of a contract without end date; for ``contract.contract``, whose dates are its own."""

    _name = "charter.year.mixin"
    _description = "Contract years"

    charter_year_end = fields.Date(
        "End of the contract year",
        readonly=True,
        copy=False,
        help="Of a contract without end date: the last day of the contract year whose renewal is decided next. It stays until "
        "the contract may go on.",
    )

    charter_dates_known_on = fields.Date(
        "Start recorded on",
        copy=False,
        readonly=True,
        help="Day the start of the contract was last changed: an annual due date that was past by then carries no commitment.",
    )

    def _charter_runs_on(self, without=None):
        """Return whether this contract has no end date: a line of it ends on no day, and none renews for a term.

        :param without: lines that do not count
        """
        self.ensure_one()
        lines = self.contract_line_ids
        if without is not None:
            lines -= without
        lines = lines.filtered(lambda line: not (line.is_canceled or line.display_type) and line.date_start)
        terms = lines.filtered(lambda line: line.is_auto_renew and line.date_end)
        return not all(lines.mapped("date_end")) and all(terms.mapped("successor_contract_line_id"))

    def _charter_current_year_end(self):
        """Return the last day of the contract year whose renewal is decided next: that of today, or one that is past and was not decided."""
        first, kept = self._charter_first_day(), self.charter_year_end
        if kept and periods.anniversary_after(first, kept) == kept + timedelta(days=1):
            return kept
        today = (self.company_id or self.env.company).sudo()._charter_today()
        after = max(today, self._charter_settled_until() + timedelta(days=1))
        return periods.anniversary_after(first, after) - timedelta(days=1)

    def _charter_settled_until(self):
        """Return the last day this contract's present client has had renewed, the first of all days where there is none: a hook."""
        return date.min

    def _charter_keep_year(self, keep=True):
        """Note the contract years that run: as time passes, each stays until its renewal is decided.

        :param keep: False to forget them, so that they follow from today
        """
        for contract in self:
            end = contract._charter_current_year_end() if keep and contract._charter_runs_on() else False
            if contract.charter_year_end != end:
                contract.sudo().with_context(tracking_disable=True).charter_year_end = end

    def _charter_year_of(self, day):
        """Return the anniversary with which the contract year of ``day`` ends, or None."""
        self.ensure_one()
        first = self._charter_first_day()
        return periods.anniversary_after(first, day - timedelta(days=1)) if first and day else None

    def _charter_year_served(self, day):
        """Return the anniversary with which the year ends whose review was the one before ``day``, also where the start has moved
        since: then the nearest one, as long as it is not further away than its review is early. None: of no year there is now."""
        anniversary = self._charter_year_of(day)
        if not anniversary or self._charter_reviews_before(day):
            return anniversary
        first = self._charter_first_day()
        before = first + relativedelta(years=anniversary.year - first.year - 1)
        nearest = min(anniversary, before, key=lambda one: abs(one - day))
        lead = self._charter_review_lead()
        return nearest if nearest - lead <= day <= nearest + lead else None

    def _charter_first_days(self):
        """Return {contract: first day of its lines} of those under the charter."""
        return {one: one._charter_first_day() for one in self.sudo() if one.charter_known_on}

    def _charter_note_start(self, before):
        """Note today as the day the start became known, of the contracts whose start is another than ``before``."""
        for contract, day in before.items():
            if day and contract._charter_first_day() != day:
                contract.charter_dates_known_on = contract.company_id._charter_today()
