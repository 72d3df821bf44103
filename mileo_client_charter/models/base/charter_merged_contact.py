"""Who a contact is now that was merged into another one: what was sent to it before still opens.

Core's merge deletes the contact that goes; the links of its mails name it by its number, and its other keys are its own columns.
"""

from odoo import api, fields, models
from odoo.tools import verify_hash_signed


class CharterMergedContact(models.Model):
    """One row a contact that is no more. It names no person: two numbers, and keys that cannot be guessed."""

    _name = "charter.merged.contact"
    _description = "Contact merged into another one"
    _log_access = False
    _rec_name = "former_id"

    former_id = fields.Integer(
        "Former number", required=True, readonly=True, aggregator=None, help="The record number of the contact that is no more."
    )  # fmt: skip
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


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _charter_today_contact(self, number):
        """Return the contact of this number, or the one it was merged into (superuser); empty when there is neither."""
        contact = self.sudo().browse(number).exists()
        if contact:
            return contact
        return self.env["charter.merged.contact"].sudo().search([("former_id", "=", number)]).partner_id

    @api.model
    def _get_partner_from_token(self, token):
        """An invitation to the portal opens for whoever its contact was merged into, as it would have for the contact.

        The same user, not logged in since, and the same purpose: what core asks of a contact that is there still.
        """
        payload = verify_hash_signed(self.sudo().env, "signup", token)
        if payload and not self.browse(payload[0]).exists():
            _former, user_ids, login_date, purpose = payload
            contact = self._charter_today_contact(payload[0])
            as_signed = (contact.user_ids.ids, contact and contact._get_login_date(), contact.signup_type)
            return contact if contact and as_signed == (user_ids, login_date, purpose) else None
        return super()._get_partner_from_token(token)
