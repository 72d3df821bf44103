"""usage: bin/test [--checks] [--fresh] [--merge-terms] [--neighbours] [--db NAME] [pytest arguments]

Every check of the project, from nothing:
    bin/test                    linters, translations, tests without and with Odoo
    bin/test --checks           only what needs no database: linters, XML, compose file
    bin/test --merge-terms      bring i18n/fr.po in line with the sources, then list what to translate
    bin/test --neighbours [NAME ...]        the neighbours' own tests with everything installed (a quarter of an
                                hour); what fails is run without the addon too, and counts only if it passes there
    bin/test tests/test_clock.py            one file of tests that need no database
    bin/test mileo_client_charter/tests/test_clock.py -k night      one test of Odoo

    --fresh     install the test database from nothing instead of updating it
    --db NAME   use this test database (default charter_test), to work beside another run

Anything else goes to pytest. Logs are in .charter/log: test-install.log, test.log.
"""

import argparse
import concurrent.futures
import dataclasses
import glob
import itertools
import os
import pathlib
import re
import subprocess
import sys
import time

import database
import neighbours
import runtime
import translations
from bootstrap import LIB, LOGS, ROOT, STATE, SetupError, say
from lxml import etree
from runtime import ADDON, addons

COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|subtests passed)\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LOG_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ ([A-Z]+) ", re.MULTILINE)
OPTIONS_WITH_VALUE = (
    "-k",
    "-m",
    "-p",
    "-o",
    "-c",
    "-W",
    "--deselect",
    "--ignore",
    "--tb",
    "--durations",
    "--maxfail",
)


@dataclasses.dataclass
class Result:
    name: str
    passed: int
    failed: int
    seconds: float
    details: str = ""

    def show(self):
        verdict = "FAILED" if self.failed else "ok"
        count = f"{self.passed} passed, {self.failed} failed, " if self.passed + self.failed > 1 else ""
        say(f"{self.name:<28} {verdict:<7} {count}{self.seconds:.1f} s")
        if self.failed and self.details:
            print("    " + self.details.strip().replace("\n", "\n    "), flush=True)


def checked(name, problems, started):
    """One check: it passes if there is no problem to list."""
    return Result(name, int(not problems), int(bool(problems)), time.time() - started, "\n".join(problems))


# What needs no database.


def run_tool(name, *args):
    started = time.time()
    environment = dict(os.environ, PYLINTHOME=os.path.join(STATE, "pylint"))
    done = subprocess.run(
        [sys.executable, "-m", *args],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    problems = [done.stdout.strip() or f"exit {done.returncode}"] if done.returncode else []
    return checked(name, problems, started)


def check_requirements():
    """The pinned requirements are complete.

    Not counting the OCA wheels' "odoo" distribution, which does not exist, and pycairo: cairocffi stands in.
    """
    started = time.time()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    ).stdout
    lines = [line for line in listing.splitlines() if " requires " in line or " has requirement " in line]
    expected = re.compile(r" requires odoo, |^rlpycairo .* requires pycairo, ")
    return checked("requirements", [line for line in lines if not expected.search(line)], started)


def check_xml():
    started, problems = time.time(), []
    root = pathlib.Path(ROOT)
    for path in sorted([*root.glob(f"{ADDON}*/**/*.xml"), *root.glob("examples/**/*.xml")]):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            problems.append(f"{path.relative_to(ROOT)}: {error}")
    return checked("XML", problems, started)


def check_compose():
    return run_tool(
        "docker-compose.yml",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    )


def static_checks():
    """Each as a function returning its Result."""
    sources = [
        *addons(),
        *(name for name in ("tests", "bin/lib", "benchmarks", "docs", "examples") if os.path.isdir(name)),
    ]
    checks = [
        lambda: run_tool("ruff check", "ruff", "check", "--quiet", "."),
        lambda: run_tool("ruff format", "ruff", "format", "--quiet", "--diff", "."),
        lambda: run_tool("codespell", "codespell_lib", *sources, *glob.glob("*.md"), *glob.glob("*.yml")),
        check_xml,
        check_compose,
        check_requirements,
    ]
    if addons():
        # Not an addon of the OCA: no OCA author, and its README is the repository's. A model is split into
        # files by idea, each of which reads on its own.
        left_out = "--disable=manifest-required-author,missing-readme,consider-merging-classes-inherited"
        checks.append(
            lambda: run_tool(
                "pylint-odoo",
                "pylint",
                "--rcfile=pyproject.toml",
                left_out,
                *addons(),
                *glob.glob("examples/*"),
            )
        )
    return checks


