"""Contracts and their equipment: what changes with the tier or the customer."""

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class ContractContract(models.Model):
    _inherit = "contract.contract"  # pylint: disable=consider-merging-classes-inherited

    charter_equipment_count = fields.Integer(
        "Supervised equipment",
        compute="_compute_charter_equipment_count",
        groups="mileo_client_charter.group_charter_user",
    )

    def _compute_charter_equipment_count(self):
        counts = dict(
            self.env["charter.equipment"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.charter_equipment_count = counts.get(contract._origin, 0)

    def action_charter_equipment(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        context = {"default_contract_id": self.id, "default_partner_id": self.commercial_partner_id.id}
        return {**action, "domain": [("contract_id", "=", self.id)], "context": context}

    # -- what a tier promises of an intervention -------------------------------------------------------

    def write(self, vals):
        before = (
            {contract: contract.charter_tier_id for contract in self} if "charter_tier_id" in vals else {}
        )
        result = super().write(vals)
        changed = [contract.id for contract, tier in before.items() if contract.charter_tier_id != tier]
        if changed:
            running = (
                self.env["charter.intervention"]
                .sudo()
                .search([("contract_id", "in", changed), ("state", "=", "open")])
            )
            running._charter_renew_promises(_lt("The tier of the contract changed."))
        return result

    # -- equipment stays with the client it is at ------------------------------------------------------

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
