"""The first page of the portal: who to call now, whether anything is overdue, what is next, the latest report."""

from collections import namedtuple

from odoo import fields
from odoo.fields import Domain

from ..models.base.charter_format import day_text
from ..models.feedback.charter_escalation import LEVEL_CODES
from ..models.feedback.charter_escalation import PROMISE_FIELDS as CURRENT_FIELDS
from ..models.feedback.charter_escalation import PROMISE_ORDER as CURRENT_ORDER
from ..models.ledger.charter_past_due import over_domain
from ..models.people.charter_absence import VALID_FIELDS, VALID_ORDER
from ..models.people.res_partner import ROLE_FIELDS
from .client_reading import ESCALATION_FIELDS, FEEDBACK_FIELDS, OWED, PROMISE_FIELDS
from .common import DAY
from .contract_reading import ContractReading
from .document_reading import DocumentReading
from .equipment_reading import EquipmentReading
from .intervention_reading import InterventionReading
from .report_reading import REPORT_FIELDS, ReportReading
from .together import Asked, Rows, read_together
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
        read = self._read()
        named = self._named(read)
        found = {
            "contacts": self._contacts(read),
            **self.opening(),
            "counts": self._promise_counts(**read),
            **self._promised(read, named),
            **self._said(read, named),
            **self.equipment_home(read["equipment"], read["to_update"]),
            **self.intervention_home(dict(read["work"])),
            **self._reported(read),
            **self.contracts_home(read["contracts"], named["contract_lines"]),
            **self._ahead(read),
            "document_count": read["documents"][0][0],
            "subsidiary_count": len(read["group"].sudo()._still_holds()) if read["group"] else 0,
        }
        return {**found, "todo": self._todo(found), "places": self._places(found)}

    # -- statements -------------------------------------------------------------------------------

    def _read(self):
        """Return all that is counted and all rows of the client that are shown: one statement, however much there is."""
        return read_together(self.env, **self._ask_counts(), **self._ask_rows(), **self._ask_contracts())

    def _named(self, read):
        """Return what those rows name: again one statement; most of it is only brought into memory."""
        sudo, escalations = self.env(su=True), read["escalation_rows"]
        promises = read["promise_rows"]
        people = Domain("id", "in", read["assignments"].user_id.ids)
        contracts = Domain("id", "in", promises.contract_id.ids)
        return read_together(
            self.env,
            **self._ask_contract_lines(read["contracts"]),
            readable=Rows(self.env["contract.contract"], contracts, ["name"]),
            calendars=Rows(
                sudo["contract.contract"].with_context(active_test=False), contracts, ["charter_calendar_id"]
            ),
            commitments=Rows(
                sudo["charter.commitment"], Domain("id", "in", promises.commitment_id.ids), ["name", "anchor"]
            ),
            current=Rows(
                sudo["charter.obligation"],
                Domain(escalations._charter_promises_domain(*LEVEL_CODES)),
                CURRENT_FIELDS,
                CURRENT_ORDER,
            ),
            work_named=Rows(
                sudo["charter.intervention"],
                Domain("id", "in", read["feedback_rows"].sudo().intervention_id.ids),
                ["name"],
            ),
            people=Rows(sudo["res.users"].with_context(active_test=False), people, ["partner_id"]),
            cards=Rows(
                sudo["res.partner"].with_context(active_test=False),
                Domain("user_ids", "any!", people),
                ["name", "function", "phone", "email"],
            ),
        )

    def _ask_rows(self):
        own, company = self.own, self.company
        today = company._charter_today()
        rows = {
            "promise_rows": ("charter.obligation", OWED, PROMISE_FIELDS, "due_at, id", ROWS + NEXT),
            "feedback_rows": ("charter.feedback", [], FEEDBACK_FIELDS, "id desc", ROWS),
            "escalation_rows": (
                "charter.escalation",
                [],
                ESCALATION_FIELDS,
                "is_complaint desc, id desc",
                ROWS,
            ),
            "last_report": (
                "charter.report",
                [("state", "=", "sent")],
                REPORT_FIELDS,
                "last_day desc, version desc",
                1,
            ),
            "meetings": (
                "charter.review",
                [("state", "=", "planned"), ("start_at", ">=", fields.Datetime.now())],
                REVIEW_FIELDS,
                "start_at",
                1,
            ),
        }
        return {
            **{
                name: Rows(self.env[model], own & Domain(domain), names, order, limit)
                for name, (model, domain, names, order, limit) in rows.items()
            },
            "assignments": Rows(
                self.env["charter.assignment"].sudo(),
                Domain(self.client._charter_roles_domain(company)),
                ROLE_FIELDS,
            ),
            "group": Rows(
                self.env["charter.group.access"],
                Domain([("reader_id", "=", self.contact.id), ("revoked_at", "=", False)]),
                ["partner_id"],
            ),
            "absences": Rows(
                self.env["charter.absence"].sudo(),
                Domain(self.env["charter.absence"]._valid_domain(company, today)),
                VALID_FIELDS,
                VALID_ORDER,
            ),
        }

    def _ask_counts(self):
        own, now = self.own, fields.Datetime.now()
        late = own & Domain([*OWED, *over_domain(now)])
        asked = own & Domain([("state", "=", "sent"), ("contact_id", "=", self.contact.id)])
        return dict(
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

    # -- sections ---------------------------------------------------------------------------------

    def _contacts(self, read):
        contacts = self.client._charter_contacts_many(
            self.company, (read["assignments"], read["absences"]), photo=False
        )
        return contacts[self.client.id]

    def _promised(self, read, named):
        """Return what is late first, then what falls due next; “late” is what we still owe after its time."""
        late = read["late"][0][0]
        rows = read["promise_rows"][: min(late, ROWS) + NEXT]
        return {"late_now": late, "promises": self._promises(rows, readable=named["readable"])}

    def _said(self, counted, named):
        """Return what waits for our answer, else the last word."""
        by_state = dict(counted["escalations"])
        current = {row.res_id: row for row in named["current"]}
        return {
            "feedback": self._feedback(counted["feedback_rows"]),
            "feedback_count": sum(dict(counted["feedback"]).values()),
            "surveys": counted["surveys"][0][0],
            "escalations": self._escalations(counted["escalation_rows"], current),
            "escalation_count": sum(by_state.values()),
            "escalation_open": by_state.get("open", 0) + by_state.get("answered", 0),
            "escalation_answered": by_state.get("answered", 0),
        }

    def _reported(self, counted):
        last = counted["last_report"]
        return {
            "report": self._row(last) if last else None,
            "report_count": counted["reports"][0][0],
            "advice_count": counted["advice"][0][0],
        }

    def _ahead(self, counted):
        meeting = counted["meetings"]
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
            Todo(
                found["escalation_answered"],
                env._("Escalations we answered: accept, or go on"),
                "/my/charter/escalations?state=answered",
            ),
            Todo(
                found["advice_count"],
                env._("Recommendations to accept or decline"),
                "/my/charter/reports#charter-advice",
            ),
            Todo(found["notice_unread"], env._("Notices to read"), "/my/charter/notices?read=no"),
            Todo(found["surveys"], env._("Surveys to answer"), "/my/charter/feedback?state=asked"),
        ]
        return [one for one in asked if one.number]

    def _places(self, found):
        """Return the rest of the portal, with what is worth knowing of it."""
        env = self.env
        running = found["intervention_open"]
        opened = found["escalation_open"]
        unread = found["notice_unread"]
        places = [
            Place(env._("Interventions"), "/my/charter/interventions", found["intervention_count"],
             env._("%s in progress", running) if running else env._("none in progress")),
            Place(env._("Reports"), "/my/charter/reports", found["report_count"], env._("and what we advise")),
            Place(env._("Equipment"), found["equipment_address"], found["equipment_count"],
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
        group = Place(
            env._("Your group"),
            "/my/charter/group",
            found["subsidiary_count"],
            env._("access given to you"),
        )
        return [group, *places] if group.number else places
