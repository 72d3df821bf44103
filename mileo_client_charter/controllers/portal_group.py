"""One view over the subsidiaries of a group, and who of the group sees one's own company."""

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from .calendar import ADDRESS, CharterSettingsPortal
from .client_reading import ClientReading
from .group_reading import GroupReading
from .portal import POST, READ
from .portal_reports import download


class CharterGroupPortal(CharterSettingsPortal):
    @http.route("/my/charter/group", **READ)
    def my_group(self, **_query):
        reading = GroupReading(request.env)
        return self._page("portal_group", "group", reading, reading.page())

    @http.route("/my/charter/group/<int:access_id>/report", **READ)
    def my_group_report(self, access_id, **_query):
        reading = GroupReading(request.env)
        report = reading.report(access_id)
        if not report:
            return self._not_found(reading)
        content = report._as_delivered() or report._pdf()
        return download(content, report._file_name("pdf"), "application/pdf")

    @http.route(f"{ADDRESS}/group", **POST)
    def my_group_access(self, email=None, commitments=None, reports=None, **form):
        reading = ClientReading(request.env)
        try:
            request.env["charter.group.access"]._entitle_address(
                reading.client, email, bool(commitments), bool(reports)
            )
        except ValidationError as error:
            return self._settings_page(reading, error, {**form, "email": email})
        return request.redirect(f"{ADDRESS}?done=1#group-title")

    @http.route(f"{ADDRESS}/group/<int:access_id>/revoke", **POST)
    def my_group_revoke(self, access_id, **_form):
        reading = ClientReading(request.env)
        access = reading.find("charter.group.access", access_id)
        if not access:
            return self._not_found(reading)
        access._end()
        return request.redirect(f"{ADDRESS}?done=1#group-title")
