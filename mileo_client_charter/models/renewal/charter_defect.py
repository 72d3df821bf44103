"""What keeps clients from being told of what is coming: dates that contradict each other, equipment nothing matches."""

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

    def _defect_queries(self, clients):
        today = self.env["res.company"]._charter_today_sql(SQL("e.company_id"))
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'contradictory', NULL::int, NULL::int, NULL, e.company_id, 'charter.equipment', max(e.id),
                       concat_ws(': ', max(COALESCE(NULLIF(concat_ws(' ', e.maker, e.model), ''), e.name)),
                                 string_agg(DISTINCT m.date::text, ', '))
                  FROM charter_equipment_milestone m JOIN charter_equipment e ON e.id = m.equipment_id AND e.active
                 WHERE m.status = 'announced' AND m.kind = ANY(%s) AND m.date > %s
                 GROUP BY e.company_id, m.kind, %s
                HAVING count(DISTINCT m.date) > 1
                """,
                list(MILESTONES), today, MODEL,
            ),
            SQL(
                """
                SELECT 'unmatchable', e.partner_id, NULL::int, NULL, e.company_id, 'charter.equipment', min(e.id),
                       concat(min(e.name), CASE WHEN count(*) > 1 THEN concat(' +', count(*) - 1) END)
                  FROM charter_equipment e JOIN (%s) c ON c.partner_id = e.partner_id AND c.company_id = e.company_id
                 WHERE e.active AND e.product_id IS NULL AND COALESCE(btrim(e.maker), '') = ''
                   AND COALESCE(btrim(e.model), '') = ''
                 GROUP BY e.partner_id, e.company_id
                """,
                clients,
            ),
        ]  # fmt: skip
