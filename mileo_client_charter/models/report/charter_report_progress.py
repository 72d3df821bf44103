"""How far the reports of each period are, and which are stuck."""

from odoo import fields, models
from odoo.tools import SQL

from ...tools.occurrence import subject_sql


class CharterReportProgress(models.Model):
    """How far the reports of each period are: promised, drafted, written, reviewed, sent; and what is stuck.

    A reading of the ledger and of the reports, as of now: a long run of the scheduled action shows itself here, batch
    after batch.
    """

    _name = "charter.report.progress"
    _description = "Progress of activity reports"
    _auto = False
    _rec_name = "period"
    _order = "last_due desc, period desc, company_id"
    _depends = {
        "charter.obligation": ["company_id", "code", "state", "occurrence", "contract_id", "trigger_at", "due_at", "missed"],
        "charter.report": ["contract_id", "period", "version", "state", "written_at", "error", "queued_at", "computed_at"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    period = fields.Char(readonly=True)
    last_due = fields.Datetime("Due by", readonly=True)
    total = fields.Integer("Due", readonly=True)
    to_draft = fields.Integer("To draft", readonly=True)
    to_write = fields.Integer("Recommendations to write", readonly=True)
    to_review = fields.Integer(readonly=True)
    to_send = fields.Integer("Approved, to send", readonly=True)
    queued = fields.Integer("Leave with the next batch", readonly=True)
    held = fields.Integer("Held back", readonly=True)
    errors = fields.Integer("With an error", readonly=True)
    sent = fields.Integer(readonly=True)
    late = fields.Integer(readonly=True)
    progress = fields.Float("Sent (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(promise.id) AS id, promise.company_id, promise.period, MAX(promise.due_at) AS last_due,
                   COUNT(*) AS total,
                   COUNT(*) FILTER (WHERE report.id IS NULL) AS to_draft,
                   COUNT(*) FILTER (WHERE report.state = 'draft' AND report.written_at IS NULL) AS to_write,
                   COUNT(*) FILTER (WHERE report.state = 'draft' AND report.written_at IS NOT NULL) AS to_review,
                   COUNT(*) FILTER (WHERE report.state = 'reviewed' AND report.queued_at IS NULL) AS to_send,
                   COUNT(*) FILTER (WHERE report.state = 'reviewed' AND report.queued_at IS NOT NULL) AS queued,
                   COUNT(*) FILTER (WHERE report.state = 'held') AS held,
                   COUNT(*) FILTER (WHERE report.error IS NOT NULL) AS errors,
                   COUNT(*) FILTER (WHERE report.state = 'sent') AS sent,
                   COUNT(*) FILTER (WHERE promise.state = 'late') AS late,
                   FLOOR(100.0 * COUNT(*) FILTER (WHERE report.state = 'sent') / COUNT(*)) AS progress
              FROM (SELECT *, %(period)s AS period FROM charter_obligation
                     WHERE code = 'report.delivery' AND state != 'cancelled' AND res_model = 'contract.contract'
                       AND trigger_at <= %(now)s) promise
              LEFT JOIN LATERAL (SELECT id, state, written_at, queued_at, error FROM charter_report
                                  WHERE contract_id = promise.contract_id AND obligation_id = promise.id
                                  ORDER BY state = 'sent' DESC, version DESC LIMIT 1) report ON TRUE
             GROUP BY promise.company_id, promise.period
            """,
            period=SQL(subject_sql("occurrence")),
            now=fields.Datetime.now(),
        )

    def action_reports(self):
        """Return the reports of the period."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_report")
        domain = [("company_id", "=", self.company_id.id), ("period", "=", self.period)]
        return {**action, "domain": domain, "context": {}, "display_name": self.period}
