"""Article 04 of the charter, sentence by sentence: one row a case, with the right value.

What a row says is the rule; where two readings of the charter are possible, the one that favours the client is taken.
"""

from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...tools.occurrence import parse_key
from ...tools.words import language_of
from ..cases.invariants import Day, each_promise_once
from ..cases.sentences import SentenceCase

REVIEW = (
    "A review of the year is organised with each client 3 months before the contract's yearly anniversary."
)
BOTH = "It is held by the account manager and the operations manager."
TACIT = "Tacit renewal is conditional on an NPS above 0 and no unresolved formal complaint."
BELOW = "Below, a remediation is started before the renewal is proposed."


@tagged("post_install", "-at_install")
class TestReviewOfTheYear(SentenceCase):
    def test_each_anniversary_of_the_start_whatever_the_term(self):
        """(case, start, end, renews every, under the charter on, nights that run, {anniversary: due})"""
        for name, start, end, every, since, nights, expected in (
            ("a year", "2026-03-01", "2027-02-28", (1, "yearly"), "2026-10-05", [], {"2027-03-01": "2026-12-01"}),
            ("three years", "2026-03-01", "2029-02-28", (3, "yearly"), "2026-10-05", ["2027-03-02", "2028-03-02"],
             {"2027-03-01": "2026-12-01", "2028-03-01": "2027-12-01", "2029-03-01": "2028-12-01"}),
            ("monthly, tacitly", "2026-03-10", "2026-11-09", (1, "monthly"), "2026-10-05",
             ["2026-11-10", "2026-12-10"], {"2027-03-10": "2026-12-10"}),
            ("a quarter, tacitly", "2026-01-15", "2026-12-14", (3, "monthly"), "2026-09-01", ["2026-12-20"],
             {"2027-01-15": "2026-10-15"}),
            ("eighteen months", "2026-03-01", "2027-08-31", (18, "monthly"), "2026-10-05", ["2027-03-02"],
             {"2027-03-01": "2026-12-01"}),
            ("no end", "2025-12-31", False, (1, "yearly"), "2026-01-05", ["2027-01-02"],
             {"2026-12-31": "2026-09-30", "2027-12-31": "2027-09-30"}),
            ("29 February", "2024-02-29", "2027-02-27", (3, "yearly"), "2024-03-05", ["2025-03-05", "2026-03-05"],
             {"2025-02-28": "2024-11-28", "2026-02-28": "2025-11-28", "2027-02-28": "2026-11-28"}),
            ("month ends", "2026-05-31", "2027-05-30", (1, "yearly"), "2026-10-05", [], {"2027-05-31": "2027-02-28"}),
            ("the term ends shortly before: one review, before its decision", "2026-04-01", "2027-02-28", (1, "yearly"),
             "2026-10-05", ["2027-02-02"], {"2027-03-01": "2026-12-01"}),
            ("it ends before its anniversary", "2026-03-01", "2026-12-31", None, "2026-04-01", ["2026-11-01"], {}),
        ):  # fmt: skip
            with self.subTest(REVIEW, case=name):
                contract = self.made(start, end, since, every=every or (1, "yearly"), renews=bool(every))
                self.nightly(contract, *nights)
                self.assertEqual(self.due(contract), expected)
                self.none_born_late(contract)

    def test_how_shortly_before_is_as_the_charter_says(self):
        """A term that ends a month before its anniversary: by 3 months its review was due before that, by 10 days it was not."""
        for version, lead, expected in (("v7", (3, "months"), ["2027-03-01"]), ("v8", (10, "days"), [])):
            with self.subTest(lead=lead), self.on("2026-10-01"):
                document = self.document.copy({"version": version})
                review = document.commitment_ids.filtered(lambda one: one.code == "review.annual")
                review.write({"delay": lead[0], "unit": lead[1], "warn_before": 0})
                document.action_publish()
                contract = self.made("2026-04-01", "2027-02-28", "2026-10-05")
                today = date(2026, 10, 5)
                self.assertEqual(
                    [str(day) for day in contract._charter_anniversaries(today, today)], expected
                )

    def test_a_term_that_ends_shortly_before_is_renewed(self):
        """Found by ``bin/test --years`` (seed 1): the review that served the decision is the one of its year.

        (months of notice, a night it is open, a day to decide, the night the line renews)
        """
        for notice, night, decided, renewed in (
            (1, "2026-09-15", "2026-09-20", "2026-10-13"),
            (6, "2026-04-01", "2026-04-20", "2026-05-13"),
        ):
            with self.subTest(REVIEW, notice=notice):
                client, contact, _other = self._client(f"Shortly {notice}")
                contract = self.made("2026-01-13", "2026-11-12", "2026-01-14", notice, partner=client)
                self.nightly(contract, night)
                with self.on(decided):
                    self.say(contact, 10)
                    contract.charter_renewal_ids.with_user(self.manager).action_decide()
                self.cron(renewed)
                self.assertEqual(str(contract.contract_line_ids.date_end), "2027-11-12")
                self.nightly(contract, renewed)
                self.assertEqual(list(self.due(contract)), ["2026-11-13"])
                with self.on(renewed) as now:
                    wrong = each_promise_once(self.env, now, Day(now.date()))
                    self.assertEqual([line for line in wrong if contract.name in line], [])

    def test_under_the_charter_too_late_for_three_months(self):
        """At once, on a day that is possible, and the reason stays."""
        for name, since, expected in (
            ("two months before", "2027-01-04", "2027-02-03"),
            ("twenty days before", "2027-02-09", "2027-03-01"),
            ("three days before", "2027-02-26", "2027-03-12"),
            ("three months and a day before", "2026-11-30", "2026-12-01"),
            ("at the hour it falls due", "2026-12-01", "2026-12-31"),
        ):
            with self.subTest(REVIEW, case=name):
                contract = self.made("2026-03-01", "2028-02-29", since, partner=self._client(name)[0])
                self.nightly(contract, since, str(date.fromisoformat(since) + timedelta(days=1)))
                self.assertEqual(self.due(contract), {"2027-03-01": expected})
                [row] = self.promise(contract, "review.annual")
                self.assertEqual("too late for the charter" in (row.history or ""), since > "2026-12")
                self.none_born_late(contract)
                if row.history:
                    review = self.env["charter.review"].search([("obligation_id", "=", row.id)])
                    self.assertIn("too late for the charter", review.due_reason, "and with the meeting")
                    self.assertNotIn("UTC", review.due_reason)
                    self.assertEqual(language_of(review.with_context(lang="fr_FR").due_reason), "fr")
                    self.assertLessEqual(date.fromisoformat(since) - timedelta(days=1), review.suggested_on)

    def test_what_was_past_before_it_was_recorded_was_not_promised(self):
        with self.on("2028-10-05"):
            contract = self._contract(
                self.client,
                contract_line_ids=[Command.create(self.line("2024-03-01", "2031-02-28"))],
                charter_since="2025-01-01",
            )
        self.nightly(contract, "2028-10-06")
        self.assertEqual(self.due(contract), {"2029-03-01": "2028-12-01"})

    def test_days_are_the_company_s(self):
        """(zone of the company, the moment the review is due in UTC)"""
        for zone, expected in (
            ("Europe/Paris", datetime(2027, 6, 30, 22)),
            ("Indian/Reunion", datetime(2027, 6, 30, 20)),
            ("America/Guadeloupe", datetime(2027, 7, 1, 4)),
            ("Pacific/Noumea", datetime(2027, 6, 30, 13)),
        ):
            with self.subTest(REVIEW, case=zone):
                self.company.resource_calendar_id.tz = zone
                contract = self.made("2026-10-01", "2027-09-30", "2026-10-05", partner=self._client(zone)[0])
                [row] = self.promise(contract, "review.annual")
                self.assertEqual(row.due_at, expected)

    def test_days_of_a_dossier_and_of_a_decision_are_the_company_s(self):
        """(zone, moment in UTC, the day a commitment was due, the day of a decision)"""
        contract = self.made("2026-10-01", "2027-09-30", "2026-10-05", partner=self.client)
        review = self.env["charter.review"].new({"contract_id": contract.id})
        renewal = self.env["charter.renewal"].new({"contract_id": contract.id, "company_id": self.company.id})
        frozen = {
            "verdict": "pass",
            "nps_answers": 1,
            "nps": 100,
            "complaint_count": 0,
            "decided_by_id": False,
        }
        for zone, moment, due, decided in (
            ("Europe/Paris", "2026-11-30 23:00:00", "11/30/2026", "12/01/2026"),
            ("America/Martinique", "2026-12-01 04:00:00", "11/30/2026", "12/01/2026"),
            ("America/Martinique", "2026-12-01 03:00:00", "11/30/2026", "11/30/2026"),
            ("Indian/Reunion", "2026-11-30 21:00:00", "12/01/2026", "12/01/2026"),
        ):
            with self.subTest(zone=zone, moment=moment):
                self.company.resource_calendar_id.tz = zone
                self.assertEqual(review._dossier_due({"due_at": moment}), due)
                self.assertIn(f"{decided}: ", renewal._decision_in_words({**frozen, "decided_at": moment}))

    def test_a_long_notice_brings_the_review_and_the_renewal_forward(self):
        """(months of notice, decision due, review due, a day too early for the renewal, a day it is open)"""
        for notice, decision, review, early, opened in (
            (1, "2027-01-28", "2026-12-01", "2026-10-10", "2026-10-18"),
            (2, "2026-12-28", "2026-12-01", "2026-10-10", "2026-10-18"),
            (4, "2026-10-28", "2026-10-14", "2026-08-28", "2026-08-31"),
            (6, "2026-08-28", "2026-08-14", "2026-06-28", "2026-07-01"),
        ):
            with self.subTest(REVIEW, notice=notice):
                contract = self.made(
                    "2026-03-01", "2027-02-28", "2026-03-02", notice, partner=self._client(f"N{notice}")[0]
                )
                self.assertEqual(self.due(contract, "renewal.decision"), {"2027-03-01": decision})
                self.assertEqual(self.due(contract), {"2027-03-01": review})
                self.nightly(contract, early)
                self.assertFalse(contract.charter_renewal_ids)
                self.nightly(contract, opened)
                self.assertTrue(contract.charter_renewal_ids)
                found = self.env["charter.review"].search(
                    [("contract_id", "=", contract.id), ("kind", "=", "annual")]
                )
                self.assertEqual(
                    found.renewal_id, contract.charter_renewal_ids, "the review serves the renewal"
                )
                self.assertFalse(contract.charter_defect)


