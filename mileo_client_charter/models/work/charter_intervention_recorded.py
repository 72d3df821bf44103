"""What is on record of finished work, and what a client reported: it is corrected, not edited (article 01)."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import is_html_empty
from odoo.tools.translate import LazyTranslate

from ..base.charter_copy import mail_copy
from ..base.charter_format import moment_text
from ..base.charter_words import in_words, stored
from .charter_intervention import SETTLED, SOURCE

_lt = LazyTranslate(__name__)

# What a step of the operations manager corrects of work that is over (``action_correct``).
CORRECTED = ("responded_at", "resolved_at")
MOMENT = "EEEE d MMMM y, HH:mm"

# A report of the work that says something: a letter or a digit outside of the marks.
WRITTEN = "(^|>)[^<]*[[:alnum:]]"


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    words_on_record = fields.Boolean("Words on record", compute="_compute_on_record")
    work_on_record = fields.Boolean("Work report on record", compute="_compute_on_record")

    @api.depends("state", "work_done")
    def _compute_on_record(self):
        for intervention in self:
            # As it is saved: the first word typed does not close the field.
            saved = intervention._origin
            intervention.words_on_record = bool(saved) and saved._charter_is_recorded("description")
            intervention.work_on_record = bool(saved) and saved._charter_is_recorded("work_done")

    def _charter_is_recorded(self, name):
        """Return what is said of work that is over, and from the start the words of a client who reported it itself.

        A report of the work that was never written may still be written.
        """
        if self.state == "open":
            return name in ("name", "description") and bool(self.sudo().reported_by_id)
        return name != "work_done" or not is_html_empty(self.work_done)

    @api.model
    def _charter_recorded_when(self):
        over = "{row}.state <> 'open'"
        # What the promises were made on is settled then too, its moments first of all.
        settled = [
            name
            for name in SETTLED
            if self._fields[name].column_type or self._fields[name].type == "many2many"
        ]
        return (
            dict.fromkeys([*super()._charter_recorded_when(), *settled], over)
            | dict.fromkeys(("name", "description"), f"({over} OR {{row}}.reported_by_id IS NOT NULL)")
            # Work that came from nowhere has NULL or 0 there, which are the same.
            | dict.fromkeys(SOURCE, f"{over} AND {{row}}.res_id <> 0")
            | {"work_done": f"{over} AND {{row}}.work_done ~ '{WRITTEN}'"}
        )

    def _charter_is_for_client(self, name):
        if name in CORRECTED:
            return True
        # What was reported by telephone or mail is our own note of it; the client does not read that.
        return super()._charter_is_for_client(name) and (name == "name" or bool(self.sudo().reported_by_id))

    def _charter_follow(self, changes):
        """Write what the source says; where it contradicts what is on record, both stay, as in a correction by a person."""
        recorded = {
            name
            for name in self._charter_recorded_fields().keys() & changes.keys()
            if self._charter_is_recorded(name)
        }
        if recorded:
            engine = self._charter_engine()
            before = {name: engine._charter_recorded_value(name) for name in recorded}
            engine.write({name: changes[name] for name in recorded})
            after = {name: engine._charter_recorded_value(name) for name in recorded}
            differing = {
                name: (before[name], after[name]) for name in sorted(recorded) if before[name] != after[name]
            }
            if differing:
                engine._charter_note_correction(
                    differing, _lt("It was changed in the document this work follows.")
                )
        rest = {name: value for name, value in changes.items() if name not in recorded}
        if rest:
            self.write(rest)

    # -- a result that a correction changed ----------------------------------------------------------

    def _charter_result_corrected(self, promises, reason):  # pylint: disable=missing-return
        """Mail those of the client who are told of this work a copy, and give general management an activity."""
        super()._charter_result_corrected(promises, reason)
        # What was corrected by this very step: its rows have the moment of the promises.
        corrections = self.sudo().correction_ids.filtered(
            lambda one: one.field_name in CORRECTED and one.corrected_at == promises[:1].sudo().corrected_at
        )
        why = corrections[:1].reason or in_words(self.env, stored(reason))
        for contact in self._charter_told_of_result():
            self._charter_mail_result(contact, promises, corrections, why)
        for user in self.company_id.sudo()._charter_people("general_management"):
            self._charter_list_corrected(user, promises, why)

    def _charter_list_corrected(self, user, promises, why):
        """Add this correction to what ``user`` has to look at: one activity a client and day lists them all.

        One that is done already is not added to: what is corrected after it is in another one.
        """
        company, client = self.company_id.sudo(), self.sudo().partner_id.commercial_partner_id
        words = self.with_context(lang=user.lang).sudo()
        line = Markup('<p><a href="#" data-oe-model="%s" data-oe-id="%s">%s</a><br/>%s<br/>%s<br/>%s</p>') % (
            self._name,
            self.id,
            words.display_name,
            Markup("<br/>").join(
                f"{one.promise} – {one.correction_text}" for one in promises.with_env(words.env)
            ),
            in_words(words.env, why),
            self._charter_who_corrects(words.env),
        )
        key = f"charter.correction,{company.id}-{client.id}-{company._charter_today()}"
        known = client.activity_ids.filtered(lambda one: (one.user_id, one.charter_key) == (user, key))[:1]
        if known:
            known.note = known.note + line
            return
        client.with_context(lang=user.lang, mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=user.id,
            date_deadline=company._charter_today(),
            summary=_lt("Results the client may know of were corrected"),
            note=line,
            charter_key=key,
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
        people = (
            self.sudo().contact_ids
            | self.sudo().reported_by_id
            | client._charter_document_contacts("reports")
        )
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
                "corrections": [
                    (one.what, *(moment_text(record.env, at, tz, MOMENT) for at in (one.before, one.after)))
                    for one in corrections.with_env(record.env)
                ],
                "reason": in_words(record.env, why),
                "moment": moment_text(record.env, moment, tz, MOMENT),
                "who": self._charter_who_corrects(record.env),
            },
        )
        subject = record.env._("%s: a result was corrected", record.reference or record.name)
        layout = "mileo_client_charter.mail_client_layout"
        mail_copy(record, contact, self.company_id, subject, body, layout, owed=True)
