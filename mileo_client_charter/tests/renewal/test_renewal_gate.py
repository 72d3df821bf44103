import io
from contextlib import ExitStack
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...controllers.renewals import write_workbook
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestRenewalGate(YearCase):
    def ends(self, *contracts):
        for contract in contracts:
            contract.invalidate_recordset()
        return [max(contract.contract_line_ids.mapped("date_end")) for contract in contracts]

    def test_the_scheduled_renewal(self):
        """Pass and override renew; fail, unknown and undecided do not, and hold up nobody."""
        names = ("pass", "fail", "unknown", "undecided", "override")
        contracts, contacts = {}, {}
        for name in names:
            client, contact, _other = self._client(f"Gate {name}")
            contracts[name], contacts[name] = self.renewing(client), contact
        free = self._contract(
            self._client("Free")[0],
            self.premium.browse(),
            contract_line_ids=[(0, 0, self.line("2026-03-01", "2027-02-28"))],
        )
        renewals = {name: self.opened(contract) for name, contract in contracts.items()}
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(contacts["pass"], 10)
            self.say(contacts["fail"], 2)
            for name in ("pass", "fail", "unknown", "override"):
                renewals[name].action_decide()
            renewals["override"].with_user(self.direction)._override("They asked us in writing.")
        self.cron("2027-01-28")
        kept, moved = date(2027, 2, 28), date(2028, 2, 29)
        self.assertEqual(
            dict(zip((*names, "free"), self.ends(*contracts.values(), free), strict=True)),
            {
                "pass": moved,
                "fail": kept,
                "unknown": kept,
                "undecided": kept,
                "override": moved,
                "free": moved,
            },
        )
        for name, renewal in renewals.items():
            renewal.invalidate_recordset()
            self.assertEqual(bool(renewal.held_since), name in ("fail", "unknown", "undecided"), name)
            self.assertEqual(renewal.state == "renewed", name in ("pass", "override"), name)

    def test_a_late_pass_renews_without_a_gap(self):
        contract = self.renewing(self.client)
        renewal = self.opened(contract)
        self.cron("2027-01-28")
        self.cron("2027-03-05")
        self.assertEqual(self.ends(contract), [date(2027, 2, 28)])
        with self.at(moment=datetime(2027, 3, 10, 9)):
            self.assertIn(
                contract, contract.search(contract._charter_active_domain()), "held back, not ended"
            )
            self.say(self.alice, 10)
            renewal.action_decide()
            self.assertTrue(self.promise(contract, "renewal.decision").missed, "late for good")
        self.company.create_new_line_at_contract_line_renew = True
        self.cron("2027-03-11")
        old, new = contract.contract_line_ids.sorted("date_start")
        self.assertEqual((old.date_end, new.date_start), (date(2027, 2, 28), date(2027, 3, 1)))

    def test_a_pass_is_for_its_term_only(self):
        contract = self.renewing(self.client)
        self.allow(contract)
        self.cron("2027-01-28")
        self.cron("2028-02-10")
        self.assertEqual(self.ends(contract), [date(2028, 2, 29)])

    def test_every_path_by_hand_is_refused(self):
        contract = self.renewing(self.client)
        self.opened(contract)
        line = contract.contract_line_ids
        values = self.line("2027-03-01", "2028-02-29")
        wizard = self.env["contract.line.wizard"]
        paths = {
            "button": line.renew,
            "contract": contract.contract_line_ids.renew,
            "remote call": lambda: line.with_context(charter_through=True).renew(),
            "wizard": lambda: wizard.create(
                {"contract_line_id": line.id, "date_start": "2027-03-01", "date_end": "2028-02-29"}
            ).plan_successor(),
            "edited": lambda: line.write({"date_end": "2028-02-29"}),
            "edited on the contract": lambda: contract.write(
                {"contract_line_ids": [(1, line.id, {"date_end": "2028-02-29"})]}
            ),
            "without end": lambda: line.write({"is_auto_renew": False, "date_end": False}),
            "added": lambda: contract.write({"contract_line_ids": [(0, 0, values)]}),
            "imported": lambda: self.import_line(contract, values),
        }
        for name, path in paths.items():
            with (
                self.subTest(name),
                self.at(moment=datetime(2027, 1, 10, 9)),
                self.assertRaises(UserError) as caught,
                self.env.cr.savepoint(),
            ):
                path()
            self.assertIn("article 04", str(caught.exception))
            self.assertIn("Decide it in", str(caught.exception), "the way out")
        self.assertEqual(self.ends(contract), [date(2027, 2, 28)])

    def import_line(self, contract, values):
        names = ["contract_id/.id", "name", "quantity", "date_start", "date_end"]
        result = self.env["contract.line"].load(
            names, [[str(contract.id), "Maintenance", "1", values["date_start"], values["date_end"]]]
        )
        if result["messages"]:
            raise UserError(result["messages"][0]["message"])

    def test_what_is_no_renewal_goes_on(self):
        contract = self.renewing(self.client)
        self.opened(contract)
        line = contract.contract_line_ids
        with self.at(moment=datetime(2027, 1, 10, 9)):
            line.write({"price_unit": 120})
            contract.recurring_create_invoice()
            self.assertTrue(contract._get_related_invoices(), "invoicing is never gated")
            line.stop(date(2027, 1, 31))
        self.assertEqual(self.ends(contract), [date(2027, 1, 31)])
        early = self.renewing(self._client("Early")[0])
        with self.at():
            early.contract_line_ids.write({"date_end": "2027-03-31"})  # a typing error, months ahead
        self.assertEqual(self.ends(early), [date(2027, 3, 31)])

    def test_statements_of_the_scheduled_renewal(self):
        """Three more than without tiers, whatever the number: judge, renew what passes, say what was held back."""

        def run(tier, count):
            contracts = self.env["contract.contract"]
            for n in range(count):
                partner = self.env["res.partner"].create(
                    {"name": f"Q {tier.name} {count} {n}", "is_company": True}
                )
                contracts |= self.renewing(partner, tier=tier)
            if tier:
                for contract in contracts:
                    self.allow(contract)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with ExitStack() as stack:
                if not tier:  # as if there were no gate
                    stack.enter_context(
                        patch.object(type(self.env["charter.renewal"]), "_judge_due", lambda self: self)
                    )
                    for name in ("_charter_hold_back", "_charter_mark_renewed"):
                        stack.enter_context(
                            patch.object(type(self.env["contract.line"]), name, lambda *_args: None)
                        )
                self.cron("2027-01-28")
            done = self.env.cr.sql_log_count - before
            self.assertEqual(set(self.ends(*contracts)), {date(2028, 2, 29)})
            return done

        none = self.premium.browse()
        for tier in (none, self.premium):
            run(tier, 3)
        for count in (5, 20):
            with self.subTest(count):
                plain, gated = run(none, count), run(self.premium, count)
                # The judgement in the act is one statement more, for any number.
                self.assertLessEqual(gated, plain + 3, f"{plain} without, {gated} with the gate")


