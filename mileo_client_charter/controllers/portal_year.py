from odoo import http
from odoo.http import content_disposition, request

from .portal import POST, READ
from .portal_equipment import CharterEquipmentPortal
from .year_reading import YearReading


class CharterYearPortal(CharterEquipmentPortal):
    """What lies ahead for a client: its meetings, the notices it received, the renewal of its contracts."""

    @http.route("/my/charter/reviews", **READ)
    def my_reviews(self, **query):
        reading = YearReading(request.env)
        return self._page("portal_reviews", "reviews", reading, reading.reviews_page(query))

    @http.route("/my/charter/review/<int:review_id>", **READ)
    def my_review(self, review_id, **_query):
        reading = YearReading(request.env)
        review = reading.find("charter.review", review_id)
        if not review:
            return self._not_found(reading)
        return self._page("portal_review", "review_detail", reading, reading.review_detail(review))

    @http.route("/my/charter/review/<int:review_id>/dossier", **READ)
    def my_dossier(self, review_id, **_query):
        reading = YearReading(request.env)
        review = reading.find("charter.review", review_id)
        if not review or not review._charter_shows_file("dossier_file"):
            return self._not_found(reading)
        stream = request.env["ir.binary"]._get_stream_from(
            review, "dossier_file", filename=review.dossier_name
        )
        response = stream.get_response(as_attachment=True)
        response.headers["Content-Disposition"] = content_disposition(review.dossier_name)
        return response

    @http.route("/my/charter/authorisations", **READ)
    def my_authorisations(self, **query):
        reading = YearReading(request.env)
        return self._page(
            "portal_authorisations", "authorisations", reading, reading.authorisations_page(query)
        )

    @http.route("/my/charter/authorisation/<int:authorisation_id>/document", **READ)
    def my_authorisation_document(self, authorisation_id, **_query):
        reading = YearReading(request.env)
        one = reading.find("charter.authorisation", authorisation_id)
        if not one or not one.document:
            return self._not_found(reading)
        name = one.document_name or "document"
        stream = request.env["ir.binary"]._get_stream_from(one, "document", filename=name)
        response = stream.get_response(as_attachment=True)
        response.headers["Content-Disposition"] = content_disposition(name)
        return response

    @http.route("/my/charter/notices", **READ)
    def my_notices(self, **query):
        reading = YearReading(request.env)
        return self._page("portal_notices", "notices", reading, reading.notices_page(query))

    @http.route("/my/charter/notice/<int:line_id>", **READ)
    def my_notice(self, line_id, **_query):
        reading = YearReading(request.env)
        line = reading.find("charter.notice.line", line_id)
        if not line:
            return self._not_found(reading)
        return self._page("portal_notice", "notice_detail", reading, reading.notice_detail(line))

    @http.route("/my/charter/notice/<int:line_id>/acknowledge", **POST)
    def acknowledge_notice(self, line_id, **_form):
        reading = YearReading(request.env)
        line = reading.find("charter.notice.line", line_id)
        if not line:
            return self._not_found(reading)
        line._acknowledge(reading.contact)
        return request.redirect(line._get_portal_url())
