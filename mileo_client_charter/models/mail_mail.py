from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """A delivery follows its mail: handed over once it has left, to mend when it could not leave."""
        deliveries = self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])
        if deliveries and failure_type:
            deliveries._fail(str(failure_reason or failure_type))
        elif deliveries:
            deliveries._mail_left()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message:
            deliveries = self.env["charter.delivery"].sudo().search([("mail_message_id", "in", message.ids)])
            deliveries._bounced(message_dict.get("subject"))
        return result
