"""The commands' own machinery: what bin/demo, bin/test and bin/odoo do before Odoo starts."""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest

LIB = Path(__file__).resolve().parent.parent / "bin" / "lib"
sys.path.insert(0, str(LIB))

import bootstrap  # noqa: E402  (the path above must be set first)
import changes  # noqa: E402
import database  # noqa: E402
import kept_fixtures  # noqa: E402
import odoo_log  # noqa: E402
import polib  # noqa: E402
import pytest_runs  # noqa: E402
import requirements  # noqa: E402
import runtime  # noqa: E402
import test_command  # noqa: E402
import translations  # noqa: E402
import workers  # noqa: E402


@pytest.fixture
def state(tmp_path, monkeypatch):
    """The .charter folder, empty and elsewhere."""
    for module in (bootstrap, runtime, translations):
        monkeypatch.setattr(module, "STATE", str(tmp_path))
    monkeypatch.setattr(bootstrap, "LOGS", str(tmp_path / "log"))
    return tmp_path


# System packages


def test_missing_packages_are_named_with_their_reason(monkeypatch):
    monkeypatch.setattr(bootstrap, "have_program", lambda *names: "wkhtmltopdf" not in names)
    monkeypatch.setattr(bootstrap, "apt_offers_wkhtmltopdf", lambda: True)
    assert dict(bootstrap.missing_system_packages("demo"))["wkhtmltopdf"] == "to print PDF documents"


UPDATE_LOG = """\
2026-11-27 12:00:00,000 1 INFO db odoo.modules.loading: loading 68 modules
Traceback (most recent call last):
  File "a.py", line 1, in load
    raise ValueError("first")
ValueError: first

During handling of the above exception, another exception occurred:

2026-11-27 12:00:01,000 1 CRITICAL db odoo.service.server: Failed to initialize database `db`.
Traceback (most recent call last):
  File "b.py", line 2, in parse
    raise ParseError(
odoo.tools.convert.ParseError: while parsing views.xml:4
Field "nobody" does not exist
2026-11-27 12:00:02,000 1 INFO db odoo.service.server: Initiating shutdown
"""


def test_an_update_that_fails_says_the_last_exception_first(state, monkeypatch):
    assert (
        odoo_log.last_exception(UPDATE_LOG)
        == 'odoo.tools.convert.ParseError: while parsing views.xml:4 Field "nobody" does not exist'
    )
    assert odoo_log.last_exception("2026-11-27 12:00:00,000 1 INFO db odoo: ready") == ""
    monkeypatch.setattr(runtime, "LOGS", str(state / "log"))
    monkeypatch.delenv(odoo_log.COLLECTION, raising=False)
    script = f"import sys; sys.stderr.write({UPDATE_LOG!r}); sys.exit(1)"
    monkeypatch.setattr(runtime, "odoo_command", lambda *_arguments: [sys.executable, "-c", script])
    with pytest.raises(
        bootstrap.SetupError, match=r"^The update failed \(exit 1\): odoo\.tools\.convert\.ParseError: while"
    ):
        runtime.run_odoo({}, [], "The update", "x.log")


def test_a_package_the_system_does_not_have_is_not_asked_for(monkeypatch):
    monkeypatch.setattr(bootstrap, "have_program", lambda *names: False)
    monkeypatch.setattr(bootstrap, "apt_offers_wkhtmltopdf", lambda: False)
    assert "wkhtmltopdf" not in dict(bootstrap.missing_system_packages("demo"))


@pytest.mark.parametrize(("command", "wanted"), [("demo", False), ("odoo", False), ("test", True)])
def test_only_the_tests_need_a_browser(monkeypatch, command, wanted):
    monkeypatch.setattr(bootstrap, "have_program", lambda *names: False)
    assert ("chromium" in dict(bootstrap.missing_system_packages(command))) is wanted


def test_without_root_the_one_command_to_run_is_printed(monkeypatch):
    missing = [("wkhtmltopdf", "to print"), ("chromium", "to browse")]
    monkeypatch.setattr(bootstrap, "missing_system_packages", lambda command: missing)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(bootstrap.SetupError, match=r"apt-get install .* wkhtmltopdf chromium"):
        bootstrap.ensure_system_packages("test")


# Python


@pytest.fixture
def no_system_python(monkeypatch, tmp_path):
    monkeypatch.delenv("CHARTER_PYTHON", raising=False)
    monkeypatch.setattr(bootstrap, "SYSTEM_PYTHONS", f"{tmp_path}/python")
    return tmp_path


def stand_in(folder, version, makes_environments):
    path = folder / f"python{version}"
    path.write_text(f"#!/bin/sh\nexit {0 if makes_environments else 1}\n")
    path.chmod(0o755)
    return str(path)


def test_the_newest_python_of_the_system_is_used(no_system_python):
    stand_in(no_system_python, "3.11", makes_environments=True)
    newest = stand_in(no_system_python, "3.12", makes_environments=True)
    stand_in(no_system_python, "3.15", makes_environments=True)
    assert bootstrap.base_python() == newest


def test_a_python_of_the_system_that_makes_no_environment_is_left_alone(no_system_python, monkeypatch):
    stand_in(no_system_python, "3.11", makes_environments=False)
    monkeypatch.setattr(sys, "version_info", (3, 12, 1, "final", 0))
    assert bootstrap.base_python() == sys.executable


def test_a_python_that_is_named_is_used(no_system_python, monkeypatch):
    stand_in(no_system_python, "3.11", makes_environments=True)
    monkeypatch.setenv("CHARTER_PYTHON", "/opt/python3.13")
    assert bootstrap.base_python() == "/opt/python3.13"


def test_without_a_python_of_the_system_a_supported_one_is_used_as_it_is(no_system_python, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 12, 1, "final", 0))
    assert bootstrap.base_python() == sys.executable


def test_beside_an_unsupported_python_the_newest_supported_one_is_used(no_system_python, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 15, 0, "final", 0))
    there = {"python3.11", "python3.12"}
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/opt/{name}" if name in there else None)
    assert bootstrap.base_python() == "/opt/python3.12"


def test_without_any_supported_python_the_supported_ones_are_named(no_system_python, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.SetupError, match=r"3\.11, 3\.12, 3\.13"):
        bootstrap.base_python()


# Odoo's source


def test_odoo_src_that_is_no_checkout_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_SRC", str(tmp_path))
    with pytest.raises(bootstrap.SetupError, match=r"ODOO_SRC=.* is not an Odoo checkout"):
        bootstrap.ensure_odoo()


