import base64
import json
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cases.advisories import NOW, AdvisoryCase, sheet


def endoflife(*releases, **product):
    """A product of endoflife.date, API v1, in the shape its documentation gives; made up."""
    product = {
        "name": "acme-os",
        "label": "Acme OS",
        "links": {"html": "https://endoflife.date/acme-os"},
        "releases": list(releases),
        **product,
    }
    return json.dumps({"schema_version": "1.2.0", "result": product}).encode()


RELEASE = {
    "name": "22", "label": "22 (LTS)", "isEoas": True, "eoasFrom": "2026-12-31", "isEol": False, "eolFrom": "2028-04-01", "isEoes": False,
    "eoesFrom": "2033-04-01", "isMaintained": True,
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestSupportImport(AdvisoryCase):
    """Manufacturers' dates come in once, by model: today's and tomorrow's devices follow."""

    def wizard(self, content, name="list.xlsx"):
        return self.env["charter.support.import"].with_user(self.manager).create(
            {"file": base64.b64encode(content), "filename": name, "company_id": self.company.id}
        )  # fmt: skip

    def dates(self, equipment):
        return {one.kind: one.date for one in equipment.milestone_ids}

    def test_by_model_for_todays_and_tomorrows_devices(self):
        content = sheet(
            ["Model", "Brand", "End of sale", "End of support", "End of security updates"],
            ["ds-2cd4a25f", "HIKVISION", "2026-06-30", "2029-06-30", date(2030, 6, 30)],
            ["X-9000", "Acme", None, "2028-01-01", None],
        )
        with self.at(moment=NOW):
            wizard = self.wizard(content)
            wizard.action_show()
            self.assertEqual(
                [(line.equipment_count, line.message) for line in wizard.line_ids],
                [(3, ""), (0, "None of our clients' equipment yet: kept in the catalogue of models.")],
            )
            self.assertFalse(self.cam.milestone_ids, "shown only")
            wizard.action_import()
            tomorrow = self._device(self.other, "Door 1", "X-9000", "1.0", maker="Acme")
        said = {
            "end_of_sale": date(2026, 6, 30),
            "end_of_support": date(2029, 6, 30),
            "end_of_security": date(2030, 6, 30),
        }
        for equipment in (self.cam, self.updated, self.far):
            self.assertEqual(self.dates(equipment), said)
        self.assertEqual(self.dates(tomorrow), {"end_of_support": date(2028, 1, 1)})
        # Dates that move go to the devices, and to the notice that is out for them.
        with self.at(moment=NOW):
            self.wizard(
                sheet(["Model", "Brand", "End of support"], ["DS-2CD4A25F", "Hikvision", "2026-12-31"])
            ).action_import()
            notice = self.env["charter.notice"].search([("effect_on", "=", "2026-12-31")])
            self.assertEqual(notice.line_ids.partner_id, self.client | self.other)
            notice.write({"body": "<p>Ends.</p>", "advice": "Replace.", "late_reason": "The list came late"})
            notice.action_send()
            wizard = self.wizard(
                sheet(["Model", "Brand", "End of support"], ["DS-2CD4A25F", "Hikvision", "2027-03-31"])
            )
            wizard.action_import()
            self.assertEqual(
                wizard.action_notices()["domain"], [("id", "in", notice.ids)], "what moved is shown"
            )
        self.assertEqual(set(notice.line_ids.mapped("told_effect_on")), {date(2027, 3, 31)}, "told again")

    def test_columns_are_mapped_once_and_remembered(self):
        rows = (["Part", "LDoS", "Note"], ["DS-2CD4A25F", "2029-01-31", "x"])
        with self.at(moment=NOW):
            wizard = self.wizard(sheet(*rows))
            wizard.action_show()
            self.assertEqual(
                (wizard.shown, wizard.column_ids.mapped("meaning")), (False, ["ignore"] * 3), "asked first"
            )
            self.assertEqual(wizard.column_ids.mapped("example"), ["DS-2CD4A25F", "2029-01-31", "x"])
            with self.assertRaisesRegex(
                UserError, "missing in row 1, which was taken for the titles: Model, End of support"
            ):
                wizard.action_import()
            for column, meaning in zip(wizard.column_ids, ("model", "end_of_support", "ignore"), strict=True):
                column.meaning = meaning
            wizard.action_show()
            self.assertEqual(wizard.line_ids.mapped("equipment_count"), [3])
            again = self.wizard(sheet(*rows))
            again.action_show()
            self.assertEqual((again.shown, again.line_ids.date), (True, date(2029, 1, 31)), "remembered")
            other = self.wizard(sheet(["LDoS", "Part"], ["2029-01-31", "DS-2CD4A25F"]))
            other.action_show()
            self.assertFalse(other.shown, "another list is another mapping")
            again.column_ids[2].meaning = "model"
            with self.assertRaisesRegex(UserError, "there twice: Model"):
                again.action_show()

    def test_titles_below_a_heading_are_found_and_said(self):
        """Manufacturers put their name, a date and an address above the table; their titles may be of nobody's knowledge."""
        above = (
            ["HIKVISION – Liste des fins de support", None, None],
            [],
            ["Édition", date(2026, 9, 1), None],
        )
        row = ["DS-2CD4A25F", "2029-01-31", "x"]
        with self.at(moment=NOW):
            wizard = self.wizard(sheet(*above, ["Model", "End of support", "Note"], row))
            action = wizard.action_show()
            self.assertEqual((action["name"], wizard.titles_row), ("Import dates of a manufacturer", 4))
            self.assertEqual(
                (wizard.shown, wizard.line_ids.row, wizard.line_ids.date), (True, 5, date(2029, 1, 31))
            )
            foreign = self.wizard(sheet(*above, ["Part", "LDoS", "Note"], row))
            foreign.action_show()
            self.assertEqual(
                (foreign.titles_row, foreign.column_ids.mapped("title")), (4, ["Part", "LDoS", "Note"])
            )
            for column, meaning in zip(
                foreign.column_ids, ("model", "end_of_support", "ignore"), strict=True
            ):
                column.meaning = meaning
            foreign.action_show()
            self.assertEqual(foreign.line_ids.mapped("equipment_count"), [3])
            # Somebody who sees that it is another row says so.
            foreign.titles_row = 3
            foreign.action_show()
            self.assertEqual(foreign.column_ids[0].title, "Édition")
            with self.assertRaisesRegex(UserError, "missing in row 3"):
                foreign.action_import()

    def test_a_typed_date_stays_and_is_shown_beside_the_lists(self):
        with self.at(moment=NOW):
            self.cam.milestone_ids = [(0, 0, {"kind": "end_of_support", "date": "2031-01-01"})]
            self.wizard(sheet(["Model", "End of support"], ["DS-2CD4A25F", "2029-01-31"])).action_import()
        [typed] = self.cam.milestone_ids
        self.assertEqual(typed.date, date(2031, 1, 1))
        self.assertIn("2029", typed.other_date)
        equipment = self.env["charter.equipment"].with_user(self.manager)
        self.assertEqual(
            equipment.search([("milestone_ids.other_date", "!=", False)]), self.cam, "they can be found"
        )
        self.assertNotIn(self.cam, equipment.search([("milestone_ids", "any", [("other_date", "=", False)])]))
        with self.at(moment=NOW):
            self.cam.catalogue_id.lifecycle_ids.write({"status": "none_announced", "date": False})
        self.assertEqual(typed.with_context(lang="en_US").other_date, "None announced")
        with self.at(moment=NOW):
            self.cam.catalogue_id.lifecycle_ids.unlink()
            family = self.env["charter.equipment.model"].create(
                {"maker": "Hikvision", "name": "DS-2CD4xx5 Series"}
            )
            family.lifecycle_ids = [(0, 0, {"kind": "end_of_support", "date": "2028-02-29"})]
        self.env.invalidate_all()
        self.assertIn("2028", typed.other_date, "a family's too")

    def test_endoflife_date(self):
        with self.at(moment=NOW):
            server = self._device(self.client, "Video server 1", "Acme OS 22", False, maker="Acme")
            wizard = self.wizard(
                endoflife(RELEASE, {**RELEASE, "name": "30", "eolFrom": None, "isEol": False}), "acme-os.json"
            )
            wizard.action_show()
            self.assertEqual(
                [(line.model, line.equipment_count) for line in wizard.line_ids],
                [("Acme OS 22", 1), ("Acme OS 30", 0)],
            )
            wizard.action_import()
        self.assertEqual(
            self.dates(server), {"end_of_support": date(2026, 12, 31), "end_of_security": date(2028, 4, 1)}
        )
        [row] = server.milestone_ids.filtered(lambda one: one.kind == "end_of_security")
        self.assertEqual((row.source, row.url), ("endoflife.date", "https://endoflife.date/acme-os"))
        self.assertFalse(
            self.env["charter.equipment.model"].search([("name", "=", "Acme OS 30")]), "what nobody has"
        )
        with self.at(moment=NOW):
            moved = {
                "result": [json.loads(endoflife({**RELEASE, "eoasFrom": None, "isEoas": False}))["result"]]
            }
            self.wizard(json.dumps(moved).encode(), "full.json").action_import()
        [row] = server.milestone_ids.filtered(lambda one: one.kind == "end_of_support")
        self.assertEqual((row.status, row.date), ("none_announced", False), "no longer announced")

    def test_what_is_refused(self):
        for name, content, words in (
            ("another JSON", b'{"releases": []}', "/result"),
            ("half a file", endoflife(RELEASE)[:-3], "JSON"),
            ("no releases", endoflife(releases=None), "/result/releases"),
            ("a release without a name", endoflife({"eolFrom": "2028-01-01"}), "/result/releases/0/name"),
            ("no date", endoflife({**RELEASE, "eolFrom": "soon"}), "/result/releases/0/eolFrom"),
            ("a truth for a date", endoflife({**RELEASE, "eolFrom": True}), "/result/releases/0/eolFrom"),
            ("a cell that is no date", sheet(["Model", "End of support"], ["DS-2CD4A25F", "soon"]), "Row 2: End of support: what is written is no date"),
            ("no date at all", sheet(["Model", "End of support"], ["DS-2CD4A25F", None]), "Row 2: there is no date"),
            ("no row", sheet(["Model", "End of support"]), "no row"),
        ):  # fmt: skip
            with self.subTest(name), self.at(moment=NOW), self.assertRaisesRegex(UserError, words):
                self.wizard(content).action_import()

    def test_a_cell_that_is_no_date_is_left_out_as_the_preview_says(self):
        """Found by a stranger: the preview said it would be left out, and “Import” refused the whole list."""
        content = sheet(
            ["Model", "Brand", "End of sale", "End of support"], ["DS-2CD4A25F", "Hikvision", "2026-06-30", "soon"],
            ["NVR4216", "Dahua", None, "2029-01-31"], ["DS-2CD4025-I", "Hikvision", None, None],
        )  # fmt: skip
        with self.at(moment=NOW):
            wizard = self.wizard(content)
            wizard.action_show()
            first, second, third = wizard.line_ids
            self.assertEqual(
                first.message, "End of support: what is written is no date; write 2026-10-05. It is left out."
            )
            self.assertEqual((second.message, third.message), ("", "There is no date; it is left out."))
            wizard.action_import()
        self.assertEqual(self.dates(self.cam), {"end_of_sale": date(2026, 6, 30)})
        self.assertEqual(self.dates(self.dahua), {"end_of_support": date(2029, 1, 31)})
        self.assertEqual(
            [(row.model, row.notification) for row in wizard.result_ids if row.is_left_out],
            [
                (
                    "DS-2CD4A25F",
                    "Row 2: End of support: what is written is no date; write 2026-10-05. It is left out.",
                ),
                ("DS-2CD4025-I", "Row 4: there is no date; it is left out."),
            ],
        )

    def test_a_version_in_the_model_s_place_is_left_out(self):
        with self.at(moment=NOW):
            wizard = self.wizard(
                sheet(
                    ["Model", "Brand", "End of support"], ["V5.5.80 build 190815", "Hikvision", "2029-06-30"]
                )
            )
            wizard.action_show()
            self.assertEqual(
                wizard.line_ids.message, "“V5.5.80 build 190815” is a version and no model: left out."
            )
            wizard.action_import()
        self.assertFalse(wizard.result_ids)
        self.assertFalse(self.env["charter.equipment.model"].search([("name", "like", "V5.5.80")]))

    def test_a_model_of_no_client_holds_nothing_up(self):
        """Found by a stranger: “T2 2027” beside a model that is left out refused the whole sheet."""
        content = sheet(
            ["Model", "Brand", "End of support"], ["DS-2CD4A25F", None, "2029-06-30"], ["Of nobody", None, "T2 2027"],
            ["Of nobody either", "Acme", "T2 2027"],
        )  # fmt: skip
        with self.at(moment=NOW):
            wizard = self.wizard(content)
            wizard.action_show()
            self.assertTrue(all(line.message.endswith("left out.") for line in wizard.line_ids[1:]))
            wizard.action_import()
        self.assertEqual(self.dates(self.cam), {"end_of_support": date(2029, 6, 30)})
        self.assertFalse(self.env["charter.equipment.model"].search([("maker", "=", "Acme")]))
