"""Trends: each figure of a report over the periods before it, from what those reports had frozen (article 01)."""

from datetime import datetime
from io import BytesIO

import openpyxl
from lxml import html
from odoo.tests import tagged
from pypdf import PdfReader

from ...models.report.charter_report_view import PERIODS
from ..cases.reports import ReportCase


@tagged("post_install", "-at_install")
class TestReportTrend(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        for month in ("03", "04", "05", "06", "07", "08", "09"):
            cls.former(month)

    @classmethod
    def former(cls, month, **values):
        report = (
            cls.env["charter.report"]
            ._charter_engine()
            .create(
                {
                    "contract_id": cls.contract.id, "partner_id": cls.client.id, "company_id": cls.company.id,
                    "period": f"2026-{month}", "first_day": f"2026-{month}-01", "last_day": f"2026-{month}-28",
                    "state": "sent", "sent_at": f"2026-{month}-28 08:00:00", **values,
                }
            )
        )  # fmt: skip
        report._compute_tables()
        return report

    def frozen(self, month, name, **counts):
        """Say in the frozen table of an earlier report what nothing in the database says."""
        [report] = self.report(period=f"2026-{month}", state="sent")
        table = report.table
        table["figures"][name].update(counts)
        report._charter_engine().table = table

    def tile(self, report, name):
        [tile] = [one for one in report._view()["glance"] if one["name"] == name]
        return [
            (str(period), value and str(value).replace("\u00a0", " ").replace("\u202f", " "), part)
            for period, value, part in tile["trend"]
        ]

    def october(self):
        self.frozen("08", "resolution", met=3, total=4)
        self.frozen("09", "resolution", met=2, total=3)
        self.frozen("08", "interventions", done=7)
        self.frozen("09", "satisfaction", sum=9, n=2)
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        return self.last()

    def last(self):
        self.cron()
        return self.report(period="2026-10")

    def test_from_what_earlier_reports_had_frozen(self):
        report = self.october()
        self.assertEqual(
            self.tile(report, "resolution")[-3:],
            [("Aug 2026", "75.0 %", 0.75), ("Sep 2026", "66.7 %", 2 / 3), ("Oct 2026", "100 %", 1)],
        )
        self.assertEqual(len(self.tile(report, "resolution")), PERIODS + 1)
        self.assertEqual(
            self.tile(report, "interventions")[-3:],
            [("Aug 2026", "7", 1), ("Sep 2026", "0", 0), ("Oct 2026", "1", 1 / 7)],
        )
        self.assertEqual(
            self.tile(report, "satisfaction")[-2:], [("Sep 2026", "4.5", 0.9), ("Oct 2026", None, None)]
        )
        self.assertEqual({part for _period, _value, part in self.tile(report, "availability")}, {None})
        # Every figure of the glance has one, and its last value is the one above it.
        for tile in report._view()["glance"]:
            with self.subTest(tile["name"]):
                _period, value, part = tile["trend"][-1]
                self.assertEqual(value is None, part is None)
                if tile["name"] != "satisfaction" and value:
                    self.assertEqual(value, tile["value"])
        # Frozen: what is corrected later in a report before changes nothing in this one.
        self.frozen("09", "resolution", met=3, total=3)
        self.assertEqual(self.tile(report, "resolution")[-2], ("Sep 2026", "66.7 %", 2 / 3))

    def test_never_another_s_nor_what_was_not_sent(self):
        self.report(period="2026-09")._charter_engine().state = "superseded"
        self.former("09", version=2, state="draft", sent_at=False)
        [second] = self.report(period="2026-09", version=2)
        self.frozen("08", "interventions", done=5)
        report = self.last()
        self.assertNotIn("Sep 2026", [period for period, _value, _part in self.tile(report, "interventions")])
        self.assertIn("Aug 2026", [period for period, _value, _part in self.tile(second, "interventions")])
        other, *_people = self._client("Baltic")
        with self.at(moment=datetime(2026, 10, 1, 8)):
            contract = self._contract(other)
        self.cron()
        [first] = self.report(contract)
        self.assertEqual(first.table["trend"], [])
        with self.assertQueryCount(1):
            (report | first | second)._earlier_figures()

    def test_in_page_pdf_and_workbook_alike(self):
        report = self.october().with_context(lang="fr_FR")
        [first] = self.report(period="2026-03", state="sent")
        page = self.shown(report)
        charts = page.xpath("//svg[@aria-hidden][line]")
        self.assertEqual(len(charts), 6)
        bars = {len(chart.xpath("rect")) for chart in charts}
        self.assertIn(0, bars, "nothing is drawn where nothing was measured")
        self.assertIn(PERIODS + 1, bars)
        words = " ".join(page.text_content().split())
        self.assertIn(
            "août 2026 : 75,0 % · sept. 2026 : 66,7 % · oct. 2026 : 100 %", words.replace("\u00a0", " ")
        )
        self.assertIn("sans données : mai 2026, juin 2026, juil. 2026", words.replace("\u00a0", " "))
        self.assertIn("Aucune donnée sur ces périodes.", words)
        self.assertIn("premier", self.shown(first.with_context(lang="fr_FR")).text_content())
        self.assertFalse(self.shown(first).xpath("//svg[@aria-hidden][line]"))
        printed = " ".join(
            "".join(one.extract_text() for one in PdfReader(BytesIO(report._pdf())).pages).split()
        ).replace("\u00a0", " ")
        self.assertIn("sept. 2026 : 66,7 %", printed)
        book = openpyxl.load_workbook(BytesIO(report._xlsx()))
        sheet = book["Au fil des périodes"]
        head, *rows = sheet.values
        self.assertEqual(head[-3:-1], ("sept. 2026", "oct. 2026"))
        self.assertEqual(len(rows), 6)
        by_name = {row[0]: row for row in rows}
        solved = by_name["Résolu dans les délais"] if "Résolu dans les délais" in by_name else rows[2]
        self.assertEqual(solved[-3:-1], (0.667, 1))
        self.assertEqual((rows[3][2:-1], rows[3][-1].count("2026")), ((None,) * (PERIODS + 1), PERIODS + 1))
        self.assertNotIn("Au fil des périodes", openpyxl.load_workbook(BytesIO(first._xlsx())).sheetnames)

    def shown(self, report):
        text = (
            self.env["ir.qweb"]
            .with_context(lang=report.env.lang)
            ._render("mileo_client_charter.activity_text", {"view": report._view(), "report": report})
        )
        return html.fragment_fromstring(str(text), create_parent="div")
