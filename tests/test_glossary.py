"""One word for each thing: what users, clients and readers of the guides see keeps to the words of the glossary.

Read are the terms Odoo translates and their French, labels, helps, errors and texts of views and data, and the guides. A comment
or a docstring is not looked at here.
"""

import ast
import re
from pathlib import Path

import polib
import pytest
from lxml import etree
from tools import occurrence

ROOT = Path(occurrence.__file__).parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("mileo_client_charter*/__manifest__.py"))
# What is not written, and what is written instead.
ENGLISH = {
    r"promis(?:e|es|ed|ing)": "commitment; target time",
    r"obligations?": "commitment",
    r"ledger": "commitment register",
    r"(?<!can )tell|tells|told|tellings?": "notify, inform, report",
    r"owe|owes|owed|owing": "outstanding",
    r"mend|mends|mended|to mend": "fix; data issue",
    r"anew": "again",
    r"by (?:itself|themselves)": "automatically",
    r"(?:counted|listed|kept) apart": "separately",
    r"handed (?:over|out|to)|hand(?:s|ed) over": "delivered; reassigned",
    r"nobody(?:'s)?": "no one",
    r"whom to": "who to",
    r"makers?": "manufacturer",
    r"poor marks?|(?:my|your|a|the) marks?": "rating",
    r"stand-ins?|stands? in for|deputy": "substitute",
    r"in spite of the verdict|verdicts?": "by exception; renewal condition",
    r"all the same": "anyway",
    r"in trouble": "at risk",
    r"g(?:ive|iven|ave) up": "cancel; close without success",
    r"round the clock": "24/7",
    r"clock of|clocks? (?:runs?|counts?|stands?)": "time limit",
    r"on (?:its|their) way": "queued; delivery batch",
    r"workbooks?|spreadsheets?": "Excel file",
    r"dossiers?": "review file",
    r"kept (?:on time|late)": "met on time, met late",
    r"late and (?:still )?owed": "overdue",
    r"settled": "resolved",
    r"Go on\?": "Continue?",
    r"anniversary": "annual due date",
    r"lest": "so that … not",
    r"e-mails?|e-mailed": "email",
    # What carries messages keeps its name: a mail server, a mail domain; core’s own models keep theirs.
    r"(?<!outgoing )(?<!incoming )mail(?:s|ed)?(?!(?: (?:servers?|domains?|gateways?|alias|catcher|client|queue|tracking)|: email queue))": "email",
    r"term that ends|end of the term(?:: %s)?$": "contract end date",
}
FRENCH = {
    r"escalader|faire une escalade|fait une escalade": "demander une escalade",
    r"suppléants?|supplée": "remplaçant",
    r"courriels?": "e-mail",
    r"fabricants?": "constructeur",
    r"tableurs?|classeurs?": "fichier Excel",
    r"en difficulté": "à risque",
    r"malgré le verdict|verdict": "par dérogation ; condition de renouvellement",
    r"référents? techniques?": "interlocuteur technique",
    r"fiches? de contact(?!s)": "fiche de contacts",
    r"de même nature|par nature": "type",
    r"date anniversaire": "échéance annuelle",
    r"horloge des engagements": "suivi des échéances",
    r"(?<=\w)\((?:e|s|es)\)": "reformuler",
    r"équipe commerciale": "équipe de compte",
    r"annonces": "notes d’information",
    r"(?<!-)mails?": "e-mail",
}
ATTRIBUTES = {"string", "help", "placeholder", "confirm", "title", "alt", "aria-label", "sum", "avg"}
NAMES = {"name", "summary", "subject", "description", "title", "body", "body_html", "help", "introduction"}
LABELS = {"string", "help"}
# Parts of a text that are not shown: names of models and views, tags, expressions, placeholders, addresses.
UNREAD = re.compile(
    r"^[a-z_]+(?:\.[a-z_]+)+$|<[^>]*>|\{\{.*?\}\}|\{[\w.:]+\}|%\(\w+\)[sd]|https?://\S+|`[^`]*`", re.DOTALL
)


def compiled(words):
    return {re.compile(rf"\b(?:{word})(?!\w)", re.IGNORECASE): instead for word, instead in words.items()}


ENGLISH, FRENCH = compiled(ENGLISH), compiled(FRENCH)


def faults(text, words):
    """[(what is not written, what is written instead)] of a text."""
    text = UNREAD.sub(" ", text)
    return [(match[0], instead) for word, instead in words.items() if (match := word.search(text))]


