"""Which of our messages a contact receives is its own choice, and never leaves its client without what the charter owes (articles 01, 03)."""

import ast
import itertools
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.modules import get_module_path
from odoo.tests import HttpCase, tagged

from ...models.people.charter_mail_choice import OWN, SHARED, field_of
from ..cases.common import CharterCase

EVERYTHING = {*SHARED, *OWN}
# Who asks for the recipients of no kind: what they find is sent whatever a contact chose, or is no sending at all.
ANY_KIND = {
    ("charter_mail_choice.py", "_charter_document_contacts"): "hands on what it was asked for",
    ("charter_delivery.py", "_recipients_of"): "hands on what it was asked for",
    ("charter_delivery.py", "_check_recipients"): "hands on what it was asked for",
    ("charter_mail_choice.py", "_charter_shared_kind"): "hands on the kind",
    ("charter_mail_choice.py", "_charter_join"): "hands on the kind",
    ("charter_onboarding_line.py", "_compute_gaps"): "who can be reached at all",
    ("charter_portal_access.py", "_charter_portal_candidates"): "who can be invited to the portal",
    ("charter_renewal_legal.py", "_send_legal_reminders"): "the law has it sent",
    ("charter_renewal_legal.py", "_send_legal_reminder"): "the law has it sent",
    ("contract_contract.py", "_charter_notify_tier"): "what its contract gives is owed to it",
    ("charter_review.py", "_with_people"): "who is invited to a meeting",
}
NAMES = {"_charter_document_recipients", "_charter_document_contacts", "_recipients_of", "_check_recipients"}


