"""The activity report: drafted, written, reviewed, handed over, corrected; and what its client reads."""

from datetime import date, datetime, timedelta
from io import BytesIO

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import new_test_user
from odoo.tools import file_path
from psycopg2.errors import SerializationFailure
from pypdf import PdfReader

from ..cases.reports import AFTER, ReportCase


class TestReportDraft(ReportCase):
    def test_drafted_the_day_after_its_period(self):
        self.cron(datetime(2026, 10, 31, 22, 30))
        self.assertFalse(self.report(), "it is still October in Paris")
        self.cron(datetime(2026, 10, 31, 23, 30))
        report = self.report()
        self.assertEqual(
            (report.period, report.first_day, report.last_day, report.state),
            ("2026-10", date(2026, 10, 1), date(2026, 10, 31), "draft"),
        )
        self.assertEqual(report.obligation_id.occurrence, "2026-10")
        self.assertTrue(report.table and report.computed_at)
        self.cron(datetime(2026, 11, 3, 8))
        self.assertEqual(self.report(), report, "once")

    def test_part_of_a_period(self):
        """A contract reports from the day it came under the charter to the day it ended, and owes its last report."""
        with self.at(moment=datetime(2026, 10, 12, 8)):
            contract = self._contract(self.client, start="2026-10-12", end="2026-10-20")
        self.cron(datetime(2026, 10, 25, 8))
        self.cron()
        report = self.report(contract)
        self.assertEqual((report.first_day, report.last_day), (date(2026, 10, 12), date(2026, 10, 20)))
        self.assertEqual(report.obligation_id.state, "open")

    def test_left_the_charter(self):
        """Out of the charter before its end: the days it was under it are reported, nothing after them."""
        with self.at(moment=datetime(2026, 10, 20, 8)):
            self.contract.charter_tier_id = False
        self.cron()
        self.assertEqual(str(self.report().last_day), "2026-10-20")

    def test_a_conflict_is_no_error_of_the_report(self):
        """Another worker wrote meanwhile: the transaction is played again, and nothing is said on the row."""

        def conflict(report, *_args):
            raise SerializationFailure("could not serialize access")

        self.cron()
        report = self.report()
        self.patch(type(report), "_frozen_table", conflict)
        with self.at(moment=AFTER), self.assertRaises(SerializationFailure):
            report._compute_tables()
        self.assertFalse(report.error)

    def test_a_bad_contract_holds_up_no_other(self):
        other, _one, _two = self._client("Belair")
        with self.at(moment=datetime(2026, 10, 1, 8)):
            good = self._contract(other)
        model = type(self.env["charter.report"])
        real = model._frozen_table

        def table(report, *args):
            if report.contract_id == self.contract:
                raise ValueError("Camera 4 has two births")
            return real(report, *args)

        self.patch(model, "_frozen_table", table)
        self.cron()
        self.assertEqual(self.report().error, "Camera 4 has two births")
        self.assertFalse(self.report().table)
        self.assertTrue(self.report(good).table)
        self.assertFalse(self.report(good).error)
        self.patch(model, "_frozen_table", real)
        with self.at(moment=AFTER):
            self.report().action_refresh()
        self.assertTrue(self.report().table)
        self.assertFalse(self.report().error)

    def test_not_made_by_hand(self):
        report = self.drafted()
        with self.assertRaises(UserError):
            report.with_user(self.operations).copy()
        with self.assertRaises(UserError):
            report.unlink()
        for values in ({"state": "sent"}, {"table": {}}, {"obligation_id": False}, {"fingerprint": "x"}):
            with self.subTest(values), self.assertRaises(AccessError):
                report.with_user(self.admin).write(values)


