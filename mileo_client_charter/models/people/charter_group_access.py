"""One view over a group: which contact of a parent company reads how its subsidiary is served, entitled by whom and until when.

Off until somebody entitles a contact by name. The rows of a subsidiary stay its own (docs/decisions/visibility.md): what is
entitled is shown on one page, from the row of this model that its reader finds with its own rights.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import email_normalize

from ..base.charter_lock import lock
from ..base.client_document import Sheet

# A group has so many levels at most: a loop of parents ends there.
LEVELS = 20


class CharterGroupAccess(models.Model):
    """What a contact of a parent company reads of one subsidiary. Never changed: revoked, and entitled again."""

    _name = "charter.group.access"
    _description = "Access of a group to a subsidiary"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _charter_export = Sheet(
        "group_access", ("reader_id", "commitments", "reports", "entitled_by_id", "entitled_at", "revoked_at")
    )
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        "Subsidiary",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_company', '=', True), ('parent_id', '!=', False)]",
    )
    reader_id = fields.Many2one(
        "res.partner",
        "Contact of the parent company",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_company', '=', False), ('email', '!=', False)]",
    )
    group_id = fields.Many2one(
        "res.partner", "Parent company", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict", readonly=True)
    commitments = fields.Boolean(default=True, help="What is overdue, and the next due dates.")
    reports = fields.Boolean("Activity reports", default=True, help="The last report can be read.")
    entitled_by_id = fields.Many2one(
        "res.partner", "Entitled by", required=True, index=True, ondelete="restrict", readonly=True
    )
    entitled_at = fields.Datetime("Entitled on", required=True, readonly=True)
    revoked_by_id = fields.Many2one(
        "res.partner", "Revoked by", index="btree_not_null", ondelete="restrict", readonly=True
    )
    revoked_at = fields.Datetime("Revoked on", readonly=True)

    @api.depends("partner_id", "reader_id")
    def _compute_display_name(self):
        for access in self.sudo():
            access.display_name = f"{access.partner_id.name} → {access.reader_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        """Create a row as an operations manager, who entitles from a form; no one else does by creating rows."""
        if self._charter_is_engine():
            return super().create(vals_list)
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            self._charter_refuse_row()
        partners = self.env["res.partner"]
        return self.browse().union(
            *(
                self._entitle(
                    partners.browse(vals.get("partner_id")),
                    partners.browse(vals.get("reader_id")),
                    vals.get("commitments", True),
                    vals.get("reports", True),
                )
                for vals in vals_list
            )
        )

    # -- steps ------------------------------------------------------------------------------------

    @api.model
    def _entitle(self, client, reader, commitments=True, reports=True):
        """Let ``reader`` see how ``client`` is served, from now on; what it could see before is replaced.

        :param client: the subsidiary (commercial entity)
        :param reader: a contact of one of its parent companies
        :raise ValidationError: no such contact, or nothing it could read
        """
        client, reader = client.with_env(self.env).sudo(), reader.with_env(self.env).sudo()
        if not client or client != client.commercial_partner_id:
            raise ValidationError(
                self.env._("Subsidiary: choose the company itself, not one of its contacts.")
            )
        group = reader.commercial_partner_id
        if not reader.active or reader.is_company or group not in self._parents(client):
            raise ValidationError(
                self.env._(
                    "Contact of the parent company: choose a person of a parent company of %s.",
                    client.display_name,
                )
            )
        if not commitments and not reports:
            raise ValidationError(self.env._("Commitments, activity reports: choose what can be read."))
        lock(client)
        self._active_of(client, reader)._end()
        return (
            self._charter_engine()
            .sudo()
            .create(
                {
                    "partner_id": client.id,
                    "reader_id": reader.id,
                    "group_id": group.id,
                    "company_id": client._charter_serving_company().id,
                    "commitments": bool(commitments),
                    "reports": bool(reports),
                    "entitled_by_id": self.env.user.partner_id.id,
                    "entitled_at": self._charter_now(),
                }
            )
            .with_env(self.env)
        )

    @api.model
    def _entitle_address(self, client, address, commitments, reports):
        """Let whoever of a parent company has this address read: a subsidiary types it, and is shown no contacts of its parent.

        :raise ValidationError: nobody has it
        """
        mailbox = email_normalize(address or "")
        parents = self._parents(client.sudo())
        found = mailbox and self.env["res.partner"].sudo().search(
            [
                ("email_normalized", "=", mailbox),
                ("commercial_partner_id", "in", parents.ids),
                ("is_company", "=", False),
            ],
            order="id",
            limit=1,
        )
        if not found:
            raise ValidationError(
                self.env._("Email address: no contact of your parent company has it. Check it, or ask us.")
            )
        return self._entitle(client, found, commitments, reports)

    def action_revoke(self):
        """End these, as an operations manager. :raise AccessError: not one"""
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(self.env._("Only operations managers and the subsidiary itself revoke this."))
        self._end()

    def _end(self):
        running = self.sudo().filtered(lambda one: not one.revoked_at)
        running._charter_engine().write(
            {"revoked_at": self._charter_now(), "revoked_by_id": self.env.user.partner_id.id}
        )

    # -- reading ----------------------------------------------------------------------------------

    @api.model
    def _parents(self, client):
        """Return the companies above ``client``, the nearest first."""
        found, above = client.browse(), client.parent_id.commercial_partner_id
        for _level in range(LEVELS):
            if not above or above in found or above == client:
                break
            found |= above
            above = above.parent_id.commercial_partner_id
        return found

    @api.model
    def _active_of(self, client, reader=None):
        domain = [("partner_id", "=", client.id), ("revoked_at", "=", False)]
        return self.sudo().search([*domain, ("reader_id", "=", reader.id)] if reader else domain)

    def _still_holds(self):
        """Return those whose reader is still with a parent company of the subsidiary: whoever moved, or was sold, reads nothing."""
        return self.filtered(
            lambda one: (
                not one.revoked_at
                and one.reader_id.active
                and one.reader_id.commercial_partner_id == one.group_id
                and one.group_id in self._parents(one.partner_id)
            )
        )

    @api.model
    def _of_reader(self):
        """Return what the present user is entitled to today, found with its own rights; read as the superuser."""
        partner = self.env.user.partner_id
        own = self.search(
            [("reader_id", "=", partner.id), ("revoked_at", "=", False)], order="partner_id, id"
        )
        return own.sudo()._still_holds()
