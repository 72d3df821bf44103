"""Seals: what sealing decided obligations costs, and verifying a long chain."""

import resource
import time

from bench import Line, Median, alternate, resident, stopwatch
from odoo import fields

TITLE = "Seals"
EXPLANATION = """
- *sealing*: `_take()` and `_seal()` over {batch:,} obligations that have just been kept: the list emptied, their contents digested by
  PostgreSQL, the links chained in Python and inserted. Rolled back.
- *verifying*: `_verify()` of a company with {links:,} links, one for each of as many obligations: every link's digest counted
  anew in Python, every row's content digested and held against its last link. Memory is the process's own, above what it
  held before.
"""
CODE = "intervention.resolution"


def measure(bench):
    batch, links = (100, 2000) if bench.quick else (1000, 1_000_000)
    clients = bench.clients(1000)
    lines = [sealing(bench, clients, batch), *verifying(bench, clients, links)]
    return EXPLANATION.format(batch=batch, links=links), lines


def fill(bench, clients, size):
    """A ledger of ``size`` obligations that were kept, none sealed yet."""
    bench.sql("TRUNCATE charter_obligation CASCADE")
    # The charter itself waits to be sealed too, and stays.
    bench.sql("DELETE FROM charter_seal_due WHERE model_name = 'charter.obligation'")
    bench.sql("TRUNCATE charter_seal")
    with bench.transaction(commit=True) as env:
        company = env.company
        commitment = env["charter.document"]._commitments_in_force([company.id], [CODE])[company.id, CODE]
        env.cr.execute(
            """
            INSERT INTO charter_obligation
                   (commitment_id, code, partner_id, company_id, res_model, res_id, occurrence, role, user_id, delay, unit,
                    clock, trigger_at, opened_at, due_at, state, done_at, evidence, met, missed)
            SELECT %(commitment)s, %(code)s, (%(clients)s)[1 + n %% array_length(%(clients)s, 1)], %(company)s,
                   'contract.contract', n, 'measured', %(role)s, 2, 40, 'hours', 'working', now, now,
                   now + interval '5 days', 'kept', now + interval '1 day', 'Recorded by the technical contact.', 1, 0
              FROM (SELECT n, %(now)s - n * interval '1 minute' AS now FROM generate_series(1, %(size)s) AS n) AS kept
            """,
            {
                "commitment": commitment.id,
                "code": commitment.code,
                "clients": clients,
                "company": company.id,
                "role": commitment.owner_role,
                "size": size,
                "now": fields.Datetime.now(),
            },
        )
    bench.sql("VACUUM ANALYZE charter_obligation")
    bench.sql("VACUUM ANALYZE charter_seal_due")


def sealing(bench, clients, batch):
    fill(bench, clients, 20 * batch)

    def seal(samples):
        with bench.transaction() as env:
            with stopwatch(env.cr, samples):
                due = env["charter.seal.due"]._take(batch)
                env["charter.seal"]._seal(due)
            assert len(due) == batch

    [median] = alternate(3 * bench.runs, seal, of=Median)
    each_ms, each_sql = median.ms / batch, median.queries / batch
    return Line(
        f"sealing an obligation, {batch:,} at once",
        f"{each_ms:.3f} ms, {each_sql:.3f} SQL ({median.queries:.0f} in all)",
        goal="≤ 0.05 ms, ≤ 0.02 SQL",
        met=each_ms <= 0.05 and each_sql <= 0.02,
    )


def verifying(bench, clients, links):
    fill(bench, clients, links)
    with bench.transaction() as env:
        started = time.perf_counter()
        while due := env["charter.seal.due"]._take():
            env["charter.seal"]._seal(due)
            env.cr.commit()
        sealed = time.perf_counter() - started
        env.cr.commit()
    for table in ("charter_seal", "charter_seal_due"):
        bench.sql(f"VACUUM ANALYZE {table}")
    with bench.transaction() as env:
        held = resident()
        started = time.perf_counter()
        broken = env["charter.seal"]._verify(env.company)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        assert not broken, broken
    more = max(0, peak - held) / 2**20
    return [
        Line(f"for the record: sealing {links:,}", f"{sealed:.0f} s"),
        Line(
            f"verifying {links:,} links",
            f"{seconds:.1f} s, {more:.0f} MB",
            goal="≤ 60 s, ≤ 100 MB",
            met=seconds <= 60 and more <= 100,
        ),
    ]
