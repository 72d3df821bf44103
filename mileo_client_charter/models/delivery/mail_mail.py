"""Emails in the queue: an error of the server about one recipient concerns that one only, a lost connection one email only."""

import logging
import smtplib
from datetime import timedelta

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all
from psycopg2.errors import SerializationFailure

from ...tools.delivery_report import is_refused, is_temporary, refused_for_good
from ...tools.links import OPENS, without_tokens
from ..base.charter_addons import is_charter_model
from ..base.charter_batches import run_isolated
from ..base.charter_words import in_words, stored

_logger = logging.getLogger(__name__)

# A server that does not answer, or asks for patience, is asked again so much later, and for so many days in all.
AGAIN = timedelta(minutes=30)
PATIENCE = timedelta(days=5)
# How often a mail is looked at again that another process has just sent.
ATTEMPTS = 5


class Dialogue:
    """A connection that remembers whom the server refused where it took others: core forgets them."""

    def __init__(self, session):
        self._session, self.refused = session, {}

    def __getattr__(self, name):
        return getattr(self._session, name)

    def send_message(self, message, sender, recipients):
        self.refused = self._session.send_message(message, sender, recipients) or {}
        return self.refused


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Keep what opens in the recipient's name out of the message: the thread is read by our own people too."""
        mails = super().create(vals_list)
        # Those of a thread are made one group of readers after the other, from one message: it is cleared after the last.
        for message in mails.filtered(lambda mail: not mail.is_notification).mail_message_id:
            if OPENS.search(message.body or ""):
                message.body = Markup(without_tokens(message.body))  # noqa: S704  (its own body)
        return mails

    def _charter_choice(self, reader):
        reader = reader and reader.sudo()
        # Our own people, and a company of ours that is written to, choose nothing here.
        if not reader or not reader.partner_share or (reader.is_company and reader.ref_company_ids):
            return super()._charter_choice(reader)
        env = reader.with_context(lang=reader.lang or self.env.lang).env
        return env._("Choose which messages you receive"), reader._charter_link("mails", reader)

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Send the mails, except those that carry a file which is no longer the one on record."""
        broken = self.browse()
        # Another worker may have sent and removed some of them since they were queued.
        for mail in self.sudo().exists():
            altered = mail.attachment_ids.filtered(lambda file: not file._charter_is_intact())
            if altered:
                altered._charter_note_broken()
                mail._charter_hold_back(altered[0]._charter_broken_term())
                broken |= mail
        options = {"auto_commit": auto_commit, "raise_exception": raise_exception}
        options["post_send_callback"] = post_send_callback
        waiting = self - broken
        if not self.env.su:
            # Who may send what waits may be no reader of the document it is about: what was noted after it had left was
            # refused then, and it was sent again.
            waiting.check_access("write")
            ours = waiting.filtered(lambda mail: mail.sudo()._charter_is_ours())
            super(MailMail, ours.sudo()).send(**options)
            waiting -= ours
        return super(MailMail, waiting).send(**options)

    def _send(self, auto_commit=False, smtp_session=None, post_send_callback=None, **options):
        """Send each mail by one process alone, to one recipient at a time, over a connection that still answers.

        Core marks a mail before it sends it, but the mark reaches the database with the end of the transaction only: two
        processes at the queue at once both send, and one of them learns of it too late. What another process is at, or has
        sent since, is left to it.
        """
        queue = list(self if auto_commit else self._charter_to_ourselves())
        session = smtp_session
        while queue:
            mail = queue.pop(0)
            if auto_commit:
                mail = mail._charter_taken_again()
            queue[:0] = mail._charter_one_each()
            try:
                session = mail._charter_connected(session, options)
            except (OSError, UserError) as error:
                # As core does for all of a batch that it finds no server for.
                rest = self.browse([mail.id, *(one.id for one in queue)]).exists()
                rest.write({"state": "exception", "failure_reason": str(error)})
                rest._postprocess_sent_message([], [], failure_type="mail_smtp")
                break
            dialogue = session and Dialogue(session)
            several = mail._charter_several_addresses()
            values = several and mail._charter_same_message()
            try:
                super(MailMail, mail)._send(
                    auto_commit=auto_commit,
                    smtp_session=dialogue,
                    post_send_callback=post_send_callback,
                    **options,
                )
            except smtplib.SMTPServerDisconnected as error:
                if not mail._charter_is_ours():
                    raise
                # Whether it was taken is not known: it is sent again under the same Message-Id (RFC 5321, 4.5.4.1).
                _logger.info("Mail %s: the server hung up (%s)", mail.id, error)
                mail.write({"failure_reason": str(error), "failure_type": "mail_smtp"})
                mail._postprocess_sent_message([], [], failure_type="mail_smtp")
            else:
                if several and dialogue.refused:
                    mail._charter_refused_some(dialogue.refused, values)
        if session and session is not smtp_session:
            session.quit()
        return True

    def _charter_to_ourselves(self):
        """Return those of these mails that no other process is at, locked until the transaction is over.

        With their messages: several mails may share one, which core writes on after each. The second to do so at a time loses its
        transaction, with the mark that its mail has left, and the mail leaves again.

        :raise SerializationFailure: another process has just sent one of them
        """
        if not self:
            return self
        self.flush_recordset()
        query = SQL(
            "SELECT mail.id FROM mail_mail AS mail JOIN mail_message AS message ON message.id = mail.mail_message_id "
            "WHERE mail.id IN %s FOR UPDATE SKIP LOCKED",
            tuple(self.ids),
        )
        self.env.cr.execute(query, log_exceptions=False)
        free = {row for (row,) in self.env.cr.fetchall()}
        if len(free) < len(self):
            # Whoever holds a message may not have these mails of it in its queue.
            self.env["charter.obligation"]._wake_mail_queue()
        return self.filtered(lambda mail: mail.id in free)

    def _charter_taken_again(self):
        """Lock the mails in a new transaction, which sees what other processes did until now. :return: ``self`` locked, else no mail"""
        for _attempt in range(ATTEMPTS):
            self.env.cr.commit()  # pylint: disable=invalid-commit
            try:
                return self._charter_to_ourselves()
            except SerializationFailure:
                # Sent between the beginning of this transaction and the lock.
                self.env.cr.rollback()
        return self.browse()

    def _charter_is_ours(self):
        return bool(self) and all(is_charter_model(self.env.registry.get(mail.model)) for mail in self)

    def _charter_connected(self, session, options):
        """Return ``session``, or another one where the server has ended it.

        :raise Exception: whatever says that the server is not there any more
        """
        if not session or getattr(session, "sock", session):
            return session
        server = options.get("mail_server") or self.env["ir.mail_server"]
        return server._connect__(mail_server_id=server.id or None, smtp_from=session.smtp_from)

    def _charter_one_each(self):
        """Give each recipient of this mail a mail of its own: one who is refused keeps it from nobody, and nobody gets it twice.

        :return: [mail], the new ones; this one keeps its first recipient
        """
        if not self._charter_is_ours() or self.state != "outgoing":
            return []
        addressed = bool(self.email_to or self.email_cc)
        if len(self.recipient_ids) + addressed < 2:
            return []
        kept = self.recipient_ids[: 0 if addressed else 1]
        others = self.recipient_ids - kept
        values = self._charter_same_message()
        self.write({"recipient_ids": [Command.set(kept.ids)], "is_notification": True})
        mails = self.sudo().create([{**values, "recipient_ids": [Command.set(one.ids)]} for one in others])
        notices = self._charter_notices().grouped("res_partner_id")
        for person, mail in zip(others, mails, strict=True):
            if person in notices:
                notices[person].mail_mail_id = mail
        return list(mails.with_env(self.env))

    def _charter_same_message(self):
        """Return the values of another mail of the same message, which stays when a mail that has left is removed."""
        return {
            "mail_message_id": self.mail_message_id.id,
            "is_notification": True,
            "body_html": self.body_html,
            "headers": self.headers,
            "references": self.references,
            "auto_delete": self.auto_delete,
        }

    def _charter_notices(self):
        return (
            self.env["mail.notification"]
            .sudo()
            .search([("mail_mail_id", "in", self.ids), ("notification_type", "=", "email")])
        )

    def _charter_several_addresses(self):
        """Return whether one recipient has several addresses, which the server may judge separately."""
        return self._charter_is_ours() and any(
            len(email_normalize_all(one.email or "")) > 1 for one in self.recipient_ids
        )

    def _charter_refused_some(self, refused, values):
        """Send it again to those of these addresses that may be taken later, and say the rest: the mail has left to the others.

        :param refused: {address: (code, words)}, as smtplib has it
        :param values: of another mail of the same message
        """
        later, never = [], []
        for address, (code, words) in refused.items():
            (never if refused_for_good(code) else later).append(
                (address, f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}")
            )
        for address, _words in later:
            self.sudo().create({**values, "email_to": address})._charter_put_off()
        if never:
            text = ", ".join(f"{address} ({words})" for address, words in never)
            rows = self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])
            rows._not_to(text)

    def _charter_waiting(self, failure_reason, failure_type):
        """Return the charter's own among these mails that a server may take later: nobody answered, or it asks for patience.

        For as many days as a mail server itself would try (RFC 5321, 4.5.4.1).
        """
        if not is_temporary(failure_reason, failure_type):
            return self.browse()
        since = self.env.cr.now() - PATIENCE
        return self.filtered(lambda mail: mail._charter_is_ours() and mail.create_date >= since)

    def _charter_put_off(self):
        """Put the mails back into the outbox for later; no attempt of a delivery is used up, and nobody is informed of a failure."""
        again = self.env.cr.now() + AGAIN
        self.sudo().write({"state": "outgoing", "scheduled_date": again})
        self._charter_notices().filtered(lambda one: one.notification_status == "exception").write(
            {"notification_status": "ready", "failure_type": False, "failure_reason": False}
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=again)

    def _charter_hold_back(self, why):
        words = in_words(self.env, stored(why))
        self.write({"state": "exception", "failure_type": "unknown", "failure_reason": words})
        self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])._fail(why)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Let a delivery follow its mail: delivered once it has left, to fix when it could not leave."""
        waiting = self._charter_waiting(failure_reason, failure_type)
        if waiting:
            waiting._charter_put_off()
            return super(MailMail, self - waiting)._postprocess_sent_message(
                success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
            )
        deliveries = self.env["charter.delivery"].sudo().search([("mail_id", "in", self.ids)])
        if deliveries and failure_type:
            deliveries._fail(str(failure_reason or failure_type))
            if is_refused(failure_reason):
                # The server said never: asking it again is no use.
                deliveries._give_up(str(failure_reason))
        elif deliveries:
            # The mail has left: what goes wrong with one record must not hold up the other mails of the queue.
            run_isolated(deliveries, lambda rows: rows._mail_left(), lambda row, why: row._fail(why))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
