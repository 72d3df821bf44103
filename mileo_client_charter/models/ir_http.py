"""Every route of the charter goes through one door, whichever addon it is in."""

from odoo import models

from . import door


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        dispatch = super()._dispatch
        return door.answer(endpoint, dispatch) if door.is_ours(endpoint) else dispatch(endpoint)
