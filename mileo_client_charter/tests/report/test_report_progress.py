"""Thousands of reports: in batches that go on where they were cut off, with their progress in sight, one bad one skipped."""

from datetime import datetime

from freezegun import freeze_time

from ...models.report import charter_report_draft
from ..cases.reports import AFTER, ReportCase


class TestBatches(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.contract
        with freeze_time(datetime(2026, 10, 1, 8)):
            for number in range(4):
                cls.contracts |= cls._contract(cls._client(f"Client {number}")[0], start="2026-10-01")
        with cls.at(cls, moment=AFTER), cls.committing(cls):
            cls.env["charter.scheduler"]._cron_schedule()

    def run_cron(self, seconds=1000, moment=AFTER):
        with self.at(moment=moment), self.committing(seconds):
            self.env["charter.report"]._cron_report()

    def all_reports(self):
        return self.env["charter.report"].search([("contract_id", "in", self.contracts.ids)])

    def progress(self):
        with self.at(moment=AFTER):
            self.env.flush_all()
            self.env.invalidate_all()
            return (
                self.env["charter.report.progress"]
                .with_user(self.manager)
                .search([("period", "=", "2026-10"), ("company_id", "=", self.company.id)])
            )

    def test_cut_off_after_each_batch(self):
        self.patch(charter_report_draft, "DRAFT_BATCH", 2)
        sizes = []
        real = type(self.env["charter.report"])._write_tables

        def write_tables(reports):
            sizes.append(len(reports))
            return real(reports)

        self.patch(type(self.env["charter.report"]), "_write_tables", write_tables)
        row = self.progress()
        self.assertEqual((row.total, row.to_draft, row.sent, row.progress), (5, 5, 0, 0))
        for drafted in (2, 4, 5, 5):
            self.run_cron(seconds=0)
            self.assertEqual(len(self.all_reports()), drafted)
            row = self.progress()
            self.assertEqual((row.to_draft, row.to_write), (5 - drafted, drafted))
        self.assertEqual(sizes, [2, 2, 1], "each once, never more than a batch at a time")
        self.assertEqual(self.all_reports().contract_id, self.contracts)
        self.assertTrue(all(self.all_reports().mapped("table")))

    def test_nothing_is_kept_in_memory_from_one_batch_to_the_next(self):
        self.patch(charter_report_draft, "DRAFT_BATCH", 1)
        kept = []
        real = charter_report_draft.CharterReport._owed_without_report

        def owed(model, *args):
            field = self.env["charter.report"]._fields["table"]
            kept.append(len(field._get_cache(self.env)))
            return real(model, *args)

        def commit(*_args, **_kwargs):
            # As a transaction that ends does.
            self.env.flush_all()
            self.env.transaction.clear()
            return 1000

        self.patch(type(self.env["charter.report"]), "_owed_without_report", owed)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", commit)
        with self.at(moment=AFTER):
            self.env["charter.report"]._cron_report()
        self.assertEqual(kept, [0] * 6)

    def test_a_contract_that_cannot_be_drafted(self):
        model = type(self.env["charter.report"])
        real = model._days_of
        bad = self.contracts[1]

        def days_of(reports, promise):
            if promise.contract_id == bad:
                raise ValueError("It ended before it began.")
            return real(reports, promise)

        self.patch(model, "_days_of", days_of)
        self.run_cron()
        self.run_cron()
        self.assertEqual(self.all_reports().contract_id, self.contracts - bad)
        [activity] = bad.activity_ids.filtered(lambda one: one.user_id == self.operations)
        self.assertIn("2026-10", activity.summary)
        self.assertIn("It ended before it began.", activity.note)
        self.assertEqual(self.progress().to_draft, 1)
        self.patch(model, "_days_of", real)
        self.run_cron()
        self.assertEqual(self.all_reports().contract_id, self.contracts, "mended, it has its report")

    def test_progress_to_the_end(self):
        self.run_cron()
        reports = self.all_reports()
        with self.at(moment=AFTER):
            for report in reports:
                self.advise(report)
            reports.with_user(self.technician).action_written()
            self.assertEqual(self.progress().to_review, 5)
            reports[:3].with_user(self.manager).action_review()
            reports[:2].with_user(self.manager).action_send()
            reports[4].with_user(self.manager).action_hold("A figure is disputed.")
        row = self.progress()
        self.assertEqual((row.to_review, row.to_send, row.queued, row.held, row.sent), (1, 1, 2, 1, 0))
        self.run_cron()
        row = self.progress()
        self.assertEqual((row.queued, row.sent, row.progress), (0, 2, 40))
        opened = row.action_reports()
        self.assertEqual(self.env["charter.report"].search(opened["domain"]) & reports, reports)

    def test_errors_are_counted(self):
        self.run_cron()
        self.all_reports()[0]._charter_engine().error = "Camera 4 has two births"
        self.assertEqual(self.progress().errors, 1)


class TestAnalysis(ReportCase):
    def sums(self, **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["charter.intervention.analysis"].with_user(self.manager)._read_group(
            [("partner_id", "=", self.client.id), *((name, "=", value) for name, value in domain.items())],
            [],
            ["done:sum", "response_met:sum", "response_total:sum", "response_rate:avg", "resolution_met:sum",
             "resolution_total:sum", "resolution_rate:avg"],
        )[0]  # fmt: skip

    def test_met_and_decided_are_the_ledgers(self):
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 20, 9))
        with self.at(moment=datetime(2026, 10, 30, 8)):
            running = self.env["charter.intervention"].create(
                {"name": "Runs", "partner_id": self.client.id, "contract_id": self.contract.id}
            )
        self.cron()
        figures = self.report().table["figures"]
        with self.at(moment=datetime(2026, 10, 30, 9)):
            done, *rest = self.sums()
        self.assertEqual(done, figures["interventions"]["done"])
        response_met, response_total, response_rate, met, total, rate = rest
        self.assertEqual((met, total, rate), (1, 2, 50))
        self.assertEqual((met, total), (figures["resolution"]["met"], figures["resolution"]["total"]))
        self.assertEqual(response_rate, 100 * response_met / response_total)
        [alone] = self.env["charter.intervention.analysis"].search([("intervention_id", "=", running.id)])
        self.assertFalse(alone.resolution_total, "what runs is not decided")

    def test_of_ones_own_company(self):
        self.worked(datetime(2026, 10, 6, 8), datetime(2026, 10, 6, 9))
        self.drafted()
        company2 = self.env["res.company"].create({"name": "Second"})
        second = self._staff(
            "t_second", "group_charter_operations", company_id=company2.id, company_ids=[(6, 0, company2.ids)]
        )
        for model in ("charter.intervention.analysis", "charter.report.progress"):
            with self.subTest(model), self.at(moment=AFTER):
                self.env.flush_all()
                self.assertTrue(self.env[model].with_user(self.manager).search([]))
                self.assertFalse(self.env[model].with_user(second).search([]))