def test_odoo_src_wins_over_what_was_downloaded(tmp_path, monkeypatch, state):
    (state / "odoo-upstream").mkdir()
    checkout = tmp_path / "mine"
    (checkout / "odoo").mkdir(parents=True)
    (checkout / "odoo" / "release.py").touch()
    monkeypatch.setenv("ODOO_SRC", str(checkout))
    assert bootstrap.ensure_odoo() == str(checkout)


def test_what_was_downloaded_is_not_downloaded_again(monkeypatch, state):
    monkeypatch.delenv("ODOO_SRC", raising=False)
    monkeypatch.setattr(bootstrap, "fetch_odoo", lambda *targets: pytest.fail("downloads"))
    (state / "odoo-debian").mkdir()
    assert bootstrap.ensure_odoo().startswith(str(state / "odoo-debian"))


# Stamps


def test_a_stamp_matches_only_what_was_written(tmp_path):
    stamp = tmp_path / "folder" / "stamp"
    assert not bootstrap.stamp_matches(stamp, "one")
    bootstrap.write_stamp(stamp, "one")
    assert bootstrap.stamp_matches(stamp, "one")
    assert not bootstrap.stamp_matches(stamp, "two")


def test_the_fingerprint_follows_the_content(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("a==1")
    before = bootstrap.fingerprint(path)
    path.write_text("a==2")
    assert bootstrap.fingerprint(path) != before


def test_a_command_that_fails_tells_what_to_do(state):
    with pytest.raises(bootstrap.SetupError, match=r"(?s)Frobbing failed \(exit 3\).*no disk.*Buy a disk"):
        bootstrap.run(["sh", "-c", "echo no disk; exit 3"], "Frobbing", "Buy a disk.")


def test_what_runs_at_once_ends_when_one_fails(state, monkeypatch):
    monkeypatch.setattr(bootstrap, "ended", threading.Event())
    assert bootstrap.together({"a": lambda: 1, "b": lambda: 2}) == [1, 2]
    begun, after = state / "begun", []
    os.mkfifo(begun)

    def long():
        script = f"open({str(begun)!r}, 'w').write('1')\nwhile True: __import__('time').sleep(60)"
        try:
            bootstrap.run([sys.executable, "-c", script], "Waiting", "Nothing.", log="long.log")
        except bootstrap.SetupError:
            bootstrap.run([sys.executable, "-c", ""], "The next", "Nothing.", log="next.log")
            after.append("ran")

    def broken():
        assert begun.read_text() == "1", "the other has begun"
        bootstrap.run(["sh", "-c", "exit 3"], "Frobbing", "Buy a disk.", log="broken.log")

    with pytest.raises(bootstrap.SetupError, match=r"(?s)Frobbing failed \(exit 3\).*Buy a disk"):
        bootstrap.together({"long": long, "broken": broken})
    assert after == [], "no other program begins"


# Databases


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("models/thing.py", True),
        ("views/thing.xml", True),
        ("i18n/fr.po", True),
        ("static/description/icon.png", True),
        ("tests/test_thing.py", False),
        ("tools/clock.py", False),
        ("controllers/portal.py", False),
        ("static/tests/tours/tour.js", False),
    ],
)
def test_the_database_follows_what_is_stored_in_it(tmp_path, path, matters):
    (tmp_path / "__manifest__.py").write_text("{}")
    before = database.content_hash(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("x")
    assert (database.content_hash(tmp_path) != before) is matters


METHODS = """
class Thing(models.Model):
    {declared}

    def init(self):
        self._make_view({init})

    def _make_view(self):
        return {helper}

    @api.depends("name")
    def _compute_total(self):
        return {stored}

    def _compute_shown(self):
        return {shown}

    def _called_by_data(self):
        return {data}

    def action_done(self):
        '{words}'
        return {body}
"""
DECLARED = """total = fields.Integer(compute="_compute_total", store=True)
    shown = fields.Integer(compute="_compute_shown")"""


@pytest.mark.parametrize(
    ("part", "value", "matters"),
    [
        ("body", "2", False),
        ("words", "Other words.", False),
        ("shown", "2", False),
        ("stored", "2", True),
        ("init", "2", True),
        ("helper", "2", True),
        ("data", "2", True),
        ("declared", DECLARED.replace("store=True", "store=True, index=True"), True),
        ("declared", DECLARED.replace("Integer", "Float"), True),
        ("declared", DECLARED + "\n    _once = models.Constraint('UNIQUE(total)')", True),
        ("declared", "def added(self):\n        return 1\n\n    " + DECLARED, True),
    ],
)
def test_the_body_of_a_method_matters_only_if_an_update_runs_it(tmp_path, part, value, matters):
    parts = dict.fromkeys(("init", "helper", "stored", "shown", "data", "words", "body"), "1")
    parts["declared"] = DECLARED
    (tmp_path / "models").mkdir()
    (tmp_path / "thing.xml").write_text('<odoo><function model="thing" name="_called_by_data" /></odoo>')
    path = tmp_path / "models" / "thing.py"
    path.write_text(METHODS.format(**parts))
    before = database.content_hash(tmp_path)
    path.write_text(METHODS.format(**{**parts, part: value}))
    assert (database.content_hash(tmp_path) != before) is matters


def test_a_file_that_is_no_python_counts_as_it_is(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "thing.py").write_text("def (")
    before = database.content_hash(tmp_path)
    (tmp_path / "models" / "thing.py").write_text("def ((")
    assert database.content_hash(tmp_path) != before


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ([('mileo_client_charter {"ground": "a"}',)], {"ground": "a"}),
        ([("mileo_client_charter ground content",)], {}),  # as an older bin/test wrote it
        ([(None,)], {}),  # a build that was interrupted
        ([], {}),  # no such database
        ([("somebody's own comment",)], {}),
    ],
)
def test_only_a_complete_build_is_marked(monkeypatch, comment, expected):
    monkeypatch.setattr(database, "query", lambda *args: comment)
    assert database.built_from({}, "db") == expected


A, B = f"{runtime.ADDON}", f"{runtime.ADDON}_b"


