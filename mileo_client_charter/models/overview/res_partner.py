"""The health of a client on its contact form: a level, and why."""

from odoo import api, fields, models
from odoo.fields import Domain

from .charter_health import LEVELS


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_health = fields.Selection(
        LEVELS,
        "Health",
        compute="_compute_charter_health",
        search="_search_charter_health",
        groups="mileo_client_charter.group_charter_user",
        help="The worst of the companies you work in at present.",
    )
    charter_health_reasons = fields.Text(
        "Why", compute="_compute_charter_health", groups="mileo_client_charter.group_charter_user"
    )

    @api.depends_context("lang", "allowed_company_ids")
    def _compute_charter_health(self):
        rows = self.env["charter.health"].search([("partner_id", "in", self.commercial_partner_id.ids)])
        # The gravest first, as the rows come.
        found = rows.grouped(lambda row: row.partner_id.id)
        several = len(self.env.companies) > 1
        for partner in self:
            own = found.get(partner.commercial_partner_id._origin.id, rows.browse())
            partner.charter_health = own[:1].level
            partner.charter_health_reasons = "\n".join(
                f"{row.company_id.sudo().name}: {line}" if several and len(own) > 1 else line
                for row in own
                for line in (row.reasons or "").splitlines()
            )

    @api.model
    def _search_charter_health(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        wanted = set(value)
        rows = self.env["charter.health"].search([])  # pylint: disable=no-search-all
        worst = {}
        for row in rows:
            worst.setdefault(row.partner_id.id, row.level)
        domain = Domain(
            "commercial_partner_id", "in", [client for client, level in worst.items() if level in wanted]
        )
        if False in wanted:
            domain |= Domain("commercial_partner_id", "not in", list(worst))
        return domain if operator == "in" else ~domain
