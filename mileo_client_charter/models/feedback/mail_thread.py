"""Hear what clients write on our documents, and mark a survey as failed when its email comes back."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..base.mail_thread import AUTOMATIC, DOUBTED

_lt = LazyTranslate(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _charter_bounced(self, messages, why):
        asked = messages.filtered(lambda message: message.model == "charter.feedback")
        feedback = self.env["charter.feedback"].browse(asked.mapped("res_id")).exists()
        feedback._mail_failed(
            _lt("The email came back: %s", why) if why else _lt("The email came back, without a reason.")
        )
        return super()._charter_bounced(messages, why)

    # -- nobody speaks into the void -------------------------------------------------------------------

    def _charter_word_about(self):
        """Return (client, company) a word on this document is about; no client where it is no client's document."""
        partner, company = self.env["res.partner"], self.env["res.company"]
        if not self._charter_hears() or "partner_id" not in self._fields:
            return partner, company
        client = self.partner_id.commercial_partner_id
        own = self.company_id if "company_id" in self._fields else company
        return client, own or client._charter_serving_company()

    def _charter_word_summary(self, client):
        if self.env.context.get("charter_doubted") is DOUBTED:
            return _lt("Find out who wrote: an email in the name of %s", client)
        return _lt("Read and answer: a comment of %s", client)

    def _charter_remind(self, user, subject):
        """Remind ``user`` of this document in Odoo or by mail, as that user is notified. :param subject: of an env"""
        self.ensure_one()
        reader = self.sudo().with_context(lang=user.lang, mail_notify_force_send=False)
        text = subject(reader.env)
        reader.message_notify(
            partner_ids=user.partner_id.ids,
            subject=text,
            body=reader.env._("%(what)s. Open it and answer the client.", what=text),
            author_id=self.sudo().company_id.partner_id.id,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self._charter_hears() and message.message_type in ("email", "comment") and self.id:
            if self.env.context.get("charter_doubted") is DOUBTED:
                # It opens nothing again and answers nothing; somebody reads it and asks the client.
                self.env["charter.word"].sudo()._hear(self, message=message)
            elif self._charter_is_ours(message):
                self._charter_answered_on_thread(message)
            elif self.env.context.get("charter_automatic") is not AUTOMATIC:
                self._charter_heard(message)
        return result

    @api.model
    def _charter_is_ours(self, message):
        """Return whether one of our own people wrote ``message``."""
        author = message.sudo().author_id.with_context(active_test=False)
        return bool(author.user_ids.filtered(lambda user: not user.share)) or (
            author and author == self.env.ref("base.partner_root", raise_if_not_found=False)
        )

    def _charter_heard(self, message):
        """Take what somebody of the client's, or somebody unknown, wrote on this document."""
        self.env["charter.word"].sudo()._hear(self, message=message)

    def _charter_answered_on_thread(self, message):
        """Mark what was unread as read: one of ours wrote to the client here."""
        if message.subtype_id and not message.subtype_id.internal and message.message_type == "comment":
            self.env["charter.word"]._unread_of(self)._mark_read()
