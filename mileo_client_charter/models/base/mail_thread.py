from odoo import models


class AuthenticationResults(tuple):
    """What a mail's headers say of its sender. A class of its own: no remote call can put one into a context."""

    __slots__ = ()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Hand the headers about the sender on to whoever opens a record: they are no part of ``message_dict``."""
        found = AuthenticationResults(map(str, message.get_all("Authentication-Results", [])))
        threads = self.with_context(charter_authentication=found)
        return super(MailThread, threads)._message_route_process(message, message_dict, routes)
