"""French typography of the translations: no-break spaces, curly apostrophes, 1er, the minus sign. One lint for every addon."""

import ast
import re
from pathlib import Path

import polib
import pytest
from tools import occurrence

ROOT = Path(occurrence.__file__).parents[2]
# What no reader reads: tags, expressions, placeholders, addresses, code.
UNREAD = re.compile(r"<[^>]*>|\{\{.*?\}\}|\{[\w.:]+\}|%\([\w]+\)[sd]|https?://\S+|`[^`]*`|“[^”]*”", re.DOTALL)
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
RULES = {
    "a breaking space before : ; ? ! » or %": re.compile(r" [:;?!»%](?=\s|$|[).,])"),
    "a breaking space after «": re.compile(r"« "),
    "no space before ; ? or !": re.compile(r"[a-zà-ÿ)][;?!](?=\s|$)"),
    "a straight apostrophe": re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]"),
    "1er": re.compile(rf"\b1 ({MONTHS})\b"),
    "a hyphen for a minus sign": re.compile(r"(?<![\w\-–/.,:+(])-\d"),
}


# An expression is code: no typography in it.
EXPRESSION = re.compile(r"\bt-[\w-]+=\"[^\"]*\"|\{\{.*?\}\}|%\([\w]+\)[sd]", re.DOTALL)


# A value may begin a line, after a word or a comma.
HELD = re.compile(r"(?<=[\w,.)])\u00a0(?=%(\(\w+\))?s)")


def faults(text):
    if HELD.search(text):
        return ["a no-break space before a value"]
    if any("\u00a0" in code or "’" in code for code in EXPRESSION.findall(text)):
        return ["typography in an expression"]
    text = UNREAD.sub("x", text)
    return [name for name, rule in RULES.items() if rule.search(text)]


def files():
    return sorted([*ROOT.glob("mileo_client_charter*/i18n/fr.po"), *ROOT.glob("examples/*/i18n/fr.po")])


def test_each_rule_finds_its_fault():
    for text, found in (
        ("Attention : partez", ["a breaking space before : ; ? ! » or %"]),
        ("« partez\u00a0»", ["a breaking space after «"]),
        ("Vraiment?", ["no space before ; ? or !"]),
        ("l'écart", ["a straight apostrophe"]),
        ("le 1 août", ["1er"]),
        ("de -1 à 3", ["a hyphen for a minus sign"]),
        ("le client\u00a0%(client)s", ["a no-break space before a value"]),
        ("le client\u00a0: %(client)s, n°\u00a0%s", []),
        ("<a t-att-href=\"x + '/%s'\u00a0% y\">Ouvrir</a>", ["typography in an expression"]),
        (
            "«\u00a0L’écart de 2026-10-01\u00a0: 3\u00a0%\u00a0», https://client.example/b?c=1, le 1er août\u00a0!",
            [],
        ),
    ):
        assert faults(text) == found, text


@pytest.mark.parametrize("path", files(), ids=lambda path: path.parents[1].name)
def test_french_is_typeset(path):
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete and entry.msgstr]
    assert entries
    found = [
        f"{entry.linenum}: {', '.join(names)}: {entry.msgstr[:90]}"
        for entry in entries
        if (names := faults(entry.msgstr))
    ]
    assert not found, "\n".join([f"{len(found)} of {len(entries)}", *found[:40]])


def test_no_term_inside_an_f_string():
    """A call of ``_`` inside an f-string is found by nobody who collects terms: it would be English in French."""
    found, calls = [], 0
    for path in sorted(ROOT.glob("mileo_client_charter*/**/*.py")):
        if "tests" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        calls += sum(map(_is_term, ast.walk(tree)))
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for text in ast.walk(tree)
            if isinstance(text, ast.JoinedStr)
            for node in ast.walk(text)
            if _is_term(node)
        ]
    assert calls > 1000
    assert found == []


def _is_term(node):
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("_", "_lt")


def test_a_message_names_a_document_in_its_reader_s_language():
    """``_description`` is the source's, in English: a message that shows it takes ``_charter_model_name``."""
    found = []
    for path in ROOT.glob("mileo_client_charter*/**/*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and function.name != "_charter_model_name":
                found += [
                    f"{path.relative_to(ROOT)}: {function.name}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Attribute) and node.attr == "_description"
                ]
    assert not found


def test_a_moment_takes_its_article():
    """A moment is read as a day, “le 4 juin 2026”: never “à 4 juin 2026”."""
    found = [
        f"{path.parents[1].name}: {entry.msgstr}"
        for path in files()
        for entry in polib.pofile(path)
        if re.search(r"\b(à|de|en|depuis|avant) %(\(\w+\))?s UTC", entry.msgstr)
    ]
    assert not found
