"""Say before the removal of the addon what is deleted with it: Odoo's own dialogue counts threads only."""

from odoo import api, fields, models


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
        """Return lines “Promises: 12”, of every company, the most first; what there is none of is left out.

        Counted are the rows of our tables that name a client, and those people write about.
        """
        counts = {}
        for name in self.env["charter.merge"]._tables().values():
            model = self.env[name].sudo().with_context(active_test=False)
            if "partner_id" in model._fields or "message_ids" in model._fields:
                counts[name] = model.search_count([])
        rows = [
            f"{self.env['ir.model']._get(name).name}: {count}"
            for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if count
        ]
        contracts = self.env["contract.contract"].sudo().with_context(active_test=False)
        under = contracts.search_count([("charter_tier_id", "!=", False)])
        if under:
            rows.append(self.env._("Contracts that lose their tier, and stay: %s", under))
        return "\n".join(rows) or self.env._("Nothing is recorded yet.")
