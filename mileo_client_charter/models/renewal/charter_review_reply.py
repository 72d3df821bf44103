"""Read what a calendar answers to our invitation, and apply it to the person who was invited (RFC 5546, RFC 6047)."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, email_split, plaintext2html

from ...tools import ical
from ..base.charter_format import moment_text
from ..base.mail_thread import DOUBTED


class Answered:
    """Answers of a calendar in a context. A class of its own: no remote call can put one into a context."""

    def __init__(self, answers=()):
        self.answers = list(answers)
        # Nothing in it has to be read: somebody comes, and says no more.
        self.silent = False


def _is_calendar(content):
    return (
        (content if isinstance(content, str) else content.decode("latin-1"))
        .lstrip()
        .startswith("BEGIN:VCALENDAR")
    )


class CharterReview(models.Model):
    _inherit = "charter.review"

    proposed_start_at = fields.Datetime(
        "Proposed by the client",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Another date and time, as somebody invited proposed it from their calendar.",
    )

    @api.model
    def _charter_answered_in(self, message):
        """Return (review, answers) of a mail in which a calendar answers an invitation of ours; none for any other mail."""
        answers = ical.answers_in(message)
        for answer in answers:
            review = self.sudo().search([("ical_uid", "=", answer.uid)], limit=1)
            if review:
                return review, Answered(one for one in answers if one.uid == answer.uid)
        return self.sudo().browse(), None

    def message_update(self, msg_dict, update_vals=None):
        found = self.env.context.get("charter_calendar_answers")
        if isinstance(found, Answered) and self.env.context.get("charter_doubted") is not DOUBTED:
            sender = email_normalize((email_split(msg_dict.get("email_from")) or [""])[0])
            said = plaintext2html("\n".join(self._charter_take_answer(one, sender) for one in found.answers))
            found.silent = all(
                one.method == "REPLY" and one.status == "accepted" and not one.comment
                for one in found.answers
            )
            body = str(msg_dict.get("body") or "")
            msg_dict["body"] = said if "BEGIN:VCALENDAR" in body else said + Markup(body)
            msg_dict["attachments"] = [
                one for one in msg_dict.get("attachments") or () if not _is_calendar(one[1])
            ]
        return super().message_update(msg_dict, update_vals)

    def _charter_heard(self, message):
        found = self.env.context.get("charter_calendar_answers")
        if isinstance(found, Answered) and found.silent:
            return None
        return super()._charter_heard(message)

    def _charter_take_answer(self, answer, sender):
        """Apply one answer to who was invited; what it says in words, for the thread.

        An answer counts for whoever sent it, and for the date they were asked about last.
        """
        review = self.sudo()
        attendee = review.event_id.attendee_ids.filtered(
            lambda one: one.partner_id.email_normalized == answer.mail
        )[:1]
        name = attendee.common_name or answer.mail
        words = review._charter_answer_words(answer, name)
        if not attendee or answer.mail != sender:
            return self.env._(
                "%(words)s Not applied: it came from %(sender)s.", words=words, sender=sender or "?"
            )
        if review.state != "planned" or review.start_at <= review._charter_now():
            return self.env._("%s Not applied: the meeting is over, or was cancelled.", words)
        newest = attendee.charter_answered_at
        if newest and answer.stamp and answer.stamp < newest:
            return self.env._("%s Not applied: a later answer came before it.", words)
        if answer.sequence < review.ical_sequence:
            return self.env._("%s Not applied: it answers the date before the last change.", words)
        attendee.write({"state": answer.status, "charter_answered_at": answer.stamp or review._charter_now()})
        client = attendee.partner_id.commercial_partner_id == review.partner_id
        engine = review._charter_engine()
        if client and answer.status == "declined":
            engine.write({"declined_contact_id": attendee.partner_id.id, "decline_words": words})
        elif client and review.declined_contact_id == attendee.partner_id:
            engine.write({"declined_contact_id": False, "decline_words": False})
        if answer.method == "COUNTER" and answer.start:
            engine.proposed_start_at = answer.start
        return words

    def _charter_answer_words(self, answer, name):
        if answer.method == "COUNTER":
            tz = self.company_id._charter_tz()
            moment = answer.start and moment_text(self.env, answer.start, tz, "EEEE d MMMM y, HH:mm")
            words = (
                self.env._("%(name)s proposes another time: %(moment)s.", name=name, moment=moment)
                if moment
                else self.env._("%s proposes another time.", name)
            )
        else:
            words = self._charter_attendance_words(answer.status, name)
        return f"{words} “{answer.comment}”" if answer.comment else words

    def action_take_proposal(self):
        """Move the meeting to the time the client proposed; everybody is written to.

        :raise ValidationError: nothing is proposed, or it is past
        """
        self._charter_step("planned")
        proposed = self.proposed_start_at
        if not proposed or proposed <= self._charter_now():
            raise ValidationError(self.env._("Proposed by the client: there is no time to come."))
        self._charter_engine().proposed_start_at = False
        self.start_at = proposed