@tagged("post_install", "-at_install")
class TestTermThatMoves(SentenceCase):
    def owed(self, contract):
        rows = self.env["charter.obligation"].search(
            [("contract_id", "=", contract.id), ("code", "in", ("review.annual", "renewal.decision")), ("is_owed", "=", True)]
        )  # fmt: skip
        return sorted(rows.mapped("occurrence"))

    def test_promises_of_the_old_end(self):
        """(case, change of the line, what is owed the next night)"""
        for name, change, expected in (
            ("a month earlier", {"date_end": "2027-01-31"}, ["2027-02-01#annual", "2027-02-01#renewal"]),
            ("a month later, corrected at once", {"date_end": "2027-03-31"}, ["2027-03-01#annual", "2027-04-01#renewal"]),
            ("another start", {"date_start": "2026-02-15"}, ["2027-02-15#annual", "2027-03-01#renewal"]),
        ):  # fmt: skip
            with self.subTest(REVIEW, case=name):
                contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=self._client(name)[0])
                with self.on("2026-10-06"):
                    contract.contract_line_ids.write(change)
                self.nightly(contract, "2026-10-07", "2026-10-08")
                self.assertEqual(self.owed(contract), expected)
                gone = self.env["charter.obligation"].search(
                    [("contract_id", "=", contract.id), ("withdrawn", "=", True)]
                )
                self.assertTrue(all(gone.mapped("cancel_reason")) and gone, "with the reason")

    def test_a_start_that_moves_keeps_the_review_of_each_year(self):
        """Found by ``bin/test --years`` (seed 3): the review of a year that was over counted as that of the next one.

        (case, days the start moves, whether the review of that year was held, reviews two nights later, whose are withdrawn)
        """
        for name, days, held, expected in (
            ("a month earlier, not held yet", -30, False, {"2027-01-31": "2026-10-31", "2028-01-01": "2027-12-04"}),
            ("a month earlier, held", -30, True, {"2027-01-31": "2026-10-31", "2028-01-31": "2027-10-31"}),
            ("a day earlier, held", -1, True, {"2027-01-31": "2026-10-31", "2028-01-31": "2027-10-31"}),
            ("five months earlier", -153, False, {"2027-01-31": "2026-10-31", "2028-08-31": "2028-05-31"}),
            ("five months earlier, held", -153, True,
             {"2027-01-31": "2026-10-31", "2028-01-31": "2027-10-31", "2028-08-31": "2028-05-31"}),
            ("a month later: what was late stays late", 30, False, {"2027-01-31": "2026-10-31", "2028-01-31": "2027-10-31"}),
        ):  # fmt: skip
            with self.subTest(REVIEW, case=name):
                contract = self.made("2026-01-31", "2029-01-30", "2026-02-05", partner=self._client(name)[0])
                [first] = self.promise(contract, "review.annual")
                with self.on("2026-10-30"):
                    first._fulfil("Held.")
                self.nightly(contract, "2027-02-01")
                with self.on("2027-10-30"):
                    if held:
                        (self.promise(contract, "review.annual") - first)._fulfil("Held.")
                line = contract.contract_line_ids
                with self.on("2027-11-03"):
                    line.date_start += timedelta(days=days)
                    self.env.flush_all()
                self.nightly(contract, "2027-11-04", "2027-11-05")
                rows = self.promise(contract, "review.annual").filtered(lambda row: not row.cancelled_at)
                due = {
                    str(parse_key(row.occurrence).day): str(contract._charter_local_day(row.due_at))
                    for row in rows
                }
                self.assertEqual(due, expected)
                self.none_born_late(contract)

    def test_notice_of_the_client_leaves_nothing_to_decide(self):
        for name, give in (
            ("stopped", lambda line: line.stop(date(2026, 12, 31))),
            ("stopped at the end of the term", lambda line: line.stop(date(2027, 2, 28))),
            ("no longer renewed", lambda line: line.write({"is_auto_renew": False})),
        ):
            with self.subTest(TACIT, case=name):
                contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=self._client(name)[0])
                self.nightly(contract, "2026-11-01")
                self.assertTrue(contract.charter_renewal_ids)
                with self.on("2026-11-02"):
                    give(contract.contract_line_ids)
                self.nightly(contract, "2026-11-03")
                self.assertEqual(contract.charter_renewal_ids.mapped("state"), ["closed"])
                self.assertIn("Notice", contract.charter_renewal_ids.close_reason)
                self.assertFalse([key for key in self.owed(contract) if "renewal" in key])
                with self.on("2026-11-03"):
                    rows = self.env["charter.renewal.forecast"].search([("contract_id", "=", contract.id)])
                    self.assertFalse(rows, "nor in what comes")

    def test_a_meeting_nobody_planned_goes_with_its_promise(self):
        contract = self.made("2026-03-01", "2027-02-28", "2026-10-05")
        self.nightly(contract, "2026-11-01")
        review = self.env["charter.review"].search(
            [("contract_id", "=", contract.id), ("kind", "=", "annual")]
        )
        with self.on("2026-11-02"):
            contract.contract_line_ids.stop(date(2026, 12, 31))
        self.nightly(contract, "2026-11-03")
        self.assertEqual((review.state, bool(review.cancel_reason)), ("cancelled", True))


