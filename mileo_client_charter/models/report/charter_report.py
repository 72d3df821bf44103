"""The activity report of a contract over a period: its fields and states (article 01)."""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.codes import REPORT_DELIVERY
from ...tools.occurrence import parse_key
from ...tools.periods import period_of
from ..base.charter_format import day_text
from ..base.charter_words import Words
from ..base.client_document import Link, Sheet

STATES = [
    ("draft", "Draft"),
    ("held", "Report held back"),
    ("reviewed", "Approved"),
    ("sent", "Sent"),
    ("superseded", "Replaced"),
]
UNSENT = ("draft", "held", "reviewed")


def fingerprint(table):
    """Return SHA-256 of a frozen table: the same figures have the same one, whatever the order of the keys."""
    return hashlib.sha256(json.dumps(table, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# Digits of the code printed on a report: too many to guess, few enough to type.
CODE_LENGTH = 24


class CharterReport(models.Model):
    """The activity report of one contract over one period (article 01).

    Drafted by the scheduler, completed by the technical contact, reviewed and sent by the account manager. Its figures
    are computed once into ``table``, from which the PDF, the spreadsheet, the portal page and the mail are rendered.
    What was sent is never changed: a correction is another version, and the first one stays.
    """

    _name = "charter.report"
    _description = "Activity report"
    _inherit = [
        "charter.keeping.mixin", "charter.engine.mixin", "charter.own.client.mixin", "charter.sealed.mixin",
        "charter.link.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _charter_frozen_rows = {
        "table": {
            "details.interventions": "charter.intervention",
            "details.in_progress": "charter.intervention",
            "details.feedback": "charter.feedback",
            "details.escalations": "charter.escalation",
            "details.corrections": "charter.correction",
            "recommendations": "charter.recommendation",
        }
    }
    # Reports of one contract to two clients that become one stay what each was informed of: a person looks first.
    _charter_merge_rules = {
        "version_once": "refuse",
        "no_day_unsent_twice": "refuse",
        "no_day_sent_twice": "refuse",
    }
    _charter_seal_when = "{row}.state IN ('sent', 'superseded')"
    _charter_seal_columns = (
        "company_id", "reference", "version", "contract_id", "partner_id", "period", "first_day", "last_day", "state",
        "sent_at", "unreviewed", "fingerprint", "table",
    )  # fmt: skip
    _charter_seal_label = "concat_ws(' ', {row}.reference, 'v' || {row}.version, {row}.period, {row}.state)"
    _charter_export = Sheet("reports", ("reference", "period", "version", "first_day", "last_day", "sent_at"))
    _order = "last_day desc, id desc"
    _charter_keeps = (REPORT_DELIVERY,)

    reference = fields.Char(readonly=True, copy=False, charter_engine=True)
    version = fields.Integer(required=True, default=1, readonly=True, copy=False, charter_engine=True)
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
        charter_engine=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        required=True,
        ondelete="restrict",
        readonly=True,
        charter_engine=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True, charter_engine=True
    )
    period = fields.Char(required=True, readonly=True, charter_engine=True, help="2026-10, or 2026-Q4.")
    first_day = fields.Date(required=True, readonly=True, charter_engine=True)
    last_day = fields.Date(required=True, readonly=True, charter_engine=True)
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, tracking=True, charter_engine=True
    )
    due_at = fields.Datetime(related="obligation_id.due_at", store=True, string="To deliver by")
    due_text = fields.Char(related="obligation_id.due_text", string="Deliver by")
    period_text = fields.Char("Period covered", compute="_compute_period_text", groups="base.group_user")
    account_manager_id = fields.Many2one(
        "res.users", compute="_compute_holders", search="_search_account_manager", groups="base.group_user"
    )
    technical_contact_id = fields.Many2one(
        "res.users", compute="_compute_holders", search="_search_technical_contact", groups="base.group_user"
    )

    # The frozen table, and what shows it was not touched
    table = fields.Json(readonly=True, copy=False, charter_engine=True, charter_json="figures, names as text")
    fingerprint = fields.Char(readonly=True, copy=False, charter_engine=True, help="SHA-256 of the figures.")
    seal_number = fields.Integer(
        "Link of the register at issue",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
    )
    seal = fields.Char(
        "Seal of the register at issue",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Head of the company's chain of seals when this report left; printed on it.",
    )
    computed_at = fields.Datetime("Figures of", readonly=True, copy=False, charter_engine=True)

    # What people write
    introduction = fields.Text(
        "Message to the client", groups="base.group_user", help="Printed at the top of the report."
    )
    recommendation_ids = fields.One2many(
        "charter.recommendation", "report_id", "Recommendations", groups="base.group_user"
    )
    no_recommendation_reason = fields.Char(
        "Why no recommendation", groups="base.group_user", help="Printed when the report has none."
    )

    # Who did what
    written_at = fields.Datetime("Recommendations written at", readonly=True, copy=False, charter_engine=True)
    written_by_id = fields.Many2one(
        "res.users",
        "Recommendations by",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
    )
    reviewed_at = fields.Datetime("Approved on", readonly=True, copy=False, charter_engine=True)
    reviewed_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    queued_at = fields.Datetime(
        "To be sent since", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    sent_at = fields.Datetime(readonly=True, copy=False, charter_engine=True, tracking=True)
    sent_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    unreviewed = fields.Boolean(
        "Sent without review", readonly=True, copy=False, charter_engine=True, help="Printed on the report."
    )
    hold_reason = Words(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    warned_at = fields.Datetime(
        "Operations warned at",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="When it was found not to be sent on its due day.",
    )
    previous_id = fields.Many2one(
        "charter.report", "Replaces", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    correction_reason = fields.Char("Why corrected", readonly=True, copy=False, charter_engine=True)
    error = fields.Text(
        "What went wrong", readonly=True, copy=False, charter_engine=True, groups="base.group_user"
    )
    late_count = fields.Integer("Missed commitments", readonly=True, copy=False, charter_engine=True)
    done_count = fields.Integer("Interventions", readonly=True, copy=False, charter_engine=True)

    _version_once = models.UniqueIndex(
        "(contract_id, partner_id, period, first_day, version)", "This version of the report exists already."
    )
    # No day of a client is reported twice. Ranges of one number stand for equality, so that no extension is needed.
    _no_day_unsent_twice = models.Constraint(
        "EXCLUDE USING gist (int4range(contract_id, contract_id, '[]') WITH &&, int4range(partner_id, partner_id, '[]') "
        "WITH &&, daterange(first_day, last_day, '[]') WITH &&) WHERE (state IN ('draft', 'held', 'reviewed'))",
        "This contract has a report of some of these days that has not been sent yet: complete that one.",
    )
    _no_day_sent_twice = models.Constraint(
        "EXCLUDE USING gist (int4range(contract_id, contract_id, '[]') WITH &&, int4range(partner_id, partner_id, '[]') "
        "WITH &&, daterange(first_day, last_day, '[]') WITH &&) WHERE (state = 'sent')",
        "This contract has its report of some of these days already.",
    )
    _forward = models.Constraint("CHECK (last_day >= first_day)", "Report: its period ends before it starts.")
    _to_compute = models.Index("(id) WHERE computed_at IS NULL")
    _to_send = models.Index("(id) WHERE state IN ('draft', 'reviewed')")
    # Of a client, and its number by state on its first page from the index alone.
    _client_idx = models.Index("(partner_id, state)")
    # The latest of a client, for its first page.
    _latest_idx = models.Index("(partner_id, last_day, version)")

    _charter_links = {
        "report": Link(6, "mileo_client_charter.link_report", "_link_values", days=400, file="_link_file"),
    }

    unsure_outages = fields.Text(
        "Outages whose end is not known",
        compute="_compute_unsure_outages",
        groups="mileo_client_charter.group_charter_user",
    )

    def init(self):
        # One report a contract and period, as it was before clients and days distinguished them.
        self.env.cr.execute("DROP INDEX IF EXISTS charter_report_one_unsent, charter_report_one_current")

    # -- readings --------------------------------------------------------------------------------------

    @api.depends("partner_id", "period", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            parts = [report.partner_id.sudo().name, report._period_text()]
            if report.version > 1:
                parts.append(self.env._("version %s", report.version))
            report.display_name = " · ".join(filter(None, parts))

    @api.depends("period")
    @api.depends_context("lang")
    def _compute_period_text(self):
        for report in self:
            report.period_text = report._period_text()

    def _compute_holders(self):
        """Compute who holds the two roles for the client today, stand-ins included; one query for any number of reports."""
        roles = {"account_manager": "account_manager_id", "technical_contact": "technical_contact_id"}
        keys = {(report.company_id.id, role, report.partner_id.id) for report in self for role in roles}
        holders = self.env["charter.assignment"].sudo()._holders(keys)
        for report in self:
            for role, name in roles.items():
                report[name] = holders.get((report.company_id.id, role, report.partner_id.id), False)

    @api.model
    def _search_account_manager(self, operator, value):
        return [("partner_id.charter_account_manager_id", operator, value)]

    @api.model
    def _search_technical_contact(self, operator, value):
        return [("partner_id.charter_technical_contact_id", operator, value)]

    def _period_text(self):
        """Return “October 2026”, “Quarter 4 of 2026”, or the days when they are not the whole period."""
        self.ensure_one()
        return self._period_words(self.period, self.first_day, self.last_day)

    @api.model
    def _period_words(self, key, first_day, last_day):
        unit = parse_key(key).unit
        if not unit:
            return ""
        text = self.env["charter.obligation"]._occurrence_in_words(key)
        if period_of(first_day, unit) == (key, first_day, last_day):
            return text
        return self.env._(
            "%(period)s (%(first)s to %(last)s)",
            period=text,
            first=day_text(self.env, first_day, "d MMMM"),
            last=day_text(self.env, last_day, "d MMMM y"),
        )

    def _get_portal_url(self):
        self.ensure_one()
        return f"/my/charter/report/{self.id}"

    def _verification_code(self):
        """Return the beginning of the digest of the table that was sent, in groups, as it is printed: 96 bits."""
        self.ensure_one()
        return "-".join(self.fingerprint[at : at + 4] for at in range(0, CODE_LENGTH, 4))

    @api.model
    def _by_verification_code(self, code):
        """Return the report, sent or superseded, whose printed code is ``code``, however it is grouped; may be empty."""
        digits = "".join(sign for sign in (code or "").lower() if sign in "0123456789abcdef")
        if len(digits) != CODE_LENGTH:
            return self.browse()
        return self.search(
            [("fingerprint", "=like", f"{digits}%"), ("state", "in", ("sent", "superseded"))], limit=1
        )

    def _is_intact(self):
        """Return whether the table of a sent report is the one that was sent, but for people who were forgotten since."""
        self.ensure_one()
        original = self.env["charter.redaction"]._original(self, "table", fingerprint(self.table))
        return bool(self.fingerprint) and original == self.fingerprint

    # -- rules -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._charter_is_engine():
            raise UserError(
                self.env._(
                    "Reports are drafted by the scheduler, one for each contract and period; a sent one is corrected "
                    "with “Correct”."
                )
            )
        for vals in vals_list:
            vals.setdefault("reference", self.env["ir.sequence"].sudo().next_by_code("charter.report"))
        return super().create(vals_list)

    def write(self, vals):
        if not self._charter_is_engine() and vals.keys() & {"introduction", "no_recommendation_reason"}:
            self._check_state(("draft", "held"))
        return super().write(vals)

    def message_post(self, **kwargs):
        # Odoo lets followers post, whoever they are; following grants nothing here.
        self.check_access("write")
        return super().message_post(**kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A report is part of the client's account: hold it back with a reason instead.")
        )

    def _check_state(self, states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for report in self:
            if report.state not in states:
                raise UserError(
                    self.env._(
                        "%(report)s: %(state)s; this step is for reports that are: %(states)s.",
                        report=report.display_name,
                        state=labels[report.state].lower(),
                        states=", ".join(labels[state].lower() for state in states),
                    )
                )

    @api.constrains("contract_id", "company_id", "partner_id")
    def _check_contract(self):
        for report in self:
            if report.contract_id.company_id != report.company_id:
                raise ValidationError(self.env._("Company: the contract belongs to another one."))

    # -- a report and its advice, read and answered from our mails, without a login (article 01) -------

    def _link_values(self, contact):
        advice = (
            self.env["charter.recommendation"]
            .sudo()
            .search([("contract_id", "=", self.contract_id.id), ("state", "=", "proposed")])
        )
        return {
            "heading": self.env._("Your activity report: %s", self._period_text()),
            "replaced": self.state == "superseded",
            "advice": [(one, one._charter_link("recommendation", contact)) for one in advice],
        }

    def _link_file(self, contact):
        content = self._as_delivered() or self._pdf()
        return self._file_name("pdf"), content, "application/pdf"

    # -- before a report is sent -----------------------------------------------------------------------

    @api.depends("state", "contract_id", "first_day", "last_day", "computed_at")
    @api.depends_context("lang", "tz", "uid")
    def _compute_unsure_outages(self):
        for report in self:
            outages = report._unsure_outages() if report.state in UNSENT else None
            report.unsure_outages = report._unsure_words(outages) if outages else False

    def _unsure_outages(self):
        """Return the outages of this report's period and contract that are to fix, as far as this user may read them."""
        self.ensure_one()
        outages = self.env["charter.outage"]
        if not outages.has_access("read"):
            return outages
        start, end = self._unsure_period()
        return outages.search(
            outages._unsure_domain(self.company_id)
            & Domain("contract_id", "=", self.contract_id.id)
            & Domain("start_at", "<", end)
            & (Domain("end_at", "=", False) | Domain("end_at", ">", start))
        )

    def _unsure_period(self):
        period = (self.table or {}).get("figures", {}).get("period", {})
        moments = [fields.Datetime.to_datetime(period.get(name)) for name in ("start_at", "end_at")]
        if not all(moments):
            moments = [fields.Datetime.to_datetime(day) for day in (self.first_day, self.last_day)]
        return moments

    def _unsure_words(self, outages):
        start, end = self._unsure_period()
        lines = [
            self.env._(
                "%(equipment)s: %(words)s.",
                equipment=one.equipment_id.display_name,
                words=one._unsure_words(),
            )
            for one in outages
        ]
        told, without = outages._unsure_effect(start, end, self.contract_id)
        if told and told.ratio is not None:
            lines.append(
                self.env._(
                    "Availability in this report: %(told)s with them, %(without)s without. Correct them, then compute again.",
                    told=self._rate(told.expected - told.down, told.expected, 2),
                    without=self._rate(without.expected - without.down, without.expected, 2),
                )
            )
        return "\n".join(lines)

    def action_unsure_outages(self):
        """Return the outages to fix of this report. :raise AccessError: not a reader of outages"""
        self.ensure_one()
        self.check_access("read")
        outages = self._unsure_outages()
        if not self.env["charter.outage"].has_access("read"):
            raise AccessError(self.env._("Outages: they are the account team's to read."))
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_outage")
        return {**action, "domain": [("id", "in", outages.ids)]}
