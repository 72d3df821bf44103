"""The account team reads the contracts under the charter of its companies: all of them, whoever sold them, and no others."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..cases.reading import ReadingCase

TEAM = ("manager", "technician", "operations", "direction", "admin")


@tagged("post_install", "-at_install")
class TestReadingContracts(ReadingCase):
    @classmethod
    def _people_and_rows(cls):
        result = super()._people_and_rows()
        cls.users["technician"] = cls.technician
        cls.users["accountant"] = cls._staff("t_team_accountant", "group_charter_user")
        cls.users["accountant"].group_ids += cls.env.ref("account.group_account_invoice")
        cls.other = cls._contract(cls.client, tier=cls.env["charter.tier"], name="Not under the charter")
        cls.charter = cls.env["contract.contract"].union(
            *(cls.rows["contract.contract", label] for label in "abs")
        )
        cls.abroad = cls.rows["contract.contract", "c"]
        cls.all = (cls.charter | cls.other | cls.abroad).with_env(cls.env)
        return result

    def seen_by(self, role):
        """(contracts, contracts of the lines) that ``role`` reads."""
        contracts = self.as_user(role, self.env["contract.contract"]).search([("id", "in", self.all.ids)])
        lines = self.as_user(role, self.env["contract.line"]).search([("contract_id", "in", self.all.ids)])
        return set(contracts.ids), set(lines.sudo().contract_id.ids)

    def test_under_the_charter_and_nothing_more(self):
        charter = set(self.charter.ids)
        for role in TEAM:
            with self.subTest(role):
                self.assertEqual(self.seen_by(role), (charter, charter))
                for hidden in (
                    self.other,
                    self.abroad,
                    self.other.contract_line_ids,
                    self.abroad.contract_line_ids,
                ):
                    with self.assertRaises(AccessError):
                        self.as_user(role, hidden).read(["display_name"])
        self.assertEqual(self.seen_by("other"), (set(self.abroad.ids), set(self.abroad.ids)))

    def test_other_rights_are_added(self):
        everything = set((self.charter | self.other).ids)
        self.assertEqual(self.seen_by("accountant"), (everything, everything))

    def test_beside_an_app_that_leaves_salespeople_their_own(self):
        """As contract_sale does, by a rule of a group of its own."""
        sales = self.env["res.groups"].create({"name": "Sales"})
        model = self.env.ref("contract.model_contract_contract")
        self.env["ir.rule"].create(
            {
                "name": "Own contracts",
                "model_id": model.id,
                "groups": [Command.link(sales.id)],
                "domain_force": "['|', ('user_id', '=', user.id), ('user_id', '=', False)]",
            }
        )
        self.env["ir.model.access"].create(
            {"name": "Sales", "model_id": model.id, "group_id": sales.id, "perm_read": True}
        )
        seller = new_test_user(self.env, "t_seller", groups="base.group_user")
        self.users["seller"] = seller
        seller.group_ids += sales
        self.operations.group_ids += sales
        (self.charter | self.other).user_id = self.direction
        self.rows["contract.contract", "b"].user_id = seller
        charter = set(self.charter.ids)
        self.assertEqual(self.seen_by("operations"), (charter, charter))
        found = self.as_user("seller", self.env["contract.contract"]).search([("id", "in", self.all.ids)])
        self.assertEqual(found.ids, self.rows["contract.contract", "b"].ids)
        self.other.user_id = self.operations
        own = charter | set(self.other.ids)
        self.assertEqual(self.seen_by("operations"), (own, own))

    def test_operations_bring_contracts_under_the_charter_they_do_not_read_yet(self):
        """Their list shows them by name; the contract itself is theirs to read once it is under the charter."""
        with self.at():
            campaign = self.as_user("operations", self.env["charter.onboarding"]).create(
                {"name": "All", "tier_id": self.premium.id}
            )
            campaign.action_list()
            line = campaign.line_ids.filtered(lambda one: one.sudo().contract_id == self.other)
            self.assertEqual(len(line), 1)
            [shown] = line.web_read({"contract_id": {"fields": {"display_name": {}}}})
            self.assertEqual(shown["contract_id"]["display_name"], "Not under the charter")
            with self.assertRaises(AccessError):
                line.contract_id.read(["name"])
            line._charter_engine()._begin()
        self.assertTrue(line.contract_id.read(["name"]))
