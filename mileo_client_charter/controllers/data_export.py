"""A client's own data in one file to keep: everything the portal shows it, in a form people and machines read.

Read with the client's own rights, from the fields each model lists (``_charter_export``): what the portal does not show
is not in it.
"""

import json
import re
import tempfile
import zipfile

import xlsxwriter
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.clock import in_zone
from .common import in_words
from .intervention_reading import InterventionReading

BATCH = 500
# A file up to this size stays in memory while it is made.
IN_MEMORY = 8 * 1024 * 1024
SPREADSHEET_FORMAT = "yyyy-mm-dd hh:mm"
DAY_FORMAT = "yyyy-mm-dd"
# What Excel takes as the name of a sheet.
SHEET_NAME = 31


class DataExport(InterventionReading):
    """Everything of the client whose user asks."""

    def file(self):
        """Return the ZIP, as an open file at its beginning: a workbook, the same as JSON, reports and letters."""
        result = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the response closes it)
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
            files = [
                *self._write_deliveries(archive),
                *self._write_shown_files(archive),
                *self._write_sent_files(archive),
            ]
            self._write_tables(archive, files)
        result.seek(0)
        return result

    def name(self):
        day = in_words(self.env, self.env.cr.now(), self.tz, "y-MM-dd")
        return f"{self.client.name} {day}.zip".replace("/", "-")

    # -- tables -----------------------------------------------------------------------------------

    def _write_tables(self, archive, files):
        """Write “data.xlsx” with a sheet a kind, and “data.json” with the same; the last sheet says what each other file is.

        :param files: rows as of :meth:`_write_deliveries`
        """
        everything = {}
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as target:
            book = xlsxwriter.Workbook(target.name, {"constant_memory": True})
            formats = {
                "bold": book.add_format({"bold": True}),
                "moment": book.add_format({"num_format": SPREADSHEET_FORMAT}),
                "day": book.add_format({"num_format": DAY_FORMAT}),
            }
            titles = set()
            for model, sheet in sheets(self.env).items():
                fields = [self.env[model]._fields[name] for name in sheet.fields]
                title = sheet_name(self.env["ir.model"]._get(model).name, titles)
                everything[sheet.name] = self._write_sheet(
                    book.add_worksheet(title),
                    formats,
                    sheet.fields,
                    [self._label(field) for field in fields],
                    self._rows(model, sheet),
                )
            names = ("file", "subject", "sent_at")
            sent = self.env._("Sent")
            labels = [self.env._("File"), self.env._("Subject"), f"{sent} ({self.tz})"]
            title = sheet_name(self.env._("Files"), titles)
            everything["files"] = self._write_sheet(book.add_worksheet(title), formats, names, labels, files)
            book.close()
            archive.write(target.name, "data.xlsx")
        archive.writestr("data.json", json.dumps(everything, ensure_ascii=False, indent=1))

    def _label(self, field):
        """Return the column's title; moments say their time zone."""
        label = field._description_string(self.env)
        return f"{label} ({self.tz})" if field.type == "datetime" else label

    def _write_sheet(self, sheet, formats, names, labels, rows):
        """:return: the same rows as JSON has them"""
        sheet.write_row(0, 0, labels, formats["bold"])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) - 1, 22)
        written = []
        for number, row in enumerate(rows, 1):
            local = [self._local(value) for value in row]
            written.append({name: plain(value) for name, value in zip(names, local, strict=True)})
            for column, value in enumerate(local):
                write_cell(sheet, number, column, value, formats)
        return written

    def _local(self, value):
        """Return a moment (naive UTC) in the reader's time zone."""
        return in_zone(value, self.tz) if hasattr(value, "hour") else value

    def _rows(self, model, sheet):
        """Yield values of the client's rows, the first first, in batches: moments are naive UTC."""
        records, last = self.env[model], 0
        given = dict(sheet.given)
        names = [*sheet.fields, *given.values()]
        own = Domain(sheet.owner, "=", self.client.id)
        while True:
            batch = records.search_fetch(own & Domain("id", ">", last), names, order="id", limit=BATCH)
            for record in batch:
                yield [
                    value_of(record, name) if name not in given or record[given[name]] else None
                    for name in sheet.fields
                ]
            if len(batch) < BATCH:
                return
            last = batch[-1].id
            # What is written is not needed any more: memory stays flat.
            records.invalidate_model()

    # -- files ------------------------------------------------------------------------------------

    def _write_deliveries(self, archive):
        """Return what was delivered to the client: the messages as they were sent, and the files, reports among them.

        :return: [(name in the archive, subject of its message, when that was sent in naive UTC)], a row a file
        """
        written, known, last = [], set(), 0
        model = self.env["charter.delivery"]
        while True:
            batch = self._search(
                "charter.delivery", ["letter", "subject", "kind", "sent_at"], [("id", ">", last)], "id", BATCH
            )
            for delivery in batch:
                labels = (delivery.subject or "", delivery.sent_at or None)
                if delivery.letter:
                    written.append((f"documents/{delivery.id}.html", *labels))
                    archive.writestr(written[-1][0], str(delivery.letter))
                # Files of the client's own delivery and no others; the same file of many letters once.
                for attachment in delivery.sudo().attachment_ids:
                    if attachment.id in known:
                        continue
                    known.add(attachment.id)
                    folder = "reports" if delivery.kind == "report" else "documents"
                    name = f"{folder}/{attachment.id} {attachment.name.replace('/', '-')}"
                    written += self._write_file(archive, name, attachment, *labels)
            if len(batch) < BATCH:
                return written
            last = batch[-1].id
            model.invalidate_model()

    def _write_shown_files(self, archive):
        """Return the same of the files that pages of the client's documents show: an authorisation, the file of a meeting."""
        written, attachments = [], self.env["ir.attachment"].sudo()
        for model, sheet in sheets(self.env).items():
            records = self.env[model]
            shown = records._charter_file_fields() if hasattr(records, "_charter_file_fields") else {}
            for field, domain in shown.items():
                own = Domain(sheet.owner, "=", self.client.id) & Domain(domain)
                rows = {row.id: row for row in records.search(own, order="id")}
                found = [("res_model", "=", model), ("res_field", "=", field), ("res_id", "in", list(rows))]
                for attachment in attachments.search(found, order="res_id"):
                    row = rows[attachment.res_id].sudo()
                    name = f"{sheet.name}/{row.id} {file_name(row, field).replace('/', '-')}"
                    written += self._write_file(archive, name, attachment, row.display_name, None)
        return written

    def _write_sent_files(self, archive):
        """Return the same of what the client's own people sent with an incident, a comment, an escalation or an answer."""
        written, seen = [], set()
        for model, sheet in sheets(self.env).items():
            records = self.env[model]
            if "message_ids" not in records._fields:
                continue
            own = records.search([(sheet.owner, "=", self.client.id)])
            messages = (
                self.env["mail.message"]
                .sudo()
                .search(
                    [
                        ("model", "=", model),
                        ("res_id", "in", own.ids),
                        ("attachment_ids", "!=", False),
                        ("author_id.commercial_partner_id", "=", self.client.id),
                    ],
                    order="id",
                )
            )
            for message in messages:
                for attachment in message.attachment_ids.sorted("id"):
                    if attachment.id not in seen:
                        seen.add(attachment.id)
                        name = f"sent/{attachment.id} {attachment.name.replace('/', '-')}"
                        labels = (records.browse(message.res_id).sudo().display_name, message.date)
                        written += self._write_file(archive, name, attachment, *labels)
        return written

    def _write_file(self, archive, name, attachment, subject, moment):
        """Write one file, or in its place why it is not the one on record. :return: [its row], none where it is empty"""
        if not attachment._charter_is_intact():
            attachment._charter_note_broken()
            name, content = f"{name}.txt", attachment._charter_broken_words()
        else:
            content = attachment.raw
        if not content:
            return []
        archive.writestr(name, content)
        return [(name, subject, moment)]


