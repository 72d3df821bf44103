"""Data issues of deliveries: documents that reached no one, and files on record that were altered."""

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
            files = (
                self.env["ir.attachment"]
                .sudo()
                .with_context(skip_res_field_check=True)
                .search(
                    [
                        ("charter_broken_at", "!=", False),
                        ("res_model", "=", self.res_model),
                        ("res_id", "=", self.res_id),
                    ]
                )
            )
            files.filtered(lambda file: file._charter_is_intact())._charter_mended()
        return super().action_mend()

    def _filed_models(self):
        """Return models whose rows have files on record, and say whose company's an altered one is; others add theirs."""
        return ["charter.delivery", "charter.document"]

    def _defect_queries(self, clients):
        return [
            *super()._defect_queries(clients),
            SQL(
                """
                SELECT 'undelivered', delivery.partner_id, NULL::int, NULL, delivery.company_id, 'charter.delivery', delivery.id, delivery.failure
                  FROM charter_delivery delivery
                 WHERE delivery.state = 'failed' AND delivery.contact_id IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM charter_delivery later
                                    WHERE later.contact_id = delivery.contact_id AND later.kind = delivery.kind AND later.id > delivery.id
                                      AND later.state IN ('queued', 'sent'))
                """
            ),
            SQL(
                """
                SELECT 'altered', NULL::int, NULL::int, NULL, COALESCE(file.company_id, %(companies)s), file.res_model,
                       file.res_id, file.name
                  FROM ir_attachment file
                 WHERE file.charter_broken_at IS NOT NULL
                """,
                companies=SQL(", ").join(
                    SQL(
                        "(SELECT company_id FROM %(table)s WHERE file.res_model = %(model)s AND id = file.res_id)",
                        table=SQL.identifier(self.env[model]._table),
                        model=model,
                    )
                    for model in self._filed_models()
                ),
            ),
        ]
