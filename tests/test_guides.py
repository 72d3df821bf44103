"""The guides name what is on the screens: each menu, button and filter they quote is a term of the product, in their language."""

import ast
import pathlib
import re

import polib
import pytest

ROOT = pathlib.Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "user").rglob("*.md"))
TERMS = [
    entry
    for path in ROOT.glob("mileo_client_charter*/i18n/fr.po")
    for entry in polib.pofile(path)
    if not entry.obsolete
]
# What Odoo's own pages say.
ODOO = {
    "en": {"New", "Actions", "Invoicing", "Customers", "Customer Contracts", "Stop", "Stop Plan Successor"},
    "fr": {
        "Nouveau",
        "Actions",
        "Facturation",
        "Contrats clients",
        "Interrompre",
        "Interrompre et planifier un successeur",
    },
}
QUOTED = re.compile(r"(?<![*\w])\*(?!\*)([^*]+)\*(?!\*)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]*)")
# Of one day, in two languages; no guide is for one half of the readers.
BOTH = {guide.name for guide in GUIDES if guide.parent.name == "user"}


def same(text):
    """Apostrophes and spaces are typed in more ways than one."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_guide_quotes_is_on_a_screen(guide):
    language = "fr" if guide.parent.name == "fr" else "en"
    known = {same(entry.msgstr if language == "fr" else entry.msgid) for entry in TERMS} | ODOO[language]
    quoted = {
        same(part) for words in QUOTED.findall(guide.read_text(encoding="utf-8")) for part in words.split("‣")
    }
    assert quoted
    assert sorted(quoted - known) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_link_leads_somewhere(guide):
    text = guide.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if link and not (guide.parent / link).exists()]
    assert missing == []
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == anchors


def test_each_role_has_its_guide_in_both_languages():
    assert {guide.name for guide in GUIDES if guide.parent.name == "fr"} == BOTH


# -- paths of menus ---------------------------------------------------------------------------------

# Menus of Odoo and of monitoring programs, where a path does not begin with one of ours.
ELSEWHERE = {
    "Actions", "Alerts", "Apps", "Contacts", "Facturation", "Invoicing", "Mileo Client Charter", "My Profile", "Paramètres", "Project", "Settings", "Users",
}  # fmt: skip
PATH = re.compile(r"[^.:;,(«“”*\n|`!?]*‣[^.:;,)»“”*\n|`!?<]*")


def menus(french):
    """{menu: {submenu: {...}}} of the app, in the words of one language."""
    words = {entry.msgid: entry.msgstr for entry in TERMS} if french else {}
    nodes, tree = {}, {}
    source = (ROOT / "mileo_client_charter/views/charter_menus.xml").read_text(encoding="utf-8")
    for given in re.findall(r"<menuitem ([^>]*)/>", source):
        menu = dict(re.findall(r'(\w+)="([^"]*)"', given))
        nodes[menu["id"]] = {}
        nodes.get(menu.get("parent"), tree)[same(words.get(menu["name"], menu["name"]))] = nodes[menu["id"]]
    return tree


def astray(path, tree):
    """Where a quoted path leaves the menus, or None: past a menu that opens something, buttons and tabs follow."""
    [(app, level)] = tree.items()
    parts = [same(part) for part in path.split("‣")]
    begins = [name for name in (app, *level, *ELSEWHERE) if parts[0] == name or parts[0].endswith(f" {name}")]
    if not begins:
        return parts[0]
    first = max(begins, key=len)
    if first in ELSEWHERE:
        return None
    for part in [*([] if first == app else [first]), *parts[1:]]:
        if not level:
            return None
        # In a sentence, words go on after the last menu.
        found = max(
            (name for name in level if part == name or part.startswith(f"{name} ")), key=len, default=None
        )
        if found is None:
            return part
        level = level[found]
    return None


def quoted_paths():
    """(where, path, whether it is French) of every path of menus that a guide or a sentence of the product quotes."""
    pages = [
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        *ROOT.glob("mileo_client_charter*/readme/*.md"),
    ]
    for page in pages:
        # A path may go on in the next line.
        text = re.sub(r"(?<=\S)\n(?=\S)", " ", page.read_text(encoding="utf-8"))
        for path in PATH.findall(text):
            yield str(page.relative_to(ROOT)), path, page.parent.name == "fr"
    for entry in TERMS:
        for path in PATH.findall(entry.msgid):
            yield entry.msgid, path, False
        for path in PATH.findall(entry.msgstr):
            yield entry.msgstr, path, True


def test_every_path_of_menus_leads_there():
    trees = {french: menus(french) for french in (False, True)}
    assert len(trees[True]["Charte client"]) == len(trees[False]["Client Charter"]) > 8
    paths = list(quoted_paths())
    assert len(paths) > 100
    wrong = [
        (where, path.strip(), lost) for where, path, french in paths if (lost := astray(path, trees[french]))
    ]
    assert wrong == []


# -- menus of a role ---------------------------------------------------------------------------------

# The guide of each role, and the group its readers have; a group has what the groups before it have.
GROUPS = ("group_charter_user", "group_charter_operations", "group_charter_direction", "group_charter_admin")
READERS = {
    "account-manager.md": "group_charter_user",
    "technical-contact.md": "group_charter_user",
    "operations-manager.md": "group_charter_operations",
    "general-management.md": "group_charter_direction",
}
# Whoever sees what the reader does not is named in the sentence, or before it in the same one.
NAMED = {
    "group_charter_operations": ("operations manager", "responsable d'exploitation", "l'exploitation"),
    "group_charter_direction": ("general management", "direction générale"),
    "group_charter_admin": ("administrator", "administrateur"),
}


def guarded(french):
    """{(menu, submenu, …): group that sees it} of the menus that not every reader has, in the words of one language."""
    words = {entry.msgid: entry.msgstr for entry in TERMS} if french else {}
    places, found = {}, {}
    source = (ROOT / "mileo_client_charter/views/charter_menus.xml").read_text(encoding="utf-8")
    for given in re.findall(r"<menuitem ([^>]*)/>", source):
        menu = dict(re.findall(r'(\w+)="([^"]*)"', given))
        place = (*places.get(menu.get("parent"), ()), same(words.get(menu["name"], menu["name"])))
        places[menu["id"]] = place
        group = (
            menu.get("groups", "")
            .removeprefix("mileo_client_charter.")
            .replace("base.group_system", GROUPS[-1])
        )
        if group in GROUPS[1:]:
            # Without the app, which every path leaves out.
            found[place[1:]] = group
    return found


def unseen(name, text, french):
    """What a guide sends its reader to and the reader does not have: (path, who has it)."""
    mine = GROUPS.index(READERS[name])
    hidden = {place: group for place, group in guarded(french).items() if GROUPS.index(group) > mine}
    found = []
    for sentence in re.split(r"(?<=[.:;])\s+(?=[A-ZÀÉ*«“])", re.sub(r"(?<=\S)\n(?=\S)", " ", text)):
        for path in PATH.findall(sentence):
            parts = tuple(same(part) for part in path.split("‣"))
            group = next(
                (hidden[parts[:end]] for end in range(2, len(parts) + 1) if parts[:end] in hidden), None
            )
            if group and not any(word in same(sentence) for word in NAMED[group]):
                found.append((path.strip(), group))
    return found


@pytest.mark.parametrize(
    "guide",
    [path for path in GUIDES if path.name in READERS],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_a_guide_sends_its_reader_to_menus_the_reader_has(guide):
    """Found by a stranger: the technical contact was sent to *Clients ‣ Data issues*, which operations alone have."""
    assert unseen(guide.name, guide.read_text(encoding="utf-8"), guide.parent.name == "fr") == []


def test_the_sweep_of_roles_sees_what_is_hidden():
    assert len(guarded(False)) == len(guarded(True)) > 8
    hidden = "Look at *Clients ‣ Data issues* every day."
    assert unseen("technical-contact.md", hidden, False) == [
        ("Clients ‣ Data issues", "group_charter_operations")
    ]
    assert unseen("operations-manager.md", hidden, False) == []
    assert (
        unseen("technical-contact.md", "Your operations manager has it under *Clients ‣ Data issues*.", False)
        == []
    )
    assert unseen("technical-contact.md", "Regardez *Clients ‣ Anomalies*.", True)
    assert {path.name for path in GUIDES} - READERS.keys() == {"client.md"}, "clients have no menus"


# -- numbered steps, and the tours that take them ----------------------------------------------------

STEP = re.compile(r"^\d+\. (?:<!-- ([a-z0-9]+\.[a-z]+) --> )?(.*(?:\n {3}\S.*)*)", re.MULTILINE)
# Told and not played by a tour of these days: who plays it, or why nobody does.
NOT_PLAYED = {
    "review": "static/tests/tours/charter_year.js plays it in English",
    "notice": "no tour yet",
    "leaving": "the first step is accounting's",
    "onboarding": "no tour yet",
    "level2": "no tour in French yet; charter_story.js plays it in English",
    "proof": "no tour yet",
    "version": "no tour yet",
}


def numbered_steps(name, french):
    """{key: words that are quoted there} of the numbered steps of a guide, in its order."""
    page = ROOT / "docs" / "user" / ("fr" if french else "") / name
    found = {}
    for key, words in STEP.findall(page.read_text(encoding="utf-8")):
        assert key, f"{name}: this step has no key: {words[:60]}"
        assert key not in found, key
        found[key] = [same(part) for quoted in QUOTED.findall(words) for part in quoted.split("‣")]
    return found


def test_guides_and_tours_tell_the_same_steps():
    source = (ROOT / "mileo_client_charter/static/tests/tours/charter_days.js").read_text(encoding="utf-8")
    played = {}
    for key, words, mine in re.findall(
        r'guided\(\s*"([a-z0-9.]+)",\s*\[([^\]]*)\]|\.\.\.mine\("([a-z0-9.]+)"\)', source
    ):
        # Both levels of escalation begin in the same way.
        quoted = re.findall(r'"([^"]*)"', words) if key else ["Aujourd’hui", "Escalades sans réponse"]
        played[key or mine] = [same(word) for word in quoted]
    told = {}
    for name in sorted(BOTH - {"client.md"}):
        french, english = numbered_steps(name, True), numbered_steps(name, False)
        assert list(french) == list(english), name
        told |= french
    wanted = {key: words for key, words in told.items() if key.split(".")[0] not in NOT_PLAYED}
    assert set(NOT_PLAYED) == {key.split(".")[0] for key in told} - {key.split(".")[0] for key in wanted}
    assert played == wanted
    # In the order of the guide, task by task.
    for task in {key.split(".")[0] for key in wanted}:
        assert [key for key in played if key.startswith(f"{task}.")] == [
            key for key in wanted if key.startswith(f"{task}.")
        ]
    assert len(wanted) > 15


def test_the_table_of_clicks_is_what_the_tours_count():
    tree = ast.parse((ROOT / "mileo_client_charter/tests/overview/test_days.py").read_text(encoding="utf-8"))
    counted = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("BEFORE", "NOW")
    }
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    table = page.split("| task | guide | clicks before | clicks now |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert {row[0]: int(row[3]) for row in rows} == counted["NOW"]
    assert {row[0]: int(row[2]) for row in rows if row[2] != "–"} == counted["BEFORE"]
    both = [(counted["NOW"][task], before) for task, before in counted["BEFORE"].items()]
    assert (
        f"{sum(now for now, _before in both)} clicks\ndo what {sum(before for _now, before in both)} did"
        in page
    )
