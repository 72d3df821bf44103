"""Load: fifty clients at once in front of two workers of a real server, for two minutes."""

import contextlib
import os
import random
import statistics
import subprocess
import threading
import time
from collections import Counter

import requests
import runtime
from bench import Line
from bootstrap import LOGS, ROOT
from lxml import html
from odoo import Command, fields

TITLE = "Load"
EXPLANATION = """
- *{users} users of the portal at once*, each of a client of its own with {rows} documents in each list, on `odoo --workers=2`: each opens a page of
  `/my/charter` (its lists, searched and paged, and documents), reads it for a second or two, and goes on, for {seconds} seconds; one page in
  twenty is a comment that is written and sent. The clients are threads on the same machine. Any answer that is not the page asked for is an error.
"""
WORKERS, PASSWORD = 2, "load-load-load"
PAGES = (
    "/my/charter", "/my/charter/promises", "/my/charter/interventions?q=Work", "/my/charter/feedback?sort=oldest",
    "/my/charter/escalations", "/my/charter/contacts", "/my/charter/documents", "/my/charter/reports", "/my/charter/equipment",
    "/my/charter/promises?page=2", "/my/charter/data", "/my/charter/notices", "/my/charter/reviews",
)  # fmt: skip
READS, SAYS_EVERY = (0.5, 2.5), 20


def measure(bench):
    users, seconds, rows = (5, 5, 5) if bench.quick else (50, 120, 20)
    people(bench, users, rows)
    with server(bench) as address:
        sessions = [log_in(address, number) for number in range(users)]
        taken, errors = play(address, sessions, seconds)
    times = sorted(taken)
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    said = "; ".join(f"{what} ×{count}" for what, count in errors.most_common(3)) or "none"
    line = Line(
        f"{users} users of the portal, {WORKERS} workers, {seconds} s: {len(times):,} pages",
        f"median {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, errors: {said}",
        goal="no error",
        met=not errors,
    )
    return EXPLANATION.format(users=users, seconds=seconds, rows=rows), [line]


def people(bench, users, rows):
    """Clients with a contract, work and a user of the portal each."""
    with bench.transaction(commit=True) as env:
        clients = env["res.partner"].create(
            [{"name": f"Load {number}", "is_company": True} for number in range(users)]
        )
        bench.contracts(env, clients.ids, env.ref("mileo_client_charter.tier_premium"))
        env.company.write({"charter_hourly_by_user": 0, "charter_hourly_by_address": 0})
        env["res.users"].with_context(no_reset_password=True).create(
            [
                {
                    "name": f"Contact {number}", "login": f"load{number}", "password": PASSWORD, "email": f"load{number}@x.example.com",
                    "partner_id": env["res.partner"].create({"name": f"Contact {number}", "parent_id": client.id}).id,
                    "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                }
                for number, client in enumerate(clients)
            ]
        )  # fmt: skip
        now = fields.Datetime.now()
        for client in clients:
            env["charter.intervention"].create(
                [{"name": f"Work {number}", "partner_id": client.id} for number in range(rows)]
            )
            env["charter.equipment"].create(
                [
                    {"name": f"Camera {number}", "serial": f"{client.id}-{number}", "partner_id": client.id}
                    for number in range(rows)
                ]
            )
            env["charter.feedback"]._charter_engine().create(
                [
                    {"channel": "portal", "partner_id": client.id, "company_id": env.company.id, "state": "answered",
                     "answered_at": now, "rating": 1 + number % 5, "comment": f"Words {number}"}
                    for number in range(rows)
                ]
            )  # fmt: skip


@contextlib.contextmanager
def server(bench):
    """The address of a prefork server on the benchmark's database."""
    port, gevent = runtime.free_port(8169), runtime.free_port(8469)
    command = runtime.odoo_command(
        bench.server,
        [
            f"--workers={WORKERS}", "-d", bench.database, f"--http-port={port}", f"--gevent-port={gevent}",
            "--max-cron-threads=0", "--log-level=warn", f"--db-filter=^{bench.database}$",
        ],
    )  # fmt: skip
    # A prefork server starts its own script again for the bus: “-m odoo” has none that can be.
    start = os.path.join(LOGS, "load-server.py")
    with open(start, "w", encoding="utf-8") as script:
        script.write("from odoo.cli.command import main\nmain()\n")
    place = command.index("-m")
    command[place : place + 2] = [start]
    log = os.path.join(LOGS, "load.log")
    with open(log, "wb") as output:
        # A worker hangs up where no request has come two seconds after it took the connection. A proxy sends it at once; a
        # thread among fifty in one Python, on a busy machine, may not get round to it.
        patient = {**os.environ, "ODOO_HTTP_SOCKET_TIMEOUT": "30"}
        process = subprocess.Popen(
            command, cwd=ROOT, env=patient, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )  # fmt: skip
    with runtime.stopping(process):
        runtime.wait_for_port(port, process, "The server", log)
        address = f"http://127.0.0.1:{port}"
        requests.get(f"{address}/web/login", timeout=120)
        yield address


def log_in(address, number):
    session = requests.Session()
    # As a proxy in front of Odoo asks: a worker serves one connection at a time, and would wait for the next page on it.
    session.headers["Connection"] = "close"
    page = html.fromstring(session.get(f"{address}/web/login", timeout=60).text)
    [token] = page.xpath("//form//input[@name='csrf_token']/@value")[:1]
    form = {"login": f"load{number}", "password": PASSWORD, "csrf_token": token}
    answer = session.post(f"{address}/web/login", form, timeout=60, allow_redirects=False)
    assert answer.status_code == 303, f"load{number} cannot log in"
    return session


def cause(error):
    """What an error of a request comes from, beneath what the library makes of it."""
    while error.__context__:
        error = error.__context__
    return f"{type(error).__name__}: {str(error)[:60]}" if str(error) else type(error).__name__


def play(address, sessions, seconds):
    """([seconds of each page], Counter of what went wrong)."""
    taken, errors, until = [], Counter(), time.monotonic() + seconds

    def live(number, session):
        dice = random.Random(number)
        time.sleep(dice.uniform(0, READS[1]))
        while time.monotonic() < until:
            try:
                if dice.randrange(SAYS_EVERY):
                    page(session, dice.choice(PAGES))
                else:
                    say(session, number)
            except (requests.RequestException, IndexError) as error:
                errors[cause(error)] += 1
            time.sleep(dice.uniform(*READS))

    def page(session, path, **options):
        started = time.perf_counter()
        method = "post" if "data" in options else "get"
        answer = session.request(method, address + path, timeout=60, allow_redirects=False, **options)
        taken.append(time.perf_counter() - started)
        expected = 303 if "data" in options else 200
        if answer.status_code != expected:
            errors[f"{path.partition('?')[0]}: {answer.status_code}"] += 1
        return answer

    def say(session, number):
        form = html.fromstring(page(session, "/my/charter/comment").text)
        hidden = {
            one.get("name"): one.get("value")
            for one in form.xpath("//form[@method='post']//input[@type='hidden']")
        }
        words = {**hidden, "comment": f"All is well {number} {time.monotonic()}", "rating": "5"}
        page(session, "/my/charter/comment", data=words)

    threads = [threading.Thread(target=live, args=pair, daemon=True) for pair in enumerate(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, errors
