"""What only the engine may write: in the ORM, and in the database."""

import re
from datetime import timedelta

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.charter_addons import is_charter_model
from ...models.base.charter_engine import charter_door, charter_through
from ..cases.common import START
from ..cases.lists import HERE, joined
from ..cases.two_companies import TwoCompaniesCase

# By type of column: another value than the one there is.
OTHERWISE = {
    "bool": 'NOT coalesce("{0}", false)',
    "int4": 'coalesce("{0}", 0) + 1',
    "float8": 'coalesce("{0}", 0) + 1',
    "numeric": 'coalesce("{0}", 0) + 1',
    "varchar": "coalesce(\"{0}\", '') || 'x'",
    "text": "coalesce(\"{0}\", '') || 'x'",
    "timestamp": "coalesce(\"{0}\", '2026-01-01') + interval '1 day'",
    "date": "coalesce(\"{0}\", '2026-01-01') + 1",
    "jsonb": """'{{"touched": "up"}}'""",
}
# Rows of the engine that go with a row that is not: {(table, referenced table): why this loses no proof}
GO_ALONG = {
    ("charter_handover", "res_partner"): "a client with commitments cannot be deleted",
    ("charter_handover", "res_company"): "a company with commitments cannot be deleted",
    ("charter_intervention_pause", "charter_intervention"): "its own table refuses what is not a step",
    ("charter_notice_line", "charter_notice"): "its own table refuses what is not a step",
    ("charter_outage", "charter_equipment"): "equipment with outages is archived",
    ("charter_onboarding_line", "charter_onboarding"): "its own table refuses what is not a step",
    ("charter_onboarding_line", "contract_contract"): "a list of what is to be done, no proof",
    ("charter_recommendation", "charter_report"): "its own table refuses what is not a step",
    ("charter_remediation_action", "charter_remediation"): "its own table refuses what is not a step",
    ("charter_review_action", "charter_review"): "its own table refuses what is not a step",
    ("charter_review_answer", "charter_review"): "its own table refuses what is not a step",
}


