"""What a docstring shows is true, in every module that needs no database."""

import doctest
import importlib
import pathlib

import pytest
import tools

FOLDER = pathlib.Path(tools.__file__).parent
SHOWN = sorted(path.stem for path in FOLDER.glob("*.py") if ">>>" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SHOWN)
def test_examples(name):
    done = doctest.testmod(importlib.import_module(f"tools.{name}"))
    assert done.attempted
    assert not done.failed, "the output of pytest says which"


def test_the_sweep_sees_them():
    assert len(SHOWN) > 25
