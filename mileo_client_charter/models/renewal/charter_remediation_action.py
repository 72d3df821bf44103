"""Actions of a remediation, each with who does it and by when (article 04)."""

from odoo import api, fields, models

from .charter_remediation import AGREED


class CharterRemediationAction(models.Model):
    """What is done to win the client back, by whom and when."""

    _name = "charter.remediation.action"
    _description = "Remediation action"
    _inherit = ["charter.agreed.action"]

    remediation_id = fields.Many2one("charter.remediation", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="remediation_id.partner_id")
    company_id = fields.Many2one(related="remediation_id.company_id", store=True)

    def _charter_is_recorded(self, name):
        """Return whether the client has agreed to the plan: until then it is still being written."""
        return self.remediation_id.state in AGREED

    @api.model
    def _charter_recorded_when(self):
        return self._charter_recorded_with("remediation_id", AGREED)

    def _charter_agreed_document(self):
        return self.remediation_id
