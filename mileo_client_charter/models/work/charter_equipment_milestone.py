"""Lifecycle dates of one equipment: “none announced” differs from “unknown” (article 01)."""

from odoo import api, fields, models

from ..base.client_document import Sheet

KINDS = [
    ("end_of_sale", "End of sale"),
    ("end_of_support", "End of support"),
    ("end_of_security", "End of security updates"),
    ("end_of_life", "End of life"),
]


class CharterEquipmentMilestone(models.Model):
    """A date in the life of a product, as its maker announced it (article 01, third promise).

    "None announced" is an answer: somebody looked, and the maker has said nothing. "Unknown" is the absence of
    an answer, the same as no row at all.
    """

    _name = "charter.equipment.milestone"
    _inherit = ["charter.files.mixin"]
    _description = "Lifecycle date of an equipment"
    _charter_export = Sheet("milestones", ("equipment_id", "kind", "status", "date", "source", "checked_on"))
    _order = "equipment_id, date, id"
    _rec_name = "kind"

    equipment_id = fields.Many2one("charter.equipment", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="equipment_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="equipment_id.partner_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True)
    status = fields.Selection(
        [("announced", "Announced"), ("none_announced", "None announced"), ("unknown", "Date unknown")],
        required=True,
        default="announced",
    )
    date = fields.Date(help="The day the manufacturer announced; only where one is announced.")
    source = fields.Char(help="Source of the information: the manufacturer's page, a letter, a distributor.")
    url = fields.Char("Web page")
    checked_on = fields.Date("Last checked on", default=lambda self: self.env.company._charter_today())

    _one_of_a_kind = models.Constraint(
        "UNIQUE (equipment_id, kind)",
        "Lifecycle: an equipment has one date of each type. Change the one it has.",
    )
    _date_as_status = models.Constraint(
        "CHECK ((status = 'announced') = (date IS NOT NULL))",
        "Lifecycle, Date: give the date that is announced, or choose “None announced” and give none.",
    )
    _announced = models.Index("(kind, date) WHERE status = 'announced'")

    @api.onchange("status")
    def _onchange_status(self):
        if self.status != "announced":
            self.date = False
