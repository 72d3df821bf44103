"""Rows of a period as a workbook, sent from disk."""

import os

from odoo import http
from odoo.http import content_disposition, request
from werkzeug.wsgi import FileWrapper

from .common import MAX_ID
from .portal_reports import XLSX


class CharterExport(http.Controller):
    @http.route("/charter/export/<int:wizard_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def export(self, wizard_id, **_query):
        wizards = request.env["charter.export.wizard"]
        if not wizards.has_access("read"):
            raise request.not_found()
        # Everybody has wizards of their own only.
        wizard = wizards.search([("id", "=", min(wizard_id, MAX_ID)), ("create_uid", "=", request.env.uid)])
        if not wizard:
            raise request.not_found()
        content = wizard._file()
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        response = request.make_response(
            FileWrapper(content, 64 * 1024),
            [
                ("Content-Type", XLSX),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(wizard._file_name())),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.call_on_close(content.close)
        return response
