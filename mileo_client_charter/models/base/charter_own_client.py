"""Triggers by which the database refuses a report, delivery or review file that holds a row of another client (article 01).

Python chooses the rows by client; the triggers refuse what it would choose wrongly. The check is made from the registry: every link of
a document to a model whose rows are a client's, every contact, the document it was made from, and the ids in its frozen table.
A merge of contacts, which moves the rows of one client table by table, is checked when it is over.
"""

from odoo import api, models
from odoo.tools import SQL

from .charter_addons import keeps_charter_rows
from .charter_triggers import DIGEST, Trigger

RULE = "charter_own_client"
# The column that says whose a row is, the commercial entity, in the order it is looked for.
OWNER = ("commercial_partner_id", "partner_id")

FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    own jsonb;
    client int;
    strange text;
BEGIN
    -- The row as it is now: in a deferred check NEW holds the values of the moment of the write.
    SELECT to_jsonb(document) INTO own FROM "{table}" AS document WHERE document.id = NEW.id;
    client := own ->> '{owner}';
    -- A link that stays as it was is not looked at again: a contact may have gone to another client since.
    IF TG_OP = 'UPDATE' AND OLD."{owner}" IS NOT DISTINCT FROM NEW."{owner}" THEN
        own := own - ARRAY(SELECT before.key FROM jsonb_each(to_jsonb(OLD)) AS before
                            WHERE before.key != 'res_model' AND before.value IS NOT DISTINCT FROM own -> before.key);
    END IF;
    SELECT what INTO strange FROM ({checks}) AS checked LIMIT 1;
    IF strange IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'charter_own_client',
            MESSAGE = format('%s %s is of client %s, and its %s is of another client.',
                             TG_TABLE_NAME, NEW.id, client, strange);
    END IF;
    RETURN NULL;
END
$function$
"""


def owner_of(model):
    """Name of the stored field of ``model`` that names the client, None for a model that is no one's."""
    for name in OWNER:
        field = model._fields.get(name)
        if field and field.store and field.comodel_name == "res.partner":
            return name
    return None


def is_of_clients(model):
    """Return whether the rows of ``model`` are the charter's, and each is one client's."""
    return keeps_charter_rows(model) and bool(owner_of(model))


class CharterOwnClientMixin(models.AbstractModel):
    """For a model whose rows are documents of one client."""

    _name = "charter.own.client.mixin"
    _description = "Document that holds rows of its own client only"
    _inherit = ["charter.trigger.mixin"]

    # {column of JSON: {path in it, with dots: model of the rows whose ids stand there}}
    _charter_frozen_rows = {}

    @api.model
    def _charter_own_links(self):
        """Return {column: SQL of what is wrong with it, one row when it names another client's}."""
        found = {}
        for name, field in self._fields.items():
            if not field.store or field.type != "many2one" or name == owner_of(self):
                continue
            if field.comodel_name == "res.partner":
                found[name] = self._charter_foreign(name, "res_partner", "commercial_partner_id")
            elif is_of_clients(self.env[field.comodel_name]):
                target = self.env[field.comodel_name]
                found[name] = self._charter_foreign(name, target._table, owner_of(target))
        if {"res_model", "res_id"} <= self._fields.keys():
            found["res_id"] = " UNION ALL ".join(
                self._charter_foreign(
                    "res_id", model._table, owner_of(model), f"own ->> 'res_model' = '{name}'"
                )
                for name, model in sorted(self.env.items())
                if is_of_clients(model)
            )
        for column, paths in self._charter_frozen_rows.items():
            found[column] = " UNION ALL ".join(
                f"SELECT '{column}: {path}' AS what FROM jsonb_array_elements(own #> '{{{column},{path.replace('.', ',')}}}') AS listed "
                f"JOIN \"{self.env[name]._table}\" AS row ON row.id = (listed ->> 'id')::int "
                f'WHERE row."{owner_of(self.env[name])}" <> client'
                for path, name in paths.items()
            )
        return found

    @api.model
    def _charter_foreign(self, column, table, owner, condition="true"):
        return (
            f"SELECT '{column}' AS what FROM \"{table}\" AS row "
            f"WHERE {condition} AND row.id = (own ->> '{column}')::int AND row.\"{owner}\" <> client"
        )

    @api.model
    def _charter_triggers(self, columns):
        triggers = super()._charter_triggers(columns)
        links, owner = sorted(self._charter_own_links().keys() & columns), owner_of(self)
        if not links or owner not in columns:
            return triggers
        given = " OR ".join(f'NEW."{name}" IS NOT NULL' for name in links)
        changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in [owner, *links])
        return [
            *triggers,
            *(
                Trigger(
                    f"{RULE}_{verb}",
                    f"AFTER {verb.upper()}",
                    condition,
                    self._charter_own_function(),
                    (DIGEST,),
                    True,
                )
                for verb, condition in (("insert", given), ("update", changed))
            ),
        ]

    @api.model
    def _charter_own_function(self):
        return f"charter_own_{self._table}"

    @api.model
    def _charter_trigger_functions(self):
        functions = super()._charter_trigger_functions()
        if not self._auto or self._abstract:
            return functions
        name, checks = self._charter_own_function(), " UNION ALL ".join(self._charter_own_links().values())
        return {
            **functions,
            name: FUNCTION.format(name=name, table=self._table, owner=owner_of(self), checks=checks),
        }

    @api.model_create_multi
    def create(self, vals_list):
        # Who belongs to whom is in the database before the row that is checked against it.
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return super().create(vals_list)

    @api.model
    def _sql_error_to_message(self, exc):
        if exc.diag.constraint_name == RULE:
            return self.env._(
                "%(model)s: a document of one client holds nothing of another one. Correct whose row that is, then try "
                "again.\n(%(detail)s)",
                model=self._charter_model_name(),
                detail=exc.diag.message_primary,
            )
        return super()._sql_error_to_message(exc)

    @api.model
    def _charter_take_out_functions(self):
        """Drop what checks these documents; for the uninstallation."""
        self.env.cr.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema::regnamespace AND proname LIKE 'charter\\_own\\_%'"
        )
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("DROP FUNCTION %s() CASCADE", SQL.identifier(name)))
