from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.mileo_client_charter.models.base.client_document import Sheet

from ..hooks import CODE


class SiteVisit(models.Model):
    """A visit a client asked for. The charter promises it within some days, and the ledger keeps count."""

    _name = "site.visit"
    _description = "Site visit"
    _inherit = [
        "charter.engine.mixin",
        "charter.obligation.mixin",
        "charter.intervention.mixin",
        # Reminders are activities on the visit; the thread stays among our people and the client's.
        "charter.thread.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "requested_at desc, id desc"
    _charter_export = Sheet("visits", ("name", "state", "requested_at", "visited_at", "findings"))

    name = fields.Char("What to look at", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict",
        domain="[('is_company', '=', True)]",
    )  # fmt: skip
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Visitor", domain="[('share', '=', False)]")
    requested_at = fields.Datetime("Asked for on", required=True, default=fields.Datetime.now)
    # What proves something is written by the steps below, never by a form, an import or a remote call.
    visited_at = fields.Datetime("Visited on", readonly=True, copy=False, charter_engine=True)
    cancel_reason = fields.Char("Why not", readonly=True, copy=False, charter_engine=True)
    state = fields.Selection(
        [("asked", "Asked for"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True, default="asked", copy=False, charter_engine=True,
    )  # fmt: skip
    findings = fields.Text(help="What was found; the client reads it.")

    # -- the promise ------------------------------------------------------------------------------

    def _charter_contract(self):
        """Return the client's only contract under the charter; none when there are several."""
        contracts = self.env["contract.contract"].sudo()
        found = contracts.search(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=2,
        )
        return found if len(found) == 1 else contracts

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._charter_open(CODE, at=lambda visit: visit.requested_at)
        return visits

    def action_done(self):
        """Record that the visit was made, now.

        :raise ValidationError: nothing was written down for the client to read
        """
        for visit in self:
            if not (visit.findings or "").strip():
                raise ValidationError(self.env._("Findings: write what was found; the client reads it."))
            step = visit._charter_step("asked")
            step.write({"state": "done", "visited_at": self._charter_now()})
            step._charter_fulfil(CODE, self.env._("Visited by %s", self.env.user.name))

    def action_cancel(self, reason=None):
        """Cancel a visit the client does not want any more."""
        reason = (reason or "").strip() or self.env._("Called off by the client")
        for visit in self:
            step = visit._charter_step("asked")
            step.write({"state": "cancelled", "cancel_reason": reason})
            step._charter_cancel(CODE, reason)

    # -- the work it is ---------------------------------------------------------------------------

    def _charter_intervention_values(self):
        return {
            "name": self.name,
            "kind": "inspection",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "reported_at": self.requested_at,
            "responded_at": self.visited_at,
            "resolved_at": self.visited_at,
            "work_done": self.findings,
            "cancelled": self.cancel_reason,
        }
