"""Emails about our documents: replies come back to the document, and they leave as a page and as plain text."""

from odoo import api, models

from ...tools import mail_page
from .charter_addons import is_charter_model

# In what our layouts write about documents of a neighbour.
MARK = "charter-mail"


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Have an answer come back to the document: a template that names no address would have it sent to the company's own."""
        silent = {}
        for vals in vals_list:
            if vals.get("res_id") and not vals.get("reply_to") and self._charter_hears(vals.get("model")):
                silent.setdefault(vals["model"], []).append(vals)
        for name, rows in silent.items():
            documents = self.env[name].sudo().browse([vals["res_id"] for vals in rows])
            addresses = documents._notify_get_reply_to(default=None)
            for vals in rows:
                if addresses.get(vals["res_id"]):
                    vals["reply_to"] = addresses[vals["res_id"]]
        return super().create(vals_list)

    def _charter_hears(self, model):
        return hasattr(self.env.get(model or ""), "message_post") and self.env[model]._charter_hears()

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Return the emails as core does; the words of ours leave as a whole page, and as a text worth reading."""
        emails = super()._prepare_outgoing_list(*args, **kwargs)
        if not is_charter_model(self.env.registry.get(self.model)) and MARK not in (self.body_html or ""):
            return emails
        for email in emails:
            reader = email["partner_id"] or self.recipient_ids[:1]
            language = (reader and reader.lang) or self.env.lang or "en_US"
            choice = self._charter_choice(email["partner_id"])
            email["body"] = mail_page.page(
                email["body"], language.replace("_", "-"), email["subject"] or "", choice
            )
            email["body_alternative"] = mail_page.text(email["body"])
        return emails

    def _charter_choice(self, reader):
        """Return (words, address) of where ``reader`` chooses which of our messages it receives; nothing for no one's client (hook).

        It opens in the reader's name: it is no part of what was written, and stands in what leaves alone.
        """
        return ()
