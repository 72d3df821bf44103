"""Contacts: the key by which evidence names them, the public holidays of their address, and their contracts."""

from odoo import models
from odoo.exceptions import UserError

from ...tools import people
from ...tools.departments import department_of
from ...tools.public_holidays import UnknownPart, part_of


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _charter_key(self):
        """Return “[contact 12]”, in the order of the records: how texts that are kept for good name these contacts."""
        return ", ".join(people.key("contact", partner.id) for partner in self) or "—"

    def _charter_holiday_part(self):
        """Return the part of its country whose public holidays this address has; False for the days of the whole country."""
        code = department_of(self.zip, self.country_id.code, self.city) if self else False
        try:
            return code if code and part_of(self.country_id.code or "FR", code)[1] else False
        except UnknownPart:
            return False

    # -- whose contract it is --------------------------------------------------------------------------

    def write(self, vals):
        """Move a contact's contracts along with it: where it goes to another company, they have another client from then on."""
        contracts = self.env["contract.contract"]
        if vals.get("active") is False:
            self._charter_check_archivable()
        if "tz" in vals:
            # A company without calendar has the days of its own contact.
            self.env.registry.clear_cache()
        if vals.keys() & {"parent_id", "is_company", "commercial_partner_id"}:
            # The archived ones too: they may still owe what was late.
            contracts = contracts.sudo().with_context(active_test=False)
            contracts = contracts.search([("partner_id", "child_of", self.ids)])
        before = contracts._charter_clients_of()
        result = super().write(vals)
        if before:
            contracts._charter_moved(before)
        return result

    def _charter_check_archivable(self):
        """:raise UserError: one of these is a client with a contract in force: it would leave the lists, and not the charter"""
        contracts = self.env["contract.contract"].sudo()
        found = contracts.search(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "in", self.filtered("active").ids),
            ],
            limit=1,
        )
        if found:
            raise UserError(
                self.env._(
                    "%(client)s cannot be archived: its contract %(contract)s is in force under the charter, and its commitments "
                    "would go unseen. First end the contract: accounting (Invoicing ‣ Customers ‣ "
                    "Customer Contracts) stops each of its lines on the last day; once that day is over, archive the client.",
                    client=found.commercial_partner_id.display_name,
                    contract=found.display_name,
                )
            )
