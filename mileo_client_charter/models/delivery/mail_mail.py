from datetime import timedelta

from odoo import models

from ...tools.delivery_report import is_refused, is_temporary
from ..base.charter_batches import run_isolated

# A server that does not answer, or asks for patience, is asked again so much later, and for so many days in all.
AGAIN = timedelta(minutes=30)
PATIENCE = timedelta(days=5)


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

    def _charter_waiting(self, failure_reason, failure_type):
        """Return the charter's own among these mails that a server may take later: nobody answered, or it asks for patience.

        For as many days as a mail server itself would try (RFC 5321, 4.5.4.1).
        """
        if not is_temporary(failure_reason, failure_type):
            return self.browse()
        since = self.env.cr.now() - PATIENCE
        return self.filtered(lambda mail: mail._charter_is_ours() and mail.create_date >= since)

    def _charter_put_off(self):
        """Back into the outbox for later; no attempt of a delivery is used up, and nobody is told of a failure."""
        again = self.env.cr.now() + AGAIN
        self.sudo().write({"state": "outgoing", "scheduled_date": again})
        self._charter_notices().filtered(lambda one: one.notification_status == "exception").write(
            {"notification_status": "ready", "failure_type": False, "failure_reason": False}
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=again)

    def _charter_hold_back(self, why):
        self.write({"state": "exception", "failure_type": "unknown", "failure_reason": why})
        self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])._fail(why)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """A delivery follows its mail: handed over once it has left, to mend when it could not leave."""
        waiting = self._charter_waiting(failure_reason, failure_type)
        if waiting:
            waiting._charter_put_off()
            return super(MailMail, self - waiting)._postprocess_sent_message(
                success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
            )
        deliveries = self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])
        if deliveries and failure_type:
            deliveries._fail(str(failure_reason or failure_type))
            if is_refused(failure_reason):
                # The server said never: asking it again is no use.
                deliveries._give_up(str(failure_reason))
        elif deliveries:
            # The mail has left: what goes wrong with one record must not hold up the other mails of the queue.
            run_isolated(deliveries, lambda rows: rows._mail_left(), lambda row, why: row._fail(why))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
