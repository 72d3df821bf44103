"""Installed on somebody's Odoo: website, sales, projects, maintenance, help desk, field service and leave, with data."""

import pytest
from life import ADDON, Life, runtime

DB, BASE = "charter_neighbours", "charter_neighbours_base"
NEIGHBOURS = (
    "contract_line_successor", "base_automation", "website", "sale_management", "crm", "project", "maintenance",
    "hr_holidays", "helpdesk_mgmt", "fieldservice", "privacy_lookup", "queue_job", "contract_sale",
)  # fmt: skip

BEFORE = """
    client = env["res.partner"].create({"name": "Neighbour", "is_company": True, "email": "n@example.com"})
    contact = env["res.partner"].create({"name": "Nora", "parent_id": client.id, "email": "nora@example.com"})
    env["contract.contract"].create({
        "name": "Of before", "partner_id": client.id, "line_recurrence": True,
        "contract_line_ids": [(0, 0, {
            "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": "2020-03-01",
            "recurring_next_date": "2020-03-01", "recurring_rule_type": "monthly", "recurring_interval": 1})]})
    product = env["product.product"].create({"name": "Camera", "list_price": 100})
    order = env["sale.order"].create({"partner_id": client.id, "order_line": [(0, 0, {"product_id": product.id})]})
    order.action_confirm()
    env["crm.lead"].create({"name": "More cameras", "partner_id": client.id})
    project = env["project.project"].create({"name": "Works", "partner_id": client.id})
    env["project.task"].create({"name": "Lay cables", "project_id": project.id})
    equipment = env["maintenance.equipment"].create({"name": "Recorder"})
    env["maintenance.request"].create({"name": "Disk", "equipment_id": equipment.id})
    env["helpdesk.ticket"].create({"name": "No picture", "description": "x", "partner_id": client.id})
    location = env["fsm.location"].create({"name": "Site", "owner_id": client.id})
    env["fsm.order"].create({"location_id": location.id})
    user = env["res.users"].create({
        "name": "Nadia", "login": "nadia", "email": "nadia@example.com", "phone": "+33 1 00 00 00 00",
        "group_ids": [(4, env.ref("base.group_user").id)]})
    env["hr.employee"].create({"name": "Nadia", "user_id": user.id})
    env.cr.commit()
"""

# What each neighbour is worth to its own users: its records are read, and its screens open.
MODELS = (
    "contract.contract", "sale.order", "crm.lead", "project.project", "project.task", "maintenance.request",
    "helpdesk.ticket", "fsm.order", "hr.leave", "res.partner", "website.page",
)  # fmt: skip
LOOK = f"""
    for model in {MODELS!r}:
        for kind in ("list", "form", "search"):
            env[model].get_view(view_type=kind)
        env[model].search([], limit=20).read()
    result["counts"] = {{model: env[model].search_count([]) for model in {MODELS!r}}}
    result["mails"] = env["mail.mail"].search_count([])
    result["promises"] = env["charter.obligation"].search_count([]) if "charter.obligation" in env else None
    result["addons"] = sorted(env["ir.module.module"].search(
        [("name", "=like", "mileo_client_charter%"), ("state", "=", "installed")]).mapped("name"))
"""

LEAVE = """
    from datetime import timedelta
    from odoo import fields
    company = env.company
    client = env["res.partner"].search([("name", "=", "Neighbour")])
    nadia, admin = env["res.users"].search([("login", "=", "nadia")]), env.ref("base.user_admin")
    admin.write({"phone": "+33 1 00 00 00 01", "email": "admin@example.com"})
    admin.company_ids.charter_stand_in_rule = "deputy"
    nadia.charter_deputy_id = admin
    contract = env["contract.contract"].search([("name", "=", "Of before")])
    client.charter_account_manager_id = nadia
    contract.charter_tier_id = env.ref("mileo_client_charter.tier_premium")
    kind = env["hr.leave.type"].create({"name": "Rest", "requires_allocation": False, "leave_validation_type": "manager"})
    first = company._charter_today() + timedelta(days=14 - company._charter_today().weekday())
    leave = env["hr.leave"].create({
        "name": "Away", "employee_id": nadia.employee_id.id, "holiday_status_id": kind.id,
        "request_date_from": first, "request_date_to": first + timedelta(days=4)})
    absences = env["charter.absence"].search([("user_id", "=", nadia.id)])
    result["asked for"] = len(absences)
    leave.action_approve()
    absence = env["charter.absence"].search([("user_id", "=", nadia.id)])
    result["validated"] = [(str(a.date_from - first), str(a.date_to - first), a.source, a.stand_in_id.login) for a in absence]
    result["handovers"] = absence.handover_ids.partner_id.mapped("name")
    leave.action_refuse()
    result["refused"] = absence.mapped("state")
    env.cr.commit()
"""