@tagged("post_install", "-at_install")
class TestRenewalForecast(YearCase):
    def test_rows(self):
        contract = self.renewing(self.client)
        silent = self.renewing(self._client("Silent")[0], end="2027-06-30")
        later = self.renewing(self._client("Later")[0], end="2029-06-30")
        with self.at(moment=datetime(2027, 1, 10, 9)):
            self.say(self.alice, 2)
            self.escalate()
            rows = self.env["charter.renewal.forecast"].search([]).with_context(lang="en_US")
            self.assertEqual(rows.contract_id, contract | silent)
            self.assertNotIn(later, rows.contract_id)
            first, second = rows
            self.assertEqual(
                (first.verdict, first.nps, first.complaints, first.amount), ("fail", -100, 1, 1200.0)
            )
            self.assertIn("unresolved formal complaints: 1", first.missing)
            self.assertEqual((second.verdict, second.nps_text), ("unknown", "NPS unknown (n = 0)"))
            for row in rows:
                standing = self.env["charter.nps"]._standings(row.partner_id, self.company)[row.partner_id.id]
                self.assertEqual(row.verdict, standing.verdict, "SQL and Python say the same")

    def test_workbook(self):
        self.renewing(self.client)
        with self.at(moment=datetime(2027, 1, 10, 9)):
            out = io.BytesIO()
            write_workbook(out, self.env["charter.renewal.forecast"].with_context(lang="en_US")._xlsx_rows())
        sheet = openpyxl.load_workbook(out).active
        titles, row = [list(line) for line in sheet.iter_rows(values_only=True)]
        found = dict(zip(titles, row, strict=True))
        self.assertEqual((found["Client"], found["Renewal condition today"]), ("Alpine", "Unknown"))
        self.assertIsNone(found["NPS today"], "unknown is empty, not 0")
        self.assertEqual(found["A year at stake"], 1200)

    def test_statements_of_the_calendar(self):
        for n in range(20):
            self.renewing(self.env["res.partner"].create({"name": f"F{n}", "is_company": True}))
        with self.at(moment=datetime(2027, 1, 10, 9)):
            model = self.env["charter.renewal.forecast"]
            list(model._xlsx_rows())
            self.env.invalidate_all()
            with self.assertQueryCount(10):
                rows = list(model._xlsx_rows())
        self.assertEqual(len(rows), 21)
