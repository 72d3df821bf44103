"""Article 01 of the charter, sentence by sentence, also when life is irregular: people, reports, notices."""

import json
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import IntegrityError

from ...models.base.charter_engine import charter_door
from ...models.base.charter_own_client import owner_of
from ...tools.clock import Delay
from ..cases.common import CharterCase
from ..cases.invariants import (
    promises_are_owed_to_the_client_of_the_contract as promises_are_owed_to_the_client,
)
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

    def test_what_was_late_for_the_former_client_is_not_made_up_with_the_new_one(self):
        """Found by ``bin/test --years`` (seed 1): an interview that was overdue was opened anew with the new client."""
        with self.at(moment=datetime(2027, 3, 10, 9)):
            self.schedule()
            self.tick()
            late = self.promises("interview.biannual", state="late")
            self.assertTrue(late.is_owed)
            self.contract.partner_id = self.other
            self.env.flush_all()
        with self.at(moment=datetime(2027, 3, 11, 9)):
            self.schedule()
        self.assertEqual([late.is_owed, late.missed, bool(late.cancel_reason)], [False, 1, True])
        reviews = self.env["charter.review"].search([("contract_id", "=", self.contract.id)])
        self.assertEqual(
            reviews.filtered(lambda one: one.state == "draft").partner_id | self.other, self.other
        )
        self.assertEqual(foreign_rows(self.env), [])

    def test_a_contract_out_of_the_charter_that_moves_owes_the_new_client_nothing_of_the_past(self):
        """Found by ``bin/test --years`` (seed 1): what a contract still owed when it ended or left was owed on under another's.

        (how it left the charter, how it moves then): the invariant of every evening, the night after.
        """

        def ended():
            self.contract.contract_line_ids.write({"date_end": "2027-03-10", "is_auto_renew": False})

        def archived():
            self.contract.active = False

        def without_tier():
            self.contract.charter_tier_id = False

        def customer():
            self.contract.partner_id = self.other

        def company_of_its_contact():
            self.alice.parent_id = self.other

        for leave in (ended, archived, without_tier):
            for move in (customer, company_of_its_contact):
                with self.subTest(leave.__name__, move=move.__name__), self.env.cr.savepoint() as savepoint:
                    self.contract.partner_id = self.alice
                    with self.at(moment=datetime(2027, 3, 10, 9)):
                        self.schedule()
                        self.tick()
                        leave()
                        self.env.flush_all()
                    with self.at(moment=datetime(2027, 3, 11, 9)):
                        self.schedule()
                        late = self.promises("interview.biannual", state="late")
                        self.assertTrue(late.is_owed, "it was late, and is still to be done")
                        move()
                        self.env.flush_all()
                    with self.at(moment=datetime(2027, 3, 12, 9)) as now:
                        self.schedule()
                        self.assertEqual(list(promises_are_owed_to_the_client(self.env, now, None)), [])
                    self.assertEqual([late.is_owed, late.missed, bool(late.cancel_reason)], [False, 1, True])
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_the_database_refuses_a_foreign_row_in_a_document(self):
        """From the registry: each link of each document, and each id in its frozen table, once with a row of another client."""
        documents = [
            self.env[name]
            for name in sorted(self.env.registry.descendants(["charter.own.client.mixin"], "_inherit"))
            if self.env[name]._auto and not self.env[name]._abstract
        ]
        self.assertEqual(
            [model._name for model in documents],
            ["charter.delivery", "charter.recommendation", "charter.report", "charter.review"],
        )
        with self.at(moment=datetime(2026, 9, 1, 9)):
            foreign = self._contract(self.other, start="2026-03-01", end="2027-02-28")
            self.env["charter.renewal"]._charter_new(foreign, date(2029, 12, 31))
        self.work(self.other, datetime(2026, 10, 5, 9))
        with self.at(moment=A_DAY):
            self.say_and_escalate(self.other)
            said = self.env["charter.escalation"].search([("partner_id", "=", self.other.id)], limit=1)
            said.with_user(self.operations)._charter_correct(
                {"name": "Heard again"}, "Heard wrongly on the phone."
            )
            self.schedule()
            notice = self.env["charter.notice"].create({"name": "L 1", "effect_on": "2027-06-01"})
            self.env["charter.notice.line"]._charter_engine().create(
                {"notice_id": notice.id, "partner_id": self.other.id}
            )
            theirs = self.env["charter.report"].search([("partner_id", "=", self.other.id)], limit=1)
            self.advice_of(theirs)
            own = self.own_documents()
        self.env.flush_all()
        tried = set()
        for model in documents:
            columns = model._charter_own_links()
            for column, strange in self.strangers(model, columns):
                row = own[model._name]
                with self.subTest(model=model._name, column=column):
                    tried.add((model._name, column.partition(":")[0]))
                    with (
                        self.assertRaises(IntegrityError) as caught,
                        mute_logger("odoo.sql_db"),
                        self.env.cr.savepoint(),
                        charter_door(self.env.cr),
                    ):
                        self.env.cr.execute(strange(row.id))
                    self.assertEqual(caught.exception.diag.constraint_name, "charter_own_client")
                    self.assertIn("another client", row._sql_error_to_message(caught.exception))
        wanted = {(model._name, column) for model in documents for column in model._charter_own_links()}
        self.assertEqual(wanted - tried, set(), "no row of another client was at hand")
        self.env.invalidate_all()

    def say_and_escalate(self, client):
        contact = client.child_ids[:1]
        self.negative(contact)
        self.escalate(contact)

    def advice_of(self, report):
        return self.env["charter.recommendation"].create(
            {
                "name": "Replace it", "advice": "It is old.", "benefit": "Less noise.",
                "contract_id": report.contract_id.id, "report_id": report.id,
            }
        )  # fmt: skip

    def own_documents(self):
        """{model: a document of the client}"""
        report = self.env["charter.report"].search([("partner_id", "=", self.client.id)], limit=1)
        delivery = self.own_delivery()
        review = self.env["charter.review"].create({"contract_id": self.contract.id})
        advice = self.advice_of(report)
        return {one._name: one for one in (report, delivery, review, advice)}

    def strangers(self, model, columns):
        """[(column, function of a row's id)] of UPDATEs that put a row of the other client into each link, and into each part
        of a frozen table."""
        for column in columns:
            paths = model._charter_frozen_rows.get(column, {})
            for path, name in paths.items():
                rows = json.dumps([{"id": self.theirs(self.env[name]).id}])
                part = SQL("jsonb_set(%s, %s, %s)", SQL.identifier(column), path.split("."), rows)
                yield f"{column}: {path}", self.updating(model, **{column: part})
            if paths:
                continue
            if column == "res_id":
                escalation = self.theirs(self.env["charter.escalation"])
                yield column, self.updating(model, res_model=escalation._name, res_id=escalation.id)
                continue
            used = self.env[model._name].sudo().search([(column, "!=", False)])[column].ids
            found = self.theirs(self.env[model._fields[column].comodel_name], ("id", "not in", used))
            if found:
                yield column, self.updating(model, **{column: found.id})

    def theirs(self, model, *domain):
        owner = "commercial_partner_id" if model._name == "res.partner" else owner_of(model)
        return model.sudo().search([(owner, "=", self.other.id), *domain], limit=1)

    def updating(self, model, **values):
        changes = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
        )
        return lambda row: SQL("UPDATE %s SET %s WHERE id = %s", SQL.identifier(model._table), changes, row)

    def test_a_contact_who_left_since_does_not_hold_up_its_documents(self):
        """Found by ``bin/test --years`` (seed 3): only what changes is checked, not who has gone to another client since."""
        with self.at(moment=A_DAY):
            delivery = self.own_delivery()
            self.alice.parent_id = self.other
            self.env.flush_all()
            delivery._charter_engine().write({"res_model": "res.partner", "res_id": self.client.id})
            self.env.flush_all()
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                delivery._charter_engine().contact_id = self.other
                self.env.flush_all()

    def own_delivery(self):
        return self.env["charter.delivery"]._queue(
            [{"kind": "contacts", "partner_id": self.client.id, "contact_id": self.alice.id,
              "company_id": self.company.id, "subject": "Sheet", "body": "<p>Sheet</p>"}]
        )  # fmt: skip

    def test_merged_clients_keep_their_documents(self):
        """The rows of two clients that become one move table by table: none of them is refused on the way."""
        with self.at(moment=A_DAY):
            self._contract(self.other, start="2026-03-01", end="2027-02-28")
            self.schedule()
            self.say_and_escalate(self.other)
            before = self.env["charter.delivery"].search_count([("partner_id", "=", self.other.id)])
            self.env["base.partner.merge.automatic.wizard"]._merge(
                (self.client | self.other).ids, self.client, extra_checks=False
            )
            self.env.flush_all()
        self.assertEqual(foreign_rows(self.env), [])
        self.assertFalse(self.other.exists())
        self.assertGreaterEqual(
            self.env["charter.delivery"].search_count([("partner_id", "=", self.client.id)]), before
        )

    def test_a_second_contract_of_a_client(self):
        """The charter and the sheet once a client; reports, reviews and decisions once a contract; a leaving one takes its own."""
        with self.at(moment=datetime(2026, 9, 1, 9)):
            self.schedule()
        with self.at(moment=A_DAY):
            second = self._contract(self.client, self.comfort, start="2026-03-01", end="2027-02-28")
            self.schedule()
        ledger = self.env["charter.obligation"].search([("partner_id", "=", self.client.id)])
        codes = ledger.mapped("code")
        self.assertEqual((codes.count("charter.copy"), codes.count("contacts.sheet")), (1, 1))
        for contract in (self.contract, second):
            for code in ("report.delivery", "review.annual"):
                self.assertTrue(self.promises(code, contract), f"{contract.name}: {code}")
        self.never_twice_never_missing(self.client, date(2026, 11, 10), date(2026, 12, 31), second)
        before = self.promises(contract=second) | ledger.filtered(lambda row: row.res_model == "res.partner")
        states = before.mapped("state")
        with self.at(moment=datetime(2026, 11, 20, 9)):
            self.contract.charter_tier_id = False
            self.schedule()
        self.assertEqual(before.mapped("state"), states, "what the other contract promised stays")
        self.assertFalse(
            self.promises("review.annual").filtered(lambda row: row.state == "open"), "its own ended with it"
        )

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


