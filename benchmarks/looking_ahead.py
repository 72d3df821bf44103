"""Looking ahead: matching a notice, the renewal calendar, and the gate on the scheduled renewal."""

import contextlib
import io
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from bench import Line, alternate, stopwatch

from odoo.addons.mileo_client_charter.controllers.renewals import write_workbook

TITLE = "Looking ahead"
EXPLANATION = """
{clients:,} clients with a contract each that renews tacitly, and {equipment:,} pieces of equipment of two products. *A notice*: `_match()` by
product and département. *The calendar*: every row of the workbook, written with `xlsxwriter`, with the verdict of
today and what is missing. *The gate*: what `contract_line_successor`'s own scheduled renewal sends for {renewed:,} lines,
with a tier and an allowed renewal, beside the same lines without a tier and without what the gate
writes; in both, flushed, then rolled back. Record
caches are empty before each run.
"""


def measure(bench):
    clients, equipment, renewed = (50, 500, 10) if bench.quick else (10_000, 100_000, 200)
    product = prepare(bench, clients, equipment)
    reached = []

    def notice(samples):
        with bench.transaction() as env:
            record = env["charter.notice"].create(
                {
                    "name": "x",
                    "effect_on": datetime.now(UTC).date() + timedelta(days=90),
                    "product_ids": [product],
                    "departments": "69",
                }
            )
            env.flush_all()
            with stopwatch(env.cr, samples):
                reached.append(sum(map(len, record._match().values())))

    def calendar(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            write_workbook(io.BytesIO(), env["charter.renewal.forecast"]._xlsx_rows())

    matched, shown = alternate(bench.runs, notice, calendar)
    assert all(reached)
    gated, plain = alternate(bench.runs, gate(bench, renewed, True), gate(bench, renewed, False))
    explanation = EXPLANATION.format(clients=clients, equipment=equipment, renewed=renewed)
    return explanation, [
        Line(
            f"a notice to {equipment:,} pieces of equipment ({reached[0]:,} reached)",
            f"{matched.ms:,.0f} ms, {matched.queries:.0f} SQL",
            goal="≤ 3 SQL",
            met=matched.queries <= 3,
        ),
        Line(
            f"the renewal calendar of {clients:,} contracts, as a workbook",
            f"{shown.ms:,.0f} ms, {shown.queries:.0f} SQL",
            goal="≤ 10 SQL",
            met=shown.queries <= 10,
        ),
        Line(
            f"the scheduled renewal of {renewed:,} lines, with the gate and without",
            f"{gated.ms:,.0f} ms, {gated.queries:.0f} SQL",
            f"{plain.ms:,.0f} ms, {plain.queries:.0f} SQL",
            f"{gated.queries - plain.queries:+.0f} SQL",
            "≤ +2 SQL",
            gated.queries - plain.queries <= 2,
        ),
    ]


def gate(bench, count, tier):
    """A case that renews ``count`` lines by the neighbour's scheduled action."""

    def run(samples):
        with bench.transaction() as env:
            lines = env["contract.line"].search([], order="id", limit=count)
            contracts = lines.contract_id
            env.cr.execute("UPDATE contract_line SET is_auto_renew = (id = ANY(%s))", [lines.ids])
            # The lines whose turn it is: their notice date is today.
            env.cr.execute(
                "UPDATE contract_line SET termination_notice_date = CURRENT_DATE WHERE id = ANY(%s)",
                [lines.ids],
            )
            if not tier:
                env.cr.execute(
                    "UPDATE contract_contract SET charter_tier_id = NULL WHERE id = ANY(%s)", [contracts.ids]
                )
            env.cr.execute(
                "INSERT INTO charter_renewal (contract_id, term_end, partner_id, company_id, state, allowed) "
                "SELECT c.id, c.charter_term_end, c.commercial_partner_id, c.company_id, 'passed', true "
                "FROM contract_contract c WHERE c.id = ANY(%s) ON CONFLICT DO NOTHING",
                [contracts.ids],
            )
            env.invalidate_all()
            before = sorted(set(lines.mapped("date_end")))
            env.invalidate_all()
            with contextlib.ExitStack() as stack, stopwatch(env.cr, samples):
                if not tier:
                    for name in ("_charter_hold_back", "_charter_mark_renewed"):
                        stack.enter_context(
                            patch.object(type(env["contract.line"]), name, lambda *_args: None)
                        )
                env["contract.line"].cron_renew_contract_line()
                env.flush_all()
            env.invalidate_all()
            assert min(lines.mapped("date_end")) > before[-1], "a line was not renewed"

    return run


def prepare(bench, count, equipment):
    """Id of the product of half of the equipment; contracts and equipment are committed."""
    clients = bench.clients(count)
    today = datetime.now(UTC).date()
    start, end = today - timedelta(days=300), today + timedelta(days=64)
    with bench.transaction(commit=True) as env:
        company, tier = env.company.id, env.ref("mileo_client_charter.tier_premium").id
        products = env["product.product"].create([{"name": "One"}, {"name": "Two"}]).ids
        env["res.partner"].browse(clients).write({"zip": "69003"})
        # Without the tier first: what a contract owes from its first day is measured elsewhere.
        contracts = env["contract.contract"].create(
            [
                {
                    "name": "Maintenance",
                    "partner_id": client,
                    "company_id": company,
                    "contract_line_ids": [
                        (0, 0, {
                            "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": start, "date_end": end,
                            "recurring_rule_type": "monthly", "recurring_interval": 1, "recurring_next_date": start,
                            "is_auto_renew": True, "auto_renew_interval": 1, "auto_renew_rule_type": "yearly",
                        })
                    ],
                }
                for client in clients
            ]
        )  # fmt: skip
        env.flush_all()
        env.cr.execute(
            "UPDATE contract_contract SET charter_tier_id = %s WHERE id = ANY(%s)", [tier, contracts.ids]
        )
        env.cr.execute(
            """
            INSERT INTO charter_equipment (name, partner_id, contract_id, company_id, product_id, active, department,
                                           charter_tier_id, supervised_from, lifecycle)
            SELECT 'Camera ' || n, c.commercial_partner_id, c.id, c.company_id, (%s)[1 + n %% 2], true,
                   CASE WHEN n %% 3 = 0 THEN '69' ELSE '38' END, %s, CURRENT_DATE, 'unknown'
              FROM generate_series(1, %s) n
              JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM contract_contract WHERE id = ANY(%s)) c
                ON c.number = 1 + n %% %s
            """,
            [products, tier, equipment, contracts.ids, count],
        )
    bench.sql("VACUUM ANALYZE")
    return products[0]
