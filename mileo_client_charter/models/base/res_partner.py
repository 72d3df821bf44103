"""Find the contact that a number or key means today, where the contact was merged into another one."""

from odoo import api, models
from odoo.tools import verify_hash_signed


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _charter_today_contact(self, number):
        """Return the contact of this number, or the one it was merged into (superuser); empty when there is neither."""
        contact = self.sudo().browse(number)
        # What has just been read is there.
        if contact._fields["active"]._get_cache(contact.env).get(number) is not None or contact.exists():
            return contact
        return self.env["charter.merged.contact"].sudo().search([("former_id", "=", number)]).partner_id

    def _charter_takes_copies(self):
        """Return whether this contact wants copies of what it does itself (hook)."""
        return True

    @api.model
    def _get_partner_from_token(self, token):
        """Open an invitation to the portal for whoever its contact was merged into, as it would have for the contact.

        The same user, not logged in since, and the same purpose: what core asks of a contact that is there still.
        """
        payload = verify_hash_signed(self.sudo().env, "signup", token)
        if payload and not self.browse(payload[0]).exists():
            _former, user_ids, login_date, purpose = payload
            contact = self._charter_today_contact(payload[0])
            as_signed = (contact.user_ids.ids, contact and contact._get_login_date(), contact.signup_type)
            return contact if contact and as_signed == (user_ids, login_date, purpose) else None
        return super()._get_partner_from_token(token)
