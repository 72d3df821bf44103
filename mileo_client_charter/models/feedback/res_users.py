"""Give the unread words of clients to somebody else when their reader leaves."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.env["charter.word"]._leave_readers(self)
        return result
