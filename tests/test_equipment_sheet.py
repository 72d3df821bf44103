import doctest

from tools import equipment_sheet


def test_every_title_is_one_columns():
    titles = [title.casefold() for names in equipment_sheet.COLUMNS.values() for title in names]
    assert len(titles) == len(set(titles))


def test_examples_in_the_documentation():
    outcome = doctest.testmod(equipment_sheet)
    assert outcome.attempted
    assert not outcome.failed
