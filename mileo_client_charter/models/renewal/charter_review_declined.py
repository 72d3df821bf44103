"""A review the client declines: it was organised, which meets the commitment, and it is shown as declined."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.words import is_sentence
from ..base.charter_copy import mail_recorded_for
from ..base.charter_format import moment_text

_lt = LazyTranslate(__name__)


class CharterReview(models.Model):
    _inherit = "charter.review"

    declined_contact_id = fields.Many2one(
        "res.partner",
        "Declined by",
        domain="[('commercial_partner_id', '=', partner_id)]",
        copy=False,
        charter_recorded="client",
        groups="base.group_user",
    )
    decline_words = fields.Text(
        "How the client declined",
        copy=False,
        charter_recorded="client",
        groups="base.group_user",
        help="In the client's own terms: by email, by phone, on which day.",
    )
    declined_at = fields.Datetime(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    invitation_proof = fields.Text(
        "Invitation",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Which of the client's people were invited to what, by email, and when.",
    )

    @api.constrains("declined_contact_id", "contract_id")
    def _check_declined_contact(self):
        for review in self.filtered("declined_contact_id"):
            if review.declined_contact_id.commercial_partner_id != review.partner_id:
                raise ValidationError(
                    self.env._(
                        "Declined by: %(contact)s is not a contact of %(client)s.",
                        contact=review.declined_contact_id.display_name,
                        client=review.partner_id.display_name,
                    )
                )

    def action_decline(self):
        """Record that the client does not want the meeting it was invited to: the promise is kept, with the proof of the invitation.

        :raise ValidationError: who declined, or how, is not said; or nobody of the client was invited by mail
        """
        engine = self._charter_step("planned")
        if not self.declined_contact_id:
            raise ValidationError(self.env._("Declined by: choose the contact of the client who declined."))
        if not is_sentence(self.decline_words):
            raise ValidationError(
                self.env._("How the client declined: record it, with the day and the channel.")
            )
        proof = engine._proof_of_invitation()
        if not proof:
            raise ValidationError(
                self.env._(
                    "Invited by the client: no invitation has been emailed to anyone of %s. Invite them "
                    "first; then what they answer can be recorded.",
                    self.partner_id.display_name,
                )
            )
        engine.write({"state": "declined", "declined_at": self._charter_now(), "invitation_proof": proof})
        engine._fulfil_promise(
            _lt(
                "Organised, and declined by %(contact)s, recorded by %(user)s. %(proof)s",
                contact=self.declined_contact_id._charter_key(),
                user=self.env.user._charter_key(),
                proof=proof,
            )
        )

        def said(review):
            env = review.env
            return env._("%s: you do not wish this meeting", review.display_name), [
                (env._("You do not wish this meeting"), review.decline_words)
            ]

        mail_recorded_for(self, self.declined_contact_id, said)
        # Archived, not deleted: the invitation goes with its event.
        engine.event_id.active = False

    def _proof_of_invitation(self):
        """Return one line an invitation mailed to the client's people that has not failed; empty when there is none."""
        self.ensure_one()
        event = self.sudo().event_id
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    # Before 19.0.1.2.0 core mailed them, from the event.
                    "|",
                    "&",
                    ("model", "=", "calendar.event"),
                    ("res_id", "=", event.id),
                    "&",
                    "&",
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("attachment_ids.mimetype", "=ilike", "text/calendar%request"),
                    ("state", "in", ("outgoing", "sent")),
                    ("recipient_ids", "any", [("commercial_partner_id", "=", self.partner_id.id)]),
                ],
                order="id",
            )
            if event
            else self.env["mail.mail"]
        )
        lines = []
        for mail in mails:
            people = mail.recipient_ids.filtered(lambda one: one.commercial_partner_id == self.partner_id)
            lines.append(
                self.env._(
                    "Invited on %(day)s by email %(number)s: %(people)s.",
                    day=moment_text(self.env, mail.create_date, self.company_id._charter_tz(), "short"),
                    number=mail.mail_message_id.id,
                    people=people._charter_key(),
                )
            )
        return "\n".join(lines)
