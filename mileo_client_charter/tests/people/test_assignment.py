from datetime import date, datetime, timedelta

import psycopg2
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Datetime
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..cases.common import START, CharterCase

TODAY = START.date()
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAssignment(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assignments = cls.env["charter.assignment"]

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(START))

    def _hold(self, user, date_from=TODAY, date_to=False, role="account_manager", kind="principal", **values):
        values = {"partner_id": self.vacant.id, "company_id": self.company.id, **values}
        return self.assignments.create(
            {
                "user_id": user.id,
                "role": role,
                "kind": kind,
                "date_from": date_from,
                "date_to": date_to,
                **values,
            }
        )

    @property
    def vacant(self):
        """A client nobody is assigned to yet."""
        if not hasattr(self, "_vacant"):
            self._vacant, self.victor, _other = self._client("Vacant", held=False)
        return self._vacant

    def _holder(self, partner, role="account_manager", now=None, company=None):
        key = ((company or self.company).id, role, partner.id)
        return self.env["res.users"].browse(self.assignments._holders([key], now).get(key))

    # -- who holds a role -------------------------------------------------------------------------

    def test_holders_of_any_number_in_one_query(self):
        clients = self.env["res.partner"].create([{"name": f"Client {n}"} for n in range(40)])
        for client in clients:
            self._assign("account_manager", self.manager, client)
        roles = ("account_manager", "technical_contact", "operations_manager", "general_management")
        keys = [(self.company.id, role, client.id) for client in clients for role in roles]
        self.env.flush_all()
        for some in (keys[:1], keys):
            with self.subTest(len(some)), self.assertQueryCount(1):
                holders = self.assignments._holders(some)
        self.assertEqual(len(holders), 120, "nobody holds the technical contact's role: no key")
        self.assertEqual(holders[self.company.id, "account_manager", clients[7].id], self.manager.id)
        self.assertEqual(holders[self.company.id, "operations_manager", clients[7].id], self.operations.id)
        self.assertEqual(self.assignments._holders([]), {})

    def test_dates_are_inclusive_and_the_stand_in_comes_first(self):
        self._hold(self.manager, TODAY, TODAY + 10 * DAY)
        self._hold(self.technician, TODAY + 11 * DAY)
        self._hold(self.direction, TODAY + 3 * DAY, TODAY + 4 * DAY, kind="stand_in")
        for days, expected in (
            (-1, None), (0, self.manager), (2, self.manager), (3, self.direction), (4, self.direction),
            (5, self.manager), (10, self.manager), (11, self.technician), (400, self.technician),
        ):  # fmt: skip
            with self.subTest(days):
                holder = self._holder(self.vacant, now=START + days * DAY)
                self.assertEqual(holder, expected or self.env["res.users"])

    def test_the_day_is_the_companys(self):
        """At 23:30 UTC it is tomorrow already in Paris."""
        self._hold(self.manager, TODAY - 5 * DAY, TODAY)
        self._hold(self.technician, TODAY + DAY)
        late = datetime(2026, 10, 5, 23, 30)
        for tz, moment, expected in (
            ("Europe/Paris", datetime(2026, 10, 5, 21, 59), self.manager),
            ("Europe/Paris", datetime(2026, 10, 5, 22, 0), self.technician),
            ("UTC", late, self.manager),
            ("Asia/Tokyo", datetime(2026, 10, 5, 15, 0), self.technician),
            ("America/New_York", late, self.manager),
        ):
            self.company.resource_calendar_id.tz = tz
            self.env.flush_all()
            # whatever the clock of the person who looks
            for reader in ("Pacific/Kiritimati", "Pacific/Pago_Pago", False):
                with self.subTest(tz, moment=moment, reader=reader), freeze_time(moment):
                    self.env.invalidate_all()
                    client = self.vacant.with_context(tz=reader)
                    self.assertEqual(client.charter_account_manager_id, expected)
                    current = client.charter_assignment_ids.filtered("is_current")
                    self.assertEqual(current.user_id, expected)
                    found = client.charter_assignment_ids.search(
                        [("partner_id", "=", client.id), ("is_current", "=", True)]
                    )
                    self.assertEqual(found, current)

    def test_without_a_calendar_the_day_is_that_of_the_company_s_address(self):
        self._hold(self.manager, TODAY - 5 * DAY, TODAY)
        self._hold(self.technician, TODAY + DAY)
        self.company.partner_id.tz = "Europe/Paris"
        self.company.resource_calendar_id = False
        self.env.flush_all()
        for moment, expected in (
            (datetime(2026, 10, 5, 21, 59), self.manager),
            (datetime(2026, 10, 5, 22, 0), self.technician),
        ):
            with self.subTest(moment), freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(self._holder(self.vacant), expected)
                self.assertEqual(self.vacant.charter_account_manager_id, expected)

    def test_assigned_late_at_night_counts_from_the_companys_day(self):
        feedback = self.env["charter.feedback"]._from_portal(self._contact_of_vacant(), rating=1)
        with freeze_time(datetime(2026, 10, 5, 22, 30)):
            self.vacant.with_context(tz="UTC").charter_account_manager_id = self.manager
            [assignment] = self.vacant.charter_assignment_ids
            self.assertEqual((assignment.date_from, assignment.is_current), (TODAY + DAY, True))
        self.assertEqual(self.promise(feedback, "feedback.callback").user_id, self.manager)

    def _contact_of_vacant(self):
        return self.vacant.child_ids[0]

    def test_two_companies_have_their_own_holders(self):
        other = self.env["res.company"].create({"name": "Mileo Belgium"})
        belgian = self._staff(
            "t_belgian", "group_charter_user", company_ids=[Command.set([self.company.id, other.id])]
        )
        self._hold(self.manager)
        self._hold(belgian, company_id=other.id)
        self._hold(belgian, company_id=other.id, role="operations_manager", partner_id=False)
        for company, manager, operations in (
            (self.company, self.manager, self.operations),
            (other, belgian, belgian),
        ):
            with self.subTest(company.name):
                self.env.invalidate_all()
                client = self.vacant.with_company(company)
                self.assertEqual(client.charter_account_manager_id, manager)
                self.assertEqual(self._holder(client, company=company), manager)
                self.assertEqual(self._holder(client, "operations_manager", company=company), operations)
                found = (
                    self.env["res.partner"]
                    .with_company(company)
                    .search([("charter_account_manager_id", "=", manager.id), ("is_company", "=", True)])
                )
                self.assertIn(self.vacant, found)
                strangers = belgian + self.manager - manager
                self.assertNotIn(
                    self.vacant, found.search([("charter_account_manager_id", "in", strangers.ids)])
                )

    # -- what cannot be -------------------------------------------------------------------------------

    def test_two_principals_never_overlap(self):
        self._hold(self.manager, TODAY, TODAY + 10 * DAY)
        for name, values in (
            ("same days", {"date_from": TODAY, "date_to": TODAY + 10 * DAY}),
            ("last day", {"date_from": TODAY + 10 * DAY}),
            ("inside", {"date_from": TODAY + DAY, "date_to": TODAY + DAY}),
            ("around", {"date_from": TODAY - DAY}),
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.ExclusionViolation),
                self.cr.savepoint(),
            ):
                self._hold(self.technician, **values)
        for name, values in (
            ("after", {"date_from": TODAY + 11 * DAY}),
            ("another role", {"role": "technical_contact"}),
            ("another client", {"partner_id": self.env["res.partner"].create({"name": "Other"}).id}),
            ("a stand-in", {"kind": "stand_in"}),
            ("another company", {"company_id": self.env["res.company"].create({"name": "Other"}).id}),
        ):
            if name == "another company":
                self.technician.company_ids += self.env["res.company"].browse(values["company_id"])
            with self.subTest(name):
                self.assertTrue(self._hold(self.technician, **values))
                self.env.flush_all()

    def test_a_role_still_to_begin_keeps_a_user(self):
        """Archived today, nobody would hold the role on its first day."""
        today = self.company._charter_today()
        leaver = self._staff("t_leaver", "group_charter_user")
        client = self._client("Next week", held=False)[0]
        row = self.env["charter.assignment"].create(
            {"role": "account_manager", "user_id": leaver.id, "partner_id": client.id, "company_id": self.company.id,
             "date_from": today + timedelta(days=7)}
        )  # fmt: skip
        with self.assertRaisesRegex(ValidationError, "still theirs"):
            leaver.action_archive()
        row.unlink()
        leaver.action_archive()
        self.assertFalse(leaver.active)

    def test_overlap_is_refused_by_the_database_itself(self):
        for name, role, partner in (
            ("of a client", "account_manager", self.client.id),
            ("of the company", "operations_manager", None),
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.ExclusionViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    "INSERT INTO charter_assignment (role, user_id, partner_id, company_id, kind, date_from) "
                    "VALUES (%s, %s, %s, %s, 'principal', '2000-01-01')",
                    [role, self.technician.id, partner, self.company.id],
                )

    def test_company_roles_need_no_client_and_client_roles_need_one(self):
        for role, partner, day in (
            ("operations_manager", self.client.id, "1990-01-01"),
            ("general_management", self.client.id, "1990-01-01"),
            ("account_manager", None, "1990-01-01"),
            ("technical_contact", None, "1990-01-01"),
        ):
            with (
                self.subTest(role),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self._hold(self.manager, day, day, role=role, partner_id=partner)

    def test_last_day_before_the_first(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self._hold(self.manager, TODAY, TODAY - DAY)

    def test_who_cannot_hold_a_role(self):
        self.assertFalse(self.vacant.charter_assignment_ids)
        other = self.env["res.company"].create({"name": "Mileo Belgium"})
        for name, user in (
            ("portal", new_test_user(self.env, "t_portal", groups="base.group_portal")),
            ("public", self.env.ref("base.public_user")),
            ("another company", self._staff(
                "t_belgian", "group_charter_user", company_id=other.id, company_ids=[Command.set(other.ids)])),
        ):  # fmt: skip
            for way, act in (
                ("an assignment", lambda user=user: self._hold(user)),
                (
                    "the form of the client",
                    lambda user=user: self.client.write({"charter_account_manager_id": user.id}),
                ),
            ):
                with (
                    self.subTest(name, way=way),
                    self.assertRaisesRegex(ValidationError, "^Holder: "),
                    self.cr.savepoint(),
                ):
                    act()
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaisesRegex(ValidationError, "^Client: Theirs"), self.cr.savepoint():
            self._hold(self.manager, partner_id=theirs.id)

    def test_nobody_leaves_holding_a_role(self):
        for act in (lambda user: user.action_archive(), lambda user: user.write({"active": False})):
            with (
                self.assertRaisesRegex(ValidationError, "t_manager cannot be archived.*Alpine"),
                self.cr.savepoint(),
            ):
                act(self.manager)
        with self.assertRaisesRegex(ValidationError, "whole company"):
            self.operations.action_archive()
        self.client.charter_account_manager_id = self.technician
        self.manager.action_archive()
        self.assertFalse(self.manager.active)

    # -- the form of the client -------------------------------------------------------------------

    def test_editing_the_client_writes_history(self):
        [before] = self.client.charter_assignment_ids.filtered(lambda a: a.role == "account_manager")
        self.client.charter_account_manager_id = self.technician
        [after] = self.client.charter_assignment_ids.filtered(lambda a: a.role == "account_manager") - before
        self.assertEqual((before.user_id, before.date_to), (self.manager, TODAY - DAY))
        self.assertEqual((after.user_id, after.date_from, after.date_to), (self.technician, TODAY, False))
        self.assertEqual(self.client.charter_account_manager_id, self.technician)
        self.assertEqual(self._holder(self.client, now=START - DAY), self.manager)
        with freeze_time(START + 3 * DAY):
            self.client.charter_account_manager_id = False
            self.env.invalidate_all()
            self.assertFalse(self.client.charter_account_manager_id)
        self.assertEqual(after.date_to, TODAY + 2 * DAY)
        self.assertFalse(before.search([("partner_id", "=", self.client.id), ("user_id", "=", False)]))

    def test_changing_ones_mind_the_same_day_leaves_one_row(self):
        """As an operations manager, who assigns contacts and deletes nothing."""
        client = self.vacant.with_user(self.operations)
        for user in (self.manager, self.technician, self.technician, self.manager):
            client.charter_account_manager_id = user
        self.assertEqual(self.vacant.charter_assignment_ids.mapped("user_id"), self.manager)
        self.assertEqual(len(self.vacant.charter_assignment_ids), 1)

    def test_a_contact_stands_for_its_company(self):
        contact = self._contact_of_vacant()
        contact.charter_account_manager_id = self.manager
        assignment = self._hold(self.technician, role="technical_contact", partner_id=contact.id)
        self.assertEqual(self.vacant.charter_assignment_ids.partner_id, self.vacant)
        self.assertEqual(contact.charter_account_manager_id, self.manager)
        self.assertEqual(contact.charter_technical_contact_id, self.technician)
        self.assertEqual(self.vacant.charter_account_manager_id, self.manager)
        assignment.partner_id = contact
        self.assertEqual(assignment.partner_id, self.vacant)

    def test_searches(self):
        clients = self.client | self.vacant
        nobody, third = self._client("Third", held=False)[:2]
        self._hold(self.technician)
        self._hold(self.direction, kind="stand_in")  # in the place of the technician
        everyone = clients | nobody
        for domain, expected in (
            ([("charter_account_manager_id", "=", self.manager.id)], self.client),
            ([("charter_account_manager_id", "!=", self.manager.id)], self.vacant | nobody),
            ([("charter_account_manager_id", "in", (self.manager | self.direction).ids)], clients),
            ([("charter_account_manager_id", "in", [self.manager.id, False])], self.client | nobody),
            ([("charter_account_manager_id", "not in", [self.manager.id, False])], self.vacant),
            ([("charter_account_manager_id", "=", self.technician.id)], everyone.browse()),
            ([("charter_account_manager_id", "=", False)], nobody),
            ([("charter_account_manager_id", "!=", False)], clients),
            ([("charter_account_manager_id", "ilike", "t_MANAG")], self.client),
            ([("charter_account_manager_id", "not ilike", "t_MANAG")], self.vacant | nobody),
            ([("charter_account_manager_id.login", "=", "t_direction")], self.vacant),
            ([("charter_technical_contact_id", "=", self.technician.id)], self.client),
            ([("charter_technical_contact_id", "=", False)], self.vacant | nobody),
        ):
            with self.subTest(str(domain)):
                found = self.env["res.partner"].search([*domain, ("id", "in", everyone.ids)])
                self.assertEqual(found.sorted("id"), expected.sorted("id"))
                # the domain and the field say the same
                self.assertEqual(everyone.filtered_domain(domain).sorted("id"), expected.sorted("id"))
        self.assertEqual(
            third.search([("charter_account_manager_id", "=", False), ("id", "=", third.id)]), third
        )

    def test_search_of_clients(self):
        self._contract(self.client)
        everyone = self.client | self.alice | self.vacant
        for domain, expected in (
            ([("is_charter_client", "=", True)], self.client | self.alice),
            ([("is_charter_client", "!=", True)], self.vacant),
            ([("is_charter_client", "=", False)], self.vacant),
            ([("charter_tier_id", "=", self.premium.id)], self.client | self.alice),
            ([("charter_tier_id", "=", False)], self.vacant),
            ([("charter_tier_id", "!=", False)], self.client | self.alice),
        ):
            with self.subTest(str(domain)):
                found = everyone.search([*domain, ("id", "in", everyone.ids)])
                self.assertEqual(found.sorted("id"), expected.sorted("id"))
                self.assertEqual(everyone.filtered_domain(domain).sorted("id"), expected.sorted("id"))

    def test_what_is_to_mend(self):
        client = self.vacant
        self.assertFalse(client.charter_contact_defect, "no charter, nothing to mend")
        self._contract(client)

        def defect():
            self.env.invalidate_all()
            return client.charter_contact_defect

        self.assertEqual(defect(), "no account manager, no technical contact")
        client.charter_account_manager_id = self.manager
        self.assertEqual(defect(), "no technical contact")
        client.charter_technical_contact_id = self.technician
        self.assertFalse(defect())
        for field in ("phone", "email"):
            with self.subTest(field), self.cr.savepoint() as savepoint:
                self.technician.partner_id[field] = False
                self.assertEqual(defect(), "t_technician has no phone or no email")
                savepoint.rollback()

    # -- another number, of whoever it is -------------------------------------------------------------

    def test_who_is_no_staff_is_written_as_without_us(self):
        """A phone of somebody clients call wakes the contact sheets; of everybody else the register is not asked."""
        contacts = self.env.ref("mileo_client_charter.cron_contacts")
        outsider = self.env["res.partner"].create({"name": "Outsider"})
        portal = self._portal(self.alice).partner_id
        for partner in (outsider, self.client, portal, self.technician.partner_id):
            for name in ("phone", "name", "email"):
                staff = partner == self.technician.partner_id
                with self.subTest(partner=partner.name, field=name), self.at():
                    self.env["ir.cron.trigger"].search([("cron_id", "=", contacts.id)]).unlink()
                    asked = self.tables_asked(
                        lambda p=partner, n=name: p.write(
                            {n: "+33 1 02 03 04 05" if n == "phone" else f"{p.id}@x.example"}
                        )
                    )
                    self.assertEqual("charter_assignment" in asked, staff)
                    woken = self.env["ir.cron.trigger"].search_count([("cron_id", "=", contacts.id)])
                    self.assertEqual(bool(woken), staff)

    # -- a vacant role ----------------------------------------------------------------------------

    def test_a_vacant_role_loses_nothing(self):
        self.assignments.search(
            [("role", "=", "operations_manager"), ("company_id", "=", self.company.id)]
        ).unlink()
        escalation = self.escalate()
        feedback = self.env["charter.feedback"]._from_portal(self._contact_of_vacant(), rating=1)
        for row, role in ((escalation, "Operations manager"), (feedback, "Account manager")):
            with self.subTest(role):
                self.assertIn(role, row.with_context(lang="en_US").configuration_error)
                [promise] = row.obligation_ids
                self.assertEqual((promise.state, promise.user_id), ("open", self.env["res.users"]))
                self.assertTrue(promise.due_at, "its time limit runs")
        with freeze_time(START + timedelta(hours=3)):
            self._assign("operations_manager", self.operations)
            self.vacant.charter_account_manager_id = self.manager
        for row, user, hours in ((escalation, self.operations, 24), (feedback, self.manager, 48)):
            with self.subTest(user.login):
                self.assertFalse(row.configuration_error)
                [promise] = row.obligation_ids
                self.assertEqual((promise.user_id, promise.due_at), (user, START + timedelta(hours=hours)))
                self.assertIn(user, row.activity_ids.user_id)
                self.assertIn(Datetime.to_string(START + timedelta(hours=3)), promise.history)

    def test_an_assignment_to_come_gives_nothing_yet(self):
        feedback = self.env["charter.feedback"]._from_portal(self._contact_of_vacant(), rating=1)
        self._hold(self.manager, date(2026, 10, 20))
        self.assertFalse(feedback.obligation_ids.user_id)
