"""Documents handed to clients: whom to, once, with proof; and what happens when they do not arrive."""

import base64
from datetime import timedelta
from email import message_from_string
from io import BytesIO

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open
from pypdf import PdfReader

from ..cases.common import START
from ..cases.deliveries import DeliveryCase

with file_open("web/static/img/placeholder.png", "rb") as placeholder:
    PHOTO = base64.b64encode(placeholder.read())


class TestOnboarding(DeliveryCase):
    def test_charter_and_sheet_at_onboarding(self):
        self.assertEqual(
            self.client.charter_onboarding_left, 3, "all but the review, which the contract dates"
        )
        self.hand_over()
        for kind in ("charter", "contacts"):
            with self.subTest(kind):
                rows = self.deliveries(kind)
                self.assertEqual(rows.contact_id, self.alice + self.adam)
                self.assertEqual(set(rows.mapped("state")), {"sent"})
                self.assertTrue(all(rows.mapped("fingerprint")))
                self.assertTrue(all(rows.mapped("body")))
        charter = self.deliveries("charter")
        self.assertEqual(len(charter.sudo().attachment_ids), 1, "one file for all who read the same text")
        self.assertTrue(charter.sudo().attachment_ids.raw.startswith(b"%PDF"))
        promises = self.env["charter.obligation"].search(
            [("partner_id", "=", self.client.id), ("code", "in", ("charter.copy", "contacts.sheet"))]
        )
        self.assertEqual(set(promises.mapped("state")), {"kept"})
        self.assertRegex(promises[0].evidence, r"^Email to \[contact \d+\]: ")
        self.assertIn("Alpine", promises[0].evidence_text)
        self.client.invalidate_recordset()
        self.assertEqual(self.client.charter_copy_on, START.date())
        self.assertEqual(self.client.charter_onboarding_left, 1, "the portal")

    def test_the_sheet_says_whom_to_call(self):
        self.hand_over()
        body = self.deliveries()[0].body
        for user in (self.manager, self.technician, self.operations, self.direction):
            self.assertIn(user.name, body)
            self.assertIn(user.email, body)
        self.assertIn("24 hours", body)
        self.assertIn("48 hours", body)
        self.assertIn("08:00–12:00", body)

    def test_nothing_twice(self):
        self.hand_over()
        before = self.env["charter.delivery"].search_count([])
        self.hand_over(1)
        self.hand_over(48)
        self.assertEqual(self.env["charter.delivery"].search_count([]), before)

    def test_marked_recipients_only(self):
        self.adam.charter_recipient = True
        self.hand_over()
        self.assertEqual(self.deliveries().contact_id, self.adam)

    def test_never_our_own_people(self):
        with self.at():
            self.manager.partner_id.parent_id = self.client
            self.assertEqual(self.client._charter_document_contacts(), self.alice + self.adam)

    def test_client_without_address_is_a_defect_until_it_has_one(self):
        (self.alice | self.adam).email = False
        self.hand_over()
        [row] = self.deliveries()
        self.assertEqual((row.state, row.contact_id.id), ("failed", False))
        self.assertIn("no contact", row.failure)
        with self.at():
            kinds = self.env["charter.defect"].search([("partner_id", "=", self.client.id)]).mapped("kind")
            self.assertEqual(kinds, ["no_contact"])
        self.hand_over(1)
        self.assertEqual(len(self.deliveries()), 1, "said once")
        self.alice.email = "alice@alpine.example.com"
        self.hand_over(2)
        self.assertEqual(self.deliveries().filtered(lambda one: one.state == "sent").contact_id, self.alice)

    def test_what_the_contract_takes_back_is_not_sent(self):
        with self.at():
            self.contacts_cron()
            self.sheets_owed()._cancel("The contract left the charter.")
            self.deliver()
        self.assertEqual(set(self.deliveries().mapped("state")), {"withdrawn"})


