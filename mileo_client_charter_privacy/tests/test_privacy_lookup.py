"""The privacy lookup finds what the charter knows of a person, and forgets it without falsifying a figure."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.mileo_client_charter.tests.cases.common import CharterCase


class TestPrivacyLookup(CharterCase):
    def setUp(self):
        super().setUp()
        self.system = new_test_user(self.env, "t_system", groups="base.group_system")
        self.contract = self._contract(self.client, start="2020-01-01", end="2099-12-31")
        self.feedback = self.invitation()
        self.feedback._answer(rating=5, nps=10, comment="Ask Alice.")
        self.escalation = self.escalate()
        self.answer(self.escalation, self.operations)
        [self.delivery] = self.env["charter.delivery"]._queue(
            [
                {"kind": "notice", "partner_id": self.client.id, "contact_id": self.alice.id,
                 "company_id": self.company.id, "subject": "A letter", "body": "<p>Dear Alice</p>"}
            ]
        )  # fmt: skip
        mail = self.delivery.sudo().mail_id
        mail._postprocess_sent_message(mail.recipient_ids.ids, [])

    def lookup(self, contact=None):
        contact = contact or self.alice
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.system)
            .create({"name": contact.name, "email": contact.email})
        )
        wizard.action_lookup()
        return wizard.line_ids

    def of(self, lines, *records):
        wanted = {(record._name, record.id) for record in records}
        return lines.filtered(lambda line: (line.res_model, line.res_id) in wanted)

    def test_finds_charter_data(self):
        lines = self.lookup()
        self.assertEqual(len(self.of(lines, self.feedback, self.escalation, self.delivery, self.alice)), 4)
        self.assertFalse(self.of(lines, self.client))
        self.assertFalse(self.of(lines, self.contract).filtered("charter_can_anonymise"))

    def test_every_model_that_can_be_made_nobody_s_is_offered(self):
        """From the registry: a model of another addon, or of next year, is offered by itself."""
        names = [
            name
            for name in self.env.registry.descendants(["charter.privacy"], "_inherit")
            if not self.env[name]._abstract
        ]
        self.assertGreaterEqual(len(names), 6)
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Alice", "email": self.alice.email})
        lines = self.env["privacy.lookup.wizard.line"].create(
            [
                {"wizard_id": wizard.id, "res_model_id": self.env["ir.model"]._get_id(name), "res_id": 1}
                for name in names
            ]
        )
        self.assertEqual(set(lines.filtered("charter_can_anonymise").mapped("res_model")), set(names))

    def test_anonymises(self):
        self.escalation._portal_accept()
        lines = self.lookup()
        mine = self.of(lines, self.feedback, self.escalation, self.delivery, self.alice)
        self.assertTrue(all(mine.mapped("charter_can_anonymise")))
        mine.action_charter_anonymise()
        self.assertFalse(self.feedback.comment or self.feedback.contact_id or self.escalation.description)
        self.assertFalse(self.delivery.body or self.delivery.email)
        self.assertEqual((self.feedback.rating, self.feedback.promoter), (5, 1))
        self.assertEqual((self.delivery.state, self.delivery.contact_id), ("sent", self.alice))
        self.assertEqual(
            (self.alice.name, self.alice.active, self.alice.email), ("Anonymised contact", False, False)
        )
        self.assertFalse(any(mine.mapped("charter_can_anonymise")))
        log = lines.wizard_id.log_id
        self.assertIn("Anonymised", log.execution_details)
        again = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.system)
            .create({"name": "Alpine one", "email": "one@alpine.example.com"})
        )
        again.action_lookup()
        self.assertFalse(self.of(again.line_ids, self.feedback, self.escalation, self.alice))

    def test_answers_at_meetings(self):
        review = self.env["charter.review"].create({"contract_id": self.contract.id})
        review.answer_ids = [(0, 0, {"contact_id": self.adam.id, "rating": "4", "comment": "Ask Adam."})]
        review._charter_engine().write({"state": "minutes", "held_at": review.create_date})
        found = self.of(self.lookup(self.adam), review.answer_ids)
        self.assertTrue(found.charter_can_anonymise)
        found.action_charter_anonymise()
        self.assertFalse(review.answer_ids.comment or review.answer_ids.contact_id)
        self.assertEqual(review.answer_ids.rating, "4")

    def test_not_while_something_is_owed(self):
        lines = self.lookup()
        for record in (self.escalation, self.alice):
            with self.subTest(record=record), self.assertRaisesRegex(UserError, "outstanding"):
                self.of(lines, record).action_charter_anonymise()
        self.assertEqual(self.alice.name, "Alpine one")

    def test_portal_access_ends(self):
        user = new_test_user(
            self.env, "t_adam", groups="base.group_portal", partner_id=self.adam.id, name="Adam"
        )
        self.of(self.lookup(self.adam), self.adam).action_charter_anonymise()
        self.assertEqual((user.active, user.login), (False, f"anonymised-{user.id}"))

    def test_our_own_people_and_companies(self):
        with self.assertRaisesRegex(UserError, "our own users"):
            self.manager.partner_id._charter_anonymise()
        with self.assertRaisesRegex(UserError, "no personal data"):
            self.client._charter_anonymise()
        with self.assertRaisesRegex(UserError, "Nothing to anonymise"):
            self.env["privacy.lookup.wizard.line"].with_user(self.system).action_charter_anonymise()

    def test_administrators_alone(self):
        with self.assertRaises(AccessError):
            self.lookup().with_user(self.admin).action_charter_anonymise()
