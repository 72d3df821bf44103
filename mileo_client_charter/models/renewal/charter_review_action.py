"""Actions agreed at a meeting, each with who does it and by when."""

from odoo import api, fields, models


class CharterReviewAction(models.Model):
    """What was agreed at a meeting, by whom and when."""

    _name = "charter.review.action"
    _description = "Follow-up action of a review"
    _inherit = ["charter.agreed.action"]

    review_id = fields.Many2one("charter.review", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="review_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True)

    def _charter_is_recorded(self, name):
        """Return whether the minutes are sent: until then, what was agreed is still being written down."""
        return self.review_id.state == "minutes"

    @api.model
    def _charter_recorded_when(self):
        return self._charter_recorded_with("review_id", ("minutes",))

    def _charter_agreed_document(self):
        return self.review_id
