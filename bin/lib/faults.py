"""``bin/test --kills``: workers killed at random moments, in a PostgreSQL of their own (``tests_faults/lives.py``)."""

import os
import subprocess
import sys
import time

import database
import odoo_log
import runtime
from bootstrap import LIB, ROOT, SetupError, say
from runtime import addons
from workers import Result

NAME = "killed and run again"
# In the whole of bin/test: the same moments each time, as far as the machine keeps them.
KILLS, SEED = 40, "10"
FOLDER = os.path.join(ROOT, "tests_faults")


def possible():
    """Whether PostgreSQL is the embedded one: a copy of a server of somebody's own cannot be cut off."""
    return not (os.environ.get("PGHOST") or os.environ.get("PGUSER"))


def kills(db, count, seed, show=False):
    """Kill workers ``count`` times in a copy of ``db``; a Result."""
    started = time.time()
    if not possible():
        raise SetupError(
            "PostgreSQL is cut off too, and a copy of a server of yours cannot be: unset PGHOST and PGUSER."
        )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), LIB, FOLDER]),
    }
    # What a worker logs whose database went away is none of our warnings.
    environment.pop(odoo_log.COLLECTION, None)
    command = [sys.executable, "-W", "ignore", os.path.join(FOLDER, "lives.py"), str(count), seed, db]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, process_group=0,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    lines = []
    with process, runtime.stopping(process):
        for line in process.stdout:
            lines.append(line)
            if show:
                print(line, end="", flush=True)
    failed = int(bool(process.returncode))
    return Result(NAME, int(not failed), failed, time.time() - started, "".join(lines))


def kills_only(db, count, seed):
    """``bin/test --kills``."""
    with runtime.postgres() as server, runtime.database_lock(db):
        database.ensure(server, db, addons(), f"{db.removeprefix('charter_')}-install.log")
        say(f"{count} kills, seed {seed}")
        result = kills(db, count, seed, show=True)
    print()
    result.details = ""
    result.show()
    return result.failed
