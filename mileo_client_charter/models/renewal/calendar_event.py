"""A review in the calendar: planned there, and moved from either side."""

from datetime import timedelta

from odoo import api, fields, models

from .charter_review_meeting import FOLLOWING, SERIES


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
        result = super().write(vals)
        if self._charter_in_series():
            return result
        if (
            names & {"start", "stop", "location", "duration", "start_date"}
            and self.env.context.get("charter_review_following") is not FOLLOWING
        ):
            for review in self._charter_reviews():
                review._follow_event(review.event_id)
        if vals.get("active") is False:
            self._charter_reviews()._charter_back_to_plan()
        return result

    @api.model
    def _charter_series_fields(self):
        """What makes a series of an event, or changes a whole series."""
        return {"recurrence_update", "recurrency", *self._get_recurrent_fields()}

    def _charter_in_series(self):
        return self.env.context.get("charter_review_series") is SERIES

    def _charter_write_series(self, vals):
        """As ``write``; a review stays with the event of the series that its own has become."""
        before = self | self.recurrence_id.calendar_event_ids
        starts = {review: review.event_id.start for review in before._charter_reviews()}
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
            reviews._charter_back_to_plan()
