import re

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ..models.base.client_document import Extras
from ..tools.words import is_said, is_sentence, language_of, own_words

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
    client_id = fields.Many2one(related="contact_id.commercial_partner_id")
    language = fields.Char(
        "Written in",
        compute="_compute_language",
        help="The language of the contact, which the proposal is in.",
    )
    other_language = fields.Char(
        compute="_compute_other_language", help="The language of what was typed, where it is another."
    )
    cc_ids = fields.Many2many(
        "res.partner",
        string="Copy to",
        domain="[('id', 'child_of', client_id), ('id', '!=', contact_id), ('email', '!=', False)]",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    template_id = fields.Many2one(
        "mail.template",
        "Reusable answer",
        domain="[('model', '=', res_model), ('template_category', '=', 'custom_template')]",
        help="Email templates of the company for this kind of document; it takes the place of the text.",
    )
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

    @api.depends("contact_id.lang")
    def _compute_language(self):
        names = dict(self.env["res.lang"].get_installed())
        for wizard in self:
            wizard.language = names.get(wizard.contact_id.lang, wizard.contact_id.lang)

    @api.depends("body", "contact_id.lang")
    def _compute_other_language(self):
        names = {code[:2]: name for code, name in self.env["res.lang"].get_installed()}
        for wizard in self:
            proposed = ""
            if wizard.kind and wizard._record():
                proposed = html2plaintext(
                    wizard._proposal(wizard._record(), wizard.kind)["body_html"] or "",
                    include_references=False,
                )
            written = own_words(html2plaintext(wizard.body or "", include_references=False), proposed)
            spoken = language_of(written)
            wanted = (wizard.contact_id.lang or "")[:2]
            wizard.other_language = names.get(spoken) if spoken and wanted and spoken != wanted else False

    @api.onchange("template_id")
    def _onchange_template(self):
        if self.template_id:
            made = self.template_id._generate_template([self.res_id], ("subject", "body_html"))[self.res_id]
            self.subject, self.body = made["subject"] or self.subject, made["body_html"] or self.body

    def _copies(self):
        """Return who gets a copy. :raise ValidationError: not one of the client's people, or nobody who can be written to"""
        for one in self.cc_ids:
            unreachable = one._charter_unreachable(self.client_id)
            if unreachable:
                raise ValidationError(unreachable)
        return self.cc_ids

    def _record(self):
        """Return the document the message is about."""
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
        copies = self._copies()
        files = tuple((one.name, one.raw) for one in self.attachment_ids)
        record = self._record().with_context(charter_message_extras=Extras(tuple(copies.ids), files))
        getattr(record, self._message().step)(self.subject, body)
        names = ", ".join(f"{one.name} <{one.email}>" for one in self.contact_id | copies)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Queued for %s; it is on the portal too.", names),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
