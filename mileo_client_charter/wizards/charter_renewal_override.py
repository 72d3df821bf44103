from odoo import fields, models


class CharterRenewalOverride(models.TransientModel):
    """General management's written reason to renew despite the verdict."""

    _name = "charter.renewal.override"
    _description = "Renew by exception"

    renewal_id = fields.Many2one("charter.renewal", required=True, readonly=True)
    today_in_words = fields.Char(related="renewal_id.today_in_words")
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.renewal_id._override(self.reason)
        return {"type": "ir.actions.act_window_close"}
