"""From the first landed version to this one: every row is kept, and what that version promised is gone on with.

The old version's own code, stored beside this file, builds and lives in the database; then this version updates it.
"""

import tarfile
from pathlib import Path

import pytest
from life import ADDON, Life, runtime
from test_lifecycle_db import BASE, BEFORE, CHAIN, LIVE

DB = "charter_upgrade"
FIRST = Path(__file__).parent / "data" / "mileo_client_charter-19.0.1.0.0.tar.xz"
# What the first version knew; a column it had may be gone, for a reason the migration names.
TABLES = ("obligation", "feedback", "escalation", "assignment", "document", "article", "commitment", "tier",
          "service_level", "intervention")  # fmt: skip
KEPT = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"

# Promises that have a document of their own by now are not declared kept in words any more; a column that was added
# to a table leaves its date.
CHANGES = {("commitment", "by_evidence"), ("intervention", "write_date"), ("commitment", "write_date")}

GO_ON = """
    contract = env["contract.contract"].search([("name", "=", "Of before")])
    company = contract.company_id
    env["charter.scheduler"]._cron_schedule()
    env["charter.contact.sheet"]._cron_contacts()
    env.cr.commit()
    env.invalidate_all()
    intervention = env["charter.intervention"].search([("name", "=", "Camera")])
    late = contract.obligation_ids.filtered(lambda o: o.code == "report.delivery" and o.state == "late")
    result.update(
        late=len(late),
        state=intervention.state,
        resolved=bool(intervention.resolved_at),
        deliveries=sorted(env["charter.delivery"].search([("partner_id", "=", contract.commercial_partner_id.id)]).mapped("kind")),
        version=env.ref("base.module_mileo_client_charter").latest_version,
        figures=bool(env["charter.figures"]._figures(contract, company._charter_today().replace(day=1), company._charter_today())),
    )
"""


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("upgrade")
    with tarfile.open(FIRST) as archive:
        # Debian 12's Python 3.11.2 knows no filters yet; this archive is our own.
        archive.extractall(
            folder / "first", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
        )
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Life(server, folder, DB, BASE, CHAIN, BEFORE) as play,
    ):
        with play.addon_from(folder / "first"):
            play.odoo("-i", ADDON)
            lived = play.shell(LIVE)
        columns = {table: [row[0] for row in play.query(KEPT % f"'charter_{table}'")] for table in TABLES}
        before = {table: rows(play, table, columns[table]) for table in TABLES}
        play.odoo("-u", ADDON)
        present = {table: {row[0] for row in play.query(KEPT % f"'charter_{table}'")} for table in TABLES}
        after = {
            table: rows(play, table, [name for name in columns[table] if name in present[table]])
            for table in TABLES
        }
        yield {"lived": lived, "before": before, "after": after, "went on": play.shell(GO_ON)}


def rows(play, table, columns):
    """{id: {column: text}} of a table."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f'"{name}"::text' for name in columns)
    assert names
    found = play.query(f"SELECT id, ARRAY[{values}] FROM charter_{table}")  # noqa: S608  (names from the catalogue)
    return {number: dict(zip(columns, texts, strict=True)) for number, texts in found}


def test_the_first_version_lived(upgraded):
    assert upgraded["lived"]["late"] == "late"
    assert all(upgraded["before"].values())


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_kept(upgraded, table):
    before, after = upgraded["before"][table], upgraded["after"][table]
    assert not before.keys() - after.keys(), "rows are gone"
    changed = {
        (table, column)
        for number, values in before.items()
        for column in after[number]
        if values[column] != after[number][column]
    }
    assert changed <= CHANGES


def test_what_was_promised_goes_on(upgraded):
    """What was late stays late, what was done is done, and each contact is handed what the first version only owed."""
    went_on = upgraded["went on"]
    assert went_on["version"] != "19.0.1.0.0"
    assert went_on["late"] == 1
    assert (went_on["state"], went_on["resolved"]) == ("closed", True)
    assert went_on["deliveries"] == ["charter", "contacts"]
    assert went_on["figures"]
