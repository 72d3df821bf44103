"""What a client reads of the charter, as plain values for the pages of the portal.

Everything is searched with the rights of the user who asks and for that user's company alone, so an id
of another client is found no more than one that does not exist.
"""

import re
from datetime import date

from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_date

from .common import DAY, MAX_ID, MOMENT, in_words

HOME_ROWS = 5
PAGE_ROWS = 20

# Filter of the promises -> (states, order). Among the late ones, those still owed come first.
PROMISES = {
    "open": ("open", "due_at, id"),
    "late": ("late", "done_at desc, due_at desc, id desc"),
    "kept": ("kept", "done_at desc, id desc"),
}
PROMISE_FIELDS = [
    "commitment_id", "contract_id", "res_model", "res_id", "occurrence", "delay", "unit", "clock", "due_at",
    "done_at", "state",
]  # fmt: skip
OWED = [("is_owed", "=", True)]
NO_ORIGIN = {"origin": None, "url": None}
FEEDBACK_FIELDS = [
    "channel", "contact_id", "intervention_id", "state", "create_date", "sent_at", "answered_at", "rating",
    "negative", "followup",
]  # fmt: skip
ESCALATION_FIELDS = ["reference", "name", "level", "state", "raised_at", "answered_at", "resolved_at"]


class ClientReading:
    def __init__(self, env):
        self.env = env
        self.contact = env.user.partner_id
        self.client = self.contact.commercial_partner_id
        self.company = self.client._charter_company()
        self.tz = env.user.tz or self.company._charter_tz()
        self.own = Domain("partner_id", "=", self.client.id)

    # -- pages ------------------------------------------------------------------------------------

    def home(self):
        """The first page; its number of queries does not depend on the number of rows."""
        feedback = self._search("charter.feedback", FEEDBACK_FIELDS, limit=HOME_ROWS + 1)
        escalations = self._search("charter.escalation", ESCALATION_FIELDS, limit=HOME_ROWS + 1)
        return {
            "contacts": self.client._charter_contacts(self.company),
            **self.opening(),
            "counts": self.promise_counts(),
            "promises": self._promises(
                self._search("charter.obligation", PROMISE_FIELDS, OWED, "due_at, id", HOME_ROWS)
            ),
            "feedback": self._feedback(feedback[:HOME_ROWS]),
            "more_feedback": len(feedback) > HOME_ROWS,
            "escalations": self._escalations(escalations[:HOME_ROWS]),
            "more_escalations": len(escalations) > HOME_ROWS,
        }

    def promises_page(self, which, page):
        """One page of the promises of a filter; an unknown filter is “open”."""
        which = which if which in PROMISES else "open"
        counts = self.promise_counts()
        pager = self._pager(counts[which], page, f"/my/charter/promises?filter={which}")
        rows = self._search_promises(which, limit=PAGE_ROWS, offset=pager["offset"])
        return {"which": which, "counts": counts, "pager": pager, "promises": self._promises(rows)}

    def feedback_page(self, page):
        pager = self._pager(
            self.env["charter.feedback"].search_count(self.own), page, "/my/charter/feedback?"
        )
        rows = self._search("charter.feedback", FEEDBACK_FIELDS, limit=PAGE_ROWS, offset=pager["offset"])
        return {"pager": pager, "feedback": self._feedback(rows)}

    def escalations_page(self, page):
        pager = self._pager(
            self.env["charter.escalation"].search_count(self.own), page, "/my/charter/escalations?"
        )
        rows = self._search("charter.escalation", ESCALATION_FIELDS, limit=PAGE_ROWS, offset=pager["offset"])
        return {"pager": pager, "escalations": self._escalations(rows)}

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
            "called": self.moment(feedback.called_at),
            "told": self.moment(feedback.outcome_at),
        }

    def escalation_detail(self, escalation):
        [row] = self._escalations(escalation)
        return {
            "record": escalation,
            "row": row,
            "promises": self._promises_of(escalation),
            "may_accept": escalation.state == "answered",
            "may_go_to_level2": escalation._may_go_to_level2(),
            "raised": self.moment(escalation.raised_at),
            "level2": self.moment(escalation.level2_at),
            "answered": self.moment(escalation.answered_at),
        }

    def opening(self):
        """Whether the company is at work now, and when it is next; neither when its hours are not known."""
        now = fields.Datetime.now()
        company = self.company.sudo()
        opening = company.resource_calendar_id and company._charter_next_opening(now)
        return {
            "open_now": bool(opening) and opening <= now,
            "next_opening": self.moment(opening) if opening and opening > now else "",
        }

    def levels(self):
        """The two levels of escalation with their delays in the charter in force; no delay without one."""
        charter = self.env["charter.document"].sudo()._in_force(self.company)
        holders = {
            contact["role"]: contact["card"] for contact in self.client._charter_contacts(self.company)
        }
        levels = []
        for code, role in (
            ("escalation.level1", "operations_manager"),
            ("escalation.level2", "general_management"),
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

    def find(self, model, record_id):
        """The client's own record of that id; empty when it is another's or nobody's."""
        if not 0 < record_id <= MAX_ID:
            return self.env[model]
        return self.env[model].search(self.own & Domain("id", "=", record_id))

    def _search(self, model, names, domain=(), order="id desc", limit=None, offset=0):
        return self.env[model].search_fetch(
            self.own & Domain(domain), names, order=order, limit=limit, offset=offset
        )

    def _search_promises(self, which, limit, offset=0):
        state, order = PROMISES[which]
        return self._search(
            "charter.obligation", PROMISE_FIELDS, [("state", "=", state)], order, limit, offset
        )

    def _promises_of(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "!=", "cancelled")]
        return self._promises(
            self._search("charter.obligation", PROMISE_FIELDS, domain, order="id"), origin=False
        )

    def promise_counts(self):
        """How many promises are open, late and kept; ``fallen_due`` is what the kept rate is counted on."""
        counts = dict.fromkeys(PROMISES, 0)
        counts.update(
            self.env["charter.obligation"]._read_group(
                self.own & Domain("state", "in", list(PROMISES)), ["state"], ["__count"]
            )
        )
        return {**counts, "fallen_due": counts["kept"] + counts["late"]}

    # -- words ------------------------------------------------------------------------------------

    def moment(self, value, pattern=MOMENT):
        return in_words(self.env, value, self.tz, pattern)

    def _promises(self, rows, origin=True):
        """:param origin: False on the page of the document the promises come from"""
        # A client reads the name of its contract where it may see it, never more.
        contracts = {contract.id: contract.name for contract in self._readable(rows.contract_id)}
        return [
            {
                "state": row.state,
                "owed": row.is_owed,
                "title": row.promise,
                "within": self._within(row, row.commitment_id.sudo().anchor),
                "occurrence": self._occurrence(row.occurrence),
                "due": self.moment(row.due_at),
                "left": row.time_left if row.due_at else "",
                "overdue": row.urgency == "late" and bool(row.due_at),
                "done": self.moment(row.done_at),
                **(self._origin(row, contracts.get(row.contract_id.id)) if origin else NO_ORIGIN),
            }
            for row in rows
        ]

    def _readable(self, records):
        return records.search_fetch([("id", "in", records.ids)], ["name"]) if records else records

    def _within(self, row, anchor):
        """The promised delay and its clock, e.g. “within 48 hours, round the clock”.

        :param row: anything with ``delay``, ``unit`` and ``clock``
        """
        delay = self.env["charter.commitment"].sudo()._words(row.delay, row.unit, row.clock)
        if not row.delay:
            return delay
        delay = self.env._("%s before", delay) if anchor == "before" else self.env._("within %s", delay)
        if row.clock == "working" or row.unit == "months":
            return delay
        return (
            self.env._("%s, round the clock", delay)
            if row.unit == "hours"
            else self.env._("%s, weekends included", delay)
        )

    def _occurrence(self, key):
        """The key of an occurrence as a client reads it: “October 2026” for 2026-10."""
        key = (key or "").partition("~")[0]
        match = re.fullmatch(r"(\d{4})-(?:(\d\d)(?:-(\d\d)(?:#\w+)?)?|Q([1-4]))", key or "")
        if not match:
            return self.env._("when the contract began") if key == "onboarding" else key or ""
        year, month, day, quarter = (part and int(part) for part in match.groups())
        if quarter:
            return self.env._("quarter %(quarter)s of %(year)s", quarter=quarter, year=year)
        return format_date(self.env, date(year, month, day or 1), date_format=DAY if day else "MMMM y")

    def _origin(self, row, contract):
        """What a promise comes from, in words, and its page where it has one."""
        if row.res_model == "charter.feedback":
            return {"origin": self.env._("Your feedback"), "url": f"/my/charter/feedback/{row.res_id}"}
        if row.res_model == "charter.escalation":
            return {"origin": self.env._("Your escalation"), "url": f"/my/charter/escalation/{row.res_id}"}
        return {"origin": self.env._("Contract %s", contract), "url": None} if contract else NO_ORIGIN

    def _feedback(self, rows):
        followups = {
            "call": self.env._("We owe you a call"),
            "tell": self.env._("We owe you word of what was done"),
            "told": self.env._("You were told what was done"),
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

    def _escalations(self, rows):
        levels = dict(rows._fields["level"]._description_selection(self.env))
        return [
            {
                "url": row._get_portal_url(),
                "reference": row.reference,
                "title": row.name,
                "level": levels[row.level],
                "raised_on": self.moment(row.raised_at, DAY),
                "status": self._escalation_status(row),
                "overdue": self._is_overdue(row),
                "owed": row.state == "open",
            }
            for row in rows
        ]

    def _is_overdue(self, row):
        return row.state == "open" and bool(row.due_at) and row.due_at <= row._charter_now()

    def _escalation_status(self, row):
        if row.state == "answered":
            return self.env._("We answered on %s", self.moment(row.answered_at, DAY))
        if row.state == "resolved":
            return self.env._("Settled on %s", self.moment(row.resolved_at, DAY))
        if not row.due_at:
            return self.env._("We owe you an answer")
        if self._is_overdue(row):
            return self.env._("Our answer is late: it was due %s", self.moment(row.due_at))
        return self.env._("We owe you an answer by %s", self.moment(row.due_at))

    def _pager(self, total, page, address):
        """Which page is shown of how many; a page that does not exist is the nearest one."""
        pages = max(1, -(-total // PAGE_ROWS))
        wanted = int(page) if str(page).isdecimal() and len(str(page)) < 9 else 1
        number = min(max(1, wanted), pages)
        joint = "" if address.endswith("?") else "&"
        return {
            "total": total,
            "number": number,
            "pages": pages,
            "offset": (number - 1) * PAGE_ROWS,
            "previous": f"{address}{joint}page={number - 1}" if number > 1 else None,
            "next": f"{address}{joint}page={number + 1}" if number < pages else None,
        }