@pytest.mark.parametrize(
    ("had", "there", "asked", "expected"),
    [
        ({A: "1", B: "1"}, {A, B}, [A, B], None),
        ({A: "0", B: "1"}, {A, B}, [A, B], ["-u", A]),
        ({A: "1", B: "0"}, {A, B}, [A, B], ["-u", B]),
        ({A: "0", B: "0"}, {A, B}, [A, B], ["-u", f"{A},{B}"]),
        ({A: "1"}, {A}, [A, B], ["-i", B]),
        ({A: "0"}, {A}, [A, B], ["-u", A, "-i", B]),
        ({A: "1", B: "0"}, {A}, [A], []),  # not installed there: nothing to update
        ({A: "1", B: "1"}, {A, B, "website"}, [A, B, "website"], None),  # somebody else's beside it
        ({A: "1", B: "1"}, {A, B}, [A, B, "website"], ["-i", "website"]),
        ({A: "", B: ""}, {A, B}, [A, B], ["-u", f"{A},{B}"]),  # an update that failed
        ({A: "1", B: "1", f"{A}_gone": "1"}, {A, B}, [A, B], "new"),
        ({A: "1", B: "1", "noupdate": "0"}, {A, B}, [A, B], "new"),
    ],
)
def test_only_what_changed_is_updated(monkeypatch, had, there, asked, expected):
    ran, marked = [], []
    now = {A: "1", B: "1"}
    monkeypatch.setattr(database, "addons", lambda: list(now))
    monkeypatch.setattr(database, "hashes", lambda _names: now)
    monkeypatch.setattr(database, "ground_hash", lambda: "g")
    monkeypatch.setattr(database, "dependencies", lambda names: [])
    monkeypatch.setattr(database, "noupdate_hash", lambda: "k")
    had = dict(had)
    marks = {"ground": "g", "modules": sorted(there), "noupdate": had.pop("noupdate", "k"), "addons": had}
    monkeypatch.setattr(database, "built_from", lambda *_args: marks)
    monkeypatch.setattr(database, "installed", lambda *_args: there)
    monkeypatch.setattr(database, "database_exists", lambda *_args: True)
    monkeypatch.setattr(database, "lay_ground", lambda *_args: ran.append("new"))
    monkeypatch.setattr(database, "run_odoo", lambda _server, args, *_rest: ran.append(args) or 1.0)
    monkeypatch.setattr(database, "mark_built", lambda *_args, **marks: marked.append(marks))
    done = database.ensure({}, "db", asked, "log")
    if expected == "new":
        assert (done, ran[0]) == ("installed", "new")
        return
    found = [argument for args in ran for argument in args[2 : args.index(database.WITHOUT_DEMO)]]
    assert found == (expected or [])
    assert done == ("updated" if expected else None)
    if expected is not None:
        assert marked[-1]["addons"] == now


def test_an_update_that_fails_is_done_again(monkeypatch):
    marked = []

    def fail(*_args):
        raise bootstrap.SetupError("no")

    now = {A: "1"}
    monkeypatch.setattr(database, "addons", lambda: [A])
    monkeypatch.setattr(database, "hashes", lambda _names: now)
    monkeypatch.setattr(database, "ground_hash", lambda: "g")
    monkeypatch.setattr(database, "noupdate_hash", lambda: "k")
    marks = {"ground": "g", "modules": [A], "noupdate": "k", "addons": {A: "0"}}
    monkeypatch.setattr(database, "built_from", lambda *_args: marks)
    monkeypatch.setattr(database, "installed", lambda *_args: {A})
    monkeypatch.setattr(database, "run_odoo", fail)
    monkeypatch.setattr(database, "mark_built", lambda *_args, **marks: marked.append(marks))
    with pytest.raises(bootstrap.SetupError):
        database.ensure({}, "db", [A], "log")
    assert marked[-1]["addons"] == {A: ""}


def test_a_ground_is_of_the_oca_versions_and_not_of_hashes_or_comments(monkeypatch, tmp_path):
    monkeypatch.setattr(database, "ROOT", str(tmp_path))
    (tmp_path / "test-requirements.txt").touch()
    path = tmp_path / "requirements.txt"
    found = []
    for text in (
        "odoo-addon-contract==1  # why\nlxml==1\n",
        "# why\nodoo-addon-contract==1 \\\n    --hash=sha256:a\nlxml==2\n",
        "odoo-addon-contract==2\nlxml==2\n",
    ):
        path.write_text(text)
        found.append(database.ground_hash())
    assert found[0] == found[1] != found[2]


def test_a_ground_is_what_the_addons_stand_on_and_none_of_them():
    name, modules = database.ground_for(["contract"])
    assert name == database.GROUND
    assert {"contract_line_successor", "portal"} <= set(modules)
    assert database.dependencies(["website"]) == ["website"]
    name, modules = database.ground_for(["website", *database.dependencies(runtime.addons())])
    assert name != database.GROUND
    assert {"contract_line_successor", "helpdesk_mgmt", "project", "queue_job"} <= set(modules)
    assert not [module for module in modules if module.startswith(runtime.ADDON)]


def test_a_database_in_use_is_refused_with_a_remedy(state):
    with (
        runtime.database_lock("db"),
        pytest.raises(bootstrap.SetupError, match=rf"process {os.getpid()}.\nStop it"),
        runtime.database_lock("db", "Stop it."),
    ):
        pass
    with runtime.database_lock("db", "Stop it."):
        pass  # free again


# Running


def test_addons_path_ends_with_the_project():
    paths = runtime.addons_path().split(",")
    assert all(Path(path).is_dir() for path in paths)
    assert {path.name for path in Path(paths[-1]).iterdir()} >= set(runtime.addons())
    assert all(path.samefile(Path(bootstrap.ROOT, path.name)) for path in Path(paths[-1]).iterdir())
    assert not [path for path in Path(paths[-1]).iterdir() if path.readlink().is_absolute()], (
        "a moved clone has its own"
    )
    # Odoo is in none of them: the words of its own core would be looked for in an addon of that name, and stay English.
    core = Path(runtime.ODOO, "odoo", "service", "model.py")
    assert [path for path in paths if core.is_relative_to(path)] == []
    for addon in ("web", "base", "contract_line_successor"):
        assert any((Path(path) / addon / "__manifest__.py").exists() for path in paths), addon


def test_free_port_steps_over_a_busy_one():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert not runtime.port_is_free(port)
        assert runtime.free_port(port) > port


def test_a_port_another_program_took_is_not_taken_for_ours(tmp_path):
    """bin/demo of two clones started together: the second printed the address of the first."""
    said = "import socket, sys\ns = socket.create_server(('127.0.0.1', 0))\nprint(s.getsockname()[1], flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", said], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as ours:
        port = int(ours.stdout.readline())
        runtime.wait_for_port(port, ours, "It", "(none)")
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            assert runtime.listens(ours, port) and not runtime.listens(other, port)
            with pytest.raises(runtime.SetupError, match="did not answer within 0 s"):
                runtime.wait_for_port(port, other, "It", "(none)", seconds=0)
            other.communicate(b"\n")
        with pytest.raises(runtime.SetupError, match="stopped at once"):
            runtime.wait_for_port(port, other, "It", "(none)")
        ours.communicate()


