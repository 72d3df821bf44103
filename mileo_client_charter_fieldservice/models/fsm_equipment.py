from odoo import models


class FSMEquipment(models.Model):
    _name = "fsm.equipment"
    _inherit = ["fsm.equipment", "charter.equipment.source.mixin"]

    def _charter_device_values(self):
        """Read product and serial number where fieldservice's stock addons keep them; alone, it knows neither."""
        values = super()._charter_device_values()
        if "product_id" in self._fields and self.product_id:
            values["model"] = self.product_id.default_code or self.product_id.name
        if "lot_id" in self._fields and self.lot_id:
            values["serial"] = self.lot_id.name
        return {name: value for name, value in values.items() if value}
