"""Which pages are photographed, and the page of the documentation that shows them: data alone."""

import pathlib
import tomllib

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs" / "pictures"
LANGUAGES = {"en": "en_US", "fr": "fr_FR"}


def pages():
    """The list of pages.toml, whose head says what each key is."""
    with open(FOLDER / "pages.toml", "rb") as source:
        return tomllib.load(source)["pages"]


def gallery(listed):
    """The page that shows all pictures, one row each, in both languages."""
    lines = [
        "# Every page, in both languages",
        "",
        "Taken of the demo company by `bin/pictures`, from the list in [pages.toml](pages.toml). Do not edit this page: "
        "the command writes it.",
    ]
    group = None
    for page in listed:
        if page["group"] != group:
            group = page["group"]
            lines += ["", f"## {group}", "", "| English | French |", "|---|---|"]
        shown = " | ".join(f"![{page['title']} ({code})]({code}/{page['name']}.webp)" for code in LANGUAGES)
        lines += [f"| **{page['title']}** | |", f"| {shown} |"]
    return "\n".join(lines) + "\n"
