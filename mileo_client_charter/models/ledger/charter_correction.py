"""How a correction names a commitment whose result it changed."""

from odoo import models


class CharterCorrection(models.Model):
    """The result of a commitment that a correction changed: named by the commitment, not by the column."""

    _inherit = "charter.correction"

    def _what(self, field):
        if self.res_model == "charter.obligation":
            return self.env["charter.obligation"].sudo().browse(self.res_id).promise
        return super()._what(field)
