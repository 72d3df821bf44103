"""Threads of our documents: what a client wrote stays as it was written, and each begins in its reader's language."""

from markupsafe import Markup
from odoo import api, models
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .charter_addons import is_charter_model
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

    # -- what a thread begins with ------------------------------------------------------------------

    def _to_store(self, store, fields, **options):  # pylint: disable=missing-return
        """Show what a thread begins with in the reader's language; it is kept in that of the company's people."""
        shows_body = any(getattr(field, "field_name", field) == "body" for field in fields)
        super()._to_store(store, fields, **options)
        if shows_body:
            for message, words in self._charter_openings():
                body = Markup('<div summary="o_mail_notification"><p>%s</p></div>') % words
                store.add_records_fields(message, [Store.Attr("body", body)])

    def _charter_openings(self):
        """Return [(message, what it says in the reader's language)] of those that begin a thread of ours."""
        known, found = {}, []
        for message in self:
            model = self.env.get(message.model)
            if message.message_type != "notification" or not is_charter_model(model):
                continue
            if message.model not in known:
                languages = [code for code, _name in self.env["res.lang"].get_installed()]
                known[message.model] = {
                    model.with_context(lang=code)._charter_opening() for code in languages
                }
            if html2plaintext(message.body).strip() in known[message.model]:
                found.append((message, model._charter_opening()))
        return found
