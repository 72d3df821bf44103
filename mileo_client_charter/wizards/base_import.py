"""Say in words what is wrong with a file that somebody imports into one of our lists, and what to do."""

from datetime import datetime

from odoo import models
from odoo.addons.base_import.models.base_import import ImportValidationError
from odoo.tools import DEFAULT_SERVER_DATE_FORMAT, DEFAULT_SERVER_DATETIME_FORMAT

from ..models.base.charter_addons import is_charter_model

# A moment in which the day and the month differ, to show how a file writes dates.
EXAMPLE = datetime(2026, 10, 25, 14, 30)


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

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Read dates as core does; one that is none of ours is said by the label of its column, its row, and how to write it."""
        model = self.env.get(self.res_model)
        if is_charter_model(model):
            forms = [options.get("date_format") or DEFAULT_SERVER_DATE_FORMAT]
            if field_type == "datetime":
                forms.insert(0, options.get("datetime_format") or DEFAULT_SERVER_DATETIME_FORMAT)
            for number, row in enumerate(data):
                if isinstance(row[index], str) and row[index] and not _reads(row[index].strip(), forms):
                    raise ImportValidationError(
                        self._charter_no_date(model, name, row[index], number, forms, options), field=name
                    )
        return super()._parse_date_from_data(data, index, name, field_type, options)

    def _charter_no_date(self, model, name, text, number, forms, options):
        labels = []
        for part in name.split("/"):
            labels.append(model.fields_get([part], ["string"])[part]["string"])
            model = self.env.get(model._fields[part].comodel_name)
        return self.env._(
            "%(column)s, row %(row)s: “%(text)s” is no date as this file writes them. Write it as %(example)s, or choose in the "
            "options beside the table how the file writes dates.",
            column=" / ".join(labels),
            row=number + 1 + bool(options.get("has_headers")) + (options.get("skip") or 0),
            text=text,
            example=EXAMPLE.strftime(forms[0]),
        )


def _reads(text, forms):
    """Return whether ``text`` is a date in one of ``forms``."""
    for form in forms:
        try:
            datetime.strptime(text, form)  # noqa: DTZ007  (as core reads it)
        except ValueError:
            continue
        return True
    return False