# contract_sale: a salesperson sees contracts of their own, those of nobody, and no others.
CONTRACTS = """
    def user(login, *groups):
        return env["res.users"].with_context(no_reset_password=True).create({
            "name": login, "login": login, "email": login + "@example.com",
            "group_ids": [(6, 0, [env.ref(group).id for group in ("base.group_user", *groups)])]})
    team, operations = ("mileo_client_charter.group_charter_" + name for name in ("user", "operations"))
    sales = "sales_team.group_sale_salesman"
    people = {
        "employee": user("c_employee"), "technician": user("c_technician", team),
        "operations": user("c_operations", operations), "seller": user("c_seller", sales),
        "seller of the team": user("c_team_seller", sales, team),
        "head of sales": user("c_head", "sales_team.group_sale_manager"),
        "accountant of the team": user("c_accountant", "account.group_account_invoice", team),
    }
    client = env["res.partner"].search([("name", "=", "Neighbour")])
    tier = env.ref("mileo_client_charter.tier_premium")
    line = {"name": "m", "quantity": 1, "price_unit": 1, "date_start": "2026-01-01", "recurring_next_date": "2026-01-01",
            "recurring_rule_type": "monthly", "recurring_interval": 1}
    contracts = env["contract.contract"].create([
        {"name": "%s %s" % (kind, owner), "partner_id": client.id, "charter_tier_id": under and tier.id,
         "user_id": people[owner].id, "line_recurrence": True, "contract_line_ids": [(0, 0, line)]}
        for kind, under in (("charter", True), ("other", False)) for owner in ("seller", "seller of the team", "head of sales")])
    env.flush_all()
    def seen_by(someone, model, field):
        rows = env[model].with_user(someone).with_context(allowed_company_ids=someone.company_ids.ids)
        if not rows.has_access("read"):
            return None
        return sorted(rows.search([(field, "in", contracts.ids)]).sudo().mapped("name" if field == "id" else "contract_id.name"))
    for model, field in (("contract.contract", "id"), ("contract.line", "contract_id")):
        result[model] = {name: seen_by(someone, model, field) for name, someone in people.items()}
    # Nothing of it stays: what is under the charter cannot be deleted.
    env.cr.rollback()
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours")
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Life(server, folder, DB, BASE, NEIGHBOURS, BEFORE) as play,
    ):
        before = play.shell(LOOK)
        found = play.shells({"during": LOOK, "contracts": CONTRACTS, "leave": LEAVE}, install=[ADDON])
        play.uninstall()
        yield {"before": before, **found, "after": play.shell(LOOK)}


def test_installing_changes_nothing_for_the_neighbours(seen):
    assert seen["during"]["counts"] == seen["before"]["counts"]
    assert all(count for model, count in seen["before"]["counts"].items() if model != "hr.leave")


def test_installing_promises_nothing_and_writes_to_nobody(seen):
    assert seen["during"]["promises"] == 0
    assert seen["during"]["mails"] == seen["before"]["mails"]


def test_the_glue_comes_with_what_it_joins(seen):
    assert seen["during"]["addons"] == runtime.addons()


def test_the_team_reads_the_contracts_under_the_charter_whoever_sold_them(seen):
    own, team, head = "seller", "seller of the team", "head of sales"
    charter = [f"charter {owner}" for owner in sorted((own, team, head))]
    other = [f"other {owner}" for owner in sorted((own, team, head))]
    assert seen["contracts"]["contract.contract"] == {
        "employee": None,
        "technician": charter,
        "operations": charter,
        own: [f"charter {own}", f"other {own}"],
        team: [*charter, f"other {team}"],
        head: charter + other,
        "accountant of the team": charter + other,
    }


def test_lines_are_read_with_their_contracts(seen):
    contracts, lines = seen["contracts"]["contract.contract"], seen["contracts"]["contract.line"]
    team = ("employee", "technician", "operations", "seller of the team", "accountant of the team")
    assert {name: lines[name] for name in team} == {name: contracts[name] for name in team}
    assert lines["seller"] == lines["head of sales"] == contracts["head of sales"], "as without the charter"


def test_a_leave_counts_once_it_is_validated(seen):
    leave = seen["leave"]
    assert leave["asked for"] == 0
    assert leave["validated"] == [["0:00:00", "4 days, 0:00:00", "leave", "admin"]]
    assert leave["handovers"] == ["Neighbour"]
    assert leave["refused"] == ["cancelled"]


def test_the_neighbours_work_on_once_it_is_removed(seen):
    before, after = seen["before"]["counts"], seen["after"]["counts"]
    assert {model: after[model] - count for model, count in before.items()} == {
        model: 1 if model == "hr.leave" else 0 for model in before
    }
    assert seen["after"]["addons"] == []
