from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

DROPPED = ("helpdesk_ticket_stage_cancelled", "helpdesk_ticket_stage_rejected")


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "charter.intervention.mixin"]

    charter_escalation_ids = fields.One2many(
        "charter.escalation", "ticket_id", groups="mileo_client_charter.group_charter_user"
    )
    charter_escalated = fields.Boolean("Escalated", compute="_compute_charter_escalated", compute_sudo=True)

    def _compute_charter_escalated(self):
        for ticket in self:
            ticket.charter_escalated = any(row.is_complaint for row in ticket.charter_escalation_ids)

    def _charter_intervention_values(self):
        if not self.partner_id:
            return None
        known = self._charter_known()
        return {
            "name": f"{self.number} {self.name}",
            "priority": self.priority or "1",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "description": self.description,
            "reported_at": self.create_date.replace(microsecond=0),
            "responded_at": known.responded_at or (not self.stage_id.unattended and self.last_stage_update),
            "resolved_at": self.stage_id.closed
            and (self.closed_date or known.resolved_at or fields.Datetime.now()),
            "cancelled": self._charter_dropped(),
        }

    def _charter_descriptive_fields(self):
        return {"name", "description"}

    @api.model
    def _charter_dropped_stages(self):
        """Return the ids of the stages of what is not to be done, as Odoo remembers them: no statement a ticket."""
        number_of = self.env["ir.model.data"]._xmlid_to_res_id
        return {number_of(f"helpdesk_mgmt.{name}", raise_if_not_found=False) for name in DROPPED} - {False}

    def _charter_dropped(self):
        """Return why there is nothing to do, or False."""
        if self.stage_id.id in self._charter_dropped_stages():
            return self.env._("The ticket was cancelled or rejected.")
        if self.duplicate_id:
            return self.env._("The ticket is a duplicate of %s.", self.duplicate_id.number)
        return False if self.active else self.env._("The ticket was archived.")

    def action_charter_escalate(self):
        """Escalate for the client of this ticket: a formal complaint, whatever the rights of who records it.

        :raise ValidationError: no client, or escalated already
        """
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id:
            raise ValidationError(self.env._("Contact: say which client escalates."))
        if self.charter_escalated:
            raise ValidationError(
                self.env._("%s is escalated already, and waits for an answer.", self.number)
            )
        escalation = (
            self.env["charter.escalation"]
            ._charter_engine()
            .create(
                {
                    "name": f"{self.number} {self.name}",
                    "description": html2plaintext(self.description or ""),
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "door": "phone",
                    "ticket_id": self.id,
                }
            )
        )
        self.message_post(body=self._charter_for_staff().env._("Escalated: %s.", escalation.reference))
        self.invalidate_recordset(["charter_escalation_ids", "charter_escalated"])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s: the operations manager is notified.", escalation.reference),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
