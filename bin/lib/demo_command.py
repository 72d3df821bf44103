"""usage: bin/demo [--port N] [--db NAME] [--reset] [--stop-after-init]

A running Odoo with the Client Charter and a demo company, from nothing, on this machine only.
The first start builds the database (a few minutes with the downloads), later ones serve it at once.

    --port N            listen on this port (default: 8069, or the next one that is free)
    --db NAME           name of the demo database (default: charter_demo)
    --reset             forget everything entered in the demo and build it again
    --stop-after-init   build what is missing, print the addresses and logins, do not serve

Ctrl-C stops Odoo, the database server and the mail catcher; the data stays in .charter/.
PGHOST, PGPORT, PGUSER and PGPASSWORD choose another PostgreSQL server, ODOO_SRC another Odoo.
"""

import argparse
import ast
import contextlib
import http.client
import os
import pathlib
import re
import subprocess
import sys
import time

import database
import runtime
from bootstrap import LOGS, ROOT, SetupError, say
from runtime import ADDON

DEFAULT_PORT = 8069

# Login (the password is the same word), who that is, and for a client's contact the client.
LOGINS = (
    ("admin", "administrator", None),
    ("claire", "account manager", None),
    ("thomas", "technical contact", None),
    ("olivier", "operations manager", None),
    ("diane", "general management", None),
    ("alice", "client portal", "Alpine Retail SAS"),
    ("bruno", "client portal", "Bastide Logistics"),
)

# Only the project's own demo data: the demo data of Odoo's modules would bury it.
LOAD_DEMO = """
import importlib.util
from unittest.mock import patch
from odoo.tools.convert import convert_file
from passlib.context import CryptContext
env = env(context={{}}, su=True)
# The passwords of the demo are its logins: one round each. At the first login Odoo replaces such a hash by one of its own many rounds.
quick = CryptContext(["pbkdf2_sha512", "plaintext"], deprecated=["auto"], pbkdf2_sha512__rounds=1)
patch.object(type(env["res.users"]), "_crypt_context", lambda self: quick).start()
wanted = [("name", "in", {addons!r}), ("state", "=", "installed")]
installed = env["ir.module.module"].search(wanted).mapped("name")
for addon, files in {files!r}:
    if addon in installed:
        references = {{}}
        for path in files:
            print(f"loading {{addon}}/{{path}}", flush=True)
            convert_file(env, addon, path, references, mode="init", noupdate=True)
        story = f"odoo.addons.{{addon}}.demo.story"
        if files and importlib.util.find_spec(story):
            print(f"playing {{story}}", flush=True)
            importlib.import_module(story).play(env)
context = env["res.users"]._crypt_context()
for login in {logins!r}:
    env.flush_all()
    env.cr.execute("SELECT password FROM res_users WHERE active AND login = %s", [login])
    found = env.cr.fetchone()
    if not found or not context.verify(login, found[0]):
        raise SystemExit(f"The demo data make no active user {{login!r}} with the password {{login!r}}.")
env.cr.commit()
"""


def demo_files():
    """[(addon, [file])] as the manifests list them, the product before its glue addons."""
    found = []
    for addon in runtime.addons():
        manifest = ast.literal_eval(pathlib.Path(ROOT, addon, "__manifest__.py").read_text(encoding="utf-8"))
        found.append((addon, manifest.get("demo", [])))
    return found


def load_demo(server, db, address):
    say("Loading the demo company")
    # Before the story writes its mails: their links name this address.
    set_address(server, db, address)
    script = LOAD_DEMO.format(
        addons=runtime.addons(), files=demo_files(), logins=[login for login, _role, _client in LOGINS]
    )
    seconds = runtime.run_odoo(
        server,
        # The discard port: what the story sends stays in the queue until the mail catcher listens.
        ["shell", "-d", db, "--no-http", "--max-cron-threads=0", "--smtp=127.0.0.1", "--smtp-port=9"],
        "Loading the demo company",
        "demo-data.log",
        script=script,
    )
    say(f"  done in {seconds:.0f} s")


def build(server, db, reset, address):
    if ADDON not in runtime.addons():
        raise SetupError(f"There is no addon {ADDON} in {ROOT}; is the clone complete?")
    try:
        done = database.ensure(
            server,
            db,
            [ADDON],
            "demo-install.log",
            reset,
            after_install=lambda server, db: load_demo(server, db, address),
        )
    except SetupError as error:
        raise SetupError(f"{error}\nTo build the demo again from nothing: bin/demo --reset") from error
    if done == "updated":
        say("The demo company stays as it was; bin/demo --reset builds it from the present demo data")


