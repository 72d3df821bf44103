import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from psycopg2.extras import execute_values

from ..tools.clock import Delay, NoWorkingTime
from .charter_commitment import ROLES, UNITS

# Rows written by one INSERT; one round trip for a thousand promises.
INSERT_BATCH = 1000


class MissingCharter(UserError):
    """No charter in force, or none with that commitment: there is no promise to open."""


class CharterObligation(models.Model):
    """One dated promise to one client. The ledger everything else is read from.

    Append-only: rows are opened, kept, found late or cancelled by the engine. All moments are naive UTC.
    """

    _name = "charter.obligation"
    _description = "Promise"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _order = "due_at, id"
    _rec_name = "occurrence"

    commitment_id = fields.Many2one("charter.commitment", required=True, ondelete="restrict", readonly=True)
    code = fields.Char(required=True, readonly=True)
    article_id = fields.Many2one(related="commitment_id.article_id", string="Article")
    # Indexed below, with the state.
    partner_id = fields.Many2one("res.partner", "Client", required=True, ondelete="restrict", readonly=True)
    contract_id = fields.Many2one(
        "contract.contract", index="btree_not_null", ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict", readonly=True)
    res_model = fields.Char("Origin model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Origin", model_field="res_model", required=True, readonly=True)
    occurrence = fields.Char(required=True, default="", readonly=True)
    role = fields.Selection(ROLES, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Owner", index="btree_not_null", ondelete="restrict", readonly=True
    )
    # The target, frozen when the promise is opened
    delay = fields.Integer(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    clock = fields.Selection([("elapsed", "Round the clock"), ("working", "Working time")], readonly=True)
    trigger_at = fields.Datetime(
        "Counted from",
        required=True,
        readonly=True,
        help="The trigger, or the event the promise comes before.",
    )
    opened_at = fields.Datetime(required=True, readonly=True)
    warn_at = fields.Datetime("Remind at", readonly=True, groups="base.group_user")
    due_at = fields.Datetime(readonly=True)
    clock_error = fields.Char("No due time", readonly=True, help="Why no due time could be computed.")
    # What happened
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("late", "Late"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        readonly=True,
        help="Late stays late, also once it is done.",
    )
    warned_at = fields.Datetime("Reminder due since", readonly=True, groups="base.group_user")
    breached_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    cancelled_at = fields.Datetime(readonly=True)
    cancel_reason = fields.Char(readonly=True, groups="base.group_user")
    withdrawn = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="Cancelled with its contract; owed again if the contract comes back.",
    )
    evidence = fields.Text(readonly=True, groups="base.group_user")
    history = fields.Text(
        readonly=True, groups="base.group_user", help="Changes of owner and corrections, dated."
    )
    # Figures are sums of these
    met = fields.Integer("Promises kept", readonly=True, aggregator="sum")
    missed = fields.Integer("Promises late", readonly=True, aggregator="sum")
    # What people were told; automated actions react to a change of "alert"
    alert = fields.Selection(
        [("warning", "Reminded"), ("breach", "Told late")], readonly=True, groups="base.group_user"
    )
    alert_error = fields.Text(readonly=True, groups="base.group_user")

    promise = fields.Char(compute="_compute_promise", help="The promise in the reader's language.")
    target_text = fields.Char(compute="_compute_target_text")
    time_left = fields.Char(compute="_compute_time_left")
    urgency = fields.Selection(
        [("late", "Late"), ("soon", "Due within a day"), ("later", "Later"), ("none", "Nothing owed")],
        compute="_compute_time_left",
    )
    is_owed = fields.Boolean(compute="_compute_is_owed", search="_search_is_owed")
    by_evidence = fields.Boolean(related="commitment_id.by_evidence")

    _same_promise_once = models.UniqueIndex(
        "(code, res_model, res_id, occurrence)", "This promise is in the ledger already."
    )
    # What the clock reads: only rows something can still happen to.
    _due_idx = models.Index("(due_at) WHERE state = 'open'")
    _warn_idx = models.Index("(warn_at) WHERE state = 'open' AND warned_at IS NULL")
    _tell_idx = models.Index(
        "(id) WHERE done_at IS NULL AND state IN ('open', 'late') AND alert_error IS NULL AND "
        "((breached_at IS NOT NULL AND alert IS DISTINCT FROM 'breach') OR (warned_at IS NOT NULL AND alert IS NULL))"
    )
    _client_idx = models.Index("(partner_id, state, due_at)")

    # -- readings ---------------------------------------------------------------------------------

    @api.depends("commitment_id")
    @api.depends_context("lang")
    def _compute_promise(self):
        for obligation in self:
            # A portal user reads the promise, not the commitment's settings.
            obligation.promise = obligation.commitment_id.sudo().name

    @api.depends("promise", "occurrence")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for obligation in self:
            parts = [obligation.promise or obligation.code, obligation.occurrence]
            obligation.display_name = " · ".join(part for part in parts if part)

    @api.depends("delay", "unit", "clock")
    @api.depends_context("lang")
    def _compute_target_text(self):
        commitments = self.env["charter.commitment"].sudo()
        for obligation in self:
            obligation.target_text = commitments._words(obligation.delay, obligation.unit, obligation.clock)

    @api.depends("state", "done_at")
    def _compute_is_owed(self):
        for obligation in self:
            obligation.is_owed = not obligation.done_at and obligation.state in ("open", "late")

    @api.model
    def _search_is_owed(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        owed = Domain("done_at", "=", False) & Domain("state", "in", ("open", "late"))
        return owed if (True in value) == (operator == "in") else ~owed

    @api.depends("due_at", "state", "done_at", "paused_at")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = self._charter_now()
        for obligation in self:
            left = (obligation.due_at - now) if obligation.due_at else None
            if not obligation.is_owed:
                obligation.urgency, obligation.time_left = "none", ""
            elif obligation.paused_at:
                obligation.urgency, obligation.time_left = "later", self.env._("paused")
            elif left is None:
                obligation.urgency, obligation.time_left = "late", obligation.clock_error
            elif left <= timedelta():
                obligation.urgency = "late"
                obligation.time_left = self.env._("late by %s", self._duration_in_words(-left))
            else:
                obligation.urgency = "soon" if left <= timedelta(days=1) else "later"
                obligation.time_left = self.env._("%s left", self._duration_in_words(left))

    @api.model
    def _duration_in_words(self, duration):
        """“2 d 5 h”, “5 h 20 min”, “12 min”: the two largest units."""
        minutes = int(duration.total_seconds() // 60)
        days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        return self.env._("%s min", minutes)

    # -- opening ----------------------------------------------------------------------------------

    @api.model
    def _open(self, requests):
        """Open promises, many at once; opening one twice gives the same row.

        :param requests: list of dicts: ``code``, ``res_model``, ``res_id``, ``partner_id``, ``company_id``,
            ``at`` (naive UTC moment of the trigger, or of the event for promises that come before one) and
            optionally ``contract_id``, ``occurrence``, ``opened_at``, ``delay`` (tools.clock.Delay that
            replaces the commitment's) and ``user_id``
        :return: charter.obligation, the rows of the requests in their order, new or already there
        :raise MissingCharter: a company has no charter in force with that code; nothing is written
        """
        if not requests:
            return self.browse()
        engine = self._charter_engine()
        commitments = self.env["charter.document"]._commitments_in_force(
            {request["company_id"] for request in requests}, {request["code"] for request in requests}
        )
        for request in requests:
            if (request["company_id"], request["code"]) not in commitments:
                company = self.env["res.company"].sudo().browse(request["company_id"])
                raise MissingCharter(
                    self.env._(
                        "%(company)s has no charter in force with the commitment “%(code)s”: publish one in "
                        "Client Charter ‣ Configuration ‣ Charters.",
                        company=company.name,
                        code=request["code"],
                    )
                )
        rows = engine._rows_to_insert(requests, commitments)
        inserted = {}
        self.flush_model()
        columns = list(rows[0])
        for start in range(0, len(rows), INSERT_BATCH):
            batch = rows[start : start + INSERT_BATCH]
            # One parameter for the whole batch: quoting values one by one takes longer than inserting them.
            self.env.cr.execute(
                f"INSERT INTO charter_obligation ({', '.join(columns)}) "
                f"SELECT {', '.join(columns)} FROM jsonb_populate_recordset(NULL::charter_obligation, %s) "
                "ON CONFLICT (code, res_model, res_id, occurrence) DO NOTHING "
                "RETURNING id, code, res_model, res_id, occurrence",
                [json.dumps(batch, default=str)],
            )
            returned = self.env.cr.fetchall()
            inserted.update({tuple(key): row_id for row_id, *key in returned})
        keys = [tuple(row[name] for name in ("code", "res_model", "res_id", "occurrence")) for row in rows]
        known = dict(inserted)
        missing = [key for key in keys if key not in known]
        if missing:
            known.update(self._ids_of(missing))
        if inserted:
            self.invalidate_model()
            moments = [
                moment
                for key, row in zip(keys, rows, strict=True)
                if key in inserted
                for moment in (row["warn_at"], row["due_at"])
                if moment
            ]
            if moments:
                self._wake_clock(min(moments))
        return self.browse([known[key] for key in keys])

    def _ids_of(self, keys):
        """{(code, res_model, res_id, occurrence): id} of rows that exist."""
        rows = execute_values(
            self.env.cr,
            "SELECT o.code, o.res_model, o.res_id, o.occurrence, o.id FROM charter_obligation o "
            "JOIN (VALUES %s) AS k (code, res_model, res_id, occurrence) "
            "USING (code, res_model, res_id, occurrence)",
            keys,
            page_size=len(keys),
            fetch=True,
        )
        return {tuple(key): row_id for *key, row_id in rows}

    def _rows_to_insert(self, requests, commitments):
        """The ledger rows of ``requests`` as dicts of columns, their targets computed and frozen."""
        now = self._charter_now()
        # Read once: a batch asks for the same few commitments a thousand times.
        terms = {key: commitment._terms() for key, commitment in commitments.items()}
        holders = self.env["charter.assignment"]._holders(
            {
                (
                    request["company_id"],
                    terms[request["company_id"], request["code"]].owner_role,
                    request["partner_id"],
                )
                for request in requests
            },
            now,
        )
        frozen = []
        for request in requests:
            commitment = terms[request["company_id"], request["code"]]
            delay = request.get("delay") or commitment.delay
            frozen.append((request, commitment, delay))
        dues = self._due_moments(
            [(request, request["at"], delay, commitment.anchor) for request, commitment, delay in frozen]
        )
        # The reminder counts back from the due time on the clock of the promise itself.
        warnings = self._due_moments(
            [
                (request, due, Delay(commitment.warn_before, commitment.warn_unit, delay.clock), "before")
                if commitment.warn_before and not isinstance(due, NoWorkingTime)
                else None
                for (request, commitment, delay), due in zip(frozen, dues, strict=True)
            ]
        )
        rows = []
        for (request, commitment, delay), due, warn in zip(frozen, dues, warnings, strict=True):
            failed = isinstance(due, NoWorkingTime)
            opened_at = request.get("opened_at") or (request["at"] if commitment.anchor == "after" else now)
            warn_at = (
                None if failed or warn is None or isinstance(warn, NoWorkingTime) else max(warn, opened_at)
            )
            role = commitment.owner_role
            rows.append(
                {
                    "commitment_id": commitment.id,
                    "code": commitment.code,
                    "partner_id": request["partner_id"],
                    "contract_id": request.get("contract_id") or None,
                    "company_id": request["company_id"],
                    "res_model": request["res_model"],
                    "res_id": request["res_id"],
                    "occurrence": request.get("occurrence") or "",
                    "role": role,
                    "user_id": request.get("user_id")
                    or holders.get((request["company_id"], role, request["partner_id"]))
                    or None,
                    "delay": delay.amount,
                    "unit": delay.unit,
                    "clock": delay.clock,
                    "trigger_at": request["at"],
                    "opened_at": opened_at,
                    "warn_at": warn_at,
                    "due_at": None if failed else due,
                    "clock_error": str(due) if failed else None,
                    "state": "open",
                    "met": 0,
                    "missed": 0,
                    "create_uid": self.env.uid,
                    "create_date": now,
                    "write_uid": self.env.uid,
                    "write_date": now,
                }
            )
        return rows

    def _due_moments(self, questions):
        """Answers to (request, moment, Delay, anchor) or None, computed once a calendar.

        :return: list of naive UTC datetimes, NoWorkingTime instances, or None where the question is None
        """
        contracts = {question[0].get("contract_id") for question in questions if question} - {None, False}
        own_calendars = (
            self.env["contract.contract"]
            .with_context(active_test=False)
            .search_fetch(
                [("id", "in", list(contracts)), ("charter_calendar_id", "!=", False)], ["charter_calendar_id"]
            )
        )
        calendar_of_contract = {contract.id: contract.charter_calendar_id.id for contract in own_calendars}
        answers = [None] * len(questions)
        by_calendar = {}
        for index, question in enumerate(questions):
            if question is None:
                continue
            request, *asked = question
            key = (request["company_id"], calendar_of_contract.get(request.get("contract_id")))
            by_calendar.setdefault(key, []).append((index, asked))
        for (company_id, calendar_id), asked in by_calendar.items():
            company = self.env["res.company"].browse(company_id)
            calendar = self.env["resource.calendar"].browse(calendar_id) or company.resource_calendar_id
            shifted = calendar.with_company(company)._charter_shift_many(
                [question for _index, question in asked]
            )
            for (index, _question), answer in zip(asked, shifted, strict=True):
                # A calendar open round the clock loses a microsecond each midnight; a promise counts in seconds.
                answers[index] = (
                    answer
                    if isinstance(answer, NoWorkingTime)
                    else (answer + timedelta(milliseconds=500)).replace(microsecond=0)
                )
        return answers

    # -- closing ----------------------------------------------------------------------------------

    def _fulfil(self, evidence, at=None):
        """The promise is kept now, or was at ``at``: on time, or late for good. Done rows are left as they are.

        :param evidence: one line saying what shows it
        :param at: the moment it was done as declared by who did it, naive UTC; without it, the moment of recording
        :raise ValidationError: ``at`` is still to come
        """
        now = self._charter_now()
        self._check_declared(at, now)
        for obligation in self._charter_engine():
            if obligation.is_owed:
                obligation.write(obligation._done_values(evidence, at, now))

    def _cancel(self, reason, withdrawn=False):
        """Nothing is owed any more, and the reason stays. Rows already done are left as they are.

        :param withdrawn: the contract takes it back; the same occurrence may be opened again, as another row
        """
        now = self._charter_now()
        for obligation in self._charter_engine():
            if obligation.is_owed:
                obligation.write(
                    {
                        "state": "cancelled",
                        "cancelled_at": now,
                        "cancel_reason": reason,
                        "withdrawn": withdrawn,
                        "met": 0,
                        "missed": 0,
                    }
                )

    def _hand_over(self, user, reason):
        """Another person owes these promises from now on; due times do not move, the change is kept."""
        stamp = fields.Datetime.to_string(self._charter_now())
        for obligation in self._charter_engine():
            if obligation.is_owed and obligation.user_id != user:
                line = f"{stamp} UTC: {obligation.user_id.name or '—'} → {user.name or '—'} ({reason})"
                obligation.write(
                    {"user_id": user.id, "history": "\n".join(filter(None, [obligation.history, line]))}
                )

    # -- actions ----------------------------------------------------------------------------------

    def action_cancel(self, reason):
        """An administrator withdraws promises; the rows stay, cancelled, with the reason.

        :raise AccessError: not an administrator of the charter
        :raise ValidationError: no reason, or a promise already kept or cancelled
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_admin"):
            raise AccessError(self.env._("Only an administrator of the charter can cancel a promise."))
        self.check_access("read")
        if not (reason or "").strip():
            raise ValidationError(
                self.env._("Reason: say why this promise is cancelled; the reason stays in the ledger.")
            )
        self._check_owed()
        self._cancel(self.env._("%(reason)s (by %(user)s)", reason=reason.strip(), user=self.env.user.name))

    def action_record_evidence(self, evidence):
        """The owner records how a promise was kept, for promises no document of the system closes.

        :raise ValidationError: no evidence, already done, or a promise that has its own steps
        """
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users can record how a promise was kept."))
        if not (evidence or "").strip():
            raise ValidationError(self.env._("Evidence: say what was done, when and with whom."))
        self._check_owed()
        for obligation in self:
            if not obligation.by_evidence:
                raise ValidationError(
                    self.env._("“%s” is kept by its own steps: open the document it comes from.",
                               obligation.display_name)
                )  # fmt: skip
        self._fulfil(
            self.env._(
                "%(evidence)s (recorded by %(user)s)", evidence=evidence.strip(), user=self.env.user.name
            )
        )

    def _check_owed(self):
        for obligation in self:
            if not obligation.is_owed:
                raise ValidationError(
                    self.env._(
                        "“%s” is no longer owed: it has been kept or cancelled.", obligation.display_name
                    )
                )

    def action_recompute_due(self):
        """Once its calendar has been mended, give a promise the due time it could not have."""
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(self.env._("Only operations managers can compute a missing due time."))
        self.check_access("read")
        moments = []
        for obligation in self.filtered("clock_error")._charter_engine():
            asked = {"contract_id": obligation.contract_id.id, "company_id": obligation.company_id.id}
            delay = Delay(obligation.delay, obligation.unit, obligation.clock)
            [due] = obligation._due_moments(
                [(asked, obligation.trigger_at, delay, obligation.commitment_id.anchor)]
            )
            if isinstance(due, NoWorkingTime):
                obligation.write({"clock_error": str(due)})
            else:
                obligation.write({"clock_error": False, "due_at": due})
                moments.append(due)
        if moments:
            self._wake_clock(min(moments))

    def action_open_origin(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def _wizard_action(self, operation, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "charter.obligation.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_operation": operation, "default_obligation_ids": self.ids},
        }

    def action_ask_cancel(self):
        return self._wizard_action("cancel", self.env._("Cancel a promise"))

    def action_ask_evidence(self):
        return self._wizard_action("evidence", self.env._("Record how it was kept"))

    # -- the clock --------------------------------------------------------------------------------

    @api.model
    def _wake_clock(self, moment):
        """Have the clock run at ``moment`` (naive UTC), not only at its next regular turn."""
        self.env.ref("mileo_client_charter.cron_clock").sudo()._trigger(at=max(moment, self._charter_now()))

    @api.model
    def _detect(self, now):
        """Mark what fell due by ``now``: two statements whatever the size of the ledger.

        :return: (number of reminders due, number of promises just found late)
        """
        self.env["charter.obligation"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE charter_obligation SET warned_at = %(now)s
                 WHERE id IN (SELECT id FROM charter_obligation
                               WHERE state = 'open' AND warned_at IS NULL AND warn_at <= %(now)s
                                 FOR UPDATE SKIP LOCKED)
                """,
                now=now,
            )
        )
        warned = self.env.cr.rowcount
        self.env.cr.execute(
            SQL(
                """
                UPDATE charter_obligation SET state = 'late', breached_at = %(now)s, missed = 1
                 WHERE id IN (SELECT id FROM charter_obligation
                               WHERE state = 'open' AND due_at < %(now)s
                                 FOR UPDATE SKIP LOCKED)
                """,
                now=now,
            )
        )
        late = self.env.cr.rowcount
        if warned or late:
            self.invalidate_model(["state", "warned_at", "breached_at", "missed"])
        return warned, late

    @api.model
    def _next_moment(self, now):
        """The next moment something falls due, read from the two partial indexes, if nobody will wake up for it.

        :return: naive UTC, or None when nothing is open or the clock is set for that moment already
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("mileo_client_charter.cron_clock")
        self.env.cr.execute(
            """
            SELECT moment FROM (SELECT LEAST(
                       (SELECT min(due_at) FROM charter_obligation WHERE state = 'open'),
                       (SELECT min(warn_at) FROM charter_obligation WHERE state = 'open' AND warned_at IS NULL)
                   ) AS moment) AS next
             WHERE NOT EXISTS (SELECT 1 FROM ir_cron_trigger
                                WHERE cron_id = %s AND call_at > %s AND call_at >= moment
                                  AND call_at <= moment + interval '1 minute')
            """,
            [cron_id, now],
        )
        row = self.env.cr.fetchone()
        return row and row[0]

    @api.model
    def _cron_clock(self):
        """One turn of the clock: detect, tell, and wake up at the next due moment.

        Detection and telling are separate transactions. A row's message is due as long as its ``alert``
        lags behind its facts, and ``alert`` is written in the transaction that makes the messages: killed
        anywhere and run again, or run twice at once, nothing is lost and nothing is said twice.
        """
        now = self._charter_now()
        cron = self.env["ir.cron"]
        warned, late = self._detect(now)
        if warned or late:
            cron._commit_progress(warned + late)
        self._tell_all()
        moment = self._next_moment(now)
        if moment:
            # A due moment in the past means a row is being worked on elsewhere; look again shortly.
            self._wake_clock(max(moment + timedelta(seconds=1), now + timedelta(seconds=1)))
