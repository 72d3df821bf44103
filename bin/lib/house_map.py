"""usage: bin/map

Draw the packages of models/ with what imports what, from the sources themselves, into docs/pictures/map.svg.
A line leads from a package to one it imports from; its width is the number of imports. Dashed: a model of a later package is
named in an earlier one, each of which is listed in tests/test_house.py.
"""

import ast
import pathlib
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "mileo_client_charter" / "models"
TARGET = ROOT / "docs" / "pictures" / "map.svg"
WORDS = {
    "base": "what only the engine writes, seals, doors",
    "charter": "the charter as data",
    "ledger": "obligations and their deadlines",
    "people": "who answers, who stands in",
    "delivery": "documents handed over, with proof",
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
    """[(package, tree, number of lines)] of every file of models/."""
    found = []
    for path in sorted(MODELS.glob("*/*.py")):
        text = path.read_text(encoding="utf-8")
        found.append((path.parent.name, ast.parse(text), len(text.splitlines())))
    return found


def homes(files):
    """{model: package that defines it}"""
    found = {}
    for package, tree, _lines in files:
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
    """(Counter of imports, Counter of names of later packages' models): {(from, to): how many}"""
    imports, upward, home = Counter(), Counter(), homes(files)
    for package, tree, _lines in files:
        named = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 2 and node.module:
                other = node.module.split(".")[0]
                if other in packages:
                    imports[package, other] += 1
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in home:
                named.add(node.value)
        for name in named:
            if packages.index(home[name]) > packages.index(package):
                upward[package, home[name]] += 1
    return imports, upward


def drawing():
    """The map as the text of an SVG."""
    packages, files = order(), sources()
    imports, upward = links(files, packages)
    counts = Counter(package for package, _tree, _lines in files)
    lines = Counter()
    for package, _tree, number in files:
        lines[package] += number
    height = TOP + STEP * len(packages)
    middle = {package: TOP + STEP * number + 18 for number, package in enumerate(packages)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="20" y="30" font-size="18" font-weight="bold">models/: imports point up the page, to what was loaded before</text>',
    ]
    for (package, other), number in sorted(imports.items()):
        parts.append(arc(LEFT + BOX, middle[package], middle[other], number, "#71639e", 1))
    for (package, other), number in sorted(upward.items()):
        parts.append(arc(LEFT, middle[package], middle[other], number, "#c0392b", -1))
    for package in packages:
        y = middle[package] - 20
        parts += [
            f'<rect x="{LEFT}" y="{y}" width="{BOX}" height="42" rx="6" fill="#f3f1f8" stroke="#71639e"/>',
            f'<text x="{LEFT + 12}" y="{y + 18}" font-weight="bold">{package}</text>',
            f'<text x="{LEFT + BOX - 12}" y="{y + 18}" text-anchor="end" fill="#555">{counts[package]} files, {lines[package]:,} lines</text>',
            f'<text x="{LEFT + 12}" y="{y + 35}" fill="#333">{WORDS[package]}</text>',
        ]
    total = sum(upward.values())
    parts += [
        f'<text x="{WIDTH - 20}" y="{TOP - 8}" text-anchor="end" fill="#71639e">imports: {sum(imports.values())}</text>',
        f'<text x="20" y="{TOP - 8}" fill="#c0392b">named upward: {total}, all listed</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def arc(x, start, end, number, colour, side):
    """A curve beside the boxes, from the height ``start`` to ``end``."""
    bend = x + side * (40 + abs(end - start) * 0.45)
    dash = ' stroke-dasharray="5 4"' if side < 0 else ""
    width = min(1 + number * 0.4, 5)
    return (
        f'<path d="M{x} {start} C{bend:.0f} {start} {bend:.0f} {end} {x} {end}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:.1f}" stroke-opacity="0.6"{dash}/><circle cx="{x}" cy="{end}" r="3" fill="{colour}"/>'
    )


def main():
    TARGET.write_text(drawing(), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: drawn from {len(sources())} files.")


if __name__ == "__main__":
    main()
