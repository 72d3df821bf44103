"""What ends with a client's side of a contract: its renewal to decide, and the meetings that are not held yet."""

from odoo import models

from .charter_renewal import CLOSED


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _charter_side_ended(self, client, reason):  # pylint: disable=missing-return
        super()._charter_side_ended(client, reason)
        of_client = [("contract_id", "in", self.ids), ("partner_id", "=", client.id)]
        renewals = self.env["charter.renewal"].sudo().search([*of_client, ("state", "not in", CLOSED)])
        if renewals:
            renewals._close(reason)
        meetings = (
            self.env["charter.review"].sudo().search([*of_client, ("state", "in", ("draft", "planned"))])
        )
        for meeting in meetings:
            meeting.action_cancel()
