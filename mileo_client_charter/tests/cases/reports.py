"""Contracts whose month is over, and their reports."""

from datetime import datetime

from freezegun import freeze_time

from .common import CharterCase

AFTER = datetime(2026, 11, 2, 8)


class ReportCase(CharterCase):
    """A client's October, and the report that was drafted of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Clients of a database with a life of its own are not these tests'.
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).charter_tier_id = False
        cls.env["charter.obligation"].search(
            [("code", "=", "report.delivery"), ("is_owed", "=", True)]
        )._cancel("Not these tests'.")
        with freeze_time(datetime(2026, 10, 1, 8)):
            cls.contract = cls._contract(cls.client)
        cls.client.tz = "Europe/Paris"

    def cron(self, moment=AFTER):
        with self.at(moment=moment), self.committing():
            self.env["charter.scheduler"]._cron_schedule()
            self.env["charter.report"]._cron_report()

    def worked(self, reported, resolved):
        with self.at(moment=reported):
            intervention = self.env["charter.intervention"].create(
                {"name": "Camera 4", "partner_id": self.client.id, "contract_id": self.contract.id}
            )
        with self.at(moment=resolved):
            intervention.action_close()
        return intervention

    def report(self, contract=None, **values):
        return self.env["charter.report"].search(
            [
                ("contract_id", "=", (contract or self.contract).id),
                *((name, "=", value) for name, value in values.items()),
            ]
        )

    def drafted(self):
        self.cron()
        return self.report()

    def advise(self, report, **values):
        return (
            self.env["charter.recommendation"]
            .with_user(self.technician)
            .create(
                {
                    "name": "Replace the recorder",
                    "advice": "It is out of support.",
                    "benefit": "Pictures are kept for 30 days.",
                    "report_id": report.id,
                    "contract_id": report.contract_id.id,
                    **values,
                }
            )
        )

    def reviewed(self):
        report = self.drafted()
        with self.at(moment=AFTER):
            self.advise(report)
            report.with_user(self.technician).action_written()
            report.with_user(self.manager).action_review()
        return report

    def sent(self):
        report = self.reviewed()
        with self.at(moment=AFTER):
            report.with_user(self.manager).action_send()
        return report

    def deliveries(self, report):
        return self.env["charter.delivery"].search(
            [("res_model", "=", "charter.report"), ("res_id", "=", report.id)], order="id"
        )

    def leave(self, deliveries):
        for mail in deliveries.sudo().mail_id:
            mail._postprocess_sent_message(mail.recipient_ids.ids, [])
