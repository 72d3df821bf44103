"""Whose contract it is: the side of a client ends with its last day, and what it owes ends with it (article 01)."""

from datetime import timedelta

from odoo import fields, models

from ...tools.clock import Delay
from ...tools.occurrence import END, format_key, parse_key

REPORT = "report.delivery"


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _charter_clients_of(self):
        """{contract: its client now}, of those under the charter."""
        return {contract: contract.commercial_partner_id for contract in self if contract.charter_since}

    def _charter_moved(self, before):
        """These contracts may have passed to another customer: the side of the client before ends today, the new one's begins.

        The former client keeps what was done for it: its interventions, reports, reviews and answers stay its own. It has a
        last report of its own days. The new client starts with the charter, the contact sheet and its first promises.

        :param before: {contract: client before}
        """
        for contract, client in before.items():
            if contract.commercial_partner_id == client or not client:
                continue
            reason = self.env._("The contract passed to another customer.")
            contract._charter_end_side(client, reason)
            if contract.charter_tier_id:
                contract.sudo().with_context(tracking_disable=True).write(
                    {"charter_since": False, "charter_known_on": False}
                )
                contract._charter_begin()

    def _charter_leave(self, reason, keep=()):
        """These contracts are out of the charter; one that comes back counts from the day it does.

        :param keep: codes still owed as they are: a contract that came to its end owes the report of its last period
        """
        for contract in self:
            contract._charter_end_side(contract.commercial_partner_id, reason, keep)
        self.write({"charter_since": False})
        self.sudo().write({"charter_known_on": False})

    def _charter_end_side(self, client, reason, keep=()):
        """What this contract promised ``client`` and is not due yet ends today, with the reason; its last days are reported."""
        self.ensure_one()
        final = self.browse() if REPORT in keep else self
        running = final._charter_running_reports(client)
        self._charter_withdraw(reason, keep=keep, client=client)
        final._charter_owe_last_report(running)
        if self.commercial_partner_id != client:
            self._charter_end_late(client, reason)
        self._charter_side_ended(client, reason)
        others = self.env["contract.contract"].sudo()
        left = others.search_count(
            [
                *others._charter_active_domain(), ("commercial_partner_id", "=", client.id),
                ("company_id", "=", self.company_id.id), ("id", "!=", self.id),
            ], limit=1,
        )  # fmt: skip
        if not left and self.commercial_partner_id != client:
            owed = self.env["charter.obligation"].sudo().search(
                [
                    ("res_model", "=", "res.partner"), ("partner_id", "=", client.id),
                    ("company_id", "=", self.company_id.id), ("state", "=", "open"),
                ]
            )  # fmt: skip
            owed._cancel(reason, withdrawn=True)

    def _charter_side_ended(self, client, reason):
        """Hook: documents about this contract and ``client`` that are not finished end for ``reason``."""

    def _charter_end_late(self, client, reason):
        """What was late for a client the contract has left stays late, and is no longer to be done: nobody meets a former
        client under another one's contract. Its reports are owed all the same."""
        self.env["charter.obligation"].sudo().search(
            [
                ("res_model", "=", self._name), ("res_id", "in", self.ids), ("partner_id", "=", client.id),
                ("is_owed", "=", True), ("code", "!=", REPORT),
            ]
        )._cancel(reason)  # fmt: skip

    def _charter_running_reports(self, client):
        """Promises of a report to ``client`` whose period is not over today."""
        tomorrow = (
            self._charter_midnight(self.company_id._charter_today() + timedelta(days=1)) if self else None
        )
        return self.env["charter.obligation"].sudo().search(
            [
                ("res_model", "=", self._name), ("res_id", "in", self.ids), ("code", "=", REPORT),
                ("partner_id", "=", client.id), ("state", "=", "open"), ("trigger_at", ">", tomorrow),
            ]
        ) if self else self.env["charter.obligation"]  # fmt: skip

    def _charter_owe_last_report(self, running):
        """A report of the days up to today in the place of each of the ``running`` ones, due as long after its last day."""
        ledger = self.env["charter.obligation"].sudo()
        for row in running:
            today = self.company_id._charter_today()
            if self._charter_local_day(row.opened_at) >= today:
                continue  # not a whole day
            key = parse_key(row.occurrence)
            ledger._open(
                [
                    {
                        "code": REPORT, "res_model": self._name, "res_id": self.id, "partner_id": row.partner_id.id,
                        "contract_id": self.id, "company_id": self.company_id.id,
                        "occurrence": format_key(key.subject, END, again=key.again),
                        "at": self._charter_midnight(today + timedelta(days=1)), "opened_at": row.opened_at,
                        "delay": Delay(row.delay, row.unit, row.clock),
                    }
                ]
            )  # fmt: skip

    def _charter_withdraw(self, reason, codes=None, keep=(), client=None):
        """Recurring promises of these contracts (of ``codes``) that are not due yet are owed no more.

        The report of a period that is over stays owed: the client had the contract in it.

        :param client: what is promised to this one alone
        """
        now = fields.Datetime.now()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "open")]
        domain += ["|", ("due_at", "=", False), ("due_at", ">=", now)]
        domain += ["|", ("code", "!=", REPORT), ("trigger_at", ">", now)]
        if codes is not None:
            domain.append(("code", "in", codes))
        if client is not None:
            domain.append(("partner_id", "=", client.id))
        domain.append(("code", "not in", keep))
        self.env["charter.obligation"].sudo().search(domain)._cancel(reason, withdrawn=True)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """A contact that goes to another company takes its contracts there: they have another client from then on."""
        contracts = self.env["contract.contract"]
        if "tz" in vals:
            # A company without calendar has the days of its own contact.
            self.env.registry.clear_cache()
        if vals.keys() & {"parent_id", "is_company", "commercial_partner_id"}:
            contracts = contracts.sudo().search(
                [("partner_id", "child_of", self.ids), ("charter_since", "!=", False)]
            )
        before = contracts._charter_clients_of()
        result = super().write(vals)
        if before:
            contracts._charter_moved(before)
        return result
