import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ..tools.words import is_said, is_sentence, own_words

# What is sent to a client: its document, the template it starts from, the step it is, and the fields of the document in
# which people wrote what the template repeats. Where they wrote nothing, the proposal says nothing either.
PURPOSES = {
    "outcome": (
        "charter.feedback", "mileo_client_charter.mail_feedback_outcome", "_record_outcome",
        ("understanding", "corrective_action_ids.name"),
    ),
    "answer": ("charter.escalation", "mileo_client_charter.mail_escalation_answer", "_record_answer", ()),
    "minutes": (
        "charter.review", "mileo_client_charter.mail_review_minutes", "_record_minutes",
        ("achievements", "performance", "satisfaction", "outlook", "answer_ids.comment", "answer_ids.wishes",
         "action_ids.name"),
    ),
}  # fmt: skip
# Where the template leaves room for the answer.
ROOM = re.compile(r"<(p|div)[^>]*>(\s|<br[^>]*>|&nbsp;)*(…|\.\.\.)(\s|<br[^>]*>|&nbsp;)*</\1>")


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
    has_words = fields.Boolean(
        compute="_compute_has_words",
        help="The proposal repeats what people wrote on the document; it may leave as it is.",
    )

    @api.depends("purpose", "res_id")
    def _compute_has_words(self):
        for wizard in self:
            wizard.has_words = bool(wizard._record()) and wizard._is_written()

    def _record(self):
        """The document the message is about."""
        return self.env[PURPOSES[self.purpose][0]].browse(self.res_id).exists() if self.purpose else None

    def _charter_is_whole(self):
        """Whether the message may leave as it opens."""
        return self.has_words

    def _is_written(self):
        """Whether people wrote, on the document, something that the template repeats."""
        record, names = self._record(), PURPOSES[self.purpose][3]
        return any(is_said(text) for name in names for text in record.mapped(name) if text)

    @api.model
    def _proposal(self, record, purpose):
        """{"subject", "body_html"} of the template, in the language of the contact."""
        template = self.env.ref(PURPOSES[purpose][1]).sudo()
        return template._generate_template(record.ids, ("subject", "body_html"))[record.id]

    def _check_body(self):
        """:raise ValidationError: nothing was written yet  :raise AccessError: the document is not this user's"""
        record = self._record()
        record.check_access("write")
        text = html2plaintext(self.body or "", include_references=False)
        if self._is_written() and is_sentence(text):
            return
        proposed = html2plaintext(self._proposal(record, self.purpose)["body_html"], include_references=False)
        if not is_sentence(own_words(text, proposed)):
            raise ValidationError(
                self.env._(
                    "Message: it says no more than what was proposed. Write at least a sentence of what the client is to "
                    "know, then send."
                )
            )

    @api.model
    def _open_for(self, record, purpose):
        """The action that opens the wizard on ``record``, filled in the language of the contact."""
        record.check_access("write")
        rendered = self._proposal(record, purpose)
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
        """Send it. :raise ValidationError: it says nothing yet"""
        self.ensure_one()
        self._check_body()
        model, _template, method, _words = PURPOSES[self.purpose]
        # The room the template leaves for the answer is no part of it.
        body = Markup(ROOM.sub("", self.body))
        getattr(self.env[model].browse(self.res_id), method)(self.subject, body)
        return {"type": "ir.actions.act_window_close"}
