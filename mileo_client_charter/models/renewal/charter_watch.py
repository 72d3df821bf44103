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
            ("charter.renewal", "_watch_renewals"),
        ]

    @api.model
    def _remind_of(self, record, summary, today):
        """Give the account manager of ``record`` one activity about it, while there is none."""
        if record.activity_ids._charter_about(record):
            return
        user = self._reader(record, record.partner_id, record.company_id)
        reader = record.with_context(lang=user.lang, mail_activity_quick_update=True)
        reader.activity_schedule(
            "mileo_client_charter.activity_agreed",
            user_id=user.id,
            date_deadline=today,
            summary=summary,
            charter_key=f"{record._name},{record.id}",
        )


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
        """Inform the account manager, once, of a remediation whose actions are all done: it waits for the client's agreement, or a measure."""
        under_way = self.env["charter.word"]._by_day(
            days,
            lambda _day: (
                Domain("state", "in", ("running", "agreed")) & Domain("contract_id.active", "=", True)
            ),
        )
        return under_way, lambda one, today: one._remind_to_go_on(today)

    def _remind_to_go_on(self, today):
        if self._is_carried_through():
            if self.state == "agreed":
                summary = _lt("Everything agreed is done: measure again, and decide")
            else:
                summary = _lt(
                    "Everything planned is done: record what the client agreed to, then measure again"
                )
            self.env["charter.word"]._remind_of(self, summary, today)


class CharterRenewal(models.Model):
    _inherit = "charter.renewal"

    @api.model
    def _watch_renewals(self, days):
        """Inform the account manager, once, of a renewal that waits for another decision: the first one has kept its promise, nothing
        in the register reminds of the next.
        """
        waiting = Domain("state", "in", ("open", "interview")) & Domain("verdict", "!=", False)
        # The contract may have been archived since: nothing of it renews.
        again = (
            waiting & Domain("obligation_id.is_owed", "=", False) & Domain("contract_id.active", "=", True)
        )
        found = self.env["charter.word"]._by_day(days, lambda _day: again)
        return found, lambda one, today: self.env["charter.word"]._remind_of(
            one, _lt("To be decided again: %s", one), today
        )
