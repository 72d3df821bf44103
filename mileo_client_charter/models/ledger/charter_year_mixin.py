"""A contract without end date is renewed from one contract year to the next: its year is its term (article 04)."""

from datetime import date, timedelta

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
