"""Runs of pytest: one as it is shown to who waits for it, or many apart over the workers."""

import collections
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

import database
import runtime
from bootstrap import LIB, LOGS, ROOT, STATE
from runtime import addons
from workers import Result

COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|subtests passed)\b")
CLOSING = re.compile(r" in \d+\.\d+s")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Lines of the short summary that name a test; of the words behind the name only the first line is there.
NAMED = re.compile(r"^(?:FAILED|ERROR|SKIPPED|XPASS) (.*)$")
# What each file took last on this machine, and on two quiet cores when bin/test --times was last called.
MEASURED, TIMES = os.path.join(STATE, "durations.json"), os.path.join(LIB, "times.json")
# A file never timed is expected to take so long on two quiet cores.
SECONDS_A_KB = 0.6
SECONDS_OF_A_BROWSER = 15  # for each page or tour a file plays
BROWSERS = re.compile(r"\b(?:start_tour|browser_js|_tour)\(")
WRITING = threading.Lock()
# A base class that says it is kept, in its first lines.
KEPT = re.compile(r"^class (\w+)\([^\n]*\):\n(?:(?!class ).*\n){,12}?    kept = True", re.MULTILINE)


def run_pytest(name, args, show=True):
    """Run pytest; skipped tests count as failed, and so does an empty run.

    :param show: print its output as it comes; else it is in the Result when something failed
    """
    started = time.time()
    command = [sys.executable, "-m", "pytest", "-rfEsX", "-p", "order_plugin", *args]
    if show and sys.stdout.isatty():
        command.append("--color=yes")
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, errors="replace", env=environment(), process_group=None if show else 0,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    lines, last = [], ""
    with process, runtime.stopping(process):
        for line in process.stdout:
            plain = COLOUR.sub("", line)
            if show:
                print(line, end="", flush=True)
            lines.append(plain)
            if CLOSING.search(plain):
                last = plain
    counts = collections.Counter()
    for number, kind in COUNTS.findall(last):
        counts[kind.removesuffix("s")] += int(number)
    passed = counts["passed"]
    failed = sum(counts[kind] for kind in ("failed", "error", "skipped", "xpassed"))
    details = []
    if counts["skipped"]:
        details.append(f"{counts['skipped']} skipped: nothing may be skipped here (pytest -rs says why)")
    if not passed and not failed:
        failed = 1
        details.append("no test ran")
    elif process.returncode and not failed:
        failed = 1
        details.append(f"pytest ended with exit code {process.returncode}")
    if failed and not show:
        details = [*lines, *details]
    named = tuple(match[1] for match in map(NAMED.match, lines) if match) if failed else ()
    return Result(name, passed, failed, time.time() - started, "\n".join(map(str.rstrip, details)), named)


def environment():
    path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), LIB])
    return dict(os.environ, PYTHONPATH=path)


def odoo_options(server, db, log):
    """pytest's, for tests in the database ``db`` whose log goes to the file ``log``."""
    log = os.path.join(LOGS, log)
    pathlib.Path(log).unlink(missing_ok=True)
    extra = {
        "data-dir": runtime.DATA,
        "http-interface": "127.0.0.1",
        "logfile": log,
        **{f"db_{key}": value for key, value in server.items()},
    }
    return [
        "-p",
        "quick_plugin",
        f"--odoo-database={db}",
        "--odoo-http",
        f"--odoo-addons-path={runtime.addons_path()}",
        "--odoo-log-level=warn",
        *(f"--odoo-extra={key}={value}" for key, value in extra.items()),
    ]


# Many files over the workers.


def test_files():
    """Of Odoo, as pytest collects them."""
    root = pathlib.Path(ROOT)
    return [
        str(path.relative_to(root))
        for addon in addons()
        for path in sorted(root.glob(f"{addon}/tests/**/test_*.py"))
    ]


