"""usage: bin/changelog [--draft]

Write the news that wait in mileo_client_charter/readme/newsfragments into CHANGELOG.md, under the version of the manifest and
today's date (UTC), and remove their files. A version that has an entry already gets them into it: it has not been released.

    --draft     print the entry, change nothing

towncrier reads the fragments: what their names and kinds are is in pyproject.toml ([tool.towncrier]).
"""

import argparse
import ast
import datetime
import pathlib
import re
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOG = ROOT / "CHANGELOG.md"
FRAGMENTS = ROOT / "mileo_client_charter" / "readme" / "newsfragments"
MANIFEST = ROOT / "mileo_client_charter" / "__manifest__.py"
ENTRY = re.compile(r"^## (?P<version>\S+) \((?P<date>\d{4}-\d\d-\d\d)\)$", re.MULTILINE)
# Of a line of CHANGELOG.md, in characters.
WIDTH = 112


def version():
    return ast.literal_eval(MANIFEST.read_text(encoding="utf-8"))["version"]


def fragments():
    return sorted(path for path in FRAGMENTS.glob("*") if path.name != ".gitkeep")


def rendered(number, day):
    """The entry towncrier makes of the fragments. :raise SystemExit: it refuses one"""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", number, "--date", day]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bin/changelog stopped: {done.stderr.strip()}")
    return done.stdout


def sections(entry):
    """{heading: [bullet, wrapped]} of an entry as ``rendered`` gives it."""
    found = {}
    for part in re.split(r"^### ", entry, flags=re.MULTILINE)[1:]:
        heading, _line, body = part.partition("\n")
        texts = (" ".join(text.split()) for text in re.split(r"^- ", body, flags=re.MULTILINE)[1:])
        found[heading.strip()] = [wrapped(text) for text in texts]
    return found


def wrapped(text):
    options = {"subsequent_indent": "  ", "break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(f"- {text}", WIDTH, **options)


def merged(log, number, day, news):
    """The whole CHANGELOG with ``news`` ({heading: [bullet]}): in the entry of ``number`` if it is the first, else in a new one."""
    first = ENTRY.search(log)
    start = first.start() if first else len(log)
    if first and first["version"] == number:
        after = ENTRY.search(log, first.end())
        end = after.start() if after else len(log)
        entry = log[start:end].replace(first[0], f"## {number} ({day})", 1).rstrip("\n")
    else:
        end, entry = start, f"## {number} ({day})"
    for heading, bullets in news.items():
        title = f"### {heading}"
        before, found, rest = entry.partition(f"\n{title}\n")
        text = "\n".join(bullets)
        if not found:
            entry = f"{entry}\n\n{title}\n\n{text}"
            continue
        own, mark, others = rest.partition("\n### ")
        entry = f"{before}\n{title}\n{own.rstrip()}\n{text}" + (f"\n{mark}{others}" if mark else "")
    return f"{log[:start]}{entry}\n\n{log[end:]}".rstrip("\n") + "\n"


def main():
    parser = argparse.ArgumentParser(
        prog="bin/changelog", description=__doc__.split("\n", 1)[1], add_help=False
    )
    parser.add_argument("--draft", action="store_true")
    options = parser.parse_args()
    number, day = version(), datetime.datetime.now(datetime.UTC).date().isoformat()
    files = fragments()
    if not files:
        sys.exit(f"bin/changelog: no news wait in {FRAGMENTS.relative_to(ROOT)}.")
    entry = rendered(number, day)
    if options.draft:
        print(entry)
        return
    LOG.write_text(merged(LOG.read_text(encoding="utf-8"), number, day, sections(entry)), encoding="utf-8")
    # News that git does not know yet go too.
    removal = ["git", "rm", "--quiet", "--force", "--ignore-unmatch", *map(str, files)]
    subprocess.run(removal, cwd=ROOT, check=True)
    for path in files:
        path.unlink(missing_ok=True)
    print(f"CHANGELOG.md: {len(files)} news under {number} ({day}).")


if __name__ == "__main__":
    main()
