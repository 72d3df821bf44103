"""A manufacturer's list of lifecycle dates as plain rows. Plain Python; titles in English or French, or as somebody mapped them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from . import workbook_rows
from .equipment_sheet import date_of
from .workbook_rows import SheetError

MAX_ROWS = 20_000
KINDS = ("end_of_sale", "end_of_support", "end_of_security", "end_of_life")
COLUMNS = {
    "model": (
        "Model",
        "Modèle",
        "Product",
        "Produit",
        "Reference",
        "Référence",
        "Model name",
        "Nom du modèle",
        "Product reference",
        "Référence produit",
        "Référence du produit",
        "Part number",
        "Model number",
    ),
    "brand": ("Brand", "Marque", "Maker", "Manufacturer", "Constructeur", "Fabricant"),
    "end_of_sale": (
        "End of sale",
        "End of sales",
        "End of sale date",
        "Fin de vente",
        "Fin de commercialisation",
        "Date de fin de vente",
        "Date de fin de commercialisation",
    ),
    "end_of_support": (
        "End of support",
        "Fin de support",
        "EOS",
        "End of support date",
        "Date de fin de support",
        "Last day of support",
    ),
    "end_of_security": (
        "End of security updates",
        "End of security support",
        "Fin des mises à jour de sécurité",
    ),
    "end_of_life": ("End of life", "EOL", "End of life date", "Fin de vie", "Date de fin de vie"),
    "source": ("Source", "Notice", "Avis"),
}


class SupportRow(NamedTuple):
    """:ivar dates: {kind: date}; :ivar wrong: kinds whose cell holds something that is no date"""

    number: int  # as the spreadsheet counts
    model: str
    brand: str
    dates: dict
    wrong: tuple
    source: str
    url: str = ""
    none_announced: tuple = ()

    @property
    def date(self) -> date | None:
        """Return the first date of the row, as it is shown."""
        return next((self.dates[kind] for kind in ("end_of_support", *KINDS) if kind in self.dates), None)


def titles(content: bytes, known: frozenset = frozenset(), at: int = 0) -> tuple[int, list[tuple[str, str]]]:
    """Return (number of the row of the titles, [(title, what stands first below it)]) of the columns that have a title.

    :param known: titles in small letters that somebody has mapped
    :param at: the row somebody says they are in; found by default
    """
    number, first, lines = _titled(content, known, at)
    _number, below = next(lines, (0, ()))
    named = [(index, str(title or "").strip()) for index, title in enumerate(first)]
    return number, [
        (title, _shown(below[index] if index < len(below) else None)) for index, title in named if title
    ]


def _shown(cell):
    """Return a cell as it is shown; a day of a workbook is a moment at midnight there."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    return str(cell or "")[:60]


def _titled(content, known, at):
    return workbook_rows.read_titled(
        content, MAX_ROWS, lambda title: bool(meaning_of(title)) or title.casefold() in known, at
    )


def meaning_of(title: str) -> str:
    """Return what a column of this title holds; empty where the title says nothing to us.

    >>> meaning_of("fin de support"), meaning_of("Last order day")
    ('end_of_support', '')
    """
    key = title.strip().casefold()
    return next((name for name, known in COLUMNS.items() if key in {one.casefold() for one in known}), "")


def read(content: bytes, meanings: dict | None = None, at: int = 0) -> Iterator[SupportRow]:
    """Yield the rows that name a model.

    :param meanings: {title in small letters: a name of :data:`COLUMNS`, or empty} as somebody mapped them; the others by their title
    :param at: the row of the titles; found by default
    :raise SheetError: ``columns`` (no model, or no date), ``twice``, or as ``workbook_rows.read``
    """
    titles_row, first, lines = _titled(content, frozenset(meanings or ()), at)
    place = {}
    for index, title in enumerate(str(one or "").strip() for one in first):
        name = (meanings or {}).get(title.casefold(), meaning_of(title)) if title else ""
        if name and name in place and meanings:
            raise SheetError("twice", COLUMNS[name][0], titles_row)
        if name:
            place.setdefault(name, index)
    missing = [COLUMNS["model"][0]] if "model" not in place else []
    if not set(KINDS) & place.keys():
        missing.append(COLUMNS["end_of_support"][0])
    if missing:
        raise SheetError("columns", ", ".join(missing), titles_row)
    for number, line in lines:
        cell = {name: line[index] if index < len(line) else None for name, index in place.items()}
        text = {name: str(cell.get(name) or "").strip() for name in ("model", "brand", "source")}
        written = {kind: cell[kind] for kind in KINDS if kind in cell and str(cell[kind] or "").strip()}
        dates = {kind: day for kind, value in written.items() if (day := date_of(value))}
        if text["model"]:
            yield SupportRow(
                number,
                text["model"],
                text["brand"],
                dates,
                tuple(written.keys() - dates.keys()),
                text["source"],
            )
