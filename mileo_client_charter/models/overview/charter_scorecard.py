"""The on-time rate by commitment, client and owner over time, of decided commitments."""

from odoo import fields, models
from odoo.tools import SQL


class CharterScorecard(models.Model):
    """One row for each promise that was kept or is late. Open and cancelled ones are neither, and not here.

    ``rate`` is 100 or 0, averaged: a month in which nothing fell due has no row, hence no rate, never 0 or 100 %.
    """

    _name = "charter.scorecard"
    _description = "Commitments met and missed"
    _auto = False
    _order = "due_at desc, id desc"
    _rec_name = "commitment_id"
    _depends = {
        "charter.obligation": ["commitment_id", "code", "partner_id", "contract_id", "company_id", "user_id",
                               "due_at", "state", "met", "missed"],
        "charter.commitment": ["code", "company_id", "document_id"],
        "charter.document": ["state", "company_id"],
    }  # fmt: skip

    obligation_id = fields.Many2one("charter.obligation", "Register entry", readonly=True)
    commitment_id = fields.Many2one(
        "charter.commitment",
        readonly=True,
        help="As the charter in force names it, so that versions of the charter add up.",
    )
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    contract_id = fields.Many2one("contract.contract", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Owner", readonly=True)
    due_at = fields.Datetime("Due", readonly=True)
    due_text = fields.Char("Due on", related="obligation_id.due_text")
    outcome = fields.Selection([("kept", "Kept"), ("late", "Late")], readonly=True)
    met = fields.Integer("Commitments met on time", readonly=True)
    missed = fields.Integer("Missed commitments", readonly=True)
    decided = fields.Integer("Commitments decided", readonly=True)
    rate = fields.Float("On-time rate (%)", readonly=True, aggregator="avg", digits=(5, 1))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT promise.id, promise.id AS obligation_id, COALESCE(present.id, promise.commitment_id) AS commitment_id, promise.partner_id,
                   promise.contract_id, promise.company_id, promise.user_id, promise.due_at, promise.state AS outcome,
                          promise.met, promise.missed, 1 AS decided, 100.0 * promise.met AS rate
              FROM charter_obligation promise
              LEFT JOIN (SELECT made.id AS made_id, commitment.id FROM charter_commitment made
                           JOIN charter_commitment commitment ON commitment.code = made.code AND commitment.company_id = made.company_id
                           JOIN charter_document document ON document.id = commitment.document_id AND document.state = 'in_force') present
                ON present.made_id = promise.commitment_id
             WHERE promise.state IN ('kept', 'late')
            """
        )

    def action_open_promise(self):
        self.ensure_one()
        return self.obligation_id._get_records_action(context={})
