"""What keeps a contact sheet from being met: a vacant role, and where to fill it (article 03)."""

from odoo import models

from ...tools.codes import CONTACTS_SHEET
from ..charter.charter_commitment import COMPANY_ROLES, ROLES


class CharterObligation(models.Model):
    _inherit = "charter.obligation"

    def _lacks(self):
        found = super()._lacks()
        sheets = self.filtered(lambda row: row.code == CONTACTS_SHEET and row.is_owed)
        if not sheets:
            return found
        roles = [role for role, _label in ROLES]
        assignments = self.env["charter.assignment"]
        labels = dict(assignments._fields["role"]._description_selection(self.env))

        def key(row, role):
            return row.company_id.id, role, None if role in COMPANY_ROLES else row.partner_id.id

        held = assignments.sudo()._holders({key(row, role) for row in sheets for role in roles})
        may_name = assignments.has_access("create")
        for row in sheets:
            vacant = [role for role in roles if not held.get(key(row, role))]
            if vacant:
                names = ", ".join(labels[role] for role in vacant)
                found[row] = (
                    self.env._("Missing on the sheet: %s. Name somebody first.", names),
                    row._naming(vacant[0], labels[vacant[0]]) if may_name else None,
                )
        return found

    def _naming(self, role, label):
        """Return the action that names who holds ``role`` for the client of this commitment."""
        return {
            "type": "ir.actions.act_window",
            "name": label,
            "res_model": "charter.assignment",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_role": role,
                "default_company_id": self.company_id.id,
                "default_partner_id": False if role in COMPANY_ROLES else self.partner_id.id,
            },
        }