def terms_of_python(tree):
    """(line, text) of labels, helps, descriptions, translated texts and errors of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            texts = [word.value for word in node.keywords if word.arg in LABELS]
            if name in ("_", "_lt") or name.endswith("Error") or owner in ("fields", "models"):
                texts += node.args
            yield from constants(texts)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_description":
            yield from constants([node.value])


def constants(nodes):
    for node in nodes:
        values = [node] if isinstance(node, ast.Constant) else []
        if isinstance(node, ast.List | ast.Tuple):
            # The choices of a selection: (value, label).
            values = [part.elts[-1] for part in node.elts if isinstance(part, ast.Tuple) and part.elts]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.lineno, value.value


def terms_of_xml(tree):
    """(line, text) of what a view, a template, a menu or a record of data shows."""
    for node in tree.iter(etree.Element):
        for name, value in node.attrib.items():
            if name in ATTRIBUTES or (name == "name" and node.tag in ("menuitem", "template")):
                yield node.sourceline, value
        shown = node.tag != "field" or node.get("name") in NAMES
        if node.text and shown and node.tag not in ("function", "script", "style"):
            yield node.sourceline, node.text
        if node.tail:
            yield node.sourceline, node.tail


def found_in(addon):
    for folder in ("models", "wizards", "controllers"):
        for path in sorted((addon / folder).rglob("*.py")):
            for line, text in terms_of_python(ast.parse(path.read_text(encoding="utf-8"))):
                yield path, line, text, ENGLISH
    for folder in ("views", "data", "report", "wizards", "security"):
        for path in sorted((addon / folder).rglob("*.xml")):
            for line, text in terms_of_xml(etree.parse(path)):
                yield path, line, text, ENGLISH
    path = addon / "i18n" / "fr.po"
    if path.exists():
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                yield path, entry.linenum, entry.msgid, ENGLISH
                yield path, entry.linenum, entry.msgstr, FRENCH


def problems(terms):
    return [
        f"{path.relative_to(ROOT)}:{line}: “{word}” ({instead}): {' '.join(text.split())[:90]}"
        for path, line, text, words in terms
        for word, instead in faults(text, words)
    ]


# Guides, in the words of the interface (a table of tests is none); the developers' own also speak of the ledger and its obligations.
CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|https?://\S+|<!--.*?-->", re.DOTALL)
DEVELOPERS = {"DEVELOP.md", "architecture.md", "integrator.md", "recipes.md"}
GUIDES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(path for path in sorted((ROOT / "docs").glob("*.md")) if path.name != "sentences.md"),
    *sorted((ROOT / "docs" / "user").rglob("*.md")),
    *sorted(ROOT.glob("mileo_client_charter*/readme/*.md")),
]
OF_DEVELOPERS = re.compile(r"ledger|obligations?|promise", re.IGNORECASE)


def terms_of_guide(path):
    """(path, line, text, words) of each line of a guide, code left out."""
    words = FRENCH if path.parent.name == "fr" else ENGLISH
    text = CODE.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), 1):
        yield path, number, OF_DEVELOPERS.sub("", line) if path.name in DEVELOPERS else line, words


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_of_the_guides(path):
    found = problems(terms_of_guide(path))
    assert not found, "\n".join(found)


def test_each_side_is_seen():
    python = ast.parse(
        'x = fields.Char("A promise", help="is told")\ny = fields.Selection([("a", "Owed")])\n'
        'class A:\n    _description = "Ledger"\n    def f(self):\n        raise UserError(self.env._("Nobody"))\n'
    )
    words = [word for _line, text in terms_of_python(python) for word, _instead in faults(text, ENGLISH)]
    assert sorted(words) == ["Ledger", "Nobody", "Owed", "promise", "told"]
    xml = etree.fromstring(
        '<odoo><menuitem name="Ledger"/><field name="name">A promise</field><field name="code">promise</field>'
        '<p title="told">Mend it<b/> anew</p></odoo>'
    )
    words = [word for _line, text in terms_of_xml(xml) for word, _instead in faults(text, ENGLISH)]
    assert sorted(words) == ["Ledger", "Mend", "anew", "promise", "told"]
    assert faults('<t t-out="promise.name"/> %(promise)s', ENGLISH) == []
    assert faults("un courriel du fabricant", FRENCH) == [
        ("courriel", "e-mail"),
        ("fabricant", "constructeur"),
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_words_of_the_interface(addon):
    terms = list(found_in(addon))
    assert len(terms) > 20
    found = problems(terms)
    assert not found, "\n".join([f"{len(found)} of {len(terms)} terms", *found[:80]])