class TestReportSteps(ReportCase):
    def test_steps_are_of_the_roles(self):
        report = self.drafted()
        stranger = self._staff("t_stranger", "group_charter_user")
        with self.at(moment=AFTER):
            with self.assertRaisesRegex(ValidationError, "say why there is none"):
                report.with_user(self.technician).action_written()
            self.advise(report)
            with self.assertRaises(AccessError):
                report.with_user(self.manager).action_written()
            with self.assertRaisesRegex(UserError, "not written yet"):
                report.with_user(self.manager).action_review()
            report.with_user(self.technician).action_written()
            for user in (self.technician, stranger):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    report.with_user(user).action_review()
            with self.assertRaises(UserError):
                report.with_user(self.manager).action_send()
            report.with_user(self.manager).action_review()
            with self.assertRaises(UserError):
                report.with_user(self.manager).write({"introduction": "Too late."})
            with self.assertRaises(UserError):
                self.advise(report)
            report.with_user(self.manager).action_draft()
            self.assertEqual(report.state, "draft")

    def test_no_recommendation_with_a_reason(self):
        report = self.drafted()
        with self.at(moment=AFTER):
            report.with_user(self.technician).no_recommendation_reason = "All was renewed in September."
            report.with_user(self.technician).action_written()
            report.with_user(self.manager).action_review()
        self.assertEqual(report._view()["no_recommendation"], "All was renewed in September.")

    def test_held_back(self):
        report = self.reviewed()
        with self.at(moment=AFTER):
            with self.assertRaises(ValidationError):
                report.with_user(self.manager).action_hold(" ")
            report.with_user(self.manager).action_hold("A figure is disputed.")
            with self.assertRaises(UserError):
                report.with_user(self.manager).action_send()
        self.assertEqual((report.state, report.hold_reason), ("held", "A figure is disputed."))
        self.assertEqual(report.obligation_id.state, "open", "the commitment keeps running")

    def test_promise_kept_once_the_mail_has_left(self):
        report = self.sent()
        deliveries = self.deliveries(report)
        self.assertEqual(deliveries.contact_id, self.alice + self.adam)
        self.assertEqual(set(deliveries.mapped("state")), {"queued"})
        self.assertEqual((report.state, report.obligation_id.state), ("sent", "open"))
        self.assertTrue(report._is_intact())
        self.assertEqual(set(deliveries.mapped("fingerprint")), {report.fingerprint})
        with self.at(moment=AFTER + timedelta(hours=1)):
            self.leave(deliveries[:1])
        self.assertEqual(report.obligation_id.state, "kept")
        self.assertEqual(report.obligation_id.done_at, AFTER + timedelta(hours=1))

    def test_evidence_by_hand_does_not_keep_it(self):
        promise = self.drafted().obligation_id
        with self.at(moment=AFTER), self.assertRaises(UserError):
            promise.with_user(self.manager).action_record_evidence("I sent it, I think.")

    def test_migration_of_the_flag(self):
        """In a database of the version before, the promise is no longer kept by a line somebody writes."""
        commitment = self.env.ref("mileo_client_charter.commitment_report_delivery")
        self.env.cr.execute("UPDATE charter_commitment SET by_evidence = true WHERE id = %s", [commitment.id])
        path = file_path("mileo_client_charter/migrations/19.0.1.1.0/post-report.py")
        load_script(path, "post_report").migrate(self.env.cr, "19.0.1.0.0")
        commitment.invalidate_recordset()
        self.assertFalse(commitment.by_evidence)

    def test_nobody_to_write_to(self):
        report = self.reviewed()
        (self.alice + self.adam + self.client).email = False
        with self.at(moment=AFTER), self.assertRaisesRegex(UserError, "no contact with an email"):
            report.with_user(self.manager).action_send()
        report._charter_engine().queued_at = AFTER
        with self.at(moment=AFTER), self.committing():
            self.env["charter.report"]._cron_report()
        self.assertIn("no contact with an email", report.error)
        self.assertFalse(report.queued_at)
        self.assertEqual(report.state, "reviewed")

    def test_many_leave_in_batches(self):
        other, _one, _two = self._client("Belair")
        with self.at(moment=datetime(2026, 10, 1, 8)):
            contract = self._contract(other)
        first = self.reviewed()
        second = self.report(contract)
        with self.at(moment=AFTER):
            self.advise(second)
            second.with_user(self.technician).action_written()
            second.with_user(self.manager).action_review()
            (first + second).with_user(self.manager).action_send()
            self.assertEqual(set((first + second).mapped("state")), {"reviewed"})
            with self.committing():
                self.env["charter.report"]._cron_report()
        self.assertEqual(set((first + second).mapped("state")), {"sent"})
        self.assertEqual(len(self.deliveries(first) + self.deliveries(second)), 4)

    def test_correction_is_another_version(self):
        first = self.sent()
        before = first.table
        with self.at(moment=AFTER):
            with self.assertRaises(ValidationError):
                first.with_user(self.manager).action_correct("")
            first.with_user(self.manager).action_correct("An intervention was missing.")
            second = self.report(version=2)
            self.assertEqual((second.state, second.previous_id, first.state), ("draft", first, "sent"))
            second.with_user(self.technician).action_written()
            second.with_user(self.manager).action_review()
            second.with_user(self.manager).action_send()
        self.assertEqual((second.state, first.state), ("sent", "superseded"))
        # The link of the first mail says so.
        shown = [report._link_values(self.alice)["replaced"] for report in (second, first)]
        self.assertEqual(shown, [False, True])
        self.assertEqual(first.table, before)
        self.assertTrue(first._is_intact())
        self.assertEqual(len(self.deliveries(second)), 2)
        self.assertFalse(self.deliveries(second).obligation_id, "the first version keeps the commitment")
        self.assertIn("version 2", self.deliveries(second)[0].subject)
        self.assertIn("An intervention was missing.", self.deliveries(second)[0].body)

    def test_frozen_once_sent(self):
        report = self.sent()
        before = report.table
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.assertEqual(report.table, before)
        with self.assertRaises(UserError):
            report.action_refresh()


