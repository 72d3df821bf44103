from odoo import api, models


class CharterDocumentPart(models.AbstractModel):
    """What a charter version is made of: it changes as long as the version is a draft, and never after."""

    _name = "charter.document.part"
    _description = "Part of a charter version"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.document_id._check_draft()
        return parts

    def write(self, vals):
        self.document_id._check_draft()
        return super().write(vals)

    def unlink(self):
        self.document_id._check_draft()
        return super().unlink()
