from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..cases.common import START, CharterCase


@tagged("post_install", "-at_install")
class TestCharterDocument(CharterCase):
    def _new_version(self):
        return self.document.browse(self.document.action_new_version()["res_id"])

    def _text(self, document, lang="en_US"):
        return " ".join(document.with_context(lang=lang).article_ids.mapped("rendered_body"))

    def test_text_prints_the_figures(self):
        text = self._text(self.document)
        for words in (
            "within 48 hours",
            "below 3 out of 5",
            "within 24 hours",
            "at least 60 days",
            "every 6 months (2 a year)",
            "3 months before the annual due date",
            "NPS is above 0",
            "every month for Premium contracts",
            "every quarter for Comfort and Essential contracts",
        ):
            with self.subTest(words):
                self.assertIn(words, text)
        self.assertNotIn("{", text)

    def test_text_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("48 heures", self._text(self.document, "fr_FR"))
        self.assertIn("60 jours", self._text(self.document, "fr_FR"))
        self.assertNotIn("48 hours", self._text(self.document, "fr_FR"))

    def test_change_48_to_36_in_a_new_version(self):
        """The page, the next deadline and the mail say 36; what is open keeps 48."""
        with self.at():
            before = self.promise(self.negative(), "feedback.callback")
            new = self._new_version()
            new._commitment("feedback.callback").delay = 36
            new.action_publish()
            after = self.promise(self.negative(self.adam), "feedback.callback")
        self.assertEqual(before.due_at, START + timedelta(hours=48))
        self.assertEqual(before.target_text, "48 hours")
        self.assertEqual(after.due_at, START + timedelta(hours=36))
        self.assertEqual(after.target_text, "36 hours")
        self.assertIn("within 36 hours", self._text(new))
        self.assertEqual((self.document.state, new.state), ("superseded", "in_force"))
        with self.at(25):
            self.tick()
        [reminder] = self.mails_to(self.manager.partner_id).filtered(
            lambda m: m.subject.startswith("Reminder")
        )
        self.assertIn("36 hours", reminder.body_html)

    def test_version_number_follows(self):
        self.assertEqual(self._new_version().version, "v1.3")
        self.assertEqual(self._new_version().version, "v1.4")
        new = self._new_version()
        self.assertEqual(len(new.commitment_ids), len(self.document.commitment_ids))
        self.assertEqual(new.commitment_ids.article_id.document_id, new)

    def test_published_is_frozen(self):
        commitment = self.document.commitment_ids[0]
        article = self.document.article_ids[0]
        for name, act in (
            ("document", lambda: self.document.write({"version": "v9"})),
            ("state", lambda: self.document.write({"state": "draft"})),
            ("commitment", lambda: commitment.write({"delay": 1})),
            ("article", lambda: article.write({"body": "<p>x</p>"})),
            ("new article", lambda: article.copy({"number": 9})),
            ("new commitment", lambda: commitment.copy({"code": "x.y"})),
            ("delete commitment", commitment.unlink),
            ("delete article", article.unlink),
            ("delete", self.document.unlink),
            (
                "through the document",
                lambda: self.document.write({"article_ids": [(1, article.id, {"title": "x"})]}),
            ),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                act()
        # The signed PDF is the same text, later.
        self.document.official_pdf = b"JVBERg=="
        self.assertTrue(self.document.official_pdf)

    def test_two_in_force_is_impossible(self):
        new = self._new_version()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            new._charter_engine().write({"state": "in_force"})
            self.env.flush_all()

    def test_somebody_published_at_the_same_moment(self):
        """The other's version, committed meanwhile and not seen here, is met by the constraint."""
        new = self._new_version()
        new._charter_engine().write({"company_id": self.company.id})
        with (
            mute_logger("odoo.sql_db"),
            self.patch_search_blind(),
            self.assertRaisesRegex(UserError, "just published"),
            self.cr.savepoint(),
        ):
            new.action_publish()

    def patch_search_blind(self):
        original = type(self.document).search

        def blind(records, domain, *args, **kwargs):
            if ("state", "=", "in_force") in list(domain):
                return records.browse()
            return original(records, domain, *args, **kwargs)

        return patch.object(type(self.document), "search", blind)

    def test_publishing_owes_every_client_a_copy(self):
        with self.at():
            self._contract(self.client)
            other, *_contacts = self._client("Bastide")  # no contract: no client of the charter
            self._new_version().action_publish()
        copies = self.env["charter.obligation"].search(
            [("code", "=", "charter.copy"), ("partner_id", "=", self.client.id)]
        )
        self.assertEqual(sorted(copies.mapped("occurrence")), ["v1.2", "v1.3"])
        self.assertFalse(self.env["charter.obligation"].search([("partner_id", "=", other.id)]))

    def test_bad_documents_are_refused(self):
        for name, change, words in (
            ("unknown code", lambda d: d.article_ids[0].write({"body": "<p>{no.such}</p>"}), "no.such"),
            (
                "unknown figure",
                lambda d: d.article_ids[0].write({"body": "<p>{notice.advance:colour}</p>"}),
                "colour",
            ),
            (
                "missing commitment",
                lambda d: d._commitment("feedback.callback").unlink(),
                "feedback.callback",
            ),
            (
                "working months",
                lambda d: d._commitment("review.annual").write({"clock": "working"}),
                "months",
            ),
            ("bad code", lambda d: d.commitment_ids[0].write({"code": "Call Back"}), "Call Back"),
        ):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(UserError, words),
            ):
                draft = self._new_version()
                change(draft)
                draft.action_publish()

    def test_negative_delays_are_refused(self):
        for values in ({"delay": -1}, {"warn_before": -1}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self._new_version().commitment_ids[0].write(values)
                self.env.flush_all()

    def test_only_administrators_publish(self):
        draft = self._new_version()
        with self.assertRaises(AccessError):
            draft.with_user(self.operations).action_publish()
        draft.with_user(self.admin).action_publish()
        self.assertEqual(draft.state, "in_force")

    def test_company_without_charter(self):
        company = self.env["res.company"].create({"name": "Second"})
        with self.assertRaisesRegex(ValidationError, "no charter in force"):
            self._contract(self.client, company_id=company.id)

    def test_an_unknown_figure_is_named_and_stays(self):
        """As the web client edits it: the words stay in the form, the preview follows, publishing names what is wrong."""
        draft = self._new_version()
        for word in ("{feedback.callbacks}", "{feedback callback}", "{feedback.callback:hours}"):
            with (
                self.subTest(word),
                Form(draft.with_user(self.admin)) as form,
                form.article_ids.edit(0) as article,
            ):
                article.body = f"<p>Called back within {word} or {{feedback.callback}}.</p>"
                self.assertEqual(article.unknown_figures, word)
                self.assertIn("48 hours", article.rendered_body)
                article.body = "<p>Called back within {feedback.callback:threshold} hours.</p>"
                self.assertFalse(article.unknown_figures)
                self.assertIn("within 3 hours", article.rendered_body)
                article.body = f"<p>Called back within {word}.</p>"
            self.assertIn(word, draft.article_ids[0].body)
            self.assertIn(word, draft.unknown_figures)
            with self.assertRaises(ValidationError) as caught:
                draft.action_publish()
            self.assertIn(word, str(caught.exception))
            self.assertIn(draft.article_ids[0].title, str(caught.exception))

    def test_an_article_edited_in_one_language_alone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        draft = self._new_version()
        article = draft.article_ids[0]
        self.assertFalse(draft.older_words)
        french, english = (article.with_context(lang=lang) for lang in ("fr_FR", "en_US"))
        for edits, older in (
            ([(french, "Autre")], "English"),
            ([(french, "Autre encore")], "English"),
            ([(english, "Another")], ""),
            ([(english, "Another again"), (french, "Autre enfin")], ""),
            ([(english, "Another again")], ""),
            ([(english, "Once more")], "French"),
        ):
            for edited, title in edits:
                edited.title = title
            with self.subTest(older=older, edits=[title for _article, title in edits]):
                self.assertEqual(bool(draft.older_words), bool(older))
                self.assertIn(older, draft.older_words or "")
        with self.assertRaisesRegex(ValidationError, "French"):
            draft.action_publish()
        self.assertEqual(draft.state, "draft")
        copy = draft.copy()
        self.assertFalse(copy.older_words, "a new version has no edits of its own yet")
        draft.with_context(charter_publish_older=True).action_publish()
        self.assertEqual(draft.state, "in_force")


@tagged("post_install", "-at_install")
class TestProposal(CharterCase):
    """A commitment of another addon, or of a later version of this one, comes by a draft that a person publishes."""

    terms = {"delay": 5, "unit": "days", "clock": "working", "owner_role": "account_manager"}

    def propose(self, **values):
        names = {
            "en_US": "We answer your dispute",
            "fr_FR": "Nous répondons à votre contestation",
            "xx_XX": "?",
        }
        return self.document._propose("invoice.dispute", 2, names, **self.terms, **values)

    def test_a_draft_that_holds_for_nobody_until_it_is_published(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        draft = self.propose()
        self.assertEqual((draft.state, draft._commitment("invoice.dispute").delay), ("draft", 5))
        self.assertFalse(self.document._commitment("invoice.dispute"))
        self.assertEqual(
            draft._commitment("invoice.dispute").with_context(lang="fr_FR").name,
            "Nous répondons à votre contestation",
        )
        self.assertIn("invoice.dispute", draft.message_ids[:1].body)
        self.assertEqual(self.propose(), draft, "once")
        self.assertEqual(len(draft.commitment_ids), len(self.document.commitment_ids) + 1)
        feedback = self.negative()
        with self.at():
            self.assertFalse(feedback._charter_open("invoice.dispute", optional=True))
            with self.assertRaisesRegex(UserError, "invoice.dispute"):
                feedback._charter_open("invoice.dispute")
            draft.action_publish()
            self.assertEqual(feedback._charter_open("invoice.dispute", optional=True).state, "open")
        self.assertFalse(self.propose(), "it is there")

    def test_it_joins_the_draft_somebody_works_on(self):
        draft = self._new()
        self.assertEqual(self.propose(), draft)
        with self.assertRaisesRegex(ValidationError, "no article 9"):
            self.document._propose("other.one", 9, {"en_US": "x"}, **self.terms)

    def _new(self):
        return self.document.browse(self.document.action_new_version()["res_id"])

    def test_data_of_a_later_version_never_break_an_update(self):
        """As Odoo loads them: new parts of a published charter go to the draft, changed ones leave it as it is."""
        module = "mileo_client_charter"
        loading = {"install_mode": True, "install_module": module}
        article = self.document.article_ids[1]
        commitments = self.env["charter.commitment"].with_context(**loading)
        new = {
            "xml_id": f"{module}.commitment_next_year",
            "noupdate": True,
            "values": self._values(article, "next.year"),
        }
        made = commitments._load_records([new], update=True)
        self.assertEqual((made.document_id.state, made.article_id.number), ("draft", article.number))
        self.assertFalse(self.document._commitment("next.year"))
        again = {**new, "values": self._values(article, "next.year")}
        self.assertEqual(
            commitments._load_records([again], update=True), made, "the next update finds it there"
        )
        known = self.document._commitment("feedback.callback")
        changed = {"xml_id": f"{module}.commitment_feedback_callback", "values": {"delay": 36}}
        self.env["ir.model.data"].search(
            [("module", "=", module), ("name", "=", "commitment_feedback_callback")]
        ).write({"noupdate": False, "res_id": known.id})
        commitments._load_records([changed], update=True)
        self.assertEqual(known.delay, 48, "published text does not move")
        with self.assertRaisesRegex(UserError, "published"):
            self.env["charter.commitment"]._load_records([{"values": self._values(article, "other.one")}])
        # What a company has added by itself is in nobody's way.
        own = {"xml_id": f"{module}.commitment_own", "values": self._values(article, "feedback.callback")}
        self.assertEqual(commitments._load_records([own], update=True), known)

    def _values(self, article, code):
        return {
            "document_id": self.document.id,
            "article_id": article.id,
            "code": code,
            "name": "Next",
            "delay": 1,
        }
