"""For pytest: which tests of an addon Odoo would run by default, and what became of each, as JSON."""

import json
import pathlib

WORST = ("passed", "skipped", "failed")
found = {}


def pytest_addoption(parser):
    parser.addoption("--outcomes", help="Where {test: outcome} is written")
    parser.addoption("--only", help="File with the list of the tests to run")


def pytest_collection_modifyitems(config, items):
    """Without those that Odoo runs only when asked for by their tag, and those in files their package does not import."""
    chosen = config.getoption("--only") and set(
        json.loads(pathlib.Path(config.getoption("--only")).read_text())
    )
    kept, left = [], []
    for item in items:
        wanted = item.nodeid in chosen if chosen else is_standard(item)
        (kept if wanted else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def is_standard(item):
    imported = (item.path.parent / "__init__.py").read_text()
    return item.path.stem in imported and "standard" in getattr(item.cls, "test_tags", {"standard"})


def note(test, outcome):
    found[test] = max(found.get(test, "passed"), outcome, key=WORST.index)


def pytest_runtest_logreport(report):
    note(report.nodeid, report.outcome)


def pytest_collectreport(report):
    if report.failed:
        note(report.nodeid, "failed")


def pytest_sessionfinish(session):
    pathlib.Path(session.config.getoption("--outcomes")).write_text(json.dumps(found))
