"""What a client answered is corrected by operations, with a reason, and both stay."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import ValidationError

from ..base.charter_lock import lock
from .charter_feedback import LOW_RATING

# How long who answered may correct a mistaken mark.
CORRECTABLE = timedelta(hours=1)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    def _may_correct_mark(self):
        """Whether who answered may still correct a mistaken mark by the same link: for an hour."""
        self.ensure_one()
        return (
            self.channel == "survey"
            and self.state == "answered"
            and self._charter_now() - self.answered_at < CORRECTABLE
        )

    def _correct_mark(self, rating):
        """The mark was a mistake: the right one counts, both stay on record. A call that was promised stays promised.

        :raise ValidationError: too late, no mark, or the same one
        """
        self.ensure_one()
        rating, _none = self._check_marks(rating)
        feedback = self._charter_engine()
        lock(feedback)
        feedback.invalidate_recordset()
        if not feedback._may_correct_mark():
            raise ValidationError(
                self.env._("Rating: it can be corrected for an hour; call us, or write to us.")
            )
        before = feedback.rating
        if rating == before:
            raise ValidationError(self.env._("Rating: this is the one you gave."))
        feedback.rating = rating
        reason = self.env._("Corrected by the client within an hour.")
        feedback._charter_note_correction({"rating": (str(before), str(rating))}, reason)
        feedback._charter_corrected(["rating"], reason)

    def _charter_correctable(self):
        """An invitation nobody has answered has no words to correct."""
        return super()._charter_correctable() if self.state == "answered" else []

    def _charter_recorded_value(self, name):
        """0 is no mark, and a figure only where the question was answered."""
        if (name == "rating" and not self.rating) or (name == "nps" and not self.nps_answered):
            return False
        return super()._charter_recorded_value(name)

    def _charter_check_correction(self, values):
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
            values["comment"] = (values["comment"] or "").strip()[:5000]
            if self.comment and not values["comment"]:
                raise ValidationError(self.env._("Comment: write down what the client said."))
        if "contact_id" in values and not values["contact_id"]:
            raise ValidationError(self.env._("Contact: choose who answered; an answer needs a contact."))
        return values

    def _charter_corrected(self, names, reason):
        """A mark that was worse than recorded is called back from now on; a promise made is never taken back."""
        if "contact_id" in names:
            self.respondent = self._respondent_of(self.contact_id)
        if "rating" in names:
            self.negative = 0 < self.rating < self.threshold
        if self.negative and not self.call_reason:
            self.call_reason = LOW_RATING
            self._charter_open_or_explain("feedback.callback", at=self._charter_now())._charter_announce()
