"""Words that equipment is grouped and found by."""

from odoo import fields, models


class CharterEquipmentTag(models.Model):
    """A word equipment is found by: a vendor's range, a technology, a norm it must follow."""

    _name = "charter.equipment.tag"
    _inherit = ["charter.files.mixin"]
    _description = "Equipment tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _unique_name = models.UniqueIndex("((name->>'en_US'))", "A tag with this name exists already.")
