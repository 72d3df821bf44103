"""Which firmware a device runs, since when, and who recorded it."""

from odoo import api, fields, models

SOURCES = [
    ("hand", "Manual"),
    ("sheet", "Excel file"),
    ("api", "API"),
    ("monitoring", "Monitoring"),
    ("intervention", "Intervention"),
]


class CharterEquipmentFirmware(models.Model):
    """One firmware a device had. Written by the equipment when its firmware changes, never manually."""

    _name = "charter.equipment.firmware"
    _description = "Firmware of an equipment"
    _order = "equipment_id, id desc"
    _rec_name = "firmware"

    equipment_id = fields.Many2one(
        "charter.equipment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="equipment_id.company_id", store=True, index=True)
    firmware = fields.Char(readonly=True)
    seen_on = fields.Date("Seen on", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    firmware = fields.Char(tracking=True, help="As the device shows it: V5.7.3 build 220112.")
    firmware_on = fields.Date("Firmware seen on", help="The day on which the device was seen to run it.")
    firmware_source = fields.Selection(SOURCES, "Source", groups="mileo_client_charter.group_charter_user")
    firmware_ids = fields.One2many(
        "charter.equipment.firmware",
        "equipment_id",
        "Firmware so far",
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )
    catalogue_id = fields.Many2one(
        "charter.equipment.model",
        "Model in the catalogue",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
        help="Found by manufacturer and model; advisories and lifecycle dates reach the equipment through it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        equipment = super().create([self._with_firmware(dict(vals)) for vals in vals_list])
        found = equipment._find_models()
        equipment.filtered("firmware")._keep_firmware()
        found._recognised()
        return equipment

    def write(self, vals):
        before = {one: one.firmware for one in self} if "firmware" in vals else {}
        result = super().write(self._with_firmware(dict(vals)))
        found = self._find_models() if {"maker", "model"} & vals.keys() else self.browse()
        changed = self.filtered(lambda one: one in before and (one.firmware or "") != (before[one] or ""))
        changed._keep_firmware()
        (found | changed)._recognised()
        return result

    @api.model
    def _with_firmware(self, vals):
        if "firmware" in vals:
            vals["firmware"] = " ".join((vals["firmware"] or "").split()) or False
            vals.setdefault("firmware_source", "hand" if vals["firmware"] else False)
            company = (
                self.env["res.company"].browse(vals.get("company_id"))
                or self.company_id[:1]
                or self.env.company
            )
            vals.setdefault("firmware_on", company._charter_today() if vals["firmware"] else False)
        return vals

    def _recognised(self):
        """Follow that model or firmware of these are others than before (hook)."""

    def _keep_firmware(self):
        """Add to the history the firmware they have now."""
        self.env["charter.equipment.firmware"].sudo().create(
            [
                {
                    "equipment_id": one.id,
                    "firmware": one.firmware,
                    "seen_on": one.firmware_on,
                    "source": one.sudo().firmware_source,
                }
                for one in self
            ]
        )

    def _find_models(self):
        """Find the model of each in the catalogue, which grows by what is new.

        :return: those that have another model now
        """
        changed = self.browse()
        found = self.env["charter.equipment.model"]._of((one.maker, one.model) for one in self)
        for one in self.sudo():
            model = found.get((one.maker, one.model), self.env["charter.equipment.model"])
            if one.catalogue_id != model:
                one.catalogue_id = model
                changed |= one
        return changed.sudo(self.env.su)
