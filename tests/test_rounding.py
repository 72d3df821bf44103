"""What is shown is rounded once, by ``tools/figures.py``: a half goes away from zero, as PostgreSQL rounds.

``round`` of Python and Odoo's own formatting take a half to the even digit: a mean of 3.45 was “3.4” in the report and 3.5 in its
workbook. Found in the sources: every call of ``round``, and a division within the call that puts a figure into words.
"""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
OUTSIDE = {"tests", "demo", "migrations"}
SOURCES = [
    path
    for folder in sorted(ROOT.glob("mileo_client_charter*"))
    for path in sorted(folder.rglob("*.py"))
    if not OUTSIDE & set(path.relative_to(folder).parts)
]
# (file, what stands there): why it is no figure that is rounded to be shown.
ALLOWED = {
    (
        "models/report/charter_report_view.py",
        "round(value / 100, digits + 2)",
    ): "rounded before: takes away what the binary adds",
    (
        "models/base/resource_calendar.py",
        "round(hours * 60)",
    ): "minutes of opening hours, kept as a fraction of an hour",
    ("controllers/equipment_reading.py", "round(duration.total_seconds() / 60)"): "a duration in minutes",
    ("tools/clock.py", "round(exact)"): "how far from a whole number: its neighbours are compared",
}
SHOWING = {"_number", "figure", "formatLang"}


def _found(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        inside = [part for argument in node.args for part in ast.walk(argument)]
        divides = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) for part in inside)
        if (name == "round" and isinstance(node.func, ast.Name)) or (name in SHOWING and divides):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("round(total / n, 1)", 1),
        ("self._number(met / total, 1)", 1),
        ("self._number(mean(met, total), 1)", 0),
    ],
)
def test_what_is_found(source, count):
    assert len(list(_found(ast.parse(source)))) == count


def test_no_figure_is_rounded_elsewhere():
    found = {
        ("/".join(path.relative_to(ROOT).parts[1:]), call)
        for path in SOURCES
        for call in _found(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found - ALLOWED.keys() == set(), "tools/figures.py has percent, mean and nearest"
    assert ALLOWED.keys() - found == set(), "gone: take it out of ALLOWED"
