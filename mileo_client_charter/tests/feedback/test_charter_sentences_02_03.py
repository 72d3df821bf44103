"""Articles 02 and 03, sentence by sentence: one row a case, with the sentence it belongs to and the right value."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..cases.common import START, CharterCase

FRIDAY = datetime(2026, 10, 9, 16, 0)  # 18:00 in Paris
CALLED_BACK = "Tout feedback négatif déclenche un rappel dans les 48 heures"
LEVEL_1 = "L'escalade de niveau 1 : le responsable d'exploitation répond dans les 24 heures"
LEVEL_2 = "L'escalade de niveau 2 : la direction générale, un traitement personnalisé sous 48 heures"


def day(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


@tagged("post_install", "-at_install")
class TestWhenTheClientSpoke(CharterCase):
    """17. The clock starts when the client spoke, not when it was typed."""

    def _report(self, said_at=None):
        values = {"partner_id": self.client.id, "contact_id": self.alice.id, "comment": "Nobody came to us."}
        if said_at:
            values["said_at"] = said_at
        return self.env["charter.feedback"].with_user(self.manager).create(values).sudo()

    def _complaint(self, said_at=None):
        values = {"partner_id": self.alice.id, "name": "No answer", "door": "phone"}
        if said_at:
            values["said_at"] = said_at
        return self.env["charter.escalation"].with_user(self.manager).create(values).sudo()

    def _call(self, feedback, called_at, user=None):
        feedback.with_user(user or self.manager)._record_callback(
            called_at, "Nobody came on Monday.", "made", [], "They have been sent already."
        )

    def test_clocks_run_from_the_client_s_word(self):
        for sentence, case, said, typed, due, marked in (
            (CALLED_BACK, "typed at once", "2026-10-05 08:00", "2026-10-05 08:00", "2026-10-07 08:00", False),
            (CALLED_BACK, "Friday's call typed on Monday", "2026-10-09 15:00", "2026-10-12 07:00", "2026-10-11 15:00", True),
            (CALLED_BACK, "a day later to the minute", "2026-10-05 08:00", "2026-10-06 08:00", "2026-10-07 08:00", False),
            (CALLED_BACK, "over the end of summer time", "2026-10-24 12:00", "2026-10-25 09:00", "2026-10-26 12:00", False),
            (CALLED_BACK, "over 29 February", "2028-02-28 10:00", "2028-02-29 08:00", "2028-03-01 10:00", False),
            (LEVEL_1, "typed at once", "2026-10-05 08:00", "2026-10-05 08:00", "2026-10-06 08:00", False),
            (LEVEL_1, "Friday evening typed on Monday", "2026-10-09 16:00", "2026-10-12 07:00", "2026-10-10 16:00", True),
            (LEVEL_1, "over the beginning of summer time", "2027-03-27 12:00", "2027-03-28 09:00", "2027-03-28 12:00", False),
        ):  # fmt: skip
            with self.subTest(f"{sentence}: {case}"), self.at(moment=day(typed)):
                feedback = sentence == CALLED_BACK
                record = (self._report if feedback else self._complaint)(day(said))
                promise = self.promise(record, "feedback.callback" if feedback else "escalation.level1")
                self.assertEqual((record.said_at, promise.due_at), (day(said), day(due)))
                recorded = record.answered_at if feedback else record.raised_at
                self.assertEqual(recorded, day(typed), "when it was recorded is kept beside it")
                self.assertEqual((promise.opened_at, promise.trigger_at), (day(said), day(said)))
                self.assertGreaterEqual(promise.due_at, promise.opened_at)
                self.assertEqual(record.recorded_late, marked)
                self.assertEqual(bool(promise.history), said != typed, "the ledger says when it became known")
                looked = self.env.ref("mileo_client_charter.activity_look")
                by_type = record.activity_ids.grouped("activity_type_id")
                self.assertEqual(
                    by_type.get(looked, record.activity_ids.browse()).user_id.ids,
                    self.operations.ids * marked,
                )

    def test_moments_that_cannot_be(self):
        with self.at():
            for case, said, words in (
                ("to come", START + timedelta(minutes=1), "Said on.*future"),
                ("the year mistyped", START - timedelta(days=400), "Said on.*year"),
            ):
                for door in (self._report, self._complaint):
                    with (
                        self.subTest(case, door=door.__name__),
                        self.assertRaisesRegex(ValidationError, words),
                    ):
                        door(said)
            for record in (self._report(), self._complaint()):
                with self.subTest(record), self.assertRaises(AccessError):
                    record.with_user(self.admin).write({"said_at": START - timedelta(days=1)})

    def test_a_call_is_judged_as_declared(self):
        for case, called, recorded, state, marked in (
            ("held in time, recorded an hour late", 47, 49, "kept", False),
            ("held in time, found late, recorded on Monday", 40, 90, "kept", True),
            ("held late", 49, 50, "late", False),
            ("held before it was recorded as due", 1, 2, "kept", False),
        ):
            with self.subTest(f"{CALLED_BACK}: {case}"):
                with self.at():
                    feedback = self._report()
                promise = self.promise(feedback, "feedback.callback")
                with self.at(recorded) as now:
                    self.tick()
                    self._call(feedback, START + timedelta(hours=called))
                self.assertEqual((promise.state, promise.done_at), (state, START + timedelta(hours=called)))
                self.assertEqual((feedback.called_at, feedback.call_recorded_at), (promise.done_at, now))
                self.assertEqual(feedback.recorded_late, marked)
                outcome = self.promise(feedback, "feedback.outcome")
                self.assertEqual(outcome.opened_at, feedback.called_at)
                self.assertGreaterEqual(outcome.due_at, outcome.opened_at)

    def test_a_call_before_what_was_said(self):
        """Said on Friday, called back on Friday, both typed on Monday."""
        monday = FRIDAY + timedelta(days=2, hours=15)
        with self.at(moment=monday):
            feedback = self._report(FRIDAY)
            with self.assertRaisesRegex(ValidationError, "after the client"):
                self._call(feedback, FRIDAY - timedelta(hours=2))
            self._call(feedback, FRIDAY + timedelta(hours=1))
        self.assertEqual(self.promise(feedback, "feedback.callback").state, "kept")

    def test_level_2_runs_from_the_client_s_word(self):
        with self.at():
            escalation = self._complaint()
        with self.at(5):
            self.answer(escalation, self.operations)
        with self.at(60) as now:
            staff = escalation.with_user(self.manager)
            for reason, said, words in (
                ("", None, "Why level 2"),
                ("Not enough", now + timedelta(hours=1), "future"),
                ("Not enough", START - timedelta(hours=1), "after the escalation"),
            ):
                with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                    staff.action_level2(reason, said)
            staff.action_level2("Two nights are not nine.", START + timedelta(hours=10))
        promise = self.promise(escalation, "escalation.level2")
        self.assertEqual(promise.due_at, START + timedelta(hours=58), LEVEL_2)
        self.assertEqual(
            (escalation.level2_at, escalation.level2_recorded_at), (START + timedelta(hours=10), now)
        )
        self.assertEqual(escalation.level2_reason, "Two nights are not nine.")

    def test_a_mail_counts_from_when_it_was_written(self):
        mail = (
            "From: {sender}\nTo: escalation@mileo.example.com\nSubject: Nobody answers\nMessage-Id: <{id}@x.example.com>\n"
            "Date: {date}\nContent-Type: text/plain; charset=utf-8\n\nThe alarm rang all night.\n"
        )
        with self.at(60) as now:
            for case, date, said in (
                ("the mail box was fetched late", "Tue, 06 Oct 2026 20:00:00 +0200", day("2026-10-06 18:00")),
                ("a clock that is ahead", "Thu, 08 Oct 2026 20:00:00 +0000", now),
                ("a clock that stands still", "Thu, 01 Jan 1970 00:00:00 +0000", now),
            ):
                with self.subTest(f"{LEVEL_1}: {case}"):
                    text = mail.format(sender=self.alice.email, id=case.replace(" ", "."), date=date)
                    thread = self.env["mail.thread"].sudo().message_process("charter.escalation", text)
                    escalation = self.env["charter.escalation"].browse(thread)
                    self.assertEqual(escalation.said_at, said)
                    promise = self.promise(escalation, "escalation.level1")
                    self.assertEqual(promise.due_at, said + timedelta(hours=24))


@tagged("post_install", "-at_install")
class TestAlertsBeforeTheDeadline(CharterCase):
    """18. Alerts leave before the deadline, not after the weekend."""

    def test_a_mail_waits_only_where_half_of_the_time_is_left(self):
        self.company.write({"charter_on_call_operations": "duty@mileo.example.com"})
        for case, raised, leaves, on_call in (
            ("Friday 18:00, due Saturday 18:00", "2026-10-09 16:00", "2026-10-09 16:00", True),
            ("in the night before a working day", "2026-10-06 01:00", "2026-10-06 06:00", False),
            (
                "Tuesday evening, eleven hours before the opening",
                "2026-10-06 19:00",
                "2026-10-07 06:00",
                False,
            ),
            ("Saturday noon", "2026-10-10 10:00", "2026-10-10 10:00", True),
            ("in office hours", "2026-10-06 08:00", "2026-10-06 08:00", False),
        ):
            with self.subTest(f"{LEVEL_1}: {case}"), self.at(moment=day(raised)):
                escalation = self.env["charter.escalation"].create(
                    {"name": case, "partner_id": self.alice.id}
                )
                mail = self.mails_to(self.operations.partner_id)[-1]
                self.assertIn("Alpine", mail.subject)
                self.assertEqual(mail.scheduled_date, day(leaves))
                self.assertEqual(mail.email_to or "", "duty@mileo.example.com" if on_call else "")
                self.assertLess(mail.scheduled_date, self.promise(escalation, "escalation.level1").due_at)

    def test_whoever_stands_in_is_written_to(self):
        with self.at(moment=FRIDAY - timedelta(hours=8)):
            self.env["charter.absence"].create(
                {
                    "user_id": self.operations.id,
                    "stand_in_id": self.admin.id,
                    "date_from": "2026-10-09",
                    "date_to": "2026-10-16",
                }
            )
        with self.at(moment=FRIDAY):
            self.escalate()
            mail = self.mails_to(self.admin.partner_id)[-1]
        self.assertEqual(mail.scheduled_date, FRIDAY)

    def test_level_2_has_its_own_duty(self):
        self.company.write(
            {
                "charter_on_call_operations": "duty@mileo.example.com",
                "charter_on_call_direction": "chief@mileo.example.com",
            }
        )
        with self.at(moment=FRIDAY - timedelta(hours=30)):
            escalation = self.escalate()
        with self.at(moment=FRIDAY - timedelta(hours=5)):
            escalation._to_level2("Late")
        with self.at(moment=FRIDAY + timedelta(hours=31)):
            self.tick()
            mail = self.mails_to(self.direction.partner_id)[-1]
        self.assertEqual(mail.email_to, "chief@mileo.example.com", LEVEL_2)
        with self.assertRaisesRegex(ValidationError, "no e-mail address"):
            self.company.charter_on_call_operations = "nobody"