# Tests.


def run_pytest(name, args):
    """Run pytest, its output shown as it comes; skipped tests count as failed, and so does an empty run."""
    started = time.time()
    command = [sys.executable, "-m", "pytest", *args]
    if sys.stdout.isatty():
        command.append("--color=yes")
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    last = ""
    process = subprocess.Popen(command, cwd=ROOT, text=True, errors="replace", **streams)
    with process, runtime.stopping(process):
        for line in process.stdout:
            print(line, end="", flush=True)
            plain = COLOUR.sub("", line)
            if re.search(r" in \d+\.\d+s", plain):
                last = plain
    counts = {kind.rstrip("s"): int(number) for number, kind in COUNTS.findall(last)}
    passed = counts.get("passed", 0)
    failed = sum(counts.get(kind, 0) for kind in ("failed", "error", "skipped", "xpassed"))
    details = []
    if counts.get("skipped"):
        details.append(f"{counts['skipped']} skipped: nothing may be skipped here (pytest -rs says why)")
    if not passed and not failed:
        failed = 1
        details.append("no test ran")
    elif process.returncode and not failed:
        failed = 1
        details.append(f"pytest ended with exit code {process.returncode}")
    return Result(name, passed, failed, time.time() - started, "\n".join(details))


def run_plain_tests(args):
    return run_pytest("tests without a database", ["-p", "no:odoo", *(args or ["tests"])])


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
        f"--odoo-database={db}",
        "--odoo-http",
        f"--odoo-addons-path={runtime.addons_path()}",
        "--odoo-log-level=warn",
        *(f"--odoo-extra={key}={value}" for key, value in extra.items()),
    ]


def run_odoo_tests(server, db, args):
    options = odoo_options(server, db, log_name(db))
    paths = [f"{addon}/tests" for addon in addons() if os.path.isdir(os.path.join(ROOT, addon, "tests"))]
    return run_pytest("tests with Odoo", [*options, *(args if has_path(args) else [*args, *paths])])


def log_name(db, what=""):
    return db.removeprefix("charter_") + what + ".log"


def check_log(db):
    """Warnings and errors Odoo logged about the project's addons, at installation and under test."""
    started, problems = time.time(), []
    for name in (log_name(db, "-install"), log_name(db)):
        path = os.path.join(LOGS, name)
        if not os.path.exists(path):
            continue
        text = runtime.read_log(path)
        starts = [match.start() for match in LOG_RECORD.finditer(text)]
        for start, end in itertools.pairwise([*starts, len(text)]):
            record = text[start:end].strip()
            level = LOG_RECORD.match(record)[1]
            if level in ("WARNING", "ERROR", "CRITICAL") and ADDON in record.replace(ROOT, ""):
                problems.append(f"{name}: {record[:2000]}")
    return checked("warnings in Odoo's log", problems, started)


def check_translations(server, db):
    started = time.time()
    try:
        translations.export_terms(server, db, addons())
        problems = translations.problems(addons())
    except SetupError as error:
        problems = [str(error)]
    if problems:
        problems.append("bin/test --merge-terms brings i18n/fr.po in line with the sources.")
    return checked("translations", problems, started)


# Putting it together.


def paths_in(args):
    """Paths (with or without ::node) among pytest's arguments."""
    found, value_of_option = [], False
    for arg in args:
        if (
            not value_of_option
            and not arg.startswith("-")
            and os.path.exists(os.path.join(ROOT, arg.split("::")[0]))
        ):
            found.append(arg)
        value_of_option = arg in OPTIONS_WITH_VALUE
    return found


def has_path(args):
    return bool(paths_in(args))


def split_arguments(args):
    """Pytest arguments of the run without a database and of Odoo's; None for a run nobody asked for."""
    paths = paths_in(args)
    options = [arg for arg in args if arg not in paths]
    inside = os.path.join(ROOT, "tests")
    plain = [
        path for path in paths if os.path.realpath(os.path.join(ROOT, path.split("::")[0])).startswith(inside)
    ]
    with_odoo = [path for path in paths if path not in plain]
    if not paths:
        return None, options
    return [*options, *plain] if plain else None, [*options, *with_odoo] if with_odoo else None


