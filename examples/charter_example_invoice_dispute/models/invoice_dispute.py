from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.mileo_client_charter.models.base.client_document import Message, Sheet

from ..hooks import CODE, _lt


class InvoiceDispute(models.Model):
    """An invoice a client disputes; the charter says within how many days it is answered."""

    _name = "invoice.dispute"
    _description = "Invoice dispute"
    _inherit = ["charter.client.mixin", "charter.privacy", "mail.thread", "mail.activity.mixin"]
    _rec_name = "move_id"
    _charter_messages = {"answer": Message("charter_example_invoice_dispute.mail_answer", "_record_answer")}
    _charter_export = Sheet(
        "disputes", ("move_id", "contact_id", "description", "said_at", "state", "answer")
    )
    _charter_retention = "charter_complaints_months"

    move_id = fields.Many2one("account.move", "Invoice", required=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", store=True, index=True)
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    contact_id = fields.Many2one("res.partner", ondelete="restrict", charter_recorded="client")
    description = fields.Text("What is wrong", charter_recorded="client")
    said_at = fields.Datetime("Received on", readonly=True, copy=False, charter_engine=True)
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered")],
        required=True, default="open", readonly=True, copy=False, charter_engine=True,
    )  # fmt: skip
    answered_at = fields.Datetime("Answered on", readonly=True, copy=False, charter_engine=True)
    answer = fields.Html(readonly=True, copy=False, charter_engine=True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not (vals.get("description") or "").strip():
                raise ValidationError(self.env._("What is wrong: say what the client disputes."))
        disputes = super().create(vals_list)
        for dispute in disputes._charter_engine():
            dispute.said_at = self._charter_now()
            dispute._charter_open_or_explain(CODE, at=dispute.said_at)._charter_announce()
        return disputes

    @api.model
    def _from_portal(self, contact, move, description):
        """Record what the portal's form says. :raise ValidationError: no invoice of the client's, or no words"""
        if not move:
            raise ValidationError(self.env._("Invoice: choose one of yours."))
        description = self._charter_words(description, 5000, self.env._("What is wrong"))
        values = {"move_id": move.id, "contact_id": contact.id, "description": description}
        return self._charter_engine().create(values).with_env(self.env)

    def _charter_origin(self):
        return self.env._("Your invoice dispute"), "/my/charter/invoice-disputes"

    def _charter_said(self):
        return self.description or ""

    def action_ask_answer(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "answer")

    def _record_answer(self, subject, body):
        """Answer the client by mail; this keeps the commitment."""
        step = self._charter_step("open")
        told = self._charter_write_to_client(self.contact_id or self.partner_id, subject, body)
        step.write({"state": "answered", "answered_at": self._charter_now(), "answer": told.message.body})
        step._charter_fulfil(CODE, _lt("Email to %s.", told.people._charter_key()))
        step.activity_feedback(["mileo_client_charter.activity_promise"])

    # -- what is personal -------------------------------------------------------------------------

    def _charter_running(self):
        return self.state == "open"

    def _charter_expired(self, limit):
        return Domain("anonymised_at", "=", False) & Domain("answered_at", "<", limit)

    def _charter_blank(self):
        return {"contact_id": False, "description": False, "answer": False}
