"""Create, compare and drop the triggers of the database, which are made from the registry.

A model says which triggers its table has (``_charter_triggers``); the door of the engine and the list of rows to seal are
made of them. They are taken out before a table changes, and made again once all tables are up to date; whenever the registry
is loaded, what is missing (a column that goes takes a trigger along) or says something else is made again.
"""

import hashlib
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

# In the arguments of a trigger: the digest of its definition, by which one that says something else is known.
DIGEST = "%digest%"


class Trigger(NamedTuple):
    """One trigger of a table: FOR EACH ROW, or FOR EACH STATEMENT where the event is a TRUNCATE, which has no rows.

    :param name: begins with ``charter_``
    :param event: “BEFORE UPDATE”, “AFTER INSERT” …
    :param condition: SQL on OLD and NEW: where it does not hold, the function is not called
    :param function: name of the function, a key of ``charter.trigger.mixin._charter_trigger_functions``
    :param arguments: texts, one of them ``DIGEST``
    :param deferrable: a constraint trigger, that a transaction may put off (``SET CONSTRAINTS ALL DEFERRED``)
    """

    name: str
    event: str
    condition: str
    function: str
    arguments: tuple
    deferrable: bool = False

    def digest(self, source):
        said = "\n".join((self.event, self.condition, *self.arguments, source))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def statement(self, table, digest):
        arguments = ", ".join(f"'{digest if one == DIGEST else one}'" for one in self.arguments)
        kind, when = ("CONSTRAINT TRIGGER", "DEFERRABLE ") if self.deferrable else ("TRIGGER", "")
        each = "STATEMENT" if self.event.endswith("TRUNCATE") else "ROW"
        return (
            f'DROP TRIGGER IF EXISTS {self.name} ON "{table}"; '
            f'CREATE {kind} {self.name} {self.event} ON "{table}" {when}FOR EACH {each} '
            f"WHEN ({self.condition}) EXECUTE FUNCTION {self.function}({arguments})"
        )


def hang_triggers(env):
    env["charter.trigger.mixin"]._charter_hang_triggers()


class CharterTriggerMixin(models.AbstractModel):
    _name = "charter.trigger.mixin"
    _description = "Table with triggers of the charter"

    @api.model
    def _charter_triggers(self, columns):
        """Return the triggers this model's table is to have.

        :param columns: names of the columns the table has at present: a server may be started before its database is
            upgraded, and a trigger on a column that is not there yet cannot be made
        :return: list of Trigger
        """
        return []

    @api.model
    def _charter_link_triggers(self, columns):
        """Return the triggers the tables of this model's links (many2many) are to have: {table: list of Trigger}.

        :param columns: as for ``_charter_triggers``, of the model's own table
        """
        return {}

    @api.model
    def _charter_trigger_functions(self):
        """Return {name: SQL that makes the function}"""
        return {}

    @api.model
    def _charter_triggers_made(self, names):
        """Do what has to follow once triggers of these names were made where there were none."""

    def _auto_init(self):
        """Bring the table up to date without its triggers, which would be in the way, and have them made at the end."""
        if self._auto and not self._abstract:
            self._charter_take_out_triggers()
        return super()._auto_init()

    @api.model
    def _charter_take_out_triggers(self):
        self.env.cr.execute(
            SQL(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'charter\\_%%' AND tgrelid = to_regclass(%(table)s)",
                table=f'"{self._table}"',
            ),
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        if names:
            table = SQL.identifier(self._table)
            self.env.cr.execute(
                SQL("; ").join(
                    SQL("DROP TRIGGER %(name)s ON %(table)s", name=SQL.identifier(name), table=table)
                    for name in names
                )
            )
        waiting = self.pool._post_init_queue
        if not any(getattr(call, "func", None) == hang_triggers for call in waiting):
            self.pool.post_init(hang_triggers, self.env)

    def _register_hook(self):
        super()._register_hook()
        if self._name == "charter.trigger.mixin":
            self._charter_hang_triggers()

    @api.model
    def _charter_hang_triggers(self):
        """Make the triggers that are missing or say something else, and take out the others; one query when all is well."""
        models_of = {
            self.env[name]._table: self.env[name]
            for name in sorted(self.pool.descendants(["charter.trigger.mixin"], "_inherit"))
            if self.env[name]._auto and not self.env[name]._abstract
        }
        links = {
            field.relation: model
            for model in models_of.values()
            for field in model._fields.values()
            if field.type == "many2many" and field.store
        }
        functions = {}
        for name in self.pool.descendants(["charter.trigger.mixin"], "_inherit"):
            functions.update(self.env[name]._charter_trigger_functions())
        self.env.cr.execute(
            SQL(
                """
            SELECT owner.relname,
                   ARRAY(SELECT attname FROM pg_attribute
                          WHERE attrelid = owner.oid AND attnum > 0 AND NOT attisdropped),
                   COALESCE(json_object_agg(hung.tgname, pg_get_triggerdef(hung.oid))
                            FILTER (WHERE hung.oid IS NOT NULL), '{}')
              FROM pg_class AS owner
              LEFT JOIN pg_trigger AS hung
                ON hung.tgrelid = owner.oid AND NOT hung.tgisinternal AND hung.tgname LIKE 'charter\\_%%'
             WHERE owner.relkind = 'r' AND owner.relnamespace = current_schema::regnamespace
               AND (owner.relname = ANY(%(models_of)s) OR hung.oid IS NOT NULL)
             GROUP BY owner.oid, owner.relname
            """,
                models_of=[*models_of, *links],
            ),
        )
        statements, made, present = [], {}, self.env.cr.fetchall()
        columns_of = {table: set(columns) for table, columns, _found in present}
        of_links = {}
        for model in models_of.values():
            of_links.update(model._charter_link_triggers(columns_of.get(model._table, set())))
        for table, columns, found in present:
            if table in models_of:
                wanted = models_of[table]._charter_triggers(set(columns))
            else:
                wanted = of_links.get(table, [])
            for trigger in wanted:
                digest = trigger.digest(functions[trigger.function])
                if digest not in found.get(trigger.name, ""):
                    statements.append(trigger.statement(table, digest))
                    if trigger.name not in found and table in models_of:
                        made.setdefault(table, []).append(trigger.name)
            for name in found.keys() - {trigger.name for trigger in wanted}:
                statements.append(f'DROP TRIGGER "{name}" ON "{table}"')
        if statements:
            self.env.cr.execute("; ".join([*functions.values(), *statements]))
        for table, names in made.items():
            models_of[table]._charter_triggers_made(names)
