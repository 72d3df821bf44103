"""What is on record of finished work, and what a client reported: it is corrected, not edited (article 01)."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import is_html_empty
from odoo.tools.translate import LazyTranslate

from ...tools.codes import INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE
from ..base.charter_copy import mail_copy
from ..base.charter_format import moment_text
from ..base.charter_words import in_words, stored
from .charter_intervention import SETTLED, SOURCE

_lt = LazyTranslate(__name__)

# What a step of the operations manager corrects of work that is over (``action_correct``).
CORRECTED = ("responded_at", "resolved_at")
CODES = (INTERVENTION_RESPONSE, INTERVENTION_RESOLUTION)
TERMS = ("priority", "kind", "reported_at", "contract_id")
MOMENT = "EEEE d MMMM y, HH:mm"
# In the context (``charter_follows``) of what a source writes. An object: no remote call sends it.
FOLLOWS = object()

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
        if name in CORRECTED or name in TERMS:
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
        if not rest:
            return
        engine, promised = self._charter_engine(), self._charter_promised()
        before = {name: engine._charter_recorded_value(name) for name in TERMS if name in rest}
        self.with_context(charter_follows=FOLLOWS).write(rest)
        if self._charter_postponed(promised):
            # Nobody types a reason into a source: the client reads and is mailed what changed there, and why.
            after = {name: engine._charter_recorded_value(name) for name in before}
            changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
            if changes:
                self._charter_notify_terms(
                    engine._charter_note_correction(
                        changes, _lt("It was changed in the document this work follows.")
                    )
                )

    # -- a result that a correction changed ----------------------------------------------------------

    def _charter_result_corrected(self, promises, reason):  # pylint: disable=missing-return
        """Mail those of the client who are informed of this work a copy, and give general management an activity."""
        super()._charter_result_corrected(promises, reason)
        # What was corrected by this very step: its rows have the moment of the promises.
        corrections = self.sudo().correction_ids.filtered(
            lambda one: one.field_name in CORRECTED and one.corrected_at == promises[:1].sudo().corrected_at
        )
        why = corrections[:1].reason or in_words(self.env, stored(reason))
        for contact in self._charter_result_recipients():
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

    def _charter_result_recipients(self):
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

    # -- what the promises of open work are made on -----------------------------------------------------

    def _charter_follow_terms(self, before):
        """Make again the promises of what is open and other than ``before`` (``_charter_terms_before``).

        :raise ValidationError: they would be due later than the client was promised
        """
        renewed = {}
        for intervention in self:
            changed = intervention._charter_terms_changed(before.get(intervention))
            if changed:
                renewed[changed] = renewed.get(changed, self.browse()) | intervention
        for reason, interventions in renewed.items():
            promised = interventions._charter_promised()
            interventions._charter_renew_promises(reason)
            interventions._charter_check_postponed(promised)

    def _charter_check_settled(self, vals):
        self._charter_check_terms(vals)
        return super()._charter_check_settled(vals)

    def _charter_check_terms(self, vals):
        """Refuse to edit what a client reported to us into another client's, or into other terms.

        :raise ValidationError: with the way out
        """
        partner = self.env["res.partner"].browse(vals.get("partner_id") or [])
        for one in self.sudo().filtered(lambda one: one.state == "open"):
            client = one.commercial_partner_id
            if (
                partner
                and partner.sudo().commercial_partner_id != client
                and one._charter_holds_words_of(client)
            ):
                raise ValidationError(
                    self.env._(
                        "Client: %(intervention)s holds words of %(client)s, which no one else reads. Cancel it with a reason and "
                        "record another one for the other client.",
                        intervention=one.display_name,
                        client=client.display_name,
                    )
                )
            if not one.reported_by_id:
                continue
            for name in TERMS:
                # The contract is chosen where the client's report named none.
                if name in vals and one[name] and one._charter_differs(name, vals[name]):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: the client reported %(intervention)s, and was informed by when. Use “Change what it is "
                            "due on”, with a reason: the client reads both.",
                            field=self._label(name),
                            intervention=one.display_name,
                        )
                    )

    def _charter_holds_words_of(self, client):
        """Return whether the client said something here: reported it, wrote on its thread, or answered about it."""
        said = self.reported_by_id or self.feedback_ids.filtered("answered_at")
        authors = self.message_ids.author_id | self.message_ids.author_id.commercial_partner_id
        return bool(said) or client in authors

    def action_change_terms(self, reason, **terms):
        """Change what the time limits of open work are counted on; both, the reason and the name stay, and the client gets them by mail.

        What is missed already stays so. When it was reported is for an operations manager to correct.

        :param terms: priority, kind, reported_at or contract_id
        :raise ValidationError: no reason, or nothing changes  :raise AccessError: not this user's to change
        """
        reason = self._charter_reason(reason)
        terms = self._charter_read_moments({name: terms[name] for name in TERMS if name in terms})
        for one in self._charter_step("open"):
            changed = [name for name in terms if one._charter_differs(name, terms[name])]
            if not changed:
                raise ValidationError(self.env._("Nothing is changed: write what is right, then correct."))
            if "reported_at" in changed and not self.env["charter.obligation"]._charter_may_correct():
                raise AccessError(self.env._("Reported at: ask an operations manager, with the reason."))
            engine = one._charter_engine()
            before = {name: engine._charter_recorded_value(name) for name in changed}
            engine.write({name: terms[name] for name in changed})
            rows = engine._charter_note_correction(
                {name: (before[name], engine._charter_recorded_value(name)) for name in changed}, reason
            )
            engine._charter_renew_promises(
                _lt("Changed: %(reason)s (by %(user)s)", reason=reason, user=self.env.user.name)
            )
            one._charter_notify_terms(rows)
        return True

    def _charter_promised(self):
        """Return {(intervention id, code, client): (state, due without pauses, its row)} of what each client was promised last."""
        return {
            (row.res_id, row.code, row.partner_id): (row.state, row.target_at or row.due_at, row)
            for row in self._charter_promises(*CODES)
        }

    def _charter_postponed(self, before):
        """Return what is due later than it was promised to the client the work is for, or no more (charter.obligation).

        What had been called off before counts with the moment it was due at: work that goes to another client, or becomes
        something else, and comes back is not due later than at first.

        :param before: of ``_charter_promised``, before the promises were made again
        """
        later, now = self.env["charter.obligation"].sudo(), self._charter_promised()
        clients = {one.id: one.partner_id.commercial_partner_id for one in self}
        for key, (state, due, row) in before.items():
            present, present_due, latest = now[key]
            if key[2] != clients.get(key[0]) or not due or (present, latest) == (state, row):
                continue
            done = latest.done_at or state == "kept"
            if not done and (present == "cancelled" or not present_due or present_due > due):
                later |= latest
        return later

    def _charter_check_postponed(self, before):
        """:raise ValidationError: an edit has what a client was promised due later, or no more; that is a step with a reason"""
        later = () if self.env.context.get("charter_follows") is FOLLOWS else self._charter_postponed(before)
        for row in later:
            raise ValidationError(
                self.env._(
                    "%(intervention)s: “%(promise)s” would be due later than the client was informed, or no more. Use “Change "
                    "what it is due on”, with a reason: the client reads both.",
                    intervention=self.browse(row.res_id).display_name,
                    promise=row.promise,
                )
            )

    def _charter_notify_terms(self, corrections):
        """Mail those of the client who hear of this work what changed, why, and by when it is due now."""
        for contact in self._charter_result_recipients():
            self._charter_mail_terms(contact, corrections)

    def _charter_notify_cancelled(self, promises):
        """Mail those of the client who hear of this work why it is cancelled, and which of our commitments it ends."""
        for contact in self._charter_result_recipients():
            record = self.with_context(lang=contact.lang or self.env.lang).sudo()
            body = record.env["ir.qweb"]._render(
                "mileo_client_charter.mail_intervention_cancelled",
                {"record": record, "contact": contact, "promises": promises.with_env(record.env)},
            )
            subject = record.env._("%s: cancelled", record.reference or record.name)
            layout = "mileo_client_charter.mail_client_layout"
            mail_copy(record, contact, self.company_id, subject, body, layout, owed=True)

    def _charter_mail_terms(self, contact, corrections):
        record = self.with_context(lang=contact.lang or self.env.lang).sudo()
        tz = contact.tz or self.company_id.sudo()._charter_tz()
        owed = record.obligation_ids.filtered("is_owed").sorted("due_at")
        body = record.env["ir.qweb"]._render(
            "mileo_client_charter.mail_terms_changed",
            {
                "record": record,
                "contact": contact,
                "corrections": corrections.with_env(record.env),
                "promises": [(one.promise, one._due_in_words(tz, MOMENT)) for one in owed],
                "reason": corrections[:1].reason,
                "who": self._charter_who_corrects(record.env),
            },
        )
        subject = record.env._("%s: what it is due on was changed", record.reference or record.name)
        layout = "mileo_client_charter.mail_client_layout"
        mail_copy(record, contact, self.company_id, subject, body, layout, owed=True)

    def action_ask_terms(self):
        return self._charter_ask(
            "terms",
            self.env._("Change what it is due on"),
            default_priority=self.priority,
            default_kind=self.kind,
            default_contract_id=self.contract_id.id,
            default_reported_at=self.reported_at,
        )