@tagged("post_install", "-at_install")
class TestMeetingOfTheReview(SentenceCase):
    MEETING = datetime(2026, 11, 20, 9)

    def review(self):
        contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=self.client)
        self.nightly(contract, "2026-10-20")
        found = self.env["charter.review"].search(
            [("contract_id", "=", contract.id), ("kind", "=", "annual")]
        )
        return found.with_user(self.manager)

    def planned(self):
        review = self.review()
        with self.on("2026-10-20"):
            review.start_at = self.MEETING
            review.action_plan()
        return review

    def hold(self, review):
        review.answer_ids = [Command.create({"contact_id": self.alice.id, "rating": "4", "nps": "9"})]
        review.write(
            dict.fromkeys(("achievements", "performance", "satisfaction", "outlook"), "Talked about.")
        )
        review.action_hold()

    def absence(self, first, last):
        stand_in = self._staff("t_deputy", "group_charter_operations")
        self.env["charter.absence"].create(
            {"user_id": self.operations.id, "company_id": self.company.id, "date_from": first, "date_to": last,
             "stand_in_id": stand_in.id}
        )  # fmt: skip
        return stand_in

    def test_planned_with_who_stands_in_on_that_day(self):
        review = self.review()
        with self.on("2026-10-20"):
            stand_in = self.absence("2026-11-16", "2026-11-27")
            review.write(
                {"start_at": self.MEETING, "staff_ids": [Command.set((self.manager | stand_in).ids)]}
            )
            review.action_plan()
            self.assertEqual(review.state, "planned")
            review.action_cancel()
        with self.on("2026-10-21"):
            again = review.copy(
                {
                    "start_at": datetime(2026, 12, 10, 9),
                    "staff_ids": [Command.set((self.manager | stand_in).ids)],
                }
            )
            with self.assertRaisesRegex(ValidationError, "operations manager"):
                again.with_user(self.manager).action_plan()  # back by then

    def test_recorded_when_the_stand_in_is_back_at_its_desk(self):
        """The absence was entered on the day after the meeting, and is over when it is recorded."""
        review = self.planned()
        with self.on("2026-11-21"):
            stand_in = self.absence("2026-11-19", "2026-11-21")
        with self.on("2026-12-01"):
            review.staff_ids = [Command.set((self.manager | stand_in).ids)]
            self.hold(review)
            self.assertEqual(
                (review.state, self.promise(review.contract_id, "review.annual").done_at is not False),
                ("held", True),
            )

    def test_the_account_manager_of_that_day(self):
        review = self.planned()
        with self.on("2026-11-30"):
            self.env["charter.assignment"]._assign(self.client, "account_manager", self.admin, self.company)
        with self.on("2026-12-02"):
            self.hold(review)
        self.assertEqual(review.state, "held")

    def test_declined_is_kept_with_the_invitation(self):
        review = self.planned()
        with self.on("2026-11-03"):
            for values, words in (
                ({}, "Declined by"),
                ({"declined_contact_id": self.alice.id, "decline_words": "no"}, "How the client declined"),
            ):
                review.write(values)
                with self.assertRaisesRegex(ValidationError, words):
                    review.action_decline()
            review.decline_words = "By phone today: all is well, no meeting this year."
            review.action_decline()
        [row] = self.promise(review.contract_id, "review.annual")
        self.assertEqual((review.state, row.state), ("declined", "kept"))
        self.assertIn("Invited on", row.evidence)
        self.assertTrue(self.mails_to(self.alice).exists(), "the invitation stays")
        self.nightly(review.contract_id, "2026-11-04")
        self.assertFalse(
            self.env["charter.review"].search([("obligation_id", "=", row.id), ("state", "=", "draft")]),
            "and is not asked for again",
        )

    def test_nobody_declines_what_was_never_mailed(self):
        review = self.planned()
        with self.on("2026-11-03"):
            self.mails(model="charter.review", res_id=review.id).state = "exception"
            review.write(
                {"declined_contact_id": self.alice.id, "decline_words": "By phone today: not needed."}
            )
            with self.assertRaisesRegex(ValidationError, "no invitation has been emailed"):
                review.action_decline()

    def test_a_series_keeps_its_review(self):
        """(what is done with the series, where the meeting is then)"""
        moved = {"start": datetime(2026, 11, 20, 13), "stop": datetime(2026, 11, 20, 14)}
        for name, change, start in (
            ("all, from its own event", {**moved, "recurrence_update": "all_events"}, datetime(2026, 11, 20, 13)),
            ("this and following", {**moved, "recurrence_update": "future_events"}, datetime(2026, 11, 20, 13)),
            ("this one alone", {**moved, "recurrence_update": "self_only"}, datetime(2026, 11, 20, 13)),
            ("another place", {"location": "At ours", "recurrence_update": "all_events"}, self.MEETING),
            ("another day of the week", {"start": datetime(2026, 11, 23, 9), "stop": datetime(2026, 11, 23, 10),
                                         "recurrence_update": "all_events"}, datetime(2026, 11, 23, 9)),
            ("no longer a series", {"recurrency": False, "recurrence_update": "all_events"}, self.MEETING),
        ):  # fmt: skip
            with self.subTest(BOTH, case=name), self.env.cr.savepoint() as savepoint:
                review = self.planned()
                with self.on("2026-10-21"):
                    event = review.event_id
                    event.write({"recurrency": True, "rrule_type": "weekly", "interval": 1, "count": 3,
                                 "end_type": "count", "fri": True})  # fmt: skip
                    review.event_id.write(dict(change))
                    self.env.flush_all()
                    review.invalidate_recordset()
                self.assertEqual((review.state, review.start_at, review.duration), ("planned", start, 1.0))
                self.assertTrue(review.sudo().event_id.active)
                savepoint.rollback()
                self.env.invalidate_all()
            with (
                self.subTest(BOTH, case=f"{name}: from another event of it"),
                self.env.cr.savepoint() as savepoint,
            ):
                review = self.planned()
                with self.on("2026-10-21"):
                    event = review.event_id
                    event.write({"recurrency": True, "rrule_type": "weekly", "interval": 1, "count": 3,
                                 "end_type": "count", "fri": True})  # fmt: skip
                    other = (event.recurrence_id.calendar_event_ids - event).sorted("start")[0]
                    week = timedelta(days=7)
                    shifted = {
                        key: value + week if isinstance(value, datetime) else value
                        for key, value in change.items()
                    }
                    other.write(shifted)
                    self.env.flush_all()
                    review.invalidate_recordset()
                expected = start if change["recurrence_update"] == "all_events" else self.MEETING
                if "recurrency" in change:
                    expected = self.MEETING + week  # the one event that core leaves of the series
                self.assertEqual((review.state, review.start_at), ("planned", expected))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_series_that_is_deleted_gives_its_review_back(self):
        review = self.planned()
        with self.on("2026-10-21"):
            event = review.event_id
            event.write(
                {
                    "recurrency": True,
                    "rrule_type": "weekly",
                    "interval": 1,
                    "count": 3,
                    "end_type": "count",
                    "fri": True,
                }
            )
            event.recurrence_id.calendar_event_ids.unlink()
            self.assertEqual((review.state, review.obligation_id.state), ("draft", "open"))

    def test_a_meeting_deleted_in_the_calendar_is_told_once(self):
        """By the calendar's own dialogue (what goes, from which event of the series, whether the review's is among it): core's
        email beside ours was in English, and cancelled an entry nobody had."""
        for which, place, ours in (
            (None, 0, True),
            ("one", 0, True),
            ("one", 1, False),
            ("next", 0, True),
            ("next", 1, False),
            ("all", 1, True),
        ):
            with self.subTest(which=which, place=place), self.env.cr.savepoint() as savepoint:
                review = self.planned()
                self.alice.lang = "fr_FR"
                with self.on("2026-10-21"):
                    event = review.event_id
                    if which:
                        event.write({"recurrency": True, "rrule_type": "weekly", "interval": 1, "count": 3,
                                     "end_type": "count", "fri": True})  # fmt: skip
                        event = event.recurrence_id.calendar_event_ids.sorted("start")[place]
                    before = self.mails_to(self.alice)
                    asked = event.with_user(self.manager).action_unlink_event(recurrence=which)
                    wizard = (
                        self.env[asked["res_model"]].with_user(self.manager).with_context(**asked["context"])
                    )
                    wizard = wizard.create({})
                    self.assertEqual(wizard.charter_of_review, ours)
                    if ours:
                        wizard.action_send_mail_and_delete()
                        [told] = self.mails_to(self.alice) - before
                        self.assertIn("Annulation", told.subject)
                    self.assertEqual(review.state, "draft" if ours else "planned")
                savepoint.rollback()
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestJudgedWhenItCounts(SentenceCase):
    DECIDED = "2026-12-10"

    def decided(self, name="Alpine", notice=1):
        """A renewal decided as satisfied in December, with its contact."""
        client, contact, _other = self._client(f"J{name}")
        contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", notice, partner=client)
        self.nightly(contract, "2026-12-01")
        with self.on(self.DECIDED):
            self.say(contact, 10)
            contract.charter_renewal_ids.with_user(self.manager).action_decide()
        return contract.charter_renewal_ids, contact

    def renew(self, how, contract):
        if how == "scheduled":
            self.cron("2027-01-28")
            return
        with self.on("2027-01-28"):
            if how == "button":
                contract.contract_line_ids.with_user(self.env.user).renew()
            else:
                contract.contract_line_ids.plan_successor(date(2027, 3, 1), date(2028, 2, 29), True)
            self.env.flush_all()

    def test_judged_again_in_the_act(self):
        """(what happened since, verdict, state, whether it renews)"""
        for happened, verdict, state, renews, ways in (
            ("nothing", "pass", "renewed", True, ("scheduled", "button")),
            ("a complaint", "fail", "remediation", False, ("scheduled", "button", "plan_successor")),
            ("an answer of 0", "fail", "remediation", False, ("scheduled",)),
            ("the answer is too old", "unknown", "interview", False, ("scheduled", "button")),
        ):
            for how in ways:
                with self.subTest(TACIT, case=happened, how=how), self.env.cr.savepoint() as savepoint:
                    renewal, contact = self.decided()
                    with self.on("2027-01-20"):
                        if happened == "a complaint":
                            self.escalate(contact)
                        elif happened == "an answer of 0":
                            self.say(contact, 0)
                        elif happened == "the answer is too old":
                            self.company.charter_nps_months = 1
                    contract = renewal.contract_id
                    if how == "plan_successor":
                        contract.contract_line_ids.is_auto_renew = False
                        contract.contract_line_ids.charter_notice_given = False
                    self.renew(how, contract)
                    self.env.invalidate_all()
                    ends = max(contract.contract_line_ids.mapped("date_end"))
                    self.assertEqual(ends > date(2027, 2, 28), renews)
                    if how != "plan_successor" or not renews:
                        self.assertEqual((renewal.verdict, renewal.state), (verdict, state))
                    if not renews:
                        self.check_put_back(renewal)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def check_put_back(self, renewal):
        self.assertFalse(renewal.allowed)
        [earlier] = renewal.earlier_decisions
        self.assertEqual(
            (earlier["verdict"], earlier["nps"], earlier["decided_at"][:10]), ("pass", 100, self.DECIDED)
        )
        self.assertIn(self.manager.name, renewal.earlier_in_words)
        for user in (self.manager, self.direction):
            told = self.mails_to(user.partner_id).filtered(lambda mail: "put back" in (mail.subject or ""))
            self.assertEqual(len(told), 1, user.login)
        self.assertIn(self.manager, renewal.activity_ids.user_id)
        self.assertEqual(renewal.verdict == "fail", bool(renewal.remediation_ids))
        self.assertEqual(
            renewal.verdict == "unknown", bool(renewal.review_ids.filtered(lambda r: r.kind == "interview"))
        )
        with self.on("2027-01-28"):
            for user in (self.direction, self.manager):
                page = self.env["charter.cockpit"].with_user(user).charter_page()
                self.assertIn(renewal.partner_id.name, str(page), f"in the cockpit of {user.login}")

    def test_nothing_renews_before_it_is_its_day_here(self):
        """(zone of the company, moment the scheduler runs in UTC, whether the line that renews from 28 January does)"""
        for zone, moment, renews in (
            ("Europe/Paris", datetime(2027, 1, 28, 2), True),
            ("America/Martinique", datetime(2027, 1, 28, 2), False),
            ("America/Martinique", datetime(2027, 1, 28, 5), True),
        ):
            with self.subTest(TACIT, zone=zone, moment=moment), self.env.cr.savepoint() as savepoint:
                self.company.resource_calendar_id.tz = zone
                renewal, _contact = self.decided()
                with self.at(moment=moment):
                    self.env["contract.line"].cron_renew_contract_line()
                    self.env.flush_all()
                self.env.invalidate_all()
                ends = max(renewal.contract_id.contract_line_ids.mapped("date_end"))
                self.assertEqual((ends > date(2027, 2, 28), bool(renewal.held_since)), (renews, False))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_renewal_in_spite_of_the_verdict_is_not_judged_again(self):
        renewal, contact = self.decided()
        with self.on("2027-01-10"):
            self.escalate(contact)
            renewal._judge_again()
            self.assertEqual(renewal.state, "remediation")
            renewal.with_user(self.direction)._override("They asked us in writing to go on.")
            self.assertIn("To start", renewal.override_remediation)
        self.cron("2027-01-28")
        renewal.invalidate_recordset()
        self.assertEqual(renewal.state, "renewed")

    def test_an_override_follows_a_verdict(self):
        contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=self.client)
        renewal = self.opened(contract)
        with self.on("2027-01-10"):
            with self.assertRaisesRegex(UserError, "has not been assessed yet"):
                renewal.with_user(self.direction)._override("They asked us in writing to go on.")
            renewal.with_user(self.direction).action_decide()
            renewal.with_user(self.direction)._override("They asked us in writing to go on.")
        self.assertEqual(
            (renewal.verdict, renewal.override_remediation), ("unknown", "no remediation was started")
        )

    def test_nobody_clicked(self):
        """(how the client stands on the notice date, who decides that night, whether it renews)"""
        for name, mark, complaint, state in (
            ("satisfied", 10, False, "passed"),
            ("not satisfied", 3, False, "open"),
            ("satisfied, with a complaint", 10, True, "open"),
            ("silent", None, False, "open"),
        ):
            with self.subTest(TACIT, case=name):
                client, contact, _other = self._client(f"C{name}")
                contract = self.made("2026-03-01", "2027-02-28", "2026-10-05", partner=client)
                self.nightly(contract, "2026-12-01")
                with self.on("2027-01-20"):
                    if mark is not None:
                        self.say(contact, mark)
                    if complaint:
                        self.escalate(contact)
                renewal = contract.charter_renewal_ids
                self.nightly(contract, "2027-01-27")
                self.assertEqual(renewal.state, "open", "there is a day left to decide")
                self.nightly(contract, "2027-01-28")
                self.assertEqual((renewal.state, renewal.decided_by_charter), (state, state == "passed"))
                self.cron("2027-01-28")
                contract.invalidate_recordset()
                self.assertEqual(contract.contract_line_ids.date_end > date(2027, 2, 28), state == "passed")
                if state == "passed":
                    [row] = self.promise(contract, "renewal.decision").filtered("done_at")
                    self.assertIn("charter's own decision", row.evidence)
                    self.assertFalse(renewal.decided_by_id)


