"""The equipment of a client and of its contracts."""

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    charter_equipment_count = fields.Integer(
        "Supervised equipment",
        compute="_compute_charter_equipment_count",
        groups="mileo_client_charter.group_charter_user",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_charter_equipment_count(self):
        counts = dict(
            self.env["charter.equipment"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.charter_equipment_count = counts.get(partner._origin, 0)

    def action_charter_equipment(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
