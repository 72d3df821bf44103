"""Which occurrences of recurring commitments are due to be opened, from the dates of contracts, never from today."""

import logging
from collections import Counter
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools import periods
from ...tools.clock import Delay, NoWorkingTime, to_local, to_utc
from ...tools.codes import INTERVIEW_BIANNUAL, RENEWAL_DECISION, REPORT_DELIVERY, REVIEW_ANNUAL
from ...tools.occurrence import ANNUAL, RENEWAL, event_key, format_key, parse_key
from ..base.charter_batches import Queue, run_isolated
from .charter_past_due import owed_sql

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)
CONTRACT_BATCH = 500
# What comes back as long as the contract runs; another addon adds its own (``_recurring``).
RECURRING = (REPORT_DELIVERY, INTERVIEW_BIANNUAL, REVIEW_ANNUAL, RENEWAL_DECISION)
# Those that come before a day of the contract, and end with it when it moves.
BEFORE_A_DAY = (REVIEW_ANNUAL, RENEWAL_DECISION)
# The annual review leaves this many days to decide, before the lines renew by themselves.
DECIDE_DAYS = 14
# What becomes known too late for the charter's own delay is due so many days later, or on the day itself where that is
# earlier; never sooner than the second figure, which is what it takes to meet somebody.
CATCH_UP_DAYS, LEAST_DAYS = 30, 14


