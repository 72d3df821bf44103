"""Long runs as jobs: each range once, nothing done twice, channels of their own."""

from datetime import timedelta

from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tools import SQL

from odoo.addons.mileo_client_charter.tests.cases.printing import PrintingCase
from odoo.addons.mileo_client_charter.tests.cases.reports import AFTER


class TestJobs(PrintingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, queue_job__no_delay=False))
        with cls.at(cls, moment=AFTER), cls.committing(cls):
            cls.env["charter.scheduler"]._cron_schedule()

    def turn(self):
        with self.at(moment=AFTER), self.committing():
            self.env["charter.report"]._cron_report()

    def all_reports(self):
        return self.env["charter.report"].search([("contract_id", "in", self.contracts.ids)], order="id")

    def jobs(self, method):
        return self.env["queue.job"].search([("method_name", "=", method), ("state", "=", "pending")])

    def perform(self, jobs):
        with self.at(moment=AFTER):
            for row in jobs:
                job = Job.load(self.env, row.uuid)
                job.perform()
                job.set_done()
                job.store()

    def test_drafted_by_jobs_each_range_once(self):
        self.turn()
        jobs = self.jobs("_job_draft")
        self.assertTrue(jobs)
        self.assertEqual(set(jobs.mapped("channel")), {"root.charter.report"})
        self.assertFalse(self.all_reports(), "the scheduled action only says what is to be done")
        self.turn()
        self.assertEqual(self.jobs("_job_draft"), jobs, "asked for again while it waits, it is the same job")
        self.perform(jobs)
        reports = self.all_reports()
        self.assertEqual(reports.contract_id, self.contracts)
        self.assertTrue(all(reports.mapped("table")))
        self.turn()
        self.assertFalse(self.jobs("_job_draft"), "nothing is left")
        with self.at(moment=AFTER):
            self.env["charter.report"]._job_draft(0, 2**31 - 1)
        self.assertEqual(self.all_reports(), reports, "a job that runs twice drafts once")

    def test_sent_by_jobs_once(self):
        self.turn()
        self.perform(self.jobs("_job_draft"))
        reports, runs = self.all_reports(), self.counted()
        with self.at(moment=AFTER):
            for report in reports:
                self.advise(report)
            reports.with_user(self.technician).action_written()
            reports.with_user(self.manager).action_review()
            reports.with_user(self.manager).action_send()
        self.turn()
        jobs = self.jobs("_job_send")
        self.assertEqual(set(jobs.mapped("channel")), {"root.charter.report"})
        self.assertEqual(set(reports.mapped("state")), {"reviewed"})
        self.perform(jobs)
        self.assertEqual(set(reports.mapped("state")), {"sent"})
        self.assertLessEqual(len(runs), len(jobs), "printed in one run a job")
        count = len(
            self.env["charter.delivery"].search([("res_id", "in", reports.ids), ("kind", "=", "report")])
        )
        self.assertEqual(count, 2 * len(reports))
        with self.at(moment=AFTER):
            self.env["charter.report"]._job_send(0, 2**31 - 1)
        again = self.env["charter.delivery"].search([("res_id", "in", reports.ids), ("kind", "=", "report")])
        self.assertEqual(len(again), count, "a job that runs twice sends once")

    def test_due_day_by_jobs(self):
        self.turn()
        self.perform(self.jobs("_job_draft"))
        self.company.charter_report_unreviewed = "send"
        held = self.all_reports()[0]
        held._charter_engine().error = "Camera 4 has two births"
        late = max(self.all_reports().mapped("due_at"))
        with self.at(moment=late), self.committing():
            self.env["charter.report"]._cron_report()
        jobs = self.jobs("_job_due_day")
        self.assertTrue(jobs)
        with self.at(moment=late):
            for row in jobs:
                Job.load(self.env, row.uuid).perform()
        self.assertEqual((held.state, bool(held.warned_at)), ("held", True))
        self.assertEqual(set((self.all_reports() - held).mapped("state")), {"sent"})

    def test_deliveries(self):
        with self.at(moment=AFTER):
            run = self.env["charter.delivery.run"]._start(
                self.company,
                "contacts",
                [
                    {
                        "kind": "contacts",
                        "partner_id": self.client.id,
                        "contact_id": contact.id,
                        "company_id": self.company.id,
                    }
                    for contact in self.alice + self.adam
                ],
            )
            with self.committing():
                self.env["charter.delivery.run"]._cron_delivery()
        self.assertEqual((run.state, set(run.delivery_ids.mapped("state"))), ("sending", {"planned"}))
        jobs = self.jobs("_job_write")
        self.assertEqual(set(jobs.mapped("channel")), {"root.charter.delivery"})
        self.perform(jobs)
        self.assertEqual((run.state, set(run.delivery_ids.mapped("state"))), ("done", {"queued"}))
        with self.at(moment=AFTER):
            self.env["charter.delivery"]._job_write(0, 2**31 - 1)
        self.assertEqual(len(self.mails_to(self.alice)), 1, "written once")

    def test_ranges_have_fixed_borders(self):
        with trap_jobs() as trap:
            reports = self.env["charter.report"]
            reports._charter_enqueue("_job_send", [19, 20, 39, 61], 20, "Send")
            keys = sorted(job.identity_key for job in trap.enqueued_jobs)
        self.assertEqual(keys, [f"charter.report._job_send-20-{number}" for number in (0, 1, 3)])

    def dated(self, jobs, column, moment):
        """As the runner and its job write it; queue_job lets nobody else."""
        self.env.flush_all()
        query = SQL(
            "UPDATE queue_job SET %s = %s WHERE id IN %s", SQL.identifier(column), moment, tuple(jobs.ids)
        )
        self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_without_a_runner_the_scheduled_action_does_the_work(self):
        """Jobs wait, and none is taken: after half an hour the work is done all the same, and the set-up check says why."""
        checks = self.env["charter.setup.check"]

        def found():
            [row] = checks._refresh(self.company, ["job_runner"]).filtered(
                lambda one: one.code == "job_runner"
            )
            return row.state

        self.turn()
        jobs = self.jobs("_job_draft")
        self.dated(jobs, "date_created", AFTER)
        with self.at(moment=AFTER + timedelta(minutes=29)), self.committing():
            self.env["charter.report"]._cron_report()
            self.assertEqual((bool(self.all_reports()), found()), (False, "ok"), "a runner may be busy")
        with self.at(moment=AFTER + timedelta(minutes=31)), self.committing():
            self.assertEqual(found(), "todo")
            self.env["charter.report"]._cron_report()
        reports = self.all_reports()
        self.assertEqual(reports.contract_id, self.contracts)
        [row] = checks.search([("company_id", "=", self.company.id), ("code", "=", "job_runner")])
        self.assertIn("server-wide modules", row.remedy)
        self.perform(jobs)
        self.assertEqual(
            self.all_reports(), reports, "a job that is taken after all finds nothing left to do"
        )
        with self.at(moment=AFTER + timedelta(minutes=32)):
            self.dated(jobs[:1], "date_started", AFTER + timedelta(minutes=31))
            self.assertEqual(found(), "ok")
