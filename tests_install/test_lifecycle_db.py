"""The addon's life in a database with data of its own: installed from its wheels, lived with, updated, removed.

Real processes on a real database, which no test inside Odoo's transaction can show. Run by the environment's
Python, as bin/test does: ``pytest -p no:odoo tests_install``.
"""

import subprocess

import pytest
from life import ADDON, ROOT, Life, runtime

DB, BASE = "charter_lifecycle", "charter_lifecycle_base"
# What the addon depends on, and accounting's own users: a database as OCA contract leaves it.
CHAIN = ("contract_line_successor", "base_automation", "portal", "resource", "calendar")

BEFORE = """
    company = env.company
    client = env["res.partner"].create({"name": "Older client", "is_company": True})
    contact = env["res.partner"].create({"name": "Olga", "parent_id": client.id, "email": "olga@example.com"})
    def contract(name):
        return env["contract.contract"].create({
            "name": name, "partner_id": client.id, "company_id": company.id, "line_recurrence": True,
            "contract_line_ids": [(0, 0, {
                "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": "2020-03-01",
                "recurring_next_date": "2020-03-01", "recurring_rule_type": "monthly", "recurring_interval": 1})],
        })
    contract("Of before"), contract("Of before, left alone")
    env["res.partner"].create({"name": "Never under the charter"})
    env.cr.commit()
"""

LIVE = """
    before = env["charter.obligation"].search_count([])
    contract = env["contract.contract"].search([("name", "=", "Of before")])
    client, contact = contract.partner_id, contract.partner_id.child_ids
    # The client has no manager yet: what it says is kept all the same.
    contract.charter_tier_id = env.ref("mileo_client_charter.tier_premium")
    feedback = env["charter.feedback"]._from_portal(contact, rating=2, comment="Nobody came.")
    client.charter_account_manager_id = env.ref("base.user_admin")
    escalation = env["charter.escalation"]._from_portal(contact, "Late", "No answer")
    intervention = env["charter.intervention"].create({"name": "Camera", "partner_id": client.id})
    intervention.action_close()
    env["charter.document"].search([]).official_pdf = "JVBERi0="
    # Something late, on a contract too: activities and mails of the addon's on records that are not.
    report = contract.sudo().obligation_ids.filtered(lambda o: o.code == "report.delivery")
    env.cr.execute("SET LOCAL charter.door = 'open'")
    env.cr.execute("UPDATE charter_obligation SET due_at = now() at time zone 'UTC' - interval '1 hour' WHERE id = ANY(%s)",
                   [(report | feedback.obligation_ids).ids])
    env.cr.commit()
    env.invalidate_all()
    env.ref("mileo_client_charter.cron_clock").method_direct_trigger()
    env.cr.commit()  # its effects are another transaction's
    env.invalidate_all()
    # What an administrator made of it
    env.ref("mileo_client_charter.mail_promise_due").subject = "Our own words"
    env.ref("mileo_client_charter.automation_breach").active = False
    env.ref("mileo_client_charter.tier_premium").name = "Platinum"
    env.ref("mileo_client_charter.cron_schedule").interval_number = 2
    env.ref("mileo_client_charter.alias_escalation").alias_name = "complaints"
    env.ref("mileo_client_charter.rule_feedback_portal").active = False
    env.flush_all()
    result.update(
        obligations_at_installation=before,
        late=report.state, activities=contract.activity_ids.mapped("activity_type_id.name"),
        negative=feedback.negative, left_alone=env["contract.contract"].search_count([("name", "like", "left alone"), ("obligation_ids", "!=", False)]),
    )
    env.cr.commit()
"""

ADMINISTRATORS = """
    result.update(
        subject=env.ref("mileo_client_charter.mail_promise_due").subject,
        automation=env.ref("mileo_client_charter.automation_breach").active,
        tier=env.ref("mileo_client_charter.tier_premium").name,
        interval=env.ref("mileo_client_charter.cron_schedule").interval_number,
        alias=env.ref("mileo_client_charter.alias_escalation").alias_name,
        rule=env.ref("mileo_client_charter.rule_feedback_portal").active,
    )
"""

AFTER = """
    contract = env["contract.contract"].search([("name", "=", "Of before")])
    for model, kind in (("contract.contract", "form"), ("contract.contract", "list"), ("res.partner", "form"),
                        ("res.partner", "search"), ("res.config.settings", "form"), ("res.users", "form")):
        env[model].get_view(view_type=kind)
    contract.read(), contract.partner_id.read()
    contract.partner_id.name = "Older client, renamed"
    portal = env.ref("contract.rule_contract_contract_portal")
    result.update(
        contracts=env["contract.contract"].search_count([("name", "like", "Of before%")]),
        partners=env["res.partner"].search_count([("name", "in", ("Olga", "Never under the charter"))]),
        portal_rule=portal.domain_force,
        lines=contract.contract_line_ids.mapped("name"),
    )
    contract.copy()
"""

