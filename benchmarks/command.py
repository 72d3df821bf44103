"""Inside the project's environment: builds the database, runs the benchmarks, writes the tables of README.md."""

import argparse
import contextlib
import importlib
import logging
import os
import pathlib
import platform
import re
import sys
import time
from datetime import UTC, datetime

import database
import runtime
from bootstrap import LOGS, ROOT, SetupError, say
from odoo import release
from odoo.tools import config

BENCHMARKS = (
    "opening",
    "seals",
    "working_time",
    "clock",
    "contacts",
    "owners",
    "availability",
    "looking_ahead",
    "advisories",
    "imports",
    "export",
    "printing",
    "figures",
    "reports",
    "portal",
    "load",
    "cockpit",
    "neighbours",
    "idle",
)
PEERS = ("helpdesk_mgmt_sla",)
INSTALLED = "bench_charter"
README = pathlib.Path(__file__).with_name("README.md")


def main():
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=(*BENCHMARKS, []))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--db", default=INSTALLED)
    options = parser.parse_args()
    runs = options.runs or (2 if options.quick else 5)
    runtime.stop_on_signals()
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
    os.makedirs(LOGS, exist_ok=True)
    logging.basicConfig(filename=os.path.join(LOGS, "bench.log"), filemode="w", level=logging.WARNING)
    missed = 0
    with runtime.postgres() as server, runtime.database_lock(options.db):
        config.parse_config(runtime.server_options(server), setup_logging=False)
        for name in options.names or BENCHMARKS:
            benchmark = importlib.import_module(name)
            say(f"{benchmark.TITLE}…")
            started = time.time()
            installed = ensure_installed(server, options.db, getattr(benchmark, "WITH_GLUE", False))
            facts = machine_facts(server)
            with fresh_copy(server, installed, name) as copy:
                explanation, lines = run(benchmark, server, copy, runs, options.quick)
            show(lines)
            say(f"  {time.time() - started:.0f} s")
            missed += sum(line.met is False for line in lines)
            if not options.quick:
                write(name, explanation, facts, lines)
    say(f"{missed} goals missed" if missed else "Every goal is met")
    if options.quick:
        say("These were quick runs over few rows: they measure nothing, and no goal counts.")
    else:
        say(f"Written to {README.relative_to(ROOT)}")


def ensure_installed(server, name, with_glue):
    """Return the database a benchmark measures copies of: with the peers, or ``with_glue`` with all addons of the project."""
    if with_glue:
        name = f"{name}_glue"
    modules = runtime.addons() if with_glue else [runtime.ADDON, *PEERS]
    database.ensure(server, name, modules, "bench-install.log")
    return name


def run(benchmark, server, copy, runs, quick):
    # It imports the registry, which wants the configuration above.
    from bench import Bench

    bench = Bench(server, copy, runs, quick)
    try:
        return benchmark.measure(bench)
    finally:
        bench.close()


@contextlib.contextmanager
def fresh_copy(server, installed, name):
    """A copy of the installed database for one benchmark, removed after it."""
    copy = f"{installed}_{name}"
    runtime.drop_database(server, copy)
    runtime.query(
        server,
        "postgres",
        f"CREATE DATABASE {runtime.quoted(copy)} TEMPLATE {runtime.quoted(installed)}",
    )
    try:
        yield copy
    finally:
        runtime.drop_database(server, copy)


def machine_facts(server):
    [[postgres]] = runtime.query(server, "postgres", "SHOW server_version")
    cores = len(os.sched_getaffinity(0))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores (load {os.getloadavg()[0]:.1f} before it started), "
        f"PostgreSQL {postgres.split()[0]}, Python {platform.python_version()}, Odoo {release.version}"
    )


def cells(line):
    met = {True: "yes", False: "**no**", None: ""}[line.met]
    return [line.work, line.ours, line.peer, line.ratio, line.goal, met]


def show(lines):
    rows = [["work", "the addon", "beside it", "ratio", "goal", "met"], *(cells(line) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def write(name, explanation, facts, lines):
    """The table of one benchmark, between its markers in README.md."""
    table = [
        "| work | the addon | beside it | ratio | goal | met |",
        "|---|---|---|---|---|---|",
        *("| " + " | ".join(cells(line)) + " |" for line in lines),
    ]
    content = "\n".join([explanation.strip(), "", *table, "", f"`benchmarks/run {name}`, {facts}."])
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text = README.read_text(encoding="utf-8")
    text, count = marked.subn(lambda found: found[1] + content + "\n" + found[2], text)
    assert count == 1, f"README.md has no place for the results of {name}."
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"benchmarks/run stopped: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
