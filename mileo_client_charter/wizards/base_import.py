"""Say in words what is wrong with a file that somebody imports into one of our lists, and what to do."""

from odoo import models

from ..models.base.charter_addons import is_charter_model


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    def parse_preview(self, options, count=10):
        """Return core's preview; for rows of ours, an error that names the remedy where core gives a program's own."""
        model = self.env.get(self.res_model)
        if not is_charter_model(model):
            return super().parse_preview(options, count)
        refused = getattr(model, "_charter_import_refused", str)()
        if refused or not self.file:
            return {"error": refused or self._charter_no_rows(self.env._("0 bytes")), "preview": ""}
        result = super().parse_preview(options, count)
        if result.get("error"):
            # Core catches whatever its libraries raise; their words stay for who asks.
            result["error"] = self._charter_no_rows(result["error"])
        return result

    def _charter_no_rows(self, error):
        return self.env._(
            "“%(file)s” has no row to import, or is no table that can be read. Fill in a row below the headings, or begin with the "
            "template of this page; save it as .xlsx or .csv, and choose the file again. (%(error)s)",
            file=self.file_name or "",
            error=error,
        )
