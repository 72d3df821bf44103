from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...tools import health
from ..cases.year import YearCase


@tagged("post_install", "-at_install")
class TestHealth(YearCase):
    """How a client fares, and why: in words, from the facts of the companies one works in."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self._contract(self.client, end="2028-02-28")

    def health(self, client=None, **context):
        self.env.invalidate_all()
        rows = self.env["charter.health"].with_context(**context)
        return rows.search([("partner_id", "=", (client or self.client).id)])

    def reasons(self, client=None):
        return self.health(client).reasons.splitlines()

    def satisfied(self):
        self.say(self.alice, 10)

    def test_well(self):
        self.satisfied()
        self.assertEqual((self.health().level, self.reasons()), ("good", []))

    def test_silence_is_said_to_be_silence(self):
        row = self.health()
        self.assertEqual((row.level, self.reasons()), ("watch", ["NPS unknown: no answer yet"]))
        self.assertEqual((row.answers, row._facts().nps), (0, None))

    def test_a_low_nps(self):
        self.say(self.alice, 7)
        self.assertEqual(self.reasons(), ["NPS 0 (n = 1), above 0 is needed"])
        self.assertEqual(self.health().level, "trouble")

    def test_late_and_still_owed(self):
        self.satisfied()
        promise = self.client._charter_open("feedback.callback", occurrence="one")
        with self.at(hours=49):
            self.tick()
            self.assertEqual(self.reasons(), ["a commitment is overdue, due on 10/07/2026"])
            self.assertEqual(self.health().level, "trouble")
            promise._fulfil("called")
            self.assertEqual(self.reasons(), ["a commitment met late in the last 90 days"])
            self.assertEqual(self.health().level, "watch")
        with self.at(hours=49 + 24 * 91):
            self.assertEqual(self.reasons(), [])

    def test_escalations(self):
        self.satisfied()
        escalation = self.escalate()
        self.assertEqual(self.reasons(), ["an escalation waits for our answer"])
        self.assertEqual(self.health().level, "trouble")
        self.answer(escalation, self.operations)
        self.assertEqual(self.reasons(), ["a complaint is answered and not resolved"])
        self.assertEqual(self.health().level, "watch")

    def test_a_poor_mark(self):
        self.satisfied()
        self.negative(self.adam)
        self.assertIn("a low rating is not followed up to the end", self.reasons())

    def test_a_vacant_role(self):
        lone, _one, _two = self._client("Lonely", held=False)
        self._contract(lone, end="2028-02-28")
        self.assertEqual(self.reasons(lone)[0], "vacant role: account manager, technical contact")
        self.assertEqual(self.health(lone).level, "trouble")

    def test_a_renewal_ahead(self):
        other, one, _two = self._client("Renewing")
        self._contract(other, end="2027-02-28")
        self.assertIn(
            "the contract that ends on 02/28/2027 cannot be decided: no answer yet", self.reasons(other)
        )
        self.say(one, 3)
        self.assertIn("the contract that ends on 02/28/2027 would not be renewed today", self.reasons(other))
        self.assertEqual(self.health(other).level, "trouble")
        # Far away, it is no matter of today.
        self.assertNotIn("term", "".join(self.reasons()))

    def test_the_statement_says_what_the_rules_say(self):
        self.negative()
        self.escalate(self.adam)
        for number in range(4):
            client, one, _two = self._client(f"Client {number}", held=number % 2)
            self._contract(client, end="2027-02-28" if number > 1 else "2028-02-28")
            if number % 3:
                self.say(one, 10 if number == 1 else 2)
        with self.at(hours=100):
            self.tick()
            self.env.invalidate_all()
            rows = self.env["charter.health"].search([])
            self.assertGreaterEqual(len(rows), 5)
            for row in rows:
                self.assertEqual(row.level, health.level(row._facts()), row.partner_id.name)
            self.assertEqual({row.level for row in rows} & {"trouble", "watch"}, {"trouble", "watch"})

    def test_queries_do_not_grow_with_the_clients(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.env["charter.health"].with_user(self.operations).search([])
            rows.mapped("reasons")
            return self.env.cr.sql_log_count - before

        cost()
        few = cost()
        for number in range(30):
            self._contract(self._client(f"Client {number}")[0], end="2028-02-28")
        cost()
        self.assertLessEqual(cost(), few)
        self.assertLessEqual(few, 5)

    def test_on_the_client(self):
        self.say(self.alice, 2)
        for partner in (self.client, self.alice):
            partner.invalidate_recordset()
            self.assertEqual(partner.charter_health, "trouble")
            self.assertIn("NPS -100", partner.charter_health_reasons)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertFalse(stranger.charter_health)
        search = self.env["res.partner"].search
        self.assertIn(self.client, search([("charter_health", "=", "trouble")]))
        self.assertNotIn(self.client, search([("charter_health", "!=", "trouble")]))
        self.assertIn(stranger, search([("charter_health", "=", False)]))
        self.assertNotIn(stranger, search([("charter_health", "!=", False)]))

    def test_only_the_companies_one_works_in(self):
        self.satisfied()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.document.copy({"company_id": other.id}).action_publish()
        self._contract(self.client, company_id=other.id, end="2028-02-28")
        self.env.user.company_ids += other
        here, both = [self.company.id], [self.company.id, other.id]
        self.assertEqual(self.health(allowed_company_ids=here).level, "good")
        rows = self.health(allowed_company_ids=both)
        self.assertEqual(
            dict(zip(rows.company_id.ids, rows.mapped("level"), strict=True)),
            {other.id: "trouble", self.company.id: "good"},
        )
        client = self.client.with_context(allowed_company_ids=both)
        self.assertEqual(client.charter_health, "trouble")
        self.assertTrue(client.charter_health_reasons.startswith("Elsewhere: vacant role"))
        self.assertEqual(self.client.with_context(allowed_company_ids=here).charter_health, "good")
        # A user of one company alone reads its facts alone, whatever the context says.
        self.assertFalse(
            self.env["charter.health"].with_user(self.manager).search([("company_id", "=", other.id)])
        )

    def test_who_reads_it(self):
        self.assertTrue(self.env["charter.health"].with_user(self.manager).search([]))
        employee = self._staff("t_nobody", "group_charter_monitoring")
        with self.assertRaises(AccessError):
            self.env["charter.health"].with_user(employee).search([])
        with self.assertRaises(AccessError):
            self.client.with_user(employee).read(["charter_health"])
