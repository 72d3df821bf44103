"""Sheets of a workbook with real numbers and moments, frozen headers and filters. Plain Python with xlsxwriter."""

import re

import xlsxwriter

from .formatted import Formatted

# Text never becomes a formula nor a link: it may come from anybody.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
STYLES = {
    "title": {"bold": True, "font_size": 18, "font_color": "#1F4E79"},
    "part": {"bold": True, "font_size": 13, "font_color": "#1F4E79", "bottom": 1, "bottom_color": "#1F4E79"},
    "head": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "valign": "vcenter", "text_wrap": True,
    },
    "text": {"valign": "top", "text_wrap": True},
    # Wrapped text has Excel measure every row it opens: not for rows by the thousand.
    "plain": {"valign": "top"},
    "muted": {"valign": "top", "text_wrap": True, "font_color": "#5D6875"},
    "number": {"valign": "top", "num_format": "#,##0"},
    "mark": {"valign": "top", "num_format": "0.0"},
    "percent": {"valign": "top", "num_format": "0.0 %"},
    "percent2": {"valign": "top", "num_format": "0.00 %"},
    "day": {"valign": "top", "num_format": "yyyy-mm-dd"},
    "moment": {"valign": "top", "num_format": "yyyy-mm-dd hh:mm"},
    "duration": {"valign": "top", "num_format": "[h]:mm"},
}  # fmt: skip
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
NAME_LENGTH = 31
TEXT_LENGTH = 32_767  # of a cell
MOMENTS = ("day", "moment", "duration")


def sheet_name(title, taken):
    """Return a name Excel accepts for ``title``, unlike those in ``taken`` (lower case), to which it is added.

    >>> taken = set()
    >>> sheet_name("abcdefghijklmnopqrstuvwxyzabcd's home", set())
    'abcdefghijklmnopqrstuvwxyzabcd'
    >>> sheet_name("In/out: all?", taken), sheet_name("in out  all", taken), sheet_name("x" * 40, taken) == "x" * 31
    ('In out all', 'in out all 2', True)
    """
    words = " ".join(FORBIDDEN.sub(" ", title).split()).strip("'") or "-"
    # Excel takes no apostrophe at either end, where a cut may leave one.
    name, number = words[:NAME_LENGTH].strip(" '"), 1
    while name.lower() in taken:
        number += 1
        tail = f" {number}"
        name = words[: NAME_LENGTH - len(tail)].strip(" '") + tail
    taken.add(name.lower())
    return name


class Book:
    """A workbook in the making, written to the file-like or path ``target``."""

    def __init__(self, target, **options):
        self.book = xlsxwriter.Workbook(target, {**OPTIONS, **options})
        self.formats = {name: self.book.add_format(style) for name, style in STYLES.items()}
        self.taken = set()

    def close(self):
        self.book.close()

    def sheet(self, title, widths):
        sheet = self.book.add_worksheet(sheet_name(title, self.taken))
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def cell(self, sheet, row, column, value, style="text"):
        """Write one cell: a Formatted as the value it was made from, anything else as text."""
        if isinstance(value, Formatted):
            form = self.formats[value.style]
            if value.style in MOMENTS:
                sheet.write_datetime(row, column, value.value, form)
            else:
                sheet.write_number(row, column, value.value, form)
        elif value == "":
            sheet.write_blank(row, column, None, self.formats[style])
        else:
            sheet.write_string(row, column, str(value)[:TEXT_LENGTH], self.formats[style])

    def table(self, title, head, rows):
        """Return a sheet of its own: header frozen, every column with its filter."""
        widths = [_width([name, *(row[column] for row in rows)]) for column, name in enumerate(head)]
        sheet = self.sheet(title, widths)
        sheet.set_row(0, 32)
        for column, name in enumerate(head):
            self.cell(sheet, 0, column, name, "head")
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self.cell(sheet, number, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(head) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet


def _width(texts):
    """Return the width of a column that holds these texts: readable, and never so wide that the next ones leave the screen."""
    return min(60, max(12, *(len(text) + 3 for text in texts)))
