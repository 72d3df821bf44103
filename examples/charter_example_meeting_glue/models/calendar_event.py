from odoo import fields, models


class CalendarEvent(models.Model):
    """A source of interventions; its forms show the intervention, and why there is none, by themselves."""

    _name = "calendar.event"
    _inherit = ["calendar.event", "charter.intervention.mixin"]

    def _charter_intervention_values(self):
        """Return what the record is for its client; None: no client's business. See the mixin for every key."""
        client = self._charter_client()
        if not client:
            return None
        return {
            "name": self.display_name,
            "kind": "inspection",
            "partner_id": client.id,
            "company_id": (self.user_id.company_id or self.env.company).id,
            "user_id": self.user_id.id,
            "reported_at": self.create_date.replace(microsecond=0),
            "resolved_at": self.stop and self.stop <= fields.Datetime.now() and self.stop,
            "cancelled": not self.active and self.env._("It was archived."),
        }

    def _charter_client(self):
        """Return the contact it is about, who is none of our own people."""
        return self.partner_ids.filtered(lambda guest: guest.partner_share)[:1]
