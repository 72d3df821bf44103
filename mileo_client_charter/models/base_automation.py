from odoo import models


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _process(self, records, domain_post=None):
        """Run the automation as what it is: a reaction to what the engine did, never the engine itself."""
        if self.env.context.get("charter_engine") or records.env.context.get("charter_engine"):
            self = self.with_context(charter_engine=None)  # noqa: PLW0642  (all of it, actions included)
            records = records.with_context(charter_engine=None)
        return super()._process(records, domain_post=domain_post)
