"""Which answers count for a client is decided when they are given; leaving one out is a step with a reason."""

import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate

from ...tools import nps as nps_rules
from ..base.charter_recorded import OPERATIONS

_lt = LazyTranslate(__name__)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    respondent = fields.Integer(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        aggregator=None,
        help="A number that shows which answers come from the same person, also once the name is removed.",
    )
    nps_counted = fields.Integer(
        "Speaks for the client",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="1 when it was given by somebody who was a contact of the client at that moment.",
    )
    left_out_at = fields.Datetime(
        "Left out of the NPS since", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    left_out_by_id = fields.Many2one(
        "res.users", "Left out by", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    left_out_reason = fields.Char(
        "Why it is left out", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )

    def _nps_values(self, nps):
        """Return what is recorded of an answer from 0 to 10, given now, and of who gives it."""
        self.ensure_one()
        if nps is None:
            return {}
        return {
            "nps": nps,
            "nps_answered": 1,
            "promoter": int(nps_rules.is_promoter(nps)),
            "detractor": int(nps_rules.is_detractor(nps)),
            "respondent": self.respondent or self._respondent_of(self.contact_id),
            "nps_counted": self.nps_counted if self.nps_answered else int(self._speaks_for_client()),
        }

    def _speaks_for_client(self):
        """Return whether who answers is a contact of the client at this moment."""
        contact = self.sudo().contact_id
        return bool(contact.active and contact.commercial_partner_id == self.sudo().partner_id)

    def _respondent_of(self, contact):
        """Return the number of ``contact`` among the answers of this client, a new one for somebody new."""
        earlier = (
            self.sudo().search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "=", self.partner_id.id),
                    ("contact_id", "=", contact.id),
                    ("respondent", "!=", 0),
                    ("id", "!=", self.id),
                ],
                order="id",
                limit=1,
            )
            if contact
            else self.sudo().browse()
        )
        return earlier.respondent or secrets.randbelow(2**31 - 1) + 1

    # -- leaving an answer out --------------------------------------------------------------------

    def _check_nps_step(self, reason):
        self.ensure_one()
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OPERATIONS)):
            raise AccessError(
                self.env._("Only operations managers decide that an answer is left out of the NPS.")
            )
        reason = self._charter_reason(reason)
        if not self.nps_answered or not self.nps_counted:
            raise UserError(
                self.env._("“%s” is in no NPS: there is nothing to leave out.", self.display_name)
            )
        feedback = self._charter_locked()
        return feedback, reason

    def action_leave_out(self, reason):
        """Leave the answer out of the client's NPS from now on; the verdict prints that it is, and why.

        :raise AccessError: not an operations manager  :raise ValidationError: no reason
        :raise UserError: in no NPS, or left out already
        """
        feedback, reason = self._check_nps_step(reason)
        if feedback.left_out_at:
            raise UserError(self.env._("“%s” is left out already.", self.display_name))
        feedback.write(
            {"left_out_at": self._charter_now(), "left_out_by_id": self.env.uid, "left_out_reason": reason}
        )
        feedback._charter_note_correction(
            {"left_out_at": (False, feedback._charter_recorded_value("left_out_at"))}, reason
        )
        people = self.env["charter.assignment"]._company_people(self.company_id, "general_management")
        for user in people - self.env.user:
            feedback.sudo().activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("%(user)s left an answer out of the NPS", user=self.env.user.name),
                note=reason,
            )

    def _charter_is_for_client(self, name):
        """Return whether a correction is shown on the answer's own page: that it no longer counts, and why, is."""
        return name == "left_out_at" or super()._charter_is_for_client(name)

    def action_count_again(self, reason):
        """Count the answer in the client's NPS again.

        :raise AccessError: not an operations manager  :raise ValidationError: no reason
        :raise UserError: not left out
        """
        feedback, reason = self._check_nps_step(reason)
        if not feedback.left_out_at:
            raise UserError(self.env._("“%s” is not left out.", self.display_name))
        before = feedback._charter_recorded_value("left_out_at")
        feedback.write({"left_out_at": False, "left_out_by_id": False, "left_out_reason": False})
        feedback._charter_note_correction({"left_out_at": (before, False)}, reason)

    def action_ask_leave_out(self):
        return self._ask_nps_step("leave_out", self.env._("Leave out of the NPS"))

    def action_ask_count_again(self):
        return self._ask_nps_step("count_again", self.env._("Count in the NPS again"))

    def _ask_nps_step(self, operation, title):
        return self.env["charter.obligation"]._wizard_action(operation, title) | {
            "context": {"default_operation": operation, "default_feedback_ids": self.ids}
        }
