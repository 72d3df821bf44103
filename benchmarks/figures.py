"""The figures of all clients over a month, beside raw SQL and beside a loop over the clients."""

import collections
from datetime import date, datetime

from bench import Line, alternate, stopwatch
from export import prepare

TITLE = "Figures"
EXPLANATION = """
{clients:,} clients with a contract each, {rows:,} interventions of a year and the two promises of each ({promises:,} rows of the ledger);
the figures of October, by contract: interventions done by kind and priority, in progress and cancelled; promises kept, late, running
and cancelled by code. *The addon*: `_interventions` and `_obligations`, the two fact tables that grow. *Raw SQL*: two statements
written for this month and these tables alone, grouped the same; they know neither the clients' time zones, nor what names no
contract, nor what fell due and was not told yet. *Loop*: for each contract, the same counts with the ORM's own `_read_group`,
domain by domain. The answers of all three are compared, all of them. *Everything* is `_figures`: those two, and pauses,
availability, satisfaction, NPS, escalations and the list of late promises. Record caches are empty before each run.
"""
DAYS = (date(2026, 10, 1), date(2026, 10, 31))
# October in Paris, naive UTC
START, END = datetime(2026, 9, 30, 22), datetime(2026, 10, 31, 23)


def measure(bench):
    clients, rows = (20, 2_000) if bench.quick else (2_000, 200_000)
    ids = prepare(bench, clients, rows, datetime(2026, 1, 1), 365)
    with bench.transaction(commit=True) as env:
        env.company.resource_calendar_id.tz = "Europe/Paris"
    answers = {}

    def ours(samples):
        with bench.transaction() as env:
            contracts, figures = env["contract.contract"].browse(ids), env["charter.figures"]
            scope = figures._scope(dict.fromkeys(contracts, DAYS))
            with stopwatch(env.cr, samples):
                work, kept = figures._interventions(scope), figures._obligations(scope)
            answers["ours"] = flat(work, kept)

    def raw(samples):
        with bench.transaction() as env:
            env.cr.execute("SELECT 1")
            with stopwatch(env.cr, samples):
                found = raw_sql(env, ids)
            answers["raw"] = found

    def loop(samples):
        with bench.transaction() as env:
            contracts = env["contract.contract"].browse(ids)
            with stopwatch(env.cr, samples):
                found = {contract.id: one_contract(env, contract) for contract in contracts}
            answers["loop"] = found

    def everything(samples):
        with bench.transaction() as env:
            contracts = env["contract.contract"].browse(ids)
            with stopwatch(env.cr, samples):
                assert len(env["charter.figures"]._figures(contracts, *DAYS)) == clients

    mine, plain = alternate(bench.runs, ours, raw)
    [looped] = alternate(1, loop)
    [whole] = alternate(min(bench.runs, 3), everything)
    assert answers["ours"] == answers["raw"] == answers["loop"], "the three do not agree"
    assert sum(one["done"] for one in answers["ours"].values())
    explanation = EXPLANATION.format(clients=clients, rows=rows, promises=2 * rows)
    return explanation, [
        Line(
            f"the figures of {clients:,} clients, beside raw SQL",
            f"{mine.ms:,.0f} ms, {mine.queries:.0f} SQL",
            f"{plain.ms:,.0f} ms, {plain.queries:.0f} SQL",
            f"{mine.seconds / plain.seconds:.2f} of raw",
            "≤ 1.3 of raw, ≤ 2 SQL a table",
            mine.seconds <= 1.3 * plain.seconds and mine.queries <= 4,
        ),
        Line(
            "the same, beside a loop over the clients",
            f"{mine.ms:,.0f} ms",
            f"{looped.ms:,.0f} ms, {looped.queries:,.0f} SQL",
            f"{looped.seconds / mine.seconds:.0f}×",
            "≥ 50×",
            looped.seconds >= 50 * mine.seconds,
        ),
        Line("everything, from contracts to figures", f"{whole.ms:,.0f} ms, {whole.queries:.0f} SQL"),
    ]


def flat(work, kept):
    return {
        contract: answer(
            work[contract]["by_kind"], work[contract]["by_priority"], work[contract]["open_at_end"],
            work[contract]["cancelled"], {code: list(counts) for code, counts in kept[contract].items()},
        )
        for contract in work
    }  # fmt: skip


def answer(kinds, priorities, open_at_end, cancelled, promises):
    return {
        "done": sum(kinds.values()), "kinds": dict(kinds), "priorities": dict(priorities), "open": open_at_end,
        "cancelled": cancelled, "promises": dict(promises),
    }  # fmt: skip


