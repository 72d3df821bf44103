"""The report as a workbook: the frozen figures as real numbers and moments, for those who may read them."""

from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
from odoo.tests import tagged
from pypdf import PdfReader

from ...tools import formatted, workbook
from ...tools.figures import percent
from ..cases.portal import DoorsCase
from ..cases.reports import AFTER, ReportCase


class WorkbookCase(ReportCase):
    def opened(self, report, lang="en_US"):
        return openpyxl.load_workbook(BytesIO(report.with_context(lang=lang)._xlsx()))

    def summary(self, book):
        """{label: (value, note)} of the first sheet; titles of parts have neither."""
        seen = {}
        for row in book.worksheets[0].iter_rows():
            if row[0].value and (row[1].value is not None or row[0].value not in seen):
                seen[row[0].value] = (row[1].value, row[2].value)
        return seen

    def busy(self):
        """A month with work in time and late, marks, a pause and advice; sent."""
        equipment = self.env["charter.equipment"].create(
            {
                "name": "Camera =4", "serial": "SN-1", "partner_id": self.client.id, "contract_id": self.contract.id,
                "supervised_from": "2026-10-01",
            }
        )  # fmt: skip
        self.env["charter.outage"].create(
            {
                "equipment_id": equipment.id,
                "start_at": datetime(2026, 10, 7, 8),
                "end_at": datetime(2026, 10, 7, 11),
                "reason": "Power",
            }
        )
        work = self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9, 30))
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 20, 9))
        with self.at(moment=datetime(2026, 10, 8, 9)):
            feedback = work.feedback_ids[:1]
            feedback._charter_engine()._send_invitations(feedback._charter_now())
            feedback._answer(rating=4, nps=9, comment="Quick.")
        return self.sent()


