"""Data issues of notices: dates that contradict each other, or the notice; equipment no list of models matches."""

from odoo import api, fields, models
from odoo.tools import SQL

from .charter_notice import MILESTONES
from .charter_notice_milestone import MODEL


class CharterDefect(models.Model):
    _inherit = "charter.defect"

    kind = fields.Selection(
        selection_add=[
            ("contradictory", "Two dates for one model"),
            ("catalogue_date", "Another date in the catalogue"),
            ("notice_date", "Another date than in the notice"),
            ("unmatchable", "Equipment no notice can find"),
        ]
    )

    _depends = {
        "charter.equipment": [
            "maker",
            "model",
            "name",
            "product_id",
            "catalogue_id",
            "partner_id",
            "company_id",
            "active",
        ],
        "charter.equipment.milestone": ["equipment_id", "kind", "status", "date", "model_date_id"],
        "charter.equipment.model": ["maker", "name", "is_family"],
        "charter.equipment.model.date": ["model_id", "kind", "status", "date"],
        "charter.equipment.alias": ["model_id", "key", "maker_key", "pattern", "is_own"],
        "charter.notice": ["name", "kind", "state", "effect_on", "milestone_key", "company_id"],
        "charter.notice.line": ["notice_id", "partner_id", "equipment_ids", "active"],
    }

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_remedy(self):  # pylint: disable=missing-return
        super()._compute_remedy()
        remedies = {
            "contradictory": self.env._("Look the date up, and give each the same"),
            "catalogue_date": self.env._("Look the date up; correct it here, or in the catalogue of models"),
            "notice_date": self.env._("Take the other date in the notice, or correct it on the equipment"),
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
            self._catalogue_query(),
            self._notice_query(),
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

    def _catalogue_query(self):
        """Return dates typed on equipment that are not those of its model; a model's own date says more than that of its family."""
        return SQL(
            """
            SELECT 'catalogue_date', typed.partner_id, NULL::int, NULL, typed.company_id, 'charter.equipment', min(typed.id),
                   concat(min(typed.name), CASE WHEN count(DISTINCT typed.id) > 1 THEN concat(' +', count(DISTINCT typed.id) - 1) END, ': ',
                          string_agg(DISTINCT concat(COALESCE(typed.date::text, '—'), ' / ', COALESCE(said.date::text, '—')), ', '))
              FROM (SELECT equipment.id, equipment.name, equipment.partner_id, equipment.company_id, equipment.catalogue_id,
                           milestone.kind, milestone.status, milestone.date
                      FROM charter_equipment_milestone milestone JOIN charter_equipment equipment ON equipment.id = milestone.equipment_id
                     WHERE milestone.model_date_id IS NULL AND milestone.status != 'unknown'
                       AND equipment.active AND equipment.catalogue_id IS NOT NULL) typed
              JOIN LATERAL (
                   SELECT dates.status, dates.date
                     FROM charter_equipment_model_date dates JOIN charter_equipment_model model ON model.id = dates.model_id
                    WHERE dates.kind = typed.kind
                      AND (model.id = typed.catalogue_id OR model.is_family AND EXISTS (
                           SELECT 1 FROM charter_equipment_alias family JOIN charter_equipment_alias spelling ON spelling.model_id = typed.catalogue_id
                            WHERE family.model_id = model.id AND family.is_own AND spelling.key ~ family.pattern
                              AND (string_to_array(family.maker_key, ' ') <@ string_to_array(spelling.maker_key, ' ')
                                   OR string_to_array(spelling.maker_key, ' ') <@ string_to_array(family.maker_key, ' '))))
                    ORDER BY model.is_family, dates.id LIMIT 1) said
                ON (said.status, said.date) IS DISTINCT FROM (typed.status, typed.date)
             GROUP BY typed.partner_id, typed.company_id, typed.catalogue_id
            """
        )

    def _notice_query(self):
        """Return notices of an end of support written by hand whose devices have another date on record, and not theirs."""
        devices = self.env["charter.notice.line"]._fields["equipment_ids"]
        return SQL(
            """
            SELECT 'notice_date', NULL::int, NULL::int, NULL, notice.company_id, 'charter.notice', notice.id,
                   concat(COALESCE(notice.name ->> %(lang)s, notice.name ->> 'en_US'), ': ', notice.effect_on, ' / ',
                          string_agg(DISTINCT COALESCE(milestone.date::text, '—'), ', '))
              FROM charter_notice notice
              JOIN charter_notice_line line ON line.notice_id = notice.id AND line.active IS NOT FALSE
              JOIN %(relation)s named ON named.%(line)s = line.id
              JOIN charter_equipment_milestone milestone ON milestone.equipment_id = named.%(device)s
                   AND milestone.kind = ANY(%(milestones)s) AND milestone.status != 'unknown'
             WHERE notice.kind = 'end_of_support' AND notice.state IN ('draft', 'open') AND notice.milestone_key IS NULL
               AND NOT EXISTS (SELECT 1 FROM charter_equipment_milestone same
                                WHERE same.equipment_id = milestone.equipment_id AND same.kind = ANY(%(milestones)s)
                                  AND same.date = notice.effect_on)
             GROUP BY notice.id
            """,
            lang=self.env.lang or "en_US",
            relation=SQL.identifier(devices.relation),
            line=SQL.identifier(devices.column1),
            device=SQL.identifier(devices.column2),
            milestones=list(MILESTONES),
        )
