from datetime import date, datetime, timedelta

from odoo import Command

from .common import CharterCase


class YearCase(CharterCase):
    """A contract that renews tacitly, and clients who say what they think of us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["contract.contract"].search([("charter_tier_id", "!=", False)]).active = False

    def line(self, start, end, notice=1, **values):
        return {
            "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": start, "date_end": end,
            "recurring_rule_type": "monthly", "recurring_interval": 1, "recurring_next_date": start,
            "is_auto_renew": True, "auto_renew_interval": 1, "auto_renew_rule_type": "yearly",
            "termination_notice_interval": notice, "termination_notice_rule_type": "monthly",
            **values,
        }  # fmt: skip

    def renewing(self, partner, start="2026-03-01", end="2027-02-28", notice=1, tier=None):
        """A contract whose term ends on ``end`` and renews tacitly for a year."""
        with self.at():
            return self._contract(
                partner, tier, contract_line_ids=[Command.create(self.line(start, end, notice))]
            )

    def schedule(self, contracts):
        self.env["charter.scheduler"]._schedule(contracts)
        self.env.flush_all()

    def opened(self, contract=None):
        """The renewal of ``contract``, opened with its annual review."""
        contract = contract or self.renewing(self.client)
        with self.at(moment=datetime(2026, 12, 1, 9)):
            self.schedule(contract)
        return contract.charter_renewal_ids.filtered(lambda r: r.term_end == contract.charter_term_end)

    def allow(self, contract):
        renewal = self.opened(contract)
        with self.at(moment=datetime(2027, 1, 10, 9)):
            renewal.with_user(self.direction).action_decide()
            renewal.with_user(self.direction)._override("Both sides want to go on.")
        return renewal

    def say(self, contact, nps, days_ago=0):
        """``contact`` answers the 0–10 question, ``days_ago``."""
        feedback = self.env["charter.feedback"]._charter_engine().create(
            {
                "channel": "interview", "partner_id": contact.commercial_partner_id.id, "contact_id": contact.id,
                "company_id": self.company.id, "state": "sent",
            }
        )  # fmt: skip
        feedback._answer(rating=4, nps=nps)
        feedback.answered_at -= timedelta(days=days_ago)
        return feedback

    def standing(self):
        return self.env["charter.nps"]._standings(self.client, self.company)[self.client.id]

    def cron(self, day):
        """One run of contract_line_successor's own scheduled renewal on ``day``."""
        with self.at(moment=datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(hour=9)):
            self.env["contract.line"].cron_renew_contract_line()
            self.env.flush_all()
