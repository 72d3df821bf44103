"""What staff record in the name of a client: it reads that at once, and says “that is not so” (article 03)."""

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ..base.charter_format import moment_text

_lt = LazyTranslate(__name__)


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    accepted_for_id = fields.Many2one(
        "res.users",
        "Acceptance recorded by",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Who recorded, in the name of the client, that it accepts our answer. The client was written to, and may say that it is not so.",
    )

    def action_resolve(self, how):
        """Record as ``super`` does; the client is informed at once of what was recorded in its name, by whom and on what ground.

        Of a complaint that was with general management, general management is informed too.

        :raise ValidationError: as ``super``; or the client cannot be written to, with the remedy
        """
        for escalation in self:
            unreachable = (escalation.contact_id or escalation.partner_id)._charter_unreachable(
                escalation.partner_id
            )
            if unreachable:
                raise ValidationError(unreachable)
        result = super().action_resolve(how)
        for escalation in self:
            escalation._charter_engine().accepted_for_id = self.env.user
            escalation._mail_client("mileo_client_charter.mail_escalation_accepted_for")
            if escalation.level == "2":
                escalation._notify_direction(
                    _lt("%(user)s recorded that the client accepts our answer", user=self.env.user.name)
                )
        return result

    def _notify_direction(self, summary):
        """Give general management a task about it; whoever does the step knows already."""
        people = self.env["charter.assignment"]._company_people(self.company_id, "general_management")
        for user in people - self.env.user:
            self.sudo().activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=summary,
                note=self.resolution,
            )

    def _may_contest(self):
        """Return whether it is closed by an acceptance that staff recorded: the client may say that it is not so, at any time."""
        self.ensure_one()
        record = self.sudo()
        return record.state == "resolved" and bool(record.accepted_for_id)

    def _link_contest_values(self, contact):
        return {
            "heading": self.display_name,
            **self._link_state_values(contact),
            "may_contest": self._may_contest(),
            "recorded": self._recorded_moment(contact.tz),
        }

    def _recorded_moment(self, tz=None):
        """Return when the acceptance was recorded, in words, in ``tz`` or the company's time zone."""
        tz = tz or self.company_id._charter_tz()
        return moment_text(self.env, self.sudo().resolved_at, tz, "d MMMM y, HH:mm")

    def _link_contest(self, contact, form):
        """Open again, by the client's own word, what staff had recorded as accepted. :raise ValidationError: accepted by the client itself"""
        escalation = self._charter_locked()
        if escalation.state != "resolved":
            return None
        escalation._contest(contact)
        return self.env._("You did not accept our answer: the escalation is open again.")

    def _portal_contest(self):
        """Open it again as by the link, from the portal. :raise ValidationError: accepted by the client itself"""
        escalation = self._charter_locked()
        if escalation.state == "resolved":
            escalation._contest(self.env.user.partner_id)

    def _contest(self, contact):
        escalation = self.sudo()._charter_engine()
        if not escalation._may_contest():
            raise ValidationError(
                self.env._("It was not accepted in your name: reply to our message, and we open it again.")
            )
        said = escalation.resolution
        user = escalation.accepted_for_id
        escalation.write(
            {"state": "answered", "resolved_at": False, "resolution": False, "accepted_for_id": False}
        )
        message = escalation._trace(
            contact,
            self.env._("I did not accept the answer. What was recorded in my name is not so: %s", said),
        )
        self.env["charter.word"].sudo()._hear(escalation, escalation._charter_now(), message)
        escalation._notify_direction(
            _lt(
                "The client did not accept the answer, as %(user)s had recorded",
                user=user.name,
            )
        )
