from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CharterReviewAnswer(models.Model):
    """What one contact said at a meeting; it becomes feedback of the channel “interview” once the meeting is held."""

    _name = "charter.review.answer"
    _description = "Answer at a review"
    _inherit = ["charter.merge.mixin", "charter.engine.mixin"]
    _charter_merge_rules = {"once_a_contact_idx": "_charter_merge_answers"}
    _rec_name = "contact_id"

    review_id = fields.Many2one("charter.review", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="review_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    # Empty once the answer is anonymised, and only then (charter_privacy).
    contact_id = fields.Many2one("res.partner", "Who", domain="[('commercial_partner_id', '=', partner_id)]")
    rating = fields.Selection(
        [("1", "1 · Not satisfied at all"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5 · Very satisfied")],
        "Satisfaction",
        required=True,
    )
    nps = fields.Char("Would recommend (0–10)", help="From 0 to 10; empty: not asked, or no answer.")
    comment = fields.Text("In the client's words")
    wishes = fields.Text()
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
                    self.env._("Answers: %(contact)s is not a contact of %(client)s.",
                               contact=answer.contact_id.display_name, client=answer.review_id.partner_id.name)
                )  # fmt: skip

    def write(self, vals):
        if not self._charter_is_engine() and self.filtered("feedback_id"):
            raise UserError(self.env._("Answers: once the meeting is held, what was said stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unsaid(self):
        if self.filtered("feedback_id"):
            raise UserError(self.env._("Answers: once the meeting is held, what was said stays as it is."))

    @api.model
    def _charter_merge_answers(self, groups, merge):
        """Both answers stay: each was given."""
        for group in groups:
            _kept, *others = group.sorted(lambda answer: (answer.contact_id.id != merge.target, answer.id))
            self.browse([other.id for other in others])._charter_set_aside(merge, "contact_id")

    def _become_feedback(self):
        """A negative mark calls for a callback, as from any other door."""
        for answer in self._charter_engine():
            review = answer.review_id
            feedback = self.env["charter.feedback"]._charter_engine().create(
                {
                    "channel": "interview",
                    "partner_id": review.partner_id.id,
                    "contact_id": answer.contact_id.id,
                    "company_id": review.company_id.id,
                    "contract_id": review.contract_id.id,
                    "state": "sent",
                }
            )  # fmt: skip
            words = "\n\n".join(filter(None, [answer.comment, answer.wishes]))
            feedback._answer(rating=answer.rating, nps=answer.nps, comment=words)
            answer.feedback_id = feedback
