"""What a charter version is made of is changed in a draft only."""

import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


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

    def _load_records_create(self, vals_list):
        """Take what a later version of an addon adds to a published charter into a draft, which a person publishes.

        Published text does not move, and no update is stopped by it.
        """
        if not self.env.context.get("install_module"):
            return super()._load_records_create(vals_list)
        records = self.browse()
        for vals in vals_list:
            document = self.env["charter.document"].browse(vals.get("document_id")).exists()
            there = self._charter_same_in(document, vals)
            if document and document.state != "draft" and not there:
                document = document._proposal_draft()
                vals.update(self._charter_values_in(document, vals))
                there = self._charter_same_in(document, vals)
                if not there:
                    document._say_proposed(vals.get("code") or vals.get("title"))
            records += there or super()._load_records_create([vals])
        return records

    def _charter_same_in(self, document, vals):
        """Find the part of ``document`` that would be in the way of ``vals``: a company may have added its own."""
        raise NotImplementedError

    def _charter_values_in(self, draft, vals):
        """Return {field: value} of ``vals`` that are other ones in ``draft``, a copy of the charter they were written for."""
        return {"document_id": draft.id}

    def _load_records_write(self, values):
        """Leave published text as it is, whatever the data of a later version say."""
        if self.document_id.state != "draft" and self.env.context.get("install_module"):
            _logger.info(
                "%s is published: the data of a later version leave it as it is",
                self.document_id.display_name,
            )
            return None
        return super()._load_records_write(values)

    def unlink(self):
        self.document_id._check_draft()
        return super().unlink()
