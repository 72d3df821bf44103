"""Automations react to what the engine did, and have none of its rights."""

from odoo import models

from ..base.charter_engine import ENGINE
from ..work.charter_intervention_mixin import HELD
from .charter_review_meeting import FOLLOWING
from .contract_line import THROUGH

# What our own methods say to one another in the context.
MARKS = {
    "charter_engine": ENGINE,
    "charter_no_feed": HELD,
    "charter_review_following": FOLLOWING,
    "charter_through": THROUGH,
}


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _process(self, records, domain_post=None):
        """Run the automation as what it is: a reaction to what the engine did, never the engine itself."""
        marks = {name: None for name, mark in MARKS.items() if records.env.context.get(name) is mark}
        if marks:
            self = self.with_context(**marks)  # noqa: PLW0642  (all of it, actions included)
            records = records.with_context(**marks)
        return super()._process(records, domain_post=domain_post)
