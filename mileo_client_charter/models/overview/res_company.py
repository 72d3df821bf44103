"""Setting of a company: for how many days a setback counts in the health of a client."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_health_days = fields.Integer(
        "Days a setback counts in a client's health",
        default=90,
        help="A low rating or a commitment met late is a reason to watch the client for so long.",
    )

    _charter_health_days = models.Constraint(
        "CHECK (charter_health_days BETWEEN 1 AND 730)",
        "Days a setback counts in a client's health: give 1 to 730.",
    )
