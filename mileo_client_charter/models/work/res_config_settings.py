from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    charter_outage_stale_hours = fields.Integer(
        related="company_id.charter_outage_stale_hours", readonly=False
    )
