"""Send every request for a route of the charter, of whichever addon, through ``door``."""

from odoo import models
from odoo.http import request
from werkzeug.exceptions import MethodNotAllowed

from . import door, json_call


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except MethodNotAllowed as error:
            if allowed := door.methods_of_program(path_info):
                error.error_response = door.answer_program(error, allowed)
            raise

    @classmethod
    def _handle_error(cls, exception):
        if getattr(request, "charter_program", False):
            return door.answer_program(exception)
        return super()._handle_error(exception)

    @classmethod
    def _authenticate(cls, endpoint):
        if endpoint.routing.get("charter_key"):
            request.charter_program = True
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
        if endpoint.routing["type"] == "json2":
            json_call.check_call(request.env, request.params)
        return door.answer(endpoint, dispatch) if door.is_ours(endpoint) else dispatch(endpoint)
