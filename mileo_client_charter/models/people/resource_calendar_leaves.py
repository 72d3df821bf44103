"""Read absences again when leave in the calendar of a person's resource changes."""

from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._charter_changed(leaves.sudo().resource_id.user_id)
        return leaves

    def write(self, vals):
        users = self.sudo().resource_id.user_id
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to", "resource_id", "time_type"}:
            self._charter_changed(users | self.sudo().resource_id.user_id)
        return result

    def unlink(self):
        users = self.sudo().resource_id.user_id
        result = super().unlink()
        self._charter_changed(users)
        return result

    def _charter_changed(self, users):
        """Feed the absences when somebody clients count on takes leave, or takes it back."""
        if users:
            self.env["charter.absence"]._feed_users(users)
