"""The first page of the portal: who to call now, whether anything is overdue, what is next, the latest report."""

from collections import namedtuple

from odoo import fields
from odoo.fields import Domain

from ..models.base.charter_format import day_text
from ..models.ledger.charter_past_due import over_domain
from .client_reading import ESCALATION_FIELDS, FEEDBACK_FIELDS, OWED, PROMISE_FIELDS
from .common import DAY
from .contract_reading import ContractReading
from .document_reading import DocumentReading
from .equipment_reading import EquipmentReading
from .intervention_reading import InterventionReading
from .report_reading import REPORT_FIELDS, ReportReading
from .together import Asked, count_together
from .year_reading import REVIEW_FIELDS, YearReading

# What is late, and what comes next: each is a handful, the lists have the rest.
ROWS, NEXT = 3, 3

# Named, not plain tuples: the extraction of terms takes what stands in parentheses after a translated text for terms.
Todo = namedtuple("Todo", "number words address")
Place = namedtuple("Place", "title address number words")


class HubReading(
    InterventionReading, EquipmentReading, ReportReading, YearReading, DocumentReading, ContractReading
):
    """Everything at a glance, in a number of queries that does not depend on the number of rows."""

    def home(self):
        counted = self._counted()
        found = {
            "contacts": self.client._charter_contacts(self.company),
            **self.opening(),
            "counts": self._promise_counts(**counted),
            **self._promised(counted["late"][0][0]),
            **self._said(counted),
            **self.equipment_home(counted["equipment"], counted["to_update"]),
            **self.intervention_home(dict(counted["work"])),
            **self._reported(counted),
            **self.contracts_home(),
            **self._ahead(counted),
            "document_count": counted["documents"][0][0],
        }
        return {**found, "todo": self._todo(found), "places": self._places(found)}

    def _counted(self):
        """Return everything that is counted for this page: one statement, however much there is."""
        own, now = self.own, fields.Datetime.now()
        late = own & Domain([*OWED, *over_domain(now)])
        asked = own & Domain([("state", "=", "sent"), ("contact_id", "=", self.contact.id)])
        return count_together(
            self.env,
            **self._ask_promise_counts(),
            **self._ask_equipment(),
            late=Asked("charter.obligation", late),
            escalations=Asked("charter.escalation", own, "state"),
            feedback=Asked("charter.feedback", own, "state"),
            surveys=Asked("charter.feedback", asked),
            work=Asked("charter.intervention", self.own_work, "state"),
            reports=Asked("charter.report", own),
            advice=Asked("charter.recommendation", own & Domain("state", "=", "proposed")),
            notices=Asked("charter.notice.line", own, aggregates=("__count", "acknowledged_at:count")),
            authorisations=Asked("charter.authorisation", own, aggregates=("__count", "valid_until:min")),
            reviews=Asked("charter.review", own),
            documents=Asked("charter.delivery", own),
        )

    def _promised(self, late):
        """Return what is late first, then what falls due next; “late” is what we still owe after its time."""
        rows = self._search("charter.obligation", PROMISE_FIELDS, OWED, "due_at, id", min(late, ROWS) + NEXT)
        return {"late_now": late, "promises": self._promises(rows)}

    def _said(self, counted):
        """Return what waits for our answer, else the last word."""
        by_state = dict(counted["escalations"])
        feedback = self._search("charter.feedback", FEEDBACK_FIELDS, order="id desc", limit=ROWS)
        rows = self._search(
            "charter.escalation", ESCALATION_FIELDS, order="is_complaint desc, id desc", limit=ROWS
        )
        return {
            "feedback": self._feedback(feedback),
            "feedback_count": sum(dict(counted["feedback"]).values()),
            "surveys": counted["surveys"][0][0],
            "escalations": self._escalations(rows),
            "escalation_count": sum(by_state.values()),
            "escalation_open": by_state.get("open", 0) + by_state.get("answered", 0),
            "escalation_answered": by_state.get("answered", 0),
        }

    def _reported(self, counted):
        last = self._search(
            "charter.report", REPORT_FIELDS, [("state", "=", "sent")], "last_day desc, version desc", 1
        )
        return {
            "report": self._row(last) if last else None,
            "report_count": counted["reports"][0][0],
            "advice_count": counted["advice"][0][0],
        }

    def _ahead(self, counted):
        meeting = self._search(
            "charter.review",
            REVIEW_FIELDS,
            [("state", "=", "planned"), ("start_at", ">=", fields.Datetime.now())],
            "start_at",
            1,
        )
        [(notices, read)], [(count, ends)] = counted["notices"], counted["authorisations"]
        return {
            "authorisation_count": count,
            "authorisation_words": self._authorisation_words(count, ends, self.company._charter_today()),
            "meeting": self._reviews(meeting)[0] if meeting else None,
            "meeting_day": self.moment(meeting.start_at, DAY) if meeting else "",
            "notice_count": notices,
            "notice_unread": notices - read,
            "review_count": counted["reviews"][0][0],
        }

    def _authorisation_words(self, count, ends, today):
        if not count:
            return self.env._("none on record")
        if not ends:
            return self.env._("without an end")
        day = day_text(self.env, ends, "d MMMM y")
        return (
            self.env._("the first ended on %s", day)
            if ends < today
            else self.env._("the first ends on %s", day)
        )

    # -- words ------------------------------------------------------------------------------------

    def _todo(self, found):
        """Return what waits for the client itself."""
        env = self.env
        asked = [
            Todo(found["escalation_answered"], env._("Escalations we answered: accept, or go on"),
             "/my/charter/escalations?state=answered"),
            Todo(found["advice_count"], env._("Recommendations to accept or decline"), "/my/charter/reports#charter-advice"),
            Todo(found["notice_unread"], env._("Notices to read"), "/my/charter/notices?read=no"),
            Todo(found["surveys"], env._("Surveys to answer"), "/my/charter/feedback?state=asked"),
        ]  # fmt: skip
        return [one for one in asked if one.number]

    def _places(self, found):
        """Return the rest of the portal, with what is worth knowing of it."""
        env = self.env
        running = found["intervention_open"]
        opened = found["escalation_open"]
        unread = found["notice_unread"]
        return [
            Place(env._("Interventions"), "/my/charter/interventions", found["intervention_count"],
             env._("%s in progress", running) if running else env._("none in progress")),
            Place(env._("Reports"), "/my/charter/reports", found["report_count"], env._("and what we advise")),
            Place(env._("Equipment"), "/my/charter/equipment", found["equipment_count"],
             (found["equipment_to_update"] or found["equipment_state"]) if found["equipment_count"] else env._("none on record")),
            Place(env._("Feedback"), "/my/charter/feedback", found["feedback_count"], env._("your feedback")),
            Place(env._("Escalations"), "/my/charter/escalations", found["escalation_count"],
             env._("1 unresolved") if opened == 1 else env._("%s unresolved", opened) if opened else env._("none open")),
            Place(env._("Advance notices"), "/my/charter/notices", found["notice_count"],
             env._("%s to read", unread) if unread else env._("all read")),
            Place(env._("Authorisations"), "/my/charter/authorisations", found["authorisation_count"],
             found["authorisation_words"]),
            Place(env._("Meetings and renewal"), "/my/charter/reviews", found["review_count"],
             env._("next on %s", found["meeting_day"]) if found["meeting"] else env._("of your contracts")),
            Place(env._("Documents"), "/my/charter/documents", found["document_count"], env._("documents delivered to you")),
        ]  # fmt: skip
