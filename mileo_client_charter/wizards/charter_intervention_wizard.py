from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..models.charter.charter_service_level import PRIORITIES


class CharterInterventionWizard(models.TransientModel):
    """A step of an intervention with its moment and its words; the moment may lie in the past."""

    _name = "charter.intervention.wizard"
    _description = "Step of an intervention"

    operation = fields.Selection(
        [
            ("pause", "Pause"),
            ("resume", "Resume"),
            ("close", "Close now"),
            ("cancel", "Cancel"),
            ("correct", "Correct the moments"),
            ("terms", "Change what it is due on"),
        ],
        required=True,
        readonly=True,
    )
    intervention_id = fields.Many2one("charter.intervention", required=True, readonly=True)
    at = fields.Datetime("When", default=fields.Datetime.now)
    responded_at = fields.Datetime()
    priority = fields.Selection(PRIORITIES)
    kind = fields.Selection(selection=lambda self: self._kinds())
    reported_at = fields.Datetime()
    commercial_partner_id = fields.Many2one(related="intervention_id.commercial_partner_id")
    contract_id = fields.Many2one(
        "contract.contract", domain="[('commercial_partner_id', '=', commercial_partner_id)]"
    )
    until = fields.Datetime(help="For a pause that is over already; empty while it lasts.")
    reason = fields.Char()
    work_done = fields.Html()
    firmware = fields.Char(
        "Firmware installed",
        help="Where the work updated its equipment: V5.7.3 build 220112. It is recorded on each.",
    )
    asked = fields.Text("Who is asked", compute="_compute_asked")

    @api.model
    def _kinds(self):
        return self.env["charter.intervention"]._fields["kind"]._description_selection(self.env)

    @api.depends("intervention_id", "operation")
    @api.depends_context("lang")
    def _compute_asked(self):
        for wizard in self:
            wizard.asked = wizard.operation == "close" and wizard.intervention_id._charter_survey_said()

    def _charter_is_whole(self):
        """Return whether the step may be taken as the wizard opens: these say when, and now is proposed."""
        return self.operation == "resume" or (self.operation == "close" and not is_html_empty(self.work_done))

    def action_confirm(self):
        self.ensure_one()
        if self.operation == "pause":
            self.intervention_id.action_pause(self.reason, at=self.at, until=self.until)
        elif self.operation == "resume":
            self.intervention_id.action_resume(at=self.at)
        elif self.operation == "close":
            if is_html_empty(self.work_done):
                raise ValidationError(
                    self.env._("Work done: write what was done. The client reads it in its report.")
                )
            self.intervention_id.action_close(
                resolved_at=self.at, work_done=self.work_done, firmware=self.firmware
            )
        elif self.operation == "correct":
            self.intervention_id.action_correct(
                self.reason, responded_at=self.responded_at, resolved_at=self.at
            )
        elif self.operation == "terms":
            self.intervention_id.action_change_terms(
                self.reason,
                priority=self.priority,
                kind=self.kind,
                reported_at=self.reported_at,
                contract_id=self.contract_id.id,
            )
        else:
            self.intervention_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
