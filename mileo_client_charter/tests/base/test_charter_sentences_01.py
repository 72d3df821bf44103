"""Article 01 of the charter, sentence by sentence, also when life is irregular: people, reports, notices."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.tests import tagged

from ..cases.common import CharterCase
from ..cases.own_rows import foreign_rows

A_DAY = datetime(2026, 11, 10, 9, 0)  # a Tuesday, 10:00 in Paris


@tagged("post_install", "-at_install")
class TestSentencesReports(CharterCase):
    """« produire un reporting régulier de l'activité : rapport mensuel … trimestriel … »"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.comfort = cls.env.ref("mileo_client_charter.tier_comfort")
        cls.other, cls.bob, cls.bea = cls._client("Bastide")
        with freeze_time(datetime(2026, 9, 1, 7, 0)):
            cls.contract = cls._contract(cls.client, start="2026-09-01", end="2028-08-31")
        cls.env.flush_all()

    def schedule(self):
        with self.committing():
            self.env["charter.scheduler"]._cron_schedule()
            self.env["charter.report"]._cron_report()
        self.env.flush_all()

    def promises(self, code="report.delivery", contract=None, **values):
        found = self.env["charter.obligation"].search(
            [("contract_id", "=", (contract or self.contract).id), ("code", "=", code)],
            order="trigger_at, id",
        )
        return found.filtered(lambda row: all(row[name] == value for name, value in values.items()))

    def days(self, contract=None):
        """[(client, first day, last day)] that promises of reports cover, those that are not cancelled."""
        report = self.env["charter.report"]
        return [
            (row.partner_id, *map(str, report._days_of(row)))
            for row in self.promises(contract=contract).filtered(lambda row: row.state != "cancelled")
        ]

    def never_twice_never_missing(self, client, first, last, contract=None):
        """Each day from ``first`` to ``last`` is in one report of ``client``, and no report was owed already when opened."""
        days = []
        for owner, begins, ends in self.days(contract):
            if owner == client:
                begins, ends = date.fromisoformat(begins), date.fromisoformat(ends)
                days += [begins + timedelta(days=number) for number in range((ends - begins).days + 1)]
        self.assertEqual(len(days), len(set(days)), "a day is reported twice")
        wanted = {first + timedelta(days=number) for number in range((last - first).days + 1)}
        self.assertLessEqual(wanted, set(days), f"days in no report: {sorted(wanted - set(days))[:3]}")

    def work(self, client, moment, **values):
        contact = values.pop("contact", client.child_ids[:1])
        with self.at(moment=moment):
            done = self.env["charter.intervention"].create(
                {
                    "name": f"Work for {client.name}",
                    "partner_id": client.id,
                    "contact_ids": contact.ids,
                    **values,
                }
            )
            done.action_close()
        return done

    # -- 8. a contract that moves to another customer ---------------------------------------------------

    def test_a_contract_that_moves_leaves_each_client_its_own(self):
        self.work(self.client, datetime(2026, 11, 3, 9), contract_id=self.contract.id)
        camera = self.env["charter.equipment"].create(
            {"name": "Camera", "partner_id": self.client.id, "contract_id": self.contract.id,
             "supervised_from": "2026-09-01"}
        )  # fmt: skip
        advice = self.env["charter.recommendation"].create(
            {
                "name": "Replace it",
                "advice": "It is old.",
                "benefit": "Less noise.",
                "contract_id": self.contract.id,
            }
        )
        with self.at(moment=A_DAY):
            self.schedule()
            self.contract.partner_id = self.other
            self.env.flush_all()
        self.work(self.other, datetime(2026, 11, 12, 9), contract_id=self.contract.id)
        self.work(self.client, datetime(2026, 11, 10, 8))  # that very morning, without a contract
        with self.at(moment=datetime(2026, 12, 2, 9)):
            self.schedule()
        with self.subTest("the old client has a last report of its own days, the new one begins that day"):
            self.never_twice_never_missing(self.client, date(2026, 9, 1), date(2026, 11, 10))
            self.never_twice_never_missing(self.other, date(2026, 11, 10), date(2026, 11, 30))
            self.assertEqual(
                max(last for who, _first, last in self.days() if who == self.client), "2026-11-10"
            )
        with self.subTest("nothing else is owed to the old client"):
            owed = self.env["charter.obligation"].search(
                [
                    ("partner_id", "=", self.client.id),
                    ("state", "=", "open"),
                    ("code", "!=", "report.delivery"),
                ]
            )
            self.assertFalse(owed.filtered(lambda row: row.contract_id == self.contract).mapped("code"))
            self.assertTrue(
                all(row.cancel_reason for row in self.promises("review.annual", state="cancelled"))
            )
        with self.subTest("the new one has its charter, its sheet and its first promises"):
            codes = self.env["charter.obligation"].search([("partner_id", "=", self.other.id)]).mapped("code")
            self.assertLessEqual(
                {"charter.copy", "contacts.sheet", "report.delivery", "interview.biannual"}, set(codes)
            )
        with self.subTest("its reports hold its own rows"):
            reports = self.env["charter.report"].search([("contract_id", "=", self.contract.id)])
            last = reports.filtered(lambda r: r.partner_id == self.client and str(r.last_day) == "2026-11-10")
            names = [row["name"] for row in last.table["details"]["interventions"]]
            self.assertEqual(names, ["Work for Alpine", "Work for Alpine"])
            new = reports.filtered(lambda r: r.partner_id == self.other)
            self.assertEqual(new.mapped("error"), [False])
            self.assertEqual(
                [row["name"] for row in new.table["details"]["interventions"]], ["Work for Bastide"]
            )
            self.assertEqual([new.table["recommendations"], new.table["details"]["equipment"]], [[], []])
        self.assertEqual([advice.partner_id, camera.partner_id], [self.client, self.client])
        self.assertFalse(camera.contract_id)
        self.assertEqual(foreign_rows(self.env), [])

    def test_moves_of_all_shapes(self):
        cases = [
            ("back again within the month", [(10, self.other), (20, self.client)]),
            ("twice", [(5, self.other), (25, self._client("Cedar")[0])]),
            ("there and back on one day", [(10, self.other), (10, self.client)]),
        ]
        for name, moves in cases:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.at(moment=datetime(2026, 11, 2, 9)):
                    self.schedule()
                for day, client in moves:
                    with self.at(moment=datetime(2026, 11, day, 9)):
                        self.contract.partner_id = client
                        self.env.flush_all()
                with self.at(moment=datetime(2027, 1, 4, 9)):
                    self.schedule()
                self.assertEqual(foreign_rows(self.env), [])
                holder = {}
                for day in range(1, 31):
                    for at, client in moves:
                        if at <= day:
                            holder[day] = client
                for client in {client for _day, client in moves}:
                    own = [day for day, one in holder.items() if one == client]
                    if own:
                        self.never_twice_never_missing(
                            client, date(2026, 11, min(own)), date(2026, 11, min(own))
                        )
                    self.never_twice_never_missing(client, date(2027, 1, 1), date(2026, 12, 31))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_contact_that_goes_to_another_company_takes_the_contract_not_the_past(self):
        self.contract.partner_id = self.alice
        done = self.work(self.client, datetime(2026, 11, 3, 9), partner_id=self.alice.id)
        with self.at(moment=A_DAY):
            self.alice.parent_id = self.other
            self.env.flush_all()
        self.assertEqual(
            [done.commercial_partner_id, self.contract.commercial_partner_id], [self.client, self.other]
        )
        self.assertTrue(self.promises("report.delivery", partner_id=self.other))
        self.assertEqual(foreign_rows(self.env), [])

    # -- 14. no period lost, none born late, no day twice ------------------------------------------------

    def test_finished_periods_are_never_lost_nor_born_late(self):
        def tier(name):
            return lambda: self.contract.write({"charter_tier_id": getattr(self, name).id})

        def archive():
            self.contract.active = False

        def leave():
            self.contract.charter_tier_id = False

        cases = [
            # the change, its day, the last day that is to be reported on 3 February 2027
            ("monthly to quarterly, after a finished month", [(datetime(2026, 11, 5, 9), tier("comfort"))], date(2026, 12, 31)),
            ("monthly to quarterly and back", [(datetime(2026, 11, 5, 9), tier("comfort")),
                                               (datetime(2026, 11, 25, 9), tier("premium"))], date(2027, 1, 31)),
            ("archived with a finished month not sent", [(datetime(2026, 11, 5, 9), archive)], date(2026, 11, 5)),
            ("left with a finished month not sent", [(datetime(2026, 11, 5, 9), leave)], date(2026, 11, 5)),
        ]  # fmt: skip
        for name, changes, last in cases:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.at(moment=datetime(2026, 11, 2, 9)):
                    self.schedule()
                for moment, change in changes:
                    with self.at(moment=moment):
                        before = self.promises()
                        change()
                        self.env.flush_all()
                        self.assertFalse(
                            (self.promises() - before).filtered(lambda row, at=moment: row.due_at <= at),
                            "a promise was opened already due",
                        )
                with self.at(moment=datetime(2027, 2, 3, 9)):
                    self.schedule()
                self.never_twice_never_missing(self.client, date(2026, 9, 1), last)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_quarter_that_becomes_months_is_whole_and_in_time(self):
        with self.at(moment=datetime(2026, 9, 1, 9)):
            contract = self._contract(self.other, self.comfort, start="2026-09-01", end="2028-08-31")
        with self.at(moment=datetime(2026, 11, 20, 9)):
            contract.charter_tier_id = self.premium
            self.env.flush_all()
            october = self.promises(contract=contract).filtered(lambda row: row.occurrence == "2026-10")
            self.assertEqual(str(october.due_at), "2026-11-30 09:00:00")
            self.assertIn("2026-11-20", october.history)
        with self.at(moment=datetime(2027, 1, 3, 9)):
            self.schedule()
        self.never_twice_never_missing(self.other, date(2026, 9, 1), date(2026, 12, 31), contract)

    def test_a_start_said_late_loses_no_day(self):
        with self.at(moment=datetime(2026, 11, 20, 9)):
            late = self._contract(self.other, start="2026-09-01", charter_since="2026-09-15")
            rows = self.promises(contract=late)
            self.assertFalse(
                rows.filtered(lambda row: row.due_at <= row.opened_at or row.due_at <= fields.Datetime.now())
            )
            self.never_twice_never_missing(self.other, date(2026, 9, 15), date(2026, 11, 30), late)
            late.charter_since = "2026-08-20"
            self.env.flush_all()
            self.never_twice_never_missing(self.other, date(2026, 8, 20), date(2026, 11, 30), late)

    def test_what_the_server_missed_is_late_all_the_same(self):
        with self.at(moment=datetime(2026, 12, 20, 9)):
            self.schedule()
        self.assertIn(
            "2026-10",
            self.promises().filtered(lambda row: row.due_at < datetime(2026, 12, 1)).mapped("occurrence"),
        )

    # -- f12. days are the company's ---------------------------------------------------------------------

    def test_a_contract_ends_with_the_day_of_its_company(self):
        calendar = self.company.resource_calendar_id
        cases = [
            ("America/Martinique", "2027-01-01 01:00:00", True),
            ("America/Martinique", "2027-01-01 05:00:00", False),
            ("Pacific/Auckland", "2026-12-31 10:00:00", True),
            ("Pacific/Auckland", "2026-12-31 12:00:00", False),
            ("Europe/Paris", "2026-12-31 22:59:00", True),
            ("Europe/Paris", "2026-12-31 23:01:00", False),
        ]
        self.contract.contract_line_ids.write({"date_end": "2026-12-31"})
        contracts = self.env["contract.contract"].with_user(self.env.ref("base.user_root"))
        for tz, moment, running in cases:
            calendar.tz = tz
            with self.subTest(f"{tz} {moment}"), freeze_time(moment):
                self.env.flush_all()
                found = contracts.search([*contracts._charter_active_domain(), ("id", "=", self.contract.id)])
                self.assertEqual(bool(found), running)
                self.assertEqual(
                    self.client in self.env["res.partner"]._charter_clients(self.company), running
                )

    def test_the_window_of_lifecycle_dates_is_whole_local_days(self):
        camera = self.env["charter.equipment"].create(
            {"name": "Camera", "partner_id": self.client.id, "contract_id": self.contract.id}
        )
        figures = self.env["charter.figures"].sudo()
        for tz in ("Europe/Paris", "America/Martinique", "Indian/Reunion"):
            self.client.tz = tz
            for day, listed in (
                ("2026-10-31", False),
                ("2026-11-01", True),
                ("2027-10-31", True),
                ("2027-11-01", False),
            ):
                camera.milestone_ids = [
                    Command.clear(),
                    Command.create({"kind": "end_of_support", "date": day}),
                ]
                self.env.flush_all()
                rows = figures._details_of({self.contract: (date(2026, 10, 1), date(2026, 10, 31))})
                with self.subTest(f"{tz} {day}"):
                    self.assertEqual(bool(rows[self.contract.id]["milestones"]), listed)
