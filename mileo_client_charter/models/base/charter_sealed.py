"""What is sealed: rows of a model once they are decided or frozen, and the queue of rows that wait for their seal.

The canonical content is ``jsonb_build_array`` of the model's columns as PostgreSQL writes it: the same after a dump is
restored, and in every time zone and language. The chain of seals is ``charter_seal.py``.
"""

import re

from odoo import api, fields, models
from odoo.tools import SQL

from .charter_own_client import owner_of
from .charter_triggers import DIGEST, Trigger

BATCH = 1000
# A row that is on the list already is locked there by whoever changes it: sealed meanwhile as it was before, the change would
# never be.
FUNCTION = """
CREATE OR REPLACE FUNCTION charter_seal_due() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO charter_seal_due (model_name, row_id, of_company) VALUES (TG_ARGV[0], OLD.id, OLD.company_id)
        ON CONFLICT (model_name, row_id) DO UPDATE SET of_company = excluded.of_company, error = NULL;
    ELSE
        INSERT INTO charter_seal_due (model_name, row_id, of_company) VALUES (TG_ARGV[0], NEW.id, NEW.company_id)
        ON CONFLICT (model_name, row_id) DO UPDATE SET of_company = excluded.of_company, error = NULL;
    END IF;
    RETURN NULL;
END
$function$
"""


class CharterSealed(models.AbstractModel):
    """A model whose rows are sealed once they are decided or frozen.

    ``_charter_seal_when`` is an SQL condition on the table's own columns, each written ``{row}.name``;
    ``_charter_seal_columns`` are the columns that make the canonical content, in this order for ever (add at the end);
    ``_charter_seal_extra`` are further SQL expressions of it, with ``{row}``, for what lies in other tables;
    ``_charter_seal_label`` is an SQL expression that names the row without naming a person. The table has ``company_id``.
    """

    _name = "charter.sealed.mixin"
    _description = "Sealed once decided"
    _inherit = ["charter.trigger.mixin"]

    _charter_seal_when = None
    _charter_seal_columns = ()
    _charter_seal_extra = ()
    _charter_seal_label = "''"

    def _charter_sealed_name(self):
        """Return what the list of seals calls this record, in the reader's language."""
        self.ensure_one()
        return self.display_name

    def _charter_sealed_client(self):
        """Return the name of the client this record is about; False for none."""
        self.ensure_one()
        owner = owner_of(self)
        return owner and self.sudo()[owner].commercial_partner_id.display_name

    @api.model
    def _charter_seal_sql(self, template):
        return SQL(template.format(row="row"))

    @api.model
    def _charter_seal_content(self):
        """Return SQL: the SHA-256, in hexadecimal, of the canonical content of ``row``."""
        columns = [SQL.identifier("row", name) for name in self._charter_seal_columns]
        extra = [self._charter_seal_sql(expression) for expression in self._charter_seal_extra]
        return SQL(
            "encode(sha256(convert_to(jsonb_build_array(%s)::text, 'UTF8')), 'hex')",
            SQL(", ").join([SQL("row.id"), *columns, *extra]),
        )

    @api.model
    def _charter_triggers(self, columns):
        """Return what puts a row on the list of those to seal, whoever changes it."""
        triggers = super()._charter_triggers(columns)
        read = set(re.findall(r"\{row\}\.(\w+)", self._charter_seal_when or ""))
        if not self._charter_seal_when or not {"company_id", *read} <= columns:
            return triggers
        new, old = (self._charter_seal_when.format(row=row) for row in ("NEW", "OLD"))
        changed = " OR ".join(
            f'OLD."{name}" IS DISTINCT FROM NEW."{name}"'
            for name in self._charter_seal_columns
            if name in columns
        )
        conditions = {
            "insert": f"({new})",
            "update": f"(({new}) OR ({old})) AND ({changed})",
            "delete": f"({old})",
        }
        return triggers + [
            Trigger(
                f"charter_seal_{verb}",
                f"AFTER {verb.upper()}",
                condition,
                "charter_seal_due",
                (self._name, DIGEST),
            )
            for verb, condition in conditions.items()
        ]

    @api.model
    def _charter_trigger_functions(self):
        return {**super()._charter_trigger_functions(), "charter_seal_due": FUNCTION}

    @api.model
    def _charter_triggers_made(self, names):
        """Put what was decided before there were triggers on the list of rows to seal."""
        super()._charter_triggers_made(names)
        if "charter_seal_insert" not in names:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO charter_seal_due (model_name, row_id, of_company)
                SELECT %(model)s, row.id, row.company_id FROM %(table)s AS row
                 WHERE (%(when)s) AND NOT EXISTS (SELECT 1 FROM charter_seal AS link
                                                 WHERE link.model_name = %(model)s AND link.row_id = row.id)
                 ORDER BY row.id
                ON CONFLICT (model_name, row_id) DO NOTHING
                """,
                model=self._name,
                table=SQL.identifier(self._table),
                when=self._charter_seal_sql(self._charter_seal_when),
            )
        )


class CharterSealDue(models.Model):
    """Rows to seal: written by the database whenever a sealed row changes, emptied by the sealing."""

    _name = "charter.seal.due"
    _description = "Row to seal"
    _log_access = False

    model_name = fields.Char(required=True, readonly=True)
    row_id = fields.Integer(required=True, readonly=True)
    of_company = fields.Integer(readonly=True)
    error = fields.Char("Why it cannot be sealed", readonly=True, help="Tried again once a day.")

    _once = models.UniqueIndex("(model_name, row_id)")

    @api.model
    def _take(self, limit=BATCH):
        """Lock and return up to ``limit`` rows to seal; those another worker has are left to it."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM charter_seal_due WHERE error IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
                limit=limit,
            ),
        )
        return self.browse(row_id for (row_id,) in self.env.cr.fetchall())