class TestRecommendation(ReportCase):
    def test_what_a_notice_advised_is_proposed_by_the_next_report(self):
        """It stands in that report as new, so that the client can answer it; not as new in every report after it."""
        report = self.drafted()
        with self.at(moment=AFTER):
            advice = self.advise(report, name="Replace it with the P3265", report_id=False)
            report.with_user(self.technician).action_written()
            report.with_user(self.manager).action_review()
            self.assertEqual([row["id"] for row in report.table["recommendations"]], advice.ids)
            report.with_user(self.manager).action_send()
        self.assertEqual((advice.state, advice.report_id, advice.proposed_at), ("proposed", report, AFTER))

    def test_carried_until_answered(self):
        report = self.sent()
        advice = report.recommendation_ids
        self.assertEqual(advice.state, "proposed")
        self.cron(datetime(2026, 12, 2, 8))
        november = self.report(period="2026-11")
        self.assertEqual([row["id"] for row in november.table["recommendations"]], advice.ids)
        with self.at(moment=datetime(2026, 12, 3, 8)):
            self.assertTrue(advice._answer("decline", "Not this year.", self.alice))
            self.assertFalse(advice._answer("accept", "", self.adam), "the first answer counts")
            november.action_refresh()
        self.assertEqual((advice.state, advice.comment), ("declined", "Not this year."))
        self.assertEqual(advice.answered_by_id, self.alice)
        self.assertFalse(november.table["recommendations"])

    def test_not_edited_once_proposed(self):
        advice = self.sent().recommendation_ids.with_user(self.technician)
        with self.assertRaises(UserError):
            advice.name = "Something else"
        with self.assertRaises(UserError):
            advice.unlink()
        with self.assertRaises(AccessError):
            self.env["charter.recommendation"].with_user(self.admin).create(
                {
                    "name": "x",
                    "advice": "x",
                    "benefit": "x",
                    "contract_id": self.contract.id,
                    "state": "accepted",
                }
            )
        with self.assertRaises(ValidationError):
            advice.action_withdraw("")
        advice.action_withdraw("Replaced by another.")
        self.assertEqual(advice.state, "withdrawn")

    def test_who_reads_what(self):
        report = self.reviewed()
        stranger, other, _two = self._client("Belair")
        own = new_test_user(self.env, "r_alice", groups="base.group_portal", partner_id=self.alice.id)
        foreign = new_test_user(self.env, "r_other", groups="base.group_portal", partner_id=other.id)
        self.assertEqual(stranger, other.commercial_partner_id)
        reports, advice = self.env["charter.report"], self.env["charter.recommendation"]
        self.assertFalse(reports.with_user(own).search([]), "not before it is sent")
        self.assertFalse(advice.with_user(own).search([]))
        with self.at(moment=AFTER):
            report.with_user(self.manager).action_send()
        report.sudo().message_subscribe(foreign.partner_id.ids)
        self.assertEqual(reports.with_user(own).search([]), report)
        self.assertEqual(advice.with_user(own).search([]), report.recommendation_ids)
        self.assertFalse(reports.with_user(foreign).search([]), "following grants nothing")
        self.assertFalse(advice.with_user(foreign).search([]))
        for record in (report, report.recommendation_ids):
            with self.subTest(record), self.assertRaises(AccessError):
                record.with_user(own).write({"state": "draft"})
        with self.assertRaises(AccessError):
            report.with_user(own).read(["hold_reason"])


