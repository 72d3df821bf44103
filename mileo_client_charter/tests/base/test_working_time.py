import random
from datetime import datetime, timedelta

from odoo.tests import TransactionCase, tagged

from ...tools.clock import HORIZON, Delay, NoWorkingTime

WEEK = "01234"
NIGHT = [(0, 6, "morning"), (22, 24, "afternoon")]
DAY = [(8, 12, "morning"), (12, 13, "lunch"), (13, 17, "afternoon")]


def attendance(day, start, end, period="morning", **values):
    return (
        0,
        0,
        {"name": "x", "dayofweek": day, "hour_from": start, "hour_to": end, "day_period": period, **values},
    )


def section(week_type, sequence):
    """The title line of one of the two weeks."""
    return attendance("0", 0, 0, display_type="line_section", week_type=week_type, sequence=sequence)


@tagged("post_install", "-at_install")
class TestWorkingTime(TransactionCase):
    """Deadlines computed many at a time are those of core's plan_hours and plan_days, one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.office = cls._calendar("Paris", [attendance(day, *hours) for day in WEEK for hours in DAY])
        cls._close(cls.office, datetime(2026, 12, 23, 23), datetime(2027, 1, 3, 22, 59, 59))
        cls._close(cls.office, datetime(2026, 11, 10, 9, 17, 23), datetime(2026, 11, 10, 14, 0, 1))
        cls._close(cls.env["resource.calendar"], datetime(2027, 5, 1), datetime(2027, 5, 2))
        cls.calendars = {
            "40 hours": cls.office,
            "round the clock": cls._calendar(
                "24x7", [attendance(day, 0, 24, "full_day") for day in "0123456"], tz="America/New_York"
            ),
            "nights": cls._calendar(
                "nights",
                [attendance(day, *hours) for day in WEEK for hours in NIGHT],
                tz="Australia/Lord_Howe",
            ),
            "two weeks": cls._calendar(
                "two weeks",
                [
                    section("0", sequence=0),
                    *[attendance(day, 9, 12, week_type="0", sequence=11) for day in "024"],
                    section("1", sequence=25),
                    *[attendance(day, 14, 18.5, "afternoon", week_type="1", sequence=26) for day in "13"],
                ],
                two_weeks_calendar=True,
            ),
            # Thirds of an hour are where plan_hours' floats round, and mornings here touch afternoons.
            "thirds of hours": cls._calendar(
                "thirds",
                [
                    attendance(day, *hours)
                    for day in WEEK
                    for hours in [(8 + 1 / 3, 12 + 1 / 3, "morning"), (12 + 1 / 3, 17 + 1 / 12, "afternoon")]
                ],
                tz="Asia/Kolkata",
            ),
        }

    @classmethod
    def _calendar(cls, name, attendances, tz="Europe/Paris", **values):
        calendar = cls.env["resource.calendar"].create(
            {"name": name, "tz": tz, "company_id": cls.company.id, **values}
        )
        calendar.attendance_ids = [(5, 0, 0), *attendances]
        return calendar

    @classmethod
    def _close(cls, calendar, start, end, **values):
        return calendar.env["resource.calendar.leaves"].create(
            {"name": "closed", "calendar_id": calendar.id, "date_from": start, "date_to": end, **values}
        )

    def _core(self, calendar, at, delay, anchor):
        """Core's own answer. As superuser it would also count other companies' closures: see their test."""
        amount = -delay.amount if anchor == "before" else delay.amount
        plan = calendar.plan_hours if delay.unit == "hours" else calendar.plan_days
        domain = [("time_type", "=", "leave"), ("company_id", "in", (False, self.company.id))]
        return plan(amount, at, compute_leaves=True, domain=domain)

    def _assert_same(self, calendar, requests):
        for request, due in zip(requests, calendar._charter_shift_many(requests), strict=True):
            answer = False if isinstance(due, NoWorkingTime) else due
            self.assertEqual(answer, self._core(calendar, *request), request)

    def setUp(self):
        super().setUp()
        # What a test tries does not hang on which others ran before it.
        self.random = random.Random(2026)

    def _moment(self):
        """Of two years with all their clock changes; from whole hours to microseconds."""
        unit = self.random.choice([3600, 900, 60, 1, 1e-6])
        seconds = self.random.randrange(int(2 * 365 * 86400 / unit)) * unit
        return datetime(2026, 3, 1) + timedelta(seconds=seconds)

    def test_hours_at_random(self):
        for name, calendar in self.calendars.items():
            with self.subTest(name):
                amounts = [0, 1, 4, 8, 24, 48, 100, 1 / 3, 0.1, 7.7, self.random.uniform(0, 60)]
                self._assert_same(
                    calendar,
                    [
                        (
                            self._moment(),
                            Delay(self.random.choice(amounts), "hours", "working"),
                            self.random.choice(["after", "before"]),
                        )
                        for _ in range(150)
                    ],
                )

    def test_days_at_random(self):
        for name, calendar in self.calendars.items():
            with self.subTest(name):
                self._assert_same(
                    calendar,
                    [
                        (
                            self._moment(),
                            Delay(self.random.choice([0, 1, 2, 5, 11, 21, 60]), "days", "working"),
                            self.random.choice(["after", "before"]),
                        )
                        for _ in range(150)
                    ],
                )

    def test_edges_of_intervals(self):
        around = [timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(seconds=1)]
        for name, calendar in self.calendars.items():
            with self.subTest(name):
                edges = calendar._charter_working_time(
                    datetime(2026, 11, 2), datetime(2026, 11, 16)
                )._intervals
                self._assert_same(
                    calendar,
                    [
                        (edge + offset, Delay(amount, unit, "working"), anchor)
                        for interval in self.random.sample(edges, 3)
                        for edge in interval
                        for offset in around
                        for amount, unit in [
                            (0, "hours"),
                            (4, "hours"),
                            (8, "hours"),
                            (80, "hours"),
                            (11, "days"),
                        ]
                        for anchor in ("after", "before")
                    ],
                )

    def test_long_closure_is_crossed(self):
        self._close(self.office, datetime(2028, 1, 1), datetime(2029, 6, 1))
        requests = [
            (at, Delay(amount, unit, "working"), anchor)
            for at, anchor in [(datetime(2027, 12, 31, 10), "after"), (datetime(2029, 6, 1, 10), "before")]
            for amount, unit in [(1, "hours"), (40, "hours"), (3, "days"), (0, "hours")]
        ]
        self._assert_same(self.office, requests)
        self.assertGreater(self.office._charter_shift_many(requests)[1], datetime(2029, 6, 1))

    def test_gives_up_where_plan_hours_does(self):
        # 4,200 hours in 100 fortnights of 42: the last of them is due, one more is not.
        calendar = self._calendar("3 hours", [attendance(day, 9, 12) for day in "0123456"], tz="UTC")
        at = datetime(2032, 1, 1, 13)
        requests = [
            (at, Delay(amount, unit, "working"), anchor)
            for amount, unit in [(4200, "hours"), (4201, "hours"), (1400, "days"), (1401, "days")]
            for anchor in ("after", "before")
        ]
        self._assert_same(calendar, requests)
        dues = calendar._charter_shift_many(requests)
        self.assertEqual(
            [isinstance(due, NoWorkingTime) for due in dues],
            [False, False, True, True, False, False, True, True],
        )

    def test_closed_for_good(self):
        self._close(self.office, datetime(2030, 1, 1), datetime(2030, 1, 1) + HORIZON + timedelta(days=3))
        [due] = self.office._charter_shift_many(
            [(datetime(2030, 1, 2), Delay(1, "hours", "working"), "after")]
        )
        self.assertIsInstance(due, NoWorkingTime)

    def test_no_working_time_stands_in_place(self):
        at = datetime(2026, 11, 2, 9)
        cases = {
            "no attendance": self._calendar("empty", []),
            "flexible": self._calendar("flexible", [], schedule_type="flexible", hours_per_day=8),
            "no calendar": self.env["resource.calendar"],
        }
        for name, calendar in cases.items():
            with self.subTest(name):
                first, elapsed, last = calendar._charter_shift_many(
                    [
                        (at, Delay(4, "hours", "working"), "after"),
                        (at, Delay(48, "hours", "elapsed"), "after"),
                        (at, Delay(2, "days", "working"), "before"),
                    ]
                )
                self.assertIsInstance(first, NoWorkingTime)
                self.assertEqual(elapsed, datetime(2026, 11, 4, 9))
                self.assertIsInstance(last, NoWorkingTime)
                self.assertRegex(str(first), "calendar.*: (give|choose)")

    def test_nothing_asked(self):
        self.assertEqual(self.office._charter_shift_many([]), [])

    def test_elapsed_months_keep_the_time_of_the_calendar(self):
        [due] = self.office._charter_shift_many(
            [(datetime(2027, 6, 1, 7), Delay(3, "months", "elapsed"), "before")]
        )
        self.assertEqual(due, datetime(2027, 3, 1, 8), "9:00 in Paris, before as after the clocks change")

    def test_only_closures_of_this_company_count(self):
        at = datetime(2026, 11, 4, 8)
        other = self.env["res.company"].create({"name": "Other"})
        nowhere = self.env["resource.calendar"]
        resource = self.env["resource.resource"].create({"name": "Somebody", "calendar_id": self.office.id})
        closed = [datetime(2026, 11, 4, 0), datetime(2026, 11, 4, 22)]
        open_for = [
            ("another company", self._close(nowhere.with_company(other), *closed)),
            ("somebody's own", self._close(self.office, *closed, resource_id=resource.id)),
            ("training, not time off", self._close(self.office, *closed, time_type="other")),
            ("another calendar", self._close(self.calendars["nights"], *closed)),
        ]
        request = [(at, Delay(1, "hours", "working"), "after")]
        self.assertEqual(open_for[0][1].company_id, other)
        self.assertEqual(self.office._charter_shift_many(request), [datetime(2026, 11, 4, 9)])
        closed_for = {
            "its calendar": (self.office, self.company),
            "its company, any calendar": (nowhere, self.company),
            "no company, any calendar": (nowhere, self.env["res.company"]),
        }
        for name, (calendar, company) in closed_for.items():
            with self.subTest(name):
                leave = self._close(calendar, *closed)
                leave.company_id = company
                self.assertEqual(self.office._charter_shift_many(request), [datetime(2026, 11, 5, 8)])
                leave.unlink()

    def test_same_for_everybody(self):
        """A portal user reads no closure, yet what they trigger is due when it would be for staff."""
        portal = self.env["res.users"].create(
            {"name": "P", "login": "p", "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )
        request = [(datetime(2026, 12, 23, 15), Delay(4, "hours", "working"), "after")]
        expected = self.office._charter_shift_many(request)
        self.env.invalidate_all()
        self.assertEqual(self.office.with_user(portal)._charter_shift_many(request), expected)
        traveller = self.office.with_context(employee_timezone="Asia/Tokyo", tz="Asia/Tokyo")
        self.assertEqual(traveller._charter_shift_many(request), expected)

    def test_queries_do_not_grow(self):
        for count in (1, 1000):
            requests = [
                (self._moment(), Delay(self.random.choice([4, 8, 48]), "hours", "working"), "after")
                for _ in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(count), self.assertQueryCount(3):
                self.office._charter_shift_many(requests)
