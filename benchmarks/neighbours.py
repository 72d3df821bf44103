"""Other apps' own work: what a save costs with the addon, beside a database that has everything but the addon and its glue."""

import contextlib

import database
import runtime
from bench import Bench, Least, Line, alternate, stopwatch
from odoo import Command

TITLE = "Neighbours"
EXPLANATION = """
Two databases with `contract`, `helpdesk_mgmt`, `fieldservice`, `project` and `maintenance`, one of them with the addon and its glue, in one
process and in turns. *Saved one by one*: {count} records, a `write` and what ends its transaction each, as people save; rolled back in the end.
*Created*: {created} at once. *Under the charter*: the client has a contract with a tier, so that what is written feeds an intervention; else it feeds none.
Each database is vacuumed and analysed once it is filled. Times are the least of the turns, on both sides, SQL the middle one's; record caches are empty
before each turn.
"""
WITH_GLUE = True
KIND = "corrective"
# Saved where it feeds an intervention, where it does not, and created.
FEEDS, FREE, CREATED, CORE = 2.0, 1.1, 1.15, 1.05


def measure(bench):
    count, created = (10, 20) if bench.quick else (100, 200)
    with beside(bench) as without:
        sides = (bench, without)
        ids = [prepare(side, count) for side in sides]
        lines = [
            compare(sides, ids, work, goal, act, count if saved else created, bench.runs, more_sql=more_sql)
            for work, goal, act, saved, more_sql in cases(created)
        ]
    return EXPLANATION.format(count=count, created=created), lines


@contextlib.contextmanager
def beside(bench):
    """A Bench on a database with what the addons stand on and none of them, removed afterwards."""
    name = f"{bench.database}_without"
    database.lay_ground(bench.server, name, database.dependencies(runtime.addons()))
    without = Bench(bench.server, name, bench.runs, bench.quick)
    try:
        yield without
    finally:
        without.close()
        runtime.drop_database(bench.server, name)


def compare(sides, ids, work, goal, act, number, runs, more_sql):
    def turn(side, own):
        def case(samples):
            with side.transaction() as env, stopwatch(env.cr, samples):
                act(env, own)
                env.cr.flush()

        return case

    ours, theirs = alternate(
        2 * runs, *(turn(side, own) for side, own in zip(sides, ids, strict=True)), of=Least
    )
    ratio, more = ours.seconds / theirs.seconds, ours.queries - theirs.queries
    return Line(
        work,
        f"{ours.ms / number:.2f} ms, {ours.queries / number:.2f} SQL each",
        f"{theirs.ms / number:.2f} ms, {theirs.queries / number:.2f} SQL",
        f"{ratio:.2f} of it, {more / number:+.2f} SQL",
        f"≤ {goal:g} of it" + ("" if more_sql else ", +0 SQL"),
        ratio <= goal and (more_sql or more <= 0),
    )


def cases(created):
    """(what, goal, function of an environment and the ids of its side, whether saved one by one, whether SQL may be added)."""

    def saved(model, which, **values):
        def act(env, ids):
            for record in env[model].browse(ids[which]):
                record.write({name: f"{value} {record.id}" for name, value in values.items()})
                env.cr.flush()

        return act

    def made(model, which):
        def act(env, ids):
            env[model].create([{**ids[which], "name": f"New {number}"} for number in range(created)])

        return act

    yield "phone of a contact", CORE, saved("res.partner", "people", phone="+33 1"), True, False
    yield "name of a contact", CORE, saved("res.partner", "people", name="Person"), True, False
    yield "phone of a client's contact", CORE, saved("res.partner", "clients", phone="+33 1"), True, False
    yield "name of a contract", CORE, saved("contract.contract", "contracts", name="Maintenance"), True, False
    yield "name of a user", CORE, saved("res.users", "users", name="User"), True, True
    yield "name of a calendar", CORE, saved("resource.calendar", "calendars", name="Week"), True, False
    for model, name in MODELS.items():
        yield (
            f"{name}, client under the charter",
            FEEDS,
            saved(model, f"fed {model}", name="Again"),
            True,
            True,
        )
        yield (
            f"{name}, no business of the charter's",
            FREE,
            saved(model, f"free {model}", name="Again"),
            True,
            True,
        )
        yield f"{created} created: {name}", CREATED, made(model, f"new {model}"), False, True


MODELS = {
    "helpdesk.ticket": "a ticket",
    "fsm.order": "a field service order",
    "project.task": "a task",
    "maintenance.request": "a maintenance request",
}


def prepare(bench, count):
    """{what: ids or values} of one side; everything is committed."""
    with bench.transaction(commit=True) as env:
        charter = "charter.document" in env.registry
        partners = env["res.partner"]
        people = partners.create([{"name": f"Person {n}"} for n in range(count)])
        clients = partners.create([{"name": f"Client {n}", "is_company": True} for n in range(count)])
        contacts = partners.create([{"name": f"Contact {c.id}", "parent_id": c.id} for c in clients])
        tier = charter and env.ref("mileo_client_charter.tier_premium")
        contracts = bench.contracts(env, clients.ids, tier)
        users = env["res.users"].with_context(no_reset_password=True).create(
            [{"name": f"User {n}", "login": f"user{n}"} for n in range(count)]
        )  # fmt: skip
        calendars = env["resource.calendar"].create([{"name": f"Week {n}"} for n in range(count)])
        ids = {
            "people": people.ids,
            "clients": contacts.ids,
            "contracts": contracts.ids,
            "users": users.ids,
            "calendars": calendars.ids,
        }
        for model, values_of in sources(env, charter).items():
            for which, owners in (("fed", contacts), ("free", people)):
                values = [values_of(owner, which == "fed") for owner in owners]
                ids[f"{which} {model}"] = (
                    env[model].create([{**one, "name": f"Work {n}"} for n, one in enumerate(values)]).ids
                )
            ids[f"new {model}"] = values_of(people[0], False)
    bench.sql("VACUUM ANALYZE")
    return ids


def sources(env, charter):
    """{model: function of whose work it is, and whether it is to feed the charter, that gives its values}."""
    projects = env["project.project"].create([{"name": "Work"}, {"name": "Work for clients"}])
    if charter:
        projects[1].charter_kind = KIND
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})

    def location(owner):
        return env["fsm.location"].create({"name": f"Site {owner.id}", "owner_id": owner.id}).id

    def equipment(owner, fed):
        values = {"charter_client_id": owner.id} if charter and fed else {}
        return env["maintenance.equipment"].create({"name": f"Camera {owner.id}", **values}).id

    return {
        "helpdesk.ticket": lambda owner, _fed: {
            "description": "x",
            "partner_id": owner.id,
            "team_id": team.id,
        },
        "fsm.order": lambda owner, _fed: {"location_id": location(owner)},
        "project.task": lambda owner, fed: {
            "project_id": projects[int(fed)].id,
            "partner_id": owner.id,
            "user_ids": [Command.clear()],
        },
        "maintenance.request": lambda owner, fed: {"equipment_id": equipment(owner, fed)},
    }
