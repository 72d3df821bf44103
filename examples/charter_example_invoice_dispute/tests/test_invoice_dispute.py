from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.mileo_client_charter.tests.cases.common import START
from odoo.addons.mileo_client_charter.tests.cases.portal import DoorsCase

from ..controllers.portal import ADDRESS
from ..hooks import CODE, uninstall_hook


@tagged("post_install", "-at_install")
class TestInvoiceDispute(DoorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drafts = cls.env["charter.document"].search(
            [("commitment_ids.code", "=", CODE), ("state", "=", "draft")]
        )
        cls.draft = drafts.filtered(lambda one: one.company_id == cls.company)
        cls.invoices = {client: cls.invoice(client) for client in (cls.client, cls.borea)}

    @classmethod
    def invoice(cls, client):
        """A posted invoice, whatever chart of accounts there is or not."""
        income = cls.env["account.account"].create(
            {
                "name": "Sales",
                "code": f"7{client.id}",
                "account_type": "income",
                "company_ids": cls.company.ids,
            }
        )
        due = cls.env["account.account"].create(
            {
                "name": "Due", "code": f"4{client.id}", "account_type": "asset_receivable", "reconcile": True,
                "company_ids": cls.company.ids,
            }
        )  # fmt: skip
        client.property_account_receivable_id = due
        journal = cls.env["account.journal"].create(
            {"name": "Sales", "code": f"S{client.id}"[-5:], "type": "sale"}
        )
        line = Command.create({"name": "Visit", "price_unit": 100, "account_id": income.id, "tax_ids": []})
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": client.id,
                "journal_id": journal.id,
                "invoice_line_ids": [line],
            }
        )
        invoice.action_post()
        return invoice

    def dispute(self, **values):
        vals = {
            "move_id": self.invoices[self.client].id,
            "contact_id": self.alice.id,
            "description": "Billed twice.",
        }
        return self.env["invoice.dispute"].with_user(self.manager).create({**vals, **values})

    def test_kept_by_the_answer_alone(self):
        with self.at():
            self.draft.action_publish()
            dispute = self.dispute()
            promise = self.promise(dispute, CODE)
            # Five working days from Monday 10:00: the office closes on the fifth on Friday.
            self.assertEqual((promise.state, promise.user_id), ("open", self.manager))
            self.assertEqual(promise.due_at.date(), (START + timedelta(days=4)).date())
            with self.assertRaises(AccessError):
                dispute.write({"state": "answered"})
        with self.at(24):
            self.answer(dispute, self.manager)
        self.assertEqual((dispute.state, promise.state, promise.met), ("answered", "kept", 1))
        self.assertIn("replaced", self.mails_to(self.alice)[-1:].body_html)
        with self.at(25), self.assertRaises(UserError):
            self.answer(dispute, self.manager)

    def test_late_when_forgotten(self):
        with self.at():
            self.draft.action_publish()
            dispute = self.dispute()
        with self.at(24 * 10):
            self.tick()
        self.assertEqual(self.promise(dispute, CODE).state, "late")
        self.assertIn(self.manager, dispute.activity_ids.user_id)

    def test_before_it_is_published_nothing_is_lost(self):
        with self.at():
            dispute = self.dispute()
        self.assertIn(CODE, dispute.configuration_error)
        with self.assertRaisesRegex(ValidationError, "What is wrong"):
            self.dispute(description=" ")

    def test_on_the_portal(self):
        mine, theirs = self.invoices[self.client], self.invoices[self.borea]
        self.log_in("p_alice")
        page = self.get(ADDRESS).text
        self.assertIn(mine.name, page)
        self.assertNotIn(f'value="{theirs.id}"', page, "another client's invoice")
        self.assertEqual(
            self.post(ADDRESS, move_id=str(mine.id), description="Billed twice.").status_code, 303
        )
        self.assertIn("Billed twice.", self.get(ADDRESS).text)
        for move, words in ((theirs, "Ours"), (mine, "")):
            self.post(ADDRESS, move_id=str(move.id), description=words)
        self.assertEqual(self.env["invoice.dispute"].search_count([("partner_id", "=", self.client.id)]), 1)
        self.log_in("p_bea")
        self.assertNotIn("Billed twice.", self.get(ADDRESS).text)

    def test_words_go_in_time(self):
        self.company.charter_complaints_months = 12
        with self.at():
            dispute = self.dispute()
            self.answer(dispute, self.manager)
        with self.at(moment=datetime(2028, 1, 1)), self.committing():
            self.env["charter.privacy"]._cron_privacy()
        self.assertFalse(dispute.description or dispute.contact_id or dispute.answer)
        self.assertEqual((dispute.state, dispute.move_id), ("answered", self.invoices[self.client]))

    def test_uninstallation_leaves_nothing_owed(self):
        with self.at():
            self.draft.action_publish()
            promise = self.promise(self.dispute(), CODE)
            uninstall_hook(self.env)
        self.assertEqual(promise.state, "cancelled")
