"""Links of emails, followed as a client does."""

from datetime import timedelta

from odoo.tests import HttpCase

from .common import START, CharterCase

CONFIRMED = {"confirm": "1"}


class LinksCase(CharterCase, HttpCase):
    # What each purpose is confirmed with, and what has changed then.
    STEPS = {
        "accept": ({}, lambda one: one.state == "resolved"),
        "level2": ({"reason": "Three nights are not nine."}, lambda one: one.level == "2"),
        "object": ({}, lambda one: one.state == "open"),
        "contest": ({}, lambda one: one.state == "answered"),
        "escalate": ({"reason": "Nobody called."}, lambda one: one.escalation_ids),
        "callback": ({"day": "2026-10-06", "time": "10:30"}, lambda one: one.call_wanted_at),
        "call": ({}, lambda one: one.call_feedback_id),
        "optout": ({}, lambda one: one.contact_id.charter_no_survey),
        "recommendation": ({"answer": "accept"}, lambda one: one.state == "accepted"),
        "notice": ({}, lambda one: one.acknowledged_at),
        "mails": (
            {"documents": "1", "notices": "1", "copies": "1", "reminders": "1", "surveys": "1"},
            lambda one: one.charter_mail_reports == "no",
        ),
        "decline": ({"reason": "We are closed."}, lambda one: one._link_attendee(one.contact_ids).state == "declined"),
    }  # fmt: skip

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def token(self, record, purpose, contact=None):
        return self.env["charter.link"]._token(record.sudo(), purpose, contact or self.alice)

    def get(self, token, **query):
        self.env.flush_all()
        return self.url_open(f"/charter/l/{token}", allow_redirects=False, params=query)

    def post(self, token, **form):
        self.env.flush_all()
        response = self.url_open(
            f"/charter/l/{token}", data={**CONFIRMED, **form}, method="POST", allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    def answered(self):
        number = self.env["charter.escalation"].search_count([])
        escalation = self.env["charter.escalation"]._from_portal(
            self.alice, f"No answer {number}", "Nobody answers."
        )
        self.answer(escalation, self.operations)
        return escalation

    def wrote(self, document, words, **values):
        """What Alice writes on the thread of ``document``."""
        return document.message_post(
            body=words,
            **{
                "author_id": self.alice.id,
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                **values,
            },
        )

    def record_of(self, purpose):
        """A record on which ``purpose`` can be done now."""
        contract = self.env["contract.contract"].search(
            [("commercial_partner_id", "=", self.client.id)], limit=1
        ) or self._contract(self.client)
        if purpose in ("accept", "level2"):
            return self.answered()
        if purpose == "contest":
            escalation = self.answered()
            escalation.with_user(self.operations).action_resolve("She said so by telephone.")
            return escalation
        if purpose == "object":
            escalation = self.env["charter.escalation"].create(
                {
                    "name": "An answer",
                    "door": "mail",
                    "partner_id": self.client.id,
                    "contact_id": self.alice.id,
                }
            )
            escalation.with_user(self.direction).action_dismiss("An automatic answer", "automatic")
            return escalation
        if purpose in ("escalate", "callback", "optout"):
            self.company.charter_feedback_frequency_days = 0
            return self.negative()
        if purpose == "call":
            escalation = self.escalate()
            self.wrote(escalation, "Personne ne répond, rappelez-moi.")
            return self.env["charter.word"]._unread_of(escalation)[-1:]
        if purpose == "recommendation":
            advice = self.env["charter.recommendation"].create(
                {
                    "name": "Replace it",
                    "advice": "It is old.",
                    "benefit": "It works.",
                    "contract_id": contract.id,
                }
            )
            advice._propose()
            return advice
        if purpose == "report":
            return (
                self.env["charter.report"]
                ._charter_engine()
                .create(
                    {
                        "contract_id": contract.id,
                        "partner_id": self.client.id,
                        "company_id": self.company.id,
                        "period": "2026-09",
                        "first_day": "2026-09-01",
                        "last_day": "2026-09-30",
                    }
                )
            )
        if purpose == "notice":
            notice = self.env["charter.notice"].create(
                {"name": "News", "effect_on": "2027-06-01", "kind": "regulation", "regulation": "gdpr",
                 "body": "<p>It changes.</p>", "advice": "Read it.", "tier_ids": self.premium.ids}
            )  # fmt: skip
            notice.action_match()
            notice.action_send()
            return notice.line_ids.filtered(lambda line: line.partner_id == self.client)
        if purpose == "decline":
            review = self.env["charter.review"].create(
                {
                    "contract_id": contract.id,
                    "start_at": START + timedelta(days=10),
                    "contact_ids": self.alice.ids,
                }
            )
            review.action_plan()
            return review
        return self.alice
