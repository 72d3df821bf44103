"""Commitments met at a declared moment: who says when it was done, and the correction of it.

What clients are promised about interventions (article 01) is kept when the technician responded and when the
fault was fixed, not when it was typed in. One rule: the declared moment decides, the moment of recording stays
in ``history``. A row the clock had found late and that was done in time is kept; its history holds both facts.

What has been declared late stays late whatever is declared afterwards: a correction is a step of the operations
manager, with a reason and a name (``charter.intervention.action_correct``).

Two clients that become one have their promises settled here too: every row stays, each with what became of it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.occurrence import format_key, parse_key
from ..base.charter_format import zoned_moment
from ..base.charter_words import MARK, Kept, as_stored, stored

_lt = LazyTranslate(__name__)


class CharterObligation(models.Model):
    _inherit = "charter.obligation"  # pylint: disable=consider-merging-classes-inherited
    _charter_merge_rules = {"same_promise_once": "_charter_merge_promises"}

    corrected_at = fields.Datetime(
        "Result corrected on",
        readonly=True,
        help="What had been missed became what was kept, or the other way: by a correction with a reason, or by the moment of which it "
        "was recorded afterwards that it was done. See the history.",
    )

    def _check_declared(self, at, now):
        if at and at > now:
            raise ValidationError(
                self.env._("%s is still to come: give the moment it was done.", zoned_moment(self.env, at))
            )

    def _explain(self, reason):
        """Put on record why these promises are due when they are."""
        self._charter_engine()._write_with_history(reason)

    def _write_with_history(self, line, **values):
        """Write ``values`` on these rows, with one more line of history on each; rows with the same history together.

        An automated action of the administrator's on commitments is looked for once a write, not once a row.
        """
        for history, rows in self.grouped(lambda row: row._with_history(line)).items():
            rows.write({**values, "history": history})

    def _explained(self):
        """Return why this promise is due when it is, as ``_explain`` kept it at its opening; empty where nothing was said."""
        self.ensure_one()
        first = as_stored(self, "history").split("\n", 1)[0]
        reason = first.partition(" UTC: ")[2]
        # Who owes it is said by a line that begins with a person.
        return Kept(reason) if reason.startswith(MARK) else Kept("")

    def _with_history(self, line):
        """Return ``history`` with one more line, dated now."""
        stamp = fields.Datetime.to_string(self._charter_now())
        return Kept("\n".join(filter(None, [as_stored(self, "history"), f"{stamp} UTC: {stored(line)}"])))

    def _fulfil(self, evidence, at=None):
        """Record it as the ledger does; what had been found late and is declared done in time is shown to who answers for it."""
        found_late = self.sudo().filtered(lambda row: row.state == "late" and row.is_owed)
        result = super()._fulfil(evidence, at)
        in_time = found_late.filtered(lambda row: row.state == "kept")
        if in_time:
            in_time._charter_declared_in_time()
        return result

    def _charter_declared_in_time(self):
        """Have somebody look at promises found late that were declared done in time afterwards (hook)."""

    def _done_values(self, evidence, at, now):
        self.ensure_one()
        done = at or now
        overdue = bool(self.due_at and done > self.due_at)
        # Without a declared moment, late stays late since the due moment, whether or not the clock came round.
        late = overdue or (self.state == "late" and not at)
        values = {
            "state": "late" if late else "kept",
            "done_at": done,
            "breached_at": (self.breached_at or now) if late else False,
            "met": 0 if late else 1,
            "missed": 1 if late else 0,
            "evidence": evidence,
        }
        if self.state == "late" and not late:
            # Judged by the moment it was done, and never without a word that it had been found late.
            values["corrected_at"] = now
        if at and at != now:
            values["history"] = self._with_history(self._declared_line(at, late))
        return values

    def _declared_line(self, at, late):
        moment = fields.Datetime.to_string(at)
        if self.breached_at and not late:
            return _lt(
                "recorded as done at %(done)s UTC, in time; it had been recorded as missed at %(late)s UTC",
                done=moment,
                late=fields.Datetime.to_string(self.breached_at),
            )
        return _lt("recorded as done at %s UTC", moment)

    def _restate(self, at, evidence=False, reason=None):
        """Correct the declared moment of promises that were done; the account stays in ``history``.

        :param at: the moment it was done, naive UTC; None: it was not done after all, and is owed again
        :param reason: why, and who says so, of a step that may take a lateness back; without it, late stays late
        :return: those that a step with a reason made kept instead of missed, or the other way
        :raise ValidationError: ``at`` is still to come
        """
        now = self._charter_now()
        self._check_declared(at, now)
        moments, turned = [], self.browse()
        for obligation in self._charter_engine():
            before, state = obligation.done_at, obligation.state
            if not before or obligation.cancelled_at or before == at:
                continue
            if at and not reason and obligation._betters(at):
                line = _lt(
                    "declared done at %(new)s UTC instead of %(old)s UTC; it stays missed: an operations "
                    "manager can correct it, with a reason",
                    old=str(before),
                    new=str(at),
                )
                values = {}
            elif at:
                values = obligation._done_values(evidence or as_stored(obligation, "evidence"), at, now)
                line = _lt("done at %(old)s UTC corrected to %(new)s UTC", old=str(before), new=str(at))
                if reason and values["state"] != state:
                    turned |= obligation
                    values["corrected_at"] = now
                    line = (
                        _lt(
                            "missed at the time, kept after a correction: done at %(old)s UTC corrected to %(new)s UTC",
                            old=str(before),
                            new=str(at),
                        )
                        if state == "late"
                        else _lt(
                            "kept at the time, missed after a correction: done at %(old)s UTC corrected to %(new)s UTC",
                            old=str(before),
                            new=str(at),
                        )
                    )
            else:
                values = obligation._undone_values(now)
                line = _lt("done at %s UTC withdrawn: outstanding again", str(before))
                moments += filter(None, [obligation.warn_at, obligation.due_at])
            line = Kept(f"{stored(line)} ({stored(reason)})") if reason else line
            obligation.write({**values, "history": obligation._with_history(line)})
        if moments:
            self._wake_clock(min(moments))
        return turned

    @api.model
    def _correct(self, moments, reason, account):
        """Correct, by a step with a reason, when promises were done; whoever was notified of the lateness is notified of the change.

        :param moments: {promise: the moment it was done, naive UTC}, of one step
        :param reason: why
        :param account: why, and who says so, for the history
        """
        before, turned = {obligation: obligation.state for obligation in moments}, self.browse()
        for obligation, at in moments.items():
            turned |= obligation._restate(at, reason=account)
        turned._result_corrected(before, reason)

    def _result_corrected(self, before, reason):
        """Keep what a correction has made of these promises, and let their documents inform those who had been informed.

        :param before: {promise: its state before}
        """
        for obligation in self:
            self.env["charter.correction"]._note(
                obligation,
                obligation.partner_id,
                {"state": (before[obligation], obligation.state)},
                reason,
                {"state": True},
            )
        for model, rows in self.grouped("res_model").items():
            if model not in self.env:
                # The addon whose document it was is gone: the ledger says it alone.
                continue
            for number, promises in rows.grouped("res_id").items():
                document = self.env[model].browse(number)
                document._charter_result_corrected(promises.with_env(self.env), reason)

    def _betters(self, at):
        """Return whether a promise that is late would have been kept, had it been done at ``at``."""
        self.ensure_one()
        return self.state == "late" and bool(self.due_at and at <= self.due_at)

    def _undone_values(self, now):
        """Return the values of a row that is owed again. What is overdue, and what has been found late, is late."""
        values = {"done_at": False, "met": 0, "evidence": False}
        if self._overdue(now):
            return {**values, "state": "late", "breached_at": self.breached_at or now, "missed": 1}
        return {
            **values,
            "state": "open",
            "breached_at": False,
            "missed": 0,
            "alert": False,
            "alert_error": False,
            "warned_at": False,
        }

    def _intervention_result(self):
        """Return (result, words) of a promise as an intervention's list shows it."""
        self.ensure_one()
        if self.state == "cancelled":
            return "cancelled", self.env._("cancelled")
        if self.is_owed:
            if self.paused_at:
                return "paused", self.env._("paused")
            return {"late": "late", "soon": "soon"}.get(self.urgency, "open"), self.time_left
        if self.state == "kept":
            if self.corrected_at:
                return "kept", self.env._("met on time after a correction")
            return "kept", self.env._("met on time")
        if self.cancelled_at:
            return "late", self.env._("missed, no longer to be done")
        if not self.due_at or self.done_at <= self.due_at:
            return "late", self.env._("missed")
        return "late", self.env._("late by %s", self._duration_in_words(self.done_at - self.due_at))

    # -- promises of two clients that become one -------------------------------------------------------

    @api.model
    def _charter_merge_promises(self, groups, merge):
        """Merge the same promise, made to both: what was kept or found late stays so, and what is still owed is owed once.

        The rows that give way take a key of their own: the number that distinguishes rows and is no word is their own.
        """
        states = {"kept": 0, "late": 1, "open": 3, "cancelled": 4}
        for group in groups:
            kept, *others = group.sorted(
                lambda row: (
                    states[row.state] + (row.state == "late" and row.is_owed),
                    row.res_id != merge.target,
                    row.id,
                )
            )
            others = self.browse([row.id for row in others])
            others._settle_merged(f"{kept.display_name} (no. {kept.id})")
            for row in others._charter_engine():
                row.occurrence = format_key(*parse_key(row.occurrence)._replace(again=row.id))
        self.flush_model()

    def _settle_merged(self, other):
        """Settle what is owed, or was done, on ``other``: a row that is late stays late, an open one is cancelled."""
        owed = self.sudo().filtered("is_owed")
        why = _lt("Two contacts were merged: it goes on with “%s”.", other)
        owed.filtered(lambda row: row.state == "open")._cancel(why)
        owed.filtered(lambda row: row.state == "late")._fulfil(why)
