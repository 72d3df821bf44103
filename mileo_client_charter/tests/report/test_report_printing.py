"""Many reports printed in one run: each client's own pages, in its own language; a bad one holds up no other."""

from datetime import datetime
from io import BytesIO
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html
from pypdf import PdfReader

from ...models.base import ir_actions_report
from ...models.report import charter_report_print
from ...tools import marked_pages
from ..cases.printing import NAMES, NotPrinted, PrintingCase
from ..cases.reports import AFTER


class TestPrinting(PrintingCase):
    def test_each_has_its_own_pages(self):
        for turn in range(40):
            self.worked(datetime(2026, 10, 6, 8, turn), datetime(2026, 10, 6, 9, turn))
        reports, runs = self.reports(), self.counted()
        printed = reports._print([(report, "en_US") for report in reports])
        self.assertEqual(len(runs), 1)
        self.assertEqual(len(printed), len(NAMES))
        for report, name in zip(reports, NAMES, strict=True):
            with self.subTest(name):
                content = printed[report.id, "en_US"]
                text = self.text(content)
                self.assertEqual(text, self.text(report._pdf()), "as printed alone")
                self.assertIn(report.reference, text)
                for other in NAMES:
                    (self.assertIn if other == name else self.assertNotIn)(other, text)
                self.assertLess(len(content), 100_000)
                self.assertTrue(
                    all(len(page.extract_text()) > 40 for page in PdfReader(BytesIO(content)).pages),
                    "no empty page",
                )
        self.assertGreater(len(PdfReader(BytesIO(printed[reports[0].id, "en_US"])).pages), 3)

    def test_each_in_its_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        reports, runs = self.reports()[:2], self.counted()
        printed = reports._print([(reports[0], "fr_FR"), (reports[0], "en_US"), (reports[1], "fr_FR")])
        self.assertEqual(len(runs), 1)
        self.assertIn("octobre 2026", self.text(printed[reports[0].id, "fr_FR"]))
        self.assertIn("October 2026", self.text(printed[reports[0].id, "en_US"]))
        self.assertIn("Belair", self.text(printed[reports[1].id, "fr_FR"]))

    def test_statements_do_not_grow_by_report(self):
        reports = self.reports()
        reports._print([(report, "en_US") for report in reports])
        counts = []
        for number in (1, 4):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            reports[:number]._print([(report, "en_US") for report in reports[:number]])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 3, counts)

    def test_in_runs_of_so_many(self):
        reports, runs = self.reports(), self.counted()
        with patch.object(charter_report_print, "PRINT_BATCH", 3):
            printed = reports._print([(report, "en_US") for report in reports])
        self.assertEqual((len(runs), len(printed)), (2, 4))

    def test_one_by_one_where_pages_cannot_be_told_apart(self):
        reports, runs = self.reports(), self.counted()
        with patch.object(marked_pages, "split", side_effect=marked_pages.Miscounted("2 beginnings")):
            printed = reports._print([(report, "en_US") for report in reports])
        self.assertEqual(len(runs), 5)
        for report, name in zip(reports, NAMES, strict=True):
            self.assertIn(name, self.text(printed[report.id, "en_US"]))

    def test_beginnings_are_counted(self):
        content = self.reports()[0]._pdf()
        with self.assertRaises(marked_pages.Miscounted):
            marked_pages.split(content, 1)

    def test_no_wait_for_scripts_that_are_not_there(self):
        reports = self.env["ir.actions.report"]
        seen = []

        def run(arguments):
            seen.append(arguments[arguments.index("--javascript-delay") + 1])
            raise NotPrinted

        with patch("odoo.addons.base.models.ir_actions_report._run_wkhtmltopdf", run):
            for name in (f"{ir_actions_report.OURS}report_activity", f"{ir_actions_report.OURS}report_charter",
                         "web.preview_externalreport"):  # fmt: skip
                with self.assertRaises(NotPrinted):
                    reports._run_wkhtmltopdf(["<html/>"], report_ref=name)
        self.assertEqual(
            seen, ["0", "0", self.env["ir.config_parameter"].get_param("report.print_delay", "1000")]
        )


class TestSendMany(PrintingCase):
    def queued(self):
        reports = self.reports()
        with self.at(moment=AFTER):
            for report in reports:
                self.advise(report)
            reports.with_user(self.technician).action_written()
            reports.with_user(self.manager).action_review()
            reports.with_user(self.manager).action_send()
        return reports

    def test_sent_in_one_run(self):
        reports, runs = self.queued(), self.counted()
        self.cron()
        self.assertEqual(set(reports.mapped("state")), {"sent"})
        self.assertEqual(len(runs), 1)
        for report in reports:
            [content] = {one.attachment_ids.raw for one in self.deliveries(report)}
            self.assertIn(report.partner_id.name, self.text(content))

    def test_a_bad_one_holds_up_no_other(self):
        reports = self.queued()
        bad = reports[1]
        real = type(bad)._view

        def view(report):
            if report == bad:
                raise ValueError("Camera 4 has two births")
            return real(report)

        self.patch(type(bad), "_view", view)
        self.cron()
        self.assertEqual(
            (bad.state, bad.error, bad.queued_at), ("reviewed", "Camera 4 has two births", False)
        )
        self.assertEqual(set((reports - bad).mapped("state")), {"sent"})
        self.assertFalse(self.deliveries(bad), "nothing of it is on its way")


class TestComputing(PrintingCase):
    def queries(self, reports):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        with freeze_time(AFTER):
            reports._compute_tables()
            self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_figures_contacts_and_advice_are_read_once_for_all(self):
        reports = self.reports()
        self.env["charter.recommendation"].create(
            [
                {
                    "name": "A second line",
                    "advice": "Rent one.",
                    "benefit": "Alarms arrive.",
                    "contract_id": contract.id,
                }
                for contract in self.contracts
            ]
        )
        self.queries(reports)
        one = self.queries(reports[0])
        self.assertEqual(self.queries(reports), one)
        for report in reports:
            self.assertEqual([row["name"] for row in report.table["recommendations"]], ["A second line"])
            self.assertEqual(len(report.table["contacts"]), 4)

    def test_a_title_is_never_alone_at_the_foot_of_a_page(self):
        for name in ("A second line", "A third one"):
            self.env["charter.recommendation"].create(
                {
                    "name": name,
                    "advice": "Rent one.",
                    "benefit": "Alarms arrive.",
                    "contract_id": self.contract.id,
                }
            )
        report = self.reports().filtered(lambda one: one.contract_id == self.contract)
        page = html.fromstring(report._print_html([(report, "en_US")]))
        [title] = page.xpath("//h2[. = 'What we advise']")
        self.assertEqual(title.getparent().get("class"), "cr-keep")
        self.assertIn("A second line", title.getparent().text_content())
        self.assertNotIn("A third one", title.getparent().text_content())
