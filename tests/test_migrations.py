"""Migrations change what the database protects through the engine's door, or the update stops at its triggers."""

import re
from pathlib import Path

import pytest
from tools import occurrence

MIGRATIONS = Path(occurrence.__file__).parents[1] / "migrations"
# Before this version there was no door; its triggers are there once the tables are up to date, so for what runs after.
FIRST = "19.0.1.2.0"
CHANGES = re.compile(r"\b(UPDATE|DELETE FROM)\s+charter_\w+")
DOOR = re.compile(r"charter_through\(|charter_door\(|charter\.door")
SCRIPTS = sorted(path for path in MIGRATIONS.glob("*/post-*.py") if path.parent.name >= FIRST)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_protected_is_changed_through_the_door(script):
    text = script.read_text(encoding="utf-8")
    assert not CHANGES.search(text) or DOOR.search(text), (
        f"{script.name}: use charter_through(cr, …) or charter_door(cr) of models/base/charter_engine.py"
    )


def test_the_sweep_sees_some():
    assert any(CHANGES.search(script.read_text(encoding="utf-8")) for script in SCRIPTS)
