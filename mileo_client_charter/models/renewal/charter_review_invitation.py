"""Invitations to a review: emailed in each reader's language, with a calendar entry that can be updated (RFC 5546); who comes, and
who was there, which is on record once the meeting was held.
"""

import base64
import uuid
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import email_normalize, html2plaintext

from ...tools import ical
from ..base.charter_engine_links import Links
from ..base.charter_format import moment_text

# What is mailed about a meeting, and how the file says it. What is new or has changed asks for an answer.
METHODS = {"invitation": "REQUEST", "moved": "REQUEST", "reminder": "REQUEST", "cancelled": "CANCEL"}
PARTSTAT = {mine: theirs for theirs, mine in ical.STATUSES.items()}


class CharterReview(models.Model):
    _inherit = "charter.review"

    ical_uid = fields.Char("UID", readonly=True, copy=False, charter_engine=True, groups="base.group_system")
    ical_sequence = fields.Integer(
        "SEQUENCE",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_system",
        help="How often the meeting was moved since it was planned: calendars take the highest.",
    )

    attended_ids = Links(
        "res.partner",
        "charter_review_attended_rel",
        string="Who attended for the client",
        domain="[('commercial_partner_id', '=', partner_id)]",
        copy=False,
        charter_recorded="client",
        groups="base.group_user",
        help="Whoever gave an answer is added when the meeting is recorded as held. The minutes name them.",
    )
    invitation_answers = fields.Text(
        "Answers to the invitation", compute="_compute_invitation_answers", groups="base.group_user"
    )

    _ical_uid_idx = models.UniqueIndex("(ical_uid) WHERE ical_uid IS NOT NULL")

    def _charter_new_entry(self):
        """Make another entry in the calendars of those invited: what was cancelled there does not come back."""
        host = (self.company_id.alias_domain_id.name or "client-charter.invalid").lower()
        self.sudo()._charter_engine().write({"ical_uid": f"{uuid.uuid4()}@{host}", "ical_sequence": 0})

    def _charter_entry_changed(self):
        for review in self.sudo():
            review._charter_engine().ical_sequence = review.ical_sequence + 1

    # -- mailing ----------------------------------------------------------------------------------

    def _charter_mail_meeting(self, kind, people):
        """Mail ``people`` (res.partner) that the meeting is there, has moved, is near or is off; each in its language.

        Of a meeting that has begun nobody is informed any more.

        :param kind: a key of METHODS
        """
        self.ensure_one()
        review = self.sudo()
        people = people.filtered("email_normalized")
        if kind == "reminder":
            people = people.filtered(lambda one: not one.sudo().charter_no_reminders)
        if not people or not review.start_at or review.start_at <= review._charter_now():
            return
        if not review.ical_uid:
            # It was planned before its entry had a name of its own.
            review._charter_new_entry()
        for person in people:
            review._charter_mail_person(kind, person)
        self.env["charter.obligation"]._wake_mail_queue()

    def _charter_mail_person(self, kind, person):
        review = self.with_context(
            lang=person.lang or self.partner_id.lang or self.env.lang, mail_notify_force_send=False
        )
        client = person.commercial_partner_id == self.partner_id
        values = {
            "review": review,
            "kind": kind,
            "agenda": review._agenda(review.env.lang),
            "person": person,
            "when": review._charter_when(person),
            "people": review._charter_people_by_side(),
            "decline_url": review._charter_link("decline", person)
            if client and kind != "cancelled"
            else None,
        }
        body = review.env["ir.qweb"]._render("mileo_client_charter.mail_meeting", values)
        entry = review._charter_calendar_file(METHODS[kind], person)
        file = (
            review.env["ir.attachment"]
            .with_context(no_document=True)
            .create(
                {
                    "name": "invitation.ics",
                    "datas": base64.b64encode(entry),
                    # The method stands beside the type (RFC 6047, section 2.4), or it is no invitation.
                    "mimetype": f"text/calendar; method={METHODS[kind]}",
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                }
            )
        )
        # Guests who are neither ours nor the client's get no word of a client's thread: their mail is the event's.
        ours = self.company_id.partner_id.commercial_partner_id
        internal = any(not user.share for user in person.user_ids)
        inside = client or internal or person.commercial_partner_id == ours
        carrier = review if inside else review.event_id.with_context(**review.env.context)
        layout = "mileo_client_charter.mail_client_layout" if client else "mail.mail_notification_light"
        carrier.message_notify(
            partner_ids=person.ids,
            subject=review._charter_meeting_subject(kind, person),
            body=body,
            author_id=(self.event_id.user_id.partner_id or self.company_id.partner_id).id,
            attachment_ids=file.ids,
            email_layout_xmlid=layout,
            mail_auto_delete=False,
            # Also to whoever wrote it: the entry has to be in their calendar too.
            notify_author=True,
        )

    def _charter_when(self, person):
        """Return the moment of the meeting in the words and the time zone of ``person``; the zone is named when it is not ours."""
        tz, own = person.tz or self.company_id._charter_tz(), self.company_id._charter_tz()
        words = moment_text(self.env, self.start_at, tz, "EEEE d MMMM y, HH:mm")
        return words if tz == own else f"{words} ({tz.replace('_', ' ')})"

    def _charter_people_by_side(self):
        people = self.event_id.attendee_ids.partner_id
        theirs = people.filtered(lambda one: one.commercial_partner_id == self.partner_id)
        return [
            (self.partner_id.name, ", ".join(theirs.mapped("name"))),
            (self.company_id.name, ", ".join((people - theirs).mapped("name"))),
        ]

    def _charter_meeting_subject(self, kind, person):
        what, when = self.name, self._charter_when(person)
        return {
            "invitation": self.env._("Invitation: %(what)s, %(when)s", what=what, when=when),
            "moved": self.env._("Changed: %(what)s, now %(when)s", what=what, when=when),
            "reminder": self.env._("Reminder: %(what)s, %(when)s", what=what, when=when),
            "cancelled": self.env._("Cancelled: %(what)s, %(when)s", what=what, when=when),
        }[kind]

    # -- the entry --------------------------------------------------------------------------------

    def _charter_calendar_file(self, method, person):
        """Return the .ics of the meeting for ``person``, in the language of the environment (bytes)."""
        self.ensure_one()
        return ical.write(
            [self._charter_calendar_entry(person)],
            method,
            self._charter_now(),
            self.company_id._charter_tz(),
        )

    def _charter_calendar_entry(self, person):
        review = self.sudo()
        organiser = review.event_id.user_id.partner_id or review.company_id.partner_id
        states = {one.partner_id: one.state for one in review.event_id.attendee_ids}
        # Who is not invited any more is named in what informs them so. Whoever organises is named as such.
        people = review.event_id.attendee_ids.partner_id | person
        attendees = tuple(
            ical.Person(one.name or mail, mail, PARTSTAT.get(states.get(one), "NEEDS-ACTION"))
            for one in people - organiser
            if (mail := one.email_normalized)
        )
        return ical.Entry(
            uid=review.ical_uid,
            start=review.start_at,
            stop=review.start_at + timedelta(hours=review.duration),
            summary=review.name,
            sequence=review.ical_sequence,
            description=html2plaintext(review._agenda(self.env.lang)).strip(),
            location=review.location or "",
            organiser=ical.Person(organiser.name, review._charter_reply_address(organiser)),
            attendees=attendees,
        )

    def _charter_reply_address(self, organiser):
        """Return where calendars send their answers: to us, who read them; to the organiser's own mailbox without an alias domain."""
        reply = self._notify_get_reply_to(default=None).get(self.id)
        return email_normalize(reply or "") or organiser.email_normalized or self.company_id.email or ""

    # -- who comes, and who was there --------------------------------------------------------------

    @api.depends("event_id.attendee_ids.state", "event_id.attendee_ids.partner_id")
    @api.depends_context("lang")
    def _compute_invitation_answers(self):
        for review in self:
            invited = review.sudo().event_id.attendee_ids
            theirs = invited.filtered(
                lambda one, client=review.partner_id: one.partner_id.commercial_partner_id == client
            )
            review.invitation_answers = "\n".join(
                review._charter_attendance_words(one.state, one.common_name) for one in theirs
            )

    @api.model
    def _charter_attendance_words(self, state, name):
        """Return what ``name`` answers to an invitation, by the state of its attendee."""
        return {
            "accepted": self.env._("%s comes.", name),
            "declined": self.env._("%s cannot come.", name),
            "tentative": self.env._("%s may come.", name),
            "needsAction": self.env._("%s has not decided yet.", name),
        }[state]

    @api.constrains("attended_ids", "contract_id")
    def _check_attended(self):
        self._check_of_client("attended_ids")

    def _record_attendance(self):
        """Add who gave an answer: they were there."""
        self.attended_ids = [Command.link(contact.id) for contact in self.answer_ids.contact_id]
