"""Equipment that another application keeps: copy its data to the client's installed base."""

import logging

from odoo import api, fields, models

from ..base.charter_batches import run_isolated

_logger = logging.getLogger(__name__)

# What a user may have called a property of another app's equipment, in small letters.
LABELS = {
    "maker": ("manufacturer", "maker", "brand", "fabricant", "constructeur", "marque"),
    "model": ("model", "modèle"),
    "serial": ("serial", "serial number", "numéro de série", "n° de série"),
    "firmware": ("firmware", "firmware version", "micrologiciel", "version du micrologiciel"),
}


class CharterEquipmentSourceMixin(models.AbstractModel):
    """For the equipment of another app: fills what the linked equipment lacks, and follows what changes here, entered for the first time
    too.

    What is on record there and has not changed here stays: two apps that disagree are not for a program to settle.
    """

    _name = "charter.equipment.source.mixin"
    _description = "Equipment of another app"

    charter_equipment_id = fields.Many2one(
        "charter.equipment",
        "Client's equipment",
        index="btree_not_null",
        groups="mileo_client_charter.group_charter_user",
        help="The same equipment in the client's installed base.",
    )

    charter_device_differs = fields.Char(
        "On record there, and different",
        compute="_compute_charter_device_differs",
        groups="mileo_client_charter.group_charter_user",
        help="Neither is written over: correct the one that is wrong.",
    )

    @api.depends_context("lang")
    @api.depends("charter_equipment_id")
    def _compute_charter_device_differs(self):
        names = ("maker", "model", "serial", "firmware")
        for one in self:
            equipment = one.sudo().charter_equipment_id
            said = one.sudo()._charter_device_values() if equipment else {}
            differing = [
                f"{equipment._fields[name]._description_string(self.env)} {equipment[name]}"
                for name in names
                if said.get(name) and equipment[name] and said[name] != equipment[name]
            ]
            one.charter_device_differs = ", ".join(differing) or False

    def _charter_device_values(self):
        """Return {maker, model, serial, firmware: text} as far as this app knows them; each app says its own."""
        self.ensure_one()
        return {}

    @api.model
    def _charter_labelled(self, properties):
        """Return what properties hold, by the labels their users gave them.

        :param properties: definitions with values, as ``read`` gives them
        """
        found = {}
        for one in properties or ():
            label = (one.get("string") or "").strip().casefold()
            for name, labels in LABELS.items():
                if label in labels and isinstance(one.get("value"), str):
                    found[name] = one["value"]
        return found

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._charter_feed_device({})
        return created

    def write(self, vals):
        # Of what is linked in this very write, only what is missing there is filled.
        linked = self.filtered(lambda one: one.sudo().charter_equipment_id)
        before = {one: one.sudo()._charter_device_values() for one in linked}
        result = super().write(vals)
        self._charter_feed_device(before)
        return result

    def _charter_feed_device(self, before):
        linked = self.sudo().filtered("charter_equipment_id")
        run_isolated(linked, lambda some: some._charter_fill_device(before), self._charter_device_not_fed)

    def _charter_fill_device(self, before):
        for one in self:
            equipment, was = one.charter_equipment_id, before.get(one)
            values = {
                name: value
                for name, value in one._charter_device_values().items()
                if value
                and value != equipment[name]
                and (not equipment[name] or (was is not None and was.get(name) != value))
            }
            if "firmware" in values:
                values["firmware_source"] = "api"
            if values:
                equipment.write(values)

    @api.model
    def _charter_device_not_fed(self, record, why):
        # The other app goes on, whatever is wrong with what it says of a device.
        _logger.warning("%s does not reach the client's equipment: %s", record, why)
