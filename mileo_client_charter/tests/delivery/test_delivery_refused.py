"""What a mail server answers, and what becomes of the row: nothing lost, nothing doubled, each state true."""

import smtplib
from email import message_from_string
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..cases.deliveries import DeliveryCase

DELAYED = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Words.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@x.example
Action: %s
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""

# As Sieve of Dovecot 2.3.19 writes it, to the envelope sender of what it answers: the address of bounces.
AWAY = """Message-ID: <dovecot-sieve-1795818960-84748-0@vm>
From: <a@x.example>
To: <%s>
Subject: Absence
In-Reply-To: %s
References: %s
Auto-Submitted: auto-replied (vacation)
Precedence: bulk

Back on the 15th.
"""


class Server:
    """As much of smtplib.SMTP as Odoo asks for; each mail gets the next of ``answers``, an exception or None."""

    def __init__(self, *answers):
        self.answers, self.taken = list(answers), []

    def send_message(self, message, _sender, recipients):
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.taken.append((message["Message-Id"], tuple(recipients)))

    def quit(self):
        """Nothing to close."""


def refused(code, words):
    return smtplib.SMTPRecipientsRefused({"a@x.example": (code, words)})


@tagged("post_install", "-at_install")
class TestDeliveryRefused(DeliveryCase):
    def queued(self):
        with self.at():
            self.contacts_cron()
            self.deliver()
        return self.deliveries()[0]

    def send(self, row, server, hours=0, user=None):
        """The mail of ``row`` goes to ``server``; by the queue, or by ``user``, who presses *Send Now*."""
        servers = type(self.env["ir.mail_server"])
        with (
            self.at(hours),
            patch.object(servers, "_disable_send", lambda _self: False),
            patch.object(servers, "_connect__", lambda *_args, **_options: server),
            patch.object(
                servers, "_prepare_email_message__", lambda _self, message, _smtp: ("us", ["a@x"], message)
            ),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            mail = row.sudo().mail_id
            (mail.with_user(user) if user else mail).send()

    def test_sent_now_by_an_administrator(self):
        """Of the system and not of the charter: it leaves once, and is known to have left."""
        row, server = self.queued(), Server()
        system = new_test_user(self.env, "t_system", groups="base.group_system")
        self.send(row, server, user=system)
        self.assertEqual((row.state, row.sudo().mail_id.state, len(server.taken)), ("sent", "sent", 1))
        self.assertFalse(row.sudo().mail_id.failure_reason)

    def test_later_then_taken(self):
        """451, 451, then 250: the row waits in the outbox, uses up no attempt, and leaves once."""
        row, server = self.queued(), Server(refused(451, b"4.3.0 later"), refused(451, b"4.3.0 later"))
        for hours in (0, 1):
            self.send(row, server, hours)
            self.assertEqual((row.state, row.attempts, row.sudo().mail_id.state), ("queued", 1, "outgoing"))
            self.assertGreater(row.sudo().mail_id.scheduled_date, self.moment(hours))
        self.send(row, server, 2)
        self.assertEqual((row.state, row.sudo().mail_id.state, len(server.taken)), ("sent", "sent", 1))
        self.send(row, server, 3)
        self.assertEqual(len(server.taken), 1, "what has left leaves no second time")

    def moment(self, hours):
        with self.at(hours):
            return self.env["charter.delivery"]._charter_now()

    def test_never_is_not_asked_again(self):
        row = self.queued()
        self.send(row, Server(refused(550, b"5.1.1 User unknown")))
        self.assertEqual(row.state, "failed")
        self.assertIn("User unknown", row.failure)
        with self.at(5):
            self.deliver()
            self.assertEqual((row.state, row.sudo().mail_id.state), ("failed", "exception"))

    def test_down_for_a_day(self):
        """Nobody answers: neither the document nor a survey fails, and no attempt is used up."""
        row = self.queued()
        mail = row.sudo().mail_id
        for hours in (0, 6, 12, 24):
            with self.at(hours):
                mail.state = "exception"
                mail._postprocess_sent_message([], [], failure_type="mail_smtp")
                self.assertEqual((row.state, row.attempts, mail.state), ("queued", 1, "outgoing"))
        with self.at(24 * 6):
            mail.state = "exception"
            mail._postprocess_sent_message([], [], failure_type="mail_smtp")
            self.assertEqual(row.state, "failed", "five days are what a mail server tries")

    def test_what_another_process_is_at_is_left_to_it(self):
        row, server = self.queued(), Server()
        mails = type(self.env["mail.mail"])
        with patch.object(mails, "_charter_to_ourselves", lambda self: self.browse()):
            self.send(row, server)
        self.assertEqual((server.taken, row.state), ([], "queued"))
        self.send(row, server)
        self.assertEqual((len(server.taken), row.state), (1, "sent"))

    def test_a_report_of_delay_is_no_failure(self):
        self.hand_over()
        row = self.deliveries()[0]
        for action, state in (("delayed", "sent"), ("failed", "failed")):
            with self.subTest(action), self.at(1):
                self.env["mail.thread"]._routing_handle_bounce(
                    message_from_string(DELAYED % action),
                    {
                        "email_from": "mailer-daemon@x.example", "to": self.company.email, "body": "",
                        "message_id": "<b@x.example>", "bounced_email": self.alice.email,
                        "bounced_partner": self.alice, "bounced_msg_ids": [], "subject": "Undelivered",
                        "bounced_message": row.sudo().mail_message_id,
                    },
                )  # fmt: skip
                self.assertEqual(row.state, state)
        self.assertIn("550 5.1.1 User unknown", row.failure)

    def test_out_of_office_to_the_address_of_bounces_is_no_failure(self):
        self.hand_over()
        row = self.deliveries()[0]
        message = row.sudo().mail_message_id
        domain = self.env["mail.alias.domain"].create({"name": "charter.example.com"})
        thread = self.env["mail.thread"].sudo()
        with self.at(1):
            thread.message_process(
                False, AWAY % (domain.bounce_email, message.message_id, message.message_id)
            )
            self.assertEqual((row.state, row.failure), ("sent", False))
            failed = (DELAYED % "failed").replace(
                "--b--", f"--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: {message.message_id}\n--b--"
            )
            thread.message_process(
                False,
                f"From: mailer-daemon@x.example\nTo: {domain.bounce_email}\nMessage-Id: <d@x>\n{failed}",
            )
            self.assertEqual(row.state, "failed")
