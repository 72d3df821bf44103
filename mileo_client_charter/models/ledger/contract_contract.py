"""What a contract owes while it is under the charter: its terms and annual due dates, and its client (articles 01 and 04)."""

from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools import periods
from ...tools.clock import Delay
from ...tools.codes import CHARTER_COPY, CONTACTS_SHEET, INTERVIEW_BIANNUAL, REPORT_DELIVERY
from ...tools.occurrence import END, ONBOARDING, format_key, parse_key
from ...tools.pg_array import pg_array
from ..base.charter_format import day_text
from .charter_past_due import over_domain

_lt = LazyTranslate(__name__)


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = ["contract.contract", "charter.obligation.mixin", "charter.year.mixin"]

    charter_anniversary = fields.Date(
        "After the term",
        compute="_compute_charter_anniversary",
        help="The day after the current term ends; of a contract without end, its next annual due date.",
    )
    charter_anniversary_source = fields.Char(
        "Origin of the annual due date", compute="_compute_charter_anniversary"
    )

    charter_term_end = fields.Date(
        "Contract end date",
        compute="_compute_charter_term",
        store=True,
        index=True,
        help="Last day of the current term: the earliest end of the lines that renew, else the end of the contract; of a "
        "contract without end date, the end of its contract year. Empty once notice was given: then nothing is to be renewed.",
    )
    charter_auto_renew = fields.Boolean("Renews tacitly", compute="_compute_charter_term", store=True)
    charter_notice_date = fields.Date(
        "Renews automatically from",
        compute="_compute_charter_term",
        store=True,
        help="Day the lines that end the term renew unless the charter holds them back.",
    )
    charter_next_anniversary = fields.Date(
        "Next annual due date",
        compute="_compute_charter_next_anniversary",
        help="Of the contract's start: the annual review is held as long before it as the charter says, whatever the length of "
        "the term.",
    )
    # The dozen that a client's first page shows, of any number.
    _charter_client_idx = models.Index(
        "(commercial_partner_id, charter_term_end DESC, id) WHERE charter_tier_id IS NOT NULL"
    )
    charter_defect = fields.Char(
        "Data issues",
        compute="_compute_charter_defect",
        search="_search_charter_defect",
        groups="mileo_client_charter.group_charter_user",
    )

    def _charter_partner(self):
        self.ensure_one()
        return self.commercial_partner_id

    def _charter_contract(self):
        self.ensure_one()
        return self

    def _charter_parties(self):
        self.flush_model(["commercial_partner_id", "company_id"])
        self.env.cr.execute(
            SQL(
                "SELECT id, commercial_partner_id, company_id FROM contract_contract WHERE id = ANY(%(own_ids)s::int[])",
                own_ids=pg_array(self.ids),
            ),
        )
        found = {
            number: (client, number, company or self.env.company.id)
            for number, client, company in self.env.cr.fetchall()
        }
        return [found[number] for number in self.ids]

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts.filtered("charter_tier_id")._charter_begin()
        return contracts

    def write(self, vals):
        self._charter_check_editable(vals)
        changing = self.browse()
        if "charter_tier_id" in vals:
            changing = self.filtered(lambda contract: contract.charter_tier_id.id != vals["charter_tier_id"])
        before = {contract: contract.charter_tier_id for contract in changing}
        clients = (
            self._charter_clients_of() if vals.keys() & {"partner_id", "active", "charter_since"} else {}
        )
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if changing:
            for contract in changing.filtered("charter_tier_id"):
                codes = contract._charter_codes_changed(before[contract])
                contract._charter_withdraw(_lt("The tier of the contract changed."), codes)
            changing.filtered(lambda c: not c.charter_tier_id)._charter_leave(
                _lt("The contract left the charter.")
            )
            changing.filtered("charter_tier_id")._charter_begin()
        if clients:
            self._charter_moved(clients)
            archived.filtered("charter_since")._charter_leave(_lt("The contract was archived."))
        if vals.get("charter_since"):
            # Days that come under the charter later are reported on anyway.
            running = self.filtered_domain([("active", "=", True), *self._charter_active_domain()])
            self.env["charter.scheduler"].sudo()._schedule(running, fields.Datetime.now())
        return result

    @api.onchange("charter_tier_id")
    def _onchange_charter_tier_id(self):
        """Begin today, unless somebody says otherwise: the day is required as soon as a tier is chosen."""
        if self.charter_tier_id and not self.charter_since:
            self.charter_since = (self.company_id or self.env.company).sudo()._charter_today()

    def _charter_begin(self):
        """Open what a contract under the charter owes from its first day: onboarding and the first occurrences."""
        running = self.filtered_domain([("active", "=", True), *self._charter_active_domain()])
        for contract in running:
            today = contract.company_id._charter_today()
            if not contract.charter_since:
                contract.charter_since = today
                contract._charter_keep_year(False)
            if not contract.charter_known_on:
                contract.sudo().charter_known_on = today
            document = self.env["charter.document"].sudo()._in_force(contract.company_id)
            client = contract.commercial_partner_id.with_company(contract.company_id)
            client._charter_open(CHARTER_COPY, occurrence=document.version, contract_id=contract.id)
            client._charter_open(CONTACTS_SHEET, occurrence=ONBOARDING, contract_id=contract.id)
        # What was over before we knew of it is owed from now on, never late from its first moment.
        self.env["charter.scheduler"].sudo()._schedule(running, fields.Datetime.now())

    def _charter_codes_changed(self, old):
        """Return which promises are others under the present tier than under ``old``."""
        self.ensure_one()
        new = self.charter_tier_id
        codes = []
        if (new.report_period, new.report_days) != (old.report_period, old.report_days):
            codes.append(REPORT_DELIVERY)
        if new.interviews_per_year != old.interviews_per_year:
            codes.append(INTERVIEW_BIANNUAL)
        return codes

    # -- whose contract it is --------------------------------------------------------------------------

    def _charter_clients_of(self):
        """Return {contract: its client now}, of those that are or were under the charter."""
        return {contract: contract.commercial_partner_id for contract in self}

    def _charter_moved(self, before):
        """End today the side of the client before, where these contracts passed to another customer, and begin the new one's.

        The former client keeps what was done for it: its interventions, reports, reviews and answers stay its own. It has a
        last report of its own days. The new client starts with the charter, the contact sheet and its first promises.

        :param before: {contract: client before}
        """
        moved = self.browse(
            contract.id for contract, client in before.items() if client != contract.commercial_partner_id
        )
        # One that has left the charter, or came to its end, may still owe what was late, and the report of its last days.
        rows, domain = (
            self.env["charter.obligation"].sudo(),
            [("res_model", "=", self._name), ("is_owed", "=", True)],
        )
        owed = rows._read_group([*domain, ("res_id", "in", moved.ids)], ["res_id"]) if moved else []
        owing = {number for (number,) in owed}
        for contract in moved.filtered(lambda one: one.charter_since or one.id in owing):
            client = before[contract]
            if not client:
                continue
            reason = _lt("The contract passed to another customer.")
            contract._charter_end_side(client, reason)
            if contract.charter_tier_id:
                contract.sudo().with_context(tracking_disable=True).write(
                    {"charter_since": False, "charter_known_on": False}
                )
                contract._charter_begin()

    def _charter_leave(self, reason, keep=()):
        """Take these contracts out of the charter; one that comes back counts from the day it does.

        :param keep: codes still owed as they are: a contract that came to its end owes the report of its last period
        """
        for contract in self:
            contract._charter_end_side(contract.commercial_partner_id, reason, keep)
        self.write({"charter_since": False})
        self.sudo().write({"charter_known_on": False})

    def _charter_end_side(self, client, reason, keep=()):
        """End today, with the reason, what this contract promised ``client`` and is not due yet; its last days are reported."""
        self.ensure_one()
        final = self.browse() if REPORT_DELIVERY in keep else self
        running = final._charter_running_reports(client)
        self._charter_withdraw(reason, keep=keep, client=client)
        final._charter_open_last_report(running)
        if self.commercial_partner_id != client:
            self._charter_end_late(client, reason)
        self._charter_side_ended(client, reason)
        others = self.env["contract.contract"].sudo()
        here = [("company_id", "=", self.company_id.id)]
        domain = [*others._charter_active_domain(), ("commercial_partner_id", "=", client.id), *here]
        left = others.search_count([*domain, ("id", "!=", self.id)], limit=1)
        if not left and self.commercial_partner_id != client:
            domain = [("res_model", "=", "res.partner"), ("partner_id", "=", client.id), *here]
            owed = self.env["charter.obligation"].sudo().search([*domain, ("state", "=", "open")])
            owed._cancel(reason, withdrawn=True)

    def _charter_side_ended(self, client, reason):
        """End unfinished documents about this contract and ``client`` for ``reason`` (hook)."""

    def _charter_end_late(self, client, reason):
        """End what was late for a client the contract has left: it stays late, and is no longer to be done. Nobody meets
        a former client under another one's contract; its reports are owed anyway.
        """
        own = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("partner_id", "=", client.id)]
        late = [*own, ("is_owed", "=", True), ("code", "!=", REPORT_DELIVERY)]
        self.env["charter.obligation"].sudo().search(late)._cancel(reason)

    def _charter_running_reports(self, client):
        """Return the promises of a report to ``client`` whose period is not over today."""
        if not self:
            return self.env["charter.obligation"]
        tomorrow = self._charter_midnight(self.company_id._charter_today() + timedelta(days=1))
        running = [("partner_id", "=", client.id), ("state", "=", "open"), ("trigger_at", ">", tomorrow)]
        return self._charter_promises(REPORT_DELIVERY, domain=running)

    def _charter_open_last_report(self, running):
        """Open a report of the days up to today in the place of each of the ``running`` ones, due as long after its last day."""
        ledger = self.env["charter.obligation"].sudo()
        for row in running:
            today = self.company_id._charter_today()
            if self._charter_local_day(row.opened_at) >= today:
                continue  # not a whole day
            key = parse_key(row.occurrence)
            ledger._open(
                [
                    {
                        "code": REPORT_DELIVERY,
                        "res_model": self._name,
                        "res_id": self.id,
                        "partner_id": row.partner_id.id,
                        "contract_id": self.id,
                        "company_id": self.company_id.id,
                        "occurrence": format_key(key.subject, END, again=key.again),
                        "at": self._charter_midnight(today + timedelta(days=1)),
                        "opened_at": row.opened_at,
                        "delay": Delay(row.delay, row.unit, row.clock),
                    }
                ]
            )

    def _charter_withdraw(self, reason, codes=None, keep=(), client=None):
        """Withdraw recurring promises of these contracts (of ``codes``) that are not due yet.

        The report of a period that is over stays owed: the client had the contract in it.

        :param client: what is promised to this one alone
        """
        now = fields.Datetime.now()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "open")]
        domain += ["|", ("due_at", "=", False), *~over_domain(now)]
        domain += ["|", ("code", "!=", REPORT_DELIVERY), ("trigger_at", ">", now)]
        if codes is not None:
            domain.append(("code", "in", codes))
        if client is not None:
            domain.append(("partner_id", "=", client.id))
        domain.append(("code", "not in", keep))
        self.env["charter.obligation"].sudo().search(domain)._cancel(reason, withdrawn=True)

    # -- when a contract's term ends, and what is wrong with its dates (article 04) --------------------

    @api.depends(
        "charter_tier_id", "charter_year_end",
        *(f"contract_line_ids.{name}" for name in (
            "date_start", "date_end", "is_canceled", "is_auto_renew", "successor_contract_line_id", "display_type",
            "termination_notice_date", "charter_notice_given",
        )),
    )  # fmt: skip
    def _compute_charter_term(self):
        """Compute the current term, not the first: a line that was renewed by a successor no longer counts.

        A contract without end date goes on tacitly from one contract year to the next: its year is its term.
        """
        for contract in self:
            if contract.charter_tier_id and contract._charter_runs_on():
                contract.charter_term_end = contract._charter_current_year_end()
                contract.charter_auto_renew, contract.charter_notice_date = True, False
                continue
            lines = contract.contract_line_ids.filtered(
                lambda line: not (line.is_canceled or line.display_type or line.successor_contract_line_id)
            )
            renewing = lines.filtered(lambda line: line.is_auto_renew and line.date_end)
            ends = lines.filtered(lambda line: not line.charter_notice_given).mapped("date_end")
            if renewing:
                end = min(renewing.mapped("date_end"))
            else:
                end = max(ends) if ends and all(ends) else False
            notices = [
                day for line in renewing if line.date_end == end and (day := line.termination_notice_date)
            ]
            contract.charter_term_end = end
            contract.charter_auto_renew = bool(renewing)
            contract.charter_notice_date = min(notices, default=False)

    @api.depends(
        "charter_term_end", "date_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled"
    )
    @api.depends_context("lang")
    def _compute_charter_anniversary(self):
        for contract in self:
            today = (contract.company_id or self.env.company).sudo()._charter_today()
            first = contract._charter_first_day()
            if contract._charter_runs_on():
                contract.charter_anniversary = periods.anniversary_after(first, today)
                contract.charter_anniversary_source = self.env._(
                    "from the start of the contract; it has no end date"
                )
            elif contract.charter_term_end:
                contract.charter_anniversary = contract.charter_term_end + timedelta(days=1)
                contract.charter_anniversary_source = contract._charter_term_in_words()
            elif first and contract.date_end:
                contract.charter_anniversary = False
                contract.charter_anniversary_source = self.env._(
                    "none: notice was given, the contract ends on %s",
                    day_text(self.env, contract.date_end),
                )
            else:
                contract.charter_anniversary = False
                contract.charter_anniversary_source = self.env._(
                    "cannot be derived: no line of the contract has a start date"
                )

    @api.depends(
        "charter_tier_id", "charter_term_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled"
    )
    def _compute_charter_next_anniversary(self):
        for contract in self:
            today = (contract.company_id or self.env.company).sudo()._charter_today()
            ahead = [day for day in contract._charter_anniversaries(today, today) if day > today]
            contract.charter_next_anniversary = ahead[0] if ahead else False

    def _charter_anniversaries(self, since, today):
        """Return the days whose review is owed, of the contract years that end after ``since``, as far as the one ``today`` is in.

        Each year has one review (article 04), whatever the length of the term, as long as the contract is known to live
        until then: before the anniversary of the start, or before the end of the term where that comes shortly before.
        """
        self.ensure_one()
        first = self._charter_first_day()
        if not first:
            return []
        events = []
        anniversary = periods.anniversary_after(first, since)
        while event := self._charter_review_before(anniversary):
            events.append(event)
            if anniversary > today:
                break
            anniversary = periods.anniversary_after(first, anniversary)
        return events

    def _charter_review_before(self, anniversary):
        """Return the day before which the review of the year that ends with ``anniversary`` is held; None: it ends before."""
        last = self._charter_horizon()
        if last is None or anniversary <= last:
            return anniversary
        # A term that ends after the review is due has one with it, before the decision.
        serves = self.charter_auto_renew and anniversary - self._charter_review_lead() < last
        return last if serves else None

    def _charter_reviews_before(self, day):
        """Return whether a review before ``day`` is the one of its year. One that served the end of a term still is once the term
        was renewed."""
        anniversary = self._charter_year_of(day)
        expected = anniversary and self._charter_review_before(anniversary)
        return bool(expected) and (
            day == expected or (expected == anniversary and anniversary - self._charter_review_lead() < day)
        )

    def _charter_horizon(self):
        """Return the day after the last one this contract is known to run, None: it goes on.

        A term that renews for less than a year at a time goes on automatically; one of a year or more is known to be renewed
        only once it is.
        """
        self.ensure_one()
        lines = self.contract_line_ids.filtered(
            lambda line: line.date_start and not (line.is_canceled or line.display_type)
        )
        if not all(lines.mapped("date_end")) or any(line._charter_renews_within_the_year() for line in lines):
            return None
        return max(lines.mapped("date_end"), default=date.min) + timedelta(days=1)

    def _charter_review_of_term(self):
        """Return the anniversary at which the current term ends, or None: its review is the one before the decision."""
        self.ensure_one()
        if not self.charter_term_end:
            return None
        days = [self.charter_term_end + timedelta(days=n) for n in (1, 2)]
        return next((day for day in days if self._charter_reviews_before(day)), None)

    def _charter_serves_term(self, event):
        """Return whether the review of the anniversary ``event`` is the one before the decision on the current term.

        A term that began on 28 February, the anniversary of a 29th, ends a day before the anniversary of a leap year.
        """
        self.ensure_one()
        end = self.charter_term_end
        return bool(end) and timedelta() <= event - (end + timedelta(days=1)) <= timedelta(days=1)

    def _charter_term_in_words(self):
        self.ensure_one()
        ends = sorted(set(self._charter_renewing_lines().mapped("date_end")))
        if len(ends) < 2:
            return self.env._("from the end of the current term")
        return self.env._(
            "from the earliest of the lines that renew; they end on different dates: %s",
            ", ".join(day_text(self.env, day) for day in ends),
        )

    def _charter_renewing_lines(self):
        """Return the lines of the current terms that renew tacitly."""
        return self.contract_line_ids.filtered(
            lambda line: (
                line.is_auto_renew
                and line.date_end
                and not (line.is_canceled or line.display_type or line.successor_contract_line_id)
            )
        )

    @api.model
    def _charter_active_domain(self):
        """Return contracts under the charter that have not ended, by their company's own day. One whose renewal is held back has not."""
        running = Domain("date_end", "=", False) | self.env["res.company"]._charter_day_domain(
            "date_end", ">="
        )
        return [
            ("charter_tier_id", "!=", False),
            ("contract_type", "=", "sale"),
            *(running | Domain("charter_auto_renew", "=", True)),
        ]

    # -- defects ----------------------------------------------------------------------------------

    @api.depends("charter_tier_id", "charter_term_end", "contract_line_ids.date_start")
    @api.depends_context("lang")
    def _compute_charter_defect(self):
        """Say what is wrong with the dates of a contract, with the action that fixes it; empty when nothing is."""
        under = self.filtered("charter_tier_id")
        (self - under).charter_defect = False
        for contract in under:
            if not contract._charter_first_day() and not contract.charter_term_end:
                contract.charter_defect = self.env._(
                    "No annual due date: add a line with a start date to the contract, then its reviews are planned."
                )
            else:
                contract.charter_defect = False

    def _search_charter_defect(self, operator, value):
        """Search “has a defect” or “has none” only: the words themselves are not searched."""
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        under = self.search(Domain(self._charter_active_domain()))
        wrong = under.filtered(lambda contract: contract.charter_defect)
        return [("id", "not in", wrong.ids)]
