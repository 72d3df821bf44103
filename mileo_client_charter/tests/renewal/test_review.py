from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger
from psycopg2 import IntegrityError

from ..cases.year import YearCase

MEETING = datetime(2026, 11, 20, 9)


@tagged("post_install", "-at_install")
class TestReview(YearCase):
    def review(self, kind="interview", contract=None):
        contract = contract or self.renewing(self.client)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            self.schedule(contract)
        return self.env["charter.review"].search([("contract_id", "=", contract.id), ("kind", "=", kind)])

    def planned(self, kind="interview", contract=None):
        review = self.review(kind, contract).with_user(self.manager)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            review.write({"start_at": MEETING, "location": "At yours"})
            review.action_plan()
        return review

    def held(self, kind="interview", rating="4", nps="9"):
        review = self.planned(kind)
        with self.at(moment=datetime(2026, 11, 20, 12)):
            review.answer_ids = [
                (
                    0,
                    0,
                    {
                        "contact_id": self.alice.id,
                        "rating": rating,
                        "nps": nps,
                        "comment": "Good.",
                        "wishes": "A portal.",
                    },
                )
            ]
            review.action_ids = [
                (
                    0,
                    0,
                    {"name": "Show the portal", "user_id": self.technician.id, "date_deadline": "2026-12-01"},
                )
            ]
            if kind == "annual":
                review.write(
                    dict.fromkeys(("achievements", "performance", "satisfaction", "outlook"), "Talked about.")
                )
            review.action_hold()
        return review

    def test_a_contact_may_not_say_whether_it_would_recommend(self):
        """The field left empty in the form is no figure; the mark alone counts."""
        feedback = self.held(nps=False).answer_ids.feedback_id
        self.assertEqual((feedback.rating, feedback.nps_answered), (4, 0))

    def test_opened_from_the_promise_once_and_spread(self):
        with self.at():
            contracts = [self.renewing(self._client(f"S{n}")[0]) for n in range(6)]
        for contract in contracts:
            self.review("interview", contract)
        reviews = self.env["charter.review"].search([("kind", "=", "interview")])
        self.assertEqual(len(reviews), 6)
        self.assertGreater(len(set(reviews.mapped("suggested_on"))), 3, "not all on one day")
        for review in reviews:
            self.assertEqual(review.obligation_id.code, "interview.biannual")
            self.assertTrue(date(2026, 10, 5) <= review.suggested_on <= review.due_on)
            self.assertEqual(review.staff_ids, self.manager)

    def test_no_day_that_is_past_is_suggested(self):
        """Nobody planned it by the day suggested: another one is, to the last day and after it, never on a weekend."""
        review = self.review("interview")
        suggested = review.suggested_on
        for day in (
            suggested,
            suggested + timedelta(days=1),
            review.due_on,
            review.due_on + timedelta(days=40),
        ):
            with self.subTest(day=day), self.at(moment=datetime.combine(day, time(3))):
                with self.committing():
                    self.env["charter.scheduler"]._cron_schedule()
                self.assertGreaterEqual(review.suggested_on, day)
                self.assertLess(review.suggested_on.weekday(), 5)
        self.assertNotEqual(review.suggested_on, suggested)

    def test_planned_in_the_calendar_with_the_client_invited(self):
        review = self.planned()
        event = review.event_id
        self.assertEqual((event.start, event.user_id), (MEETING, self.manager))
        self.assertIn(self.alice, event.partner_ids)
        mails = self.mails_to(self.alice)
        self.assertTrue(mails, "core's invitation")
        self.assertTrue(mails.attachment_ids.filtered(lambda a: a.name.endswith(".ics")))

    def test_rescheduling_follows_both_ways(self):
        review = self.planned()
        with self.at(moment=datetime(2026, 10, 21, 9)):
            review.event_id.write({"start": datetime(2026, 11, 23, 9), "stop": datetime(2026, 11, 23, 11)})
            self.assertEqual((review.start_at, review.duration), (datetime(2026, 11, 23, 9), 2.0))
            review.start_at = datetime(2026, 11, 24, 8)
            self.assertEqual(review.event_id.start, datetime(2026, 11, 24, 8))
            self.assertEqual(review.event_id.stop, datetime(2026, 11, 24, 10))
            review.event_id.unlink()
            self.assertEqual((review.state, review.start_at), ("draft", False))
            self.assertEqual(review.obligation_id.state, "open")

    def test_who_comes_later_is_invited_and_who_leaves_is_not(self):
        review = self.planned()
        stranger = self.env["res.partner"].create({"name": "Interpreter", "email": "i@example.com"})
        with self.at(moment=datetime(2026, 10, 21, 9)):
            review.event_id.partner_ids += stranger
            review.with_user(self.manager).contact_ids = [(4, self.adam.id)]
            self.assertIn(self.adam, review.event_id.partner_ids)
            self.assertTrue(self.mails_to(self.adam), "core's invitation")
            review.with_user(self.manager).contact_ids = [(3, self.adam.id)]
            self.assertNotIn(self.adam, review.event_id.partner_ids)
            self.assertIn(stranger, review.event_id.partner_ids, "the calendar's own guests stay")
            asked = len(self.mails_to(self.adam))
        with self.at(moment=MEETING + timedelta(minutes=30)):
            review.with_user(self.manager).contact_ids = [(4, self.adam.id)]
            self.assertEqual(len(self.mails_to(self.adam)), asked, "it has begun: who was there is recorded")

    def test_a_whole_day_names_no_hour(self):
        review = self.planned()
        start, duration = review.start_at, review.duration
        with self.at(moment=datetime(2026, 10, 21, 9)):
            day = date(2026, 11, 24)
            review.event_id.write({"allday": True, "start_date": day, "stop_date": day})
        self.assertEqual((review.start_at.time(), review.duration), (start.time(), duration))
        self.assertEqual(review.start_at.date(), day)

    def test_refusals(self):
        review = self.review().with_user(self.manager)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            for vals, words in (
                ({"start_at": False}, "choose when"),
                ({"start_at": datetime(2026, 10, 1, 9)}, "past"),
                ({"start_at": MEETING, "contact_ids": [(5,)]}, "at least one contact"),
                (
                    {"start_at": MEETING, "contact_ids": [(6, 0, self.alice.ids)], "staff_ids": [(5,)]},
                    "account manager",
                ),
            ):
                review.write(vals)
                with self.assertRaisesRegex(ValidationError, words):
                    review.action_plan()
            with self.assertRaisesRegex(ValidationError, "before the contract starts"):
                review.start_at = datetime(2026, 2, 1, 9)
            with self.assertRaisesRegex(ValidationError, "of another company: "):
                review.contact_ids = self._client("Stranger")[1]

    def test_marks_out_of_range(self):
        review = self.planned()
        for nps in ("11", "-1", "ten", "9.5"):
            with (
                self.subTest(nps),
                self.assertRaisesRegex(ValidationError, "from 0 to 10"),
                self.env.cr.savepoint(),
            ):
                review.answer_ids = [(0, 0, {"contact_id": self.alice.id, "rating": "4", "nps": nps})]
        with self.assertRaises(ValueError), self.env.cr.savepoint():
            review.answer_ids = [(0, 0, {"contact_id": self.alice.id, "rating": "6"})]

    def test_held_keeps_the_promise_and_becomes_feedback(self):
        review = self.held(nps="0")
        feedback = review.answer_ids.feedback_id
        self.assertEqual(
            (feedback.channel, feedback.rating, feedback.nps, feedback.nps_answered), ("interview", 4, 0, 1)
        )
        self.assertEqual(feedback.contact_id, self.alice)
        self.assertEqual((review.state, review.obligation_id.state), ("held", "kept"))
        with self.assertRaisesRegex(UserError, "stay as they were recorded"):
            review.answer_ids.comment = "Excellent!"

    def test_who_comes_and_who_was_there(self):
        """On the form: what those invited answered before, who was there afterwards; on record with the meeting, and in its minutes."""
        review = self.planned()
        review.contact_ids = self.alice | self.adam
        attendees = {one.partner_id: one for one in review.sudo().event_id.attendee_ids}
        attendees[self.alice].state = "accepted"
        self.assertEqual(
            sorted(review.invitation_answers.splitlines()),
            [f"{self.alice.name} comes.", f"{self.adam.name} has not decided yet."],
        )
        with self.assertRaisesRegex(ValidationError, "of another company: "), self.env.cr.savepoint():
            review.attended_ids = self._client("Stranger")[1]
        with self.at(moment=datetime(2026, 11, 20, 12)):
            review.attended_ids = self.adam
            review.answer_ids = [Command.create({"contact_id": self.alice.id, "rating": "4"})]
            review.action_hold()
            self.assertEqual(review.attended_ids, self.alice | self.adam, "whoever answers is there")
            evidence = review.obligation_id.sudo().evidence
            for contact in (self.alice, self.adam):
                self.assertIn(contact._charter_key(), evidence)
            with self.assertRaisesRegex(UserError, "stay as they were recorded"), self.env.cr.savepoint():
                review.attended_ids = self.alice
            wizard = self.env["charter.message.wizard"].browse(review.action_ask_minutes()["res_id"])
            words = " ".join(html2plaintext(wizard.body).split())
            self.assertIn(f"{self.alice.name}, {self.adam.name}; for us, {self.manager.name}", words)
            review.with_user(self.operations)._charter_correct(
                {"attended_ids": [Command.set(self.alice.ids)]}, "Adam had another meeting."
            )
        self.assertEqual(review.attended_ids, self.alice)

    def test_each_contact_is_mailed_at_once_what_was_noted_in_its_name(self):
        """A mark typed by us counts from then on: whoever is said to have given it reads it then, not with the minutes."""
        self.alice.lang = "fr_FR"
        self.env["res.lang"]._activate_lang("fr_FR")
        feedback = self.held(nps="9").answer_ids.feedback_id
        mail = self.env["mail.mail"].search(
            [("model", "=", "charter.feedback"), ("res_id", "=", feedback.id)]
        )
        self.assertEqual((mail.recipient_ids, mail.state), (self.alice, "outgoing"))
        self.assertIn("Ce que nous avons noté", mail.subject)
        for words in (
            "vendredi 20 novembre 2026",
            "4 sur 5",
            "9 sur 10",
            "Good.",
            "A portal.",
            "compte dès maintenant",
        ):
            self.assertIn(words, " ".join(html2plaintext(mail.body_html).split()))

    def test_who_has_no_address_has_no_copy(self):
        self.alice.email = False
        feedback = self.held().answer_ids.feedback_id
        self.assertFalse(
            self.env["mail.mail"].search([("model", "=", "charter.feedback"), ("res_id", "=", feedback.id)])
        )

    def test_a_bad_mark_calls_for_a_callback(self):
        feedback = self.held(rating="2").answer_ids.feedback_id
        self.assertEqual(self.promise(feedback, "feedback.callback").state, "open")

    def test_an_interview_needs_answers_and_its_time(self):
        review = self.planned()
        with (
            self.at(moment=datetime(2026, 11, 19, 9)),
            self.assertRaisesRegex(ValidationError, "not taken place"),
        ):
            review.action_hold()
        with (
            self.at(moment=datetime(2026, 11, 21, 9)),
            self.assertRaisesRegex(ValidationError, "at least one contact"),
        ):
            review.action_hold()

    def test_minutes(self):
        review = self.held()
        with self.at(moment=datetime(2026, 11, 21, 9)):
            wizard = (
                self.env["charter.message.wizard"]
                .with_user(self.manager)
                .browse(review.action_ask_minutes()["res_id"])
            )
            for words in ("A portal.", "Show the portal", "satisfaction 4 out of 5"):
                self.assertIn(words, wizard.body)
            wizard.action_send()
            self.assertEqual(review.state, "minutes")
            for contact in (self.alice, self.adam):
                self.assertIn("A portal.", self.mails_to(contact)[-1].body_html or "")

    def test_annual_needs_both_managers_and_its_four_points(self):
        review = self.review("annual").with_user(self.manager)
        self.assertEqual(review.staff_ids, self.manager | self.operations)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            review.write({"start_at": MEETING, "staff_ids": [(3, self.operations.id)]})
            with self.assertRaisesRegex(ValidationError, "operations manager"):
                review.action_plan()
            review.staff_ids = [(4, self.operations.id)]
            review.action_plan()
            for words in ("achieved", "performance", "satisfaction", "evolve"):
                self.assertIn(words, review.event_id.description)
        with self.at(moment=datetime(2026, 11, 20, 12)):
            review.answer_ids = [(0, 0, {"contact_id": self.alice.id, "rating": "5", "nps": "10"})]
            with self.assertRaisesRegex(ValidationError, "every annual review"):
                review.action_hold()
            review.write(
                dict.fromkeys(("achievements", "performance", "satisfaction", "outlook"), "Talked about.")
            )
            review.action_hold()
            self.assertEqual(review.obligation_id.code, "review.annual")
            self.assertEqual(review.obligation_id.state, "kept")

    def test_dossier_prepares_itself_and_is_frozen(self):
        contract = self.renewing(self.client, start="2025-03-01")
        review = self.planned("annual", contract)
        self.assertFalse(review.dossier_at, "a month ahead")
        with self.at(moment=datetime(2026, 11, 10, 9)):
            self.say(self.alice, 10, days_ago=2)
            advised = self.env["charter.recommendation"].create(
                {
                    "name": "A second disk",
                    "advice": "One is worn.",
                    "benefit": "No loss.",
                    "contract_id": contract.id,
                }
            )
            advised._charter_engine().state = "proposed"
            with self.committing():
                self.env["charter.review"]._prepare_due()
            self.assertTrue(review.dossier_file)
            rows = {label: values for label, *values in review.with_context(lang="en_US")._dossier_rows()}
            self.assertEqual(rows["Would recommend us"][0], "NPS 100 (n = 1)")
            self.assertEqual(rows["Would recommend us"][1], "NPS unknown (n = 0)", "last year beside")
            self.assertEqual(
                rows["Response within the target time"][0], "nothing fell due", "never 0 or 100 %"
            )
            frozen = review.dossier_figures
            self.assertEqual([one["name"] for one in frozen["recommendations"]], ["A second disk"])
            self.say(self.adam, 0)
            with self.committing():
                self.env["charter.review"]._prepare_due()
            self.assertEqual(review.dossier_figures, frozen)

    def test_a_dossier_that_breaks_stops_neither_the_others_nor_the_notices(self):
        """Any error, not only one that is meant for people."""
        bad = self.planned("annual", self.renewing(self.client, start="2025-03-01"))
        good = self.planned("annual", self.renewing(self.client, start="2025-04-01"))
        model = type(self.env["charter.review"])
        real = model._prepare

        def prepare(review):
            if review == bad:
                raise ValueError("no such figure")
            return real(review)

        with (
            self.at(moment=datetime(2026, 11, 10, 9)),
            self.committing(),
            patch.object(model, "_prepare", prepare),
            patch.object(type(self.env["charter.notice"]), "_pick_up") as picked_up,
        ):
            self.env["charter.scheduler"]._cron_schedule()
        self.assertEqual((bad.dossier_error, bad.dossier_at), ("no such figure", False))
        self.assertTrue(good.dossier_at)
        self.assertTrue(picked_up.called)

    def test_given_up_the_promise_stays_owed_and_another_opens(self):
        review = self.planned()
        contract = review.contract_id
        with self.at(moment=datetime(2026, 10, 21, 9)):
            review.action_cancel()
            self.schedule(contract)
            again = self.env["charter.review"].search(
                [("contract_id", "=", contract.id), ("kind", "=", "interview"), ("state", "=", "draft")]
            )
            self.assertEqual(again.obligation_id, review.obligation_id)

    def test_a_meeting_arranged_by_hand_keeps_what_is_owed(self):
        """Beside the one that was opened for the same promise: it has the link, and the next one waits for its own promise."""
        opened = self.review()
        promise, contract = opened.obligation_id, opened.contract_id
        answer = {"contact_id": self.alice.id, "rating": "4", "nps": "9", "comment": "Good."}
        with self.at(moment=datetime(2026, 10, 20, 9)):
            by_hand = self.env["charter.review"].with_user(self.manager).create({"contract_id": contract.id})
            self.assertFalse(by_hand.obligation_id)
            by_hand.write({"start_at": MEETING, "location": "At yours"})
            by_hand.action_plan()
        with self.at(moment=datetime(2026, 11, 20, 12)):
            by_hand.answer_ids = [Command.create(answer)]
            by_hand.action_hold()
            self.env.flush_all()
            self.assertEqual(by_hand.obligation_id, promise)
            self.assertEqual((promise.state, opened.state), ("kept", "draft"))
            # Its own promise is kept already: what happens in it keeps no other.
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                opened.copy()._charter_engine().obligation_id = promise
                self.env.flush_all()

    def test_planned_after_its_day_says_so(self):
        review = self.review("interview").with_user(self.manager)
        with self.at(moment=datetime(2026, 10, 20, 9)):
            for days, said in ((0, False), (1, True)):
                review.start_at = datetime.combine(
                    review.due_on + timedelta(days=days), datetime.min.time()
                ).replace(hour=9)
                with self.subTest(days):
                    self.assertEqual(bool(review.plan_warning), said)
            self.assertIn("overdue", review.plan_warning)
            with review._charter_engine().env.cr.savepoint():
                review.action_cancel()
                self.assertFalse(review.plan_warning, "nothing is planned any more")
