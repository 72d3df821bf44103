"""A report and its advice, read and answered from our mails, without a login (article 01)."""

from odoo import models
from odoo.exceptions import ValidationError

from ..base.client_document import Link
from .charter_recommendation import ANSWERS


class CharterReport(models.Model):
    _name = "charter.report"
    _inherit = ["charter.report", "charter.link.mixin"]

    _charter_links = {
        "report": Link(6, "mileo_client_charter.link_report", "_link_values", days=400, file="_link_file"),
    }

    def _link_values(self, contact):
        advice = self.env["charter.recommendation"].sudo().search(
            [("contract_id", "=", self.contract_id.id), ("state", "=", "proposed")]
        )  # fmt: skip
        return {
            "heading": self.env._("Your activity report: %s", self._period_text()),
            "replaced": self.state == "replaced",
            "advice": [(one, one._charter_link("recommendation", contact)) for one in advice],
        }

    def _link_file(self, contact):
        content = self._as_delivered() or self._pdf()
        return self._file_name("pdf"), content, "application/pdf"


class CharterRecommendation(models.Model):
    _name = "charter.recommendation"
    _inherit = ["charter.recommendation", "charter.link.mixin"]

    _charter_links = {
        "recommendation": Link(
            7, "mileo_client_charter.link_recommendation", "_link_values", "_link_answer", days=400
        ),
    }

    def _link_values(self, contact):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "heading": self.name,
            "answered": labels[self.state] if self.answered_at else "",
            "may_answer": self.state == "proposed",
            "may_change": self.state in ("accepted", "declined")
            and self._charter_may_change_mind(self.answered_at),
        }

    def _link_answer(self, contact, form):
        """The client's answer, or another one within 24 hours. :raise ValidationError: no answer, or too late"""
        answer, comment = form.get("answer"), form.get("comment")
        if self.state == "proposed":
            self._answer(answer, comment, contact)
            self._mail_copy(contact)
            return
        if not self._link_values(contact)["may_change"]:
            raise ValidationError(
                self.env._(
                    "Your answer: it is on record for more than a day; reply to our message to change it."
                )
            )
        self._change_answer(answer, comment, contact)
        self._mail_copy(contact)

    def _change_answer(self, answer, comment, contact):
        """Another answer of the client within 24 hours; both stay on record."""
        if answer not in ANSWERS:
            raise ValidationError(self.env._("Your answer: choose to accept or to decline."))
        engine, before = self._charter_engine(), self.state
        now = self._charter_now()
        values = {"answered_at": now, "answered_by_id": contact.id, "state": ANSWERS[answer]}
        values["closed_at"] = now if answer == "decline" else False
        if comment and comment.strip():
            values["comment"] = comment.strip()
        if answer == "accept":
            values.update(engine._plan_carrying_out())
        engine.write(values)
        engine._charter_note_correction(
            {"state": (before, engine.state)}, self.env._("Changed by %s within 24 hours.", contact.name)
        )
        if answer == "decline":
            engine._charter_is_done()
        self._notify_answer()

    def _mail_copy(self, contact):
        """The contact has in its mailbox what it answered."""
        document = (
            self._charter_agreed_document()
            .sudo()
            .with_context(lang=contact.lang, mail_notify_force_send=False)
        )
        labels = dict(
            self.with_context(lang=contact.lang)._fields["state"]._description_selection(document.env)
        )
        document.message_notify(
            partner_ids=contact.ids,
            subject=document.env._("Your answer to “%s”", self.name),
            body=document.env._(
                "We have noted your answer to “%(name)s”: %(answer)s. This orders nothing. You can change it for 24 hours "
                "by the same link.",
                name=self.name,
                answer=labels[self.state],
            ),
            author_id=self.company_id.partner_id.id,
            email_layout_xmlid="mail.mail_notification_light",
        )
        self.env["charter.obligation"]._wake_mail_queue()
