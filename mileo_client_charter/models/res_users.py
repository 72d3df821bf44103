from odoo import models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        if vals.get("active") is False:
            self._check_holds_no_role()
        return super().write(vals)

    def _check_holds_no_role(self):
        """Nobody leaves while clients count on them: the roles are handed over first (article 01)."""
        assignments = self.env["charter.assignment"].sudo().search(
            [("user_id", "in", self.ids), ("is_current", "=", True)]
        )  # fmt: skip
        if assignments:
            clients = assignments.partner_id[:5].mapped("display_name")
            raise ValidationError(
                self.env._(
                    "%(user)s cannot be archived: %(count)s roles of the charter are still theirs (%(clients)s…). "
                    "Assign them to somebody else in Client Charter ‣ Clients ‣ Contacts first.",
                    user=assignments.user_id[:1].name,
                    count=len(assignments),
                    clients=", ".join(clients) or self.env._("the whole company"),
                )
            )

    def _charter_card(self):
        """What a client may know of a contact: the only fields of a user that leave for the portal."""
        return [
            {
                "name": user.name,
                "function": user.partner_id.function or "",
                "phone": user.partner_id.phone or "",
                "email": (user.email_formatted and user.email) or "",
            }
            for user in self.sudo()
        ]
