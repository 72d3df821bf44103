import tempfile

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import to_utc


class CharterExportWizard(models.TransientModel):
    """Interventions, or promises, of a period as a workbook: any number of rows."""

    _name = "charter.export.wizard"
    _description = "Export the rows of a period"

    what = fields.Selection(
        [("interventions", "Interventions"), ("promises", "Commitments")],
        required=True,
        default="interventions",
    )
    first_day = fields.Date("From", required=True, default=lambda self: self._last_month()[0])
    last_day = fields.Date("To", required=True, default=lambda self: self._last_month()[1])
    partner_ids = fields.Many2many(
        "res.partner", string="Clients", domain=[("is_company", "=", True)], help="Empty: all of them."
    )

    @api.model
    def _last_month(self):
        today = self.env.company._charter_today()
        return today + relativedelta(months=-1, day=1), today + relativedelta(day=1, days=-1)

    @api.constrains("first_day", "last_day")
    def _check_days(self):
        for wizard in self:
            if wizard.last_day < wizard.first_day:
                raise ValidationError(self.env._("To: it comes before “From”. Give the later day."))

    def action_download(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/charter/export/{self.id}", "target": "download"}

    def _file(self):
        """Return the workbook as an open temporary file that disappears once it is closed."""
        self.ensure_one()
        tz = self.env.company._charter_tz()
        start, end = to_utc(self.first_day, tz), to_utc(fields.Date.add(self.last_day, days=1), tz)
        clients = self.partner_ids.commercial_partner_id.ids
        name = {"interventions": "commercial_partner_id", "promises": "partner_id"}[self.what]
        target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        try:
            self.env["charter.export"]._export(
                target, self.what, start, end, tz, [(name, "in", clients)] if clients else []
            )
        except BaseException:
            target.close()
            raise
        return target

    def _file_name(self):
        labels = dict(self._fields["what"]._description_selection(self.env))
        return f"{labels[self.what]} {self.first_day} {self.last_day}.xlsx"
