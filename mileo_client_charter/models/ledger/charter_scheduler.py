import logging
from collections import Counter
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import periods
from ...tools.clock import Delay, NoWorkingTime, to_utc
from ...tools.occurrence import ANNUAL, RENEWAL, event_key, format_key, parse_key
from ..base.charter_batches import Queue

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
    def _schedule(self, contracts):
        """Open what ``contracts`` owe by now and do not have in the ledger yet."""
        now = self._charter_now()
        last = self._last_opened(contracts)
        withdrawn = self._withdrawn(contracts)
        in_force = self.env["charter.document"]._commitments_in_force(contracts.company_id.ids, RECURRING)
        requests = []
        for contract in contracts:
            for code in RECURRING:
                if (contract.company_id.id, code) not in in_force:
                    continue
                for occurrence, at, opened_at, delay in self._occurrences(
                    contract, in_force[contract.company_id.id, code], now, last.get((contract.id, code))
                ):
                    # What was withdrawn is owed again as a row of its own; the withdrawn one stays as it is.
                    times = withdrawn.get((contract.id, code, occurrence), 0)
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
    def _last_opened(self, contracts):
        """{(contract id, code): moment the last occurrence was counted from}, cancelled ones left out."""
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
                ["contract_id", "code"],
                ["trigger_at:max"],
            )
        )
        return {(contract.id, code): trigger_at for contract, code, trigger_at in rows}

    @api.model
    def _withdrawn(self, contracts):
        """{(contract id, code, occurrence): how many times it was withdrawn with its contract}."""
        rows = self.env["charter.obligation"].sudo().search(
            [("res_model", "=", "contract.contract"), ("res_id", "in", contracts.ids), ("withdrawn", "=", True)]
        )  # fmt: skip
        return Counter((row.res_id, row.code, event_key(row.occurrence)) for row in rows)

    @api.model
    def _occurrences(self, contract, commitment, now, last):
        """(occurrence, counted from, opened at, Delay or None) of what is missing, all moments naive UTC."""
        tz = contract.company_id._charter_tz()
        today = fields.Datetime.context_timestamp(self.with_context(tz=tz), now).date()
        since = contract.charter_since or today
        tier = contract.charter_tier_id

        def moment(day):
            return to_utc(day, tz)

        last_day = last and fields.Datetime.context_timestamp(self.with_context(tz=tz), last).date()
        if commitment.code == "report.delivery":
            for key, first, final in periods.periods(
                max(since, last_day or since), today, tier.report_period
            ):
                delay = Delay(tier.report_days, "days", commitment.clock)
                yield key, moment(final + timedelta(days=1)), moment(max(first, since)), delay
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
        for contract in ended:
            came_to_its_end = contract.active and contract.charter_tier_id and contract.date_end
            contract._charter_leave(
                self.env._("The contract ended or left the charter."),
                keep=("report.delivery",) if came_to_its_end else (),
            )
