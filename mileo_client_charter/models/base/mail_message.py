"""Keep what a client wrote in the thread of one of our documents as it was written."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .charter_engine import DOOR, ENGINE


class MailMessage(models.Model):
    _inherit = "mail.message"

    def write(self, vals):
        if "body" in vals:
            said = self._charter_said_by_clients()
            if any(message.body != vals["body"] for message in said):
                said._charter_refuse_rewriting()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_a_client_s(self):
        said = self._charter_said_by_clients()
        if said:
            said._charter_refuse_rewriting()

    def _charter_said_by_clients(self):
        """Return those messages that are a client's, on documents of the charter that are there; none for the engine.

        The anonymising and the retention come as the engine; with a document that goes, its messages go through its door.
        """
        if self.env.context.get("charter_engine") is ENGINE or self.env.cr.cache.get(DOOR):
            return self.browse()
        threads = self.pool.descendants(["charter.thread.mixin"], "_inherit")
        on_ours = self.sudo().filtered(lambda message: message.model in threads)
        if not on_ours:
            return self.browse()
        ours = self.env["res.company"].sudo().search(Domain.TRUE).partner_id
        return on_ours.filtered(
            lambda message: (
                message.message_type in ("comment", "email", "notification")
                and message.author_id.partner_share
                and message.author_id.commercial_partner_id not in ours
            )
        )

    def _charter_refuse_rewriting(self):
        raise AccessError(
            self.env._(
                "What a client wrote stays as it was written: answer it below. What must not be kept is taken out by "
                "anonymising the contact."
            )
        )
