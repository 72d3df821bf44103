"""Meetings with a client: who attends, what is on record of one, and which interview or annual review it is (articles 02 and 04)."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.codes import INTERVIEW_BIANNUAL, REVIEW_ANNUAL
from ...tools.meeting_day import meeting_day
from ...tools.occurrence import parse_key
from ...tools.words import is_said
from ..base.charter_batches import run_isolated
from ..base.charter_format import day_text
from ..base.charter_words import Words, as_stored
from ..base.client_document import Message, Sheet
from .charter_renewal import REVIEW_LEAD_DAYS

_logger = logging.getLogger(__name__)

_lt = LazyTranslate(__name__)

CODES = {"interview": INTERVIEW_BIANNUAL, "annual": REVIEW_ANNUAL}
# Who has to be there for us
ROLES_OF = {"interview": ("account_manager",), "annual": ("account_manager", "operations_manager")}


class CharterReview(models.Model):
    """A meeting with a client: a satisfaction interview (article 02) or the review of the year (article 04).

    It is opened from the promise it keeps, planned in the calendar, held, and over once its minutes are sent. The
    promise is kept by the meeting: the charter says it is organised, the minutes show it.
    """

    _name = "charter.review"
    _description = "Review with a client"
    _inherit = [
        "charter.client.mixin", "charter.keeping.mixin", "charter.own.client.mixin", "charter.sealed.mixin", "mail.thread",
        "mail.activity.mixin",
    ]  # fmt: skip
    # From its dossier on, which is made of frozen figures; whoever was met, and what was agreed, once it was held.
    _charter_seal_when = "{row}.dossier_at IS NOT NULL OR {row}.state IN ('held', 'minutes', 'declined')"
    _charter_seal_columns = (
        "company_id", "contract_id", "partner_id", "kind", "obligation_id", "state", "start_at", "held_at", "dossier_at",
        "dossier_figures", "achievements", "performance", "satisfaction", "outlook",
    )  # fmt: skip
    _charter_seal_label = "concat_ws(' ', {row}.kind, {row}.state, {row}.start_at::date)"
    _charter_messages = {
        "minutes": Message(
            "mileo_client_charter.mail_review_minutes",
            "_record_minutes",
            ("achievements", "performance", "satisfaction", "outlook", "answer_ids.comment", "answer_ids.wishes",
             "action_ids.name"),
        )
    }  # fmt: skip
    _charter_export = Sheet("meetings", ("kind", "state", "start_at", "location", "minutes"))
    _charter_retention = "charter_words_months"
    _order = "start_at desc, due_on desc, id desc"
    _charter_keeps = tuple(CODES.values())

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(
        [("interview", "Satisfaction interview"), ("annual", "Annual review")],
        required=True,
        default="interview",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('charter_tier_id', '!=', False)]",
    )
    partner_id = fields.Many2one("res.partner", "Client", compute="_compute_partner_id", store=True)
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    renewal_id = fields.Many2one(
        "charter.renewal",
        readonly=True,
        index="btree_not_null",
        charter_engine=True,
        groups="base.group_user",
    )
    state = fields.Selection(
        [
            ("draft", "To plan"),
            ("planned", "Planned"),
            ("held", "Held"),
            ("minutes", "Minutes sent"),
            ("declined", "Declined by the client"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        charter_engine=True,
        tracking=True,
        copy=False,
    )
    due_on = fields.Date("To hold by", readonly=True, charter_engine=True)
    due_reason = Words(
        "Why by that day", readonly=True, charter_engine=True, copy=False, groups="base.group_user"
    )
    suggested_on = fields.Date("Suggested day", readonly=True, charter_engine=True, groups="base.group_user")
    # The meeting
    start_at = fields.Datetime("Date and time", copy=False, tracking=True)
    plan_warning = fields.Char(compute="_compute_plan_warning", groups="base.group_user")
    duration = fields.Float("Hours", default=1.0)
    location = fields.Char("Place or link")
    event_id = fields.Many2one(
        "calendar.event", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    contact_ids = fields.Many2many(
        "res.partner", string="Invited by the client", domain="[('commercial_partner_id', '=', partner_id)]"
    )
    staff_ids = fields.Many2many(
        "res.users",
        "charter_review_staff_rel",
        string="For us",
        domain="[('share', '=', False)]",
        help="An annual review is held by the account manager and the operations manager.",
    )
    # What was said
    answer_ids = fields.One2many("charter.review.answer", "review_id", "Answers", groups="base.group_user")
    action_ids = fields.One2many(
        "charter.review.action", "review_id", "Follow-up actions", groups="base.group_user"
    )
    achievements = fields.Text("What was achieved this year", charter_recorded="agreed")
    performance = fields.Text("Performance figures", charter_recorded="agreed")
    satisfaction = fields.Text("Overall satisfaction", charter_recorded="agreed")
    outlook = fields.Text("The coming year", charter_recorded="agreed", help="How the system may evolve.")
    held_at = fields.Datetime("Held on", readonly=True, copy=False, charter_engine=True)
    cancel_reason = Words(readonly=True, copy=False, charter_engine=True, groups="base.group_user")

    _one_a_promise = models.UniqueIndex(
        # One to come: beside it, a meeting arranged manually may have kept the same promise.
        "(obligation_id) WHERE obligation_id IS NOT NULL AND state IN ('draft', 'planned')",
        "This commitment has its meeting already.",
    )
    # Of a client, and its number by state on its first page from the index alone.
    _client_idx = models.Index("(partner_id, state)")
    # The next of a client, for its first page.
    _next_idx = models.Index("(partner_id, start_at) WHERE state = 'planned'")

    @api.depends("contract_id")
    def _compute_partner_id(self):
        # Whose it is does not follow the contract to another customer.
        for record in self:
            record.partner_id = record.contract_id.commercial_partner_id

    @api.depends("kind", "partner_id", "start_at", "due_on")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for review in self:
            review.name = f"{labels.get(review.kind, '')} · {review.partner_id.sudo().name or ''}"

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = review.name

    @api.constrains("start_at", "contract_id")
    def _check_start(self):
        for review in self.filtered("start_at"):
            first = review.contract_id._charter_first_day()
            day = review.contract_id._charter_local_day(review.start_at)
            if first and day < first:
                raise ValidationError(
                    self.env._(
                        "Date and time: %(day)s comes before the contract starts (%(first)s). "
                        "Choose a later day.",
                        day=day,
                        first=first,
                    )
                )

    @api.constrains("contact_ids", "contract_id")
    def _check_contacts(self):
        self._check_of_client("contact_ids")

    def _check_of_client(self, name):
        """:raise ValidationError: a contact of the field ``name`` is another client's"""
        for review in self:
            client = review.partner_id
            strangers = review[name].filtered(lambda one, client=client: one.commercial_partner_id != client)
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(field)s: choose contacts of %(client)s; of another company: %(contacts)s.",
                        field=self._fields[name]._description_string(self.env),
                        contacts=", ".join(strangers.mapped("name")),
                        client=client.name,
                    )
                )

    @api.constrains("duration")
    def _check_duration(self):
        for review in self:
            if not 0 < review.duration <= 24:
                raise ValidationError(self.env._("Hours: a meeting lasts more than 0 and at most 24 hours."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._with_people([dict(vals) for vals in vals_list]))

    @api.model
    def _with_people(self, vals_list):
        """Return ``vals_list`` with who meets whom, as far as nobody has said otherwise; holders are looked up once."""
        contracts = self.env["contract.contract"].browse([vals["contract_id"] for vals in vals_list])
        asked = []
        for vals, contract in zip(vals_list, contracts, strict=True):
            if not contract.charter_tier_id:
                raise ValidationError(
                    self.env._(
                        "Contract: %s is not under the charter; choose a tier on it first.",
                        contract.display_name,
                    )
                )
            client = contract.commercial_partner_id.id
            roles = ROLES_OF[vals.get("kind") or "interview"]
            asked.append([(contract.company_id.id, role, client) for role in roles])
        holders = self.env["charter.assignment"].sudo()._holders({key for keys in asked for key in keys})
        readers = self.env["charter.delivery"]._recipients_of(contracts.commercial_partner_id)
        for vals, contract, keys in zip(vals_list, contracts, asked, strict=True):
            if not vals.get("contact_ids"):
                vals["contact_ids"] = [(6, 0, readers[contract.commercial_partner_id].ids)]
            if not vals.get("staff_ids"):
                vals["staff_ids"] = [(6, 0, [holders[key] for key in keys if holders.get(key)])]
        return vals_list

    def _role_holders(self):
        """Return {role: the user who holds it at the meeting, or an empty recordset} of the roles that have to be there."""
        self.ensure_one()
        keys = {role: (self.company_id.id, role, self.partner_id.id) for role in ROLES_OF[self.kind]}
        holders = self.env["charter.assignment"].sudo()._holders(keys.values(), self.start_at or None)
        return {role: self.env["res.users"].browse(holders.get(key) or []) for role, key in keys.items()}

    def _may_attend_for(self, role):
        """Return the users who answer for ``role`` on the meeting's own day: who holds it, and who stands in for them then.

        Whoever stood in counts, also where the absence was entered afterwards or is over by now.
        """
        self.ensure_one()
        moment = self.start_at or self._charter_now()
        day = self.contract_id._charter_local_day(moment)
        company = self.company_id.sudo()
        rows = (
            self.env["charter.assignment"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("role", "=", role),
                    ("partner_id", "in", (False, self.partner_id.id)),
                    ("active", "=", True),
                    ("date_from", "<=", day),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", day),
                ]
            )
        )
        users = rows.user_id
        away = (
            self.env["charter.absence"]
            .sudo()
            ._valid(company, day)
            .filtered(lambda one: one.date_from <= day and (not one.date_to or one.date_to >= day))
        )
        while found := away.filtered(lambda one, users=users: one.user_id in users).stand_in_id - users:
            users |= found
        return users

    def _charter_is_recorded(self, name):
        """Return whether the meeting is held, or declined: what was said is on record from then on."""
        return self.state in ("held", "minutes", "declined")

    @api.model
    def _charter_recorded_when(self):
        return dict.fromkeys(
            super()._charter_recorded_when(), "{row}.state IN ('held', 'minutes', 'declined')"
        )

    # -- opening ----------------------------------------------------------------------------------

    @api.model
    def _open_due(self, contracts, owed=None):
        """Return a meeting for each promise of one that comes up: interviews at once, annual reviews some weeks before.

        :param owed: what these contracts owe, where it has been read already
        """
        owed = contracts._charter_owed(*CODES.values()) if owed is None else owed
        soon = fields.Datetime.now() + timedelta(days=REVIEW_LEAD_DAYS)
        owed = owed.filtered(
            lambda row: (
                row.due_at
                and (row.code == CODES["interview"] or (row.code == CODES["annual"] and row.due_at <= soon))
                and row.partner_id == row.contract_id.commercial_partner_id
            )
        )
        known = (
            self.sudo()
            .search([("obligation_id", "in", owed.ids), ("state", "!=", "cancelled")])
            .obligation_id
        )
        kinds = {code: kind for kind, code in CODES.items()}
        renewals = self.env["charter.renewal"].sudo().search([("contract_id", "in", contracts.ids)])
        renewals = renewals.filtered(lambda r: r.partner_id == r.contract_id.commercial_partner_id)
        of_term = {(renewal.contract_id.id, renewal.term_end): renewal.id for renewal in renewals}
        self._give_up_withdrawn(contracts)
        values = []
        for row in owed - known:
            kind, contract = kinds[row.code], row.contract_id
            last = contract._charter_local_day(row.due_at - timedelta(seconds=1))
            event = parse_key(row.occurrence).day
            serves = kind == "annual" and event and contract._charter_serves_term(event)
            first = (
                max(last - timedelta(days=REVIEW_LEAD_DAYS), contract._charter_local_day(row.opened_at))
                if kind == "annual"
                else contract._charter_local_day(row.trigger_at)
            )
            # No day that is past is suggested: of what became known late, one of those that are left.
            first = max(first, contract.company_id._charter_today())
            values.append(
                {
                    "kind": kind,
                    "contract_id": contract.id,
                    "obligation_id": row.id,
                    "renewal_id": serves and of_term.get((contract.id, contract.charter_term_end)),
                    "due_on": last,
                    "due_reason": row._explained() if kind == "annual" else False,
                    "suggested_on": meeting_day(first, max(first, last), contract.id),
                }
            )
        return self._charter_engine().create(values)

    @api.model
    def _suggest_again(self):
        """Move the suggested day of meetings nobody has planned by then to one that is still to come.

        :return: True, the step is done
        """
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        days = {company: company._charter_today() for company in companies}
        passed = self.env["charter.word"]._by_day(days, lambda day: Domain("suggested_on", "<", day))

        def move(reviews):
            for review in reviews:
                today = days[review.company_id]
                last = max(today, review.due_on or today)
                review._charter_engine().suggested_on = meeting_day(today, last, review.contract_id.id)

        def say(review, why):
            _logger.error("The suggested day of meeting %s cannot be moved: %s", review.id, why)

        run_isolated(self.sudo().search(passed & Domain("state", "=", "draft")), move, say)
        return True

    @api.model
    def _give_up_withdrawn(self, contracts):
        """Give up meetings nobody has planned yet, of promises that are owed no more: the contract's dates moved, or it ended."""
        waiting = self.sudo().search(
            [
                ("contract_id", "in", contracts.ids),
                ("state", "=", "draft"),
                ("obligation_id.withdrawn", "=", True),
            ]
        )
        for review in waiting:
            reason = as_stored(review.obligation_id, "cancel_reason")
            review._charter_engine().write({"state": "cancelled", "cancel_reason": reason})

    @api.model
    def _charter_keeping_action(self, promise):
        soon = self._charter_now() + timedelta(days=REVIEW_LEAD_DAYS)
        if not promise.due_at or promise.due_at > soon or not self.has_access("create"):
            return None
        kinds = {code: kind for kind, code in CODES.items()}
        return {
            "type": "ir.actions.act_window",
            "name": promise.promise,
            "res_model": self._name,
            "views": [[False, "form"]],
            "target": "current",
            "context": {"default_kind": kinds[promise.code], "default_contract_id": promise.contract_id.id},
        }

    @api.depends("start_at", "due_on", "contract_id", "state")
    @api.depends_context("lang")
    def _compute_plan_warning(self):
        for review in self:
            late = review.state in ("draft", "planned") and review.start_at and review.due_on
            day = late and review.contract_id._charter_local_day(review.start_at)
            if not late or day <= review.due_on:
                review.plan_warning = False
                continue
            review.plan_warning = self.env._(
                "Planned on %(day)s, after the day by which it is to be held (%(due)s): the commitment will be overdue. "
                "Choose an earlier day, or note how the client asked for this one.",
                day=day_text(self.env, day),
                due=day_text(self.env, review.due_on),
            )

    def _form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # -- steps ------------------------------------------------------------------------------------

    def action_hold(self):
        """Record that the meeting was held: its answers become feedback, and it keeps its promise.

        :raise ValidationError: a part is missing, naming it
        """
        engine = self._charter_step("planned")
        if not self.start_at or self.start_at > self._charter_now():
            raise ValidationError(self.env._("Date and time: the meeting has not taken place yet."))
        self._check_attendance()
        if not self.answer_ids:
            raise ValidationError(self.env._("Answers: record those of at least one contact."))
        if self.kind == "annual":
            for name in ("achievements", "performance", "satisfaction", "outlook"):
                if not is_said(self[name]):
                    label = self._fields[name]._description_string(self.env)
                    raise ValidationError(
                        self.env._(
                            "“%s”: the charter asks for it at every annual review; write it down.", label
                        )
                    )
        self.answer_ids._become_feedback()
        engine._record_attendance()
        engine.write({"state": "held", "held_at": self.start_at})
        engine._keep_promise()

    def _check_attendance(self):
        """Check that those the charter names are there on the meeting's own day, or who stands in for them on that day."""
        labels = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        for role, user in self._role_holders().items():
            if not user:
                raise ValidationError(
                    self.env._(
                        "For us: the role “%s” is vacant. Assign it in Clients ‣ Assigned contacts.",
                        labels[role],
                    )
                )
            if not self._may_attend_for(role) & self.staff_ids:
                raise ValidationError(
                    self.env._(
                        "For us: the charter has the %(role)s (%(user)s) attend; add them, or plan another day.",
                        role=labels[role].lower(),
                        user=user.name,
                    )
                )

    def _keep_promise(self):
        self._fulfil_promise(
            _lt(
                "Held on %(day)s with %(people)s, recorded by %(user)s.",
                day=self.contract_id._charter_local_day(self.held_at),
                people=self.attended_ids._charter_key(),
                user=self.env.user._charter_key(),
            )
        )

    def _fulfil_promise(self, evidence):
        """Keep what this meeting owes: its own promise, else the earliest of its kind that the contract owes."""
        if not self.obligation_id and not self.renewal_id:
            owed = self.contract_id._charter_owed(CODES[self.kind])
            own = owed.filtered(lambda row: row.partner_id == self.partner_id)
            self.obligation_id = own.sorted(lambda row: (not row.due_at, row.due_at))[:1]
        self._charter_keep(evidence)

    def action_cancel(self):
        """Give up the meeting; the promise stays owed, and another meeting is opened for it."""
        engine = self._charter_step("draft", "planned")
        engine.write({"state": "cancelled"})
        engine.event_id.unlink()

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/review/{self.id}"
