"""Floods and forged senders: what is refused says until when, what is doubtful waits, nothing is lost."""

from datetime import timedelta
from unittest.mock import patch

from lxml.html import fromstring
from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import config, mute_logger
from psycopg2.errors import CheckViolation

from ...models.base.charter_door import KEPT
from ..cases.common import START
from ..cases.portal import DoorsCase

MAIL = """{results}From: Alice <{sender}>
To: escalate@mileo.example.com
Subject: {subject}
Message-ID: <{subject}@alpine.example.com>
Content-Type: text/plain; charset=utf-8

Nobody comes.
"""
FAILED = "Authentication-Results: mx.mileo.example; spf=pass smtp.mailfrom=evil.example;\n dmarc=fail (p=none) header.from={domain}\n"


@tagged("post_install", "-at_install")
class TestLimits(DoorsCase):
    def setUp(self):
        super().setUp()
        self.manager.phone = "+33 6 11 22 33 44"
        self.company.write({"charter_hourly_by_user": 3, "charter_hourly_by_address": 5})
        self.enterContext(self.at())

    def raised(self):
        return self.env["charter.escalation"].search_count([("partner_id", "=", self.client.id)])

    def say(self, number):
        return self.post("/my/charter/escalate", subject=f"Subject {number}", description=f"Words {number}")

    def test_25_escalations_of_one_person(self):
        self.log_in("p_alice")
        answers = [self.say(number) for number in range(25)]
        self.assertEqual([answer.status_code for answer in answers], [303] * 3 + [429] * 22)
        self.assertEqual(self.raised(), 3)
        self.assertEqual(answers[-1].headers["Retry-After"], "3600")
        # 08:00 UTC is 10:00 in Paris.
        self.assertShows(answers[-1], "3 messages", "11:00", "t_manager", "+33 6 11 22 33 44", status=429)
        # What was typed is not lost with the page.
        self.assertShows(answers[-1], "Subject 24", "Words 24", status=429)
        self.assertNotIn("csrf", fromstring(answers[-1].content).text_content())
        # A colleague of the same client, and a mail, are none of it; reading neither.
        self.assertEqual(self.get("/my/charter/escalations").status_code, 200)
        self.log_in("p_adam")
        self.assertEqual(self.say(1).status_code, 303)
        with self.at(hours=1.01):
            self.log_in("p_alice")
            self.assertEqual(self.say(99).status_code, 303)

    def test_what_is_refused_for_its_words_does_not_count(self):
        self.log_in("p_alice")
        for _number in range(5):
            self.assertEqual(self.post("/my/charter/escalate", description=" ").status_code, 422)
        self.assertEqual(self.say(1).status_code, 303)

    def test_acknowledging_is_not_saying(self):
        self.company.charter_hourly_by_user = 1
        escalation = self.escalate()
        self.answer(escalation, self.operations)
        self.log_in("p_alice")
        self.assertEqual(self.say(1).status_code, 303)
        self.assertEqual(self.post(f"/my/charter/escalation/{escalation.id}/accept").status_code, 303)

    def test_the_right_to_go_higher_has_no_limit(self):
        """Whoever has sent all that an hour takes still takes its escalation to general management."""
        self.company.write({"charter_hourly_by_user": 1, "charter_hourly_by_address": 1})
        escalation = self.escalate()
        self.promise(escalation, "escalation.level1")._charter_engine().due_at = START - timedelta(days=1)
        self.log_in("p_alice")
        public = {"X-Forwarded-For": "8.8.4.7", "X-Forwarded-Host": "x.example.com"}
        with patch.dict(config.options, {"proxy_mode": True}):
            for status in (303, 429):
                form = {"comment": "The camera is dark.", "csrf_token": Request.csrf_token(self)}
                answer = self.url_open("/my/charter/comment", form, headers=public, allow_redirects=False)
                self.assertEqual(answer.status_code, status)
            form = {"reason": "Still nobody came.", "csrf_token": Request.csrf_token(self)}
            answer = self.url_open(
                f"/my/charter/escalation/{escalation.id}/level2", form, headers=public, allow_redirects=False
            )
        self.assertEqual((answer.status_code, escalation.level), (303, "2"))

    def test_no_limit(self):
        self.company.charter_hourly_by_user = 0
        self.log_in("p_alice")
        self.assertEqual({self.say(number).status_code for number in range(12)}, {303})
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.company.charter_hourly_by_user = -1
            self.env.flush_all()

    def test_one_address(self):
        """Behind a proxy that says who asks, in proxy mode, as Odoo is run in production."""
        self.company.charter_feedback_frequency_days = 0
        tokens = [self.invitation().sudo().token for _number in range(6)]
        self.authenticate(None, None)
        public = {"X-Forwarded-For": "8.8.4.7", "X-Forwarded-Host": "x.example.com"}

        def answer(token, headers):
            form = {"rating": 4, "csrf_token": Request.csrf_token(self)}
            return self.url_open(f"/charter/s/{token}", data=form, headers=headers, allow_redirects=False)

        with patch.dict(config.options, {"proxy_mode": True}):
            answers = [answer(token, public) for token in tokens]
            self.assertEqual([one.status_code for one in answers], [303] * 5 + [429])
            self.assertShows(answers[-1], "network", self.company.phone, status=429)
            # Another house of the same provider is another address.
            elsewhere = {**public, "X-Forwarded-For": "8.8.4.8"}
            self.assertEqual(answer(tokens[-1], elsewhere).status_code, 303)
        origins = self.env["charter.door.visit"].search([]).mapped("origin")
        self.assertNotIn("8.8.4.7", origins, "no address is kept, its keyed hash is")

    def test_addresses(self):
        visits = self.env["charter.door.visit"]
        self.assertEqual(visits._origin_of("2001:db9:1:2:3::4"), visits._origin_of("2001:db9:1:2:ffff::1"))
        self.assertNotEqual(visits._origin_of("2001:db9:1:2::1"), visits._origin_of("2001:db9:1:3::1"))
        self.assertEqual(visits._origin_of("::ffff:8.8.4.7"), visits._origin_of("8.8.4.7"))
        for nobody in ("127.0.0.1", "172.18.0.1", "fe80::1", "", None, "proxy"):
            with self.subTest(address=nobody):
                self.assertIsNone(visits._origin_of(nobody))

    def test_visits_are_forgotten(self):
        self.log_in("p_alice")
        self.say(1)
        visits = self.env["charter.door.visit"]
        self.assertTrue(visits.search_count([]))
        with self.at(moment=START + KEPT + timedelta(hours=1)):
            visits._gc_visits()
        self.assertFalse(visits.search_count([]))

    def test_only_administrators_read_visits(self):
        for user in (self.admin, self.direction, self.portal_user(self.alice)):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["charter.door.visit"].with_user(user).search([])