def test_options_go_behind_the_subcommand():
    command = runtime.odoo_command({"host": "/run/pg"}, ["shell", "-d", "db"])
    assert command[command.index("odoo") + 1] == "shell"
    assert "--db_host=/run/pg" in command
    assert command[-2:] == ["-d", "db"]


def test_subcommands_without_options_of_their_own_get_a_configuration_file(state):
    command = runtime.odoo_command({"host": "/run/pg"}, ["i18n", "export", "-d", "db", "contract"])
    path = state / "subcommand.conf"
    assert command[-6:] == ["i18n", "export", f"--config={path}", "-d", "db", "contract"]
    assert "db_host = /run/pg" in path.read_text().splitlines()


def test_odoo_listens_on_this_machine_only_unless_told_otherwise():
    assert "--http-interface=127.0.0.1" in runtime.odoo_command({}, ["-d", "db"])
    told = runtime.odoo_command({}, ["-d", "db", "--http-interface=0.0.0.0"])
    assert told[-1] == "--http-interface=0.0.0.0"  # the last one counts


@pytest.mark.parametrize("command", ["demo", "test"])
def test_help_installs_nothing(tmp_path, command):
    clone = tmp_path / "clone"
    (clone / "bin").mkdir(parents=True)
    (clone / "bin" / command).write_bytes((LIB.parent / command).read_bytes())
    (clone / "bin" / "lib").mkdir()
    for source in LIB.glob("*.py"):
        (clone / "bin" / "lib" / source.name).write_bytes(source.read_bytes())
    script = clone / "bin" / command
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"usage: bin/{command}")
    assert not (clone / ".charter").exists()


# The test command


@pytest.mark.parametrize(
    ("args", "plain", "with_odoo"),
    [
        (["tests/test_environment.py", "-x"], ["-x", "tests/test_environment.py"], None),
        (["bin/lib/runtime.py::Test", "-k", "tests"], None, ["-k", "tests", "bin/lib/runtime.py::Test"]),
        (["-k", "night"], None, ["-k", "night"]),
    ],
)
def test_paths_choose_the_kind_of_run(args, plain, with_odoo):
    assert test_command.split_arguments(args) == (plain, with_odoo)


def test_a_file_that_is_not_there_is_named_before_anything_is_prepared():
    named = "mileo_client_charter/tests/report/test_health.py"
    found = test_command.missing_files(
        [named + "::TestHealth", "tests/test_health.py", "-k", "nothing.py", "-x"]
    )
    assert list(found) == [named]
    assert "mileo_client_charter/tests/overview/test_health.py" in found[named]


def log_problems(monkeypatch, state, text):
    monkeypatch.setattr(test_command, "LOGS", str(state))
    monkeypatch.delenv(odoo_log.COLLECTION, raising=False)
    (state / "test.log").write_text(text)
    return test_command.check_log(["test.log"]).details


LINE = "2026-11-23 09:00:00,000 12 {} charter_test {}: {}\n"


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_a_warning_fails_the_run_whether_it_names_the_addon_or_not(monkeypatch, state, level):
    text = LINE.format(level, "odoo.models", "no label") + LINE.format(
        "INFO", "odoo.addons.mileo_client_charter", "fine"
    )
    assert "no label" in log_problems(monkeypatch, state, text)
    assert "fine" not in log_problems(monkeypatch, state, text)


def test_the_lines_of_a_traceback_belong_to_their_record(monkeypatch, state):
    text = LINE.format("ERROR", "odoo.http", "oops") + '  File ".../mileo_client_charter/models/a.py"\n'
    assert "models/a.py" in log_problems(monkeypatch, state, text)


def test_what_core_logs_by_itself_does_not(monkeypatch, state):
    refused = "You are not allowed to access 'Escalation' (charter.escalation) records.\n\nThis operation"
    assert not log_problems(monkeypatch, state, LINE.format("WARNING", "odoo.http", refused))
    assert not log_problems(monkeypatch, state, "")


def test_only_the_whole_message_from_the_very_logger_is_known(monkeypatch, state):
    refused = "You are not allowed to access 'Escalation' (charter.escalation) records."
    for text in (
        LINE.format("WARNING", "odoo.models", refused),
        LINE.format("WARNING", "odoo.http", f"Oops: {refused}"),
    ):
        assert log_problems(monkeypatch, state, text)
    assert all(reason for _logger, _pattern, reason in odoo_log.KNOWN)


def test_every_process_of_odoo_hands_in_its_warnings(monkeypatch, state):
    collection = state / "bad.log"
    monkeypatch.setenv(odoo_log.COLLECTION, str(collection))
    monkeypatch.setattr(test_command, "LOGS", str(state))
    odoo_log.collect("life-i.log", LINE.format("WARNING", "odoo.models", "twice the same label\nmore"))
    odoo_log.collect("life-u.log", LINE.format("ERROR", "odoo.sql_db", "bad query"))
    details = test_command.check_log([]).details
    assert "life-i.log" in details
    assert "twice the same label\nmore" in details
    assert "life-u.log" in details


# Workers


def passing(name, record, seconds=0.0, after=()):
    def run(worker):
        record.append((name, worker))
        return workers.Result(name, 1, 0, 0.0)

    return workers.Job(name, run, seconds, after)


def test_jobs_wait_for_what_they_hang_on_and_the_longest_chain_goes_first():
    done, record = [], []
    jobs = [
        passing("short", record, 1),
        passing("long", record, 5),
        passing("last", record, 100, ("first",)),
        passing("first", record, 1),
    ]
    results = workers.work(jobs, 1, done.append)
    assert [name for name, _worker in record] == ["first", "last", "long", "short"]
    assert [result.name for result in done] == [result.name for result in results]
    assert {worker for _name, worker in record} == {1}


def test_two_workers_work_at_once_each_under_its_own_number():
    together = threading.Barrier(2, timeout=30)
    seen = []

    def run(worker):
        together.wait()
        seen.append(worker)

    workers.work([workers.Job("a", run), workers.Job("b", run)], 2, lambda result: None)
    assert sorted(seen) == [1, 2]


