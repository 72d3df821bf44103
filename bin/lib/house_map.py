"""usage: bin/map [WORDS]

With words, say where a rule has its home: bin/map a pause moves a deadline. Rows of docs/architecture.md and functions are found by
their words, names and docstrings; “Words of the code” there says what else a thing is called. Without words:

Draw the packages of models/ with what imports what, from the sources themselves, into docs/pictures/map.svg.
A line leads from a package to one it imports from. Dashed: a model of a later package is named in an earlier one; each is listed
in tests/test_house.py. Nothing is counted in it, so that it changes with the plan alone.
"""

import ast
import collections
import functools
import math
import pathlib
import re
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "mileo_client_charter" / "models"
TARGET = ROOT / "docs" / "pictures" / "map.svg"
WORDS = {
    "base": "what only the engine writes, seals, doors",
    "charter": "the charter as data",
    "ledger": "obligations and their deadlines",
    "people": "who answers, who stands in",
    "delivery": "documents delivered, with proof",
    "work": "equipment, outages, interventions",
    "feedback": "surveys, call-backs, escalations, NPS",
    "report": "figures and the activity report",
    "renewal": "reviews, renewals, notices",
    "overview": "health, Today, scorecards",
    "onboarding": "contracts of before the charter",
    "privacy": "retention, forgetting a person",
}
WIDTH, TOP, STEP, LEFT, BOX = 1180, 60, 62, 420, 340


def order():
    """The packages as they are loaded."""
    tree = ast.parse((MODELS / "__init__.py").read_text(encoding="utf-8"))
    return [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]


