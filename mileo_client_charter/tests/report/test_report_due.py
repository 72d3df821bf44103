"""The due day of a report nobody sent: it leaves by itself, or is held and said, as its tier or company wants."""

from datetime import date, datetime
from io import BytesIO

from freezegun import freeze_time
from pypdf import PdfReader

from ...models.report import charter_report_draft
from ..cases.reports import AFTER, ReportCase

# The report of October is due on 10 November, which ends at 23:00 UTC in Paris.
MORNING, NOON = datetime(2026, 11, 10, 10, 30), datetime(2026, 11, 10, 11)


class TestDueDay(ReportCase):
    def setUp(self):
        super().setUp()
        self.premium.report_days = 10
        self.company.charter_report_unreviewed = "hold"

    def activities(self, report, user):
        return report.activity_ids.filtered(lambda activity: activity.user_id == user)

    def test_due_moment(self):
        self.assertEqual(self.drafted().due_at, datetime(2026, 11, 10, 23), "as the other tests expect")

    def test_held_and_said_by_default(self):
        report = self.drafted()
        self.cron(MORNING)
        self.assertEqual((report.state, bool(report.warned_at)), ("draft", False))
        self.cron(NOON)
        self.assertEqual((report.state, report.warned_at), ("held", NOON))
        self.assertIn("due day", report.hold_reason)
        [activity] = self.activities(report, self.operations)
        self.assertIn("t_technician", activity.note, "whose turn it is")
        self.cron(datetime(2026, 11, 10, 12))
        self.assertEqual(len(self.activities(report, self.operations)), 1, "once")
        self.assertEqual(report.obligation_id.state, "open", "the commitment keeps running")
        # Taken up again, it is not held a second time.
        with self.at(moment=datetime(2026, 11, 10, 13)):
            report.with_user(self.manager).action_draft()
        self.cron(datetime(2026, 11, 10, 14))
        self.assertEqual(report.state, "draft")

    def test_reviewed_and_not_sent_is_said_too(self):
        report = self.reviewed()
        self.cron(NOON)
        self.assertEqual((report.state, report.warned_at), ("reviewed", NOON))
        [activity] = self.activities(report, self.operations)
        self.assertIn("waits to be sent", activity.note)

    def test_sent_by_itself(self):
        self.company.charter_report_unreviewed = "send"
        report = self.drafted()
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.cron(MORNING)
        self.assertEqual(report.state, "draft")
        self.cron(NOON)
        self.assertEqual((report.state, report.unreviewed, report.sent_at), ("sent", True, NOON))
        self.assertEqual(report.done_count, 1, "the figures are those of the day it leaves")
        self.assertTrue(report.table["unreviewed"] and report._is_intact())
        deliveries = self.deliveries(report)
        self.assertEqual(deliveries.contact_id, self.alice + self.adam)
        text = "".join(
            page.extract_text() for page in PdfReader(BytesIO(deliveries[0].attachment_ids.raw)).pages
        )
        self.assertIn("without the approval", " ".join(text.split()))
        with self.at(moment=datetime(2026, 11, 10, 12)):
            self.leave(deliveries[:1])
        self.assertEqual(report.obligation_id.state, "kept")

    def test_the_reviewed_leave_as_they_were_reviewed(self):
        self.company.charter_report_unreviewed = "send"
        report = self.reviewed()
        before = report.table
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.cron(NOON)
        self.assertEqual((report.state, report.unreviewed, report.table), ("sent", False, before))

    def test_the_tier_comes_first(self):
        self.company.charter_report_unreviewed = "send"
        self.premium.report_unreviewed = "hold"
        report = self.drafted()
        self.cron(NOON)
        self.assertEqual(report.state, "held")
        self.company.charter_report_unreviewed = "hold"
        self.premium.report_unreviewed = "send"
        self.cron(datetime(2026, 12, 10, 11))
        self.assertEqual(self.report(period="2026-11").state, "sent")

    def test_what_somebody_holds_back_stays(self):
        self.company.charter_report_unreviewed = "send"
        report = self.drafted()
        with self.at(moment=AFTER):
            report.with_user(self.manager).action_hold("A figure is disputed.")
        self.cron(NOON)
        self.assertEqual((report.state, report.hold_reason), ("held", "A figure is disputed."))

    def test_what_cannot_leave_is_said_and_holds_up_no_other(self):
        self.company.charter_report_unreviewed = "send"
        with freeze_time(datetime(2026, 10, 1, 8)):
            other, _one, _two = self._client("Belair")
            good = self._contract(other)
        report = self.drafted()
        (self.alice + self.adam + self.client).email = False
        self.cron(NOON)
        self.assertEqual(self.report(good).state, "sent")
        self.assertIn("no contact with an email", report.error)
        self.assertTrue(report.warned_at)
        self.assertIn("no contact with an email", self.activities(report, self.operations).note)

    def test_old_figures_do_not_leave_for_those_that_fail(self):
        self.company.charter_report_unreviewed = "send"
        report = self.drafted()
        before = report.table

        def table(report, *_args):
            raise ValueError("Camera 4 has two births")

        self.patch(type(report), "_frozen_table", table)
        self.cron(NOON)
        self.assertNotEqual(report.state, "sent")
        self.assertEqual((report.error, report.table), ("Camera 4 has two births", before))
        self.assertFalse(self.deliveries(report))
        self.assertTrue(report.warned_at)

    def test_a_correction_is_never_sent_by_itself(self):
        self.company.charter_report_unreviewed = "send"
        first = self.sent()
        with self.at(moment=AFTER):
            self.leave(self.deliveries(first)[:1])
            first.with_user(self.manager).action_correct("An intervention was missing.")
        second = self.report(version=2)
        self.cron(NOON)
        self.assertEqual((first.state, second.state), ("sent", "draft"))

    def test_in_resumable_batches(self):
        """Out of time after the first batch, the next run goes on from there; nobody is warned twice."""
        with freeze_time(datetime(2026, 10, 1, 8)):
            contracts = self.contract
            for name in ("Belair", "Corvus"):
                contracts |= self._contract(self._client(name)[0])
        self.cron()
        reports = self.env["charter.report"].search([("contract_id", "in", contracts.ids)])
        self.patch(charter_report_draft, "SEND_BATCH", 1)
        for done in (1, 2, 3, 3):
            with self.at(moment=NOON), self.committing(seconds=0):
                self.env["charter.report"]._act_on_due_day()
            self.assertEqual(len(reports.filtered("warned_at")), done)
        self.assertEqual(len(self.activities(reports, self.operations)), 3)

    def test_a_term_that_is_over_while_its_renewal_is_held_is_reported(self):
        line = {
            "date_end": "2026-10-15",
            "is_auto_renew": True,
            "auto_renew_interval": 1,
            "auto_renew_rule_type": "yearly",
        }
        report = self.drafted()
        days = report.first_day, report.last_day
        report.contract_id.contract_line_ids.write(line)
        promise = report.obligation_id
        self.assertEqual(
            report._days_of(promise), days, "it goes on, and so does what is done for the client"
        )
        report.contract_id.contract_line_ids.is_auto_renew = False
        self.assertEqual(
            report._days_of(promise), (days[0], date(2026, 10, 15)), "as far as the contract went"
        )
