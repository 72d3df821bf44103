"""What a change touches: the files that differ from the main branch, and the tests of them."""

import os
import pathlib
import re
import subprocess

from bootstrap import ROOT, SetupError
from runtime import ADDON, addons

# Endings of files without words of ours to spell.
NO_WORDS = (".po", ".pot", ".svg", ".xz", ".webp", ".png", ".xlsx", ".pdf", ".sha256", "requirements.txt")
MAIN = ("origin/main", "main")


def git(*args):
    done = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if not done.returncode else None


def merge_base():
    """The commit of the main branch this work began at."""
    for branch in MAIN:
        base = git("merge-base", "HEAD", branch)
        if base:
            return base
    raise SetupError(f"Neither {' nor '.join(MAIN)} is a branch here: git fetch origin main")


def changed_files(base):
    """Committed since, changed, or new and not ignored; what is gone is not among them."""
    differ = git("diff", "--name-only", "--diff-filter=d", base) or ""
    untracked = git("ls-files", "--others", "--exclude-standard") or ""
    names = sorted({*differ.splitlines(), *untracked.splitlines()})
    return [name for name in names if os.path.isfile(os.path.join(ROOT, name))]


def addons_of(files):
    return sorted({path.split("/")[0] for path in files} & set(addons()))


def may_change_terms(files):
    """Python, views, data, scripts and the translations themselves; tests and plain tools have no terms."""
    return any(
        path.endswith((".py", ".xml", ".po", ".js", ".csv"))
        and "/tests/" not in path
        and "/tools/" not in path
        for path in files
        if path.split("/")[0] in addons()
    )


def stem(path):
    """What a concept is called wherever it has a file: charter_intervention_views.xml is of "intervention"."""
    name = re.sub(r"_(views|mail|rules|templates|data|demo)$", "", pathlib.PurePath(path).stem)
    return name.removeprefix("test_").removeprefix("charter_").removeprefix("portal_")


def tests_of(files):
    """Test files that are among ``files``, are named like one of them, or belong to a glue addon or tool that is.

    A concept has the same stem in models, views, data and tests; ``test_report_due.py`` is of ``report`` too.
    """
    root = pathlib.Path(ROOT)
    found = set()
    for path in files:
        addon, _slash, inside = path.partition("/")
        if re.search(r"(^|/)test_\w+\.py$", path):
            found.add(path)
        elif addon == "bin":
            found.add("tests/test_environment.py")
        elif addon in addons():
            folders = [f"{addon}/tests"] + (["tests"] if inside.startswith("tools/") else [])
            for folder in folders:
                for test in sorted(root.glob(f"{folder}/**/test_*.py")):
                    if addon != ADDON or is_of(stem(test), stem(path)):
                        found.add(str(test.relative_to(root)))
    return sorted(found)


def is_of(test, concept):
    return test == concept or test.startswith(f"{concept}_")
