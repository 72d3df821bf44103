from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from .portal import POST, READ, CharterPortal
from .report_reading import ReportReading


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
        return request.make_response(
            report._pdf(),
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(report._file_name("pdf"))),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    @http.route("/my/charter/recommendation/<int:recommendation_id>", **POST)
    def answer_recommendation(self, recommendation_id, answer=None, comment=None, **_form):
        reading = ReportReading(request.env)
        recommendation = reading.find("charter.recommendation", recommendation_id)
        if not recommendation:
            return self._not_found(reading)
        try:
            counted = recommendation._answer(answer, comment, reading.contact)
        except ValidationError as error:
            return self._page("portal_reports", "reports", reading, reading.reports_page({}), error)
        return request.redirect("/my/charter/reports" + ("" if counted else "?answered=1"))
