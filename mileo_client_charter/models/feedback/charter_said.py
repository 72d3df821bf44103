"""When the client spoke, beside when it was recorded: the clocks of articles 02 and 03 run from the former."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

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
    _description = "Something a client said"
    _inherit = ["charter.client.mixin"]

    said_at = fields.Datetime(
        "Said on",
        copy=False,
        charter_engine=True,
        default=fields.Datetime.now,
        help="When the client spoke: the clock of the charter counts from then, whenever it was typed in.",
    )
    recorded_late = fields.Boolean(
        "Recorded a day late or more",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="More than a day lies between what happened and its recording; operations look at it.",
    )

    @api.model
    def _charter_said_moment(self, moment, label=None):
        """``moment`` of what a client said or did, as a datetime to the second; now for none.

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
        """Operations look at what was recorded more than a day after ``moment``.

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

    def _charter_note_late(self, promises, moment, recorded):
        """The history of ``promises`` says when their cause became known, where that was later than ``moment``."""
        if recorded <= moment:
            return
        for promise in promises._charter_engine():
            if not promise.history:
                promise.history = promise._with_history(
                    _lt("said by the client at %(said)s UTC, recorded at %(known)s UTC; the clock counts from the former",
                               said=fields.Datetime.to_string(moment), known=fields.Datetime.to_string(recorded))
                )  # fmt: skip
