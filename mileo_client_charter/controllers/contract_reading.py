"""What a client reads of its contracts under the charter: what each gives, from when until when, and the last day to refuse."""

from datetime import timedelta

from odoo.fields import Domain

from ..models.base.charter_format import day_text
from .client_reading import ClientReading
from .common import DAY
from .together import Rows

# More than so many contracts are in the list of OCA's own page.
CONTRACTS = 12
CONTRACT_FIELDS = [
    "name",
    "charter_tier_id",
    "charter_term_end",
    "charter_notice_date",
    "charter_auto_renew",
    "charter_calendar_id",
    "charter_tier_before_id",
    "charter_tier_changed_on",
]
LINE_FIELDS = ["contract_id", "date_start", "is_canceled", "display_type"]


class ContractReading(ClientReading):
    def _ask_contracts(self):
        # Whether it may read the contract itself is the follower's matter; what the charter gives is the client's to know.
        contracts = self.env["contract.contract"].sudo()
        own = Domain(
            [
                ("commercial_partner_id", "=", self.client.id),
                ("company_id", "in", (False, self.company.id)),
                ("charter_tier_id", "!=", False),
            ]
        )
        order = "charter_term_end desc, id"
        return {"contracts": Rows(contracts, own, CONTRACT_FIELDS, order, CONTRACTS)}

    def _ask_contract_lines(self, contracts):
        """Return what is read of ``contracts``' lines, as their ``contract_line_ids`` has them."""
        lines = self.env["contract.line"].sudo().with_context(active_test=False)
        return {"contract_lines": Rows(lines, Domain("contract_id", "in", contracts.ids), LINE_FIELDS)}

    def contracts_home(self, rows, lines):
        """Return ``contracts`` in words, and ``contract_state``: none, before, running or after, of the best of them."""
        today = self.company._charter_today()
        lines_of = lines.grouped("contract_id")
        contracts = [self._contract(row, today, lines_of.get(row, lines.browse())) for row in rows]
        states = {one["state"] for one in contracts}
        return {
            "contracts": contracts,
            "contract_state": next((one for one in ("running", "before", "after") if one in states), "none"),
        }

    def _contract(self, row, today, lines):
        tier, levels = row.charter_tier_id.with_env(self.env)._charter_in_words()
        first = row._charter_first_day(lines)
        ended = bool(row.charter_term_end and row.charter_term_end < today and not row.charter_auto_renew)
        state = "before" if first and first > today else "after" if ended else "running"
        return {
            "name": row.name,
            "tier": tier,
            "levels": levels,
            "changed": row.charter_tier_changed_on
            and self.env._(
                "Until %(day)s its tier was %(tier)s.",
                day=day_text(self.env, row.charter_tier_changed_on, DAY),
                tier=row.charter_tier_before_id.with_env(self.env)._charter_in_words()[0],
            ),
            "state": state,
            "words": self._term_in_words(row, state, first, today),
        }

    def _term_in_words(self, row, state, first, today):
        end = day_text(self.env, row.charter_term_end, DAY)
        if state == "before":
            return self.env._(
                "It begins on %s; the first report comes after its first period.",
                day_text(self.env, first, DAY),
            )
        if state == "after":
            return self.env._(
                "It ended on %s. What we delivered to you stays here; no further report is due.", end
            )
        if not end:
            return self.env._("It runs without an end date.")
        if not row.charter_auto_renew:
            return self.env._("It runs until %s and is not renewed automatically.", end)
        last = row.charter_notice_date and row.charter_notice_date - timedelta(days=1)
        if not last:
            return self.env._(
                "It runs until %s, then renews if you are satisfied with us (article 04 of the charter).", end
            )
        if last < today:
            return self.env._(
                (
                    "It runs until %(end)s, then renews if you are satisfied with us (article 04 of the charter); the last day "
                    "to refuse was %(last)s."
                ),
                end=end,
                last=day_text(self.env, last, DAY),
            )
        return self.env._(
            (
                "It runs until %(end)s, then renews if you are satisfied with us (article 04 of the charter); the last day to "
                "refuse is %(last)s."
            ),
            end=end,
            last=day_text(self.env, last, DAY),
        )