def test_a_job_that_fails_fails_what_hangs_on_it_and_nothing_else():
    record = []

    def broken(_worker):
        raise bootstrap.SetupError("no disk")

    jobs = [
        workers.Job("broken", broken),
        passing("behind", record, 0, ("broken",)),
        passing("behind that", record, 0, ("behind",)),
        passing("beside", record),
    ]
    results = {result.name: result for result in workers.work(jobs, 2, lambda result: None)}
    assert [name for name, _worker in record] == ["beside"]
    assert {name for name, result in results.items() if result.failed} == {"broken", "behind", "behind that"}
    assert "no disk" in results["broken"].details
    assert "broken" in results["behind"].details


def test_a_job_nobody_can_begin_is_refused(monkeypatch):
    monkeypatch.setattr(runtime, "stopped", threading.Event())
    with pytest.raises(ValueError, match="lost"):
        workers.work([passing("lost", [], 0, ("nowhere",))], 1)


def test_ctrl_c_ends_the_processes_of_every_worker(monkeypatch):
    monkeypatch.setattr(runtime, "stopped", threading.Event())
    begun, ended = threading.Barrier(3, timeout=30), []

    def run(_worker):
        command = [sys.executable, "-c", "print(1, flush=True)\nwhile True: __import__('time').sleep(60)"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
        )
        with process, runtime.stopping(process):
            process.stdout.readline()
            begun.wait()
            process.wait()
        ended.append(process.returncode)

    def interrupt():
        begun.wait()
        # As a terminal's Ctrl-C: to the thread that waits for the jobs, which otherwise hears of it when it next looks.
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    # A shell that starts pytest in the background has Ctrl-C ignored.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=interrupt).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            workers.work([workers.Job("a", run), workers.Job("b", run)], 2)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert len(ended) == 2
    assert all(ended)


def write_tests(folder, names):
    for name, size in names.items():
        (folder / name).write_text("#" * size)


def test_shares_take_about_as_long_and_hold_every_file_once(monkeypatch, tmp_path):
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))
    monkeypatch.setattr(pytest_runs, "MEASURED", str(tmp_path / "durations.json"))
    monkeypatch.setattr(pytest_runs, "TIMES", str(tmp_path / "times.json"))
    sizes = {f"test_{number}.py": 1000 * number for number in range(1, 12)}
    write_tests(tmp_path, sizes)
    shares = pytest_runs.shares(list(sizes), 3)
    assert sorted(path for _seconds, paths in shares for path in paths) == sorted(sizes)
    seconds = [total for total, _paths in shares]
    assert max(seconds) - min(seconds) <= pytest_runs.SECONDS_A_KB * 11
    # What was measured counts more than its size.
    pytest_runs.keep_times({"test_1.py": 1000.0})
    assert pytest_runs.shares(list(sizes), 3)[0] == (1000.0, ["test_1.py"])


def test_files_of_a_kept_base_class_are_in_one_share(monkeypatch, tmp_path):
    """What the base class sets up is set up once in the share, by the first class of it, and undone by none before the last."""
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))
    monkeypatch.setattr(pytest_runs, "MEASURED", str(tmp_path / "durations.json"))
    monkeypatch.setattr(pytest_runs, "TIMES", str(tmp_path / "times.json"))
    cases = tmp_path / f"{runtime.ADDON}" / "tests" / "cases"
    cases.mkdir(parents=True)
    (cases / "long.py").write_text(
        'class LongCase(Case):\n    """It is long."""\n\n    kept = True\n\n\nclass ShortCase(Case):\n    pass\n'
    )
    pytest_runs.kept_bases.cache_clear()
    for number in range(1, 10):
        base = "LongCase" if number % 3 == 1 else "ShortCase"
        (tmp_path / f"test_{number}.py").write_text(f"from .cases.long import {base}\n")
    shares = pytest_runs.shares([f"test_{number}.py" for number in range(1, 10)], 3)
    pytest_runs.kept_bases.cache_clear()
    [together] = [paths for _seconds, paths in shares if "test_1.py" in paths]
    assert {"test_1.py", "test_4.py", "test_7.py"} <= set(together)
    assert sorted(path for _seconds, paths in shares for path in paths) == [
        f"test_{number}.py" for number in range(1, 10)
    ]


def test_classes_of_a_kept_base_follow_one_another():
    class Long:
        kept = True

    class First(Long):
        pass

    class Second(Long):
        pass

    def item(cls):
        return types.SimpleNamespace(cls=cls)

    items = [item(object), item(First), item(None), item(Second), item(object)]
    assert kept_fixtures.together(items) == [items[0], items[1], items[3], items[2], items[4]]


def test_shares_are_the_same_in_every_clone(monkeypatch, tmp_path):
    """What the clone says counts more than what this machine measured, until it is shipped."""
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))
    monkeypatch.setattr(pytest_runs, "MEASURED", str(tmp_path / "durations.json"))
    monkeypatch.setattr(pytest_runs, "TIMES", str(tmp_path / "times.json"))
    write_tests(tmp_path, {"test_a.py": 10, "test_b.py": 10})
    pytest_runs.keep_times({"test_a.py": 4.04, "test_b.py": 2.0, "test_gone.py": 9.0})
    assert pytest_runs.ship_times() == {"test_a.py": 4.0, "test_b.py": 2.0}
    pytest_runs.keep_times({"test_a.py": 1.0, "test_c.py": 3.0})
    assert pytest_runs.known_times() == {
        "test_a.py": 4.0,
        "test_b.py": 2.0,
        "test_c.py": 3.0,
        "test_gone.py": 9.0,
    }


def test_what_is_expected_of_the_files_of_this_clone_is_written_down():
    shipped = pytest_runs.read_times(pytest_runs.TIMES)
    known = [path for path in pytest_runs.test_files() if path in shipped]
    assert len(known) > 100
    assert {name for name in shipped if name.startswith("tests_install/")}


def test_a_browser_is_slow(monkeypatch, tmp_path):
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))
    write_tests(tmp_path, {"test_a.py": 100})
    (tmp_path / "test_tour.py").write_text('self.start_tour("/odoo")')
    assert (
        pytest_runs.expected_seconds("test_tour.py", {}) > pytest_runs.expected_seconds("test_a.py", {}) + 10
    )


