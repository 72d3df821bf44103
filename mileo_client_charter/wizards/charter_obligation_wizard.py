from odoo import fields, models


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
    said_at = fields.Datetime(
        "Reported on",
        default=fields.Datetime.now,
        help="When the client reported it: the time limit runs from then.",
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
            self.escalation_ids.action_dismiss(self.text)
        elif self.operation == "level2":
            self.escalation_ids.action_level2(self.text, self.said_at)
        else:
            self.escalation_ids.action_resolve(self.text)
        return {"type": "ir.actions.act_window_close"}
