from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_feedback_count = fields.Integer("Feedback", compute="_compute_charter_feedback_counts")
    charter_escalation_count = fields.Integer("Escalations open", compute="_compute_charter_feedback_counts")

    @api.depends_context("company")
    def _compute_charter_feedback_counts(self):
        feedback = self._charter_counted("charter.feedback", [("state", "=", "answered")])
        escalations = self._charter_counted("charter.escalation", [("is_complaint", "=", True)])
        for partner in self:
            client = partner.commercial_partner_id._origin.id
            partner.charter_feedback_count = feedback.get(client, 0)
            partner.charter_escalation_count = escalations.get(client, 0)

    def action_charter_feedback(self):
        return self._charter_action("mileo_client_charter.action_charter_feedback", "answered")

    def action_charter_escalations(self):
        return self._charter_action("mileo_client_charter.action_charter_escalation", "complaints")
