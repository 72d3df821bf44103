"""A survey that did not arrive says so: it is failed, not sent, and somebody mends the address."""

from odoo import models


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