def test_each_worker_has_its_own_copy_dropped_at_the_end(monkeypatch):
    copied, dropped = [], []
    monkeypatch.setattr(database, "copy", lambda _server, source, target: copied.append((source, target)))
    monkeypatch.setattr(runtime, "drop_database", lambda _server, name: dropped.append(name))
    copies = pytest_runs.Copies({}, "charter_test")
    assert [copies.of(worker) for worker in (1, 2, 1)] == [
        "charter_test_1",
        "charter_test_2",
        "charter_test_1",
    ]
    assert copied == [("charter_test", "charter_test_1"), ("charter_test", "charter_test_2")]
    copies.drop()
    assert dropped == ["charter_test_1", "charter_test_2"]


def test_every_check_test_and_life_is_a_job(monkeypatch, tmp_path):
    monkeypatch.setattr(pytest_runs, "MEASURED", str(tmp_path / "durations.json"))
    options = argparse.Namespace(db="charter_test", fresh=True, workers=2)
    copies = pytest_runs.Copies({}, "charter_test")
    jobs = test_command.database_jobs({}, options, copies)
    names = [job.name for job in jobs]
    lives = [name for name in names if name.startswith("life of a database: ")]
    files = {path.name for path in Path(bootstrap.ROOT, "tests_install").glob("test_*.py")}
    assert {path.name for _name, path, _chosen in test_command.lives()} == files
    # One file has a life for each version.
    assert len(lives) == len(files) - 1 + len(runtime.landed_versions())
    assert len([name for name in names if name.startswith("tests with Odoo")]) == copies.shares
    assert set(pytest_runs.test_files()) == {
        path.relative_to(bootstrap.ROOT).as_posix()
        for addon in runtime.addons()
        for path in Path(bootstrap.ROOT, addon, "tests").rglob("test_*.py")
    }
    assert all(set(job.after) <= set(names) for job in jobs)
    assert len(names) == len(set(names))


def test_the_lives_of_the_versions_select_every_test_of_their_file_once():
    """Also one that is of no version: the last of them has whatever the others have not."""
    *some, last = [chosen for _name, _path, chosen in test_command.lives() if chosen]
    assert some == runtime.landed_versions()[:-1]
    assert last == " and ".join(f"not {version}" for version in some)


def run_tests(tmp_path, monkeypatch, text, show=False):
    (tmp_path / "test_it.py").write_text("import pytest\n" + text)
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))
    return pytest_runs.run_pytest("it", ["-q", "-p", "no:odoo", "-p", "no:cacheprovider", "test_it.py"], show)


@pytest.mark.parametrize(
    ("text", "passed", "failed", "named"),
    [
        ("def test_a(): pass\ndef test_b(): pass\n", 2, 0, ""),
        ("def test_a(): assert 0\ndef test_b(): pass\n", 1, 1, "test_it.py::test_a"),
        ("def test_a(): pytest.skip('later')\n", 0, 1, "later"),
        ("@pytest.fixture\ndef f(): 1/0\ndef test_a(f): pass\n", 0, 1, "test_it.py::test_a"),
        ("import nothing_of_that_name\n", 0, 1, "test_it.py"),
        ("", 0, 1, ""),
    ],
)
def test_what_does_not_pass_is_a_failure_with_its_name(monkeypatch, tmp_path, text, passed, failed, named):
    result = run_tests(tmp_path, monkeypatch, text)
    assert (result.passed, result.failed) == (passed, failed)
    assert named in " ".join(result.named)
    assert bool(result.details) is bool(failed)


def test_the_summary_ends_with_the_closing_line_and_names_what_failed(capsys):
    results = [
        workers.Result("share 1", 5, 0, 1.0),
        workers.Result("share 2", 3, 2, 1.0, "whole output", ("a.py::test_x - no", "b.py::test_y - no")),
    ]
    assert test_command.summary(results, 2.0, shown=True) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "8 passed, 2 failed"
    assert "    FAILED a.py::test_x - no" in lines
    assert "whole output" not in "".join(lines)
    assert test_command.summary(results[:1], 2.0, shown=True) == 0


# Pinned downloads


def test_every_pinned_package_has_a_hash():
    for name, least in (*((name, 11) for name in bootstrap.REQUIREMENTS), (bootstrap.BUILD_REQUIREMENTS, 1)):
        text = Path(bootstrap.ROOT, name).read_text()
        assert len(requirements.pinned(text)) >= least
        assert requirements.unhashed(text) == []


def test_a_requirement_without_a_hash_is_named():
    text = "one==1 \\\n    --hash=sha256:aa\n# why\ntwo==2\n"
    assert requirements.unhashed(text) == ["two"]


def test_new_hashes_take_the_place_of_the_old_and_comments_stay():
    text = "# Head.\n\none==1  # why one\n# why two\nTwo_x==2 \\\n    --hash=sha256:old \\\n    --hash=sha256:older\n"
    found = requirements.rewritten(text, {"one": ["a"], "two-x": ["b", "c"]})
    assert found == (
        "# Head.\n\n# why one\none==1 \\\n    --hash=sha256:a\n"
        "# why two\nTwo_x==2 \\\n    --hash=sha256:b \\\n    --hash=sha256:c\n"
    )
    assert requirements.rewritten(found, {"one": ["a"], "two-x": ["b", "c"]}) == found
    assert requirements.pinned(found) == {"one": ("one", "1"), "two-x": ("Two_x", "2")}


def test_hashes_are_read_as_they_are_written():
    text = "one==1 \\\n    --hash=sha256:bb \\\n    --hash=sha256:aa\n# via nobody\nTwo_x==2 \\\n    --hash=sha256:cc\n"
    assert requirements.hashed(text) == {"one": ["aa", "bb"], "two-x": ["cc"]}


def uv(monkeypatch, text, code=0):
    def run(command, **_options):
        Path(command[command.index("--output-file") + 1]).write_text(text)
        return subprocess.CompletedProcess(command, code, "", "no network")

    monkeypatch.setattr(requirements.subprocess, "run", run)


