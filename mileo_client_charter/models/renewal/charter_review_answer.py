"""What one contact said at a meeting, and how it becomes feedback of the channel “interview”."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.charter_copy import mail_copy
from ..base.charter_format import moment_text


class CharterReviewAnswer(models.Model):
    """What one contact said at a meeting; it becomes feedback of the channel “interview” once the meeting is held."""

    _name = "charter.review.answer"
    _description = "Answer at a review"
    _inherit = ["charter.merge.mixin", "charter.recorded.mixin"]
    _charter_merge_rules = {"once_a_contact_idx": "_charter_merge_answers"}
    _rec_name = "contact_id"

    review_id = fields.Many2one("charter.review", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="review_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    # Empty once the answer is anonymised, and only then (charter_privacy).
    contact_id = fields.Many2one(
        "res.partner",
        "Who",
        domain="[('commercial_partner_id', '=', partner_id)]",
        charter_recorded="client",
    )
    rating = fields.Selection(
        [("1", "1 · Not satisfied at all"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5 · Very satisfied")],
        "Satisfaction",
        required=True,
        charter_recorded="client",
    )
    nps = fields.Char(
        "Would recommend (0–10)",
        charter_recorded="client",
        help="From 0 to 10; empty: not asked, or no answer.",
    )
    comment = fields.Text("Client's comment", charter_recorded="client")
    wishes = fields.Text(charter_recorded="client")
    feedback_id = fields.Many2one("charter.feedback", readonly=True, copy=False, charter_engine=True)

    _once_a_contact_idx = models.UniqueIndex(
        "(review_id, contact_id) WHERE COALESCE(merged_from, 0) = 0",
        "Answers: this contact has answered already at this meeting.",
    )

    @api.constrains("nps")
    def _check_nps(self):
        for answer in self:
            self.env["charter.feedback"]._check_marks(answer.rating, answer.nps)

    @api.constrains("contact_id", "review_id")
    def _check_contact(self):
        for answer in self.filtered("contact_id"):
            if answer.contact_id.commercial_partner_id != answer.review_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "Answers: %(contact)s is not a contact of %(client)s.",
                        contact=answer.contact_id.display_name,
                        client=answer.review_id.partner_id.name,
                    )
                )

    def _charter_is_recorded(self, name):
        """Return whether the meeting is held: from then on what was said is feedback, and stays as it is."""
        return bool(self.feedback_id)

    @api.model
    def _charter_recorded_when(self):
        return dict.fromkeys(super()._charter_recorded_when(), "{row}.feedback_id IS NOT NULL")

    def _charter_check_correction(self, values):
        if "contact_id" in values and not values["contact_id"]:
            raise ValidationError(self.env._("Who: say whose answer it is."))
        return values

    def _charter_corrected(self, names, reason):
        """Correct the feedback with the answer it came from."""
        feedback = self.feedback_id
        values = {name: self[name] for name in ("rating", "nps") if name in names}
        if "contact_id" in names:
            values["contact_id"] = self.contact_id.id
        if {"comment", "wishes"} & set(names):
            values["comment"] = self._words()
        feedback._charter_correct(values, reason, from_meeting=True)

    def _words(self):
        return "\n\n".join(filter(None, [self.comment, self.wishes]))

    @api.model
    def _charter_merge_answers(self, groups, merge):
        """Keep both answers: each was given."""
        for group in groups:
            _kept, *others = group.sorted(lambda answer: (answer.contact_id.id != merge.target, answer.id))
            self.browse([other.id for other in others])._charter_set_aside(merge, "contact_id")

    def _become_feedback(self):
        """Make a feedback of the answer: a negative mark calls for a callback, as from any other door."""
        for answer in self._charter_engine():
            review = answer.review_id
            feedback = (
                self.env["charter.feedback"]
                ._charter_engine()
                .create(
                    {
                        "channel": "interview",
                        "partner_id": review.partner_id.id,
                        "contact_id": answer.contact_id.id,
                        "company_id": review.company_id.id,
                        "contract_id": review.contract_id.id,
                        "state": "sent",
                    }
                )
            )
            # What was said at a meeting was said then, whenever its minutes are typed.
            feedback._answer(
                rating=answer.rating, nps=answer.nps, comment=answer._words(), said_at=review.start_at
            )
            answer.feedback_id = feedback
            answer._mail_what_was_noted()

    def _mail_what_was_noted(self):
        """Mail the contact a copy: the mark counts at once, and was typed by us. Without an address there is none."""
        contact, review = self.contact_id, self.review_id
        if not contact.email_normalized:
            return
        feedback = self.feedback_id.with_context(lang=contact.lang or self.env.lang)
        tz = contact.tz or review.company_id._charter_tz()
        body = feedback.env["ir.qweb"]._render(
            "mileo_client_charter.mail_answer_noted",
            {
                "contact": contact,
                "answer": self.with_env(feedback.env),
                "day": moment_text(feedback.env, review.start_at, tz, "EEEE d MMMM y"),
            },
        )
        subject = feedback.env._("What we noted of your answers: %s", feedback.name)
        mail_copy(
            feedback, contact, review.company_id, subject, body, "mileo_client_charter.mail_client_layout"
        )


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    def _charter_correct(self, values, reason, from_meeting=False):
        """Correct as on every record; an answer noted at a meeting is corrected there, and its feedback follows.

        :param from_meeting: it is the answer of the meeting that is being corrected
        """
        answer = self.env["charter.review.answer"].sudo().search([("feedback_id", "=", self.id)], limit=1)
        if answer and not from_meeting:
            raise UserError(
                self.env._(
                    "This was recorded at a meeting: correct the answer there, “%s”; the feedback follows.",
                    answer.review_id.display_name,
                )
            )
        return super()._charter_correct(values, reason)
