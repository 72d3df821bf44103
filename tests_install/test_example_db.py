"""The integrators' examples, as an integrator has them: installed beside the addon, their own tests run, removed again.

With them a skeleton that ``bin/new`` makes of one; the charter's safety lists are run over all of them.

Run by the environment's Python, as bin/test does: ``pytest -p no:odoo tests_install``. It works on a copy of the database
that ``test_jobs_db`` keeps (``charter_jobs_base``), with the addon installed.
"""

import os
import re
import subprocess
import sys

import new_command
import polib
import pytest
import test_jobs_db
from life import ADDON, ROOT, Life, database, runtime
from translations import problems_of

EXAMPLE, DISPUTE = "charter_example_site_visit", "charter_example_invoice_dispute"
GLUE = "charter_example_meeting_glue"
EXAMPLES = ROOT / "examples"
# What bin/new makes of the example of a commitment.
SKELETON, SKELETON_CODE = "charter_callback_promise", "callback.promise"
# The tests that docs/recipes.md names: what they ask about is in tests/charter_lists.py of the addon.
BASE = ROOT / ADDON / "tests" / "base"
LISTS = [
    BASE / "test_safety_lists.py",
    BASE / "test_recorded.py",
    f"{BASE / 'test_merge.py'}::TestMergeSweep",
    *(
        f"{BASE / file}::{test}"
        for file, tests in {
            "test_engine.py": (
                "TestDoor::test_no_column_changes_in_sql_without_the_door",
                "TestDoor::test_foreign_keys_take_nothing_along_unseen",
                "TestDoor::test_nobody_edits_by_hand",
            ),
            "test_two_companies.py": (
                "TestTwoCompanies::test_every_model_says_whose_it_is",
                "TestTwoCompanies::test_access_table",
            ),
            "test_portal_pages.py": ("TestPortalPages::test_every_page_is_in_the_list",),
        }.items()
        for test in tests
    ),
]
DB = "charter_example"

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
# The clone is on the addons path too, and Odoo's export would take "examples" for the module.
EXPORT = """
    import os, unittest.mock
    from odoo.tools import translate
    walk = os.walk
    only = lambda top, **options: walk({folder!r}, **options) if top == {examples!r} else iter(())
    module = lambda self, path: {example!r}
    reader = translate.TranslationModuleReader
    with open({target!r}, "wb") as output, unittest.mock.patch("os.walk", only), \\
            unittest.mock.patch.object(reader, "_get_module_from_path", module):
        translate.trans_export(None, [{example!r}], output, "po", env)
"""
AFTER = """
    promises = env["charter.obligation"].search([("res_model", "=", "site.visit")], order="res_id")
    result["promises"] = [[p.state, p._origin_name(), p.display_name] for p in promises]
    promises._detect(promises._charter_now())
    for model in ("charter.obligation", "charter.defect", "charter.health", "charter.document", "res.partner"):
        env[model].search([], limit=80).read()
    try:
        promises[:1].action_open_origin()
    except Exception as error:
        result["opened"] = str(error)
    result["kinds"] = [kind for kind, _label in env["charter.defect"]._fields["kind"].selection]
"""


