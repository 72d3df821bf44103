"""Who receives what is written on a document of one client: our own people and that client's contacts, never another's."""

from odoo import models
from odoo.tools import email_normalize

from ...tools.links import OPENS, without_tokens

# The group of recipients that is one person: whose links they are.
ITS_READER = "charter_contact"


class CharterThreadMixin(models.AbstractModel):
    """A thread about one client is mailed to our own people and to that client's, whoever follows it.

    Following grants nothing (visibility is the commercial entity's): it must not bring the words by mail either.
    """

    _name = "charter.thread.mixin"
    _description = "Thread about one client"

    def _charter_thread_partners(self):
        """Return (client, sender): the commercial entity whose people are written to, and the address of somebody not yet
        identified, who may be asked who they are."""
        self.ensure_one()
        return self.sudo().partner_id.commercial_partner_id, False

    def _charter_keep_files(self, contact, words, files=()):
        """Put on the thread what ``contact`` of the client said and sent at once.

        :param files: [(name, bytes)]
        """
        self.sudo().with_context(mail_notify_force_send=False, mail_post_autofollow=False).message_post(
            body=words,
            author_id=contact.id,
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
            attachments=list(files),
        )

    def message_post(self, **kwargs):
        """Post as core does; what is written to people leaves in our layout, whoever writes it from which form.

        What somebody pasted from a mail of ours opens in its name for nobody else.
        """
        body = kwargs.get("body")
        if isinstance(body, str) and OPENS.search(body):
            kwargs["body"] = type(body)(without_tokens(body))
        if kwargs.get("message_type") == "comment" and not kwargs.get("email_layout_xmlid"):
            kwargs["email_layout_xmlid"] = "mileo_client_charter.mail_client_layout"
        return super().message_post(**kwargs)

    def _charter_mail_doors(self):
        """Return [(label, address)] of what the client can do next from a message about this document, without a login.

        They open in the name of ``_charter_doors_of()``, and stand in the mail to that one alone.
        """
        return []

    def _charter_doors_of(self):
        """Return the contact in whose name the links of a message open."""
        return ("contact_id" in self._fields and self.contact_id) or self.partner_id

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Keep separate whose links they are: our own people read the same mail, and must not act in a client's name."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if not self:
            return groups
        reader = self.sudo()._charter_doors_of()
        own = [ITS_READER, lambda row: row["id"] == reader.id, {"active": True, "has_button_access": False}]
        return [own, *groups]

    def _notify_thread_with_out_of_office_get_additional_users(self, *args, **kwargs):
        # Core looks up who answers while a client posts; clients do not read that field.
        return super(CharterThreadMixin, self.sudo())._notify_thread_with_out_of_office_get_additional_users(
            *args, **kwargs
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self:
            return recipients
        client, sender = self._charter_thread_partners()
        ours = self.sudo().company_id.partner_id.commercial_partner_id
        partners = self.env["res.partner"].sudo().browse(row["id"] for row in recipients if row["id"])
        own = partners.filtered(lambda partner: partner.commercial_partner_id in client | ours)
        reached = set(own.ids)
        # Those the message names come first: of two who share a mailbox, one is written to.
        named = set((msg_vals or {}).get("partner_ids") or message.sudo().partner_ids.ids)
        found, mailboxes = [], set()
        for row in sorted(recipients, key=lambda row: row["id"] not in named):
            mailbox = row["share"] and row["email_normalized"]
            if mailbox and mailbox in mailboxes:
                continue
            # Internal users are ours; "share" is everybody else.
            if (
                (row["id"] and not row["share"])
                or row["id"] in reached
                or (sender and email_normalize(row["email_normalized"]) == email_normalize(sender))
            ):
                found.append(row)
                mailboxes.add(mailbox)
        return found
