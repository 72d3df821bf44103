"""A survey that did not arrive says so: it is failed, not sent, and somebody mends the address."""

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# What an invitation may be in when its mail turns out not to have arrived.
AWAITED = ("sent",)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    def _mail_failed(self, why):
        """The mail of these invitations could not leave, or came back: nobody was asked."""
        failed = self.sudo().filtered(lambda one: one.channel == "survey" and one.state in AWAITED)
        failed._charter_engine().write({"state": "failed", "skip_reason": why})
        for feedback in failed:
            user = self.env["charter.word"]._reader(feedback, feedback.partner_id, feedback.company_id)
            reader = feedback.with_context(lang=user.lang, mail_activity_quick_update=True)
            reader.activity_schedule(
                "mileo_client_charter.activity_look",
                user_id=user.id,
                summary=_lt("Survey not delivered to %s: mend the address", feedback.contact_id.name),
                note=why,
            )


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            asked = self.sudo().filtered(lambda mail: mail.model == "charter.feedback")
            feedback = self.env["charter.feedback"].browse(asked.mapped("res_id")).exists()
            feedback._mail_failed(str(failure_reason or failure_type))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message and message.model == "charter.feedback":
            feedback = self.env["charter.feedback"].browse(message.res_id).exists()
            feedback._mail_failed(
                self.env._(
                    "The mail came back: %s", message_dict.get("subject") or self.env._("no reason given")
                )
            )
        return result
