"""What only the engine may write.

A promise proves something only if nobody can touch it up afterwards. Fields declared with
``charter_engine=True`` (and every field of a model with ``_charter_engine_only``) are written by the
addon's own methods alone: they carry a Python object in the context that no remote call, import or
form can send, because it has no representation outside this process.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .charter_changed import changed_names

ENGINE = object()


class CharterEngineMixin(models.AbstractModel):
    _name = "charter.engine.mixin"
    _description = "Fields only the charter's engine writes"

    # True: no row is created, changed or deleted except by the engine.
    _charter_engine_only = False

    def _valid_field_parameter(self, field, name):
        return name == "charter_engine" or super()._valid_field_parameter(field, name)

    def _charter_engine(self):
        """``self`` as the engine, which alone may write what proves something."""
        return self.sudo().with_context(charter_engine=ENGINE)

    def _charter_is_engine(self):
        return self.env.context.get("charter_engine") is ENGINE

    def _charter_step(self, *states):
        """The engine's record, locked, for who may write it and while its ``state`` is one of ``states``.

        :raise UserError: somebody else took a step meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        engine = self._charter_engine()
        engine.lock_for_update()
        engine.invalidate_recordset(["state"])
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
        """The present moment, naive UTC, to the second."""
        return fields.Datetime.now()

    @api.model
    def _charter_engine_field_names(self):
        # What is stored but computed is written by its computation alone.
        return {
            name
            for name, field in self._fields.items()
            if getattr(field, "charter_engine", False) or (field.store and field.compute and field.readonly)
        }

    def _charter_without_echo(self, vals):
        """``vals`` without the engine's fields that say what is there already: the web client sends all that a form holds.

        For new records, what is there is the default.
        """
        sent = self._charter_engine_field_names() & vals.keys()
        echoed = {name for name in sent if self._charter_is_echo(name, vals[name])}
        return {name: value for name, value in vals.items() if name not in echoed}

    def _charter_is_echo(self, name, value):
        field = self._fields[name]
        if not self._has_field_access(field, "read") or not self.has_access("read"):
            # Nobody learns by guessing what they may not read.
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
                model=self.env[self._name]._description,
                fields=labels,
            )
        )

    def _charter_refuse_row(self):
        raise AccessError(
            self.env._(
                "%(model)s: no row of the ledger can be added, changed or deleted by hand. "
                "An administrator can cancel one with a reason, which stays.",
                model=self.env[self._name]._description,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self._charter_is_engine():
            return super().create(vals_list)
        if self._charter_engine_only:
            self._charter_refuse_row()
        vals_list = [self.browse()._charter_without_echo(vals) for vals in vals_list]
        names = self._charter_engine_field_names()
        touched = {name for vals in vals_list for name in vals if name in names}
        if touched:
            self._charter_refuse(touched)
        # Given explicitly, so that neither a default_* in the context nor a user-defined default gets in. A field
        # this user has no access to is refused by the ORM whatever the way in.
        defaults = {
            name: field.default(self) if field.default else False
            for name, field in self._fields.items()
            if name in names and not field.compute and self._has_field_access(field, "write")
        }
        return super().create([dict(defaults, **vals) for vals in vals_list])

    def write(self, vals):
        if not self._charter_is_engine():
            if self._charter_engine_only:
                self._charter_refuse_row()
            vals = self._charter_without_echo(vals)
            touched = self._charter_engine_field_names() & vals.keys()
            if touched:
                self._charter_refuse(touched)
        return super().write(vals)

    def unlink(self):
        if self._charter_engine_only and not self._charter_is_engine():
            self._charter_refuse_row()
        return super().unlink()

    def copy_data(self, default=None):
        """A copy starts its own life: it takes nothing the engine wrote."""
        names = self._charter_engine_field_names()
        return [
            {name: value for name, value in vals.items() if name not in names}
            for vals in super().copy_data(default)
        ]
