"""Commitments whose due moment moves: by a pause, or to a later moment the client chooses."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.clock import Delay, NeedsMore, NoWorkingTime
from ...tools.pauses import due_after
from ..base.charter_format import zoned_moment
from ..base.charter_words import Kept, stored
from ..base.resource_calendar import reaches

_lt = LazyTranslate(__name__)

HOUR = timedelta(hours=1)


class CharterObligation(models.Model):
    _inherit = "charter.obligation"  # pylint: disable=consider-merging-classes-inherited

    paused_at = fields.Datetime(
        "Paused since",
        readonly=True,
        help="The time limit of this commitment is suspended: it has no due date until then.",
    )
    target_at = fields.Datetime(
        "Due without pauses",
        readonly=True,
        groups="base.group_user",
        help="The due date without any pause, and without a later moment the client chose; set at the first of them.",
    )

    def _retime(self, pauses, paused_at=None, reason=""):
        """Give promises the due time that these pauses leave them; the account goes to ``history``.

        Computed each time from the target and all pauses, so that none is lost or counted twice. A pause that is
        recorded after the clock found the promise late, and that covers the due moment, takes the lateness back.

        :param pauses: (start, stop) of those that have ended, naive UTC, without overlap
        :param paused_at: start of the one that lasts, naive UTC
        :param reason: why, for the account
        :raise ValidationError: it would take back a lateness already found, and nobody of operations says so
        """
        moments, turned, before = [], self.browse(), {}
        for obligation in self._charter_engine():
            if not obligation.is_owed or not (obligation.target_at or obligation.due_at):
                continue
            values = obligation._timing(pauses, paused_at)
            if obligation.state == "late" and values.get("state") == "open":
                obligation._check_may_correct()
                values["corrected_at"] = self._charter_now()
                turned |= obligation
                before[obligation] = obligation.state
            changed = {
                name for name in ("due_at", "paused_at") if (values[name] or False) != obligation[name]
            }
            if not changed:
                continue
            values["history"] = obligation._with_history(
                Kept(
                    f"{obligation._timing_text(obligation)} → {obligation._timing_text(values)}"
                    + (f" ({stored(reason)})" if reason else "")
                )
            )
            obligation.write(values)
            moments += filter(None, [obligation.warn_at, obligation.due_at])
        if moments:
            self._wake_clock(min(moments))
        turned._result_corrected(before, reason)

    def _agree(self, moment, reason):
        """Take ``moment`` (naive UTC), which the client itself chose for what it is owed: due then, and never before the charter's limit.

        Nobody of ours calls this for a moment of our own, and what was found late stays late. A moment chosen again counts
        from the charter's limit, not from the choice before.

        :param reason: what the client asked for, for the account in ``history``
        """
        for obligation in self._charter_engine():
            target = obligation.target_at or obligation.due_at
            if not target or not obligation.is_owed or obligation.state != "open" or obligation.paused_at:
                continue
            due = max(target, moment)
            if due == obligation.due_at:
                continue
            values = {"target_at": target, "due_at": due, "paused_at": False, "clock_error": False}
            values.update(warn_at=obligation._warning_before(due), warned_at=False, alert=False)
            values["history"] = obligation._with_history(
                Kept(
                    f"{obligation._timing_text(obligation)} → {obligation._timing_text(values)} ({stored(reason)})"
                )
            )
            obligation.write(values)
            self._wake_clock(min(filter(None, [obligation.warn_at, obligation.due_at])))

    def _check_may_correct(self):
        """:raise ValidationError: the user is no operations manager, and late stays late"""
        if self._charter_may_correct():
            return
        raise ValidationError(
            self.env._(
                "“%(promise)s” was recorded as missed on %(moment)s, and stays missed. An operations "
                "manager can record a correction, with the reason.",
                promise=self.display_name,
                moment=zoned_moment(self.env, self.breached_at),
            )
        )

    @api.model
    def _charter_may_correct(self):
        """Return whether the user may correct what has been found late: operations managers, and the system itself."""
        user = self.env.user
        return user._is_superuser() or user.has_group("mileo_client_charter.group_charter_operations")

    def _timing_text(self, values):
        if values["paused_at"]:
            return stored(_lt("paused since %s UTC", fields.Datetime.to_string(values["paused_at"])))
        if values["due_at"]:
            return stored(_lt("due %s UTC", fields.Datetime.to_string(values["due_at"])))
        return stored(values["clock_error"] or "—")

    def _timing(self, pauses, paused_at):
        """Return the columns of the ledger that follow from these pauses."""
        now = self._charter_now()
        values = {"target_at": self.target_at or self.due_at, "paused_at": False, "clock_error": False}
        try:
            due, _paused = self._due_after(pauses)
        except NoWorkingTime as error:
            return {**values, "due_at": False, "warn_at": False, "clock_error": str(error)}
        if paused_at and paused_at < due:
            values.update(paused_at=paused_at, due_at=False, warn_at=False, warned_at=False, alert=False)
        else:
            warn = self._warning_before(due)
            values.update(due_at=due, warn_at=warn)
            if warn and warn > now:
                values.update(warned_at=False, alert=False)
        if self.state == "late" and not (values["due_at"] and values["due_at"] < now):
            values.update(
                state="open", breached_at=False, missed=0, warned_at=False, alert=False, alert_error=False
            )
        return values

    def _due_after(self, pauses):
        """Return (due moment, time paused); only the hours of the promise's own clock are given back.

        :raises NoWorkingTime: the calendar does not yield the time to make up for
        """
        target = self.target_at or self.due_at
        if not pauses or self.clock == "elapsed":
            return due_after(target, pauses, lambda start, stop: stop - start, lambda at, time: at + time)
        [(ruler, _positions)] = self._rulers(
            [{"contract_id": self.contract_id.id, "company_id": self.company_id.id}]
        )
        first = min(target, *(start for start, _stop in pauses)).replace(minute=0, second=0, microsecond=0)
        last = (
            max(target, *(stop for _start, stop in pauses)).replace(minute=0, second=0, microsecond=0) + HOUR
        )
        for reach in reaches(timedelta(weeks=2)):
            working = ruler.calendar._charter_working_time(first, last + reach)
            try:
                due, paused = due_after(
                    target,
                    pauses,
                    working.between,
                    lambda at, time, working=working: working.add(at, time / HOUR),
                )
            except NeedsMore as error:
                unfilled = error
            else:
                return (due + timedelta(milliseconds=500)).replace(microsecond=0), paused
        raise NoWorkingTime(str(unfilled)) from unfilled

    def _warning_before(self, due):
        """Return when its owner is reminded of a promise due at ``due``, or False."""
        commitment = self.commitment_id
        if not commitment.warn_before:
            return False
        request = {"contract_id": self.contract_id.id, "company_id": self.company_id.id}
        delay = Delay(commitment.warn_before, commitment.warn_unit, self.clock)
        [warn] = self._due_moments([(request, due, delay, "before")])
        return False if isinstance(warn, NoWorkingTime) else max(warn, self.opened_at)
