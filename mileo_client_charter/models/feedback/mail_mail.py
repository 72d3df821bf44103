"""Mark a survey as failed when its email could not be sent."""

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            # What is only put off is no failure.
            failed = self - self._charter_waiting(failure_reason, failure_type)
            asked = failed.sudo().filtered(lambda mail: mail.model == "charter.feedback")
            feedback = self.env["charter.feedback"].browse(asked.mapped("res_id")).exists()
            feedback._mail_failed(str(failure_reason or failure_type))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
