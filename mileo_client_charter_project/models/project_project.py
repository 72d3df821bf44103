from odoo import fields, models

from odoo.addons.mileo_client_charter.models.work.charter_intervention import KINDS


class ProjectProject(models.Model):
    _inherit = "project.project"

    charter_kind = fields.Selection(
        KINDS,
        "Tasks are interventions",
        help="What the client charter calls the tasks of this project; empty: they are none of its interventions.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "charter_kind" in vals:
            self.sudo().task_ids.filtered(lambda task: not task.is_closed)._charter_feed()
        return result