def set_address(server, db, address):
    """Links in mails and the pages wkhtmltopdf reads must name the port this start listens on."""
    for key, value in (("web.base.url", address), ("report.url", address), ("web.base.url.freeze", "True")):
        statement = (
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
            "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
        )
        runtime.query(server, db, statement, key, value)


def check_logins(server, db):
    rows = runtime.query(
        server,
        db,
        "SELECT login FROM res_users WHERE active AND login = ANY(%s)",
        [login for login, *_rest in LOGINS],
    )
    missing = {login for login, *_rest in LOGINS} - {login for (login,) in rows}
    if missing:
        raise SetupError(
            f"The demo database lacks the user(s) {', '.join(sorted(missing))}.\n"
            "Build it again: bin/demo --reset"
        )


def choose_port(wanted):
    if wanted is None:
        return runtime.free_port(DEFAULT_PORT)
    if not 0 < wanted < 65536:
        raise SetupError(f"There is no port {wanted}: ports go from 1 to 65535.")
    if not runtime.port_is_free(wanted):
        raise SetupError(
            f"Port {wanted} cannot be had: something listens there already, or it is reserved for root.\n"
            "Choose another one with --port, or leave --port out to have a free one chosen."
        )
    return wanted


def welcome(address, mail):
    lines = [f"\nThe Client Charter demo: {address}", "", "Log in with (the password is the same word):"]
    for login, role, client in LOGINS:
        lines.append(f"    {login:<10}{role}" + (f", {client}" if client else ""))
    lines += [
        "",
        f"Clients log in at {address}/my, staff at {address}/odoo",
        f"Mail the demo sends: {mail}",
    ]
    print("\n".join(lines), flush=True)


def page_status(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def serve(server, db, port, smtp, mail):
    log = os.path.join(LOGS, "demo.log")
    address = f"http://127.0.0.1:{port}"
    options = [
        f"--database={db}",
        f"--db-filter=^{re.escape(db)}$",
        "--no-database-list",
        f"--http-port={port}",
        "--max-cron-threads=1",
        "--workers=0",
        "--smtp=127.0.0.1",
        f"--smtp-port={smtp}",
    ]
    started = time.time()
    say("Starting Odoo")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            runtime.odoo_command(server, options),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            preexec_fn=runtime.end_with_parent,
        )
    with runtime.stopping(process):
        runtime.wait_for_port(port, process, "Odoo", log, seconds=180)
        status = page_status(port, "/web/login")
        if status != 200:
            raise SetupError(f"The page /web/login answers {status} instead of 200.\nOdoo's log: {log}")
        say(f"  done in {time.time() - started:.0f} s")
        welcome(address, mail)
        print(f"Odoo's log: {os.path.relpath(log, ROOT)}\nCtrl-C stops everything.", flush=True)
        code = process.wait()
    tail = "\n".join(runtime.read_log(log).splitlines()[-15:])
    raise SetupError(f"Odoo ended by itself (exit {code}).\n{tail}\nWhole log: {log}")


def serve_on_free_port(server, options, port, smtp, mail):
    """Serve on ``port``, or on the next one where another program took it during the build and nobody asked for it."""
    while True:
        if options.port is None:
            port = choose_port(None)
        set_address(server, options.db, f"http://127.0.0.1:{port}")
        try:
            serve(server, options.db, port, smtp, mail)
        except SetupError:
            if options.port is not None or runtime.port_is_free(port):
                raise
            say(f"Another program took port {port} meanwhile")


def main():
    parser = argparse.ArgumentParser(prog="bin/demo", allow_abbrev=False, add_help=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--db", default="charter_demo")
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--stop-after-init", action="store_true")
    options = parser.parse_args()
    runtime.stop_on_signals()
    in_use = "Stop that one first (Ctrl-C in its terminal), or choose another database with --db."
    with runtime.postgres() as server, runtime.database_lock(options.db, in_use):
        port = choose_port(options.port)
        build(server, options.db, options.reset, f"http://127.0.0.1:{port}")
        check_logins(server, options.db)
        if options.stop_after_init:
            welcome(
                f"http://127.0.0.1:{port}",
                "its web page opens with the demo (sendria, port 1080 or the next)",
            )
            print("\nThe demo is built; bin/demo serves it.")
            return
        with runtime.mail_catcher() as (smtp, mail):
            serve_on_free_port(server, options, port, smtp, mail)


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"\nbin/demo stopped: {error}")
    except KeyboardInterrupt:
        print("\nStopped.")
