"""What the web client asks for when somebody prints."""

from odoo import http
from odoo.addons.web.controllers.report import ReportController
from odoo.exceptions import AccessError
from werkzeug.exceptions import BadRequest, Forbidden, InternalServerError


class CharterPrinting(ReportController):
    @http.route()
    def report_download(self, data=None, context=None, token=None, readonly=True):
        """Answer 403, with the same body, to whoever may not print: Odoo answers each error as the server's own."""
        if not data:
            raise BadRequest("data: which document to print is missing.")
        try:
            return super().report_download(data, context=context, token=token, readonly=readonly)
        except InternalServerError as error:
            if isinstance(error.__cause__, AccessError):
                raise Forbidden(response=self._as_forbidden(error.get_response())) from error
            raise

    def _as_forbidden(self, response):
        response.status_code = Forbidden.code
        return response
