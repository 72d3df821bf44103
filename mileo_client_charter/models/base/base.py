"""One look for every list and form of the charter: headers and badges are read whole, whatever the language."""

from odoo import api, models
from psycopg2 import errors


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # Other apps' views keep theirs: on their models ours are known by their names.
        if self._name.startswith("charter.") or "charter" in (view.name or ""):
            arch.set("class", f"{arch.get('class', '')} o_charter".strip())
        return arch, view

    @api.model
    def _sql_error_to_message_generic(self, exc):
        """Put PostgreSQL 18's own error for what ON DELETE RESTRICT holds (23001, not 23503) into words: Odoo 19.0 has none for it."""
        if not isinstance(exc, errors.RestrictViolation):
            return super()._sql_error_to_message_generic(exc)
        what = (
            self.env["ir.model"]._get(self._name).name
            if self._table == exc.diag.table_name
            else exc.diag.table_name
        )
        return self.env._("“%s” still refers to this: it is not deleted. Archive it instead.", what)
