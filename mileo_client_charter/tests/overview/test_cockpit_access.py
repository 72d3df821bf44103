from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..cases.access import LADDER, OUTSIDERS, AccessCase

# As in test_access: which rows each role sees. Clients have pages of their own and read none of these.
READ = """
charter.health      -  abs  -  -  -  -  -  c  -
charter.scorecard   -  abs  -  -  -  -  -  c  -
charter.nps.answer  -  abs  -  -  -  -  -  c  -
"""
CAMPAIGN = ("charter.onboarding", "charter.onboarding.rule", "charter.onboarding.line")


@tagged("post_install", "-at_install")
class TestCockpitAccess(AccessCase):
    @classmethod
    def _rows_of_client(cls, label, contact, company):
        result = super()._rows_of_client(label, contact, company)
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=[company.id]))
        client = contact.commercial_partner_id
        promise = cls.rows["charter.obligation", label][:1]
        promise._fulfil("done")
        answer = env["charter.feedback"]._charter_engine().create(
            {"channel": "interview", "partner_id": client.id, "contact_id": contact.id, "company_id": company.id,
             "state": "sent"}
        )  # fmt: skip
        answer._answer(rating=4, nps=9)
        env.flush_all()
        cls.rows.update(
            {
                ("charter.health", label): env["charter.health"].browse(
                    cls.rows["contract.contract", label].id
                ),
                ("charter.scorecard", label): env["charter.scorecard"].browse(promise.id),
                ("charter.nps.answer", label): env["charter.nps.answer"].browse(answer.id),
            }
        )
        return result

    def campaign(self, company, tier):
        """A campaign of ``company`` with a rule and a line."""
        before = self.env["contract.contract"].create(
            {"name": "Before", "partner_id": self.client_b.id, "company_id": company.id}
        )
        onboarding = self.env["charter.onboarding"].create(
            {"name": "All", "company_id": company.id, "rule_ids": [(0, 0, {"tier_id": tier.id})]}
        )
        self.env["charter.onboarding.line"].create(
            {"onboarding_id": onboarding.id, "contract_id": before.id, "tier_id": tier.id}
        )
        return onboarding

    def test_who_sees_which_rows(self):
        self.enterContext(self.at())
        self.check_readers(READ)

    def _check_closed(self, strange):
        if strange._name == "charter.health":
            # What another company knows of a client is not even counted: such a row is not there.
            self.assertFalse(strange.read(["level"]))
            return
        super()._check_closed(strange)

    def test_nobody_writes_a_reading(self):
        for model in ("charter.health", "charter.scorecard", "charter.nps.answer"):
            row = self.rows[model, "a"]
            for role in (*LADDER, *OUTSIDERS[1:]):
                for act in (
                    lambda one: one.write({"company_id": 1}),
                    lambda one: one.create({"company_id": 1}),
                    lambda one: one.unlink(),
                ):
                    with self.subTest(model=model, role=role), self.assertRaises(AccessError), self.undone():
                        act(self.as_user(role, row))

    def test_campaigns_are_for_operations_managers_of_the_company(self):
        self.enterContext(self.at())
        ours = self.campaign(self.company, self.premium)
        theirs = self.campaign(self.company2, self.tier2)
        rows = {
            "charter.onboarding": (ours, theirs),
            "charter.onboarding.rule": (ours.rule_ids, theirs.rule_ids),
            "charter.onboarding.line": (ours.line_ids, theirs.line_ids),
        }
        for model in CAMPAIGN:
            own, foreign = rows[model]
            for role in ("operations", "direction", "admin"):
                with self.subTest(model=model, role=role):
                    self.assertEqual(
                        self.as_user(role, self.env[model]).search([("id", "in", (own | foreign).ids)]), own
                    )
                    with self.assertRaises(AccessError):
                        self.as_user(role, foreign).read(["display_name"])
            with self.subTest(model=model, role="other"):
                self.assertEqual(
                    self.as_user("other", self.env[model]).search([("id", "in", (own | foreign).ids)]),
                    foreign,
                )
            for role in ("manager", *(one for one in OUTSIDERS if one != "other")):
                with self.subTest(model=model, role=role), self.assertRaises(AccessError):
                    self.as_user(role, own).read(["display_name"])

    def test_steps_of_a_campaign_are_closed_to_others(self):
        self.enterContext(self.at())
        ours = self.campaign(self.company, self.premium)
        for role in ("manager", *OUTSIDERS):
            for step in ("action_list", "action_preview", "action_begin", "action_release"):
                with self.subTest(role=role, step=step), self.assertRaises(AccessError), self.undone():
                    getattr(self.as_user(role, ours), step)()

    def test_a_client_has_no_cockpit_and_no_health(self):
        for role in ("alice", "bob", "follower", "employee", "public"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, self.env["charter.cockpit"]).charter_page()
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_user(role, self.client).read(["charter_health", "charter_health_reasons"])