@tagged("post_install", "-at_install")
class TestSentencesNotices(CharterCase):
    """« informer proactivement ses clients de toute évolution … au moins 60 jours avant l'échéance »"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False
        cls.env["charter.equipment"].search([]).active = False
        cls.env["charter.notice"].search(
            [("state", "in", ("draft", "open"))]
        )._charter_engine().state = "closed"
        cls.other, cls.bob, _bea = cls._client("Bastide")
        with freeze_time(datetime(2026, 9, 1, 7, 0)):
            for client in (cls.client, cls.other):
                cls._contract(client, start="2026-09-01", end="2028-08-31")

    def camera(self, client, day=None, **values):
        camera = self.env["charter.equipment"].create(
            {"name": "Camera", "maker": "Lynx", "model": "L 1", "partner_id": client.id, **values}
        )
        if day:
            camera.milestone_ids = [Command.create({"kind": "end_of_support", "date": day})]
        return camera

    def night(self, moment):
        with self.at(moment=moment), self.committing():
            self.env["charter.scheduler"]._cron_schedule()
            self.env.flush_all()

    def notices(self):
        return self.env["charter.notice"].search([("state", "in", ("draft", "open"))], order="effect_on")

    def owed(self, line):
        return self.promise(line, "notice.advance").filtered("is_owed")

    def send(self, notice, moment):
        with self.at(moment=moment):
            notice.write({"body": "<p>It ends.</p>", "advice": "Replace it.", "late_reason": "Known late."})
            notice.action_send()
            self.env.flush_all()

    def test_two_dates_of_one_model(self):
        mine, theirs = (
            self.camera(self.client, "2027-01-20"),
            self.camera(self.other, "2027-02-10", maker="LYNX ", model="l 1"),
        )
        self.night(datetime(2026, 11, 10, 3))
        first, second = self.notices()
        self.assertEqual([n.line_ids.equipment_ids for n in (first, second)], [mine, theirs])
        for notice in (first, second):
            self.send(notice, datetime(2026, 11, 10, 9))
        mails = len(self.mails_to(self.alice))
        for day in range(11, 15):
            self.night(datetime(2026, 11, day, 3))
        self.assertEqual(len(self.mails_to(self.alice)), mails, "once a date")
        self.assertEqual([str(n.effect_on) for n in self.notices()], ["2027-01-20", "2027-02-10"])
        with self.at(moment=datetime(2026, 11, 14, 9)):
            [listed] = self.env["charter.defect"].search([("kind", "=", "contradictory")])
            self.assertIn("2027-01-20, 2027-02-10", listed.detail)
        # mended: the first date was right
        with self.at(moment=datetime(2026, 11, 14, 9)):
            theirs.milestone_ids.date = "2027-01-20"
        self.night(datetime(2026, 11, 15, 3))
        self.assertEqual([n.line_ids.partner_id for n in self.notices()], [self.client | self.other])
        with self.at(moment=datetime(2026, 11, 15, 9)):
            self.assertFalse(self.env["charter.defect"].search([("kind", "=", "contradictory")]))

    def test_a_date_that_passes_is_not_another_one(self):
        """Found by ``bin/test --years`` (seed 5): on its day, the notice took the date that another client's equipment has."""
        for told, other_day in (
            (False, "2027-02-10"),
            (False, "2027-12-01"),
            (True, "2027-02-10"),
            (True, "2027-12-01"),
        ):
            with self.subTest(told=told, other_day=other_day), self.env.cr.savepoint() as savepoint:
                self.camera(self.client, "2027-01-20")
                self.camera(self.other, other_day)
                self.night(datetime(2026, 11, 10, 3))
                notice = self.notices()[0]
                if told:
                    self.send(notice, datetime(2026, 11, 10, 9))
                promise = self.promise(notice.line_ids, "notice.advance")
                for day in (18, 19, 20, 21):
                    with self.at(moment=datetime(2027, 1, day, 2)):
                        self.tick()
                    self.night(datetime(2027, 1, day, 3))
                self.assertEqual(str(notice.effect_on), "2027-01-20")
                self.assertFalse(promise.withdrawn)
                self.assertEqual(len(self.promise(notice.line_ids, "notice.advance")), 1, "and no other one")
                savepoint.rollback()
                self.env.invalidate_all()

    def told(self, *cameras):
        """A notice of 20 January that each client of these cameras has been sent; the mails have left."""
        self.night(datetime(2026, 11, 10, 3))
        [notice] = self.notices()
        self.send(notice, datetime(2026, 11, 10, 9))
        self.leave(10)
        self.assertEqual(notice.line_ids.equipment_ids, self.env["charter.equipment"].union(*cameras))
        return notice

    def leave(self, day):
        """The mails queued by that morning of November leave: this is what keeps the promise."""
        with self.at(moment=datetime(2026, 11, day, 9)):
            queued = [("kind", "=", "notice"), ("state", "=", "queued")]
            self.env["charter.delivery"].search(queued)._mail_left()
            self.env.flush_all()

    def place(self, camera):
        """[(date, told on the first night or not)] of the live notices that have this camera."""
        lines = self.notices().line_ids.filtered(lambda line: camera in line.equipment_ids)
        return [(str(line.effect_on), bool(line.sent_at)) for line in lines]

    def test_a_date_that_changes_for_some_devices_is_told_at_once(self):
        """(what their own date is by now, what their client reads of it, in which notice the camera is)

        One camera of the client and one of another client keep the date that was announced.
        """
        announced = {"status": "announced"}
        for name, values, words, place in (
            ("later, beyond the horizon", {"date": "2027-12-01", **announced}, "December 2027", [("2027-12-01", True)]),
            ("later, within it", {"date": "2027-02-10", **announced}, "February 2027", [("2027-02-10", True)]),
            ("earlier", {"date": "2026-12-20", **announced}, "December 2026", [("2026-12-20", True)]),
            ("it is over", {"date": "2026-10-01", **announced}, "October 2026", []),
            ("withdrawn", {"date": False, "status": "none_announced"}, "no date is announced", []),
        ):  # fmt: skip
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                moved, stays, theirs = (
                    self.camera(self.client, "2027-01-20", name="Gate"),
                    self.camera(self.client, "2027-01-20", name="Lobby"),
                    self.camera(self.other, "2027-01-20"),
                )
                notice = self.told(moved, stays, theirs)
                mine = notice.line_ids.filtered(lambda line: line.partner_id == self.client)
                before = {contact: len(self.mails_to(contact)) for contact in (self.alice, self.bob)}
                with self.at(moment=datetime(2026, 11, 12, 9)):
                    moved.milestone_ids.write(values)
                for day in range(13, 17):
                    self.night(datetime(2026, 11, day, 3))
                    self.leave(day)
                mails = self.mails_to(self.alice).sorted("id")
                self.assertEqual(len(mails), before[self.alice] + 1, "told of the change, and once")
                self.assertEqual(
                    len(self.mails_to(self.bob)), before[self.bob], "nothing changed for the other"
                )
                for part in ("Gate", "20 January 2027", words):
                    self.assertIn(part, mails[-1].body_html)
                if place:
                    self.assertNotIn("Lobby", mails[-1].body_html, "its date is what it was")
                self.assertEqual((self.place(moved), self.place(stays)), (place, [("2027-01-20", True)]))
                self.assertEqual(self.place(theirs), [("2027-01-20", True)])
                promises = (self.notices().line_ids | mine).obligation_ids
                self.assertEqual(set(promises.mapped("state")), {"kept"})
                self.assertFalse([row for row in promises if row.due_at < row.opened_at])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_all_that_becomes_of_a_date_that_was_told(self):
        """(dates of the two clients' cameras by now, where each is: a date of a client's own, told at once)"""
        for name, dates, places in (
            ("both moved, to two dates", ("2027-03-01", "2027-12-01"), ("2027-03-01", "2027-12-01")),
            ("both moved, to one", ("2027-12-01", "2027-12-01"), ("2027-12-01", "2027-12-01")),
            ("one moved, one withdrawn", ("2027-03-01", None), ("2027-03-01", None)),
            ("withdrawn for all", (None, None), (None, None)),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                cameras = [self.camera(client, "2027-01-20") for client in (self.client, self.other)]
                notice = self.told(*cameras)
                lines = notice.line_ids
                before = [len(self.mails_to(contact)) for contact in (self.alice, self.bob)]
                with self.at(moment=datetime(2026, 11, 12, 9)):
                    for camera, day in zip(cameras, dates, strict=True):
                        camera.milestone_ids.write(
                            {"date": day, "status": "announced" if day else "none_announced"}
                        )
                for day in range(13, 17):
                    self.night(datetime(2026, 11, day, 3))
                    self.leave(day)
                after = [len(self.mails_to(contact)) for contact in (self.alice, self.bob)]
                self.assertEqual(after, [number + 1 for number in before], "each is told at once, and once")
                for camera, day in zip(cameras, places, strict=True):
                    self.assertEqual(self.place(camera), [(day, True)] if day else [])
                promises = (self.notices().line_ids | lines).obligation_ids
                self.assertFalse(promises.filtered("is_owed"), "nothing is left to be said")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_draft_follows_the_date_of_each_device(self):
        """Nobody has been told yet: each client is owed its own equipment's date, and nobody what is announced no more."""
        for name, day, places in (
            ("later, within the horizon", "2027-02-10", [("2027-02-10", False)]),
            ("later, beyond it", "2027-12-01", []),
            ("withdrawn", None, []),
        ):
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                moved, stays = (self.camera(client, "2027-01-20") for client in (self.client, self.other))
                self.night(datetime(2026, 11, 10, 3))
                with self.at(moment=datetime(2026, 11, 12, 9)):
                    moved.milestone_ids.write(
                        {"date": day, "status": "announced" if day else "none_announced"}
                    )
                for number in (13, 14):
                    self.night(datetime(2026, 11, number, 3))
                self.assertEqual((self.place(moved), self.place(stays)), (places, [("2027-01-20", False)]))
                owed = self.env["charter.obligation"].search(
                    [
                        ("partner_id", "=", self.client.id),
                        ("code", "=", "notice.advance"),
                        ("is_owed", "=", True),
                    ]
                )
                self.assertEqual([row.occurrence[:10] for row in owed], [day for day, _told in places])
                self.assertFalse(
                    self.mails_to(self.alice).filtered(lambda mail: "L 1" in (mail.subject or ""))
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_draft_whose_date_is_withdrawn_is_owed_no_more(self):
        camera = self.camera(self.client, "2027-01-20")
        self.night(datetime(2026, 11, 10, 3))
        promise = self.owed(self.notices().line_ids)
        with self.at(moment=datetime(2026, 11, 12, 9)):
            camera.milestone_ids.unlink()
        self.night(datetime(2026, 11, 13, 3))
        self.assertFalse(self.notices())
        self.assertEqual((promise.state, promise.withdrawn), ("cancelled", True))

    def test_equipment_that_goes_to_another_client_leaves_the_notices_of_the_former_one(self):
        """(informed already, or not) The new client is informed as of equipment that joins; the former one reads nothing of it."""
        for told in (True, False):
            with self.subTest(told=told), self.env.cr.savepoint() as savepoint:
                camera = self.camera(self.client, "2027-01-20", name="Gate")
                if told:
                    notice = self.told(camera)
                else:
                    self.night(datetime(2026, 11, 10, 3))
                    notice = self.notices()
                line = notice.line_ids
                mails = len(self.mails_to(self.alice))
                with self.at(moment=datetime(2026, 11, 12, 9)):
                    camera.write({"partner_id": self.other.id, "site_id": False, "contract_id": False})
                    self.env.flush_all()
                foreign = [
                    one
                    for one in foreign_rows(self.env)
                    if one.startswith(("charter.notice", "charter.recommend"))
                ]
                self.assertFalse(foreign)
                self.night(datetime(2026, 11, 13, 3))
                self.leave(13)
                self.assertEqual(self.place(camera), [("2027-01-20", told)])
                self.assertEqual(bool(line.exists()), told)
                self.assertFalse(line.exists().equipment_ids)
                self.assertEqual(len(self.mails_to(self.alice)), mails)
                owed = self.env["charter.obligation"].search(
                    [
                        ("partner_id", "=", self.client.id),
                        ("code", "=", "notice.advance"),
                        ("is_owed", "=", True),
                    ]
                )
                self.assertFalse(owed)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_date_away_and_back_keeps_its_promise(self):
        camera = self.camera(self.client, "2027-03-01")
        self.night(datetime(2026, 11, 20, 3))
        [notice] = self.notices()
        for number, day in enumerate(("2027-04-01", "2027-03-01", "2027-04-01", "2027-03-01")):
            camera.milestone_ids.date = day
            self.night(datetime(2026, 11, 21 + number, 3))
            [owed] = self.owed(notice.line_ids)
            self.assertEqual(owed.occurrence.partition("~")[0], day)
            self.assertGreater(owed.due_at, owed.opened_at)

    def test_a_draft_nobody_sends_is_owed_and_follows_its_date(self):
        self.camera(self.client)
        with self.at(moment=datetime(2026, 11, 20, 9)):
            notice = self.env["charter.notice"].create(
                {"name": "NF S 61-931", "kind": "regulation", "regulation": "nf", "effect_on": "2027-06-01",
                 "tier_ids": self.premium.ids}
            )  # fmt: skip
            notice.action_match()
            lines = notice.line_ids
            self.assertEqual(len(self.owed(lines[0])), 1)
            notice.effect_on = "2027-07-01"
            self.assertEqual([row.occurrence for row in self.owed(lines[0])], ["2027-07-01"])
            notice.effect_on = "2027-06-01"
            self.assertEqual([row.occurrence for row in self.owed(lines[0])], ["2027-06-01~2"])
        with self.at(moment=datetime(2027, 4, 1, 9)):
            self.tick()
            self.assertTrue(self.owed(lines[0]).warned_at, "somebody is reminded of it")

    def test_no_notice_is_owed_already_late(self):
        self.camera(self.client, "2026-12-01")
        self.night(datetime(2026, 11, 20, 3))
        [owed] = self.owed(self.notices().line_ids)
        self.assertEqual(owed.due_at, datetime(2026, 11, 25, 23), "five days from when it was known")
        self.assertEqual(owed.state, "open")

    def test_later_equipment_joins(self):
        cases = [
            ("brand and model, written otherwise", {"maker": "lynx", "model": "L 1 "}, True),
            ("another model", {"maker": "Lynx", "model": "L 2"}, False),
            ("no more than its name", {"maker": False, "model": False, "name": "Lynx L 1"}, False),
        ]
        self.camera(self.client, "2027-01-20")
        self.night(datetime(2026, 11, 20, 3))
        [notice] = self.notices()
        for name, values, joins in cases:
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.camera(self.other, **values)
                self.night(datetime(2026, 11, 21, 3))
                self.assertEqual(self.other in notice.line_ids.partner_id, joins)
                listed = self.env["charter.defect"].search([("kind", "=", "unmatchable")]).partner_id
                self.assertEqual(self.other in listed, not values.get("maker"))
                if joins:
                    line = notice.line_ids.filtered(lambda one: one.partner_id == self.other)
                    self.assertEqual(len(self.owed(line)), 1)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_equipment_known_by_name_alone(self):
        self.camera(self.client, "2027-01-20", maker=False, model=False, name="Old NVR")
        self.camera(self.other, maker=False, model=False, name="old nvr ")
        self.night(datetime(2026, 11, 20, 3))
        self.night(datetime(2026, 11, 21, 3))
        self.assertEqual(self.notices().line_ids.partner_id, self.client | self.other)

    def test_given_up_stays_given_up(self):
        self.camera(self.client, "2027-01-20")
        self.night(datetime(2026, 11, 20, 3))
        self.notices().action_cancel()
        self.night(datetime(2026, 11, 21, 3))
        self.assertFalse(self.notices())

    def test_a_regulation_reaches_a_site_without_equipment(self):
        france = self.env.ref("base.fr")
        (self.client | self.other).write({"zip": "75008", "country_id": france.id})
        self.env["res.partner"].create(
            {
                "name": "Depot",
                "type": "delivery",
                "parent_id": self.other.id,
                "zip": "69425 CEDEX 03",
                "country_id": france.id,
            }
        )
        with self.at(moment=datetime(2026, 11, 20, 9)):
            notice = self.env["charter.notice"].create(
                {"name": "Order 69-1", "kind": "regulation", "regulation": "prefectoral", "effect_on": "2027-06-01",
                 "departments": "69"}
            )  # fmt: skip
            notice.action_match()
        self.assertEqual(notice.line_ids.partner_id, self.other)
        with self.subTest("an address that follows its parent's, and one of its own"):
            depot, office = self.env["res.partner"].create(
                [
                    {"name": "Office", "type": "contact", "parent_id": self.client.id},
                    {"name": "Site", "type": "delivery", "parent_id": self.client.id, "zip": "13001", "country_id": france.id},
                ]
            )  # fmt: skip
            cameras = [self.camera(self.client, site_id=site.id) for site in (depot, office)]
            cameras.append(self.camera(self.client))
            self.env.flush_all()
            self.assertEqual([one.department for one in cameras], ["75", "13", "75"])
            self.client.zip = "97411"
            self.env.flush_all()
            self.assertEqual([one.department for one in cameras], ["974", "13", "974"])
            office.write({"zip": "69003"})
            depot.with_user(self.env.user).parent_id.write({"zip": "97150", "city": "Saint-Martin"})
            self.env.flush_all()
            self.assertEqual([one.department for one in cameras], ["978", "69", "978"])
        for code in ("20", "96", "99", "00", "97"):
            with self.subTest(code), self.assertRaisesRegex(ValidationError, "is no code"):
                notice.departments = code


@tagged("post_install", "-at_install")
class TestSentencesHours(CharterCase):
    """« joignables … pendant les heures ouvrées » ; ce que la charte imprime est ce que fait l'horloge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([("resource_id", "=", False)]).unlink()
        cls.calendar = cls.company.resource_calendar_id
        cls.company.partner_id.write(
            {"country_id": cls.env.ref("base.fr").id, "zip": "75008", "lang": "en_US"}
        )
        cls.env["res.lang"]._activate_lang("fr_FR")

    def wizard(self, **values):
        return self.env["charter.holidays.wizard"].with_user(self.admin).create(values)

    def entered(self, calendar=None):
        leaves = self.env["resource.calendar.leaves"].search(
            [("calendar_id", "=", (calendar or self.calendar).id)], order="date_from"
        )
        zone = (calendar or self.calendar).tz
        return [
            (
                str(
                    fields.Datetime.context_timestamp(
                        self.env.user.with_context(tz=zone), one.date_from
                    ).date()
                ),
                one.name,
            )
            for one in leaves
        ]

    def test_public_holidays(self):
        cases = [
            # part, days of 2027, a day of its own and its name
            (False, 11, "2027-07-14", "Fête nationale"),
            ("75", 11, "2027-07-14", "Fête nationale"),
            ("67", 13, "2027-03-26", "Vendredi saint"),
            ("68", 13, "2027-12-26", "Saint-Étienne"),
            ("57", 13, "2027-12-26", "Saint-Étienne"),
            ("973", 12, "2027-06-10", "Abolition de l'esclavage"),
            ("974", 12, "2027-12-20", "Abolition de l'esclavage"),
            ("971", 15, "2027-05-27", "Abolition de l'esclavage"),
        ]
        self.company.partner_id.lang = "fr_FR"
        for part, count, day, name in cases:
            with self.subTest(part), self.at(), self.env.cr.savepoint() as savepoint:
                wizard = self.wizard(part=part, first_year=2027, last_year=2027)
                self.assertEqual(wizard.calendar_ids, self.calendar)
                self.assertEqual(wizard.count, count)
                self.assertIn(name, wizard.preview)
                self.assertEqual(self.entered(), [], "shown before they are written")
                wizard.action_enter()
                self.assertEqual(len(self.entered()), count)
                self.assertIn((day, name), self.entered())
                again = self.wizard(part=part, first_year=2027, last_year=2027)
                self.assertEqual(again.count, 0)
                again.action_enter()
                self.assertEqual(len(self.entered()), count, "never twice")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_public_holidays_in_the_reader_s_language(self):
        """The company's address says English: who enters them reads French, and so are those of the next year called."""
        with self.at():
            wizard = self.wizard(part="67", first_year=2026, last_year=2026).with_context(lang="fr_FR")
            self.assertIn("Saint-Étienne", wizard.preview)
            count = wizard.count
            message = wizard.action_enter()["params"]["message"]
            self.assertIn(f": {count},", message.replace("\N{NO-BREAK SPACE}", " "))
            self.assertIn(self.calendar.name, message)
            self.assertIn(("2026-12-26", "Saint-Étienne"), self.entered())
            with self.committing():
                self.env["resource.calendar"]._cron_holidays()
            self.assertIn(("2027-12-26", "Saint-Étienne"), self.entered())

    def test_what_is_not_known_is_said(self):
        for part, words in (("GES", "57, 67, 68"), ("ZZ", "6AE")):
            with self.subTest(part), self.at(), self.assertRaisesRegex(ValidationError, words):
                self.wizard(part=part).action_enter()
        with self.assertRaises(AccessError):
            self.env["charter.holidays.wizard"].with_user(self.manager).create({})

    def test_no_answer_falls_due_on_a_public_holiday(self):
        with self.at(moment=datetime(2027, 7, 1, 9)):
            self.wizard().action_enter()
            due = self.calendar._charter_shift_many(
                [(datetime(2027, 7, 13, 14, 0), Delay(8, "hours", "working"), "after")]
            )
        self.assertEqual(str(due[0])[:10], "2027-07-15")

    def test_the_next_year_follows_by_itself(self):
        with self.at():
            self.wizard(first_year=2026, last_year=2026).action_enter()
            self.assertTrue(all(day < "2027" for day, _name in self.entered()))
        with self.at(moment=datetime(2027, 11, 2, 9)), self.committing():
            self.env["resource.calendar"]._cron_holidays()
            self.env["resource.calendar"]._cron_holidays()
        self.assertEqual(len([day for day, _name in self.entered() if day.startswith("2028")]), 11)

    def test_a_contract_has_a_calendar_of_its_own(self):
        metz = self.env["resource.calendar"].create(
            {"name": "Metz", "tz": "Europe/Paris", "company_id": self.company.id}
        )
        with self.at():
            contract = self._contract(self.client, charter_calendar_id=metz.id)
            self.assertEqual(self.wizard().calendar_ids, self.calendar | metz)
            self.wizard(part="57", calendar_ids=metz.ids).action_enter()
            self.wizard(calendar_ids=self.calendar.ids).action_enter()
        self.assertEqual(len(self.entered(metz)) - len(self.entered()), 4, "two a year more")
        self.assertEqual(contract.charter_calendar_id, metz)

    def test_calendars_to_mend(self):
        with self.at():
            self._contract(self.client)
            found = self.env["charter.defect"].search([("kind", "in", ("no_closure", "utc_calendar"))])
            self.assertEqual(found.mapped("kind"), ["no_closure"])
            self.wizard().action_enter()
            self.calendar.tz = "UTC"
            self.env.flush_all()
            self.env.invalidate_all()
            found = self.env["charter.defect"].search([("kind", "in", ("no_closure", "utc_calendar"))])
            self.assertEqual(found.mapped("kind"), ["utc_calendar"])
            self.company.partner_id.country_id = self.env.ref("base.is")
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(self.env["charter.defect"].search([("kind", "=", "utc_calendar")]))

    def test_what_is_printed_is_what_the_clock_does(self):
        cases = [
            ("report.delivery", 5, "days", "reports within 5 days.*Premium within 10 days"),
            ("report.delivery", 15, "days", "reports within 15 days"),
            ("interview.biannual", 4, "months", "interview every 4 months.*Premium 2 a year"),
        ]
        for code, delay, unit, words in cases:
            with self.subTest(f"{code} {delay} {unit}"), self.env.cr.savepoint() as savepoint:
                draft = self.document.copy({"version": "v2"})
                draft._commitment(code).write({"delay": delay, "unit": unit, "warn_before": 0})
                with self.assertRaisesRegex(ValidationError, words):
                    draft.action_publish()
                savepoint.rollback()
                self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "Premium within 12 days"):
            self.premium.report_days = 12

    def test_a_figure_typed_as_text_is_that_of_its_commitment(self):
        """(language, article, what is typed, what of it is refused): whoever types “36 hours” where the clock runs 48 is refused."""
        for lang, number, typed, refused in (
            ("en_US", 2, "called back within 48 hours", ""),
            ("en_US", 2, "called back within two days", ""),
            ("en_US", 2, "called back within 36 hours", "36 hours"),
            ("en_US", 2, "called back within thirty-six hours", "thirty-six hours"),
            ("en_US", 2, "called back within 48 working hours", "48 working hours"),
            ("en_US", 2, "a rating below 2/5", "2/5"),
            ("en_US", 2, "a rating below 3 out of 5", ""),
            ("en_US", 3, "a 36-hour answer of general management", "36-hour"),
            ("en_US", 3, "answered as {feedback.callback:threshold} out of 5 within 48 hours", ""),
            ("en_US", 4, "three months before, in room 12, since 1998", ""),
            ("fr_FR", 2, "rappelé sous 36\N{NO-BREAK SPACE}heures", "36"),
            ("fr_FR", 2, "rappelé sous 48 heures ouvrées", "48 heures ouvrées"),
            ("fr_FR", 2, "rappelé sous quarante-huit heures", ""),
            ("fr_FR", 2, "une note inférieure à 4 sur 5", "4 sur 5"),
            ("fr_FR", 4, "quatre mois avant l’échéance", "quatre mois"),
        ):  # fmt: skip
            with self.subTest(typed, lang=lang), self.env.cr.savepoint() as savepoint:
                draft = self.document.copy({"version": "v2"}).with_context(charter_publish_older=True)
                article = draft.article_ids.filtered(lambda one, number=number: one.number == number)
                article.with_context(lang=lang).body = f"<p>{typed}</p>"
                self.assertIn(refused, article.with_context(lang=lang).unknown_figures or "")
                if refused:
                    with self.assertRaisesRegex(ValidationError, refused):
                        draft.action_publish()
                else:
                    draft.action_publish()
                savepoint.rollback()
                self.env.invalidate_all()
        draft = self.document.copy({"version": "v2"})
        draft._commitment("feedback.callback").name = "Call-back within 24 hours"
        with self.assertRaisesRegex(ValidationError, "24 hours is no figure"):
            draft.action_publish()


@tagged("post_install", "-at_install")
class TestSentencesPeople(CharterCase):
    """« remplacés sans délai en cas d'absence, avec information préalable du client »"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False
        cls.company.charter_delivery_review_from = 20
        cls.successor = cls._staff("t_successor", "group_charter_user")

    def morning(self, moment):
        """The scheduled actions of a morning, and the mails they wrote."""
        with self.at(moment=moment), self.committing():
            self.env["charter.contact.sheet"]._cron_contacts()
            self.env["charter.delivery.run"]._cron_delivery()
            queued = self.env["charter.delivery"].search([("state", "=", "queued")])
            for mail in queued.sudo().mail_id:
                mail.state = "sent"
                mail._postprocess_sent_message(mail.recipient_ids, [], failure_type=None)
            self.env.flush_all()

    def deliveries(self, kind, client=None):
        return self.env["charter.delivery"].search(
            [("partner_id", "=", (client or self.client).id), ("kind", "=", kind), ("state", "=", "sent")],
            order="id",
        )

    def handovers(self, client=None):
        return self.env["charter.handover"].search([("partner_id", "=", (client or self.client).id)])

    def test_a_manager_changed_on_the_form_is_announced(self):
        with self.at(moment=datetime(2026, 10, 1, 8)):
            self._contract(self.client)
        self.morning(datetime(2026, 10, 2, 7))
        with self.at(moment=datetime(2026, 10, 6, 8)):
            form = self.client.with_user(self.operations).with_company(self.company)
            form.charter_account_manager_id = self.successor
            self.env.flush_all()
            form.charter_technical_contact_id = self.technician  # as it was
            self.env.flush_all()
        told = self.handovers()
        self.assertEqual([told.user_id, told.plan[0][1]], [self.manager, self.successor.id])
        self.morning(datetime(2026, 10, 6, 9))
        self.assertIn(self.successor.name, self.deliveries("handover")[-1].body)
        self.assertEqual(self.promise(told, "contact.handover").state, "kept")

    def test_a_client_signed_during_an_absence(self):
        with self.at(moment=datetime(2026, 10, 1, 8)):
            self.env["charter.absence"].create(
                {
                    "user_id": self.manager.id,
                    "date_from": "2026-10-01",
                    "date_to": "2026-10-23",
                    "stand_in_id": self.successor.id,
                }
            )
        with self.at(moment=datetime(2026, 10, 6, 8)):
            self._contract(self.client)
        self.morning(datetime(2026, 10, 6, 9))
        self.assertIn(self.successor.name, self.deliveries("contacts")[0].body)
        self.assertFalse(self.handovers().filtered("is_late"))
        self.assertFalse(
            self.env["charter.obligation"].search(
                [("partner_id", "=", self.client.id), ("code", "=", "contact.handover")]
            )
        )

    def test_company_wide_stand_ins(self):
        for last, sheets in (("2026-11-04", 1), ("2026-11-05", 2), (False, 2)):
            with self.subTest(last), self.env.cr.savepoint() as savepoint:
                with self.at(moment=datetime(2026, 10, 1, 8)):
                    self._contract(self.client)
                self.morning(datetime(2026, 10, 2, 7))
                with self.at(moment=datetime(2026, 10, 3, 8)):
                    self.env["charter.absence"].create(
                        {
                            "user_id": self.operations.id,
                            "date_from": "2026-10-06",
                            "date_to": last,
                            "stand_in_id": self.successor.id,
                        }
                    )
                for day in (6, 7, 8):
                    self.morning(datetime(2026, 10, day, 7))
                found = self.deliveries("contacts").filtered(lambda one: one.contact_id == self.alice)
                self.assertEqual(len(found), sheets)
                if sheets == 2:
                    self.assertIn(self.successor.name, found[-1].body)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_sheet_with_a_role_to_be_named_keeps_no_promise(self):
        with self.at(moment=datetime(2026, 10, 1, 8)):
            bare, contact, _two = self._client("Bare", held=False)
            self._assign("account_manager", self.manager, bare)
            self._contract(bare)
        for day in (2, 3, 4):
            self.morning(datetime(2026, 10, day, 7))
        promise = self.promise(bare, "contacts.sheet")
        first = self.deliveries("contacts", bare).filtered(lambda one: one.contact_id == contact)
        self.assertEqual([len(first), promise.state], [1, "open"], "sent once, and still owed")
        with self.at(moment=datetime(2026, 10, 5, 8)):
            self._assign("technical_contact", self.technician, bare)
        self.morning(datetime(2026, 10, 5, 9))
        self.assertEqual(promise.state, "kept")

    def test_a_run_held_for_review_is_remembered(self):
        self.company.charter_delivery_review_from = 1
        with self.at(moment=datetime(2026, 10, 1, 8)):
            self._contract(self.client)
        self.morning(datetime(2026, 10, 1, 9))
        run = self.env["charter.delivery.run"].search(
            [("state", "=", "held"), ("kind", "=", "contacts")], limit=1, order="id desc"
        )
        run.activity_ids.unlink()
        self.morning(datetime(2026, 10, 2, 9))
        self.assertEqual(run.activity_ids.user_id, self.operations)
        due = min(run.delivery_ids.obligation_id.mapped("due_at"))
        self.morning(due - timedelta(hours=12))
        self.assertEqual(run.activity_ids.user_id, self.operations | self.direction)
