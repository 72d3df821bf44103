"""Calls to a client that nobody answered: each is kept, and the next attempt is somebody's activity (article 02)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_local
from ...tools.words import trimmed
from ..base.charter_words import LongWords, as_stored, stored

_lt = LazyTranslate(__name__)

# Nobody is called again at once.
AGAIN = timedelta(hours=2)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    call_attempts = fields.Integer(
        "Attempts to call", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    call_log = LongWords(
        "Calls so far", readonly=True, copy=False, charter_engine=True, groups="base.group_user",
        help="Attempts to reach the client, each with its moment, who called and how it ended.",
    )  # fmt: skip

    @api.model
    def _next_attempt_at(self):
        """When to try again by default, naive UTC: in two hours, when the company is at work."""
        return self.env.company._charter_next_opening(self._charter_now() + AGAIN)

    def _record_attempt(self, called_at, left_message=False, note="", next_at=None):
        """Nobody answered: the promise goes on, the attempt stays, and the next one becomes an activity of the caller's.

        :param called_at: naive UTC, not in the future
        :param next_at: when to try again, naive UTC; two hours on, in office hours, by default
        :raise ValidationError: no call is due, or a moment that cannot be
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
        next_at = next_at or self._next_attempt_at()
        if next_at <= called_at:
            raise ValidationError(self.env._("Next attempt: choose a moment after this call."))
        how = _lt("no answer, left a message") if left_message else _lt("no answer")
        line = _lt("%(moment)s, %(user)s: %(how)s", moment=called_at, user=self.env.user.partner_id, how=how)
        line = stored(line) + (f" – {note}" if (note := trimmed(note).replace("\n", " ")) else "")
        feedback = self._charter_engine()
        feedback.write(
            {
                "call_attempts": self.call_attempts + 1,
                "call_log": "\n".join(filter(None, [as_stored(self, "call_log"), line])),
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

    def _record_callback(self, *args, **kwargs):
        result = super()._record_callback(*args, **kwargs)
        self.activity_unlink(["mail.mail_activity_data_call"])
        return result
