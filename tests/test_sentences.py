"""`docs/sentences.md` names what is there: each sentence of the charter has its cases, its tests and what enforces it."""

import ast
import functools
import pathlib
import re

from lxml import etree

ROOT = pathlib.Path(__file__).parent.parent
ADDON = ROOT / "mileo_client_charter"
TABLE = ROOT / "docs" / "sentences.md"
COLUMNS = ("number", "article", "sentence", "cases", "tests", "enforced")
# Of work done, not of a sentence about a client's year: response and resolution are the tiers' own.
OF_TIERS = {"intervention.response", "intervention.resolution"}


def _rows():
    sentences, _title, _clauses = TABLE.read_text().partition("## Hard cases")
    lines = [line for line in sentences.splitlines() if re.match(r"\| \d+ \|", line)]
    return [
        dict(zip(COLUMNS, (cell.strip() for cell in line.strip("|").split("|")), strict=True))
        for line in lines
    ]


@functools.cache
def _tests_of(path):
    """Names of the test methods of a file, which is read once."""
    tree = ast.parse(path.read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def _named(row):
    """[(file, names of tests)] of a row."""
    for part in row["tests"].split("<br>"):
        file, *names = re.findall(r"`([^`]+)`", part)
        yield file, names


def test_each_sentence_once_with_cases_and_what_enforces_it():
    rows = _rows()
    assert [int(row["number"]) for row in rows] == list(range(1, 29))
    assert len({row["sentence"] for row in rows}) == 28
    assert [row["number"] for row in rows if not all(row.values())] == []


def test_the_tests_it_names_are_there():
    gone = [
        f"{row['number']}: {file} {name}"
        for row in _rows()
        for file, names in _named(row)
        for name in names or [""]
        if not (ADDON / "tests" / file).is_file() or (name and name not in _tests_of(ADDON / "tests" / file))
    ]
    assert gone == []


def test_each_hard_case_has_its_test():
    lines = [line for line in TABLE.read_text().splitlines() if re.match(r"\| \d+[a-z]? \| ", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    clauses = [cell for cell in cells if len(cell) == 3]
    assert sorted({int(re.match(r"\d+", number)[0]) for number, _rule, _tests in clauses}) == list(
        range(1, 23)
    )
    gone = [
        f"{number}: {file} {name}"
        for number, _rule, tests in clauses
        for file, names in _named({"tests": tests})
        for name in names or [""]
        if not (ADDON / "tests" / file).is_file() or name not in _tests_of(ADDON / "tests" / file)
    ]
    assert gone == []


def test_what_enforces_it_is_there():
    files = [(row["number"], re.findall(r"`([\w/]+\.py)`", row["enforced"])) for row in _rows()]
    assert [number for number, named in files if not named] == []
    assert [name for _number, named in files for name in named if not (ADDON / name).is_file()] == []


def test_every_case_of_the_sentence_tables_is_in_a_row():
    named = {name for row in _rows() for _file, names in _named(row) for name in names}
    tables = sorted(ADDON.glob("tests/*/test_charter_sentences_*.py"))
    assert len(tables) == 4
    assert {name for path in tables for name in _tests_of(path)} - named == set()


def test_every_commitment_is_in_a_row():
    text = TABLE.read_text()
    tree = etree.parse(str(ADDON / "data" / "charter" / "charter_document.xml"))
    codes = {
        node.text for node in tree.iterfind(".//record[@model='charter.commitment']/field[@name='code']")
    }
    assert len(codes) == 15
    assert {code for code in codes - OF_TIERS if f"`{code}`" not in text} == set()
