import json

from odoo import http
from odoo.http import request

from ..tools.outage_events import Parsed, Refused

MAX_BYTES = 2 * 1024 * 1024


class CharterOutages(http.Controller):
    """Where the monitoring says what is down (readme/INTEGRATE.md). It answers in English: machines read it."""

    @http.route(
        "/charter/api/outages",
        type="http",
        auth="bearer",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BYTES + 1,
        charter_key=True,
    )
    def outages(self, monitor=None, timezone=None, **_query):
        """Take the events of a JSON body or a form. The answer says which are refused; the others are taken.

        200: all are taken, or they came as a group of alerts, which Alertmanager gives up on any other answer; 422: some are
        refused. What is refused is kept, and listed in Odoo with what fixes it.
        """
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
            payload = self._payload(content)
        except (ValueError, RecursionError):
            refused = Refused("payload", "The body is no JSON in UTF-8, and no form.")
            request.env["charter.outage.refusal"]._keep([(Parsed(None), refused)])
            return self._error(400, refused.field, refused.message)
        try:
            results = request.env["charter.outage"]._ingest(payload, monitor, timezone)
        except Refused as refused:
            return self._error(400, refused.field, refused.message)
        refused = sum(result["status"] == "refused" for result in results)
        group = isinstance(payload, dict) and "alerts" in payload
        return request.make_json_response(
            {"received": len(results), "refused": refused, "results": results},
            status=422 if refused and not group else 200,
        )

    @staticmethod
    def _payload(content):
        """Return the body: JSON whatever it is called, as curl calls it a form when nothing is said; else the fields of a form."""
        form = request.httprequest.form.to_dict()
        if form and content.lstrip()[:1] not in (b"{", b"["):
            return form
        return json.loads(content)

    def _error(self, status, field, message):
        return request.make_json_response({"field": field, "error": message}, status=status)
