"""What a client reads of its activity reports, and of what we advise."""

from odoo.fields import Domain

from .client_reading import ClientReading
from .common import DAY
from .listing import Choice, Listing, Option, newest_and_oldest, periods

REPORT_FIELDS = ["period", "first_day", "last_day", "version", "state", "sent_at", "done_count", "late_count"]


class ReportReading(ClientReading):
    def reports_page(self, query):
        env = self.env
        listing = Listing(
            self,
            "/my/charter/reports",
            query,
            "charter.report",
            REPORT_FIELDS,
            sorts=newest_and_oldest(env, "last_day desc, version desc, id desc", "last_day, version, id"),
            search=lambda text: (
                Domain("reference", "ilike", text)
                | Domain("period", "ilike", text)
                | Domain("contract_id", "any!", [("name", "ilike", text)])
            ),
            choices=[
                periods(self, "last_day", moment=False),
                Choice(
                    "show",
                    env._("Versions"),
                    [
                        Option("last", env._("The last ones only"), Domain("state", "=", "sent")),
                        Option("late", env._("With missed commitments"), Domain("late_count", ">", 0)),
                    ],
                ),
            ],
        )
        return {
            "listing": listing,
            "reports": [self._row(row) for row in listing.rows],
            "advice": self._advice([("state", "in", ("proposed", "accepted"))]),
        }

    def report_page(self, report):
        return {
            "report": report,
            "view": report._view(),
            "row": self._row(report),
            "advice": self._advice([("contract_id", "=", report.contract_id.id), ("state", "=", "proposed")]),
        }

    def opened(self, report):
        """Note on its delivery that the client's contact has seen this report."""
        deliveries = (
            self.env["charter.delivery"]
            .sudo()
            .search(
                [
                    ("res_model", "=", report._name),
                    ("res_id", "=", report.id),
                    ("contact_id", "=", self.contact.id),
                ]
            )
        )
        deliveries._opened_by(self.contact)

    def _row(self, report):
        return {
            "url": report._get_portal_url(),
            "title": report._period_text(),
            "version": report.version,
            "replaced": report.state == "superseded",
            "sent": self.moment(report.sent_at, DAY),
            "done": report.done_count,
            "late": report.late_count,
        }

    def _advice(self, domain):
        rows = self._search(
            "charter.recommendation",
            ["name", "advice", "benefit", "urgency", "state", "comment"],
            domain,
            "urgency desc, id",
        )
        labels = {
            name: dict(rows._fields[name]._description_selection(self.env)) for name in ("urgency", "state")
        }
        commented = rows.filtered("comment")
        corrections = self.corrections(commented) if commented else {}
        return [
            {
                "id": row.id,
                "corrections": corrections.get(row.id, []),
                "name": row.name,
                "advice": row.advice,
                "benefit": row.benefit,
                "urgency": labels["urgency"][row.urgency],
                "status": labels["state"][row.state],
                "comment": row.comment,
                "open": row.state == "proposed",
            }
            for row in rows
        ]
