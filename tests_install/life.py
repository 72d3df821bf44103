"""A database of its own, lived through by real processes: what no test inside Odoo's transaction can show."""

import configparser
import contextlib
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import textwrap
from unittest import mock

import psycopg2

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import database  # noqa: E402  (the path above must be set first)
import odoo_log  # noqa: E402
import runtime  # noqa: E402
import wheels  # noqa: E402

ADDON = runtime.ADDON
# What a server does that is started with -i or -u, and then the environment a shell gives.
CHANGING = """
import threading
from odoo import api
from odoo.modules.registry import Registry
threading.current_thread().dbname = {db!r}
_cursor = Registry.new({db!r}, update_module=True, install_modules={install!r}, upgrade_modules={update!r}).cursor()
env = api.Environment(_cursor, api.SUPERUSER_ID, {{}})
env = env(context=env["res.users"].context_get())
_cursor.rollback()
"""
OPTIONS = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]


class Life:
    """``db``, a copy of ``base``: a database with ``modules`` and what the script ``before`` puts there, which is
    kept between runs."""

    def __init__(self, server, folder, db, base, modules, before):
        self.server = server
        self.folder = folder
        self.db = db
        self.modules = ",".join(modules)
        self.before = before
        self.base = base
        self.addons_path = runtime.addons_path()
        self.python = None

    def __enter__(self):
        # Other lives stand on the same base, and a database is copied while nobody uses it.
        with runtime.database_lock(self.base):
            self.build_base()
            database.copy(self.server, self.base, self.db)
        return self

    def __exit__(self, *_exc):
        if self.python:
            self.python.stop()
        runtime.drop_database(self.server, self.db)

    def from_packages(self):
        """From here on the project's addons and OCA's are those pip installs in a new environment. :return: path of the addons"""
        addons = wheels.install(self.folder)
        kept = [
            path for path in self.addons_path.split(",") if path not in (runtime.LINKS, runtime.OCA_ADDONS)
        ]
        self.addons_path = ",".join([*kept, str(addons)])
        # Odoo also takes the addons it finds among Python's packages: those of the new environment come first.
        places = [os.environ.get("PYTHONPATH", ""), str(addons.parent.parent)]
        self.python = mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, places)))
        self.python.start()
        return addons

    @contextlib.contextmanager
    def addon_from(self, folder):
        """Inside, the project's addons are those in ``folder``; what an earlier version logs is not ours to mend any more."""
        present = self.addons_path
        self.addons_path = ",".join(
            str(folder) if path == runtime.LINKS else path for path in present.split(",")
        )
        odoo_log.collecting = False
        try:
            yield
        finally:
            self.addons_path, odoo_log.collecting = present, True

    def build_base(self):
        """The database without the addon, built once for the Odoo and OCA versions there are."""
        pins = database.pinned_addons(database.REQUIREMENTS[2:])
        content = hashlib.sha256(f"{self.modules} {self.before} {pins}".encode()).hexdigest()[:16]
        mark = {"ground": database.ground_hash(), "content": content}
        if database.built_from(self.server, self.base) == mark:
            return
        modules = self.modules.split(",")
        database.lay_ground(self.server, self.base, modules)
        if set(modules) - set(database.ground_for(modules)[1]):
            install = ["-d", self.base, "-i", self.modules, "--without-demo=True", *OPTIONS]
            runtime.run_odoo(self.server, install, "The installation of the base", f"{self.base}.log")
        self.shell(self.before, self.base)
        database.mark_built(self.server, self.base, **mark)

    def odoo(self, *arguments):
        what = f"odoo {' '.join(arguments)}"
        runtime.run_odoo(
            self.server,
            ["-d", self.db, *arguments, f"--addons-path={self.addons_path}", *OPTIONS],
            what,
            f"{self.db}{arguments[0]}.log",
        )

    def uninstall(self, *modules):
        """``odoo module uninstall`` of ``modules``, of the addon without any; it takes the connection from a configuration file only."""
        options = {"addons_path": self.addons_path, "data_dir": runtime.DATA}
        options.update({f"db_{key}": value for key, value in self.server.items()})
        config = configparser.RawConfigParser()
        config["options"] = options
        path = self.folder / "odoo.conf"
        with path.open("w") as target:
            config.write(target)
        command = [
            sys.executable,
            "-m",
            "odoo",
            "module",
            "uninstall",
            "-c",
            str(path),
            "-d",
            self.db,
            *(modules or (ADDON,)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        log = done.stdout + done.stderr
        assert not done.returncode, log
        assert "Traceback" not in log, log
        assert not [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line], log

    def shell(self, script, db=None, **first):
        """Run ``script`` in ``odoo shell``; what it put into ``result``."""
        return self.shells({"": script}, db, **first)[""]

    def shells(self, scripts, db=None, install=(), update=()):
        """Run ``scripts`` ({name: script}) in one ``odoo shell``, one after the other; {name: what it put into ``result``}.

        Each begins as one alone would: what the script before it has not committed is rolled back, and nothing is cached.

        :param install: modules that the same process installs first, as a server does that goes on with ``-i``: a process more
            takes two seconds of a processor to begin
        :param update: modules that it updates first, as with ``-u``
        """
        target, db = self.folder / "result.json", db or self.db
        changing = bool(install or update)
        text = CHANGING.format(db=db, install=list(install), update=list(update)) if changing else ""
        text += "import json\n_results, _begun = {}, env\n"
        for name, script in scripts.items():
            text += f"env, result = _begun, {{}}\n{textwrap.dedent(script)}\n"
            text += f"_begun.cr.rollback()\n_begun.transaction.reset()\n_results[{name!r}] = result\n"
        text += f"with open({str(target)!r}, 'w') as target:\n    json.dump(_results, target)\n"
        text += "_cursor.close()\n" if changing else ""
        runtime.run_odoo(
            self.server,
            [
                "shell",
                *(() if changing else ("-d", db)),
                f"--addons-path={self.addons_path}",
                "--no-http",
                "--max-cron-threads=0",
            ],
            "A step",
            f"{self.db}-shell.log",
            script=text,
        )
        return json.loads(target.read_text())

    @contextlib.contextmanager
    def restored(self):
        """The name of a database with what ``pg_dump`` writes of this one, as a backup is put back; removed afterwards."""
        name, dump = f"{self.db}_restored", self.folder / "backup.dump"
        runtime.drop_database(self.server, name)
        runtime.create_database(self.server, name)
        try:
            with runtime.database_lock(name):
                self.run_postgres("pg_dump", "--format=custom", "--compress=0", f"--file={dump}", self.db)
                self.run_postgres(
                    "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={name}", str(dump)
                )
                yield name
        finally:
            dump.unlink(missing_ok=True)
            runtime.drop_database(self.server, name)

    def run_postgres(self, program, *arguments):
        """One of PostgreSQL's own programs, of the embedded server or of the system."""
        connection = [
            f"--{ {'user': 'username'}.get(key, key) }={value}" for key, value in self.server.items()
        ]
        given = os.environ.get("PGHOST") or os.environ.get("PGUSER")
        path = program if given else str(runtime.postgres_programs() / program)
        done = subprocess.run([path, *connection, *arguments], capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr

    def query(self, statement):
        try:
            return runtime.query(self.server, self.db, statement.replace("%", "%%"))
        except psycopg2.errors.UndefinedTable:
            return []
