"""What a client does about its feedback from our mails, without a login (article 02)."""

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ...tools.clock import to_utc
from ..base.client_document import Link
from .charter_feedback import ASKED_FOR


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
        "Call wanted at", readonly=True, copy=False, charter_engine=True,
        help="When the client asked to be called; the commitment of the charter does not change.",
    )  # fmt: skip

    def _charter_mail_doors(self):
        return [
            (
                self.env._("It does not answer my concern: inform your operations manager"),
                self._charter_link("escalate"),
            )
        ]

    def _link_feedback_values(self, contact):
        return {
            "heading": self.env._("Request an escalation"),
            "escalation": self.escalation_ids[:1],
            "threshold": self.threshold,
        }

    def _link_escalate(self, contact, form):
        """The outcome does not satisfy the client: level 1, about this feedback. :raise ValidationError: no words"""
        if self.escalation_ids:
            return
        self.env["charter.escalation"].sudo()._from_portal(
            contact, self.env._("My feedback: %s", self.name), form.get("reason"), self
        )

    # -- when to call -----------------------------------------------------------------------------

    def _link_callback_values(self, contact):
        promise = self._charter_owed("feedback.callback")[:1]
        tz = contact.tz or self.company_id._charter_tz()
        return {
            "heading": self.env._("When may we call you?"),
            "called": bool(self.called_at),
            "wanted": self._in_words(self.call_wanted_at, tz),
            "due": promise._due_in_words(tz) if promise else "",
            "times_of": tz.replace("_", " "),
            "phone": contact.phone,
            "today": self.company_id._charter_today().isoformat(),
        }

    def _in_words(self, moment, tz):
        return format_datetime(self.env, moment, tz=tz, dt_format="EEEE d MMMM y, HH:mm") if moment else ""

    def _link_callback(self, contact, form):
        """The client chooses when it is called. :raise ValidationError: no day, or one that is past"""
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
        phone = self._charter_words(form.get("phone"), 50, self.env._("Phone"))
        feedback = self._charter_engine()
        now = self._charter_now()
        feedback.call_wanted_at = moment
        if not feedback.call_reason:
            feedback.call_reason = ASKED_FOR
            feedback._open_callback(now, now)
        words = self.env._("Please call me on %s.", self._in_words(moment, tz))
        if phone:
            words = f"{words} {self.env._('My number: %s', phone)}"
        message = feedback.with_context(
            mail_notify_force_send=False, mail_post_autofollow=False
        ).message_post(
            body=words, author_id=contact.id, message_type="notification", subtype_xmlid="mail.mt_comment"
        )
        self.env["charter.word"].sudo()._hear(feedback, message=message)
        return self.env._("You asked us to call you on %s.", self._in_words(moment, tz))

    # -- no more surveys --------------------------------------------------------------------------

    def _link_optout_values(self, contact):
        return {
            "heading": self.env._("No more surveys"),
            "out": contact.charter_no_survey,
            "escalation_address": self.company_id._charter_escalation_address(),
        }

    def _link_optout(self, contact, form):
        """No survey is sent to this contact any more, or again; every way to be heard stays open."""
        contact.sudo().charter_no_survey = not form.get("undo")

    def _mail_contacts(self, template):
        """Every survey says how to get no more of them (RFC 2369, RFC 8058)."""
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
