"""Renewals: one for each contract and end of term, what is frozen with a decision, and by when it is due (article 04)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.clock import NoWorkingTime
from ...tools.codes import RENEWAL_DECISION, REVIEW_ANNUAL
from ...tools.occurrence import parse_key
from ..base.charter_format import day_text
from ..base.charter_words import Words, in_words, stored

_lt = LazyTranslate(__name__)

# A renewal is opened this long before its annual review is due or, with a long notice, before its lines renew.
REVIEW_LEAD_DAYS = 45
VERDICTS = [("pass", "Satisfied"), ("fail", "Not satisfied"), ("unknown", "Unknown")]
# States of a renewal: nothing is decided for good; it is over; or nothing waits for anybody in it.
UNDECIDED = ("open", "interview", "remediation")
CLOSED = ("renewed", "closed")
SETTLED = ("passed", *CLOSED)


class CharterRenewal(models.Model):
    """Whether a contract may renew when its term ends (article 04): one for each contract and end of term.

    Opened with the annual review. A decision freezes the verdict with its evidence. Only what is ``allowed`` renews.
    """

    _name = "charter.renewal"
    _description = "Renewal"
    _inherit = [
        "charter.keeping.mixin",
        "charter.engine.mixin",
        "charter.sealed.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "term_end, id"
    _charter_keeps = (RENEWAL_DECISION,)
    _charter_merge_rules = {"once_a_term": "refuse"}
    _charter_seal_when = "{row}.decided_at IS NOT NULL"
    _charter_seal_columns = (
        "company_id", "contract_id", "partner_id", "term_end", "state", "allowed", "verdict", "decided_at", "nps",
        "nps_answers", "nps_promoters", "nps_detractors", "nps_from", "nps_to", "nps_threshold", "complaint_count",
        "complaints", "overridden", "override_reason", "override_at", "renewed_at", "close_reason", "decided_by_charter",
        "earlier_decisions", "put_back_at", "override_remediation",
    )  # fmt: skip
    _charter_seal_label = "concat_ws(' ', {row}.term_end, {row}.verdict, {row}.state)"
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        charter_engine=True,
    )
    term_end = fields.Date("Contract end date", required=True, readonly=True, charter_engine=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        charter_engine=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, charter_engine=True)
    state = fields.Selection(
        [
            ("open", "To decide"),
            ("interview", "Interview first"),
            ("remediation", "Remediation"),
            ("passed", "Renewal allowed"),
            ("renewed", "Renewed"),
            ("closed", "Renewal closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        charter_engine=True,
        tracking=True,
    )
    allowed = fields.Boolean(
        "Renewal allowed", readonly=True, charter_engine=True, help="The contract renews only if this is set."
    )
    # The verdict, frozen by the decision
    verdict = fields.Selection(
        VERDICTS, "Renewal condition", readonly=True, charter_engine=True, tracking=True
    )
    decided_at = fields.Datetime(readonly=True, charter_engine=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, charter_engine=True)
    decided_by_charter = fields.Boolean(
        "Decided by the charter itself",
        readonly=True,
        charter_engine=True,
        help="No one had decided by the day the lines renew automatically, and the client met the "
        "condition that day; or the condition had changed when the contract was to renew.",
    )
    earlier_decisions = fields.Json(
        readonly=True,
        charter_engine=True,
        charter_json="verdicts, figures, users",
        help="What was decided before, each as it was known then.",
    )
    earlier_in_words = fields.Text("Decided before", compute="_compute_evidence")
    put_back_at = fields.Datetime(
        "Put back on",
        readonly=True,
        charter_engine=True,
        help="When the contract was to renew, the renewal condition was no longer what had been decided.",
    )
    nps = fields.Integer("NPS", readonly=True, charter_engine=True, aggregator=None)
    nps_answers = fields.Integer("Answers (n)", readonly=True, charter_engine=True, aggregator=None)
    nps_promoters = fields.Integer("Promoters", readonly=True, charter_engine=True)
    nps_detractors = fields.Integer("Detractors", readonly=True, charter_engine=True)
    nps_from = fields.Date("Answers since", readonly=True, charter_engine=True)
    nps_to = fields.Date("Answers until", readonly=True, charter_engine=True)
    nps_threshold = fields.Integer("NPS to exceed", readonly=True, charter_engine=True)
    complaint_count = fields.Integer("Unresolved complaints", readonly=True, charter_engine=True)
    complaints = fields.Char("Which complaints", readonly=True, charter_engine=True)
    nps_set_aside = fields.Json(
        readonly=True,
        charter_engine=True,
        charter_json="answers by number, users",
        help="Answers left out or corrected manually and escalations set aside, with who, when and why.",
    )
    set_aside_in_words = fields.Text("Changed or set aside manually", compute="_compute_evidence")
    evidence = fields.Char(compute="_compute_evidence")
    # General management
    overridden = fields.Boolean("Renewed by exception", readonly=True, charter_engine=True)
    override_reason = fields.Text(readonly=True, charter_engine=True)
    override_by_id = fields.Many2one("res.users", "Overridden by", readonly=True, charter_engine=True)
    override_at = fields.Datetime("Exception granted on", readonly=True, charter_engine=True)
    override_remediation = Words(
        "Remediation at that moment",
        readonly=True,
        charter_engine=True,
        help="How far the remediation had come when general management decided.",
    )
    # What happened
    held_since = fields.Datetime(
        readonly=True, charter_engine=True, help="First time the scheduled renewal passed this contract over."
    )
    renewed_at = fields.Datetime(readonly=True, charter_engine=True)
    close_reason = Words(readonly=True, charter_engine=True)
    remediation_ids = fields.One2many("charter.remediation", "renewal_id", "Remediations")
    review_ids = fields.One2many("charter.review", "renewal_id", "Reviews")
    # As it stands today, not frozen
    verdict_today = fields.Selection(VERDICTS, "Renewal condition today", compute="_compute_today")
    today_in_words = fields.Char("Unmet conditions", compute="_compute_today")
    nps_today = fields.Char("NPS today", compute="_compute_today")
    set_aside_today = fields.Text("Changed or set aside manually, as of today", compute="_compute_today")
    decide_by = fields.Datetime(compute="_compute_decide_by")

    _once_a_term = models.Constraint(
        "UNIQUE (contract_id, partner_id, term_end)", "This end of term has its renewal already."
    )
    _gate_idx = models.Index("(contract_id, term_end) WHERE allowed")

    @api.depends("contract_id", "term_end")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for renewal in self:
            renewal.display_name = (
                f"{renewal.contract_id.sudo().display_name} · {day_text(self.env, renewal.term_end)}"
            )

    @api.depends(
        "verdict",
        "nps",
        "nps_answers",
        "complaint_count",
        "nps_from",
        "nps_to",
        "nps_set_aside",
        "earlier_decisions",
    )
    @api.depends_context("lang")
    def _compute_evidence(self):
        for renewal in self:
            renewal.earlier_in_words = "\n".join(
                map(renewal._decision_in_words, renewal.earlier_decisions or ())
            )
            renewal.set_aside_in_words = self.env["charter.nps"]._set_aside_in_words(
                renewal.nps_set_aside, renewal.company_id.sudo()
            )
            if not renewal.verdict:
                renewal.evidence = False
                continue
            evidence = self.env._(
                "%(nps)s, answers from %(first)s to %(last)s; unresolved complaints: %(complaints)s",
                nps=renewal._nps_in_words(renewal.nps_answers and renewal.nps, renewal.nps_answers),
                first=day_text(self.env, renewal.nps_from),
                last=day_text(self.env, renewal.nps_to),
                complaints=renewal.complaint_count,
            )
            dismissed = [row for row in renewal.nps_set_aside or () if row["kind"] == "dismissed"]
            answers = len(renewal.nps_set_aside or ()) - len(dismissed)
            if answers:
                evidence = self.env._(
                    "%(evidence)s; answers left out or corrected manually: %(count)s",
                    evidence=evidence,
                    count=answers,
                )
            if dismissed:
                evidence = self.env._(
                    "%(evidence)s; escalations set aside: %(names)s",
                    evidence=evidence,
                    names=", ".join(row["before"] for row in dismissed),
                )
            renewal.evidence = evidence

    @api.model
    def _nps_in_words(self, score, answers):
        if not answers:
            return self.env._("NPS unknown (n = 0)")
        return self.env._("NPS %(score)s (n = %(n)s)", score=score, n=answers)

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_today(self):
        # A renewal that is decided keeps its frozen verdict: today's standing belongs to the next term.
        asked = self.filtered(lambda renewal: renewal.state not in CLOSED)
        standings, set_aside, with_them = asked._standing(), asked._set_aside(), {}
        for company, some in asked.grouped("company_id").items():
            if any(set_aside.get(renewal) for renewal in some):
                found = self.env["charter.nps"]._left_out_in_words(some.partner_id, company.sudo())
                with_them.update({(company, client): words for client, words in found.items()})
        for renewal in self:
            standing = standings.get(renewal)
            renewal.verdict_today = standing.verdict if standing else False
            renewal.nps_today = standing and renewal._nps_in_words(standing.score, standing.answers)
            renewal.today_in_words = standing and self.env["charter.nps"]._missing_in_words(standing)
            lines = self.env["charter.nps"]._set_aside_in_words(
                set_aside.get(renewal), renewal.company_id.sudo()
            )
            whole = with_them.get((renewal.company_id, renewal.partner_id.id))
            renewal.set_aside_today = f"{lines}\n{whole}" if whole else lines

    @api.depends("obligation_id")
    def _compute_decide_by(self):
        for renewal, promise in self._decision_promises().items():
            renewal.decide_by = promise.is_owed and promise.due_at

    def _decision_promises(self):
        """Return {renewal: the commitment in the ledger that asks for its decision}; empty where there is none."""
        return {renewal: renewal.sudo().obligation_id for renewal in self}

    def _standing(self):
        """Return {renewal: Standing of its client now}; one statement a company."""
        found = {}
        for company in self.company_id:
            renewals = self.filtered(lambda r, company=company: r.company_id == company)
            standings = self.env["charter.nps"]._standings(renewals.partner_id, company.sudo())
            found.update({renewal: standings[renewal.partner_id.id] for renewal in renewals})
        return found

    def _set_aside(self):
        """Return {renewal: what was changed manually in the answers of its client now}; one statement a company."""
        found = {}
        for company in self.company_id:
            renewals = self.filtered(lambda r, company=company: r.company_id == company)
            rows = self.env["charter.nps"]._set_aside(renewals.partner_id, company.sudo())
            found.update({renewal: rows[renewal.partner_id.id] for renewal in renewals})
        return found

    @api.model
    def _promises(self, owed):
        """Return {(contract id, client id, day after the end of the term): its ``renewal.decision``} of these rows."""
        return {
            (row.res_id, row.partner_id.id, parse_key(row.occurrence).day): row
            for row in owed
            if row.code == RENEWAL_DECISION
        }

    def _link_promises(self, owed):
        """Link these renewals to the decisions of ``owed``; one that was withdrawn and is owed again is another row."""
        promises = self._promises(owed)
        for renewal in self._charter_engine():
            key = (renewal.contract_id.id, renewal.partner_id.id, renewal.term_end + timedelta(days=1))
            if key in promises and renewal.obligation_id != promises[key]:
                renewal.obligation_id = promises[key]

    def message_post(self, **kwargs):
        # Odoo lets followers post; following grants nothing here.
        self.check_access("read")
        return super().message_post(**kwargs)

    # -- opening ----------------------------------------------------------------------------------

    @api.model
    def _open_due(self, contracts, owed=None):
        """Open the renewals of the terms whose annual review comes up, and close those whose term moved.

        :param owed: what these contracts owe of ``renewal.decision``, where it has been read already
        """
        owed = contracts._charter_owed(RENEWAL_DECISION) if owed is None else owed
        contracts = contracts.filtered("charter_tier_id")
        self._close_moved(contracts)
        contracts = contracts.filtered("charter_term_end")
        today = {company: company._charter_today() for company in contracts.company_id}
        dues = self._due_days(contracts)
        due = contracts.filtered(
            lambda c: (
                self._opening_day(c, dues[c]) <= today[c.company_id]
                and (c.charter_auto_renew or c.charter_term_end >= today[c.company_id])
            )
        )
        there = self.sudo().search_fetch(
            [("contract_id", "in", contracts.ids)], ["contract_id", "partner_id", "term_end", "obligation_id"]
        )
        there._link_promises(owed)
        known = {(renewal.contract_id.id, renewal.partner_id.id, renewal.term_end) for renewal in there}
        fresh = due.filtered(lambda c: (c.id, c.commercial_partner_id.id, c.charter_term_end) not in known)
        promises = self._promises(owed)
        return self._charter_engine().create(
            [self._opening_values(contract, contract.charter_term_end, promises) for contract in fresh]
        )

    @api.model
    def _opening_values(self, contract, term_end, promises):
        client = contract.commercial_partner_id
        promise = promises.get((contract.id, client.id, term_end + timedelta(days=1)))
        return {
            "contract_id": contract.id,
            "term_end": term_end,
            "partner_id": client.id,
            "company_id": contract.company_id.id,
            "obligation_id": promise and promise.id,
        }

    @api.model
    def _charter_new(self, contract, term_end):
        """Return the renewal of a term, opened before its time; the engine's."""
        promises = self._promises(contract._charter_owed(RENEWAL_DECISION))
        return self._charter_engine().create(self._opening_values(contract, term_end, promises))

    @api.model
    def _due_days(self, contracts):
        """Return {contract: days by which the review before the end of its term, and the decision on it, are due}, by the charter
        in force and the contract's own notice; a promise the charter does not make is left out."""
        scheduler, ledger = self.env["charter.scheduler"], self.env["charter.obligation"]
        delays = {REVIEW_ANNUAL: scheduler._review_delay, RENEWAL_DECISION: scheduler._decision_delay}
        in_force = self.env["charter.document"]._commitments_in_force(contracts.company_id.ids, list(delays))
        asked = [
            (contract, in_force[contract.company_id.id, code], day)
            for contract in contracts
            for code, day in (
                (REVIEW_ANNUAL, contract._charter_review_of_term()),
                (RENEWAL_DECISION, contract.charter_term_end + timedelta(days=1)),
            )
            if day and (contract.company_id.id, code) in in_force
        ]
        moments = ledger._due_moments(
            [
                (
                    {"contract_id": contract.id, "company_id": contract.company_id.id},
                    contract._charter_midnight(day),
                    delays[commitment.code](contract, day, commitment) or commitment._delay(),
                    commitment.anchor,
                )
                for contract, commitment, day in asked
            ]
        )
        found = {contract: [] for contract in contracts}
        for (contract, _commitment, _day), moment in zip(asked, moments, strict=True):
            if not isinstance(moment, NoWorkingTime):
                found[contract].append(contract._charter_local_day(moment))
        return found

    @api.model
    def _opening_day(self, contract, dues):
        """Return the day the renewal of the current term is opened: its review and its decision are still ahead.

        :param dues: as ``_due_days`` has them for the contract
        """
        ahead = [contract.charter_term_end, contract.charter_notice_date, *dues]
        return min(filter(None, ahead)) - timedelta(days=REVIEW_LEAD_DAYS)

    @api.model
    def _close_moved(self, contracts):
        """Close the renewals of a term that no longer ends on their day, and reopen those of one that does again."""
        renewals = self.sudo().search(
            Domain("contract_id", "in", contracts.ids) & Domain("state", "!=", "renewed")
        )
        # Of a customer the contract has left, a renewal stays closed.
        renewals = renewals.filtered(lambda r: r.partner_id == r.contract_id.commercial_partner_id)
        moved = renewals.filtered(lambda r: r.term_end != r.contract_id.charter_term_end)
        closing = moved.filtered(lambda r: r.state != "closed")
        ended = closing.filtered(lambda r: not r.contract_id.charter_term_end)
        ended._close(_lt("Notice was given: the contract ends, and nothing is to be renewed."))
        (closing - ended)._close(_lt("The term no longer ends on that day."))
        (renewals - moved).filtered(lambda r: r.state == "closed")._reopen(
            _lt("The term ends on that day again.")
        )

    def _close(self, reason):
        self.remediation_ids._give_up(reason)
        self.env["mail.activity"]._charter_close(self)
        self._charter_engine().write({"state": "closed", "close_reason": reason, "allowed": False})

    def _reopen(self, reason):
        """Open the verdict again; what was decided before stays in the history of the record."""
        for renewal in self._charter_engine():
            renewal.write({"state": "open", "close_reason": False, "allowed": False})
            renewal.message_post(body=in_words(renewal._charter_for_staff().env, stored(reason)))
