"""What every model gets: the style of our lists and forms, and a check that a form names no row its reader may not read."""

from odoo import api, models
from odoo.exceptions import ValidationError
from psycopg2 import errors

from .charter_addons import is_charter_model

# As days and moments are written: the beginning of 1900.
OLDEST = "1900"
CONTRACTS = ("contract.contract", "contract.line")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Give headers and badges a style in which they are read whole, whatever the language."""
        arch, view = super()._get_view(view_id, view_type, **options)
        # Other apps' views keep theirs: on their models ours are known by their names.
        if is_charter_model(self) or "charter" in (view.name or ""):
            arch.set("class", f"{arch.get('class', '')} o_charter".strip())
        return arch, view

    @api.model
    def _sql_error_to_message_generic(self, exc):
        """Put PostgreSQL 18's own error for what ON DELETE RESTRICT holds (23001, not 23503) into words: Odoo 19.0 has none for it."""
        if not isinstance(exc, errors.RestrictViolation):
            return super()._sql_error_to_message_generic(exc)
        what = self._charter_model_name() if self._table == exc.diag.table_name else exc.diag.table_name
        return self.env._("“%s” still refers to this: it is not deleted. Archive it instead.", what)

    @api.model
    def _charter_model_name(self):
        """Name this kind of document in the language of the environment: ``_description`` is the source's, in English."""
        return self.env["ir.model"]._get(self._name).sudo().name or self._description

    # -- rows a form names --------------------------------------------------------------------------

    def onchange(self, values, field_names, fields_spec):
        """Compute a form for whoever may read the rows it names: fields that follow a link are computed as the superuser.

        :raise AccessError: a row of the charter, or a contract, is named that the user may not read
        """
        if not self.env.su:
            named = dict(values)
            if not field_names:
                named |= {
                    key.removeprefix("default_"): value
                    for key, value in self.env.context.items()
                    if key.startswith("default_")
                }
                if self._charter_is_dialogue():
                    named |= self.default_get([name for name in self._fields if name not in named])
            self._charter_check_named(named)
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        if is_charter_model(self):
            self._charter_check_years(vals_list)
        records = super().create(vals_list)
        if records._charter_is_dialogue() and not self.env.su:
            records._charter_check_links()
        return records

    def write(self, vals):
        if is_charter_model(self):
            self._charter_check_years([vals])
        result = super().write(vals)
        if self._charter_is_dialogue() and not self.env.su:
            self._charter_check_links()
        return result

    @api.model
    def _charter_check_years(self, vals_list):
        """Refuse days and moments of centuries past: a year of one or two figures was typed, and browsers show no list that has one.

        :raise ValidationError: naming the field
        """
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if value and field is not None and field.type in ("date", "datetime") and str(value) < OLDEST:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: %(value)s lies before 1900. Give the year in four figures.",
                            field=field._description_string(self.env),
                            value=value,
                        )
                    )

    @api.model
    def _charter_is_dialogue(self):
        return self._transient and is_charter_model(self)

    @api.model
    def _charter_guards(self, field):
        """Return whether the rows ``field`` links to are the charter's own, or contracts."""
        if field is None or not field.relational or field.comodel_name not in self.env:
            return False
        comodel = self.env[field.comodel_name]
        return not comodel._transient and (is_charter_model(comodel) or comodel._name in CONTRACTS)

    def _charter_check_links(self):
        """Refuse dialogues that link to a row their user may not read.

        :raise AccessError: naming it
        """
        for field in self._fields.values():
            if field.store and self._charter_guards(field):
                linked = self.sudo().mapped(field.name)
                if linked:
                    linked.with_env(self.env).check_access("read")

    def _charter_check_named(self, values):
        """Refuse ``values``, as a form sends them, that name a row the user may not read and that is not linked yet.

        :raise AccessError: naming it
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if not self._charter_guards(field):
                continue
            ids = self._charter_named(field, value)
            if self:
                ids -= set(self.sudo().mapped(name)._ids)
            if ids:
                self.env[field.comodel_name].browse(sorted(ids)).exists().check_access("read")

    @api.model
    def _charter_named(self, field, value):
        """Return the ids a value of ``field`` names; rows within it are checked as it goes."""
        if isinstance(value, int):
            return {value} if value is not True and value else set()
        if isinstance(value, models.BaseModel):
            return {row for row in value._ids if isinstance(row, int)}
        found = set()
        for command in value if isinstance(value, list | tuple) else ():
            if isinstance(command, int):
                found.add(command)
            elif isinstance(command, list | tuple) and len(command) > 1:
                _kind, row, *rest = command
                if isinstance(row, int) and row:
                    found.add(row)
                if rest and isinstance(rest[0], list | tuple):
                    found |= {one for one in rest[0] if isinstance(one, int)}
                elif rest and isinstance(rest[0], dict):
                    self.env[field.comodel_name]._charter_check_named(rest[0])
        return found
