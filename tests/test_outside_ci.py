"""What CI does not run is held against what it uses: a name that is gone is seen before somebody starts the real programs."""

import ast
import importlib
from pathlib import Path

import pytest
import runtime

ROOT = Path(runtime.ROOT)
OUTSIDE = sorted(
    path
    for folder in ("tests_monitors", "tests_mail", "tests_faults", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
LIBRARY = {path.stem for path in (ROOT / "bin" / "lib").glob("*.py")}


def used(tree):
    """{(module of bin/lib, name used of it)} of a file, imported whole or by name."""
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in LIBRARY
    }
    found = {
        (imported[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported
    }
    return found | {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in LIBRARY
        for alias in node.names
    }


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_name_of_our_library_is_its_own(path):
    """Its own: a module that another happens to import is no part of it, and goes when that import does."""
    for module, name in sorted(used(ast.parse(path.read_text(encoding="utf-8")))):
        home = importlib.import_module(module)
        assert hasattr(home, name), f"{path.name}: {module}.{name} is not there"
        value = getattr(home, name)
        assert not isinstance(value, type(ast)) or value.__name__ in LIBRARY, (
            f"{path.name}: import {name} itself"
        )


def test_the_sweep_sees_some():
    assert len(OUTSIDE) > 20
    assert sum(bool(used(ast.parse(path.read_text(encoding="utf-8")))) for path in OUTSIDE) >= 10