def prepare(server, db, fresh):
    """The test database as the addons are now; a Result if that failed."""
    started = time.time()
    if not addons():
        return Result("installation", 0, 1, 0.0, f"There is no addon {ADDON}/__manifest__.py yet.")
    try:
        done = database.ensure(server, db, addons(), log_name(db, "-install"), rebuild=fresh)
    except SetupError as error:
        return Result("installation", 0, 1, time.time() - started, str(error))
    return Result("installation", 1, 0, time.time() - started) if done else None


def selected(args, options):
    """Only the tests pytest's arguments name."""
    plain, with_odoo = split_arguments(args)
    results = []
    if plain:
        results.append(run_plain_tests(plain))
    if with_odoo is not None:
        with runtime.postgres() as server, runtime.database_lock(options.db):
            installed = prepare(server, options.db, options.fresh)
            if installed:
                installed.show()
            if installed and installed.failed:
                results.append(installed)
            else:
                results += [run_odoo_tests(server, options.db, with_odoo), check_log(options.db)]
    return results


def everything(options):
    """Every stage, the later ones too when one fails."""
    results = []

    def add(result):
        result.show()
        results.append(result)

    with concurrent.futures.ThreadPoolExecutor(1) as background:
        checks = [background.submit(check) for check in static_checks()]
        if options.checks:
            for check in checks:
                add(check.result())
            return results
        with runtime.postgres() as server, runtime.database_lock(options.db):
            # The linters work while Odoo installs.
            installed = prepare(server, options.db, options.fresh)
            for check in checks:
                add(check.result())
            if installed:
                add(installed)
            add(run_plain_tests([]))
            add(run_pytest("life of a database", ["-p", "no:odoo", "tests_install"]))
            if installed and installed.failed:
                add(Result("tests with Odoo", 0, 1, 0.0, "Not run: there is no database."))
            else:
                add(check_translations(server, options.db))
                add(run_odoo_tests(server, options.db, []))
            add(check_log(options.db))
    return results


def merge_terms(options):
    with runtime.postgres() as server, runtime.database_lock(options.db):
        installed = prepare(server, options.db, options.fresh)
        if installed and installed.failed:
            raise SetupError(installed.details)
        translations.export_terms(server, options.db, addons())
    for addon in addons():
        untranslated = translations.merge(addon)
        say(f"{addon}/i18n/{translations.LANGUAGE}.po: {len(untranslated)} terms to translate")
        for msgid in untranslated:
            print(f"    {msgid!r}")
    return 0


def neighbours_tests(options, names):
    """The neighbours' own tests; no part of the normal run, which they would make three times as long."""
    started = time.time()
    with runtime.postgres() as server, runtime.database_lock(neighbours.names(options.db)[1]):
        verdicts = neighbours.run(
            server, options.db, names, options.fresh, lambda db, log: odoo_options(server, db, log)
        )
    print()
    say(f"Summary ({time.time() - started:.0f} s)")
    neighbours.show(verdicts)
    failed = sum(len(verdict.ours) for verdict in verdicts)
    print(f"{sum(verdict.passed for verdict in verdicts)} passed, {failed} failed")
    return int(bool(failed))


def main():
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--merge-terms", action="store_true")
    parser.add_argument("--neighbours", action="store_true")
    parser.add_argument("--db", default="charter_test")
    options, args = parser.parse_known_args()
    runtime.stop_on_signals()
    # Paths are taken as seen from where the command is called, then from the clone.
    args = [os.path.relpath(arg, ROOT) if os.path.exists(arg.split("::")[0]) else arg for arg in args]
    os.chdir(ROOT)
    sys.path.insert(0, LIB)
    if options.merge_terms:
        return merge_terms(options)
    if options.neighbours:
        return neighbours_tests(options, args)
    started = time.time()
    results = selected(args, options) if args else everything(options)
    print()
    say(f"Summary ({time.time() - started:.0f} s)")
    for result in results:
        Result(result.name, result.passed, result.failed, result.seconds).show()
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    if args:
        for result in results:
            if result.failed and result.details:
                print(result.details)
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"bin/test stopped: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
