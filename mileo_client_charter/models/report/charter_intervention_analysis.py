"""Interventions as they are added up by client, kind, technician or month, each with the result of its time limits."""

from odoo import fields, models
from odoo.tools import SQL

from ...tools.codes import INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE
from ..charter.charter_service_level import PRIORITIES
from ..work.charter_intervention import KINDS, PROGRESS


class CharterInterventionAnalysis(models.Model):
    """Interventions with what became of their promised times, to add up by client, kind, technician or month.

    A reading of the ledger: nothing is stored. A time promised that was decided is 0 or 1, so that its average is the
    rate kept; what was not promised, still runs or was cancelled is empty, and counts nowhere.
    """

    _name = "charter.intervention.analysis"
    _description = "Interventions in figures"
    _auto = False
    _rec_name = "intervention_id"
    _order = "reported_at desc, id desc"
    _depends = {
        "charter.intervention": [
            "commercial_partner_id", "contract_id", "company_id", "user_id", "kind", "priority", "progress", "state",
            "reported_at", "resolved_at",
        ],
        "charter.obligation": ["res_model", "res_id", "code", "met", "missed"],
        "contract.contract": ["charter_tier_id"],
    }  # fmt: skip

    intervention_id = fields.Many2one("charter.intervention", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    contract_id = fields.Many2one("contract.contract", readonly=True)
    tier_id = fields.Many2one("charter.tier", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    progress = fields.Selection(PROGRESS, readonly=True)
    reported_at = fields.Datetime(readonly=True)
    resolved_at = fields.Datetime(readonly=True)
    done = fields.Integer(readonly=True)
    hours = fields.Float(
        "Hours to solve",
        readonly=True,
        aggregator="avg",
        help="From the report, 24/7, pauses included.",
    )
    response_met = fields.Integer("Responded on time", readonly=True)
    response_total = fields.Integer("Answers decided", readonly=True)
    response_rate = fields.Float("Answered in time (%)", readonly=True, aggregator="avg")
    resolution_met = fields.Integer("Resolved on time", readonly=True)
    resolution_total = fields.Integer("Solutions decided", readonly=True)
    resolution_rate = fields.Float("Solved in time (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT work.id, work.id AS intervention_id, work.commercial_partner_id AS partner_id, work.contract_id,
                   contract.charter_tier_id AS tier_id, work.company_id, work.user_id, work.kind, work.priority,
                   work.progress, work.reported_at, work.resolved_at, (work.state = 'closed')::int AS done,
                   EXTRACT(epoch FROM work.resolved_at - work.reported_at) / 3600 AS hours,
                   response.met AS response_met, response.total AS response_total,
                   100.0 * response.met / NULLIF(response.total, 0) AS response_rate,
                   resolution.met AS resolution_met, resolution.total AS resolution_total,
                   100.0 * resolution.met / NULLIF(resolution.total, 0) AS resolution_rate
              FROM charter_intervention work
              LEFT JOIN contract_contract contract ON contract.id = work.contract_id
              LEFT JOIN %(response)s response ON response.res_id = work.id
              LEFT JOIN %(resolution)s resolution ON resolution.res_id = work.id
             WHERE work.state != 'cancelled'
            """,
            response=self._decided(INTERVENTION_RESPONSE),
            resolution=self._decided(INTERVENTION_RESOLUTION),
        )

    @staticmethod
    def _decided(code):
        """Return (intervention, times met, times decided) of a code, from the integers the ledger adds up."""
        return SQL(
            """(SELECT res_id, SUM(met) AS met, SUM(met + missed) AS total FROM charter_obligation
                 WHERE res_model = 'charter.intervention' AND code = %s GROUP BY res_id)""",
            code,
        )
