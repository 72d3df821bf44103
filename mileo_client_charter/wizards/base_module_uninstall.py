"""What goes with the charter, told before it goes: Odoo's own window counts threads alone, and the ledger is none."""

from odoo import api, fields, models

# What proves something, and the rest clients would miss.
COUNTED = (
    "charter.obligation", "charter.delivery", "charter.report", "charter.recommendation", "charter.feedback",
    "charter.escalation", "charter.intervention", "charter.equipment", "charter.outage", "charter.review",
    "charter.renewal", "charter.notice", "charter.assignment", "charter.absence", "charter.document",
)  # fmt: skip


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    charter_summary = fields.Text(compute="_compute_charter_summary")

    @api.depends("module_ids")
    def _compute_charter_summary(self):
        for wizard in self:
            names = wizard._get_modules().mapped("name")
            wizard.charter_summary = self._charter_lost() if "mileo_client_charter" in names else ""

    @api.model
    def _charter_lost(self):
        """Lines “Promises: 12”, of every company; what there is none of is left out."""
        rows = []
        for model in COUNTED:
            count = self.env[model].sudo().with_context(active_test=False).search_count([])
            if count:
                label = self.env["ir.model"]._get(model).name
                rows.append(f"{label}: {count}")
        contracts = self.env["contract.contract"].sudo().with_context(active_test=False)
        under = contracts.search_count([("charter_tier_id", "!=", False)])
        if under:
            rows.append(self.env._("Contracts that lose their tier, and stay: %s", under))
        return "\n".join(rows) or self.env._("Nothing is recorded yet.")
