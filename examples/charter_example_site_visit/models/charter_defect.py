from odoo import api, fields, models
from odoo.tools import SQL


class CharterDefect(models.Model):
    """A visit that nobody is named to make is something to mend, before the client notices."""

    _inherit = "charter.defect"
    _depends = {"site.visit": ["state", "user_id", "partner_id", "company_id", "name"]}

    kind = fields.Selection(selection_add=[("visit", "Visit without a visitor")])

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        for defect in self:
            if defect.kind == "visit":
                defect.remedy = self.env._("Name who goes")
        return result

    def _defect_queries(self, clients):
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'visit', visit.partner_id, NULL::int, NULL, visit.company_id, 'site.visit', visit.id, visit.name
                  FROM site_visit visit WHERE visit.state = 'asked' AND visit.user_id IS NULL
                """
            ),
        ]
