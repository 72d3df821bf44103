from odoo import models

from ..base.charter_batches import run_isolated


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Send what is whole: a mail that carries a file which is no longer the one on record does not leave."""
        broken = self.browse()
        # Another worker may have sent and removed some of them since they were queued.
        for mail in self.sudo().exists():
            altered = mail.attachment_ids.filtered(lambda file: not file._charter_is_intact())
            if altered:
                altered._charter_note_broken()
                mail._charter_hold_back(altered[0]._charter_broken_words())
                broken |= mail
        return super(MailMail, self - broken).send(
            auto_commit=auto_commit, raise_exception=raise_exception, post_send_callback=post_send_callback
        )

    def _charter_hold_back(self, why):
        self.write({"state": "exception", "failure_type": "unknown", "failure_reason": why})
        self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])._fail(why)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """A delivery follows its mail: handed over once it has left, to mend when it could not leave."""
        deliveries = self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])
        if deliveries and failure_type:
            deliveries._fail(str(failure_reason or failure_type))
        elif deliveries:
            # The mail has left: what goes wrong with one record must not hold up the other mails of the queue.
            run_isolated(deliveries, lambda rows: rows._mail_left(), lambda row, why: row._fail(why))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
