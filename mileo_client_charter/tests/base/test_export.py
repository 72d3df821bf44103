"""The rows of a period as a workbook: what the figures count, for those who may read it, whatever their number."""

from collections import Counter
from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch

import openpyxl
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ...models.report import charter_export
from ...tools.clock import to_utc
from ..cases.portal import DoorsCase
from ..cases.reports import AFTER, ReportCase


class ExportCase(ReportCase):
    def rows(self, what="interventions", user=None, lang="en_US", **values):
        """The exported rows of October as dicts; they are read by ``user`` (the manager)."""
        wizards = self.env["charter.export.wizard"].with_context(lang=lang)
        wizard = wizards.with_user(user or self.manager).create(
            {"what": what, "first_day": "2026-10-01", "last_day": "2026-10-31", **values}
        )
        with wizard._file() as target:
            book = openpyxl.load_workbook(BytesIO(target.seek(0) or target.read()))
        sheets = [list(sheet.values) for sheet in book.worksheets[:-1]]
        self.sheets = book.worksheets
        return [dict(zip(sheet[0], row, strict=True)) for sheet in sheets for row in sheet[1:]]


class TestExport(ExportCase):
    def test_the_rows_are_what_the_figures_count(self):
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 20, 9))
        self.worked(datetime(2026, 10, 30, 8), datetime(2026, 11, 1, 8))
        with self.at(moment=datetime(2026, 10, 12, 8)):
            gone = self.env["charter.intervention"].create(
                {"name": "Twice", "partner_id": self.client.id, "contract_id": self.contract.id}
            )
            gone.action_cancel("Reported twice.")
        report = self.drafted()
        with self.at(moment=AFTER):
            figures = report.table["figures"]
            rows = self.rows(partner_ids=self.client.ids)
            counts = Counter(row["In the period"] for row in rows)
            self.assertEqual(
                [counts["done"], counts["in progress at the end"], counts["cancelled"]],
                [figures["interventions"][name] for name in ("done", "open_at_end", "cancelled")],
            )
            self.assertEqual(
                (counts["done"], counts["in progress at the end"], counts["cancelled"]), (2, 1, 1)
            )
            promises = self.rows("promises", partner_ids=self.client.ids)
        counts = Counter(row["In the period"] for row in promises)
        kept = figures["promises"]
        self.assertEqual(
            (counts["in time"], counts["missed"], counts["running"], counts["not counted"]),
            (kept["kept"], kept["total"] - kept["kept"], kept["running"], kept["cancelled"]),
        )
        self.assertTrue(kept["kept"] and kept["total"] > kept["kept"])
        solved = Counter(row["In the period"] for row in promises if row["Code"] == "intervention.resolution")
        self.assertEqual(
            (solved["in time"], solved["missed"]),
            (figures["resolution"]["met"], figures["resolution"]["total"] - figures["resolution"]["met"]),
        )

    def test_moments_are_the_companys_and_words_the_readers(self):
        work = self.worked(datetime(2026, 10, 6, 8, 30), datetime(2026, 10, 6, 9))
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.at(moment=AFTER):
            [row] = self.rows(partner_ids=self.client.ids)
            self.assertEqual(
                (row["Number"], row["Kind"], row["Solution"]), (work.reference, "Corrective", "in time")
            )
            self.assertEqual(row["Reported"], datetime(2026, 10, 6, 10, 30))
            self.assertEqual(row["Answered"], work.responded_at and datetime(2026, 10, 6, 11))
            self.assertEqual(
                (self.sheets[0].freeze_panes, bool(self.sheets[0].auto_filter.ref)), ("A2", True)
            )
            [row] = self.rows(partner_ids=self.client.ids, lang="fr_FR")
        self.assertEqual((row["Type"], row["Résolue"]), ("Corrective", datetime(2026, 10, 6, 11)))

    def test_nothing_of_another_company(self):
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        company2 = self.env["res.company"].create({"name": "Second"})
        second = self._staff(
            "t_second", "group_charter_operations", company_id=company2.id, company_ids=[(6, 0, company2.ids)]
        )
        with self.at(moment=AFTER):
            for what in ("interventions", "promises"):
                with self.subTest(what):
                    self.assertFalse(self.rows(what, user=second))
                    self.assertTrue(self.rows(what))
                    self.assertTrue(
                        {row["Company"] for row in self.rows(what)} == {self.company.name},
                        "nor of anybody else",
                    )

    def test_more_rows_than_a_sheet_holds(self):
        for _turn in range(3):
            self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        with (
            self.at(moment=AFTER),
            patch.object(charter_export, "SHEET_ROWS", 2),
            patch.object(charter_export, "FETCH", 2),
        ):
            self.assertEqual(len(self.rows(partner_ids=self.client.ids)), 3)
        self.assertEqual(
            [sheet.title for sheet in self.sheets], ["Interventions", "Interventions 2", "About"]
        )

    def test_an_empty_period_and_one_reversed(self):
        with self.at(moment=AFTER):
            self.assertFalse(self.rows(first_day="2025-01-01", last_day="2025-01-31"))
            about = dict(self.sheets[-1].values)
            self.assertEqual((about["Rows"], about["Period"]), ("0", "2025-01-01 – 2025-01-31"))
            with self.assertRaisesRegex(ValidationError, "comes before"):
                self.rows(first_day="2026-11-01", last_day="2026-10-31")

    def test_last_month_is_proposed(self):
        with self.at(moment=datetime(2026, 10, 31, 23, 30)):
            wizard = self.env["charter.export.wizard"].with_user(self.manager).create({})
        self.assertEqual((wizard.first_day, wizard.last_day), (date(2026, 10, 1), date(2026, 10, 31)))

    def test_not_for_clients_nor_for_other_staff(self):
        for login, groups in (("x_portal", "base.group_portal"), ("x_staff", "base.group_user")):
            user = (
                self.env["res.users"]
                .with_context(no_reset_password=True)
                .create({"name": login, "login": login, "group_ids": [(6, 0, self.env.ref(groups).ids)]})
            )
            with self.subTest(login), self.assertRaises(AccessError):
                self.rows(user=user)
            october = (to_utc(date(2026, 10, 1), "UTC"), to_utc(date(2026, 11, 1), "UTC"))
            if login == "x_staff":
                with self.assertRaises(AccessError):
                    self.env["charter.export"].with_user(user)._export(
                        BytesIO(), "interventions", *october, "UTC"
                    )


@tagged("post_install", "-at_install")
class TestExportDoors(ExportCase, DoorsCase):
    def test_downloaded_by_who_asked_for_it(self):
        wizard = self.env["charter.export.wizard"].with_user(self.manager).create({})
        url = wizard.action_download()["url"]
        self.log_in("t_manager")
        got = self.get(url)
        self.assertEqual((got.status_code, got.content[:2]), (200, b"PK"))
        self.assertEqual(int(got.headers["Content-Length"]), len(got.content))
        for login in ("t_admin", "p_alice"):
            with self.subTest(login):
                self.log_in(login)
                self.assertEqual(self.get(url).status_code, 404)
