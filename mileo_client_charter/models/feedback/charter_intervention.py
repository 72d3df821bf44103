"""Invite the contacts of an intervention to a survey when it is closed."""

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...tools.words import trimmed
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

    def _charter_survey_said(self):
        """Return whom closing this intervention asks, and when, in words; or that nobody is asked, and why."""
        self.ensure_one()
        feedback = self.env["charter.feedback"]
        people = self.contact_ids or self.partner_id._charter_survey_contacts()
        reasons = {one: feedback._reason_not_to_invite(one, self.commercial_partner_id) for one in people}
        lines = [
            self.env._("%(person)s is not asked: %(reason)s", person=one.name, reason=reason)
            for one, reason in reasons.items()
            if reason
        ]
        asked = ", ".join(one.name for one in people if not reasons[one])
        if asked:
            hours = self.company_id.charter_feedback_delay_hours
            lines.insert(
                0,
                self.env._(
                    "Asked how it went, %(hours)s hours after closing: %(people)s", hours=hours, people=asked
                ),
            )
        return "\n".join(lines) or self.env._(
            "No one is asked: the client has no contact with an email address."
        )

    @api.model
    def _from_portal(self, contact, form, contracts, equipment, files=()):
        """Open the call as well where the client asks for one beside its report."""
        intervention = super()._from_portal(contact, form, contracts, equipment, files)
        said = [trimmed(form.get(name) or "") for name in ("summary", "description")]
        self.env["charter.feedback"]._call_beside(contact, "\n".join(filter(None, said)), form)
        return intervention

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
