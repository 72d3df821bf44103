from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from odoo.addons.mileo_client_charter.tests.cases.common import START
from odoo.addons.mileo_client_charter.tests.cases.portal import DoorsCase

from ..controllers.portal import ADDRESS
from ..hooks import CODE, uninstall_hook


@tagged("post_install", "-at_install")
class TestSampleMatter(DoorsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drafts = cls.env["charter.document"].search(
            [("commitment_ids.code", "=", CODE), ("state", "=", "draft")]
        )
        cls.draft = drafts.filtered(lambda one: one.company_id == cls.company)

    def record(self, **values):
        vals = {
            "name": "Badge", "partner_id": self.client.id, "contact_id": self.alice.id, "description": "It does not open.",
        }  # fmt: skip
        return self.env["sample.matter"].with_user(self.manager).create({**vals, **values})

    def test_met_by_the_answer_alone(self):
        with self.at():
            self.draft.action_publish()
            record = self.record()
            obligation = self.promise(record, CODE)
            # Five working days from Monday 10:00: the office closes on the fifth on Friday.
            self.assertEqual((obligation.state, obligation.user_id), ("open", self.manager))
            self.assertEqual(obligation.due_at.date(), (START + timedelta(days=4)).date())
            with self.assertRaises(AccessError):
                record.write({"state": "answered"})
        with self.at(24):
            self.answer(record, self.manager)
        self.assertEqual((record.state, obligation.state, obligation.met), ("answered", "kept", 1))
        self.assertIn("replaced", self.mails_to(self.alice)[-1:].body_html)
        with self.at(25), self.assertRaises(UserError):
            self.answer(record, self.manager)

    def test_overdue_when_forgotten(self):
        with self.at():
            self.draft.action_publish()
            record = self.record()
        with self.at(24 * 10):
            self.tick()
        self.assertEqual(self.promise(record, CODE).state, "late")
        self.assertIn(self.manager, record.activity_ids.user_id)

    def test_before_it_is_published_nothing_is_lost(self):
        with self.at():
            record = self.record()
        self.assertIn(CODE, record.configuration_error)
        with self.assertRaisesRegex(ValidationError, "Description"):
            self.record(description=" ")

    def test_on_the_portal(self):
        self.log_in("p_alice")
        form = {"name": "Badge", "description": "It does not open."}
        self.assertEqual(self.post(ADDRESS, **form).status_code, 303)
        self.assertIn("It does not open.", self.get(ADDRESS).text)
        for missing in form:
            page = self.post(ADDRESS, **{**form, missing: ""})
            self.assertIn("charter-bad", page.text, missing)
        self.assertEqual(self.env["sample.matter"].search_count([("partner_id", "=", self.client.id)]), 1)
        self.log_in("p_bea")
        self.assertNotIn("It does not open.", self.get(ADDRESS).text)

    def test_comments_go_in_time(self):
        self.company.charter_complaints_months = 12
        with self.at():
            record = self.record()
            self.answer(record, self.manager)
        with self.at(moment=datetime(2028, 1, 1)), self.committing():
            self.env["charter.privacy"]._cron_privacy()
        self.assertFalse(record.description or record.contact_id or record.answer)
        self.assertEqual((record.state, record.name), ("answered", "Badge"))

    def test_what_a_client_writes_is_heard(self):
        """A document of an addon of one’s own, whatever its model is called, is in the nets of the charter."""
        with self.at():
            record = self.record()
            record.sudo().message_post(
                body="Any news?",
                author_id=self.alice.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        word = self.env["charter.word"].search([("res_model", "=", record._name), ("res_id", "=", record.id)])
        self.assertEqual((word.partner_id, word.company_id), (self.client, self.company))

    def test_what_is_about_it_is_of_its_client(self):
        with self.at():
            letter = self.env["charter.delivery"]._queue(
                [{"kind": "contacts", "partner_id": self.borea.id, "contact_id": self.bea.id,
                  "company_id": self.company.id, "subject": "Sheet", "body": "<p>Sheet</p>"}]
            )  # fmt: skip
            mine = self.record()
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                letter._charter_engine().write({"res_model": mine._name, "res_id": mine.id})
                self.env.flush_all()

    def test_removal_leaves_nothing_outstanding(self):
        with self.at():
            self.draft.action_publish()
            obligation = self.promise(self.record(), CODE)
            uninstall_hook(self.env)
        self.assertEqual(obligation.state, "cancelled")
