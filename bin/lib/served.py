"""A real Odoo with the addon that programs of others talk to: for the tests outside CI.

The installed database is kept between runs (``charter_monitors_base``); each run works on a copy of it.
"""

import contextlib
import json
import os
import textwrap
import urllib.request

import database
import programs
import runtime

BASE = "charter_monitors_base"


def shell(server, db, folder, script):
    """What a script of Odoo's shell puts into ``result``."""
    target = folder / "result.json"
    text = "import json\nresult = {}\n" + textwrap.dedent(script)
    text += f"\nwith open({str(target)!r}, 'w') as target:\n    json.dump(result, target)\n"
    log = f"shell-{folder.name}.log"
    runtime.run_odoo(server, ["shell", "-d", db, "--no-http"], "A step", log, script=text)
    return json.loads(target.read_text())


class Served:
    """The served Odoo: its database, its address, what the preparation gave."""

    def __init__(self, server, db, port, result):
        self.server, self.db, self.port, self.result = server, db, port, result
        self.url = f"http://127.0.0.1:{port}"

    def rows(self, statement, *args):
        return runtime.query(self.server, self.db, statement, *args)

    def shell(self, folder, script):
        return shell(self.server, self.db, folder, script)

    def call(self, model, method, *args, **kwargs):
        """A remote call as the administrator. :raise AssertionError: it failed"""
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": [self.db, 2, "admin", model, method, args, kwargs],
        }
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(f"{self.url}/jsonrpc", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            said = json.load(answer)
        assert "error" not in said, said["error"]["data"]["debug"]
        return said.get("result")


@contextlib.contextmanager
def served(db, folder, prepare):
    """An Odoo on a fresh copy of the installed database, after the script ``prepare``."""
    with runtime.postgres() as server, runtime.database_lock(db):
        with runtime.database_lock(BASE):
            database.ensure(server, BASE, [runtime.ADDON], "monitors-install.log")
            database.copy(server, BASE, db)
        try:
            result = shell(server, db, folder, prepare)
            port = runtime.free_port(8490)
            log = os.path.join(runtime.LOGS, f"{db}-server.log")
            arguments = ["-d", db, f"--http-port={port}", "--max-cron-threads=0", "--workers=0"]
            command = runtime.odoo_command(server, arguments)
            with programs.running(command, log, port, "Odoo", cwd=runtime.ROOT):
                yield Served(server, db, port, result)
        finally:
            runtime.drop_database(server, db)
