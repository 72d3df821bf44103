"""Where a commitment is worked on, and how many a client is owed."""

from odoo import api, models
from odoo.fields import Domain

from .charter_obligation import OWED_STATES


class CharterObligation(models.Model):
    _inherit = "charter.obligation"  # pylint: disable=consider-merging-classes-inherited

    def _kept_in(self):
        """Return {commitment: the action that opens the document it is kept in}, where that is not the one it comes from.

        A report, a review or a renewal is opened from its contract: who has to keep it works in the report, the review, the renewal.
        """
        found = {}
        for name in sorted(self.env.registry.descendants(["charter.keeping.mixin"], "_inherit")):
            documents = self.env[name]
            rows = self.filtered(lambda row, codes=documents._charter_keeps: row.code in codes)
            if not rows or documents._abstract or not documents.has_access("read"):
                continue
            for document in documents.search([("obligation_id", "in", rows.ids)], order="id"):
                if document.state != "cancelled":
                    found[document.obligation_id] = {
                        "type": "ir.actions.act_window",
                        "res_model": name,
                        "res_id": document.id,
                        "views": [[False, "form"]],
                        "target": "current",
                    }
            for row in rows.filtered(lambda row: row.is_owed and row not in found):
                if action := documents._charter_keeping_action(row):
                    found[row] = action
        return found

    @api.model
    def _counts_of(self, client_ids):
        """Return ({client id: commitments that are owed}, {client id: commitments found late}) in one statement."""
        owed, missed = {}, {}
        if not self.has_access("read"):
            return owed, missed
        domain = Domain("partner_id", "in", client_ids) & Domain("state", "in", OWED_STATES)
        for client, state, count, done in self._read_group(
            domain, ["partner_id", "state"], ["__count", "done_at:count"]
        ):
            owed[client.id] = owed.get(client.id, 0) + count - done
            if state == "late":
                missed[client.id] = count
        return owed, missed