@tagged("post_install", "-at_install")
class TestNoWayRound(SentenceCase):
    def waiting(self, name):
        """A contract whose renewal waits: nobody has answered."""
        contract = self.made("2026-03-01", "2027-02-28", "2026-03-01", partner=self._client(name)[0])
        self.nightly(contract, "2026-12-01")
        self.assertEqual(contract.charter_renewal_ids.state, "open")
        return contract

    def test_refused_with_the_reason_and_the_way_out(self):
        def night(contract):
            contract.charter_tier_id = False
            contract.contract_line_ids.date_end = "2028-02-29"
            contract.charter_tier_id = self.premium

        def shorter_then_longer(contract, between=()):
            contract.contract_line_ids.date_end = "2027-02-27"
            for _night in between:
                self.schedule(contract)
            contract.contract_line_ids.date_end = "2028-02-27"

        def short_line(contract):
            contract.contract_line_ids = [
                Command.create(self.line("2027-01-01", "2027-01-31", is_auto_renew=False))
            ]
            contract.contract_line_ids[-1].date_end = "2028-01-31"

        def stopped_then_longer(contract):
            contract.contract_line_ids.stop(date(2027, 2, 27))
            self.schedule(contract)
            contract.contract_line_ids.write({"date_end": "2028-02-27", "is_auto_renew": True})

        def copied(contract):
            contract.copy().contract_line_ids.write({"date_end": "2028-02-29"})

        def copied_without_tier(contract):
            contract.copy({"charter_tier_id": False}).contract_line_ids.write({"date_end": "2028-02-29"})

        def copied_with_a_line(contract):
            contract.copy().contract_line_ids = [Command.create(self.line("2027-03-01", "2028-02-29"))]

        for name, way in (
            ("a day shorter, a year longer", shorter_then_longer),
            ("a day shorter, a night, a year longer", lambda c: shorter_then_longer(c, (1,))),
            ("a line from the last day of the term", lambda c: c.write(
                {"contract_line_ids": [Command.create(self.line("2027-02-28", "2028-02-27"))]})),
            ("a line from within the term, without end", lambda c: c.write(
                {"contract_line_ids": [Command.create(self.line("2027-01-01", False, is_auto_renew=False))]})),
            ("a short line made longer", short_line),
            ("out of the charter for a night", night),
            ("stopped, then longer", stopped_then_longer),
            ("simply extended", lambda c: c.contract_line_ids.write({"date_end": "2028-02-29"})),
            ("without end", lambda c: c.contract_line_ids.write({"is_auto_renew": False, "date_end": False})),
            ("a copy with later dates", copied),
            ("a copy out of the charter", copied_without_tier),
            ("a copy with a new line", copied_with_a_line),
        ):  # fmt: skip
            contract = self.waiting(name)
            with self.subTest(TACIT, case=name), self.on("2027-01-10"):
                with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                    way(contract)
                    self.env.flush_all()
                self.assertIn("article 04", str(caught.exception))
                self.assertRegex(str(caught.exception), "Decide it|Client Charter|open it now", "the way out")
            self.env.invalidate_all()
            self.assertEqual(contract.contract_line_ids.mapped("date_end"), [date(2027, 2, 28)])

    def early(self, name, mark=None, end="2028-02-29"):
        """A contract in mid-term, and what its client thinks."""
        client, contact, _other = self._client(name)
        contract = self.made("2026-03-01", end, "2026-03-01", partner=client, renews=False)
        if mark is not None:
            with self.on("2026-10-01"):
                self.say(contact, mark)
        return contract

    def test_an_early_extension_is_a_renewal(self):
        """(what the client says, whether it is let through)"""
        for mark, through in ((10, True), (8, False), (2, False), (None, False)):
            contract = self.early(f"E{mark}", mark)
            with self.subTest(TACIT, mark=mark), self.on("2026-10-05"):
                if not through:
                    with self.assertRaisesRegex(UserError, "open it now"), self.env.cr.savepoint():
                        contract.contract_line_ids.date_end = "2030-02-28"
                    continue
                contract.contract_line_ids.date_end = "2030-02-28"
                renewal = contract.charter_renewal_ids
                self.assertEqual(
                    (renewal.state, renewal.verdict, str(renewal.term_end)), ("renewed", "pass", "2028-02-29")
                )
                self.assertEqual(renewal.decided_by_id, self.env.user)
                self.assertIn("recorded as the renewal", contract.message_ids[0].body)

    def test_the_way_out_of_an_early_extension(self):
        contract = self.early("Way out", 2)
        with self.on("2026-10-05"):
            renewal = self.env["charter.renewal"].browse(
                contract.with_user(self.manager).action_charter_open_renewal()["res_id"]
            )
            renewal.with_user(self.manager).action_decide()
            renewal.with_user(self.direction)._override("Both sides signed for two more years.")
            contract.contract_line_ids.date_end = "2030-02-28"
            self.assertEqual((renewal.state, renewal.overridden), ("renewed", True))

    def test_what_is_no_renewal(self):
        """A correction soon after the line was entered, a short line up to the end of the term, another client's copy."""
        with self.on("2026-10-05"):
            fresh = self._contract(self._client("Fresh")[0], end="2027-02-28")
            fresh.contract_line_ids.date_end = "2027-03-31"
            # No renewal, and on record as what it is.
            [words] = fresh.message_ids.filtered(lambda one: "correction of an entry" in one.body).mapped(
                "body"
            )
            self.assertIn("to end on 02/28/2027, now ends on 03/31/2027", words)
            fresh.contract_line_ids = [
                Command.create(self.line("2026-10-05", "2026-10-31", is_auto_renew=False))
            ]
            self.assertFalse(fresh.charter_renewal_ids)
        with self.on("2026-12-20"):
            fresh.contract_line_ids[-1].date_end = "2027-03-31"
        contract = self.waiting("Template")
        other = self._client("Other")[0]
        with self.on("2027-01-10"):
            copy = contract.copy({"partner_id": other.id})
            copy.contract_line_ids.date_end = "2028-02-29"
            self.assertEqual(copy.charter_copied_from_id, contract)

    def test_a_correction_past_an_open_decision_says_so(self):
        """Entered days ago, its decision open already: whoever decides reads why there is nothing to decide any more."""
        with self.on("2026-10-05"):
            contract = self._contract(self._client("Short")[0], end="2026-11-30")
            contract.action_charter_open_renewal()
            [renewal] = contract.charter_renewal_ids
            contract.contract_line_ids.date_end = "2027-11-30"
            for thread in (contract, renewal):
                self.assertTrue(
                    thread.message_ids.filtered(lambda one: "correction of an entry" in one.body), thread
                )

    def test_a_term_prolonged_outside_the_charter_is_on_record(self):
        contract = self.early("Outside")
        with self.on("2026-10-05"):
            contract.charter_tier_id = False
            contract.contract_line_ids.date_end = "2030-02-28"
            contract.charter_tier_id = self.premium
        [renewal] = contract.charter_renewal_ids
        self.assertEqual((renewal.state, str(renewal.term_end)), ("closed", "2028-02-29"))
        self.assertIn("outside the charter", renewal.close_reason)


