"""A real Odoo with the addon, for real monitoring programs to post to by the recipes of the guides.

Run by ``bin/test --monitors``.
"""

import json
import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import programs  # noqa: E402  (the path above must be set first)
import runtime  # noqa: E402
import served  # noqa: E402

DB = "charter_monitors"
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
    for number in range(1, 9)
]


class Charter(served.Served):
    """What became of what the programs posted."""

    @property
    def key(self):
        return self.result["key"]

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


@pytest.fixture(scope="session")
def charter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("charter")
    with served.served(DB, folder, PREPARE % {"serials": SERIALS}) as odoo:
        odoo.__class__ = Charter
        yield odoo


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
