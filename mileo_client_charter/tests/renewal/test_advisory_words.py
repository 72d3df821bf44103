"""Whose words clients read of an advisory, and in which language."""

import ast
import json
import pathlib
from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.base.charter_addons import keeps_charter_rows
from ...tools import advisory as documents
from ..cases.advisories import NOW, AdvisoryCase, csaf, product

TOOLS = pathlib.Path(documents.__file__).parent
QUOTED = "Texte de l’éditeur, CISA, dans sa langue d’origine (anglais)\N{NO-BREAK SPACE}:"
OURS = {
    "lang": "fr_FR",
    "title": "Caméras Hikvision à mettre à jour",
    "summary": "N’importe qui peut se connecter à la caméra.",
    "advice": "Nous mettons la caméra à jour avec vous.",
}


@tagged("post_install", "-at_install")
class TestAdvisoryWords(AdvisoryCase):
    def draft(self, advisory):
        with self.at(moment=NOW):
            action = advisory.with_user(self.manager).with_company(self.company).action_notice()
            self.env.flush_all()
        return self.env["charter.notice"].browse(action["res_id"]).with_user(self.manager)

    def translated(self, advisory, **values):
        with self.at(moment=NOW):
            ours = (
                self.env["charter.advisory.translation"]
                .with_user(self.technician)
                .create({"advisory_id": advisory.id, **OURS, **values})
            )
            self.env.flush_all()  # as a request ends: else who writes next is on record as the writer
            return ours

    def test_a_foreign_text_is_a_quotation_and_nothing_else_is(self):
        notice = self.draft(self.imported(self.document))
        french, english = notice.with_context(lang="fr_FR"), notice.with_context(lang="en_US")
        self.assertEqual(english.name, "Hikvision Cameras", "its own title, in its own language")
        self.assertEqual(french.name, "Vulnérabilité\xa0: Hikvision DS-2CD4xx5 Series (ICSA-1)")
        self.assertRegex(french.body, '<div[^>]* lang="en"[^>]*>Anybody may log in.</div>')
        self.assertNotIn(" lang=", english.body)
        self.assertIn("Anybody may log in.", english.body)
        self.assertIn(QUOTED, html2plaintext(french.body))
        self.assertEqual(
            french.advice.splitlines(),
            [
                "Ce qu’indique l’éditeur\xa0: Mise à jour.",
                "Nous vous contactons pour convenir de ce qui est à faire.",
                "",
                QUOTED,
                "“Update to V5.7.3.”",
            ],
        )
        self.assertEqual(english.advice, "Update: Update to V5.7.3.")
        # Who sends it is warned, and who reads it sees whose words they are.
        self.assertEqual(notice.foreign_words, "French")
        with self.at(moment=NOW):
            notice.action_send()
            self.env.flush_all()
        self.assertIn(QUOTED, html2plaintext(self.mails_to(self.olga).body_html))
        self.assertNotIn("original language", self.mails_to(self.alice).body_html)
        self.assertFalse(notice.foreign_words, "it has left")

    def test_our_words_stand_instead(self):
        advisory = self.imported(self.document)
        notice = self.draft(advisory)
        action = notice.action_translate()
        self.assertEqual(
            (action["context"]["default_advisory_id"], action["context"]["default_lang"]),
            (advisory.id, "fr_FR"),
        )
        self.translated(advisory)
        french = notice.with_context(lang="fr_FR")
        self.assertEqual((french.name, french.advice), (OURS["title"], OURS["advice"]))
        self.assertIn(OURS["summary"], french.body)
        self.assertNotIn("Anybody", html2plaintext(french.body))
        self.assertEqual(notice.with_context(lang="en_US").name, "Hikvision Cameras")
        self.assertFalse(notice.foreign_words)
        self.assertIs(notice.action_translate(), True)

    def test_what_somebody_wrote_into_the_draft_stays(self):
        advisory = self.imported(self.document)
        notice = self.draft(advisory)
        french = notice.with_context(lang="fr_FR")
        french.write({"body": "<p>Écrit par Claire.</p>", "advice": "Appelez Claire."})
        self.assertFalse(notice.foreign_words, "nothing of the publisher's is in it")
        self.translated(advisory)
        self.assertIn("Claire", french.body)
        self.assertEqual(french.advice, "Appelez Claire.")

    def test_words_of_a_former_text_are_not_used(self):
        advisory = self.imported(self.document)
        ours = self.translated(advisory)
        french = advisory.with_context(lang="fr_FR")
        self.assertEqual(french._title(), OURS["title"])
        self.imported(self.document, version="2", revised="2026-10-02T08:00:00Z")
        self.assertTrue(ours.is_current, "a number alone changes nothing")
        with self.at(moment=NOW):
            advisory.remedy_ids[0].text = "Update to V5.8."
        self.env.invalidate_all()
        self.assertFalse(ours.is_current)
        self.assertIn("“Update to V5.8.”", french._advice())
        ours.action_still_right()
        self.assertEqual((ours.is_current, french._advice()), (True, OURS["advice"]))

    def test_a_revision_is_told_in_words_of_its_own(self):
        advisory = self.imported([product(0, "DS-2CD4xx5 Series", "< V5.4.0")])
        ours = self.translated(advisory)
        notice = self.sent(advisory)
        self.assertEqual(notice.line_ids.partner_id, self.other)
        self.assertIn(OURS["summary"], self.mails_to(self.olga).body_html)
        revised = json.loads(csaf(self.document, version="2", revised="2026-10-02T08:00:00Z"))
        revised["vulnerabilities"][0]["remediations"][0]["details"] = "Update to V5.8."
        wizard = self.env["charter.advisory.import"].with_user(self.technician)
        with self.at(moment=NOW + timedelta(days=1)):
            wizard = wizard.create({"file_ids": [(0, 0, {"name": "a.json", "raw": json.dumps(revised)})]})
            wizard.action_import()
            self.env.flush_all()
        self.assertEqual((wizard.line_ids.outcome, wizard.line_ids.told_count), ("revised", 2))
        again = self.mails_to(self.olga).sorted("id")[-1].body_html
        first = self.mails_to(self.alice)
        self.assertEqual(len(first), 1)
        for mail, words, said in (
            (again, "L’éditeur a révisé son avis", True), (again, "Update to V5.8.", True),
            (again, OURS["summary"], False), (again, OURS["advice"], False),
            (first.body_html, "Update to V5.8.", True), (first.body_html, "Camera 1", True),
            (first.body_html, "The publisher revised", False), (first.body_html, "There is news", False),
        ):  # fmt: skip
            with self.subTest(words):
                (self.assertIn if said else self.assertNotIn)(words, mail)
        [step] = advisory._words_steps()
        self.assertEqual(
            (step.user_id, step.date_deadline),
            (self.technician, date(2026, 10, 6) + timedelta(days=self.company.charter_vulnerability_days)),
        )
        with self.at(moment=NOW + timedelta(days=2)):
            ours.action_still_right()
            self.env.flush_all()
        self.assertFalse(advisory._words_steps().filtered("active"))
        self.assertIn(OURS["summary"], notice.with_context(lang="fr_FR").body, "on the portal")
        self.assertEqual(len(self.mails_to(self.olga)), 2, "nobody is written to for it")

    def test_a_revision_less_public_than_before_waits(self):
        advisory = self.imported(self.document)
        notice = self.sent(advisory)
        self.imported(
            self.document, version="2", revised="2026-10-02T08:00:00Z", tlp="AMBER", cves=("CVE-2026-22222",)
        )
        self.assertEqual(set(notice.line_ids.mapped("told_times")), {1})
        self.assertTrue(all("TLP:AMBER" in line.error for line in notice.line_ids))
        self.assertEqual(notice.not_notified_count, 2, "the button is there")
        with self.at(moment=NOW):
            with self.assertRaisesRegex(UserError, "TLP:AMBER"):
                notice.with_user(self.manager).action_notify_again()
            advisory.with_user(self.manager).may_share = True
            notice.with_user(self.manager).action_notify_again()
            self.env.flush_all()
        self.assertEqual(set(notice.line_ids.mapped("told_times")), {2})
        self.assertIn("The publisher revised", self.mails_to(self.alice).sorted("id")[-1].body_html)

    def test_in_the_notice_of_a_week_too(self):
        advisory = self.imported(
            [product(0, "DS-2CD4A25F", "vers:all/*")], identifier="M-1", cves=("CVE-2026-20001",)
        )
        with self.at(moment=NOW), self.committing():
            advisory.cve_ids.vector = "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:N"
            self.env.flush_all()
            self.env["charter.advisory"]._raise_notices()
            self.env.flush_all()
        week = self.env["charter.notice"].search([("advisory_ids", "in", advisory.ids)])
        line = week.line_ids.filtered(lambda one: one.partner_id == self.other).with_context(lang="fr_FR")
        [row] = line._advisory_rows()
        self.assertEqual(row["name"], "Vulnérabilité\xa0: Hikvision DS-2CD4A25F (M-1)")
        self.assertIn(QUOTED, row["advice"])
        self.assertTrue(week.foreign_words)
        self.assertEqual(week.action_translate()["context"]["default_advisory_id"], advisory.id)
        self.translated(advisory)
        [row] = line._advisory_rows()
        self.assertEqual((row["name"], row["advice"]), (OURS["title"], OURS["advice"]))
        self.assertFalse(week.foreign_words)

    def test_languages(self):
        advisory = self.imported(self.document)
        for language, lang, foreign, said in (
            ("en", "en_US", False, "English"), ("en-GB", "en_US", False, "English"), ("en", "fr_FR", True, "anglais"),
            ("de", "fr_FR", True, "allemand"), ("fr", "fr_FR", False, "français"), ("", "fr_FR", True, ""), ("zz", "en_US", True, ""),
        ):  # fmt: skip
            with self.subTest(language=language, lang=lang):
                one = advisory.with_context(lang=lang)
                one.sudo().language = language
                self.assertEqual((one._is_foreign(), one._said_in()), (foreign, said))
                self.assertIn("CISA", one._quoted_from())
        typed = self.env["charter.advisory"].with_context(lang="fr_FR").create(
            {"identifier": "A-1", "publisher": "Acme", "name": "Toutes les caméras"}
        )  # fmt: skip
        self.assertEqual(typed.language, "fr")
        self.assertTrue(typed.with_context(lang="en_US")._is_foreign())

    def test_each_language_is_written_by_itself(self):
        """Html that people write to clients; what is shipped and translated sentence by sentence is on the list."""
        shipped = {("charter.document", "introduction"), ("charter.article", "body")}
        found = {
            (name, field.name): field.translate
            for name, model in self.env.registry.items()
            if keeps_charter_rows(model)
            for field in model._fields.values()
            if field.type == "html" and field.translate and field.store
        }
        self.assertEqual({key for key, translate in found.items() if callable(translate)}, shipped)
        own = [key for key, translate in found.items() if translate is True]
        self.assertTrue(own)
        notice = self.draft(self.imported(self.document))
        for model, name in own:
            with self.subTest(model, field=name):
                self.assertEqual(model, notice._name, "make a record of it here")
                for lang, words in (
                    ("en_US", "<p>Said in English.</p>"),
                    ("fr_FR", "<p>Dit en français.</p>"),
                ):
                    notice.with_context(lang=lang)[name] = words
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertIn("English", notice.with_context(lang="en_US")[name])
                self.assertIn("français", notice.with_context(lang="fr_FR")[name])

    def test_a_text_in_the_wrong_language_is_seen(self):
        with self.at(moment=NOW):
            notice = self.env["charter.notice"].create(
                {
                    "name": "Fin de support des caméras", "effect_on": "2027-03-01", "company_id": self.company.id,
                    "equipment_ids": [(6, 0, (self.cam | self.far).ids)], "advice": "Nous les remplaçons avec vous lors de la visite.",
                    "body": "<p>Le constructeur cesse le support de la caméra et ne la corrige plus.</p>",
                }
            )  # fmt: skip
            notice.action_match()
            self.assertEqual((notice.other_words, notice.foreign_words), ("English", ""))
            self.assertEqual(
                notice.with_context(lang="fr_FR").other_words, "anglais", "in the reader's words"
            )
            said = {name: notice[name] for name in ("name", "body", "advice")}
            notice.with_context(lang="en_US").write(
                {"name": "End of support", "body": "<p>The maker ends the support of this camera.</p>", "advice": "We replace it with you at the visit."}
            )  # fmt: skip
            notice.with_context(lang="fr_FR").write(said)
            self.env.invalidate_all()
            self.assertFalse(notice.other_words)

    # -- bad input --------------------------------------------------------------------------------

    def test_words_that_say_nothing(self):
        advisory = self.imported(self.document)
        for name, label in (
            ("title", "Subject"),
            ("summary", "What happens"),
            ("advice", "What we recommend"),
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, f"^{label}: write it down"),
                self.cr.savepoint(),
            ):
                self.translated(advisory, **{name: "…"})

    def test_every_refusal_of_a_document_has_its_words(self):
        """Every code a reader raises is one the import says in words, with the place and what to do."""
        codes = set()
        for path in TOOLS.glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AdvisoryError":
                    codes.add(node.args[0].value)
        self.assertGreater(len(codes), 10)
        for code in codes:
            words = self.env["charter.advisory"]._import_words(
                documents.AdvisoryError(code, where="/document", detail="x")
            )
            self.assertRegex(words, "^(/document|File):", code)
