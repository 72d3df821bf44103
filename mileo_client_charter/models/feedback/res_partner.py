"""What is open with the contacts of a client: counted, and a reason to keep a contact with its client for now."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_feedback_count = fields.Integer("Feedback", compute="_compute_charter_feedback_counts")
    charter_escalation_count = fields.Integer("Escalations open", compute="_compute_charter_feedback_counts")

    @api.depends_context("company")
    def _compute_charter_feedback_counts(self):
        feedback = self._charter_counted("charter.feedback", [("state", "=", "answered")])
        escalations = self._charter_counted("charter.escalation", [("is_complaint", "=", True)])
        for partner in self:
            client = partner.commercial_partner_id._origin.id
            partner.charter_feedback_count = feedback.get(client, 0)
            partner.charter_escalation_count = escalations.get(client, 0)

    def action_charter_feedback(self):
        return self._charter_action("mileo_client_charter.action_charter_feedback", "answered")

    def action_charter_escalations(self):
        return self._charter_action("mileo_client_charter.action_charter_escalation", "complaints")

    # -- who leaves the client ---------------------------------------------------------------------

    def write(self, vals):
        """Refuse a user to take away the contact something is still owed to; the system's own steps have their checks."""
        if not self.env.su and (vals.get("active") is False or "parent_id" in vals):
            self._charter_check_leaving(vals)
        return super().write(vals)

    def _charter_check_leaving(self, vals):
        """:raise UserError: who leaves, by ``vals``, its client or the active contacts is who waits for something of ours"""
        if vals.get("active") is False:
            leaving = self.filtered("active")
        else:
            goal = self.browse(vals["parent_id"] or []).commercial_partner_id
            leaving = self.filtered(lambda one: not one.is_company and one.commercial_partner_id != goal)
        waiting = leaving._charter_waits_for()
        if not waiting:
            return
        contact, what = waiting
        raise UserError(
            self.env._(
                "%(contact)s cannot leave %(client)s yet: %(what)s. First say who else at %(client)s is informed: open it, “Correct”, "
                "another contact, with the reason (an operations manager does it), or finish it; what is unread is "
                "marked as read. Then move or archive %(contact)s.",
                contact=contact.name,
                client=contact.commercial_partner_id.name,
                what=what,
            )
        )

    def _charter_waits_for(self):
        """Return (contact, what is still owed to it in words) of the first of these who waits for something; empty for none."""
        env = self.sudo().env
        for model, open_now in (
            # What staff closed in its name it may still contest.
            (
                "charter.escalation",
                Domain("state", "in", ("open", "answered"))
                | (Domain("state", "=", "resolved") & Domain("accepted_for_id", "!=", False)),
            ),
            ("charter.feedback", Domain("followup", "in", ("call", "tell"))),
        ):
            found = env[model].search(open_now & Domain("contact_id", "in", self.ids), limit=1)
            if found:
                return found.contact_id.with_env(self.env), self._charter_waiting_name(found)
        word = env["charter.word"].search(
            Domain("read_at", "=", False) & Domain("message_id.author_id", "in", self.ids), limit=1
        )
        if word:
            said = word._document()
            words = self.env._(
                "a comment no one has read, on %s", said.display_name if said else word.res_model
            )
            return word.message_id.author_id.with_env(self.env), words
        return ()

    def _charter_waiting_name(self, document):
        return f"{self.env['ir.model']._get(document._name).name} “{document.with_env(self.env).sudo().display_name}”"
