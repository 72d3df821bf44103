from odoo import fields, models


class CharterRemediationAction(models.Model):
    """What is done to win the client back, by whom and when."""

    _name = "charter.remediation.action"
    _description = "Remediation action"
    _inherit = ["charter.engine.mixin"]
    _order = "date_deadline, id"

    name = fields.Char("Action", required=True)
    remediation_id = fields.Many2one("charter.remediation", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="remediation_id.company_id", store=True)
    user_id = fields.Many2one("res.users", "Who", required=True, domain="[('share', '=', False)]")
    date_deadline = fields.Date("For", required=True)
    done_date = fields.Date("Done on", readonly=True, copy=False, charter_engine=True)

    def action_done(self):
        self.check_access("write")
        self.filtered(lambda action: not action.done_date)._charter_engine().write(
            {"done_date": fields.Date.context_today(self)}
        )
