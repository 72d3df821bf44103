"""What a client does about its feedback from our mails, without a login (article 02)."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_utc
from ...tools.codes import ESCALATION_LEVEL1, FEEDBACK_CALLBACK
from ..base.charter_format import moment_text
from ..base.client_document import Link
from .charter_feedback import ASKED_FOR

_lt = LazyTranslate(__name__)
# A call at ten is one that begins in the half hour from ten.
SLOT = timedelta(minutes=30)
# How far ahead a client chooses: further is a slip of the keyboard, and a commitment nobody would see fall due.
LATEST = timedelta(days=30)
CALL_FIELDS = ["due_at", "target_at", "delay", "unit", "clock", "commitment_id", "occurrence", "company_id"]


class CharterFeedback(models.Model):
    _name = "charter.feedback"
    _inherit = ["charter.feedback", "charter.link.mixin"]

    _charter_links = {
        "escalate": Link(3, "mileo_client_charter.link_escalate", "_link_feedback_values", "_link_escalate"),
        "callback": Link(4, "mileo_client_charter.link_callback", "_link_callback_values", "_link_callback"),
        # As long as somebody may find the mail.
        "optout": Link(
            5, "mileo_client_charter.link_optout", "_link_optout_values", "_link_optout", days=730
        ),
    }

    call_wanted_at = fields.Datetime(
        "Call wanted at",
        readonly=True,
        copy=False,
        charter_engine=True,
        help="When the client asked to be called. Where that is after the limit of the charter, the call is due then.",
    )
    call_wanted_phone = fields.Char(
        "Number to call",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="The number the client gave for this call; empty: that of the contact.",
    )

    def _charter_mail_doors(self):
        return [
            (
                self.env._("It does not answer my concern: inform your operations manager"),
                self._charter_link("escalate"),
            )
        ]

    def _link_feedback_values(self, contact):
        escalation = self.escalation_ids.sorted("id")[-1:]
        return {
            "heading": self.env._("Request an escalation"),
            "escalation": escalation,
            "delay": self.env["charter.commitment"]._delay_words_in_force(self.company_id, ESCALATION_LEVEL1),
            "threshold": self.threshold,
            **(escalation._link_state_values(contact) if escalation else {}),
        }

    def _link_escalate(self, contact, form):
        """Raise level 1 about this feedback, whose outcome does not satisfy the client. :raise ValidationError: no words"""
        if self.escalation_ids:
            return
        self.env["charter.escalation"].sudo()._from_portal(
            contact, self.env._("My feedback: %s", self.name), form.get("reason"), self
        )

    # -- when to call -----------------------------------------------------------------------------

    def _link_callback_values(self, contact):
        promise = self._charter_promises(
            FEEDBACK_CALLBACK, domain=[("is_owed", "=", True)], fetch=CALL_FIELDS, limit=1
        )
        tz = contact.tz or self.company_id._charter_tz()
        wanted = self.call_wanted_at
        if self.called_at and wanted and wanted <= self.called_at:
            wanted = False
        limit = promise.target_at or promise.due_at
        return {
            "heading": self.env._("When may we call you?"),
            "called": bool(self.called_at),
            "wanted": self._in_words(wanted, tz),
            "number": self.call_wanted_phone,
            # Until the client chooses, the limit of the charter; then what it chose, and that it is later where it is.
            "due": self._in_words(limit, tz),
            "later": self._later_in_words(promise, wanted),
            "times_of": tz.replace("_", " "),
            "phone": self.call_wanted_phone or contact.phone,
            "subject": self.intervention_id,
            "today": self.company_id._charter_today().isoformat(),
        }

    def _later_in_words(self, promise, wanted):
        """Return “48 h”, the limit that ``wanted`` is later than, at the client's wish; empty where it is not."""
        limit = promise.target_at or promise.due_at
        return promise.target_text or promise.promise if wanted and limit and wanted > limit else ""

    def _in_words(self, moment, tz):
        return moment_text(self.env, moment, tz, "EEEE d MMMM y, HH:mm") if moment else ""

    def _link_callback(self, contact, form):
        """Record when the client wants to be called, also after our limit: then the call is owed for that moment.

        :raise ValidationError: no day, one that is past, or one too far
        """
        tz = contact.tz or self.company_id._charter_tz()
        try:
            day = fields.Date.to_date(form.get("day") or None)
            hour, minute = (int(part) for part in (form.get("time") or "").split(":")[:2])
            local = fields.Datetime.to_datetime(day).replace(hour=hour, minute=minute)
        except (ValueError, TypeError, AttributeError):
            raise ValidationError(self.env._("Day and time: choose when we may call you.")) from None
        moment = to_utc(local, tz)
        if moment <= self._charter_now():
            raise ValidationError(self.env._("Day and time: this is past; choose another moment."))
        if moment > self._charter_now() + LATEST:
            raise ValidationError(
                self.env._("Day and time: choose a day within %s days from now.", LATEST.days)
            )
        phone = self._charter_words(form.get("phone"), 50, self.env._("Phone"))
        feedback = self._charter_engine()
        now = self._charter_now()
        feedback.write({"call_wanted_at": moment, "call_wanted_phone": phone})
        if not feedback.call_reason:
            feedback.call_reason = ASKED_FOR
            feedback._open_callback(now, now)
        promise = feedback._charter_owed(FEEDBACK_CALLBACK)[:1]
        later = feedback._later_in_words(promise, moment)
        promise._agree(moment + SLOT if later else promise.target_at or moment, _lt("The client chose it."))
        words = self.env._("Please call me on %s.", self._in_words(moment, tz))
        if phone:
            number = self.env._("My number: %s", phone)
            words = f"{words} {number}"
        message = feedback.with_context(
            mail_notify_force_send=False, mail_post_autofollow=False
        ).message_post(
            body=words, author_id=contact.id, message_type="notification", subtype_xmlid="mail.mt_comment"
        )
        self.env["charter.word"].sudo()._hear(feedback, message=message)
        if later:
            return self.env._(
                "You asked us to call you on %(moment)s. That is later than the %(limit)s of our commitment, at your wish.",
                moment=self._in_words(moment, tz),
                limit=later,
            )
        return self.env._("You asked us to call you on %s.", self._in_words(moment, tz))

    def _charter_link_said(self, purpose, contact):
        if purpose == "escalate":
            escalation = self.escalation_ids.sorted("id")[-1:]
            return escalation._charter_link_said(purpose, contact) if escalation else []
        if purpose == "callback":
            if not self.call_wanted_at:
                return []
            tz = contact.tz or self.company_id._charter_tz()
            asked = self.env._(
                "Recorded: you ask us to call you on %s.", self._in_words(self.call_wanted_at, tz)
            )
            return [asked, *self._call_in_words(contact)]
        if contact.charter_no_survey:
            recorded = self.env._("Recorded: you receive no satisfaction survey from us any more.")
        else:
            recorded = self.env._("Recorded: you receive our satisfaction surveys.")
        return [recorded, self.env._("It holds from now on; you can change it here at any time.")]

    def _call_in_words(self, contact):
        """Return who calls and by when, a sentence in a list; empty where no call is due."""
        promise = self._charter_owed(FEEDBACK_CALLBACK)[:1]
        if not promise:
            return []
        tz = contact.tz or self.company_id._charter_tz()
        who = promise.user_id.name or self.env._("Your account manager")
        due = f"{self._in_words(promise.due_at, tz)} ({tz.replace('_', ' ')})"
        return [self.env._("%(who)s calls you by %(due)s.", who=who, due=due)]

    # -- no more surveys --------------------------------------------------------------------------

    def _link_optout_values(self, contact):
        return {
            "heading": self.env._("No more surveys"),
            "out": contact.charter_no_survey,
            "escalation_address": self.company_id._charter_escalation_address(),
        }

    def _link_optout(self, contact, form):
        """Stop surveys to this contact, or resume them; every way to be heard stays open."""
        contact.sudo().charter_no_survey = not form.get("undo")

    def _mail_contacts(self, template):
        """Send the survey with how to get no more of them (RFC 2369, RFC 8058)."""
        mails = super()._mail_contacts(template)
        for mail in mails or ():
            feedback = self.browse(mail.res_id)
            mail.headers = repr(
                {
                    "List-Unsubscribe": f"<{feedback._charter_link('optout', feedback.contact_id)}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
            )
        return mails
