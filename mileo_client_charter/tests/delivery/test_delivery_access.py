"""Who reads deliveries, handovers and absences; and the pages of the portal that show them."""

import re

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..cases.access import LADDER, AccessCase
from ..cases.common import START

# As in test_access: which rows each role sees.
READ = """
charter.delivery      -  abs  a  a  b  s  b  c  -
charter.handover      -  abs  -  -  -  -  -  c  -
charter.absence       -  1    -  -  -  -  -  2  -
charter.delivery.run  -  1    -  -  -  -  -  2  -
"""


class DeliveryAccessCase(AccessCase):
    @classmethod
    def _people_and_rows(cls):
        result = super()._people_and_rows()
        for label, company, user in (
            ("1", cls.company, cls.manager),
            ("2", cls.company2, cls.users["other"]),
        ):
            absence = cls.env["charter.absence"].create(
                {
                    "user_id": user.id,
                    "company_id": company.id,
                    "date_from": "2026-11-02",
                    "date_to": "2026-11-04",
                }
            )
            cls.shared["charter.absence", label] = absence
            cls.shared["charter.delivery.run", label] = (
                cls.env["charter.delivery.run"]
                ._charter_engine()
                .create({"name": "Sheets", "kind": "contacts", "company_id": company.id})
                .with_env(cls.env)
            )
            for handover in absence.handover_ids:
                of_client = next(
                    name
                    for (model, name), rows in cls.rows.items()
                    if model == "contract.contract" and rows.commercial_partner_id == handover.partner_id
                )
                cls.rows["charter.handover", of_client] = handover
        return result

    @classmethod
    def _rows_of_client(cls, label, contact, company):
        result = super()._rows_of_client(label, contact, company)
        cls.rows["charter.delivery", label] = cls.env["charter.delivery"]._queue(
            [
                {
                    "kind": "contacts",
                    "partner_id": contact.commercial_partner_id.id,
                    "contact_id": contact.id,
                    "company_id": company.id,
                    "subject": f"Contacts of {label}",
                    "body": "<p>Call us.</p>",
                    "attachments": [("sheet.txt", b"call us")],
                }
            ]
        )
        return result


@tagged("post_install", "-at_install")
class TestDeliveryAccess(DeliveryAccessCase):
    def test_who_sees_which_rows(self):
        self.check_readers(READ)

    def test_clients_read_their_fields(self):
        self.check_portal_fields("charter.delivery")

    def test_clients_do_not_see_what_has_not_left(self):
        row = self.rows["charter.delivery", "a"]
        for state in ("planned", "failed", "withdrawn"):
            row._charter_engine().state = state
            with self.subTest(state), self.assertRaises(AccessError):
                self.as_user("alice", row).read(["subject"])

    def test_nobody_writes_proofs(self):
        for model in ("charter.delivery", "charter.handover"):
            for role in (*LADDER, "alice", "bob", "public"):
                row = self.as_user(role, self.rows[model, "a"])
                for attempt in (lambda rows: rows.write({"state": "planned"}), lambda rows: rows.unlink()):
                    with self.subTest(model=model, role=role), self.assertRaises(AccessError), self.undone():
                        attempt(row)


@tagged("post_install", "-at_install")
class TestDocumentPages(DeliveryAccessCase, HttpCase):
    def test_a_client_reads_and_confirms(self):
        self.authenticate("t_alpine_one", "t_alpine_one")
        row = self.rows["charter.delivery", "a"]
        listing = self.url_open("/my/charter/documents").text
        self.assertIn("Contacts of a", listing)
        self.assertNotIn("Contacts of b", listing)
        self.assertNotIn("Contacts of s", listing)
        page = self.url_open(f"/my/charter/document/{row.id}")
        self.assertIn("Call us.", page.text)
        self.assertEqual(self.url_open(f"/my/charter/document/{row.id}/file/1").content, b"call us")
        row.invalidate_recordset()
        self.assertTrue(row.opened_at, "she has opened it")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        self.url_open(f"/my/charter/document/{row.id}/acknowledge", data={"csrf_token": token})
        row.invalidate_recordset()
        self.assertTrue(row.acknowledged_at)

    def test_not_yours_is_not_there(self):
        self.authenticate("t_bistro_one", "t_bistro_one")
        row = self.rows["charter.delivery", "a"]
        for address in (f"document/{row.id}", f"document/{row.id}/file/1"):
            for path in (address, address.replace(str(row.id), "99999999")):
                with self.subTest(path):
                    answer = self.url_open(f"/my/charter/{path}")
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotIn("Alpine", answer.text)
        own = self.rows["charter.delivery", "b"]
        self.assertEqual(self.url_open(f"/my/charter/document/{own.id}/file/2").status_code, 404)

    def test_who_to_call(self):
        self.authenticate("t_alpine_one", "t_alpine_one")
        with freeze_time(START):
            self.env["charter.absence"].create(
                {
                    "user_id": self.technician.id,
                    "stand_in_id": self.operations.id,
                    "date_from": fields.Date.today(),
                    "date_to": "2099-01-01",
                }
            )
        page = self.url_open("/my/charter/contacts").text
        self.assertIn("t_manager@mileo.example.com", page)
        self.assertIn("Substitute of t_technician", page)
        self.assertIn("Monday to Friday", page)
        self.assertRegex(page, "at work now|Next opening")
        self.assertTrue(self.rows["charter.delivery", "a"].opened_at, "the sheet she was sent")
        printed = self.url_open("/my/charter/contacts.pdf")
        self.assertTrue(printed.content.startswith(b"%PDF"))
