"""Contracts and their equipment: what changes with the tier or the customer."""

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..base.charter_copy import mail_copy
from ..base.charter_format import day_text

_lt = LazyTranslate(__name__)

TIER_CHANGE = {"charter_tier_before_id", "charter_tier_changed_on"}


class ContractContract(models.Model):
    _inherit = "contract.contract"  # pylint: disable=consider-merging-classes-inherited

    charter_equipment_count = fields.Integer(
        "Supervised equipment",
        compute="_compute_charter_equipment_count",
        groups="mileo_client_charter.group_charter_user",
    )

    charter_tier_before_id = fields.Many2one(
        "charter.tier", "Tier before", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    charter_tier_changed_on = fields.Date(
        "Tier changed on",
        readonly=True,
        copy=False,
        help="The client reads it, and received what changes by email.",
    )

    def _compute_charter_equipment_count(self):
        counts = dict(
            self.env["charter.equipment"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.charter_equipment_count = counts.get(contract._origin, 0)

    def action_charter_equipment(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        context = {"default_contract_id": self.id, "default_partner_id": self.commercial_partner_id.id}
        return {**action, "domain": [("contract_id", "=", self.id)], "context": context}

    # -- what a tier promises of an intervention -------------------------------------------------------

    def write(self, vals):
        if not self.env.su and TIER_CHANGE & vals.keys():
            raise AccessError(
                self.env._(
                    "Contract: what its tier was before is recorded when the tier changes, never by editing."
                )
            )
        before = (
            {contract: contract.charter_tier_id for contract in self} if "charter_tier_id" in vals else {}
        )
        result = super().write(vals)
        changed = [contract.id for contract, tier in before.items() if contract.charter_tier_id != tier]
        if changed:
            running = (
                self.env["charter.intervention"]
                .sudo()
                .search([("contract_id", "in", changed), ("state", "=", "open")])
            )
            running._charter_renew_promises(_lt("The tier of the contract changed."))
            for contract in self.browse(changed).filtered("charter_tier_id"):
                if before[contract]:
                    contract.sudo()._charter_notify_tier(before[contract].sudo(), self.env.user)
        return result

    def _charter_notify_tier(self, before, user):
        """Keep what the tier was, and mail the client what the charter commits us to from now on, and did until now.

        A client that is held receives nothing for now; its portal says it.
        """
        today = self.company_id._charter_today()
        self.write({"charter_tier_before_id": before.id, "charter_tier_changed_on": today})
        client = self.commercial_partner_id
        held = client.id in self.env["res.company"]._charter_held_clients().get(self.company_id.id, ())
        running = self.filtered_domain(Domain("active", "=", True) & Domain(self._charter_active_domain()))
        for contact in client._charter_document_contacts() if running and not held else ():
            record = self.with_context(lang=contact.lang or self.env.lang)
            body = record.env["ir.qweb"]._render(
                "mileo_client_charter.mail_tier_changed",
                {
                    "record": record,
                    "contact": contact,
                    "day": day_text(record.env, today, "d MMMM y"),
                    "before": before.with_env(record.env)._charter_gives(),
                    "after": record.charter_tier_id._charter_gives(),
                    "who": user.name,
                },
            )
            subject = record.env._(
                "%(contract)s: service tier %(tier)s",
                contract=self.name,
                tier=record.charter_tier_id._charter_gives()[0],
            )
            layout = "mileo_client_charter.mail_client_layout"
            mail_copy(record, contact, self.company_id, subject, body, layout, owed=True)

    # -- equipment stays with the client it is at ------------------------------------------------------

    def _charter_side_ended(self, client, reason):  # pylint: disable=missing-return
        super()._charter_side_ended(client, reason)
        if self.commercial_partner_id == client:
            return
        equipment = (
            self.env["charter.equipment"]
            .sudo()
            .with_context(active_test=False)
            .search([("contract_id", "in", self.ids), ("partner_id", "=", client.id)])
        )
        if equipment:
            equipment.write({"contract_id": False})
