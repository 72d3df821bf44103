"""Plan a review in the calendar, and keep it and its meeting on the same moment."""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import ValidationError

from ...tools.clock import to_utc

# In the context of writes that follow the other side, so that the two do not chase each other. An object: no remote call
# can move a meeting behind the back of its review.
FOLLOWING = object()
# In the context while a series of events is made again: core archives and deletes events of it that come back as others.
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
                self.env._("Invited by the client: choose at least one contact with an email address.")
            )
        self._check_attendance()
        organiser = self._role_holders()["account_manager"]
        events = self.env["calendar.event"].with_user(organiser).sudo()
        # Core's own invitation is no one's language but its author's, and of another entry with each mail.
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
        """Return what is on the agenda: the four points the charter names, or the interview.

        :param lang: that of the first contact invited by default
        """
        return (
            self.env["ir.qweb"]
            .with_context(lang=lang or self.contact_ids[:1].lang or self.env.lang)
            ._render("mileo_client_charter.review_agenda", {"review": self})
        )

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
            review._charter_invite_again(before)
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
            review._charter_notify_moved(placed[review])
        return result

    def _charter_notify_moved(self, before):
        """Send everybody invited the new time or place in the same entry; another time asks them again."""
        attendees = self.sudo().event_id.attendee_ids
        if before[:2] != self._charter_placed()[:2]:
            organiser = self.sudo().event_id.user_id.partner_id
            attendees.filtered(lambda one: one.partner_id != organiser).state = "needsAction"
            self._charter_engine().write({"proposed_start_at": False})
        self._charter_mail_meeting("moved", attendees.partner_id)

    def _charter_placed(self):
        """Return when and where, as calendars receive it."""
        return self.start_at, self.duration, self.location or ""

    def _charter_invited(self):
        """Return the people of both sides, as contacts."""
        return self.sudo().staff_ids.partner_id | self.sudo().contact_ids

    def _charter_invite_again(self, before):
        """Invite who came to a planned meeting by its event; who left is not, others in the calendar stay.

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
        """Put a meeting that left the calendar back to planned; its promise stays owed."""
        engine = self._charter_engine().with_context(charter_review_following=FOLLOWING)
        engine.write({"state": "draft", "event_id": False, "start_at": False})
