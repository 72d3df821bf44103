"""Anonymising a contact, refused as long as something is due to it."""

from odoo import models
from odoo.exceptions import UserError

from ..people.charter_mail_choice import OWN, SHARED, field_of

PERSONAL = (
    "email", "phone", "function", "street", "street2", "zip", "city", "comment", "image_1920", "website", "vat",
)  # fmt: skip


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _charter_anonymise(self):
        """Make a person no one's: its rows stay, its name is in no text of ours, its access ends.

        A contact of a client, or one of our own people who has left: what it signed then names its key.

        :raise UserError: a company, one of our own users who is still active, or somebody something is still owed to
        """
        for contact in self.sudo():
            if contact.is_company:
                raise UserError(
                    self.env._(
                        "%s is a company: what it is called is no personal data.", contact.display_name
                    )
                )
            users = contact.with_context(active_test=False).user_ids
            if users.filtered(lambda user: user._is_internal() and user.active):
                raise UserError(
                    self.env._(
                        "%s is one of our own users: reassign what the user holds and archive the user first.",
                        contact.display_name,
                    )
                )
            contact._charter_check_nothing_owed()
            contact.message_ids.unlink()
            self.env["charter.anonymiser"].sudo()._forget(contact)
            users.write({"active": False, "signature": False})
            contact._charter_revoke_calendar()
            values = {name: False for name in PERSONAL if name in contact._fields}
            contact.with_context(tracking_disable=True).write(
                {
                    **values,
                    "name": self.env._("Anonymised contact"),
                    "active": False,
                    "charter_recipient": False,
                    **dict.fromkeys(map(field_of, (*SHARED, *OWN)), False),
                }
            )
            for user in users:
                # Odoo mails whose login changes: by now there is no address to write to.
                user.login = f"anonymised-{user.id}"

    def _charter_check_nothing_owed(self):
        """Check that nothing is owed to somebody: a commitment needs to know to whom.

        :raise UserError: naming it
        """
        for model in self.env["charter.privacy"]._charter_of_contacts():
            for record in self.env[model].sudo().search([("contact_id", "=", self.id)]):
                if record._charter_running():
                    raise UserError(
                        self.env._(
                            "%(contact)s: a commitment for “%(record)s” is outstanding. Close it first, then anonymise the contact.",
                            contact=self.display_name,
                            record=record.display_name,
                        )
                    )
