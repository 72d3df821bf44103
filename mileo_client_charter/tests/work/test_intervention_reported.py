"""An incident reported on the portal: its promises run at once, what came with it is there, and nobody else's is taken."""

import base64
from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..cases.common import START, CharterCase

INCIDENT = "/my/charter/incident"
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestInterventionReported(CharterCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._portal(cls.alice)
        cls.portal.password = cls.portal.login
        with freeze_time(START - timedelta(days=30)):
            # Under the charter before anything is reported.
            cls.agreement = cls._contract(cls.client)
        cls.other, _one, _two = cls._client("Baltic")
        cls.machine = cls.env["charter.equipment"].create(
            {"name": "Recorder", "partner_id": cls.client.id, "contract_id": cls.agreement.id}
        )
        cls.foreign = cls.env["charter.equipment"].create({"name": "Foreign", "partner_id": cls.other.id})

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())
        self.authenticate(self.portal.login, self.portal.login)

    def send(self, address=INCIDENT, files=(), **form):
        page = self.url_open(address)
        key = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        self.env.flush_all()
        response = self.url_open(
            address,
            data={**form, "csrf_token": key},
            files=[("files", one) for one in files] or None,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def reported(self):
        return self.env["charter.intervention"].search([("reported_by_id", "!=", False)])

    def test_reported_with_photos(self):
        response = self.send(
            summary="The recorder is silent", description="Since this morning.", priority="3",
            equipment=str(self.machine.id), files=[("photo 1.png", PHOTO), ("log.txt", b"line")],
        )  # fmt: skip
        one = self.reported()
        self.assertEqual((response.status_code, len(one)), (303, 1), response.text[:300])
        self.assertTrue(response.headers["Location"].endswith(f"/my/charter/intervention/{one.id}"))
        self.assertEqual(
            (
                one.name,
                one.priority,
                one.kind,
                one.contract_id,
                one.equipment_ids,
                one.user_id,
                one.reported_at,
            ),
            (
                "The recorder is silent",
                "3",
                "corrective",
                self.agreement,
                self.machine,
                self.technician,
                START,
            ),
        )
        promises = one.obligation_ids.sorted("due_at")
        self.assertEqual(promises.mapped("code"), ["intervention.response", "intervention.resolution"])
        self.assertEqual(set(promises.mapped("opened_at")), {START})
        [mail] = self.mails_to(self.alice)
        self.assertIn(one.reference, mail.subject)
        self.assertEqual(mail.body_html.count("<li>"), 2)
        page = self.url_open(f"/my/charter/intervention/{one.id}").text
        self.assertIn("photo 1.png", page)
        self.assertIn("Since this morning.", page, "its own words")
        response, resolution = (promise._intervention_result()[1] for promise in promises)
        self.assertIn(
            f"To respond to</strong> · {response}", " ".join(page.split()), "the time of the step beside"
        )
        listed = self.url_open("/my/charter/interventions").text
        self.assertIn(response, listed)
        self.assertNotIn(resolution, listed)
        with self.assertRaises(UserError):
            one.with_user(self.technician).description = "<p>Nothing was said.</p>"
        one.with_user(self.operations)._charter_correct(
            {"description": "Since last night."}, "She called again."
        )
        self.env.flush_all()
        page = self.url_open(f"/my/charter/intervention/{one.id}").text
        for words in ("Since this morning.", "Since last night.", "She called again.", "Corrected since"):
            self.assertIn(words, page)
        file = self.url_open(f"/my/charter/intervention/{one.id}/file/1")
        self.assertEqual((file.content, file.headers["X-Content-Type-Options"]), (PHOTO, "nosniff"))
        self.assertIn("attachment", file.headers["Content-Disposition"])
        self.assertEqual(self.url_open(f"/my/charter/intervention/{one.id}/file/3").status_code, 404)
        self._portal_of_other()
        self.assertEqual(self.url_open(f"/my/charter/intervention/{one.id}/file/1").status_code, 404)

    def _portal_of_other(self):
        contact = self.other.child_ids[0]
        user = self._portal(contact)
        user.password = user.login
        self.env.flush_all()
        self.authenticate(user.login, user.login)

    def test_what_is_not_taken_is_said_and_leaves_nothing(self):
        for case, form, files, words in (
            ("no words", {"summary": "  "}, (), "describe it briefly"),
            ("too long", {"summary": "x" * 201}, (), "keep to 200"),
            ("no such priority", {"summary": "It is dark", "priority": "9"}, (), "How urgent"),
            ("another client's equipment", {"summary": "It is dark", "equipment": str(self.foreign.id)}, (), "Equipment: choose"),
            ("no contract of its own", {"summary": "It is dark", "contract": "1"}, (), "Contract: choose"),
            ("a page", {"summary": "It is dark"}, [("a.html", b"<p>x</p>")], "none of these"),
            ("an empty file", {"summary": "It is dark"}, [("a.png", b"")], "is empty"),
            ("too many", {"summary": "It is dark"}, [(f"{n}.png", PHOTO) for n in range(7)], "at most 6"),
        ):  # fmt: skip
            with self.subTest(case):
                response = self.send(files=files, **form)
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, response.text)
                self.assertFalse(self.reported())

    def test_two_clicks_are_one_incident(self):
        for _click in range(2):
            self.send(summary="It is dark")
        self.assertEqual(len(self.reported()), 1)
        with self.at(0.2):
            again = self.env["charter.intervention"]._from_portal(
                self.alice, {"summary": "It is dark"}, self.agreement, self.machine.browse()
            )
        self.assertEqual(len(self.reported()), 2, "twelve minutes later it is another one")
        self.assertEqual(again.reported_at, START + timedelta(minutes=12))

    def test_of_two_contracts_the_client_chooses(self):
        second = self._contract(self.client)
        self.assertIn('name="contract"', self.url_open(INCIDENT).text)
        self.send(summary="It is dark", contract=str(second.id))
        self.assertEqual(self.reported().contract_id, second)

    def test_files_of_an_escalation_and_a_comment(self):
        self.send("/my/charter/escalate", [("a.png", PHOTO)], description="Nobody comes to us.")
        self.send("/my/charter/comment", [("b.png", PHOTO)], comment="See the picture.", rating="4")
        for model in ("charter.escalation", "charter.feedback"):
            record = self.env[model].search([("partner_id", "=", self.client.id)], limit=1)
            self.assertEqual(len(record.message_ids.attachment_ids), 1, model)
            self.assertEqual(record.message_ids.attachment_ids.raw, PHOTO)

    def test_its_technician_gets_one_mail(self):
        self.send(
            summary="The recorder is silent", description="Since this morning.", priority="3",
            files=[("photo 1.png", PHOTO)],
        )  # fmt: skip
        told = self.mails_to(self.technician.partner_id)
        self.assertEqual(len(told), 1, told.mapped("subject"))
        self.assertIn("Since this morning.", told.body_html, "what the client wrote, with its files")
