from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestInvitation(CharterCase):
    """Whom to ask after an intervention, when, and what becomes of the unanswered."""

    def _intervention(self, client=None, contacts=None, **values):
        return self.env["charter.intervention"].create(
            {
                "name": "Camera 4",
                "partner_id": (client or self.client).id,
                "contact_ids": contacts.ids if contacts else False,
                **values,
            }
        )

    def _states(self, intervention):
        return {f.contact_id: (f.state, f.skip_reason) for f in intervention.feedback_ids}

    def test_one_mailbox_is_asked_once(self):
        """Two contacts who share an address get one survey of one closing, whoever sends what is due."""
        self.adam.email = self.alice.email.upper()
        with self.at():
            intervention = self.env["charter.intervention"].create(
                {
                    "name": "Camera 4",
                    "partner_id": self.client.id,
                    "contact_ids": (self.alice | self.adam).ids,
                }
            )
            intervention.action_close()
            rows = intervention.feedback_ids.sudo()
            rows._charter_engine()._send_invitations(rows._charter_now())
        self.assertEqual(sorted(rows.mapped("state")), ["sent", "skipped"])
        self.assertEqual(len(self.mails(model="charter.feedback") & self.mails_to(self.alice | self.adam)), 1)

    def test_one_invitation_for_each_contact_and_closing(self):
        with self.at():
            intervention = self._intervention()
            intervention.action_close()
        self.assertEqual(intervention.feedback_ids.contact_id, self.alice | self.adam)
        self.assertEqual(intervention.feedback_ids.mapped("state"), ["planned", "planned"])
        self.assertEqual(set(intervention.feedback_ids.mapped("planned_at")), {START + timedelta(hours=2)})
        self.assertEqual(len(set(intervention.feedback_ids.sudo().mapped("token"))), 2)

    def test_sent_after_the_delay_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.adam.lang = "fr_FR"
        with self.at():
            intervention = self._intervention()
            intervention.action_close()
            self.send()
            self.assertEqual(set(intervention.feedback_ids.mapped("state")), {"planned"})
        with self.at(2) as moment:
            self.send()
            self.send()
        self.assertEqual(set(intervention.feedback_ids.mapped("state")), {"sent"})
        self.assertEqual(set(intervention.feedback_ids.mapped("sent_at")), {moment})
        [english] = self.mails_to(self.alice)
        [french] = self.mails_to(self.adam)
        self.assertIn("Your feedback on our intervention", english.subject)
        self.assertIn("Camera 4", french.subject)
        self.assertNotEqual(english.subject, french.subject)
        token = intervention.feedback_ids.filtered(lambda f: f.contact_id == self.alice).sudo().token
        for mark in range(1, 6):
            self.assertIn(f"/charter/s/{token}?rating={mark}", english.body_html)
        self.assertIn("48 hours", english.body_html)
        self.assertEqual((english.state, english.auto_delete), ("outgoing", False))

    def test_who_is_not_asked_and_why(self):
        staff = self.operations.partner_id
        nobody = self.env["res.partner"].create({"name": "No mail", "parent_id": self.client.id})
        tired = self.env["res.partner"].create(
            {
                "name": "Tired",
                "parent_id": self.client.id,
                "email": "tired@x.example.com",
                "charter_no_survey": True,
            }
        )
        staff.parent_id = self.client
        with self.at():
            intervention = self._intervention(contacts=self.alice | staff | nobody | tired)
            intervention.action_close()
        states = self._states(intervention)
        self.assertEqual(states[self.alice], ("planned", False))
        for contact, words in ((staff, "own people"), (nobody, "email"), (tired, "no surveys")):
            with self.subTest(contact.name):
                self.assertEqual(states[contact][0], "skipped")
                self.assertIn(words, states[contact][1])

    def test_frequency_limit_leaves_a_trace(self):
        with self.at():
            first = self._intervention(contacts=self.alice)
            first.action_close()
        with self.at(3):
            self.send()
        with self.at(24):
            second = self._intervention(contacts=self.alice)
            second.action_close()
        with self.at(27):
            self.send()
        self.assertEqual(second.feedback_ids.state, "skipped")
        self.assertIn("7 days", second.feedback_ids.skip_reason)
        with self.at(24 * 8):
            third = self._intervention(contacts=self.alice)
            third.action_close()
        with self.at(24 * 8 + 3):
            self.send()
        self.assertEqual(third.feedback_ids.state, "sent")

    def test_two_invitations_of_one_contact_in_one_batch(self):
        with self.at():
            both = self._intervention(contacts=self.alice) | self._intervention(contacts=self.alice)
            both.action_close()
        with self.at(3):
            self.send()
        self.assertEqual(sorted(both.feedback_ids.mapped("state")), ["sent", "skipped"])

    def test_nps_question_has_its_own_frequency(self):
        with self.at():
            feedback = self.invitation()
            self.assertTrue(feedback.ask_nps)
            feedback._answer(rating=5, nps=9)
        with self.at(24 * 10):
            self.assertFalse(self.invitation().ask_nps)
        with self.at(24 * 100):
            self.assertTrue(self.invitation().ask_nps)

    def test_reopened_work(self):
        """What has not left is called off; the next closing asks again, also who was asked before."""
        self.company.charter_feedback_frequency_days = 0
        with self.at():
            intervention = self._intervention(contacts=self.alice)
            intervention.action_close()
            intervention.action_reopen()
            self.assertEqual(self._states(intervention)[self.alice][0], "skipped")
            intervention.action_close()
        self.assertEqual(sorted(intervention.feedback_ids.mapped("state")), ["planned", "skipped"])
        with self.at(3):
            self.send()
        self.assertEqual(len(self.mails_to(self.alice)), 1)
        with self.at(4):
            intervention.action_reopen()
            intervention.action_close()
        with self.at(7):
            self.send()
        self.assertEqual(len(self.mails_to(self.alice)), 2)
        self.assertEqual(intervention.closing_cycle, 3)

    def test_steps_of_an_intervention(self):
        with self.at():
            intervention = self._intervention()
            with self.assertRaises(ValidationError):
                intervention.action_reopen()
            intervention.action_close()
            with self.assertRaises(ValidationError):
                intervention.action_close()

    def test_reminder_once_then_expiry(self):
        with self.at():
            feedback = self.invitation()
        for days, mails, state in ((4, 1, "sent"), (5, 2, "sent"), (12, 2, "sent"), (31, 2, "expired")):
            with self.subTest(days), self.at(days * 24):
                self.send()
                self.assertEqual((len(self.mails_to(self.alice)), feedback.state), (mails, state))
        with self.at(32 * 24):
            self.assertFalse(feedback._answer(rating=1))
        self.assertFalse(feedback.answered_at)

    def test_no_reminder_when_set_to_zero(self):
        self.company.charter_feedback_reminder_days = 0
        with self.at():
            self.invitation()
        with self.at(24 * 20):
            self.send()
        self.assertEqual(len(self.mails_to(self.alice)), 1)

    def test_only_managers_hold_back_with_a_reason(self):
        with self.at():
            intervention = self._intervention(contacts=self.alice)
            intervention.action_close()
        feedback = intervention.feedback_ids
        with self.assertRaises(AccessError):
            feedback.with_user(self.manager).action_suppress("because")
        with self.assertRaises(ValidationError):
            feedback.with_user(self.operations).action_suppress("")
        feedback.with_user(self.operations).action_suppress("The site burnt down last night.")
        self.assertEqual(feedback.state, "skipped")
        self.assertIn("burnt down", feedback.skip_reason)

    def test_client_without_contacts_is_asked_itself(self):
        person = self.env["res.partner"].create({"name": "Solo", "email": "solo@x.example.com"})
        with self.at():
            intervention = self._intervention(client=person)
            intervention.action_close()
        self.assertEqual(intervention.feedback_ids.contact_id, person)


