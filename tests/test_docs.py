"""The documentation holds together: links lead somewhere, quoted code is real, every picture is there and shown."""

import html.parser
import pathlib
import re
import sys

import polib
import pytest
from lxml import etree

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import picture_pages  # noqa: E402  (the path above must be set first)

ADDON = ROOT / "mileo_client_charter"
EXAMPLE = ROOT / "examples" / "charter_example_site_visit"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [
    *DOCS,
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("mileo_client_charter*/readme/*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
    ROOT / "benchmarks" / "README.md",
    ROOT / "findings" / "README.md",
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MENU = re.compile(r"\*([^*\n]+ ‣ [^*]+)\*")
# Largest picture a page of documentation may have.
BYTES = 100_000
# What the guides name of Odoo itself.
OF_ODOO = {
    "Settings", "Users", "Companies", "Technical", "Resource", "Working Schedules", "Resource Time Off", "Languages", "Apps",
    "Update Apps List", "Activate", "Uninstall", "Mileo Client Charter", "Outgoing Mail Servers", "Incoming Mail Servers",
    "Fetch Now", "Aliases", "Alias Domains", "Emails", "Scheduled Actions", "Automation Rules", "Actions", "My Profile", "Security",
    "API Keys", "Contacts", "Users & Companies", "Translations", "Email", "Automation", "Invoicing",
    "Customers", "Customer Contracts",
}  # fmt: skip


def anchors(text):
    """The anchors a page has, as code hosts make them of its headings."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    broken = []
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        path, _hash, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    assert broken == []


def test_the_integrator_s_code_is_the_example_s():
    sources = [
        path.read_text(encoding="utf-8") for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".xml")
    ]
    blocks = FENCE.findall((ROOT / "docs" / "integrator.md").read_text(encoding="utf-8"))
    quoted = [block for language, block in blocks if language in ("python", "xml")]
    assert len(quoted) >= 10
    assert [block for block in quoted if not any(block in source for source in sources)] == []


def test_every_guide_is_in_the_index():
    linked = {
        (index.parent / link.partition("#")[0]).resolve()
        for index in (ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md")
        for link in LINK.findall(index.read_text(encoding="utf-8"))
    }
    assert [page for page in DOCS if page.resolve() not in linked and page.name != "README.md"] == []


def test_menus_and_settings_have_their_names():
    """A path the guides name, as *Clients ‣ To mend*, is made of labels that are on the screen."""
    labels = set(OF_ODOO)
    for path in ADDON.glob("views/**/*.xml"):
        for node in etree.parse(path).iter(etree.Element):
            labels.update(filter(None, (node.get("string"), node.get("name"), node.get("title"))))
            if node.tag == "field" and node.text:
                labels.add(node.text.strip())
    labels.update(re.findall(r'"([A-Z][^"]+)"', "".join(p.read_text() for p in ADDON.glob("models/**/*.py"))))
    unknown = []
    for page in DOCS:
        if "fr" in page.parts:
            continue
        for path in MENU.findall(page.read_text(encoding="utf-8")):
            unknown += [
                f"{page.name}: {path}: {part}" for part in path.split(" ‣ ") if part.strip() not in labels
            ]
    assert unknown == []


def test_french_guides_use_the_words_of_the_screen():
    """A menu or a button, as *Avis ‣ Tous les avis*, reads as in the translation."""
    translated = {entry.msgstr.replace("'", "’") for entry in polib.pofile(ADDON / "i18n" / "fr.po")}
    # Of Odoo, and of OCA's contracts.
    translated |= {
        "Nouveau",
        "Facturation",
        "Contrats clients",
        "Interrompre",
        "Interrompre et planifier un successeur",
    }
    unknown = []
    for page in (ROOT / "docs" / "user" / "fr").glob("*.md"):
        for path in re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", page.read_text(encoding="utf-8")):
            unknown += [f"{page.name}: {part}" for part in path.split(" ‣ ") if part not in translated]
    assert unknown == []


# -- pictures -----------------------------------------------------------------------------------------


def test_each_page_has_its_pictures():
    listed = picture_pages.pages()
    names = [page["name"] for page in listed]
    assert len(names) == len(set(names))
    for language in picture_pages.LANGUAGES:
        there = {path.name for path in (picture_pages.FOLDER / language).iterdir()}
        wanted = {f"{name}.webp" for name in names}
        assert sorted(wanted - there) == [], f"not taken in {language}: bin/pictures"
        assert sorted(there - wanted) == [], f"in {language}, in no list"


def test_pictures_are_small():
    heavy = [path.name for path in picture_pages.FOLDER.rglob("*.webp") if path.stat().st_size > BYTES]
    assert heavy == []


def test_the_gallery_shows_them_all():
    shown = (picture_pages.FOLDER / "README.md").read_text(encoding="utf-8")
    assert shown == picture_pages.gallery(picture_pages.pages()), "bin/pictures writes it"


# -- the page of the store ------------------------------------------------------------------------------


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.pictures, self.problems = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag == "img":
            self.pictures.append(dict(attrs))
        elif tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")


def test_the_store_s_page():
    """Simple HTML that a sanitiser keeps: no script, no style sheet, pictures of its own folder, each with its words."""
    folder = ADDON / "static" / "description"
    tags = Tags()
    tags.feed((folder / "index.html").read_text(encoding="utf-8"))
    assert tags.problems == []
    assert tags.open == []
    assert tags.seen <= {
        "section", "div", "h1", "h2", "h3", "p", "ul", "ol", "li", "img", "a", "b", "strong", "em", "code", "pre", "table",
        "thead", "tbody", "tr", "th", "td", "br",
    }  # fmt: skip
    assert tags.pictures
    for picture in tags.pictures:
        assert (folder / picture["src"]).is_file(), picture
        assert picture.get("alt"), picture
