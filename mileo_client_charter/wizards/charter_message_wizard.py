import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ..tools.words import is_said, is_sentence, own_words

# Where the template leaves room for the answer.
ROOM = re.compile(r"<(p|div)[^>]*>(\s|<br[^>]*>|&nbsp;)*(…|\.\.\.)(\s|<br[^>]*>|&nbsp;)*</\1>")


class CharterMessageWizard(models.TransientModel):
    """A message to a client, written from a template and edited before it leaves.

    Which messages there are, the document says (``_charter_messages``, see models/base/client_document.py).
    """

    _name = "charter.message.wizard"
    _description = "Write to the client"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    kind = fields.Char(required=True)
    contact_id = fields.Many2one("res.partner", "To", readonly=True)
    email = fields.Char(related="contact_id.email")
    subject = fields.Char(required=True)
    body = fields.Html(required=True, sanitize_style=True)
    has_words = fields.Boolean(
        "Has text",
        compute="_compute_has_words",
        help="The proposal repeats what people wrote on the document; it may leave as it is.",
    )

    @api.constrains("res_model", "kind")
    def _check_kind(self):
        for wizard in self:
            wizard._message()

    @api.depends("res_model", "kind", "res_id")
    def _compute_has_words(self):
        for wizard in self:
            wizard.has_words = bool(wizard.kind and wizard._record()) and wizard._is_written()

    def _record(self):
        """The document the message is about."""
        return self.env[self.res_model].browse(self.res_id).exists() if self.res_model in self.env else None

    def _message(self):
        """Return what its document says of the message.

        :raise ValidationError: no such document, or it has no message of that kind
        """
        messages = getattr(self.env.get(self.res_model), "_charter_messages", {})
        if self.kind not in messages:
            raise ValidationError(
                self.env._(
                    "Message: “%(model)s” has none of the type “%(kind)s”; start it from the button of the document.",
                    model=self.res_model,
                    kind=self.kind,
                )
            )
        return messages[self.kind]

    def _charter_is_whole(self):
        """Return whether the message may leave as it opens."""
        return self.has_words

    def _is_written(self):
        """Return whether people wrote, on the document, something that the template repeats."""
        record = self._record()
        return any(is_said(text) for name in self._message().words for text in record.mapped(name) if text)

    @api.model
    def _proposal(self, record, kind):
        """Return {"subject", "body_html"} of the template, in the language of the contact."""
        template = self.env.ref(record._charter_messages[kind].template).sudo()
        return template._generate_template(record.ids, ("subject", "body_html"))[record.id]

    def _check_body(self):
        """:raise ValidationError: nothing was written yet  :raise AccessError: the document is not this user's"""
        record = self._record()
        record.check_access("write")
        text = html2plaintext(self.body or "", include_references=False)
        if self._is_written() and is_sentence(text):
            return
        proposed = html2plaintext(self._proposal(record, self.kind)["body_html"], include_references=False)
        if not is_sentence(own_words(text, proposed)):
            raise ValidationError(
                self.env._(
                    "Message: it contains only the proposed text. Write at least a sentence for the client, "
                    "then send."
                )
            )

    @api.model
    def _open_for(self, record, kind):
        """Return the action that opens the wizard on ``record``, filled in the language of the contact."""
        record.check_access("write")
        rendered = self._proposal(record, kind)
        wizard = self.create(
            {
                "kind": kind,
                "res_model": record._name,
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
        # The room the template leaves for the answer is no part of it.
        body = Markup(ROOM.sub("", self.body))
        getattr(self._record(), self._message().step)(self.subject, body)
        return {"type": "ir.actions.act_window_close"}
