"""Who answers while somebody is away, who owns the promises, and what clients are told."""

from datetime import date, datetime, timedelta

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..cases.common import START, CharterCase


class AbsenceCase(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls._staff("t_deputy", "group_charter_user")
        cls.other = cls._staff("t_other", "group_charter_user")
        cls.company.charter_stand_in_rule = "deputy"
        cls.manager.charter_deputy_id = cls.deputy
        cls.contract = cls._contract(cls.client)

    def setUp(self):
        super().setUp()
        # Absences of a database with a life of its own are not these tests'.
        self.env["charter.absence"].search([]).state = "cancelled"

    def day(self, days):
        return START.date() + timedelta(days=days)

    def absence(self, first, last, user=None, **values):
        return self.env["charter.absence"].create(
            {
                "user_id": (user or self.manager).id,
                "date_from": self.day(first),
                "date_to": self.day(last) if last is not None else False,
                **values,
            }
        )

    def contacts_cron(self):
        with self.committing():
            self.env["charter.contact.sheet"]._cron_contacts()

    def handover(self, absence):
        return self.env["charter.handover"].search(
            [("absence_id", "=", absence.id), ("partner_id", "=", self.client.id)]
        )

    def told(self, handover):
        return self.env["charter.delivery"].search(
            [("res_model", "=", "charter.handover"), ("res_id", "in", handover.ids)], order="id"
        )

    def manager_now(self):
        self.client.invalidate_recordset()
        return self.client.charter_account_manager_id

    def leave(self, deliveries):
        """The mails of these deliveries leave."""
        for mail in deliveries.sudo().mail_id:
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])


class TestStandIn(AbsenceCase):
    def test_the_first_day_proposed_is_the_companys(self):
        """At 23:30 UTC it is tomorrow in Paris, whatever the time zone of who enters the absence."""
        self.company.resource_calendar_id.tz = "Europe/Paris"
        self.manager.tz = False
        with self.at(moment=datetime(2026, 10, 20, 23, 30)):
            form = Form(self.env["charter.absence"].with_user(self.manager))
            self.assertEqual(form.date_from, date(2026, 10, 21))

    def test_promises_move_to_the_stand_in_and_back(self):
        with self.at():
            promise = self.promise(self.negative(), "feedback.callback")
            due = promise.due_at
            self.assertEqual(promise.user_id, self.manager)
            absence = self.absence(1, 3)
            self.assertEqual(absence.stand_in_id, self.deputy, "proposed by the rule")
            self.assertEqual(self.manager_now(), self.manager, "not away yet")
        with self.at(24):
            self.contacts_cron()
            self.assertEqual(promise.user_id, self.deputy)
            self.assertEqual(self.manager_now(), self.deputy)
            new = self.promise(self.negative(self.adam), "feedback.callback")
            self.assertEqual(new.user_id, self.deputy, "what is opened meanwhile is the stand-in's")
            brief = self.mails_to(self.deputy.partner_id)[-1:]
            self.assertIn(self.client.name, brief.body_html)
        with self.at(4 * 24):
            self.contacts_cron()
            self.assertEqual(promise.user_id, self.manager)
            self.assertEqual(self.manager_now(), self.manager)
        self.assertEqual(promise.due_at, due, "the due time does not move")
        self.assertEqual(promise.history.count("→"), 2, promise.history)

    def test_the_activity_goes_with_the_promise(self):
        with self.at():
            feedback = self.negative()
            promise = self.promise(feedback, "feedback.callback")
            promise._charter_alert_activity("owner")
            self.absence(0, 3)
            self.assertEqual(feedback.activity_ids.user_id, self.deputy)

    def test_chain(self):
        with self.at():
            self.absence(1, 10, stand_in_id=self.deputy.id)
            self.absence(4, 5, self.deputy, stand_in_id=self.other.id)
        for day, holder in (
            (0, self.manager),
            (1, self.deputy),
            (4, self.other),
            (6, self.deputy),
            (11, self.manager),
        ):
            with self.subTest(day=day), self.at(24 * day):
                self.assertEqual(self.manager_now(), holder)

    def test_company_roles_have_stand_ins_too(self):
        with self.at():
            self.absence(0, 2, self.operations, stand_in_id=self.direction.id)
            escalation = self.escalate()
            self.assertEqual(self.promise(escalation, "escalation.level1").user_id, self.direction)

    def test_shortened_and_cancelled(self):
        with self.at():
            absence = self.absence(0, 10)
            self.assertEqual(self.manager_now(), self.deputy)
        with self.at(48):
            absence.action_back_today()
            self.assertEqual(absence.date_to, self.day(1))
            self.assertEqual(self.manager_now(), self.manager)
            rows = self.env["charter.assignment"].search([("absence_id", "=", absence.id)])
            self.assertEqual(set(rows.mapped("date_to")), {self.day(1)}, "the days it lasted stay on record")
        with self.at(72):
            later = self.absence(5, 8)
            later.action_cancel()
            self.assertFalse(self.env["charter.assignment"].search([("absence_id", "=", later.id)]))

    def test_refresh_twice_changes_nothing(self):
        with self.at():
            self.absence(0, 10)
            before = self.env["charter.assignment"].search([("kind", "=", "stand_in")]).ids
            self.contacts_cron()
            self.contacts_cron()
            self.assertEqual(self.env["charter.assignment"].search([("kind", "=", "stand_in")]).ids, before)


