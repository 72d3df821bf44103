"""Equipment stays with the client it is at: a contract that passes to another customer does not take it along."""

from odoo import models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _charter_side_ended(self, client, reason):  # pylint: disable=missing-return
        super()._charter_side_ended(client, reason)
        if self.commercial_partner_id == client:
            return
        equipment = (
            self.env["charter.equipment"]
            .sudo()
            .with_context(active_test=False)
            .search([("contract_id", "in", self.ids), ("partner_id", "=", client.id)])
        )
        if equipment:
            equipment.write({"contract_id": False})
