"""Documents that reached nobody, and files on record that were altered: to mend before a client notices."""

from odoo import fields, models
from odoo.tools import SQL


class CharterDefect(models.Model):
    _inherit = "charter.defect"
    _depends = {
        "charter.delivery": ["state", "contact_id", "kind", "partner_id", "failure"],
        "ir.attachment": ["charter_broken_at", "name", "res_model", "res_id", "company_id"],
    }

    kind = fields.Selection(
        selection_add=[("undelivered", "Document not delivered"), ("altered", "File on record altered")]
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        remedies = {
            "undelivered": self.env._("Fix the address, then send again"),
            "altered": self.env._("Restore it from a backup, then open it"),
        }
        for defect in self.filtered(lambda one: one.kind in remedies):
            defect.remedy = remedies[defect.kind]
        return result

    def action_mend(self):
        """Compare an altered file again, for somebody may have restored it; then open the record, as for any defect."""
        self.ensure_one()
        if self.kind == "altered":
            files = self.env["ir.attachment"].sudo().with_context(skip_res_field_check=True).search(
                [("charter_broken_at", "!=", False), ("res_model", "=", self.res_model), ("res_id", "=", self.res_id)]
            )  # fmt: skip
            files.filtered(lambda file: file._charter_is_intact())._charter_mended()
        return super().action_mend()

    def _defect_queries(self, clients):
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'undelivered', d.partner_id, NULL::int, NULL, d.company_id, 'charter.delivery', d.id, d.failure
                  FROM charter_delivery d
                 WHERE d.state = 'failed' AND d.contact_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM charter_delivery later
                                    WHERE later.contact_id = d.contact_id AND later.kind = d.kind AND later.id > d.id
                                      AND later.state IN ('queued', 'sent'))
                """
            ),
            SQL(
                """
                SELECT 'altered', NULL::int, NULL::int, NULL,
                       COALESCE(file.company_id, delivery.company_id, review.company_id, document.company_id),
                       file.res_model, file.res_id, file.name
                  FROM ir_attachment file
                  LEFT JOIN charter_delivery delivery
                    ON file.res_model = 'charter.delivery' AND delivery.id = file.res_id
                  LEFT JOIN charter_review review ON file.res_model = 'charter.review' AND review.id = file.res_id
                  LEFT JOIN charter_document document
                    ON file.res_model = 'charter.document' AND document.id = file.res_id
                 WHERE file.charter_broken_at IS NOT NULL
                """
            ),
        ]
