"""Templates of imports are in the words of who takes them, and what stands in them is imported as it is."""

import io

import openpyxl
from odoo.tests import tagged
from odoo.tools import file_open

from ...models.base.charter_addons import is_charter_model
from ...tools import equipment_sheet
from ..cases.gear import GearCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "date_format": "", "datetime_format": "",
    "float_thousand_separator": ",", "float_decimal_separator": ".",
}  # fmt: skip
EXAMPLES = {"": "2026-10-05 08:00:00", "%d/%m/%Y %H:%M": "05/10/2026 08:00"}
# Their list has an import of its own, which understands more titles (tests/work/test_equipment_import.py).
OWN = {"charter.equipment"}


@tagged("post_install", "-at_install")
class TestImportTemplate(GearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.partner"].create({"name": "Alpine Retail SAS", "is_company": True})
        cls.technician.name = "Thomas Garnier"
        cls.camera.serial = "DS-2CD2143"

    def offered(self):
        """[(model, language, content)] of each template, of whichever addon."""
        for name, model in self.env.items():
            if model._abstract or not is_charter_model(model) or name in OWN:
                continue
            for lang in ("en_US", "fr_FR"):
                for one in model.with_context(lang=lang).get_import_templates():
                    with file_open(one["template"].removeprefix("/"), "rb") as file:
                        yield name, lang, file.read()

    def test_each_language_has_its_own(self):
        offered = list(self.offered())
        self.assertLessEqual(
            {"charter.intervention", "charter.outage"}, {name for name, _lang, _file in offered}
        )
        for name, lang, content in offered:
            with self.subTest(name, lang=lang):
                sheet = openpyxl.load_workbook(io.BytesIO(content)).active
                titles = [cell.value for cell in sheet[1]]
                fields = self.env[name].with_context(lang=lang).fields_get()
                labels = {field["string"] for field in fields.values()}
                labels.add(
                    self.env["base_import.import"].with_context(lang=lang).get_fields_tree(name)[0]["string"]
                )
                self.assertLessEqual(set(titles), labels, "as the screen calls them")
                selections = {
                    field["string"]: set(dict(field["selection"]).values())
                    for field in fields.values()
                    if field["type"] == "selection"
                }
                for row in sheet.iter_rows(min_row=2, values_only=True):
                    for title, value in zip(titles, row, strict=True):
                        if value and title in selections:
                            self.assertIn(value, selections[title])

    def test_the_sheet_is_called_as_the_list(self):
        """Of equipment too, whose titles are the labels of its form and of its dates; a star marks what is required."""
        offered = list(self.offered())
        for lang in ("en_US", "fr_FR"):
            [one] = self.env["charter.equipment"].with_context(lang=lang).get_import_templates()
            with file_open(one["template"].removeprefix("/"), "rb") as file:
                content = file.read()
            offered.append(("charter.equipment", lang, content))
            wizard = self.env["charter.equipment.import"].with_context(lang=lang)
            titles = {wizard._title(name) for name in equipment_sheet.COLUMNS}
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            self.assertEqual({cell.value.rstrip("*") for cell in sheet[1]}, titles)
        for name, lang, content in offered:
            with self.subTest(name, lang=lang):
                windows = self.env["ir.actions.act_window"].with_context(lang=lang)
                called = windows.search([("res_model", "=", name)]).mapped("name")
                self.assertIn(openpyxl.load_workbook(io.BytesIO(content)).active.title, called)

    def test_each_has_the_column_by_which_a_row_is_found_again(self):
        """docs/integrator.md names it as the key: your own id."""
        for name, lang, content in self.offered():
            with self.subTest(name, lang=lang):
                sheet = openpyxl.load_workbook(io.BytesIO(content)).active
                label = (
                    self.env["base_import.import"].with_context(lang=lang).get_fields_tree(name)[0]["string"]
                )
                self.assertEqual(sheet["A1"].value, label)
                self.assertTrue(all(row[0] for row in sheet.iter_rows(min_row=2, values_only=True)))

    def test_what_is_no_date_names_its_column(self):
        """In the words of the screen: the label, the row as the sheet counts, and how this file writes dates."""
        seen = 0
        for name in ("charter.intervention", "charter.outage"):
            for lang, no_date in (("en_US", "is no date"), ("fr_FR", "n’est pas une date")):
                fields = self.env[name].with_context(lang=lang).fields_get()
                for field in ("reported_at", "responded_at", "resolved_at", "start_at", "end_at"):
                    if field not in fields:
                        continue
                    for form, example in (
                        ("", "2026-10-25 14:30:00"),
                        ("%d/%m/%Y %H:%M", "25/10/2026 14:30"),
                    ):
                        rows = f"when\n{EXAMPLES[form]}\n5 octobre 2026\n"
                        wizard = (
                            self.env["base_import.import"]
                            .with_user(self.technician)
                            .with_context(lang=lang)
                            .create({"res_model": name, "file": rows.encode(), "file_type": "text/csv", "file_name": "a.csv"})
                        )  # fmt: skip
                        done = wizard.execute_import(
                            [field], ["when"], {**OPTIONS, "datetime_format": form}, dryrun=True
                        )
                        with self.subTest(name, lang=lang, field=field, form=form):
                            seen += 1
                            [message] = [one["message"] for one in done["messages"]]
                            self.assertIn(fields[field]["string"], message)
                            for words in ("5 octobre 2026", no_date, example, " 3"):
                                self.assertIn(words, message)
                            for words in (field, "time data", "%"):
                                self.assertNotIn(words, message)
        self.assertGreaterEqual(seen, 16)

    def test_what_stands_in_it_is_imported(self):
        for name, lang, content in self.offered():
            with self.subTest(name, lang=lang), self.at(100):
                wizard = (
                    self.env["base_import.import"]
                    .with_user(self.technician)
                    .with_context(lang=lang, tz="UTC")
                    .create(
                        {"res_model": name, "file": content, "file_type": XLSX, "file_name": "template.xlsx"}
                    )
                )
                preview = wizard.parse_preview(dict(OPTIONS))
                self.assertNotIn("error", preview)
                paths = ["/".join(path) for path in preview["matches"].values()]
                self.assertEqual(
                    len(set(paths)), len(preview["headers"]), f"each column is known: {preview['matches']}"
                )
                done = wizard.execute_import(
                    paths, preview["headers"], {**OPTIONS, **preview["options"]}, dryrun=True
                )
                self.assertEqual(done["messages"], [])
                self.assertTrue(done["ids"])
