"""What an earlier report said otherwise: the next one lists it, with both values, why, by whom and when."""

from datetime import datetime
from io import BytesIO

from odoo import Command
from odoo.tests import tagged
from pypdf import PdfReader

from ..cases.reports import AFTER, ReportCase

LATER, LAST = datetime(2026, 12, 2, 8), datetime(2027, 1, 4, 8)
# Words of a client that no report prints, by number or otherwise: they are read, and corrected, where they stand.
NOT_PRINTED = {
    "charter.review": "its own minutes, sent again",
    "charter.review.answer": "becomes a feedback, which is printed",
}


@tagged("post_install", "-at_install")
class TestReportCorrected(ReportCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.work = self.late_work("Camera 4")

    def late_work(self, name, closed=datetime(2026, 10, 6, 20)):
        with self.at(moment=datetime(2026, 10, 6, 8)):
            work = self.env["charter.intervention"].create(
                {
                    "name": name, "partner_id": self.client.id, "contract_id": self.contract.id, "priority": "3",
                    "responded_at": datetime(2026, 10, 6, 8),
                }
            )  # fmt: skip
        if closed:
            with self.at(moment=closed):
                work.action_close()
        return work

    def issue(self, report, moment):
        with self.at(moment=moment):
            if not report.recommendation_ids:
                report._charter_engine().no_recommendation_reason = "Nothing new."
            report.with_user(self.technician).action_written()
            report.with_user(self.manager).action_review()
            report.with_user(self.manager).action_send()
        return report

    def issued(self, moment, period):
        self.cron(moment)
        return self.issue(self.report(period=period), moment)

    def correct(self, moment=datetime(2026, 11, 10, 9), at=datetime(2026, 10, 6, 15)):
        with self.at(moment=moment):
            self.work.with_user(self.operations).action_correct("The site book says 17:00.", resolved_at=at)

    def listed(self, report, lang="en_US"):
        view = report.with_context(lang=lang)._view()
        return [
            [str(cell) for cell in row]
            for section in view["sections"]
            if section["key"] == "corrections"
            for table in section["tables"]
            for row in table["rows"]
        ]

    def test_the_next_report_lists_it_and_no_other(self):
        october = self.sent()
        before = october.table
        self.correct()
        november = self.issued(LATER, "2026-11")
        who = "10 Nov 2026 10:00, by t_operations (operations manager)"
        reason = "The site book says 17:00."
        work = f"{self.work.reference} Camera 4"
        self.assertEqual(
            self.listed(november),
            [
                [f"{work} · Resolved At", "6 Oct 2026 22:00", "6 Oct 2026 17:00", reason, who],
                [f"{work} · {self.resolution().commitment_id.name}", "missed", "in time", reason, who],
            ],
        )
        self.assertEqual(len(self.listed(november, "fr_FR")), 2)
        french = "\n".join(cell for row in self.listed(november, "fr_FR") for cell in row)
        for part in ("6 oct. 2026 22:00", "hors délai", "à temps", reason, "t_operations (responsable"):
            self.assertIn(part, french)
        self.assertEqual(october.table, before, "what was sent stays as it was")
        with self.subTest("printed, and in the workbook"):
            printed = november.with_context(lang="fr_FR", force_report_rendering=True)._pdf()
            text = " ".join(
                "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages).split()
            )
            for part in ("Corrigé depuis un rapport précédent", "site book says", "t_operations"):
                self.assertIn(part, text)
            self.assertTrue(november._xlsx())
        with self.subTest("frozen"):
            self.correct(LAST, datetime(2026, 10, 6, 16))
            self.assertEqual(self.listed(november)[0][2], "6 Oct 2026 17:00")
        with self.subTest("once"):
            december = self.issued(LAST, "2026-12")
            self.assertEqual(
                [row[1:3] for row in self.listed(december)], [["6 Oct 2026 17:00", "6 Oct 2026 18:00"]]
            )
        with self.subTest("a version of the report that printed it lists it too"):
            with self.at(moment=LAST):
                october.with_user(self.manager).action_correct("The moments were wrong.")
            version = self.report(period="2026-10", version=2)
            self.assertEqual(len(self.listed(version)), 3)

    def resolution(self):
        return self.work.obligation_ids.filtered(lambda one: one.code == "intervention.resolution")

    def test_what_no_report_had_printed_is_not_listed(self):
        with self.at(moment=datetime(2026, 10, 20, 9)):
            self.work.with_user(self.operations).action_correct(
                "The site book says 17:00.", resolved_at=datetime(2026, 10, 6, 15)
            )
        self.assertFalse(self.listed(self.sent()))
        self.assertFalse(self.listed(self.issued(LATER, "2026-11")))

    def test_words_and_marks_of_the_client_and_lateness_taken_back(self):
        with self.at(moment=datetime(2026, 10, 12, 8)):
            feedback = self.invitation(self.adam)
            feedback._answer(rating=4, comment="Nobody came.")
            second = self._contract(self.client)
        # Noted by us.
        feedback._charter_engine().channel = "interview"
        running = self.late_work("Recorder", closed=None)
        with self.at(moment=datetime(2026, 10, 7, 8)):
            self.tick()
        self.sent()
        other = self.issue(self.report(second), AFTER)
        self.assertTrue(other.table["details"])
        with self.at(moment=datetime(2026, 11, 10, 9)):
            feedback.with_user(self.operations)._charter_correct({"rating": 5}, "Adam meant five.")
            running.with_user(self.operations).action_pause(
                "Waiting for the key", datetime(2026, 10, 6, 9), datetime(2026, 11, 10, 8)
            )
        november = self.issued(LATER, "2026-11")
        rows = self.listed(november)
        self.assertEqual(
            sorted(row[1:4] for row in rows),
            [["4", "5", "Adam meant five."], ["missed", "running", "Waiting for the key"]],
        )
        self.assertIn("Your feedback of 12 Oct 2026 10:00", rows[0][0])
        self.cron(LATER)
        self.assertFalse(
            self.listed(self.report(second, period="2026-11")), "each in the report of its own contract"
        )

    def test_every_model_a_client_reads_corrections_of_is_printed_or_said_not_to_be(self):
        printed = set(self.env["charter.report"]._charter_frozen_rows["table"].values())
        words = {
            name
            for name, model in self.env.items()
            if not model._abstract
            and hasattr(model, "_charter_recorded_fields")
            and "client" in model._charter_recorded_fields().values()
        }
        self.assertEqual(words - printed, NOT_PRINTED.keys())

    def test_a_table_of_before_has_none(self):
        report = self.sent()
        table = report.table
        del table["details"]["corrections"]
        report._charter_engine().table = table
        self.assertFalse(self.listed(report))

    def test_equipment_corrected_is_ours(self):
        """What the client does not read of a correction, its report does not print."""
        self.sent()
        equipment = self.env["charter.equipment"].create({"name": "Camera 4", "partner_id": self.client.id})
        with self.at(moment=datetime(2026, 11, 10, 9)):
            self.work.with_user(self.operations)._charter_correct(
                {"equipment_ids": [Command.set(equipment.ids)]}, "It was camera 4."
            )
        self.assertFalse(self.listed(self.issued(LATER, "2026-11")))
