"""Data issues of notices: dates that contradict each other, equipment no list of models matches."""

from odoo import api, fields, models
from odoo.tools import SQL

from .charter_notice import MILESTONES
from .charter_notice_milestone import MODEL


class CharterDefect(models.Model):
    _inherit = "charter.defect"

    kind = fields.Selection(
        selection_add=[
            ("contradictory", "Two dates for one model"),
            ("unmatchable", "Equipment no notice can find"),
        ]
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_remedy(self):  # pylint: disable=missing-return
        super()._compute_remedy()
        remedies = {
            "contradictory": self.env._("Look the date up, and give each the same"),
            "unmatchable": self.env._("Choose a product, or give manufacturer and model"),
        }
        for defect in self:
            defect.remedy = remedies.get(defect.kind) or defect.remedy

    def _filed_models(self):
        return [*super()._filed_models(), "charter.review"]

    def _defect_queries(self, clients):
        today = self.env["res.company"]._charter_today_sql(SQL("equipment.company_id"))
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'contradictory', NULL::int, NULL::int, NULL, equipment.company_id, 'charter.equipment', max(equipment.id),
                       concat_ws(': ', max(COALESCE(NULLIF(concat_ws(' ', equipment.maker, equipment.model), ''), equipment.name)),
                                 string_agg(DISTINCT milestone.date::text, ', '))
                  FROM charter_equipment_milestone milestone JOIN charter_equipment equipment ON equipment.id = milestone.equipment_id AND equipment.active
                 WHERE milestone.status = 'announced' AND milestone.kind = ANY(%(milestones)s) AND milestone.date > %(today)s
                 GROUP BY equipment.company_id, milestone.kind, %(model)s
                HAVING count(DISTINCT milestone.date) > 1
                """,
                milestones=list(MILESTONES),
                today=today,
                model=MODEL,
            ),
            SQL(
                """
                SELECT 'unmatchable', equipment.partner_id, NULL::int, NULL, equipment.company_id, 'charter.equipment', min(equipment.id),
                       concat(min(equipment.name), CASE WHEN count(*) > 1 THEN concat(' +', count(*) - 1) END)
                  FROM charter_equipment equipment JOIN (%s) client ON client.partner_id = equipment.partner_id AND client.company_id = equipment.company_id
                 WHERE equipment.active AND equipment.product_id IS NULL AND COALESCE(btrim(equipment.maker), '') = ''
                   AND COALESCE(btrim(equipment.model), '') = ''
                 GROUP BY equipment.partner_id, equipment.company_id
                """,
                clients,
            ),
        ]
