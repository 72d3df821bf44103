"""Answers to the recommendation question by month, for graphs and pivots."""

from odoo import fields, models
from odoo.tools import SQL


class CharterNpsAnswer(models.Model):
    """One row for each answer to the 0–10 question. ``score`` is 100, 0 or -100: its average is an NPS.

    Over time, every answer counts in its month, unless it was left out. The verdict of a client reads the latest answer of each contact in a
    rolling window instead (charter.nps): two readings, two names.
    """

    _name = "charter.nps.answer"
    _description = "Answers to the recommendation question"
    _auto = False
    _order = "answered_at desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "charter.feedback": ["partner_id", "contact_id", "contract_id", "company_id", "channel", "answered_at",
                             "state", "nps", "nps_answered", "promoter", "detractor", "nps_counted", "left_out_at"],
    }  # fmt: skip

    feedback_id = fields.Many2one("charter.feedback", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    contract_id = fields.Many2one("contract.contract", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env["charter.feedback"]._fields["channel"]._description_selection(self.env)
        ),
        readonly=True,
    )
    answered_at = fields.Datetime("Answered on", readonly=True)
    opinion = fields.Selection(
        [("promoter", "Promoters"), ("passive", "Neither"), ("detractor", "Detractors")], readonly=True
    )
    mark = fields.Integer("Would recommend (0–10)", readonly=True, aggregator="avg")
    answers = fields.Integer("Answers (n)", readonly=True)
    promoter = fields.Integer("Promoters", readonly=True)
    detractor = fields.Integer("Detractors", readonly=True)
    score = fields.Float("NPS", readonly=True, aggregator="avg", digits=(5, 0))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, id AS feedback_id, partner_id, contact_id, contract_id, company_id, channel, answered_at,
                   nps AS mark, 1 AS answers, CASE WHEN promoter = 1 THEN 'promoter'
                        WHEN detractor = 1 THEN 'detractor' ELSE 'passive' END AS opinion, promoter, detractor, 100.0 * (promoter - detractor) AS score
              FROM charter_feedback
             WHERE nps_answered = 1 AND nps_counted = 1 AND left_out_at IS NULL AND state = 'answered'
            """
        )

    def action_open_feedback(self):
        self.ensure_one()
        return self.feedback_id._get_records_action(context={})
