from odoo import api, fields, models


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    charter_equipment_id = fields.Many2one(
        "charter.equipment",
        "Client's equipment",
        index="btree_not_null",
        groups="mileo_client_charter.group_charter_user",
        help="The same equipment in the client's installed base.",
    )
    charter_client_id = fields.Many2one(
        "res.partner",
        "Client",
        compute="_compute_charter_client_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Whose equipment it is; maintenance itself only knows the vendor. Empty: our own.",
    )

    @api.depends("charter_equipment_id")
    def _compute_charter_client_id(self):
        for equipment in self:
            known = equipment.sudo().charter_equipment_id
            equipment.charter_client_id = known.partner_id if known else equipment.charter_client_id

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"charter_client_id", "charter_equipment_id"}:
            self.sudo().maintenance_ids.filtered(lambda request: not request.done)._charter_feed()
        return result
