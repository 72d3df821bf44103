"""Corrective actions agreed in a call, each with who does it and by when (article 02)."""

from odoo import fields, models


class CharterCorrectiveAction(models.Model):
    """What was promised in a call, by whom and when (article 02)."""

    _name = "charter.corrective.action"
    _description = "Corrective action"
    _inherit = ["charter.agreed.action"]

    feedback_id = fields.Many2one(
        "charter.feedback", required=True, readonly=True, ondelete="restrict", index=True, charter_engine=True
    )
    partner_id = fields.Many2one(related="feedback_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="feedback_id.company_id", store=True)
    user_id = fields.Many2one(string="Owner")
    is_late = fields.Boolean(compute="_compute_is_late")

    def _compute_is_late(self):
        for action in self:
            today = (action.company_id or self.env.company).sudo()._charter_today()
            action.is_late = not action.done_date and bool(
                action.date_deadline and action.date_deadline < today
            )

    def _charter_agreed_document(self):
        return self.feedback_id
