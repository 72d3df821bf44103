from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_outage_stale_hours = fields.Integer(
        "Hours after which an outage nobody confirms is to mend",
        default=8,
        help="An outage without an end, not told again for so long, is listed: its end may have got lost.",
    )

    _charter_outage_stale = models.Constraint(
        "CHECK (charter_outage_stale_hours BETWEEN 1 AND 720)",
        "Hours after which an outage nobody confirms is to mend: from 1 to 720.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"charter_alert_serial_label", "charter_clock_skew_minutes"} & vals.keys():
            self.env["charter.outage.refusal"]._wake()
        return result
