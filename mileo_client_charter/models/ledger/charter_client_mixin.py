"""How a client is written to, by one way for all documents: a contact who can be reached, the commitment it meets, or a refusal."""

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext, is_html_empty
from odoo.tools.translate import LazyTranslate

from ...tools.words import is_sentence, trimmed
from ..base.charter_words import Choice, Words
from ..base.client_document import message_extras
from .charter_obligation import MissingCharter

_lt = LazyTranslate(__name__)


class SentMessage(NamedTuple):
    """A message to a client, and the client's people a mail of it was queued to."""

    message: models.BaseModel
    people: models.BaseModel


class CharterClientMixin(models.AbstractModel):
    """What feedback and escalations share: a client to answer, and promises that must not be lost."""

    _name = "charter.client.mixin"
    _description = "Document a client started"
    _inherit = ["charter.recorded.mixin", "charter.obligation.mixin", "charter.thread.mixin"]

    configuration_error = Words(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Why a commitment of the charter could not be opened, or has no owner.",
    )

    @api.model
    def _charter_words(self, text, limit, label):
        """Return what a client wrote, without the spaces around it; never cut.

        :param limit: in characters, a line break being one
        :param label: of the field, as its page calls it
        :raise ValidationError: longer than ``limit``, or bytes that are no text
        """
        words = trimmed((text or "").replace("\r\n", "\n"))
        if "\0" in words:
            raise ValidationError(self.env._("%s: it holds bytes that are no text; type it again.", label))
        if len(words) > limit:
            raise ValidationError(
                self.env._(
                    "%(label)s: please keep to %(limit)s characters; there are %(count)s.",
                    label=label,
                    limit=limit,
                    count=len(words),
                )
            )
        return words

    def _charter_open_or_explain(self, code, **values):
        """Open as ``_charter_open``, but keep what a client said even when the promise cannot be opened.

        What is missing is written on the document, where staff see it and can fix it.
        """
        self.ensure_one()
        try:
            opened = self._charter_open(code, **values)
        except MissingCharter as error:
            self._charter_engine().configuration_error = str(error)
            return self.env["charter.obligation"]
        self._charter_explain_vacancy(opened)
        return opened

    def _charter_explain_vacancy(self, obligations):
        vacant = obligations.filtered(lambda obligation: obligation.is_owed and not obligation.sudo().user_id)
        error = False
        if vacant:
            error = _lt(
                "The role “%s” is vacant: an administrator assigns it in Client Charter ‣ Clients ‣ "
                "Assigned contacts. The commitment is open and its time limit runs.",
                Choice(self.env["charter.commitment"], "owner_role", vacant[0].role),
            )
        self._charter_engine().configuration_error = error

    def _charter_new_owner(self, role, user):
        """Follow the change when the vacant role of these documents has been filled."""
        for record in self:
            record._charter_explain_vacancy(record.obligation_ids.filtered("is_owed"))
            record.obligation_ids.filtered(lambda o: o.is_owed and o.user_id == user)._charter_announce()

    def message_post(self, **kwargs):
        # Odoo lets followers post whatever they may read; following grants nothing here.
        self.check_access("read")
        return super().message_post(**kwargs)

    def _charter_write_to_client(self, contact, subject, body):
        """Post ``body`` on the thread and queue it as a mail to ``contact``: the one way a document informs its client.

        The client finds it in its mailbox and on the portal.

        :return: SentMessage: the evidence of what was queued to whom
        :raise ValidationError: nothing to say, or no mail was queued for the contact, with the remedy
        """
        self.ensure_one()
        if is_html_empty(body):
            raise ValidationError(self.env._("Message: there is nothing to send to the client yet."))
        if not is_sentence(html2plaintext(body)):
            raise ValidationError(
                self.env._(
                    "Message: “%s” contains nothing for the client yet; write at least a sentence.",
                    html2plaintext(body).strip(),
                )
            )
        client = self._charter_thread_partners()[0]
        unreachable = contact._charter_unreachable(client)
        if unreachable:
            raise ValidationError(unreachable)
        extras = message_extras(self.env)
        message = self.with_context(
            mail_notify_force_send=False, mail_post_autofollow=False, lang=contact.lang
        ).message_post(
            body=body,
            subject=subject,
            partner_ids=[*contact.ids, *extras.copies],
            attachments=list(extras.files),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            mail_auto_delete=False,
            email_layout_xmlid="mileo_client_charter.mail_client_layout",
        )
        people = self._charter_queued(message, client)
        if not set(contact._charter_addresses()) & set(people._charter_addresses()):
            # Whatever kept it from being queued (an addon, a notification preference): it did not happen.
            raise ValidationError(
                self.env._(
                    "Contact: no email was made for %s; look at its email address and at how its user is notified, or "
                    "choose another contact of the client.",
                    contact.display_name,
                )
            )
        self.env["charter.obligation"]._wake_mail_queue()
        return SentMessage(message, people)

    def _charter_queued(self, message, client):
        """Return the people of ``client`` for whom a mail of ``message`` is really in the queue."""
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "=", message.id),
                    ("notification_type", "=", "email"),
                    ("notification_status", "in", ("ready", "process", "pending", "sent")),
                    ("mail_mail_id.state", "in", ("outgoing", "sent")),
                ]
            )
        )
        return notifications.res_partner_id.filtered(lambda one: one.commercial_partner_id == client)
