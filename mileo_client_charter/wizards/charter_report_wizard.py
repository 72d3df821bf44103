from odoo import api, fields, models


class CharterReportWizard(models.TransientModel):
    """The reason a step of a report or of a recommendation asks for."""

    _name = "charter.report.wizard"
    _description = "Reason of a step"

    operation = fields.Selection(
        [
            ("hold", "Hold back"),
            ("correct", "Correct"),
            ("withdraw", "Withdraw a recommendation"),
        ],
        required=True,
        readonly=True,
    )
    res_id = fields.Integer(required=True, readonly=True)
    reason = fields.Char(required=True)

    @api.model
    def _ask(self, operation, record, title):
        record.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_operation": operation, "default_res_id": record.id},
        }

    def action_confirm(self):
        self.ensure_one()
        if self.operation == "withdraw":
            self.env["charter.recommendation"].browse(self.res_id).action_withdraw(self.reason)
        elif self.operation == "hold":
            self.env["charter.report"].browse(self.res_id).action_hold(self.reason)
        else:
            return self.env["charter.report"].browse(self.res_id).action_correct(self.reason)
        return {"type": "ir.actions.act_window_close"}
