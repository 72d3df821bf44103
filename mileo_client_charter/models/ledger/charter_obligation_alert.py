"""Who is told, when a promise comes near its due time or passes it."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize
from odoo.tools.translate import LazyTranslate

from ..base.charter_batches import run_batches, run_isolated
from .charter_obligation import owed_sql

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

ALERT_BATCH = 100
# After so many, a fresh run goes on: every reaction leaves environments behind that slow down the next ones.
ALERT_RUN = 1000


class CharterObligation(models.Model):
    _inherit = "charter.obligation"

    @api.model
    def _raise_due_alerts(self):
        """Raise the alerts that are due, in batches, each in a transaction of its own."""
        sizes, seen = [], []

        def take():
            if sum(sizes) >= ALERT_RUN:
                return self.browse()
            batch = self._alerts_due(ALERT_BATCH, seen)
            sizes.append(len(batch))
            # Each row once a run, also one that cannot even be marked as failed.
            seen.extend(batch.ids)
            return batch

        in_time = run_batches(self.env, take, lambda rows: rows._raise_alerts(), size=ALERT_BATCH)
        if not in_time or sum(sizes) >= ALERT_RUN:
            # The rest is still due, and the next run starts with it.
            self._wake_clock(self._charter_now())

    @api.model
    def _alerts_due(self, limit, without=()):
        """Rows whose alert lags behind their facts, locked; rows another worker holds are left to it."""
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM charter_obligation
                 WHERE %(owed)s AND alert_error IS NULL AND id != ALL(%(without)s)
                   AND ((breached_at IS NOT NULL AND alert IS DISTINCT FROM 'breach')
                        OR (warned_at IS NOT NULL AND alert IS NULL))
                 ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
                """,
                owed=owed_sql(),
                without=list(without),
                limit=limit,
            )
        )
        return self.browse(row_id for (row_id,) in self.env.cr.fetchall())

    def _raise_alerts(self):
        """Write the alert, which is what the automated actions react to.

        A row whose reactions fail keeps its facts, says what failed, and does not hold up the others.
        """
        for alert in ("breach", "warning"):
            rows = self.filtered(lambda row, alert=alert: row._alert_due() == alert)
            run_isolated(
                rows,
                lambda rows, alert=alert: rows._charter_engine().write({"alert": alert}),
                lambda row, why, alert=alert: row._say_not_raised(alert, why),
            )

    def _alert_due(self):
        self.ensure_one()
        return "breach" if self.breached_at else "warning"

    def _say_not_raised(self, alert, why):
        _logger.error("The alert “%s” of commitment %s failed: %s", alert, self.id, why)
        self._charter_engine().write({"alert_error": f"{alert}: {why}"})

    def action_retry_alert(self):
        """After what failed has been mended, have the clock raise the alert again."""
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            return
        self._charter_engine().write({"alert_error": False})
        self._wake_clock(self._charter_now())

    # -- what the automated actions call ----------------------------------------------------------

    def _alert_users(self, to):
        """Who is told of this row: its owner, or the role the commitment names for a breach.

        Nobody in the role means the next one up: operations manager, general management, the
        administrators of the charter. An alert always reaches somebody.
        """
        self.ensure_one()
        if to == "owner" and self.user_id.active and self.user_id:
            return self.user_id
        role = self.role if to == "owner" else self.commitment_id.breach_role
        key = (self.company_id.id, role, self.partner_id.id)
        holder = self.env["res.company"]._charter_holders({key}, self._charter_now()).get(key)
        if holder:
            return self.env["res.users"].browse(holder)
        return self.company_id._charter_people("operations_manager")

    def _charter_alert_activity(self, to="owner", activity_type="mileo_client_charter.activity_promise"):
        """Put an activity on the document the promise comes from, for ``to``: owner or manager.

        Each promise has its own: somebody who has one of this promise already sees it brought up to date, not a second one,
        and what another promise of the same document asks for is left alone.
        """
        type_id = self.env.ref(activity_type).id
        for obligation in self.sudo():
            origin = obligation._origin_record()
            if not origin or "activity_ids" not in origin:
                continue
            for user in obligation._alert_users(to):
                values = {
                    "date_deadline": obligation._last_day()
                    or obligation.company_id._charter_day_at(obligation.due_at or obligation.opened_at),
                    "summary": obligation._alert_summary(),
                    "charter_key": f"{obligation._name},{obligation.id}",
                }
                present = origin.activity_ids._charter_about(obligation).filtered(
                    lambda activity, user=user: (
                        activity.user_id == user and activity.activity_type_id.id == type_id
                    )
                )[:1]
                if present:
                    present.write(values)
                else:
                    # The mail to this person is the alert's own; core's "assigned to you" would be a second one.
                    origin.with_context(mail_activity_quick_update=True).activity_schedule(
                        activity_type, user_id=user.id, **values
                    )

    def _charter_announce(self):
        """Somebody new owes these promises: an activity at once, and a mail in office hours."""
        self._charter_alert_activity("owner")
        self._charter_alert_mail("mileo_client_charter.mail_promise_opened", "owner")

    def _alert_summary(self):
        self.ensure_one()
        values = {"promise": self.commitment_id, "client": self.partner_id.display_name}
        if self.breached_at:
            return _lt("Late: %(promise)s, %(client)s", **values)
        return _lt("To do: %(promise)s, %(client)s", **values)

    def _charter_alert_mail(self, template, to="owner"):
        """Queue a mail from ``template`` (external id) to ``to``: owner or manager.

        The mail is in the queue with the ledger row, in one transaction; it leaves when ``_alert_leaves_at`` says. One that
        cannot wait for the morning goes to the on-call address of the role as well: its reader may be asleep.
        """
        mail_template = self.env.ref(template).sudo()
        for obligation in self.sudo():
            leaves_at, opening = obligation._alert_leaves_at()
            on_call = (
                obligation.company_id._charter_on_call(obligation.role) if leaves_at < opening else False
            )
            for user in obligation._alert_users(to):
                values = {
                    "recipient_ids": [fields.Command.set(user.partner_id.ids)],
                    "scheduled_date": leaves_at,
                    "auto_delete": False,
                }
                if on_call and email_normalize(on_call) != user.partner_id.email_normalized:
                    values["email_to"] = on_call
                    on_call = False
                mail_template.with_context(lang=user.lang, charter_user=user).send_mail_batch(
                    obligation.ids, email_values=values
                )
            obligation._wake_mail_queue(leaves_at)

    def _alert_leaves_at(self):
        """(when a mail about this promise leaves, when people of the company are next at work), naive UTC.

        It waits for office hours only where that leaves half of the time that is left (article 03: 24 hours are 24 hours on a
        Friday evening too). Once the promise is late, one counted in hours round the clock does not wait either: a client is
        waiting; what fell due with a day's end is told in the morning.
        """
        self.ensure_one()
        now = self._charter_now()
        if not self.company_id.charter_alert_office_hours:
            return now, now
        opening = self.company_id._charter_next_opening(now)
        if self.due_at and self.due_at > now:
            waits = opening - now <= (self.due_at - now) / 2
        else:
            waits = not self.due_at or self.unit != "hours" or self.clock != "elapsed"
        return (opening if waits else now), opening

    @api.model
    def _wake_mail_queue(self, moment=None):
        """Have the queue of mails emptied at ``moment`` (naive UTC), now by default."""
        moment = max(moment or self._charter_now(), self._charter_now()) + timedelta(seconds=1)
        # Core's queue does not look at when its next mail is to leave.
        self.env["ir.cron"]._charter_wake("mail.ir_cron_mail_scheduler_action", moment, goes_on=False)

    def _origin_record(self):
        """The document the promise comes from; empty when it, or the addon that made it, is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    def _origin_name(self):
        return self._origin_record().display_name or ""

    def _origin_words(self):
        """What the client said, when the promise comes from something a client said."""
        origin = self._origin_record()
        return origin._charter_said() if origin and hasattr(origin, "_charter_said") else ""

    def _dashboard_url(self):
        """Address of the document the promise comes from, for mails to staff."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/{self.res_model}/{self.res_id}"
