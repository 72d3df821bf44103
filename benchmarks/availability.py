"""Availability of all contracts over a month: one statement, beside a loop over contracts and hand-written SQL."""

import random
from datetime import datetime, timedelta

from bench import Line, alternate, stopwatch, times

from odoo.addons.mileo_client_charter.tools.availability import NOTHING, Outage, availability, supervision

TITLE = "Availability"
EXPLANATION = """
{contracts:,} contracts with {equipment:,} pieces of equipment and {outages:,} outages of a year (a tenth planned, a twentieth without data,
overlapping at random); the figures of one month, by contract. The addon: one `_availability`. *Loop*: for each contract, its
equipment and their outages of the month read through the ORM, then `tools.availability` in Python; the answers of both are
compared, all of them. *Raw SQL*: one statement written for this table alone, which unites the outages of each equipment with
`range_agg` and adds up planned, missing and down seconds by contract; it knows neither moves nor time zones. *An ingestion call*: the
events of one down and one up by `_ingest`, flushed, after authentication; its savepoint counts. Record caches are empty before each run.
"""
START, END = datetime(2026, 6, 1), datetime(2026, 7, 1)
RAW = """
    WITH happened AS (
        SELECT equipment_id,
               range_agg(tsrange(start_at, end_at)) FILTER (WHERE planned) * tsmultirange(tsrange(%(start)s, %(end)s)) AS planned,
               range_agg(tsrange(start_at, end_at)) FILTER (WHERE no_data) * tsmultirange(tsrange(%(start)s, %(end)s)) AS unseen,
               range_agg(tsrange(start_at, end_at)) FILTER (WHERE NOT planned AND NOT no_data)
                   * tsmultirange(tsrange(%(start)s, %(end)s)) AS down
          FROM charter_outage
         WHERE active AND start_at < %(end)s AND (end_at IS NULL OR end_at > %(start)s)
         GROUP BY equipment_id),
    cut AS (
        SELECT equipment_id, planned, unseen - COALESCE(planned, '{}') AS unseen,
               down - COALESCE(planned, '{}') - COALESCE(unseen, '{}') AS down
          FROM happened)
    SELECT contract_id, COUNT(*),
           SUM((SELECT SUM(EXTRACT(epoch FROM upper(piece) - lower(piece))) FROM unnest(planned) piece)),
           SUM((SELECT SUM(EXTRACT(epoch FROM upper(piece) - lower(piece))) FROM unnest(unseen) piece)),
           SUM((SELECT SUM(EXTRACT(epoch FROM upper(piece) - lower(piece))) FROM unnest(down) piece))
      FROM charter_equipment
      LEFT JOIN cut ON cut.equipment_id = charter_equipment.id
     WHERE contract_id = ANY(%(contracts)s)
     GROUP BY contract_id
"""


