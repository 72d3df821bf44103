"""What becomes of an escalation: the answer of its level, level 2, and what resolves it (article 03)."""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import ESCALATION_LEVEL1, ESCALATION_LEVEL2
from ...tools.words import is_said

_lt = LazyTranslate(__name__)


class CharterEscalation(models.Model):
    _inherit = "charter.escalation"

    @api.model
    def _charter_met_by(self, code):
        if code in (ESCALATION_LEVEL1, ESCALATION_LEVEL2):
            return self.env._("Answer the client"), "action_ask_answer"
        return super()._charter_met_by(code)

    def action_ask_answer(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "answer")

    def _record_answer(self, subject, body):
        """Answer the client, by mail and on the portal; this keeps the promise of the present level.

        :raise ValidationError: not waiting for an answer, or nothing to send
        :raise AccessError: level 2 answered by somebody who does not speak for general management
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "open" and not self.unsatisfied_at:
            raise ValidationError(self.env._("No answer is awaited on %s.", self.display_name))
        self._check_may_answer()
        sent = self._charter_write_to_client(self.contact_id or self.partner_id, subject, body)
        escalation = self._charter_engine()
        escalation.write(
            {
                "state": "answered",
                "answered_at": self._charter_now(),
                "answer": sent.message.body,
                "unsatisfied_at": False,
                "asked_at": False,
            }
        )
        evidence = _lt(
            "Answered by %(user)s by email to %(contact)s.",
            user=self.env.user._charter_key(),
            contact=sent.people._charter_key(),
        )
        # An answer at level 2 is also the one level 1 still owed.
        for code in (ESCALATION_LEVEL1, ESCALATION_LEVEL2):
            escalation._charter_fulfil(code, evidence)
        escalation.activity_feedback(["mileo_client_charter.activity_promise"])

    def _check_may_answer(self):
        group = "group_charter_operations" if self.level == "1" else "group_charter_direction"
        if not self.env.user.has_group(f"mileo_client_charter.{group}"):
            raise AccessError(
                self.env._("Level 1 is answered by the operations manager, level 2 by general management.")
            )

    def action_ask_level2(self):
        return self.env["charter.obligation"]._wizard_action(
            "level2", self.env._("The client goes to general management")
        ) | {"context": {"default_operation": "level2", "default_escalation_ids": self.ids}}

    def action_level2(self, reason=None, said_at=None):
        """Go to level 2 on the client's word, given to staff, that the answer is not enough.

        :param reason: what the client said; the dialogue asks for it  :param said_at: when, naive UTC; now by default
        :raise ValidationError: no reason, a moment to come, neither answered nor overdue
        """
        for escalation in self:
            escalation.check_access("write")
            if reason is not None and not is_said(reason):
                raise ValidationError(
                    self.env._("Why level 2: write down what the client is not satisfied with.")
                )
            escalation._to_level2(reason, said_at)

    def _may_go_to_level2(self):
        """Return whether the client may go to general management: after an answer at level 1, or once that is overdue."""
        self.ensure_one()
        if self.level != "1" or self.state not in ("open", "answered"):
            return False
        return self.state == "answered" or self._is_answer_overdue(self._current_promises().get(self.id))

    def _may_say_unsatisfied(self):
        """Return whether general management has answered: there is no third level, but it hears that it does not satisfy."""
        self.ensure_one()
        return self.level == "2" and self.state == "answered"

    def _not_satisfied(self, reason, said_at, contact=None):
        """Record that general management's answer does not satisfy: it reads why, and may answer again; nothing is promised again."""
        self._charter_engine().unsatisfied_at = said_at
        if contact:
            words = self.env._("The answer of your general management does not satisfy me: %s", reason)
        else:
            words = self.env._("The answer of general management does not satisfy the client: %s", reason)
        message = self._trace(contact or self.env.user.partner_id, words)
        self.env["charter.word"].sudo()._hear(self, said_at, message)

    def _to_level2(self, reason=None, said_at=None, contact=None):
        """Raise the escalation to general management; the clock of level 2 counts from when the client said so.

        :param contact: of the client, who says so itself
        :raise ValidationError: neither answered nor overdue, or at level 2 already
        """
        self.ensure_one()
        now, said_at = self._charter_now(), self._charter_said_moment(said_at)
        reason = self._charter_words(
            reason, 5_000, self._fields["level2_reason"]._description_string(self.env)
        )
        if said_at < (self.said_at or said_at):
            raise ValidationError(self.env._("Reported on: level 2 comes after the escalation itself."))
        # Two clicks are one step.
        escalation = self._charter_locked()
        if escalation._may_say_unsatisfied():
            if not is_said(reason):
                raise ValidationError(
                    self.env._(
                        "Why: write down what does not satisfy the client in the answer of general management."
                    )
                )
            if not escalation.unsatisfied_at:
                escalation._not_satisfied(reason.strip(), said_at, contact)
            return
        if not escalation._may_go_to_level2():
            raise ValidationError(
                self.env._("Level 2 comes after an answer at level 1, or once that answer is overdue.")
            )
        escalation.activity_feedback(["mileo_client_charter.activity_promise"])
        escalation.write(
            {
                "level": "2",
                "level2_at": said_at,
                "level2_recorded_at": now,
                "level2_reason": reason,
                "state": "open",
            }
        )
        escalation._start_clock(ESCALATION_LEVEL2, said_at, now)
        escalation._charter_mark_late(said_at, now, _lt("Level 2"))

    def _client_to_level2(self, reason, contact=None):
        """Raise the escalation by the client's own word, with its reason. :raise ValidationError: no words, or it is not the moment"""
        if not is_said(reason):
            raise ValidationError(
                self.env._("Why level 2: explain briefly to our general management what is still wrong.")
            )
        self._to_level2(reason, contact=contact or self.env.user.partner_id)

    def _resolve(self, how):
        """:raise ValidationError: the client has not received an answer"""
        self.ensure_one()
        if self.state != "answered":
            raise ValidationError(
                self.env._("An escalation is resolved once the client has received an answer to it.")
            )
        self._charter_engine().write(
            {"state": "resolved", "resolved_at": self._charter_now(), "resolution": how}
        )

    def action_ask_resolve(self):
        return self.env["charter.obligation"]._wizard_action(
            "resolve", self.env._("The client accepts the answer")
        ) | {"context": {"default_operation": "resolve", "default_escalation_ids": self.ids}}

    def action_resolve(self, how):
        """Record, as staff, that the client accepted the answer, and how they know.

        :raise ValidationError: no words on how, or no answer yet
        """
        for escalation in self:
            escalation.check_access("write")
            if not is_said(how):
                raise ValidationError(
                    self.env._("How do you know: say when and how the client accepted the answer.")
                )
            escalation._resolve(
                _lt("%(how)s (recorded by %(user)s)", how=how.strip(), user=self.env.user.name)
            )

    def _portal_accept(self):
        self.ensure_one()
        self._charter_locked()
        if self.state == "resolved":
            return
        self._resolve(_lt("Accepted by %s on the portal.", self.env.user.name))
