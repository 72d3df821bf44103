from odoo import fields, models


class CharterRemediationAction(models.Model):
    """What is done to win the client back, by whom and when."""

    _name = "charter.remediation.action"
    _description = "Remediation action"
    _inherit = ["charter.agreed.action"]

    remediation_id = fields.Many2one("charter.remediation", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="remediation_id.company_id", store=True)
