from odoo import api, fields, models


class CharterFeedbackCallback(models.TransientModel):
    """The form of the call: what was understood, apologies, corrective actions (article 02)."""

    _name = "charter.feedback.callback"
    _description = "Record the call to a client"

    feedback_id = fields.Many2one("charter.feedback", required=True, readonly=True)
    comment = fields.Text("Client's comment", related="feedback_id.comment")
    contact_id = fields.Many2one(related="feedback_id.contact_id")
    client_id = fields.Many2one(related="feedback_id.partner_id")
    phone_to_call = fields.Char(related="feedback_id.phone_to_call")
    call_wanted_at = fields.Datetime(related="feedback_id.call_wanted_at")
    call_log = fields.Text(related="feedback_id.call_log")
    reached = fields.Selection(
        [("yes", "We spoke"), ("none", "No answer"), ("message", "No answer, left a message")],
        "The call",
        required=True,
        default="yes",
    )
    next_at = fields.Datetime(
        "Next attempt", default=lambda self: self.env["charter.feedback"]._next_attempt_at()
    )
    note = fields.Char()
    called_at = fields.Datetime("Call held at", required=True, default=fields.Datetime.now)
    understanding = fields.Text("What was understood")
    apology = fields.Selection(
        [("made", "They were due, and I made them"), ("not_due", "They were not due")],
        "Apologies",
    )
    action_ids = fields.One2many("charter.feedback.callback.action", "callback_id", "Corrective actions")
    no_action_reason = fields.Char("Or why none is needed")

    def action_open_contact(self):
        """Open who is to be called, the client where no contact is named, for a phone number to be entered."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": (self.contact_id or self.client_id).id,
            "views": [(False, "form")],
        }

    def action_confirm(self):
        """Record the call, then open the mail that informs the client of the outcome; or the attempt, and when to call again."""
        self.ensure_one()
        if self.reached != "yes":
            self.feedback_id._record_attempt(
                self.called_at, self.reached == "message", self.note, self.next_at
            )
            return {"type": "ir.actions.act_window_close"}
        self.feedback_id._record_callback(
            self.called_at,
            self.understanding,
            self.apology,
            [
                {"name": line.name, "user_id": line.user_id.id, "date_deadline": line.date_deadline}
                for line in self.action_ids
            ],
            self.no_action_reason,
        )
        return self.feedback_id.action_ask_outcome()


class CharterFeedbackCallbackAction(models.TransientModel):
    _name = "charter.feedback.callback.action"
    _description = "Corrective action decided in a call"

    callback_id = fields.Many2one("charter.feedback.callback", required=True, ondelete="cascade")
    name = fields.Char("Action", required=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_deadline = fields.Date("For", required=True, default=lambda self: self._default_deadline())

    @api.model
    def _default_deadline(self):
        return fields.Date.add(self.env.company._charter_today(), weeks=1)
