"""What a client reads of the charter, as plain values for the pages of the portal.

Everything is searched with the rights of the user who asks and for that user's company alone, so an id
of another client is found no more than one that does not exist.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..tools.codes import ESCALATION_LEVEL1, ESCALATION_LEVEL2
from ..tools.past_due import is_past_due
from .common import DAY, MAX_ID, MOMENT, WEEKDAY, in_words
from .listing import Choice, Listing, Option, Sort, newest_and_oldest, periods, selection
from .together import Asked, read_together

# Filter of the promises -> (state, order). Among the late ones, those still owed come first.
PROMISES = {
    "open": ("open", "due_at, id"),
    "late": ("late", "done_at desc, due_at desc, id desc"),
    "kept": ("kept", "done_at desc, id desc"),
}
PROMISE_FIELDS = [
    "commitment_id", "contract_id", "res_model", "res_id", "occurrence", "company_id", "delay", "unit", "clock",
    "due_at", "done_at", "cancelled_at", "paused_at", "corrected_at", "state",
]  # fmt: skip
CLIENT_FIELDS = ["name", "company_id", "commercial_partner_id", "user_id"]
OWED = [("is_owed", "=", True)]
NO_ORIGIN = {"origin": None, "url": None}
FEEDBACK_FIELDS = [
    "channel", "contact_id", "intervention_id", "state", "create_date", "sent_at", "answered_at", "rating",
    "negative", "followup", "said_at", "partner_id", "company_id",
]  # fmt: skip
CORRECTION_FIELDS = ["res_model", "res_id", "field_name", "before", "after", "reason", "corrected_at"]
ESCALATION_FIELDS = [
    "reference",
    "name",
    "level",
    "state",
    "said_at",
    "raised_at",
    "answered_at",
    "resolved_at",
]


class ClientReading:
    def __init__(self, env):
        self.env = env
        self.contact = env.user.partner_id
        self.client = self.contact.commercial_partner_id
        # What its pages name of it: of a partner Odoo would read a hundred columns.
        self.client.fetch(CLIENT_FIELDS)
        self.company = self.client._charter_serving_company().sudo()
        self.tz = env.user.tz or self.company._charter_tz()
        self.own = Domain("partner_id", "=", self.client.id)

    # -- pages ------------------------------------------------------------------------------------

    def promises_page(self, query):
        """Return one page of the promises of a filter; an unknown filter is “open”."""
        which = query.get("filter")
        which = which if which in PROMISES else "open"
        state, order = PROMISES[which]
        due = Sort("due", self.env._("Due first"), "due_at, id")
        listing = Listing(
            self,
            "/my/charter/promises",
            query,
            "charter.obligation",
            PROMISE_FIELDS,
            sorts=[due] if which == "open" else [Sort("newest", self.env._("Newest first"), order), due],
            search=lambda text: Domain("commitment_id", "any!", [("name", "ilike", text)]),
            own=self.own & Domain("state", "=", state),
            kept={"filter": which},
        )
        return {
            "which": which,
            "counts": self.promise_counts(),
            "listing": listing,
            "promises": self._promises(listing.rows),
        }

    def feedback_page(self, query):
        env = self.env
        listing = Listing(
            self, "/my/charter/feedback", query, "charter.feedback", FEEDBACK_FIELDS,
            sorts=[
                Sort("newest", env._("Newest first"), "id desc"),
                Sort("oldest", env._("Oldest first"), "id"),
                Sort("mark", env._("Lowest rating first"), "rating, id desc"),
            ],
            search=lambda text: Domain("comment", "ilike", text)
            | Domain("intervention_id", "any!", [("name", "ilike", text)]),
            choices=[
                Choice("state", env._("State"), [
                    Option("asked", env._("Waiting for an answer"), Domain("state", "=", "sent")),
                    Option("owed", env._("Outcome pending"), Domain("followup", "in", ("call", "tell"))),
                    Option("told", env._("Outcome sent"), Domain("followup", "=", "told")),
                ]),
                selection(env, "charter.feedback", "channel", env._("Channel")),
            ],
        )  # fmt: skip
        return {"listing": listing, "feedback": self._feedback(listing.rows)}

    def escalations_page(self, query):
        listing = Listing(
            self, "/my/charter/escalations", query, "charter.escalation", ESCALATION_FIELDS,
            sorts=newest_and_oldest(self.env, "raised_at desc, id desc", "raised_at, id"),
            search=("reference", "name", "description"),
            choices=[
                selection(
                    self.env, "charter.escalation", "state", self.env._("State"), ("open", "answered", "resolved")
                ),
                selection(self.env, "charter.escalation", "level", self.env._("Level")),
                periods(self, "raised_at"),
            ],
        )  # fmt: skip
        return {"listing": listing, "escalations": self._escalations(listing.rows)}

    def feedback_detail(self, feedback):
        [row] = self._feedback(feedback)
        escalations = self._search(
            "charter.escalation", ESCALATION_FIELDS, [("feedback_id", "=", feedback.id)]
        )
        return {
            "record": feedback,
            "row": row,
            "promises": self._promises_of(feedback),
            "escalations": self._escalations(escalations),
            "said": self.moment(feedback.said_at or feedback.answered_at),
            "recorded": self._if_later(feedback.answered_at, feedback.said_at),
            "called": self.moment(feedback.called_at),
            "call_recorded": self._if_later(feedback.call_recorded_at, feedback.called_at),
            "told": self.moment(feedback.outcome_at),
            "read_by": self.read_by(feedback),
            "said_by": feedback.sudo().said_by or feedback.contact_id.name,
            "call_delay": feedback._callback_delay_text(),
            "corrections": self.corrections(feedback).get(feedback.id, []),
        }

    def escalation_detail(self, escalation):
        [row] = self._escalations(escalation)
        return {
            "record": escalation,
            "row": row,
            "promises": self._promises_of(escalation),
            "may_accept": escalation.state == "answered",
            "undo_url": escalation._undo_url(self.contact),
            "may_contest": escalation._may_contest(),
            "recorded_for": escalation._may_contest() and self.moment(escalation.resolved_at),
            "may_go_to_level2": escalation._may_go_to_level2(),
            "may_say_unsatisfied": escalation._may_say_unsatisfied() and not escalation.sudo().unsatisfied_at,
            "unsatisfied": self.moment(escalation.sudo().unsatisfied_at),
            "said": self.moment(escalation.said_at or escalation.raised_at),
            "recorded": self._if_later(escalation.raised_at, escalation.said_at),
            "level2": self.moment(escalation.level2_at),
            "answered": self.moment(escalation.answered_at),
            "read_by": self.read_by(escalation),
            "said_by": escalation.sudo().said_by or escalation.contact_id.name,
            "corrections": self.corrections(escalation).get(escalation.id, []),
        }

    def read_by(self, record):
        """Return by which day we read what the client has said on ``record``, a sentence; empty when all is read."""
        return self.env["charter.word"]._charter_read_by(record)

    def _if_later(self, recorded, happened):
        """Return the moment of recording in words, where it is another minute than that of what is recorded; else empty."""
        same = not recorded or not happened or recorded - happened < timedelta(minutes=1)
        return "" if same else self.moment(recorded)

    def corrections(self, records):
        """Return {id: what of the client's own words was corrected: both, by whom, when and why}; one statement."""
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        found = {}
        for row in self._search("charter.correction", CORRECTION_FIELDS, domain, order="corrected_at, id"):
            found.setdefault(row.res_id, []).append(
                {
                    "what": row.what,
                    "before": row.before_text,
                    "after": row.after_text,
                    "reason": row.reason,
                    "at": self.moment(row.corrected_at),
                    "by": row.sudo().user_id.name,
                }
            )
        return found

    def opening(self):
        """Return whether the company is at work now, and when it is next; neither when its hours are not known."""
        now = fields.Datetime.now()
        company = self.company.sudo()
        opening = company.resource_calendar_id and company._charter_next_opening(now)
        return {
            "open_now": bool(opening) and opening <= now,
            "next_opening": self.moment(opening) if opening and opening > now else "",
        }

    def levels(self):
        """Return the two levels of escalation with their delays in the charter in force; no delay without one."""
        charter = self.env["charter.document"].sudo()._in_force(self.company)
        holders = {
            contact["role"]: contact["card"] for contact in self.client._charter_contacts(self.company)
        }
        levels = []
        for code, role in (
            (ESCALATION_LEVEL1, "operations_manager"),
            (ESCALATION_LEVEL2, "general_management"),
        ):
            commitment = charter._commitment(code)
            levels.append(
                {
                    "role": role,
                    "name": (holders[role] or {}).get("name"),
                    "within": commitment and self._within(commitment, commitment.anchor),
                }
            )
        return levels

    # -- records ----------------------------------------------------------------------------------

    def find(self, model, record_id, own=None):
        """Return the client's own record of that id; empty when it is another's or no one's.

        :param own: what makes a record the client's; by default, that it names the client
        """
        if not 0 < record_id <= MAX_ID:
            return self.env[model]
        return self.env[model].search((own or self.own) & Domain("id", "=", record_id))

    def _search(self, model, names, domain=(), order="id desc", limit=None, offset=0):
        return self.env[model].search_fetch(
            self.own & Domain(domain), names, order=order, limit=limit, offset=offset
        )

    def _promises_of(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "!=", "cancelled")]
        return self._promises(
            self._search("charter.obligation", PROMISE_FIELDS, domain, order="id"), origin=False
        )

    def promise_counts(self):
        """Return how many promises are open, late and kept; ``fallen_due`` is what the kept rate is counted on."""
        return self._promise_counts(**read_together(self.env, **self._ask_promise_counts()))

    def _ask_promise_counts(self):
        return {
            "promised": Asked("charter.obligation", self.own & Domain("state", "in", list(PROMISES)), "state")
        }

    def _promise_counts(self, promised, **_others):
        counts = {**dict.fromkeys(PROMISES, 0), **dict(promised)}
        return {**counts, "fallen_due": counts["kept"] + counts["late"]}

    # -- words ------------------------------------------------------------------------------------

    def moment(self, value, pattern=MOMENT):
        return in_words(self.env, value, self.tz, pattern)

    def _promises(self, rows, origin=True, readable=None):
        """Return plain values of each promise of ``rows``.

        :param origin: False on the page of the document the promises come from
        :param readable: those of their contracts that the user may read, where they are known
        """
        # A client reads the name of its contract where it may see it, never more.
        readable = self._readable(rows.contract_id) if readable is None else readable
        contracts = {contract.id: contract.name for contract in readable}
        return [
            {
                "state": row.state,
                "owed": row.is_owed,
                "title": row.promise,
                "within": self._within(row, row.commitment_id.sudo().anchor),
                "occurrence": row._occurrence_in_words(row.occurrence),
                "due": row._due_in_words(self.tz, MOMENT, WEEKDAY),
                "left": row.time_left if row.due_at else "",
                "overdue": row.urgency == "late" and bool(row.due_at),
                "done": self.moment(row.done_at) if not row.cancelled_at else "",
                "ended": self.moment(row.cancelled_at) if row.state == "late" else "",
                "corrected": row.correction_text,
                **(self._origin(row, contracts.get(row.contract_id.id)) if origin else NO_ORIGIN),
            }
            for row in rows
        ]

    def _readable(self, records):
        return records.search_fetch([("id", "in", records.ids)], ["name"]) if records else records

    def _within(self, row, anchor):
        """Return the promised delay and its clock, e.g. “within 48 hours, round the clock”.

        :param row: anything with ``delay``, ``unit`` and ``clock``
        """
        delay = self.env["charter.commitment"].sudo()._words(row.delay, row.unit, row.clock)
        if not row.delay:
            return delay
        delay = self.env._("%s before", delay) if anchor == "before" else self.env._("within %s", delay)
        if row.clock == "working" or row.unit == "months":
            return delay
        return (
            self.env._("%s, 24/7", delay)
            if row.unit == "hours"
            else self.env._("%s, weekends included", delay)
        )

    def _origin(self, row, contract):
        """Return what a promise comes from, in words, and its page where it has one: the document says so itself."""
        document = self.env.get(row.res_model)
        # The addon that made the promise may be gone.
        if hasattr(document, "_charter_origin"):
            words, url = document.browse(row.res_id)._charter_origin()
            if words:
                return {"origin": words, "url": url}
        return {"origin": self.env._("Contract %s", contract), "url": None} if contract else NO_ORIGIN

    def _feedback(self, rows):
        followups = {
            "call": self.env._("We will call you"),
            "tell": self.env._("We still have to send you the outcome"),
            "told": self.env._("Outcome sent"),
        }
        return [
            {
                "url": row._get_portal_url(),
                "title": row.name,
                "rating": row.rating,
                "answered": self.moment(row.answered_at),
                "status": self._feedback_status(row, followups),
                "owed": row.followup in ("call", "tell"),
                # Only the person who was asked gets to the survey from here.
                "survey_url": row._survey_url()
                if row.state == "sent" and row.contact_id == self.contact
                else None,
            }
            for row in rows
        ]

    def _feedback_status(self, row, followups):
        if row.state == "sent":
            return self.env._("Waiting for an answer")
        if row.state == "expired":
            return self.env._("Not answered")
        return followups.get(row.followup) or self.env._("Received, thank you")

    def _escalations(self, rows, promises=None):
        """Return plain values of each escalation. :param promises: ``_current_promises`` of them, where they are known"""
        levels = dict(rows._fields["level"]._description_selection(self.env))
        promises = rows._current_promises() if promises is None else promises
        return [
            {
                "url": row._get_portal_url(),
                "reference": row.reference,
                "title": row.name,
                "level": levels[row.level],
                "raised_on": self.moment(row.said_at or row.raised_at, DAY),
                "status": self._escalation_status(row, promises.get(row.id)),
                "overdue": self._is_overdue(row, promises.get(row.id)),
                "owed": row.state == "open",
            }
            for row in rows
        ]

    def _is_overdue(self, row, promise):
        return row.state == "open" and bool(promise) and is_past_due(promise.due_at, row._charter_now())

    def _escalation_status(self, row, promise):
        if row.state == "answered":
            return self.env._("We answered on %s", self.moment(row.answered_at, DAY))
        if row.state == "dismissed":
            return self.env._("Set aside on %s", self.moment(row.resolved_at, DAY))
        if row.state == "resolved":
            return self.env._("Resolved on %s", self.moment(row.resolved_at, DAY))
        if not (promise and promise.due_at):
            return self.env._("We will answer you")
        due = promise._due_in_words(self.tz, MOMENT, WEEKDAY)
        if self._is_overdue(row, promise):
            return self.env._("Our answer is overdue (due %s). We apologise for the delay.", due)
        return self.env._("You will receive our answer by %s", due)
