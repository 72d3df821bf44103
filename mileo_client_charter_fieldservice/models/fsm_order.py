from odoo import fields, models

from odoo.addons.mileo_client_charter.models.work.charter_intervention import KINDS

# Theirs are Normal, Low, High, Urgent.
PRIORITY = {"0": "1", "1": "0", "2": "2", "3": "3"}


class FSMOrderType(models.Model):
    _inherit = "fsm.order.type"

    charter_kind = fields.Selection(
        KINDS,
        "Type for the client charter",
        default="corrective",
        help="Only incidents have target times.",
    )


class FSMOrder(models.Model):
    _name = "fsm.order"
    _inherit = ["fsm.order", "charter.intervention.mixin"]

    def _charter_descriptive_fields(self):
        return {"name", "description"}

    def _charter_intervention_values(self):
        created = self.create_date.replace(microsecond=0)
        # As Odoo remembers it: no statement an order.
        known = self.env["ir.model.data"]._xmlid_to_res_id
        cancelled = self.stage_id.id == known("fieldservice.fsm_stage_cancelled", raise_if_not_found=True)
        # An order written after the visit was reported before it.
        reported = min(filter(None, [created, self.date_start, self.date_end]))
        return {
            "name": " · ".join([self.name, *self.category_ids.mapped("name")]),
            "kind": self.type.charter_kind or "corrective",
            "priority": PRIORITY.get(self.priority, "1"),
            "partner_id": self._charter_client().id,
            "company_id": self.company_id.id,
            "user_id": self.person_id.partner_id.user_ids[:1].id,
            "description": self.description,
            "work_done": self.resolution,
            "reported_at": reported,
            "responded_at": self.date_start,
            "resolved_at": self.stage_id.is_closed
            and (self.date_end or self._charter_known().resolved_at or fields.Datetime.now()),
            "cancelled": cancelled and self.env._("The order was cancelled."),
        }

    def _charter_client(self):
        """Return the company the location belongs to, else the location's owner."""
        site = self.location_id.partner_id
        return site if site.parent_id else self.location_id.owner_id
