"""The rows of a workbook somebody sends, read within bounds: bytes, parts, rows, columns, letters and seconds.

Plain Python with openpyxl. A workbook is a ZIP of XML files: a small one can unpack to any size and a short XML can stand for
a long one. What is unpacked is counted before anything is, entities are refused (defusedxml, which openpyxl uses when it
is there), and rows are counted as they come, the empty ones too. Nothing is kept of a file that passes a bound.
"""

import io
import itertools
import time
import zipfile
from collections.abc import Callable, Iterator

import openpyxl

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_PARTS = 500
MAX_COLUMNS = 100
MAX_LETTERS = 2_000  # of one cell
MAX_SECONDS = 20
# Empty rows among the others, and below them, where somebody formatted the whole sheet.
EMPTY_ROWS = 50_000
# The titles are among the first rows that hold something: a name, a date and an address of a manufacturer may stand above them.
MAX_ABOVE = 10


if not openpyxl.DEFUSEDXML:
    raise ImportError("defusedxml is missing: without it openpyxl would read the entities of a workbook.")


class SheetError(Exception):
    """The file as a whole cannot be read. ``code`` says why, ``detail`` names what, ``row`` where."""

    def __init__(self, code, detail="", row=0):
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail
        self.row = row


def read(content: bytes, max_rows: int) -> Iterator[tuple[int, tuple]]:
    """Yield (number as the spreadsheet counts, values) of each row of the first sheet that holds something, the titles first.

    :param max_rows: that hold something, the titles not counted
    :raise SheetError: ``format`` (no workbook), ``bytes``, ``unpacked``, ``columns_many``, ``letters``, ``rows`` or
        ``seconds`` (a bound is passed; ``detail`` is the bound, or the row)
    """
    until = time.monotonic() + MAX_SECONDS
    _check_size(content)
    try:
        yield from _rows(content, max_rows, until)
    except SheetError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever the libraries find wrong with a file that is not ours)
        raise SheetError("format") from error


def read_titled(
    content: bytes, max_rows: int, is_title: Callable[[str], bool], at: int = 0
) -> tuple[int, tuple, Iterator[tuple[int, tuple]]]:
    """Return (number of the row of the titles, titles, the rows below it), as :func:`read` gives them.

    The titles are the row with the most titles that are known, the first of several. Where none is known they are the first row of
    several texts: what stands alone above a table is its name.

    :param is_title: whether a text is a title somebody knows
    :param at: the row somebody says the titles are in; found by default
    :raise SheetError: as :func:`read`
    """
    lines = read(content, max_rows)
    first = list(itertools.islice(lines, MAX_ABOVE + 1))
    if not first:
        return 0, (), iter(())
    texts = [[str(cell).strip() for cell in cells if isinstance(cell, str)] for _number, cells in first]
    known = [sum(map(is_title, row)) for row in texts]
    several = [len(row) for row in texts]
    place = next((index for index, (number, _cells) in enumerate(first) if number == at), None)
    if place is None and max(known):
        place = known.index(max(known))
    elif place is None:
        place = next((index for index, count in enumerate(several) if count > 1), 0)
    number, titles = first[place]
    return number, titles, itertools.chain(first[place + 1 :], lines)


def _check_size(content):
    if len(content) > MAX_BYTES:
        raise SheetError("bytes", MAX_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise SheetError("format") from error
    # zipfile unpacks no more of a part than the directory says, so its word is a bound.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise SheetError("unpacked", MAX_UNPACKED // 1024 // 1024)


def _rows(content, max_rows, until):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    count = -1
    for number, cells in enumerate(
        book.worksheets[0].iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), start=1
    ):
        if time.monotonic() > until:
            raise SheetError("seconds", MAX_SECONDS)
        if all(cell is None or cell == "" for cell in cells):
            if number > max_rows + EMPTY_ROWS:
                raise SheetError("rows", max_rows)
            continue
        count += 1
        if count > max_rows:
            raise SheetError("rows", max_rows)
        if len(cells) > MAX_COLUMNS and cells[MAX_COLUMNS] not in (None, ""):
            raise SheetError("columns_many", MAX_COLUMNS)
        for cell in cells:
            if isinstance(cell, str) and (len(cell) > MAX_LETTERS or "\0" in cell):
                raise SheetError("letters", number)
        yield number, cells
