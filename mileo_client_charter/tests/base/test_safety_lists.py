"""Lists that keep clients and people safe are held against the registry: what is new is asked about, with the remedy."""

from odoo.tests import tagged

from ...models.base.charter_addons import is_charter_model
from ..cases.common import CharterCase
from ..cases.lists import HERE, joined
from ..cases.portal_fields import GENERIC, PORTAL_FIELDS, REMEDY, portal_fields

# What clients read and do not take along in the file of their data, and why.
NOT_EXPORTED = {"charter.equipment.tag": "words only, shared by all clients"}
# Figures of that file that are never without an answer, and why.
FIGURES = {
    ("charter.report", "version"): "counted from 1",
    ("charter.obligation", "delay"): "0 is a delay: without any",
}
# Who is named beside the client, where forgetting the person (res.partner) is enough: the row says somebody did it.
NAMED = {
    ("charter.intervention", "contact_ids"): "who was concerned; the work itself is the client's",
    (
        "charter.intervention",
        "reported_by_id",
    ): "who reported it for the client; the work itself is the client's",
    ("charter.recommendation", "answered_by_id"): "who answered for the client",
    ("charter.notice.line", "acknowledged_by_id"): "who read it for the client",
    ("charter.group.access", "group_id"): "the parent company, no person",
    (
        "charter.group.access",
        "reader_id",
    ): "who reads for the parent company; the row holds no word of theirs",
    ("charter.group.access", "entitled_by_id"): "who entitled them for the client",
    ("charter.group.access", "revoked_by_id"): "who revoked it for the client",
}
# Fields that say whose the row is, or where.
CLIENT = {"partner_id", "commercial_partner_id", "site_id"}
# What can be anonymised and has no months of its own, and why.
WITHOUT_MONTHS = {"charter.review.answer": "goes with its meeting"}


@tagged("post_install", "-at_install")
class TestSafetyLists(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = [
            name
            for name, model in cls.env.items()
            if is_charter_model(model) and not model._abstract and not model._transient
        ]
        cls.stored = list(cls.env["charter.merge"]._tables().values())
        cls.client_user = cls._portal(cls.alice, "t_safety")
        cls.read = [name for name in cls.ours if cls.env[name].with_user(cls.client_user).has_access("read")]

    def unlisted(self, lists):
        found = []
        for name in self.read:
            model = self.env[name].with_user(self.client_user)
            readable = {
                field.name
                for field in model._fields.values()
                if model._has_field_access(field, "read") and field.name not in GENERIC
            }
            fresh = readable - lists.get(name, set())
            if fresh:
                found.append(REMEDY % {"model": name, "fields": ", ".join(sorted(fresh))})
        return found

    def test_what_clients_read_is_listed(self):
        lists = portal_fields(self.env)
        self.assertEqual(self.unlisted(lists), [])
        gone = [
            f"{name}.{field}"
            for name, fields in PORTAL_FIELDS.items()
            for field in fields
            if name not in self.read or field not in self.env[name]._fields
        ]
        self.assertEqual(gone, [], "no client reads these any more: take them off PORTAL_FIELDS")
        self.assertGreaterEqual(len(self.read), 14)

    def test_a_field_of_next_year_is_asked_about(self):
        lists = portal_fields(self.env)
        lists["charter.feedback"] = lists["charter.feedback"] - {"comment"}
        del lists["charter.outage"]
        said = "\n".join(self.unlisted(lists))
        self.assertRegex(said, r"charter\.feedback: clients read comment, .*portal_fields\.py.*groups=")
        self.assertIn("charter.outage: clients read ", said)

    def test_what_clients_read_they_take_along(self):
        known = joined(self.env, "NOT_EXPORTED", NOT_EXPORTED)
        missing = [
            f"{name}: give it a _charter_export (models/base/client_document.py), or say in NOT_EXPORTED {HERE} "
            "why its client does not take it along"
            for name in self.read
            if name not in known and not getattr(self.env[name], "_charter_export", None)
        ]
        self.assertEqual(missing, [])
        for name in self.read:
            sheet = getattr(self.env[name], "_charter_export", None)
            if sheet:
                with self.subTest(name):
                    self.assertFalse({*sheet.fields, sheet.owner} - portal_fields(self.env)[name] - GENERIC)

    def test_no_figure_stands_for_no_answer(self):
        figures = {
            (name, field)
            for name in self.read
            for sheet in [getattr(self.env[name], "_charter_export", None)]
            for field in (sheet.fields if sheet else ())
            if self.env[name]._fields[field].type in ("integer", "float", "monetary")
            and field not in dict(sheet.given)
        }
        self.assertEqual(
            figures,
            set(joined(self.env, "FIGURES", FIGURES)),
            "an Odoo figure without a value reads 0: name in the sheet's given= the field that says whether there is one, "
            f"or say in FIGURES {HERE} why there always is",
        )

    def test_who_is_named_can_be_forgotten(self):
        people, missing, named = 0, [], joined(self.env, "NAMED", NAMED)
        for name in self.stored:
            model = self.env[name]
            for field in model._fields.values():
                if field.comodel_name != "res.partner" or not field.store or field.name in CLIENT:
                    continue
                if field.related and not field.column_type:
                    continue
                people += 1
                if not hasattr(model, "_charter_anonymise") and (name, field.name) not in named:
                    missing.append(
                        f"{name}.{field.name}: inherit charter.privacy (models/privacy/charter_privacy.py) and empty it in "
                        f"_charter_blank, or say in NAMED {HERE} why the name may stay"
                    )
        self.assertEqual(missing, [])
        self.assertGreaterEqual(people, 8)

    def test_what_is_kept_for_a_time_says_how_long(self):
        retained = self.env["charter.privacy"]._charter_retained()
        months, without = dict(retained), joined(self.env, "WITHOUT_MONTHS", WITHOUT_MONTHS)
        for name in self.pool_of_privacy():
            with self.subTest(name):
                setting = months.get(name)
                self.assertTrue(
                    setting in self.env["res.company"]._fields or name in without,
                    f"{name}: name in _charter_retention the company's field with the months it is kept, or say in "
                    f"WITHOUT_MONTHS {HERE} what it goes with",
                )
        self.assertGreaterEqual(len(retained), 5)

    def pool_of_privacy(self):
        return [
            name
            for name in self.env.registry.descendants(["charter.privacy"], "_inherit")
            if not self.env[name]._abstract
        ]

    def test_messages_are_steps_of_their_document(self):
        """Of every document: the template is of its model, its step and the fields of its words are there."""
        found = 0
        for name in self.ours:
            for purpose, message in (getattr(self.env[name], "_charter_messages", None) or {}).items():
                found += 1
                with self.subTest(name, purpose=purpose):
                    self.assertEqual(self.env.ref(message.template).model, name)
                    self.assertTrue(callable(getattr(self.env[name], message.step)))
                    for words in message.words:
                        self.env[name].mapped(words)
        self.assertGreaterEqual(found, 3)
