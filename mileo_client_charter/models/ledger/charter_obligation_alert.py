"""The reminder before a commitment is due and the alert when it is overdue: who is notified, how and when."""

import logging
import weakref
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize
from odoo.tools.translate import LazyTranslate

from ...tools.past_due import is_past_due
from ..base.charter_batches import run_batches, run_isolated
from .charter_past_due import owed_sql

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

ALERT_BATCH = 100
# After so many, a fresh run goes on: every reaction leaves environments behind that slow down the next ones.
ALERT_RUN = 1000
# {cursor: {(method, arguments): ids}}: what the automated actions ask for while the alerts of a batch are written. Odoo runs each action
# for each row separately; a mail or an activity for many rows costs little more than for one.
ASKED = weakref.WeakKeyDictionary()
# Under this name of the transaction's own data: ids of rows it opened, of which nobody has an activity.
UNANNOUNCED = "charter.obligation.unannounced"


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
        """Return rows whose alert lags behind their facts, locked; rows another worker holds are left to it."""
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
                lambda rows, alert=alert: rows._raise_alert(alert),
                lambda row, why, alert=alert: row._say_not_raised(alert, why),
            )

    def _raise_alert(self, alert):
        """Write the alert, then do for all rows at once what the automated actions asked for, row by row."""
        asked = ASKED[self.env.cr] = {}
        try:
            self._charter_engine().write({"alert": alert})
        finally:
            del ASKED[self.env.cr]
        for (method, arguments), ids in asked.items():
            getattr(self.browse(dict.fromkeys(ids)), method)(*arguments)

    def _asked_later(self, method, *arguments):
        """Return whether this is one row's turn among many: then it is done for all of them together."""
        asked = ASKED.get(self.env.cr)
        if asked is None:
            return False
        asked.setdefault((method, arguments), []).extend(self.ids)
        return True

    def _alert_due(self):
        self.ensure_one()
        return "breach" if self.breached_at else "warning"

    def _say_not_raised(self, alert, why):
        _logger.error("The alert “%s” of commitment %s failed: %s", alert, self.id, why)
        self._charter_engine().write({"alert_error": f"{alert}: {why}"})

    def action_retry_alert(self):
        """Have the clock raise the alert again, after what failed has been fixed."""
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            return
        self._charter_engine().write({"alert_error": False})
        self._wake_clock(self._charter_now())

    # -- what the automated actions call ----------------------------------------------------------

    def _alert_users(self, to):
        """Return who is informed of each row: its owner, or the role the commitment names for a breach. :return: {row: users}

        Nobody in the role, or its holder away without a substitute, means the next one up: operations manager, general
        management, the administrators of the charter. An alert always reaches somebody.
        """
        told, keys = {}, {}
        for row in self:
            if to == "owner" and row.user_id.active and row.user_id:
                told[row] = row.user_id
            else:
                role = row.role if to == "owner" else row.commitment_id.breach_role
                keys[row] = (row.company_id.id, role, row.partner_id.id)
        holders = (
            self.env["res.company"]._charter_holders(set(keys.values()), self._charter_now()) if keys else {}
        )
        next_up = {}
        for row, key in keys.items():
            company = row.company_id
            if key in holders:
                told[row] = self.env["res.users"].browse(holders[key])
            else:
                if company not in next_up:
                    next_up[company] = company._charter_people("operations_manager")
                told[row] = next_up[company]
        stood_in = {company: company._charter_stood_in() for company in self.company_id}
        return {
            row: stood_in[row.company_id].get(users.id, users) if len(users) == 1 else users
            for row, users in told.items()
        }

    def _charter_alert_activity(self, to="owner", activity_type="mileo_client_charter.activity_promise"):
        """Put an activity on the document each promise comes from, for ``to``: owner or manager.

        Each promise has its own: somebody who has one of this promise already sees it brought up to date, not a second one,
        and what another promise of the same document asks for is left alone.
        """
        self.env.cr.precommit.data.get(UNANNOUNCED, set()).difference_update(self.ids)
        if self._asked_later("_charter_alert_activity", to, activity_type):
            return
        rows, kind = self.sudo(), self.env.ref(activity_type)
        told, origins, present = rows._alert_users(to), rows._origins(), rows._activities_of(kind)
        new = []
        for row in rows:
            origin = origins.get((row.res_model, row.res_id))
            if not origin or "activity_ids" not in origin:
                continue
            for user in told[row]:
                values = {
                    "date_deadline": row._last_day()
                    or row.company_id._charter_day_at(row.due_at or row.opened_at),
                    "summary": row._alert_summary(),
                }
                one = present.get((row.id, user.id, origin._name, origin.id))
                if one:
                    one.write(values)
                else:
                    new.append(
                        {
                            **values,
                            "charter_key": f"{row._name},{row.id}",
                            "user_id": user.id,
                            "res_model_id": self.env["ir.model"]._get_id(origin._name),
                            "res_id": origin.id,
                            "activity_type_id": kind.id,
                            "automated": True,
                            "note": kind.default_note,
                        }
                    )
        # The mail to this person is the alert's own; core's "assigned to you" would be a second one.
        if new and not self.env.context.get("mail_activity_automation_skip"):
            rows.env["mail.activity"].with_context(mail_activity_quick_update=True).create(new)

    def _close_reminders(self):
        """Close what reminded of these promises: also what announced them to their owner, which is no alert.

        Of those this transaction has opened and announced to nobody (the history of an import) there is nothing to look up.
        """
        unannounced = self.env.cr.precommit.data.get(UNANNOUNCED, set())
        announced = self.filtered(lambda row: row.id not in unannounced)
        if announced:
            self.env["mail.activity"]._charter_close(announced)

    def _activities_of(self, kind):
        """Return {(row id, user id, model and id of the document): activity of this type about the row}."""
        keys = {f"{row._name},{row.id}": row.id for row in self}
        found = {}
        for one in self.env["mail.activity"].search(
            [("charter_key", "in", list(keys)), ("activity_type_id", "=", kind.id)]
        ):
            found.setdefault((keys[one.charter_key], one.user_id.id, one.res_model, one.res_id), one)
        return found

    def _charter_announce(self):
        """Inform the new owner of these promises: an activity at once, and a mail in office hours."""
        self._charter_alert_activity("owner")
        self._charter_alert_mail("mileo_client_charter.mail_promise_opened", "owner")

    def _alert_summary(self):
        self.ensure_one()
        values = {"promise": self.commitment_id, "client": self.partner_id.display_name}
        if self.breached_at:
            return _lt("Overdue: %(promise)s, %(client)s", **values)
        return _lt("To do: %(promise)s, %(client)s", **values)

    def _charter_alert_mail(self, template, to="owner"):
        """Queue a mail from ``template`` (external id) to ``to``: owner or manager.

        The mail is in the queue with the ledger row, in one transaction; it leaves when ``_alert_leaves_at`` says. One that
        cannot wait for the morning goes to the on-call address of the role as well: its reader may be asleep.
        """
        if self._asked_later("_charter_alert_mail", template, to):
            return
        rows, mail_template = self.sudo(), self.env.ref(template).sudo()
        told, openings, mails = rows._alert_users(to), {}, {}
        for row in rows:
            if row.company_id not in openings:
                openings[row.company_id] = row._alert_opening()
            leaves_at, opening = row._alert_leaves_at(openings[row.company_id])
            on_call = row.company_id._charter_on_call(row.role) if leaves_at < opening else False
            for user in told[row]:
                copy_to = (
                    on_call
                    if on_call and email_normalize(on_call) != user.partner_id.email_normalized
                    else False
                )
                mails.setdefault((leaves_at, user, copy_to), []).append(row.id)
                on_call = False if copy_to else on_call
        for (leaves_at, user, copy_to), ids in mails.items():
            values = {
                "recipient_ids": [fields.Command.set(user.partner_id.ids)],
                "scheduled_date": leaves_at,
                "auto_delete": False,
                **({"email_to": copy_to} if copy_to else {}),
            }
            mail_template.with_context(lang=user.lang, charter_user=user).send_mail_batch(
                ids, email_values=values
            )
        for leaves_at in sorted({leaves_at for leaves_at, _user, _copy_to in mails}):
            rows._wake_mail_queue(leaves_at)

    def _alert_opening(self):
        """Return when people of the row's company are next at work, naive UTC; now where mails do not wait for it."""
        now = self._charter_now()
        return (
            self.company_id._charter_next_opening(now) if self.company_id.charter_alert_office_hours else now
        )

    def _alert_leaves_at(self, opening=None):
        """Return (when a mail about this obligation leaves, when people of the company are next at work), naive UTC.

        It waits for office hours only where that leaves half of the time that is left (article 03: 24 hours are 24 hours on a
        Friday evening too). Once the promise is late, one counted in hours round the clock does not wait either: a client is
        waiting; what fell due with a day's end is notified in the morning.
        """
        self.ensure_one()
        now = self._charter_now()
        if not self.company_id.charter_alert_office_hours:
            return now, now
        opening = opening or self._alert_opening()
        if self.due_at and not is_past_due(self.due_at, now):
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
        """Return the document the promise comes from; empty when it, or the addon that made it, is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    def _origins(self):
        """Return {(model, id): the document promises come from}, without those that are gone."""
        ids = {}
        for row in self:
            ids.setdefault(row.res_model, set()).add(row.res_id)
        return {
            (model, origin.id): origin
            for model, numbers in ids.items()
            if model in self.env
            for origin in self.env[model].browse(sorted(numbers)).exists()
        }

    def _origin_name(self):
        return self._origin_record().display_name or ""

    def _origin_words(self):
        """Return what the client said, when the promise comes from something a client said."""
        origin = self._origin_record()
        return origin._charter_said() if origin and hasattr(origin, "_charter_said") else ""

    def _dashboard_url(self):
        """Return the address of the document the promise comes from, for mails to staff."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/{self.res_model}/{self.res_id}"
