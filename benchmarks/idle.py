"""Scheduled actions with nothing to do: every one of ours, at two sizes."""

import math
from datetime import timedelta

from bench import Line, alternate, stopwatch
from copies import multiply
from odoo import Command, fields
from odoo.tools.safe_eval import safe_eval

TITLE = "Nothing to do"
EXPLANATION = """
{seeds} clients made by Odoo, each with a contact, two people who answer, and a contract with a line under the charter; every scheduled action is run
until none finds anything. Their rows are copied, first to {first:,} contracts, then to {second:,} ({promises:,} promises), and all actions run again
until nothing is to be done. *A turn*: an action as Odoo's scheduler starts it, and the commit that ends it; as the first of its hour, when nothing
is known of an earlier turn. *Woken again*: a second turn of the same hour. A turn may leave no wake-up that is due. The exponent is that of the time
from the smaller to the larger number.
"""
MOST = 12
ROUNDS = 6


def measure(bench):
    sizes = (40, 200) if bench.quick else (2_000, 20_000)
    seeds = 20
    prepare(bench, seeds)
    settle(bench)
    found, have = {}, seeds
    for size in sizes:
        multiply(bench, clients(bench), size // have - 1)
        have = size
        settle(bench)
        for cron, name in actions(bench):
            found.setdefault(name, []).append(turns(bench, cron))
    [[promises]] = bench.sql("SELECT count(*) FROM charter_obligation")
    explanation = EXPLANATION.format(seeds=seeds, first=sizes[0], second=sizes[1], promises=promises)
    return explanation, [line(name, sizes, *both) for name, both in found.items()]


def prepare(bench, count):
    """Clients under the charter as people make them; committed."""
    with bench.transaction(commit=True) as env:
        company, now = env.company, fields.Date.today()
        users = env["res.users"].with_context(no_reset_password=True).create(
            [
                {"name": f"Owner {n}", "login": f"owner{n}", "email": f"owner{n}@example.com", "phone": "+33 1 00 00 00 00",
                 "group_ids": [Command.set([env.ref(f"mileo_client_charter.group_charter_{role}").id])]}
                for n, role in enumerate(("user", "user", "operations", "direction"))
            ]
        )  # fmt: skip
        partners = env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(count)]
        )
        env["res.partner"].create(
            [
                {"name": f"Contact {p.id}", "parent_id": p.id, "email": f"c{p.id}@example.com"}
                for p in partners
            ]
        )
        assign = env["charter.assignment"]._assign
        for role, user in zip(("account_manager", "technical_contact"), users[:2], strict=True):
            assign(partners, role, user, company)
        for role, user in zip(("operations_manager", "general_management"), users[2:], strict=True):
            assign(env["res.partner"], role, user, company)
        line = {
            "name": "Maintenance", "quantity": 1, "price_unit": 1, "date_start": now - timedelta(days=200),
            "recurring_next_date": now + timedelta(days=30), "date_end": now + timedelta(days=600), "is_auto_renew": True,
        }  # fmt: skip
        env["contract.contract"].create(
            [
                {"name": f"Contract {p.id}", "partner_id": p.id, "line_recurrence": True,
                 "charter_tier_id": env.ref("mileo_client_charter.tier_premium").id,
                 "contract_line_ids": [Command.create(line)]}
                for p in partners
            ]
        )  # fmt: skip


def clients(bench):
    return [
        number
        for (number,) in bench.sql(
            "SELECT DISTINCT commercial_partner_id FROM contract_contract WHERE charter_tier_id IS NOT NULL"
        )
    ]


def actions(bench):
    """[(id, name)] of every scheduled action of the project's addons."""
    return bench.sql(
        "SELECT known.res_id, known.name FROM ir_model_data AS known WHERE known.model = 'ir.cron' "
        "AND known.module LIKE 'mileo\\_client\\_charter%%' ORDER BY known.name"
    )


def settle(bench):
    """Run every action until none of them is asked to run again now: what one leaves to another is done, mails have left."""
    for _round in range(ROUNDS):
        bench.sql("DELETE FROM ir_cron_trigger WHERE call_at <= (now() AT TIME ZONE 'UTC')")
        for cron, _name in actions(bench):
            run(bench, cron)
        # The queue of emails is Odoo's: they have left.
        bench.sql("UPDATE mail_mail SET state = 'sent' WHERE state = 'outgoing'")
    bench.sql("VACUUM ANALYZE")


def run(bench, cron, samples=None):
    """One turn of an action as the scheduler starts it."""
    with bench.scheduled(cron) as env:
        action = env["ir.cron"].browse(cron)
        code, model = action.code, env[action.model_id.model]
        env.flush_all()
        with stopwatch(env.cr, [] if samples is None else samples):
            safe_eval(code, {"model": model}, mode="exec")
            env.cr.commit()


def turns(bench, cron):
    """(first turn of an hour, a second one, wake-ups that are due afterwards) with nothing to do."""

    def first(samples):
        bench.sql("DELETE FROM charter_settled")
        run(bench, cron, samples)

    def again(samples):
        run(bench, cron, samples)

    bench.sql("DELETE FROM ir_cron_trigger WHERE call_at <= (now() AT TIME ZONE 'UTC')")
    medians = alternate(bench.runs, first, again)
    [[due]] = bench.sql(
        "SELECT count(*) FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= (now() AT TIME ZONE 'UTC')",
        cron,
    )
    return (*medians, due)


def line(name, sizes, small, large):
    (first, _again, _due), (later, again, due) = small, large
    power = math.log(later.seconds / first.seconds) / math.log(sizes[1] / sizes[0])
    same = first.queries == later.queries
    return Line(
        f"`{name}`: {sizes[0]:,} and {sizes[1]:,} contracts",
        f"{first.queries:.0f} and {later.queries:.0f} SQL, {first.ms:,.0f} and {later.ms:,.0f} ms",
        f"woken again: {again.queries:.0f} SQL, {again.ms:,.0f} ms",
        f"grows by the power of {power:.2f}" + (f", {due} due" if due else ""),
        f"the same SQL, ≤ {MOST}, none due",
        same and later.queries <= MOST and not due,
    )
