"""/charter/verify: a report held against what was recorded, by whoever holds it, without a login."""

import io
from datetime import timedelta

import openpyxl
from odoo.http import Request
from odoo.tests import tagged
from pypdf import PdfReader, PdfWriter

from ...controllers.verify import MEGABYTES
from ...models.base.charter_engine import charter_door
from ..cases.portal import DoorsCase
from ..cases.reports import AFTER, ReportCase


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

    def seal(self, moment=AFTER + timedelta(minutes=10)):
        """Seal what waits, as the clock does within a quarter of an hour."""
        seals = self.env["charter.seal"]
        with self.at(moment=moment):
            self.env.flush_all()
            seals._seal_rows(self.env["charter.seal.due"].search([]))
        return seals

    def test_by_code(self):
        """A code alone says that a report has it; the figures of the paper were not compared."""
        report = self.sent()
        self.assertShows(self.verify(code=self.code(report)), "waits to be sealed", "Not yet")
        self.seal()
        for typed in (self.code(report), self.code(report).upper().replace("-", " ")):
            answer = self.verify(code=typed)
            self.assertShows(
                answer, "This code is that of one of our reports", "figures of your copy, which were not compared",
                report.reference, "October 2026", report.company_id.name, "Sealed on",
                "Its record is what it was when it was sealed.", "That seal is in the register today, unchanged.",
            )  # fmt: skip
            self.assertNotIn("Yes", answer.text)
            self.assertNotIn("more than a day after", answer.text)

    def test_sealed_long_after_it_left(self):
        report = self.sent()
        self.seal(AFTER + timedelta(days=90))
        self.assertShows(
            self.verify(code=self.code(report)), "more than a day after its issue", "says nothing of"
        )

    def test_a_code_beside_a_file(self):
        """Code of one report, file of another: what was typed is not passed over."""
        one = self.sent()
        with self.at(moment=AFTER):
            manager = one.with_user(self.manager)
            other = one.browse(manager.action_correct("An intervention was missing.")["res_id"])
            other.with_user(self.technician).action_written()
            other.with_user(self.manager).action_review()
            other.with_user(self.manager).action_send()
        self.seal()
        file = self.deliveries(one)[:1].attachment_ids.raw
        answer = self.verify(file=file, code=self.code(other))
        self.assertShows(
            answer,
            "Yes: your file is",
            one.reference,
            f"another report, {other.reference}, version 2",
            "the file alone",
        )
        self.assertShows(
            self.verify(file=file, code="0" * 24), "Yes: your file is", "that of no report of ours"
        )
        self.assertNotIn("The code you typed", self.verify(file=file, code=self.code(one)).text)
        answer = self.verify(file=b"%PDF-1.4 nothing", code=self.code(one))
        self.assertShows(answer, "This file is none that we sent; the code typed beside it", one.reference)

    def test_no_yes_where_the_proof_does_not_hold(self):
        """Each way the proof can be gone: the answer begins with it."""
        report = self.sent()
        seals, company = self.seal(), report.company_id
        file = self.deliveries(report)[:1].attachment_ids.raw
        self.env.flush_all()

        def emptied():
            self.env.cr.execute("TRUNCATE charter_seal")

        def own_link_gone():
            self.env.cr.execute(
                "DELETE FROM charter_seal WHERE model_name = 'charter.report' AND row_id = %s", [report.id]
            )

        def own_link_changed():
            self.env.cr.execute(
                "UPDATE charter_seal SET label = 'x' WHERE model_name = 'charter.report' AND row_id = %s",
                [report.id],
            )

        def found_by_the_check():
            company.charter_seal_problem = "Link 1: the chain is cut."
            self.env.flush_all()

        for act in (emptied, own_link_gone, own_link_changed, found_by_the_check):
            with self.subTest(act.__name__), self.env.cr.savepoint() as undone:
                with charter_door(self.env.cr):
                    act()
                self.env.invalidate_all()
                for form in ({"file": file}, {"code": self.code(report)}):
                    answer = self.verify(**form)
                    self.assertShows(answer, "nothing proves any more", report.reference)
                    self.assertNotIn("Yes", answer.text)
                undone.rollback()
            self.env.invalidate_all()
        with charter_door(self.env.cr):
            seals._check(company)
            had = company.charter_seal_checked
            emptied()
            for _time in range(2):
                with self.assertLogs(
                    "odoo.addons.mileo_client_charter.models.base.charter_seal_check", "ERROR"
                ):
                    seals._check(company)
                self.assertIn(
                    f"had {had} links when it was verified before, and has 0", company.charter_seal_problem
                )
        [standing] = seals.charter_standing()
        self.assertEqual((standing["links"], standing["lost"]), (0, True))

    def test_nothing_of_the_client_is_told(self):
        report = self.sent()
        body = self.verify(code=self.code(report)).text
        for private in (report.partner_id.name, report.contract_id.name, "Replace the recorder"):
            self.assertNotIn(private, body)

    def test_unknown_codes_tell_nothing(self):
        report = self.sent()
        self.assertShows(
            self.verify(), "Nothing was given to verify", "Give the code printed on the report, or its file."
        )
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
            self.assertShows(answer, "No report has this code: check it", "nothing is said of your report")

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
        self.assertNotIn("Yes", answer.text)

    def test_the_copy_of_the_portal_is_the_one_that_was_mailed(self):
        report = self.sent()
        self.log_in("p_alice")
        self.portal_user(self.alice).lang = self.alice.lang
        copy = self.get(f"/my/charter/report/{report.id}/pdf").content
        self.assertEqual(copy, self.deliveries(report)[:1].attachment_ids.raw)
        self.assertShows(self.verify(file=copy), "Yes: your file is, byte for byte, the one we sent")

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
        self.assertShows(self.verify(file=blank.getvalue()), "This file is none that we sent", "no code")
        for content in (b"PK\x03\x04 nothing", copy[:1000]):
            self.assertShows(self.verify(file=content), "This file could not be read")

    def test_a_file_of_somebody_else(self):
        """What could not be looked into is judged by nobody."""
        for content in (b"%PDF-1.4 nothing", b"plain text", b"\x00" * 100):
            self.assertShows(
                self.verify(file=content), "This file could not be read", "no whole PDF or Excel file"
            )
        again = io.BytesIO()
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        writer.write(again)
        self.assertShows(self.verify(file=again.getvalue()), "This file is none that we sent", "no code")
        large = b"%PDF-1.4" + bytes(MEGABYTES * 2**20)
        self.assertShows(self.verify(file=large), "This file was not compared", "more than 10 MB")

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
        self.seal()
        self.assertShows(self.verify(code=code), "This code is that", "A corrected version has replaced it")

    def test_in_french(self):
        self.assertIn("Est-ce bien le rapport", self.get("/charter/verify?lang=fr_FR").text)
