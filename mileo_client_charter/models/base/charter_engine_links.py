"""Links to other records (many2many) that prove something: triggers protect their tables as they protect the tables of rows."""

import re

from odoo import api, fields, models
from odoo.tools import SQL

from .charter_engine import ENGINE, _ThroughTheDoor
from .charter_guard import ON_RECORD, link_triggers


class _LinksThroughTheDoor(_ThroughTheDoor):
    """The cursor of one writing of links: what changes their table goes through the door, and nothing else of that writing does."""

    def __init__(self, cr, table):
        super().__init__(cr)
        self._table = table

    def execute(self, query, params=None, log_exceptions=True):
        code = query.code if isinstance(query, SQL) else query
        if code.startswith((f'INSERT INTO "{self._table}" ', f'DELETE FROM "{self._table}" ')):
            return super().execute(query, params, log_exceptions)
        return self._through.execute(query, params, log_exceptions)


class Links(fields.Many2many):
    """Links to other records that the engine alone makes, or that nobody changes once they are on record (``charter_engine_only``,
    ``charter_engine``, ``_charter_recorded_when``): the table of links has triggers as the document's own has.

    The links of a new record are made with it. Later on the door opens for what the engine wrote, as for the columns.
    """

    def write_real(self, records_commands_list, create=False):
        if not records_commands_list or self.name not in records_commands_list[0][0]._charter_guarded_links():
            return super().write_real(records_commands_list, create)
        model = records_commands_list[0][0].browse()
        ids = {row_id for records, _commands in records_commands_list for row_id in records.ids}
        allowed = model.env.cr.cache.get(ENGINE, {}).get((self.model_name, self.name), set())
        if not create and not ids <= allowed:
            # The trigger knows whether they are on record.
            return super().write_real(records_commands_list, create)
        through = model.env(cr=_LinksThroughTheDoor(model.env.cr, self.relation))
        super().write_real(
            [(records.with_env(through), given) for records, given in records_commands_list], create
        )
        allowed -= ids
        return None


class CharterEngineMixin(models.AbstractModel):
    _inherit = "charter.engine.mixin"

    @api.model
    def _charter_guarded_links(self):
        """Return {name of a many2many field: condition as of ``_charter_recorded_when``, empty for what the engine alone writes}."""
        recorded = self._charter_recorded_when()
        return {
            name: ""
            if self._charter_engine_only or getattr(field, "charter_engine", False)
            else recorded[name]
            for name, field in self._fields.items()
            if field.type == "many2many"
            and field.store
            and (self._charter_engine_only or getattr(field, "charter_engine", False) or name in recorded)
        }

    @api.model
    def _charter_link_triggers(self, columns):
        found = super()._charter_link_triggers(columns)
        for name, recorded in self._charter_guarded_links().items():
            if set(re.findall(r"\{row\}\.(\w+)", recorded)) <= columns:
                field = self._fields[name]
                found[field.relation] = link_triggers(field.column1, self._table, recorded)
        return found

    @api.model
    def _charter_trigger_functions(self):
        return {**super()._charter_trigger_functions(), "charter_on_record": ON_RECORD}