def raw_sql(env, ids):
    """What anybody would write: one GROUP BY a table."""
    env.cr.execute(
        """
        SELECT contract_id, kind, priority,
               COUNT(*) FILTER (WHERE state = 'closed' AND resolved_at >= %(start)s AND resolved_at < %(end)s),
               COUNT(*) FILTER (WHERE state != 'cancelled' AND (resolved_at IS NULL OR resolved_at >= %(end)s)),
               COUNT(*) FILTER (WHERE state = 'cancelled')
          FROM charter_intervention
         WHERE contract_id = ANY(%(ids)s) AND reported_at < %(end)s AND (resolved_at IS NULL OR resolved_at >= %(start)s)
           AND (state != 'cancelled' OR reported_at >= %(start)s)
         GROUP BY 1, 2, 3
        """,
        {"start": START, "end": END, "ids": ids},
    )
    found = {contract: answer(collections.Counter(), collections.Counter(), 0, 0, {}) for contract in ids}
    for contract, kind, priority, done, open_at_end, cancelled in env.cr.fetchall():
        one = found[contract]
        if done:
            one["done"] += done
            one["kinds"][kind] = one["kinds"].get(kind, 0) + done
            one["priorities"][priority] = one["priorities"].get(priority, 0) + done
        one["open"] += open_at_end
        one["cancelled"] += cancelled
    env.cr.execute(
        """
        SELECT contract_id, code,
               COUNT(*) FILTER (WHERE state = 'kept' AND done_at >= %(start)s AND done_at < %(end)s),
               COUNT(*) FILTER (WHERE state = 'late' AND due_at >= %(start)s AND due_at < %(end)s),
               COUNT(*) FILTER (WHERE state = 'open' OR state = 'kept' AND done_at >= %(end)s
                                   OR state = 'late' AND due_at >= %(end)s OR state = 'cancelled' AND cancelled_at >= %(end)s),
               COUNT(*) FILTER (WHERE state = 'cancelled' AND cancelled_at >= %(start)s AND cancelled_at < %(end)s)
          FROM charter_obligation
         WHERE contract_id = ANY(%(ids)s) AND opened_at < %(end)s AND (done_at IS NULL OR state = 'late' OR done_at >= %(start)s)
         GROUP BY 1, 2
        """,
        {"start": START, "end": END, "ids": ids},
    )
    for contract, code, *counts in env.cr.fetchall():
        found[contract]["promises"][code] = counts
    return found


def one_contract(env, contract):
    """The same with the ORM, as reports are usually written: a contract at a time."""
    work, ledger = env["charter.intervention"], env["charter.obligation"]
    own = [("contract_id", "=", contract.id)]
    done = [*own, ("state", "=", "closed"), ("resolved_at", ">=", START), ("resolved_at", "<", END)]
    kinds = dict(work._read_group(done, ["kind"], ["__count"]))
    priorities = dict(work._read_group(done, ["priority"], ["__count"]))
    in_progress = [*own, ("state", "!=", "cancelled"), ("reported_at", "<", END), "|", ("resolved_at", "=", False),
                   ("resolved_at", ">=", END)]  # fmt: skip
    cancelled = [*own, ("state", "=", "cancelled"), ("reported_at", ">=", START), ("reported_at", "<", END)]
    promises = collections.defaultdict(lambda: [0, 0, 0, 0])
    opened = [*own, ("opened_at", "<", END)]
    domains = (
        [*opened, ("state", "=", "kept"), ("done_at", ">=", START), ("done_at", "<", END)],
        [*opened, ("state", "=", "late"), ("due_at", ">=", START), ("due_at", "<", END)],
        [*opened, "|", "|", "|", ("state", "=", "open"), "&", ("state", "=", "kept"), ("done_at", ">=", END),
         "&", ("state", "=", "late"), ("due_at", ">=", END), "&", ("state", "=", "cancelled"), ("cancelled_at", ">=", END)],
        [*opened, ("state", "=", "cancelled"), ("cancelled_at", ">=", START), ("cancelled_at", "<", END)],
    )  # fmt: skip
    for number, domain in enumerate(domains):
        for code, count in ledger._read_group(domain, ["code"], ["__count"]):
            promises[code][number] = count
    return answer(
        kinds, priorities, work.search_count(in_progress), work.search_count(cancelled), promises
    )  # fmt: skip
