"""``bin/test --neighbours``: the neighbours' own tests, with the addon and its glue installed beside them.

They run in pytest, each neighbour in a process of its own, and not by Odoo's ``--test-tags``: that runs a module's
``at_install`` tests while the module loads, when none of what is installed on top of it is there yet, and wants an update of the
database for it. Here every test meets the whole registry.

Two databases: the neighbours alone, without demo data, which some of their tests stumble over; and a copy of it in which the
addon is then installed. What fails in the second is run again in the first, then once more in the second: only what passes there and
fails here twice is our failure.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import database
import runtime
from bootstrap import LIB, LOGS, ROOT, SetupError, say
from runtime import addons

NEIGHBOURS = (
    "contract",
    "contract_line_successor",
    "portal",
    "calendar",
    "maintenance",
    "helpdesk_mgmt",
    "fieldservice",
    "project",
    "privacy_lookup",
    "queue_job",
)
OPTIONS = ("--stop-after-init", "--no-http", "--max-cron-threads=0")


@dataclasses.dataclass
class Verdict:
    """What became of one neighbour's tests."""

    name: str
    passed: int
    ours: list  # fail only with the addon
    theirs: list  # fail without it too
    unsteady: list  # pass with it when run again
    skipped: int
    seconds: float

    def cells(self):
        verdict = "FAILED" if self.ours else "ok"
        figures = (
            self.passed,
            len(self.ours),
            len(self.theirs),
            len(self.unsteady),
            self.skipped,
            f"{self.seconds:.0f} s",
        )
        return [self.name, verdict, *map(str, figures)]


HEAD = [
    "neighbour",
    "",
    "passed",
    "failed",
    "fails without the charter too",
    "passes the second time",
    "skipped by itself",
    "time",
]


def tests_of(name):
    """The addon's tests, where Odoo imports them from; Debian's package has a second copy."""
    first = os.path.join(runtime.ODOO, "odoo", "addons")
    for folder in sorted(runtime.addons_path().split(","), key=lambda folder: folder != first):
        tests = pathlib.Path(folder, name, "tests")
        if tests.is_dir():
            return tests
    raise SetupError(f"{name} has no tests in {runtime.addons_path()}.")


# -- the two databases -----------------------------------------------------------------------------


def names(db):
    """(database without the addon, database with it) for the test database ``db``."""
    stem = db.removeprefix("charter_")
    return f"charter_neighbours_alone_{stem}", f"charter_neighbours_beside_{stem}"


def ensure(server, alone, beside, rebuild=False):
    """Both databases as Odoo, the neighbours and the addon are now."""
    neighbours = hashlib.sha256(" ".join([*NEIGHBOURS, *OPTIONS]).encode()).hexdigest()[:16]
    mark = {"ground": database.ground_hash(), "neighbours": neighbours}
    if rebuild or database.built_from(server, alone) != mark:
        runtime.drop_database(server, alone)
        runtime.create_database(server, alone)
        say(f"Installing the neighbours alone, in the database {alone}")
        install = ["-d", alone, "-i", ",".join(NEIGHBOURS), "--without-demo=True", *OPTIONS]
        seconds = runtime.run_odoo(server, install, "The installation of the neighbours", f"{alone}.log")
        say(f"  done in {seconds:.0f} s")
        database.mark_built(server, alone, **mark)
        rebuild = True
    mark["addons"] = database.hashes(addons())
    if rebuild or database.built_from(server, beside) != mark:
        database.copy(server, alone, beside)
        say(f"Installing {', '.join(addons())} beside them, in the database {beside}")
        install = ["-d", beside, "-i", ",".join(addons()), "--without-demo=True", *OPTIONS]
        seconds = runtime.run_odoo(server, install, "The installation of the addon", f"{beside}.log")
        say(f"  done in {seconds:.0f} s")
        database.mark_built(server, beside, **mark)


# -- the tests -------------------------------------------------------------------------------------


def outcomes(options, name, log, only=None):
    """{test: "passed", "failed" or "skipped"} of the tests of ``name``, or of those in ``only``.

    :raise SetupError: pytest itself came to no end
    """
    with tempfile.TemporaryDirectory() as folder:
        target, chosen = pathlib.Path(folder, "outcomes.json"), pathlib.Path(folder, "only.json")
        arguments = [
            "-p",
            "neighbours_plugin",
            f"--outcomes={target}",
            "-q",
            "--color=no",
            str(tests_of(name)),
        ]
        if only:
            chosen.write_text(json.dumps(only))
            arguments.append(f"--only={chosen}")
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([os.environ.get("PYTHONPATH", ""), LIB]))
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *options, *arguments],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
            with runtime.stopping(process):
                process.wait()
        if not target.exists():
            raise SetupError(
                f"The tests of {name} did not run.\n{runtime.read_log(log)[-3000:]}\nWhole log: {log}"
            )
        return json.loads(target.read_text())


def judge(name, beside, alone):
    """Run the tests of ``name`` in the database beside, and what fails there in the one alone."""
    started = time.time()
    found = outcomes(beside, name, os.path.join(LOGS, f"neighbours-{name}.log"))
    failed = sorted(test for test, outcome in found.items() if outcome == "failed")
    theirs, unsteady = [], []
    if failed:
        again = outcomes(alone, name, os.path.join(LOGS, f"neighbours-{name}-alone.log"), only=failed)
        # A test that does not even run there proves nothing.
        theirs = [test for test in failed if again.get(test) == "failed"]
    left = [test for test in failed if test not in theirs]
    if left:
        # A tour that found the machine busy is no failure of anybody's.
        again = outcomes(beside, name, os.path.join(LOGS, f"neighbours-{name}-again.log"), only=left)
        unsteady = [test for test in left if again.get(test) == "passed"]
    counts = list(found.values())
    return Verdict(
        name,
        counts.count("passed"),
        [test for test in left if test not in unsteady],
        theirs,
        unsteady,
        counts.count("skipped"),
        time.time() - started,
    )


def run(server, db, chosen, rebuild, pytest_options):
    """Verdicts of the ``chosen`` neighbours (all when empty); ``pytest_options(database, log)`` gives pytest's."""
    unknown = set(chosen) - set(NEIGHBOURS)
    if unknown:
        raise SetupError(f"No neighbour: {', '.join(sorted(unknown))}. There are {', '.join(NEIGHBOURS)}.")
    alone, beside = names(db)
    ensure(server, alone, beside, rebuild)
    verdicts = []
    for name in chosen or NEIGHBOURS:
        say(f"The tests of {name}…")
        verdict = judge(
            name,
            pytest_options(beside, f"neighbours-{name}-odoo.log"),
            pytest_options(alone, f"neighbours-{name}-alone-odoo.log"),
        )
        say(
            "  "
            + ", ".join(
                f"{cell} {title}".strip() for title, cell in zip(HEAD[2:], verdict.cells()[2:], strict=True)
            )
        )
        for test in verdict.theirs:
            print(f"    fails without the charter too: {test}", flush=True)
        for test in verdict.unsteady:
            print(f"    passes the second time: {test}", flush=True)
        for test in verdict.ours:
            print(f"    FAILED {test}", flush=True)
        verdicts.append(verdict)
    return verdicts


def show(verdicts):
    rows = [HEAD, *(verdict.cells() for verdict in verdicts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
