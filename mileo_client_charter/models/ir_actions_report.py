from odoo import models

OURS = "mileo_client_charter."


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_layout(self):
        """The charter's documents carry their own style: printing them fetches nothing from the server."""
        if (self.report_name or "").startswith(OURS):
            return self.env.ref("mileo_client_charter.print_layout")
        return super()._get_layout()

    def _run_wkhtmltopdf(self, bodies, report_ref=False, *args, **kwargs):
        report = self._get_report(report_ref) if report_ref else self
        ours = (report[:1].report_name or "").startswith(OURS)
        reports = self.with_context(charter_no_script=True) if ours else self
        return super(IrActionsReport, reports)._run_wkhtmltopdf(bodies, report_ref, *args, **kwargs)

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Odoo waits a second for the scripts of each page; the charter's documents have none to wait for."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("charter_no_script") and "--javascript-delay" in arguments:
            arguments[arguments.index("--javascript-delay") + 1] = "0"
        return arguments
