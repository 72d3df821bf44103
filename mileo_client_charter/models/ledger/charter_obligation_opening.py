"""Open commitments: any number of them, each once, by one statement."""

import json
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from odoo import api, models
from odoo.tools.translate import LazyTranslate
from psycopg2.extras import execute_values

from ...tools.clock import Delay, NoWorkingTime
from ...tools.occurrence import again
from ...tools.pg_array import pg_array, pg_text_array
from ..base.resource_calendar import Ruler
from .charter_obligation import MissingCharter
from .charter_obligation_alert import UNANNOUNCED

_lt = LazyTranslate(__name__)

# Rows written by one INSERT; one round trip for a thousand promises.
INSERT_BATCH = 1000

# What many rows share is sent once (target), what differs as arrays (row). The types of the columns are written out:
# a parameter has none of its own.
INSERT = """
INSERT INTO charter_obligation (
       commitment_id, code, company_id, res_model, role, delay, unit, clock, partner_id, contract_id, res_id,
       occurrence, user_id, trigger_at, opened_at, warn_at, due_at, clock_error, state, met, missed)
SELECT target.commitment_id, target.code, target.company_id, target.res_model, target.role,
       target.delay, target.unit, target.clock, row.partner_id, row.contract_id, row.res_id,
       row.occurrence, row.user_id, row.trigger_at, row.opened_at, row.warn_at, row.due_at, row.clock_error,
       'open', 0, 0
  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::text[], %s::int[], %s::timestamp[], %s::timestamp[],
              %s::timestamp[], %s::timestamp[], %s::text[])
       AS row (number, partner_id, contract_id, res_id, occurrence, user_id, trigger_at, opened_at,
               warn_at, due_at, clock_error)
  JOIN jsonb_to_recordset(%s)
       AS target (number int, commitment_id int, code text, company_id int, res_model text, role text,
                  delay int, unit text, clock text) USING (number)
    ON CONFLICT (res_id, code, res_model, occurrence) DO NOTHING
RETURNING id, res_id, code, res_model, occurrence
"""


class Row(NamedTuple):
    """A promise to be written: the columns that are its own, in the order of the statement's arrays."""

    number: int  # of its target
    partner_id: int
    contract_id: int | None
    res_id: int
    occurrence: str
    user_id: int | None
    trigger_at: datetime
    opened_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    clock_error: str | None


TEXTS = (Row._fields.index("occurrence"), Row._fields.index("clock_error"))


@lru_cache(maxsize=256)
def _reminder(amount, unit, clock):
    """Return how long before the due time of a promise on ``clock`` its owner is reminded; one object for a thousand rows."""
    return Delay(amount, unit, clock)


def _series(request):
    """Return what the occurrences of one commitment to one client have in common."""
    return request["code"], request["res_model"], request["res_id"], request["partner_id"]


