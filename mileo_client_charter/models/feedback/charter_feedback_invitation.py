"""Invitations: whom to ask after an intervention, when, and what becomes of the unanswered."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html
from odoo.tools.translate import LazyTranslate

from ...tools.codes import FEEDBACK_CALLBACK
from ...tools.links import KEPT
from ...tools.words import is_said
from ..base.charter_batches import Queue, run_isolated
from ..base.charter_engine import charter_through
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)
SEND_BATCH = 100
# What an invitation may be in when its mail turns out not to have arrived.
AWAITED = ("sent",)


class CharterFeedback(models.Model):
    _inherit = "charter.feedback"

    @api.model
    def _plan_for_closing(self, interventions):
        """Return one invitation for each contact and closing. Who is left out has a row that says why."""
        now = self._charter_now()
        rows, asked, reasons = [], {}, {}
        for intervention in interventions:
            client, company = intervention.commercial_partner_id, intervention.company_id
            # Typed in or imported long after: nobody remembers well enough to be asked.
            too_old = intervention.resolved_at + timedelta(days=company.charter_feedback_expiry_days) < now
            place = intervention.partner_id
            if not intervention.contact_ids and place not in asked:
                asked[place] = place._charter_survey_contacts()
            mailboxes = {}
            for contact in intervention.contact_ids or asked[place]:
                if (contact, client) not in reasons:
                    reasons[contact, client] = self._reason_not_to_invite(contact, client)
                reason = reasons[contact, client]
                if not reason:
                    first = mailboxes.setdefault(contact.email_normalized, contact)
                    if first != contact:
                        reason = _lt("%s is asked at the same address.", first.name)
                if too_old:
                    reason = _lt("The work was recorded too long after it was done.")
                rows.append(
                    {
                        "channel": "survey",
                        "partner_id": client.id,
                        "contact_id": contact.id,
                        "company_id": company.id,
                        "contract_id": intervention.contract_id.id,
                        "intervention_id": intervention.id,
                        "closing_cycle": intervention.closing_cycle,
                        "state": "skipped" if reason else "planned",
                        "skip_reason": reason,
                        "token": self._new_token(),
                        "planned_at": now + timedelta(hours=company.charter_feedback_delay_hours),
                    }
                )
        planned = self._charter_engine().create(rows)
        moments = planned.filtered(lambda f: f.state == "planned").mapped("planned_at")
        if moments:
            self._wake_sender(min(moments))
        return planned

    def _wake_sender(self, moment):
        self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_feedback", moment)

    @api.model
    def _reason_not_to_invite(self, contact, client):
        """Return why no survey about ``client`` is sent to ``contact``, or False; not twice too soon is looked at when it leaves."""
        if any(not user.share for user in contact.sudo().with_context(active_test=False).user_ids):
            return _lt("One of our own people.")
        if contact.charter_no_survey:
            return _lt("The contact asked for no surveys.")
        if not contact.email_normalized:
            return _lt("The contact has no valid email address.")
        if contact._charter_unreachable(client):
            return _lt("The contact is not with the client any more.")
        return False

    def _skip_planned(self, reason):
        """Skip planned invitations; the rows stay with the reason."""
        self.filtered(lambda feedback: feedback.state == "planned")._charter_engine().write(
            {"state": "skipped", "skip_reason": reason}
        )

    def action_suppress(self, reason):
        """Keep an invitation from being sent, as an operations manager, with a reason that stays.

        :raise AccessError: not an operations manager  :raise ValidationError: no reason, or sent already
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(self.env._("Only operations managers can hold back a survey."))
        if not is_said(reason):
            raise ValidationError(self.env._("Reason: say why this survey is not sent."))
        for feedback in self:
            if feedback.state != "planned":
                raise ValidationError(
                    self.env._("%s has left already, or was never to leave.", feedback.name)
                )
        self._skip_planned(_lt("%(reason)s (by %(user)s)", reason=reason.strip(), user=self.env.user.name))

    def action_ask_suppress(self):
        return self.env["charter.obligation"]._wizard_action("suppress", self.env._("Do not send")) | {
            "context": {"default_operation": "suppress", "default_feedback_ids": self.ids}
        }

    # -- two contacts that become one ---------------------------------------------------------------

    @api.model
    def _charter_merge_invitations(self, groups, merge):
        """Keep what was answered, both times if it was answered twice; else ask the person once."""
        order = ["answered", "sent", "failed", "planned", "expired", "skipped"]
        for group in groups:
            kept, *others = group.sorted(
                lambda row: (order.index(row.state), row.contact_id.id != merge.target, row.id)
            )
            others = self.browse([row.id for row in others])
            reason = _lt("Two contacts that were one person: see %s.", f"{kept.display_name} (no. {kept.id})")
            others._skip_planned(reason)
            others.filtered(lambda row: row.state == "sent")._charter_engine().write(
                {"state": "expired", "skip_reason": reason}
            )
            others._charter_set_aside(merge, "contact_id")

    def _charter_stands_for(self):
        """Return the invitation that was kept when this one was set aside."""
        return self.search(
            [
                ("channel", "=", "survey"),
                ("intervention_id", "=", self.intervention_id.id),
                ("closing_cycle", "=", self.closing_cycle),
                ("contact_id", "=", self.contact_id.id),
                ("merged_from", "in", (False, 0)),
            ],
            limit=1,
        )

    # -- the scheduled action ---------------------------------------------------------------------

    @api.model
    def _cron_feedback(self):
        """Send what is planned, remind once, and let unanswered invitations expire."""
        now = self._charter_now()
        self._expire(now)
        planned = Domain("state", "=", "planned") & self.env["res.company"]._charter_not_held()
        for domain, act, say in (
            (
                planned & Domain("planned_at", "<=", now),
                lambda rows: rows._send_invitations(now),
                self._say_later,
            ),
            (self._to_remind_domain(now), lambda rows: rows._remind(now), self._say_not_reminded),
        ):
            if not Queue(self.sudo(), domain, SEND_BATCH).run(act, say):
                return
        next_planned = self.sudo().search(planned, order="planned_at", limit=1)
        if next_planned:
            self._wake_sender(max(next_planned.planned_at, now) + timedelta(seconds=1))

    def _say_later(self, feedback, why):
        """Put off until tomorrow what cannot be asked today, and say why."""
        feedback._charter_engine().write(
            {"planned_at": self._charter_now() + timedelta(days=1), "configuration_error": why}
        )

    def _say_not_reminded(self, feedback, why):
        feedback._charter_engine().write({"reminded_at": self._charter_now(), "configuration_error": why})

    def _expire(self, now):
        over = self.sudo().search([("state", "=", "sent"), ("expires_at", "<=", now)])
        if over:
            run_isolated(over, lambda rows: rows._mark_expired(), self._say_not_expired)

    def _mark_expired(self):
        self.flush_model()
        charter_through(
            self.env.cr, SQL("UPDATE charter_feedback SET state = 'expired' WHERE id = ANY(%s)", self.ids)
        )
        self.invalidate_recordset(["state"])

    def _say_not_expired(self, feedback, why):
        _logger.error("Survey %s is over and cannot be marked so: %s", feedback.id, why)

    def _send_invitations(self, now):
        """Queue the mails and mark the rows sent, in one transaction."""
        self = self._charter_engine()  # noqa: PLW0642  (every write below is the engine's)
        to_send = self.browse()
        # What was skipped, a second contact of one mailbox for one, stays so.
        for feedback in self.filtered(lambda one: one.state == "planned"):
            reason = feedback._reason_not_to_invite(
                feedback.contact_id, feedback.partner_id
            ) or feedback._too_often(now)
            if reason:
                feedback.write({"state": "skipped", "skip_reason": reason})
                continue
            expiry = now + timedelta(days=feedback.company_id.charter_feedback_expiry_days)
            # Written row by row: the next row of the same contact must see this one as sent.
            feedback.write(
                {"state": "sent", "sent_at": now, "expires_at": expiry, "ask_nps": feedback._may_ask_nps(now)}
            )
            to_send |= feedback
        to_send._mail_contacts("mileo_client_charter.mail_feedback_invitation")

    def _too_often(self, now):
        days = self.company_id.charter_feedback_frequency_days
        last = self._last_sent("survey")
        if days and last and last > now - timedelta(days=days):
            return (
                _lt("Asked less than %s days ago.", days) if days > 1 else _lt("Asked less than a day ago.")
            )
        return False

    def _may_ask_nps(self, now):
        days = self.company_id.charter_nps_frequency_days
        asked = self.sudo().search(
            [
                ("contact_id", "=", self.contact_id.id),
                ("nps_answered", "=", 1),
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="answered_at desc",
            limit=1,
        )
        return not (days and asked and asked.answered_at > now - timedelta(days=days))

    def _last_sent(self, channel):
        return (
            self.sudo()
            .search(
                [
                    ("contact_id", "=", self.contact_id.id),
                    ("channel", "=", channel),
                    ("sent_at", "!=", False),
                    ("state", "!=", "failed"),
                    ("id", "!=", self.id),
                    ("company_id", "=", self.company_id.id),
                ],
                order="sent_at desc",
                limit=1,
            )
            .sent_at
        )

    @api.model
    def _to_remind_domain(self, now):
        domains = [
            fields.Domain("company_id", "=", company.id)
            & fields.Domain("sent_at", "<=", now - timedelta(days=company.charter_feedback_reminder_days))
            for company in self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
            if company.charter_feedback_reminder_days
        ]
        return fields.Domain(
            [
                ("state", "=", "sent"),
                ("channel", "=", "survey"),
                ("reminded_at", "=", False),
                ("expires_at", ">", now),
            ]
        ) & fields.Domain.OR(domains)

    def _remind(self, now):
        self._charter_engine().write({"reminded_at": now})
        # Whoever has left would be led to a page that says so.
        here = self.filtered(
            lambda feedback: (
                not feedback._contact_has_left() and not feedback.contact_id.sudo().charter_no_reminders
            )
        )
        here._mail_contacts("mileo_client_charter.mail_feedback_reminder")

    def _mail_contacts(self, template):
        """Queue ``template`` to the contact of each row, in the contact's language. :return: the mails"""
        if not self:
            return self.env["mail.mail"]
        mails = self.env.ref(template).sudo().send_mail_batch(self.ids, email_values={"auto_delete": False})
        self.env["charter.obligation"]._wake_mail_queue()
        return mails

    def _callback_commitment(self):
        return self.env["charter.document"].sudo()._in_force(self.company_id)._commitment(FEEDBACK_CALLBACK)

    def _callback_threshold(self):
        return self._callback_commitment().threshold

    def _callback_delay_text(self):
        return self._callback_commitment().delay_text

    def _survey_url(self, rating=None):
        """Return the address of the survey page; a GET only shows it, with ``rating`` preselected."""
        self.ensure_one()
        query = f"?rating={rating}" if rating else ""
        return f"{self.get_base_url()}/charter/s/{self.sudo().token}{query}"

    def _contact_has_left(self):
        """Return whether the person who was asked is a contact of that client no more: moved to another, or archived."""
        self.ensure_one()
        contact = self.contact_id
        return not contact.active or contact.commercial_partner_id != self.partner_id.commercial_partner_id

    @api.model
    def _survey_for(self, token):
        """Return (feedback, status) of a token: status is that of a link, or ``answered``."""
        feedback = self.sudo().browse()
        # What cannot be a token is not looked up: one answer for garbage and for unknown.
        if token and 20 <= len(token) <= 100 and token.isascii() and token.isprintable():
            feedback = self.sudo().search([("token", "=", token), ("channel", "=", "survey")], limit=1)
        if feedback.merged_from and feedback.state != "answered":
            # Its contact is one with another who was asked about the same work: that survey stands for both.
            feedback = feedback._charter_stands_for() or feedback
        if not feedback or feedback.state in ("planned", "skipped"):
            return self.sudo().browse(), "kept" if token == KEPT else "unknown"
        if feedback._contact_has_left():
            return feedback, "left"
        if feedback.state == "answered":
            return feedback, "answered"
        if feedback.state == "expired" or feedback.expires_at <= self._charter_now():
            return feedback, "expired"
        return feedback, "open"

    # -- a survey that did not arrive says so ----------------------------------------------------------

    def _mail_failed(self, why):
        """Record that the mail of these invitations could not leave, or came back: nobody was asked."""
        failed = self.sudo().filtered(lambda one: one.channel == "survey" and one.state in AWAITED)
        failed._charter_engine().write({"state": "failed", "skip_reason": why})
        for feedback in failed:
            user = self.env["charter.word"]._reader(feedback, feedback.partner_id, feedback.company_id)
            reader = feedback.with_context(lang=user.lang, mail_activity_quick_update=True)
            reader.activity_schedule(
                "mileo_client_charter.activity_look",
                user_id=user.id,
                summary=_lt("Survey not delivered to %s: fix the address", feedback.contact_id.name),
                # A server's words have addresses between angle brackets.
                note=plaintext2html(in_words(reader.env, stored(why))),
            )
