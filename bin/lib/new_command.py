"""usage: bin/new commitment|glue NAME [--to FOLDER]

The skeleton of an addon, made from an example that is tested:
    bin/new commitment parcel.claim     a document that owes a commitment of its own: charter_parcel_claim
    bin/new glue repair.order           a source of interventions: charter_repair_order

NAME is the model's, in small letters and dots. The addon is put beside ours, or into FOLDER; what it does is what the example
does, with its tests, until you change it. docs/recipes.md says which files to look at.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What is made: the example it is made from, and the model of the example.
SOURCES = {
    "commitment": ("charter_example_matter", "sample.matter"),
    "glue": ("charter_example_meeting_glue", "calendar.event"),
}
NAME = re.compile(r"[a-z]+(\.[a-z0-9]+)+")
COPIED = {".py", ".xml", ".csv", ".md", ".po"}


def spellings(model):
    """How the name of a model is written: model, table, class, addresses, words."""
    parts = model.split(".")
    words = " ".join(parts)
    return [
        model,
        "_".join(parts),
        "-".join(parts),
        "".join(part.capitalize() for part in parts),
        words.capitalize(),
        words,
    ]


def replacements(kind, model):
    """[(text of the example, text of the skeleton)], the longest first."""
    example, its_model = SOURCES[kind]
    pairs = {example: f"charter_{model.replace('.', '_')}"}
    pairs.update(zip(spellings(its_model), spellings(model), strict=True))
    pairs["Client Charter - Example: "] = "Client Charter - "
    return sorted(pairs.items(), key=lambda pair: -len(pair[0]))


def make(kind, model, folder):
    """Write the addon into ``folder``. :return: its path  :raise SystemExit: it is there already, or the name is none"""
    if not NAME.fullmatch(model):
        sys.exit(f"bin/new: “{model}” is no name of a model: small letters and dots, e.g. parcel.claim.")
    source = ROOT / "examples" / SOURCES[kind][0]
    target = pathlib.Path(folder) / f"charter_{model.replace('.', '_')}"
    if target.exists():
        sys.exit(f"bin/new: {target} is there already: choose another name, or another folder with --to.")
    pairs = replacements(kind, model)

    def renamed(text):
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix in COPIED and "__pycache__" not in path.parts:
            place = target / renamed(path.relative_to(source).as_posix())
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def main():
    parser = argparse.ArgumentParser(prog="bin/new", description=__doc__.split("\n", 1)[1], add_help=False)
    parser.add_argument("kind", choices=sorted(SOURCES))
    parser.add_argument("name")
    parser.add_argument("--to", default=str(ROOT))
    options = parser.parse_args()
    target = make(options.kind, options.name, options.to)
    print(f"{target}: {sum(path.is_file() for path in target.rglob('*'))} files. See docs/recipes.md.")
    if target.parent == ROOT:
        print(f"Its tests: bin/test {target.name}/tests")


if __name__ == "__main__":
    main()
