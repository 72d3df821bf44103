"""Invitations to a review go out by our own mails, once."""

from odoo import fields, models

from .charter_review_meeting import SERIES


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    charter_answered_at = fields.Datetime("Answered from a calendar on", readonly=True, copy=False)

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        """Notify as core does, except of a review: its mails and reminders are sent as the rest of ours, and nothing twice."""
        reviews = (
            self.env["charter.review"]
            .sudo()
            .search([("event_id", "in", self.event_id.ids), ("state", "=", "planned")])
        )
        ours = self.filtered(lambda one: one.event_id in reviews.event_id)
        kinds = {
            self.env.ref("calendar.calendar_template_meeting_reminder", raise_if_not_found=False): "reminder",
            self.env.ref(
                "calendar.calendar_template_meeting_invitation", raise_if_not_found=False
            ): "invitation",
        }
        kind = mail_template in kinds and mail_template and kinds[mail_template]
        if kind and ours and self.env.context.get("charter_review_series") is not SERIES:
            for review in reviews:
                people = ours.filtered(lambda one, event=review.event_id: one.event_id == event).partner_id
                review._charter_mail_meeting(kind, people)
        return super(CalendarAttendee, self - ours)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )
