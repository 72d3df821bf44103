"""What a client reads of its activity reports, and of what we advise."""

from .client_reading import PAGE_ROWS, ClientReading
from .common import DAY

REPORT_FIELDS = ["period", "first_day", "last_day", "version", "state", "sent_at", "done_count", "late_count"]


class ReportReading(ClientReading):
    def reports_page(self, page):
        pager = self._pager(self.env["charter.report"].search_count(self.own), page, "/my/charter/reports?")
        rows = self._search(
            "charter.report", REPORT_FIELDS, order="last_day desc, version desc", limit=PAGE_ROWS,
            offset=pager["offset"],
        )  # fmt: skip
        return {
            "pager": pager,
            "reports": [self._row(row) for row in rows],
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
        """The client's contact has seen this report: its delivery says so."""
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
            "charter.recommendation", ["name", "advice", "benefit", "urgency", "state", "comment"], domain,
            "urgency desc, id",
        )  # fmt: skip
        labels = {
            name: dict(rows._fields[name]._description_selection(self.env)) for name in ("urgency", "state")
        }
        return [
            {
                "id": row.id,
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
