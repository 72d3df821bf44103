"""Rows made from the database's catalogue alone, for checks that no list of models has to follow."""

from datetime import date, timedelta
from itertools import count, product

import psycopg2
from odoo.tools import SQL, mute_logger

PATTERNS = {
    "int2": 1, "int4": 1, "int8": 1, "float8": 1.0, "numeric": 1, "bool": True,
    "timestamp": "2026-10-05 08:00:00", "jsonb": "{}", "json": "{}", "bytea": b"x",
}  # fmt: skip


class Catalogue:
    """Inserts rows by SQL: what must not be empty is filled, and foreign keys get rows of their own where there are none."""

    def __init__(self, env):
        self.env = env
        self.numbers = count(1)
        self.models = {
            model._table: name for name, model in env.items() if model._auto and not model._abstract
        }

    def columns(self, table):
        """[(name, type, must be given, table its foreign key names or None)]"""
        return self.env.execute_query(
            SQL(
                """
                SELECT a.attname, t.typname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
                       (SELECT f.relname FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid
                         WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum] LIMIT 1)
                  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname != 'id'
                 ORDER BY a.attnum
                """,
                table,
            )
        )

    def choices(self, table, column):
        """What a column of a selection may hold; else None."""
        model = self.env.get(self.models.get(table))
        field = model._fields.get(column) if model is not None else None
        if field is not None and field.type == "selection":
            return field.get_values(self.env)
        return None

    def value(self, table, column, kind, target):
        if target:
            return self.any(target)
        choices = self.choices(table, column)
        if choices:
            default = self.env[self.models[table]].default_get([column]).get(column)
            return default or choices[0]
        if column in ("res_model", "model"):
            return "res.partner"
        if kind == "date":
            return date(2026, 10, 5) + timedelta(days=next(self.numbers))
        return PATTERNS.get(kind, f"x{next(self.numbers)}")

    def any(self, table):
        """The id of some row of ``table``."""
        found = self.env.execute_query(SQL("SELECT id FROM %s ORDER BY id LIMIT 1", SQL.identifier(table)))
        return found[0][0] if found else self.insert(table)

    def insert(self, table, fill=(), **values):
        """A row of ``table``: ``values``, what must not be empty, and the columns of ``fill``. :return: its id"""
        for column, kind, needed, target in self.columns(table):
            if column not in values and (needed or column in fill):
                values[column] = self.value(table, column, kind, target)
        if values.get("res_model") == "res.partner" and any(
            one[0] == "res_model_id" for one in self.columns(table)
        ):
            values["res_model_id"] = self.env["ir.model"]._get_id("res.partner")
        # A promise and its commitment are of one company, whatever the first row of either table says.
        if table == "charter_obligation":
            commitment = self.env["charter.commitment"].browse(values["commitment_id"])
            values.update(company_id=commitment.document_id.company_id.id, code=commitment.code)
        if table == "ir_embedded_actions":
            values.update(python_method="action", name='{"en_US": "x"}')
        given = {
            column
            for column, _kind, needed, _target in self.columns(table)
            if needed and self.choices(table, column)
        }
        for guess in ({}, *self.guesses(table, given)):
            # A CHECK may want more than the first choice of a selection.
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    return self._insert(table, {**values, **guess})
            except psycopg2.errors.CheckViolation as error:
                why = error
        raise why

    def _insert(self, table, values):
        [[number]] = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        return number

    def guesses(self, table, columns):
        """Every choice of the selections among ``columns``, so that a rule's condition holds for one of them."""
        chosen = {column: self.choices(table, column) for column in columns}
        chosen = {column: values for column, values in chosen.items() if values}
        for values in product(*chosen.values()):
            yield dict(zip(chosen, values, strict=True))
