"""The steps of an intervention: respond, pause, resume, close, cancel, reopen, correct.

Buttons, imports, remote calls and feeds all come through here. Each takes the moment it happened, which may lie
before the moment it is typed in, and never after.
"""

from odoo import fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import is_html_empty
from odoo.tools.translate import LazyTranslate

from ...tools.codes import INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE
from ...tools.words import is_said
from ..base.charter_format import zoned_moment
from ..base.charter_words import in_words, stored
from ..base.json_call import is_text, not_as_wanted
from .charter_intervention_recorded import CORRECTED

_lt = LazyTranslate(__name__)


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    firmware = fields.Char(
        "Firmware installed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Recorded on its equipment when the work was closed; it answers what advisories say of the devices.",
    )

    # -- public: called by buttons and over /json/2 --------------------------------------------------

    def action_respond(self, at=None):
        """Record that the client has a first answer. :param at: when, now by default

        :raise ValidationError: answered already, not open, or a moment that cannot be
        """
        for intervention in self._charter_step("open"):
            if intervention.responded_at:
                raise ValidationError(
                    self.env._(
                        "%(intervention)s was responded to on %(moment)s: correct “Responded at” instead.",
                        intervention=intervention.display_name,
                        moment=zoned_moment(self.env, intervention.responded_at),
                    )
                )
            intervention.responded_at = intervention._charter_past(at, "responded_at")
        return True

    def action_pause(self, reason, at=None, until=None):
        """Pause the clock of the resolution. :param at: when, now by default  :param until: when it went on again

        :raise ValidationError: no reason, not open, or a moment outside the intervention or inside another pause
        """
        self._charter_check_texts(reason=reason)
        if not is_said(reason):
            raise ValidationError(self.env._("Reason: say what the work is waiting for."))
        for intervention in self._charter_step("open"):
            start = intervention._charter_past(at, "at")
            stop = intervention._charter_past(until, "until") if until else False
            intervention._check_pause(start, stop)
            self.env["charter.intervention.pause"]._charter_engine().create(
                {
                    "intervention_id": intervention.id,
                    "start_at": start,
                    "stop_at": stop,
                    "reason": reason.strip(),
                    "recorded_at": intervention._charter_now(),
                    "recorded_by": self.env.uid,
                }
            )
            intervention._charter_retime(reason.strip())
        return True

    def action_resume(self, at=None):
        """Resume the work: the due time moves by what was paused. :param at: when, now by default

        :raise ValidationError: not paused, or a moment before the pause began
        """
        for intervention in self._charter_step("open"):
            pause = intervention.sudo()._running_pause()
            if not pause:
                raise ValidationError(self.env._("%s is not paused.", intervention.display_name))
            intervention._charter_stop_pause(intervention._charter_past(at, "at"))
            intervention._charter_retime(pause.reason)
        return True

    def action_close(self, resolved_at=None, work_done=None, firmware=None):
        """Close work that is done: surveys are planned, one for each contact and closing.

        :param resolved_at: when, now by default
        :param work_done: what was done, HTML
        :param firmware: what its equipment runs from now on, where the work updated it
        :raise ValidationError: closed already, a moment that cannot be, or firmware of no or of several models
        """
        self._charter_check_texts(work_done=work_done, firmware=firmware)
        self._charter_check_followed()
        firmware = " ".join((firmware or "").split())
        for intervention in self._charter_step("open"):
            if work_done:
                intervention.work_done = work_done
            if firmware:
                intervention._charter_check_firmware()
            intervention._charter_close([intervention._charter_past(resolved_at, "resolved_at")])
            if firmware:
                intervention._charter_record_firmware(firmware)
        return True

    def _charter_check_firmware(self):
        if not self.equipment_ids:
            raise ValidationError(
                self.env._("Firmware installed: choose the equipment it was installed on first.")
            )
        if len({(each.maker, each.model) for each in self.equipment_ids}) > 1:
            raise ValidationError(
                self.env._(
                    "Firmware installed: the equipment is of several models. Record the firmware on each of them instead."
                )
            )

    def _charter_record_firmware(self, firmware):
        self.firmware = firmware
        day = self.company_id._charter_day_at(self.resolved_at)
        self.equipment_ids.write(
            {"firmware": firmware, "firmware_source": "intervention", "firmware_on": day}
        )

    def action_cancel(self, reason):
        """Cancel work that is not to be done: what was promised is owed no more, and the reason stays.

        :raise ValidationError: no reason, or not open
        """
        self._charter_check_texts(reason=reason)
        if not is_said(reason):
            raise ValidationError(self.env._("Reason: say why there is nothing to do."))
        self._charter_check_followed()
        for intervention in self._charter_step("open"):
            intervention._charter_cancel_work(
                _lt("%(reason)s (by %(user)s)", reason=reason.strip(), user=self.env.user.name)
            )
        return True

    def action_reopen(self):
        """Reopen the work: surveys not yet sent are called off; the next closing plans its own.

        The result of the first closing stays in the ledger; the resolution is promised again from now. What was
        cancelled counts again from the moment it was reported.
        """
        self._charter_check_followed()
        for intervention in self._charter_step("closed", "cancelled"):
            intervention._charter_reopen()
        return True

    def action_correct(self, reason, responded_at=None, resolved_at=None):
        """Correct what had been recorded of work that is over: an operations manager says what is right, and why.

        The promises are judged by the moments corrected, also to the better; the reason, the name and both accounts
        stay in their history and on the intervention's thread.

        :param responded_at: None leaves it as it is  :param resolved_at: None leaves it as it is
        :raise AccessError: not an operations manager
        :raise ValidationError: no reason, nothing to correct, not closed, or a moment that cannot be
        """
        if not self.env["charter.obligation"]._charter_may_correct():
            raise AccessError(
                self.env._(
                    "Only an operations manager corrects the times of work that is over: send yours the "
                    "correct ones, and the reason."
                )
            )
        self._charter_check_texts(reason=reason)
        reason = self._charter_reason(reason)
        account = _lt("%(reason)s (by %(user)s)", reason=reason, user=self.env.user.name)
        for intervention in self._charter_step("closed"):
            intervention._charter_correct_moments(
                intervention._charter_moment(responded_at, "responded_at") or intervention.responded_at,
                intervention._charter_moment(resolved_at, "resolved_at") or intervention.resolved_at,
                account,
                reason,
            )
        return True

    # -- the dialogues of these steps ----------------------------------------------------------------

    def _charter_ask(self, operation, title, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "charter.intervention.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_operation": operation,
                "default_intervention_id": self.id,
                "default_work_done": self.work_done,
                **defaults,
            },
        }

    def action_ask_pause(self):
        return self._charter_ask("pause", self.env._("Pause"))

    def action_ask_resume(self):
        return self._charter_ask("resume", self.env._("Resume"))

    def action_ask_close_now(self):
        """Close the intervention, once it is said what was done: the client reads it in its report."""
        self.ensure_one()
        if is_html_empty(self.work_done):
            return self._charter_ask("close", self.env._("Close now"))
        return self.action_close()

    def action_ask_close(self):
        return self._charter_ask("close", self.env._("Close at…"))

    def action_ask_cancel(self):
        return self._charter_ask("cancel", self.env._("Cancel the intervention"))

    def action_ask_correct(self):
        return self._charter_ask(
            "correct",
            self.env._("Correct the moments"),
            default_responded_at=self.responded_at,
            default_at=self.resolved_at,
        )

    # -- what they share -----------------------------------------------------------------------------

    def _charter_step(self, *states):
        """Return ``self``, one at a time for concurrent users, once the step is allowed.

        :raise ValidationError: not in one of ``states``
        """
        self.check_access("write")
        self._charter_locked("state")
        for intervention in self:
            if intervention.state not in states:
                messages = {
                    "open": self.env._("%s is not closed.", intervention.display_name),
                    "closed": self.env._("%s is closed already.", intervention.display_name),
                    "cancelled": self.env._("%s is cancelled: reopen it first.", intervention.display_name),
                }
                raise ValidationError(messages[intervention.state])
        return self

    def _charter_check_texts(self, **texts):
        """:raise ValidationError: an argument that is no text, by its name: remote calls send any value"""
        for name, value in texts.items():
            if not is_text(value):
                raise ValidationError(not_as_wanted(self.env, name, value, self.env._("text")))

    def _charter_past(self, value, name):
        """Return the moment of a step, naive UTC. :raise ValidationError: unreadable, to come, or before the report"""
        now = self._charter_now()
        moment = self._charter_moment(value, name) or now
        if moment > now:
            raise ValidationError(
                self.env._(
                    "%s is still to come. Give the moment it happened.", zoned_moment(self.env, moment)
                )
            )
        if moment < self.reported_at:
            raise ValidationError(
                self.env._(
                    "%(moment)s is before the intervention was reported, on %(reported)s.",
                    moment=zoned_moment(self.env, moment),
                    reported=zoned_moment(self.env, self.reported_at),
                )
            )
        return moment

    def _running_pause(self):
        return self.pause_ids.filtered(lambda pause: not pause.stop_at)[:1]

    def _check_pause(self, start, stop):
        """:raise ValidationError: reversed, before the reopening, or over another pause"""
        pauses = self.sudo().pause_ids
        if self.reopened_at and start < self.reopened_at:
            raise ValidationError(
                self.env._(
                    "Pause: it begins before the intervention was reopened, on %s.",
                    zoned_moment(self.env, self.reopened_at),
                )
            )
        if stop and stop < start:
            raise ValidationError(
                self.env._("Pause: it ends before it begins. Give the end after the start.")
            )
        for pause in pauses:
            if (not stop or pause.start_at < stop) and (not pause.stop_at or start < pause.stop_at):
                raise ValidationError(
                    self.env._(
                        "Pause: there is one already from %(start)s to %(stop)s (%(reason)s).",
                        start=zoned_moment(self.env, pause.start_at),
                        stop=zoned_moment(self.env, pause.stop_at) if pause.stop_at else "…",
                        reason=pause.reason,
                    )
                )

    def _charter_stop_pause(self, at):
        pause = self.sudo()._running_pause()
        if pause and at < pause.start_at:
            raise ValidationError(
                self.env._(
                    "%(moment)s is before the pause began, on %(start)s.",
                    moment=zoned_moment(self.env, at),
                    start=zoned_moment(self.env, pause.start_at),
                )
            )
        pause._charter_engine().write({"stop_at": at})
        return pause

    def _charter_close(self, moments):
        """Record that the work was done; the promises are kept by then or late, and the contacts are asked.

        In a number of queries that does not grow with the interventions, but for pauses that still run.

        :param moments: one for each of ``self``, naive UTC
        :raise ValidationError: before the response, a pause or the reopening, or still to come
        """
        engine = self._charter_engine()
        evidence = _lt("Recorded by %s.", self.env.user._charter_key())
        for intervention, at in zip(engine, moments, strict=True):
            intervention._charter_check_resolved(at, intervention.responded_at)
            pause = intervention._charter_stop_pause(at)
            if pause:
                intervention._charter_retime(pause.reason)
            intervention.write(
                {
                    "state": "closed",
                    "resolved_at": at,
                    "responded_at": intervention.responded_at or at,
                    "closing_cycle": intervention.closing_cycle + 1,
                }
            )
        owed = (
            engine._charter_owed(INTERVENTION_RESPONSE) | engine._charter_owed(INTERVENTION_RESOLUTION)
        ).grouped("res_id")
        for intervention in engine:
            for row in owed.get(intervention.id, ()):
                response = row.code == INTERVENTION_RESPONSE
                row._fulfil(evidence, intervention.responded_at if response else intervention.resolved_at)
        engine.activity_feedback(["mileo_client_charter.activity_promise"])
        self._charter_closed()

    def _charter_closed(self):
        """Do what follows in later packages once the work is done (hook)."""

    def _charter_reopened(self):
        """Call off what followed when the work goes on after it was closed or cancelled (hook)."""

    def _charter_check_resolved(self, at, responded):
        """:raise ValidationError: before the report, the response, a pause or the reopening, or still to come"""
        stops = self.sudo().pause_ids.mapped(lambda pause: pause.stop_at or pause.start_at)
        for moment, message in (
            (
                self.reported_at,
                self.env._("Resolved at: it comes before the moment the intervention was reported."),
            ),
            (responded, self.env._("Resolved at: it comes before the moment it was responded to.")),
            (max(stops, default=None), self.env._("Resolved at: it comes before the end of the last pause.")),
            (self.reopened_at, self.env._("Resolved at: it comes before the intervention was reopened.")),
        ):
            if moment and at < moment:
                raise ValidationError(message)
        if at > self._charter_now():
            raise ValidationError(self.env._("Resolved at: %s is still to come.", zoned_moment(self.env, at)))

    def _charter_correct_moments(self, responded, resolved, account, reason):
        """Write both moments, keep what they were, and judge the promises by them.

        :param account: the reason, with who gives it
        :raise ValidationError: nothing changes, or a moment that cannot be
        """
        self.ensure_one()
        if (responded, resolved) == (self.responded_at, self.resolved_at):
            raise ValidationError(self.env._("Nothing to correct: give the moment that is right."))
        if responded < self.reported_at:
            raise ValidationError(
                self.env._("Responded at: it comes before the moment the intervention was reported.")
            )
        self._charter_check_resolved(resolved, responded)
        engine = self._charter_engine()
        before = {name: self._charter_recorded_value(name) for name in CORRECTED}
        engine.write(
            {"responded_at": responded, "resolved_at": resolved, "corrected_at": self._charter_now()}
        )
        after = {name: engine._charter_recorded_value(name) for name in CORRECTED}
        # The client reads both, by whom and why.
        notes = engine._charter_note_correction(
            {name: (before[name], after[name]) for name in CORRECTED if before[name] != after[name]}, reason
        )
        rows = self._charter_last_promises()
        moments = ((INTERVENTION_RESPONSE, responded), (INTERVENTION_RESOLUTION, resolved))
        self.env["charter.obligation"]._correct(
            {rows[self.id, code]: at for code, at in moments if (self.id, code) in rows},
            reason,
            account,
        )
        staff = self._charter_for_staff()
        changes = ", ".join(
            f"{one.what} {one.before_text} → {one.after_text}" for one in notes.with_env(staff.env)
        )
        engine.message_post(
            body=staff.env._(
                "Moments corrected: %(changes)s. %(reason)s",
                changes=changes,
                reason=in_words(staff.env, stored(account)),
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _charter_cancel_work(self, reason):
        self.ensure_one()
        self._charter_stop_pause(self._charter_now())
        engine = self._charter_engine()
        engine.write({"state": "cancelled", "cancel_reason": reason})
        owed = self.env["charter.obligation"].sudo()
        for code in (INTERVENTION_RESPONSE, INTERVENTION_RESOLUTION):
            owed |= engine._charter_cancel(code, reason)
        if owed:
            engine._charter_notify_cancelled(owed)
        engine.activity_unlink(["mileo_client_charter.activity_promise"])

    def _charter_reopen(self):
        self.ensure_one()
        engine = self._charter_engine()
        values = {"state": "open", "resolved_at": False, "cancel_reason": False, "corrected_at": False}
        ended = self.env["charter.obligation"]
        if self.state == "closed":
            values["reopened_at"] = self._charter_now()
        else:
            # What had ended late is the same lateness, not another one.
            ended = ended.union(*self._charter_last_promises().values()).filtered(
                lambda row: row.state == "late" and row.cancelled_at
            )
            ended._reopen_outstanding(_lt("The intervention was reopened."))
        engine.write(values | {"promise_cycle": self.promise_cycle + 1})
        engine._charter_reopened()
        engine._charter_open_promises({(row.res_id, row.code) for row in ended})
