from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message:
            deliveries = self.env["charter.delivery"].sudo().search([("mail_message_id", "in", message.ids)])
            deliveries._bounced(message_dict.get("subject"))
        return result
