"""A real Odoo with the addon, for real monitoring programs to post to by the recipes of the guides.

Run by ``bin/test --monitors``; the installed database is kept between runs (``charter_monitors_base``), each run works on a copy.
"""

import json
import os
import pathlib
import re
import subprocess
import textwrap

import database  # noqa: I001  (programs has put bin/lib on the path)
import programs
import pytest
import runtime

ROOT = pathlib.Path(__file__).parent.parent
BASE, DB = "charter_monitors_base", "charter_monitors"
GUIDES = (ROOT / "mileo_client_charter" / "readme" / "INTEGRATE.md", ROOT / "docs" / "monitors.md")

PREPARE = """
    company = env.company
    client = env["res.partner"].create({"name": "Alpine Conserves", "is_company": True})
    contract = env["contract.contract"].create({"name": "Maintenance", "partner_id": client.id, "company_id": company.id})
    env["charter.equipment"].create([
        {"name": serial, "serial": serial, "partner_id": client.id, "contract_id": contract.id, "company_id": company.id,
         "supervised_from": "2026-01-01"}
        for serial in %(serials)r
    ])
    key = env["charter.machine.key"].create({"kind": "monitoring", "name": "Monitors"}).action_make()
    result["key"] = key["context"]["default_key"]
    env.cr.commit()
"""
SERIALS = [
    f"{program}-{number}"
    for program in ("AM25", "AM33", "PROM", "NAGIOS", "ICINGA", "ZABBIX", "KUMA")
    for number in range(1, 7)
]


class Charter:
    """The served Odoo: its address, the key of a program, and what became of what was posted."""

    def __init__(self, server, url, key):
        self.server, self.url, self.key = server, url, key

    def rows(self, statement, *args):
        return runtime.query(self.server, DB, statement, *args)

    def outages(self, serial):
        """[(start, end, reason)] of an equipment, in naive UTC."""
        return self.rows(
            "SELECT o.start_at, o.end_at, o.reason FROM charter_outage o JOIN charter_equipment e ON e.id = o.equipment_id "
            "WHERE e.serial = %s ORDER BY o.start_at, o.id",
            serial,
        )

    def ended(self, serial, number=1):
        """The outages of an equipment once ``number`` of them have ended; else nothing yet."""
        rows = self.outages(serial)
        return len(rows) >= number and all(row[1] for row in rows) and rows

    def refusals(self, subject):
        return self.rows("SELECT cause, count, state FROM charter_outage_refusal WHERE subject = %s", subject)

    def shell(self, folder, script):
        return shell(self.server, folder, script)


def shell(server, folder, script):
    target = folder / "result.json"
    text = "import json\nresult = {}\n" + textwrap.dedent(script)
    text += f"\nwith open({str(target)!r}, 'w') as target:\n    json.dump(result, target)\n"
    runtime.run_odoo(server, ["shell", "-d", DB, "--no-http"], "A step", "monitors-shell.log", script=text)
    return json.loads(target.read_text())


@pytest.fixture(scope="session")
def charter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("charter")
    with runtime.postgres() as server, runtime.database_lock(DB):
        with runtime.database_lock(BASE):
            database.ensure(server, BASE, [runtime.ADDON], "monitors-install.log")
            database.copy(server, BASE, DB)
        try:
            key = shell(server, folder, PREPARE % {"serials": SERIALS})["key"]
            port = runtime.free_port(8490)
            log = os.path.join(runtime.LOGS, "monitors-server.log")
            arguments = ["-d", DB, f"--http-port={port}", "--max-cron-threads=0", "--workers=0"]
            with programs.running(runtime.odoo_command(server, arguments), log, port, "Odoo", cwd=ROOT):
                yield Charter(server, f"http://127.0.0.1:{port}", key)
        finally:
            runtime.drop_database(server, DB)


@pytest.fixture
def recipe(charter):
    """A function that gives a block of the guides as a reader copies it, with this run's address and key in it."""

    def block(language, holding):
        found = [
            text
            for guide in GUIDES
            for text in re.findall(rf"```{language}\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
            if holding in text
        ]
        assert len(found) == 1, f"{len(found)} blocks of {language} hold {holding!r}"
        [text] = found
        return text.replace("https://odoo.example.com", charter.url).replace("$CHARTER_KEY", charter.key)

    return block


@pytest.fixture
def folder():
    with programs.scratch() as path:
        yield pathlib.Path(path)


def pytest_sessionfinish(session):
    """The table of what ran, for docs/monitors.md."""
    rows = getattr(session.config, "charter_programs", [])
    if rows:
        pathlib.Path(runtime.LOGS, "monitors.json").write_text(json.dumps(rows, indent=1))
        for row in rows:
            print(f"\n{row[0]}: {row[1]}", end="")


@pytest.fixture(scope="session")
def ran(request):
    """Notes the program and the version that a test ran."""
    rows = request.config.charter_programs = []

    def note(program, version):
        if [program, version] not in rows:
            rows.append([program, version])

    return note


__all__ = ["subprocess"]