USED_FROM = """
    from odoo.addons import contract, mileo_client_charter
    result.update(path=mileo_client_charter.__file__, beside=contract.__file__)
"""

SEAL = """
    env["charter.seal"]._cron_seal()
    env.cr.commit()
    result.update(links=env["charter.seal"].search_count([]), broken=env["charter.seal"]._verify(env.company))
"""

# In a backup put back elsewhere: as it is, neutralised, and once a person is forgotten.
RESTORED = """
    from odoo.modules.neutralize import neutralize_database
    seals, company = env["charter.seal"], env.company
    head = seals.search([("company_id", "=", company.id)], limit=1).seal
    result.update(restored=seals._verify(company))
    neutralize_database(env.cr)
    env.invalidate_all()
    result.update(neutralised=seals._verify(company))
    contact = env["res.partner"].search([("name", "=", "Olga")])
    env["charter.anonymiser"]._forget(contact)
    env.flush_all()
    result.update(forgotten_waiting=seals._verify(company))
    seals._cron_seal()
    result.update(forgotten=seals._verify(company), kept=seals.search_count([("seal", "=", head)]))
    # And it would be found here as anywhere.
    env.cr.execute("ALTER TABLE charter_obligation DISABLE TRIGGER USER")
    env.cr.execute("UPDATE charter_obligation SET met = 1 - met WHERE id = (SELECT min(id) FROM charter_obligation WHERE state = 'late')")
    env.cr.execute("ALTER TABLE charter_obligation ENABLE TRIGGER USER")
    result.update(touched=[one["problem"] for one in seals._verify(company)])
"""

# Everything a database consists of. What the addon brings must be gone, and nothing else may be.
PARTS = {
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'ir_sequence_0%'",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "views": "SELECT id || ' ' || name FROM ir_ui_view",
    "menus": "SELECT id || ' ' || (name->>'en_US') FROM ir_ui_menu",
    "actions": "SELECT id || ' ' || type || ' ' || (name->>'en_US') FROM ir_actions",
    "scheduled actions": "SELECT id || ' ' || cron_name FROM ir_cron",
    "triggers": "SELECT cron_id::text FROM ir_cron_trigger t WHERE NOT EXISTS (SELECT 1 FROM ir_cron c WHERE c.id = t.cron_id)",
    "automations": "SELECT id || ' ' || (name->>'en_US') FROM base_automation",
    "groups": "SELECT id || ' ' || (name->>'en_US') FROM res_groups",
    "privileges": "SELECT id || ' ' || (name->>'en_US') FROM res_groups_privilege",
    "rules": "SELECT id || ' ' || name FROM ir_rule",
    "access rights": "SELECT id || ' ' || name FROM ir_model_access",
    "mail templates": "SELECT id || ' ' || (name->>'en_US') FROM mail_template",
    "aliases": "SELECT id || ' ' || coalesce(alias_name, '') FROM mail_alias",
    "activity types": "SELECT id || ' ' || (name->>'en_US') FROM mail_activity_type",
    "activities": "SELECT res_model || ' ' || coalesce(summary, '') FROM mail_activity",
    "numbering": "SELECT code FROM ir_sequence WHERE code IS NOT NULL",
    "attachments": "SELECT res_model || ' ' || name FROM ir_attachment WHERE res_model LIKE 'charter%' OR url LIKE '%mileo_client_charter%'",
    "messages": "SELECT model || ' ' || message_type FROM mail_message WHERE model LIKE 'charter%'",
    "followers": "SELECT res_model FROM mail_followers WHERE res_model LIKE 'charter%'",
    "parameters": "SELECT key FROM ir_config_parameter",
    "user defaults": "SELECT f.model || '.' || f.name FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id",
    "external ids": f"SELECT name FROM ir_model_data WHERE module = '{ADDON}'",
    "users": "SELECT login || active FROM res_users",
}


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """The addon's whole life, played once; what was seen at each age: {age: {part: values}}."""
    folder = tmp_path_factory.mktemp("lifecycle")
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Life(server, folder, DB, BASE, CHAIN, BEFORE) as play,
    ):
        yield through(play)