@tagged("post_install", "-at_install")
class TestDoor(TwoCompaniesCase):
    """Every model of the registry whose fields prove something, with rows of a whole year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._staff("t_system", "group_charter_admin")
        cls.system.group_ids += cls.env.ref("base.group_system")
        names = cls.env.registry.descendants(["charter.engine.mixin"], "_inherit")
        cls.protected = {
            model: model._charter_protected_columns()
            for model in (cls.env[name].sudo() for name in names)
            if model._auto and not model._abstract and model._charter_protected_columns()
        }

    def setUp(self):
        super().setUp()
        self.enterContext(self.at(moment=START + timedelta(days=120)))

    def row(self, model):
        row = model.with_context(active_test=False).search([], order="id", limit=1)
        self.assertTrue(row, f"{model._name}: make a row of it in rows() {HERE}")
        self.env.flush_all()
        return row

    def statement(self, row, name):
        other = OTHERWISE[row._fields[name].column_type[0]].format(name)
        return f'UPDATE "{row._table}" SET "{name}" = {other} WHERE id = {row.id}'

    def refused(self, statement, *words):
        """The database refuses ``statement`` and says what is wrong and what to do."""
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.cr.execute(statement)
        self.assertEqual(caught.exception.diag.constraint_name, "charter_door")
        for word in (*words, "own steps", "charter_door()"):
            self.assertIn(word, str(caught.exception))

    def let_through(self, act):
        """What else is wrong with it is none of the door's business."""
        with mute_logger("odoo.sql_db"):
            try:
                with self.cr.savepoint(flush=False):
                    act()
                    raise _Undo
            except _Undo:
                return True
            except psycopg2.IntegrityError as error:
                self.assertNotEqual(error.diag.constraint_name, "charter_door")
                return False

    # -- the database ----------------------------------------------------------------------------

    def test_no_column_changes_in_sql_without_the_door(self):
        self.assertGreaterEqual(len(self.protected), 23)
        count = passed = 0
        for model, names in self.protected.items():
            row = self.row(model)
            for name in sorted(names):
                with self.subTest(model._name, column=name):
                    statement = self.statement(row, name)
                    self.refused(statement, model._table, name)

                    def several(statement=statement):
                        with charter_door(self.cr):
                            self.cr.execute(statement)
                            self.assertEqual(self.cr.rowcount, 1)

                    passed += self.let_through(several)
                    self.let_through(
                        lambda statement=statement: self.assertEqual(charter_through(self.cr, statement), 1)
                    )
                    self.refused(statement, name)
                    count += 1
        self.assertGreater(count, 250)
        self.assertGreater(passed, count * 0.7)

    def test_no_row_is_deleted_in_sql_without_the_door(self):
        for model in self.protected:
            row = self.row(model)
            with self.subTest(model._name):
                statement = f'DELETE FROM "{row._table}" WHERE id = {row.id}'
                self.refused(statement, model._table, "deleted")
                self.let_through(
                    lambda statement=statement: self.assertEqual(charter_through(self.cr, statement), 1)
                )
                self.refused(statement)

    def links(self):
        """[(model, many2many field, whether the door guards it)] of every model of the registry that has a door."""
        return [
            (model, field, name in model._charter_guarded_links())
            for model in self.protected
            for name, field in model._fields.items()
            if field.type == "many2many" and field.store
        ]

    def test_no_link_changes_in_sql_without_the_door(self):
        """Sweep: tables of links were guarded in Python alone. What Python refuses to the superuser, the database refuses."""
        counted = held = 0
        guarded = {(model._name, field.name) for model, field, by_door in self.links() if by_door}
        self.assertGreaterEqual(
            guarded,
            {
                ("charter.intervention", "equipment_ids"),
                ("charter.intervention", "contact_ids"),
                ("charter.notice.line", "equipment_ids"),
                ("charter.delivery", "attachment_ids"),
            },
        )
        for model, field, by_door in self.links():
            for row in model.with_context(active_test=False).search([], order="id", limit=20):
                with self.subTest(model._name, field=field.name, row=row.id):
                    other = (
                        self.env[field.comodel_name]
                        .sudo()
                        .with_context(active_test=False)
                        .search([("id", "not in", row[field.name].ids)], limit=1)
                    )
                    if not other and not by_door:
                        continue
                    counted += 1
                    try:
                        with mute_logger("odoo.sql_db"), self.cr.savepoint() as undone:
                            row.write({field.name: [(4, other.id)]})
                            undone.rollback()
                    except ValidationError:
                        # What it may link to is the document's own rule, not the door's.
                        continue
                    except (AccessError, UserError) as error:
                        if "own steps" not in str(error) and "on record" not in str(error) and not by_door:
                            continue
                    else:
                        continue
                    self.env.invalidate_all()
                    held += 1
                    link = f'"{field.relation}" {{}} WHERE "{field.column1}" = {row.id}'
                    add = f'INSERT INTO "{field.relation}" ("{field.column1}", "{field.column2}") VALUES ({row.id}, {other.id})'
                    self.refused(add, field.relation, "added")
                    self.assertTrue(self.let_through(lambda add=add: self.through(add)))
                    with self.cr.savepoint(flush=False) as undone:
                        self.through(add)
                        self.refused(f"DELETE FROM {link.format('')}", field.relation, "deleted")
                        other_document = f'SET "{field.column1}" = "{field.column1}" + 1'
                        self.refused(f"UPDATE {link.format(other_document)}", "change")
                        undone.rollback()
                self.env.invalidate_all()
        self.assertGreaterEqual(counted, 40)
        self.assertGreaterEqual(held, 10)

    def through(self, statement):
        with charter_door(self.cr):
            self.cr.execute(statement)

    def test_the_engine_links_and_nothing_along_with_it_does(self):
        """The door opens for the table of links alone: what a step creates for it, or sets off, does not go through."""
        line = self.row(self.env["charter.notice.line"].sudo())
        seen, create = [], type(self.env["charter.equipment"]).create

        def closer(records, vals_list):
            self.refused(f"DELETE FROM charter_notice_line WHERE id = {line.id}")
            seen.append(len(vals_list))
            return create(records, vals_list)

        self.patch(type(self.env["charter.equipment"]), "create", closer)
        line._charter_engine().write(
            {"equipment_ids": [(0, 0, {"name": "Camera 9", "partner_id": line.partner_id.id})]}
        )
        self.assertEqual(seen, [1])
        self.env.invalidate_all()
        self.assertIn("Camera 9", line.equipment_ids.mapped("name"))
        self.refused(
            f"DELETE FROM {line._fields['equipment_ids'].relation} WHERE charter_notice_line_id = {line.id}"
        )

    def test_no_table_is_emptied_without_the_door(self):
        """Sweep of the catalogue: an administrator emptied the seals by a server action, and a report was “on record” still."""
        self.cr.execute(
            """
            SELECT tgrelid::regclass::text, array_agg(tgname::text) FROM pg_trigger
             WHERE NOT tgisinternal AND tgname LIKE 'charter\\_door\\_%' GROUP BY tgrelid
            """
        )
        tables = dict(self.cr.fetchall())
        self.assertGreaterEqual(tables.keys(), {model._table for model in self.protected})
        self.assertGreaterEqual(
            tables.keys(), {field.relation for _model, field, by_door in self.links() if by_door}
        )
        self.assertGreaterEqual(len(tables), 33)
        for table, triggers in sorted(tables.items()):
            with self.subTest(table):
                self.assertIn("charter_door_truncate", triggers)
                self.refused(f"TRUNCATE {table} CASCADE", "its rows", "deleted")

        def through():
            with charter_door(self.cr):
                self.cr.execute("TRUNCATE charter_seal")

        self.assertTrue(self.let_through(through))
        with self.subTest("along with a table of others"):
            self.refused("TRUNCATE res_partner CASCADE")

    def test_what_is_free_stays_free(self):
        """A column nobody protects, and one that is set to what it was."""
        for model, names in self.protected.items():
            if model._charter_engine_only:
                continue
            row = self.row(model)
            with self.subTest(model._name):
                self.cr.execute(f'UPDATE "{row._table}" SET write_date = now() WHERE id = {row.id}')
                name = sorted(names)[0]
                self.cr.execute(f'UPDATE "{row._table}" SET "{name}" = "{name}" WHERE id = {row.id}')

    def test_foreign_keys_take_nothing_along_unseen(self):
        self.cr.execute(
            """
            SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
             WHERE contype = 'f' AND confdeltype = 'c' AND conrelid::regclass::text = ANY(%s)
            """,
            [[model._table for model in self.protected]],
        )
        known = joined(self.env, "GO_ALONG", GO_ALONG)
        self.assertEqual(
            set(self.cr.fetchall()) - known.keys(),
            set(),
            f"(table, table it refers to): ondelete=“restrict”, or say in GO_ALONG {HERE} why no proof is lost",
        )

    def test_the_door_closes(self):
        row = self.row(self.env["charter.obligation"].sudo())
        statement = self.statement(row, "evidence")
        with (
            self.subTest("after an error of Python"),
            self.assertRaises(ZeroDivisionError),
            charter_door(self.cr),
        ):
            raise ZeroDivisionError
        self.refused(statement)
        with (
            self.subTest("after an error of SQL"),
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.DataError),
            self.cr.savepoint(),
            charter_door(self.cr),
        ):
            self.cr.execute("SELECT 1 / 0")
        self.refused(statement)
        with self.subTest("with a rollback inside"), charter_door(self.cr):
            with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
                raise ZeroDivisionError
            self.cr.execute(statement)
        self.refused(statement)
        with self.subTest("nested"), charter_door(self.cr):
            with charter_door(self.cr):
                self.cr.execute(statement)
            self.assertEqual(charter_through(self.cr, statement), 1)
            self.cr.execute(statement)
        self.refused(statement)

    def test_doors_are_hung_again(self):
        """A column that goes takes the trigger along; loading the registry puts it back."""
        row = self.row(self.env["charter.feedback"].sudo())
        self.cr.execute("DROP TRIGGER charter_door_update ON charter_feedback")
        self.cr.execute(self.statement(row, "rating"))
        self.env["charter.trigger.mixin"]._register_hook()
        self.refused(self.statement(row, "rating"))
        with self.assertQueryCount(1):
            self.env["charter.trigger.mixin"]._register_hook()

    def test_a_server_starts_before_its_database_is_upgraded(self):
        """Sweep: any protected or sealed column may be missing still; the trigger is made without it, and anew once it is there."""
        env = self.env
        mixin, seen = env["charter.trigger.mixin"], 0
        for name in sorted(env.registry.descendants(["charter.trigger.mixin"], "_inherit")):
            model = env[name]
            if not model._auto or model._abstract:
                continue
            stored = {field.name for field in model._fields.values() if field.store and field.column_type}
            whole = {one.name: one.digest("") for one in model._charter_triggers(stored)}
            seen += bool(whole)
            for column in sorted(stored - {"id"}):
                with self.subTest(model=name, column=column):
                    for trigger in model._charter_triggers(stored - {column}):
                        read = set(re.findall(r'(?:OLD|NEW)\."?(\w+)"?', trigger.condition)) - {"*"}
                        self.assertNotIn(column, read)
                    for triggers in model._charter_link_triggers(stored - {column}).values():
                        read = {
                            one
                            for trigger in triggers
                            for one in re.findall(r"document\.(\w+)", trigger.condition)
                        }
                        self.assertNotIn(column, read)
        self.assertGreaterEqual(seen, 20)
        statement = self.statement(self.row(env["charter.feedback"].sudo()), "rating")
        env.flush_all()
        with self.cr.savepoint() as undone:
            self.cr.execute("ALTER TABLE charter_feedback DROP COLUMN call_reason CASCADE")
            mixin._register_hook()
            self.refused(statement)
            undone.rollback()
            env.invalidate_all()

    # -- the ORM ---------------------------------------------------------------------------------

    def test_flushed_later_and_at_no_statement_more(self):
        row = self.row(self.env["charter.obligation"].sudo())
        row._charter_engine().write({"evidence": "written by the engine"})
        with self.assertQueryCount(1):
            self.env.flush_all()
        self.cr.execute("SELECT evidence FROM charter_obligation WHERE id = %s", [row.id])
        self.assertEqual(self.cr.fetchone()[0], "written by the engine")
        self.refused(self.statement(row, "evidence"))

    def test_what_reaches_the_flush_past_the_engine_is_refused(self):
        row = self.row(self.env["charter.obligation"].sudo())
        with (
            self.assertRaisesRegex(AccessError, "own steps"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            row._write_multi([{"evidence": "typed over"}])
        # Nor does what was rolled back leave it open.
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            row._charter_engine().write({"evidence": "taken back"})
            raise ZeroDivisionError
        with (
            self.assertRaisesRegex(AccessError, "own steps"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            row._write_multi([{"evidence": "typed over"}])

    def test_a_refusal_of_the_database_is_said_in_words(self):
        row = self.row(self.env["charter.report"].sudo())
        with (
            self.assertRaises(psycopg2.IntegrityError) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.cr.execute(self.statement(row, "fingerprint"))
        self.assertIn("Use the buttons of the form", row._sql_error_to_message(caught.exception))

    def test_what_others_refer_to_is_refused_in_words(self):
        """PostgreSQL 18 told an account manager that a table “violates RESTRICT setting of foreign key constraint”."""
        held = [
            (field.model_name, name, field.comodel_name)
            for model in self.env.registry.values()
            if is_charter_model(model) and not model._abstract and not model._transient
            for name, field in model._fields.items()
            if field.type == "many2one" and field.store and field.ondelete == "restrict"
        ]  # fmt: skip
        self.assertGreater(len(held), 60)
        said = set()
        for model, name, referred in held:
            row = (
                self.env[model].sudo().with_context(active_test=False).search([(name, "!=", False)], limit=1)
            )
            if not row or is_charter_model(self.env[referred]):
                continue
            with self.subTest(model, field=name), mute_logger("odoo.sql_db"):
                table = self.env[referred]._table
                try:
                    with self.env.cr.savepoint():
                        self.env.cr.execute(f'DELETE FROM "{table}" WHERE id = %s', [row[name].id])  # pylint: disable=sql-injection
                except psycopg2.IntegrityError as refused:
                    found = self.env[self._model_of(refused.diag.table_name)]._sql_error_to_message(refused)
                    self.assertNotIn("violates", found)
                    self.assertRegex(found, "[Aa]rchiv(e|ing) ")
                    said.add(referred)
                except psycopg2.Error as refused:
                    # Our own trigger, in words of its own.
                    self.assertNotIn("RESTRICT", str(refused))
        self.assertLessEqual({"res.partner", "res.users"}, said)

    def _model_of(self, table):
        return next((name for name, model in self.env.registry.items() if model._table == table), "base")

    @mute_logger("odoo.addons.base.models.ir_actions")
    def test_nobody_edits_by_hand(self):
        """An administrator in a list, and a server action that updates the record."""
        count = 0
        for model, names in self.protected.items():
            row = self.row(model)
            action = self.env["ir.actions.server"].create(
                {"name": "Update", "model_id": self.env["ir.model"]._get_id(model._name), "state": "object_write",
                 "update_path": "id", "evaluation_type": "equation", "value": "0"}
            )  # fmt: skip
            context = {"active_model": row._name, "active_id": row.id, "active_ids": row.ids}
            for name in sorted(names - {"create_uid", "create_date", "write_uid", "write_date"}):
                with self.subTest(model._name, field=name):
                    value = self.another(row, name)
                    with self.assertRaises(UserError), self.cr.savepoint():
                        row.with_user(self.system).web_save({name: value}, {})
                    action.write({"state": "object_write", "update_path": name, "value": repr(value)})
                    if action.warning:
                        # What the dialogue does not offer, code may try.
                        action.write({"state": "code", "code": f"record.write({{{name!r}: {value!r}}})"})
                    with self.assertRaises(UserError), self.cr.savepoint():
                        action.with_user(self.system).with_context(**context).run()
                    count += 1
        self.assertGreater(count, 220)

    def another(self, row, name):
        """Another value for a field, as a form sends it."""
        field = row._fields[name]
        if field.type == "selection":
            return next(key for key, _label in field._description_selection(self.env) if key != row[name])
        if field.type in ("date", "datetime"):
            day = START + timedelta(days=4000)
            return fields.Datetime.to_string(day) if field.type == "datetime" else fields.Date.to_string(day)
        if field.type == "boolean":
            return not row[name]
        if field.type == "json":
            return {"touched": "up"}
        if field.type in ("char", "text", "html"):
            return "touched up"
        # What is there already is no change.
        present = (
            row[name].id
            if field.type in ("many2one", "many2one_reference") and hasattr(row[name], "id")
            else row[name]
        )
        return 2 if present == 1 else 1

    def test_an_automation_is_not_the_engine(self):
        """“Update record” when the engine takes a step: it edits as anybody would, and is refused."""
        rules = self.env["base.automation"]
        for model, names in self.protected.items():
            row = self.row(model)
            name = next(
                (one for one in sorted(names) if row._fields[one].type in ("char", "text", "datetime", "selection")), None
            ) or sorted(names)[0]  # fmt: skip
            with self.subTest(model._name, field=name):
                rule = rules.create(
                    {"name": "Touch up", "model_id": self.env["ir.model"]._get_id(model._name), "trigger": "on_create_or_write"}
                )  # fmt: skip
                self.env["ir.actions.server"].create(
                    {"name": "Touch up", "model_id": rule.model_id.id, "state": "code", "base_automation_id": rule.id,
                     "usage": "base_automation", "code": f"record.write({{{name!r}: {self.another(row, name)!r}}})"}
                )  # fmt: skip
                with (
                    self.assertRaises(UserError),
                    mute_logger("odoo.addons.base_automation"),
                    self.cr.savepoint(),
                ):
                    row._charter_engine().write({name: row[name]})
                rule.unlink()


class _Undo(Exception):
    """What was tried is rolled back."""
