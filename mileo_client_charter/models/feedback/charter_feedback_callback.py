"""The call-back of a client and the outcome it is informed of: neither step can be skipped (article 02)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_local
from ...tools.codes import FEEDBACK_CALLBACK, FEEDBACK_OUTCOME
from ...tools.words import is_said, is_sentence, trimmed
from ..base.charter_copy import mail_recorded_for
from ..base.charter_format import moment_text
from ..base.charter_words import Kept, LongWords, as_stored, stored

_lt = LazyTranslate(__name__)
# Nobody is called again at once.
AGAIN = timedelta(hours=2)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    call_attempts = fields.Integer(
        "Attempts to call", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    call_log = LongWords(
        "Calls so far",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Attempts to reach the client, each with its moment, who called and how it ended.",
    )

    @api.model
    def _next_attempt_at(self):
        """Return when to try again by default, naive UTC: in two hours, when the company is at work."""
        return self.env.company._charter_next_opening(self._charter_now() + AGAIN)

    def _record_attempt(self, called_at, left_message=False, note="", next_at=None):
        """Record that nobody answered: the promise goes on, and the next attempt becomes an activity of the caller's.

        :param called_at: naive UTC, not in the future
        :param next_at: when to try again, naive UTC; two hours on, in office hours, by default
        :raise ValidationError: no call is due, or a moment that cannot be
        """
        self._check_call_due(called_at)
        next_at = next_at or self._next_attempt_at()
        if next_at <= called_at:
            raise ValidationError(self.env._("Next attempt: choose a moment after this call."))
        how = _lt("no answer, left a message") if left_message else _lt("no answer")
        line = _lt("%(moment)s, %(user)s: %(how)s", moment=called_at, user=self.env.user.partner_id, how=how)
        note = trimmed(note).replace("\n", " ")
        line = Kept(f"{stored(line)} – {stored(note)}") if note else stored(line)
        feedback = self._charter_engine()
        feedback.write(
            {
                "call_attempts": self.call_attempts + 1,
                "call_log": Kept("\n".join(filter(None, [as_stored(self, "call_log"), line]))),
            }
        )
        kind = "mail.mail_activity_data_call"
        self.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(kind)).unlink()
        tz = self.env.context.get("tz") or self.env.user.tz or self.company_id._charter_tz()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            kind,
            user_id=self.env.user.id,
            date_deadline=to_local(next_at, tz).date(),
            summary=_lt(
                "Call %(who)s again at %(hour)s",
                who=self.contact_id or self.partner_id,
                hour=f"{to_local(next_at, tz):%H:%M}",
            ),
        )

    @api.model
    def _charter_met_by(self, code):
        steps = {
            FEEDBACK_CALLBACK: (self.env._("Record the call"), "action_ask_callback"),
            FEEDBACK_OUTCOME: (self.env._("Inform the client of the outcome"), "action_ask_outcome"),
        }
        return steps.get(code) or super()._charter_met_by(code)

    def action_ask_callback(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record the call"),
            "res_model": "charter.feedback.callback",
            "view_mode": "form",
            "target": "new",
            "context": {"default_feedback_id": self.id},
        }

    def _record_callback(self, called_at, understanding, apology, actions, no_action_reason):
        """Record the call that was held: what was understood, apologies, what will be done, by whom and when.

        :param actions: list of dicts for ``charter.corrective.action``
        :raise ValidationError: a part is missing, naming it
        """
        now = self._check_call_due(called_at)
        if called_at < self.said_at - timedelta(minutes=1):
            raise ValidationError(self.env._("Call held at: the call comes after the client's feedback."))
        if not is_sentence(understanding):
            raise ValidationError(
                self.env._("What was understood: describe the client's situation in your own terms.")
            )
        if apology not in ("made", "not_due"):
            raise ValidationError(self.env._("Apologies: say whether they were due, and make them if so."))
        if not actions and not is_said(no_action_reason):
            raise ValidationError(
                self.env._(
                    "Corrective actions: plan at least one, with an owner and a date, or say why none is needed."
                )
            )
        feedback = self._charter_engine()
        feedback.write(
            {
                "called_at": called_at,
                "call_recorded_at": now,
                "called_by_id": self.env.user.id,
                "understanding": understanding.strip(),
                "apology": apology,
                "no_action_reason": (no_action_reason or "").strip(),
            }
        )
        self.env["charter.corrective.action"]._charter_engine().create(
            [{**action, "feedback_id": feedback.id} for action in actions]
        )
        feedback._charter_fulfil(
            FEEDBACK_CALLBACK,
            _lt(
                "Call held at %(moment)s UTC, recorded at %(recorded)s UTC by %(user)s.",
                moment=fields.Datetime.to_string(called_at),
                recorded=fields.Datetime.to_string(now),
                user=self.env.user._charter_key(),
            ),
            at=called_at,
        )
        feedback.activity_feedback(["mileo_client_charter.activity_promise"], feedback=understanding.strip())
        self.activity_unlink(["mail.mail_activity_data_call"])
        self.env["charter.word"]._unread_of(feedback).with_env(self.env).sudo()._mark_read()
        # The client has waited for word since the call, not since somebody typed it in.
        opened = feedback._charter_open_or_explain(FEEDBACK_OUTCOME, at=called_at)
        feedback._charter_note_late(opened, called_at, now)
        feedback._charter_mark_late(called_at, now, _lt("The call"))
        self._mail_call_noted()

    def _mail_call_noted(self):
        """Mail who was called what was recorded of the call: it says if that is not so."""
        self.ensure_one()
        contact = self.contact_id or self.partner_id
        tz = contact.tz or self.company_id._charter_tz()

        def said(feedback):
            env = feedback.env
            called = moment_text(env, feedback.called_at, tz, "EEEE d MMMM y, HH:mm")
            return env._("What we noted of our call: %s", feedback.name), [
                (env._("We called you"), called),
                (env._("What we understood"), feedback.understanding),
            ]

        mail_recorded_for(self, contact, said)

    def _check_call_due(self, called_at):
        """Check what holds for every call that is recorded, answered or not.

        :return: the moment it is recorded, naive UTC
        :raise ValidationError: no call is due, or a moment that cannot be  :raise AccessError: not the user's to record
        """
        self.ensure_one()
        self.check_access("write")
        now = self._charter_now()
        if self.followup != "call":
            raise ValidationError(self.env._("No call is due on this feedback."))
        self._check_may_call()
        if not called_at or called_at > now:
            raise ValidationError(
                self.env._("Call held at: give the moment of the call; it cannot be in the future.")
            )
        return now

    def _check_may_call(self):
        """Check that the account manager calls (article 02), or whoever stands in; operations and general management may.

        :raise AccessError: somebody else of the staff
        """
        self.ensure_one()
        if self.env.su or self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            return
        client = self._charter_partner()
        key = (self.company_id.id, "account_manager", client.id)
        holder = self.env["charter.assignment"].sudo()._holders({key}).get(key)
        owners = self._charter_owed(FEEDBACK_CALLBACK).user_id.ids
        if self.env.uid not in {holder, *owners}:
            raise AccessError(
                self.env._(
                    "The call is %(manager)s's to hold, as the client's account manager: ask them to record it, or an "
                    "operations manager.",
                    manager=self.env["res.users"].sudo().browse(holder or owners[:1]).name
                    or self.env._("the account manager"),
                )
            )

    def action_ask_outcome(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "outcome")

    def _record_outcome(self, subject, body):
        """Inform the client what was done with its feedback; this is what keeps ``feedback.outcome``.

        :raise ValidationError: the call comes first, nobody to write to, or nothing to say
        """
        self.ensure_one()
        self.check_access("write")
        if self.followup != "tell":
            raise ValidationError(
                self.env._("The call comes first; then the client is informed of the outcome, once.")
            )
        sent = self._charter_write_to_client(self.contact_id or self.partner_id, subject, body)
        feedback = self._charter_engine()
        feedback.write({"outcome_at": self._charter_now(), "outcome": sent.message.body})
        feedback._charter_fulfil(FEEDBACK_OUTCOME, _lt("Email to %s.", sent.people._charter_key()))
        feedback.activity_feedback(["mileo_client_charter.activity_promise"])
