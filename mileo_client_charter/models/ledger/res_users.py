"""Users: the key by which evidence names them."""

from odoo import models

from ...tools import people


class ResUsers(models.Model):
    _inherit = "res.users"

    def _charter_key(self):
        """Return “[user 3]”: how texts that are kept for good name these users."""
        return ", ".join(people.key("user", user.id) for user in self) or "—"
