"""The contracts whose term ends, with the verdict they would get today: nothing here is frozen (article 04)."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..feedback.charter_nps import Standing
from .charter_renewal import VERDICTS

STATES = [
    ("none", "Not opened yet"),
    ("open", "To decide"),
    ("interview", "Interview first"),
    ("remediation", "Remediation"),
    ("passed", "Renewal allowed"),
    ("renewed", "Renewed"),
    ("closed", "Renewal closed"),
]


class CharterRenewalForecast(models.Model):
    """The contracts whose term ends, with the verdict as it stands today: nothing here is frozen (article 04).

    One SQL reading, so that lists, pivots, the calendar and the workbook add up the same rows.
    """

    _name = "charter.renewal.forecast"
    _description = "Renewal calendar"
    _auto = False
    _order = "term_end, id"
    _rec_name = "contract_id"

    contract_id = fields.Many2one("contract.contract", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    tier_id = fields.Many2one("charter.tier", readonly=True)
    term_end = fields.Date("Contract end date", readonly=True)
    notice_date = fields.Date("Renews automatically from", readonly=True)
    auto_renew = fields.Boolean("Renews tacitly", readonly=True)
    renewal_id = fields.Many2one("charter.renewal", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    verdict = fields.Selection(VERDICTS, "Renewal condition today", readonly=True)
    # Empty, not zero, when nobody answered: averaged it would lie, so it is not added up.
    nps = fields.Integer("NPS today", readonly=True, aggregator=None)
    nps_text = fields.Char("NPS", compute="_compute_words")
    answers = fields.Integer("Answers (n)", readonly=True)
    complaints = fields.Integer("Unresolved complaints", readonly=True)
    threshold = fields.Integer(readonly=True, aggregator=None)
    above = fields.Boolean("NPS above the threshold", readonly=True)
    missing = fields.Char("Unmet conditions", compute="_compute_words")
    allowed_because = fields.Char("Why it may renew", compute="_compute_allowed_because")
    amount = fields.Monetary(
        "A year at stake",
        readonly=True,
        help="Twelve months of the lines that end with the term, or have no end date, taxes excluded.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    account_manager_id = fields.Many2one(
        "res.users", "Account manager", related="partner_id.charter_account_manager_id"
    )

    @property
    def _table_query(self):
        nps_model = self.env["charter.nps"]
        nps_model._flush()
        for model in ("contract.contract", "contract.line", "charter.renewal"):
            self.env[model].flush_model()
        return SQL(
            """
            SELECT contract.id, contract.id AS contract_id, contract.commercial_partner_id AS partner_id, contract.company_id,
                   contract.charter_tier_id AS tier_id, contract.charter_term_end AS term_end, contract.charter_notice_date AS notice_date,
                   contract.charter_auto_renew AS auto_renew, renewal.id AS renewal_id, COALESCE(renewal.state, 'none') AS state,
                   standing.score AS nps, standing.answers, standing.complaints, standing.threshold, standing.above, standing.verdict,
                   money.amount, money.currency_id
              FROM contract_contract contract
              LEFT JOIN charter_renewal renewal ON renewal.contract_id = contract.id AND renewal.term_end = contract.charter_term_end
                                             AND renewal.partner_id = contract.commercial_partner_id
              JOIN %(standing)s standing ON standing.partner_id = contract.commercial_partner_id AND standing.company_id = contract.company_id
              LEFT JOIN (SELECT line.contract_id, other.charter_term_end AS term_end, MIN(line.currency_id) AS currency_id,
                                12 * SUM(line.monthly_recurring) AS amount
                           FROM contract_line line JOIN contract_contract other ON other.id = line.contract_id
                          WHERE line.active AND line.is_canceled IS NOT TRUE
                            AND (line.date_end = other.charter_term_end OR line.date_end IS NULL AND other.charter_year_end IS NOT NULL)
                          GROUP BY line.contract_id, other.charter_term_end) money
                ON money.contract_id = contract.id AND money.term_end = contract.charter_term_end
             WHERE contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active
               AND contract.charter_term_end IS NOT NULL
               AND (contract.charter_auto_renew OR contract.charter_term_end >= %(today)s)
               AND contract.charter_term_end <= (%(today)s::date + interval '12 months')
            """,
            standing=nps_model._standing_table(
                SQL(
                    "(SELECT DISTINCT company_id, commercial_partner_id AS partner_id FROM contract_contract "
                    "WHERE charter_tier_id IS NOT NULL)"
                ),
                fields.Datetime.now(),
            ),
            today=self.env["res.company"]._charter_today_sql(SQL("contract.company_id")),
        )

    @api.depends("nps", "answers", "complaints", "threshold", "above", "verdict")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            score = row.nps if row.answers else None
            # Answers that would pass, and no verdict: an escalation that may be the client's waits to be qualified.
            unqualified = int(row.verdict == "unknown" and bool(row.above))
            standing = Standing(
                score, row.answers, 0, 0, row.complaints, row.threshold, row.above, row.verdict, unqualified
            )
            row.nps_text = self.env["charter.renewal"]._nps_in_words(score, row.answers)
            row.missing = self.env["charter.nps"]._missing_in_words(standing)

    @api.depends("state", "verdict", "renewal_id")
    @api.depends_context("lang")
    def _compute_allowed_because(self):
        """Say why a renewal is allowed though the client is not satisfied today: by whom, or on which day it was judged."""
        for row in self:
            renewal = row.renewal_id
            row.allowed_because = (
                renewal._allowed_in_words() if row.state == "passed" and row.verdict != "pass" else False
            )

    def action_open(self):
        """Return the renewal itself, or the contract while it has none."""
        self.ensure_one()
        record = self.renewal_id or self.contract_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_export(self):
        return {"type": "ir.actions.act_url", "url": "/charter/renewals.xlsx", "target": "download"}

    # -- the workbook -----------------------------------------------------------------------------

    EXPORTED = (
        "partner_id", "contract_id", "tier_id", "term_end", "notice_date", "auto_renew", "state", "verdict", "nps",
        "answers", "complaints", "missing", "amount", "currency_id",
    )  # fmt: skip

    @api.model
    def _xlsx_rows(self, domain=()):
        """Yield titles, then one row a contract, in the reader's language; an unknown NPS is an empty cell."""
        names = self.EXPORTED
        titles = self.fields_get(names, ["string"])
        yield [titles[name]["string"] for name in names]
        selections = {
            name: dict(self._fields[name]._description_selection(self.env)) for name in ("state", "verdict")
        }
        rows = self.search_fetch(list(domain), ["threshold", *(n for n in names if n != "missing")])
        for name in names:
            if self._fields[name].type == "many2one":
                # All at once: implicit reading goes by the thousand.
                rows.mapped(name).sudo().fetch(["name"])
        for row in rows:
            values = []
            for name in names:
                value = row[name]
                if name == "nps" and not row.answers:
                    value = None
                elif name in selections:
                    value = selections[name].get(value)
                elif self._fields[name].type == "many2one":
                    value = value.sudo().name
                values.append(value)
            yield values
