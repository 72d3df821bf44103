"""What a client writes on a contract under the charter is heard as its words."""

from odoo import api, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.model
    def _charter_hears(self):
        # A copy of what was agreed about a contract is on its thread, and so is the answer to it.
        return True

    def _charter_word_about(self):
        """Return the client and the company; none for a contract that is not under the charter."""
        if not self.charter_tier_id:
            return self.env["res.partner"], self.env["res.company"]
        return self.partner_id.commercial_partner_id, self.company_id