@tagged("post_install", "-at_install")
class TestMailDoor(DoorsCase):
    def setUp(self):
        super().setUp()
        self.company.charter_mail_authserv = "mx.mileo.example"
        self.enterContext(self.at())

    def mail(self, results="", subject="A", sender=None):
        text = MAIL.format(results=results, sender=sender or self.alice.email, subject=subject)
        number = self.env["mail.thread"].sudo().message_process("charter.escalation", text)
        return self.env["charter.escalation"].browse(number)

    def test_forged_mail_waits(self):
        domain = self.alice.email.split("@")[1]
        escalation = self.mail(FAILED.format(domain=domain))
        self.assertEqual((escalation.state, escalation.partner_id.ids), ("unqualified", []))
        self.assertFalse(escalation.obligation_ids, "no clock runs")
        self.assertIn("dmarc=fail", escalation.doubt)
        self.assertIn(self.alice.email, escalation.configuration_error)
        self.assertFalse(self.mails_to(self.alice), "whose name was used is not written to")
        [task] = escalation.activity_ids
        # Qualified within a working day.
        self.assertEqual((task.user_id, task.date_deadline), (self.operations, escalation.qualify_by))
        self.assertIn(
            escalation,
            self.env["charter.escalation"].with_user(self.operations).search([("state", "=", "unqualified")]),
        )
        with self.at(hours=5):
            escalation.with_user(self.operations).write(
                {"partner_id": self.client.id, "contact_id": self.alice.id}
            )
            [promise] = self.promise(escalation, "escalation.level1")
        self.assertEqual((escalation.state, promise.trigger_at), ("open", START), "it counts from the mail")
        self.assertFalse(escalation.configuration_error)
        self.assertTrue(escalation.doubt, "why it waited stays on record")

    def test_a_forged_answer_is_nobody_s_word(self):
        """Found by a stranger: “all is settled, I withdraw my complaint” stood on the complaint as the client's own."""
        domain = self.alice.email.split("@")[1]
        with self.at(0):
            complaint = self.mail(subject="mine")
            sent = complaint.with_user(self.operations).message_post(
                body="We come tomorrow morning at eight.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        before, mails = complaint.message_ids, self.mails_to(self.alice)
        for subject, results in (("forged", FAILED), ("passed", FAILED.replace("dmarc=fail", "dmarc=pass"))):
            text = MAIL.format(
                results=results.format(domain=domain), sender=self.alice.email, subject=subject
            )
            text = text.replace("Content-Type", f"In-Reply-To: {sent.message_id}\nContent-Type", 1)
            with self.subTest(subject), self.at(1):
                self.env["mail.thread"].sudo().message_process("charter.escalation", text)
                [message] = (complaint.message_ids - before).filtered(lambda one: one.message_type == "email")
                before = complaint.message_ids
                word = self.env["charter.word"].search([("message_id", "=", message.id)])
                self.assertTrue(word, "somebody reads it by the next working day")
                if subject == "passed":
                    self.assertEqual((message.author_id, message.subtype_id.internal), (self.alice, False))
                    self.assertNotIn("our mail server", message.body)
                    continue
                self.assertFalse(message.author_id, "nobody's name stands above it")
                self.assertTrue(message.subtype_id.internal, "the client does not see it on its pages")
                self.assertIn("dmarc=fail", message.body)
                self.assertIn("who wrote", complaint.activity_ids.filtered("user_id").mapped("summary")[-1])
                self.assertEqual(self.mails_to(self.alice), mails, "whose name was used is not written to")

    def test_what_others_say_is_not_looked_at(self):
        domain = self.alice.email.split("@")[1]
        forged = FAILED.format(domain=domain).replace("mx.mileo.example", "mx.evil.example")
        cases = {
            "no header": "",
            "another server's": forged,
            "passed": FAILED.format(domain=domain).replace("dmarc=fail", "dmarc=pass"),
            "signed by the client, forwarded by a list": "Authentication-Results: mx.mileo.example; "
            f"spf=fail smtp.mailfrom=list.example; dkim=pass header.d={domain}\n",
            "nothing published": "Authentication-Results: mx.mileo.example; spf=none; dkim=none; dmarc=none\n",
        }
        for number, (case, results) in enumerate(cases.items()):
            with self.subTest(case):
                escalation = self.mail(results, subject=f"S{number}")
                self.assertEqual((escalation.state, escalation.partner_id), ("open", self.client))
                self.assertFalse(escalation.doubt)
        self.company.charter_mail_authserv = False
        self.assertEqual(self.mail(FAILED.format(domain=domain), subject="off").state, "open")

    def test_spf_or_dkim_alone(self):
        for number, results in enumerate(
            ("spf=fail smtp.mailfrom=x@evil.example", "dkim=fail header.d=evil.example; spf=none")
        ):
            with self.subTest(results):
                header = f"Authentication-Results: mx.mileo.example; {results}\n"
                self.assertEqual(self.mail(header, subject=f"T{number}").state, "unqualified")

    def test_no_remote_call_vouches_for_a_mail(self):
        """What a context says is replaced by what the mail says."""
        domain = self.alice.email.split("@")[1]
        text = MAIL.format(results=FAILED.format(domain=domain), sender=self.alice.email, subject="V")
        threads = self.env["mail.thread"].sudo().with_context(charter_authentication=[])
        number = threads.message_process("charter.escalation", text)
        self.assertEqual(self.env["charter.escalation"].browse(number).state, "unqualified")

    def test_a_flood_of_mails_waits(self):
        self.company.charter_hourly_by_user = 3
        escalations = [self.mail(subject=f"F{number}") for number in range(5)]
        self.assertEqual([one.state for one in escalations], ["open"] * 3 + ["unqualified"] * 2)
        self.assertIn("3 emails", escalations[-1].doubt)
        with self.at(hours=2):
            self.assertEqual(self.mail(subject="later").state, "open")
