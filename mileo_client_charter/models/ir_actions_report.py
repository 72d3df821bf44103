from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_layout(self):
        """The charter's documents carry their own style: printing them fetches nothing from the server."""
        if (self.report_name or "").startswith("mileo_client_charter."):
            return self.env.ref("mileo_client_charter.print_layout")
        return super()._get_layout()