class CharterObligation(models.Model):
    _inherit = "charter.obligation"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _open(self, requests):
        """Open promises, many at once; opening one twice gives the same row.

        :param requests: list of dicts: ``code``, ``res_model``, ``res_id``, ``partner_id``, ``company_id``,
            ``at`` (naive UTC moment of the trigger, or of the event for promises that come before one) and
            optionally ``contract_id``, ``occurrence``, ``opened_at``, ``delay`` (tools.clock.Delay that
            replaces the commitment's), ``user_id`` and ``known_at`` (naive UTC moment it became known: where the delay
            after the trigger is over by then, it runs from then, never longer than a younger one's of the same commitment, and
            the history says so) and ``not_before`` (naive UTC: the
            earliest moment that can still be met, where the event that the promise comes before has begun)
        :return: charter.obligation, the rows of the requests in their order, new or already there; one that was withdrawn
            gives way to a new row
        :raise MissingCharter: a company has no charter in force with that code; nothing is written
        """
        if not requests:
            return self.browse()
        engine = self._charter_engine()
        targets, rows = engine._rows_to_insert(requests, engine._terms_asked(requests))
        self.flush_model()
        known = {}
        for start in range(0, len(rows), INSERT_BATCH):
            known.update(self._insert(targets, rows[start : start + INSERT_BATCH]))
        keys = [
            (request["res_id"], request["code"], request["res_model"], row.occurrence)
            for request, row in zip(requests, rows, strict=True)
        ]
        if known:
            self.env.cr.precommit.data.setdefault(UNANNOUNCED, set()).update(known.values())
            self.invalidate_model()
            opened = (
                rows
                if len(known) == len(rows)
                else [r for k, r in zip(keys, rows, strict=True) if k in known]
            )
            moments = [min(row.warn_at or row.due_at, row.due_at) for row in opened if row.due_at]
            if moments:
                self._wake_clock(min(moments))
        late = [
            (known[key], request)
            for key, request in zip(keys, requests, strict=True)
            if request.get("known_late") and key in known
        ]
        for row_id, request in late:
            engine.browse(row_id)._say_known_late(request["known_at"], request.get("due_with_next"))
        missing = [key for key in keys if key not in known]
        if missing:
            present = self._ids_of(missing)
            known.update({key: row_id for key, (row_id, _withdrawn) in present.items()})
            # What was withdrawn and is owed after all is a row of its own; the withdrawn one stays as it is.
            back = {
                key: {**request, "occurrence": again(key[-1])}
                for key, request in zip(keys, requests, strict=True)
                if present.get(key, (None, False))[1]
            }
            known.update(zip(back, self._open(list(back.values())).ids, strict=True))
        return self.browse([known[key] for key in keys])

    def _say_known_late(self, known_at, due_with_next=False):
        if due_with_next:
            self._explain(
                _lt(
                    "It became known on %s. Its time runs from then, and ends with that of the next one: what came first is "
                    "never due last.",
                    known_at,
                )
            )
        else:
            self._explain(_lt("It became known on %s, and its time runs from then.", known_at))

    def _insert(self, targets, rows):
        """Return {(res_id, code, res_model, occurrence): id} of the ``rows`` that were not there yet."""
        columns = [
            pg_text_array(values) if position in TEXTS else pg_array(values)
            for position, values in enumerate(zip(*rows, strict=True))
        ]
        self.env.cr.execute(INSERT, [*columns, json.dumps(targets)])
        return {tuple(key): row_id for row_id, *key in self.env.cr.fetchall()}

    def _ids_of(self, keys):
        """Return {(res_id, code, res_model, occurrence): (id, whether it was withdrawn)} of rows that exist."""
        rows = execute_values(
            self.env.cr,
            "SELECT promise.res_id, promise.code, promise.res_model, promise.occurrence, promise.id, promise.state = 'cancelled' "
            "AND promise.withdrawn IS TRUE FROM charter_obligation promise "
            "JOIN (VALUES %s) AS key (res_id, code, res_model, occurrence) "
            "USING (res_id, code, res_model, occurrence)",
            keys,
            page_size=len(keys),
            fetch=True,
        )
        return {tuple(key): (row_id, withdrawn) for *key, row_id, withdrawn in rows}

    def _terms_asked(self, requests):
        """Return {(company id, code): Terms} of at least what the requests ask for, read once.

        :raise MissingCharter: a company has no charter in force with one of the codes
        """
        wanted = {(request["company_id"], request["code"]) for request in requests}
        in_force = self.env["charter.document"]._terms_in_force(
            {company_id for company_id, _code in wanted}, {code for _company_id, code in wanted}
        )
        for company_id, code in wanted:
            if (company_id, code) not in in_force:
                raise MissingCharter(
                    self.env._(
                        "%(company)s has no charter in force with the commitment “%(code)s”: publish one in "
                        "Client Charter ‣ Configuration ‣ Charters.",
                        company=self.env["res.company"].sudo().browse(company_id).name,
                        code=code,
                    )
                )
        return in_force

    def _rows_to_insert(self, requests, in_force):
        """Return (targets as dicts, a Row for each request), the targets computed and frozen."""
        now = self._charter_now()
        asked = [
            (
                request,
                terms := in_force[request["company_id"], request["code"]],
                request.get("delay") or terms.delay,
            )
            for request in requests
        ]
        holders = self.env["res.company"]._charter_holders(
            {
                (request["company_id"], terms.owner_role, request["partner_id"])
                for request, terms, _delay in asked
            },
            now,
        )
        numbers = {}
        rows = []
        for (request, terms, delay), (due, warn) in zip(asked, self._frozen_moments(asked), strict=True):
            company_id, partner_id, at = request["company_id"], request["partner_id"], request["at"]
            target = (company_id, terms.code, request["res_model"], delay)
            opened_at = request.get("opened_at") or (at if terms.anchor == "after" else now)
            failed = isinstance(due, NoWorkingTime)
            if not failed:
                # A due moment is never before the promise is opened.
                due = max(due, opened_at, request.get("not_before") or opened_at)
            rows.append(
                Row(
                    numbers.setdefault(target, len(numbers)),
                    partner_id,
                    request.get("contract_id") or None,
                    request["res_id"],
                    request.get("occurrence") or "",
                    request.get("user_id") or holders.get((company_id, terms.owner_role, partner_id)),
                    at,
                    opened_at,
                    warn and max(warn, opened_at),
                    None if failed else due,
                    str(due) if failed else None,
                )
            )
        targets = [
            {
                "number": number,
                "commitment_id": in_force[company_id, code].id,
                "code": code,
                "company_id": company_id,
                "res_model": res_model,
                "role": in_force[company_id, code].owner_role,
                **delay._asdict(),
                "delay": delay.amount,
            }
            for (company_id, code, res_model, delay), number in numbers.items()
        ]
        return targets, rows

    # -- moments ----------------------------------------------------------------------------------

    def _frozen_moments(self, asked):
        """Return (due, reminder) of each (request, Terms, Delay): naive UTC, a NoWorkingTime in place of ``due`` where the
        calendar gives none, None for no reminder. The reminder counts back on the clock of the promise itself."""
        answers = [None] * len(asked)
        for ruler, indexes in self._rulers([request for request, _terms, _delay in asked]):
            those = [asked[index] for index in indexes]
            dues = ruler.moments([(request["at"], delay, terms.anchor) for request, terms, delay in those])
            dues = self._due_since_known(ruler, those, dues)
            reminded, questions = [], []
            for index, due, (_request, terms, delay) in zip(indexes, dues, those, strict=True):
                answers[index] = (due, None)
                if terms.warn_before and not isinstance(due, NoWorkingTime):
                    reminded.append(index)
                    questions.append(
                        (due, _reminder(terms.warn_before, terms.warn_unit, delay.clock), "before")
                    )
            for index, warn in zip(reminded, ruler.moments(questions), strict=True):
                if not isinstance(warn, NoWorkingTime):
                    answers[index] = (answers[index][0], warn)
        return answers

    @api.model
    def _due_since_known(self, ruler, asked, dues):
        """Return ``dues``, those that were over when it became known counted from then: no promise is opened already past due.

        Nor is one due after a younger one of the same commitment to the same client: it would be done out of turn.
        """
        late = [
            index
            for index, ((request, terms, _delay), due) in enumerate(zip(asked, dues, strict=True))
            if request.get("known_at")
            and terms.anchor == "after"
            and not isinstance(due, NoWorkingTime)
            and due <= request["known_at"]
        ]
        if not late:
            return dues
        for index in late:
            asked[index][0]["known_late"] = True
        again = ruler.moments([(asked[index][0]["known_at"], asked[index][2], "after") for index in late])
        found = dict(zip(late, again, strict=True))
        dues = [found.get(index, due) for index, due in enumerate(dues)]
        younger = self._due_younger([asked[index][0] for index in late])
        for index, (request, _terms, _delay) in enumerate(asked):
            if index not in found:
                younger.setdefault(_series(request), []).append((request["at"], dues[index]))
        for index in late:
            request = asked[index][0]
            later = [
                due
                for at, due in younger.get(_series(request), ())
                if at > request["at"] and not isinstance(due, NoWorkingTime) and due > request["known_at"]
            ]
            next_due = min(later, default=None)
            if next_due and not isinstance(dues[index], NoWorkingTime) and next_due < dues[index]:
                dues[index] = next_due
                request["due_with_next"] = True
        return dues

    def _due_younger(self, requests):
        """Return {series: [(moment counted from, due moment)]} of what is in the register beside ``requests``, one statement."""
        rows = self.sudo().search_fetch(
            [
                ("res_model", "in", list({request["res_model"] for request in requests})),
                ("res_id", "in", list({request["res_id"] for request in requests})),
                ("code", "in", list({request["code"] for request in requests})),
                ("state", "!=", "cancelled"),
                ("due_at", "!=", False),
            ],
            ["code", "res_model", "res_id", "partner_id", "trigger_at", "due_at"],
        )
        found = {}
        for row in rows:
            series = (row.code, row.res_model, row.res_id, row.partner_id.id)
            found.setdefault(series, []).append((row.trigger_at, row.due_at))
        return found

    def _due_moments(self, questions):
        """Return answers to (request, moment, Delay, anchor) or None, computed once a calendar.

        :return: list of naive UTC datetimes, NoWorkingTime instances, or None where the question is None
        """
        answers = [None] * len(questions)
        wanted = [index for index, question in enumerate(questions) if question]
        for ruler, places in self._rulers([questions[index][0] for index in wanted]):
            indexes = [wanted[place] for place in places]
            moments = ruler.moments([questions[index][1:] for index in indexes])
            for index, moment in zip(indexes, moments, strict=True):
                answers[index] = moment
        return answers

    def _rulers(self, requests):
        """Return [(Ruler, positions of the requests it measures)]: the contract's calendar, else its company's."""
        own = self.env["contract.contract"]._charter_calendars(
            {request.get("contract_id") for request in requests} - {None, False}
        )
        positions = {}
        for position, request in enumerate(requests):
            key = (request["company_id"], own.get(request.get("contract_id")))
            positions.setdefault(key, []).append(position)
        rulers = []
        for (company_id, calendar_id), found in positions.items():
            company = self.env["res.company"].browse(company_id)
            # Not the hundred other fields of a company, which a first access would read.
            company.fetch(["resource_calendar_id"])
            calendar = self.env["resource.calendar"].browse(calendar_id) or company.resource_calendar_id
            rulers.append((Ruler(calendar.with_company(company)), found))
        return rulers
