from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import periods
from ..tools.clock import Delay, to_utc

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
        last_id = 0
        while True:
            batch = contracts.search(
                Domain(contracts._charter_active_domain()) & Domain("id", ">", last_id), order="id", limit=CONTRACT_BATCH
            )
            if not batch:
                break
            self._schedule(batch)
            last_id = batch[-1].id
            self.env["ir.cron"]._commit_progress(len(batch), remaining=int(len(batch) == CONTRACT_BATCH))
            self.env.invalidate_all()

    @api.model
    def _schedule(self, contracts):
        """Open what ``contracts`` owe by now and do not have in the ledger yet."""
        now = self._charter_now()
        last = self._last_opened(contracts)
        in_force = self.env["charter.document"]._commitments_in_force(contracts.company_id.ids, RECURRING)
        requests = []
        for contract in contracts:
            for code in RECURRING:
                if (contract.company_id.id, code) not in in_force:
                    continue
                for occurrence, at, opened_at, delay in self._occurrences(
                    contract, in_force[contract.company_id.id, code], now, last.get((contract.id, code))
                ):
                    requests.append(
                        {
                            "code": code,
                            "res_model": contract._name,
                            "res_id": contract.id,
                            "partner_id": contract.commercial_partner_id.id,
                            "contract_id": contract.id,
                            "company_id": contract.company_id.id,
                            "occurrence": occurrence,
                            "at": at,
                            "opened_at": opened_at,
                            "delay": delay,
                        }
                    )
        return self.env["charter.obligation"]._open(requests)

    @api.model
    def _last_opened(self, contracts):
        """{(contract id, code): moment the last occurrence was counted from}, cancelled ones left out."""
        rows = self.env["charter.obligation"].sudo()._read_group(
            [
                ("res_model", "=", "contract.contract"),
                ("res_id", "in", contracts.ids),
                ("code", "in", RECURRING),
                ("state", "!=", "cancelled"),
            ],
            ["contract_id", "code"],
            ["trigger_at:max"],
        )
        return {(contract.id, code): trigger_at for contract, code, trigger_at in rows}

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
            for key, first, final in periods.periods(max(since, last_day or since), today, tier.report_period):
                delay = Delay(tier.report_days, "days", commitment.clock)
                yield key, moment(final + timedelta(days=1)), moment(max(first, since)), delay
        elif commitment.code == "interview.biannual" and tier.interviews_per_year:
            months = 12 // tier.interviews_per_year
            for index, first, _final in periods.slices(since, today, tier.interviews_per_year):
                if not last_day or first > last_day:
                    yield f"{first}#{index + 1}", moment(first), moment(first), Delay(months, "months", "elapsed")
        elif commitment.code == "review.annual" and contract.charter_anniversary:
            yield from self._before(contract.charter_anniversary, "annual", commitment, since, moment)
        elif commitment.code == "renewal.decision" and contract.date_end:
            yield from self._before(contract.date_end + timedelta(days=1), "renewal", commitment, since, moment)

    @api.model
    def _before(self, event, kind, commitment, since, moment):
        """The occurrence that comes before ``event``, unless its due day had passed when the charter began."""
        [due] = self.env["resource.calendar"]._charter_shift_many([(moment(event), commitment._delay(), "before")])
        if due >= moment(since):
            yield f"{event}#{kind}", moment(event), self._charter_now(), None

    @api.model
    def _close_ended(self):
        """What is not due yet of a contract that ended or left the charter is owed no more."""
        contracts = self.env["contract.contract"].with_context(active_test=False)
        ended = contracts.search(
            Domain("obligation_ids.state", "=", "open")
            & ~(Domain(contracts._charter_active_domain()) & Domain("active", "=", True))
        )
        for contract in ended:
            contract._charter_withdraw(self.env._("The contract ended or left the charter."))
