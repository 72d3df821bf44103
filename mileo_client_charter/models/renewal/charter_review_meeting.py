"""A review in the calendar: planned there, and moved from either side."""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.clock import to_utc

# In the context of writes that follow the other side, so that the two do not chase each other. An object: no remote call
# can move a meeting behind the back of its review.
FOLLOWING = object()
# In the context while a series of events is made anew: core archives and deletes events of it that come back as others.
# An object, for the same reason.
SERIES = object()
# Whoever is among these is invited.
INVITED = {"staff_ids", "contact_ids"}
# When and where: another of these is a new sequence of the entry in everybody's calendar.
PLACED = {"start_at", "duration", "location"}


class CharterReview(models.Model):
    _inherit = "charter.review"

    def action_plan(self):
        """Put the meeting in the calendar, and invite everybody in their own language, with the .ics.

        :raise ValidationError: date or people are missing
        """
        engine = self._charter_step("draft")
        if not self.start_at:
            raise ValidationError(self.env._("Date and time: choose when the meeting is held."))
        if self.start_at <= self._charter_now():
            raise ValidationError(
                self.env._("Date and time: the client cannot be invited to a moment that is past.")
            )
        for contact in self.contact_ids:
            if contact.commercial_partner_id != self.partner_id or not contact.active:
                raise ValidationError(
                    self.env._(
                        "Invited by the client: %(contact)s is not with %(client)s any more; take them off the list.",
                        contact=contact.display_name,
                        client=self.partner_id.display_name,
                    )
                )
        if not self._reachable_contacts():
            raise ValidationError(
                self.env._("Invited by the client: choose at least one contact with an e-mail address.")
            )
        self._check_attendance()
        organiser = self._role_holders()["account_manager"]
        events = self.env["calendar.event"].with_user(organiser).sudo()
        # Core's own invitation is nobody's language but its author's, and of another entry with each mail.
        event = events.with_context(no_mail_to_attendees=True).create(self._event_values(organiser))
        engine.with_context(charter_review_following=FOLLOWING).write(
            {"state": "planned", "event_id": event.id, "proposed_start_at": False}
        )
        engine._charter_new_entry()
        engine._charter_mail_meeting("invitation", engine.event_id.attendee_ids.partner_id)
        engine._prepare_if_soon()

    def _event_values(self, organiser):
        return {
            "name": self.with_context(lang=self.contact_ids[:1].lang).name,
            "start": self.start_at,
            "stop": self.start_at + timedelta(hours=self.duration),
            "location": self.location,
            "user_id": organiser.id,
            "partner_ids": [(6, 0, (self.staff_ids.partner_id | self.contact_ids).ids)],
            "description": self._agenda(),
        }

    def _agenda(self, lang=None):
        """What is on the agenda: the four points the charter names, or the interview.

        :param lang: that of the first contact invited by default
        """
        return self.env["ir.qweb"].with_context(lang=lang or self.contact_ids[:1].lang or self.env.lang)._render(
            "mileo_client_charter.review_agenda", {"review": self}
        )  # fmt: skip

    def write(self, vals):
        invited = {review: review._charter_invited() for review in self} if vals.keys() & INVITED else {}
        placed = {review: review._charter_placed() for review in self} if vals.keys() & PLACED else {}
        result = super().write(vals)
        moved = self.browse(
            review.id
            for review, before in placed.items()
            if review.state == "planned" and review.sudo().event_id and before != review._charter_placed()
        )
        moved._charter_entry_changed()
        for review, before in invited.items():
            review._charter_invite_anew(before)
        if vals.keys() & PLACED and not self._charter_is_following():
            for review in self.filtered(lambda r: r.state == "planned" and r.sudo().event_id and r.start_at):
                review.sudo().event_id.with_context(charter_review_following=FOLLOWING).write(
                    {
                        "start": review.start_at,
                        "stop": review.start_at + timedelta(hours=review.duration),
                        "location": review.location,
                    }
                )
        for review in moved:
            review._charter_tell_moved(placed[review])
        return result

    def _charter_tell_moved(self, before):
        """Everybody invited has the new time or place in the same entry; another time asks them again."""
        attendees = self.sudo().event_id.attendee_ids
        if before[:2] != self._charter_placed()[:2]:
            organiser = self.sudo().event_id.user_id.partner_id
            attendees.filtered(lambda one: one.partner_id != organiser).state = "needsAction"
            self._charter_engine().write({"proposed_start_at": False})
        self._charter_mail_meeting("moved", attendees.partner_id)

    def _charter_placed(self):
        """When and where, as calendars are told it."""
        return self.start_at, self.duration, self.location or ""

    def _charter_invited(self):
        """The people of both sides, as contacts."""
        return self.sudo().staff_ids.partner_id | self.sudo().contact_ids

    def _charter_invite_anew(self, before):
        """Who came to a planned meeting is invited by its event, who left is not; others in the calendar stay.

        Of a meeting that has begun, who was there is recorded, and nobody invited any more.
        """
        event, after = self.sudo().event_id, self._charter_invited()
        ahead = self.state == "planned" and self.start_at and self.start_at > self._charter_now()
        if ahead and event and after != before:
            event.partner_ids = event.partner_ids - (before - after) | after

    def _charter_is_following(self):
        return self.env.context.get("charter_review_following") is FOLLOWING

    def _follow_event(self, event):
        moments = {
            "start_at": event.start,
            "duration": max((event.stop - event.start).total_seconds() / 3600, 0.25),
        }
        if event.allday:
            # A day names no hour: the meeting keeps its own, and its length.
            tz = self.company_id._charter_tz()
            hour = fields.Datetime.context_timestamp(self.with_context(tz=tz), self.start_at).time()
            moments = {"start_at": to_utc(datetime.combine(event.start_date, hour), tz)}
        self._charter_engine().with_context(charter_review_following=FOLLOWING).write(
            {**moments, "location": event.location}
        )

    def _charter_back_to_plan(self):
        """The meeting left the calendar: it is planned again, and its promise stays owed."""
        engine = self._charter_engine().with_context(charter_review_following=FOLLOWING)
        engine.write({"state": "draft", "event_id": False, "start_at": False})


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
        ours = self._charter_reviews().event_id & self
        if ours and ours != self:
            # Core mails about those which are no review's.
            (self - ours).write(dict(vals))
            return ours.write(vals)
        if vals.get("active") is False:
            self._charter_tell_cancelled()
        if not ours:
            return super().write(vals)
        reviews = self._charter_reviews()
        before = {review: review.event_id.attendee_ids.partner_id for review in reviews}
        # What people are told of a review is ours to say (_charter_mail_meeting).
        result = super(CalendarEvent, self.with_context(skip_attendee_notification=True)).write(vals)
        for review, people in before.items():
            now = review.event_id.attendee_ids.partner_id
            if now != people:
                review._charter_mail_meeting("cancelled", people - now)
                review._charter_mail_meeting("invitation", now - people)
        if (
            names & {"start", "stop", "location", "duration", "start_date"}
            and self.env.context.get("charter_review_following") is not FOLLOWING
        ):
            for review in reviews:
                review._follow_event(review.event_id)
        if vals.get("active") is False:
            reviews._charter_back_to_plan()
        return result

    def _charter_tell_cancelled(self):
        """Whoever was invited to a review that is still to come learns that its entry goes."""
        reviews = self.env["charter.review"].sudo().search(
            [("event_id", "in", self.ids), ("state", "not in", ("held", "minutes"))]
        )  # fmt: skip
        for review in reviews.filtered("ical_uid"):
            review._charter_entry_changed()
            review._charter_mail_meeting("cancelled", review.event_id.attendee_ids.partner_id)

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
            self._charter_tell_cancelled()
            reviews._charter_back_to_plan()
