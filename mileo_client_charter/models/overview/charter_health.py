"""The health of each client today, and its causes (articles 01 to 04 together)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import health
from ..base.charter_format import day_text
from ..ledger.charter_past_due import late_owed_sql
from ..renewal.charter_renewal import SETTLED

LEVELS = [("trouble", "At risk"), ("watch", "Needs attention"), ("good", "Healthy")]


class CharterHealth(models.Model):
    """One row for each client under the charter and company, read from the facts: nothing is stored or frozen.

    One statement for any number of clients. Its CASE says what tools/health.py says; a test compares them.
    """

    _name = "charter.health"
    _description = "Client health"
    _auto = False
    _order = "rank, late_owed desc, id"
    _rec_name = "partner_id"
    # What the query reads, for the ORM to write it first.
    _depends = {
        "charter.assignment": ["role", "user_id", "partner_id", "company_id", "date_from", "date_to"],
        "charter.escalation": ["partner_id", "company_id", "is_complaint", "state"],
        "charter.feedback": ["partner_id", "company_id", "contact_id", "state", "call_reason", "followup", "answered_at",
                             "nps_answered", "promoter", "detractor", "nps_counted",
                             "respondent", "left_out_at"],
        "charter.obligation": ["partner_id", "company_id", "state", "done_at", "breached_at", "due_at"],
        "charter.renewal": ["contract_id", "term_end", "state"],
        "charter.document": ["state", "company_id"],
        "charter.commitment": ["code", "threshold", "document_id"],
        "contract.contract": ["charter_tier_id", "contract_type", "active", "date_end", "commercial_partner_id",
                              "company_id", "charter_term_end", "charter_auto_renew"],
        "res.company": ["charter_nps_months", "charter_health_days"],
        "res.partner": ["active", "commercial_partner_id"],
        "res.users": ["active"],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    level = fields.Selection(LEVELS, "Health", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    reasons = fields.Text("Why", compute="_compute_reasons", help="One line a reason, the gravest first.")
    account_manager_id = fields.Many2one(
        "res.users", "Account manager", related="partner_id.charter_account_manager_id"
    )
    technical_contact_id = fields.Many2one(
        "res.users", "Technical contact", related="partner_id.charter_technical_contact_id"
    )
    tier_id = fields.Many2one("charter.tier", related="partner_id.charter_tier_id")
    vacant_roles = fields.Char(readonly=True)
    unanswered = fields.Integer("Escalations without answer", readonly=True)
    complaints = fields.Integer("Unresolved complaints", readonly=True)
    late_owed = fields.Integer("Overdue", readonly=True)
    late_done = fields.Integer("Met late lately", readonly=True)
    oldest_late_at = fields.Datetime("Late since", readonly=True)
    low_open = fields.Integer("Low ratings to follow up", readonly=True)
    low_closed = fields.Integer("Low ratings lately", readonly=True)
    # Empty, not zero, when nobody answered.
    nps = fields.Integer("NPS", readonly=True, aggregator=None)
    answers = fields.Integer("Answers (n)", readonly=True)
    nps_low = fields.Boolean("NPS not above the threshold", readonly=True)
    threshold = fields.Integer(readonly=True, aggregator=None)
    renewal = fields.Selection([("fail", "Not met"), ("unknown", "Unknown")], "Renewal ahead", readonly=True)
    renewal_on = fields.Date("Contract end date", readonly=True)

    # -- the query --------------------------------------------------------------------------------

    @property
    def _table_query(self):
        """Return the facts of the companies the reader works in at present, and of no other."""
        nps_model = self.env["charter.nps"]
        nps_model._flush()
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT rated.*,
                   CASE rated.level WHEN 'trouble' THEN 1 WHEN 'watch' THEN 2 ELSE 3 END AS rank
              FROM (SELECT client.id, client.partner_id, client.company_id, facts.*,
                           CASE WHEN facts.unanswered > 0 OR facts.late_owed > 0 OR facts.low_open > 0 OR facts.vacant_roles IS NOT NULL
                                     OR facts.nps_low OR facts.renewal = 'fail' THEN 'trouble'
                                WHEN facts.complaints > facts.unanswered OR facts.low_closed > 0 OR facts.late_done > 0
                                     OR facts.renewal = 'unknown' OR facts.nps IS NULL THEN 'watch'
                                ELSE 'good' END AS level
                      FROM (%(clients)s) client
                      LEFT JOIN (%(vacant)s) vacant USING (partner_id, company_id)
                      LEFT JOIN (%(unanswered)s) escalation USING (partner_id, company_id)
                      LEFT JOIN (%(late)s) late USING (partner_id, company_id)
                      LEFT JOIN (%(late_done)s) done USING (partner_id, company_id)
                      LEFT JOIN (%(marks)s) marks USING (partner_id, company_id)
                      JOIN %(standing)s standing USING (partner_id, company_id)
                     CROSS JOIN LATERAL (
                           SELECT vacant.vacant_roles, COALESCE(escalation.unanswered, 0) AS unanswered,
                                  standing.complaints, COALESCE(late.late_owed, 0) AS late_owed,
                                  late.oldest_late_at, COALESCE(done.late_done, 0) AS late_done,
                                  COALESCE(marks.low_open, 0) AS low_open, COALESCE(marks.low_closed, 0) AS low_closed,
                                  standing.score AS nps, NOT standing.above AS nps_low, standing.answers, standing.threshold, client.renewal_on,
                                  CASE WHEN client.renewal_on IS NOT NULL THEN NULLIF(standing.verdict, 'pass') END AS renewal) facts
                   ) rated
            """,
            clients=self._clients_query(),
            vacant=self._vacant_query(),
            unanswered=SQL(
                "SELECT partner_id, company_id, count(*) AS unanswered FROM charter_escalation "
                "WHERE is_complaint AND state <> 'answered' AND partner_id IS NOT NULL GROUP BY partner_id, company_id"
            ),
            late=SQL(
                "SELECT partner_id, company_id, count(*) AS late_owed, min(due_at) AS oldest_late_at "
                "FROM charter_obligation WHERE %s GROUP BY partner_id, company_id",
                late_owed_sql(),
            ),
            late_done=SQL(
                "SELECT promise.partner_id, promise.company_id, count(*) AS late_done FROM charter_obligation promise "
                "JOIN res_company company ON company.id = promise.company_id "
                "WHERE promise.state = 'late' AND promise.done_at IS NOT NULL "
                "AND promise.breached_at > %(now)s::timestamp - make_interval(days => company.charter_health_days) "
                "GROUP BY promise.partner_id, promise.company_id",
                now=now,
            ),
            marks=SQL(
                "SELECT feedback.partner_id, feedback.company_id, count(*) FILTER (WHERE feedback.followup IN ('call', 'tell')) AS low_open, "
                "count(*) FILTER (WHERE feedback.followup NOT IN ('call', 'tell') AND feedback.answered_at > "
                "%(now)s::timestamp - make_interval(days => company.charter_health_days)) AS low_closed "
                "FROM charter_feedback feedback JOIN res_company company ON company.id = feedback.company_id "
                "WHERE feedback.call_reason IN ('rating', 'problem') AND feedback.state = 'answered' GROUP BY feedback.partner_id, feedback.company_id",
                now=now,
            ),
            standing=nps_model._standing_table(
                SQL("(SELECT company_id, partner_id FROM (%s) client)", self._clients_query()), now
            ),
        )

    def _clients_query(self):
        """Return clients under the charter today, with the next term of theirs that ends soon and is not settled."""
        return SQL(
            """
            SELECT min(contract.id) AS id, contract.commercial_partner_id AS partner_id, contract.company_id,
                   min(contract.charter_term_end) FILTER (
                       WHERE contract.charter_term_end <= %(today)s + make_interval(months => %(months)s)
                         AND (renewal.state IS NULL OR renewal.state NOT IN %(settled)s)) AS renewal_on
              FROM contract_contract contract
              LEFT JOIN charter_renewal renewal ON renewal.contract_id = contract.id AND renewal.term_end = contract.charter_term_end
                                             AND renewal.partner_id = contract.commercial_partner_id
             WHERE contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active
               AND contract.company_id = ANY(%(companies)s)
               AND (contract.date_end IS NULL OR contract.date_end >= %(today)s OR contract.charter_auto_renew)
             GROUP BY contract.commercial_partner_id, contract.company_id
            """,
            today=self.env["res.company"]._charter_today_sql(SQL("contract.company_id")),
            months=health.RENEWAL_MONTHS,
            settled=SETTLED,
            companies=self.env.companies.ids,
        )

    def _vacant_query(self):
        """Return the client's two roles that nobody holds today, in the order of the words."""
        return SQL(
            """
            SELECT client.partner_id, client.company_id, string_agg(asked.role, ',' ORDER BY asked.role) AS vacant_roles
              FROM (%(clients)s) client CROSS JOIN (VALUES ('account_manager'), ('technical_contact')) AS asked (role)
             WHERE NOT EXISTS (SELECT 1 FROM charter_assignment assignment JOIN res_users users ON assignment.active
                    AND users.id = assignment.user_id AND users.active
                                WHERE assignment.company_id = client.company_id AND assignment.partner_id = client.partner_id AND assignment.role = asked.role
                                  AND daterange(assignment.date_from, assignment.date_to, '[]') @> %(today)s)
             GROUP BY client.partner_id, client.company_id
            """,
            clients=self._clients_query(),
            today=self.env["res.company"]._charter_today_sql(SQL("client.company_id")),
        )

    # -- words ------------------------------------------------------------------------------------

    def _facts(self):
        """Return what tools/health.py judges by, of one client."""
        self.ensure_one()
        return health.Facts(
            vacant=len((self.vacant_roles or "").split(",")) if self.vacant_roles else 0,
            unanswered=self.unanswered,
            complaints=self.complaints,
            late_owed=self.late_owed,
            late_done=self.late_done,
            low_open=self.low_open,
            low_closed=self.low_closed,
            nps=self.nps if self.answers else None,
            nps_low=self.nps_low,
            renewal=self.renewal or None,
        )

    @api.depends("level")
    @api.depends_context("lang")
    def _compute_reasons(self):
        for row in self:
            row.reasons = "\n".join(text for _level, text in row._reasons())

    def _reasons(self):
        """Return [(level, sentence)] of one client, in the reader's language; the gravest first."""
        self.ensure_one()
        return [(level, getattr(self, f"_say_{cause}")()) for cause, level in health.causes(self._facts())]

    def _say_unanswered(self):
        if self.unanswered == 1:
            return self.env._("an escalation waits for our answer")
        return self.env._("%s escalations wait for our answer", self.unanswered)

    def _say_late_owed(self):
        # Midnight ends the day before, as everywhere in the ledger.
        last = self.oldest_late_at - timedelta(seconds=1)
        since = day_text(self.env, self.company_id.sudo()._charter_day_at(last))
        if self.late_owed == 1:
            return self.env._("a commitment is overdue, due on %s", since)
        return self.env._(
            "%(count)s commitments are overdue, the oldest due on %(since)s",
            count=self.late_owed,
            since=since,
        )

    def _say_low_open(self):
        if self.low_open == 1:
            return self.env._("a low rating is not followed up to the end")
        return self.env._("%s low ratings are not followed up to the end", self.low_open)

    def _say_vacant(self):
        labels = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        roles = ", ".join(labels[role].lower() for role in self.vacant_roles.split(","))
        return self.env._("vacant role: %s", roles)

    def _say_nps_low(self):
        return self.env._(
            "NPS %(score)s (n = %(n)s), above %(threshold)s is needed",
            score=self.nps,
            n=self.answers,
            threshold=self.threshold,
        )

    def _say_renewal_fail(self):
        return self.env._("the contract that ends on %s would not be renewed today", self._renewal_day())

    def _say_renewal_unknown(self):
        return self.env._(
            "the contract that ends on %s cannot be decided: no answer yet", self._renewal_day()
        )

    def _renewal_day(self):
        return day_text(self.env, self.renewal_on)

    def _say_complaints(self):
        answered = self.complaints - self.unanswered
        if answered == 1:
            return self.env._("a complaint is answered and not resolved")
        return self.env._("%s complaints are answered and not resolved", answered)

    def _say_low_closed(self):
        if self.low_closed == 1:
            return self.env._("a low rating in the last %s days", self._days())
        return self.env._(
            "%(count)s low ratings in the last %(days)s days", count=self.low_closed, days=self._days()
        )

    def _say_late_done(self):
        if self.late_done == 1:
            return self.env._("a commitment met late in the last %s days", self._days())
        return self.env._(
            "%(count)s commitments met late in the last %(days)s days",
            count=self.late_done,
            days=self._days(),
        )

    def _days(self):
        return self.company_id.sudo().charter_health_days

    def _say_nps_unknown(self):
        return self.env._("NPS unknown: no answer yet")

    # -- actions ----------------------------------------------------------------------------------

    def action_open_client(self):
        self.ensure_one()
        return self.partner_id._get_records_action(context={})
