"""Reports that are printed, with a program that stands in for wkhtmltopdf."""

from datetime import datetime
from io import BytesIO

from freezegun import freeze_time
from pypdf import PdfReader

from .reports import ReportCase

NAMES = ("Alpine", "Belair", "Corvus", "Dorval")


class NotPrinted(Exception):
    """In place of what a printer would answer."""


class PrintingCase(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.contract
        with freeze_time(datetime(2026, 10, 1, 8)):
            for name in NAMES[1:]:
                client, _one, _two = cls._client(name)
                cls.contracts |= cls._contract(client, start="2026-10-01")

    def reports(self):
        self.cron()
        return self.env["charter.report"].search([("contract_id", "in", self.contracts.ids)], order="id")

    def counted(self):
        """Runs of wkhtmltopdf, as lists that are filled."""
        runs = []
        real = type(self.env["ir.actions.report"])._run_wkhtmltopdf

        def run(reports, bodies, *args, **kwargs):
            runs.append(list(bodies))
            return real(reports, bodies, *args, **kwargs)

        self.patch(type(self.env["ir.actions.report"]), "_run_wkhtmltopdf", run)
        return runs

    @staticmethod
    def text(content):
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
