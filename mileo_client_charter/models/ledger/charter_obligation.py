"""The register: one row for each dated commitment to a client, its results, and when it is past due, met or cancelled."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.clock import Delay, NoWorkingTime
from ...tools.past_due import is_past_due
from ...tools.words import is_said, is_sentence
from ..base.charter_words import Kept, LongWords, Words, stored
from ..base.client_document import Sheet
from ..charter.charter_commitment import ROLES, UNITS
from .charter_past_due import LATE_OWED, OWED, over_domain

_lt = LazyTranslate(__name__)

# Still owed: neither done nor withdrawn. ``is_owed`` says it of a row, these say it in SQL; ``{row}`` is the alias of the
# ledger with its dot, or nothing. Late and still owed is what a client's page, its health and Today count.
OWED_STATES = ("open", "late")


class MissingCharter(UserError):
    """No charter in force, or none with that commitment: there is no promise to open."""


class _CoveredMany2one(fields.Many2one):
    """A link whose integrity a wider foreign key of its model guarantees: one check a row instead of two."""

    def update_db_foreign_key(self, model, column):
        """Make no foreign key of its own."""


class CharterObligation(models.Model):
    """One dated promise to one client. The ledger everything else is read from.

    Append-only: rows are opened, kept, found late or cancelled by the engine. All moments are naive UTC.
    """

    _name = "charter.obligation"
    _description = "Commitment"
    _inherit = ["charter.engine.mixin", "charter.sealed.mixin"]
    _charter_engine_only = True
    _charter_export = Sheet(
        "promises",
        ("promise", "occurrence", "delay", "unit", "clock", "opened_at", "due_at", "done_at", "cancelled_at", "state"),
    )  # fmt: skip
    _charter_seal_when = "{row}.state != 'open'"
    _charter_seal_columns = (
        "company_id", "commitment_id", "code", "partner_id", "contract_id", "res_model", "res_id", "occurrence", "role",
        "delay", "unit", "clock", "trigger_at", "opened_at", "due_at", "state", "breached_at", "done_at", "cancelled_at",
        "cancel_reason", "withdrawn", "evidence", "history", "met", "missed",
    )  # fmt: skip
    _charter_seal_label = "concat_ws(' ', {row}.code, {row}.occurrence, {row}.state)"
    _order = "due_at, id"
    # The ledger's own columns say when a row was opened and what became of it; who did it is in its evidence.
    _log_access = False
    _rec_name = "occurrence"

    commitment_id = _CoveredMany2one(
        "charter.commitment", "Charter commitment", required=True, ondelete="restrict", readonly=True
    )
    code = fields.Char(required=True, readonly=True)
    article_id = fields.Many2one(related="commitment_id.article_id", string="Article")
    # Indexed below, with the state.
    partner_id = fields.Many2one("res.partner", "Client", required=True, ondelete="restrict", readonly=True)
    contract_id = fields.Many2one(
        "contract.contract", index="btree_not_null", ondelete="restrict", readonly=True
    )
    company_id = _CoveredMany2one("res.company", required=True, ondelete="restrict", readonly=True)
    res_model = fields.Char("Origin model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Origin", model_field="res_model", required=True, readonly=True)
    occurrence = fields.Char(required=True, default="", readonly=True)
    role = fields.Selection(ROLES, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="base.group_user",
    )
    # The target, frozen when the promise is opened
    delay = fields.Integer(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    clock = fields.Selection([("elapsed", "24/7"), ("working", "Working hours")], "Time basis", readonly=True)
    trigger_at = fields.Datetime(
        "Counted from",
        required=True,
        readonly=True,
        help="The trigger, or the event the commitment comes before.",
    )
    opened_at = fields.Datetime(required=True, readonly=True)
    warn_at = fields.Datetime("Remind at", readonly=True, groups="base.group_user")
    due_at = fields.Datetime(readonly=True)
    clock_error = fields.Char(
        "No due time", readonly=True, groups="base.group_user", help="Why no due time could be computed."
    )
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("late", "Late"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        readonly=True,
        help="Late stays late, also once it is done.",
    )
    warned_at = fields.Datetime("Reminder due since", readonly=True, groups="base.group_user")
    breached_at = fields.Datetime("Overdue since", readonly=True)
    done_at = fields.Datetime(readonly=True)
    cancelled_at = fields.Datetime(
        "No longer outstanding since",
        readonly=True,
        help=(
            "When it was cancelled. For a missed commitment: when its reason ceased to exist; it "
            "still counts as missed."
        ),
    )
    cancel_reason = Words("Why no longer outstanding", readonly=True, groups="base.group_user")
    withdrawn = fields.Boolean(
        readonly=True,
        groups="base.group_user",
        help="Cancelled with its contract; open again if the contract comes back.",
    )
    evidence = LongWords(readonly=True, groups="base.group_user")
    history = LongWords(
        readonly=True, groups="base.group_user", help="Changes of owner and corrections, dated."
    )
    # Figures are sums of these
    met = fields.Integer("Commitments met on time", readonly=True, aggregator="sum")
    missed = fields.Integer("Missed commitments", readonly=True, aggregator="sum")
    # What people were informed of; automated actions react to a change of "alert"
    alert = fields.Selection(
        [("warning", "Reminded"), ("breach", "Overdue alert sent")], readonly=True, groups="base.group_user"
    )
    alert_error = fields.Text(readonly=True, groups="base.group_user")

    promise = fields.Char(
        "Commitment", compute="_compute_promise", help="The commitment in the reader's language."
    )
    target_text = fields.Char(compute="_compute_target_text")
    time_left = fields.Char(compute="_compute_time_left")
    urgency = fields.Selection(
        [("late", "Late"), ("soon", "Due within a day"), ("later", "Later"), ("none", "Nothing outstanding")],
        compute="_compute_time_left",
    )
    is_owed = fields.Boolean("Outstanding", compute="_compute_is_owed", search="_search_is_owed")
    by_evidence = fields.Boolean(related="commitment_id.by_evidence")

    # The origin's id first: what one document owes is read from it too.
    _same_promise_once = models.UniqueIndex(
        "(res_id, code, res_model, occurrence)", "This commitment is in the register already."
    )
    # A promise is made under the charter of its own company. The commitment's company has its own foreign key.
    _commitment_of_company = models.Constraint(
        "FOREIGN KEY (commitment_id, company_id) REFERENCES charter_commitment (id, company_id) ON DELETE RESTRICT",
        "Commitment: the register has commitments made under it, in this company.",
    )
    # What the clock reads: only rows something can still happen to.
    _due_idx = models.Index("(due_at) WHERE state = 'open'")
    _warn_idx = models.Index("(warn_at) WHERE state = 'open' AND warned_at IS NULL")
    _tell_idx = models.Index(
        f"(id) WHERE {OWED.format(row='')} AND alert_error IS NULL AND "
        "((breached_at IS NOT NULL AND alert IS DISTINCT FROM 'breach') OR (warned_at IS NOT NULL AND alert IS NULL))"
    )
    _client_idx = models.Index("(partner_id, state, due_at)")
    # What a client's health reads: late rows alone, so that opening a promise writes neither.
    _late_owed_idx = models.Index(f"(partner_id) WHERE {LATE_OWED.format(row='')}")
    # What kept rates are added up from, without reading the rows; an open promise is in none of it.
    _decided_idx = models.Index(
        "(company_id, due_at) INCLUDE (commitment_id, met) WHERE state IN ('kept', 'late')"
    )
    _late_since_idx = models.Index("(breached_at) WHERE state = 'late'")

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
            parts = [obligation.promise or obligation.code, self._occurrence_in_words(obligation.occurrence)]
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
            obligation.is_owed = not obligation.done_at and obligation.state in OWED_STATES

    @api.model
    def _search_is_owed(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        owed = Domain("done_at", "=", False) & Domain("state", "in", OWED_STATES)
        return owed if (True in value) == (operator == "in") else ~owed

    @api.model
    def _late_owed_domain(self):
        """Return the domain of what was found late and is still owed."""
        return Domain("state", "=", "late") & Domain("done_at", "=", False)

    @api.model
    def _past_due_domain(self):
        """Return ``past_due_sql`` as a domain, at the present moment."""
        now = self._charter_now()
        without = Domain("due_at", "=", False) & Domain("paused_at", "=", False)
        return self._late_owed_domain() | Domain("state", "=", "open") & (over_domain(now) | without)

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
                # What is wrong with our calendar is no client's business.
                internal = self.env.user._is_internal()
                obligation.urgency = "late"
                obligation.time_left = obligation.sudo().clock_error if internal else ""
            elif left <= timedelta():
                obligation.urgency = "late"
                obligation.time_left = self.env._("late by %s", self._duration_in_words(-left))
            else:
                obligation.urgency = "soon" if left <= timedelta(days=1) else "later"
                obligation.time_left = self.env._("%s left", self._duration_in_words(left))

    @api.model
    def _duration_in_words(self, duration):
        """Return “2 d 5 h”, “5 h 20 min”, “12 min”: the two largest units."""
        minutes = int(duration.total_seconds() // 60)
        days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        if hours:
            return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        return self.env._("%s min", minutes)

    # -- closing ----------------------------------------------------------------------------------

    def _fulfil(self, evidence, at=None):
        """Record that the promise is kept now, or was at ``at``: on time, or late for good. Done rows are left as they are.

        :param evidence: one line saying what shows it
        :param at: the moment it was done as declared by who did it, naive UTC; without it, the moment of recording
        :raise ValidationError: ``at`` is still to come
        """
        now = self._charter_now()
        self._check_declared(at, now)
        for obligation in self._charter_engine():
            if obligation.is_owed:
                obligation.write(obligation._done_values(evidence, at, now))
        self._close_reminders()

    def _cancel(self, reason, withdrawn=False):
        """Cancel the promises: nothing is owed any more, and the reason stays. Rows already done are left as they are.

        What is late by now stays late, whether or not the clock came round: it counts as missed, nobody is reminded of
        it any more, and ``cancelled_at`` with the reason says that it was never done.

        :param withdrawn: the contract takes it back; the same occurrence may be opened again, as another row
        """
        now = self._charter_now()
        for obligation in self._charter_engine():
            if not obligation.is_owed:
                continue
            if obligation._overdue(now):
                obligation.write(obligation._ended_values(reason, now))
            else:
                obligation.write({**obligation._cancelled_values(reason, now), "withdrawn": withdrawn})
        self._close_reminders()

    def _overdue(self, now):
        """Return whether it was found late, or will be at the next turn of the clock."""
        self.ensure_one()
        return self.state == "late" or is_past_due(self.due_at, now)

    def _cancelled_values(self, reason, now):
        return {"state": "cancelled", "cancelled_at": now, "cancel_reason": reason, "met": 0, "missed": 0}

    def _ended_values(self, reason, now):
        """Return the values of a row that is late, and no longer to be done."""
        found = {"state": "late", "breached_at": self.breached_at or now, "missed": 1, "done_at": now}
        history = self._with_history(_lt("missed, and no longer to be done: %s", reason))
        return {**self._cancelled_values(reason, now), **found, "history": history}

    def _reopen_outstanding(self, reason):
        """Reopen late promises that had ended without being done; they were late all along."""
        for obligation in self._charter_engine():
            if obligation.state == "late" and obligation.cancelled_at:
                obligation.write(
                    {
                        "done_at": False,
                        "cancelled_at": False,
                        "cancel_reason": False,
                        "history": obligation._with_history(_lt("outstanding again: %s", reason)),
                    }
                )

    def _annul(self, reason):
        """Annul, as an administrator's correction, a promise that should not have been made. One that was late shows that it was."""
        now = self._charter_now()
        for obligation in self._charter_engine():
            values = obligation._cancelled_values(reason, now)
            if obligation._overdue(now):
                found = obligation.breached_at or now
                line = _lt(
                    "cancelled by an administrator; it had been overdue since %(moment)s UTC: %(reason)s",
                    moment=fields.Datetime.to_string(obligation.due_at or found),
                    reason=reason,
                )
                values.update(breached_at=found, history=obligation._with_history(line))
            obligation.write(values)
        self._close_reminders()

    def _reassign(self, user, reason):
        """Assign these promises to another person from now on; due times do not move, the change is kept."""
        moved = self._charter_engine().filtered(lambda row: row.is_owed and row.user_id != user)
        for former, rows in moved.grouped("user_id").items():
            line = Kept(f"{former._charter_key()} → {user._charter_key()} ({stored(reason)})")
            rows._write_with_history(line, user_id=user.id)

    # -- actions ----------------------------------------------------------------------------------

    def action_cancel(self, reason):
        """Withdraw promises, as an administrator; the rows stay, cancelled, with the reason.

        The one step that takes a late promise out of the figures, for what should never have been promised: that it was
        late stays on the row (``breached_at``, ``history``) and in the list *Late, then cancelled*.

        :raise AccessError: not an administrator of the charter
        :raise ValidationError: no reason, or a promise already kept or cancelled
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_admin"):
            raise AccessError(self.env._("Only an administrator of the charter can cancel a commitment."))
        self.check_access("read")
        if not is_said(reason):
            raise ValidationError(
                self.env._("Reason: say why this commitment is cancelled; the reason stays in the register.")
            )
        self._check_owed()
        self._annul(_lt("%(reason)s (by %(user)s)", reason=reason.strip(), user=self.env.user.name))

    def action_record_evidence(self, evidence):
        """Record, as the owner, how a promise was kept, for promises no document of the system closes.

        :raise ValidationError: no evidence, already done, or a promise that has its own steps
        """
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise AccessError(self.env._("Only the charter's users can record how a commitment was met."))
        if not is_sentence(evidence):
            raise ValidationError(self.env._("Evidence: enter what was done, when and with whom."))
        self._check_owed()
        for obligation in self:
            if not obligation.by_evidence:
                raise ValidationError(
                    self.env._(
                        "“%s” is closed from its source document: open that document.",
                        obligation.display_name,
                    )
                )
        self._fulfil(
            _lt(
                "%(evidence)s (recorded by %(user)s)",
                evidence=evidence.strip(),
                user=self.env.user._charter_key(),
            )
        )

    def _check_owed(self):
        for obligation in self:
            if not obligation.is_owed:
                raise ValidationError(
                    self.env._(
                        "“%s” is no longer outstanding: it has been met or cancelled.",
                        obligation.display_name,
                    )
                )

    def action_recompute_due(self):
        """Give a promise the due time it could not have, once its calendar has been fixed."""
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

    def _lacks(self):
        """Return {commitment: (what is missing for it to be met, in words; the action that opens where it is fixed)}.

        Packages above say it of theirs.
        """
        return {}

    def _kept_in(self):
        """Return {commitment: the action that opens the document it is kept in}, where that is not the one it comes from.

        A report, a review or a renewal is opened from its contract: who has to keep it works in the report, the review, the renewal.
        """
        found = {}
        for name in sorted(self.env.registry.descendants(["charter.keeping.mixin"], "_inherit")):
            documents = self.env[name]
            rows = self.filtered(lambda row, codes=documents._charter_keeps: row.code in codes)
            if not rows or documents._abstract or not documents.has_access("read"):
                continue
            for document in documents.search([("obligation_id", "in", rows.ids)], order="id"):
                if document.state != "cancelled":
                    found[document.obligation_id] = {
                        "type": "ir.actions.act_window",
                        "res_model": name,
                        "res_id": document.id,
                        "views": [[False, "form"]],
                        "target": "current",
                    }
            for row in rows.filtered(lambda row: row.is_owed and row not in found):
                if action := documents._charter_keeping_action(row):
                    found[row] = action
        return found

    def action_open_origin(self):
        self.ensure_one()
        _words, mended = self._lacks().get(self, (None, None))
        mended = mended or self._kept_in().get(self)
        if mended:
            return mended
        if self.res_model not in self.env:
            raise UserError(
                self.env._(
                    "The document of this commitment went with the addon that made it; the commitment stays."
                )
            )
        document = self.env[self.res_model].browse(self.res_id)._charter_worked_on()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
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
        return self._wizard_action("cancel", self.env._("Cancel a commitment"))

    def action_ask_evidence(self):
        return self._wizard_action("evidence", self.env._("Record how it was met"))

    # -- the clock --------------------------------------------------------------------------------
