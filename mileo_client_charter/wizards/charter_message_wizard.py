from odoo import api, fields, models

# What is sent to a client, and from which template it starts.
PURPOSES = {
    "outcome": ("charter.feedback", "mileo_client_charter.mail_feedback_outcome", "_record_outcome"),
    "answer": ("charter.escalation", "mileo_client_charter.mail_escalation_answer", "_record_answer"),
    "minutes": ("charter.review", "mileo_client_charter.mail_review_minutes", "_record_minutes"),
}


class CharterMessageWizard(models.TransientModel):
    """A message to a client, written from a template and edited before it leaves."""

    _name = "charter.message.wizard"
    _description = "Write to the client"

    purpose = fields.Selection(
        [("outcome", "Outcome of a feedback"), ("answer", "Answer"), ("minutes", "Minutes of a meeting")],
        required=True,
    )
    res_id = fields.Integer(required=True)
    contact_id = fields.Many2one("res.partner", "To", readonly=True)
    email = fields.Char(related="contact_id.email")
    subject = fields.Char(required=True)
    body = fields.Html(required=True, sanitize_style=True)

    @api.model
    def _open_for(self, record, purpose):
        """The action that opens the wizard on ``record``, filled in the language of the contact."""
        _model, template, _method = PURPOSES[purpose]
        record.check_access("write")
        rendered = (
            self.env.ref(template).sudo()._generate_template(record.ids, ("subject", "body_html"))[record.id]
        )
        wizard = self.create(
            {
                "purpose": purpose,
                "res_id": record.id,
                "contact_id": (record.contact_id or record.partner_id).id,
                "subject": rendered["subject"],
                "body": rendered["body_html"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to the client"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_send(self):
        self.ensure_one()
        model, _template, method = PURPOSES[self.purpose]
        getattr(self.env[model].browse(self.res_id), method)(self.subject, self.body)
        return {"type": "ir.actions.act_window_close"}
