"""Notices read and acknowledged, meetings declined, from our mails and without a login (articles 01, 02 and 04)."""

from odoo import models
from odoo.exceptions import ValidationError

from ...tools.words import is_said
from ..base.charter_format import day_text, moment_text
from ..base.client_document import Link


class CharterNoticeLine(models.Model):
    _name = "charter.notice.line"
    _inherit = ["charter.notice.line", "charter.link.mixin"]

    _charter_links = {
        "notice": Link(8, "mileo_client_charter.link_notice", "_link_values", "_link_acknowledge", days=400),
    }

    def _link_values(self, contact):
        notice = self.notice_id
        return {
            "heading": notice.name,
            "notice": notice,
            "equipment": self._devices_said(),
            "advisories": self._advisory_rows(),
            "changes": self._changes_said(),
            "is_void": self._is_void(),
            "may_undo": self.acknowledged_by_id == contact
            and self._charter_may_change_mind(self.acknowledged_at),
        }

    def _link_acknowledge(self, contact, form):
        """Record that the contact has read it, or says within 24 hours that it has not. :raise ValidationError: too late"""
        if not form.get("undo"):
            self._acknowledge(contact)
            return self.env._(
                "You have confirmed that you have read “%s”. It is not an order.", self.notice_id.name
            )
        if not self._link_values(contact)["may_undo"]:
            raise ValidationError(self.env._("It is too late to change this here: reply to our message."))
        self._charter_engine().write({"acknowledged_at": False, "acknowledged_by_id": False})
        return self.env._("You have not read “%s” yet.", self.notice_id.name)

    def _charter_link_said(self, purpose, contact):
        if not self.acknowledged_at:
            return [
                self.env._("Recorded: you have not read “%s” yet.", self.notice_id.name),
                self.env._("You can confirm it here, whenever you have."),
            ]
        who = self.partner_id.with_company(self.company_id).charter_account_manager_id.name
        who = who or self.env._("Your account manager")
        return [
            self.env._("Recorded: you have read “%s”. It orders nothing.", self.notice_id.name),
            self.env._(
                "You have nothing else to confirm; %s answers your questions: reply to our message.", who
            ),
        ]

    def _charter_link_thread(self, contact):
        # A notice is sent to many clients: the thread is that of what was delivered to this one.
        return self.env["charter.delivery"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("contact_id", "=", contact.id)],
            order="id desc",
            limit=1,
        )


class CharterReview(models.Model):
    _name = "charter.review"
    _inherit = ["charter.review", "charter.link.mixin"]

    _charter_links = {
        "decline": Link(9, "mileo_client_charter.link_decline", "_link_values", "_link_decline", days=180),
    }

    def _link_values(self, contact):
        tz = contact.tz or self.company_id._charter_tz()
        return {
            "heading": self.name,
            "when": moment_text(self.env, self.start_at, tz, "EEEE d MMMM y, HH:mm") if self.start_at else "",
            "times_of": tz.replace("_", " "),
            "over": self.state not in ("draft", "planned"),
            "attendee": self._link_attendee(contact),
        }

    def _link_attendee(self, contact):
        return self.sudo().event_id.attendee_ids.filtered(lambda one: one.partner_id == contact)[:1]

    def _charter_link_said(self, purpose, contact):
        values = self._link_values(contact)
        state = values["attendee"].state
        if state == "declined":
            words = self.env["charter.word"]._unread_of(self)[-1:]
            recorded = self.env._("Recorded: you do not come to “%s”.", self.name)
            due = day_text(self.env, self.due_on, "d MMMM y") if self.due_on else ""
            owed = self.env._("You keep your right to this meeting, by %s.", due) if due else ""
            return [recorded, *words._read_in_words(), *filter(None, [owed])]
        if state == "accepted":
            who = ", ".join(self.sudo().staff_ids.mapped("name"))
            when = f"{values['when']} ({values['times_of']})"
            return [
                self.env._("Recorded: you come to “%s”.", self.name),
                self.env._("%(who)s meet you on %(when)s.", who=who, when=when),
            ]
        return []

    def _link_decline(self, contact, form):
        """Record that the contact does not come, and why; the account manager answers. It can come after all by the same link.

        :raise ValidationError: no words, or the meeting is over
        """
        values = self._link_values(contact)
        if values["over"]:
            raise ValidationError(self.env._("This meeting is over, or was cancelled already."))
        attendee = values["attendee"]
        if form.get("undo"):
            words = self.env._("I come after all.") if attendee.state == "declined" else self.env._("I come.")
            attendee.do_accept()
            self._charter_engine().write({"declined_contact_id": False, "decline_words": False})
        else:
            if not is_said(form.get("reason")):
                raise ValidationError(
                    self.env._("Why: explain briefly, or propose a day that would suit you better.")
                )
            reason = self._charter_words(form.get("reason"), 2000, self.env._("Why"))
            attendee.do_decline()
            # Proposed to whoever plans: another day, or recorded as declined (action_decline).
            self._charter_engine().write({"declined_contact_id": contact.id, "decline_words": reason})
            words = self.env._("I cannot come: %s", reason)
            self.env["charter.feedback"]._call_beside(contact, reason, form)
        message = (
            self.sudo()
            .with_context(mail_notify_force_send=False, mail_post_autofollow=False)
            .message_post(
                body=words, author_id=contact.id, message_type="notification", subtype_xmlid="mail.mt_comment"
            )
        )
        self.env["charter.word"].sudo()._hear(self, message=message)
        return self.env._("You wrote to us about %(meeting)s: “%(words)s”", meeting=self.name, words=words)