@tagged("post_install", "-at_install")
class TestMailChoice(CharterCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.client | cls.alice | cls.adam
        cls.client.email = "info@alpine.example.com"
        cls.company.charter_delivery_review_from = 20

    def setUp(self):
        super().setUp()
        self.enterContext(self.at())

    def readers(self, kind):
        found = self.env["res.partner"]._charter_document_recipients(self.client.ids, kind)
        return self.env["res.partner"].browse(found.get(self.client.id, []))

    def leave(self, contact, *kinds, **instead):
        contact._charter_choose_mails(self.receives(contact) - {*kinds}, instead)

    def receives(self, contact):
        return {kind.name for kind in contact._charter_mail_kinds() if kind.wanted}

    def test_whatever_is_chosen_somebody_is_told(self):
        """Every choice of every contact, with every mark of ours: who refuses is written to only where everybody refuses."""
        seen = 0
        for marked, *chosen in itertools.product((None, self.alice, self.adam), *[(False, "no", "yes")] * 3):
            self.people.charter_recipient = False
            if marked:
                marked.charter_recipient = True
            for person, choice in zip(self.people, chosen, strict=True):
                person.charter_mail_reports = choice
            readers = self.readers("reports")
            with self.subTest(marked=marked and marked.name, chosen=chosen):
                self.assertTrue(readers)
                if set(chosen) != {"no"}:
                    self.assertNotIn("no", readers.mapped("charter_mail_reports"))
                self.assertLessEqual(
                    self.people.filtered(lambda one: one.charter_mail_reports == "yes"), readers
                )
                # Of what nobody can refuse, the same as ever.
                self.assertEqual(self.readers(None), marked or self.alice | self.adam)
                self.assertEqual(self.readers("notices"), self.readers(None))
            seen += 1
        self.assertEqual(seen, 81)

    def test_leaving_is_to_others_or_to_somebody_named(self):
        for kind in SHARED:
            with self.subTest(kind):
                self.assertEqual(self.readers(kind), self.alice | self.adam)
                self.leave(self.alice, kind)
                self.assertEqual(self.readers(kind), self.adam)
                with self.assertRaisesRegex(ValidationError, "you are the last of your company"):
                    self.leave(self.adam, kind)
                # Not against Alice's own choice, nor to nobody of the client.
                for number in (self.alice.id, self.manager.partner_id.id, "x"):
                    with self.assertRaises(ValidationError):
                        self.leave(self.adam, kind, **{kind: number})
                self.assertEqual(self.readers(kind), self.adam)
                self.leave(self.adam, kind, **{kind: str(self.client.id)})
                self.assertEqual(self.readers(kind), self.client)
                # What staff read of it.
                self.assertEqual(self.adam.with_user(self.manager)[field_of(kind)], "no")
                noted = self.adam.message_ids[:1]
                self.assertEqual(noted.author_id, self.adam)
                self.assertIn("Alpine receives it instead", noted.body)
                self.assertIn("Alpine two named this contact", self.client.message_ids[:1].body)
                self.alice._charter_choose_mails(self.receives(self.alice) | {kind})
                self.assertIn(self.alice, self.readers(kind))
        (self.alice | self.client).email = False
        self.leave(self.alice)
        self.env.flush_all()
        for kind in SHARED:
            self.assertEqual(self.readers(kind), self.adam, "nobody else has an address")
        self.adam._charter_choose_mails(EVERYTHING)
        with self.assertRaisesRegex(ValidationError, "Name us another"):
            self.leave(self.adam, "reports")

    def test_what_we_send_to_others_is_asked_for_by_those_who_see_the_portal(self):
        self.adam.charter_recipient = True
        kinds = {kind.name: kind for kind in self.alice._charter_mail_kinds()}
        self.assertEqual((kinds["reports"].wanted, kinds["reports"].asks), (False, False))
        self.assertEqual(kinds["reports"].others, ("Alpine two",))
        self.alice._charter_choose_mails(EVERYTHING)
        self.assertEqual(self.readers("reports"), self.adam)
        self._portal(self.alice)
        self.alice._charter_choose_mails(EVERYTHING)
        self.assertEqual(self.readers("reports"), self.alice | self.adam)

    def test_every_sender_names_its_kind(self):
        """Of the sources: who asks whom to write to says what it sends, or is on the list with the reason."""
        found, kinds = set(), set()
        for path in Path(get_module_path("mileo_client_charter")).glob("[mw]*/**/*.py"):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(function, ast.FunctionDef):
                    continue
                for call in ast.walk(function):
                    if not isinstance(call, ast.Call) or getattr(call.func, "attr", None) not in NAMES:
                        continue
                    named = [one.value for one in call.args if isinstance(one, ast.Constant)]
                    kinds.update(named)
                    if not named:
                        found.add((path.name, function.name))
        self.assertEqual(found, set(ANY_KIND))
        self.assertEqual(kinds, set(SHARED))

    def test_what_is_sent_follows_the_choice(self):
        self._contract(self.client)
        self.leave(self.alice, "documents", "notices")
        notice = self.env["charter.notice"].create(
            {"name": "News", "effect_on": "2027-06-01", "kind": "regulation", "regulation": "gdpr",
             "body": "<p>It changes.</p>", "advice": "Read it.", "tier_ids": self.premium.ids}
        )  # fmt: skip
        notice.action_match()
        notice.action_send()
        with self.committing():
            self.env["charter.contact.sheet"]._cron_contacts()
            planned = self.deliveries("charter", "contacts")
            self.assertEqual((planned.contact_id, set(planned.mapped("state"))), (self.adam, {"planned"}))
            # He leaves them before they are written: whoever he named gets them.
            self.leave(self.adam, "documents", documents=self.client.id)
            self.env["charter.contact.sheet"]._cron_contacts()
            self.env["charter.delivery.run"]._cron_delivery()
        self.assertEqual(set(planned.mapped("state")), {"withdrawn"})
        written = self.deliveries("charter", "contacts").filtered(lambda one: one.state == "queued")
        self.assertEqual((written.contact_id, len(written)), (self.client, 2))
        self.assertEqual(self.deliveries("notice").contact_id, self.adam)

    def deliveries(self, *kinds):
        return self.env["charter.delivery"].search(
            [("partner_id", "=", self.client.id), ("kind", "in", kinds)], order="id"
        )

    def test_copies_reminders_and_surveys(self):
        self.company.charter_feedback_frequency_days = 0
        contract = self._contract(self.client)

        def mails():
            """How many reach Alice: of an incident it reports, of a survey that waits, and the survey itself."""
            found = []
            for act in (
                lambda: self.env["charter.intervention"]._from_portal(
                    self.alice, {"summary": f"Dark {len(self.mails_to(self.alice))}"}, contract, self.env["charter.equipment"]
                ),
                lambda: invitation[0]._remind(self.env.cr.now()),
                self.invitation,
            ):  # fmt: skip
                before = len(self.mails_to(self.alice))
                act()
                found.append(len(self.mails_to(self.alice)) - before)
            return found

        invitation = [self.invitation()]
        self.assertEqual(mails(), [1, 1, 1])
        self.leave(self.alice, *OWN)
        self.assertEqual(self.receives(self.alice), set(SHARED))
        self.assertEqual(mails(), [0, 0, 0])
        # What is owed in person is no copy: the confirmation of an escalation, and its answer.
        before = len(self.mails_to(self.alice))
        self.answer(self.escalate(), self.operations)
        self.assertEqual(len(self.mails_to(self.alice)) - before, 2)

    def test_by_the_link_of_a_mail_and_on_the_portal(self):
        self.adam.email = False
        self.client.email = False
        self.env.flush_all()
        token = self.env["charter.link"]._token(self.alice.sudo(), "mails", self.alice)
        address = f"/charter/l/{token}"
        page = self.url_open(address)
        self.assertEqual(page.status_code, 200)
        for kind in EVERYTHING:
            self.assertRegex(page.text, rf'name="{kind}"[^>]*checked')
        self.assertIn("every right to be heard", page.text)
        form = {"confirm": "1", **dict.fromkeys(EVERYTHING - {"reports"}, "1")}
        refused = self.url_open(address, data=form, method="POST")
        self.assertEqual(refused.status_code, 422)
        self.assertIn('role="alert"', refused.text)
        self.adam.email = "two@alpine.example.com"
        self.adam.charter_mail_reports = "no"
        self.client.email = "info@alpine.example.com"
        self.env.flush_all()
        page = self.url_open(address)
        self.assertIn(f'<option value="{self.client.id}"', page.text)
        # A program that unsubscribes with one click finds no such button here.
        self.url_open(address, data={"List-Unsubscribe": "One-Click"}, method="POST")
        self.env.invalidate_all()
        self.assertEqual(self.receives(self.alice), EVERYTHING)
        done = self.url_open(address, data={**form, "instead_reports": str(self.client.id)}, method="POST")
        self.assertIn("Recorded: we write to you about", done.text)
        self.env.invalidate_all()
        self.assertEqual(self.receives(self.alice), EVERYTHING - {"reports"})
        self.assertEqual(self.readers("reports"), self.client)
