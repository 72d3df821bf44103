"""Which contact a merged one has become: links that were sent to it before still open.

Core's merge deletes the contact that goes; the links of its mails name it by its number, and its other keys are its own columns.
"""

from odoo import api, fields, models


class CharterMergedContact(models.Model):
    """One row a contact that is no more. It names no person: two numbers, and keys that cannot be guessed."""

    _name = "charter.merged.contact"
    _description = "Contact merged into another one"
    _log_access = False
    _rec_name = "former_id"

    former_id = fields.Integer(
        "Former number",
        required=True,
        readonly=True,
        aggregator=None,
        help="The record number of the contact that is no more.",
    )
    # A foreign key: should that contact be merged too, the row follows it.
    partner_id = fields.Many2one(
        "res.partner", "Contact today", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _former_once = models.UniqueIndex("(former_id)", "This contact has been merged already.")

    @api.model
    def _remember(self, sources, target):
        """Record that each contact of ``sources`` is ``target`` from now on."""
        self.sudo().create([{"partner_id": target.id, **self._kept_of(source)} for source in sources])

    @api.model
    def _kept_of(self, source):
        """Return what is kept of a contact that is about to go, as values of a row."""
        return {"former_id": source.id}
