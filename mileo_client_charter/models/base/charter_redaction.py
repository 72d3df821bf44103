"""Names taken out of rows that prove something: what the text was is kept as a digest only."""

import hashlib
import json

from odoo import api, fields, models


def digest(value):
    """Return SHA-256, in hexadecimal, of a text, of bytes, or of what JSON holds (keys in order, as a report's fingerprint)."""
    if not isinstance(value, (bytes, str)):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


class CharterRedaction(models.Model):
    """One text out of which a person was taken: where, when, and the digests of what it was and of what it is.

    A seal or a fingerprint made of the text before still holds: it is compared with ``before`` as long as the present text
    has the digest ``after``. Each further redaction of the same text begins where the last one ended.
    """

    _name = "charter.redaction"
    _description = "Name removed from a record"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _order = "id"

    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    field_name = fields.Char("Field", required=True, readonly=True)
    redacted_at = fields.Datetime("Removed on", required=True, readonly=True, default=fields.Datetime.now)
    before = fields.Char("SHA-256 before", required=True, readonly=True)
    after = fields.Char("SHA-256 after", required=True, readonly=True)

    _of_idx = models.Index("(res_model, res_id, field_name, id)")

    @api.model
    def _original(self, record, field_name, present):
        """Return the digest of what was recorded, of a text whose digest is ``present``.

        :return: ``present`` where nothing was removed; None: it was changed otherwise than by a redaction
        """
        rows = self.sudo().search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("field_name", "=", field_name)]
        )
        if not rows:
            return present
        for row in rows.sorted("id", reverse=True):
            if row.after != present:
                return None
            present = row.before
        return present
