"""Contracts and renewals: copies, contracts that leave the charter and come back, terms prolonged manually, a change of
customer.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..base.charter_format import day_text
from ..base.charter_words import in_words, stored
from .charter_renewal import CLOSED, UNDECIDED
from .contract_line import CORRECTION_DAYS

_lt = LazyTranslate(__name__)


class ContractContract(models.Model):
    _inherit = "contract.contract"

    charter_copied_from_id = fields.Many2one(
        "contract.contract",
        "Copy of",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="While the renewal of that contract waits, a copy for the same client does not run past its term either.",
    )
    charter_left_term_end = fields.Date(
        "Contract end date when it left the charter",
        readonly=True,
        copy=False,
    )

    charter_renewal_ids = fields.One2many(
        "charter.renewal",
        "contract_id",
        "Renewals",
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )
    charter_override_ids = fields.One2many(
        "charter.renewal",
        "contract_id",
        "Renewed by exception",
        readonly=True,
        domain=[("overridden", "=", True)],
        groups="mileo_client_charter.group_charter_user",
    )

    def _charter_gated(self):
        """Return {contract of ``self`` the gate holds: it, and the contracts of the same client it is a copy of}."""
        found = {}
        for contract in self:
            family, source = contract, contract.sudo().charter_copied_from_id
            while (
                source
                and source not in family
                and source.commercial_partner_id == contract.commercial_partner_id
            ):
                family |= source
                source = source.charter_copied_from_id
            under = family.filtered("charter_tier_id")
            if under:
                found[contract] = under
        return found

    def _charter_is_new(self):
        """Return whether the contract was entered so lately that its dates may be corrected."""
        self.ensure_one()
        return self.create_date > fields.Datetime.now() - timedelta(days=CORRECTION_DAYS)

    def _charter_settled_until(self):
        renewed = (
            self.env["charter.renewal"]
            .sudo()
            .search(
                [
                    ("contract_id", "in", self.ids),
                    ("partner_id", "=", self.commercial_partner_id.id),
                    ("state", "=", "renewed"),
                ],
                order="term_end desc",
                limit=1,
            )
            if self.ids
            else self.env["charter.renewal"]
        )
        return renewed.term_end or super()._charter_settled_until()

    def copy(self, default=None):
        copies = super().copy(default)
        for source, new in zip(self, copies, strict=True):
            if source.charter_tier_id:
                source.sudo()._charter_record_copy(new)
        return copies

    def copy_data(self, default=None):
        found = super().copy_data(default)
        for source, values in zip(self, found, strict=True):
            if source.charter_tier_id:
                values["charter_copied_from_id"] = source.id
        return found

    def _charter_record_copy(self, new):
        waiting = self.env["charter.renewal"].search(
            [("contract_id", "=", self.id), ("state", "in", UNDECIDED)], limit=1
        )
        if waiting:
            self.message_post(
                body=self._charter_for_staff().env._(
                    "Copied to %s while its renewal waits for its decision.", new.display_name
                )
            )

    def write(self, vals):
        leaving = self.browse()
        if "charter_tier_id" in vals and not vals["charter_tier_id"]:
            leaving = self.filtered("charter_tier_id")
            leaving._charter_check_may_leave()
        joining = (
            self.filtered(lambda c: not c.charter_tier_id and c.charter_left_term_end)
            if vals.get("charter_tier_id")
            else self.browse()
        )
        left = {contract: contract.charter_term_end for contract in leaving}
        result = super().write(vals)
        for contract, end in left.items():
            contract.sudo().charter_left_term_end = end
        for contract in joining:
            contract._charter_record_return()
        return result

    def _charter_check_may_leave(self):
        """:raise UserError: the renewal of one of these waits: it would renew unjudged"""
        waiting = (
            self.env["charter.renewal"]
            .sudo()
            .search([("contract_id", "in", self.ids), ("state", "in", UNDECIDED)], limit=1)
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Tier: %(contract)s cannot leave the charter while the renewal of its term (%(day)s) "
                    "waits for its decision (article 04). Decide it first in Client Charter ‣ Reviews and renewals ‣ "
                    "Renewals; general management may renew by exception, with a written reason; or stop the "
                    "contract's lines.",
                    contract=waiting.contract_id.display_name,
                    day=day_text(self.env, waiting.term_end),
                )
            )

    def _charter_record_return(self):
        """Record a term that was prolonged while the contract was out of the charter as what it is."""
        self.ensure_one()
        end, now = self.charter_left_term_end, self.charter_term_end
        self.sudo().charter_left_term_end = False
        if now and now <= end:
            return
        reason = _lt(
            "Renewed outside the charter: when it left, its term ended on %(before)s; it is back, and ends on %(after)s. "
            "By %(user)s.",
            before=end,
            after=now or _lt("no day"),
            user=self.env.user.partner_id,
        )
        renewals = self.env["charter.renewal"]
        present = renewals.sudo().search([("contract_id", "=", self.id), ("term_end", "=", end)])
        if present.state == "renewed":
            return
        (present._charter_engine() or renewals._charter_new(self, end)).write(
            {"state": "closed", "allowed": False, "close_reason": reason}
        )
        self.sudo().message_post(body=in_words(self._charter_for_staff().env, stored(reason)))

    def _charter_record_extension(self, day, line, end):
        """Record ``line``, made to run past ``day``, the end of a term, as the renewal it is, judged.

        :raise UserError: the client is not satisfied today
        """
        self.ensure_one()
        renewals = self.env["charter.renewal"]
        present = renewals.sudo().search([("contract_id", "=", self.id), ("term_end", "=", day)])
        if not present.allowed:
            standing = self.env["charter.nps"]._standings(self.commercial_partner_id, self.company_id.sudo())[
                self.commercial_partner_id.id
            ]
            if standing.verdict != "pass":
                line._charter_refuse_renewal(self, renewals)
            present = present._charter_engine() or renewals._charter_new(self, day)
            present._record_verdicts({present: standing}, self.env)
        env = self._charter_for_staff().env
        words = env._(
            "%(line)s, which ended on %(before)s, was made to run until %(after)s: recorded as the renewal of the term.",
            line=line.name,
            before=day_text(env, line.date_end),
            after=day_text(env, end) if end else env._("no day"),
        )
        present._charter_engine().write(
            {"state": "renewed", "renewed_at": fields.Datetime.now(), "close_reason": False}
        )
        present.with_env(self.env).sudo().message_post(body=words)
        self.sudo().message_post(body=words)

    def _charter_record_correction(self, line, end):
        """Say on the contract, and on a decision that was open, that a line entered lately was corrected: no renewal is counted."""
        self.ensure_one()
        env = self._charter_for_staff().env
        words = env._(
            "%(line)s, which was to end on %(before)s, now ends on %(after)s. It was entered less than %(days)s days ago: recorded as the "
            "correction of an entry, not as a renewal. Outstanding commitments follow the new date.",
            line=line.name,
            before=day_text(env, line.date_end),
            after=day_text(env, end) if end else env._("no day"),
            days=CORRECTION_DAYS,
        )
        for renewal in self.charter_renewal_ids.filtered(lambda one: one.state in UNDECIDED):
            renewal.with_env(self.env).sudo().message_post(body=words)
        self.sudo().message_post(body=words)

    def action_charter_open_renewal(self):
        """Open the renewal of the current term now, before its time: to decide it early."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("mileo_client_charter.group_charter_user"):
            raise UserError(self.env._("Only the account team opens renewals."))
        if not (self.charter_tier_id and self.charter_term_end):
            raise UserError(
                self.env._(
                    "%s: it has no contract end date, or no tier; there is nothing to renew.",
                    self.display_name,
                )
            )
        renewals = self.env["charter.renewal"]
        present = renewals.sudo().search(
            [("contract_id", "=", self.id), ("term_end", "=", self.charter_term_end)]
        ) or renewals._charter_new(self, self.charter_term_end)
        return {
            "type": "ir.actions.act_window",
            "res_model": present._name,
            "res_id": present.id,
            "views": [(False, "form")],
        }

    # -- what ends with a client's side of a contract --------------------------------------------------

    def _charter_side_ended(self, client, reason):  # pylint: disable=missing-return
        super()._charter_side_ended(client, reason)
        of_client = [("contract_id", "in", self.ids), ("partner_id", "=", client.id)]
        renewals = self.env["charter.renewal"].sudo().search([*of_client, ("state", "not in", CLOSED)])
        if renewals:
            renewals._close(reason)
        meetings = (
            self.env["charter.review"].sudo().search([*of_client, ("state", "in", ("draft", "planned"))])
        )
        for meeting in meetings:
            meeting.action_cancel()
