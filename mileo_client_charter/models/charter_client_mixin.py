from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext, is_html_empty

from ..tools.words import is_sentence
from .charter_obligation import MissingCharter


class CharterClientMixin(models.AbstractModel):
    """What feedback and escalations share: a client to answer, and promises that must not be lost."""

    _name = "charter.client.mixin"
    _description = "Document a client started"
    _inherit = ["charter.engine.mixin", "charter.obligation.mixin", "charter.thread.mixin"]

    configuration_error = fields.Char(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Why a promise of the charter could not be opened, or has nobody to keep it.",
    )

    def _charter_open_or_explain(self, code, **values):
        """As ``_charter_open``, but what a client said is kept even when the promise cannot be opened.

        What is missing is written on the document, where staff see it and can mend it.
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
        labels = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        error = False
        if vacant:
            error = self.env._(
                "Nobody holds the role “%s”: an administrator sets it in Client Charter ‣ Clients ‣ Contacts. "
                "The promise is open and its clock runs.",
                labels[vacant[0].role],
            )
        self._charter_engine().configuration_error = error

    def _charter_new_owner(self, role, user):
        """The vacant role of these documents has been filled."""
        for record in self:
            record._charter_explain_vacancy(record.obligation_ids.filtered("is_owed"))
            record.obligation_ids.filtered(lambda o: o.is_owed and o.user_id == user)._charter_announce()

    def message_post(self, **kwargs):
        # Odoo lets followers post whatever they may read; following grants nothing here.
        self.check_access("read")
        return super().message_post(**kwargs)

    def _charter_write_to_client(self, contact, subject, body):
        """Post ``body`` on the thread and queue it as a mail to ``contact``.

        The client finds it in its mailbox and on the portal. :return: the mail.message
        :raise ValidationError: nobody to write to, or nothing to say
        """
        self.ensure_one()
        if is_html_empty(body):
            raise ValidationError(self.env._("Message: there is nothing to send to the client yet."))
        if not is_sentence(html2plaintext(body)):
            raise ValidationError(
                self.env._("Message: “%s” tells the client nothing yet; write at least a sentence.",
                           html2plaintext(body).strip())
            )  # fmt: skip
        if not contact.email_normalized:
            raise ValidationError(
                self.env._(
                    "Contact: %s has no valid e-mail address; add one, then send.", contact.display_name
                )
            )
        message = self.with_context(
            mail_notify_force_send=False, mail_post_autofollow=False, lang=contact.lang
        ).message_post(
            body=body,
            subject=subject,
            partner_ids=contact.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            mail_auto_delete=False,
            email_layout_xmlid="mail.mail_notification_light",
        )
        self.env["charter.obligation"]._wake_mail_queue()
        return message