def measure(bench):
    counts = (20, 100, 1000) if bench.quick else (2000, 10_000, 100_000)
    contracts = prepare(bench, *counts)
    answers = {}

    def ours(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            answers["ours"] = env["charter.outage"]._availability(START, END, contract_ids=contracts)

    def raw(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            env.cr.execute(RAW, {"start": START, "end": END, "contracts": contracts})
            answers["raw"] = env.cr.fetchall()

    def loop(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            answers["loop"] = {number: one_contract(env, number) for number in contracts}

    whole, plain = alternate(bench.runs, ours, raw)
    slow, _again = alternate(1, loop, ours)
    assert answers["ours"] == answers["loop"], "the addon and the loop disagree"
    assert {key: float(down or 0) for key, _n, _p, _u, down in answers["raw"]} == {
        key: found.down for key, found in answers["ours"].items()
    }, "the addon and the raw statement disagree"
    ratio = whole.seconds / plain.seconds
    down, up = ingestion(bench)
    explanation = EXPLANATION.format(contracts=counts[0], equipment=counts[1], outages=counts[2])
    return explanation, [
        Line(
            f"a month of {counts[0]:,} contracts, beside a loop over them",
            f"{whole.ms:,.0f} ms, {whole.queries:.0f} SQL",
            f"{slow.ms:,.0f} ms, {slow.queries:,.0f} SQL",
            times(slow.seconds / whole.seconds),
            "≥ 50×, ≤ 2 SQL",
            slow.seconds / whole.seconds >= 50 and whole.queries <= 2,
        ),
        Line(
            "the same, beside raw SQL",
            f"{whole.ms:,.0f} ms",
            f"{plain.ms:,.0f} ms",
            f"{ratio:.2f} of raw",
            "≤ 1.3 of raw",
            ratio <= 1.3,
        ),
        Line("an ingestion call, down", f"{down.ms:.1f} ms, {down.queries:.0f} SQL", goal="≤ 10 SQL", met=down.queries <= 10),
        Line("an ingestion call, up", f"{up.ms:.1f} ms, {up.queries:.0f} SQL", goal="≤ 10 SQL", met=up.queries <= 10),
    ]  # fmt: skip


def one_contract(env, contract_id):
    """What a report for one contract does by itself."""
    now = datetime.now()  # noqa: DTZ005  after the month, whatever the zone
    total = NOTHING
    for equipment in env["charter.equipment"].search([("contract_id", "=", contract_id)]):
        outages = env["charter.outage"].search(
            [("equipment_id", "=", equipment.id), ("start_at", "<", END), "|", ("end_at", "=", False), ("end_at", ">", START)]
        )  # fmt: skip
        watched = supervision(
            equipment.supervised_from, equipment.supervised_to, equipment.company_id._charter_tz()
        )
        total += availability(
            [Outage(o.start_at, o.end_at or None, o.planned, o.no_data) for o in outages],
            START,
            END,
            now,
            watched,
        )
    return total


def ingestion(bench):
    def post(status, moment):
        def one(samples):
            with bench.transaction() as env:
                event = {"event_id": "measured", "serial": "SN-1", "status": status}
                if status == "up":
                    begun = {"status": "down", "start": "2026-06-15T07:00:00Z"}
                    env["charter.outage"]._ingest({**event, **begun})
                    env.flush_all()
                event[moment] = "2026-06-15T08:00:00Z"
                env.invalidate_all()
                assert env.company.name  # authentication reads the user and the company
                with stopwatch(env.cr, samples):
                    [result] = env["charter.outage"]._ingest(event)
                    env.flush_all()
                assert result["status"] in ("created", "updated"), result

        return one

    return alternate(bench.runs, post("down", "start"), post("up", "end"))


def prepare(bench, contracts, equipment, outages):
    """Ids of the contracts. Equipment and outages are inserted as the ORM writes them."""
    clients = bench.clients(contracts)
    with bench.transaction(commit=True) as env:
        company = env.company
        ids = bench.contracts(env, clients).ids
        gear = env["charter.equipment"].create(
            [
                {
                    "name": f"Camera {number}",
                    "serial": f"SN-{number}",
                    "partner_id": clients[number % contracts],
                    "contract_id": ids[number % contracts],
                    "company_id": company.id,
                    "supervised_from": "2025-01-01",
                }
                for number in range(equipment)
            ]
        ).ids  # fmt: skip
        env.flush_all()
        chance = random.Random(2026)
        rows = []
        for number in range(outages):
            start = datetime(2026, 1, 1) + timedelta(seconds=chance.randrange(320 * 86400))
            end = start + timedelta(seconds=chance.randrange(12 * 3600))
            kind = "planned" if number % 10 == 0 else "no_data" if number % 20 == 1 else "down"
            place = number % equipment % contracts
            rows.append((gear[number % equipment], clients[place], ids[place], start, end, kind, company.id))
        env.cr.execute_values(
            """INSERT INTO charter_outage (equipment_id, partner_id, contract_id, start_at, end_at, kind, company_id,
                                          planned, no_data, active, source)
               SELECT e, p, c, s::timestamp, f::timestamp, k, y, k = 'planned', k = 'no_data', TRUE, 'monitoring'
                 FROM (VALUES %s) AS v(e, p, c, s, f, k, y)""",
            rows,
            page_size=5000,
        )
    for name in ("charter_outage", "charter_equipment", "charter_equipment_stay"):
        bench.sql(f"VACUUM ANALYZE {name}")
    return ids
