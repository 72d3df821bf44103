"""Contracts of all shapes, each under the charter from a day of its own, and the nights that follow."""

from datetime import date, datetime, timedelta

from odoo import Command

from ...tools.occurrence import parse_key
from .year import YearCase


class SentenceCase(YearCase):
    def made(self, start, end, since, notice=1, every=(1, "yearly"), partner=None, renews=True, **values):
        """A contract that came under the charter on ``since`` (a day, at noon UTC)."""
        every, rule = every
        line = self.line(start, end, notice, auto_renew_interval=every, auto_renew_rule_type=rule, **values)
        if not (end and renews):
            line["is_auto_renew"] = False
        with self.on(since):
            contract = self._contract(
                partner or self._client(f"S{start}{end}")[0], contract_line_ids=[Command.create(line)]
            )
            self.env.flush_all()
        return contract

    def on(self, day, hour=12):
        return self.at(
            moment=datetime.combine(date.fromisoformat(str(day)), datetime.min.time()) + timedelta(hours=hour)
        )

    def nightly(self, contract, *days):
        for day in days:
            with self.on(day, 1):
                self.schedule(contract)

    def due(self, contract, code="review.annual", **domain):
        """{the day a promise comes before: the local day it is due} of what is or was owed."""
        rows = self.promise(contract, code).filtered(lambda row: row.state != "cancelled")
        return {
            str(parse_key(row.occurrence).day): str(contract._charter_local_day(row.due_at)) for row in rows
        }

    def none_born_late(self, contract):
        rows = self.env["charter.obligation"].search([("contract_id", "=", contract.id)])
        self.assertFalse(
            [row for row in rows if row.due_at and row.due_at < row.opened_at], "opened already due"
        )
