"""A maker's list of end-of-support dates as plain rows. Plain Python; titles in English or French."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from . import workbook_rows
from .equipment_sheet import date_of
from .workbook_rows import SheetError

MAX_ROWS = 20_000
COLUMNS = {
    "model": ("Model", "Modèle", "Product", "Produit", "Reference", "Référence"),
    "brand": ("Brand", "Marque", "Maker", "Constructeur"),
    "date": ("End of support", "Fin de support", "EOS", "End of support date"),
    "source": ("Source", "Notice", "Avis"),
}
REQUIRED = ("model", "date")


class SupportRow(NamedTuple):
    number: int  # as the spreadsheet counts
    model: str
    brand: str
    date: date | None  # None: what is written is no date
    source: str


def read(content: bytes) -> Iterator[SupportRow]:
    """Yield the rows that name a model. :raise SheetError: ``columns`` (some are missing), or as ``workbook_rows.read``"""
    lines = workbook_rows.read(content, MAX_ROWS)
    _number, first = next(lines, (0, ()))
    titles = [str(title or "").strip().casefold() for title in first]
    place = {}
    for name, known in COLUMNS.items():
        found = [index for index, title in enumerate(titles) if title in {one.casefold() for one in known}]
        if found:
            place[name] = found[0]
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in place]
    if missing:
        raise SheetError("columns", ", ".join(missing))
    for number, line in lines:
        cell = {name: line[index] if index < len(line) else None for name, index in place.items()}
        text = {name: str(cell.get(name) or "").strip() for name in ("model", "brand", "source")}
        if text["model"]:
            yield SupportRow(number, text["model"], text["brand"], date_of(cell["date"]), text["source"])
