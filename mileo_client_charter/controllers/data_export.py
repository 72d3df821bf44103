"""A client's own data in one file to keep: everything the portal shows it, in a form people and machines read.

Read with the client's own rights, from the fields each model lists (``_charter_export``): what the portal does not show
is not in it.
"""

import json
import tempfile
import zipfile
from datetime import UTC

import xlsxwriter
from odoo.fields import Domain

from .common import in_words
from .intervention_reading import InterventionReading

BATCH = 500
# A file up to this size stays in memory while it is made.
IN_MEMORY = 8 * 1024 * 1024
SPREADSHEET_FORMAT = "yyyy-mm-dd hh:mm"


class DataExport(InterventionReading):
    """Everything of the client whose user asks."""

    def file(self):
        """The ZIP, as an open file at its beginning: a workbook, the same as JSON, reports and letters."""
        result = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the response closes it)
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
            self._write_tables(archive)
            self._write_deliveries(archive)
        result.seek(0)
        return result

    def name(self):
        day = in_words(self.env, self.env.cr.now(), self.tz, "y-MM-dd")
        return f"{self.client.name} {day}.zip".replace("/", "-")

    # -- tables -----------------------------------------------------------------------------------

    def _write_tables(self, archive):
        """“data.xlsx” with a sheet a kind, and “data.json” with the same."""
        everything = {}
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
            book = xlsxwriter.Workbook(target.name, {"constant_memory": True, "remove_timezone": True})
            bold = book.add_format({"bold": True})
            moment = book.add_format({"num_format": SPREADSHEET_FORMAT})
            for model, (kind, names, owner) in sheets(self.env).items():
                fields = self.env[model]._fields
                labels = [fields[name]._description_string(self.env) for name in names]
                sheet = book.add_worksheet(kind)
                sheet.write_row(0, 0, labels, bold)
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, len(names) - 1, 22)
                everything[kind] = []
                for number, row in enumerate(self._rows(model, names, owner), 1):
                    everything[kind].append(
                        {name: plain(value) for name, value in zip(names, row, strict=True)}
                    )
                    for column, value in enumerate(row):
                        write_cell(sheet, number, column, value, moment)
            book.close()
            archive.write(target.name, "data.xlsx")
        archive.writestr("data.json", json.dumps(everything, ensure_ascii=False, indent=1))

    def _rows(self, model, names, owner):
        """Values of the client's rows, the first first, in batches: moments are naive UTC."""
        records, last = self.env[model], 0
        own = Domain(owner, "=", self.client.id)
        while True:
            batch = records.search_fetch(own & Domain("id", ">", last), names, order="id", limit=BATCH)
            for record in batch:
                yield [value_of(record, name) for name in names]
            if len(batch) < BATCH:
                return
            last = batch[-1].id
            # What is written is not needed any more: memory stays flat.
            records.invalidate_model()

    # -- files ------------------------------------------------------------------------------------

    def _write_deliveries(self, archive):
        """What the client was handed: the messages as they were sent, and the files, reports among them."""
        known, last = set(), 0
        model = self.env["charter.delivery"]
        while True:
            batch = self._search(
                "charter.delivery", ["body", "subject", "kind"], [("id", ">", last)], "id", BATCH
            )
            for delivery in batch:
                if delivery.body:
                    archive.writestr(f"documents/{delivery.id}.html", str(delivery.body))
                # Files of the client's own delivery and no others; the same file of many letters once.
                for attachment in delivery.sudo().attachment_ids:
                    if attachment.id in known:
                        continue
                    known.add(attachment.id)
                    folder = "reports" if delivery.kind == "report" else "documents"
                    name = attachment.name.replace("/", "-")
                    if not attachment._charter_is_intact():
                        attachment._charter_note_broken()
                        archive.writestr(
                            f"{folder}/{attachment.id} {name}.txt", attachment._charter_broken_words()
                        )
                    elif attachment.raw:
                        archive.writestr(f"{folder}/{attachment.id} {name}", attachment.raw)
            if len(batch) < BATCH:
                return
            last = batch[-1].id
            model.invalidate_model()


def sheets(env):
    """{model: Sheet} of every model that says what a client takes with it, in the order the models were made in."""
    found = {name: getattr(model, "_charter_export", None) for name, model in env.items()}
    return {name: sheet for name, sheet in found.items() if sheet and not env[name]._abstract}


def value_of(record, name):
    value = record[name]
    field = record._fields[name]
    if field.relational:
        # A client reads the names of its own people.
        return value.sudo().display_name or None
    if value is False and field.type != "boolean":
        return None
    if field.type == "selection" and value:
        return dict(field._description_selection(record.env)).get(value, value)
    return str(value) if field.type == "html" and value else value


def plain(value):
    """A value as JSON has it; moments say that they are UTC."""
    if hasattr(value, "hour"):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_cell(sheet, row, column, value, moment):
    if value is None:
        return
    if hasattr(value, "isoformat"):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, (bool, int, float)):
        sheet.write(row, column, value)
    else:
        # Never a formula, whatever somebody wrote.
        sheet.write_string(row, column, str(value)[:32767])
