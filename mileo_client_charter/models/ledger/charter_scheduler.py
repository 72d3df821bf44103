import logging
from collections import Counter
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import periods
from ...tools.clock import Delay, NoWorkingTime, to_utc
from ...tools.occurrence import ANNUAL, RENEWAL, event_key, format_key, parse_key
from ..base.charter_batches import Queue, run_isolated

_logger = logging.getLogger(__name__)
CONTRACT_BATCH = 500
# Promises that come back as long as the contract runs.
RECURRING = ("report.delivery", "interview.biannual", "review.annual", "renewal.decision")


class CharterScheduler(models.AbstractModel):
    """Opens the next occurrence of the promises that come back, from the contracts.

    Each occurrence follows from the contract's own dates and from the last one opened, never from the day
    the action happens to run: days missed are caught up, and running twice changes nothing.
    """

    _name = "charter.scheduler"
    _description = "Scheduler of recurring promises"
    _inherit = ["charter.engine.mixin"]

    @api.model
    def _cron_schedule(self):
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
        """An error for the administrator: this contract's next promises wait for it, the others' do not."""
        _logger.error("The next promises of contract %s cannot be opened: %s", contract.id, why)

    @api.model
    def _schedule(self, contracts, known_at=None):
        """Open what ``contracts`` owe by now and do not have in the ledger yet.

        :param known_at: naive UTC moment we learned of these contracts, or of their terms: what would have been over by
            then is owed from then on. Without it they were known all along, and what was missed is late.
        """
        now = self._charter_now()
        opened = self._opened_so_far(contracts)
        taken = self._taken(contracts)
        in_force = self.env["charter.document"]._commitments_in_force(contracts.company_id.ids, RECURRING)
        requests = []
        for contract in contracts:
            for code in RECURRING:
                if (contract.company_id.id, code) not in in_force:
                    continue
                for occurrence, at, opened_at, delay in self._occurrences(
                    contract, in_force[contract.company_id.id, code], now, opened.get((contract.id, code))
                ):
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
        return self.env["charter.obligation"]._open(self._not_past_at_start(contracts, in_force, requests))

    @api.model
    def _not_past_at_start(self, contracts, in_force, requests):
        """``requests`` without what comes before an event and was past when the contract came under the charter.

        On the clock of the ledger itself; a promise whose clock gives no time is opened, and says so.
        """
        ledger = self.env["charter.obligation"]
        commitments = [in_force[request["company_id"], request["code"]] for request in requests]
        dues = ledger._due_moments(
            [
                (request, request["at"], commitment._delay(), "before")
                if commitment.anchor == "before"
                else None
                for request, commitment in zip(requests, commitments, strict=True)
            ]
        )
        began = {
            contract.id: to_utc(contract.charter_since, contract.company_id._charter_tz())
            for contract in contracts
            if contract.charter_since
        }
        return [
            request
            for request, due in zip(requests, dues, strict=True)
            if due is None or isinstance(due, NoWorkingTime) or due >= began.get(request["res_id"], due)
        ]

    @api.model
    def _opened_so_far(self, contracts):
        """{(contract id, code): (first moment covered, last moment counted from)} of what the contract's present client was
        promised, cancelled ones left out."""
        rows = (
            self.env["charter.obligation"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "contract.contract"),
                    ("res_id", "in", contracts.ids),
                    ("code", "in", RECURRING),
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
        """{(contract id, code, occurrence): rows that have it already and are not the present client's, or were withdrawn}."""
        rows = self.env["charter.obligation"].sudo().search_fetch(
            [("res_model", "=", "contract.contract"), ("res_id", "in", contracts.ids), ("code", "in", RECURRING)],
            ["res_id", "code", "occurrence", "partner_id", "withdrawn"],
        )  # fmt: skip
        clients = {contract.id: contract.commercial_partner_id for contract in contracts}
        return Counter(
            (row.res_id, row.code, event_key(row.occurrence))
            for row in rows
            if row.withdrawn or row.partner_id != clients[row.res_id]
        )

    @api.model
    def _occurrences(self, contract, commitment, now, opened):
        """(occurrence, counted from, opened at, Delay or None) of what is missing, all moments naive UTC.

        :param opened: (first moment covered, last moment counted from) of what was promised already; None: nothing
        """
        tz = contract.company_id._charter_tz()
        today = fields.Datetime.context_timestamp(self.with_context(tz=tz), now).date()
        since = contract.charter_since or today
        tier = contract.charter_tier_id

        def moment(day):
            return to_utc(day, tz)

        first_day, last_day = map(contract._charter_local_day, opened) if opened else (None, None)
        if commitment.code == "report.delivery":
            delay = Delay(tier.report_days, "days", commitment.clock)
            for key, first, final in self._spans_to_report(tier, since, today, first_day, last_day):
                yield key, moment(final + timedelta(days=1)), moment(first), delay
        elif commitment.code == "interview.biannual" and tier.interviews_per_year:
            months = 12 // tier.interviews_per_year
            for index, first, _final in periods.slices(since, today, tier.interviews_per_year):
                if not last_day or first > last_day:
                    yield (
                        format_key(first, str(index + 1)),
                        moment(first),
                        moment(first),
                        Delay(months, "months", "elapsed"),
                    )
        elif commitment.code == "review.annual":
            for event in contract._charter_anniversaries(since, today):
                if not contract.charter_term_end and last_day and event < last_day:
                    continue  # the end of a term that was given up came in its place
                yield format_key(event, ANNUAL), moment(event), now, None
        elif commitment.code == "renewal.decision" and contract.charter_term_end:
            event = contract.charter_term_end + timedelta(days=1)
            yield (
                format_key(event, RENEWAL),
                moment(event),
                now,
                self._decision_delay(contract, event, commitment),
            )

    @api.model
    def _spans_to_report(self, tier, since, today, covered_from, covered_to):
        """(key, first day, last day) of the reports that are missing: each day of the client is in one of them.

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
        """The renewal is decided before the lines would renew by themselves; None: the charter's own delay."""
        notice = contract.charter_notice_date
        if not notice:
            return None
        own = commitment._delay()
        if own.clock == "elapsed" and own.unit != "hours":
            if event - relativedelta(**{own.unit: own.amount}) <= notice:
                return None
        return Delay((event - notice).days, "days", "elapsed")

    @api.model
    def _close_ended(self):
        """What is not due yet of a contract that ended or left the charter is owed no more.

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
                self.env._("The contract ended or left the charter."),
                keep=("report.delivery",) if came_to_its_end else (),
            )
