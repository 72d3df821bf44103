"""Send every request for a route of the charter, of whichever addon, through ``door``."""

from odoo import models
from odoo.http import request

from . import door


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        if endpoint.routing.get("charter_key"):
            door.take_key()
        return super()._authenticate(endpoint)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if door.is_ours(rule.endpoint):
            door.check_length(rule.endpoint)
        return result

    @classmethod
    def _serve_fallback(cls):
        # An address no route has is looked up among the attachments, and no text of the database holds a NUL.
        return None if "\0" in request.httprequest.path else super()._serve_fallback()

    @classmethod
    def _dispatch(cls, endpoint):
        dispatch = super()._dispatch
        return door.answer(endpoint, dispatch) if door.is_ours(endpoint) else dispatch(endpoint)
