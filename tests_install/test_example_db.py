"""The integrators' example, as an integrator has it: installed beside the addon, its own tests run, removed again.

Run by the environment's Python, as bin/test does: ``pytest -p no:odoo tests_install``. It works on a copy of the database
that ``test_jobs_db`` keeps (``charter_jobs_base``), with the addon installed.
"""

import os
import re

import polib
import pytest
import test_jobs_db
from life import ADDON, ROOT, Life, database, runtime
from translations import problems_of

EXAMPLE = "charter_example_site_visit"
FOLDER = ROOT / "examples" / EXAMPLE
DB = "charter_example"
TESTS = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")

VISIT = """
    draft = env["charter.document"].search([("state", "=", "draft"), ("commitment_ids.code", "=", "site.visit")])
    draft.action_publish()
    client = env["res.partner"].create({"name": "Client", "is_company": True})
    client.charter_account_manager_id = client.charter_technical_contact_id = env.ref("base.user_admin")
    visits = env["site.visit"].create([{"name": "One", "partner_id": client.id}, {"name": "Two", "partner_id": client.id}])
    visits[0].findings = "Seen"
    visits[0].action_done()
    env.cr.commit()
    result["states"] = visits.obligation_ids.sorted("res_id").mapped("state")
"""
EXPORT = """
    import os, unittest.mock
    from odoo.tools.translate import trans_export
    walk = os.walk
    only = lambda top, **options: walk({folder!r}, **options) if top == {examples!r} else iter(())
    with open({target!r}, "wb") as output, unittest.mock.patch("os.walk", only):
        trans_export(None, [{example!r}], output, "po", env)
"""
AFTER = """
    promises = env["charter.obligation"].search([("res_model", "=", "site.visit")], order="res_id")
    result["promises"] = [[p.state, p._origin_name(), p.display_name] for p in promises]
    env["charter.obligation"]._detect()
    for model in ("charter.obligation", "charter.defect", "charter.health", "charter.document", "res.partner"):
        env[model].search([], limit=80).read()
    try:
        promises[:1].action_open_origin()
    except Exception as error:
        result["opened"] = str(error)
    result["kinds"] = [kind for kind, _label in env["charter.defect"]._fields["kind"].selection]
"""


class Beside(Life):
    """The database that has the addon; the example's folder is on the addons path."""

    def __init__(self, server, folder):
        super().__init__(server, folder, DB, test_jobs_db.BASE, (), "")
        self.addons_path += f",{FOLDER.parent}"

    def build_base(self):
        database.ensure(self.server, self.base, [ADDON, test_jobs_db.GLUE], "jobs-install.log")

    def install(self):
        """Install the example and run its own tests. :return: (failed, errors, run)"""
        log = "charter_example-install.log"
        arguments = [
            "-d", DB, "-i", EXAMPLE, f"--addons-path={self.addons_path}", f"--test-tags=/{EXAMPLE}",
            f"--http-port={runtime.free_port(8490)}", "--stop-after-init", "--max-cron-threads=0",
        ]  # fmt: skip
        runtime.run_odoo(self.server, arguments, "The example's tests", log)
        text = runtime.read_log(os.path.join(runtime.LOGS, log))
        warnings = [line for line in text.splitlines() if " WARNING " in line and EXAMPLE in line]
        [counts] = TESTS.findall(text)
        return warnings, [int(count) for count in counts]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    exported = folder / "example.pot"
    # test_jobs_db holds the first lock while it works on the same base.
    with (
        runtime.postgres() as server,
        runtime.database_lock(test_jobs_db.DB),
        runtime.database_lock(DB),
        Beside(server, folder) as play,
    ):
        found = {}
        found["warnings"], found["tests"] = play.install()
        names = {"folder": str(FOLDER), "examples": str(FOLDER.parent), "target": str(exported)}
        found.update(play.shell(VISIT + EXPORT.format(example=EXAMPLE, **names)))
        found["terms"] = problems_of(polib.pofile(exported), polib.pofile(FOLDER / "i18n" / "fr.po"))
        play.uninstall(EXAMPLE)
        found.update(play.shell(AFTER))
        found["tables"] = play.query("SELECT tablename FROM pg_tables WHERE tablename LIKE 'site_visit%'")
        yield found


def test_its_own_tests(seen):
    failed, errors, run = seen["tests"]
    assert (failed, errors) == (0, 0)
    assert run >= 10
    assert seen["warnings"] == []


def test_its_french_is_complete(seen):
    assert seen["terms"] == []


def test_the_ledger_outlives_it(seen):
    assert seen["states"] == ["kept", "open"]
    assert [state for state, _origin, _name in seen["promises"]] == ["kept", "cancelled"]
    assert all(not origin and name for _state, origin, name in seen["promises"])
    assert "promise stays" in seen["opened"]


def test_nothing_else_is_left(seen):
    assert seen["tables"] == []
    assert "visit" not in seen["kinds"]