def sources():
    """[(package, tree)] of every file of models/."""
    paths = sorted(MODELS.glob("*/*.py"))
    return [(path.parent.name, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def homes(files):
    """{model: package that defines it}"""
    found = {}
    for package, tree in files:
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            values = {
                part.targets[0].id: ast.literal_eval(part.value)
                for part in node.body
                if isinstance(part, ast.Assign)
                and getattr(part.targets[0], "id", "") in ("_name", "_inherit")
            }
            name, parents = values.get("_name"), values.get("_inherit") or ()
            if name and name not in ([parents] if isinstance(parents, str) else parents):
                found[name] = package
    return found


def links(files, packages):
    """(imports, names of later packages' models), each a set of (from, to)."""
    imports, upward, home = set(), set(), homes(files)
    for package, tree in files:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 2 and node.module:
                other = node.module.split(".")[0]
                if other in packages:
                    imports.add((package, other))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in home:
                other = home[node.value]
                if packages.index(other) > packages.index(package):
                    upward.add((package, other))
    return imports, upward


def drawing():
    """The map as the text of an SVG."""
    packages, files = order(), sources()
    imports, upward = links(files, packages)
    height = TOP + STEP * len(packages)
    middle = {package: TOP + STEP * number + 18 for number, package in enumerate(packages)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="20" y="30" font-size="18" font-weight="bold">models/: the packages, in the order they are loaded in</text>',
        f'<text x="{WIDTH - 20}" y="{TOP - 8}" text-anchor="end" fill="#71639e">imports from</text>',
        f'<text x="20" y="{TOP - 8}" fill="#c0392b">names a model of a later package (listed in tests/test_house.py)</text>',
    ]
    for package, other in sorted(imports):
        parts.append(arc(LEFT + BOX, middle[package], middle[other], "#71639e", 1))
    for package, other in sorted(upward):
        parts.append(arc(LEFT, middle[package], middle[other], "#c0392b", -1))
    for package in packages:
        y = middle[package] - 20
        parts += [
            f'<rect x="{LEFT}" y="{y}" width="{BOX}" height="42" rx="6" fill="#f3f1f8" stroke="#71639e"/>',
            f'<text x="{LEFT + 12}" y="{y + 18}" font-weight="bold">{package}</text>',
            f'<text x="{LEFT + 12}" y="{y + 35}" fill="#333">{WORDS[package]}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def arc(x, start, end, colour, side):
    """A curve beside the boxes, from the height ``start`` to ``end``."""
    bend = x + side * (40 + abs(end - start) * 0.45)
    dash = ' stroke-dasharray="5 4"' if side < 0 else ""
    return (
        f'<path d="M{x} {start} C{bend:.0f} {start} {bend:.0f} {end} {x} {end}" fill="none" stroke="{colour}" '
        f'stroke-width="1.5" stroke-opacity="0.6"{dash}/><circle cx="{x}" cy="{end}" r="3" fill="{colour}"/>'
    )


# -- where a rule has its home --------------------------------------------------------------------

PAGE = ROOT / "docs" / "architecture.md"
# Where rules are: what the sources of the product are made of.
HOUSE = ("models", "tools", "controllers", "wizards")
# Words of every question, which tell nothing.
PLAIN = re.compile(
    r"(an?|and|are|as|at|be|by|does|for|from|how|i|in|is|its?|may|not|of|on|one|or|so|that|the|to|what|when|where|which|who)$"
)
# A row of the page is written for the question; the docstring of a module counts for what is in it, less than a function's own.
ROW, OF_THE_MODULE = 1.3, 0.3
# A file in which several functions speak of it is likelier its home than one with a single mention.
OF_THE_OTHERS, OTHERS = 0.2, 3
FIRST = 5
FILE = re.compile(r"[\w/]+\.py")


def root(word):
    """Return what “pauses”, “paused” and “pause” have in common."""
    return re.sub(r"(ies|es|ed|ing|s|e|y)$", "", word)[:7]


@functools.cache
def same():
    """Return {root of another word: root of the word of the code}, from *Words of the code* of the page."""
    found = {}
    for cells in rows(PAGE.read_text(encoding="utf-8").partition("## Words of the code")[2]):
        for other in re.findall(r"[a-z-]+", cells[-1]):
            found[root(other.replace("-", ""))] = root(cells[0].strip("`").lower())
    return found


def rows(section):
    """Return the cells of each row of the tables of ``section``, their titles too."""
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def stem(word):
    """Return the root of ``word``, of whatever it is called the word of the code."""
    return same().get(root(word), root(word))


def stems(text):
    """Return the stems of the words of ``text`` that tell something."""
    text = re.sub(r"stand(s|ing)?[- ]in\b", "standin", text.lower().replace("_", " "))
    return {stem(word) for word in re.findall(r"[a-z]+", text) if not PLAIN.match(word)}


def places():
    """Return [(home of a rule, stems said of it, stems said of its module, weight)] of the page, and of every file and function."""
    found = []
    page = PAGE.read_text(encoding="utf-8").partition("## Where is it decided")[2].partition("## Words")[0]
    decided, _title, flows = page.partition("\n## ")
    for weight, section in ((ROW, decided), (1, flows)):
        found += [
            (cells[-1].replace("`", ""), stems(cells[-2]), set(), weight)
            for cells in rows(section)
            if len(cells) >= 2 and cells[-1].split("`")[1:2] and "tests/" not in cells[-1]
        ]
    for folder in HOUSE:
        for path in sorted((MODELS.parent / folder).rglob("*.py")):
            found += places_in(path)
    return found


def places_in(path):
    """Return the same of one file."""
    tree, place = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(MODELS.parent)
    documented = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    module = set().union(*(stems(said(node)) for node in documented))
    found = [(str(place), stems(f"{said(tree)} {path.stem}"), module, 1)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = re.sub(r"([A-Z])", r" \1", node.name)
            found.append((f"{place} ({node.name})", stems(f"{said(node)} {name} {path.stem}"), module, 1))
    return found


def said(node):
    """Return the first paragraph of a docstring; of a module the whole."""
    text = ast.get_docstring(node) or ""
    return text if isinstance(node, ast.Module) else text.partition("\n\n")[0]


def homes_of(question, among=None):
    """Return the homes of the rule ``question`` speaks of, one a file, the likeliest first, at most ``FIRST``.

    :param among: what ``places`` gave, for many questions
    """
    known = among or places()
    often = collections.Counter(word for _place, words, _module, _weight in known for word in words)
    asked = {word: math.log(len(known) / often[word]) for word in stems(question) if word in often}
    files = collections.defaultdict(list)
    for place, words, module, weight in known:
        part = sum(
            worth * (1 if word in words else OF_THE_MODULE)
            for word, worth in asked.items()
            if word in words or word in module
        )
        # Of two that say as much of it, the one that says little else.
        score = weight * part / (1 + len(words) / 25)
        files[(FILE.search(place) or [place])[0]].append((score, place))
    scored = []
    for found in files.values():
        (best, place), *others = sorted(found, key=lambda one: -one[0])[: OTHERS + 1]
        scored.append((best + OF_THE_OTHERS * sum(score for score, _place in others), place))
    scored.sort(key=lambda one: -one[0])
    return [place for score, place in scored[:FIRST] if score]


def main():
    # Whoever reads the first lines alone (bin/map WORDS | head) ends it quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if len(sys.argv) > 1:
        print("\n".join(homes_of(" ".join(sys.argv[1:]))) or "Nothing is called so.")
        return
    TARGET.write_text(drawing(), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: drawn from {len(sources())} files.")


if __name__ == "__main__":
    main()
