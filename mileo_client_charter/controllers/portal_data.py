from odoo import http
from odoo.http import Response, content_disposition, request
from werkzeug.wsgi import wrap_file

from .client_reading import ClientReading
from .data_export import DataExport
from .portal import POST, READ, CharterPortal


class CharterDataPortal(CharterPortal):
    """The client's own data, to keep or to take elsewhere."""

    @http.route("/my/charter/data", **READ)
    def my_data(self, **_query):
        reading = ClientReading(request.env)
        months = reading.company.sudo()._charter_retention()
        return self._page("portal_data", "data", reading, {"retention": months})

    @http.route("/my/charter/data", **POST)
    def my_data_file(self, **_form):
        if not request.env["charter.obligation"].has_access("read"):
            return request.redirect("/charter")
        export = DataExport(request.env)
        file = export.file()
        return Response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(export.name())),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            direct_passthrough=True,
        )