class TestReportWorkbook(WorkbookCase):
    def test_figures_of_the_workbook_the_pdf_and_the_table_are_the_same(self):
        report = self.busy()
        figures = report.table["figures"]
        book = self.opened(report)
        seen = self.summary(book)
        text = " ".join(
            " ".join(page.extract_text() for page in PdfReader(BytesIO(report._pdf())).pages).split()
        )
        done, level = figures["interventions"]["done"], figures["resolution"]
        self.assertEqual((done, level["total"], level["met"]), (2, 2, 1))
        up = figures["availability"]["expected"] - figures["availability"]["down"]
        self.assertEqual(figures["availability"]["down"], 3 * 3600)
        for label, value, printed in (
            ("Interventions done", done, "2"),
            ("Resolved on time", 0.5, "50.0 %"),
            ("Availability", percent(up, figures["availability"]["expected"], 2) / 100, None),
            ("Satisfaction", 4, "4.0 out of 5"),
            ("Time down", timedelta(hours=3), "3 h 00 min"),
            ("Late", figures["promises"]["total"] - figures["promises"]["kept"], None),
            ("Would recommend (NPS)", figures["nps"]["score"], "100 (n = 1, since "),
        ):
            with self.subTest(label):
                self.assertEqual(seen[label][0], value)
                if printed:
                    self.assertIn(printed, text)
        # Each shown value of the view is in the workbook as the number it was made from, and in the PDF as its text.
        view = report._view()
        pairs = [(tile["label"], tile["value"]) for tile in view["glance"]]
        pairs += [line for section in view["sections"] for line in section["lines"]]
        for label, value in pairs:
            with self.subTest(label):
                expected = value.value if isinstance(value, formatted.Formatted) else value
                self.assertEqual(seen[label][0], expected)
                self.assertIn(str(value), text)

    def test_lists_are_typed_filtered_and_frozen(self):
        report = self.busy()
        book = self.opened(report)
        self.assertEqual(
            book.sheetnames[:4], ["Summary", "Done in the period", "Service levels", "Equipment"]
        )
        for sheet in book.worksheets[1:]:
            with self.subTest(sheet.title):
                self.assertEqual(sheet.freeze_panes, "A2")
                self.assertTrue(sheet.auto_filter.ref)
        rows = list(book["Done in the period"].values)
        details = report.table["details"]["interventions"]
        self.assertEqual([row[0] for row in rows[1:]], [one["reference"] for one in details])
        first = dict(zip(rows[0], rows[1], strict=True))
        # In the client's time zone: Paris is two hours ahead in October.
        self.assertEqual(
            (first["Reported"], first["Solved"]), (datetime(2026, 10, 6, 10), datetime(2026, 10, 6, 11, 30))
        )
        self.assertEqual(first["Solution"], "in time")
        gear = dict(zip(*list(book["Equipment"].values)[:2], strict=True))
        self.assertEqual(gear["Equipment"], "Camera =4 · SN-1")
        self.assertIsInstance(gear["Availability"], float)
        self.assertEqual(len(book.worksheets[0]._charts), 2, "rates, and marks received")

    def test_missing_data_is_said(self):
        book = self.opened(self.drafted())
        seen = self.summary(book)
        self.assertEqual(seen["Availability"], ("—", "No equipment in the contract"))
        self.assertEqual(seen["Satisfaction"], ("—", "No rating received: no mean"))
        self.assertIn("No intervention was done or in progress in this period.", seen)
        report = self.report()
        measured = [tile["label"] for tile in report._view()["glance"] if str(tile["value"]).endswith("%")]
        [chart] = book.worksheets[0]._charts
        [drawn] = chart.ser
        cells = drawn.val.numRef.f.rpartition("!")[2].split(":")
        first, last = (int(cell.rpartition("$")[2]) for cell in (cells[0], cells[-1]))
        labels = [book.worksheets[0].cell(row, 1).value for row in range(first, last + 1)]
        self.assertEqual(labels, measured, "what was not measured is not drawn")

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        report = self.busy()
        self.client.lang = "fr_FR"
        self.assertEqual(report._client_lang(), "fr_FR")
        book = self.opened(report, "fr_FR")
        self.assertIn("Rapport", book.worksheets[0]["A1"].value)
        self.assertEqual(self.summary(book)["Interventions réalisées"][0], 2)
        for sheet in book.worksheets:
            self.assertLessEqual(len(sheet.title), 31)

    def test_nothing_typed_becomes_a_formula(self):
        report = self.drafted()
        with self.at(moment=AFTER):
            self.advise(report, name="=1+1", advice="https://example.com/")
            report.action_refresh()
        book = self.opened(report)
        cell = book["Recommendations"]["A2"]
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))
        self.assertIsNone(book["Recommendations"]["E2"].hyperlink)

    def test_names_of_sheets(self):
        taken = set()
        names = [
            workbook.sheet_name("Équipements: tous / [toutes] les années de service", taken)
            for _turn in range(3)
        ]
        self.assertEqual(len({name.lower() for name in names}), 3)
        self.assertTrue(all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names), names)


@tagged("post_install", "-at_install")
class TestReportWorkbookDoors(WorkbookCase, DoorsCase):
    def test_the_client_and_the_staff_download_it(self):
        report = self.sent()
        self.log_in("p_alice")
        self.assertShows(self.get(f"/my/charter/report/{report.id}"), "Download as an Excel file")
        got = self.get(f"/my/charter/report/{report.id}/xlsx")
        self.assertIn("Activity%20report", got.headers["Content-Disposition"])
        self.assertEqual(
            self.summary(openpyxl.load_workbook(BytesIO(got.content)))["Interventions done"][0], 0
        )
        self.assertTrue(
            self.deliveries(report).filtered(lambda one: one.contact_id == self.alice).opened_at,
            "it was read",
        )
        self.log_in("t_manager")
        url = report.with_user(self.manager).action_xlsx()["url"]
        self.assertEqual(self.get(url).status_code, 200)

    def test_not_yours_is_the_same_as_not_there(self):
        report = self.sent()
        company2 = self.env["res.company"].create({"name": "Second"})
        self._staff(
            "t_second", "group_charter_operations", company_id=company2.id, company_ids=[(6, 0, company2.ids)]
        )
        for login, door in (("p_bea", "/my/charter"), ("p_bea", "/charter"), ("t_second", "/charter")):
            with self.subTest(login, door=door):
                self.log_in(login)
                theirs = self.get(f"{door}/report/{report.id}/xlsx")
                nothing = self.get(f"{door}/report/{report.id + 1000}/xlsx")
                self.assertEqual((theirs.status_code, nothing.status_code), (404, 404))
