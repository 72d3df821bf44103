"""For pytest: how long each file's tests took, as JSON."""

import json
import pathlib

seconds = {}


def pytest_addoption(parser):
    parser.addoption("--timing", help="Where {file: seconds} is written")


def pytest_runtest_logreport(report):
    path = report.nodeid.split("::")[0]
    seconds[path] = seconds.get(path, 0) + report.duration


def pytest_sessionfinish(session):
    target = session.config.getoption("--timing")
    if target:
        pathlib.Path(target).write_text(json.dumps(seconds))
