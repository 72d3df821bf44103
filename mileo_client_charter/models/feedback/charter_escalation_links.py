"""What a client does about an escalation from our mails, without a login (article 03)."""

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.codes import ESCALATION_LEVEL2
from ..base.client_document import Link

_lt = LazyTranslate(__name__)


class CharterEscalation(models.Model):
    _name = "charter.escalation"
    _inherit = ["charter.escalation", "charter.link.mixin"]

    _charter_links = {
        "accept": Link(1, "mileo_client_charter.link_accept", "_link_answer_values", "_link_accept"),
        "level2": Link(2, "mileo_client_charter.link_level2", "_link_answer_values", "_link_level2"),
        "object": Link(11, "mileo_client_charter.link_object", "_link_answer_values", "_link_object"),
        # Nobody but the client closes what is its own: for as long as it keeps our mail.
        "contest": Link(
            13, "mileo_client_charter.link_contest", "_link_contest_values", "_link_contest", days=365
        ),
    }

    accepted_by_id = fields.Many2one(
        "res.partner",
        "Accepted by",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="The contact of the client who accepted our answer by the link of our email.",
    )

    def _charter_mail_doors(self):
        """Return what follows an answer: to accept it, to go to general management, or to say to it that it does not satisfy."""
        if self.level == "1":
            no = self.env._("It does not satisfy me: I go to your general management")
        else:
            no = self.env._("It does not satisfy me: I say so to your general management")
        return [
            (self.env._("I accept this answer"), self._charter_link("accept")),
            (no, self._charter_link("level2")),
        ]

    def _link_answer_values(self, contact):
        mind = self._charter_may_change_mind
        return {
            "heading": self.display_name,
            **self._link_state_values(contact),
            "may_accept": self.state == "answered",
            "may_go_to_level2": self._may_go_to_level2(),
            "may_say_unsatisfied": self._may_say_unsatisfied() and not self.unsatisfied_at,
            "may_undo_accept": self.state == "resolved"
            and bool(self.accepted_by_id)
            and mind(self.resolved_at),
            "may_undo_level2": self.level == "2" and self.state == "open" and mind(self.level2_recorded_at),
        }

    def _link_state_values(self, contact):
        """Return how it stands today, whichever page shows it and however old the link is: ``link_state`` puts it into words."""
        promise = self._current_promises().get(self.id)
        onward = self._may_go_to_level2() or (self._may_say_unsatisfied() and not self.unsatisfied_at)
        return {
            "due": self._link_due(contact, promise),
            "overdue": self._is_answer_overdue(promise),
            "level2_url": self._charter_link("level2", contact) if onward else None,
            "accept_url": self._charter_link("accept", contact) if self.state == "answered" else None,
        }

    def _charter_link_said(self, purpose, contact):
        """Return what is recorded of this escalation and what follows, whichever link recorded it."""
        reference = self.reference or self.display_name
        if self.state == "resolved":
            return [
                self.env._("Recorded: you accept our answer to %s.", reference),
                self.env._("Nothing else follows: it is closed. A reply to our message opens it again."),
            ]
        if self.state == "open":
            return [
                self.env._("Recorded: your escalation %s is open.", reference)
                if self.level == "1"
                else self.env._("Recorded: your escalation %s is with our general management.", reference),
                *self._answer_in_words(contact),
            ]
        if self.unsatisfied_at:
            [word] = self.env["charter.word"]._unread_of(self)[-1:] or [self.env["charter.word"]]
            return [
                self.env._("Recorded: our answer to %s does not satisfy you.", reference),
                *word._read_in_words(),
            ]
        if self.state == "answered":
            return [
                self.env._("Recorded: our answer to %s is not accepted.", reference),
                self.env._("You can still accept it, or go further, by the buttons below."),
            ]
        return []

    def _answer_in_words(self, contact):
        """Return who answers this escalation and by when, a sentence in a list; empty where nobody owes an answer."""
        promise = self._current_promises().get(self.id)
        if not promise:
            return []
        roles = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        who = (
            promise.user_id.name or roles["operations_manager" if self.level == "1" else "general_management"]
        )
        tz = contact.tz or self.company_id._charter_tz()
        due = promise._due_in_words(tz, "EEEE d MMMM y, HH:mm", "EEEE d MMMM y")
        due = f"{due} ({tz.replace('_', ' ')})"
        return [self.env._("%(who)s answers you by %(due)s.", who=who, due=due)]

    def _level2_delay(self):
        """Return “48 h”, within which general management answers by the charter in force; empty without one."""
        return self.env["charter.commitment"]._delay_words_in_force(self.company_id, ESCALATION_LEVEL2)

    def _portal_accept(self):
        """Accept our answer as by the link of a mail: it can be changed there for 24 hours."""
        result = super()._portal_accept()
        if self.state == "resolved" and not self.sudo().accepted_by_id:
            self._charter_engine().accepted_by_id = self.env.user.partner_id
        return result

    def _undo_url(self, contact):
        """Return where ``contact`` changes its mind about what it did here, while it may; else None."""
        mind, record = self._charter_may_change_mind, self.sudo()
        if record.state == "resolved" and record.accepted_by_id and mind(record.resolved_at):
            return self._charter_link("accept", contact)
        if record.level == "2" and record.state == "open" and mind(record.level2_recorded_at):
            return self._charter_link("level2", contact)
        return None

    def _link_object(self, contact, form):
        """Open again, for the client that objects, what we set aside; its time limit runs from now, and it is written to of that."""
        escalation = self._charter_locked()
        if escalation.state == "dismissed":
            escalation._trace(contact, self.env._("This is an escalation: I object."))
            escalation._reopen_by_word()

    def _charter_follow_url(self):
        """Return where the contact reads how it stands: the portal for who has a login there, else a page that needs none."""
        contact = self.sudo().contact_id or self.sudo().partner_id
        if contact.user_ids:
            return self.get_base_url() + self._get_portal_url()
        return self._charter_link("accept")

    def _link_due(self, contact, promise):
        """Return when our answer is due by ``promise``, in the contact's time zone, which is named."""
        tz = contact.tz or self.company_id._charter_tz()
        return f"{promise._due_in_words(tz)} ({tz.replace('_', ' ')})" if promise and promise.due_at else ""

    def _link_accept(self, contact, form):
        """Record that the client accepts our answer, or changes its mind within 24 hours. :raise ValidationError: not the moment"""
        escalation = self._charter_locked()
        if form.get("undo"):
            if not escalation._link_answer_values(contact)["may_undo_accept"]:
                raise ValidationError(
                    self.env._(
                        "It is too late to change this here: reply to our message, and we open it again."
                    )
                )
            escalation.write(
                {"state": "answered", "resolved_at": False, "resolution": False, "accepted_by_id": False}
            )
            escalation._trace(contact, self.env._("I do not accept the answer after all."))
            return self.env._("You do not accept our answer after all: the escalation is open again.")
        if escalation.state == "resolved":
            return None
        escalation._resolve(_lt("Accepted by %s by the link of our email.", contact.name))
        escalation.accepted_by_id = contact
        escalation._trace(contact, self.env._("I accept the answer."))
        escalation._mail_client("mileo_client_charter.mail_escalation_accepted")
        return None

    def _link_level2(self, contact, form):
        """Raise the escalation to general management with the client's reason, or take that back within 24 hours.

        :raise ValidationError: no words, or not the moment
        """
        escalation = self._charter_engine()
        if form.get("undo"):
            escalation._take_back_level2(contact)
            return self.env._("You took the step to our general management back.")
        if escalation.level == "2" and (escalation.state == "open" or escalation.unsatisfied_at):
            return None
        again = escalation._may_say_unsatisfied()
        escalation._client_to_level2(form.get("reason"), contact)
        if again:
            return self.env._(
                "You informed our general management that its answer does not satisfy you. It reads your words."
            )
        escalation._trace(contact, self.env._("I go to your general management: %s", form["reason"].strip()))
        return None

    def _take_back_level2(self, contact):
        escalation = self._charter_locked()
        if not escalation._link_answer_values(contact)["may_undo_level2"]:
            raise ValidationError(
                self.env._("It is too late to change this here: call us, or reply to our message.")
            )
        words = _lt("%s took the step to level 2 back.", contact.name)
        escalation._charter_cancel(ESCALATION_LEVEL2, words)
        escalation.write(
            {"level": "1", "state": "answered" if escalation.answered_at else "open", "level2_at": False}
        )
        escalation._trace(contact, self.env._("%s took the step to level 2 back.", contact.name))

    def _trace(self, contact, words):
        """Post what the client did on the thread that both sides read."""
        return (
            self.sudo()
            .with_context(mail_notify_force_send=False, mail_post_autofollow=False)
            .message_post(
                body=words, author_id=contact.id, message_type="notification", subtype_xmlid="mail.mt_comment"
            )
        )
