"""What a correction of closed work makes of a promise is told as widely as the lateness was (articles 01 and 05)."""

from markupsafe import Markup
from odoo import models
from odoo.tools.translate import LazyTranslate

from ..base.charter_copy import mail_copy
from ..base.charter_format import moment_text
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)

MOMENT = "EEEE d MMMM y, HH:mm"


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    def _charter_result_corrected(self, promises, reason):
        """Mail those of the client who are told of this work a copy, and give general management an activity."""
        super()._charter_result_corrected(promises, reason)
        # What was corrected by this very step: its rows have the moment of the promises.
        corrections = self.sudo().correction_ids.filtered(
            lambda one: (
                one.field_name in ("responded_at", "resolved_at")
                and one.corrected_at == promises[:1].sudo().corrected_at
            )
        )
        why = corrections[:1].reason or in_words(self.env, stored(reason))
        for contact in self._charter_told_of_result():
            self._charter_mail_result(contact, promises, corrections, why)
        for user in self.company_id.sudo()._charter_people("general_management"):
            self.sudo().with_context(lang=user.lang, mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                date_deadline=self.company_id.sudo()._charter_today(),
                summary=_lt("A result the client may have been told was corrected"),
                note=Markup("<p>%s</p><p>%s</p>")
                % (in_words(self.env, why), self._charter_who_corrects(self.env)),
            )

    def _charter_who_corrects(self, env):
        """Return the name and the role, in the language of ``env``, of whoever corrects; no role is claimed for the system itself."""
        user = self.env.user
        if not user.has_group("mileo_client_charter.group_charter_operations"):
            return user.name
        roles = dict(env["charter.assignment"]._fields["role"]._description_selection(env))
        return f"{user.name} ({roles['operations_manager'].lower()})"

    def _charter_told_of_result(self):
        """Return whom of the client the results of this work reach: its own contacts, and those who get the reports; each mailbox once."""
        client = self.sudo().partner_id.commercial_partner_id
        people = self.sudo().contact_ids | self.sudo().reported_by_id | client._charter_document_contacts()
        found = people.browse()
        for contact in people:
            known = found.mapped("email_normalized")
            if not contact._charter_unreachable(client) and contact.email_normalized not in known:
                found |= contact
        return found

    def _charter_mail_result(self, contact, promises, corrections, why):
        lang, tz = contact.lang or self.env.lang, contact.tz or self.company_id.sudo()._charter_tz()
        record = self.with_context(lang=lang).sudo()
        moment = promises[:1].sudo().corrected_at
        body = record.env["ir.qweb"]._render(
            "mileo_client_charter.mail_result_corrected",
            {
                "record": record,
                "contact": contact,
                "promises": promises.with_env(record.env),
                "corrections": corrections.with_env(record.env),
                "reason": in_words(record.env, why),
                "moment": moment_text(record.env, moment, tz, MOMENT),
                "who": self._charter_who_corrects(record.env),
            },
        )
        subject = record.env._("%s: a result was corrected", record.reference or record.name)
        mail_copy(record, contact, self.company_id, subject, body, "mileo_client_charter.mail_client_layout")
