"""Access to the portal for the contacts of many clients at once, from the client list."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_charter_portal_access(self):
        """Open core's wizard for those who receive the charter's documents at these clients and have no access yet.

        :raise AccessError: the user may not give access
        :raise UserError: nobody is left to give access to; says why
        """
        wizards = self.env["portal.wizard"]
        if not wizards.has_access("create"):
            raise AccessError(
                self.env._(
                    "Access to the portal: only users with the right to create contacts may give it. Ask an administrator."
                )
            )
        clients = self.commercial_partner_id
        ready, has_access, note = clients._charter_portal_candidates()
        if not ready:
            raise UserError(
                "\n".join(
                    filter(
                        None,
                        [
                            self.env._("Access to the portal: no one is left to invite."),
                            has_access
                            and self.env._("Have access already: %s", ", ".join(has_access.mapped("name"))),
                            note,
                        ],
                    )
                )
            )
        wizard = wizards.create({"partner_ids": [fields.Command.set(ready.ids)], "charter_note": note})
        return wizard._action_open_modal()

    def _charter_portal_candidates(self):
        """Return (contacts to invite, contacts with access, words on who cannot be invited) of these clients.

        Contacts without an e-mail address are named with their client; a client with nobody to write to too.
        """
        found = self._charter_document_recipients(self.ids)
        people = self.browse([number for numbers in found.values() for number in numbers])
        users = self.env["res.users"].sudo().search([("partner_id", "in", people.ids)])
        has_access = users.filtered(lambda user: user._is_portal() or user._is_internal()).partner_id
        has_access = self.browse(has_access.ids)
        nobody = self.filtered(lambda client: client.id not in found)
        silent = self.search(
            [
                ("commercial_partner_id", "in", self.ids),
                ("type", "=", "contact"),
                ("is_company", "=", False),
                ("email_normalized", "=", False),
                ("parent_id", "!=", False),
            ],
            order="commercial_partner_id, name",
        )
        lines = []
        if silent:
            names = [f"{one.name} ({one.commercial_partner_id.name})" for one in silent]
            lines.append(self.env._("Without an email address: %s", ", ".join(names)))
        if nobody:
            lines.append(
                self.env._("Clients with no one to write to: %s", ", ".join(nobody.mapped("display_name")))
            )
        if has_access:
            lines.append(self.env._("Have access already: %s", ", ".join(has_access.mapped("name"))))
        return people - has_access, has_access, "\n".join(lines)


class PortalWizard(models.TransientModel):
    _inherit = "portal.wizard"

    charter_note = fields.Text("Who is not in this list", readonly=True)

    def action_charter_grant_all(self):
        """Invite everybody who can be; whoever cannot stays in the list, which says why."""
        self.ensure_one()
        seen = set()
        for user in self.user_ids:
            if user.is_portal or user.is_internal or user.email_state != "ok" or user.email in seen:
                continue
            seen.add(user.email)
            user.action_grant_access()
        return self._action_open_modal()
