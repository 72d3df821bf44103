"""bin/new makes a skeleton whose every name is its own; tests_install runs one."""

import ast
import re
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import new_command  # noqa: E402  (the path above must be set first)


@pytest.mark.parametrize("kind", sorted(new_command.SOURCES))
def test_nothing_of_the_example_is_left(kind, tmp_path):
    made = new_command.make(kind, "parcel.claim", tmp_path)
    example, model = new_command.SOURCES[kind]
    texts = {path: path.read_text(encoding="utf-8") for path in made.rglob("*") if path.is_file()}
    assert len(texts) >= 5
    for path, text in texts.items():
        for word in {example, *new_command.spellings(model)}:
            assert word not in text, f"{path}: {word}"
            assert word not in path.name
        if path.suffix == ".py":
            ast.parse(text)
    assert "parcel.claim" in "".join(texts.values())


def test_a_commitment_keeps_no_word_of_its_example(tmp_path):
    """Nor has it a word of another trade: what the example is about stands in its name alone. It brings its French."""
    made = new_command.make("commitment", "parcel.claim", tmp_path)
    words = set(new_command.SOURCES["commitment"][1].split(".")) | {"invoice", "dispute"}
    for path in made.rglob("*"):
        if path.is_file():
            found = re.search("|".join(sorted(words)), path.read_text(encoding="utf-8"), re.IGNORECASE)
            assert not found, f"{path}: {found[0]}"
    french = polib.pofile(str(made / "i18n" / "fr.po"))
    assert all(entry.msgstr for entry in french)
    assert len(french) > 10
    assert (made / "hooks.py").read_text(encoding="utf-8").count('"parcel.claim"') == 2, (
        "the code and the model"
    )


def test_controllers_of_two_skeletons_do_not_meet(tmp_path):
    """Odoo makes one class of all controllers: methods of the same name would take each other's place."""
    names = []
    for model in ("parcel.claim", "site.audit"):
        source = new_command.make("commitment", model, tmp_path) / "controllers" / "portal.py"
        tree = ast.parse(source.read_text(encoding="utf-8"))
        names.append({node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)})
    assert names[0] & names[1] == {"_hub_values"}


def test_what_is_there_is_left_and_a_name_that_is_none_refused(tmp_path):
    new_command.make("glue", "parcel.claim", tmp_path)
    with pytest.raises(SystemExit, match="is there already"):
        new_command.make("glue", "parcel.claim", tmp_path)
    with pytest.raises(SystemExit, match=re.escape("“Parcel claim” is no name")):
        new_command.make("glue", "Parcel claim", tmp_path)
