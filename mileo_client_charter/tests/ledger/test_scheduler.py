from datetime import date, datetime, timedelta
from random import Random
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...tools.clock import Delay
from ...tools.codes import INTERVIEW_BIANNUAL, REPORT_DELIVERY
from ...tools.occurrence import format_key
from ...tools.periods import slices
from ..cases.common import START, CharterCase
from ..cases.invariants import an_older_occurrence_is_never_due_after_a_younger_one as in_turn


def midnight(text):
    """Midnight in Paris of a day (YYYY-MM-DD) as naive UTC, reckoned by hand: +2 in summer, +1 in winter."""
    day = date.fromisoformat(text)
    summer = date(2026, 3, 29) < day <= date(2026, 10, 25) or date(2027, 3, 28) < day <= date(2027, 10, 31)
    return datetime(day.year, day.month, day.day) - timedelta(hours=2 if summer else 1)


@tagged("post_install", "-at_install")
class TestScheduler(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.comfort = cls.env.ref("mileo_client_charter.tier_comfort")
        # A database with a life of its own may have contracts: these tests look at theirs.
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False

    def setUp(self):
        super().setUp()
        self.go(START)

    def go(self, moment):
        """It is ``moment`` (naive UTC, or a day: its noon) from now on."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(f"{moment} 12:00")
        frozen = freeze_time(moment)
        frozen.start()
        self.addCleanup(frozen.stop)
        self.enterContext(patch.object(self.env.cr, "now", lambda: moment))
        self.env.invalidate_all()

    def run_on(self, *moments):
        for moment in moments:
            self.go(moment)
            with self.committing():
                self.env["charter.scheduler"]._cron_schedule()

    def rows(self, contract, code=None, **domain):
        domain = [
            ("res_model", "=", "contract.contract"),
            ("res_id", "=", contract.id),
            *((k, "=", v) for k, v in domain.items()),
        ]
        return self.env["charter.obligation"].search(
            [*domain, *([("code", "=", code)] if code else [])], order="code, trigger_at, id"
        )

    def keys(self, contract, code, **domain):
        return self.rows(contract, code, **domain).mapped("occurrence")

    def facts(self, contract):
        """All that is promised, without the moment the scheduler came round."""
        names = (
            "code",
            "occurrence",
            "trigger_at",
            "due_at",
            "warn_at",
            "user_id",
            "contract_id",
            "partner_id",
        )
        return [tuple(row[name] for name in names) for row in self.rows(contract)]

    # -- what a contract owes from its first day -----------------------------------------------------

    def test_reports(self):
        for tier, expected in (
            (self.premium, [("2026-10", "2026-11-01", "2026-11-11"), ("2026-11", "2026-12-01", "2026-12-11"),
                            ("2026-12", "2027-01-01", "2027-01-11"), ("2027-01", "2027-02-01", "2027-02-11")]),
            (self.comfort, [("2026-Q4", "2027-01-01", "2027-01-11"), ("2027-Q1", "2027-04-01", "2027-04-11")]),
        ):  # fmt: skip
            with self.subTest(tier.code):
                self.go(START)
                contract = self._contract(self.client, tier)
                self.assertEqual(
                    self.keys(contract, "report.delivery"), [expected[0][0]], "the first period is open"
                )
                [first] = self.rows(contract, "report.delivery")
                self.assertEqual(
                    first.opened_at, midnight("2026-10-05"), "a first period begins with the charter"
                )
                self.run_on("2026-11-01", "2026-12-01", "2027-01-01", "2027-01-02", "2027-01-31")
                reports = self.rows(contract, "report.delivery")
                self.assertEqual(
                    [(row.occurrence, row.trigger_at, row.due_at) for row in reports],
                    [(key, midnight(end), midnight(due)) for key, end, due in expected],
                )
                self.assertEqual(set(reports.user_id), {self.manager})

    def test_a_period_begins_at_midnight_in_paris(self):
        contract = self._contract(self.client)
        for moment, expected in (
            (datetime(2026, 10, 31, 22, 59), ["2026-10"]),
            (datetime(2026, 10, 31, 23, 0), ["2026-10", "2026-11"]),
        ):
            with self.subTest(moment):
                self.run_on(moment)
                self.assertEqual(self.keys(contract, "report.delivery"), expected)

    def test_interviews(self):
        contract = self._contract(self.client)
        self.run_on("2027-02-01", "2027-02-20")
        [first] = self.rows(contract, "interview.biannual")
        self.assertEqual(
            (first.occurrence, first.trigger_at, first.due_at),
            ("2026-10-05#1", midnight("2026-10-05"), midnight("2027-04-05")),
        )
        without_end = self._contract(self._client("Beta")[0], end=False, charter_since="2026-10-05")
        self.run_on("2027-11-01")
        meetings = self.env["charter.review"].search([("contract_id", "=", contract.id)])
        self.assertGreater(len(meetings), 1)
        self.assertFalse(
            meetings.filtered(lambda one: one.state in ("draft", "planned")),
            "an ended contract meets no more",
        )
        self.assertEqual(
            [(row.occurrence, row.due_at) for row in self.rows(without_end, "interview.biannual")],
            [("2026-10-05#1", midnight("2027-04-05")), ("2027-04-05#2", midnight("2027-10-05")),
             ("2027-10-05#3", midnight("2028-04-05") - timedelta(hours=1))],
        )  # fmt: skip

    def test_what_is_known_late_is_never_due_after_a_younger_one(self):
        """Any start, said on any later day, in every tier: of one commitment to one client the older occurrence is due first.

        What was over runs from when it was known, and never beyond the next one; what was not over keeps its own due day.
        """
        chance = Random(12)
        lives = [("2026-03-01", "2026-11-28T01:00", self.comfort)]
        for number in range(14):
            start = date(2025, 1, 1) + timedelta(days=chance.randrange(600))
            known = datetime(start.year, start.month, start.day, 9) + timedelta(
                days=chance.randrange(1, 700), minutes=chance.randrange(600)
            )
            lives.append((str(start), known.isoformat(), (self.premium, self.comfort)[number % 2]))
        caught = {"late": 0, "with the next": 0}
        for start, known, tier in lives:
            known = datetime.fromisoformat(known)
            self.go(known)
            contract = self._contract(
                self._client(f"Late {start} {known}")[0], tier, start=start, end=False, charter_since=start
            )
            for code in (INTERVIEW_BIANNUAL, REPORT_DELIVERY):
                with self.subTest(code, start=start, known=known, tier=tier.name):
                    self._check_order(self.rows(contract, code), known, caught)
        self.assertGreater(caught["late"], 30)
        self.assertGreater(caught["with the next"], 10)
        with self.subTest("and the lives of bin/test --years would say so"):
            self.env.flush_all()
            self.assertEqual(list(in_turn(self.env, known, None)), [])
            running = self.rows(contract, REPORT_DELIVERY)[-1]
            first = self.rows(contract, REPORT_DELIVERY)[0]
            first._charter_engine().due_at = running.due_at + timedelta(hours=1)
            self.env.flush_all()
            lines = list(in_turn(self.env, known, None))
            self.assertTrue(lines)
            for line in lines:
                self.assertIn(f"{first.occurrence} of {first.partner_id.name} is due on", line)

    def _check_order(self, rows, known, caught):
        dues = rows.mapped("due_at")
        self.assertEqual(dues, sorted(dues))
        self.assertGreater(min(dues), known, "none is broken as it is made")
        for row in rows:
            [due] = row._due_moments(
                [
                    (
                        {"company_id": row.company_id.id, "contract_id": row.contract_id.id},
                        row.trigger_at,
                        Delay(row.delay, row.unit, row.clock),
                        "after",
                    )
                ]
            )
            if due > known:
                self.assertEqual((row.due_at, row.history), (due, False))
                continue
            caught["late"] += 1
            with_next = "never due last" in row.history
            caught["with the next"] += with_next
            younger = [one.due_at for one in rows if one.trigger_at > row.trigger_at]
            if with_next:
                self.assertEqual(row.due_at, min(younger), row.occurrence)

    def test_a_start_said_earlier_is_not_due_after_what_is_in_the_register(self):
        """The months before are owed from when they were known, and no later than the month that runs."""
        self.go("2026-12-05")
        contract = self._contract(self.client, charter_since="2026-11-01")
        november = self.rows(contract, REPORT_DELIVERY)[0]
        self.go("2026-12-07")
        contract.charter_since = "2026-08-10"
        rows = self.rows(contract, REPORT_DELIVERY)
        self.assertEqual(rows.mapped("occurrence"), ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"])
        self.assertEqual(set(rows[:4].mapped("due_at")), {november.due_at})

    def test_a_tier_without_interviews_is_no_tier_of_this_charter(self):
        with self.assertRaisesRegex(ValidationError, "interview every 6 months.*Comfort 0 a year"):
            self.comfort.interviews_per_year = 0

    def test_a_commitment_of_another_addon_comes_back_by_itself(self):
        """Its codes are those of the hook, its occurrences what it yields: a visit in each year of the contract."""
        scheduler, code = type(self.env["charter.scheduler"]), "site.visit.yearly"
        self.document._propose(
            code,
            article=1,
            name={"en_US": "We visit every year"},
            delay=30,
            unit="days",
            owner_role="technical_contact",
        )
        drafts = self.env["charter.document"].search(
            [("commitment_ids.code", "=", code), ("company_id", "=", self.company.id)]
        )
        drafts.action_publish()
        recurring, occurrences = scheduler._recurring, scheduler._occurrences

        def years(scheduled, contract, commitment, now, opened):
            if commitment.code != code:
                yield from occurrences(scheduled, contract, commitment, now, opened)
                return
            for index, first, _final in slices(contract.charter_since, now.date(), 1):
                yield format_key(first, str(index + 1)), midnight(str(first)), midnight(str(first)), None

        contract = self._contract(self.client, end=False)
        with (
            patch.object(scheduler, "_recurring", lambda scheduled: (*recurring(scheduled), code)),
            patch.object(scheduler, "_occurrences", years),
        ):
            self.run_on("2026-11-01", "2026-11-02", "2027-10-20")
        first, second = self.rows(contract, code)
        self.assertEqual((first.occurrence, second.occurrence), ("2026-10-05#1", "2027-10-05#2"))
        self.assertEqual((first.state, second.state, first.user_id), ("open", "open", self.technician))

    def test_review_and_decision(self):
        """The review three months before the anniversary, the decision one month before the term, or the contract year, ends."""
        for name, end, start, review, decision in (
            ("term", "2027-02-28", "2026-03-01", ("2027-03-01", "2026-12-01"), ("2027-03-01", "2027-02-01")),
            # 15 September was past when the charter began: a month from then.
            ("no end", False, "2025-12-15", ("2026-12-15", "2026-11-04"), ("2026-12-15", "2026-11-15")),
            (
                "no end, later",
                False,
                "2026-03-01",
                ("2027-03-01", "2026-12-01"),
                ("2027-03-01", "2027-02-01"),
            ),
            (
                "month end",
                "2027-05-30",
                "2026-05-31",
                ("2027-05-31", "2027-02-28"),
                ("2027-05-31", "2027-04-30"),
            ),
        ):
            contract = self._contract(self._client(name)[0], start=start, end=end)
            for code, kind, expected in (
                ("review.annual", "annual", review),
                ("renewal.decision", "renewal", decision),
            ):
                with self.subTest(name, code=code):
                    found = [
                        (row.occurrence, row.trigger_at, row.due_at) for row in self.rows(contract, code)
                    ]
                    self.assertEqual(
                        found,
                        [(f"{expected[0]}#{kind}", midnight(expected[0]), midnight(expected[1]))]
                        if expected
                        else [],
                    )

    def test_no_date_at_all_is_said_and_opens_nothing(self):
        contract = self._contract(self.client, contract_line_ids=[])
        contract = contract.with_context(lang="en_US")
        self.assertFalse(contract.charter_anniversary)
        self.assertIn("cannot be derived", contract.charter_anniversary_source)
        self.run_on("2026-10-06", "2027-10-06")
        self.assertFalse(self.rows(contract, "review.annual") | self.rows(contract, "renewal.decision"))
        self.assertTrue(self.rows(contract, "report.delivery"), "what needs no anniversary is owed")

    def test_what_was_past_when_the_charter_began_is_owed_on_a_day_that_is_possible(self):
        """(start, end, review due, decision due); a contract that ends before its anniversary has none."""
        for start, end, review, decision in (
            ("2026-01-01", "2026-12-31", "2026-11-04", "2026-12-01"),  # the review was due on 1 October
            ("2026-01-05", "2027-01-04", "2026-11-04", "2026-12-05"),  # this morning
            ("2025-10-21", "2026-10-20", "2026-10-21", "2026-10-21"),
            ("2026-03-01", "2026-10-20", None, "2026-10-21"),
        ):
            with self.subTest(end):
                contract = self._contract(self._client(f"Client {start} {end}")[0], start=start, end=end)
                for code, due in (("review.annual", review), ("renewal.decision", decision)):
                    self.assertEqual(
                        self.rows(contract, code).mapped("due_at"), [midnight(due)] if due else [], code
                    )

    def test_an_old_contract_opens_from_its_first_day_under_the_charter(self):
        old = self._contract(self.client, self.premium.browse(), start="2021-03-01", end=False)
        self.run_on("2026-10-06")
        self.assertFalse(self.rows(old))
        old.charter_tier_id = self.premium
        self.assertEqual(old.charter_since, date(2026, 10, 6))
        self.assertEqual(self.keys(old, "report.delivery"), ["2026-10"])
        self.assertEqual(self.keys(old, "interview.biannual"), ["2026-10-06#1"])
        self.assertEqual(self.keys(old, "review.annual"), ["2027-03-01#annual"])
        earlier = self._contract(
            self._client("Since")[0], start="2021-03-01", end=False, charter_since="2026-08-10"
        )
        self.assertEqual(self.keys(earlier, "report.delivery"), ["2026-08", "2026-09", "2026-10"])

    # -- the days that follow -----------------------------------------------------------------------

    def test_missed_days_are_caught_up(self):
        days = [str(START.date() + timedelta(days=n)) for n in range(1, 124)]
        for start, end in (("2026-03-01", "2027-02-28"), ("2026-02-15", False), ("2026-11-20", "2028-11-19")):
            with self.subTest(start):
                self.go(START)
                daily = self._contract(self._client(f"Daily {start}")[0], start=start, end=end)
                self.run_on(*days)
                self.go(START)
                once = self._contract(self._client(f"Once {start}")[0], start=start, end=end)
                self.run_on(days[-1])
                self.assertEqual(
                    [fact[:5] for fact in self.facts(once)], [fact[:5] for fact in self.facts(daily)]
                )
                self.assertGreater(len(self.rows(once)), 5)

    def test_an_anniversary_passed_while_nothing_ran(self):
        contract = self._contract(self.client, start="2026-02-15", end=False)
        self.assertEqual(self.keys(contract, "review.annual"), ["2027-02-15#annual"])
        self.run_on("2029-01-10")
        self.assertEqual(
            self.keys(contract, "review.annual"),
            ["2027-02-15#annual", "2028-02-15#annual", "2029-02-15#annual"],
        )

    def test_running_again_changes_nothing(self):
        contract = self._contract(self.client)
        self.run_on("2026-12-05")
        before = self.rows(contract).read()
        self.run_on("2026-12-05", "2026-12-05", "2026-12-06")
        self.assertEqual(
            self.rows(contract).read(set(before[0]) - {"time_left", "urgency"}),
            [{k: v for k, v in row.items() if k not in ("time_left", "urgency")} for row in before],
        )

    def test_the_next_one_follows_from_the_one_before(self):
        """What was done, late or cancelled by hand is not opened again, and holds nothing up."""
        contract = self._contract(self.client)
        self.rows(contract, "report.delivery")._fulfil("Sent early.")
        self.run_on("2026-11-02")
        self.rows(contract, "report.delivery", state="open").with_user(self.admin).action_cancel(
            "No work this month"
        )
        self.run_on("2026-12-02", "2026-12-03")
        self.assertEqual(
            [(row.occurrence, row.state) for row in self.rows(contract, "report.delivery")],
            [("2026-10", "kept"), ("2026-11", "cancelled"), ("2026-12", "open")],
        )

    def test_term_extended(self):
        contract = self._contract(self.client)
        self.rows(contract, "renewal.decision")._fulfil("Satisfied.")
        self.run_on("2027-02-10")
        # The gate lets the term be extended once the renewal is allowed.
        contract.charter_renewal_ids.with_user(self.direction).action_decide()
        contract.charter_renewal_ids.with_user(self.direction)._override(
            "Extended by an agreement in writing."
        )
        contract.contract_line_ids.write({"date_end": "2028-02-29"})
        self.run_on("2027-02-11")
        self.assertEqual(
            [(row.occurrence, row.state) for row in self.rows(contract, "renewal.decision")],
            [("2027-03-01#renewal", "kept"), ("2028-03-01#renewal", "open")],
        )
        self.assertEqual(self.keys(contract, "review.annual"), ["2027-03-01#annual"])
        self.run_on("2027-03-02")
        self.assertEqual(self.keys(contract, "review.annual"), ["2027-03-01#annual", "2028-03-01#annual"])

    # -- changes of the contract ----------------------------------------------------------------------

    def test_change_of_tier(self):
        """What the tiers have in common goes on, and months that are over are reported; the rest that is not due yet is withdrawn
        and opened anew. August was over before the contract came under the charter: it is owed from then."""
        contract = self._contract(self.client, charter_since="2026-08-10")
        same = self.rows(contract, "interview.biannual") | self.rows(contract, "review.annual")
        self.go("2026-10-09")
        with self.committing():
            self.tick()
        contract.charter_tier_id = self.comfort
        self.assertEqual(
            [(row.occurrence, row.state) for row in self.rows(contract, "report.delivery")],
            [
                ("2026-08", "open"),
                ("2026-09", "open"),
                ("2026-10", "cancelled"),
                ("2026-Q4", "open"),
            ],
        )
        self.assertEqual(set(same.mapped("state")), {"open"})
        cancelled = self.rows(contract, state="cancelled")
        self.assertEqual(set(cancelled.mapped("cancel_reason")), {"The tier of the contract changed."})
        self.assertEqual(contract.charter_since, date(2026, 8, 10))
        # and back: a month withdrawn is owed again, as a row of its own
        contract.charter_tier_id = self.premium
        self.run_on("2026-10-09", "2026-10-10")
        self.assertEqual(
            self.keys(contract, "report.delivery", state="open"), ["2026-08", "2026-09", "2026-10~2"]
        )
        reopened = self.rows(contract, "report.delivery", occurrence="2026-10~2")
        self.assertEqual(reopened.due_at, midnight("2026-11-11"))

    def test_what_fell_due_is_not_withdrawn(self):
        """Also before the clock came round to call it late."""
        contract = self._contract(self.client, charter_since="2026-09-10")
        self.go("2026-10-12")
        contract.charter_tier_id = False
        september = self.rows(contract, "report.delivery", occurrence="2026-09")
        self.assertEqual(september.state, "open")
        self.tick()
        self.assertEqual(september.state, "late")
        last = self.rows(contract, "report.delivery", occurrence="2026-10#end")
        self.assertEqual(self.rows(contract).filtered("is_owed"), september | last, "and its last days")

    def test_contract_that_leaves(self):
        for name, leave, back in (
            ("tier", lambda c: c.write({"charter_tier_id": False}), lambda c: c.write({"charter_tier_id": self.premium.id})),
            ("archive", lambda c: c.write({"active": False}), lambda c: c.write({"active": True})),
            ("end", lambda c: c.contract_line_ids.write({"date_end": "2026-10-20"}),
             lambda c: c.contract_line_ids.write({"date_end": "2027-12-31"})),
        ):  # fmt: skip
            with self.subTest(name):
                self.go(START)
                contract = self._contract(self._client(name)[0], end="2027-12-31")
                self.go("2026-10-22")
                leave(contract)
                self.run_on("2026-10-22", "2026-11-30")
                # A contract that came to its end owes the report of its last days; nobody made it here.
                last_report = (
                    self.rows(contract, "report.delivery") if name == "end" else self.rows(contract)[:0]
                )
                self.assertEqual(set((self.rows(contract) - last_report).mapped("state")), {"cancelled"})
                self.assertTrue(all((self.rows(contract) - last_report).mapped("cancel_reason")))
                self.assertEqual(set(last_report.mapped("is_owed")), {True} if last_report else set())
                last_report._fulfil("Sent.")
                self.go("2027-01-15")
                if name == "end":
                    # A longer term is a renewal, which general management may decide in spite of silence.
                    renewal = self.env["charter.renewal"]._charter_new(contract, contract.charter_term_end)
                    renewal.with_user(self.direction).action_decide()
                    renewal.with_user(self.direction)._override("They came back to us.")
                back(contract)
                self.run_on("2027-01-15", "2027-01-16")
                # It counts from the day it came back; nothing is late for the time it was away.
                self.assertEqual(contract.charter_since, date(2027, 1, 15))
                self.assertEqual(
                    self.rows(contract).filtered("is_owed").mapped("occurrence"),
                    ["2027-01-15#1", "2028-01-01#renewal~2", "2027-01", "2027-03-01#annual~2"],
                )
                self.tick()
                self.assertFalse(self.rows(contract, state="late") - last_report)

    def test_contract_ended_when_its_tier_is_set(self):
        contract = self._contract(self.client, start="2024-01-01", end="2025-12-31")
        self.assertFalse(self.rows(contract) | self.client.obligation_ids)

    def test_a_document_of_the_same_id_is_not_withdrawn(self):
        contract = self._contract(self.client)
        row = self.env["charter.obligation"]._open(
            [{"code": "feedback.callback", "res_model": "charter.feedback", "res_id": contract.id, "at": START,
              "partner_id": self.client.id, "company_id": self.company.id}]
        )  # fmt: skip
        contract.active = False
        self.run_on("2026-10-06")
        self.assertEqual(row.state, "open")

    # -- whose time ---------------------------------------------------------------------------------

    def _publish(self, company=None, **changes):
        """A new version of the charter in force where ``changes`` = {code with _: values}."""
        document = self.env["charter.document"]._in_force(company or self.company)
        draft = document.browse(document.action_new_version()["res_id"])
        for code, values in changes.items():
            draft._commitment(code.replace("_", ".")).write(values)
        draft.action_publish()

    def _calendar(self, name, days=range(5)):
        attendances = [
            Command.create(
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 9,
                    "hour_to": 17,
                    "day_period": "morning",
                }
            )
            for day in days
        ]
        return self.env["resource.calendar"].create(
            {"name": name, "tz": "Europe/Paris", "attendance_ids": [Command.clear(), *attendances]}
        )

    def test_review_in_working_time(self):
        """On the calendar of the contract, else of the company: as the ledger counts."""
        self._publish(review_annual={"delay": 10, "unit": "days", "clock": "working"})
        monday = self._calendar("Mondays", days=[0])
        for name, calendar, due, opens in (
            ("company's", self.env["resource.calendar"], date(2027, 2, 15), True),
            ("contract's", monday, date(2026, 12, 21), True),
        ):
            with self.subTest(name):
                contract = self._contract(self._client(name)[0], charter_calendar_id=calendar.id)
                [row] = self.rows(contract, "review.annual")
                self.assertEqual((row.due_at.date(), bool(row.due_at), row.clock), (due, opens, "working"))
        # Ten Mondays before the anniversary is past already, ten working days is not.
        for calendar, explained in ((monday, True), (monday.browse(), False)):
            contract = self._contract(
                self._client(f"Soon {calendar.id}")[0],
                start="2025-11-01",
                end="2026-10-31",
                charter_calendar_id=calendar.id,
            )
            [row] = self.rows(contract, "review.annual")
            self.assertEqual((row.occurrence, bool(row.history)), ("2026-11-01#annual", explained))

    def test_calendar_without_hours_opens_with_the_error(self):
        self._publish(review_annual={"delay": 10, "unit": "days", "clock": "working"})
        empty = self._calendar("Empty", days=[])
        contract = self._contract(self.client, charter_calendar_id=empty.id)
        [row] = self.rows(contract, "review.annual")
        self.assertEqual((row.state, row.due_at, row.occurrence), ("open", False, "2027-03-01#annual"))
        self.assertIn("Empty", row.clock_error)
        self.assertTrue(self.rows(contract, "report.delivery"), "it holds up nothing else")

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Mileo Réunion"})
        other.resource_calendar_id = self._calendar("Réunion")
        other.resource_calendar_id.tz = "Indian/Reunion"  # +4, all year
        self.document.copy({"company_id": other.id}).action_publish()
        self._publish(other, report_delivery={"owner_role": "operations_manager"})
        boss = self._staff(
            "t_reunion", "group_charter_operations", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        self._assign("operations_manager", boss, company=other)
        here = self._contract(self.client)
        there = self._contract(self.client, company_id=other.id)
        self.run_on(datetime(2026, 10, 31, 20, 30))
        self.assertEqual(self.keys(here, "report.delivery"), ["2026-10"])
        self.assertEqual(self.keys(there, "report.delivery"), ["2026-10", "2026-11"], "it is November there")
        [october, _november] = self.rows(there, "report.delivery")
        self.assertEqual(october.due_at, datetime(2026, 11, 10, 20, 0))
        self.assertEqual((october.company_id, october.user_id), (other, boss))
        self.assertEqual(october.commitment_id.company_id, other)
        self.assertEqual(self.rows(here, "report.delivery").user_id, self.manager)

    # -- any number ---------------------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_contracts(self):
        def contracts(count):
            partners = self.env["res.partner"].create(
                [{"name": f"Client {count} {n}", "is_company": True} for n in range(count)]
            )
            found = self.env["contract.contract"].concat(*(self._contract(partner) for partner in partners))
            self.env.flush_all()
            return found.ids

        warming, few, many = contracts(10), contracts(10), contracts(50)
        self.go("2026-12-05")
        queries = {}
        for ids in (warming, few, many):  # the first run warms the caches of rules and external ids
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            opened = self.env["charter.scheduler"]._schedule(self.env["contract.contract"].browse(ids))
            self.env.flush_all()
            queries[len(ids)] = self.cr.sql_log_count - before
            self.assertEqual(
                len(opened), 2 * len(ids), "two reports; the review and the decision are there already"
            )
        self.assertLessEqual(queries[50], queries[10] + 5)
        self.assertLessEqual(queries[50], 40)
