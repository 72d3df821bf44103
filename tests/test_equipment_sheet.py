import doctest
import io

import openpyxl
from tools import equipment_sheet, support_sheet, workbook_rows


def test_every_title_is_one_columns():
    titles = [title.casefold() for names in equipment_sheet.COLUMNS.values() for title in names]
    assert len(titles) == len(set(titles))


def test_examples_in_the_documentation():
    outcome = doctest.testmod(equipment_sheet)
    assert outcome.attempted
    assert not outcome.failed


def sheet(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


ABOVE = (
    (),
    (["Parc Hikvision"],),
    (["Parc Hikvision"], [], ["Édition", "septembre 2026"]),
    *[tuple([f"Remarque {number}"] for number in range(count)) for count in (3, workbook_rows.MAX_ABOVE)],
)


def test_titles_are_found_below_what_stands_above_them():
    for above in ABOVE:
        content = sheet(*above, ["Désignation", "Client", "Autre"], ["Caméra 1", "Alpine", "x"])
        assert equipment_sheet.titles_row(content) == len(above) + 1
        assert equipment_sheet.ignored(content) == ["Autre"]
        [row] = equipment_sheet.read(content)
        assert (row.number, row.values) == (len(above) + 2, {"name": "Caméra 1", "partner_id": "Alpine"})
        content = sheet(*above, ["Modèle", "Fin de support"], ["C-1", "2029-06-30"])
        assert support_sheet.titles(content) == (
            len(above) + 1,
            [("Modèle", "C-1"), ("Fin de support", "2029-06-30")],
        )
        [row] = support_sheet.read(content)
        assert (row.number, row.model) == (len(above) + 2, "C-1")


def test_titles_nobody_knows():
    rows = (["Fin de vie 2026 – Acme"], ["Part", "LDoS"], ["C-1", "2029-06-30"])
    assert support_sheet.titles(sheet(*rows))[0] == 2
    assert support_sheet.titles(sheet(*rows), at=3)[0] == 3
    assert support_sheet.titles(sheet(*rows), frozenset({"c-1"}))[0] == 3, "somebody mapped this title once"
    assert support_sheet.titles(sheet(["C-1"])) == (1, [("C-1", "")])
    assert support_sheet.titles(sheet()) == (0, [])
