"""The document says which messages there are; the wizard has no list of its own."""

from odoo.exceptions import ValidationError

from ..cases.common import CharterCase


class TestMessageWizard(CharterCase):
    def test_only_what_the_document_offers(self):
        escalation = self.escalate()
        wizards = self.env["charter.message.wizard"]
        for model, kind in (
            ("charter.escalation", "outcome"), ("charter.escalation", "unlink"), ("charter.obligation", "answer"),
            ("res.partner", "answer"), ("no.such.model", "answer"),
        ):  # fmt: skip
            with (
                self.subTest(model, kind=kind),
                self.assertRaisesRegex(ValidationError, "button of the document"),
            ):
                wizards.create(
                    {
                        "res_model": model,
                        "res_id": escalation.id,
                        "kind": kind,
                        "subject": "x",
                        "body": "<p>x</p>",
                    }
                )

    def test_where_a_promise_comes_from_is_said_by_its_document(self):
        for record, page in ((self.escalate(), "escalation"), (self.negative(), "feedback")):
            words, url = record._charter_origin()
            self.assertEqual((words, url), (f"Your {page}", f"/my/charter/{page}/{record.id}"))
            self.assertTrue(record._charter_said())
            self.assertEqual(record.obligation_ids._origin_words(), record._charter_said())
        self.assertEqual(self.client._charter_origin(), (None, None), "the contract is named")
