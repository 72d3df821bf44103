"""Read absences again when leave in the calendar of a person's resource changes."""

from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._charter_changed(leaves.sudo().resource_id.user_id, leaves._charter_closes())
        return leaves

    def write(self, vals):
        users, closes = self.sudo().resource_id.user_id, self._charter_closes()
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to", "resource_id", "time_type"}:
            self._charter_changed(users | self.sudo().resource_id.user_id, closes or self._charter_closes())
        return result

    def unlink(self):
        users, closes = self.sudo().resource_id.user_id, self._charter_closes()
        result = super().unlink()
        self._charter_changed(users, closes)
        return result

    def _charter_closes(self):
        """Return whether one of these closes a whole calendar, as a public holiday does."""
        return any(not leave.resource_id for leave in self.sudo())

    def _charter_changed(self, users, closes):
        """Feed the absences when somebody clients count on takes leave, or takes it back; look again whether holidays are missing."""
        if users:
            self.env["charter.absence"]._feed_users(users)
        if closes:
            self.env["charter.setup.check"]._look_again("holidays")
