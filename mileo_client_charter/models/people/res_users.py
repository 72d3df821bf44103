"""Which of a user's details clients may see, and that nobody leaves who still holds a role."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# How "<svg" and "<?xml" begin in base64.
SVG = (b"PHN2", b"PD94")


class ResUsers(models.Model):
    _inherit = "res.users"

    charter_deputy_id = fields.Many2one(
        "res.users",
        "Default substitute",
        domain="[('share', '=', False)]",
        help="Proposed as substitute when this person is away, where the company's rule says so.",
    )

    def write(self, vals):
        if vals.get("active") is False:
            self._check_holds_no_role()
        result = super().write(vals)
        if vals.keys() & {"out_of_office_from", "out_of_office_to"}:
            self.env["charter.absence"]._feed_users(self)
        return result

    def _charter_contract_domain(self):
        """Return which contracts this user reads, for the rule of their lines: contract has none of its own."""
        return self.env["ir.rule"].with_user(self)._compute_domain("contract.contract")

    @api.constrains("charter_deputy_id")
    def _check_charter_deputy(self):
        for user in self:
            if user.charter_deputy_id == user:
                raise ValidationError(
                    self.env._("Default substitute: %s cannot be their own substitute.", user.name)
                )

    def _check_holds_no_role(self):
        """Check that nobody leaves while clients count on them: the roles are reassigned first (article 01)."""
        # A role that is still to begin is theirs too: on its day nobody would hold it.
        model = self.env["charter.assignment"].sudo()
        assignments = model.search([("user_id", "in", self.ids)]).filtered(
            lambda row: not row.date_to or row.date_to >= row.company_id._charter_today()
        )
        if assignments:
            user = assignments.user_id[:1].name
            clients = ", ".join(assignments.partner_id[:5].mapped("display_name"))
            clients = clients or self.env._("the whole company")
            if len(assignments) == 1:
                message = self.env._(
                    "%(user)s cannot be archived: one role of the charter is still theirs (%(clients)s). "
                    "Assign it to somebody else in Client Charter ‣ Clients ‣ Assigned contacts first.",
                    user=user,
                    clients=clients,
                )
            else:
                message = self.env._(
                    "%(user)s cannot be archived: %(count)s roles of the charter are still theirs (%(clients)s…). "
                    "Assign them to somebody else in Client Charter ‣ Clients ‣ Assigned contacts first.",
                    user=user,
                    count=len(assignments),
                    clients=clients,
                )
            raise ValidationError(message)

    def _charter_card(self, photo=True):
        """Return what a client may know of a contact: the only fields of a user that leave for the portal.

        :param photo: False where no photograph is shown: it is a file, and a statement
        """
        return [
            {
                "name": user.name,
                "function": user.partner_id.function or "",
                "phone": user.partner_id.phone or "",
                "email": (user.email_formatted and user.email) or "",
                "photo": user._charter_photo() if photo else "",
            }
            for user in self.sudo()
        ]

    def _charter_photo(self):
        """Return the user's own photograph as base64, empty when it has none: the initial stands in its place.

        Odoo gives a new user a drawing of the initial (SVG) for a picture, which neither a data URL of a photograph
        nor wkhtmltopdf shows.
        """
        picture = self.partner_id.image_128 or b""
        return "" if picture.startswith(SVG) else picture.decode()