class TestRules(AbsenceCase):
    def test_ends_before_it_begins(self):
        with (
            self.at(),
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.absence(3, 1)

    def test_two_at_once(self):
        with self.at():
            self.absence(1, 5)
            with (
                self.assertRaises(psycopg2.errors.ExclusionViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.absence(5, 8)

    def test_loop_is_refused(self):
        with self.at():
            self.absence(1, 5, stand_in_id=self.deputy.id)
            with self.assertRaisesRegex(ValidationError, "each other's substitute"):
                self.absence(3, 8, self.deputy, stand_in_id=self.manager.id)

    def test_stand_in_away_at_the_same_time_is_refused(self):
        with self.at():
            self.absence(0, 20, self.deputy)
            with self.assertRaisesRegex(ValidationError, "away on these days too"):
                self.absence(3, 8, stand_in_id=self.deputy.id)

    def test_stand_in_without_phone_is_refused(self):
        self.other.partner_id.phone = False
        with self.at(), self.assertRaisesRegex(ValidationError, "no phone"):
            self.absence(3, 8, stand_in_id=self.other.id)

    def test_stand_in_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._staff(
            "t_stranger", "group_charter_user", company_id=company.id, company_ids=[company.id]
        )
        with self.at(), self.assertRaisesRegex(ValidationError, "does not work for"):
            self.absence(3, 8, stand_in_id=stranger.id)

    def test_nobody_deletes_an_absence(self):
        with self.at():
            absence = self.absence(3, 8)
        with self.assertRaises(ValidationError):
            absence.unlink()

    def test_who_holds_a_role_is_not_archived(self):
        with self.at():
            self.absence(0, 8)
            with self.assertRaisesRegex(ValidationError, "one role of the charter"):
                self.deputy.active = False

    def test_proposals(self):
        with self.at():
            cases = {"deputy": self.deputy, "operations": self.operations}
            for rule, expected in cases.items():
                self.company.charter_stand_in_rule = rule
                absence = self.absence(1, 2)
                self.assertEqual(absence.stand_in_id, expected, rule)
                absence.action_cancel()
            self.company.charter_stand_in_rule = "team"
            self.client_2, *_ = self._client("Bastide", held=False)
            self._assign("account_manager", self.other, self.client_2)
            self.assertIn(self.other, self.absence(1, 2)._candidates())

    def test_a_deputy_who_is_away_is_passed_over(self):
        self.deputy.charter_deputy_id = self.other
        with self.at():
            self.absence(0, 3, self.deputy, stand_in_id=self.operations.id)
            self.assertEqual(self.absence(1, 2).stand_in_id, self.other)

    def test_without_stand_in_the_operations_manager_is_alerted_once(self):
        self.manager.charter_deputy_id = False
        with self.at():
            absence = self.absence(2, 5)
            self.assertFalse(absence.stand_in_id)
            self.contacts_cron()
            self.assertEqual(absence.activity_ids.user_id, self.operations)
            self.assertEqual(len(absence.activity_ids), 1)
            self.assertTrue(absence.vacancy)
            absence.stand_in_id = self.deputy
            self.assertFalse(absence.activity_ids, "mended")

    def test_each_enters_their_own(self):
        with self.at():
            mine = self.env["charter.absence"].with_user(self.technician)
            mine.create({"user_id": self.technician.id, "date_from": self.day(3), "date_to": self.day(4)})
            with self.assertRaises(AccessError):
                mine.create({"user_id": self.manager.id, "date_from": self.day(3), "date_to": self.day(4)})
            self.env["charter.absence"].with_user(self.operations).create(
                {"user_id": self.manager.id, "date_from": self.day(3), "date_to": self.day(4)}
            )

    def test_form(self):
        with self.at(), Form(self.env["charter.absence"].with_user(self.manager)) as form:
            form.date_from = self.day(6)
            form.date_to = self.day(9)
        self.assertEqual(form.record.user_id, self.manager)
        self.assertEqual(form.record.stand_in_id, self.deputy)


class TestHandover(AbsenceCase):
    def test_told_before_it_begins(self):
        self.company.charter_handover_lead_days = 3
        with self.at():
            absence = self.absence(7, 9)
            handover = self.handover(absence)
            promise = self.promise(handover, "contact.handover")
            self.assertEqual(handover.state, "planned")
            self.assertEqual(
                handover.tell_at,
                START.replace(hour=6) + timedelta(days=4),
                "8:00 in Paris, three days before",
            )
            self.assertEqual(promise.due_at, START.replace(hour=22) + timedelta(days=6), "midnight in Paris")
            self.contacts_cron()
            self.assertFalse(self.told(handover))
        with self.at(4 * 24):
            self.contacts_cron()
            deliveries = self.told(handover)
            self.assertEqual(deliveries.contact_id, self.alice + self.adam)
            self.assertIn(self.deputy.phone, deliveries[0].body)
            self.assertIn(self.deputy.email, deliveries[0].body)
            self.assertIn("12 October 2026", deliveries[0].body)
            self.assertEqual(promise.state, "open", "kept when the mail has left, not before")
            self.leave(deliveries)
            self.assertEqual(promise.state, "kept")
            self.contacts_cron()
            self.assertEqual(len(self.told(handover)), 2, "once each")
        self.assertFalse(handover.is_late)

    def test_a_change_on_monday_is_told_on_friday(self):
        self.company.charter_handover_lead_days = 1
        with self.at():
            handover = self.handover(self.absence(7, 9))
            self.assertEqual(handover.tell_at.date(), self.day(4), "the last working hour before the weekend")

    def test_in_the_language_of_the_contact(self):
        self.alice.lang = "fr_FR"
        with self.at():
            handover = self.handover(self.absence(0, 2))
            self.contacts_cron()
            of_alice = self.told(handover).filtered(lambda one: one.contact_id == self.alice)
            self.assertIn("Bonjour", of_alice.body)
            self.assertIn("Hello", (self.told(handover) - of_alice).body)

    def test_sudden_absence_is_told_at_once_and_late(self):
        with self.at():
            absence = self.absence(0, 2, late_reason="Fell ill this morning")
            self.contacts_cron()
            handover = self.handover(absence)
            self.assertTrue(handover.is_late)
            deliveries = self.told(handover)
            self.assertEqual(set(deliveries.mapped("reason")), {"Fell ill this morning"})
            self.leave(deliveries)
            promise = self.promise(handover, "contact.handover")
            # Nobody could have told them before: the promise runs from when it was known, and the row says that it was late.
            self.assertEqual((promise.state, promise.missed), ("kept", 0))
            self.assertGreater(promise.due_at, promise.opened_at)

    def test_why_it_is_late_is_read_in_each_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.at():
            absence = self.absence(0, 2)
            self.contacts_cron()
            handover = self.handover(absence)
        for row, name in ((handover, "late_reason"), (self.told(handover)[:1], "reason")):
            self.assertEqual(row[name], "The absence was not known before it began.")
            self.assertEqual(
                row.with_context(lang="fr_FR")[name], "L’absence n’était pas connue avant son début."
            )

    def test_cancelled_before_it_was_told(self):
        with self.at():
            absence = self.absence(20, 22)
            handover = self.handover(absence)
            absence.action_cancel()
            self.assertEqual(handover.state, "withdrawn")
            self.assertEqual(self.promise(handover, "contact.handover").state, "cancelled")
        with self.at(18 * 24):
            self.contacts_cron()
            self.assertFalse(self.told(handover))

    def test_cancelled_after_it_was_told_is_corrected(self):
        with self.at():
            absence = self.absence(2, 5)
            self.contacts_cron()
            handover = self.handover(absence)
            self.leave(self.told(handover))
        with self.at(24):
            absence.action_cancel()
            self.contacts_cron()
            correction = self.told(handover)[-1:]
            self.assertIn("there for you as usual", correction.subject)
            self.assertFalse(correction.obligation_id, "a correction is no commitment of the charter")
            self.assertEqual(self.promise(handover, "contact.handover").state, "kept", "what was done stays")

    def test_another_stand_in_after_it_was_told(self):
        with self.at():
            absence = self.absence(2, 5)
            self.contacts_cron()
            handover = self.handover(absence)
            self.leave(self.told(handover))
        with self.at(24):
            absence.stand_in_id = self.other
            self.contacts_cron()
            self.assertIn(self.other.name, self.told(handover)[-1:].body)
            promises = self.env["charter.obligation"].search(
                [("res_model", "=", "charter.handover"), ("res_id", "=", handover.id)], order="id"
            )
            self.assertEqual(
                promises.mapped("state"), ["kept", "open"], "told again before it begins: a commitment too"
            )
            self.assertEqual(len(self.told(handover)), 4)

    def test_moved_before_it_was_told(self):
        with self.at():
            absence = self.absence(20, 22)
            handover = self.handover(absence)
            absence.write({"date_from": self.day(21), "date_to": self.day(24)})
            promises = self.env["charter.obligation"].search(
                [("res_model", "=", "charter.handover"), ("res_id", "=", handover.id)], order="id"
            )
            self.assertEqual(promises.mapped("state"), ["cancelled", "open"])
            self.assertEqual(promises[-1].due_at.date(), self.day(20), "midnight in Paris")

    def test_without_stand_in_or_contact_it_says_why(self):
        self.manager.charter_deputy_id = False
        with self.at():
            absence = self.absence(1, 2)
            handover = self.handover(absence)
            self.contacts_cron()
            self.assertIn("has no substitute", handover.problem)
            absence.stand_in_id = self.deputy
            (self.alice | self.adam).email = False
            self.contacts_cron()
            self.assertIn("email", handover.problem)
            self.alice.email = "alice@alpine.example.com"
            self.contacts_cron()
            self.assertFalse(handover.problem)
            self.assertEqual(self.told(handover).contact_id, self.alice)

    def test_only_clients_under_the_charter(self):
        with self.at():
            stranger, *_ = self._client("Prospect")
            absence = self.absence(1, 2)
            self.assertEqual(absence.handover_ids.partner_id & (stranger | self.client), self.client)


class TestFeed(AbsenceCase):
    def fed(self, user=None):
        return self.env["charter.absence"].search(
            [("user_id", "=", (user or self.manager).id), ("state", "=", "planned")], order="date_from"
        )

    def test_out_of_office(self):
        with self.at():
            self.manager.write(
                {
                    "out_of_office_from": START + timedelta(days=3),
                    "out_of_office_to": START + timedelta(days=6),
                }
            )
            absence = self.fed()
            self.assertEqual((absence.date_from, absence.date_to), (self.day(3), self.day(6)))
            self.assertEqual((absence.source, absence.stand_in_id), ("out_of_office", self.deputy))
            self.manager.out_of_office_to = START + timedelta(days=8)
            self.assertEqual(self.fed(), absence)
            self.assertEqual(absence.date_to, self.day(8))
            self.manager.write({"out_of_office_from": False, "out_of_office_to": False})
            self.assertEqual(absence.state, "cancelled")

    def leave_of(self, user, start, end):
        resource = self.env["resource.resource"].search([("user_id", "=", user.id)], limit=1)
        resource = resource or self.env["resource.resource"].create({"name": user.name, "user_id": user.id})
        return self.env["resource.calendar.leaves"].create(
            {"name": "Leave", "resource_id": resource.id, "date_from": start, "date_to": end,
             "calendar_id": self.company.resource_calendar_id.id}
        )  # fmt: skip

    def test_calendar_leave(self):
        with self.at():
            leave = self.leave_of(self.manager, START + timedelta(days=3), START + timedelta(days=4, hours=9))
            absence = self.fed()
            self.assertEqual(
                (absence.date_from, absence.date_to, absence.source), (self.day(3), self.day(4), "leave")
            )
            leave.unlink()
            self.assertFalse(self.fed())

    def test_a_morning_off_is_no_absence(self):
        with self.at():
            self.leave_of(self.manager, START + timedelta(days=3), START + timedelta(days=3, hours=4))
            self.assertFalse(self.fed())

    def test_leave_and_out_of_office_over_the_same_days_are_one(self):
        with self.at():
            self.leave_of(self.manager, START + timedelta(days=3), START + timedelta(days=5, hours=9))
            self.manager.write(
                {
                    "out_of_office_from": START + timedelta(days=4),
                    "out_of_office_to": START + timedelta(days=7),
                }
            )
            self.assertEqual(len(self.fed()), 1)
            self.assertEqual((self.fed().date_from, self.fed().date_to), (self.day(3), self.day(7)))

    def test_what_was_entered_by_hand_wins(self):
        with self.at():
            absence = self.absence(3, 6, stand_in_id=self.other.id)
            self.leave_of(self.manager, START + timedelta(days=3), START + timedelta(days=5, hours=9))
            self.assertEqual(self.fed(), absence)
            self.assertEqual(absence.stand_in_id, self.other)

    def test_nobody_counts_on_them(self):
        with self.at():
            self.leave_of(self.other, START + timedelta(days=3), START + timedelta(days=5))
            self.assertFalse(self.fed(self.other))


class TestReassign(AbsenceCase):
    def wizard(self, **values):
        return (
            self.env["charter.reassign"]
            .with_user(self.operations)
            .create({"user_id": self.manager.id, "successor_id": self.other.id, **values})
        )

    def test_all_clients_at_once(self):
        with self.at():
            second, *_ = self._client("Bastide")
            wizard = self.wizard(date_from=self.day(10), message="She is looking forward to meeting you.")
            self.assertLessEqual(self.client | second, wizard.partner_ids)
            wizard.action_confirm()
            self.assertEqual(self.manager_now(), self.manager)
            handover = self.env["charter.handover"].search(
                [("partner_id", "=", self.client.id), ("absence_id", "=", False)]
            )
            self.assertEqual(handover.state, "planned")
            self.assertFalse(
                self.env["charter.handover"].search([("partner_id", "=", second.id)]), "not under the charter"
            )
        with self.at(7 * 24):
            self.contacts_cron()
            letter = self.told(handover)[:1]
            self.assertIn("looking forward", letter.body)
            self.assertIn(self.other.phone, letter.body)
        with self.at(10 * 24):
            promise = self.env["charter.obligation"].search(
                [
                    ("partner_id", "=", self.client.id),
                    ("role", "=", "account_manager"),
                    ("is_owed", "=", True),
                ],
                limit=1,
            )
            self.contacts_cron()
            self.assertEqual(self.manager_now(), self.other)
            self.assertEqual(promise.user_id, self.other)

    def test_refused(self):
        with self.at():
            self.other.partner_id.phone = False
            with self.assertRaisesRegex(ValidationError, "no phone"):
                self.wizard().action_confirm()
            self.other.partner_id.phone = "+33 1 00 00 00 01"
            with self.assertRaisesRegex(ValidationError, "gone by"):
                self.wizard(date_from=self.day(-1)).action_confirm()
            stranger, *_ = self._client("Bastide", held=False)
            with self.assertRaisesRegex(ValidationError, "without it: Bastide"):
                self.wizard(partner_ids=stranger.ids).action_confirm()
            with self.assertRaises(AccessError):
                self.wizard().with_user(self.manager).action_confirm()

    def test_default_day_leaves_time_to_tell(self):
        with self.at():
            self.assertEqual(
                self.wizard().date_from,
                fields.Date.add(START.date(), days=self.company.charter_handover_lead_days + 1),
            )


class TestDays(AbsenceCase):
    def test_the_day_is_the_company_s(self):
        late = START.replace(hour=22, minute=30)  # 0:30 in Paris, the day after
        with self.at(moment=late):
            absence = self.absence(1, 1)
            self.assertEqual(absence.phase, "now")
            self.assertEqual(self.manager_now(), self.deputy)
        self.assertEqual(absence.date_from, date(2026, 10, 6))
