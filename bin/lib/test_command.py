"""usage: bin/test [--checks] [--mine] [--fresh] [--merge-terms] [--hashes] [--times] [--neighbours] [--monitors] [--mail] [--screens] [--kills N] [--fuzz N]
                [--db NAME] [pytest arguments]

Every check of the project, from nothing:
    bin/test                    linters, translations, tests without and with Odoo
    bin/test --checks           only what needs no database: linters, XML, compose file
    bin/test --mine             format, lint, terms and tests of what differs from the main branch
    bin/test --hashes           write the hashes of every pinned download, after a version was raised
    bin/test --times            after a whole run on a quiet machine: what each file took, for the shares of the next
    bin/test --merge-terms      bring i18n/fr.po in line with the sources, then list what to translate
    bin/test --neighbours [NAME ...]        the neighbours' own tests with everything installed (a quarter of an
                                hour); what fails is run without the addon too, and counts only if it passes there
    bin/test --kills N          a worker killed N times at random moments, and PostgreSQL with it: nothing lost or doubled
    bin/test --fuzz N           N requests of every kind on every route: no error, nothing of another's, nothing changed
    bin/test --monitors [pytest arguments]      real monitoring programs post to a real Odoo by the recipes of the guides
                                (a quarter of an hour; the first time it downloads them, some 300 MB)
    bin/test --mail [pytest arguments]          a real Postfix, with “vacation” and Sieve behind it, and a mail server that misbehaves
                                (five minutes; as root, and the first time it downloads them, some 40 MB)
    bin/test --screens [ROLE|LANGUAGE ...]  every menu, view and dialogue of the demo company in Chromium, as each role in both languages
                                (half an hour): cut words, console errors, untranslated sentences, statements; pictures in .charter/screens
    bin/test --years 3 [--seed N] [--contracts N]
                                sixty contracts of all shapes (or N) live so many years, day by day, and the invariants of
                                tests/cases/invariants.py hold each evening (three years: half an hour and more)
    bin/test tests/test_clock.py            one file of tests that need no database
    bin/test mileo_client_charter/tests/test_clock.py -k night      one test of Odoo
    bin/test charter_parcel_claim/tests     those of an addon of yours in this clone, in a copy of the test database that has it

    --fresh     install the test database from nothing instead of updating it
    --seed S    of --kills and --fuzz, which print theirs; S:n is the request number n of a seed
    --db NAME   use this test database (default charter_test), to work beside another run
    --workers N     run the whole over N workers, each with its own copy of the database (default: one more than processors, at most 4)

    --shuffle SEED  with files of tests: in an order the seed chooses; --cold: no page is kept from one test of Odoo to the next

Anything else goes to pytest. Logs are in .charter/log: test-install.log, test.log, and of the whole test-1.log and so on.
"""

import argparse
import glob
import os
import pathlib
import random
import re
import subprocess
import sys
import time

import changes
import database
import faults
import neighbours
import odoo_log
import pytest_runs
import requirements
import runtime
import screens_command
import translations
import workers
from bootstrap import LIB, LOGS, REQUIREMENTS, ROOT, STATE, SetupError, say
from lxml import etree
from pytest_runs import odoo_options, run_pytest
from runtime import ADDON, addons
from workers import Result

# One for each worker on two processors: they come first, and the lives of databases, short and many, fill what is left of each
# worker's time when a share took longer than expected. Each costs a start of Odoo. The same number wherever it runs, so that the
# tests of a file come after those of the same others.
SHARES = 3
FUZZ = f"{ADDON}/tests/base/test_fuzz.py"
# How long a life is expected to take where none has been timed yet: the longest begin first.
SECONDS_OF_A_LIFE = {"test_demo_db.py": 120, "test_upgrade_db.py": 30, "test_neighbours_db.py": 80}
# Pylint keeps the tree of every file it reads to its end. To look through these for garbage, again and again, took more than a third
# of its time and gave back an eighth of its memory.
PYLINT = "import gc; gc.disable(); import pylint; pylint.run_pylint()"
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
    "--shuffle",
)


def checked(name, problems, started):
    """One check: it passes if there is no problem to list."""
    return Result(name, int(not problems), int(bool(problems)), time.time() - started, "\n".join(problems))


# What needs no database.


