"""Incoming and outgoing mail of our documents: which sender is believed, which machine opens nothing, what a bounce is."""

import logging

from markupsafe import Markup
from odoo import api, models
from odoo.tools.mail import email_normalize, email_split
from odoo.tools.translate import LazyTranslate

from ...tools import mail_authentication
from ...tools.automatic_mail import is_automatic, untagged
from ...tools.delivery_report import is_failure, read
from ...tools.links import OPENS, without_tokens
from .charter_addons import is_charter_model
from .charter_engine import ENGINE

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)


class AuthenticationResults(tuple):
    """What a mail's headers say of its sender. A class of its own: no remote call can put one into a context."""

    __slots__ = ()


class Automatic:
    """What marks a mail of a machine in a context; like the above, nothing a remote call can send."""


AUTOMATIC = Automatic()


class Doubted:
    """What marks a mail whose sender our gateway found false, in the same way."""


DOUBTED = Doubted()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _charter_for_staff(self):
        """Return these documents in the language of their company's people: for what the program itself writes on a thread, once
        for all of them, whoever set it off, and also where a scheduled action did, which reads no language."""
        company = self.sudo().company_id[:1] if "company_id" in self._fields else self.env["res.company"]
        return self.with_context(lang=(company or self.env.company)._charter_staff_lang())

    def _creation_message(self):
        """Say that a document of ours was created, to our own people."""
        if not is_charter_model(self):
            return super()._creation_message()
        self.ensure_one()
        return self._charter_for_staff()._charter_opening()

    @api.model
    def _charter_opening(self):
        """Return what a thread of this model begins with, in the language of the environment."""
        return self.env._("Created: %s", self._charter_model_name())

    @api.model
    def _charter_hears(self):
        """Return whether what a client writes on a document of this model is heard by somebody of ours."""
        return is_charter_model(self)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Let what follows a “+” of an address of ours be the writer's own (RFC 5233), as most mail servers do."""
        for key in ("to", "recipients"):
            addresses = email_split(message_dict[key])
            bare = [untagged(one) for one in addresses if untagged(one) != one]
            message_dict[key] = ",".join([*filter(None, [message_dict[key]]), *bare])
        return super().message_route(message, message_dict, model, thread_id, custom_values)

    def _message_route_process(self, message, message_dict, routes):
        """Give the headers about the sender to the method that opens a record: they are no part of ``message_dict``.

        An answer quotes our mail: what opens in its writer's name there is for nobody else to read.
        """
        body = message_dict.get("body") or ""
        if OPENS.search(body):
            message_dict = {**message_dict, "body": type(body)(without_tokens(body))}
        found = AuthenticationResults(map(str, message.get_all("Authentication-Results", [])))
        threads = self.with_context(charter_authentication=found)
        if is_automatic(message):
            threads = threads.with_context(charter_automatic=AUTOMATIC)
            routes = [route for route in routes if not self._charter_drops(route, message_dict)]
        thread_id = False
        for route in list(routes or ()):
            doubt = threads._charter_doubt_on(route, message_dict)
            if doubt:
                routes.remove(route)
                doubted = threads.with_context(charter_doubted=DOUBTED)
                marked = {**message_dict, **threads._charter_as_nobody_s(doubt, message_dict)}
                thread_id = super(MailThread, doubted)._message_route_process(message, marked, [route])
        if thread_id and not routes:
            return thread_id
        return super(MailThread, threads)._message_route_process(message, message_dict, routes)

    @api.model
    def _charter_sender_doubt(self, company, sender):
        """Return what our own gateway found wrong with a mail that says it is from ``sender`` (RFC 8601), as a term; None for nothing.

        It counts where the company has named that gateway.
        """
        headers, trusted = self.env.context.get("charter_authentication"), company.charter_mail_authserv
        if not trusted or not isinstance(headers, AuthenticationResults):
            return None
        failed = mail_authentication.failed(headers, trusted, sender)
        return failed and _lt(
            "The email claims to be from %(sender)s, and our mail server found that it is not (%(result)s).",
            sender=sender,
            result=failed,
        )

    @api.model
    def _charter_doubt_on(self, route, message_dict):
        """Return why an answer on a document of ours is not its sender's, as a term; None where it is, or opens a document."""
        model, thread_id = route[0], route[1]
        if not thread_id or not self.env[model]._charter_hears():
            return None
        document = self.env[model].sudo().browse(thread_id)
        company = ("company_id" in document._fields and document.company_id) or self.env.company
        return self._charter_sender_doubt(
            company, email_normalize(message_dict.get("email_from") or "") or ""
        )

    @api.model
    def _charter_as_nobody_s(self, doubt, message_dict):
        """Return what changes in an answer whose sender is doubted: it is no one's, for our people alone, and says why."""
        words = Markup("<p><strong>%s</strong></p>") % self._charter_for_staff().env._(doubt)
        return {
            "author_id": False,
            # Core writes to whoever wrote what is answered.
            "parent_id": False,
            "is_internal": True,
            "body": words + Markup(message_dict.get("body") or ""),  # noqa: S704  (core's own, sanitised)
        }

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Return addresses as core does; what the program sends on our documents is answered to the company, not to “OdooBot”."""
        if self and is_charter_model(self) and self.env.user._is_superuser():
            companies = self.sudo()._mail_get_companies(default=self.env.company)
            author_ids = {
                number: (author_ids or {}).get(number) or companies[number].partner_id.id
                for number in self.ids
            }
        return super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Send it, then keep what everybody on the thread may read: a copy for a client opens in its name, on a contract's
        thread too.
        """
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if OPENS.search(message.body or ""):
            engine = message.sudo().with_context(charter_engine=ENGINE)
            engine.body = Markup(without_tokens(message.body))  # noqa: S704  (its own body)
        return recipients

    def _routing_handle_bounce(self, email_message, message_dict):
        """Handle a bounce. What is only delayed is none: the server tries again automatically (RFC 3464, 2.3.3); nor is an out-of-office
        answer, which is sent to the same address.
        """
        if not is_failure(email_message):
            _logger.info("Mail %s to the address of bounces: no failure", message_dict.get("message_id"))
            return None
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message:
            _actions, words = read(email_message)
            self._charter_bounced(message, words or message_dict.get("subject"))
        return result

    def _charter_bounced(self, messages, why):
        """Take note that these messages came back after they had left (hook). :param why: the remote server's words, or None"""

    def _charter_drops(self, route, message_dict):
        """Return whether this route would open a record that no machine may open; what is open already takes its mail."""
        model, thread_id = route[0], route[1]
        takes = getattr(self.env.get(model), "_charter_takes_automatic_mail", True)
        if takes or thread_id:
            return False
        _logger.info("Automatic mail %s opens no %s", message_dict.get("message_id"), model)
        return True
