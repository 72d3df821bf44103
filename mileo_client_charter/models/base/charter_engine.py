"""What only the engine may write: nobody edits or deletes a row of the register, or of another document that proves something.

A promise proves something only if nobody can touch it up afterwards. Fields declared with
``charter_engine=True`` (and every field of a model with ``_charter_engine_only``) are written by the
addon's own methods alone: they carry a Python object in the context that no remote call, import or
form can send, because it has no representation outside this process.

The database holds to the same: triggers on every table of such a model refuse to change what is protected, to delete a
row and to empty the table, unless the *door* of the transaction is open. The ORM opens it for what the engine wrote, and for
nothing else; SQL of our own goes through ``charter_through`` (one statement) or ``charter_door`` (several).
"""

import re
from contextlib import contextmanager, nullcontext

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import BaseCursor
from odoo.tools import SQL
from odoo.tools.misc import clean_context
from psycopg2 import IntegrityError
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from ...tools.words import is_sentence, trimmed
from .charter_changed import changed_names
from .charter_guard import REFUSE, door_triggers
from .charter_lock import lock

ENGINE = object()

# -- the door of a transaction ---------------------------------------------------------------------

DOOR = "charter_door"
OPEN = "SET LOCAL charter.door = 'open'"
CLOSE = "SET LOCAL charter.door = ''"


@contextmanager
def charter_door(cr):
    """Open the door of the transaction: within, SQL may change and delete what the engine's tables protect.

    For SQL of several statements (``with charter_door(self.env.cr): self.env.cr.execute(…)``); two statements of its own.
    Doors may be nested. Flush and invalidate what the ORM holds of these rows, as around any SQL. The caller answers
    for who may take the step, and for the account of it in ``history``. A rollback closes what was opened since.

    :param cr: the cursor, ``self.env.cr`` or that of a migration
    """
    inside = cr.cache.get(DOOR)
    if inside:
        yield
        return
    cr.execute(OPEN)
    cr.cache[DOOR] = True
    try:
        yield
    finally:
        cr.cache.pop(DOOR, None)
        # After an error of SQL nothing can be executed before the rollback, which closes the door.
        if cr.connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
            cr.execute(CLOSE)


def charter_through(cr, query, params=None):
    """Execute one UPDATE or DELETE through the door, which closes behind it: one statement in all.

    :param query: SQL, or a text with ``params``; without RETURNING
    :return: the number of rows it changed
    """
    query, params = (query.code, query.params) if isinstance(query, SQL) else (query, params)
    if cr.cache.get(DOOR):
        cr.execute(query, params)
        return cr.rowcount
    cr.execute(
        f"{OPEN}; WITH through AS ({query} RETURNING 1) "
        "SELECT count(*), set_config('charter.door', '', true) FROM through",
        params,
    )
    return cr.fetchone()[0]


class _ThroughTheDoor(BaseCursor):
    """The cursor of one flush by the ORM: each UPDATE goes through the door, which closes behind it.

    Three commands in one round trip, so that a flush costs no statement more than without the door.
    """

    def __init__(self, cr):
        self._through = cr
        self.transaction = cr.transaction

    def __getattr__(self, name):
        return getattr(self._through, name)

    def now(self):
        return self._through.now()

    def execute(self, query, params=None, log_exceptions=True):
        query, params = (query.code, query.params) if isinstance(query, SQL) else (query, params)
        if self._through.cache.get(DOOR):
            # Whoever opened it closes it.
            return self._through.execute(query, params, log_exceptions)
        return self._through.execute(f"{OPEN}; {query}; {CLOSE}", params, log_exceptions)


