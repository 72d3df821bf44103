"""The time zone in which the program of a monitoring writes its moments."""

from odoo import fields, models
from odoo.addons.base.models.res_partner import _tz_get


class ResUsers(models.Model):
    _inherit = "res.users"

    charter_monitor_zone = fields.Selection(
        _tz_get,
        "Time zone it writes in",
        groups="mileo_client_charter.group_charter_admin",
        help="Of a monitoring's program: what the moments mean that name no time zone. Empty: those are refused.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "charter_monitor_zone" in vals:
            self.env["charter.outage.refusal"]._wake()
        return result
