"""Real programs of others, unpacked from their packages into the state folder; nothing is installed.

Of Debian's two suites, so that each is an older and a newer one: programs run with the libraries of their own suite, by its own
loader, whatever the machine has.
"""

import contextlib
import glob
import pathlib
import subprocess
import tempfile
import time

import bootstrap
import runtime

FOLDER = pathlib.Path(bootstrap.STATE, "monitors")
SUITES = {
    "bookworm": ("prometheus-alertmanager", "prometheus", "nagios4-core", "icinga2-bin"),
    "sid": (
        "prometheus-alertmanager", "prometheus", "nagios4-core", "icinga2-bin", "zabbix-server-pgsql", "zabbix-frontend-php",
        "php-cli", "php-pgsql", "php-mbstring", "php-bcmath", "php-xml", "php-gd", "php-curl",
    ),
}  # fmt: skip
MAIL = ("postfix", "vacation", "dovecot-core", "dovecot-sieve")
REMEDY = "These tests need Debian's mirror: on another system run bin/test without --monitors and --mail."


def root(suite):
    """Folder of the unpacked monitoring programs of ``suite``, downloaded the first time (some minutes)."""
    return unpacked(suite, suite, SUITES[suite])


def mail_root(suite):
    """Folder of the unpacked mail programs of ``suite``, downloaded the first time (a minute)."""
    return unpacked(suite, f"mail-{suite}", MAIL)


def unpacked(suite, name, packages):
    """The folder ``name`` with these packages of ``suite`` and all they need."""
    target = FOLDER / name
    stamp = FOLDER / f"{name}.packages"
    wanted = " ".join(packages)
    if not bootstrap.stamp_matches(stamp, wanted):
        FOLDER.mkdir(exist_ok=True)
        with runtime.database_lock("monitors"):
            if not bootstrap.stamp_matches(stamp, wanted):
                bootstrap.shutil.rmtree(target, ignore_errors=True)
                what = f"{name}: {wanted}"
                bootstrap.unpack_debian(suite, packages, str(target), what, REMEDY, with_dependencies=True)
                bootstrap.write_stamp(stamp, wanted)
    return target


def command(suite, program, *arguments):
    """The command line of ``program`` (a path in its package) with the loader and the libraries of its suite.

    By a script of its own, for some programs start themselves again by the name they were called with.
    """
    folder = root(suite)
    script = FOLDER / f"{suite}-bin" / pathlib.Path(program).name
    if not script.exists():
        found = sorted(folder.glob("**/ld-linux-x86-64.so.2")) or sorted(folder.glob("**/ld-linux-*.so.*"))
        libraries = [
            *glob.glob(f"{folder}/usr/lib/*-linux-gnu"), *glob.glob(f"{folder}/lib/*-linux-gnu"),
            *glob.glob(f"{folder}/usr/lib/*-linux-gnu/*/"),
        ]  # fmt: skip
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            f'#!/bin/sh\nexec {found[0]} --argv0 "$0" --library-path {":".join(libraries)} {folder}{program} "$@"\n'
        )
        script.chmod(0o755)
    return [str(script), *map(str, arguments)]


def version(suite, program, *arguments, word):
    """The line of what the program says of itself that holds ``word``."""
    done = subprocess.run(command(suite, program, *arguments), capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if word in line]
    assert lines, done.stdout + done.stderr
    return lines[0].strip()


@contextlib.contextmanager
def running(arguments, log, port=None, what="The program", **options):
    """A process of ours, ended with the test; its output goes to ``log``."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=runtime.end_with_parent, **options
        )  # fmt: skip
    with runtime.stopping(process):
        if port:
            runtime.wait_for_port(port, process, what, str(log))
        yield process


def until(check, what, seconds=60):
    """What ``check`` gives as soon as it is true. :raise AssertionError: it was not within ``seconds``"""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.2)


def scratch():
    """A folder for one run of a program; its sockets need a short name."""
    return tempfile.TemporaryDirectory(prefix="real-")
