from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..cases.common import CharterCase
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestOnboarding(CharterCase):
    """A database that had contracts before the charter: shown first, done then, told last."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self.env["contract.contract"].search([("charter_tier_id", "=", False)]).active = False
        self.seller = self._staff("t_seller", "group_charter_user")
        self.comfort = self.env.ref("mileo_client_charter.tier_comfort")

    def before(self, count, price=100, **values):
        """``count`` contracts without a tier, each of a client of its own, sold by ``seller``."""
        contracts = self.env["contract.contract"]
        for number in range(count):
            client, _one, _two = self._client(f"Old{number:02}", held=False)
            client.user_id = self.seller
            contracts |= self._contract(client, self.premium.browse(), end=False, **values)
        contracts.contract_line_ids.price_unit = price
        return contracts

    def onboarding(self, **values):
        return (
            self.env["charter.onboarding"]
            .with_user(self.operations)
            .create({"tier_id": self.comfort.id, "technical_contact_id": self.technician.id, **values})
        )

    def listed(self, **values):
        onboarding = self.onboarding(**values)
        onboarding.action_list()
        return onboarding

    def begun(self, **values):
        onboarding = self.listed(**values)
        onboarding.action_preview()
        self.go_on()
        onboarding.action_begin()
        self.go_on()
        return onboarding

    def go_on(self):
        with self.committing():
            self.env["charter.onboarding"]._cron_onboarding()

    def crons(self):
        """Everything that runs by itself."""
        with self.committing():
            self.env["charter.scheduler"]._cron_schedule()
            self.env["charter.contact.sheet"]._cron_contacts()
            self.env["charter.delivery.run"]._cron_delivery()
            self.env["charter.feedback"]._cron_feedback()
        self.tick()
        self.env.flush_all()

    def ledger(self, contracts):
        return self.env["charter.obligation"].search(
            [("partner_id", "in", contracts.commercial_partner_id.ids)]
        )

    def test_what_is_not_listed_is_said(self):
        """Nothing to list, no rule that gives a tier, an amount outside: each says why."""
        said = self.onboarding().action_list()
        self.assertIn("has a tier already", said["params"]["message"])
        self.before(2)
        onboarding = self.onboarding(tier_id=False)
        said = onboarding.action_list()
        self.assertEqual(onboarding.line_count, 0)
        self.assertEqual(
            said["params"]["message"], "Without a tier by any rule: 2. Give the tier of the others."
        )
        onboarding.write({"tier_id": self.comfort.id, "amount_from": 10_000_000})
        self.assertIn("Outside the amounts given: 2.", onboarding.action_list()["params"]["message"])
        onboarding.amount_from = 0
        self.assertIs(onboarding.action_list(), True)
        self.assertEqual(onboarding.line_count, 2)

    # -- the promise of a first activation --------------------------------------------------------

    def test_fifty_contracts_mail_nobody_before_they_are_released(self):
        contracts = self.before(50)
        mails = self.env["mail.mail"].sudo().search_count([])
        onboarding = self.begun()
        self.assertEqual((onboarding.state, onboarding.done_count), ("done", 50))
        self.assertEqual(contracts.charter_tier_id, self.comfort)
        for hours in (1, 25, 49):
            with self.at(hours=hours):
                self.crons()
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails, "nobody is mailed")
        self.assertEqual(onboarding.held_count, 200, "two documents to the two contacts of fifty clients")
        with self.at(hours=50):
            onboarding.action_release()
            self.crons()
            self.crons()
            sent = self.env["charter.delivery"].search([("run_id.onboarding_id", "=", onboarding.id)])
        self.assertEqual(set(sent.mapped("state")), {"queued"})
        self.assertEqual(len({(row.contact_id, row.kind) for row in sent}), 200)
        self.assertEqual(
            self.env["mail.mail"].sudo().search_count([("model", "=", "charter.delivery")])
            - self.env["charter.delivery"].search_count(
                [("mail_id", "!=", False), ("id", "not in", sent.ids)]
            ),
            200,
            "each once",
        )
        self.assertEqual(set(onboarding.run_ids.mapped("state")), {"done"})

    def test_the_preview_is_what_comes_and_leaves_nothing(self):
        contracts = self.before(3)
        onboarding = self.listed()
        onboarding.action_preview()
        self.assertEqual(onboarding.state, "ready")
        self.assertFalse(self.ledger(contracts))
        self.assertFalse(contracts.charter_tier_id)
        self.assertFalse(contracts.partner_id.charter_account_manager_id)
        self.assertFalse(onboarding.run_ids)
        announced = onboarding.line_ids[0].promises
        self.assertEqual(announced["charter.copy"], 1)
        self.assertEqual(
            onboarding.line_ids[0].mails,
            [
                [kind, f"{who}@old00.example.com"]
                for kind in ("charter", "contacts")
                for who in ("one", "two")
            ],
        )
        self.assertIn("Emails to clients: 12", onboarding.summary)
        onboarding.action_begin()
        for line in onboarding.line_ids:
            opened = self.ledger(line.contract_id)
            found = {}
            for promise in opened:
                found[promise.code] = found.get(promise.code, 0) + 1
            self.assertEqual(found, line.promises, line.partner_id.name)
        planned = self.env["charter.delivery"].search([("run_id.onboarding_id", "=", onboarding.id)])
        self.assertEqual(len(planned), 12)

    def test_nothing_begins_unseen(self):
        self.before(1)
        onboarding = self.listed()
        with self.assertRaisesRegex(UserError, "preview"):
            onboarding.action_begin()
        onboarding.action_preview()
        onboarding.line_ids.tier_id = self.premium
        self.assertEqual((onboarding.state, onboarding.line_ids.state), ("draft", "listed"))
        with self.assertRaisesRegex(UserError, "preview"):
            onboarding.action_begin()
        onboarding.action_preview()
        onboarding.hold = False
        self.assertEqual(onboarding.state, "draft")

    def test_without_hold_it_goes_the_ordinary_way(self):
        contracts = self.before(2)
        onboarding = self.begun(hold=False)
        self.assertFalse(onboarding.run_ids)
        self.crons()
        deliveries = self.env["charter.delivery"].search(
            [("partner_id", "in", contracts.commercial_partner_id.ids)]
        )
        self.assertEqual((len(deliveries), set(deliveries.mapped("state"))), (8, {"queued"}))

    def test_what_waits_on_a_held_client(self):
        """Absences, surveys and notices do not slip past the hold; they come after it."""
        contracts = self.before(1)
        contact = contracts.commercial_partner_id.child_ids[0]
        onboarding = self.begun()
        today = self.company._charter_today()
        self.env["charter.absence"].create(
            {"user_id": self.seller.id, "stand_in_id": self.manager.id, "date_from": today, "date_to": today}
        )
        intervention = self.env["charter.intervention"].create(
            {"name": "Camera", "partner_id": contracts.commercial_partner_id.id, "contact_ids": contact.ids}
        )
        intervention.action_close()
        with self.at(hours=5):
            self.env["charter.feedback"]._charter_engine().search(
                [("state", "=", "planned")]
            ).planned_at = datetime(2026, 10, 5, 9)
            self.crons()
            self.assertFalse(self.mails_to(contact))
            self.assertEqual(intervention.feedback_ids.state, "planned")
            onboarding.action_release()
            self.crons()
        self.assertEqual(intervention.feedback_ids.state, "sent")
        subjects = self.mails_to(contact).mapped("subject")
        self.assertEqual(len(subjects), 4, subjects)

    def test_a_legal_reminder_waits_too(self):
        client, one, _two = self._client("Renewing", held=False)
        client.charter_legal_reminder = True
        line = YearCase.line(self, "2026-02-01", "2027-01-31")
        contract = self._contract(client, self.premium.browse(), contract_line_ids=[Command.create(line)])
        onboarding = self.begun()
        renewal = contract.charter_renewal_ids
        self.assertTrue(renewal)
        self.crons()
        self.assertFalse(renewal.legal_told_at)
        self.assertFalse(self.mails_to(one))
        onboarding.action_release()
        self.crons()
        self.assertTrue(renewal.legal_told_at)

    # -- which, and to whom -----------------------------------------------------------------------

    def test_rules_and_filters(self):
        camera, alarm = self.env["product.product"].create([{"name": "Camera"}, {"name": "Alarm"}])
        big, small = self.before(2)
        big.contract_line_ids.write({"price_unit": 1000, "product_id": camera.id})
        small.contract_line_ids.product_id = alarm
        rules = [
            (0, 0, {"sequence": 1, "amount_from": 6000, "tier_id": self.premium.id}),
            (0, 0, {"sequence": 2, "product_ids": [(4, alarm.id)], "tier_id": self.comfort.id}),
        ]
        onboarding = self.listed(tier_id=False, rule_ids=rules)
        tiers = {line.contract_id: line.tier_id for line in onboarding.line_ids}
        self.assertEqual(tiers, {big: self.premium, small: self.comfort})
        self.assertEqual(onboarding.line_ids.mapped("amount"), [12000, 1200])
        self.assertEqual(self.listed(product_ids=camera.ids).line_ids.contract_id, big)
        self.assertEqual(self.listed(amount_to=5000).line_ids.contract_id, small)
        self.assertEqual(self.listed(amount_from=5000).line_ids.contract_id, big)
        small.commercial_partner_id.user_id = self.manager
        self.assertEqual(self.listed(salesperson_ids=self.manager.ids).line_ids.contract_id, small)
        self.assertFalse(self.listed(tier_id=False).line_ids, "no rule, no tier: left out")

    def test_salespeople_become_account_managers(self):
        first, second, third = self.before(3)
        second.commercial_partner_id.user_id = False
        second.user_id = self.manager
        third.commercial_partner_id.user_id = third.user_id = False
        onboarding = self.listed()
        found = {line.contract_id: line.account_manager_id for line in onboarding.line_ids}
        self.assertEqual(found, {first: self.seller, second: self.manager, third: self.env["res.users"]})
        onboarding.action_preview()
        onboarding.action_begin()
        self.assertEqual(first.partner_id.charter_account_manager_id, self.seller)
        self.assertEqual(first.partner_id.charter_technical_contact_id, self.technician)
        self.assertFalse(third.partner_id.charter_account_manager_id)

    def test_what_is_dead_is_not_proposed(self):
        """No line that runs, all of them cancelled, notes alone, an archived customer: none is work for a client."""
        lives, cancelled, notes, empty, gone, over = self.before(6)
        cancelled.contract_line_ids.write({"is_canceled": True})
        notes.contract_line_ids.unlink()
        notes.contract_line_ids = [Command.create({"name": "Part one", "display_type": "line_section"})]
        empty.contract_line_ids.unlink()
        gone.partner_id.active = False
        over.contract_line_ids.write({"date_end": "2026-09-30"})
        self.assertEqual(self.listed().line_ids.contract_id, lives)

    def test_nobody_who_cannot_answer_is_proposed(self):
        """Archived, of another company or a client: the next source that fits is taken, and what is missing is said."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        archived = self._staff("t_gone", "group_charter_user")
        stranger = self._staff(
            "t_stranger",
            "group_charter_user",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        first, second, third = self.before(3)
        first.partner_id.user_id, first.user_id = archived, self.seller
        second.partner_id.user_id, second.user_id = stranger, self.seller
        third.partner_id.user_id, third.user_id = stranger, archived
        third.partner_id.child_ids.email = False
        archived.active = False
        self.seller.partner_id.phone = False
        lines = {line.contract_id: line for line in self.listed(technical_contact_id=archived.id).line_ids}
        self.assertEqual(lines[first].account_manager_id, self.seller)
        self.assertEqual(lines[second].account_manager_id, self.seller)
        self.assertFalse(lines[third].account_manager_id)
        self.assertIn("t_seller has no phone or no email", lines[first].gaps)
        self.assertIn("Technical Contact: no one", lines[first].gaps)
        self.assertIn("Account Manager: no one", lines[third].gaps)
        self.assertIn("No contact of the client has an email address", lines[third].gaps)
        self.assertNotIn("email address", lines[first].gaps)

    def test_who_holds_a_role_stays(self):
        [contract] = self.before(1)
        self._assign("account_manager", self.manager, contract.commercial_partner_id)
        self.begun()
        self.assertEqual(contract.partner_id.charter_account_manager_id, self.manager)

    def test_a_client_has_one_account_manager(self):
        [contract] = self.before(1)
        self._contract(contract.partner_id, self.premium.browse(), end=False)
        onboarding = self.listed()
        onboarding.line_ids[0].account_manager_id = self.manager
        onboarding.action_preview()
        self.assertEqual(set(onboarding.line_ids.mapped("state")), {"refused"})
        self.assertIn("t_manager", onboarding.line_ids[0].message)
        with self.assertRaisesRegex(UserError, "Refused contracts: 2"):
            onboarding.action_begin()

    def test_one_refusal_holds_nobody_else_up(self):
        good, bad = self.before(2)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "t_stranger", company_id=elsewhere.id, company_ids=[(6, 0, elsewhere.ids)]
        )
        onboarding = self.listed()
        onboarding.line_ids.filtered(lambda line: line.contract_id == bad).account_manager_id = stranger
        onboarding.action_preview()
        self.assertEqual(
            {line.contract_id: line.state for line in onboarding.line_ids},
            {good: "previewed", bad: "refused"},
        )
        self.assertIn("t_stranger", onboarding.line_ids.filtered("message").message)
        onboarding.line_ids.filtered("message").unlink()
        onboarding.action_preview()
        onboarding.action_begin()
        self.assertTrue(good.charter_tier_id)
        self.assertFalse(bad.charter_tier_id)

    # -- from when, and in how many steps ---------------------------------------------------------

    def test_from_a_day_on(self):
        [contract] = self.before(1)
        onboarding = self.begun(date_from="2026-10-01")
        self.assertEqual(contract.charter_since, date(2026, 10, 1))
        self.assertFalse(self.ledger(contract).filtered(lambda promise: promise.state != "open"))
        self.assertEqual(onboarding.state, "done")

    def test_nothing_begins_late(self):
        """The reports of the first two quarters too: their days have gone by, so each is due on one that is possible."""
        [contract] = self.before(1)
        onboarding = self.begun(date_from="2026-01-01")
        self.assertGreaterEqual(onboarding.line_ids.promises["report.delivery"], 2)
        opened = self.ledger(contract)
        self.assertTrue(opened.filtered("due_at"))
        self.assertFalse(
            opened.filtered(lambda promise: promise.due_at and promise.due_at <= promise._charter_now())
        )

    def test_a_day_to_come(self):
        [contract] = self.before(1)
        onboarding = self.begun(date_from="2026-11-01")
        self.assertEqual(onboarding.state, "running")
        self.assertFalse(contract.charter_tier_id)
        with self.at(moment=datetime(2026, 11, 1, 9)):
            self.go_on()
        self.assertEqual((onboarding.state, contract.charter_since), ("done", date(2026, 11, 1)))

    def test_killed_between_batches_and_run_again(self):
        contracts = self.before(60)
        onboarding = self.listed()
        onboarding.action_preview()
        self.go_on()
        onboarding.action_begin()
        self.assertEqual((onboarding.state, onboarding.done_count), ("running", 50))
        self.assertEqual(onboarding.progress, 83)
        self.go_on()
        self.go_on()
        self.assertEqual((onboarding.state, onboarding.done_count), ("done", 60))
        promises = self.ledger(contracts).filtered(lambda promise: promise.code == "charter.copy")
        self.assertEqual(len(promises), 60)
        self.assertEqual(onboarding.held_count, 240)

    def test_done_is_closed(self):
        self.before(1)
        onboarding = self.begun()
        for change in (
            lambda: onboarding.write({"hold": False}),
            lambda: onboarding.line_ids.write({"tier_id": self.premium.id}),
            onboarding.line_ids.unlink,
            onboarding.action_list,
            onboarding.action_preview,
        ):
            with self.assertRaises(UserError):
                change()

    # -- who may ----------------------------------------------------------------------------------

    def test_who_may(self):
        onboarding = self.listed()
        for user in (self.manager, self._staff("t_other_company", "group_charter_monitoring")):
            with self.assertRaises(AccessError):
                onboarding.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.env["charter.onboarding"].with_user(user).create({"name": "Mine"})
        with self.assertRaises(AccessError):
            onboarding.state = "done"
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._staff(
            "t_elsewhere", "group_charter_admin", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        self.assertFalse(self.env["charter.onboarding"].with_user(other).search([("id", "=", onboarding.id)]))
