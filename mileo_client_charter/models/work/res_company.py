"""From when on an outage that nobody confirms is listed as doubtful."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_outage_stale_hours = fields.Integer(
        "Hours after which an unconfirmed outage is a data issue",
        default=8,
        help="An outage without an end, not confirmed for this long, is listed: the message of its end may be lost.",
    )

    _charter_outage_stale = models.Constraint(
        "CHECK (charter_outage_stale_hours BETWEEN 1 AND 720)",
        "Hours after which an unconfirmed outage is a data issue: from 1 to 720.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"charter_alert_serial_label", "charter_clock_skew_minutes"} & vals.keys():
            self.env["charter.outage.refusal"]._wake()
        return result
