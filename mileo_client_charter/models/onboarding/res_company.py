"""Clients whose onboarding holds back what would be written to them."""

from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _charter_held_clients(self):
        """Return those whose onboarding has begun and is not released; one statement."""
        held = super()._charter_held_clients()
        self.env["charter.onboarding.line"].flush_model()
        self.env["charter.onboarding"].flush_model()
        self.env.cr.execute(
            """
            SELECT onboarding.company_id, array_agg(DISTINCT line.partner_id)
              FROM charter_onboarding_line line
              JOIN charter_onboarding onboarding ON onboarding.id = line.onboarding_id
             WHERE line.state = 'done' AND onboarding.hold AND onboarding.released_at IS NULL
             GROUP BY onboarding.company_id
            """
        )
        return {**held, **dict(self.env.cr.fetchall())}
