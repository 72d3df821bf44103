"""Fields that stay as they were recorded: a correction is a step with a reason, and both values are kept.

A field declared with ``charter_recorded`` is not edited once its record is on record:

``"client"``
    the client's own words and marks: operations correct them, and the client reads the correction
``"agreed"``
    what was agreed with the client: whoever may write the record corrects it
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import html2plaintext, plaintext2html

OPERATIONS = "mileo_client_charter.group_charter_operations"

# A trigger reads other tables by a function only.
STATE_OF = """
CREATE OR REPLACE FUNCTION charter_state_of(document text, number integer) RETURNS text LANGUAGE plpgsql STABLE AS $function$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT state FROM %I WHERE id = $1', document) INTO found USING number;
    RETURN found;
END
$function$
"""


class CharterRecordedMixin(models.AbstractModel):
    _name = "charter.recorded.mixin"
    _description = "Recorded text that cannot be edited"
    _inherit = ["charter.engine.mixin"]

    # True: a file may bring rows with a client's words, as the history of work that was done.
    _charter_importable = False

    correction_ids = fields.One2many(
        "charter.correction",
        "res_id",
        string="Corrections",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )

    def _valid_field_parameter(self, field, name):
        return name == "charter_recorded" or super()._valid_field_parameter(field, name)

    @api.model
    def _charter_recorded_fields(self):
        """Return {name: “client” or “agreed”} of the fields that are not edited once recorded."""
        return {
            name: field.charter_recorded
            for name, field in self._fields.items()
            if getattr(field, "charter_recorded", False)
        }

    def _charter_is_recorded(self, name):
        """Return whether field ``name`` of this record is on record: from the first saving, unless the model says otherwise."""
        self.ensure_one()
        return True

    @api.model
    def _charter_recorded_when(self):
        """Return for the database what ``_charter_is_recorded`` says: {column: SQL condition on ``{row}``}.

        A model that overrides the one overrides the other; tests/base/test_recorded.py holds them to each other.
        """
        return super()._charter_recorded_when() | dict.fromkeys(self._charter_recorded_columns(), "TRUE")

    @api.model
    def _charter_recorded_columns(self):
        return [
            name
            for name in self._charter_recorded_fields()
            if self._fields[name].store
            and (self._fields[name].column_type or self._fields[name].type == "many2many")
        ]

    @api.model
    def _charter_recorded_with(self, name, states):
        """Return the conditions of words that are on record once the document in field ``name`` is in one of ``states``."""
        document = self.env[self._fields[name].comodel_name]._table
        listed = ", ".join(f"'{state}'" for state in states)
        return dict.fromkeys(
            self._charter_recorded_columns(),
            f"charter_state_of('{document}', {{row}}.{name}) IN ({listed})",
        )

    @api.model
    def _charter_trigger_functions(self):
        return {**super()._charter_trigger_functions(), "charter_state_of": STATE_OF}

    def write(self, vals):
        if not self._charter_is_engine():
            touched = self._charter_recorded_fields().keys() & vals.keys()
            for record in self if touched else ():
                recorded = {
                    name
                    for name in touched
                    if record._charter_is_recorded(name) and record._charter_differs(name, vals[name])
                }
                if recorded:
                    record._charter_refuse_edit(recorded)
        return super().write(vals)

    def _charter_differs(self, name, value):
        """Return whether ``value``, as ``write`` takes it, is another than what field ``name`` holds."""
        field = self._fields[name]
        given, present = (field.convert_to_cache(one, self) for one in (value, self[name]))
        return set(given) != set(present) if field.type == "many2many" else given != present

    @api.ondelete(at_uninstall=False)
    def _unlink_never_recorded(self):
        if self._charter_is_engine():
            return
        names = self._charter_recorded_fields()
        for record in self:
            if any(record._charter_is_recorded(name) for name in names):
                raise UserError(
                    self.env._(
                        "“%s” is on record and is not deleted: correct it with a reason, both stay.",
                        record.display_name,
                    )
                )

    def _charter_refuse_edit(self, names):
        labels = ", ".join(
            f"“{self._fields[name]._description_string(self.env)}” ({name})" for name in sorted(names)
        )
        raise AccessError(
            self.env._(
                "%(model)s: %(fields)s stay as they were recorded. Use the button “Correct” and give a reason: "
                "what was there before stays beside it.",
                model=self._charter_model_name(),
                fields=labels,
            )
        )

    # -- files of many rows ------------------------------------------------------------------------

    @api.model
    def _charter_import_refused(self):
        """Return why no file brings rows of this model, with the remedy; empty where one may."""
        if self._charter_importable or "client" not in self._charter_recorded_fields().values():
            return ""
        return self.env._(
            "%s: what a client said is not read from a file. It would count, and open commitments, as if the client had said it "
            "to us. Record it with “New”, one by one, with when it was said and by whom.",
            self._charter_model_name(),
        )

    @api.model
    def load(self, fields, data):
        """Refuse a file with words of clients; else as any model."""
        refused = "" if self.env.su else self._charter_import_refused()
        if refused:
            return {
                "ids": False,
                "messages": [{"type": "error", "message": refused, "record": False}],
                "nextrow": 0,
            }
        return super().load(fields, data)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Return a view as of any model; where no file is read, it offers no import."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("list", "kanban") and self._charter_import_refused():
            arch.set("import", "0")
        return arch, view

    # -- the correction ---------------------------------------------------------------------------

    def _charter_correctable(self):
        """Return names of the fields of this record that can be corrected now."""
        self.ensure_one()
        return [name for name in self._charter_recorded_fields() if self._charter_is_recorded(name)]

    def _charter_check_correction(self, values):
        """Return ``values`` as they are written, checked by the model. :raise ValidationError: naming field and remedy"""
        return values

    def _charter_corrected(self, names, reason):
        """Do what follows from a correction of these fields; ``self`` is the engine's."""

    def _charter_open_to(self, names):
        """Return those of ``names`` that this user may correct."""
        kinds = self._charter_recorded_fields()
        everything = self.env.su or self.env.user.has_group(OPERATIONS)
        return [name for name in names if everything or kinds[name] != "client"]

    def _charter_may_correct(self, names):
        """:raise AccessError: these fields are not this user's to correct"""
        self.check_access("write")
        recorded = self._charter_recorded_fields()
        if self.env.su or self.env.user.has_group(OPERATIONS):
            return
        if any(recorded.get(name) == "client" for name in names):
            raise AccessError(
                self.env._(
                    "What a client reported is corrected by an operations manager: ask one, with the reason."
                )
            )
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users correct what is on record."))

    def _charter_correct(self, values, reason):
        """Correct what is on record; what was there before stays beside it, with who, when and why.

        :param values: {field: value}, as ``write`` takes them; what does not change is left alone
        :raise ValidationError: no reason, nothing changes, or a field that must not be empty
        :raise AccessError: not this user's to correct
        :return: the rows of charter.correction
        """
        self.ensure_one()
        self._charter_may_correct(values)
        reason = self._charter_reason(reason)
        engine = self._charter_locked()
        correctable = self._charter_correctable()
        strange = values.keys() - set(correctable)
        if strange:
            raise ValidationError(
                self.env._("%s: there is nothing on record here to correct.", ", ".join(sorted(strange)))
            )
        values = self._charter_check_correction(
            {
                name: plaintext2html(value) if value and self._fields[name].type == "html" else value
                for name, value in values.items()
            }
        )
        before = {name: engine._charter_recorded_value(name) for name in correctable}
        for name, value in values.items():
            if self._fields[name].required and not value:
                label = self._fields[name]._description_string(self.env)
                raise ValidationError(self.env._("“%s”: this must not be empty.", label))
        engine.write(values)
        after = {name: engine._charter_recorded_value(name) for name in correctable}
        changed = [name for name in correctable if before[name] != after[name]]
        if not changed:
            raise ValidationError(self.env._("Nothing is changed: write what is right, then correct."))
        rows = engine._charter_note_correction(
            {name: (before[name], after[name]) for name in changed}, reason
        )
        engine._charter_corrected(changed, reason)
        return rows.with_env(self.env)

    def _charter_note_correction(self, changes, reason):
        """Return rows that keep both. :param changes: {field: (before, after)} as ``_charter_recorded_value`` gives them"""
        self.ensure_one()
        rows = self.env["charter.correction"]._note(
            self,
            self._charter_correction_client(),
            changes,
            reason,
            {name: self._charter_is_for_client(name) for name in changes},
        )
        self.invalidate_recordset(["correction_ids"])
        return rows

    def _charter_is_for_client(self, name):
        """Return whether the client reads what was corrected in field ``name``."""
        return self._charter_recorded_fields().get(name) == "client"

    def _charter_correction_client(self):
        """Return the commercial entity whose words or agreement these are."""
        return self.partner_id.commercial_partner_id

    def _charter_recorded_value(self, name):
        """Return the value of field ``name`` as text, or False: the key of a choice, the name of a record."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.display_name or False
        if field.type == "many2many":
            return ", ".join(value.mapped("display_name")) or False
        if field.type == "html":
            return html2plaintext(value or "").strip() or False
        if field.type == "date":
            return fields.Date.to_string(value) or False
        return str(value).strip() if value or (field.type == "integer" and value == 0) else False

    def action_ask_correction(self):
        """Open the dialogue, filled with what is on record."""
        return self.env["charter.correction.wizard"]._open_for(self)
