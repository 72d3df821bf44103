"""Actions agreed with a client: what is on record of one, and when it is done, whatever document it is part of."""

from odoo import fields, models


class CharterAgreedAction(models.AbstractModel):
    """What was agreed with a client, by whom and when: after a call, at a meeting, to win it back."""

    _name = "charter.agreed.action"
    _description = "Agreed action"
    _inherit = ["charter.recorded.mixin"]
    _order = "date_deadline, id"

    name = fields.Char("Action", required=True, charter_recorded="agreed")
    user_id = fields.Many2one(
        "res.users", "Who", required=True, domain="[('share', '=', False)]", charter_recorded="agreed"
    )
    date_deadline = fields.Date("For", required=True, charter_recorded="agreed")
    done_date = fields.Date("Done on", readonly=True, copy=False, charter_engine=True)

    def action_done(self):
        """Mark as done today; what is done already keeps its day."""
        self.check_access("write")
        for action in self.filtered(lambda one: not one.done_date)._charter_engine():
            company = action.company_id if "company_id" in action._fields else self.env.company
            action.done_date = (company or self.env.company)._charter_today()
