"""What a client answers, once; a call is due on a low rating, a reported problem or when asked for; corrections keep both (article 02)."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.call_asked import asks_for_call
from ...tools.codes import FEEDBACK_CALLBACK
from .charter_feedback import ASKED_FOR, LOW_RATING, REPORTED

_lt = LazyTranslate(__name__)

# How long who answered may correct a mistaken mark.
CORRECTABLE = timedelta(hours=1)

COMMENT_LENGTH = 5000
# What a client enters in a survey or on its portal.
ENTERED = ("rating", "nps", "comment", "said_at")


def is_low(rating, threshold):
    """Return whether ``rating``, from 1 to 5, is below the ``threshold`` of the charter; none at all (None, 0) is not low."""
    return bool(rating) and rating < threshold


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    @api.model
    def _check_marks(self, rating=None, nps=None, rating_required=True):
        """Return the marks as integers or None. :raise ValidationError: out of range or not figures"""

        def figure(value, low, high):
            # An empty field of a form is False, which is no figure; 0 is one.
            text = "" if value is None or value is False else str(value).strip()
            if not text:
                return None
            if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
                raise ValueError
            return int(text)

        try:
            rating = figure(rating, 1, 5)
        except ValueError:
            raise ValidationError(self.env._("Rating: choose a value from 1 to 5.")) from None
        if rating is None and rating_required:
            raise ValidationError(self.env._("Rating: choose a value from 1 to 5."))
        try:
            return rating, figure(nps, 0, 10)
        except ValueError:
            raise ValidationError(self.env._("Would recommend: choose a figure from 0 to 10.")) from None

    def _answer(
        self, rating=None, nps=None, comment=None, ip=None, agent=None, call_reason=None, said_at=None
    ):
        """Store the client's answer; the first one wins.

        :param call_reason: REPORTED or ASKED_FOR when a call is due whatever the rating
        :param said_at: when the client said so, naive UTC; now by default
        :return: False when an answer was there already; nothing is changed then
        :raise ValidationError: marks out of range
        """
        self.ensure_one()
        rating, nps = self._check_marks(rating, nps, rating_required=self.channel == "survey")
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        # Two clicks at once: the second waits here, then sees the first one's answer.
        feedback = self._charter_locked()
        if feedback.state not in ("planned", "sent", "failed") or feedback.answered_at:
            return False
        now = self._charter_now()
        said_at = self._charter_said_moment(said_at)
        # Surveys already out keep being asked about even when no charter is in force any more.
        threshold = self.env["charter.commitment"]._threshold_of(feedback.company_id, FEEDBACK_CALLBACK)
        negative = is_low(rating, threshold)
        feedback.write(
            {
                "state": "answered",
                "answered_at": now,
                "said_at": said_at,
                "rating": rating or 0,
                "comment": comment,
                "answer_ip": ip,
                "answer_agent": (agent or "")[:250],
                "threshold": threshold,
                "negative": negative,
                "call_reason": LOW_RATING if negative else call_reason,
                **feedback._nps_values(nps),
            }
        )
        if feedback.call_reason:
            feedback._open_callback(said_at, now)
        elif comment or feedback.detractor:
            # No call is promised: the words are in somebody's list anyway.
            self.env["charter.word"].sudo()._hear(feedback, said_at)
        feedback._charter_mark_late(said_at, now, _lt("Client's comment"))
        return True

    def _complete(self, nps=None, comment=None, call_me=False):
        """Return the comment and the recommendation that follow a mark, each taken once, and the call a client asks for.

        A second thought is heard: words, a low figure or a call asked for after a good mark are in somebody's list.

        :raise ValidationError: figure out of range
        """
        self.ensure_one()
        _rating, nps = self._check_marks(nps=nps, rating_required=False)
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        feedback = self._charter_locked()
        if feedback.state != "answered":
            return False
        values = {}
        if nps is not None and not feedback.nps_answered:
            values.update(feedback._nps_values(nps))
        if comment and not feedback.comment:
            values["comment"] = comment
        if call_me and not feedback.call_reason:
            values["call_reason"] = ASKED_FOR
        feedback.write(values)
        now = self._charter_now()
        if values.get("call_reason"):
            feedback._open_callback(now, now)
        elif feedback.followup != "call" and (values.get("comment") or values.get("detractor") or call_me):
            self.env["charter.word"].sudo()._hear(feedback, now)
        return bool(values)

    def _charter_sounds_like_a_call(self):
        """Return whether the client wrote that it wants to be called, and no call is owed: it is asked, nothing is guessed."""
        self.ensure_one()
        return self.state == "answered" and not self.sudo().call_reason and asks_for_call(self.comment)

    def _open_callback(self, said_at, recorded):
        """Open the call-back of article 02, from when the client spoke; without a charter in force the feedback says so."""
        self.ensure_one()
        opened = self._charter_open_or_explain(FEEDBACK_CALLBACK, at=said_at)
        self._charter_note_late(opened, said_at, recorded)
        opened._charter_announce()

    @api.model
    def _from_portal(self, contact, rating=None, comment=None, problem=False, call_me=False):
        """Return a comment a client leaves on the portal, with or without a mark.

        :raise ValidationError: neither mark nor words, or a mark out of range
        """
        rating, _nps = self._check_marks(rating, rating_required=False)
        comment = self._charter_words(comment, COMMENT_LENGTH, self.env._("Comment"))
        if rating is None and not comment:
            raise ValidationError(self.env._("Comment: write a short comment, or choose a rating."))
        company = contact.commercial_partner_id._charter_serving_company()
        feedback = self._charter_engine().create(
            {
                "channel": "portal",
                "partner_id": contact.commercial_partner_id.id,
                "contact_id": contact.id,
                "company_id": company.id,
                "state": "sent",
                "ask_nps": False,
            }
        )
        reason = REPORTED if problem else ASKED_FOR if call_me else None
        feedback._answer(rating=rating, comment=comment, call_reason=reason)
        return feedback.with_env(self.env)

    @api.model
    def _call_beside(self, contact, words, form):
        """Open the call that ``contact`` ticked beside something else it sends; where its words alone ask for one, ask it by email.

        The same words twice are one call.

        :param words: what it wrote there, or what it answered
        :param form: what it sent
        """
        ticked, words = bool(form.get("call_me")), words[:COMMENT_LENGTH].strip()
        if not (ticked or asks_for_call(words)):
            return
        known = self.sudo().search_count(
            [
                ("contact_id", "=", contact.id),
                ("comment", "=", words),
                ("create_date", ">", self.env.cr.now() - timedelta(minutes=5)),
            ],
            limit=1,
        )
        if known:
            return
        feedback = self.sudo()._from_portal(contact, comment=words, call_me=ticked)
        if not ticked:
            self.env["charter.word"].sudo()._unread_of(feedback)._ask_about_call(contact)

    # -- what a client answered is corrected by operations, with a reason, and both stay ---------------

    def _may_correct_mark(self):
        """Return whether who answered may still correct a mistaken mark by the same link: for an hour."""
        self.ensure_one()
        return (
            self.channel == "survey"
            and self.state == "answered"
            and self._charter_now() - self.answered_at < CORRECTABLE
        )

    def _correct_mark(self, rating):
        """Correct a mark that was a mistake: the right one counts, both stay on record. A call that was promised stays promised.

        :raise ValidationError: too late, no mark, or the same one
        """
        self.ensure_one()
        rating, _none = self._check_marks(rating)
        feedback = self._charter_locked()
        if not feedback._may_correct_mark():
            raise ValidationError(
                self.env._("Rating: it can be corrected for an hour; call us, or write to us.")
            )
        before = feedback.rating
        if rating == before:
            raise ValidationError(self.env._("Rating: this is the one you gave."))
        feedback.rating = rating
        reason = _lt("Corrected by the client within an hour.")
        feedback._charter_note_correction({"rating": (str(before), str(rating))}, reason)
        feedback._charter_corrected(["rating"], reason)

    def _charter_correctable(self):
        """Name what may be corrected: nothing of an invitation nobody has answered, nor what the client entered itself."""
        if self.state != "answered":
            return []
        return [name for name in super()._charter_correctable() if not self._charter_by_client(name)]

    def _charter_by_client(self, name):
        """Return whether the client itself entered field ``name``, in a survey or on its portal."""
        return name in ENTERED and self.channel in ("survey", "portal")

    def _charter_may_correct(self, names):
        result = super()._charter_may_correct(names)
        if any(self._charter_by_client(name) for name in names):
            raise UserError(
                self.env._(
                    "The client entered this answer itself: it stays. Where it is wrong, leave it out of the NPS "
                    "with the reason, which the renewal decision prints, and ask the client again."
                )
            )
        return result

    def _charter_recorded_value(self, name):
        """Return the value on record: 0 is no mark, and a figure only where the question was answered."""
        if (name == "rating" and not self.rating) or (name == "nps" and not self.nps_answered):
            return False
        return super()._charter_recorded_value(name)

    def _charter_check_correction(self, values):
        values = super()._charter_check_correction(values)
        if "rating" in values:
            rating, _none = self._check_marks(values["rating"], rating_required=bool(self.rating))
            values["rating"] = rating or 0
        if "nps" in values:
            _none, nps = self._check_marks(nps=values["nps"], rating_required=False)
            if nps is None and self.nps_answered:
                raise ValidationError(
                    self.env._(
                        "Would recommend: an answer is not taken out by correcting it; use “Leave out of the NPS”, "
                        "with the reason."
                    )
                )
            values.pop("nps")
            if nps is not None:
                values.update(self._nps_values(nps))
        if "comment" in values:
            values["comment"] = (values["comment"] or "").strip()[:COMMENT_LENGTH]
            if self.comment and not values["comment"]:
                raise ValidationError(self.env._("Comment: write down what the client said."))
        if "contact_id" in values and not values["contact_id"]:
            raise ValidationError(self.env._("Contact: choose who answered; an answer needs a contact."))
        return values

    def _charter_corrected(self, names, reason):
        """Call back for a mark that was worse than recorded, from now on; a promise made is never taken back."""
        result = super()._charter_corrected(names, reason)
        if "contact_id" in names:
            self.respondent = self._respondent_of(self.contact_id)
        if "rating" in names:
            self.negative = is_low(self.rating, self.threshold)
        if self.negative and not self.call_reason:
            self.call_reason = LOW_RATING
            self._charter_open_or_explain(FEEDBACK_CALLBACK, at=self._charter_now())._charter_announce()
        return result
