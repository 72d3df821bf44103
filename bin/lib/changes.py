"""What a change touches: the files that differ from the main branch, and the tests of them."""

import ast
import collections
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


def may_change_terms(files, base):
    """Views, data, scripts, the translations themselves, and Python whose texts differ from ``base``.

    Tests and plain tools have no terms. A method that changed without any of its texts changes none: asking Odoo for all
    terms takes longer than everything else ``bin/test --mine`` does.
    """
    return any(
        path.endswith((".xml", ".po", ".js", ".csv"))
        or (path.endswith(".py") and texts(read(path)) != texts(git("show", f"{base}:{path}")))
        for path in files
        if path.split("/")[0] in addons() and "/tests/" not in path and "/tools/" not in path
    )


def read(path):
    return pathlib.Path(ROOT, path).read_text(encoding="utf-8")


def texts(source):
    """How often each text stands in a Python source, docstrings left out, with the names of what is declared in classes.

    A field without a label takes its name for one. None: no source, or none that can be read.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, TypeError, ValueError):
        return None
    found = collections.Counter()
    # A docstring is the value of nothing.
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found.update(ast.dump(child) for child in node.body if isinstance(child, ast.Assign))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            found[node.value] += 1
    return found


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
