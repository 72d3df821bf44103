from odoo import http
from odoo.http import request

from .equipment_reading import EquipmentReading
from .portal import READ, CharterPortal


class CharterEquipmentPortal(CharterPortal):
    """The client's installed base, and how well it worked."""

    @http.route("/my/charter/equipment", **READ)
    def my_equipment(self, **query):
        reading = EquipmentReading(request.env)
        return self._page("portal_equipment_list", "equipment", reading, reading.equipment_page(query))

    @http.route("/my/charter/equipment/<int:equipment_id>", **READ)
    def my_equipment_detail(self, equipment_id, **_query):
        reading = EquipmentReading(request.env)
        equipment = reading.find("charter.equipment", equipment_id)
        if not equipment:
            return self._not_found(reading)
        return self._page(
            "portal_equipment", "equipment_detail", reading, reading.equipment_detail(equipment)
        )