def through(play):
    seen = {"before": parts(play)}
    # As an administrator has it who installs packages and has no clone.
    addons = play.from_packages()
    play.odoo("-i", ADDON)
    seen |= play.shells({"lived": LIVE, "sealed": SEAL})
    with play.restored() as backup:
        seen["restored"] = play.shell(RESTORED, backup)
    seen["packages"] = {path.name: files(path) for path in addons.glob(f"{ADDON}*")}
    seen["used from"] = play.shell(USED_FROM)
    seen["rows"] = rows(play)
    seen["set"] = play.shell(ADMINISTRATORS)
    play.odoo("-u", ADDON)
    seen["rows updated"] = rows(play)
    seen |= play.shells({"set updated": ADMINISTRATORS, "sealed updated": SEAL})
    play.uninstall()
    seen["after"] = parts(play)
    seen["without"] = play.shell(AFTER)
    return seen


def parts(play):
    return {part: sorted(str(row[0]) for row in play.query(statement)) for part, statement in PARTS.items()}


def rows(play):
    """Every column of what the addon recorded, as text."""
    tables = ("obligation", "feedback", "escalation", "assignment", "document", "article", "commitment", "tier",
              "service_level", "intervention")  # fmt: skip
    return {
        table: sorted(row[0] for row in play.query(f"SELECT t::text FROM charter_{table} t"))
        for table in tables
    }


def files(folder):
    """What is in a folder, as git names it."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_the_disk_is_waited_for_again():
    """What ``bin/test`` turns off while it runs is on again afterwards, or as it was."""
    with runtime.postgres() as server:

        def settings():
            return [runtime.query(server, "postgres", f"SHOW {name}") for name in runtime.AGAINST_POWER_CUTS]

        before = settings()
        with runtime.without_waiting_for_the_disk(server):
            # A reload reaches a session that begins after it.
            assert settings() == [[("off",)]] * 2
        assert settings() == before


def test_a_package_has_all_of_its_addon(life):
    """Every addon of the project has a wheel, with each of its files and nothing else."""
    assert set(life["packages"]) == set(runtime.addons())
    for addon, packed in life["packages"].items():
        tracked = subprocess.run(
            ["git", "ls-files", "."], capture_output=True, text=True, check=True, cwd=ROOT / addon
        )
        assert packed == set(tracked.stdout.splitlines()) - {"pyproject.toml"}, addon


def test_it_ran_from_the_packages(life):
    for name in ("path", "beside"):
        assert "/environment/lib/" in life["used from"][name], life["used from"]


def test_installed_beside_existing_data(life):
    """Contracts and clients of before owe nothing until an administrator gives them a tier."""
    assert life["lived"]["obligations_at_installation"] == 0
    assert life["lived"]["left_alone"] == 0


def test_the_chain_of_seals_holds(life):
    """In a backup that was put back, neutralised or not, with a person forgotten, and after an update."""
    assert life["sealed"]["links"] > 1
    assert life["sealed"]["broken"] == []
    restored = life["restored"]
    for age in ("restored", "neutralised", "forgotten_waiting", "forgotten"):
        assert restored[age] == [], age
    assert restored["kept"] == 1, "the head of before is still a link"
    assert restored["touched"] == ["content"]
    assert life["sealed updated"] == life["sealed"]


def test_it_lived(life):
    assert life["lived"]["negative"] is True
    assert life["lived"]["late"] == "late"
    assert life["lived"]["activities"], "a promise of a contract is an activity on the contract"


@pytest.mark.parametrize(
    "table",
    ["obligation", "feedback", "escalation", "assignment", "document", "article", "commitment", "tier",
     "service_level", "intervention"],
)  # fmt: skip
def test_update_changes_no_row(life, table):
    assert life["rows"][table]
    assert life["rows updated"][table] == life["rows"][table]


def test_update_keeps_what_the_administrator_set(life):
    assert life["set"] == {
        "subject": "Our own words",
        "automation": False,
        "tier": "Platinum",
        "interval": 2,
        "alias": "complaints",
        "rule": False,
    }
    assert life["set updated"] == life["set"]


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_left_once_removed(life, part):
    before, after = set(life["before"][part]), set(life["after"][part])
    assert sorted(after - before) == [], "left behind"
    assert sorted(before - after) == [], "taken away"


def test_the_database_works_on(life):
    assert life["without"]["contracts"] == 2
    assert life["without"]["partners"] == 2
    assert life["without"]["lines"] == ["Maintenance"]
    assert "message_partner_ids" in life["without"]["portal_rule"]