class Beside(Life):
    """The database that has the addon; the folders of the examples and of the skeleton are on the addons path."""

    def __init__(self, server, folder):
        super().__init__(server, folder, DB, test_jobs_db.BASE, (), "")
        self.made = folder / "made"
        new = [sys.executable, str(ROOT / "bin" / "lib" / "new_command.py")]
        subprocess.run([*new, "commitment", SKELETON_CODE, "--to", str(self.made)], check=True, cwd=ROOT)
        self.addons_path += f",{EXAMPLES},{self.made}"
        self.tested = [
            EXAMPLES / EXAMPLE / "tests",
            EXAMPLES / DISPUTE / "tests",
            EXAMPLES / GLUE / "tests",
            self.made / SKELETON / "tests",
            *LISTS,
        ]

    def build_base(self):
        database.ensure(self.server, self.base, [ADDON, test_jobs_db.GLUE], "jobs-install.log")

    def test(self):
        """Run their own tests, as bin/test runs those of the addons. :return: pytest's output"""
        extra = {"data-dir": runtime.DATA, **{f"db_{key}": value for key, value in self.server.items()}}
        command = [
            sys.executable, "-m", "pytest", "-q", *map(str, self.tested), f"--odoo-database={DB}", "--odoo-http",
            f"--odoo-addons-path={self.addons_path}", "--odoo-log-level=warn",
            *(f"--odoo-extra={key}={value}" for key, value in extra.items()),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Beside(server, folder) as play,
    ):
        found = {"terms": {}}
        play.odoo("-i", f"{EXAMPLE},{DISPUTE},{GLUE},{SKELETON}")
        found["log"] = runtime.read_log(os.path.join(runtime.LOGS, f"{DB}-i.log"))
        found["tests"] = play.test()
        homes = {EXAMPLE: EXAMPLES, DISPUTE: EXAMPLES, SKELETON: play.made}
        exported = {name: folder / f"{name}.pot" for name in homes}
        exports = "".join(
            EXPORT.format(
                example=name, folder=str(homes[name] / name), examples=str(homes[name]), target=str(target)
            )
            for name, target in exported.items()
        )
        found.update(play.shell(VISIT + exports))
        for name, target in exported.items():
            french = polib.pofile(str(homes[name] / name / "i18n" / "fr.po"))
            # A skeleton has the words of fields that other applications bring to a thread, where they are installed.
            found["terms"][name] = [
                one
                for one in problems_of(polib.pofile(target), french)
                if name != SKELETON or not one.startswith("no longer")
            ]
        play.uninstall(EXAMPLE, DISPUTE, GLUE, SKELETON)
        found.update(play.shell(AFTER))
        found["tables"] = play.query(
            "SELECT tablename FROM pg_tables WHERE tablename ~ '^(site_visit|invoice_dispute|callback_promise)'"
        )
        yield found


def test_its_own_tests(seen):
    assert re.search(r"^\d{2,3} passed", seen["tests"], re.MULTILINE), seen["tests"]
    assert not re.search(r"failed|error|skipped", seen["tests"].splitlines()[-1]), seen["tests"]
    warnings = [line for line in (seen["log"] + seen["tests"]).splitlines() if " WARNING " in line]
    assert [line for line in warnings if "charter" in line] == []


def test_their_french_is_complete(seen):
    assert seen["terms"] == {EXAMPLE: [], DISPUTE: [], SKELETON: []}


def test_the_ledger_outlives_it(seen):
    assert seen["states"] == ["kept", "open"]
    assert [state for state, _origin, _name in seen["promises"]] == ["kept", "cancelled"]
    assert all(not origin and name for _state, origin, name in seen["promises"])
    assert "commitment stays" in seen["opened"]


def test_nothing_else_is_left(seen):
    assert seen["tables"] == []
    assert "visit" not in seen["kinds"]


def own_lines(folder):
    """The lines of an addon that somebody writes: code, views and rights, without tests, comments and empty ones."""
    return [
        line
        for path in folder.rglob("*")
        if path.suffix in (".py", ".xml", ".csv") and "tests" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]


def test_a_skeleton_is_small(tmp_path):
    """A commitment of one's own is at most 250 lines before a word of it is changed, a glue addon a model of a few dozen."""
    for kind, name, least, most in (
        ("commitment", SKELETON_CODE, 100, 250),
        ("glue", "repair.order", 20, 60),
    ):
        made = new_command.make(kind, name, tmp_path)
        assert least < len(own_lines(made)) <= most, kind
        if kind == "glue":
            code = {path.name for path in made.rglob("*.py")} - {"__init__.py", "__manifest__.py"}
            assert code == {"repair_order.py", "test_repair_order.py"}, "a model and a test"
            assert not list(made.rglob("*.xml")), "alert and button are the mixin's"


def test_the_exercise_is_small():
    """A client disputes an invoice: a commitment of one's own is at most 250 lines, and no file of ours is edited for it."""
    assert 100 < len(own_lines(EXAMPLES / DISPUTE)) <= 250
    word = re.compile(r"invoice[._]?dispute", re.IGNORECASE)
    for folder in ROOT.glob(f"{ADDON}*"):
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".xml", ".csv", ".po") and "tests" not in path.parts:
                assert not word.search(path.read_text(encoding="utf-8")), (
                    f"{path}: the example is not to be named here"
                )
