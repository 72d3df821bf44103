"""Add recommendations the client accepted to the daily reminder."""

from odoo import api, models


class CharterWord(models.Model):
    _inherit = "charter.word"

    @api.model
    def _watched(self):
        return [*super()._watched(), ("charter.recommendation", "_watch_agreed")]