def test_a_package_without_a_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(requirements, "ROOT", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("one==1\ntwo==2\n")
    uv(monkeypatch, "one==1 \\\n    --hash=sha256:aa\n")
    with pytest.raises(bootstrap.SetupError, match="no file of two"):
        requirements.hashes_of("requirements.txt")
    uv(monkeypatch, "", 2)
    with pytest.raises(bootstrap.SetupError, match="no network"):
        requirements.hashes_of("requirements.txt")


def test_packages_are_installed_by_their_hashes_only(monkeypatch, state):
    ran, read = [], []

    def run(args, *_rest, **_more):
        ran.append(args)
        read.append(Path(args[-1]).read_text())
        return 1.0

    monkeypatch.setattr(bootstrap, "VENV", str(state / "venv"))
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", sys.executable)
    monkeypatch.setattr(bootstrap, "run", run)
    bootstrap.ensure_venv("test")
    [[build, *_options], *others] = [sorted(requirements.pinned(text)) for text in read]
    assert build == "setuptools", "what builds is there first"
    wanted = [
        set(requirements.pinned(Path(bootstrap.ROOT, name).read_text())) for name in bootstrap.REQUIREMENTS
    ]
    assert sorted(name for part in others for name in part) == sorted(set().union(*wanted)), "each once"
    assert sum(map(len, wanted)) == sum(map(len, others)), "no package is in two lists"
    assert [requirements.unhashed(text) for text in read] == [[]] * len(read)
    assert len(read) == 1 + bootstrap.PARTS
    assert all({"--require-hashes", "--no-deps", "--no-build-isolation"} <= set(args) for args in ran)


def test_every_command_that_installs_from_an_index_asks_for_hashes():
    root = Path(bootstrap.ROOT)
    found = 0
    for path in (
        root / "docker" / "Dockerfile",
        *root.glob("docs/**/*.md"),
        *root.glob("*.md"),
        *LIB.glob("*.py"),
    ):
        text = path.read_text().replace("\\\n", " ")
        for line in re.findall(r"pip3? install [^\n`]*-r [^\n]*|pip3? install [^\n`]*odoo-addon[^\n]*", text):
            found += 1
            assert "--require-hashes" in line, (path, line)
    assert found >= 2


def test_no_list_of_a_suite_is_taken_after_its_date():
    for path in LIB.glob("*.py"):
        assert "Valid-Until" not in path.read_text(), path


@pytest.fixture
def packages(state, monkeypatch):
    """A mirror of one package, for the list that pins it; the file apt's helper "downloads"."""
    listing, offered = state / "odoo.sha256", state / "offered.deb"
    offered.write_bytes(b"package")
    digest = bootstrap.fingerprint(offered)
    listing.write_text(f"# Head.\n{digest}  pool/main/o/odoo/odoo-19_1_all.deb\n")
    monkeypatch.setattr(bootstrap, "ODOO_PACKAGES", str(listing))
    monkeypatch.setattr(bootstrap, "have_program", lambda *names: True)
    monkeypatch.setattr(bootstrap, "debian_mirror", lambda wanted: ("https://mirror.example/debian/", "key"))
    monkeypatch.setattr(
        bootstrap.os.path, "exists", lambda path, real=os.path.exists: "apt" in str(path) or real(path)
    )
    asked, unpacked = [], []

    def run(args, what, remedy, **_options):
        asked.append(args)
        Path(args[-2]).write_bytes(offered.read_bytes())

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "unpack", lambda found, target, what: unpacked.extend(found))
    return offered, asked, unpacked


def test_odoo_is_the_package_that_is_pinned(packages):
    _offered, asked, unpacked = packages
    assert bootstrap.odoo_from_pinned_packages("target")
    [[*_options, address, _path, digest]] = asked
    assert address == "https://mirror.example/debian/pool/main/o/odoo/odoo-19_1_all.deb"
    assert digest == f"SHA256:{bootstrap.pinned_packages()[0][0]}"
    assert [Path(path).name for path in unpacked] == ["odoo-19_1_all.deb"]


def test_another_file_under_its_name_is_refused(packages):
    offered, _asked, unpacked = packages
    offered.write_bytes(b"another")
    with pytest.raises(bootstrap.SetupError, match="not the package that is pinned"):
        bootstrap.odoo_from_pinned_packages("target")
    assert unpacked == []


def test_a_package_the_mirror_has_no_more_is_replaced_and_said_so(packages, monkeypatch, capsys):
    _offered, _asked, unpacked = packages

    def gone(*_args, **_options):
        raise bootstrap.SetupError("404")

    monkeypatch.setattr(bootstrap, "run", gone)
    monkeypatch.setattr(bootstrap, "odoo_from_git", lambda target: False)
    taken = []
    monkeypatch.setattr(bootstrap, "unpack_debian", lambda suite, names, *_rest: taken.append((suite, names)))
    bootstrap.fetch_odoo("checkout", "unpacked")
    assert taken == [("sid", ["odoo-19"])]
    assert unpacked == []
    assert "no mirror here any more" in capsys.readouterr().out


def test_the_pinned_packages_are_odoo_19_and_what_its_pages_need():
    names = bootstrap.package_names()
    assert names[0] == "odoo-19"
    assert {"libjs-jquery", "libjs-underscore", "fonts-font-awesome"} <= set(names)
    assert all(
        len(digest) == 64 and place.startswith("pool/main/") for digest, place in bootstrap.pinned_packages()
    )


@pytest.mark.parametrize("commit", ["19.0", "abc", "--upload-pack=x", "A" * 40])
def test_a_commit_is_named_whole(monkeypatch, commit):
    monkeypatch.setenv("ODOO_COMMIT", commit)
    with pytest.raises(bootstrap.SetupError, match="not a whole commit"):
        bootstrap.odoo_from_git("target")


# What a change touches


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        ("models/renewal/charter_renewal.py", {"test_renewal.py", "test_renewal_gate.py"}),
        ("views/renewal/charter_renewal_views.xml", {"test_renewal.py", "test_renewal_gate.py"}),
        ("tests/renewal/test_renewal.py", {"test_renewal.py"}),
        ("security/ir.model.access.csv", set()),
    ],
)
def test_a_change_has_the_tests_of_its_name(path, tests):
    found = changes.tests_of([f"{runtime.ADDON}/{path}"])
    assert {Path(name).name for name in found} == tests


def test_a_change_of_a_tool_a_command_or_a_glue_addon_has_its_tests():
    assert "tests/test_clock.py" in changes.tests_of([f"{runtime.ADDON}/tools/clock.py"])
    assert changes.tests_of(["bin/lib/runtime.py"]) == ["tests/test_environment.py"]
    glue = f"{runtime.ADDON}_project"
    assert changes.tests_of([f"{glue}/views/project_views.xml"]) == [f"{glue}/tests/test_project.py"]
    assert changes.tests_of(["README.md"]) == []


def test_what_differs_is_what_was_committed_changed_or_added(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "ROOT", str(tmp_path))
    for number, command in enumerate(("init -q -b main", "add .", "commit -qm one", "checkout -q -b mine")):
        for name in ("kept", "gone", "edited") if number == 0 else ():
            (tmp_path / name).write_text("one")
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *command.split()],
            cwd=tmp_path,
            check=True,
        )
    (tmp_path / "edited").write_text("two")
    (tmp_path / "new").write_text("one")
    (tmp_path / "gone").unlink()
    assert changes.changed_files(changes.merge_base()) == ["edited", "new"]


