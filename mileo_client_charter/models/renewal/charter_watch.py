"""Add the actions of meetings and remediations to the daily reminder."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CharterWord(models.Model):
    _inherit = "charter.word"

    @api.model
    def _watched(self):
        return [
            *super()._watched(),
            ("charter.review.action", "_watch_agreed"),
            ("charter.remediation.action", "_watch_agreed"),
            ("charter.remediation", "_watch_remediations"),
        ]


class CharterRemediationAction(models.Model):
    _inherit = "charter.remediation.action"

    @api.model
    def _charter_still_owed(self):
        """Return a plan that was given up, or has succeeded, is owed no more."""
        return Domain(super()._charter_still_owed()) & Domain(
            "remediation_id.state", "in", ("running", "agreed")
        )


class CharterRemediation(models.Model):
    _inherit = "charter.remediation"

    @api.model
    def _watch_remediations(self, days):
        """Inform the account manager, once, of a remediation whose actions are all done: it waits for a decision."""
        agreed = self.env["charter.word"]._by_day(days, lambda _day: Domain("state", "=", "agreed"))
        return agreed, lambda one, today: one._remind_to_measure(today)

    def _remind_to_measure(self, today):
        if not self.action_ids or self.action_ids.filtered(lambda action: not action.done_date):
            return
        if self.activity_ids._charter_about(self):
            return
        user = self.env["charter.word"]._reader(self, self.partner_id, self.company_id)
        reader = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        reader.activity_schedule(
            "mileo_client_charter.activity_agreed",
            user_id=user.id,
            date_deadline=today,
            summary=_lt("Everything agreed is done: measure again, and decide"),
            charter_key=f"{self._name},{self.id}",
        )