class TestReportText(ReportCase):
    def text(self, report, lang="en_US"):
        content = report.with_context(lang=lang)._pdf()
        self.assertLess(len(content), 100_000)
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())

    def test_every_rendering_shows_the_same(self):
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        report = self.sent()
        view, text = report._view(), self.text(report)
        mail = self.deliveries(report)[0].body
        for tile in view["glance"]:
            with self.subTest(tile["label"]):
                for shown in (tile["label"], tile["value"], tile["note"]):
                    self.assertIn(shown, text)
                    self.assertIn(shown, mail)
        for section in view["sections"]:
            for label, value in section["lines"]:
                self.assertIn(f"{label} {value}", text)
        for title, words in view["method"]:
            self.assertIn(f"{title} {words}", text)
        for words in (
            "Alpine",
            "October 2026",
            report.reference,
            "Replace the recorder",
            "t_manager",
            "Camera 4",
        ):
            self.assertIn(words, text)

    def test_attached_as_it_was_sent(self):
        report = self.sent()
        attachment = self.deliveries(report)[0].attachment_ids
        self.assertEqual(attachment.name, "Activity report 2026-10 Alpine.pdf")
        self.assertTrue(attachment.raw.startswith(b"%PDF"))

    def test_empty_period_says_so(self):
        with self.at(moment=AFTER):
            report = self.drafted()
            view = report._view()
        self.assertTrue(view["empty"] or view["sections"])
        availability = next(tile for tile in view["glance"] if tile["label"] == "Availability")
        self.assertEqual(
            (availability["value"], availability["part"]), ("—", None), "not measured is not 100 %"
        )
        satisfaction = next(tile for tile in view["glance"] if tile["label"] == "Satisfaction")
        self.assertEqual(satisfaction["value"], "—")
        text = self.text(report)
        self.assertIn("What comes next", text)
        self.assertIn("No intervention was done or in progress in this period.", text)

    def test_late_promise_is_named(self):
        with self.at(moment=datetime(2026, 10, 5, 8)):
            self.env["charter.intervention"].create(
                {"name": "Camera 9", "partner_id": self.client.id, "contract_id": self.contract.id}
            )
        self.cron()
        report = self.report()
        self.assertTrue(report.late_count)
        section = next(one for one in report._view()["sections"] if one["key"] == "promises")
        rows = [row for table in section["tables"] for row in table["rows"]]
        self.assertTrue(any("Camera 9" in row[0] and row[2] == "not yet" for row in rows), rows)
