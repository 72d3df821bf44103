"""What a client answered is corrected by operations, with a reason, and both stay."""

from odoo import models
from odoo.exceptions import ValidationError

from .charter_feedback import LOW_RATING


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

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
            raise ValidationError(self.env._("Contact: say who answered; nobody's answer is none."))
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