@tagged("post_install", "-at_install")
class TestAnswer(CharterCase):
    """The answer, the call and the outcome: no step can be skipped."""

    def _call(self, feedback, user=None, **values):
        form = {
            "called_at": feedback._charter_now(),
            "understanding": "The camera was out for nine days.",
            "apology": "made",
            "actions": [
                {"name": "Spare camera", "user_id": self.technician.id, "date_deadline": "2026-10-20"}
            ],
            "no_action_reason": "",
            **values,
        }
        feedback.with_user(user or self.manager)._record_callback(**form)

    def _tell(self, feedback, user=None):
        user = user or self.manager
        wizard = self.env["charter.message.wizard"].browse(
            feedback.with_user(user).action_ask_outcome()["res_id"]
        )
        wizard.with_user(user).action_send()

    def test_threshold_is_the_charters(self):
        for rating, negative in ((1, True), (2, True), (3, False), (5, False)):
            with self.subTest(rating), self.at():
                contact = self.env["res.partner"].create(
                    {"name": f"c{rating}", "parent_id": self.client.id, "email": f"c{rating}@x.example.com"}
                )
                feedback = self.invitation(contact)
                feedback._answer(rating=rating)
                self.assertEqual(feedback.negative, negative)
                self.assertEqual(bool(self.promise(feedback, "feedback.callback")), negative)
                self.assertEqual(feedback.followup, "call" if negative else "none")

    def test_first_answer_wins(self):
        with self.at():
            feedback = self.invitation()
            self.assertTrue(feedback._answer(rating=2, ip="192.0.2.1", agent="first"))
        with self.at(1):
            self.assertFalse(feedback._answer(rating=5, ip="192.0.2.2", agent="second"))
        self.assertEqual(
            (feedback.rating, feedback.answer_ip, feedback.answer_agent), (2, "192.0.2.1", "first")
        )
        self.assertEqual(feedback.answered_at, START)
        self.assertEqual(len(self.promise(feedback, "feedback.callback")), 1)

    def test_bad_marks_change_nothing(self):
        with self.at():
            feedback = self.invitation()
        for rating, nps in (
            (0, None),
            (6, None),
            ("abc", None),
            ("", None),
            ("2.5", None),
            ("²", None),
            (4, 11),
            (4, -1),
            (4, "x"),
        ):
            with self.subTest(rating=rating, nps=nps), self.assertRaises(ValidationError):
                feedback._answer(rating=rating, nps=nps)
        self.assertEqual((feedback.state, feedback.rating, feedback.nps_answered), ("sent", 0, 0))

    def test_flags_are_figures(self):
        for nps, promoter, detractor in ((0, 0, 1), (6, 0, 1), (7, 0, 0), (8, 0, 0), (9, 1, 0), (10, 1, 0)):
            with self.subTest(nps), self.at():
                contact = self.env["res.partner"].create(
                    {"name": f"n{nps}", "parent_id": self.client.id, "email": f"n{nps}@x.example.com"}
                )
                feedback = self.invitation(contact)
                feedback._answer(rating=4, nps=nps)
                self.assertEqual(
                    (feedback.nps_answered, feedback.promoter, feedback.detractor), (1, promoter, detractor)
                )

    def test_comment_and_recommendation_follow_once(self):
        with self.at():
            feedback = self.invitation()
            self.assertFalse(feedback._complete(nps=9, comment="before any mark"))
            feedback._answer(rating=4)
            self.assertTrue(feedback._complete(nps=9, comment="Good work"))
            self.assertFalse(feedback._complete(nps=2, comment="Changed"))
        self.assertEqual((feedback.nps, feedback.comment), (9, "Good work"))

    def test_zero_is_an_answer(self):
        with self.at():
            feedback = self.invitation()
            feedback._answer(rating=1, nps=0)
        self.assertEqual((feedback.nps, feedback.nps_answered, feedback.detractor), (0, 1, 1))

    def test_direct_report_counts_from_now(self):
        with self.at():
            feedback = (
                self.env["charter.feedback"]
                .with_user(self.technician)
                .create(
                    {
                        "partner_id": self.alice.id,
                        "contact_id": self.alice.id,
                        "comment": "She phoned: nobody came.",
                    }
                )
            )
            promise = self.promise(feedback, "feedback.callback")
        self.assertEqual((feedback.channel, feedback.state, feedback.negative), ("direct", "answered", False))
        self.assertEqual((feedback.call_reason, feedback.followup), ("problem", "call"))
        self.assertEqual(feedback.partner_id, self.client)
        self.assertEqual((promise.user_id, promise.due_at), (self.manager, START + timedelta(hours=48)))
        with self.assertRaisesRegex(ValidationError, "Comment"):
            self.env["charter.feedback"].with_user(self.technician).create({"partner_id": self.client.id})
        with self.assertRaises(AccessError):
            self.env["charter.feedback"].with_user(self.technician).create(
                {"partner_id": self.client.id, "channel": "survey", "comment": "x"}
            )

    def test_portal_comment(self):
        with self.at():
            for rating, problem, reason in (
                (None, False, False),
                (2, False, "rating"),
                (5, False, False),
                (None, True, "problem"),
                (5, True, "problem"),
                (2, True, "rating"),
            ):
                with self.subTest(rating=rating, problem=problem):
                    feedback = self.env["charter.feedback"]._from_portal(
                        self.alice, rating, "Some words", problem
                    )
                    self.assertEqual((feedback.channel, feedback.call_reason), ("portal", reason))
                    self.assertEqual(feedback.negative, rating == 2, "the rating alone")
                    self.assertEqual(feedback.followup, "call" if reason else "none")
                    self.assertEqual(bool(self.promise(feedback, "feedback.callback")), bool(reason))
            with self.assertRaises(ValidationError):
                self.env["charter.feedback"]._from_portal(self.alice, None, "  ")

    def test_owner_is_told_at_once(self):
        with self.at():
            feedback = self.negative()
        self.assertEqual(feedback.activity_ids.user_id, self.manager)
        [mail] = self.mails_to(self.manager.partner_id)
        self.assertIn("Nobody came.", mail.body_html)
        self.assertIn("We call you back", mail.subject)

    def test_the_call_then_the_outcome(self):
        with self.at():
            feedback = self.negative()
        with self.at(20) as called:
            self._call(feedback)
        callback = self.promise(feedback, "feedback.callback")
        outcome = self.promise(feedback, "feedback.outcome")
        self.assertEqual((callback.state, callback.done_at, feedback.followup), ("kept", called, "tell"))
        self.assertEqual(outcome.opened_at, called)
        self.assertEqual(outcome.due_at, called + timedelta(days=5))
        self.assertEqual(feedback.corrective_action_ids.user_id, self.technician)
        self.assertFalse(feedback.activity_ids)
        with self.at(30) as told:
            self._tell(feedback)
        self.assertEqual((outcome.state, outcome.done_at, feedback.followup), ("kept", told, "told"))
        mail = self.mails_to(self.alice)[-1]
        self.assertIn("nine days", mail.body_html)
        self.assertIn("Spare camera", mail.body_html)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("nine days", feedback.outcome)
        # The thread shows it to the client on the portal.
        self.assertIn("nine days", feedback.message_ids[0].body)
        self.assertFalse(feedback.message_ids[0].subtype_id.internal)

    def test_steps_cannot_be_skipped(self):
        with self.at():
            feedback = self.negative()
            manager = feedback.with_user(self.manager)
            for values in (
                {"followup": "told"}, {"called_at": START}, {"outcome_at": START}, {"outcome": "x"}, {"negative": False},
                {"rating": 5}, {"state": "skipped"}, {"understanding": "x"}, {"apology": "made"}, {"comment": "nice"},
            ):  # fmt: skip
                with self.subTest(values), self.assertRaises(AccessError):
                    manager.write(values)
            with self.assertRaises(ValidationError):
                self.env["charter.feedback"].browse(feedback.id).with_user(self.manager)._record_outcome(
                    "s", "<p>b</p>"
                )
            self._call(feedback)
            with self.assertRaises(ValidationError):
                self._call(feedback)
            self._tell(feedback)
            with self.assertRaises(ValidationError):
                feedback.with_user(self.manager)._record_outcome("s", "<p>b</p>")

    def test_the_form_of_the_call_names_what_is_missing(self):
        with self.at():
            feedback = self.negative()
        with self.at(2) as now:
            for values, words in (
                ({"called_at": False}, "Call held at"),
                ({"called_at": now + timedelta(hours=1)}, "future"),
                ({"called_at": START - timedelta(days=1)}, "after the client"),
                ({"understanding": "  "}, "understood"),
                ({"apology": False}, "Apologies"),
                ({"actions": []}, "Corrective actions"),
            ):
                with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                    self._call(feedback, **values)
            self.assertEqual(feedback.followup, "call")
            self._call(feedback, actions=[], no_action_reason="The client cancelled the order itself.")
        self.assertEqual(feedback.followup, "tell")

    def test_wizard_records_the_call(self):
        with self.at():
            feedback = self.negative()
        with self.at(3):
            wizard = self.env["charter.feedback.callback"].with_user(self.manager).create(
                {
                    "feedback_id": feedback.id,
                    "understanding": "Nobody came on Monday.",
                    "apology": "not_due",
                    "action_ids": [Command.create({"name": "Visit", "user_id": self.technician.id, "date_deadline": "2026-10-09"})],
                }
            )  # fmt: skip
            wizard.action_confirm()
        self.assertEqual((feedback.followup, feedback.called_by_id), ("tell", self.manager))
        self.assertEqual(feedback.called_at, START + timedelta(hours=3))
        action = feedback.corrective_action_ids
        with self.at(24 * 6):
            self.assertTrue(action.is_late)
            action.with_user(self.technician).action_done()
        self.assertEqual(action.done_date, fields.Date.to_date("2026-10-11"))

    def test_contact_without_mail_is_a_clear_error(self):
        with self.at():
            feedback = self.negative()
            self._call(feedback)
            self.alice.email = False
            with self.assertRaisesRegex(ValidationError, "email"):
                self._tell(feedback)
        self.assertEqual(feedback.followup, "tell")

    def test_no_charter_in_force_keeps_the_answer(self):
        with self.at():
            feedback = self.invitation()
            self.document._charter_engine().write({"state": "superseded"})
            feedback._answer(rating=1, comment="Bad")
        self.assertEqual((feedback.state, feedback.rating, feedback.negative), ("answered", 1, True))
        self.assertIn("no charter in force", feedback.configuration_error)

    def test_feedback_is_never_deleted(self):
        with self.at():
            feedback = self.negative()
        with self.assertRaises(UserError):
            feedback.sudo().unlink()

    def test_whom_it_concerns_does_not_change(self):
        other, *_contacts = self._client("Other")
        with self.at():
            feedback = self.negative()
        with self.assertRaises(AccessError):
            feedback.with_user(self.admin).write({"partner_id": other.id})

    def test_contact_of_somebody_else_is_refused(self):
        _other, contact, _second = self._client("Other")
        with self.at(), self.assertRaisesRegex(ValidationError, "Contact"):
            self.env["charter.feedback"].with_user(self.manager).create(
                {"partner_id": self.client.id, "contact_id": contact.id, "comment": "x"}
            )

    def test_portal_user_cannot_write(self):
        user = new_test_user(self.env, "t_alice", groups="base.group_portal", partner_id=self.alice.id)
        with self.at():
            feedback = self.negative()
        with self.assertRaises(AccessError):
            feedback.with_user(user).write({"comment": "x"})
        with self.assertRaises(UserError):
            feedback.with_user(user).unlink()