def run_tool(name, *args, **environment):
    """Run a module of Python's, or the code after ``-c``."""
    started = time.time()
    args = args if args[0] == "-c" else ("-m", *args)
    environment = {**os.environ, "PYLINTHOME": os.path.join(STATE, "pylint"), **environment}
    done = subprocess.run(
        [sys.executable, *args],
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
    problems = [line for line in lines if not expected.search(line)]
    for name in REQUIREMENTS:
        without = requirements.unhashed(pathlib.Path(ROOT, name).read_text(encoding="utf-8"))
        problems += [f"{name}: no hash of {package}; bin/test --hashes writes them" for package in without]
    return checked("requirements", problems, started)


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


def check_pylint(paths=None):
    """Of these files, else of all."""
    # Not an addon of the OCA: no OCA author, and its README is the repository's. A model is split into
    # files by idea, each of which reads on its own.
    left_out = ["manifest-required-author", "missing-readme", "consider-merging-classes-inherited"]
    result = run_pylint(left_out, paths or [*addons(), *glob.glob("examples/*")])
    # pylint-odoo takes the words of tests for terms where tests have folders of their own.
    told = [
        line
        for line in result.details.splitlines()
        if not (line.endswith("(translation-required)") and "/tests/" in line.split(":")[0])
    ]
    result.details = "\n".join(told)
    result.failed = int(
        bool(result.failed) and any(not line.startswith("***") for line in told if line.strip())
    )
    result.passed = 1 - result.failed
    return result


def run_pylint(left_out, arguments):
    disabled = f"--disable={','.join(left_out)}"
    options = ["--rcfile=pyproject.toml", disabled, *arguments]
    # Without Odoo's sources: no check that is enabled looks into them, and to read them is a fifth of the time.
    return run_tool("pylint-odoo", "-c", PYLINT, *options, PYTHONPATH="")


def check_spelling():
    folders = ("tests", "bin/lib", "benchmarks", "docs", "examples")
    sources = [*addons(), *(name for name in folders if os.path.isdir(name))]
    return run_tool("codespell", "codespell_lib", *sources, *glob.glob("*.md"), *glob.glob("*.yml"))


def static_checks():
    """[(name, function that gives its Result, seconds it takes)]."""
    return [
        ("pylint-odoo", check_pylint, 35),
        ("codespell", check_spelling, 5),
        ("ruff check", lambda: run_tool("ruff check", "ruff", "check", "--quiet", "."), 1),
        ("ruff format", lambda: run_tool("ruff format", "ruff", "format", "--quiet", "--diff", "."), 1),
        ("XML", check_xml, 1),
        ("docker-compose.yml", check_compose, 2),
        ("requirements", check_requirements, 3),
    ]


# Tests.


def run_plain_tests(args, show=True):
    return run_pytest("tests without a database", ["-p", "no:odoo", *(args or ["tests"])], show)


def run_odoo_tests(server, db, args, show=True):
    options = odoo_options(server, db, log_name(db))
    paths = [f"{addon}/tests" for addon in addons() if os.path.isdir(os.path.join(ROOT, addon, "tests"))]
    return run_pytest("tests with Odoo", [*options, *(args if has_path(args) else [*args, *paths])], show)


def log_name(db, what=""):
    return db.removeprefix("charter_") + what + ".log"


def check_log(names):
    """Warnings and errors in the logs of these names, and those collected from every other process of Odoo."""
    started, problems = time.time(), []
    for name in names:
        path = os.path.join(LOGS, name)
        if os.path.exists(path):
            problems += [
                f"{name}: {record[:2000]}" for record in odoo_log.bad_records(runtime.read_log(path))
            ]
    collected = os.environ.get(odoo_log.COLLECTION)
    if collected and os.path.exists(collected):
        problems += [line.rstrip() for line in runtime.read_log(collected).split("\n\n") if line.strip()]
    return checked("warnings in Odoo's logs", problems, started)


def check_translations(server, db, names=()):
    """The French of the project's addons; of those ``names`` instead, which stand beside them in the clone."""
    started = time.time()
    try:
        translations.export_terms(server, db, names or addons())
        problems = translations.problems(names or addons())
    except SetupError as error:
        problems = [str(error)]
    if problems:
        merging = " ".join(["bin/test --merge-terms", *names])
        problems.append(f"{merging} brings i18n/fr.po in line with the sources.")
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


def missing_files(args):
    """Files of tests that are named and are not there, each with those that have its name elsewhere."""
    found = {}
    for before, arg in zip(["", *args], args, strict=False):
        path = arg.split("::")[0]
        if (
            path.endswith(".py")
            and before not in OPTIONS_WITH_VALUE
            and not os.path.exists(os.path.join(ROOT, path))
        ):
            here = pathlib.Path(ROOT)
            alike = [
                *here.glob(f"tests*/**/{os.path.basename(path)}"),
                *here.glob(f"*/tests/**/{os.path.basename(path)}"),
            ]
            found[path] = sorted(str(one.relative_to(here)) for one in alike)
    return found


def has_path(args):
    return bool(paths_in(args))


def split_arguments(args):
    """Pytest arguments of the run without a database and of Odoo's; None for a run nobody asked for."""
    paths = paths_in(args)
    options = [arg for arg in args if arg not in paths]
    # tests_install too: its tests make databases of their own.
    inside = os.path.join(ROOT, "tests")
    plain = [
        path for path in paths if os.path.realpath(os.path.join(ROOT, path.split("::")[0])).startswith(inside)
    ]
    with_odoo = [path for path in paths if path not in plain]
    if not paths:
        return None, options
    return [*options, *plain] if plain else None, [*options, *with_odoo] if with_odoo else None


def prepare(server, db, fresh, own=()):
    """The test database as the addons are now; a Result if that failed.

    :param own: addons beside ours that it has too
    """
    started = time.time()
    if not addons():
        return Result("installation", 0, 1, 0.0, f"There is no addon {ADDON}/__manifest__.py yet.")
    try:
        done = database.ensure(server, db, [*addons(), *own], log_name(db, "-install"), rebuild=fresh)
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
        own = runtime.own_addons(paths_in(with_odoo))
        if own:
            options.db = with_own(options, own)
        with runtime.postgres() as server, runtime.database_lock(options.db):
            if options.fresh:
                database.drop_grounds(server)
            installed = prepare(server, options.db, options.fresh, own)
            if installed:
                installed.show()
            if installed and installed.failed:
                results.append(installed)
            else:
                log = log_name(options.db)
                if pytest_runs.plays_a_browser(paths_in(with_odoo)):
                    database.ensure_bundles(server, options.db)
                results += [run_odoo_tests(server, options.db, with_odoo), check_log([log])]
                if own:
                    results.append(check_translations(server, options.db, own))
    return results


def with_own(options, own):
    """The name of the database for addons beside ours: first a copy of the test database, which they do not touch.

    It is made again when one of them changed: an update runs no hook and leaves ``noupdate`` data as they are.
    """
    name = f"{options.db}_own"
    with runtime.postgres() as server, runtime.database_lock(options.db):
        marks = database.built_from(server, name)
        had = marks.get("addons", {})
        changed = [
            addon for addon, content in database.hashes(own).items() if had.get(addon) not in (None, content)
        ]
        kept = set(had) <= set(database.local(own)) and not changed and not options.fresh
        if not marks or not kept:
            installed = prepare(server, options.db, options.fresh)
            if installed and installed.failed:
                raise SetupError(installed.details)
            with runtime.database_lock(name):
                database.copy_built(server, options.db, name)
    options.fresh = False
    return name


def everything(options):
    """Every check, over the workers; the later ones too when one fails."""
    jobs = [
        workers.Job(name, lambda _worker, check=check: check(), seconds)
        for name, check, seconds in static_checks()
    ]
    if options.checks:
        return workers.work(jobs, options.workers)
    with (
        runtime.postgres() as server,
        runtime.without_waiting_for_the_disk(server),
        runtime.database_lock(options.db),
    ):
        copies = pytest_runs.Copies(server, options.db)
        if options.fresh:
            database.drop_grounds(server)
        try:
            found = workers.work([*jobs, *database_jobs(server, options, copies)], options.workers)
        finally:
            copies.drop()
    logs = [log_name(options.db, f"-{number}") for number in range(1, copies.shares + 1)]
    log = check_log(logs)
    log.show()
    return [*found, log]


def database_jobs(server, options, copies):
    """The jobs of ``everything`` that need a database, or come with those that do."""
    ground, ready = "what the addons stand on", "installation"

    def lay(_worker):
        with runtime.database_lock(database.GROUND):
            database.ensure_ground(server, ())

    def install(_worker):
        result = prepare(server, options.db, options.fresh)
        if not (result and result.failed):
            database.ensure_bundles(server, options.db)
        return result

    files = pytest_runs.test_files()
    shares = pytest_runs.shares(files, SHARES)
    copies.shares = len(shares)
    known = pytest_runs.known_times()
    return [
        workers.Job(ground, lay, 40),
        workers.Job(ready, install, 60, (ground,)),
        workers.Job("tests without a database", lambda _worker: run_plain_tests([], show=False), 60),
        *(
            workers.Job(
                name,
                lambda _worker, name=name, path=path, chosen=chosen: run_life(name, path, chosen),
                known.get(f"tests_install/{path.name}", SECONDS_OF_A_LIFE.get(path.name, 50)),
                (ground,),
            )
            for name, path, chosen in lives()
        ),
        *(
            workers.Job(
                f"tests with Odoo, share {number}",
                lambda worker, number=number, paths=paths: pytest_runs.run_share(
                    server, copies, worker, number, paths
                ),
                seconds,
                (ready,),
            )
            for number, (seconds, paths) in enumerate(shares, 1)
        ),
        *(
            workers.Job(
                faults.NAME, lambda _worker: faults.kills(options.db, faults.KILLS, faults.SEED), 35, (ready,)
            )
            for _once in [True]
            if faults.possible()
        ),
        workers.Job(
            "translations",
            lambda worker: check_translations(server, copies.of(worker)),
            10,
            (ready,),
        ),
    ]


def lives():
    """[(name, file of tests, what pytest's -k selects of it)]: one for each file, and one for each version that is upgraded from."""
    found = []
    for path in sorted(pathlib.Path(ROOT, "tests_install").glob("test_*.py")):
        name = f"life of a database: {path.stem.removeprefix('test_').removesuffix('_db')}"
        versions = runtime.landed_versions() if path.stem == "test_upgrade_db" else []
        for version in versions[:-1]:
            found.append((f"{name} {version}", path, version))
        if versions:
            # The last one has whatever is in the file and of no other version.
            others = " and ".join(f"not {version}" for version in versions[:-1])
            found.append((f"{name} {versions[-1]}", path, others))
        else:
            found.append((name, path, ""))
    return found


def run_life(name, path, chosen):
    selecting = ["-k", chosen] if chosen else []
    stem = name.rpartition(": ")[2].replace(" ", "-")
    return pytest_runs.timed(name, stem, ["-p", "no:odoo", f"tests_install/{path.name}", *selecting])


def mine(options):
    """Format, lint, terms and tests of what differs from the main branch."""
    started, base = time.time(), changes.merge_base()
    files = changes.changed_files(base)
    say(f"{len(files)} files differ from {base[:12]}")
    if not files:
        return [checked("what differs", [f"Nothing differs from {base[:12]}."], started)]
    tests = changes.tests_of(files)
    if not tests:
        say("No test is named like what differs; bin/test runs them all.")
    plain, with_odoo = split_arguments(tests) if tests else (None, None)
    jobs = checks_of(files)
    if plain:
        jobs.append(workers.Job("tests without Odoo", lambda _worker: run_plain_tests(plain, show=False), 5))
    if not changes.addons_of(files):
        return workers.work(jobs, options.workers)
    with runtime.postgres() as server, runtime.database_lock(options.db):
        jobs.append(
            workers.Job(
                "tests with Odoo",
                lambda _worker: in_the_database(server, options, files, with_odoo, base),
                20,
            )
        )
        return workers.work(jobs, options.workers)


def checks_of(files):
    """The jobs of ``mine`` that need no database, for these files alone."""
    python = [path for path in files if path.endswith(".py")]
    words = [path for path in files if not path.endswith(changes.NO_WORDS)]
    inside = [path for path in python if path.startswith((ADDON, "examples/"))]
    checks = (
        (python, "ruff check", lambda: run_tool("ruff check", "ruff", "check", "--quiet", *python)),
        (
            python,
            "ruff format",
            lambda: run_tool("ruff format", "ruff", "format", "--quiet", "--diff", *python),
        ),
        (words, "codespell", lambda: run_tool("codespell", "codespell_lib", *words)),
        (inside, "pylint-odoo", lambda: check_pylint(inside)),
        ([path for path in files if path.endswith(".xml")], "XML", check_xml),
        (set(files) & set(REQUIREMENTS), "requirements", check_requirements),
    )
    return [
        workers.Job(name, lambda _worker, check=check: check(), 2) for found, name, check in checks if found
    ]


def in_the_database(server, options, files, tests, base):
    """Update, terms and tests, one after the other: they are in the same database."""
    installed = prepare(server, options.db, options.fresh)
    found = [installed] if installed else []
    if installed and installed.failed:
        return found
    if changes.may_change_terms(files, base):
        found.append(check_translations(server, options.db))
    if tests:
        if pytest_runs.plays_a_browser(paths_in(tests)):
            database.ensure_bundles(server, options.db)
        found.append(run_odoo_tests(server, options.db, tests, show=False))
    return [*found, check_log([log_name(options.db)])]


def merge_terms(options, args):
    """Of the project's addons; of those beside them whose folder is named, instead."""
    own = runtime.own_addons(args)
    if own:
        options.db = with_own(options, own)
    with runtime.postgres() as server, runtime.database_lock(options.db):
        installed = prepare(server, options.db, options.fresh, own)
        if installed and installed.failed:
            raise SetupError(installed.details)
        translations.export_terms(server, options.db, own or addons())
    for addon in own or addons():
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
    parser.add_argument("--mine", action="store_true")
    parser.add_argument("--hashes", action="store_true")
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--merge-terms", action="store_true")
    parser.add_argument("--neighbours", action="store_true")
    parser.add_argument("--monitors", action="store_true")
    parser.add_argument("--mail", action="store_true")
    parser.add_argument("--screens", action="store_true")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--fuzz", type=int)
    parser.add_argument("--seed")
    parser.add_argument("--years", type=float)
    parser.add_argument("--contracts", type=int, default=60)
    parser.add_argument("--db", default="charter_test")
    # One more than processors: a test waits for PostgreSQL, for a browser or for the disk a fifth of its time.
    parser.add_argument("--workers", type=int, default=min((os.cpu_count() or 1) + 1, 4))
    options, args = parser.parse_known_args()
    runtime.stop_on_signals()
    # Paths are taken as seen from where the command is called, then from the clone.
    args = [os.path.relpath(arg, ROOT) if os.path.exists(arg.split("::")[0]) else arg for arg in args]
    os.chdir(ROOT)
    sys.path.insert(0, LIB)
    # Before anything is prepared: an update of the database takes a minute, and pytest would look only then.
    for path, alike in missing_files(args).items():
        sys.exit(f"bin/test: there is no {path}." + (f" Is it {', '.join(alike)}?" if alike else ""))
    if options.hashes:
        return requirements.write_hashes()
    if options.times:
        found = pytest_runs.ship_times()
        say(f"{len(found)} files, {sum(found.values()):.0f} s")
        return int(not found)
    if options.merge_terms:
        return merge_terms(options, args)
    if options.neighbours:
        return neighbours_tests(options, args)
    if options.screens:
        started = time.time()
        return summary(screens_command.run(args), time.time() - started, shown=True)
    seed = options.seed or str(random.randrange(10**6))
    if options.kills:
        return faults.kills_only(options.db, options.kills, seed)
    if options.fuzz:
        os.environ.update(CHARTER_FUZZ=str(options.fuzz), CHARTER_FUZZ_SEED=seed)
        args = [FUZZ, "-s", *args]
    collect_bad_records()
    started = time.time()
    if options.years:
        os.environ.update(
            CHARTER_YEARS=str(options.years), CHARTER_SEED=options.seed or "7", CHARTER_CONTRACTS=str(options.contracts)
        )  # fmt: skip
        args = [f"{ADDON}/tests/base/test_years.py", "-s", *args]
    real = options.monitors or options.mail
    if real:
        name, folder = (
            ("real monitoring programs", "tests_monitors")
            if options.monitors
            else ("real mail programs", "tests_mail")
        )
        paths = args if has_path(args) else [folder, *args]
        results = [run_pytest(name, ["-p", "no:odoo", *paths])]
    elif options.mine:
        results = mine(options)
    else:
        results = selected(args, options) if args else everything(options)
    return summary(results, time.time() - started, shown=not args or real)


def collect_bad_records():
    """Every Odoo process from here on, the tests' own too, leaves its warnings in one file."""
    path = pathlib.Path(LOGS, "bad-records.log")
    path.unlink(missing_ok=True)
    os.environ[odoo_log.COLLECTION] = str(path)


def summary(results, seconds, shown):
    """Print it, the tests that failed by name, and the closing line; the exit code.

    :param shown: the details of what failed were printed before
    """
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print()
    say(f"Summary ({seconds:.0f} s)")
    for result in results:
        Result(result.name, result.passed, result.failed, result.seconds).show()
    for result in results:
        for test in result.named:
            print(f"    FAILED {test}")
        if result.failed and result.details and not shown:
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
