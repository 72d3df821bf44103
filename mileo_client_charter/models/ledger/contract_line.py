"""Lines of a contract that end because notice was given: nothing is renewed there (article 04)."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

# Who reads what a contract costs: operations, who invoices or keeps the accounts, and the client. The account team reads a
# contract for its dates and its tier.
PRICES = (
    "mileo_client_charter.group_charter_operations,account.group_account_invoice,account.group_account_readonly,"
    "base.group_portal"
)


class ContractLine(models.Model):
    _inherit = "contract.line"

    price_unit = fields.Float(groups=PRICES)
    specific_price = fields.Float(groups=PRICES)
    discount = fields.Float(groups=PRICES)
    price_subtotal = fields.Monetary(groups=PRICES)
    monthly_recurring = fields.Monetary(groups=PRICES)
    charter_notice_given = fields.Boolean(
        "Notice given",
        readonly=True,
        copy=False,
        help="The line was stopped, or no longer renews tacitly: it ends, and no renewal of it is to be decided.",
    )

    def _charter_renews_within_the_year(self):
        """Return whether the line renews tacitly by terms that are shorter than a year."""
        self.ensure_one()
        if not (self.is_auto_renew and self.date_end and not self.successor_contract_line_id):
            return False
        term = self.get_relative_delta(self.auto_renew_rule_type, self.auto_renew_interval)
        return self.date_end + term < self.date_end + relativedelta(years=1)

    @api.model_create_multi
    def create(self, vals_list):
        # A successor begins no contract earlier.
        begun = [
            vals["contract_id"]
            for vals in vals_list
            if vals.get("contract_id")
            and vals.get("date_start")
            and not vals.get("predecessor_contract_line_id")
        ]
        contracts = self.env["contract.contract"].browse(set(begun))
        before = contracts._charter_first_days()
        lines = super().create(vals_list)
        contracts._charter_note_start(before)
        return lines

    def write(self, vals):
        starts = self.contract_id._charter_first_days() if vals.keys() & {"date_start", "is_canceled"} else {}
        ends_earlier = self.browse()
        if vals.get("is_auto_renew") is False and not vals.get("manual_renew_needed"):
            ends_earlier = self.filtered("is_auto_renew")
        goes_on = vals.get("is_auto_renew") or vals.get("manual_renew_needed")
        longer = self.browse()
        if "date_end" in vals:
            end = fields.Date.to_date(vals["date_end"])
            longer = self.filtered(lambda line: line.date_end and (not end or end > line.date_end))
        result = super().write(vals)
        self.contract_id._charter_note_start(starts)
        (self if goes_on else longer - ends_earlier).filtered(
            "charter_notice_given"
        ).charter_notice_given = False
        ends_earlier.charter_notice_given = True
        return result

    def stop(self, date_end, manual_renew_needed=False, post_message=True):
        result = super().stop(date_end, manual_renew_needed=manual_renew_needed, post_message=post_message)
        if not manual_renew_needed:
            self.filtered(lambda line: not line.is_canceled).charter_notice_given = True
        return result

    @api.model
    def _charter_no_copy(self):
        """Return names of what a successor does not inherit from its line."""
        return {"charter_notice_given"}

    def _prepare_value_for_plan_successor(self, *args, **kwargs):
        values = super()._prepare_value_for_plan_successor(*args, **kwargs)
        return {name: value for name, value in values.items() if name not in self._charter_no_copy()}
