import json

from odoo import http
from odoo.http import request

from ..tools.outage_events import Refused

MAX_BYTES = 2 * 1024 * 1024


class CharterOutages(http.Controller):
    """Where the monitoring says what is down (readme/INTEGRATE.md). It answers in English: machines read it."""

    @http.route(
        "/charter/api/outages", type="http", auth="bearer", methods=["POST"], csrf=False, save_session=False,
        max_content_length=MAX_BYTES + 1,
    )  # fmt: skip
    def outages(self, monitor=None, **_query):
        """Take the events of a JSON body. 200: all are taken; 422: the answer says which are not, the others are."""
        if not request.env.user.has_group("mileo_client_charter.group_charter_monitoring"):
            return self._error(
                403, "key", "The user of this key is not in the group “Monitoring” of Client Charter."
            )
        # Counted as it is read, also where the sender names no length: werkzeug reads one byte more than we take, at most.
        content = request.httprequest.get_data()
        if len(content) > MAX_BYTES:
            return self._error(
                413, "payload", f"More than {MAX_BYTES // 1024} KiB at once: send fewer events."
            )
        try:
            payload = json.loads(content)
        except (ValueError, RecursionError):
            return self._error(400, "payload", "The body is no JSON in UTF-8.")
        try:
            results = request.env["charter.outage"]._ingest(payload, monitor)
        except Refused as refused:
            return self._error(400, refused.field, refused.message)
        refused = sum(result["status"] == "refused" for result in results)
        return request.make_json_response(
            {"received": len(results), "refused": refused, "results": results}, status=422 if refused else 200
        )

    def _error(self, status, field, message):
        return request.make_json_response({"field": field, "error": message}, status=status)
