"""The contact sheet of today, from our mails and without a login (article 03)."""

from odoo import models

from ..base.client_document import Link


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "charter.link.mixin"]

    _charter_links = {
        "sheet": Link(10, "mileo_client_charter.link_sheet", "_link_sheet_values", days=730),
    }

    def _charter_link_client(self):
        return self.commercial_partner_id

    def _charter_link_company(self):
        return self.commercial_partner_id._charter_serving_company()

    def _link_sheet_values(self, contact):
        company, client = self._charter_link_company(), self.commercial_partner_id
        sheets = self.env["charter.contact.sheet"]._sheets(company, client)
        return {"heading": self.env._("Your contacts at %s", company.name), "sheet": sheets[client.id]}
