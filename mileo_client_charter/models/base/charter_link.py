"""Links in emails that open without a login: signed, expiring, one purpose each. A GET changes nothing."""

from datetime import date, timedelta

from odoo import api, models
from odoo.tools.misc import hmac

from ...tools import links
from .charter_copy import mail_copy

# A moment's thought: what was done by a link can be changed by it for so long.
CHANGE_OF_MIND = timedelta(hours=24)
SCOPE = "mileo_client_charter.link"
PATH = "/charter/l/"


class CharterLink(models.AbstractModel):
    """Makes and opens the links; what each does is said by the document's model (``_charter_links``)."""

    _name = "charter.link"
    _description = "Signed link of an email"

    @api.model
    def _purposes(self):
        """Return {number: (model, purpose, Link)} of every model there is."""
        return {
            link.number: (name, purpose, link)
            for name, model in self.env.items()
            if not model._abstract
            for purpose, link in getattr(model, "_charter_links", {}).items()
        }

    @api.model
    def _signer(self):
        env = self.sudo().env
        return lambda text: hmac(env, SCOPE, text)

    @api.model
    def _token(self, record, purpose, contact):
        """Return the token for ``contact`` to do ``purpose`` on ``record``, from today on."""
        link = record._charter_links[purpose]
        last_day = date.fromordinal(self._today().toordinal() + link.days)
        return links.pack(links.Claim(link.number, record.id, contact.id, last_day), self._signer())

    @api.model
    def _today(self):
        # The same for every company: a link carries its last day, and a day of it more or less hurts nobody.
        return self.env.cr.now().date()

    @api.model
    def _opened(self, token):
        """Return (record, contact, purpose, Link, status) of a token, read as the superuser in the contact's language.

        The status is ``open``, ``expired``, ``left`` (who it was sent to is that client's contact no more), ``kept`` (what our
        copy of a mail has in the place of a link) or ``unknown``.
        """
        nobody = self.env["res.partner"].sudo().browse()
        claim = links.unpack(token, self._signer())
        if not claim or claim.purpose not in self._purposes():
            return None, nobody, None, None, "kept" if token == links.KEPT else "unknown"
        model, purpose, link = self._purposes()[claim.purpose]
        record, contact = self._read(model, claim)
        if not record or not contact:
            return None, nobody, None, None, "unknown"
        record = record.with_context(lang=contact.lang or self.env.lang)
        if claim.last_day < self._today():
            return record, contact, purpose, link, "expired"
        client = record._charter_link_client()
        if not contact.active or contact.commercial_partner_id != client:
            return record, contact, purpose, link, "left"
        return record, contact, purpose, link, "open"

    def _read(self, model, claim):
        """Return (record, contact) of a claim, in memory after two statements: the document, then whom it is about and whom it is for."""
        partners = self.env["res.partner"].sudo()
        if model == "res.partner":
            self._in_memory(partners, {claim.record, claim.contact})
            return partners._charter_today_contact(claim.record), partners._charter_today_contact(
                claim.contact
            )
        record = self._in_memory(self.env[model].sudo(), {claim.record})
        client = record.partner_id.id if record and "partner_id" in record._fields else False
        self._in_memory(partners, {claim.contact, client} - {False})
        return record, partners._charter_today_contact(claim.contact)

    def _in_memory(self, records, ids):
        """Return those of ``ids`` that are there, with what reading any of their fields would read of them."""
        names = [
            name
            for name, field in records._fields.items()
            if field.column_type and field.store and field.prefetch is True
        ]
        found = records.with_context(active_test=False).search_fetch(
            [("id", "in", list(ids))], names, order="id"
        )
        return records.browse(found.ids)


class CharterLinkMixin(models.AbstractModel):
    """A document whose mails carry links of their own."""

    _name = "charter.link.mixin"
    _description = "Document with signed links"

    _charter_links = {}

    def _charter_link_client(self):
        """Return the client whose contacts a link of this document serves."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _charter_link_company(self):
        self.ensure_one()
        return self.company_id

    def _charter_link(self, purpose, contact=None):
        """Return the address at which ``contact`` does ``purpose``, without a login."""
        self.ensure_one()
        record = self.sudo()
        contact = contact or record.contact_id or record.partner_id
        token = self.env["charter.link"]._token(record, purpose, contact)
        return f"{record.get_base_url()}{PATH}{token}"

    def _charter_link_said(self, purpose, contact):
        """Return what is recorded of ``purpose`` now, then what follows, by when and by whom; a sentence each, in the language of the environment
        (hook). Empty where nothing is recorded.
        """
        return []

    def _charter_link_thread(self, contact):
        """Return the document to whose thread a reply to the copy for ``contact`` belongs; empty: no copy is sent."""
        return self

    def _charter_link_copy(self, contact, words, address):
        """Mail ``contact`` what it has just done by a link, and where it can change it.

        :param words: in the language of ``contact``
        """
        thread = self.sudo()._charter_link_thread(contact)
        if not thread or not contact.email_normalized:
            return
        company = self._charter_link_company()
        thread = thread.with_context(lang=contact.lang or self.env.lang)
        body = thread.env["ir.qweb"]._render(
            "mileo_client_charter.mail_link_copy",
            {
                "contact": contact,
                "words": words,
                "address": self.get_base_url() + address,
                "company": company,
            },
        )
        subject = thread.env._("Recorded: %s", self.sudo().with_env(thread.env).display_name)
        mail_copy(thread, contact, company, subject, body)

    @api.model
    def _charter_may_change_mind(self, moment):
        """Return whether what was done at ``moment`` can still be changed by the same link."""
        return bool(moment) and self.env.cr.now() - moment < CHANGE_OF_MIND
