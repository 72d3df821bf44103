"""The due day of a report: what nobody sent by noon leaves by itself, or is held and said (article 01)."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..base.charter_batches import Queue, run_batches, run_isolated
from .charter_report_draft import SEND_BATCH

_lt = LazyTranslate(__name__)

# A day ends at midnight, which is the due moment: twelve hours before is noon of the due day. The morning is for a
# last look, the afternoon for the mail to leave.
AHEAD = timedelta(hours=12)


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _act_on_due_day(self):
        """Send, or hold and warn, each as its tier or else its company says; in batches, each report once.

        A report that cannot be sent, or whose figures cannot be computed, is warned about whatever the option. One that
        somebody holds back stays so: he has said why.

        :return: whether there is time left
        """
        for domain, act in (
            (self._to_leave_domain(), lambda batch: batch._leave_by_themselves()),
            (self._to_warn_domain(), self._warn_or_say),
        ):
            queue = Queue(self.sudo(), domain, SEND_BATCH)
            if not run_batches(self.env, queue.take, act, queue.left):
                return False
        return True

    @api.model
    def _warn_or_say(self, batch):
        run_isolated(
            batch,
            lambda reports: reports._hold_and_warn(),
            lambda report, why: report._charter_engine().write({"error": why}),
        )

    @api.model
    def _due_day_domain(self):
        """Owed, due today or before, and on nobody's way: neither queued, nor warned about already."""
        return Domain(
            [
                ("due_at", "!=", False),
                ("due_at", "<=", self._charter_now() + AHEAD),
                ("obligation_id.is_owed", "=", True),
                ("queued_at", "=", False),
                ("warned_at", "=", False),
            ]
        )

    @api.model
    def _option_domain(self, option):
        """Reports whose tier says ``option``, or whose company does where the tier says nothing."""
        tier = "contract_id.charter_tier_id.report_unreviewed"
        return Domain(tier, "=", option) | (
            Domain(tier, "=", False) & Domain("company_id.charter_report_unreviewed", "=", option)
        )

    @api.model
    def _to_leave_domain(self):
        ready = Domain("computed_at", "!=", False) & Domain("error", "=", False)
        return (
            self._due_day_domain()
            & Domain("state", "in", ("draft", "reviewed"))
            & self._option_domain("send")
            & ready
        )

    @api.model
    def _to_warn_domain(self):
        """Those that are to be held; and those of the other option that could not leave."""
        stuck = Domain("error", "!=", False)
        return (
            self._due_day_domain()
            & Domain("state", "in", ("draft", "reviewed"))
            & (self._option_domain("hold") | stuck)
        )

    def _leave_by_themselves(self):
        """The reviewed ones as they were reviewed; the others with figures of now, and printed as not reviewed."""
        reviewed = self.filtered(lambda report: report.state == "reviewed")
        for reports, unreviewed in ((reviewed, False), (self - reviewed, True)):
            if reports:
                reports._send_or_say(unreviewed)

    def _hold_and_warn(self):
        """A draft is held with its reason; the operations manager gets an activity, once a report."""
        run_isolated(self, lambda reports: reports._hold(), self._say_not_warned)

    def _say_not_warned(self, report, why):
        report._charter_engine().write({"error": why, "warned_at": self._charter_now()})

    def _hold(self):
        now = self._charter_now()
        for report in self._charter_engine():
            values = {"warned_at": now}
            if report.state == "draft":
                reason = _lt("Nobody had reviewed it on its due day.")
                values.update(state="held", hold_reason=reason)
            report.write(values)
            report._warn_operations()

    def _warn_operations(self):
        self.ensure_one()
        users = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
        for user in users:
            words = self.with_context(lang=user.lang)
            self.activity_schedule(
                "mileo_client_charter.activity_promise",
                user_id=user.id,
                summary=_lt("Due today and not sent: %s", words),
                note=self.error or words._missing_step(),
            )

    def _missing_step(self):
        """Whose turn it is, in words."""
        self.ensure_one()
        if self.reviewed_at:
            return self.env._("It is reviewed, and waits to be sent.")
        if self.written_at:
            name = self.account_manager_id.name or self.env._("the account manager")
            return self.env._("Its recommendations are written; it waits for the review of %s.", name)
        name = self.technical_contact_id.name or self.env._("the technical contact")
        return self.env._(
            "Its recommendations are not written yet: %s writes them, or says why there is none.", name
        )
