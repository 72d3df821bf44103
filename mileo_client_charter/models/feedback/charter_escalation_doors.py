"""How an escalation comes in: by email, with what our gateway says of its sender, or by the portal (article 03)."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.sql import escape_psql
from odoo.tools.translate import LazyTranslate

from ...tools.automatic_mail import untagged
from ...tools.call_asked import asks_for_call
from ...tools.mail_quote import own_words
from ..base.charter_copy import mail_copy
from ..base.charter_lock import lock
from ..base.charter_words import as_stored

_lt = LazyTranslate(__name__)

# A mail that says it is older came from a clock that is wrong.
MAIL_DELAY = timedelta(days=7)


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    def _ask_who_it_is(self):
        """Ask somebody to name the client of an unknown or doubtful sender, so that the escalation gets its owner and its clock."""
        self.ensure_one()
        sender = self.email_from or "—"
        contacts = self._contacts_who_write(self.email_from)
        clients = contacts.commercial_partner_id
        if len(clients) > 1 and not self.doubt:
            self._ask_which(contacts)
            return
        self.configuration_error = (
            _lt(
                "%(doubt)s Ask the client on a number you know; if it is theirs, choose the client: the "
                "time limit runs from the email.",
                doubt=as_stored(self, "doubt"),
            )
            if self.doubt
            else _lt(
                "The sender %s is no known client: choose the client, the time limit runs from the email.",
                sender,
            )
        )
        for user in self.env["charter.assignment"]._company_people(self.company_id, "operations_manager"):
            self.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("Is this escalation really from %s?", sender)
                if self.doubt
                else _lt("Which client is this escalation from?"),
            )

    @api.model
    def _contacts_who_write(self, email_from):
        """Return the contacts of clients a mail may be from, one for each client: those with the sender's address; if there are none, those
        with that address without the part after a “+” (RFC 5233). Of several, those of clients under the charter.
        """
        people = self.env["res.partner"].sudo()
        sender = email_normalize(email_from or "") or ""
        for address in dict.fromkeys((sender, untagged(sender))):
            found = address and people.search([("email_normalized", "=", address)], order="is_company, id")
            if found:
                # The address of an employee is no client's, even where a client's contact has it too.
                if any(not user.share for user in found.user_ids):
                    return people
                first = {}
                for one in found:
                    first.setdefault(one.commercial_partner_id, one)
                charter = [one for client, one in first.items() if client.is_charter_client]
                return people.concat(*(charter or first.values()))
        return people

    def _ask_which(self, contacts):
        """Ask which client it is about, where a contact of several wrote: ours, and the writer. The time limit runs whichever it is."""
        names = ", ".join(contacts.commercial_partner_id.mapped("name"))
        self.configuration_error = _lt(
            "The sender %(sender)s is a contact of %(clients)s: choose the one it is about. The time limit runs from the email, "
            "whichever it is.",
            sender=self.email_from,
            clients=names,
        )
        for user in self.env["charter.assignment"]._company_people(self.company_id, "operations_manager"):
            self.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("Which client is this escalation from?"),
            )
        writer = contacts[0]
        record = self.sudo().with_context(lang=writer.lang or self.env.lang)
        if not writer._charter_unreachable(writer.commercial_partner_id):
            body = Markup("<p>%s</p>") % record.env._(
                "We have received your email. You are a contact of %s: which of them is it about? Reply to this email; the time "
                "limit of our answer runs already.",
                names,
            )
            subject = record.env._("%s: which company is it about?", self.reference)
            layout = "mileo_client_charter.mail_client_layout"
            mail_copy(record, writer, self.company_id, subject, body, layout, owed=True)

    @api.model
    def _doubt_about(self, company, sender):
        """Return why a mail that says it is from ``sender`` is not simply believed, as a term; None when it is.

        What our own gateway says of it counts (RFC 8601), where the company has named that gateway; then the number of
        complaints of one address in an hour.
        """
        failed = self._charter_sender_doubt(company, sender)
        if failed:
            return failed
        limit = company.charter_hourly_by_user
        since = self._charter_now() - timedelta(hours=1)
        recent = [
            ("door", "=", "mail"),
            ("raised_at", ">", since),
            ("email_from", "ilike", escape_psql(sender)),
        ]
        if limit and sender and self.sudo().search_count(recent, limit=limit) >= limit:
            return _lt(
                "%(sender)s has sent more than %(limit)s emails within an hour.", sender=sender, limit=limit
            )
        return None

    @api.model
    def _said_in_mail(self, date):
        """Return when a mail says it was written, naive UTC: a mail box that was fetched late costs the client nothing.

        None for no date, one to come, or one so old that a clock is wrong: then the mail counts from now.
        """
        now, said_at = self._charter_now(), fields.Datetime.to_datetime(date or None)
        return said_at if said_at and now - MAIL_DELAY <= said_at <= now else None

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Return an escalation that came by mail, to the alias of the charter.

        :raise AccessError: not called by the mail gateway, which works as superuser
        """
        if not self.env.su:
            raise AccessError(self.env._("Only the mail gateway records what came by email."))
        sender = email_normalize(msg_dict.get("email_from") or "") or ""
        contact = self._contacts_who_write(sender)
        # Of several clients, nobody guesses which.
        contact = contact if len(contact) == 1 else contact.browse()
        client = contact.commercial_partner_id
        company = self.env["res.company"].browse(
            (custom_values or {}).get("company_id") or self.env.company.id
        )
        if client:
            company = client.with_company(company)._charter_serving_company()
        values = {
            **(custom_values or {}),
            "name": msg_dict.get("subject") or self.env._("Escalation by email"),
            "description": html2plaintext(msg_dict.get("body") or "").strip(),
            "door": "mail",
            "company_id": company.id,
        }
        said_at = self._said_in_mail(msg_dict.get("date"))
        if said_at:
            values["said_at"] = said_at
        doubt = self._doubt_about(company, sender)
        if doubt:
            values["doubt"] = doubt
        elif client:
            values.update(partner_id=client.id, contact_id=contact.id)
        # The gateway's own values (email_from) are the engine's, not the sender's.
        escalation = super(CharterEscalation, self._charter_engine().with_company(company)).message_new(
            msg_dict, {**values, "email_from": msg_dict.get("email_from")}
        )
        escalation._ask_about_call(own_words(msg_dict.get("body")))
        return escalation

    def _ask_about_call(self, words):
        """Ask the contact, whose escalation is in ``words`` that ask for a call, whether its account manager calls as well."""
        if self.contact_id and asks_for_call(words):
            self.env["charter.word"].sudo()._hear(self)._ask_about_call(self.contact_id)

    @api.model
    def _from_portal(self, contact, subject, description, feedback=None, call_me=False):
        """Open an escalation from the button on the portal; no ticket is needed first.

        :param call_me: the client asks to be called back as well, by its account manager (article 02)

        :raise ValidationError: no words
        """
        description = self._charter_words(description, 10_000, self.env._("What happened"))
        subject = self._charter_words(subject, 200, self.env._("Subject"))
        if not description:
            raise ValidationError(self.env._("What happened: describe it briefly, so that we can answer."))
        client = contact.commercial_partner_id
        values = {
            "name": subject or self.env._("Escalation by %s", contact.name),
            "description": description,
            "partner_id": client.id,
            "contact_id": contact.id,
            "company_id": client._charter_serving_company().id,
            "feedback_id": feedback.id if feedback else False,
            "door": "portal",
        }
        engine = self._charter_engine()
        # Two clicks on the button, or a page sent again, are one complaint. The client's row is the lock.
        lock(client.sudo())
        just_now = ("raised_at", ">", self._charter_now() - timedelta(minutes=5))
        same = engine.search([*((name, "=", value) for name, value in values.items()), just_now], limit=1)
        if same:
            return same.with_env(self.env)
        escalation = engine.create(values)
        if call_me:
            said = self.env["charter.feedback"]._from_portal(contact, comment=description, call_me=True)
            if not escalation.feedback_id:
                escalation.feedback_id = said
        else:
            escalation._ask_about_call(description)
        return escalation.with_env(self.env)
