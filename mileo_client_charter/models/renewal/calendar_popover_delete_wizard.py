"""Delete the meeting of a review in the calendar: whoever is invited hears of it from us, in their language and once."""

from odoo import api, fields, models

# What core calls the part of a series that is deleted, from its form and from its list.
FOLLOWING, ALL = {"next", "future_events"}, {"all", "all_events"}


class CalendarPopoverDeleteWizard(models.TransientModel):
    _inherit = "calendar.popover.delete.wizard"

    charter_of_review = fields.Boolean("Meeting of a review", compute="_compute_charter_of_review")

    @api.depends("calendar_event_id")
    @api.depends_context("default_recurrence")
    def _compute_charter_of_review(self):
        for wizard in self:
            wizard.charter_of_review = bool(wizard._charter_deleted()._charter_reviews())

    def _charter_deleted(self):
        """Return the events that go: the one, or those of its series that are asked for."""
        event, which = self.calendar_event_id, self.env.context.get("default_recurrence")
        series = event.recurrence_id.calendar_event_ids
        if which in ALL:
            return event | series
        if which in FOLLOWING:
            return event | series.filtered(lambda one: one.start >= event.start)
        return event

    def action_send_mail_and_delete(self):
        """Leave the email about a review to the review, and delete: core's is another one, of another entry."""
        return self.action_delete() if self.charter_of_review else super().action_send_mail_and_delete()
