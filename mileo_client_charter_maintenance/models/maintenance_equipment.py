from odoo import api, fields, models


class MaintenanceEquipment(models.Model):
    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "charter.equipment.source.mixin"]

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

    def _charter_device_values(self):
        # Its vendor is who sold it, which is no manufacturer.
        [row] = self.read(["equipment_properties"])
        return {
            **super()._charter_device_values(),
            **self._charter_labelled(row["equipment_properties"]),
            **{name: value for name, value in (("model", self.model), ("serial", self.serial_no)) if value},
        }
