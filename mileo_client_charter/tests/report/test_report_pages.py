"""A printed report page by page: which page of how many, what it is, rows whole, no page left nearly empty."""

import re
from datetime import datetime
from io import BytesIO

from odoo.tests import tagged
from pypdf import PdfReader

from ..cases.reports import ReportCase

NAME = (
    "Dépose de la caméra de l’entrée principale du bâtiment des archives départementales de la Haute-Garonne"
)


@tagged("post_install", "-at_install")
class TestReportPages(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    def printed(self, count):
        """(report, its PDF in French) with ``count`` interventions of long names, as its frozen table has them."""
        if count:
            self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        report = self.drafted()
        if count:
            table = report.table
            [row] = table["details"]["interventions"]
            table["details"]["interventions"] = [
                {**row, "reference": f"INT/{number:04}", "name": NAME} for number in range(count)
            ]
            report._charter_engine().table = table
        return report, PdfReader(BytesIO(report.with_context(lang="fr_FR")._pdf()))

    def check(self, count, pages):
        """Each page says which it is and of what; none but the last is left nearly empty."""
        report, printed = self.printed(count)
        total = len(printed.pages)
        self.assertGreaterEqual(total, pages)
        self.assertEqual(printed.trailer["/Root"]["/Lang"], "fr-FR")
        self.assertTrue(printed.metadata.title.startswith("Rapport d’activité · "), printed.metadata.title)
        self.assertIn(report.reference, printed.metadata.title)
        found = []
        for number, page in enumerate(printed.pages, 1):
            words = " ".join(page.extract_text().split())
            with self.subTest(page=number):
                self.assertIn(f"page {number} sur {total}", words)
                self.assertEqual(words.count("Rapport d’activité · "), 1)
                lines = [line for line in page.extract_text().splitlines() if line.strip()]
                if number < total:
                    self.assertGreater(len(lines), 15, lines)
            found.append(words)
        return found

    def test_no_data(self):
        self.check(0, 2)

    def test_one_intervention(self):
        self.check(1, 2)

    def test_200_interventions_of_long_names(self):
        seen = []
        for words in self.check(200, 10):
            on_page = re.findall(r"INT/\d{4}", words)
            seen += on_page
            if on_page:
                # A row that begins on a page ends there.
                self.assertEqual(words.count("Garonne"), len(on_page))
        self.assertEqual((len(seen), len(set(seen))), (200, 200))
