from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..cases.common import START, CharterCase

MAIL = """From: {sender}
To: escalation@mileo.example.com
Subject: Nobody answers
Message-Id: <{id}@x.example.com>
Date: Mon, 05 Oct 2026 08:00:00 +0000
Content-Type: text/plain; charset=utf-8

The alarm rang all night.
"""


@tagged("post_install", "-at_install")
class TestEscalation(CharterCase):
    def _by_portal(self):
        return self.escalate()

    def _by_phone(self):
        return self.env["charter.escalation"].with_user(self.technician).create(
            {"name": "No answer", "description": "She phoned.", "partner_id": self.alice.id, "door": "phone"}
        )  # fmt: skip

    def _by_mail(self, sender=None, message="1"):
        sender = sender or self.alice.email
        thread = (
            self.env["mail.thread"]
            .sudo()
            .message_process("charter.escalation", MAIL.format(sender=sender, id=message))
        )
        return self.env["charter.escalation"].browse(thread)

    def test_same_clock_from_every_door(self):
        for name, door in (("portal", self._by_portal), ("phone", self._by_phone), ("mail", self._by_mail)):
            with self.subTest(name), self.at():
                escalation = door()
                promise = self.promise(escalation, "escalation.level1")
                self.assertEqual((escalation.door, escalation.state, escalation.level), (name, "open", "1"))
                self.assertEqual((escalation.partner_id, escalation.contact_id), (self.client, self.alice))
                self.assertTrue(escalation.is_complaint)
                self.assertEqual((promise.opened_at, promise.due_at), (START, START + timedelta(hours=24)))
                self.assertEqual(promise.user_id, self.operations)
                self.assertEqual(escalation.user_id, self.operations)
                self.assertEqual(escalation.activity_ids.user_id, self.operations)
                self.assertTrue(escalation.reference.startswith("ESC/"))
                self.assertIn(escalation.reference, self.mails_to(self.alice)[-1].subject)

    def test_alias_leads_to_escalations(self):
        alias = self.env.ref("mileo_client_charter.alias_escalation")
        self.assertEqual((alias.alias_name, alias.alias_model_id.model), ("escalation", "charter.escalation"))
        self.assertEqual(alias.alias_contact, "everyone")

    def test_unknown_sender_is_not_lost(self):
        with self.at():
            escalation = self._by_mail(sender="stranger@elsewhere.example.com")
        self.assertEqual((escalation.state, escalation.partner_id.id), ("unqualified", False))
        self.assertIn("stranger@", escalation.configuration_error)
        self.assertEqual(escalation.activity_ids.user_id, self.operations)
        with self.at(5):
            escalation.with_user(self.operations).write({"partner_id": self.client.id})
        promise = self.promise(escalation, "escalation.level1")
        self.assertEqual((escalation.state, escalation.configuration_error), ("open", False))
        self.assertEqual(promise.due_at, START + timedelta(hours=24), "the clock counts from the mail")
        with self.assertRaises(AccessError):
            escalation.with_user(self.operations).write({"partner_id": self._client("X")[0].id})

    def test_a_machine_s_mail_opens_nothing_and_reaches_what_is_open(self):
        """An out-of-office answer is no formal complaint; on a thread that is open it is only a message."""
        count = self.env["charter.escalation"].search_count
        before, thread = count([]), self.env["mail.thread"].sudo()
        for header in (
            "Auto-Submitted: auto-replied",
            "Precedence: bulk",
            "List-Id: <news.example.com>",
            "Return-Path: <>",
        ):
            mail = MAIL.format(sender=self.alice.email, id=header[:8].replace(" ", ""))
            with self.subTest(header):
                self.assertFalse(thread.message_process("charter.escalation", f"{header}\n{mail}"))
                self.assertEqual(count([]), before)
        escalation = self.escalate()
        [first] = escalation.message_ids.filtered("message_id")[-1:]
        reply = "Auto-Submitted: auto-replied\nIn-Reply-To: " + first.message_id + "\n"
        thread.message_process(
            "charter.escalation",
            reply + MAIL.format(sender=self.alice.email, id="away"),
            thread_id=escalation.id,
        )
        self.assertEqual(count([]), before + 1)

    def test_an_address_with_a_suffix_is_the_contact_s(self):
        local, _at, domain = self.alice.email.partition("@")
        with self.at():
            escalation = self._by_mail(sender=f"Alice <{local}+alarm@{domain}>")
        self.assertEqual((escalation.state, escalation.contact_id), ("open", self.alice))

    def test_a_contact_of_two_clients_is_asked_which(self):
        other, bob, _bea = self._client("Bistro")
        bob.email = self.alice.email
        self._contract(self.client)
        self._contract(other)
        with self.at():
            escalation = self._by_mail()
        self.assertEqual((escalation.state, escalation.partner_id.id), ("unqualified", False))
        for name in (self.client.name, other.name, "whichever it is"):
            self.assertIn(name, escalation.configuration_error)
        self.assertEqual(escalation.activity_ids.user_id, self.operations)
        [asked] = self.mails_to(self.alice) | self.mails_to(bob)
        self.assertIn("which company", asked.subject)
        self.assertIn(other.name, asked.body_html)
        with self.at(5):
            escalation.with_user(self.operations).partner_id = other
        promise = self.promise(escalation, "escalation.level1")
        self.assertEqual((promise.opened_at, promise.due_at), (START, START + timedelta(hours=24)))

    def test_of_two_the_one_under_the_charter(self):
        other, bob, _bea = self._client("Bistro")
        bob.email = self.alice.email
        self._contract(other)
        with self.at():
            escalation = self._by_mail()
        self.assertEqual((escalation.state, escalation.partner_id), ("open", other))

    def test_odoo_s_brake_knows_the_sender(self):
        """Odoo stops a sender that opens one after the other, and answers it; what came before is there."""
        alias = self.env.ref("mileo_client_charter.alias_escalation")
        alias.alias_domain_id = self.env["mail.alias.domain"].create({"name": "mileo.example.com"})
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 2)
        gateway = self.env["mail.thread"].sudo()
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            opened = [
                bool(gateway.message_process(False, MAIL.format(sender=self.alice.email, id=number)))
                for number in range(4)
            ]
        self.assertEqual(opened, [True, True, False, False])

    def test_an_alias_with_a_suffix_is_the_alias(self):
        alias = self.env.ref("mileo_client_charter.alias_escalation")
        alias.alias_domain_id = self.env["mail.alias.domain"].create({"name": "mileo.example.com"})
        mail = MAIL.format(sender=self.alice.email, id=1).replace("escalation@", "escalation+lyon@")
        escalation = self.env["charter.escalation"].browse(
            self.env["mail.thread"].sudo().message_process(False, mail)
        )
        self.assertEqual((escalation.state, escalation.contact_id), ("open", self.alice))

    def test_mail_of_our_own_people_names_no_client(self):
        with self.at():
            escalation = self._by_mail(sender=self.technician.email)
        self.assertEqual(escalation.state, "unqualified")

    def test_a_reply_goes_to_the_thread(self):
        with self.at():
            escalation = self._by_mail()
            reply = MAIL.format(sender=self.alice.email, id="2").replace(
                "Message-Id", f"References: {escalation.message_ids[-1].message_id}\nMessage-Id"
            )
            self.env["mail.thread"].sudo().message_process("charter.escalation", reply)
        self.assertEqual(
            self.env["charter.escalation"].search_count([("partner_id", "=", self.client.id)]), 1
        )

    def test_level1_answer_accepted(self):
        with self.at():
            escalation = self.escalate()
        with self.at(20) as moment:
            self.answer(escalation, self.operations)
        promise = self.promise(escalation, "escalation.level1")
        self.assertEqual((promise.state, promise.done_at), ("kept", moment))
        self.assertEqual((escalation.state, escalation.is_complaint), ("answered", True))
        self.assertIn("We have replaced the camera", self.mails_to(self.alice)[-1].body_html)
        self.assertIn("We have replaced the camera", escalation.answer)
        self.assertFalse(escalation.activity_ids)
        escalation._portal_accept()
        escalation._portal_accept()
        self.assertEqual((escalation.state, escalation.is_complaint), ("resolved", False))

    def test_level2_after_an_answer(self):
        with self.at():
            escalation = self.escalate()
            self.assertFalse(escalation._may_go_to_level2())
            with self.assertRaises(ValidationError):
                escalation._to_level2()
        with self.at(3):
            self.answer(escalation, self.operations)
        with self.at(5) as moment:
            escalation._to_level2()
        promise = self.promise(escalation, "escalation.level2")
        self.assertEqual((promise.user_id, promise.due_at), (self.direction, moment + timedelta(hours=48)))
        self.assertEqual(
            (escalation.level, escalation.state, escalation.user_id), ("2", "open", self.direction)
        )
        self.assertEqual(escalation.due_at, promise.due_at)
        with self.assertRaises(ValidationError):
            escalation._to_level2()
        with self.at(9):
            with self.assertRaises(AccessError):
                self.answer(escalation, self.operations)
            self.answer(escalation, self.direction)
        self.assertEqual(promise.state, "kept")
        self.assertEqual(escalation.state, "answered")

    def test_level2_when_level1_is_overdue(self):
        with self.at():
            escalation = self.escalate()
        with self.at(24):
            self.assertFalse(escalation._may_go_to_level2())
        with self.at(25):
            self.tick()
            self.assertTrue(escalation._may_go_to_level2())
            escalation._to_level2()
        with self.at(30) as moment:
            self.answer(escalation, self.direction)
        first, second = (self.promise(escalation, f"escalation.level{n}") for n in (1, 2))
        self.assertEqual(
            (first.state, first.done_at), ("late", moment), "the answer is also the one level 1 owed"
        )
        self.assertEqual(second.state, "kept")

    def test_account_team_does_not_answer(self):
        with self.at():
            escalation = self.escalate()
            with self.assertRaises(AccessError):
                self.answer(escalation, self.manager)
        self.assertEqual(escalation.state, "open")

    def test_resolution_needs_an_answer_the_client_received(self):
        with self.at():
            escalation = self.escalate()
            with self.assertRaises(ValidationError):
                escalation._portal_accept()
            with self.assertRaises(ValidationError):
                escalation.with_user(self.operations).action_resolve("She said so")
            self.alice.email = False
            with self.assertRaisesRegex(ValidationError, "email"):
                self.answer(escalation, self.operations)
            self.assertEqual(escalation.state, "open")
            self.alice.email = "alice@alpine.example.com"
            with self.assertRaisesRegex(ValidationError, "only the proposed text"):
                self.answer(escalation, self.operations, "<p><br></p>")
            self.answer(escalation, self.operations)
            with self.assertRaises(ValidationError):
                escalation.with_user(self.operations).action_resolve(" ")
            escalation.with_user(self.operations).action_resolve("By phone on Tuesday")
        self.assertEqual(escalation.state, "resolved")
        self.assertIn("By phone on Tuesday", escalation.resolution)

    def test_what_we_record_in_the_client_s_name_reaches_it(self):
        """Mailed at once with who, when and on what ground; the client says that it is not so, however late."""
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            escalation.action_level2("Not enough.")
            self.answer(escalation, self.direction)
            before = self.mails_to(self.alice)
            escalation.with_user(self.manager).action_resolve("By phone on Tuesday")
            mail = self.mails_to(self.alice) - before
        self.assertEqual(len(mail), 1)
        for words in (self.manager.name, "By phone on Tuesday", "5 October 2026", "/charter/l/"):
            self.assertIn(words, mail.body_html)
        told = escalation.activity_ids.filtered(lambda one: one.user_id == self.direction)
        self.assertIn(self.manager.name, told.summary)
        self.assertFalse(escalation.is_complaint)
        with self.at(24 * 40):
            escalation.sudo()._contest(self.alice)
            self.assertEqual((escalation.state, escalation.is_complaint), ("answered", True))
            self.assertTrue(escalation._may_say_unsatisfied())
            words = self.env["charter.word"].search([("res_model", "=", escalation._name)])
            self.assertEqual(words.filtered(lambda one: not one.read_at).mapped("res_id"), escalation.ids)
            self.assertIn(
                "By phone on Tuesday", escalation.message_ids[0].body + escalation.message_ids[1].body
            )
            # What the client itself accepted is not undone by it.
            escalation.sudo()._link_accept(self.alice, {})
            with self.assertRaises(ValidationError):
                escalation.sudo()._contest(self.alice)

    def test_nobody_is_spoken_for_who_cannot_be_told(self):
        with self.at():
            escalation = self.escalate()
            self.answer(escalation, self.operations)
            self.alice.email = False
            with self.assertRaisesRegex(ValidationError, "email"):
                escalation.with_user(self.operations).action_resolve("By phone on Tuesday")
            self.assertEqual(escalation.state, "answered")

    def test_nobody_in_the_role_is_visible_and_not_lost(self):
        self.env["charter.assignment"].search([("role", "=", "operations_manager")]).unlink()
        with self.at():
            escalation = self.escalate()
            promise = self.promise(escalation, "escalation.level1")
            self.assertIn("Operations manager", escalation.configuration_error)
            self.assertEqual(promise.due_at, START + timedelta(hours=24))
            self.assertFalse(promise.user_id)
            self.assertTrue(escalation.activity_ids.user_id, "somebody is told all the same")
            self._assign("operations_manager", self.operations)
        self.assertEqual((promise.user_id, escalation.configuration_error), (self.operations, False))
        self.assertIn(self.operations, escalation.activity_ids.user_id)

    def test_no_charter_in_force_is_visible_and_not_lost(self):
        self.document._charter_engine().write({"state": "superseded"})
        with self.at():
            escalation = self._by_mail()
        self.assertEqual(escalation.state, "open")
        self.assertIn("no charter in force", escalation.configuration_error)

    def test_state_does_not_change_by_editing(self):
        with self.at():
            escalation = self.escalate()
        for values in (
            {"state": "resolved"},
            {"level": "2"},
            {"answer": "x"},
            {"raised_at": START - timedelta(hours=1)},
            {"resolved_at": START},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                escalation.with_user(self.admin).write(values)
        with self.assertRaises(UserError):
            escalation.sudo().unlink()

    def test_default_values_do_not_get_in(self):
        with self.at():
            escalation = (
                self.env["charter.escalation"]
                .with_user(self.manager)
                .with_context(default_state="resolved", default_level="2")
                .create({"name": "x", "partner_id": self.client.id})
            )
        self.assertEqual((escalation.state, escalation.level), ("open", "1"))
        self.env["ir.default"].sudo().set("charter.escalation", "state", "resolved", user_id=self.manager.id)
        with self.at():
            escalation = (
                self.env["charter.escalation"]
                .with_user(self.manager)
                .create({"name": "y", "partner_id": self.client.id})
            )
        self.assertEqual(escalation.state, "open")

    def test_links_to_another_client_are_refused(self):
        _other, contact, _second = self._client("Other")
        with self.at():
            theirs = self.negative(contact)
            for values, words in (
                ({"contact_id": contact.id}, "Contact"),
                ({"feedback_id": theirs.id}, "Feedback"),
                ({"contract_id": self._contract(contact.commercial_partner_id).id}, "Contract"),
            ):
                with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                    self.env["charter.escalation"].with_user(self.manager).create(
                        {"name": "x", "partner_id": self.client.id, **values}
                    )

    def test_two_clicks_on_the_portal_are_one_complaint(self):
        with self.at():
            first = self.escalate()
            self.assertEqual(self.escalate(), first)
            self.assertNotEqual(self.escalate(self.adam), first)
        with self.at(1):
            self.assertNotEqual(self.escalate(), first)

    def test_portal_words_are_needed(self):
        with self.at(), self.assertRaisesRegex(ValidationError, "What happened"):
            self.env["charter.escalation"]._from_portal(self.alice, "Subject", "  ")

    def test_client_may_write_on_the_thread(self):
        user = new_test_user(self.env, "t_alice", groups="base.group_portal", partner_id=self.alice.id)
        stranger = new_test_user(self.env, "t_stranger", groups="base.group_portal")
        with self.at():
            escalation = self.escalate()
            escalation.with_user(user).message_post(
                body="Any news?", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            with self.assertRaises(AccessError):
                escalation.with_user(stranger).message_post(body="Spy", message_type="comment")
        self.assertIn("Any news?", escalation.message_ids[0].body)
