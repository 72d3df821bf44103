"""The commands' own machinery: what bin/demo, bin/test and bin/odoo do before Odoo starts."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).resolve().parent.parent / "bin" / "lib"
sys.path.insert(0, str(LIB))

import bootstrap  # noqa: E402  (the path above must be set first)
import database  # noqa: E402
import polib  # noqa: E402
import runtime  # noqa: E402
import test_command  # noqa: E402
import translations  # noqa: E402


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


def test_a_supported_python_is_used_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 12, 1, "final", 0))
    assert bootstrap.base_python() == sys.executable


def test_beside_an_unsupported_python_the_newest_supported_one_is_used(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 15, 0, "final", 0))
    there = {"python3.11", "python3.12"}
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/opt/{name}" if name in there else None)
    assert bootstrap.base_python() == "/opt/python3.12"


def test_without_any_supported_python_the_supported_ones_are_named(monkeypatch):
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
    monkeypatch.setattr(bootstrap, "odoo_from_git", lambda target: pytest.fail("downloads"))
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


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ([("mileo_client_charter ground content",)], ("ground", "content")),
        ([(None,)], (None, None)),  # a build that was interrupted
        ([], (None, None)),  # no such database
        ([("somebody's own comment",)], (None, None)),
    ],
)
def test_only_a_complete_build_is_marked(monkeypatch, comment, expected):
    monkeypatch.setattr(database, "query", lambda *args: comment)
    assert database.built_from({}, "db") == expected


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
    assert paths[-1] == bootstrap.ROOT
    assert all(Path(path).is_dir() for path in paths)
    for addon in ("web", "base", "contract_line_successor"):
        assert any((Path(path) / addon / "__manifest__.py").exists() for path in paths), addon


def test_free_port_steps_over_a_busy_one():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert not runtime.port_is_free(port)
        assert runtime.free_port(port) > port


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


def log_problems(monkeypatch, state, text):
    monkeypatch.setattr(test_command, "LOGS", str(state))
    (state / "test.log").write_text(text)
    return test_command.check_log("charter_test").details


LINE = "2026-11-23 09:00:00,000 12 {} charter_test {}: {}\n"


def test_a_warning_that_names_the_addon_fails_the_run(monkeypatch, state):
    text = LINE.format("WARNING", "odoo.models", "mileo_client_charter: no label") + LINE.format(
        "INFO", "odoo.addons.mileo_client_charter", "fine"
    )
    assert "no label" in log_problems(monkeypatch, state, text)
    assert "fine" not in log_problems(monkeypatch, state, text)


def test_the_lines_of_a_traceback_belong_to_their_record(monkeypatch, state):
    text = LINE.format("ERROR", "odoo.http", "oops") + '  File ".../mileo_client_charter/models/a.py"\n'
    assert "oops" in log_problems(monkeypatch, state, text)


def test_a_warning_of_somebody_else_does_not(monkeypatch, state):
    assert not log_problems(monkeypatch, state, LINE.format("WARNING", "odoo.addons.mail", "slow"))
    assert not log_problems(monkeypatch, state, "")


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


def test_percent_signs_of_a_sentence_are_no_placeholders():
    assert translations.placeholders("95 % kept") == translations.placeholders("95 % de tenues")
