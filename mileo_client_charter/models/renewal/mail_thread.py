"""The answer of a calendar finds its meeting by the event it names."""

import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Route the answer of a calendar to its meeting, whatever it says it replies to: many say nothing."""
        review, _answers = self.env["charter.review"]._charter_answered_in(message)
        if review and not message_dict.get("is_bounce"):
            _logger.info("Answer of a calendar to review %s: %s", review.id, message_dict.get("message_id"))
            return [("charter.review", review.id, None, self.env.uid, None)]
        return super().message_route(message, message_dict, model, thread_id, custom_values)

    def _message_route_process(self, message, message_dict, routes):
        _review, answers = self.env["charter.review"]._charter_answered_in(message)
        threads = self.with_context(charter_calendar_answers=answers) if answers else self
        return super(MailThread, threads)._message_route_process(message, message_dict, routes)
