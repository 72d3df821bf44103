"""Hooks of the company that ask the assignments who answers."""

from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "charter_handover_lead_days" in vals:
            self.env["charter.handover"]._plan_again(self)
        return result

    def _charter_people(self, role):
        return self.env["charter.assignment"]._company_people(self, role)

    def _charter_stood_in(self):
        return self.env["charter.assignment"]._stood_in(self)

    @api.model
    def _charter_holders(self, keys, now=None):
        return self.env["charter.assignment"]._holders(keys, now)
