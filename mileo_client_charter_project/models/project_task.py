from odoo import fields, models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "charter.intervention.mixin"]

    def _charter_descriptive_fields(self):
        return {"name", "description"}

    def _charter_intervention_values(self):
        if not self.project_id.charter_kind or self.parent_id:
            return None
        client = self.partner_id or self.project_id.partner_id
        if not client:
            return None
        cancelled = self.state == "1_canceled" or not self.active
        return {
            "name": self.name,
            "kind": self.project_id.charter_kind,
            "priority": self.priority,
            "partner_id": client.id,
            "company_id": (self.company_id or self.project_id.company_id or self.env.company).id,
            "user_id": self.user_ids[:1].id,
            "description": self.description,
            "reported_at": self.create_date.replace(microsecond=0),
            "resolved_at": self.is_closed and (self._charter_known().resolved_at or fields.Datetime.now()),
            "cancelled": cancelled and self.env._("The task was cancelled or archived."),
        }