class TestDrift(DeliveryCase):
    def drift(self, change, hours=24):
        self.hand_over()
        with self.at(hours):
            change()
            self.contacts_cron()
            return self.sheets_owed()

    def test_changes_that_ask_for_a_new_sheet(self):
        changes = {
            "phone": lambda: self.manager.partner_id.write({"phone": "+33 1 11 11 11 11"}),
            "email": lambda: self.technician.partner_id.write({"email": "new@mileo.example.com"}),
            "operations manager's phone": lambda: self.operations.partner_id.write(
                {"phone": "+33 1 22 22 22 22"}
            ),
            "holder": lambda: self.env["charter.assignment"]._assign(
                self.client, "account_manager", self.technician, self.company
            ),
            "office hours": lambda: self.company.resource_calendar_id.attendance_ids.filtered(
                lambda line: line.dayofweek == "4"
            ).unlink(),
        }
        for name, change in changes.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                owed = self.drift(change)
                self.assertEqual(len(owed), 1)
                self.assertTrue(owed.occurrence.startswith("2026-10-06#"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_changes_that_do_not(self):
        owed = self.drift(
            lambda: self.manager.partner_id.write({"function": "Key accounts", "street": "Rue X"})
        )
        self.assertFalse(owed)
        other = self._staff("t_unrelated", "group_charter_user")
        with self.at(30):
            other.partner_id.phone = "+33 9"
            self.contacts_cron()
            self.assertFalse(self.sheets_owed())

    def test_a_stand_in_asks_for_no_second_sheet(self):
        owed = self.drift(
            lambda: self.env["charter.absence"].create(
                {
                    "user_id": self.manager.id,
                    "stand_in_id": self.technician.id,
                    "date_from": (START + timedelta(days=1)).date(),
                    "date_to": (START + timedelta(days=3)).date(),
                }
            )
        )
        self.assertFalse(owed)

    def test_the_new_sheet_says_the_new_number(self):
        self.drift(lambda: self.manager.partner_id.write({"phone": "+33 1 11 11 11 11"}))
        self.hand_over(25)
        self.assertIn("+33 1 11 11 11 11", self.deliveries()[-1:].body)
        self.assertNotEqual(self.deliveries()[0].fingerprint, self.deliveries()[-1:].fingerprint)
        with self.at(26):
            self.contacts_cron()
            self.assertFalse(self.sheets_owed())

    def test_there_and_back_before_it_left(self):
        self.drift(lambda: self.manager.partner_id.write({"phone": "+33 1 11 11 11 11"}))
        with self.at(25):
            self.manager.partner_id.phone = "+33 1 22 22 22 22"
            self.contacts_cron()
            self.assertEqual(len(self.sheets_owed()), 1, "what is on its way will say it")
        self.hand_over(26)
        self.assertIn("+33 1 22 22 22 22", self.deliveries()[-1:].body)

    def test_a_new_charter_is_handed_over(self):
        self.hand_over()
        with self.at(24):
            new = self.document.browse(self.document.with_user(self.admin).action_new_version()["res_id"])
            new.with_user(self.admin).action_publish()
        self.hand_over(25)
        self.assertEqual(len(self.deliveries("charter")), 4)

    def test_detection_is_few_queries_whatever_the_clients(self):
        self.hand_over()
        with self.at(24):
            for number in range(5):
                client, *_ = self._client(f"More {number}")
                self._contract(client)
            self.contacts_cron()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(4):
                self.env["charter.contact.sheet"]._drifted(self.company)


class TestRun(DeliveryCase):
    def many(self, count=3):
        self.company.charter_delivery_review_from = 3
        with self.at():
            clients = self.client
            for number in range(count):
                client, *_ = self._client(f"Many {number}")
                self._contract(client)
                clients |= client
            self.contacts_cron()
        return clients, self.env["charter.delivery.run"].search([("kind", "=", "contacts")], limit=1)

    def test_many_clients_are_looked_at_first(self):
        _clients, run = self.many()
        self.assertEqual((run.state, run.total, run.planned, run.progress), ("held", 8, 8, 0))
        self.assertEqual(run.activity_ids.user_id, self.operations)
        with self.at():
            self.deliver()
            self.assertEqual(run.planned, 8, "held")
            preview = self.env["charter.delivery.preview"].browse(run.action_preview()["res_id"])
            self.assertIn(self.manager.name, preview.body)
            with self.assertRaises(AccessError):
                run.with_user(self.manager).action_release()
            run.with_user(self.operations).action_release()
            self.deliver()
        run.invalidate_recordset()
        self.assertEqual((run.state, run.planned, run.queued, run.progress), ("done", 0, 8, 100))
        self.assertFalse(run.activity_ids)

    def test_few_queries_a_mail(self):
        _clients, run = self.many(12)
        with self.at():
            run.with_user(self.operations).action_release()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.deliver()
            self.env.flush_all()
            per_mail = (self.cr.sql_log_count - before) / run.total
        self.assertLessEqual(per_mail, 10)


class TestArrival(DeliveryCase):
    def test_refused_by_the_server(self):
        with self.at():
            self.contacts_cron()
            self.deliver()
            row = self.deliveries()[0]
            row.sudo().mail_id.write({"state": "exception"})
            row.sudo().mail_id._postprocess_sent_message([], [], "Mailbox full", "mail_smtp")
            self.assertEqual((row.state, row.failure), ("failed", "Mailbox full"))
            self.assertTrue(self.sheets_owed(), "nothing has left yet")
            defects = self.env["charter.defect"].search([("partner_id", "=", self.client.id)])
            self.assertEqual(defects.mapped("kind"), ["undelivered"])
            self.assertEqual(defects.action_mend()["res_id"], row.id)
        for attempt, hours in ((2, 2), (3, 4), (3, 6)):
            with self.at(hours):
                self.deliver()
                self.assertEqual(row.attempts, attempt, "asked again, a limited number of times")
                row.sudo().mail_id.write({"state": "exception"})
                row.sudo().mail_id._postprocess_sent_message([], [], "Mailbox full", "mail_smtp")
        with self.at(8):
            row.with_user(self.manager).action_retry()
            self.leave(row)
            self.assertEqual(row.state, "sent")
            self.assertFalse(self.sheets_owed())

    def test_bounced(self):
        self.hand_over()
        row = self.deliveries()[0]
        with self.at(1):
            self.env["mail.thread"]._routing_handle_bounce(
                message_from_string(
                    "From: MAILER-DAEMON@alpine.example.com\nSubject: Undeliverable\n\nNo such user"
                ),
                {
                    "email_from": "mailer-daemon@alpine.example.com",
                    "to": self.company.email,
                    "message_id": "<bounce@alpine.example.com>",
                    "bounced_email": self.alice.email,
                    "bounced_partner": self.alice,
                    "bounced_msg_ids": [],
                    "bounced_message": row.sudo().mail_message_id,
                    "subject": "Undeliverable",
                    "body": "",
                },
            )
        self.assertEqual(row.state, "failed")
        self.assertIn("Undeliverable", row.failure)
        self.env["res.lang"]._activate_lang("fr_FR")
        french = row.with_context(lang="fr_FR")
        self.assertRegex(
            french.failure, "^Revenu\u00a0:.Undeliverable", "of one row, each reader in its language"
        )
        self.assertRegex(row.failure, "^Came back: ")
        self.assertTrue(
            self.env["charter.defect"].search([("res_id", "=", row.id), ("kind", "=", "undelivered")])
        )

    def test_retry_says_what_to_mend(self):
        with self.at():
            self.contacts_cron()
            self.alice.email = False
            self.deliver()
            row = self.deliveries().filtered(lambda one: one.contact_id == self.alice)
            self.assertEqual(row.state, "failed")
            with self.assertRaisesRegex(ValidationError, "valid email"):
                row.action_retry()

    def test_opened_and_acknowledged_by_whom_it_was_handed_to(self):
        self.hand_over()
        row = self.deliveries().filtered(lambda one: one.contact_id == self.alice)
        with self.at(5):
            row._opened_by(self.adam)
            self.assertFalse(row.opened_at)
            row._opened_by(self.alice)
            self.assertEqual(row.opened_at, START + timedelta(hours=5))
            with self.assertRaises(ValidationError):
                row._acknowledged_by(self.adam)
            row._acknowledged_by(self.alice)
        with self.at(6):
            row._acknowledged_by(self.alice)
        self.assertEqual(row.acknowledged_at, START + timedelta(hours=5), "the first time")

    def test_nobody_edits_a_proof(self):
        self.hand_over()
        row = self.deliveries()[0]
        for user in (self.manager, self.operations, self.admin):
            for attempt in (
                lambda rows: rows.write({"state": "withdrawn"}),
                lambda rows: rows.unlink(),
                lambda rows: rows.create({"kind": "charter", "partner_id": self.client.id, "company_id": 1}),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    attempt(row.with_user(user))

    def test_queue_with_files(self):
        with self.at():
            row = self.env["charter.delivery"]._queue(
                [
                    {
                        "kind": "report",
                        "partner_id": self.client.id,
                        "contact_id": self.alice.id,
                        "company_id": self.company.id,
                        "subject": "Report",
                        "body": "<p>Here it is.</p>",
                        "attachments": [("report.pdf", b"%PDF-1.4")],
                    }
                ]
            )
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.sudo().mail_id.attachment_ids, row.sudo().attachment_ids)
        self.assertEqual(row.sudo().mail_id.recipient_ids, self.alice)


class TestDefects(DeliveryCase):
    def kinds(self, **where):
        domain = [(name, "=", value) for name, value in where.items()]
        return sorted(self.env["charter.defect"].search(domain).mapped("kind"))

    def test_vacant_and_unreachable(self):
        with self.at():
            lonely, *_ = self._client("Lonely", held=False)
            self._contract(lonely)
            self.assertEqual(self.kinds(partner_id=lonely.id), ["vacant", "vacant"])
            self.technician.partner_id.phone = False
            self.assertEqual(self.kinds(user_id=self.technician.id), ["unreachable"])
            self.assertEqual(self.kinds(partner_id=self.client.id), [])

    def test_absence_without_stand_in(self):
        with self.at():
            absence = self.env["charter.absence"].create(
                {
                    "user_id": self.manager.id,
                    "date_from": (START + timedelta(days=9)).date(),
                    "stand_in_id": False,
                }
            )
            absence.stand_in_id = False
            self.assertIn("absence", self.kinds(user_id=self.manager.id))
            [defect] = self.env["charter.defect"].search(
                [("kind", "=", "absence"), ("res_id", "=", absence.id)]
            )
            self.assertEqual(defect.action_mend()["res_model"], "charter.absence")
            self.assertTrue(defect.remedy)

    def test_contract_without_anniversary(self):
        with self.at():
            bare = self.env["contract.contract"].create(
                {"name": "Bare", "partner_id": self.client.id, "charter_tier_id": self.premium.id}
            )
            rows = self.env["charter.defect"].search([("kind", "=", "no_anniversary")])
            self.assertIn(bare.id, rows.mapped("res_id"))
            self.assertNotIn(self.contract.id, rows.mapped("res_id"))
            self.assertFalse(bare.charter_anniversary)

    def test_company_wide_roles(self):
        with self.at():
            self.env["charter.assignment"].search([("role", "=", "operations_manager")]).unlink()
            self.assertIn("vacant", self.kinds(role="operations_manager", company_id=self.company.id))


@tagged("post_install", "-at_install")
class TestSheetPrinted(DeliveryCase):
    def test_a_drawn_initial_is_no_photograph(self):
        partner = self.manager.partner_id
        partner.image_1920 = partner._avatar_generate_svg()
        self.assertEqual(self.manager._charter_card()[0]["photo"], "")
        partner.image_1920 = PHOTO
        self.assertTrue(self.manager._charter_card()[0]["photo"])

    def test_one_page_in_the_language_of_the_client(self):

        self.client.lang = "fr_FR"
        self.manager.partner_id.image_1920 = PHOTO
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.at():
            content, _format = reports._render_qweb_pdf(
                "mileo_client_charter.report_contact_sheet", self.client.ids
            )
        pages = PdfReader(BytesIO(content)).pages
        text = pages[0].extract_text()
        self.assertEqual(len(pages), 1)
        self.assertIn("Vos interlocuteurs", " ".join(text.split()))
        for user in (self.manager, self.technician, self.operations, self.direction):
            self.assertIn(user.email, text)
