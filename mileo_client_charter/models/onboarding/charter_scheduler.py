"""The daily scheduler reads which clients' onboarding is under way: nothing is written to those meanwhile."""

from odoo import api, models


class CharterScheduler(models.AbstractModel):
    _inherit = "charter.scheduler"

    @api.model
    def _charter_action_reads(self, action):
        return {
            **super()._charter_action_reads(action),
            **dict.fromkeys(("charter_onboarding", "charter_onboarding_line")),
        }
