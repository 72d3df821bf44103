"""Bounds of workbooks, lowered so that harmless ones pass them."""

import io
import zipfile

import openpyxl
import pytest
from tools import workbook_rows
from tools.workbook_rows import SheetError, read


def book(rows, **cells):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for place, value in cells.items():
        made.active[place] = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused(content, max_rows=10):
    with pytest.raises(SheetError) as caught:
        list(read(content, max_rows))
    return caught.value.code


def test_rows_and_their_numbers():
    content = book([["Name"], [], ["a"], [None], ["b"]])
    assert [(number, cells[0]) for number, cells in read(content, 2)] == [(1, "Name"), (3, "a"), (5, "b")]
    assert refused(content, 1) == "rows"


def test_empty_rows_are_counted(monkeypatch):
    monkeypatch.setattr(workbook_rows, "EMPTY_ROWS", 20)
    assert refused(book([["Name"]], A200="far below")) == "rows"


@pytest.mark.parametrize(
    ("bound", "value", "code"),
    [
        ("MAX_BYTES", 100, "bytes"), ("MAX_UNPACKED", 100, "unpacked"), ("MAX_PARTS", 3, "unpacked"),
        ("MAX_COLUMNS", 1, "columns_many"), ("MAX_LETTERS", 3, "letters"), ("MAX_SECONDS", -1, "seconds"),
    ],
)  # fmt: skip
def test_each_bound(monkeypatch, bound, value, code):
    content = book([["Name", "Client"], ["Long name", "b"]])
    assert len(list(read(content, 10))) == 2
    monkeypatch.setattr(workbook_rows, bound, value)
    assert refused(content) == code


def part(name, change):
    """A workbook whose part ``name`` is ``change`` of itself."""
    source, out = zipfile.ZipFile(io.BytesIO(book([["Name"], ["a"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for one in source.infolist():
            content = source.read(one)
            target.writestr(one.filename, change(content) if one.filename == name else content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_broken_xml(name):
    assert refused(part(name, lambda content: content[: len(content) // 2])) == "format"
    assert refused(part(name, lambda _content: b"")) == "format"


def test_an_entity_is_refused():
    # One harmless entity: none is needed in a workbook.
    declared = b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "b">]>'
    assert (
        refused(part(SHEET, lambda content: declared + content[content.index(b"<worksheet") :])) == "format"
    )


@pytest.mark.parametrize("content", [b"", b"Name;Client\n", b"PK\x03\x04" + b"\0" * 200, b"%PDF-1.4"])
def test_no_workbook(content):
    assert refused(content) == "format"
