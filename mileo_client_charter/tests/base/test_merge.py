"""Two contacts that are one are merged without losing what proves something, or are refused in words."""

from datetime import date, timedelta

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...models.base.charter_merge import Merge
from ..cases.catalogue import Catalogue
from ..cases.common import START, CharterCase

REMEDY = (
    "%s: let %s inherit charter.merge.mixin, and say in its _charter_merge_rules what a merge of two contacts does with rows that "
    "would break this rule: the name of a method that folds them, or “refuse” (see models/base/charter_merge.py)."
)


class MergeCase(CharterCase):
    def setUp(self):
        super().setUp()
        self.merging = self.env["charter.merge"]

    def merge(self, source, target):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([source.id, target.id], target, extra_checks=False)
        self.env.flush_all()
        self.env.invalidate_all()

    def said(self, client, contact, **values):
        return self.env["charter.feedback"].create(
            {
                "partner_id": client.id,
                "contact_id": contact.id,
                "comment": "So.",
                "company_id": self.company.id,
                **values,
            }
        )

    def clients(self, *names):
        return self.env["res.partner"].create([{"name": name, "is_company": True} for name in names])

    def contact(self, client, name, **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "parent_id": client.id,
                "email": f"{name.lower()}@{client.name.lower()}.example.com",
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestMergeSweep(MergeCase):
    """Every rule, foreign key and reference the catalogue has: one written next year is in it by itself."""

    def setUp(self):
        super().setUp()
        self.catalogue = Catalogue(self.env)
        self.columns = self.merging._partner_columns()

    def undeclared(self):
        return [
            REMEDY % (f"{rule.table}_{rule.name}", model)
            for rule, model in self.merging._partner_rules()
            if rule.name not in getattr(self.env[model], "_charter_merge_rules", {})
        ]

    def test_every_rule_says_how_it_folds(self):
        self.assertEqual(self.undeclared(), [])
        self.assertGreaterEqual(len(self.merging._partner_rules()), 9)

    def test_a_rule_of_next_year_is_asked_about(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX charter_escalation_next_year ON charter_escalation (partner_id, level)"
        )
        said = "".join(self.undeclared())
        self.assertIn(
            "charter_escalation_next_year: let charter.escalation inherit charter.merge.mixin", said
        )
        a, b = self.clients("A", "B")
        rows = [
            self.catalogue.insert("charter_escalation", partner_id=client.id, fill=("level",))
            for client in (a, b)
        ]
        with self.assertRaisesRegex(
            UserError, rf"cannot be merged: Escalation .*no\. {rows[0]}.*next_year.*merge again"
        ):
            self.merge(a, b)
        self.assertEqual(
            self.env["charter.escalation"].browse(rows).partner_id, a | b, "nothing is half-written"
        )

    def test_every_declared_rule_is_there(self):
        rules = {(rule.table, rule.name) for rule, _model in self.merging._partner_rules()}
        for table, name in self.merging._tables().items():
            for rule in getattr(self.env[name], "_charter_merge_rules", {}):
                self.assertIn(
                    (table, rule), rules, f"{name}._charter_merge_rules names a rule that is not there"
                )

    def collide(self, rule, a, b):
        """Two rows that break ``rule`` once ``a`` and ``b`` are one. :return: their ids"""
        moved = self.columns[rule.table]
        chosen = [column for column in moved if column in rule.columns]
        shared = {
            column: self.catalogue.value(rule.table, column, kind, target)
            for column, kind, _needed, target in self.catalogue.columns(rule.table)
            if column in rule.columns and column not in moved
        }
        # Dates of a range in order, and rows not yet set aside.
        shared.pop("merged_from", None)
        shared.pop("date_to", None)
        if "obligation_id" in shared:
            shared["obligation_id"] = self.catalogue.insert("charter_obligation", partner_id=a.id)
            shared["partner_id"] = a.id
        # What is of two clients here is of one once they are.
        self.env.cr.execute("SET CONSTRAINTS ALL DEFERRED")
        for guess in self.catalogue.guesses(rule.table, rule.columns):
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    rows = [
                        self.catalogue.insert(
                            rule.table, **{**shared, **guess, **dict.fromkeys(chosen, partner.id)}
                        )
                        for partner in (a, b)
                    ]
                    if self.merging._colliding(rule, self.merge_of(a, b)):
                        return rows
                    raise psycopg2.IntegrityError("not broken by this choice")
            except psycopg2.IntegrityError:
                continue
        raise AssertionError(
            f"{rule.table}_{rule.name}: no two rows were found that break it; teach tests/cases/catalogue.py"
        )

    def merge_of(self, a, b):
        return Merge((a.id,), b.id, self.columns)

    def test_two_rows_of_each_rule_are_kept_or_refused(self):
        outcome = {}
        for rule, name in self.merging._partner_rules():
            with self.subTest(rule=f"{rule.table}_{rule.name}"), self.env.cr.savepoint() as savepoint:
                a, b = self.clients("Sweep A", "Sweep B")
                rows = self.collide(rule, a, b)
                count = SQL("SELECT count(*) FROM %s", SQL.identifier(rule.table))
                before = self.env.execute_query(count)
                try:
                    self.merge(a, b)
                except UserError as error:
                    self.assertIn(self.env[name]._description, str(error))
                    self.assertNotIn("constraint", str(error))
                    outcome[rule.table, rule.name] = "refused"
                else:
                    self.assertGreaterEqual(self.env.execute_query(count), before)
                    records = self.env[name].sudo().with_context(active_test=False).browse(rows)
                    self.assertEqual(records.exists(), records, "a fact was lost")
                    columns = [column for column in self.columns[rule.table] if column in rule.columns]
                    for column in columns:
                        values = self.env.execute_query(
                            SQL("SELECT DISTINCT %s FROM %s WHERE id IN %s", SQL.identifier(column),
                                SQL.identifier(rule.table), tuple(rows))
                        )  # fmt: skip
                        self.assertEqual(values, [(b.id,)])
                    outcome[rule.table, rule.name] = "kept"
                self.assertEqual(
                    outcome[rule.table, rule.name] == "refused",
                    getattr(self.env[name], "_charter_merge_rules", {}).get(rule.name, "refuse") == "refuse",
                )
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(len(outcome), len(self.merging._partner_rules()))

    def test_every_column_and_reference_follows(self):
        a, b = self.clients("Follow A", "Follow B")
        tables = self.merging._tables()
        references = {table for table, _kind, _number in self.merging._references()}
        rows = {}
        for table in sorted({*tables, *references - {"ir_model_data"}}):
            moved = self.columns.get(table)
            if not moved:
                continue
            values = {column: a.id for column in moved if table in tables or hasattr(moved[column], "kind")}
            values |= {how.kind: "res.partner" for how in moved.values() if hasattr(how, "kind")}
            rows[table] = (self.catalogue.insert(table, **values), [name for name in values if name in moved])
        self.merge(a, b)
        for table, (row, columns) in rows.items():
            with self.subTest(table=table):
                found = self.env.execute_query(
                    SQL("SELECT %s FROM %s WHERE id = %s", SQL(", ").join(map(SQL.identifier, columns)),
                        SQL.identifier(table), row)
                )  # fmt: skip
                self.assertEqual(found, [(b.id,) * len(columns)], columns)
        self.assertGreaterEqual(sum(len(columns) for _row, columns in rows.values()), 35)

    def test_no_json_of_ours_holds_a_contact(self):
        """Ids of contacts inside JSON would not follow: what has to follow is a column."""
        found = 0
        for table, name in self.merging._tables().items():
            for field in self.env[name]._fields.values():
                if field.type == "json" and field.store:
                    found += 1
                    self.assertTrue(
                        getattr(field, "charter_json", None),
                        f"{name}.{field.name} ({table}): what a merge of contacts has to move is a column; say what the JSON "
                        "holds in its declaration, charter_json=“figures, no ids of contacts”",
                    )
        self.assertGreaterEqual(found, 7)


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    def test_across_clients_is_refused(self):
        borea, _bea, _bob = self._client("Borea")
        spoke, silent = self.contact(self.client, "Spoke"), self.contact(self.client, "Silent")
        there = self.contact(borea, "There")
        feedback = self.said(self.client, spoke)
        with self.assertRaisesRegex(
            UserError, r"Spoke.* belongs to Alpine.* Borea .*Feedback: 1.*archive this one"
        ):
            self.merge(spoke, there)
        self.assertEqual(feedback.contact_id, spoke)
        self.merge(silent, there)
        self.assertFalse(silent.exists())
        self.assertEqual(there.parent_id, borea)

    def test_a_contact_without_a_company_joins_with_nothing_of_its_own_lost(self):
        loose = self.env["res.partner"].create({"name": "Loose"})
        self.said(loose, loose)
        with self.assertRaisesRegex(UserError, "Loose belongs to Loose"):
            self.merge(self.alice, loose)

    def test_access_of_another_client_is_refused(self):
        borea, _bea, _bob = self._client("Borea")
        there = self.contact(borea, "There")
        mover = self.contact(self.client, "Mover")
        self._contract(self.client)
        self._portal(mover)
        with self.assertRaisesRegex(UserError, "Mover"):
            self.merge(mover, there)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Second"})
        a, b = self.clients("A", "B")
        a.company_id = self.company
        self.said(b, b, company_id=other.id)
        with self.assertRaisesRegex(
            UserError, "rows of another company.*Feedback: 1.*Empty the field Company"
        ):
            self.merge(a, b)
        a.company_id = False
        self.merge(a, b)
        self.assertFalse(a.exists())

    def test_two_clients_their_contacts_and_contracts_follow(self):
        a, anna, _ann = self._client("A")
        b, _ben, _bob = self._client("B")
        with self.at():
            contract = self._contract(a)
            contract.partner_id = a
        promises = self.env["charter.obligation"].search([("partner_id", "=", a.id)])
        self.assertTrue(promises)
        self.merge(a, b)
        self.assertEqual((anna.parent_id, anna.commercial_partner_id), (b, b))
        self.assertEqual((contract.partner_id, contract.commercial_partner_id), (b, b))
        self.assertEqual(promises.partner_id, b)
        self.assertEqual(
            promises.filtered(lambda row: row.res_model == "res.partner").mapped("res_id"), [b.id] * 2
        )

    def test_holders(self):
        a, b = self.clients("A", "B")
        first, last = date(2025, 1, 1), date(2026, 6, 30)
        assignments = self.env["charter.assignment"].create(
            [
                {"partner_id": a.id, "user_id": self.manager.id, "role": "account_manager", "date_from": first},
                {"partner_id": b.id, "user_id": self.technician.id, "role": "account_manager",
                 "date_from": first + timedelta(days=100), "date_to": last},
                {"partner_id": a.id, "user_id": self.technician.id, "role": "technical_contact", "date_from": first},
            ]
        )  # fmt: skip
        self.merge(a, b)
        rows = self.env["charter.assignment"].search([("partner_id", "=", b.id)], order="role, date_from")
        self.assertEqual(
            rows.mapped(lambda row: (row.user_id, row.date_from, row.date_to)),
            [
                (self.manager, first, first + timedelta(days=99)),
                (self.technician, first + timedelta(days=100), last),
                (self.manager, last + timedelta(days=1), False),
                (self.technician, first, False),
            ],
        )
        self.assertEqual(b.charter_account_manager_id, self.manager)
        aside = assignments[0].with_context(active_test=False)
        self.assertEqual(
            (aside.active, aside.merged_from, aside.date_from, aside.date_to, aside.partner_id),
            (False, a.id, first, False, b),
            "what was recorded stays on record",
        )

    def test_who_has_left_gives_way(self):
        a, b = self.clients("A", "B")
        gone = self._staff("t_gone", "group_charter_user")
        self._assign("account_manager", self.manager, a)
        self._assign("account_manager", gone, b)
        self.env.cr.execute("UPDATE res_users SET active = false WHERE id = %s", [gone.id])
        gone.invalidate_recordset()
        self.merge(a, b)
        self.assertEqual(b.charter_account_manager_id, self.manager)

    def test_invitations(self):
        spare = self.contact(self.client, "Spare")
        with self.at():
            intervention = self.env["charter.intervention"].create(
                {"name": "W", "partner_id": self.client.id, "kind": "corrective",
                 "contact_ids": [(6, 0, (self.alice | spare).ids)]}
            )  # fmt: skip
            intervention.action_close()
            mine, other = intervention.feedback_ids.sorted(lambda row: row.contact_id == spare)
            other._send_invitations(START)
            other._answer(rating=2, nps=1, comment="Nobody came.")
        self.merge(spare, self.alice)
        self.assertEqual(intervention.feedback_ids, mine | other)
        self.assertEqual((mine.state, mine.contact_id), ("skipped", self.alice))
        self.assertIn(str(other.id), mine.skip_reason)
        self.assertEqual(
            (other.state, other.comment, other.contact_id), ("answered", "Nobody came.", self.alice)
        )

    def test_who_spoke_keeps_its_name(self):
        """Found by people: after a merge, one person's complaint was “by” the other, on its own portal too."""
        antoine = self.contact(self.client, "Antoine")
        with self.at():
            said, other = self.said(self.client, self.alice), self.said(self.client, antoine)
            complaint = self.escalate(self.alice)
            promise = self.promise(complaint, "escalation.level1")._charter_engine()
            promise.evidence = f"Told {self.alice._charter_key()}."
        name = self.alice.name
        with self.at(24):
            self.merge(self.alice, antoine)
        for record in (said, complaint):
            self.assertEqual(record.contact_id, antoine)
            self.assertEqual(
                record.said_by, f"{name} (one contact with Antoine since 6 October 2026)", record._name
            )
        self.assertFalse(other.said_by)
        self.assertEqual(promise.evidence_text, f"Told {name}.")
        reading = self.env["charter.merged.contact"].sudo().search([("partner_id", "=", antoine.id)])
        self.assertEqual(reading.spoken["charter.feedback"], {"contact_id": said.ids})
        third = self.contact(self.client, "Third")
        self.merge(antoine, third)
        self.assertIn(name, said.said_by, "of two merges, the first name")
        self.assertIn("Antoine (one contact with Third", other.said_by)

    def test_late_stays_late(self):
        a, b = self.clients("A", "B")
        obligation = self.env["charter.obligation"]
        with self.at():
            [late] = a._charter_open("charter.copy", occurrence="1.2")
            [kept] = b._charter_open("charter.copy", occurrence="1.2")
            [open_a] = a._charter_open("contacts.sheet", occurrence="onboarding")
            [open_b] = b._charter_open("contacts.sheet", occurrence="onboarding")
            kept._fulfil("shown")
        with self.at(moment=late.due_at + timedelta(hours=1)):
            obligation._detect(late.due_at + timedelta(hours=1))
            (late | open_a | open_b).invalidate_recordset()
            states = late.state, open_a.state
            self.merge(a, b)
        self.assertEqual(states[0], "late")
        self.assertEqual(
            (late.state, late.is_owed, late.missed, late.occurrence), ("late", False, 1, f"1.2~{late.id}")
        )
        self.assertEqual((kept.state, kept.evidence, kept.occurrence), ("kept", "shown", "1.2"))
        self.assertEqual(len((open_a | open_b).filtered("is_owed")), 1, "owed once")
        self.assertEqual((late | kept | open_a | open_b).mapped("res_id"), [b.id] * 4)

    def test_nobody_marks_rows_as_merged(self):
        row = self._assign("account_manager", self.manager, self.clients("A"))
        for values in ({"active": False}, {"merged_from": 1}):
            with self.assertRaisesRegex(AccessError, "when contacts are merged"):
                row.with_user(self.admin).write(values)

    def test_the_words_of_a_neighbour_s_rule(self):
        self.env.cr.execute("CREATE UNIQUE INDEX contract_contract_one ON contract_contract (partner_id)")
        a, b = self.clients("A", "B")
        self._contract(a)
        self._contract(b)
        with self.assertRaisesRegex(UserError, "contract_contract_one.*archive"):
            self.merge(a, b)
        self.assertEqual(len((a | b).exists()), 2)

    def test_rights_of_the_one_who_merges(self):
        merger = new_test_user(self.env, "t_merger", groups="base.group_user,base.group_partner_manager")
        a, b = (self.contact(self.client, name, email="same@alpine.example.com") for name in ("One", "Uno"))
        self.env["base.partner.merge.automatic.wizard"].with_user(merger)._merge(
            [a.id, b.id], b.with_user(merger)
        )
        self.assertFalse(a.exists())