def file_name(row, field):
    """Return what the file of a field is called: by the field of its name, which models call in one of two ways."""
    for name in (f"{field}_name", f"{field.removesuffix('_file')}_name"):
        if name in row._fields and row[name]:
            return row[name]
    return field


def sheets(env):
    """Return {model: Sheet} of every model that says what a client takes with it, in the order the models were made in."""
    found = {name: getattr(model, "_charter_export", None) for name, model in env.items()}
    return {name: sheet for name, sheet in found.items() if sheet and not env[name]._abstract}


def value_of(record, name):
    value = record[name]
    field = record._fields[name]
    if field.relational:
        # A client reads the names of its own people.
        return value.sudo().display_name or None
    if value == "" or (value is False and field.type != "boolean"):
        return None
    if field.type == "selection" and value:
        return dict(field._description_selection(record.env)).get(value, value)
    return html2plaintext(value) if field.type == "html" and value else value


def sheet_name(title, taken):
    """Return ``title`` as Excel takes it for a sheet, unlike those ``taken``, to which it is added."""
    words = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:SHEET_NAME]
    number = 2
    while words.lower() in taken:
        words = f"{words[: SHEET_NAME - 3]} {number}"
        number += 1
    taken.add(words.lower())
    return words


def plain(value):
    """Return a value as JSON has it; moments say their distance from UTC."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_cell(sheet, row, column, value, formats):
    if value is None:
        return
    if hasattr(value, "hour"):
        # A spreadsheet knows no time zones: the column's title says it.
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["moment"])
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, (bool, int, float)):
        sheet.write(row, column, value)
    else:
        # Never a formula, whatever somebody wrote.
        sheet.write_string(row, column, str(value)[:32767])
