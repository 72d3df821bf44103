from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.charter_engine import ENGINE
from ..cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestObligation(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["charter.obligation"]

    def _open(self, code="feedback.callback", occurrence="1", **values):
        """A promise of the client itself; what it comes from does not matter here."""
        return self.client._charter_open(code, at=START, occurrence=occurrence, **values)

    def _with_clock(self, clock, delay=8, unit="hours", code="feedback.callback"):
        draft = self.document.browse(self.document.action_new_version()["res_id"])
        draft._commitment(code).write({"clock": clock, "delay": delay, "unit": unit})
        draft.action_publish()

    # -- opening ----------------------------------------------------------------------------------

    def test_open_freezes_the_target(self):
        with self.at():
            promise = self._open()
        self.assertEqual(
            (promise.code, promise.partner_id, promise.role, promise.user_id, promise.state),
            ("feedback.callback", self.client, "account_manager", self.manager, "open"),
        )
        self.assertEqual(promise.opened_at, START)
        self.assertEqual(promise.due_at, START + timedelta(hours=48))
        self.assertEqual(promise.warn_at, START + timedelta(hours=36))
        self.assertFalse(promise.met or promise.missed or promise.done_at or promise.breached_at)

    def test_opening_twice_is_the_same_row(self):
        with self.at():
            first = self._open()
            again = self._open()
            other = self._open(occurrence="2")
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_opening_twice_in_one_batch(self):
        request = {
            "code": "charter.copy", "res_model": "res.partner", "res_id": self.client.id, "occurrence": "x",
            "partner_id": self.client.id, "company_id": self.company.id, "at": START,
        }  # fmt: skip
        rows = self.ledger._open([request, dict(request), dict(request, occurrence="y")])
        self.assertEqual(rows[0], rows[1])
        self.assertEqual(len(set(rows.ids)), 2)

    def test_opening_again_after_a_new_version(self):
        """One occurrence is one promise, whichever version of the charter it was made under."""
        with self.at():
            first = self._open()
            self._with_clock("elapsed", delay=36)
            self.assertEqual(self._open(), first)
        self.assertEqual(first.due_at, START + timedelta(hours=48))

    def test_a_thousand_in_twenty_queries(self):
        """0.02 queries a promise at most, whatever the clients."""
        clients = self.env["res.partner"].create([{"name": f"Client {n}"} for n in range(1000)])
        clients.mapped("commercial_partner_id")
        self.env.flush_all()
        with self.assertQueryCount(20):
            promises = clients._charter_open("charter.copy", occurrence="v1")
            self.env.flush_all()
        self.assertEqual(len(promises), 1000)
        self.assertEqual(promises[7].partner_id, clients[7])

    def test_unknown_code_opens_nothing(self):
        count = self.ledger.search_count([])
        with self.assertRaisesRegex(Exception, "no.such"):
            self.client._charter_open("no.such")
        self.assertEqual(self.ledger.search_count([]), count)

    def test_before_an_event(self):
        with self.at():
            promise = self.client._charter_open(
                "notice.advance", at=datetime(2027, 1, 31, 23, 0), occurrence="n"
            )
        # 60 days of Paris before midnight of 1 February
        self.assertEqual(promise.due_at, datetime(2026, 12, 2, 23, 0))
        self.assertEqual(promise.opened_at, START)

    def test_nobody_in_the_role(self):
        client, *_contacts = self._client("Vacant", held=False)
        with self.at():
            promise = client._charter_open("feedback.callback", at=START)
            self.assertFalse(promise.user_id)
            self._assign("account_manager", self.manager, client)
        self.assertEqual(promise.user_id, self.manager)
        self.assertIn("t_manager", promise.history_text)
        self.assertEqual(promise.due_at, START + timedelta(hours=48))

    # -- time -------------------------------------------------------------------------------------

    def test_working_time_uses_the_company_calendar(self):
        self._with_clock("working", delay=8)
        with self.at():
            promise = self._open()  # Monday 10:00, closed 12:00–13:00, open until 17:00: six hours today
        self.assertEqual(promise.due_at, datetime(2026, 10, 6, 8, 0))
        self.assertEqual(promise.clock, "working")

    def test_working_time_uses_the_contract_calendar_first(self):
        night = self.env["resource.calendar"].create(
            {
                "name": "Nights",
                "tz": "Europe/Paris",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 20,
                            "hour_to": 24,
                            "day_period": "afternoon",
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        contract = self._contract(self.client, charter_calendar_id=night.id)
        self._with_clock("working", delay=5)
        with self.at():
            promise = self._open(contract_id=contract.id)
        self.assertEqual(promise.due_at, datetime(2026, 10, 6, 19, 0))

    def test_a_holiday_of_the_owner_changes_nothing(self):
        self._with_clock("working", delay=8)
        self.manager.tz = "Asia/Tokyo"
        with self.at():
            self.assertEqual(self._open().due_at, datetime(2026, 10, 6, 8, 0))

    def test_a_closed_day_of_the_company_counts(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 10, 5, 22, 0),
                "date_to": datetime(2026, 10, 6, 21, 59),
            }
        )
        self._with_clock("working", delay=8)
        with self.at():
            self.assertEqual(self._open().due_at, datetime(2026, 10, 7, 8, 0))

    def test_calendar_without_hours_is_a_visible_error(self):
        self._with_clock("working", delay=8)
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [Command.clear()]}
        )
        with self.at():
            promise = self._open()
            self.assertFalse(promise.due_at)
            self.assertIn("Empty", promise.clock_error)
            self.assertEqual(promise.state, "open")
            self.tick()
            self.assertEqual(promise.state, "open")
            # Mended: the due time it should have had, from the same moment.
            self.company.resource_calendar_id = self.env["resource.calendar"].create(
                {"name": "Full", "tz": "Europe/Paris"}
            )
            promise.with_user(self.operations).action_recompute_due()
        self.assertFalse(promise.clock_error)
        self.assertEqual(promise.due_at, datetime(2026, 10, 6, 8, 0))

    def test_time_left_in_words(self):
        with self.at():
            promise = self._open()
        for hours, urgency, words in (
            (0, "later", "2 d 0 h left"),
            (30, "soon", "18 h 0 min left"),
            (47.75, "soon", "15 min left"),
            (51.5, "late", "late by 3 h 30 min"),
        ):
            with self.subTest(hours), self.at(hours):
                promise.invalidate_recordset(["time_left", "urgency"])
                self.assertEqual((promise.urgency, promise.time_left), (urgency, words))

    # -- the clock --------------------------------------------------------------------------------

    def test_reminder_then_breach(self):
        with self.at():
            feedback = self.negative()
        promise = self.promise(feedback, "feedback.callback")
        announced = len(self.mails_to(self.manager.partner_id))
        with self.at(35):
            self.tick()
            self.assertFalse(promise.warned_at)
        with self.at(36):
            self.tick()
            self.assertEqual((promise.alert, promise.warned_at), ("warning", START + timedelta(hours=36)))
            self.tick()
        reminders = self.mails_to(self.manager.partner_id)[announced:]
        self.assertEqual(
            reminders.mapped("subject"),
            [f"Reminder: We call you back after negative feedback, Alpine, due {promise._due_text()}"],
        )
        self.assertEqual(feedback.activity_ids.user_id, self.manager)
        with self.at(48):
            self.tick()
            self.assertEqual(promise.state, "open", "48 hours are not over at the 48th hour")
        with self.at(48.1) as moment:
            self.tick()
            self.tick()
        self.assertEqual((promise.state, promise.alert, promise.breached_at), ("late", "breach", moment))
        self.assertEqual((promise.met, promise.missed), (0, 1))
        late = self.mails_to(self.operations.partner_id)
        self.assertEqual(
            late.mapped("subject"), ["Overdue: We call you back after negative feedback, Alpine"]
        )
        self.assertEqual(feedback.activity_ids.user_id, self.manager | self.operations)
        self.assertEqual(len(feedback.activity_ids), 2)

    def test_alert_mail_waits_for_office_hours(self):
        """A promise counted in days that breaks at night is late at once; the mail leaves when the company opens."""
        with self.at():
            promise = self._open(code="charter.copy")
        night = promise.due_at + timedelta(hours=2)
        with self.at(moment=night):
            self.tick()
            opening = self.company._charter_next_opening(night)
        self.assertEqual(promise.state, "late")
        self.assertGreater(opening, night)
        [mail] = self.mails_to(self.operations.partner_id)
        self.assertEqual(mail.scheduled_date, opening)
        self.assertFalse(mail.auto_delete)

    def test_kept_in_time(self):
        with self.at():
            promise = self._open()
        with self.at(47) as moment:
            promise._fulfil("Called.")
        self.assertEqual(
            (promise.state, promise.done_at, promise.met, promise.missed), ("kept", moment, 1, 0)
        )
        with self.at(60):
            self.tick()
            promise._fulfil("Again.")
        self.assertEqual((promise.state, promise.evidence), ("kept", "Called."))
        self.assertFalse(self.mails_to(self.operations.partner_id))

    def test_done_late_before_the_clock_came_round(self):
        with self.at():
            promise = self._open()
        with self.at(50) as moment:
            promise._fulfil("Called.")
            self.tick()
        self.assertEqual(
            (promise.state, promise.breached_at, promise.missed, promise.met), ("late", moment, 1, 0)
        )
        self.assertFalse(self.mails_to(self.operations.partner_id), "nothing is left to do: nobody is chased")

    def test_late_stays_late_once_done(self):
        with self.at():
            promise = self._open()
        with self.at(49):
            self.tick()
        with self.at(50):
            promise._fulfil("Called at last.")
        self.assertEqual((promise.state, promise.met, promise.missed), ("late", 0, 1))
        self.assertTrue(promise.done_at)
        self.assertFalse(promise.is_owed)

    def test_clock_wakes_at_the_next_due_moment(self):
        cron = self.env.ref("mileo_client_charter.cron_clock")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with self.at():
            self._open()
            opened = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
            self.assertIn(START + timedelta(hours=36), opened.mapped("call_at"))
        with self.at(36):
            self.tick()
        fresh = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - opened - triggers
        self.assertTrue(
            any(
                call - (START + timedelta(hours=48)) <= timedelta(seconds=2)
                for call in fresh.mapped("call_at")
            )
        )

    def test_clock_sets_one_wake_up_for_a_moment(self):
        cron = self.env.ref("mileo_client_charter.cron_clock")
        with self.at():
            self._open()
        with self.at(37):
            self.tick()
            count = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        with self.at(38):
            self.tick()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), count)

    def test_nothing_due_takes_five_queries(self):
        clients = self.env["res.partner"].create([{"name": f"Client {n}"} for n in range(300)])
        with self.at(moment=datetime(2020, 1, 1)):
            clients._charter_open("charter.copy", at=datetime(2030, 1, 1), occurrence="v")
            self.env.flush_all()
            self.ledger.invalidate_model()
            self.tick()  # sets the wake-up
            self.ledger.invalidate_model()
            with self.committing(), self.assertQueryCount(5):
                self.ledger._cron_clock()

    def test_telling_costs_three_queries_each(self):
        """A promise that falls due, with the automations as they are installed: the activities and mails of a batch at once."""
        costs, roles = {}, self.env["charter.assignment"]
        for number in (5, 10, 40):
            clients = self.env["res.partner"].create(
                [{"name": f"Client {n} of {number}"} for n in range(number)]
            )
            with self.at():
                roles.create(
                    [
                        {"role": "account_manager", "user_id": self.manager.id, "partner_id": client.id}
                        for client in clients
                    ]
                )
                promises = clients._charter_open("charter.copy", at=START, occurrence=str(number))
            self.assertEqual(promises.user_id, self.manager)
            with self.at(24 * 90):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.tick()
                self.env.flush_all()
                costs[number] = self.env.cr.sql_log_count - before
            self.assertEqual(promises.mapped("alert"), ["breach"] * number)
            activities = (
                self.env["mail.activity"].search([("charter_key", "!=", False)])._charter_about(promises)
            )
            self.assertEqual(activities.grouped("user_id").keys(), {self.manager, self.operations})
            self.assertEqual(len(activities), 2 * number)
            mails = self.env["mail.mail"].search(
                [("model", "=", promises._name), ("res_id", "in", promises.ids)]
            )
            self.assertEqual(sorted(mails.mapped("res_id")), sorted(promises.ids))
            self.assertEqual(mails.recipient_ids, self.operations.partner_id)
        self.assertLessEqual((costs[40] - costs[10]) / 30, 3, costs)

    def test_one_poisoned_row_does_not_hold_up_the_others(self):
        with self.at():
            promises = self._open() | self._open(occurrence="2") | self._open(occurrence="3")
        poisoned = promises[1]
        original = type(self.ledger)._charter_alert_mail

        def explode(records, *args, **kwargs):
            if poisoned in records:
                raise ValueError("template broken")
            return original(records, *args, **kwargs)

        with (
            self.at(49),
            patch.object(type(self.ledger), "_charter_alert_mail", explode),
            mute_logger("odoo.addons.mileo_client_charter.models.ledger.charter_obligation_alert"),
        ):
            self.tick()
        self.assertEqual(promises.mapped("state"), ["late"] * 3)
        self.assertEqual(promises.mapped("alert"), ["breach", False, "breach"])
        self.assertIn("template broken", poisoned.alert_error)
        self.assertEqual(len(self.mails_to(self.operations.partner_id)), 2)
        with self.at(50):
            poisoned.with_user(self.operations).action_retry_alert()
            self.tick()
        self.assertEqual((poisoned.alert, poisoned.alert_error), ("breach", False))
        self.assertEqual(len(self.mails_to(self.operations.partner_id)), 3)

    def test_a_long_telling_goes_on_in_a_fresh_run(self):
        with self.at():
            promises = self._open() | self._open(occurrence="2") | self._open(occurrence="3")
        cron = self.env.ref("mileo_client_charter.cron_clock")
        module = "odoo.addons.mileo_client_charter.models.ledger.charter_obligation_alert"
        with self.at(49) as moment, patch(f"{module}.ALERT_BATCH", 1), patch(f"{module}.ALERT_RUN", 2):
            self.tick()
            self.assertEqual(promises.mapped("alert"), ["breach", "breach", False])
            self.assertIn(
                moment, self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
            )
            self.tick()
        self.assertEqual(promises.mapped("alert"), ["breach"] * 3)
        self.assertEqual(len(self.mails_to(self.operations.partner_id)), 3)

    def test_an_administrator_may_change_the_reactions(self):
        self.env.ref("mileo_client_charter.automation_breach").active = False
        with self.at():
            promise = self._open()
        with self.at(49):
            self.tick()
        self.assertEqual(promise.state, "late")
        self.assertFalse(self.mails_to(self.operations.partner_id))

    def test_alert_reaches_somebody_when_the_role_is_vacant(self):
        self.env["charter.assignment"].search([("role", "=", "operations_manager")]).unlink()
        with self.at():
            self._open()
        with self.at(49):
            self.tick()
        self.assertTrue(self.mails_to(self.direction.partner_id))

    # -- nobody touches the ledger ----------------------------------------------------------------

    def test_no_row_is_edited_or_deleted(self):
        with self.at():
            promise = self._open()
        superuser = self.env.ref("base.user_root")
        for user in (superuser, self.admin, self.direction, self.operations, self.manager):
            row = promise.with_user(user)
            for name, act in (
                ("write", lambda row=row: row.write({"state": "kept"})),
                ("write nothing much", lambda row=row: row.write({"evidence": "x"})),
                ("unlink", lambda row=row: row.unlink()),
                ("create", lambda row=row: row.create({"code": "x"})),
                ("copy", lambda row=row: row.copy()),
                (
                    "forged context",
                    lambda row=row: row.with_context(charter_engine=True).write({"state": "kept"}),
                ),
                (
                    "forged text",
                    lambda row=row: row.with_context(charter_engine=str(ENGINE)).write({"state": "kept"}),
                ),
                ("load", lambda row=row: self._load(row)),
                ("web_save", lambda row=row: row.web_save({"state": "kept"}, {"state": {}})),
            ):
                with (
                    self.subTest(f"{user.login} {name}"),
                    self.assertRaises(AccessError),
                    self.cr.savepoint(),
                ):
                    act()
        self.assertEqual(promise.state, "open")

    def _load(self, row):
        result = row.load(["id", "code"], [["__import__.x", "feedback.callback"]])
        if not result["ids"]:
            raise AccessError(str(result["messages"]))

    def test_administrator_cancels_with_a_reason(self):
        with self.at():
            promise = self._open()
        for user, reason, error in (
            (self.operations, "mistake", AccessError),
            (self.manager, "mistake", AccessError),
            (self.admin, "  ", ValidationError),
        ):
            with self.subTest(user.login), self.assertRaises(error):
                promise.with_user(user).action_cancel(reason)
        promise.with_user(self.admin).action_cancel("Opened on the wrong client")
        self.assertEqual(promise.state, "cancelled")
        self.assertIn("wrong client", promise.cancel_reason)
        self.assertIn("t_admin", promise.cancel_reason)
        with self.assertRaises(ValidationError):
            promise.with_user(self.admin).action_cancel("again")
        with self.at(60):
            self.tick()
        self.assertEqual((promise.state, promise.missed), ("cancelled", 0))

    def _promise_by_evidence(self):
        """A promise of the company's own, for which the addon has no document."""
        draft = self.document.browse(self.document.action_new_version()["res_id"])
        self.env["charter.commitment"].create(
            {
                "document_id": draft.id,
                "article_id": draft.article_ids[0].id,
                "code": "site.visit",
                "name": "We visit your site",
                "delay": 5,
                "unit": "days",
                "by_evidence": True,
            }
        )
        draft.action_publish()
        return self.client._charter_open("site.visit", occurrence="x")

    def test_evidence_only_where_no_document_closes_the_promise(self):
        with self.at():
            callback = self._open()
            noted = self._promise_by_evidence()
            with self.assertRaisesRegex(ValidationError, "source document"):
                callback.with_user(self.manager).action_record_evidence("Called, honestly")
            with self.assertRaisesRegex(ValidationError, "Evidence"):
                noted.with_user(self.manager).action_record_evidence(" ")
            wizard = self.env["charter.obligation.wizard"].with_user(self.manager).create(
                {"operation": "evidence", "obligation_ids": noted.ids, "text": "Handed over on Monday."}
            )  # fmt: skip
            wizard.action_confirm()
        self.assertEqual(noted.state, "kept")
        self.assertIn("Handed over", noted.evidence)
        self.assertIn("t_manager", noted.evidence_text)

    def test_hand_over_keeps_the_due_time(self):
        with self.at():
            promise = self._open()
            promise._reassign(self.technician, "on leave")
        self.assertEqual(promise.user_id, self.technician)
        self.assertEqual(promise.due_at, START + timedelta(hours=48))
        self.assertIn("t_manager → t_technician (on leave)", promise.history_text)

    def test_search_owed(self):
        with self.at():
            owed, done = self._open(), self._open(occurrence="2")
            done._fulfil("x")
        both = [("id", "in", (owed | done).ids)]
        self.assertEqual(self.ledger.search([("is_owed", "=", True), *both]), owed)
        self.assertEqual(self.ledger.search([("is_owed", "=", False), *both]), done)
        self.assertEqual(self.ledger.search([("is_owed", "!=", True), *both]), done)

    def test_daylight_saving_both_ways(self):
        """48 elapsed hours are 48 hours; five days keep the hour on the wall."""
        for moment, hours48, days5 in (
            (datetime(2026, 10, 24, 8), datetime(2026, 10, 26, 8), datetime(2026, 10, 29, 9)),
            (datetime(2027, 3, 27, 8), datetime(2027, 3, 29, 8), datetime(2027, 4, 1, 7)),
        ):
            with self.subTest(moment), freeze_time(moment):
                call = self.client._charter_open("feedback.callback", at=moment, occurrence=str(moment))
                outcome = self.client._charter_open("feedback.outcome", at=moment, occurrence=str(moment))
                self.assertEqual((call.due_at, outcome.due_at), (hours48, days5))
