"""Examples in the documentation of what spreadsheets are written with."""

import doctest

import pytest
from tools import formatted, workbook


@pytest.mark.parametrize("module", [formatted, workbook])
def test_examples_in_the_documentation(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted
    assert not outcome.failed
