"""A real dialogue with a mail server that misbehaves: nothing lost, nothing doubled, the state of each row true."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from odoo import Command
from odoo.addons.base.models import ir_mail_server
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cases.deliveries import DeliveryCase
from ..cases.killed import KilledCase
from ..cases.smtp import CLOSING, HANG_UP, HOLD, LATER, NEVER, SILENT, mail_server, route, sending

PREFIX = "t_two_queues"
CORE = ("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")


@tagged("post_install", "-at_install")
class TestDeliverySmtp(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(mail_server())
        cls.route = route(cls.env, cls.server.port)
        cls.box = cls.server.handler

    def setUp(self):
        super().setUp()
        self.box.forget()
        with self.at():
            self.contacts_cron()
            self.deliver()
        self.first, self.second = self.deliveries()
        self.mails = (self.first | self.second).sudo().mail_id
        # What else the day queued is not this test's.
        self.env["mail.mail"].search(
            [("state", "=", "outgoing"), ("id", "not in", self.mails.ids)]
        ).state = "cancel"

    def queue(self, hours=0):
        """The queue of emails is worked off, as its scheduled action does."""
        with self.at(hours), sending(self.env), mute_logger(*CORE):
            self.env["mail.mail"].process_email_queue()

    def standing(self):
        """(state of the row, attempts, state of its email) of both."""
        return [(row.state, row.attempts, row.sudo().mail_id.state) for row in (self.first, self.second)]

    def taken(self):
        """Addresses that got something, each as often as it did."""
        return sorted(address for _name, addresses in self.box.taken for address in addresses)

    def test_both_arrive(self):
        self.queue()
        self.assertEqual(self.standing(), [("sent", 1, "sent")] * 2)
        self.assertEqual(self.taken(), sorted([self.alice.email, self.adam.email]))
        self.assertEqual(self.box.connections, 1, "one connection for all")

    def test_451_twice_then_250(self):
        """Nobody else waits for it, no attempt is used up, and it leaves once, under one Message-Id."""
        self.box.to[self.alice.email] = [LATER, LATER]
        for hours in (0, 1):
            self.queue(hours)
            self.assertEqual(self.standing(), [("queued", 1, "outgoing"), ("sent", 1, "sent")])
        for hours in (2, 3):
            self.queue(hours)
            self.assertEqual(self.standing(), [("sent", 1, "sent")] * 2)
        self.assertEqual(self.taken(), sorted([self.alice.email, self.adam.email]))

    def test_451_after_the_whole_email(self):
        self.box.data = [LATER]
        self.queue()
        self.assertEqual(self.standing(), [("queued", 1, "outgoing"), ("sent", 1, "sent")])
        self.queue(1)
        self.assertEqual(self.taken(), sorted([self.alice.email, self.adam.email]))

    def test_550(self):
        self.box.to[self.alice.email] = [NEVER]
        self.queue()
        self.assertEqual(self.standing(), [("failed", self.first.attempts, "exception"), ("sent", 1, "sent")])
        self.assertIn("550, b'5.1.1 User unknown'", self.first.failure)
        for hours in (2, 26):
            with self.at(hours):
                self.deliver()
            self.queue(hours)
        self.assertEqual(self.taken(), [self.adam.email], "what is refused for good is not asked again")

    def test_the_server_hangs_up(self):
        """In the middle of an email, or with 421: that one waits, the next leaves over another connection."""
        for answer, where in (
            (HANG_UP, "to"), (HANG_UP, "data"), (CLOSING, "to"), (CLOSING, "data"), (SILENT, "data"),
        ):  # fmt: skip
            with self.subTest(answer=answer, where=where), patch.object(ir_mail_server, "SMTP_TIMEOUT", 0.5):
                self.box.forget()
                (self.box.to[self.alice.email] if where == "to" else self.box.data).append(answer)
                self.queue()
                self.assertEqual(self.standing(), [("queued", 1, "outgoing"), ("sent", 1, "sent")])
                self.assertEqual(self.box.connections, 2)
                self.queue(1)
                self.assertEqual(self.standing(), [("sent", 1, "sent")] * 2)
                self.assertEqual(self.taken(), sorted([self.alice.email, self.adam.email]))
                self.mails.write({"state": "outgoing", "scheduled_date": False})
                (self.first | self.second)._charter_engine().write({"state": "queued"})

    def test_down_for_a_day(self):
        port, self.route.smtp_port = self.route.smtp_port, 1
        for hours in (0, 1, 12, 24):
            self.queue(hours)
            self.assertEqual(self.standing(), [("queued", 1, "outgoing")] * 2)
        self.route.smtp_port = port
        self.queue(25)
        self.assertEqual(self.standing(), [("sent", 1, "sent")] * 2)
        self.assertEqual(self.taken(), sorted([self.alice.email, self.adam.email]))

    # -- one email, several recipients ---------------------------------------------------------------

    def notified(self, *people):
        """An email of a thread to several people, queued."""
        with self.at():
            escalation = self.escalate()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).state = "cancel"
            return (
                escalation.sudo()
                .with_context(mail_notify_force_send=False)
                .message_notify(
                    partner_ids=[one.id for one in people], subject="News", body="News of your escalation"
                )
            )

    def statuses(self, message):
        return {one.res_partner_id.email: one.notification_status for one in message.notification_ids}

    def test_partial_refusal_of_one_email(self):
        people = self.manager.partner_id, self.technician.partner_id, self.operations.partner_id
        emails = [one.email for one in people]
        for answer, standing, later in ((LATER, "ready", "sent"), (NEVER, "exception", "exception")):
            for place in range(3):
                with self.subTest(answer=answer, place=place):
                    self.box.forget()
                    message = self.notified(*people)
                    self.box.to[emails[place]] = [answer]
                    self.queue()
                    wanted = dict.fromkeys(emails, "sent") | {emails[place]: standing}
                    self.assertEqual(self.statuses(message), wanted)
                    self.queue(1)
                    self.assertEqual(self.statuses(message), wanted | {emails[place]: later})
                    got = [email for email in emails if email != emails[place] or later == "sent"]
                    self.assertEqual(self.taken(), sorted(got))

    def test_one_contact_two_addresses(self):
        """The server takes one address and refuses the other: delivered, and the row says which did not get it."""
        self.alice.email = "one@alpine.example.com, old@alpine.example.com"
        self.box.to["old@alpine.example.com"] = [NEVER]
        self.queue()
        self.assertEqual(self.first.state, "sent")
        self.assertIn("old@alpine.example.com", self.first.failure)
        self.assertEqual(self.taken().count("one@alpine.example.com"), 1)

    def test_one_contact_two_addresses_one_later(self):
        self.alice.email = "one@alpine.example.com, slow@alpine.example.com"
        self.box.to["slow@alpine.example.com"] = [LATER, LATER]
        for hours in (0, 1, 2, 3):
            self.queue(hours)
        self.assertEqual(self.first.state, "sent")
        self.assertEqual(
            self.taken(), sorted(["one@alpine.example.com", "slow@alpine.example.com", self.adam.email])
        )


@tagged("post_install", "-at_install")
class TestTwoQueues(KilledCase):
    """Two processes work off the queue at the same time, on committed data: each email leaves once."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(mail_server())
        self.addCleanup(self._clean)
        with self.session() as env:
            self.enterContext(sending(env))
            self.route = (
                env["ir.mail_server"]
                .create(
                    {
                        "name": PREFIX,
                        "smtp_host": "127.0.0.1",
                        "smtp_port": self.server.port,
                        "from_filter": "q.example.com",
                    }
                )
                .id
            )
            people = env["res.partner"].create(
                [{"name": PREFIX, "email": f"{n}@q.example.com"} for n in range(4)]
            )
            values = {
                "subject": PREFIX,
                "body_html": "News",
                "email_from": "us@q.example.com",
                "mail_server_id": self.route,
            }
            values["model"] = "charter.delivery"
            # Two to one person each, and one to the two others.
            self.mails = (
                env["mail.mail"]
                .create(
                    [
                        {**values, "recipient_ids": [Command.set(ids)]}
                        for ids in ([people[0].id], [people[1].id], people[2:].ids)
                    ]
                )
                .ids
            )

    def _clean(self):
        with self.session() as env:
            env["mail.mail"].search([("subject", "=", PREFIX)]).unlink()
            env["mail.message"].search([("subject", "=", PREFIX)]).unlink()
            env["res.partner"].search([("name", "=", PREFIX)]).unlink()
            env["ir.mail_server"].browse(self.route).unlink()

    def _work_off(self):
        with self.session() as env:
            env["mail.mail"].browse(self.mails).send(auto_commit=True)

    def test_each_once(self):
        box = self.server.handler
        for place in range(4):
            address = f"{place}@q.example.com"
            with self.subTest(held=address):
                box.released.clear()
                box.forget()
                box.to[address] = [HOLD]
                with self.session() as env:
                    self.mails = env["mail.mail"].search([("subject", "=", PREFIX)], order="id").ids
                    env["mail.mail"].browse(self.mails).state = "outgoing"
                with ThreadPoolExecutor(1) as other:
                    first = other.submit(self._work_off)
                    try:
                        self.assertTrue(box.holding.wait(60))
                        self._work_off()
                        self.assertNotIn(address, [one for _name, to in box.taken for one in to])
                    finally:
                        self.server.release()
                    first.result()
                got = sorted(one for _name, addresses in box.taken for one in addresses)
                self.assertEqual(got, [f"{n}@q.example.com" for n in range(4)])
                with self.session() as env:
                    mails = env["mail.mail"].search([("subject", "=", PREFIX)])
                    self.assertEqual(set(mails.mapped("state")), {"sent"})
