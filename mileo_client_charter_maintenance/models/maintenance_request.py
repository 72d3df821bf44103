from datetime import timedelta

from odoo import fields, models

from odoo.addons.mileo_client_charter.tools.clock import to_utc

PRIORITY = {"0": "0", "1": "0", "2": "1", "3": "2"}


class MaintenanceRequest(models.Model):
    """Requests about a client's equipment. They know days only: the hours are filled in here."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "charter.intervention.mixin"]

    def _charter_descriptive_fields(self):
        return {"name", "description"}

    def _charter_intervention_values(self):
        client = self.equipment_id.charter_client_id
        if not client:
            return None
        return {
            "name": self.name,
            "kind": self.maintenance_type or "corrective",
            "priority": PRIORITY.get(self.priority, "1"),
            "partner_id": client.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "equipment_ids": self.equipment_id.charter_equipment_id.ids,
            "description": self.description,
            "reported_at": self._charter_reported_at(),
            "resolved_at": self.stage_id.done and self._charter_resolved_at(),
            "cancelled": self.archive and self.env._("The maintenance request was cancelled."),
        }

    def _charter_tz(self):
        return self.company_id._charter_tz()

    def _charter_local_day(self, moment):
        return fields.Datetime.context_timestamp(self.with_context(tz=self._charter_tz()), moment).date()

    def _charter_reported_at(self):
        """Return when it was typed in; for a request of an earlier day, the beginning of that day."""
        created = self.create_date.replace(microsecond=0)
        if not self.request_date or self.request_date >= self._charter_local_day(created):
            return created
        return to_utc(self.request_date, self._charter_tz())

    def _charter_resolved_at(self):
        """Return when the stage said so; for an earlier day, its end."""
        known = self._charter_known().resolved_at
        now = fields.Datetime.now()
        day = self.close_date or self._charter_local_day(now)
        if known and self._charter_local_day(known) == day:
            return known
        end = to_utc(day + timedelta(days=1), self._charter_tz()) - timedelta(seconds=1)
        return min(max(end, self._charter_reported_at()), now)
