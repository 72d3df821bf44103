from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CharterMaintenance(models.TransientModel):
    """Planned maintenance of one equipment, a site or all a contract covers: one planned outage an equipment.

    Equipment that comes to the site afterwards is not part of what was agreed.
    """

    _name = "charter.maintenance"
    _description = "Plan maintenance"

    scope = fields.Selection(
        [("equipment", "Equipment"), ("site", "A whole site"), ("contract", "A whole contract")],
        required=True,
        default="equipment",
    )
    equipment_ids = fields.Many2many("charter.equipment")
    site_id = fields.Many2one("res.partner")
    contract_id = fields.Many2one("contract.contract")
    start_at = fields.Datetime("Start", required=True)
    end_at = fields.Datetime("End", required=True)
    reason = fields.Char(required=True)
    equipment_count = fields.Integer("Equipment concerned", compute="_compute_equipment_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "charter.equipment":
            values["equipment_ids"] = self.env.context.get("active_ids")
        return values

    @api.depends("scope", "equipment_ids", "site_id", "contract_id")
    def _compute_equipment_count(self):
        for wizard in self:
            wizard.equipment_count = len(wizard._equipment())

    def _equipment(self):
        self.ensure_one()
        equipment = self.env["charter.equipment"]
        if self.scope == "equipment":
            return self.equipment_ids._origin
        name = f"{self.scope}_id"
        return equipment.search([(name, "=", self[name].id)]) if self[name] else equipment

    def action_plan(self):
        """:raise ValidationError: nothing is concerned, or it ends before it starts"""
        self.ensure_one()
        equipment = self._equipment()
        if not equipment:
            label = dict(self._fields["scope"]._description_selection(self.env))[self.scope]
            raise ValidationError(self.env._("%s: choose one with equipment.", label))
        if self.end_at <= self.start_at:
            raise ValidationError(self.env._("End: it must come after the start."))
        outages = self.env["charter.outage"].create(
            [
                {
                    "equipment_id": one.id,
                    "start_at": self.start_at,
                    "end_at": self.end_at,
                    "reason": self.reason,
                    "planned": True,
                }
                for one in equipment
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_outage")
        return {**action, "domain": [("id", "in", outages.ids)], "context": {}}
