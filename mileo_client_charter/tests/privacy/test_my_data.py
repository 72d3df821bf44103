"""The file of a client's own data, sheet by sheet and column by column, from the registry of what a client takes with it."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
from odoo import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...controllers.data_export import DataExport, sheet_name, sheets
from ..cases.doors import DoorSweep

TAGS = re.compile(r"</?[a-zA-Z][^<>]*>")
# Figures of which 0 is an answer.
ZERO_IS_GIVEN = {
    ("promises", "delay"): "due at once",
    ("reports", "version"): "the first is 1",
}
ZONE = "America/Montreal"


@tagged("post_install", "-at_install")
class TestMyDataSheets(DoorSweep):
    def archive(self):
        self.portal.write({"lang": "fr_FR", "tz": ZONE})
        self.env.flush_all()
        env = self.env(user=self.portal, context={"lang": "fr_FR"})
        with DataExport(env).file() as file:
            return env, zipfile.ZipFile(io.BytesIO(file.read()))

    def lives(self):
        """A row in every sheet, with words that have tags where they can have any."""
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9)).work_done = "<p>Une <b>caméra</b></p>"
        self.contact.charter_no_copies = True
        product = Command.create({"vendor": "Acme", "model": "C-100", "condition": "< 2.0"})
        self.env["charter.advisory"].create(
            {
                "identifier": "ACME-1",
                "publisher": "Acme",
                "name": "Anybody may log in",
                "product_ids": [product],
            }
        )
        device = self.env["charter.equipment"].create(
            {"name": "Camera", "serial": "SN-1", "partner_id": self.client.id, "supervised_from": "2026-01-01",
             "maker": "Acme", "model": "C-100", "firmware": "1.0"}
        )  # fmt: skip
        device.sudo().concern_ids.told_at = "2026-10-06 08:00:00"
        self.env["charter.outage"].create(
            {"equipment_id": device.id, "start_at": "2026-10-06 08:00:00", "end_at": "2026-10-06 09:00:00"}
        )
        device.milestone_ids.create(
            {"equipment_id": device.id, "kind": "end_of_support", "status": "none_announced"}
        )
        self.open_survey._answer(rating=4, comment="Bien")
        self.escalation.with_user(self.operations)._charter_correct({"name": "Lundi"}, "Entendu à nouveau")
        authorisation = self.newest("charter.authorisation")
        authorisation.write({"document": b"JVBERi0xLjQ=", "document_name": "arrêté.pdf"})
        self.escalation._charter_keep_files(self.contact, "Une photo", [("photo.jpg", b"\xff\xd8 photo")])

    def test_every_sheet_and_column(self):
        self.lives()
        env, archive = self.archive()
        book = openpyxl.load_workbook(io.BytesIO(archive.read("data.xlsx")))
        data, titles, empty, moments, marks = json.loads(archive.read("data.json")), set(), [], 0, 0
        listed = sheets(env)
        self.assertGreaterEqual(len(listed), 16)
        for model, sheet in listed.items():
            # In the reader's language, as Excel takes it.
            title = sheet_name(env["ir.model"]._get(model).with_context(lang="fr_FR").name, titles)
            self.assertIn(title, book.sheetnames)
            head, *rows = book[title].values
            records = env[model].search([(sheet.owner, "=", self.client.id)], order="id")
            with self.subTest(sheet.name):
                self.assertEqual(len(rows), len(records), "one row, one document")
                self.assertEqual(len(rows), len(data[sheet.name]))
            if not records:
                empty.append(sheet.name)
            given = dict(sheet.given)
            for place, name in enumerate(sheet.fields):
                field = env[model]._fields[name]
                with self.subTest(sheet.name, column=name):
                    label = field._description_string(env)
                    self.assertEqual(head[place], f"{label} ({ZONE})" if field.type == "datetime" else label)
                    if field.type in ("integer", "float"):
                        self.assertIn(
                            (sheet.name, name), {*ZERO_IS_GIVEN, *((sheet.name, one) for one in given)}
                        )
                for record, row, said in zip(records, rows, data[sheet.name], strict=True):
                    value, shown = record[name], row[place]
                    with self.subTest(sheet.name, column=name, row=record.id):
                        if field.type == "datetime" and value:
                            local = datetime.fromisoformat(said[name])
                            self.assertEqual(local.astimezone(UTC).replace(tzinfo=None), value)
                            self.assertIn(local.utcoffset().total_seconds(), (-4 * 3600, -5 * 3600))
                            self.assertLess(abs((shown - local.replace(tzinfo=None)).total_seconds()), 1)
                            moments += 1
                        elif field.type == "date" and value:
                            self.assertEqual((shown.date(), date.fromisoformat(said[name])), (value, value))
                        elif name in given:
                            self.assertEqual(
                                (shown, said[name]), (value if record[given[name]] else None,) * 2
                            )
                            marks += shown is None
                        elif field.type in ("char", "text", "html") and value:
                            self.assertIsNone(TAGS.search(str(shown)), shown)
                            self.assertEqual(
                                said[name], html2plaintext(value) if field.type == "html" else value
                            )
                        elif field.type == "selection" and value:
                            self.assertEqual(shown, dict(field._description_selection(env))[value])
                        elif not value and field.type != "boolean" and field.type not in ("integer", "float"):
                            self.assertEqual((shown, said[name]), (None, None), "what is not said is empty")
        self.assertEqual(empty, [], "the scene has a row of each: add one to lives()")
        self.assertGreater(moments, 20)
        self.assertGreater(marks, 1, "a mark nobody gave is empty")

    def test_every_file_is_there_and_listed(self):
        """Whatever file the portal shows the client: delivered, on a document of its own, or sent by itself."""
        self.lives()
        env, archive = self.archive()
        book = openpyxl.load_workbook(io.BytesIO(archive.read("data.xlsx")))
        head, *rows = book[env._("Files")].values
        names = [row[0] for row in rows]
        self.assertEqual(len(head), 3)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(sorted([*names, "data.json", "data.xlsx"]), sorted(archive.namelist()))
        contents = {name: archive.read(name) for name in names}
        for words in (b"words", b"\xff\xd8 photo", b"%PDF-1.4"):
            self.assertEqual(sum(one == words for one in contents.values()), 1, words)
        # Of the registry: each file a client may read of a model it takes with it.
        kinds = 0
        for model, sheet in sheets(env).items():
            records = env[model].search([(sheet.owner, "=", self.client.id)])
            shown = getattr(records, "_charter_file_fields", dict)()
            for name, field in env[model]._fields.items():
                if field.type != "binary" or not field.store or not records._has_field_access(field, "read"):
                    continue
                for record in records.filtered(
                    lambda one, name=name, shown=shown: (
                        name in shown and one._charter_shows_file(name) and one.sudo()[name]
                    )
                ):
                    kinds += 1
                    with self.subTest(model=model, field=name):
                        self.assertTrue(
                            [one for one in names if one.startswith(f"{sheet.name}/{record.id} ")]
                        )
        self.assertGreater(kinds, 0)
