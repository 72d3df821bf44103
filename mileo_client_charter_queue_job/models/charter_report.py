from odoo import api, models

from odoo.addons.mileo_client_charter.models.base.charter_lock import lock_free
from odoo.addons.mileo_client_charter.models.report.charter_report_draft import DRAFT_BATCH, SEND_BATCH


class CharterReport(models.Model):
    """The scheduled action finds what is to be done; the channel root.charter.report does it."""

    _name = "charter.report"
    _inherit = ["charter.report", "charter.job.mixin"]

    @api.model
    def _draft_owed(self):
        if self._charter_at_once():
            return super()._draft_owed()
        owed = self._owed_without_report(None)
        self._charter_enqueue("_job_draft", owed.ids, DRAFT_BATCH, self.env._("Draft activity reports"))
        return True

    @api.model
    def _job_draft(self, first, last):
        """Draft and compute the reports of the promises from ``first`` to ``last``."""
        owed = self._owed_without_report(None).filtered(lambda promise: first <= promise.id <= last)
        owed = lock_free(owed, [("is_owed", "=", True)])
        refused = self._draft_or_say(owed) if owed else []
        return self.env._(
            "%(count)s drafted, %(refused)s refused", count=len(owed) - len(refused), refused=len(refused)
        )

    @api.model
    def _send_queued(self):
        if self._charter_at_once():
            return super()._send_queued()
        queued = self.sudo().search(self._queued_domain())
        self._charter_enqueue("_job_send", queued.ids, SEND_BATCH, self.env._("Send activity reports"))
        return True

    @api.model
    def _job_send(self, first, last):
        """Print in one run, and send, the queued reports from ``first`` to ``last``."""
        reports = self._charter_in_range(self._queued_domain(), first, last)
        if reports:
            reports._send_or_say()
        sent = len(reports.filtered(lambda report: report.state == "sent"))
        return self.env._("%(sent)s sent, %(refused)s refused", sent=sent, refused=len(reports) - sent)

    @api.model
    def _act_on_due_day(self):
        if self._charter_at_once():
            return super()._act_on_due_day()
        due = self.sudo().search(self._to_leave_domain() | self._to_warn_domain())
        self._charter_enqueue("_job_due_day", due.ids, SEND_BATCH, self.env._("Reports on their due day"))
        return True

    @api.model
    def _job_due_day(self, first, last):
        """Send, or hold and say, the reports from ``first`` to ``last`` that are due today."""
        leaving = self._charter_in_range(self._to_leave_domain(), first, last)
        leaving._leave_by_themselves()
        warned = self._charter_in_range(self._to_warn_domain(), first, last)
        warned._hold_and_warn()
        return self.env._(
            "%(sent)s sent, %(refused)s refused", sent=len(leaving - warned), refused=len(warned)
        )