def test_without_a_main_branch_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "ROOT", str(tmp_path))
    subprocess.run(["git", "init", "-q", "-b", "other"], cwd=tmp_path, check=True)
    with pytest.raises(bootstrap.SetupError, match="git fetch"):
        changes.merge_base()


MODEL = """
class Tier(models.Model):
    \"\"\"A tier.\"\"\"

    name = fields.Char("Name")

    def act(self):
        \"\"\"Do it.\"\"\"
        {line}
        raise UserError(self.env._("No."))
"""


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (MODEL.format(line="self.check()"), False),
        (MODEL.format(line="pass").replace("Do it.", "Do it well."), False),
        (MODEL.format(line='self.check("level")'), True),
        (MODEL.format(line="pass").replace('"No."', '"Yes."'), True),
        (MODEL.format(line="pass").replace('fields.Char("Name")', "fields.Char()"), True),
        (MODEL.format(line="pass").replace("name =", "title ="), True),
        ("class Tier(", True),
    ],
)
def test_only_texts_that_changed_change_terms(monkeypatch, now, changed):
    path = f"{runtime.ADDON}/models/charter/charter_tier.py"
    monkeypatch.setattr(changes, "read", lambda _path: now)
    monkeypatch.setattr(changes, "git", lambda *_args: MODEL.format(line="pass"))
    assert changes.may_change_terms([path], "base") is changed


def test_only_files_with_words_change_terms(monkeypatch):
    addon = runtime.ADDON
    monkeypatch.setattr(changes, "git", lambda *_args: None)
    assert changes.may_change_terms([f"{addon}/models/charter/charter_tier.py"], "base"), "it is new"
    assert changes.may_change_terms([f"{addon}/i18n/fr.po"], "base")
    assert not changes.may_change_terms(
        [f"{addon}/tests/test_tier.py", f"{addon}/tools/clock.py", "bin/lib/a.py"], "base"
    )


# Translations


def entry(msgid, msgstr="", **options):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, occurrences=[("model:a,b:c.d", "0")], **options)


@pytest.mark.parametrize(
    ("translated", "problem"),
    [
        (entry("%(n)s <b>days</b>", "%(n)s <b>jours</b>"), None),
        (entry("other", "autre"), "missing"),
        (entry("%(n)s <b>days</b>"), "empty"),
        (entry("%(n)s <b>days</b>", "%(n)s <b>jours</b>", flags=["fuzzy"]), "fuzzy"),
        (entry("%(n)s <b>days</b>", "<b>jours</b>"), "placeholders"),
        (entry("%(n)s <b>days</b>", "%(n)s <i>jours</i>"), "placeholders"),
    ],
)
def test_translation_problems(translated, problem):
    found = translations.problems_of([entry("%(n)s <b>days</b>")], [translated])
    assert (
        (found[-1] if found else None) is None if problem is None else any(problem in line for line in found)
    )


def test_a_translation_must_be_applied_wherever_its_term_is():
    source = entry("Days")
    source.occurrences.append(("model:a,b:c.other", "0"))
    assert "c.other" in translations.problems_of([source], [entry("Days", "Jours")])[0]


def test_the_template_has_the_terms_of_the_sources():
    assert translations.template_problems([entry("Days")], [entry("Days")]) == []
    assert "Days" in translations.template_problems([entry("Days")], [])[0]
    assert "Weeks" in translations.template_problems([], [entry("Weeks")])[0]
    moved = entry("Days")
    moved.occurrences.append(("model:a,b:c.other", "0"))
    assert translations.template_problems([entry("Days")], [moved])


def test_percent_signs_of_a_sentence_are_no_placeholders():
    assert translations.placeholders("95 % kept") == translations.placeholders("95 % de tenues")


# Supply


@pytest.fixture(scope="module")
def own_files():
    """The paths of every file of the clone, but for what it made itself: there are a hundred times as many in .charter."""
    found = []
    for folder, inside, names in os.walk(LIB.parent.parent):
        inside[:] = [name for name in inside if name not in (".charter", ".git", "node_modules")]
        found += [Path(folder, name) for name in names]
    return found


def test_images_are_named_by_their_digest(own_files):
    files = [path for path in own_files if "ocker" in path.name]
    images = [
        image
        for path in files
        for image in re.findall(
            r"^\s*(?:FROM|image:)\s+(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    assert len(images) >= 3
    assert [image for image in images if not re.search(r":[\w.-]+@sha256:[0-9a-f]{64}$", image)] == []


def test_packages_of_node_are_locked_with_their_hashes(own_files):
    declared = [path for path in own_files if path.name == "package.json"]
    assert declared
    for path in declared:
        wanted = json.loads(path.read_text(encoding="utf-8"))["dependencies"]
        locked = json.loads(path.with_name("package-lock.json").read_text(encoding="utf-8"))["packages"]
        assert locked[""]["dependencies"] == wanted
        assert [
            name for name, package in locked.items() if name and "sha512-" not in package.get("integrity", "")
        ] == []
    # Nothing is installed that no lock names.
    for path in own_files:
        if path.suffix == ".py" and path != Path(__file__).resolve():
            assert not re.search(r"\"npm\", \"install\"|\"npx\"", path.read_text(encoding="utf-8")), path


# The order of tests


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_seed_gives_one_order_in_which_classes_stay_together(tmp_path, monkeypatch, seed):
    for name in ("a", "b", "c"):
        classes = (
            f"class Test{number}:\n    def test_1(self): pass\n    def test_2(self): pass\n"
            for number in range(3)
        )
        (tmp_path / f"test_{name}.py").write_text("".join(classes))
    monkeypatch.setattr(pytest_runs, "ROOT", str(tmp_path))

    def order(*options):
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:odoo",
            "-p",
            "order_plugin",
            "--collect-only",
            *options,
        ]
        text = subprocess.run(
            command, cwd=tmp_path, env=pytest_runs.environment(), capture_output=True, text=True, check=True
        )
        return [line for line in text.stdout.splitlines() if "::" in line]

    plain, mixed = order(), order("--shuffle", seed)
    assert mixed != plain
    assert sorted(mixed) == sorted(plain)
    assert mixed == order("--shuffle", seed)
    classes = [line.rpartition("::")[0] for line in mixed]
    assert classes[::2] == classes[1::2], "a class is set up once"
