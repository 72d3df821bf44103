"""Time to respond and to resolve that each tier gives, by priority (article 01)."""

from odoo import fields, models

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Critical")]


class CharterServiceLevel(models.Model):
    """Within what time a tier answers and fixes, by priority (article 01, “respect des SLA”)."""

    _name = "charter.service.level"
    _description = "Service level of a tier"
    _inherit = ["charter.tier.words.mixin"]
    _order = "tier_id, priority desc"
    _rec_name = "priority"

    tier_id = fields.Many2one("charter.tier", required=True, ondelete="cascade", index=True)
    priority = fields.Selection(PRIORITIES, required=True)
    response_hours = fields.Integer("Response (hours)", required=True)
    resolution_hours = fields.Integer("Resolution (hours)", required=True)
    clock = fields.Selection(
        [("elapsed", "24/7"), ("working", "Working hours")], "Time basis", required=True, default="working"
    )

    _priority_unique = models.Constraint(
        "UNIQUE (tier_id, priority)", "A tier has one service level for each priority."
    )
    _hours_positive = models.Constraint(
        "CHECK (response_hours > 0 AND resolution_hours >= response_hours)",
        "Service level: the response takes at least one hour, and the resolution at least as long.",
    )
