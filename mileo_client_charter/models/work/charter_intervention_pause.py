"""Pauses of an intervention: from when until when its time limit was suspended, and why."""

from odoo import fields, models


class CharterInterventionPause(models.Model):
    """The clock of a resolution stood still: from when, until when, why. An event, never overwritten."""

    _name = "charter.intervention.pause"
    _description = "Pause of an intervention"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _order = "start_at, id"
    _rec_name = "reason"

    intervention_id = fields.Many2one(
        "charter.intervention", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="intervention_id.company_id", store=True, index=True)
    start_at = fields.Datetime("From", required=True, readonly=True)
    stop_at = fields.Datetime("Until", readonly=True, help="Empty: it lasts.")
    reason = fields.Char(required=True, readonly=True)
    recorded_at = fields.Datetime(
        required=True, readonly=True, help="When the pause was typed in; it may have begun before."
    )
    recorded_by = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")

    _forward = models.Constraint(
        "CHECK (stop_at >= start_at)", "Pause: it ends before it begins. Give the end after the start."
    )
    _one_running = models.UniqueIndex(
        "(intervention_id) WHERE stop_at IS NULL",
        "An intervention is paused once at a time: resume it first.",
    )
