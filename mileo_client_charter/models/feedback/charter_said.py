"""When the client spoke, beside when it was recorded: the time limits of articles 02 and 03 run from the former."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ..base.charter_format import day_text

_lt = LazyTranslate(__name__)

# What is recorded more than a day after it happened is looked at by operations.
RECORDED_LATE = timedelta(days=1)
# A year is no delay, it is a slip of the keyboard.
OLDEST = timedelta(days=366)


class CharterSaidMixin(models.AbstractModel):
    """For what a client said: a declared moment, never one to come, and the moment it was recorded.

    A promise made by it opens at the declared moment (``opened_at``), so that it is never due before it was opened; where
    the company learned of it later, that is in the history of the promise.
    """

    _name = "charter.said.mixin"
    _description = "Client report"
    _inherit = ["charter.client.mixin"]

    # (code of the promise that runs from ``said_at``, field of when it was recorded, field of when it was answered)
    _charter_said_runs = None

    said_at = fields.Datetime(
        "Reported on",
        copy=False,
        charter_engine=True,
        charter_recorded="client",
        default=fields.Datetime.now,
        help="When the client reported it: the time limit of the charter runs from then, whenever it was entered.",
    )
    recorded_late = fields.Boolean(
        "Recorded a day late or more",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="More than a day lies between what happened and its recording; operations look at it.",
    )

    said_by = fields.Char(
        "Said by",
        compute="_compute_said_by",
        groups="base.group_user",
        help="The name under which it was said, where two contacts were merged since.",
    )

    @api.depends("contact_id")
    @api.depends_context("lang")
    def _compute_said_by(self):
        named = self.env["charter.merged.contact"]._said_as(self._origin, "contact_id")
        for record in self:
            name, moment = named.get(record._origin.id, (False, False))
            record.said_by = name and self.env._(
                "%(then)s (one contact with %(today)s since %(day)s)",
                then=name,
                today=record.contact_id.sudo().name,
                day=day_text(self.env, record.company_id.sudo()._charter_day_at(moment), "d MMMM y"),
            )

    @api.model
    def _charter_said_moment(self, moment, label=None):
        """Return ``moment`` of what a client said or did, as a datetime to the second; now for none.

        :param moment: naive UTC, a datetime or its text
        :raise ValidationError: to come, or more than a year ago
        """
        now = self._charter_now()
        moment = fields.Datetime.to_datetime(moment or None)
        if not moment:
            return now
        label = label or self._fields["said_at"]._description_string(self.env)
        if moment > now:
            raise ValidationError(
                self.env._("%s: this is in the future; give the moment it happened.", label)
            )
        if moment < now - OLDEST:
            raise ValidationError(self.env._("%s: this is more than a year ago; correct the year.", label))
        return moment.replace(microsecond=0)

    def _charter_mark_late(self, moment, recorded, what):
        """Let operations look at what was recorded more than a day after ``moment``.

        :param what: “the client’s word”, “the call”: a term, put into words for whoever reads it
        """
        self.ensure_one()
        if not moment or recorded - moment <= RECORDED_LATE:
            return
        self._charter_engine().recorded_late = True
        days = (recorded - moment).days
        people = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
        for user in people:
            self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                "mileo_client_charter.activity_look",
                user_id=user.id,
                summary=_lt(
                    "%(what)s: recorded %(days)s d after it happened",
                    what=what,
                    days=days,
                ),
            )

    # -- a moment that was written down wrongly ---------------------------------------------------

    def _charter_check_correction(self, values):
        values = super()._charter_check_correction(values)
        if values.get("said_at"):
            _code, recorded, answered = self._charter_said_runs
            values["said_at"] = self._charter_said_moment(values["said_at"])
            for name in (recorded, answered):
                if self[name] and values["said_at"] > self[name]:
                    raise ValidationError(
                        self.env._(
                            "%(said)s: it comes after “%(later)s”; the client spoke before.",
                            said=self._fields["said_at"]._description_string(self.env),
                            later=self._fields[name]._description_string(self.env),
                        )
                    )
        return values

    def _charter_corrected(self, names, reason):
        result = super()._charter_corrected(names, reason)
        if "said_at" in names:
            self._charter_count_again(reason)
        return result

    def _charter_count_again(self, reason):
        """Count the promise from the corrected moment, as a row of its own beside the one that was taken back.

        What was late stays late, whatever moment is given later: only an administrator takes that out of the figures.
        """
        code, recorded, _answered = self._charter_said_runs
        engine, now = self._charter_engine(), self._charter_now()
        engine.recorded_late = self[recorded] - self.said_at > RECORDED_LATE
        rows = self._charter_promises(code, domain=[("withdrawn", "=", False)], limit=1)
        for row in rows._charter_engine():
            words = _lt(
                "the client spoke at %(said)s UTC, as was corrected: %(reason)s",
                said=fields.Datetime.to_string(self.said_at),
                reason=reason,
            )
            if row.state not in ("open", "kept") or row._overdue(now):
                row.history = row._with_history(words)
                continue
            done = (row.evidence, row.done_at)
            row.write({**row._cancelled_values(words, now), "withdrawn": True, "done_at": False})
            anew = self._charter_open_or_explain(code, at=self.said_at, occurrence=row.occurrence)
            anew._charter_engine().history = anew._with_history(words)
            if done[1]:
                anew._fulfil(*done)
            else:
                anew._charter_announce()
            row._close_reminders()

    def _charter_note_late(self, promises, moment, recorded):
        """Note in the history of ``promises`` when their cause became known, where that was later than ``moment``."""
        if recorded <= moment:
            return
        for promise in promises._charter_engine():
            if not promise.history:
                promise.history = promise._with_history(
                    _lt(
                        "reported by the client at %(said)s UTC, recorded at %(known)s UTC; the time limit runs from the former",
                        said=fields.Datetime.to_string(moment),
                        known=fields.Datetime.to_string(recorded),
                    )
                )
