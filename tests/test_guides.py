"""The guides name what is on the screens: each menu, button and filter they quote is a term of the product, in their language."""

import pathlib
import re

import polib
import pytest

ROOT = pathlib.Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "user").rglob("*.md"))
TERMS = [
    entry
    for path in ROOT.glob("mileo_client_charter*/i18n/fr.po")
    for entry in polib.pofile(path)
    if not entry.obsolete
]
# What Odoo's own pages say.
ODOO = {
    "en": {"New", "Actions", "Invoicing", "Customers", "Customer Contracts", "Stop", "Stop Plan Successor"},
    "fr": {
        "Nouveau",
        "Actions",
        "Facturation",
        "Contrats clients",
        "Interrompre",
        "Interrompre et planifier un successeur",
    },
}
QUOTED = re.compile(r"(?<![*\w])\*(?!\*)([^*]+)\*(?!\*)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]*)")
# Of one day, in two languages; no guide is for one half of the readers.
BOTH = {guide.name for guide in GUIDES if guide.parent.name == "user"}


def same(text):
    """Apostrophes and spaces are typed in more ways than one."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_guide_quotes_is_on_a_screen(guide):
    language = "fr" if guide.parent.name == "fr" else "en"
    known = {same(entry.msgstr if language == "fr" else entry.msgid) for entry in TERMS} | ODOO[language]
    quoted = {
        same(part) for words in QUOTED.findall(guide.read_text(encoding="utf-8")) for part in words.split("‣")
    }
    assert quoted
    assert sorted(quoted - known) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_link_leads_somewhere(guide):
    text = guide.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if link and not (guide.parent / link).exists()]
    assert missing == []
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == anchors


def test_each_role_has_its_guide_in_both_languages():
    assert {guide.name for guide in GUIDES if guide.parent.name == "fr"} == BOTH