def read_times(path):
    try:
        return json.loads(pathlib.Path(path).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def known_times():
    """{path: seconds}. What the clone says counts more than this machine: a file has the same files before it everywhere."""
    return {**read_times(MEASURED), **read_times(TIMES)}


def keep_times(found):
    with WRITING:
        write_times(MEASURED, {**read_times(MEASURED), **found})


def write_times(path, times):
    text = json.dumps({name: round(seconds, 1) for name, seconds in times.items()}, indent=1, sort_keys=True)
    pathlib.Path(path).write_text(f"{text}\n")


def ship_times():
    """``bin/test --times``: what the last whole run took becomes what every clone expects."""
    found = {
        path: seconds for path, seconds in read_times(MEASURED).items() if pathlib.Path(ROOT, path).exists()
    }
    write_times(TIMES, found)
    return found


def expected_seconds(path, known):
    """What was measured here last, else what a file of its size took elsewhere."""
    if path in known:
        return known[path]
    text = pathlib.Path(ROOT, path).read_text(encoding="utf-8")
    return SECONDS_A_KB * len(text) / 1000 + SECONDS_OF_A_BROWSER * len(BROWSERS.findall(text))


def plays_a_browser(paths):
    """Whether any of these files or folders has a test that needs the compiled bundles of scripts and styles."""
    files = []
    for path in (pathlib.Path(ROOT, name.split("::")[0]) for name in paths):
        files += path.rglob("test_*.py") if path.is_dir() else [path]
    return any(BROWSERS.search(file.read_text(encoding="utf-8")) for file in files)


def shares(paths, number):
    """``paths`` in so many shares that take about as long: [(seconds, [path])], the longest first.

    Files whose classes have one kept base class are in one share: it is set up once in each.
    """
    known = known_times()
    seconds = {path: expected_seconds(path, known) for path in paths}
    groups = {}
    for path in paths:
        groups.setdefault(kept_base(path) or path, []).append(path)
    found = [[0.0, []] for _share in range(min(number, len(groups)))]
    for group in sorted(groups.values(), key=lambda group: -sum(map(seconds.get, group))):
        least = min(found, key=lambda share: share[0])
        least[0] += sum(map(seconds.get, group))
        least[1] += group
    # Inside a share in the order of the clone, as pytest has always run them.
    return sorted(((total, sorted(share)) for total, share in found), key=lambda share: -share[0])


def kept_base(path):
    """Return the name of the kept base class (``kept_fixtures``) that a file of tests imports, None without one."""
    text = pathlib.Path(ROOT, path).read_text(encoding="utf-8")
    return next((name for name in kept_bases() if re.search(rf"import .*\b{name}\b", text)), None)


@functools.cache
def kept_bases():
    files = pathlib.Path(ROOT).glob(f"{runtime.ADDON}*/tests/cases/*.py")
    return [name for path in files for name in KEPT.findall(path.read_text(encoding="utf-8"))]


class Copies:
    """One copy of the test database for each worker, made when it first needs it and dropped at the end."""

    def __init__(self, server, template):
        self.server, self.template, self.made, self.shares = server, template, {}, 0
        self.copying = threading.Lock()

    def of(self, worker):
        if worker not in self.made:
            name = f"{self.template}_{worker}"
            with self.copying:
                database.copy(self.server, self.template, name)
            self.made[worker] = name
        return self.made[worker]

    def drop(self):
        for name in self.made.values():
            runtime.drop_database(self.server, name)


def run_share(server, copies, worker, number, paths):
    """The tests of one share in this worker's copy of the test database."""
    stem = f"{copies.template.removeprefix('charter_')}-{number}"
    options = odoo_options(server, copies.of(worker), f"{stem}.log")
    return timed(f"tests with Odoo, share {number}", stem, [*options, *paths])


def timed(name, stem, args):
    """Run pytest quietly and remember how long each file took."""
    path = pathlib.Path(LOGS, f"{stem}.timing.json")
    result = run_pytest(name, ["-q", "-p", "timing_plugin", f"--timing={path}", *args], show=False)
    if path.exists():
        keep_times(json.loads(path.read_text()))
        path.unlink()
    return result
