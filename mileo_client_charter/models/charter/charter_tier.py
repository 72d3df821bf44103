"""Tiers: how often a client is reported to and met, and in which time its requests are answered (article 01)."""

import itertools

from odoo import api, fields, models, tools

from ...tools.codes import INTERVIEW_BIANNUAL, REPORT_DELIVERY
from ..base.res_company import REPORT_UNREVIEWED


class CharterTier(models.Model):
    """A level of service sold to clients; what it sets on a contract (article 01)."""

    _name = "charter.tier"
    _description = "Charter tier"
    _inherit = ["charter.tier.words.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    description = fields.Text(translate=True, help="What the client reads about this tier.")
    report_period = fields.Selection(
        [("month", "Every month"), ("quarter", "Every quarter")], required=True, default="quarter"
    )
    report_days = fields.Integer(
        "Days to deliver the report",
        default=10,
        help="Days after the end of the period, counted on the calendar.",
    )
    report_unreviewed = fields.Selection(
        REPORT_UNREVIEWED,
        "Reports not approved",
        help="At noon of the due day. Empty: as the company's settings say.",
    )
    interviews_per_year = fields.Integer(default=2)
    service_level_ids = fields.One2many("charter.service.level", "tier_id", copy=True)

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two tiers of a company cannot have the same code."
    )
    _report_days_positive = models.Constraint(
        "CHECK (report_days >= 0)", "Days to deliver the report: give 0 or more."
    )
    _interviews_divide = models.Constraint(
        "CHECK (interviews_per_year IN (0, 1, 2, 3, 4, 6, 12))",
        "Interviews a year: give 0, 1, 2, 3, 4, 6 or 12, so that they spread evenly over the year.",
    )

    # -- what its clients read ---------------------------------------------------------------------

    @tools.ormcache("self.id", "self.env.lang")
    def _charter_in_words(self):
        """Return (name, lines) of what a tier gives, in the language of the environment; what is urgent first.

        Read on each first page of the portal and seldom changed: kept until a tier or a service level is.
        """
        tier, words = self.sudo(), self.env["charter.commitment"].sudo()._words
        labels = dict(tier.service_level_ids._fields["priority"]._description_selection(self.env))
        lines = [
            self.env._(
                "%(priority)s: response within %(response)s, resolution within %(resolution)s",
                priority=labels[level.priority],
                response=words(level.response_hours, "hours", level.clock),
                resolution=words(level.resolution_hours, "hours", level.clock),
            )
            for level in tier.service_level_ids.sorted("priority", reverse=True)
        ]
        return tier.name, tuple(lines)

    def _charter_gives(self):
        """Return (name, lines) of all a tier gives: reports, interviews and service levels, in the language of the environment."""
        name, levels = self._charter_in_words()
        tier = self.sudo()
        periods = dict(tier._fields["report_period"]._description_selection(self.env))
        return name, (
            self.env._(
                "Activity report: %(period)s, within %(days)s days",
                period=periods[tier.report_period].lower(),
                days=tier.report_days,
            ),
            self.env._("Satisfaction interviews a year: %s", tier.interviews_per_year),
            *levels,
        )

    # -- what the charter prints, and what the clock does ------------------------------------------

    @api.constrains("report_days", "interviews_per_year", "active", "company_id")
    def _check_as_printed(self):
        """Check that a tier has no other figure than the charter in force: what is printed is what the clock does."""
        in_use = self.sudo().filtered("active")
        documents = self.env["charter.document"].sudo().search([("state", "=", "in_force")])
        for document in documents if in_use else ():
            document._check_tiers(in_use)

    def _differs_from(self, document):
        """Return what this tier does and ``document`` says otherwise, in words; empty: they agree."""
        self.ensure_one()
        report = document._commitment(REPORT_DELIVERY)
        meeting = document._commitment(INTERVIEW_BIANNUAL)
        said = []
        if report and (report.delay, report.unit) != (self.report_days, "days"):
            said.append(
                self.env._(
                    "the charter sets reports within %(printed)s, the tier %(tier)s within %(days)s days",
                    printed=report.delay_text,
                    tier=self.name,
                    days=self.report_days,
                )
            )
        months = 12 // self.interviews_per_year if self.interviews_per_year else 0
        if meeting and (meeting.delay, meeting.unit) != (months, "months"):
            said.append(
                self.env._(
                    "the charter sets an interview every %(printed)s, the tier %(tier)s %(count)s a year",
                    printed=meeting.delay_text,
                    tier=self.name,
                    count=self.interviews_per_year,
                )
            )
        return "; ".join(said)

    def copy_data(self, default=None):
        """Return values of a copy, with a code and a name of its own."""
        values = super().copy_data(default)
        for tier, vals in zip(self, values, strict=True):
            if "code" not in (default or {}):
                vals["code"] = tier._next_code()
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", tier.name)
        return values

    def _next_code(self):
        alike = [("code", "=like", f"{self.code}-%")]
        taken = set(self.sudo().with_context(active_test=False).search(alike).mapped("code"))
        return next(code for n in itertools.count(2) if (code := f"{self.code}-{n}") not in taken)

    @api.model
    def _periods_in_words(self, company):
        """Return “every month for Premium contracts, every quarter for …”, read from the tiers themselves."""
        tiers = self.sudo().search([("company_id", "in", (False, company.id))])
        labels = {"month": self.env._("every month"), "quarter": self.env._("every quarter")}
        parts = []
        for period, label in labels.items():
            names = tiers.filtered(lambda tier, period=period: tier.report_period == period).mapped("name")
            if names:
                joined = (
                    (self.env._(" and ").join([", ".join(names[:-1]), names[-1]]))
                    if len(names) > 1
                    else names[0]
                )
                parts.append(self.env._("%(period)s for %(tiers)s contracts", period=label, tiers=joined))
        return ", ".join(parts)
