"""Names of the code explain themselves: words that said several things, or nothing, are not used for new names.

What a word that stays means is in the table *Words of the code* of docs/architecture.md.
"""

import ast
import re
from pathlib import Path

import pytest
from tools import occurrence

ROOT = Path(occurrence.__file__).parents[2]
# A word that is part of a name, and what is written instead.
WORDS = {
    "apart": "separately, parts",
    "spread": "distribute",
    "untold": "not_notified",
    "tell|tells|telling|tellings|told": "notify a client, report an event, describe",
    "hand|hands|handed|handing": "deliver a document, reassign a client",
    "anew": "again",
    "whom": "who",
}
NAMED = {re.compile(rf"(?:^|_)(?:{words})(?:_|$)"): instead for words, instead in WORDS.items()}
# Names of columns and fields outside programs read; explained in docs/architecture.md.
KEPT = {
    "hours_to_tell", "legal_told_at", "tell_at", "tell_by", "tell_clients", "tellings", "told_at", "told_count", "told_effect_on",
    "told_plan", "told_times", "told_until", "_tell_idx",
}  # fmt: skip


def sources():
    for addon in (*ROOT.glob("mileo_client_charter*"), *ROOT.glob("examples/*")):
        for path in sorted(addon.rglob("*.py")):
            if not {"tests", "demo", "migrations"} & set(path.relative_to(addon).parts):
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def names(path, tree):
    """(line, name) of the file, its classes, functions, parameters, and the fields of its classes."""
    yield 1, path.stem
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name.lower()
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                    yield part.lineno, part.targets[0].id


def faults(path, tree):
    for line, name in names(path, tree):
        for word, instead in NAMED.items():
            if word.search(name) and name not in KEPT:
                yield f"{path.relative_to(ROOT)}:{line} {name} ({instead})"


def test_names_explain_themselves():
    seen, found = 0, []
    for path, tree in sources():
        seen += sum(1 for _one in names(path, tree))
        found += faults(path, tree)
    assert seen > 5000, seen
    assert not found, "\n".join(found)


def test_what_is_kept_is_there():
    fields = {name for path, tree in sources() for _line, name in names(path, tree)}
    assert fields >= KEPT, f"Take these out of KEPT: {sorted(KEPT - fields)}"


@pytest.mark.parametrize(
    "source", ["def _tell_due(self): pass", "def f(told): pass", "class A:\n    untold_count = 1"]
)
def test_the_sweep_sees(source):
    assert list(faults(ROOT / "a.py", ast.parse(source)))
    assert not list(faults(ROOT / "a.py", ast.parse("def _foretold(self, shorthand, handler): pass")))