class CharterScheduler(models.AbstractModel):
    """Opens the next occurrence of the promises that come back, from the contracts.

    Each occurrence follows from the contract's own dates and from the last one opened, never from the day
    the action happens to run: days missed are caught up, and running twice changes nothing.
    """

    _name = "charter.scheduler"
    _description = "Scheduler of recurring commitments"
    _inherit = ["charter.engine.mixin"]

    @api.model
    def _cron_schedule(self):
        return self.env["charter.settled"]._unless_settled(self, "cron_schedule", self._schedule_all)

    @api.model
    def _charter_action_reads(self, _action):
        """Return the rows the action compares; packages that add a step add what it reads."""
        tables = (
            "charter_commitment", "charter_document", "charter_tier", "contract_contract", "contract_line", "res_company", "res_partner",
            "resource_calendar", "resource_calendar_attendance", "resource_calendar_leaves",
        )  # fmt: skip
        return {
            **dict.fromkeys(tables),
            "charter_obligation": SQL("row.res_model = 'contract.contract' OR %s", owed_sql("row")),
        }

    @api.model
    def _schedule_all(self):
        contracts = self.env["contract.contract"]
        self._close_ended()
        # Contracts are only read: people may work on them meanwhile, and the ledger refuses a promise opened twice.
        queue = Queue(contracts, contracts._charter_active_domain(), CONTRACT_BATCH, locked=False)
        return queue.run(self._begin_and_schedule, self._say_not_scheduled)

    @api.model
    def _begin_and_schedule(self, contracts):
        # Back under the charter, after an end or an archive: it counts from today again.
        contracts.filtered(lambda contract: not contract.charter_since)._charter_begin()
        self._schedule(contracts)

    @api.model
    def _say_not_scheduled(self, contract, why):
        """Write an error for the administrator: this contract's next promises wait for it, the others' do not."""
        _logger.error("The next commitments of contract %s cannot be opened: %s", contract.id, why)

    @api.model
    def _schedule(self, contracts, known_at=None):
        """Open what ``contracts`` owe by now and do not have in the ledger yet.

        :param known_at: naive UTC moment we learned of these contracts, or of their terms: what would have been over by
            then is owed from then on. Without it they were known all along, and what was missed is late.
        """
        now = self._charter_now()
        contracts._charter_keep_year()
        there = self._end_moved(contracts)
        opened = self._opened_so_far(contracts)
        taken = self._taken(contracts)
        in_force = self.env["charter.document"]._commitments_in_force(
            contracts.company_id.ids, self._recurring()
        )
        requests = []
        for contract in contracts:
            for code in self._recurring():
                if (contract.company_id.id, code) not in in_force:
                    continue
                for occurrence, at, opened_at, delay in self._occurrences(
                    contract, in_force[contract.company_id.id, code], now, opened.get((contract.id, code))
                ):
                    if (contract.id, code, self._year_key(contract, code, occurrence)) in there:
                        continue
                    # What was withdrawn, or another client's, is owed as a row of its own; that one stays as it is.
                    times = taken.get((contract.id, code, occurrence), 0)
                    requests.append(
                        {
                            "code": code,
                            "res_model": contract._name,
                            "res_id": contract.id,
                            "partner_id": contract.commercial_partner_id.id,
                            "contract_id": contract.id,
                            "company_id": contract.company_id.id,
                            "occurrence": format_key(*parse_key(occurrence)[:4], again=times + 1),
                            "at": at,
                            "opened_at": opened_at,
                            "delay": delay,
                            "known_at": known_at,
                        }
                    )
        requests = self._possible(contracts, in_force, requests, now)
        opened = self.env["charter.obligation"]._open(requests)
        for row, request in zip(opened, requests, strict=True):
            if request.get("reason"):
                row._explain(request["reason"])
        return opened

    @api.model
    def _recurring(self):
        """Return the codes of the commitments that come back by themselves (hook).

        Who adds one says in ``_occurrences`` when it does.
        """
        return RECURRING

    @api.model
    def _end_moved(self, contracts):
        """End the promises that come before a day which is no anniversary, or no end of the term, any more.

        :return: {(contract id, code, ``_year_key``)} of what is in the ledger and stays
        """
        rows = self.env["charter.obligation"].sudo().search_fetch(
            [("res_model", "=", "contract.contract"), ("res_id", "in", contracts.ids), ("code", "in", BEFORE_A_DAY)],
            ["res_id", "code", "occurrence", "state", "done_at", "cancelled_at", "withdrawn", "partner_id"],
        )  # fmt: skip
        of_id = {contract.id: contract for contract in contracts}
        # Of a customer the contract has left, nothing is moved any more.
        rows = rows.filtered(lambda row: row.partner_id == of_id[row.res_id].commercial_partner_id)
        moved = {code: rows.browse() for code in BEFORE_A_DAY}
        back, there = rows.browse(), set()
        for row in rows:
            contract, day = of_id[row.res_id], parse_key(row.occurrence).day
            term_ends = contract.charter_term_end and contract.charter_term_end + timedelta(days=1)
            stands = contract._charter_reviews_before(day) if row.code == REVIEW_ANNUAL else day == term_ends
            if row.is_owed and day and not stands:
                moved[row.code] |= row
            elif row.state == "late" and row.cancelled_at and stands:
                back |= row
            # What ended undone with its day leaves room for the review of the new one.
            if not row.withdrawn and (
                stands or not (row.is_owed or (row.cancelled_at and row.state == "late"))
            ):
                review = row.code == REVIEW_ANNUAL and day
                key = contract._charter_year_served(day) if review else event_key(row.occurrence)
                there.add((contract.id, row.code, key))
        back._reopen_outstanding(_lt("The contract's dates are again what they were."))
        moved[REVIEW_ANNUAL]._cancel(
            _lt("The contract's dates changed: it has no annual due date on that day any more."),
            withdrawn=True,
        )
        moved[RENEWAL_DECISION]._cancel(
            _lt("The contract's dates changed: its term does not end on that day any more."),
            withdrawn=True,
        )
        return there

    @api.model
    def _year_key(self, contract, code, occurrence):
        """Return what is there once: the review of a contract year, the decision on a term."""
        day = parse_key(occurrence).day
        return contract._charter_year_of(day) if code == REVIEW_ANNUAL else occurrence

    @api.model
    def _possible(self, contracts, in_force, requests, now):
        """Return ``requests`` with, of those that come before a day, only what can still be done, on a due time that can be met.

        On the clock of the ledger itself; a promise whose clock gives no time is opened, and says so. A review whose
        anniversary was past when the contract was recorded under the charter was never promised.
        """
        ledger = self.env["charter.obligation"]
        dues = ledger._due_moments(
            [
                (
                    request,
                    request["at"],
                    request["delay"] or in_force[request["company_id"], request["code"]]._delay(),
                    "before",
                )
                if in_force[request["company_id"], request["code"]].anchor == "before"
                else None
                for request in requests
            ]
        )
        of_id = {contract.id: contract for contract in contracts}
        found = []
        for request, due in zip(requests, dues, strict=True):
            contract = of_id[request["res_id"]]
            if due is None or isinstance(due, NoWorkingTime) or due > now:
                found.append(request)
            elif request["at"] > now or request["code"] == RENEWAL_DECISION:
                found.append(self._known_late(contract, request, now))
            elif due >= contract._charter_midnight(
                max(
                    contract.charter_known_on or contract.charter_since,
                    contract.charter_dates_known_on or date.min,
                )
            ):
                # Nothing ran meanwhile: it was promised anyway.
                since = contract._charter_midnight(contract.charter_since)
                found.append({**request, "opened_at": max(since, request["at"] - relativedelta(years=1))})
        return found

    @api.model
    def _known_late(self, contract, request, now):
        """Return ``request`` on the first due time that is possible, with the reason."""
        today, event = contract._charter_local_day(now), contract._charter_local_day(request["at"])
        day = today + timedelta(days=CATCH_UP_DAYS)
        if event > today:
            day = min(day, event)
        if request["code"] == REVIEW_ANNUAL:
            day = max(day, today + timedelta(days=LEAST_DAYS))
        reason = _lt(
            "It became known on %(today)s, too late for the charter's own delay before %(event)s: due on the first "
            "day that was possible, %(day)s.",
            today=today,
            event=event,
            day=day,
        )
        if day > event:
            return {
                **request,
                "at": contract._charter_midnight(day),
                "delay": Delay(0, "days", "elapsed"),
                "reason": reason,
            }
        return {**request, "delay": Delay((event - day).days, "days", "elapsed"), "reason": reason}

    @api.model
    def _opened_so_far(self, contracts):
        """Return {(contract id, code): (first moment covered, last moment counted from)} of what the contract's present client was
        promised, cancelled ones left out."""
        rows = (
            self.env["charter.obligation"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "contract.contract"),
                    ("res_id", "in", contracts.ids),
                    ("code", "in", self._recurring()),
                    ("state", "!=", "cancelled"),
                ],
                ["contract_id", "code", "partner_id"],
                ["opened_at:min", "trigger_at:max"],
            )
        )
        return {
            (contract.id, code): (opened_at, trigger_at)
            for contract, code, client, opened_at, trigger_at in rows
            if client == contract.commercial_partner_id
        }

    @api.model
    def _taken(self, contracts):
        """Return {(contract id, code, occurrence): rows that have it already and are not the present client's, or were withdrawn}."""
        rows = (
            self.env["charter.obligation"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", "contract.contract"),
                    ("res_id", "in", contracts.ids),
                    ("code", "in", self._recurring()),
                ],
                ["res_id", "code", "occurrence", "partner_id", "withdrawn"],
            )
        )
        clients = {contract.id: contract.commercial_partner_id for contract in contracts}
        return Counter(
            (row.res_id, row.code, event_key(row.occurrence))
            for row in rows
            if row.withdrawn or row.partner_id != clients[row.res_id]
        )

    @api.model
    def _occurrences(self, contract, commitment, now, opened):
        """Yield (occurrence, counted from, opened at, Delay or None) of what is missing, all moments naive UTC (hook).

        An occurrence that is in the register is not opened again.


        :param opened: (first moment covered, last moment counted from) of what was promised already; None: nothing
        """
        tz = contract.company_id._charter_tz()
        today = to_local(now, tz).date()
        since = contract.charter_since or today
        tier = contract.charter_tier_id

        def moment(day):
            return to_utc(day, tz)

        first_day, last_day = map(contract._charter_local_day, opened) if opened else (None, None)
        if commitment.code == REPORT_DELIVERY:
            delay = Delay(tier.report_days, "days", commitment.clock)
            for key, first, final in self._spans_to_report(tier, since, today, first_day, last_day):
                yield key, moment(final + timedelta(days=1)), moment(first), delay
        elif commitment.code == INTERVIEW_BIANNUAL and tier.interviews_per_year:
            months = 12 // tier.interviews_per_year
            for index, first, _final in periods.slices(since, today, tier.interviews_per_year):
                if not last_day or first > last_day:
                    yield (
                        format_key(first, str(index + 1)),
                        moment(first),
                        moment(first),
                        Delay(months, "months", "elapsed"),
                    )
        elif commitment.code == REVIEW_ANNUAL:
            for event in contract._charter_anniversaries(since, today):
                yield (
                    format_key(event, ANNUAL),
                    moment(event),
                    now,
                    self._review_delay(contract, event, commitment),
                )
        elif commitment.code == RENEWAL_DECISION and contract.charter_term_end:
            event = contract.charter_term_end + timedelta(days=1)
            yield (
                format_key(event, RENEWAL),
                moment(event),
                now,
                self._decision_delay(contract, event, commitment),
            )

    @api.model
    def _spans_to_report(self, tier, since, today, covered_from, covered_to):
        """Yield (key, first day, last day) of the reports that are missing: each day of the client is in one of them.

        :param covered_from: first day that is promised already; None: nothing is
        :param covered_to: the day after the last one
        """
        spans = [(max(since, covered_to or since), None)]
        if covered_from and since < covered_from:
            spans.insert(0, (since, covered_from - timedelta(days=1)))
        for begins, ends in spans:
            for key, first, last in periods.periods(begins, ends or today, tier.report_period):
                if ends and ends < last:
                    # The rest of this period has its promise already.
                    key = format_key(key, f"from{max(first, begins):%d}")
                yield key, max(first, begins), min(last, ends or last)

    @api.model
    def _decision_delay(self, contract, event, commitment):
        """Return the delay by which the renewal is decided before the lines would renew by themselves; None: the charter's own delay."""
        return self._before(contract.charter_notice_date, event, commitment)

    @api.model
    def _review_delay(self, contract, event, commitment):
        """Return the review that serves a renewal is held before its decision, also under a long notice; None: the charter's own delay."""
        notice = contract._charter_serves_term(event) and contract.charter_notice_date
        return self._before(notice and notice - timedelta(days=DECIDE_DAYS), event, commitment)

    @api.model
    def _before(self, latest, event, commitment):
        """Return the Delay that has a promise due by ``latest`` where the charter's own falls later; None: the charter's own."""
        if not latest:
            return None
        own = commitment._delay()
        if own.clock == "elapsed" and own.unit != "hours":
            if event - relativedelta(**{own.unit: own.amount}) <= latest:
                return None
        return Delay((event - latest).days, "days", "elapsed")

    @api.model
    def _close_ended(self):
        """Cancel what is not due yet of a contract that ended or left the charter.

        A contract that came to its end still owes the report of its last days.
        """
        contracts = self.env["contract.contract"].with_context(active_test=False)
        ended = contracts.search(
            Domain("obligation_ids.state", "=", "open")
            & ~(Domain(contracts._charter_active_domain()) & Domain("active", "=", True))
        )
        if ended:
            run_isolated(ended, self._close_one_by_one, self._say_not_scheduled)

    @api.model
    def _close_one_by_one(self, ended):
        for contract in ended:
            came_to_its_end = contract.active and contract.charter_tier_id and contract.date_end
            contract._charter_leave(
                _lt("The contract ended or left the charter."),
                keep=(REPORT_DELIVERY,) if came_to_its_end else (),
            )
