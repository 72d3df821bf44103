"""Which tier a contract is proposed when it is taken under the charter: the first rule that fits."""

from odoo import fields, models


class CharterOnboardingRule(models.Model):
    """Which tier a contract without one gets: the first rule that fits."""

    _name = "charter.onboarding.rule"
    _description = "Tier by product and amount"
    _order = "sequence, id"

    onboarding_id = fields.Many2one("charter.onboarding", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="onboarding_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    product_ids = fields.Many2many("product.product", string="With one of", help="Empty: any product.")
    amount_from = fields.Float("From, a year", help="Twelve months of the contract's lines, taxes excluded.")
    tier_id = fields.Many2one(
        "charter.tier",
        required=True,
        ondelete="cascade",
        domain="[('company_id', 'in', (False, company_id))]",
    )

    def _tier_of(self, contract, amount):
        """Return the tier of the first rule that fits ``contract``, of ``amount`` a year; empty when none does."""
        products = contract.contract_line_ids.product_id
        for rule in self:
            if amount >= rule.amount_from and (not rule.product_ids or rule.product_ids & products):
                return rule.tier_id
        return self.tier_id.browse()
