from odoo import api, fields, models

from ..models.feedback.charter_escalation_dismissal import KINDS


class CharterObligationWizard(models.TransientModel):
    """A few words that stay on the record: why a promise is cancelled, how it was kept…"""

    _name = "charter.obligation.wizard"
    _description = "Text for the record"

    operation = fields.Selection(
        [
            ("cancel", "Cancel commitments"),
            ("evidence", "Record how they were met"),
            ("suppress", "Do not send surveys"),
            ("resolve", "The client accepts the answer"),
            ("dismiss", "This is no escalation"),
            ("level2", "The client goes to general management"),
            ("leave_out", "Leave an answer out of the NPS"),
            ("count_again", "Count an answer in the NPS again"),
        ],
        required=True,
        readonly=True,
    )
    obligation_ids = fields.Many2many("charter.obligation", string="Commitments", readonly=True)
    feedback_ids = fields.Many2many("charter.feedback", readonly=True)
    escalation_ids = fields.Many2many("charter.escalation", readonly=True)
    text = fields.Text(required=True)
    dismiss_kind = fields.Selection(KINDS, "What it is")
    duplicate_of_id = fields.Many2one(
        "charter.escalation", "Duplicate of", domain="[('id', 'in', other_ids)]"
    )
    other_ids = fields.Many2many(
        "charter.escalation", compute="_compute_other_ids", help="Unresolved ones of the same client."
    )
    said_at = fields.Datetime(
        "Reported on",
        default=fields.Datetime.now,
        help="When the client reported it: the time limit runs from then.",
    )

    @api.depends("escalation_ids")
    def _compute_other_ids(self):
        for wizard in self:
            mine = wizard.escalation_ids
            wizard.other_ids = mine.search(
                [
                    ("is_complaint", "=", True),
                    ("partner_id", "in", mine.partner_id.ids or [False]),
                    ("id", "not in", mine.ids),
                ]
            )

    def action_confirm(self):
        self.ensure_one()
        if self.operation == "cancel":
            self.obligation_ids.action_cancel(self.text)
        elif self.operation == "evidence":
            self.obligation_ids.action_record_evidence(self.text)
        elif self.operation == "suppress":
            self.feedback_ids.action_suppress(self.text)
        elif self.operation == "leave_out":
            self.feedback_ids.action_leave_out(self.text)
        elif self.operation == "count_again":
            self.feedback_ids.action_count_again(self.text)
        elif self.operation == "dismiss":
            self.escalation_ids.action_dismiss(self.text, self.dismiss_kind, self.duplicate_of_id)
        elif self.operation == "level2":
            self.escalation_ids.action_level2(self.text, self.said_at)
        else:
            self.escalation_ids.action_resolve(self.text)
        return {"type": "ir.actions.act_window_close"}
