from odoo import models

from ..tools.offline_page import offline

OURS = "mileo_client_charter."
# Templates of any addon of the project, and models of the charter, whatever the template.
CHARTER = ("mileo_client_charter", "charter.")
# No scripts, and a proxy where nobody listens: what the page should still name by its address leads nowhere.
CLOSED = ["--disable-javascript", "--proxy", "http://127.0.0.1:9"]


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _charter_ours(self):
        """Whether this prints something of the charter, by whichever template."""
        return (self.report_name or "").startswith(CHARTER) or (self.model or "").startswith(CHARTER)

    def _get_layout(self):
        """The charter's documents carry their own style: printing them fetches nothing from the server."""
        if (self.report_name or "").startswith(OURS):
            return self.env.ref("mileo_client_charter.print_layout")
        return super()._get_layout()

    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, *args, **kwargs):
        """Print the charter's documents from pages that fetch nothing, whatever their authors wrote into them."""
        report = self._get_report(report_ref) if report_ref else self
        reports = self
        if report[:1]._charter_ours():
            reports = self.with_context(charter_offline=True)
            bodies = [offline(str(body)) for body in bodies]
            header, footer = (part and offline(str(part)) for part in (header, footer))
        return super(IrActionsReport, reports)._run_wkhtmltopdf(
            bodies, report_ref, header, footer, *args, **kwargs
        )

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Odoo waits a second for the scripts of each page; the charter's documents have none to wait for."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("charter_offline"):
            if "--javascript-delay" in arguments:
                arguments[arguments.index("--javascript-delay") + 1] = "0"
            arguments += CLOSED
        return arguments
