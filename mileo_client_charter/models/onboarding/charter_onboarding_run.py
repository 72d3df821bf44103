"""Keep the deliveries of an onboarding in runs of its own until they are released."""

from odoo import api, fields, models
from odoo.fields import Domain


class CharterDeliveryRun(models.Model):
    _inherit = "charter.delivery.run"

    onboarding_id = fields.Many2one(
        "charter.onboarding", ondelete="restrict", index="btree_not_null", readonly=True, charter_engine=True
    )

    @api.model
    def _to_remind_of(self):
        # “Mail nobody now”: what a campaign holds back is released on purpose, and nobody is reminded of it by mail.
        return super()._to_remind_of() & Domain("onboarding_id", "=", False)

    def _plan_held(self, onboarding, clients):
        """Plan what ``clients`` are owed in the held runs of ``onboarding``, a run a kind."""
        runs = {run.kind: run for run in onboarding.run_ids.sudo() if run.state == "held"}

        def start(company, kind, requests):
            run = runs.get(kind) or self._charter_engine().create(
                {
                    "name": onboarding.name,
                    "kind": kind,
                    "company_id": company.id,
                    "state": "held",
                    "onboarding_id": onboarding.id,
                }
            )
            runs[kind] = run
            run._add_planned(requests)
            return run

        return self._plan_owed(onboarding.company_id, clients=clients.ids, start=start)

    def action_release(self):
        """Release the run; the last one of an onboarding releases that too: nothing waits on its clients any more."""
        result = super().action_release()
        for onboarding in self.onboarding_id:
            if onboarding.state == "done" and not onboarding.run_ids.filtered(
                lambda run: run.state == "held"
            ):
                onboarding._charter_engine().released_at = self._charter_now()
        return result
