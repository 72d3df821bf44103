"""Two filters of one list are told apart by their names, in each language."""

import pathlib
from collections import Counter

import polib
import pytest
from lxml import etree

ROOT = pathlib.Path(__file__).parent.parent
VIEWS = sorted(
    path for path in ROOT.glob("mileo_client_charter*/views/**/*.xml") if "<search" in path.read_text()
)


def french(addon):
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(ROOT / addon / "i18n" / "fr.po"))}


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_no_two_filters_of_a_list_have_one_name(path):
    terms = french(path.relative_to(ROOT).parts[0])
    for search in etree.parse(path).iter("search"):
        for kind in ("domain", "context"):
            names = [one.get("string") for one in search.iter("filter") if one.get(kind)]
            for language, shown in (("en", names), ("fr", [terms.get(name) or name for name in names])):
                twice = [name for name, count in Counter(shown).items() if count > 1]
                assert not twice, f"{path.name}: two filters are named {twice} ({language})"
