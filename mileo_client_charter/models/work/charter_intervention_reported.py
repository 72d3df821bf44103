"""An incident that the client reports on the portal: an intervention with its commitments at once (article 01)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from ...tools.words import is_said, trimmed
from ..base.charter_copy import mail_copy
from ..base.charter_lock import lock
from ..charter.charter_service_level import PRIORITIES

SUMMARY_LENGTH, WORDS_LENGTH = 200, 10_000
MOMENT = "EEEE d MMMM y, HH:mm"


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"

    reported_by_id = fields.Many2one(
        "res.partner",
        "Reported on the portal by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        charter_engine=True,
        groups="base.group_user",
    )

    @api.model
    def _from_portal(self, contact, form, contracts, equipment, files=()):
        """Record, promise and confirm by mail what ``contact`` reports.

        :param form: ``summary``, ``description``, ``priority``
        :param contracts: of the client, among which it is; one where the client chose
        :param equipment: of the client's own, or empty
        :param files: [(name, bytes)] that come with it
        :raise ValidationError: no words, too many, or no such priority
        """
        summary, words, priority = self._charter_reported_words(form)
        client = contact.commercial_partner_id
        company = client._charter_serving_company().sudo()
        interventions = self.sudo().with_company(company)
        # Two clicks on the button are one incident. The client's row is the lock.
        lock(client.sudo())
        recent = interventions.search(
            [
                ("reported_by_id", "=", contact.id),
                ("name", "=", summary),
                ("create_date", ">", self.env.cr.now() - timedelta(minutes=5)),
            ],
            limit=1,
        )
        if recent:
            return recent.with_env(self.env)
        holders = (
            self.env["charter.assignment"].sudo()._holders({(company.id, "technical_contact", client.id)})
        )
        technician = next(iter(holders.values()), False)
        # While the technical contact is away without a substitute, somebody who is there has it.
        technician = company._charter_stood_in().get(technician, self.env["res.users"])[:1].id or technician
        # What the client wrote reaches its technician with its files: core's "assigned to you" would be a second mail.
        interventions = interventions.with_context(mail_auto_subscribe_no_notify=True)
        intervention = interventions._charter_engine().create(
            {
                "name": summary,
                "partner_id": client.id,
                "company_id": company.id,
                "contract_id": contracts.id if len(contracts) == 1 else False,
                "equipment_ids": [fields.Command.set(equipment.ids)],
                "kind": "corrective",
                "description": plaintext2html(words) if words else False,
                "priority": priority,
                "user_id": technician,
                "reported_by_id": contact.id,
                "contact_ids": [fields.Command.set(contact.ids)],
            }
        )
        intervention._charter_keep_files(contact, words or summary, files)
        intervention._charter_confirm_report(contact)
        return intervention.with_env(self.env)

    @api.model
    def _charter_reported_words(self, form):
        """Return (summary, words, priority) of the form. :raise ValidationError: no words, too many, or no such priority"""
        summary, words = trimmed(form.get("summary") or ""), trimmed(form.get("description") or "")
        priority = form.get("priority") or "1"
        if not is_said(summary):
            raise ValidationError(self.env._("What is wrong: describe it briefly."))
        for text, limit, label in (
            (summary, SUMMARY_LENGTH, self.env._("What is wrong")),
            (words, WORDS_LENGTH, self.env._("What you see")),
        ):
            if len(text) > limit:
                raise ValidationError(
                    self.env._(
                        "%(label)s: please keep to %(limit)s characters; there are %(count)s.",
                        label=label,
                        limit=limit,
                        count=len(text),
                    )
                )
        if priority not in dict(PRIORITIES):
            raise ValidationError(self.env._("How urgent: choose one of the list."))
        return summary, words, priority

    def _charter_confirm_report(self, contact):
        """Mail whoever reported it a copy: its number, and by when we answer and fix it."""
        record = self.with_context(lang=contact.lang or self.env.lang)
        tz = contact.tz or self.company_id._charter_tz()
        promises = [
            (one.promise, one._due_in_words(tz, MOMENT))
            for one in record.obligation_ids.sorted("due_at")
            if one.due_at
        ]
        body = record.env["ir.qweb"]._render(
            "mileo_client_charter.mail_incident_received",
            {"record": record, "contact": contact, "promises": promises, "times_of": tz.replace("_", " ")},
        )
        subject = record.env._("%(reference)s: we have received your report", reference=self.reference)
        mail_copy(record, contact, self.company_id, subject, body, "mileo_client_charter.mail_client_layout")

    def _charter_files_of_client(self):
        """Return what the client sent with it (ir.attachment), the oldest first."""
        messages = self.sudo().message_ids.filtered(
            lambda one: one.author_id.commercial_partner_id == self.commercial_partner_id
        )
        return messages.attachment_ids.sorted("id")
