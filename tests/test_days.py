"""Days are the company's, never UTC and never those of whoever happens to be logged in (issue f12).

A day comes from ``res.company._charter_today`` and ``_charter_day_at`` (or, for a promise with a calendar of its own, from
``to_local`` in that calendar's zone). What gives a day in any other way is found here in the sources: calls of ``today`` and
``context_today``, ``.date()`` of a moment that was not made local first, the first ten signs of a moment's text, and SQL that
asks PostgreSQL, whose zone is the server's.
"""

import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
ADDONS = sorted(ROOT.glob("mileo_client_charter*"))
# What landed is frozen: the versions that the update test begins from.
LANDED = {
    path.name.removeprefix("mileo_client_charter-").removesuffix(".tar.xz")
    for path in (ROOT / "tests_install" / "data").glob("*.tar.xz")
}
OUTSIDE = {"tests", "demo"} | LANDED
SOURCES = [
    path
    for folder in ADDONS
    for path in sorted(folder.rglob("*.py"))
    if not OUTSIDE & set(path.relative_to(folder).parts)
]
PAGES = [
    path
    for folder in ADDONS
    for path in sorted(folder.rglob("*.xml"))
    if not OUTSIDE & set(path.relative_to(folder).parts)
]
# (file, what stands there): why it is a day all the same.
ALLOWED = {
    ("models/base/res_company.py", "moment.date()"): "what opening hours are kept by, of no calendar: UTC",
    ("models/renewal/charter_review.py", "start_at::date"): "the same of a meeting",
    ("tools/equipment_sheet.py", "value.date()"): "a cell of a spreadsheet, which has no zone",
    ("tools/equipment_sheet.py", "datetime.strptime(str(value).strip(), form).date()"): "a day in words",
    (
        "models/base/charter_link.py",
        "self.env.cr.now().date()",
    ): "the last day of a link, of no company: it lasts weeks",
    (
        "models/report/charter_report_view.py",
        "(local - timedelta(days=1)).date()",
    ): "a due moment that was made local, the day before midnight",
    ("models/overview/charter_cockpit_direction.py", "month.date()"): "a month, read in the company's zone",
    (
        "models/renewal/charter_advisory_import.py",
        "one.date.date()",
    ): "the day the publisher of an advisory has written",
    (
        "models/delivery/charter_delivery.py",
        "sent_at::date",
    ): "a label beside a seal that is on record, in UTC for ever",
}
WRONG_CALLS = {"today", "context_today", "utcnow"}
# Whoever puts a zone together in SQL to get a day decides again what ``res.company._charter_tz`` decides.
SQL_DAY = re.compile(
    r"COALESCE\((?:calendar|partner)\.tz[^)]*\)\)::date|CURRENT_DATE|\bnow\(\)::date|\b\w+_at::date",
    re.IGNORECASE,
)
TEXT_DAY = re.compile(r"\[:10\]")


def _is_local(node):
    """Whether ``node``, whose ``.date()`` is asked for, is a moment that was made local."""
    if isinstance(node, ast.Name):
        return node.id in ("local", "first", "last")
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    if called in ("to_local", "self._local"):
        return True
    return called.endswith("context_timestamp") and "with_context(tz=" in ast.unparse(node.args[0])


def _days(tree):
    """What gives a day in a source, as it is written there."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in WRONG_CALLS and ast.unparse(node.value) in (
            "fields.Date", "date", "datetime", "datetime.date", "datetime.datetime", "Date"
        ):  # fmt: skip
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date":
            if not node.args and not _is_local(node.func.value):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Subscript) and TEXT_DAY.search(ast.unparse(node)):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            for match in SQL_DAY.finditer(node.value):
                yield node.lineno, match[0]


def _found(path):
    name = str(path.relative_to(next(folder for folder in ADDONS if folder in path.parents)))
    for line, what in _days(ast.parse(path.read_text())):
        if (name, what) not in ALLOWED:
            yield f"{name}:{line}: {what}"


def test_every_day_is_a_company_s():
    assert len(SOURCES) > 250
    wrong = [line for path in SOURCES for line in _found(path)]
    assert not wrong, "\n".join(wrong)


def test_no_page_cuts_a_day_off_a_moment():
    wrong = [
        f"{path.name}:{number}"
        for path in PAGES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if TEXT_DAY.search(line) or "context_today" in line
    ]
    assert not wrong, wrong


def test_what_is_allowed_is_still_there():
    texts = {name: (ROOT / "mileo_client_charter" / name).read_text() for name, _what in ALLOWED}
    assert [what for name, what in ALLOWED if what not in texts[name]] == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("fields.Date.today()", 1),
        ("fields.Date(default=fields.Date.context_today)", 1),
        ("fields.Date.context_today(self)", 1),
        ("date.today()", 1),
        ("row.sent_at.date()", 1),
        ("fields.Datetime.context_timestamp(self, moment).date()", 1),
        ("fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()", 0),
        ("to_local(moment, tz).date()", 0),
        ("row['at'][:10]", 1),
        ("cr.execute('UPDATE t SET day = CURRENT_DATE')", 1),
        ("cr.execute('SELECT o.due_at::date')", 1),
        ("company._charter_today()", 0),
    ],
)
def test_the_sweep_sees(source, wrong):
    assert len(list(_days(ast.parse(source)))) == wrong


RAW = re.compile(r"%(\(\w+\))?s UTC\b")


def _told_at_once(tree):
    """Sentences that are put into words where they are raised or shown (``env._``), unlike histories (``_lt``)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "_":
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_an_error_gives_its_moments_in_the_readers_time_zone():
    """Histories keep UTC and are read in the reader's zone; what is said at once has to be in it already."""
    told = [(path, text) for path in SOURCES for text in _told_at_once(ast.parse(path.read_text()))]
    assert len(told) > 1000
    wrong = [f"{path.relative_to(ROOT)}: {text}" for path, text in told if RAW.search(text)]
    assert not wrong, "give the moment by zoned_moment (models/base/charter_format.py): " + "; ".join(wrong)
