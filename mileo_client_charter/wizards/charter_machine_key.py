"""Create a user and an API key for another program: Odoo lets people make keys for themselves only."""

import uuid
from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from odoo import Command, api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import AccessError, ValidationError

from ..tools.words import trimmed

ADMIN = "mileo_client_charter.group_charter_admin"


class CharterMachineKey(models.TransientModel):
    _name = "charter.machine.key"
    _description = "Key of a program"

    kind = fields.Selection(
        [
            ("monitoring", "Monitoring: posts outages"),
            ("feeding", "Interventions: reports them and takes their steps"),
        ],
        required=True,
        default="monitoring",
    )
    user_id = fields.Many2one(
        "res.users",
        "Another key for",
        domain="[('share', '=', True), ('group_ids', 'in', group_id)]",
        help="A program that has a key already. Empty: a new program.",
    )
    group_id = fields.Many2one("res.groups", compute="_compute_group_id")
    name = fields.Char("Name of the program", help="Shown in the history of what the program reports.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    zone = fields.Selection(
        _tz_get,
        "Time zone it writes in",
        compute="_compute_zone",
        store=True,
        readonly=False,
        help="What its moments mean that name no time zone. Empty: those are refused.",
    )
    expires_on = fields.Date(
        "Last day of the key",
        required=True,
        default=lambda self: self.env.company._charter_today() + relativedelta(years=1),
    )
    revoke = fields.Boolean("Former keys stop working now")

    @api.depends("kind")
    def _compute_group_id(self):
        for wizard in self:
            wizard.group_id = wizard.kind and self.env.ref(
                f"mileo_client_charter.group_charter_{wizard.kind}"
            )

    @api.depends("user_id")
    def _compute_zone(self):
        for wizard in self:
            wizard.zone = wizard.user_id.sudo().charter_monitor_zone

    def action_make(self):
        """Make the key, and the user of a new program; show the key, this once.

        :raise AccessError: an administrator of the charter alone makes keys
        :raise ValidationError: no name, a day that is over, or a user with other rights
        """
        self.ensure_one()
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Key of a program: ask an administrator of the charter."))
        if self.expires_on < self.company_id._charter_today():
            raise ValidationError(self.env._("Last day of the key: it is over. Give a day to come."))
        user = self.user_id.sudo() or self._make_user()
        if user.group_ids != self.group_id:
            raise ValidationError(
                self.env._(
                    "Another key for: %s has other rights than those of a program. Leave it empty, and name a new program.",
                    user.name,
                )
            )
        if self.kind == "monitoring" and user.charter_monitor_zone != self.zone:
            user.charter_monitor_zone = self.zone
        if self.revoke:
            user.api_key_ids.unlink()
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = keys._generate(
            None, user.name, datetime.combine(self.expires_on, time.max.replace(microsecond=0))
        )
        # What it is good for, and no more: Odoo's own view warns of full access to an account.
        view = self.env.ref(f"mileo_client_charter.view_charter_key_{self.kind}")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key: %s", user.name),
            "res_model": "res.users.apikeys.show",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    def _make_user(self):
        """Return the user of a new program: of no type, with one group, and no password to enter by."""
        if not trimmed(self.name):
            raise ValidationError(self.env._("Name of the program: give one, it is shown in the history."))
        return (
            self.env["res.users"]
            .sudo()
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": self.name.strip(),
                    "login": f"charter-{self.kind}-{uuid.uuid4().hex[:12]}",
                    "group_ids": [Command.set(self.group_id.ids)],
                    "company_id": self.company_id.id,
                    "company_ids": [Command.set(self.company_id.ids)],
                    "notification_type": "email",
                }
            )
        )
