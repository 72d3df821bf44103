from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from .common import MAX_ID
from .portal import POST, READ, CharterPortal
from .report_reading import ReportReading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content, name, mimetype):
    return request.make_response(
        content,
        [
            ("Content-Type", mimetype),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )


class CharterReportPortal(CharterPortal):
    """The client's activity reports, and its answers to what we advise."""

    @http.route("/my/charter/reports", **READ)
    def my_reports(self, **query):
        reading = ReportReading(request.env)
        return self._page("portal_reports", "reports", reading, reading.reports_page(query))

    @http.route("/my/charter/report/<int:report_id>", **READ)
    def my_report(self, report_id, **_query):
        reading = ReportReading(request.env)
        report = reading.find("charter.report", report_id)
        if not report:
            return self._not_found(reading)
        reading.opened(report)
        return self._page("portal_report", "report_detail", reading, reading.report_page(report))

    @http.route("/my/charter/report/<int:report_id>/pdf", **READ)
    def my_report_pdf(self, report_id, **_query):
        reading = ReportReading(request.env)
        report = reading.find("charter.report", report_id)
        if not report:
            return self._not_found(reading)
        reading.opened(report)
        content = report._as_delivered() or report._pdf()
        return download(content, report._file_name("pdf"), "application/pdf")

    @http.route("/my/charter/report/<int:report_id>/xlsx", **READ)
    def my_report_xlsx(self, report_id, **_query):
        reading = ReportReading(request.env)
        report = reading.find("charter.report", report_id)
        if not report:
            return self._not_found(reading)
        reading.opened(report)
        return download(report._xlsx(), report._file_name("xlsx"), XLSX)

    @http.route(
        "/charter/report/<int:report_id>/xlsx", type="http", auth="user", methods=["GET"], readonly=True
    )
    def staff_report_xlsx(self, report_id, **_query):
        """Answer with the staff's workbook, in the language of the client who is to read it; what one may not read is not there."""
        reports = request.env["charter.report"]
        if not reports.has_access("read"):
            raise request.not_found()
        report = reports.search([("id", "=", min(report_id, MAX_ID)), ("computed_at", "!=", False)])
        if not report:
            raise request.not_found()
        report = report.with_context(lang=report._client_lang())
        return download(report._xlsx(), report._file_name("xlsx"), XLSX)

    @http.route("/my/charter/recommendation/<int:recommendation_id>", **POST)
    def answer_recommendation(self, recommendation_id, answer=None, comment=None, call_me=None, **_form):
        reading = ReportReading(request.env)
        recommendation = reading.find("charter.recommendation", recommendation_id)
        if not recommendation:
            return self._not_found(reading)
        try:
            counted = recommendation._answer(answer, comment, reading.contact, call_me)
        except ValidationError as error:
            return self._page("portal_reports", "reports", reading, reading.reports_page({}), error)
        return request.redirect("/my/charter/reports" + ("" if counted else "?answered=1"))
