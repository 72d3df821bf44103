"""What clients are asked about the work done for them."""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from .charter_only_choice import fill_only_choices

_lt = LazyTranslate(__name__)


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"

    feedback_ids = fields.One2many("charter.feedback", "intervention_id", groups="base.group_user")
    feedback_count = fields.Integer(compute="_compute_feedback_count", groups="base.group_user")

    @api.onchange("partner_id")
    def _onchange_only_choices(self):
        fill_only_choices(self)

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        for intervention in self:
            intervention.feedback_count = len(intervention.feedback_ids)

    def _charter_closed(self):
        result = super()._charter_closed()
        self.env["charter.feedback"]._plan_for_closing(self)
        return result

    def _charter_reopened(self):
        result = super()._charter_reopened()
        self.feedback_ids._skip_planned(_lt("The intervention was reopened."))
        return result

    def action_feedback(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_feedback")
        return {**action, "domain": [("intervention_id", "=", self.id)], "context": {}}
