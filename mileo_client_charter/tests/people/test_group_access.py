"""One view over a group: what a contact of a parent company reads of a subsidiary is what that one entitled it to, and nothing more."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers.group_reading import GroupReading
from ...models.base.charter_addons import keeps_charter_rows
from ..cases.portal import DoorsCase

GROUP, SETTINGS = "/my/charter/group", "/my/charter/settings"


@tagged("post_install", "-at_install")
class TestGroupAccess(DoorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign("account_manager", cls.technician, cls.south)
        cls.contract = cls._contract(cls.south)
        cls.own_contract = cls._contract(cls.client)
        cls.access = cls.env["charter.group.access"]
        cls.report = cls._report("2026-09")
        cls._late(cls.south, "Late in the south")
        cls._late(cls.client, "Late in the north")
        cls.said = cls.env["charter.feedback"]._from_portal(cls.sara, rating="1", comment="From the south")

    @classmethod
    def _report(cls, period):
        report = (
            cls.env["charter.report"]
            ._charter_engine()
            .create(
                {
                    "contract_id": cls.contract.id, "partner_id": cls.south.id, "company_id": cls.company.id, "period": period,
                    "first_day": f"{period}-01", "last_day": f"{period}-28", "state": "sent", "sent_at": f"{period}-28 08:00:00",
                }
            )
        )  # fmt: skip
        report._compute_tables()
        return report

    @classmethod
    def _late(cls, client, occurrence):
        cls.env["charter.obligation"]._open(
            [{"code": "notice.advance", "res_model": "res.partner", "res_id": client.id, "occurrence": occurrence,
              "partner_id": client.id, "company_id": cls.company.id, "at": fields.Datetime.now() + timedelta(days=90)}]
        )  # fmt: skip
        row = cls.env["charter.obligation"].search([("occurrence", "=", occurrence)])
        row._charter_engine().write({"due_at": fields.Datetime.now() - timedelta(hours=1)})

    def entitle(self, reader=None, **covers):
        return self.access.with_user(self.portal_user(self.sara))._entitle(
            self.south, reader or self.alice, **covers
        )

    def test_off_until_a_contact_is_named(self):
        for login in ("p_alice", "p_adam", "p_bea", "p_sara"):
            self.log_in(login)
            page = self.get(GROUP)
            self.assertShows(page, "No subsidiary of your group has given you access")
            self.assertNotIn("Alpine South", page.text)
        self.entitle()
        self.log_in("p_alice")
        page = self.get(GROUP)
        self.assertShows(
            page, "Alpine South", "1 commitment is overdue", "September 2026", "Next report", "No meeting is planned",
            self.technician.name, self.operations.name, "Given by Sara on",
        )  # fmt: skip
        self.assertNotIn("From the south", page.text, "what it said is its own")
        self.assertShows(self.get(SETTINGS), "See the subsidiaries that have given you access")
        first = self.get("/my/charter")
        self.assertShows(first, "access given to you")
        for address in (GROUP, f"{SETTINGS}#mails-title"):
            self.assertIn(f'href="{address}"', first.text)
        for login in ("p_adam", "p_bea", "p_bob"):
            self.log_in(login)
            self.assertNotIn("Alpine South", self.get(GROUP).text)
            self.assertNotIn(GROUP, self.get("/my/charter").text)

    def test_what_it_covers(self):
        for covers, shown, hidden in (
            ({"reports": False}, "1 commitment is overdue", "September 2026"),
            ({"commitments": False}, "September 2026", "overdue"),
        ):
            access = self.entitle(**covers)
            self.log_in("p_alice")
            page = self.get(GROUP)
            with self.subTest(covers):
                self.assertIn(shown, page.text)
                self.assertNotIn(hidden, page.text)
                status = self.get(f"{GROUP}/{access.id}/report").status_code
                self.assertEqual(status, 404 if "reports" in covers else 200)
        self.assertEqual(
            len(self.access.search([("partner_id", "=", self.south.id), ("revoked_at", "=", False)])), 1
        )

    def test_nothing_more_is_readable(self):
        """Both directions: every model clients read, every address of a document, with and without an entitlement."""
        access = self.entitle()
        parent, subsidiary = self.portal_user(self.alice), self.portal_user(self.sara)
        asked = 0
        for user, other in ((parent, self.south), (subsidiary, self.client)):
            for name, model in self.env.items():
                owner = {"partner_id", "commercial_partner_id"} & model._fields.keys()
                if not keeps_charter_rows(model) or not owner:
                    continue
                reader = self.env[name].with_user(user)
                if not reader.has_access("read"):
                    continue
                asked += 1
                domain = [(min(owner, key=len), "=", other.id)]
                found = reader.search(domain)
                with self.subTest(user=user.login, model=name):
                    self.assertEqual(
                        found.ids, access.ids if (user, name) == (parent, self.access._name) else []
                    )
                    for mode in ("write", "create", "unlink"):
                        self.assertFalse(reader.has_access(mode) and found)
        self.assertGreater(asked, 24)
        addresses = [f"/my/charter/report/{self.report.id}", f"/my/charter/report/{self.report.id}/pdf",
                     f"/my/charter/feedback/{self.said.id}"]  # fmt: skip
        self.log_in("p_alice")
        for address in addresses:
            with self.subTest(address):
                self.assertEqual(self.get(address).status_code, 404)
        self.assertEqual(
            self.post(f"{SETTINGS}/group/{access.id}/revoke").status_code, 404, "not the reader's to end"
        )
        self.log_in("p_sara")
        self.assertEqual(self.get(f"{GROUP}/{access.id}/report").status_code, 404)
        self.assertNotIn("Late in the north", self.get(GROUP).text)
        with self.assertRaises(AccessError):
            self.access.with_user(parent).create({"partner_id": self.south.id, "reader_id": self.alice.id})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            access.with_user(self.admin).write({"revoked_at": False})

    def test_the_subsidiary_entitles_and_revokes(self):
        self.log_in("p_sara")
        self.assertShows(self.get(SETTINGS), "No one of Alpine sees how we serve you")
        for form, words in (
            ({"email": "bea@borea.example.com", "reports": "1"}, "no contact of your parent company has it"),
            ({"email": "one@borea.example.com", "reports": "1"}, "no contact of your parent company has it"),
            ({"email": "one@alpine.example.com"}, "choose what can be read"),
        ):
            with self.subTest(form):
                self.assertShows(self.post(f"{SETTINGS}/group", **form), words, status=422)
        self.assertFalse(self.access.search([]))
        form = {"email": "One@alpine.example.com", "reports": "1"}
        self.assertEqual(self.post(f"{SETTINGS}/group", **form).status_code, 303)
        [access] = self.access.search([])
        self.assertEqual(
            (access.reader_id, access.entitled_by_id, access.commitments, access.reports),
            (self.alice, self.sara, False, True),
        )
        self.assertTrue(access.entitled_at)
        self.assertShows(self.get(SETTINGS), "Alpine one", "The last report", "Given by Sara on")
        self.assertEqual(self.post(f"{SETTINGS}/group/{access.id}/revoke").status_code, 303)
        self.assertEqual(access.revoked_by_id, self.sara)
        self.assertTrue(access.revoked_at)
        self.log_in("p_alice")
        self.assertNotIn("Alpine South", self.get(GROUP).text)
        self.assertEqual(self.get(f"{GROUP}/{access.id}/report").status_code, 404)
        self.log_in("p_bea")
        self.assertNotIn("group-title", self.get(SETTINGS).text, "no group above, none below")

    def test_whoever_left_or_was_sold_reads_nothing(self):
        self.entitle()
        self.log_in("p_alice")
        for what, change in (
            ("moved", lambda: self.alice.write({"parent_id": self.borea.id})),
            ("sold", lambda: self.south.write({"parent_id": self.borea.id})),
            ("revoked", lambda: self.access.search([])._end()),
        ):
            with self.subTest(what), self.env.cr.savepoint() as undone:
                self.assertIn("Alpine South", self.get(GROUP).text)
                change()
                self.env.flush_all()
                self.assertNotIn("Alpine South", self.get(GROUP).text)
                undone.rollback()
            self.env.invalidate_all()

    def test_operations_entitle_too(self):
        access = self.access.with_user(self.operations).create(
            {"partner_id": self.south.id, "reader_id": self.adam.id, "commitments": True, "reports": False}
        )
        self.assertEqual((access.entitled_by_id, access.group_id), (self.operations.partner_id, self.client))
        with self.assertRaises(AccessError):
            access.with_user(self.manager).action_revoke()
        access.with_user(self.operations).action_revoke()
        self.assertEqual(access.revoked_by_id, self.operations.partner_id)
        for user in (self.manager, self.technician):
            with self.assertRaises(AccessError):
                self.access.with_user(user).create({"partner_id": self.south.id, "reader_id": self.adam.id})
        for client, reader in (
            (self.sara, self.alice),
            (self.south, self.bea),
            (self.client, self.alice),
            (self.south, self.sara),
        ):
            with self.assertRaises(ValidationError):
                self.access._entitle(client, reader)

    def test_queries_do_not_grow(self):
        def page():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = GroupReading(self.env(user=self.portal_user(self.alice))).page()["subsidiaries"]
            return len(found), self.env.cr.sql_log_count - before

        self.entitle()
        page()
        one, asked = page()
        for number in range(4):
            sister = self.south.copy({"name": f"Sister {number}", "parent_id": self.client.id})
            self.access._entitle(sister, self.alice)
        many, later = page()
        self.assertEqual((one, many), (1, 5))
        self.assertLessEqual(later, asked + 2)