class CharterEngineMixin(models.AbstractModel):
    _name = "charter.engine.mixin"
    _description = "Fields only the charter's engine writes"
    _inherit = ["charter.files.mixin", "charter.trigger.mixin"]

    # True: no row is created, changed or deleted except by the engine.
    _charter_engine_only = False

    def _valid_field_parameter(self, field, name):
        # ``charter_json``: what a Json field holds; ids of contacts inside would not follow a merge (test_merge.py).
        return name in ("charter_engine", "charter_json") or super()._valid_field_parameter(field, name)

    def _charter_engine(self):
        """Return ``self`` as the engine, which alone may write what proves something.

        What a caller put into the context as a default is no word of the engine's.
        """
        context = clean_context(self.env.context)
        return self.sudo().with_context({**context, "charter_engine": ENGINE})  # pylint: disable=context-overridden

    def _charter_is_engine(self):
        return self.env.context.get("charter_engine") is ENGINE

    @api.model
    def _charter_reason(self, reason):
        """Return the reason of a step that changes what counts, without the spaces around it.

        :raise ValidationError: none, or less than somebody who was not there understands
        """
        if not is_sentence(reason):
            raise ValidationError(
                self.env._(
                    "Reason: write a sentence that somebody who was not there understands; it stays on record."
                )
            )
        return trimmed(reason)

    def _charter_locked(self, *names):
        """Lock these records against other writers until the transaction ends, and read them again as the engine.

        Every step a person takes goes through here: two clicks are one step, and of two people the second sees what the
        first did.

        :param names: fields to read again; all of them when none is named
        :return: the engine's records
        :raise Busy, MissingError, ConcurrencyError: see ``charter_lock.lock``
        """
        engine = self._charter_engine()
        lock(engine)
        engine.invalidate_recordset(names or None)
        return engine

    def _charter_step(self, *states):
        """Return the engine's record, locked, for who may write it and while its ``state`` is one of ``states``.

        :raise UserError: somebody else took a step meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        engine = self._charter_locked("state")
        if engine.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(record)s” is “%(state)s” already: reload the page.",
                    record=self.display_name,
                    state=labels[engine.state],
                )
            )
        return engine

    def _charter_now(self):
        """Return the present moment, naive UTC, to the second."""
        return fields.Datetime.now()

    @api.model
    def _charter_engine_field_names(self):
        # What is stored but computed is written by its computation alone.
        return {
            name
            for name, field in self._fields.items()
            if getattr(field, "charter_engine", False) or (field.store and field.compute and field.readonly)
        }

    @api.model
    def _charter_protected_columns(self):
        """Return columns the database protects: all of the model's, or those of its fields marked ``charter_engine``."""
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and field.column_type
            and (self._charter_engine_only or getattr(field, "charter_engine", False))
        } - {"id"}

    @api.model
    def _charter_recorded_when(self):
        """Return {column: SQL condition on ``{row}``} of what people write until it is on record, and nobody after.

        Links (many2many) are among them by the name of their field.
        """
        return {}

    def _charter_without_echo(self, vals):
        """Return ``vals`` without the engine's fields whose value is unchanged: the web client sends all that a form holds.

        For new records, what is there is the default.
        """
        sent = self._charter_engine_field_names() & vals.keys()
        echoed = {name for name in sent if self._charter_is_echo(name, vals[name])}
        return {name: value for name, value in vals.items() if name not in echoed}

    def _charter_is_echo(self, name, value):
        field = self._fields[name]
        if not self._has_field_access(field, "read") or not self.has_access("read"):
            # An equal value would be accepted and another refused: that would reveal a value the user may not read.
            return False
        if self:
            return not any(changed_names(record, {name: value}) for record in self.sudo())
        default = field.default(self) if field.default and not field.compute else False
        if field.type in ("one2many", "many2many"):
            return not value and not default
        return field.convert_to_cache(value, self, validate=False) == field.convert_to_cache(
            default, self, validate=False
        )

    def _charter_refuse(self, names):
        labels = ", ".join(
            f"“{self._fields[name]._description_string(self.env)}” ({name})" for name in sorted(names)
        )
        raise AccessError(
            self.env._(
                "%(model)s: %(fields)s can only change through the charter's own steps, never by editing. "
                "Use the buttons of the form.",
                model=self._charter_model_name(),
                fields=labels,
            )
        )

    def _charter_refuse_row(self):
        raise AccessError(
            self.env._(
                "%(model)s: no row of the register can be added, changed or deleted manually. An "
                "administrator can cancel one with a reason, which stays.",
                model=self._charter_model_name(),
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self._charter_is_engine():
            defaults = self._charter_defaults()
            vals_list = [dict(defaults, **vals) for vals in vals_list]
            # What reacts to the new rows is not the engine.
            with self._charter_door_for_files(vals_list):
                rows = super(CharterEngineMixin, self.with_context(charter_engine=None)).create(vals_list)
            rows._charter_freeze_files({*()}.union(*vals_list))
            return rows.with_env(self.env)
        if self._charter_engine_only:
            self._charter_refuse_row()
        vals_list = [self.browse()._charter_without_echo(vals) for vals in vals_list]
        names = self._charter_engine_field_names()
        touched = {name for vals in vals_list for name in vals if name in names}
        if touched:
            self._charter_refuse(touched)
        defaults = self._charter_defaults()
        return super().create([dict(defaults, **vals) for vals in vals_list])

    def _charter_defaults(self):
        """Return the values protected fields begin with, given explicitly: neither a default_* in the context nor a user-defined
        default gets in. A field this user has no access to is refused by the ORM whatever the way in."""
        return {
            name: field.default(self) if field.default else False
            for name, field in self._fields.items()
            if (getattr(field, "charter_engine", False) or self._charter_engine_only)
            and field.store
            and not field.compute
            and field.type not in ("one2many", "many2many")
            and name not in ("id", *models.LOG_ACCESS_COLUMNS)
            and self._has_field_access(field, "write")
        }

    def write(self, vals):
        if self._charter_is_engine():
            self._charter_allow(vals)
            # What reacts to the change is not the engine.
            with self._charter_door_for_files([vals]):
                result = super(CharterEngineMixin, self.with_context(charter_engine=None)).write(vals)
            self._charter_freeze_files(vals)
            return result
        if self._charter_engine_only:
            self._charter_refuse_row()
        vals = self._charter_without_echo(vals)
        touched = self._charter_engine_field_names() & vals.keys()
        if touched:
            self._charter_refuse(touched)
        return super().write(vals)

    def _charter_door_for_files(self, vals_list):
        """Return the door, where the engine writes files: they are rows of another table, written at once."""
        names = {name for vals in vals_list for name in vals}
        files = any(
            self._fields[name].type == "binary" and self._fields[name].attachment
            for name in names
            if name in self._fields
        )
        return charter_door(self.env.cr) if files else nullcontext()

    def unlink(self):
        if self._charter_engine_only and not self._charter_is_engine():
            self._charter_refuse_row()
        # Pending changes are not let in with the deletion.
        self.env.flush_all()
        with charter_door(self.env.cr):
            return super(CharterEngineMixin, self.with_context(charter_engine=None)).unlink()

    def copy_data(self, default=None):
        """Return values of a copy: it starts its own life, and takes nothing the engine wrote."""
        names = self._charter_engine_field_names()
        return [
            {name: value for name, value in vals.items() if name not in names}
            for vals in super().copy_data(default)
        ]

    # -- the door of the database --------------------------------------------------------------------

    def _charter_allow(self, names):
        """Let the engine write these fields: the flush that carries them, now or later, goes through the door."""
        allowed = self.env.cr.cache.setdefault(ENGINE, {})
        for name in names:
            allowed.setdefault((self._name, name), set()).update(self._ids)

    def _write_multi(self, vals_list):
        """Open the door for what the engine wrote and for what is computed; the trigger refuses the rest.

        :raise AccessError: a protected column would change, and the engine did not write it
        """
        protected = self._charter_protected_columns()
        typed = self._charter_recorded_when().keys() - protected
        if typed.intersection(*[set().union(*vals_list)]):
            vals_list = self._charter_write_typed(vals_list, typed)
            protected |= typed
            if not any(vals_list):
                return None
        touched = protected.intersection(*[set().union(*vals_list)])
        if not touched:
            return super()._write_multi(vals_list)
        allowed = self.env.cr.cache.get(ENGINE, {})
        free = {*models.LOG_ACCESS_COLUMNS} | {name for name in touched if self._fields[name].compute}
        for name in touched - free:
            rows = {row_id for row_id, vals in zip(self._ids, vals_list, strict=True) if name in vals}
            if not rows <= allowed.get((self._name, name), set()):
                break
        else:
            through = self.env(cr=_ThroughTheDoor(self.env.cr))
            super(CharterEngineMixin, self.with_env(through))._write_multi(vals_list)
            for name in touched:
                allowed.get((self._name, name), set()).difference_update(self._ids)
            return None
        return self._charter_write_past(vals_list)

    def _charter_write_typed(self, vals_list, names):
        """Write, without the door, what people typed into columns ``names``: the trigger knows whether it is on record.

        Before what the engine did in the same flush, so that it is judged by what was there when it was typed.

        :return: what is left to write of each record
        """
        allowed = self.env.cr.cache.get(ENGINE, {})
        # What is computed follows from what was written, and is let in with it.
        names = {name for name in names if not self._fields[name].compute}
        typed, left = [], []
        for row_id, vals in zip(self._ids, vals_list, strict=True):
            own = {
                name for name in names & vals.keys() if row_id not in allowed.get((self._name, name), set())
            }
            typed.append({name: vals[name] for name in own})
            left.append({name: value for name, value in vals.items() if name not in own})
        if not any(typed):
            return vals_list
        protected = self._charter_protected_columns() | names
        if not protected.intersection(*[set().union(*left)]) - set(models.LOG_ACCESS_COLUMNS):
            # The engine wrote nothing: one statement.
            self._charter_write_past(vals_list)
            return [{} for _vals in vals_list]
        rows = [(row_id, vals) for row_id, vals in zip(self._ids, typed, strict=True) if vals]
        self.browse(row_id for row_id, _vals in rows)._charter_write_past([vals for _id, vals in rows])
        return left

    def _charter_write_past(self, vals_list):
        """Write without the door. :raise AccessError: the trigger refuses it"""
        try:
            return super()._write_multi(vals_list)  # pylint: disable=super-method-mismatch
        except IntegrityError as error:
            if error.diag.constraint_name != DOOR:
                raise
            raise AccessError(self._charter_door_message(error)) from error

    def _charter_door_message(self, error):
        return self.env._(
            "This can only change through the charter's own steps, never by editing. Use the buttons of "
            "the form.\n(%(detail)s)",
            detail=error.diag.message_primary,
        )

    @api.model
    def _sql_error_to_message(self, exc):
        if exc.diag.constraint_name == DOOR:
            return self._charter_door_message(exc)
        return super()._sql_error_to_message(exc)

    @api.model
    def _charter_triggers(self, columns):
        triggers = super()._charter_triggers(columns)
        if self._charter_engine_only:
            return [*triggers, *door_triggers([])]
        protected = sorted(self._charter_protected_columns() & columns)
        recorded = {
            name: condition.format(row="OLD")
            for name, condition in self._charter_recorded_when().items()
            if name not in protected and {name, *re.findall(r"\{row\}\.(\w+)", condition)} <= columns
        }
        return [*triggers, *(door_triggers(protected, recorded=recorded) if protected or recorded else [])]

    @api.model
    def _charter_trigger_functions(self):
        return {**super()._charter_trigger_functions(), "charter_door": REFUSE}