@tagged("post_install", "-at_install")
class TestContractWithoutEnd(SentenceCase):
    """It goes on tacitly, from one contract year to the next: each anniversary is decided on as the end of a term is."""

    def running(self, name, start="2025-12-31", since="2026-01-05"):
        client, contact, _other = self._client(name)
        return self.made(start, False, since, partner=client), contact

    def states(self, contract):
        found = contract.charter_renewal_ids.sorted("term_end")
        return [(str(one.term_end), one.state) for one in found]

    def test_a_decision_before_each_anniversary(self):
        """(case, start, under the charter on, nights that run, {anniversary: decision due})"""
        for name, start, since, nights, expected in (
            ("a year", "2025-12-31", "2026-01-05", ["2026-11-01"], {"2026-12-31": "2026-11-30"}),
            ("29 February", "2024-02-29", "2024-03-05", [], {"2025-02-28": "2025-01-28"}),
            ("29 February, a leap year", "2024-02-29", "2027-03-05", [], {"2028-02-29": "2028-01-29"}),
            ("month ends", "2025-03-31", "2025-04-05", [], {"2026-03-31": "2026-02-28"}),
            ("under the charter three weeks before", "2025-12-31", "2026-12-10", [], {"2026-12-31": "2026-12-31"}),
            ("that day", "2025-12-31", "2026-12-31", [], {"2027-12-31": "2027-11-30"}),
            ("still to begin", "2026-03-01", "2026-01-05", [], {"2027-03-01": "2027-02-01"}),
        ):  # fmt: skip
            with self.subTest(TACIT, case=name):
                contract, _contact = self.running(name, start, since)
                self.nightly(contract, *nights)
                self.assertEqual(self.due(contract, "renewal.decision"), expected)
                self.none_born_late(contract)
                self.assertTrue(contract.charter_auto_renew)

    def test_its_year_passes_only_on_a_pass_of_that_day(self):
        """(what the client says before, what happens on the last day, renewals the night after, held, next year owed)"""
        for name, mark, complaint, states, held in (
            ("satisfied", 10, False, [("2026-12-30", "renewed")], False),
            ("satisfied, with a complaint on the last day", 10, True, [("2026-12-30", "remediation")], True),
            ("not satisfied", 3, False, [("2026-12-30", "open")], True),
            ("silent", None, False, [("2026-12-30", "open")], True),
        ):
            with self.subTest(TACIT, case=name):
                contract, contact = self.running(name)
                self.nightly(contract, "2026-11-01")
                if mark is not None:
                    with self.on("2026-11-10"):
                        self.say(contact, mark)
                self.nightly(contract, "2026-11-28")
                self.assertEqual(self.states(contract), [("2026-12-30", "open")], "there is a day left")
                self.nightly(contract, "2026-11-29")
                decided = contract.charter_renewal_ids
                self.assertEqual(decided.decided_by_charter, mark == 10)
                [row] = self.promise(contract, "renewal.decision")
                self.assertEqual((row.state, row.missed), ("kept", 0) if mark == 10 else ("open", 0))
                if complaint:
                    with self.on("2026-12-30"):
                        self.escalate(contact)
                self.nightly(contract, "2026-12-30")
                self.assertFalse(decided.held_since, "its year is not over")
                self.nightly(contract, "2026-12-31")
                self.assertEqual((self.states(contract), bool(decided.held_since)), (states, held))
                self.assertEqual(str(contract.charter_term_end), "2026-12-30" if held else "2027-12-30")
                if held:
                    self.assertIn("goes on without having been renewed", str(contract.message_ids[0].body))
                else:
                    self.assertIn("2027-12-31", self.due(contract, "renewal.decision"))

    def test_a_year_that_was_held_back_is_decided_later(self):
        contract, contact = self.running("Held")
        self.nightly(contract, "2026-11-01", "2026-12-31", "2027-02-01")
        self.assertEqual(self.states(contract), [("2026-12-30", "open")])
        with self.on("2027-02-02"):
            self.say(contact, 10)
            contract.charter_renewal_ids.with_user(self.manager).action_decide()
        self.nightly(contract, "2027-02-03")
        self.assertEqual(self.states(contract), [("2026-12-30", "renewed")])
        self.assertEqual(str(contract.charter_term_end), "2027-12-30", "the year it is in")
        self.nightly(contract, "2027-02-04")
        self.assertEqual(
            list(self.due(contract, "renewal.decision")), ["2026-12-31", "2027-12-31"], "each year once"
        )

    def test_a_year_that_was_held_back_goes_on_the_night_its_client_is_satisfied(self):
        """Found by bin/test --years (seed 1, 60 contracts): decided by the charter, it was held for one day more."""
        contract, contact = self.running("Held")
        self.nightly(contract, "2026-11-01", "2026-12-31", "2027-02-01")
        with self.on("2027-02-01"):
            self.say(contact, 10)
        self.nightly(contract, "2027-02-03")
        self.assertEqual(self.states(contract), [("2026-12-30", "renewed")])
        self.assertEqual(str(contract.charter_term_end), "2027-12-30", "the year it is in")
        self.assertEqual(list(self.due(contract, "renewal.decision")), ["2026-12-31", "2027-12-31"])

    def test_general_management_lets_it_go_on(self):
        contract, contact = self.running("Exception")
        self.nightly(contract, "2026-11-01")
        with self.on("2026-11-10"):
            self.say(contact, 2)
            contract.charter_renewal_ids.with_user(self.manager).action_decide()
            self.assertTrue(contract.charter_renewal_ids.remediation_ids, BELOW)
            contract.charter_renewal_ids.with_user(self.direction)._override(
                "They asked us in writing to go on."
            )
        self.nightly(contract, "2026-12-31")
        self.assertEqual(self.states(contract), [("2026-12-30", "renewed")])

    def test_what_ends_its_years(self):
        """(case, what happens while the renewal waits, renewals the night after, decisions owed)"""
        for name, change, states, owed in (
            ("notice is given", lambda c: c.contract_line_ids.stop(date(2026, 12, 31)), ["closed"], []),
            ("it gets a term", lambda c: c.contract_line_ids.write({"date_end": "2027-06-30"}), ["closed"], ["2027-07-01"]),
            ("another line, without end", lambda c: c.write(
                {"contract_line_ids": [Command.create(self.line("2026-12-01", False, is_auto_renew=False))]}), ["open"], ["2026-12-31"]),
            ("a short line, made longer", lambda c: c.write(
                {"contract_line_ids": [Command.create(self.line("2026-12-01", "2026-12-20", is_auto_renew=False))]})
             or c.contract_line_ids[-1].write({"date_end": "2027-03-31"}), ["open"], ["2026-12-31"]),
            ("copied", lambda c: c.copy({"partner_id": self.client.id}), ["open"], ["2026-12-31"]),
        ):  # fmt: skip
            with self.subTest(TACIT, case=name):
                contract, _contact = self.running(name)
                self.nightly(contract, "2026-11-01")
                with self.on("2026-11-05"):
                    change(contract)
                    self.env.flush_all()
                self.nightly(contract, "2026-11-06", "2026-11-07")
                self.assertEqual(contract.charter_renewal_ids.mapped("state"), states)
                rows = self.promise(contract, "renewal.decision").filtered("is_owed")
                self.assertEqual([str(parse_key(row.occurrence).day) for row in rows], owed)

    def test_it_moves_to_another_customer(self):
        contract, _contact = self.running("Moves")
        self.nightly(contract, "2026-11-01", "2027-01-05")
        with self.on("2027-01-10"):
            contract.partner_id = self._client("Moved to")[0]
            self.env.flush_all()
        self.nightly(contract, "2027-01-11")
        self.assertEqual(str(contract.charter_term_end), "2027-12-30", "its new client's first year")
        rows = self.promise(contract, "renewal.decision").filtered("is_owed")
        self.assertEqual(rows.partner_id, contract.commercial_partner_id)

    def test_out_of_the_charter_over_an_anniversary_is_on_record(self):
        contract, _contact = self.running("Outside")
        with self.on("2026-06-01"):
            contract.charter_tier_id = False
            self.env.flush_all()
            self.assertFalse(contract.charter_term_end)
        with self.on("2027-02-01"):
            contract.charter_tier_id = self.premium
            self.env.flush_all()
        [renewal] = contract.charter_renewal_ids.filtered(lambda one: str(one.term_end) == "2026-12-30")
        self.assertEqual(renewal.state, "closed")
        self.assertIn("outside the charter", renewal.close_reason)

    def test_it_is_in_what_comes_with_a_year_at_stake(self):
        contract, _contact = self.running("Comes")
        with self.on("2026-06-01"):
            [row] = self.env["charter.renewal.forecast"].search([("contract_id", "=", contract.id)])
            self.assertEqual((str(row.term_end), row.amount), ("2026-12-30", 1200))
            [one, _two] = contract.commercial_partner_id.child_ids
            self.assertIn(b"SUMMARY:End of the contract year: ", one._charter_calendar_feed())
