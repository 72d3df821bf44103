"""What a contact of a parent company reads of the subsidiaries it is entitled to: read-only, nothing beyond the entitlement."""

from odoo import fields
from odoo.fields import Domain

from ..models.ledger.charter_past_due import over_domain
from ..tools.codes import REPORT_DELIVERY
from .client_reading import OWED, PROMISE_FIELDS, ClientReading
from .common import DAY
from .report_reading import REPORT_FIELDS

# Of each subsidiary: what is late, and what comes next; the subsidiary's own pages have the rest.
LATE, NEXT = 5, 3
REPORT = "/my/charter/group/%s/report"


def given_in_words(reading, access):
    """Return who gave an access and when, in the language of the page."""
    day = reading.moment(access.entitled_at, DAY)
    return reading.env._("Given by %(who)s on %(day)s.", who=access.entitled_by_id.name, day=day)


class GroupReading(ClientReading):
    """The subsidiaries of a group, in a number of queries that does not depend on how many there are."""

    def page(self):
        entitled = self.env["charter.group.access"]._of_reader()
        contacts = {}
        for company, rows in entitled.grouped("company_id").items():
            contacts.update(rows.partner_id._charter_contacts_many(company))
        promised = self._of_each(entitled.filtered("commitments"), self._promised)
        reported = self._of_each(entitled.filtered("reports"), self._reported)
        return {
            "subsidiaries": [
                {
                    "name": one.partner_id.name,
                    "company": one.company_id,
                    "contacts": contacts[one.partner_id.id],
                    "covers": {"commitments": one.commitments, "reports": one.reports},
                    "given": given_in_words(self, one),
                    "report": None,
                    "late": [],
                    "late_count": 0,
                    "next": [],
                    **promised.get(one.id, {}),
                    **reported.get(one.id, {}),
                }
                for one in entitled
            ]
        }

    def report(self, access_id):
        """Return the last report of a subsidiary (superuser), where the reader is entitled to it; empty otherwise."""
        entitled = self.env["charter.group.access"]._of_reader()
        entitled = entitled.filtered(lambda one: one.id == access_id and one.reports)
        return self._last_reports(entitled).get((entitled.partner_id.id, entitled.company_id.id))

    # -- tools ------------------------------------------------------------------------------------

    def _of_each(self, entitled, read):
        return read(entitled) if entitled else {}

    def _rows_of(self, model, names, entitled, domain, order):
        """Return {(client, company): rows} of what these entitlements are about, and of nothing else."""
        rows = (
            self.env[model]
            .sudo()
            .search_fetch(
                Domain("partner_id", "in", entitled.partner_id.ids)
                & Domain("company_id", "in", entitled.company_id.ids)
                & Domain(domain),
                [*names, "partner_id"],
                order=order,
            )
        )
        return rows.grouped(lambda row: (row.partner_id.id, row.company_id.id))

    def _promised(self, entitled):
        late = Domain([*OWED, *over_domain(fields.Datetime.now())])
        owed = self._rows_of("charter.obligation", PROMISE_FIELDS, entitled, OWED, "due_at, id")
        overdue = self._rows_of("charter.obligation", PROMISE_FIELDS, entitled, late, "due_at, id")
        meetings = self._rows_of(
            "charter.review",
            ["kind", "start_at"],
            entitled,
            [("state", "=", "planned"), ("start_at", ">=", fields.Datetime.now())],
            "start_at",
        )
        found = {}
        for one in entitled:
            key = (one.partner_id.id, one.company_id.id)
            over = overdue.get(key, self.env["charter.obligation"].sudo())
            due = owed.get(key, over) - over
            meeting = meetings.get(key, self.env["charter.review"].sudo())[:1]
            found[one.id] = {
                "late": self._promises(over[:LATE], origin=False),
                "late_count": len(over),
                "next": self._promises(due.filtered("due_at")[:NEXT], origin=False),
                "meeting": self.moment(meeting.start_at) if meeting else "",
            }
        return found

    def _last_reports(self, entitled):
        if not entitled:
            return {}
        rows = self._rows_of(
            "charter.report", REPORT_FIELDS, entitled, [("state", "=", "sent")], "last_day desc, version desc"
        )
        return {key: reports[:1] for key, reports in rows.items()}

    def _reported(self, entitled):
        last = self._last_reports(entitled)
        due = self._rows_of(
            "charter.obligation",
            PROMISE_FIELDS,
            entitled,
            [*OWED, ("code", "=", REPORT_DELIVERY)],
            "due_at, id",
        )
        found = {}
        for one in entitled:
            key = (one.partner_id.id, one.company_id.id)
            report, following = last.get(key), due.get(key)
            found[one.id] = {
                "report": report
                and {
                    "url": REPORT % one.id,
                    "title": report._period_text(),
                    "sent": self.moment(report.sent_at, DAY),
                },
                "report_due": following[0]._due_in_words(self.tz, DAY, DAY) if following else "",
            }
        return found
