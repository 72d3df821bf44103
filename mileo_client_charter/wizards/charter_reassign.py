from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CharterReassign(models.TransientModel):
    """Somebody gives clients over to somebody else: all of them, or some, on one day (article 01)."""

    _name = "charter.reassign"
    _description = "Reassign clients"

    role = fields.Selection(
        [("account_manager", "Account manager"), ("technical_contact", "Technical contact")],
        required=True,
        default="account_manager",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", "Current contact", required=True, domain="[('share', '=', False)]")
    successor_id = fields.Many2one(
        "res.users", "New contact", required=True, domain="[('share', '=', False), ('id', '!=', user_id)]"
    )
    date_from = fields.Date(
        "First day of the successor", required=True, default=lambda self: self._default_date_from()
    )
    message = fields.Text("Message to the clients", help="Added to the email that introduces the successor.")
    tell_clients = fields.Boolean("Inform the clients in advance", default=True)
    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        context={"active_test": False},
        help="An archived client that somebody answers for is reassigned like the others.",
    )
    client_count = fields.Integer(compute="_compute_client_count")

    @api.model
    def _default_date_from(self):
        company = self.env.company
        return company._charter_today() + timedelta(days=company.charter_handover_lead_days + 1)

    @api.depends("role", "user_id", "company_id")
    def _compute_partner_ids(self):
        for wizard in self:
            wizard.partner_ids = wizard._held().partner_id

    @api.depends("partner_ids")
    def _compute_client_count(self):
        for wizard in self:
            wizard.client_count = len(wizard.partner_ids)

    def _held(self):
        """Return assignments of the one who leaves, now or later."""
        if not self.user_id:
            return self.env["charter.assignment"]
        return self.env["charter.assignment"].search(
            [
                ("role", "=", self.role),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", "principal"),
                ("company_id", "=", self.company_id.id),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.company_id._charter_today()),
            ]
        )

    def action_confirm(self):
        """Assign the successor from that day on, and have the clients informed before it.

        :raise ValidationError: nobody to reach, a day gone by, or clients who are not held by the one who leaves
        """
        self.ensure_one()
        self._check()
        clients = self.partner_ids.commercial_partner_id
        self.env["charter.assignment"]._assign(
            clients, self.role, self.successor_id, self.company_id, self.date_from
        )
        if self.tell_clients:
            under_charter = clients & self.env["res.partner"]._charter_clients(self.company_id)
            self.env["charter.handover"]._announce_change(
                under_charter,
                self.role,
                self.user_id,
                self.successor_id,
                self.company_id,
                self.date_from,
                self.message,
            )
        self.env["charter.absence"].sudo()._refresh(self.company_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_assignment"
        )
        return {
            **action,
            "domain": [("partner_id", "in", clients.ids), ("role", "=", self.role)],
            "context": {},
        }

    def _check(self):
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(self.env._("Only operations managers give clients over to somebody else."))
        successor = self.successor_id.sudo()
        if not successor.partner_id.phone or not successor.email:
            raise ValidationError(
                self.env._(
                    "To: %s has no phone or no email, and clients could not call: add them to their contact first.",
                    successor.name,
                )
            )
        if self.date_from < self.company_id._charter_today():
            raise ValidationError(
                self.env._("First day of the successor: it has gone by; choose today or later.")
            )
        if not self.partner_ids:
            raise ValidationError(self.env._("Clients: choose at least one."))
        strangers = self.partner_ids.commercial_partner_id - self._held().partner_id
        if strangers:
            raise ValidationError(
                self.env._(
                    "Clients: choose among those %(user)s has this role for; without it: %(clients)s.",
                    clients=", ".join(strangers.mapped("display_name")),
                    user=self.user_id.name,
                )
            )
