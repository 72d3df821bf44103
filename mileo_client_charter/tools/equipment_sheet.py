"""A spreadsheet of equipment as plain rows: which column is what, and dates as people write them.

Plain Python. Column titles are understood in English and French, in any order and case.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from . import workbook_rows
from .workbook_rows import SheetError

MAX_ROWS = 10_000
# Column -> the titles it is known by. The first one is that of the template.
COLUMNS = {
    "name": ("Name", "Désignation", "Nom", "Equipment", "Équipement", "Designation", "Libellé"),
    "serial": (
        "Serial number",
        "N° de série",
        "Numéro de série",
        "No de série",
        "Nº de série",
        "N/S",
        "S/N",
        "Serial",
    ),
    "reference": ("Asset number", "N° d'inventaire", "Numéro d'inventaire", "Reference", "Référence"),
    "partner_id": ("Client", "Customer"),
    "site_id": ("Site", "Address", "Adresse"),
    "contract_id": ("Contract", "Contrat"),
    "product_id": ("Product", "Produit", "Internal reference", "Référence interne"),
    "maker": ("Manufacturer", "Fabricant", "Brand", "Marque", "Maker", "Constructeur"),
    "model": ("Model", "Modèle"),
    "firmware": (
        "Firmware",
        "Micrologiciel",
        "Firmware version",
        "Version firmware",
        "Version du firmware",
        "Version micrologiciel",
        "FW",
        "Version du micrologiciel",
        "Version logicielle",
        "Software version",
    ),
    "supervised_from": ("Supervised from", "Supervisé depuis", "Supervisé à partir du"),
    "supervised_to": ("Supervised to", "Supervisé jusqu'au"),
    "tag_ids": ("Tags", "Étiquettes"),
    "end_of_sale": ("End of sale", "Fin de commercialisation"),
    "end_of_support": ("End of support", "Fin de support"),
    "end_of_security": ("End of security updates", "Fin des mises à jour de sécurité"),
    "end_of_life": ("End of life", "Fin de vie"),
    "monitored_as": (
        "Names in the monitoring",
        "Noms dans la supervision",
        "Host name",
        "Nom d'hôte",
        "Hostname",
    ),
}
# Days people keep that the equipment has no place for: they are not read, and the import says what to do with them.
INSTALLED = (
    "Date de pose",
    "Date d'installation",
    "Date de mise en service",
    "Installed on",
    "Installation date",
    "Date installed",
)
REQUIRED = ("name", "partner_id")
DATES = ("supervised_from", "supervised_to")
MILESTONES = ("end_of_sale", "end_of_support", "end_of_security", "end_of_life")
NONE_ANNOUNCED = {"none announced", "none", "aucune annoncée", "aucune", "non annoncée"}
FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")


class Row(NamedTuple):
    """Values of the columns that are filled in; ``wrong`` are those that are no date: column -> what is written."""

    number: int  # as the spreadsheet counts
    values: dict
    wrong: dict


def stored(row: Row) -> list:
    """Return ``row`` as JSON holds it.

    >>> from_stored(stored(row := Row(2, {"name": "A", "end_of_life": date(2030, 1, 2), "end_of_sale": None}, {}))) == row
    True
    """
    days = {name: day.isoformat() for name, day in row.values.items() if isinstance(day, date)}
    return [row.number, {**row.values, **days}, row.wrong]


def from_stored(kept: list) -> Row:
    """Return the row that ``stored`` gave."""
    number, values, wrong = kept
    days = {name: date.fromisoformat(values[name]) for name in (*DATES, *MILESTONES) if values.get(name)}
    return Row(number, {**values, **days}, wrong)


def _plain(title) -> str:
    return str(title or "").strip().rstrip("*").strip().replace("’", "'").casefold()


def _known(title) -> str | None:
    title = _plain(title)
    return next(
        (name for name, titles in COLUMNS.items() if title in (name, *(one.casefold() for one in titles))),
        None,
    )


def date_of(value) -> date | None:
    """Return the date of a cell; None when it is none. Day first where the year is last, as in Europe.

    >>> date_of("2026-10-05") == date_of("05/10/2026") == date_of(datetime(2026, 10, 5)) == date(2026, 10, 5)
    True
    >>> date_of("soon") is None
    True
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in FORMATS:
        try:
            return datetime.strptime(str(value).strip(), form).date()
        except ValueError:
            continue
    return None


def text_of(value) -> str:
    """Return the text of a cell: a serial number typed as a number has no decimals.

    >>> text_of(4711.0), text_of("  A 1 "), text_of(None)
    ('4711', 'A 1', '')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def read(content: bytes) -> Iterator[Row]:
    """Yield the rows of the first sheet; empty ones are skipped.

    :raise SheetError: ``columns`` (some are missing), ``twice`` (a column), or as ``workbook_rows.read``
    """
    titles_row, titles, lines = _titled(content)
    names = [_known(title) for title in titles]
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in names]
    if missing:
        raise SheetError("columns", ", ".join(missing), titles_row)
    twice = {COLUMNS[name][0] for name in names if name and names.count(name) > 1}
    if twice:
        raise SheetError("twice", ", ".join(sorted(twice)), titles_row)
    for number, cells in lines:
        filled = {name: cell for name, cell in zip(names, cells, strict=False) if name and text_of(cell)}
        if filled:
            yield _row(number, filled)


def _titled(content):
    return workbook_rows.read_titled(content, MAX_ROWS, lambda title: bool(_known(title)))


def titles_row(content: bytes) -> int:
    """Return the number of the row that is taken for the titles, as the spreadsheet counts.

    :raise SheetError: as ``workbook_rows.read``
    """
    return _titled(content)[0]


def ignored(content: bytes) -> list[str]:
    """Return the titles that no column is known by: what stands below them is not read.

    :raise SheetError: as ``workbook_rows.read``
    """
    _number, titles, _lines = _titled(content)
    return [text_of(title) for title in titles if text_of(title) and not _known(title)]


def is_installation(title) -> bool:
    """Return whether a column holds the day of installation, as people call it.

    >>> is_installation("DATE DE POSE "), is_installation("Date d’installation"), is_installation("Date")
    (True, True, False)
    """
    return _plain(title) in {one.casefold() for one in INSTALLED}


def _row(number, filled):
    values, wrong = {}, {}
    for name, cell in filled.items():
        if name in MILESTONES and text_of(cell).casefold() in NONE_ANNOUNCED:
            values[name] = None
        elif name in DATES or name in MILESTONES:
            day = date_of(cell)
            if day:
                values[name] = day
            else:
                wrong[name] = text_of(cell)
        else:
            values[name] = text_of(cell)
    return Row(number, values, wrong)
