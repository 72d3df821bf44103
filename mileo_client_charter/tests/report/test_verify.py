"""/charter/verify: a report held against what was recorded, by whoever holds it, without a login."""

import io

import openpyxl
from odoo.http import Request
from odoo.tests import tagged
from pypdf import PdfReader, PdfWriter

from ..base.test_doors import DoorsCase
from .test_report import ReportCase


@tagged("post_install", "-at_install")
class TestVerify(ReportCase, DoorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.committing(cls):
            cls.env["charter.seal"]._cron_seal()

    def verify(self, file=None, **form):
        """The answer to a form of the page, filled in by somebody without a login."""
        self.authenticate(None, None)
        form["csrf_token"] = Request.csrf_token(self)
        files = {"file": ("report", file, "application/octet-stream")} if file else None
        return self.url_open("/charter/verify?lang=en_US", data=form, files=files)

    def code(self, report):
        return report._view()["proof"]["code"]

    def test_by_code(self):
        report = self.sent()
        for typed in (self.code(report), self.code(report).upper().replace("-", " ")):
            answer = self.verify(code=typed)
            self.assertShows(
                answer, "Yes: it is on record", report.reference, "October 2026", report.company_id.name
            )
        self.assertShows(answer, "That seal is in the register today, unchanged.")

    def test_nothing_of_the_client_is_told(self):
        report = self.sent()
        body = self.verify(code=self.code(report)).text
        for private in (report.partner_id.name, report.contract_id.name, "Replace the recorder"):
            self.assertNotIn(private, body)

    def test_unknown_codes_tell_nothing(self):
        report = self.sent()
        self.assertShows(self.verify(), "Give the code printed on the report, or its file.")
        for typed in (
            "-",
            "zz",
            self.code(report)[:-1],
            self.code(report) + "0",
            "%" * 24,
            "0" * 24,
            report.reference,
        ):
            answer = self.verify(code=typed)
            self.assertShows(answer, "Not one of our reports")

    def test_a_draft_is_not_on_record(self):
        report = self.drafted()
        self.assertIsNone(report._view()["proof"])

    def test_the_file_as_it_was_sent_and_as_it_was_saved_again(self):
        report = self.sent()
        content = self.deliveries(report)[:1].attachment_ids.raw
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertShows(self.verify(file=content), "byte for byte, the one we sent", report.reference)
        again = io.BytesIO()
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
        writer.add_metadata({"/Title": "Saved again"})
        writer.write(again)
        answer = self.verify(file=again.getvalue())
        self.assertShows(answer, "This file is not the one we sent", report.reference)
        self.assertNotIn("Yes: it is on record", answer.text)

    def test_the_copy_of_the_portal_is_the_one_that_was_mailed(self):
        report = self.sent()
        self.log_in("p_alice")
        self.portal_user(self.alice).lang = self.alice.lang
        copy = self.get(f"/my/charter/report/{report.id}/pdf").content
        self.assertEqual(copy, self.deliveries(report)[:1].attachment_ids.raw)
        self.assertShows(self.verify(file=copy), "byte for byte, the one we sent")

    def test_the_workbook_as_it_is_had_and_as_it_was_altered(self):
        """Made anew each time it is asked for, it is the same file each time, in each language."""
        report = self.sent()
        self.log_in("p_alice")
        for lang in ("en_US", "fr_FR"):
            self.portal_user(self.alice).lang = lang
            with self.at(hours=2000):
                copy = self.get(f"/my/charter/report/{report.id}/xlsx").content
            self.assertShows(self.verify(file=copy), "byte for byte, the one we sent", report.reference)
            self.log_in("p_alice")
        book = openpyxl.load_workbook(io.BytesIO(copy))
        book.worksheets[0].cell(12, 2).value = "100 %"
        altered = io.BytesIO()
        book.save(altered)
        answer = self.verify(file=altered.getvalue())
        self.assertShows(answer, "This file is not the one we sent", report.reference)
        self.assertNotIn("byte for byte", answer.text)
        # A workbook of somebody else, and a file that only begins as one.
        blank = io.BytesIO()
        openpyxl.Workbook().save(blank)
        for content in (blank.getvalue(), b"PK\x03\x04 nothing", copy[:1000]):
            self.assertShows(self.verify(file=content), "File: it is none that we sent")

    def test_a_file_of_somebody_else(self):
        for content in (b"%PDF-1.4 nothing", b"plain text", b"\x00" * 100):
            self.assertShows(self.verify(file=content), "File: it is none that we sent")

    def test_a_record_that_was_touched_up(self):
        report = self.sent()
        code = self.code(report)
        self.env.flush_all()
        self.env.cr.execute('ALTER TABLE "charter_report" DISABLE TRIGGER USER')
        self.env.cr.execute(
            """UPDATE charter_report SET "table" = jsonb_set("table", '{introduction}', '"All is well"') WHERE id = %s""",
            [report.id],
        )
        self.env.cr.execute('ALTER TABLE "charter_report" ENABLE TRIGGER USER')
        self.env.invalidate_all()
        self.assertShows(self.verify(code=code), "its record has been changed since")

    def test_superseded(self):
        report = self.sent()
        code = self.code(report)
        report._charter_engine().state = "superseded"
        self.assertShows(
            self.verify(code=code), "Yes: it is on record", "A corrected version has replaced it"
        )

    def test_in_french(self):
        self.assertIn("Est-ce bien le rapport", self.get("/charter/verify?lang=fr_FR").text)
