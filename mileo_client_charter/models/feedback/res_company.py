"""How many months of answers count in the NPS of a client."""

from odoo import fields, models

# Months of answers that count in the NPS of a client, until the company says otherwise.
DEFAULT_MONTHS = 12


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_nps_months = fields.Integer(
        "Months of answers in a client's NPS",
        default=DEFAULT_MONTHS,
        help="Rolling window: older answers no longer count.",
    )

    _charter_nps_months = models.Constraint(
        "CHECK (charter_nps_months BETWEEN 1 AND 36)", "Months of answers in a client's NPS: give 1 to 36."
    )
