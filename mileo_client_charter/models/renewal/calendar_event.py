"""Meetings of reviews in the calendar: a move in the calendar moves the review."""

from datetime import timedelta

from odoo import api, fields, models

from .charter_review_meeting import FOLLOWING, SERIES

# What says when and where an event is, and what of an event people are informed of.
PLACE = {"start", "stop", "location", "duration", "start_date"}
TOLD = PLACE | {"active", "partner_ids", "attendee_ids", "allday", "stop_date"}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _charter_reviews(self):
        return (
            self.env["charter.review"]
            .sudo()
            .search([("event_id", "in", self.ids), ("state", "=", "planned")])
        )

    def write(self, vals):
        names = set(vals)  # core takes some out
        if names & self._charter_series_fields() and not self._charter_in_series():
            return self._charter_write_series(vals)
        if self._charter_in_series():
            return super().write(vals)
        if not names & TOLD:
            return super().write(vals)
        ours = self._charter_reviews().event_id & self
        if ours and ours != self:
            # Core mails about those which are no review's.
            (self - ours).write(dict(vals))
            return ours.write(vals)
        if vals.get("active") is False:
            self._charter_notify_cancelled()
        if not ours:
            return super().write(vals)
        reviews = self._charter_reviews()
        before = {review: review.event_id.attendee_ids.partner_id for review in reviews}
        # What people are informed of a review is ours to say (_charter_mail_meeting).
        result = super(CalendarEvent, self.with_context(skip_attendee_notification=True)).write(vals)
        for review, people in before.items():
            now = review.event_id.attendee_ids.partner_id
            if now != people:
                review._charter_mail_meeting("cancelled", people - now)
                review._charter_mail_meeting("invitation", now - people)
        if names & PLACE and self.env.context.get("charter_review_following") is not FOLLOWING:
            for review in reviews:
                review._follow_event(review.event_id)
        if vals.get("active") is False:
            reviews._charter_back_to_plan()
        return result

    def _charter_notify_cancelled(self):
        """Inform whoever was invited to a review that is still to come that its entry goes."""
        reviews = (
            self.env["charter.review"]
            .sudo()
            .search([("event_id", "in", self.ids), ("state", "not in", ("held", "minutes"))])
        )
        for review in reviews.filtered("ical_uid"):
            review._charter_entry_changed()
            review._charter_mail_meeting("cancelled", review.event_id.attendee_ids.partner_id)

    @api.model
    def _charter_series_fields(self):
        """Return what makes a series of an event, or changes a whole series."""
        return {"recurrence_update", "recurrency", *self._get_recurrent_fields()}

    def _charter_in_series(self):
        return self.env.context.get("charter_review_series") is SERIES

    def _charter_write_series(self, vals):
        """Write as ``write``; a review stays with the event of the series that its own has become."""
        before = self | self.recurrence_id.calendar_event_ids
        starts = {review: review.event_id.start for review in before._charter_reviews()}
        people = {review: review.event_id.attendee_ids.partner_id for review in starts}
        start = fields.Datetime.to_datetime(vals.get("start"))
        shift = start - self.start if start and len(self) == 1 and self.start else timedelta()
        held = self.with_context(charter_review_series=SERIES)
        # Called by write() itself, whose super this is.
        result = super(CalendarEvent, held).write(vals)  # pylint: disable=super-method-mismatch
        series = before.exists()
        series = (series | series.recurrence_id.calendar_event_ids).filtered("active")
        for review, started in starts.items():
            event = review.event_id.exists().filtered("active") or min(
                series.sudo(), key=lambda one, at=started + shift: abs(one.start - at), default=self.browse()
            )
            if not event:
                review._charter_entry_changed()
                review._charter_mail_meeting("cancelled", people[review])
                review._charter_back_to_plan()
                continue
            if event != review.event_id:
                review._charter_engine().event_id = event
            review._follow_event(event)
        return result

    @api.ondelete(at_uninstall=False)
    def _charter_release_reviews(self):
        reviews = self._charter_reviews()
        if self._charter_in_series():
            reviews._charter_engine().event_id = False
        else:
            self._charter_notify_cancelled()
            reviews._charter_back_to_plan()
