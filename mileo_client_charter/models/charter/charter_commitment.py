"""Commitments of a charter: time limit, clock, anchor, owner and reminder of each, and how they are put into words."""

import re
from datetime import datetime
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools.clock import Delay
from ...tools.typed_figures import measure

ROLES = [
    ("account_manager", "Account manager"),
    ("technical_contact", "Technical contact"),
    ("operations_manager", "Operations manager"),
    ("general_management", "General management"),
]
# Behind a time limit that the reference document does not give.
OWN_DELAY = "*"
COMPANY_ROLES = ("operations_manager", "general_management")
UNITS = [("hours", "hours"), ("days", "days"), ("months", "months")]


class Terms(NamedTuple):
    """The terms of a commitment that a promise is opened on."""

    id: int
    code: str
    delay: Delay
    anchor: str
    owner_role: str
    warn_before: int
    warn_unit: str


class CharterCommitment(models.Model):
    """A dated promise of the charter: how long, counted how, owed by whom, who is informed when it breaks."""

    _name = "charter.commitment"
    _inherit = ["charter.document.part"]
    _description = "Charter commitment"
    _order = "document_id, sequence, id"

    document_id = fields.Many2one("charter.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    article_id = fields.Many2one(
        "charter.article",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('document_id', '=', document_id)]",
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True, help="Stable name by which the addon and the articles call this commitment."
    )
    name = fields.Char(
        "Commitment", required=True, translate=True, help="As the client reads it in the list of commitments."
    )
    delay = fields.Integer(required=True, help="How long; 0 means at once.")
    unit = fields.Selection(UNITS, required=True, default="hours")
    clock = fields.Selection(
        [("elapsed", "24/7"), ("working", "Working hours")],
        "Time basis",
        required=True,
        default="elapsed",
        help="Working time counts the opening hours of the contract's calendar, else of the company's.",
    )
    is_own_delay = fields.Boolean(
        "Set by the company",
        help="The reference document gives no such time limit: readers see that it is the company's own.",
    )
    anchor = fields.Selection(
        [("after", "After the trigger"), ("before", "Before the event")], required=True, default="after"
    )
    threshold = fields.Integer(
        help="The rating below which a call-back is due, or the NPS above which a contract may renew."
    )
    owner_role = fields.Selection(ROLES, required=True, default="account_manager")
    warn_before = fields.Integer("Remind", default=0, help="How long before the due time; 0: no reminder.")
    warn_unit = fields.Selection([("hours", "hours"), ("days", "days")], default="hours", required=True)
    breach_role = fields.Selection(ROLES, "Notify when overdue", default="operations_manager")
    by_evidence = fields.Boolean(
        "Met by evidence",
        help="No document of this system closes the commitment: its owner records what was done, in writing.",
    )
    delay_text = fields.Char("Time limit", compute="_compute_delay_text")

    # What the ledger's foreign key points at.
    _of_company = models.UniqueIndex("(id, company_id)")
    _code_unique = models.Constraint(
        "UNIQUE (document_id, code)", "A charter makes each commitment once: this code is taken."
    )
    _delay_positive = models.Constraint("CHECK (delay >= 0)", "Delay: give zero or more.")
    _warn_positive = models.Constraint("CHECK (warn_before >= 0)", "Remind: give zero or more.")

    @api.constrains("code")
    def _check_code(self):
        for commitment in self:
            if not re.fullmatch(r"[a-z]+(\.[a-z0-9]+)+", commitment.code):
                raise ValidationError(
                    self.env._(
                        "Code “%s”: use small letters and dots, e.g. feedback.callback.", commitment.code
                    )
                )

    @api.constrains("unit", "clock")
    def _check_clock(self):
        for commitment in self:
            if commitment.unit == "months" and commitment.clock == "working":
                raise ValidationError(
                    self.env._(
                        "%s: months are counted on the calendar. Choose days or hours for working time.",
                        commitment.name,
                    )
                )

    @api.constrains("article_id", "document_id")
    def _check_article(self):
        for commitment in self:
            if commitment.article_id.document_id != commitment.document_id:
                raise ValidationError(
                    self.env._("%s: its article belongs to another charter.", commitment.name)
                )

    @api.model
    @tools.ormcache("company_id", "code")
    def _terms_of_delay(self, company_id, code):
        """Return (amount, unit, clock) of the time limit ``code`` has in the charter in force, None without one: published figures stay."""
        commitment = (
            self.env["charter.document"]._commitments_in_force([company_id], [code]).get((company_id, code))
        )
        return (commitment.delay, commitment.unit, commitment.clock) if commitment else None

    @api.model
    def _delay_in_force(self, company_id, code):
        """Return the time limit ``code`` has in the charter in force as a relativedelta, of nothing without one."""
        amount, unit = (self._terms_of_delay(company_id, code) or (0, "days"))[:2]
        return relativedelta(**{unit: amount})

    @api.model
    def _delay_words_in_force(self, company, code):
        """Return “48 hours” of ``code`` by the charter in force of ``company``; empty without one."""
        terms = self._terms_of_delay(company.id, code)
        return self._words(*terms) if terms else ""

    @api.model
    def _threshold_of(self, company, code):
        """Return the mark below which ``code`` is due by the charter in force of ``company``, else by the last that was; 0: never."""
        terms = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("code", "=", code),
                ("document_id.state", "in", ("in_force", "superseded")),
            ]
        )
        [*_before, last] = terms.sorted(
            lambda one: (
                one.document_id.state == "in_force",
                one.document_id.superseded_at or datetime.min,
                one.id,
            )
        ) or [self]
        return last.threshold

    @api.depends("delay", "unit", "clock")
    @api.depends_context("lang")
    def _compute_delay_text(self):
        for commitment in self:
            commitment.delay_text = commitment._words(commitment.delay, commitment.unit, commitment.clock)

    def _marked_delay(self):
        """Return “48 hours”; “10 days*” where the company set the time limit itself."""
        self.ensure_one()
        return f"{self.delay_text}{OWN_DELAY}" if self.is_own_delay and self.delay else self.delay_text

    @api.model
    def _words(self, amount, unit, clock="elapsed"):
        """Return “48 hours”, “3 working days”, in the language of the environment."""
        if not amount:
            return self.env._("at once")
        if unit == "hours":
            if clock == "working":
                return (
                    self.env._("%s working hour", amount)
                    if amount == 1
                    else self.env._("%s working hours", amount)
                )
            return self.env._("%s hour", amount) if amount == 1 else self.env._("%s hours", amount)
        if unit == "days":
            if clock == "working":
                return (
                    self.env._("%s working day", amount)
                    if amount == 1
                    else self.env._("%s working days", amount)
                )
            return self.env._("%s day", amount) if amount == 1 else self.env._("%s days", amount)
        return self.env._("%s month", amount) if amount == 1 else self.env._("%s months", amount)

    def _figure(self, attribute):
        """Return what ``{code:attribute}`` prints: delay (default), threshold, per_year or period."""
        self.ensure_one()
        if attribute == "delay":
            return self._marked_delay()
        if attribute == "threshold":
            return str(self.threshold)
        if attribute == "per_year" and self.unit == "months" and self.delay:
            return str(12 // self.delay)
        if attribute == "period":
            return self.env["charter.tier"]._periods_in_words(self.company_id)
        raise ValidationError(
            self.env._(
                "{%(code)s:%(attribute)s}: a commitment has a delay, a threshold, a per_year "
                "(when counted in months) or a period, nothing else.",
                code=self.code,
                attribute=attribute,
            )
        )

    def _charter_same_in(self, document, vals):
        return document._commitment(vals.get("code"))

    def _charter_values_in(self, draft, vals):
        article = self.env["charter.article"].browse(vals.get("article_id"))
        same = draft.article_ids.filtered(lambda one: one.number == article.number)
        return {**super()._charter_values_in(draft, vals), "article_id": (same or draft.article_ids)[:1].id}

    def _delay(self):
        self.ensure_one()
        return Delay(self.delay, self.unit, self.clock)

    def _measure(self):
        """Return what time limits that are the same have in common, however their figures are typed."""
        self.ensure_one()
        return measure(self.delay, self.unit, self.clock)
