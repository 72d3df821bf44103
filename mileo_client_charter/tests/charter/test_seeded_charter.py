"""The charter shipped with the addon against CHR-CRM-001 v1.2, fact by fact."""

import re

from odoo.tests import tagged

from ...models.charter.charter_commitment import OWN_DELAY
from ..cases.common import CharterCase

# What CHR-CRM-001 v1.2 (April 2025) gives: (code, delay, unit, anchor, threshold, who does it), and its article.
GIVEN = [
    # Art. 01: replaced without delay, and the client informed beforehand.
    ("contact.handover", 0, "hours", "before", 0, "account_manager", 1),
    # Art. 01: informed at least 60 days before the date.
    ("notice.advance", 60, "days", "before", 0, "technical_contact", 1),
    # Art. 02: two interviews a year, with the account manager.
    ("interview.biannual", 6, "months", "after", 0, "account_manager", 2),
    # Art. 02: a rating below 3/5, a call of the account manager within 48 hours.
    ("feedback.callback", 48, "hours", "after", 3, "account_manager", 2),
    # Art. 03: the operations manager within 24 hours, general management within 48 hours.
    ("escalation.level1", 24, "hours", "after", 0, "operations_manager", 3),
    ("escalation.level2", 48, "hours", "after", 0, "general_management", 3),
    # Art. 04: 3 months before the annual due date.
    ("review.annual", 3, "months", "before", 0, "account_manager", 4),
]
# What it asks for without a time limit: the company's own, and marked as such.
OWN = [
    ("report.delivery", 10, "days", 1),
    ("intervention.response", 4, "hours", 1),
    ("intervention.resolution", 40, "hours", 1),
    ("feedback.outcome", 5, "days", 2),
    ("charter.copy", 5, "days", 3),
    ("contacts.sheet", 5, "days", 3),
    ("renewal.decision", 1, "months", 4),
    ("remediation.start", 10, "days", 4),
]
# Art. 01: a monthly report for Premium, a quarterly one for Comfort and Essential.
PERIODS = {"premium": "month", "comfort": "quarter", "essential": "quarter"}
# Nouns of the source that clients know, by article; the introduction is 0.
NOUNS = {
    0: ("document de référence public", "onboarding", "portail client", "confiance", "transparence"),
    1: (
        "responsable de compte", "interlocuteur technique référent", "heures ouvrées", "rapport", "Premium", "Comfort", "Essential",
        "recommandations techniques", "fin de support constructeur", "RGPD", "normes NF", "arrêtés préfectoraux",
    ),
    2: ("feedback", "enquête de satisfaction", "entretien", "notes", "verbatim", "actions correctives", "suite donnée"),
    3: ("droit d’escalade", "niveau 1", "niveau 2", "responsable d’exploitation", "direction générale"),
    4: ("bilan annuel", "échéance annuelle", "NPS", "réclamation formelle", "démarche de remédiation"),
}  # fmt: skip
TITLES = (
    "Engagements de Mileo Technology", "Mécanismes de feedback", "Droit d’escalade client", "Bilan annuel et renouvellement",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestSeededCharter(CharterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.seeded = cls.env.ref("mileo_client_charter.charter_v1_2")
        cls.french = cls.seeded.with_context(lang="fr_FR")

    def text(self, document):
        """The whole document as a page and the PDF have it, without tags."""
        html = (
            self.env["ir.qweb"]
            .with_context(lang=document.env.lang)
            ._render("mileo_client_charter.charter_text", {"document": document})
        )
        return " ".join(re.sub(r"<[^>]+>", " ", str(html)).split())

    def test_every_figure_of_the_source(self):
        self.assertEqual((self.seeded.reference, self.seeded.version), ("CHR-CRM-001", "v1.2"))
        self.assertEqual((self.seeded.date.year, self.seeded.date.month), (2025, 4))
        for code, *facts, article in GIVEN:
            with self.subTest(code):
                found = self.seeded._commitment(code)
                self.assertEqual(
                    [found.delay, found.unit, found.anchor, found.threshold, found.owner_role], facts
                )
                self.assertEqual((found.article_id.number, found.is_own_delay), (article, False))
                self.assertEqual(found.clock, "elapsed")
        renewal = self.seeded._commitment("renewal.decision")
        # Art. 04: the NPS of the client is above 0.
        self.assertEqual((renewal.threshold, renewal.anchor), (0, "before"))
        for name, period in PERIODS.items():
            self.assertEqual(self.env.ref(f"mileo_client_charter.tier_{name}").report_period, period)

    def test_what_the_source_does_not_give_is_marked(self):
        """In the text of the page and the PDF, in both languages; what it gives is not."""
        for code, delay, unit, article in OWN:
            with self.subTest(code):
                found = self.seeded._commitment(code)
                self.assertEqual((found.delay, found.unit, found.article_id.number), (delay, unit, article))
                self.assertTrue(found.is_own_delay)
        codes = {code for code, *_rest in [*GIVEN, *OWN]}
        self.assertEqual(codes, set(self.seeded.commitment_ids.mapped("code")), "neither given nor own")
        for document, own, given, note in (
            (self.seeded, "10 days", "48 hours", "* Time limit set by"),
            (self.french, "10\u00a0jours", "48\u00a0heures", "* Délai fixé par"),
        ):
            text = self.text(document)
            self.assertIn(own + OWN_DELAY, text.replace("10 jours", "10\u00a0jours"))
            self.assertNotIn(given + OWN_DELAY, text.replace("48 heures", "48\u00a0heures"))
            self.assertIn(note, text)
        self.assertIn("CHR-CRM-001 · v1.2 (adapted)", self.text(self.seeded))
        self.assertIn("CHR-CRM-001 · v1.2 (adaptée)", self.text(self.french))
        self.assertEqual(self.french.display_name, "CHR-CRM-001 v1.2 (adaptée)")

    def test_no_figure_is_written_into_the_text(self):
        """A figure is the one of its commitment; “out of 5” and “level 1” are no figures of the charter."""
        for document in (self.seeded, self.french):
            for article in document.article_ids:
                words = re.sub(r"<[^>]+>|\{[^}]+\}", " ", str(article.body))
                words = re.sub(r"out of 5|sur 5|(level|niveau) [12]", " ", words, flags=re.IGNORECASE)
                self.assertNotRegex(words, r"\d", article.title)

    def test_nouns_clients_know(self):
        articles = self.french.article_ids.sorted("number")
        self.assertEqual(tuple(articles.mapped("title")), TITLES)
        for number, nouns in NOUNS.items():
            body = articles[number - 1]._render_body() if number else self.french.introduction
            for noun in nouns:
                self.assertIn(noun.lower(), str(body).lower().replace("\u00a0", " "), number)

    def test_a_text_of_the_company_s_own_says_nothing_of_it(self):
        version = self.seeded.copy()
        version.is_adapted = False
        version.commitment_ids.is_own_delay = False
        text = self.text(version)
        self.assertNotIn("adapted", text)
        self.assertNotIn("set by", text)
        self.assertNotIn("days" + OWN_DELAY, text)
