"""A bounced email makes the delivery it carried a failed one."""

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _charter_bounced(self, messages, why):
        self.env["charter.delivery"].sudo().search([("mail_message_id", "in", messages.ids)])._bounced(why)
        return super()._charter_bounced(messages, why)
