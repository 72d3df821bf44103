"""The rows of a period as a workbook: memory and time beside bare xlsxwriter."""

import gc
import tempfile
import threading
import time
from datetime import datetime

import apart
import xlsxwriter
from bench import Line, alternate, resident, stopwatch

from odoo.addons.mileo_client_charter.tools.workbook import OPTIONS

TITLE = "Exports"
EXPLANATION = """
{rows:,} interventions of {clients:,} clients in one month, each with the promise of an answer and of a solution: every row with its
client, contract, words and seven moments, {cells:,} cells. *Bare*: `xlsxwriter` with `constant_memory` writing the very same cells, read
back from a list that is in memory already, with their formats; the addon reads them from the database meanwhile. *Memory*: the most
the resident set of a process of its own grows over what it was before the export, looked at every 5 ms; the process has loaded the
registry and written a small export before.
"""
START, END = datetime(2026, 10, 1), datetime(2026, 11, 1)


def measure(bench):
    clients, rows = (20, 1_000) if bench.quick else (2_000, 200_000)
    prepare(bench, clients, rows)
    memory = apart.run(bench, "export", "grown")
    with bench.transaction() as env:
        export = env["charter.export"]
        columns, cells = captured(export)

    def ours(samples):
        with bench.transaction() as env, tempfile.TemporaryFile() as target, stopwatch(env.cr, samples):
            assert env["charter.export"]._export(target, "interventions", START, END, "Europe/Paris") == rows

    def bare(samples):
        with bench.transaction() as env, tempfile.TemporaryFile() as target, stopwatch(env.cr, samples):
            plain(target, columns, cells)

    mine, theirs = alternate(1 if bench.quick else min(bench.runs, 3), ours, bare)
    count = sum(value is not None for row in cells for value in row)
    cells.clear()
    small = "few rows" if bench.quick else f"{rows:,} rows"
    return EXPLANATION.format(rows=rows, clients=clients, cells=count), [
        Line(
            f"{small} as a workbook",
            f"{mine.ms:,.0f} ms, {mine.queries:.0f} SQL",
            f"bare: {theirs.ms:,.0f} ms",
            f"{mine.seconds / theirs.seconds:.2f} of bare",
            "≤ 1.2 of bare",
            mine.seconds <= 1.2 * theirs.seconds,
        ),
        Line("memory over the idle process", f"{memory:.1f} MB", goal="≤ 30 MB", met=memory <= 30),
    ]


def captured(export):
    """The columns of an export, and every cell of it."""
    kept = []
    real = type(export)._write_rows

    def write_rows(self, book, title, columns, rows):
        kept.append((columns, list(rows)))
        return 0

    type(export)._write_rows = write_rows
    try:
        with tempfile.TemporaryFile() as target:
            export._export(target, "interventions", START, END, "Europe/Paris")
    finally:
        type(export)._write_rows = real
    return kept[0]


def plain(target, columns, cells):
    """What anybody would write with xlsxwriter and these cells."""
    book = xlsxwriter.Workbook(target, {**OPTIONS, "constant_memory": True})
    sheet = book.add_worksheet()
    text = book.add_format({"valign": "top"})
    moment = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd hh:mm"})
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.title)
    for line, row in enumerate(cells, 1):
        for number, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(line, number, value, text)
            else:
                sheet.write_number(line, number, value, moment)
    book.close()


def grown(bench):
    """MB the resident set of this process grows while it exports."""
    most, done = [0], threading.Event()

    def export(start, end):
        with bench.transaction() as env, tempfile.TemporaryFile() as target:
            env["charter.export"]._export(target, "interventions", start, end, "Europe/Paris")

    export(START, datetime(2026, 10, 1, 1))
    gc.collect()
    idle = resident()

    def watch():
        while not done.is_set():
            most[0] = max(most[0], resident())
            time.sleep(0.005)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    export(START, END)
    done.set()
    watcher.join()
    return (most[0] - idle) / 1024**2


def prepare(bench, count, rows, start=START, days=30):
    """Ids of clients' contracts; interventions over so many days, and what was promised of each."""
    clients = bench.clients(count)
    with bench.transaction(commit=True) as env:
        contracts = bench.contracts(env, clients, env.ref("mileo_client_charter.tier_premium"))
        env.cr.execute(
            """
            INSERT INTO charter_intervention (name, reference, kind, partner_id, commercial_partner_id, contract_id, company_id,
                    user_id, priority, reported_at, responded_at, resolved_at, state, progress, closing_cycle, promise_cycle)
            SELECT 'Camera ' || n || ' of the loading bay', 'INT/2026/' || n,
                   (ARRAY['corrective', 'preventive', 'remote', 'other'])[1 + n %% 4], c.partner_id, c.commercial_partner_id, c.id,
                   c.company_id, %(user)s, (n %% 4)::text, at, at + interval '40 minutes', at + interval '5 hours', 'closed', 'closed', 1, 0
              FROM (SELECT n, %(start)s::timestamp + n * interval '1 day' * %(days)s / %(rows)s AS at FROM generate_series(1, %(rows)s) n) fact
              JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM contract_contract WHERE id = ANY(%(contracts)s)) c
                ON c.number = 1 + n %% %(count)s
            """,
            {
                "user": env.uid,
                "start": start,
                "days": days,
                "rows": rows,
                "contracts": contracts.ids,
                "count": count,
            },
        )
        for code, late in (("intervention.response", "1 hour"), ("intervention.resolution", "8 hours")):
            [commitment] = env["charter.commitment"].search(
                [("code", "=", code), ("company_id", "=", env.company.id)], limit=1
            )
            env.cr.execute(
                """
                INSERT INTO charter_obligation (commitment_id, code, partner_id, contract_id, company_id, res_model, res_id, occurrence,
                        role, opened_at, trigger_at, due_at, done_at, state, met, missed)
                SELECT %s, %s, commercial_partner_id, contract_id, company_id, 'charter.intervention', id, '', 'technical_contact',
                       reported_at, reported_at, reported_at + %s::interval, responded_at, 'kept', 1, 0 FROM charter_intervention
                """,
                [commitment.id, code, late],
            )
        ids = contracts.ids
    bench.sql("VACUUM ANALYZE")
    return ids
