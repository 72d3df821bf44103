import base64
import io
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ...tools import equipment_sheet
from ..cases.common import BrowserCase
from ..cases.gear import GearCase

TITLES = ("Name*", "numéro de série", "Client", "Site", "Contract", "Supervised from", "Supervised to", "Tags",
          "End of support", "End of life", "Colour")  # fmt: skip
PART = "odoo.addons.mileo_client_charter.wizards.charter_equipment_import.PART"
ROW = {"Name*": "Reader", "numéro de série": "R-1", "Client": "Alpine"}


@tagged("post_install", "-at_install")
class TestEquipmentImport(GearCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self.camera_tag = self.env["charter.equipment.tag"].create({"name": "Access control (test)"})

    def wizard(self, *rows, titles=TITLES):
        book = openpyxl.Workbook()
        book.active.append(titles)
        for row in rows:
            book.active.append([row.get(title) for title in titles])
        content = io.BytesIO()
        book.save(content)
        return self.of(content.getvalue())

    def of(self, content):
        return (
            self.env["charter.equipment.import"]
            .with_user(self.technician)
            .create({"file": base64.b64encode(content), "filename": "equipment.xlsx"})
        )

    def show(self, *rows, **options):
        wizard = self.wizard(*rows, **options)
        wizard.action_show()
        return [(line.row, line.outcome, line.message or "") for line in wizard.line_ids.sorted("row")]

    def imported(self, *rows):
        return self.env["charter.equipment"].search(self.wizard(*rows).action_import()["domain"])

    def test_a_sheet_in_the_reader_s_words(self):
        """Each column by its label in English and French, and by both templates; what is missing is named as it is read."""
        self.env["res.lang"]._activate_lang("fr_FR")
        for lang, template in (("en_US", "charter_equipment.xlsx"), ("fr_FR", "charter_equipment_fr.xlsx")):
            wizard = self.wizard(titles=("Colour",)).with_context(lang=lang)
            for name in equipment_sheet.COLUMNS:
                with self.subTest(lang, column=name):
                    self.assertEqual(equipment_sheet._known(wizard._title(name)), name)
            with self.assertRaisesRegex(UserError, wizard._title("name")):
                wizard.action_show()
            [offered] = self.env["charter.equipment"].with_context(lang=lang).get_import_templates()
            self.assertTrue(offered["template"].endswith(f"/{template}"))
            with file_open(f"mileo_client_charter/static/xls/{template}", "rb") as file:
                titles = [cell.value for cell in openpyxl.load_workbook(file).active[1]]
            self.assertEqual(
                [equipment_sheet._known(title) for title in titles], list(equipment_sheet.COLUMNS)
            )
        for title, name in (
            ("Désignation", "name"),
            ("N° de série", "serial"),
            ("N° d’inventaire", "reference"),
        ):
            self.assertEqual(equipment_sheet._known(title), name)

    def test_new_changed_and_unchanged(self):
        full = {
            **ROW, "Site": "north", "Contract": self.contract.name, "Supervised from": datetime(2026, 1, 1),
            "Supervised to": "31/12/2027", "Tags": "Access control (test)", "End of support": "2030-06-30",
            "End of life": "none announced", "Colour": "red",
        }  # fmt: skip
        self.assertEqual(self.show(full), [(2, "created", "")])
        reader = self.imported(full)
        self.assertEqual(
            (reader.site_id, reader.contract_id, reader.tag_ids), (self.north, self.contract, self.camera_tag)
        )
        self.assertEqual(
            (reader.supervised_from, reader.supervised_to), (date(2026, 1, 1), date(2027, 12, 31))
        )
        self.assertEqual((reader.lifecycle, reader.end_of_support), ("announced", date(2030, 6, 30)))
        self.assertEqual(reader.milestone_ids.mapped("status").count("none_announced"), 1)
        self.assertEqual(self.show(full), [(2, "unchanged", "")], "imported twice, it is the same")
        moved = {**ROW, "numéro de série": "r-1", "Name*": "Reader 1", "End of support": "2031-06-30"}
        self.assertEqual(self.show(moved), [(2, "updated", "")])
        self.assertEqual(self.imported(moved), reader)
        self.assertEqual((reader.name, reader.end_of_support), ("Reader 1", date(2031, 6, 30)))
        self.assertEqual(reader.site_id, self.north, "an empty cell changes nothing")
        self.assertEqual(len(reader.milestone_ids), 2)

    def test_found_by_asset_number_or_name(self):
        titles = ("Name", "Asset number", "Client", "Site")
        rows = [
            {"Name": "Gate", "Asset number": "A-1", "Client": "Alpine"},
            {"Name": "Gate", "Client": "Alpine", "Site": "North"},
            {"Name": "Gate", "Client": "Alpine", "Site": "South"},
        ]
        wizard = self.wizard(*rows, titles=titles)
        wizard.action_import()
        self.assertEqual(
            [outcome for _row, outcome, _why in self.show(*rows, titles=titles)], ["unchanged"] * 3
        )

    def test_refused_rows(self):
        self.env["res.partner"].create([{"name": "Twice", "is_company": True} for _n in range(2)])
        rows = [
            ({"Name*": None}, "Name: it is missing"),
            ({"Client": None}, "Client: it is missing"),
            ({"Client": "Nobody"}, "Client: “Nobody” is unknown"),
            ({"Client": "Twice"}, "several are called “Twice”"),
            ({"Client": "Alpine one"}, "Client: “Alpine one” is unknown"),
            ({"Site": "West"}, "Site: Alpine has none called “West”"),
            ({"Contract": "West"}, "Contract: Alpine has none called “West”"),
            ({"Supervised from": "soon"}, "Supervised From: “soon” is no date"),
            ({"End of support": "soon"}, "End of support: “soon” is no date"),
            ({"Supervised from": "2026-02-01", "Supervised to": "2026-01-01"}, "before the first day"),
            ({"Tags": "Nothing (test)"}, "Tags: Nothing (test): unknown"),
        ]
        shown = self.show(
            *({**ROW, "numéro de série": f"R-{n}", **row} for n, (row, _words) in enumerate(rows))
        )
        self.assertEqual([outcome for _row, outcome, _why in shown], ["refused"] * len(rows))
        for (_row, _outcome, why), (_values, words) in zip(shown, rows, strict=True):
            self.assertIn(words.lower(), why.lower())

    def test_all_that_is_wrong_with_a_row_is_said_at_once(self):
        wrong = {"Name*": None, "Supervised from": "soon", "Site": "West", "Tags": "Nothing (test)"}
        [(_row, _outcome, why)] = self.show({**ROW, **wrong})
        for words in (
            "Name: it is missing",
            "“soon” is no date",
            "none called “West”",
            "Nothing (test): unknown",
        ):
            self.assertIn(words.lower(), why.lower())

    def test_columns_that_are_not_read_and_tags_that_are_new_are_said(self):
        rows = [{**ROW, "Tags": "Access control (test); Dock (test)", "Colour": "red"}]
        wizard = self.wizard(*rows)
        wizard.action_show()
        self.assertEqual((wizard.ignored, wizard.missing_tags, wizard.refused), ("Colour", "Dock (test)", 1))
        self.assertFalse(wizard.installed)
        french = {
            "Noms dans la supervision": "cam-9.lyon, 10.0.4.12",
            "Marque": "Hikvision",
            "Modèle": "DS-2CD4A25F",
            "Version firmware": "V5.4.0",
            "Date de pose": "2024-03-01",
        }
        told = self.wizard({**ROW, **french}, titles=(*ROW, *french))
        told.action_show()
        [line] = told.line_ids
        self.assertEqual((line.maker, line.model, line.firmware), ("Hikvision", "DS-2CD4A25F", "V5.4.0"))
        self.assertEqual((told.ignored, told.installed), ("Date de pose", "Date de pose"))
        made = self.env["charter.equipment"].search(told.action_import()["domain"])
        self.assertEqual(
            made.monitored_as, "cam-9.lyon, 10.0.4.12", "what a monitoring calls them, in one go"
        )
        made.unlink()
        wizard.create_tags = True
        wizard.action_show()
        self.assertEqual(
            (wizard.refused, wizard.created), (0, 1), "shown again, without choosing the file again"
        )
        tags = self.env["charter.equipment.tag"].search([("name", "=", "Dock (test)")])
        self.assertFalse(tags, "nothing is written by looking")
        made = self.env["charter.equipment"].search(wizard.action_import()["domain"])
        self.assertEqual(made.tag_ids.mapped("name"), ["Access control (test)", "Dock (test)"])
        again = self.wizard(*rows)
        again.action_show()
        self.assertEqual((again.unchanged, again.missing_tags or ""), (1, ""))

    def test_tags_are_the_same_however_they_are_written(self):
        """Case, accents, signs, or another language's name: never a twin, in the file or of what is there."""
        self.env["res.lang"]._activate_lang("fr_FR")
        tags = self.env["charter.equipment.tag"]
        known = tags.create({"name": "Video protection (test)"})
        known.with_context(lang="fr_FR").name = "Vidéosurveillance (test)"
        names = (
            "VIDEO PROTECTION (TEST)",
            "Vidéo-protection (test)",
            "videosurveillance (test)",
            "Video protection (test)",
        )
        rows = [
            {**ROW, "Name*": name, "numéro de série": f"T-{n}", "Tags": name} for n, name in enumerate(names)
        ]
        rows.append(
            {**ROW, "numéro de série": "R-9", "Tags": "Dock (test); DOCK (TEST), video protection (test)"}
        )
        wizard = self.wizard(*rows)
        wizard.action_show()
        self.assertEqual((wizard.missing_tags, wizard.refused, wizard.created), ("Dock (test)", 1, 4))
        wizard.create_tags = True
        before = tags.search([])
        made = self.env["charter.equipment"].search(wizard.action_import()["domain"])
        dock = tags.search([]) - before
        self.assertEqual(dock.mapped("name"), ["Dock (test)"])
        self.assertEqual(made.filtered(lambda one: one.serial != "R-9").tag_ids, known)
        self.assertEqual(made.filtered(lambda one: one.serial == "R-9").tag_ids, known | dock)
        again = self.wizard(*rows)
        again.action_show()
        self.assertEqual((again.unchanged, again.missing_tags or ""), (5, ""))
        # Of two that are there already, the one that is written so.
        twin = tags.create({"name": "VIDEO PROTECTION (TEST)"})
        self.imported({**ROW, "Name*": "Twin", "numéro de série": "R-10", "Tags": "VIDEO PROTECTION (TEST)"})
        self.assertEqual(self.env["charter.equipment"].search([("serial", "=", "R-10")]).tag_ids, twin)

    def test_a_serial_number_twice_in_the_file(self):
        shown = self.show(ROW, {**ROW, "numéro de série": "r-1", "Name*": "Other"})
        self.assertEqual(shown[0][:2], (2, "created"))
        self.assertEqual(shown[1][:2], (3, "refused"))
        self.assertIn("row 2 is about the same equipment", shown[1][2])

    def test_all_or_nothing(self):
        wizard = self.wizard(ROW, {**ROW, "numéro de série": "R-2", "Client": "Nobody"})
        wizard.action_show()
        self.assertEqual((wizard.created, wizard.refused), (1, 1))
        with self.assertRaisesRegex(ValidationError, "Row 3: .*Nobody.*\nNothing was written"):
            wizard.action_import()
        self.assertFalse(self.env["charter.equipment"].search([("serial", "=", "R-1")]))

    def many(self, count):
        return [{**ROW, "Name*": f"Reader {n}", "numéro de série": f"P-{n}"} for n in range(count)]

    @patch(PART, 2)
    def test_many_rows_in_parts(self):
        """Each part is kept; the file goes on where it stopped, in another import too, and nothing is written twice."""
        written = self.env["charter.equipment"].search_count
        wizard = self.wizard(*self.many(5))
        action = wizard.action_import()
        self.assertEqual(
            (action["tag"], action["params"]["done"], action["params"]["left"]),
            ("charter_import_progress", 2, 3),
        )
        self.assertEqual(written([("serial", "like", "P-")]), 2)
        again = self.wizard(*self.many(5))
        again.action_show()
        self.assertEqual((again.created, again.unchanged), (3, 2))
        part = wizard.write_part()
        self.assertEqual((part["done"], part["left"], part["next"]), (4, 1, False))
        [_ids, _in, ids] = wizard.write_part()["next"]["domain"][0]
        self.assertEqual((len(ids), written([("serial", "like", "P-")])), (5, 5))

    @patch(PART, 2)
    def test_each_part_reads_the_file_no_more(self):
        """Found by a person: three seconds of each request went by reading ten thousand rows again."""
        wizard = self.wizard(*self.many(5))
        with patch.object(equipment_sheet, "read", side_effect=equipment_sheet.read) as read:
            wizard.action_show()
            wizard.action_import()
            wizard.write_part()
            self.assertEqual(read.call_count, 1)
            other = self.wizard({**ROW, "numéro de série": "P-9", "End of support": "2030-06-30"})
            wizard.file = other.file
            wizard.action_show()
            self.assertEqual((read.call_count, wizard.created), (2, 1), "another file is another one")
        wizard.action_import()
        self.assertEqual(
            self.env["charter.equipment"].search([("serial", "=", "P-9")]).end_of_support, date(2030, 6, 30)
        )

    def test_a_file_of_which_nothing_is_new(self):
        self.wizard(*self.many(3)).action_import()
        again = self.wizard(*self.many(3))
        again.action_show()
        self.assertEqual((again.created, again.updated, again.unchanged), (0, 0, 3))
        again.action_import()
        part = again.write_part()
        self.assertEqual((part["done"], part["left"]), (0, 0))
        [_ids, _in, shown] = part["next"]["domain"][0]
        self.assertEqual(len(shown), 3, "what the file names is shown all the same")

    @patch(PART, 2)
    def test_a_row_that_turns_bad_on_the_way(self):
        wizard = self.wizard(*self.many(3))
        wizard.action_import()
        self.client.name = "Renamed"
        with self.assertRaisesRegex(ValidationError, "Row 2: .*Alpine.*\n2 rows were written before"):
            wizard.write_part()

    def test_files_that_cannot_be_read(self):
        with self.assertRaisesRegex(UserError, "no Excel file"):
            self.of(b"name;serial").action_show()
        with self.assertRaisesRegex(UserError, "missing in row 1, which was taken for the titles: Client"):
            self.wizard({"Name": "x"}, titles=("Name", "Serial")).action_show()
        with self.assertRaisesRegex(UserError, "there twice: Name"):
            self.wizard(ROW, titles=("Name", "Nom", "Client")).action_show()
        with self.assertRaisesRegex(UserError, "no row below"):
            self.wizard().action_show()
        with (
            patch.object(equipment_sheet, "MAX_ROWS", 1),
            self.assertRaisesRegex(UserError, "more than 1 rows"),
        ):
            self.wizard(ROW, ROW).action_show()

    def test_reading_does_not_grow_with_the_rows(self):
        def count(number):
            wizard = self.wizard(*({**ROW, "numéro de série": f"Q-{n}"} for n in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._plan()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(60), count(2) + 1)

    def test_the_template_is_imported(self):
        self.env["res.partner"].create({"name": "Alpine Retail SAS", "ref": "T-ALPINE", "is_company": True})
        [template] = self.env["charter.equipment"].get_import_templates()
        with file_open(template["template"].removeprefix("/"), "rb") as file:
            content = file.read()
        book = openpyxl.load_workbook(io.BytesIO(content))
        titles = [cell.value.rstrip("*") for cell in book.active[1]]
        self.assertEqual(titles, [names[0] for names in equipment_sheet.COLUMNS.values()])
        book.active["D2"] = "T-ALPINE"  # a demo company has this name too
        changed = io.BytesIO()
        book.save(changed)
        wizard = self.of(changed.getvalue())
        wizard.action_show()
        self.assertEqual((wizard.created, wizard.refused), (1, 0))
        [template] = self.env["charter.outage"].get_import_templates()
        with file_open(template["template"].removeprefix("/"), "rb") as file:
            titles = [cell.value for cell in openpyxl.load_workbook(file).active[1]]
        labels = {field["string"] for field in self.env["charter.outage"].fields_get().values()}
        self.assertLessEqual(set(titles), {*labels, "External ID"})


@tagged("post_install", "-at_install")
class TestEquipmentImportTour(GearCase, BrowserCase):
    @mute_logger("odoo.http")
    def test_a_long_import_shows_how_far_it_is(self):
        """Stopped on the way, it says what is written, and goes on at a click."""
        book = openpyxl.Workbook()
        book.active.append(list(ROW))
        for number in range(5):
            book.active.append([f"Reader {number}", f"P-{number}", "Alpine"])
        content = io.BytesIO()
        book.save(content)
        wizard = (
            self.env["charter.equipment.import"]
            .with_user(self.technician)
            .create({"file": base64.b64encode(content.getvalue()), "filename": "equipment.xlsx"})
        )
        wizard.action_show()
        # Its buttons are those of a dialog.
        shown = self.env["ir.actions.act_window"].create(
            {
                "name": "Import",
                "res_model": wizard._name,
                "res_id": wizard.id,
                "view_mode": "form",
                "target": "new",
            }
        )
        self.env.flush_all()
        write, calls = type(wizard).write_part, []

        def once_refused(part):
            calls.append(part.id)
            if len(calls) == 2:
                raise UserError("Stopped on the way")
            return write(part)

        with patch(PART, 2), patch.object(type(wizard), "write_part", once_refused):
            self.start_tour(
                f"/odoo/action-{shown.id}",
                "charter_equipment_import",
                login="t_technician",
            )
        self.assertEqual(self.env["charter.equipment"].search_count([("serial", "like", "P-")]), 5)
