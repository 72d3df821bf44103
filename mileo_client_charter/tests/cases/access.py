"""Records of every kind and one user of each role, to ask who may do what."""

from contextlib import contextmanager

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import START, CharterCase
from .portal_fields import PORTAL_FIELDS

# Who sees which rows. One letter a row: 1 and 2 are the companies; a and b clients of company 1, s a subsidiary
# of a, c a client of company 2; p and k are surveys of a, planned and skipped. "-" is an AccessError.
ROLES = ("employee", "staff", "alice", "adam", "bob", "sub", "follower", "other", "public")


# The least role that may write, create and delete; "-" is nobody. Each role may all that the ones before it may.
LADDER = ("employee", "manager", "operations", "direction", "admin")


OUTSIDERS = ("employee", "alice", "adam", "bob", "sub", "follower", "other", "public")


def table(text):
    return [line.split() for line in text.strip().splitlines()]


class AccessCase(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(START):
            cls._people_and_rows()

    @classmethod
    def _people_and_rows(cls):
        cls.company2 = cls.env["res.company"].create({"name": "Mileo Belgium"})
        cls.client_b, cls.bob, cls.bea = cls._client("Bistro")
        cls.subsidiary = cls.env["res.partner"].create(
            {"name": "Alpine South", "is_company": True, "parent_id": cls.client.id}
        )
        cls.sam = cls.env["res.partner"].create(
            {"name": "Sam", "parent_id": cls.subsidiary.id, "email": "sam@south.example.com"}
        )
        cls._assign("account_manager", cls.manager, cls.subsidiary)
        cls.users = {
            "employee": new_test_user(cls.env, "t_employee", groups="base.group_user"),
            "manager": cls.manager,
            "operations": cls.operations,
            "direction": cls.direction,
            "admin": cls.admin,
            "alice": cls._portal(cls.alice),
            "adam": cls._portal(cls.adam),
            "bob": cls._portal(cls.bob),
            "sub": cls._portal(cls.sam),
            "follower": cls._portal(cls.bea),
            "other": cls._staff(
                "t_other",
                "group_charter_admin",
                company_id=cls.company2.id,
                company_ids=[Command.set(cls.company2.ids)],
            ),
            "public": cls.env.ref("base.public_user"),
        }
        cls._rows_of_companies()
        cls.rows = {}
        for label, contact in (("a", cls.alice), ("b", cls.bob), ("s", cls.sam)):
            cls._rows_of_client(label, contact, cls.company)
        client_c = cls.env["res.partner"].create(
            {"name": "Chocolaterie", "is_company": True, "company_id": cls.company2.id}
        )
        carla = cls.env["res.partner"].create(
            {
                "name": "Carla",
                "parent_id": client_c.id,
                "company_id": cls.company2.id,
                "email": "carla@c.example.com",
            }
        )
        cls._assign("account_manager", cls.users["other"], client_c, cls.company2)
        cls._rows_of_client("c", carla, cls.company2)
        for label, state in (("p", "planned"), ("k", "skipped")):
            feedback = cls.env["charter.feedback"]._charter_engine().create(
                {"channel": "survey", "partner_id": cls.client.id, "contact_id": cls.alice.id, "state": state}
            )  # fmt: skip
            cls.rows["charter.feedback", label] = feedback.with_env(cls.env)
        for model in ("charter.feedback", "charter.escalation", "contract.contract"):
            cls.rows[model, "a"].message_subscribe(partner_ids=cls.bea.ids)

    @classmethod
    def _rows_of_companies(cls):
        document2 = cls.document.copy({"company_id": cls.company2.id})
        document2.action_publish()
        cls.draft = cls.document.browse(cls.document.action_new_version()["res_id"])
        cls.tier2 = cls.env["charter.tier"].create(
            {"name": "Local", "code": "local", "company_id": cls.company2.id}
        )
        cls.env["charter.service.level"].create(
            {"tier_id": cls.tier2.id, "priority": "1", "response_hours": 1, "resolution_hours": 2}
        )
        cls.shared = {
            ("charter.document", "1"): cls.document,
            ("charter.document", "2"): document2,
            ("charter.article", "1"): cls.document.article_ids,
            ("charter.article", "2"): document2.article_ids,
            ("charter.commitment", "1"): cls.document.commitment_ids,
            ("charter.commitment", "2"): document2.commitment_ids,
            ("charter.tier", "g"): cls.premium,
            ("charter.tier", "2"): cls.tier2,
            ("charter.service.level", "g"): cls.premium.service_level_ids,
            ("charter.service.level", "2"): cls.tier2.service_level_ids,
            ("charter.assignment", "1"): cls.env["charter.assignment"].search(
                [("partner_id", "=", False), ("company_id", "=", cls.company.id)]
            ),
            ("charter.assignment", "2"): cls._assign(
                "operations_manager", cls.users["other"], company=cls.company2
            ),
        }

    @classmethod
    def _rows_of_client(cls, label, contact, company):
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=[company.id]))
        contact = contact.with_env(env)
        client = contact.commercial_partner_id
        contract = cls._contract(client, company_id=company.id).with_env(env)
        feedback = env["charter.feedback"]._from_portal(contact, rating=2, comment="Nobody came.")
        action = (
            env["charter.corrective.action"]
            ._charter_engine()
            .create(
                {
                    "name": "Change the camera",
                    "feedback_id": feedback.id,
                    "user_id": cls.manager.id,
                    "date_deadline": "2026-10-20",
                }
            )
        )
        cls.rows.update(
            {
                ("charter.assignment", label): client.charter_assignment_ids,
                ("charter.intervention", label): env["charter.intervention"].create(
                    {"name": "Camera", "partner_id": client.id, "company_id": company.id}
                ),
                ("charter.feedback", label): feedback,
                ("charter.corrective.action", label): action,
                ("charter.escalation", label): env["charter.escalation"]._from_portal(
                    contact, "Late", "No answer"
                ),
                ("charter.obligation", label): feedback.obligation_ids,
                ("contract.contract", label): contract,
                ("contract.line", label): contract.contract_line_ids,
            }
        )

    def as_user(self, role, record):
        """``record`` as the user of ``role`` would reach it: nothing in the cache, its own companies."""
        user = self.users[role]
        self.env.invalidate_all()
        context = {"allowed_company_ids": user.company_ids.ids, "tracking_disable": True, "lang": "en_US"}
        return record.with_user(user).with_context(context)  # pylint: disable=context-overridden

    @contextmanager
    def undone(self):
        """What happens inside is rolled back."""
        savepoint = self.cr.savepoint()
        try:
            yield
            self.env.flush_all()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def check_readers(self, text):
        """Each role of the table ``text`` (model, then the labels each of ROLES reads) reads those rows and no others."""
        everything = {**self.shared, **self.rows}
        for model, *cells in table(text):
            rows = {label: records for (name, label), records in everything.items() if name == model}
            all_ids = [row_id for records in rows.values() for row_id in records.ids]
            for role, expected in zip(ROLES, cells, strict=True):
                for name in LADDER[1:] if role == "staff" else (role,):
                    with self.subTest(model=model, role=name):
                        self._check_rows(self.as_user(name, self.env[model]), rows, all_ids, expected)

    def _check_rows(self, reader, rows, all_ids, expected):
        if expected == "-":
            with self.assertRaises(AccessError):
                reader.search([("id", "in", all_ids)])
            with self.assertRaises(AccessError):
                reader.browse(all_ids[:1]).read(["display_name"])
            return
        seen = set(reader.search([("id", "in", all_ids)]).ids)
        found = "".join(label for label, records in rows.items() if seen & set(records.ids))
        self.assertEqual(sorted(found), sorted(expected))
        self.assertEqual(seen, {row_id for label in expected for row_id in rows[label].ids})
        # An id tried at random gives no more than a search.
        for label, records in rows.items():
            if label not in expected:
                self._check_closed(reader.browse(records.ids))

    def _check_closed(self, strange):
        with self.assertRaises(AccessError):
            strange.read(["display_name"])

    def check_portal_fields(self, *models, closed=()):
        """Clients can really read their fields of these models; ``closed`` are links to what they do not read."""
        for model in models:
            expected = PORTAL_FIELDS[model]
            with self.subTest(model):
                names = sorted(expected - set(closed))
                self.assertTrue(self.as_user("alice", self.rows[model, "a"]).read(names))
