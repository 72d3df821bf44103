from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.mileo_client_charter.models.base.client_document import Message, Sheet

from ..hooks import CODE, _lt


class SampleMatter(models.Model):
    """Something a client raises, which the charter has answered within a time limit."""

    _name = "sample.matter"
    _description = "Sample matter"
    _inherit = ["charter.client.mixin", "charter.privacy", "mail.thread", "mail.activity.mixin"]
    _charter_messages = {"answer": Message("charter_example_matter.mail_answer", "_record_answer")}
    _charter_export = Sheet(
        "sample_matters", ("name", "contact_id", "description", "said_at", "state", "answer")
    )
    _charter_retention = "charter_complaints_months"

    name = fields.Char("Subject", required=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict", domain=[("is_company", "=", True)]
    )  # fmt: skip
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    contact_id = fields.Many2one("res.partner", ondelete="restrict", charter_recorded="client")
    description = fields.Text(charter_recorded="client")
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
                raise ValidationError(self.env._("Description: enter what the client raised."))
        records = super().create(vals_list)
        # The fields of the engine are written by the addon's own steps alone.
        for record in records._charter_engine():
            record.said_at = self._charter_now()
            # Where the charter has no such commitment yet, what the client raised is kept and staff see why.
            record._charter_open_or_explain(CODE, at=record.said_at)._charter_announce()
        return records

    @api.model
    def _from_portal(self, contact, name, description):
        """Create one from the form of the portal. :raise ValidationError: no subject or description"""
        name = self._charter_words(name, 200, self.env._("Subject"))
        if not name:
            raise ValidationError(self.env._("Subject: enter a few words."))
        client = contact.commercial_partner_id
        values = {
            "name": name, "partner_id": client.id, "contact_id": contact.id,
            "company_id": client._charter_serving_company().id,
            "description": self._charter_words(description, 5000, self.env._("Description")),
        }  # fmt: skip
        return self._charter_engine().create(values).with_env(self.env)

    def _charter_origin(self):
        return self.env._("Your sample matter"), "/my/charter/sample-matters"

    def _charter_said(self):
        return self.description or ""

    def action_ask_answer(self):
        self.ensure_one()
        return self.env["charter.message.wizard"]._open_for(self, "answer")

    def _record_answer(self, subject, body):
        """Answer the client by email; this meets the commitment."""
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
