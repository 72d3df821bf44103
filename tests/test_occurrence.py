"""tools/occurrence.py: the one place that writes and reads the keys of occurrences."""

import ast
import doctest
import re
from datetime import date
from pathlib import Path

import pytest
from tools import occurrence
from tools.occurrence import Occurrence, event_key, format_key, parse_key

ADDON = Path(occurrence.__file__).parents[1]
# What only a key of an occurrence looks like: its parts after "#" and the marks it is cut at.
OWN = re.compile(r"#(renewal|annual)\b|^[~#+]$|split_part\([\w.]*occurrence")


def test_doctests():
    assert not doctest.testmod(occurrence).failed


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("", Occurrence()),
        ("2026-10", Occurrence("2026-10")),
        ("2026-10~3", Occurrence("2026-10", again=3)),
        ("2026-Q4", Occurrence("2026-Q4")),
        ("2027-03-01#annual", Occurrence("2027-03-01", "annual")),
        ("2027-03-01#renewal~2", Occurrence("2027-03-01", "renewal", again=2)),
        ("2026-03-01#12", Occurrence("2026-03-01", "12")),
        ("2026-11-27#0a1b2c3d", Occurrence("2026-11-27", "0a1b2c3d")),
        ("2027-03-01+2", Occurrence("2027-03-01", notified=2)),
        ("2.3", Occurrence("2", moved=3)),
        ("v1.2", Occurrence("v1.2")),
        ("onboarding", Occurrence("onboarding")),
        ("Avril 2025 ~", Occurrence("Avril 2025 ~")),
    ],
)
def test_a_key_is_read_and_written_back(key, read):
    assert parse_key(key) == read
    assert format_key(*read) == key
    assert event_key(key) == (key.partition("~")[0] if read.again > 1 else key)


def test_what_a_key_names():
    assert parse_key("2027-02-28#renewal").day == date(2027, 2, 28)
    assert parse_key("2026-Q4").period == (2026, None, 4)
    assert parse_key("2026-10").day is None
    assert parse_key("12~2").number == 12
    assert parse_key("v1.2").number is None


def test_nobody_else_cuts_keys():
    """Sweep: no other source of the addon holds the marks of a key."""
    found = []
    for path in sorted(ADDON.rglob("*.py")):
        if path.name == "occurrence.py" or {"tests", "migrations"} & set(path.relative_to(ADDON).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and OWN.search(node.value):
                found.append(f"{path.relative_to(ADDON)}:{node.lineno} {node.value!r}")
    assert not found, "Use tools/occurrence.py for keys of occurrences: " + "; ".join(found)
