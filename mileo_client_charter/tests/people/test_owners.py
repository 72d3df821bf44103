"""Who owns a promise follows from who holds its role: for any roles, absences and people, and at once for one client."""

import random
from datetime import timedelta

from ...models.charter.charter_commitment import COMPANY_ROLES, ROLES
from ..cases.common import START, CharterCase

CLIENT_ROLES = [role for role, _label in ROLES if role not in COMPANY_ROLES]


def noting(asked):
    """Return what stands for ``_align_owners`` and only notes for which clients it was asked."""

    def align(_rows, _company, clients=None):
        asked.append(clients)

    return align


class TestOwners(CharterCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM charter_absence")
        self.contracts = self.env["contract.contract"]
        with self.at(0):
            for number in range(6):
                client, *_contacts = self._client(f"Client {number}")
                self.contracts += self._contract(client)

    def held(self):
        """{id of a promise still owed: its owner}, of these clients."""
        rows = self.env["charter.obligation"].search([("partner_id", "in", self.contracts.partner_id.ids)])
        return {row.id: row.user_id.id for row in rows if row.is_owed}

    def right(self, before):
        """The same by asking who holds the role of each promise, one by one; where nobody does, its owner keeps it."""
        holders = self.env["charter.assignment"]._holders
        found = {}
        for row in self.env["charter.obligation"].browse(before):
            key = (row.company_id.id, row.role, row.partner_id.id)
            found[row.id] = holders({key}).get(key, before[row.id])
        return found

    def test_the_answer_of_one_statement_is_that_of_each_promise(self):
        chance = random.Random(19)
        people = self.manager | self.technician | self.operations | self.direction
        moved = 0
        for turn in range(12):
            for contract in self.contracts:
                for role in CLIENT_ROLES:
                    if chance.random() < 0.5:
                        self.env.cr.execute(
                            "DELETE FROM charter_assignment WHERE partner_id = %s AND role = %s",
                            [contract.partner_id.id, role],
                        )
                    for kind in chance.sample(["principal", "stand_in", "stand_in"], chance.randrange(3)):
                        first = START.date() + timedelta(days=chance.randrange(-40, 40))
                        self.env.cr.execute(
                            """INSERT INTO charter_assignment (company_id, role, partner_id, user_id, kind, active, date_from, date_to)
                               VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
                            [
                                self.company.id, role, contract.partner_id.id, chance.choice(people).id, kind,
                                chance.random() < 0.9, first, chance.choice([None, first + timedelta(days=chance.randrange(60))]),
                            ],
                        )  # fmt: skip
            # Whoever holds a role is never archived by hand: of those that a script has archived, the next in turn answers.
            self.env.cr.execute(
                "UPDATE res_users SET active = %s WHERE id = %s", [turn % 3 != 0, self.technician.id]
            )
            self.env.invalidate_all()
            with self.subTest(turn=turn), self.at(1):
                before = self.held()
                right = self.right(before)
                clients = chance.choice([None, [self.contracts[0].partner_id.id]])
                self.env["charter.obligation"]._align_owners(self.company, clients)
                self.env.invalidate_all()
                mine = self.env["charter.obligation"].browse(before)
                if clients:
                    mine = mine.filtered_domain([("partner_id", "in", clients)])
                self.assertEqual(
                    self.held(), {row: right[row] if row in mine.ids else before[row] for row in before}
                )
                moved += sum(before[row] != right[row] for row in mine.ids)
        self.assertGreater(moved, 50)

    def test_one_client_s_new_manager_looks_at_that_client_alone(self):
        """Found by measuring: every promise of the company was looked at, 4 s of 130,000."""
        client = self.contracts[0].partner_id
        for partner, clients in ((client, {client.id}), (self.env["res.partner"], None)):
            asked = []
            self.patch(self.registry["charter.obligation"], "_align_owners", noting(asked))
            role, user = (
                ("account_manager", self.technician) if partner else ("operations_manager", self.admin)
            )
            with self.subTest(partner=partner), self.at(26):
                self.env["charter.assignment"]._assign(partner, role, user, self.company)
                self.assertTrue(asked)
                self.assertEqual(asked, [clients] * len(asked))
