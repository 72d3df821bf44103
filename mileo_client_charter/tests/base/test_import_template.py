"""Templates of imports are in the words of who takes them, and what stands in them is imported as it is."""

import io

import openpyxl
from odoo.tests import tagged
from odoo.tools import file_open

from ...models.base.charter_addons import is_charter_model
from ..cases.gear import GearCase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "date_format": "", "datetime_format": "",
    "float_thousand_separator": ",", "float_decimal_separator": ".",
}  # fmt: skip
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
