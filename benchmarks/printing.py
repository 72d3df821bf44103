"""Printing activity reports: one beside wkhtmltopdf alone, fifty beside fifty runs of it."""

import io
import os
import subprocess
import tempfile
from datetime import date, datetime

from bench import Line, alternate, stopwatch
from pypdf import PdfReader

from odoo.addons.mileo_client_charter.models.report.charter_report_print import PRINTED

TITLE = "Printing"
EXPLANATION = """
Activity reports of a month, each of {work} interventions, {outages} outages of {gear} pieces of equipment and one piece of advice:
{pages} pages of A4. *One*: `_pdf()`, from the frozen table to the bytes, beside `wkhtmltopdf` run on the very HTML it prints, with the
arguments it is given, from file to file. *Fifty*: `_print()` of {count} reports of {count} clients, beside {count} runs of `wkhtmltopdf`
on the HTML of each. Record caches are empty before each run.
"""
WORK, OUTAGES, GEAR = 12, 6, 4


def measure(bench):
    count = 5 if bench.quick else 50
    ids = prepare(bench, count)
    pages = []

    def one(samples):
        with bench.transaction() as env:
            report = env["charter.report"].browse(ids[0])
            with stopwatch(env.cr, samples):
                pages.append(report._pdf())

    def one_alone(samples):
        with bench.transaction() as env:
            html = html_of(env, ids[0])
            with stopwatch(env.cr, samples):
                alone(env, html)

    def many(samples):
        with bench.transaction() as env:
            reports = env["charter.report"].browse(ids)
            with stopwatch(env.cr, samples):
                assert len(reports._print([(report, "en_US") for report in reports])) == count

    def many_alone(samples):
        with bench.transaction() as env:
            htmls = [html_of(env, number) for number in ids]
            with stopwatch(env.cr, samples):
                for html in htmls:
                    alone(env, html)

    mine, theirs = alternate(bench.runs, one, one_alone)
    together, apart = alternate(min(bench.runs, 3), many, many_alone)
    size = len(pages[-1])
    reader = PdfReader(io.BytesIO(pages[-1]))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "At a glance" in text, f"the text is not searchable: {text[:200]}"
    explanation = EXPLANATION.format(
        work=WORK, outages=OUTAGES, gear=GEAR, pages=len(reader.pages), count=count
    )
    return explanation, [
        Line(
            f"one PDF, {size / 1000:.0f} kB",
            f"{mine.ms:,.0f} ms, {mine.queries:.0f} SQL",
            f"{theirs.ms:,.0f} ms",
            f"{mine.seconds / theirs.seconds:.2f} of wkhtmltopdf",
            "≤ 1.15 of it, ≤ 100 kB",
            mine.seconds <= 1.15 * theirs.seconds and size <= 100_000,
        ),
        Line(
            f"{count} PDFs",
            f"{together.ms:,.0f} ms, {together.queries:.0f} SQL",
            f"{apart.ms:,.0f} ms",
            f"{together.seconds / apart.seconds:.2f} of {count} runs",
            "≤ 0.35 of them, ≤ 100 SQL",
            together.seconds <= 0.35 * apart.seconds and together.queries <= 100,
        ),
    ]


def html_of(env, number):
    report = env["charter.report"].browse(number)
    return report._print_html([(report, "en_US")])


def alone(env, html):
    """wkhtmltopdf itself, as the addon would call it."""
    reports = env["ir.actions.report"].with_context(charter_offline=True)
    arguments = reports._build_wkhtmltopdf_args(reports._get_report(PRINTED).get_paperformat(), False)
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "report.html"), os.path.join(folder, "report.pdf")
        with open(source, "w", encoding="utf-8") as page:
            page.write(html)
        subprocess.run(["wkhtmltopdf", *arguments, source, target], check=True, capture_output=True)
        assert os.path.getsize(target)


def prepare(bench, count):
    """Ids of the reports of October of ``count`` clients, computed."""
    clients = bench.clients(count)
    with bench.transaction(commit=True) as env:
        contracts = bench.contracts(env, clients, env.ref("mileo_client_charter.tier_premium"))
        gear = env["charter.equipment"].create(
            [
                {
                    "name": f"Camera {number}", "serial": f"SN-{contract.id}-{number}", "partner_id": contract.partner_id.id,
                    "contract_id": contract.id, "supervised_from": "2026-09-01",
                }
                for contract in contracts for number in range(GEAR)
            ]
        )  # fmt: skip
        env["charter.outage"].create(
            [
                {
                    "equipment_id": one.id, "reason": "Power cut of the quarter",
                    "start_at": datetime(2026, 10, 2 + 5 * number, 8), "end_at": datetime(2026, 10, 2 + 5 * number, 9, 30),
                }
                for one in gear for number in range(OUTAGES // GEAR + 1)
            ]
        )  # fmt: skip
        env["charter.recommendation"].create(
            [
                {
                    "name": "Replace the recorder", "advice": "It is out of support since June.",
                    "benefit": "Pictures are kept for 30 days.", "contract_id": contract.id,
                }
                for contract in contracts
            ]
        )  # fmt: skip
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO charter_intervention (name, reference, kind, partner_id, commercial_partner_id, contract_id, company_id,
                    user_id, priority, reported_at, responded_at, resolved_at, state, progress, closing_cycle, promise_cycle, work_done)
            SELECT 'Camera ' || n || ' of the loading bay', 'INT/2026/' || n, 'corrective', c.partner_id, c.commercial_partner_id, c.id,
                   c.company_id, %s, '1', at, at + interval '40 minutes', at + interval '5 hours', 'closed', 'closed', 1, 0,
                   '<p>Camera cleaned and set again, recordings checked.</p>'
              FROM contract_contract c
              JOIN (SELECT n, timestamp '2026-10-01 08:00' + n * interval '2 days' AS at FROM generate_series(1, %s) n) fact ON TRUE
             WHERE c.id = ANY(%s)
            """,
            [env.uid, WORK, contracts.ids],
        )
        env.invalidate_all()
        reports = env["charter.report"]._charter_engine().create(
            [
                {
                    "contract_id": contract.id, "partner_id": contract.partner_id.id, "company_id": env.company.id,
                    "period": "2026-10", "first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31),
                }
                for contract in contracts
            ]
        )  # fmt: skip
        reports._compute_tables()
        assert not any(reports.mapped("error")), reports.mapped("error")
        return reports.ids
