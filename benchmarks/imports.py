"""Spreadsheets as people bring them: a year of closed interventions through the web client's import, and an installed base."""

import base64
import io
from datetime import timedelta

import xlsxwriter
from bench import Line, Median, stopwatch

TITLE = "Imports"
EXPLANATION = """
An Excel file of {rows:,} closed interventions of twenty clients, read by Odoo's own import as the web client asks for it, 2,000 rows a request, each
request committed; and one of {devices:,} pieces of equipment by the addon's import, 2,500 rows a request. Reading the file is in the time.
"""
TITLES = ("External ID", "name", "partner_id", "priority", "reported_at", "responded_at", "resolved_at")
FIELDS = ["id", *TITLES[1:]]
OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": ",", "float_thousand_separator": ",", "float_decimal_separator": ".",
    "date_format": "%Y-%m-%d", "datetime_format": "%Y-%m-%d %H:%M:%S", "limit": 2_000, "name_create_enabled_fields": {},
    "import_set_empty_fields": [], "import_skip_records": [], "fallback_values": {},
}  # fmt: skip


def workbook(titles, rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([titles, *rows]):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def measure(bench):
    rows, devices = (200, 300) if bench.quick else (5_000, 10_000)
    with bench.transaction(commit=True) as env:
        clients = env["res.partner"].create(
            [{"name": f"Import client {number}", "is_company": True} for number in range(20)]
        )
        names = clients.mapped("name")
        # Under the charter since today: what was closed before is history.
        bench.contracts(env, clients.ids, env["charter.tier"].search([], limit=1))
        env.cr.execute(
            "UPDATE contract_contract SET charter_since = now()::date WHERE partner_id = ANY(%s)",
            [clients.ids],
        )
        start = env.cr.now().replace(microsecond=0) - timedelta(days=400)
    closed = []
    for number in range(rows):
        at = start + timedelta(minutes=60 * number % (300 * 24 * 60))
        moments = [str(at), str(at + timedelta(hours=1)), str(at + timedelta(hours=5))]
        closed.append((f"bench.i{number}", f"Camera {number}", names[number % 20], "Normal", *moments))
    found = interventions(bench, workbook(TITLES, closed), rows)
    base = [
        (names[n % 20], f"Device {n}", f"BENCH-{n:06d}", "Axis", f"M{n % 200}", f"{n % 9}.{n % 7}.1")
        for n in range(devices)
    ]
    titles = ("Client", "Name", "Serial number", "Manufacturer", "Model", "Firmware")
    gear, longest = equipment(bench, workbook(titles, base), devices)
    return EXPLANATION.format(rows=rows, devices=devices), [
        Line(
            f"{rows:,} closed interventions",
            f"{found.seconds:.1f} s, {found.queries / rows:.2f} SQL a row",
            goal="≤ 40 s, ≤ 2 SQL a row",
            met=found.seconds <= 40 and found.queries <= 2 * rows,
        ),
        Line(
            f"{devices:,} pieces of equipment, in parts",
            f"{gear.seconds:.1f} s, {gear.queries / devices:.2f} SQL a row; the longest request {longest:.1f} s",
            goal="each request ≤ 120 s",
            met=longest <= 120,
        ),
    ]


def interventions(bench, content, count):
    """A Median of one sample: the whole file, request by request as the web client sends them."""
    samples, skip = [], 0
    with bench.transaction(commit=True) as env:
        wizard = (
            env["base_import.import"]
            .create(
                {
                    "res_model": "charter.intervention",
                    "file": content,
                    "file_name": "interventions.xlsx",
                    "file_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                }
            )
            .id
        )
    while skip < count:
        with bench.transaction(commit=True) as env, stopwatch(env.cr, samples):
            result = (
                env["base_import.import"]
                .browse(wizard)
                .execute_import(FIELDS, list(TITLES), {**OPTIONS, "skip": skip})
            )
            env.flush_all()
            env.cr.precommit.run()
        assert not result["messages"], result["messages"][:3]
        skip += OPTIONS["limit"]
    with bench.transaction() as env:
        assert (
            env["charter.intervention"].search_count(
                [("name", "=like", "Camera %"), ("state", "=", "closed")]
            )
            == count
        )
    return total(samples)


def equipment(bench, content, count):
    """(a Median of the whole, seconds of its longest request)."""
    samples = []
    with bench.transaction(commit=True) as env:
        wizard = (
            env["charter.equipment.import"]
            .create({"file": base64.b64encode(content), "filename": "equipment.xlsx"})
            .id
        )
    left = True
    while left:
        with bench.transaction(commit=True) as env, stopwatch(env.cr, samples):
            part = env["charter.equipment.import"].browse(wizard).write_part()
            env.flush_all()
            left = part["left"]
    assert part["done"] == count
    return total(samples), max(sample.seconds for sample in samples)


def total(samples):
    whole = Median(samples)
    whole.seconds, whole.queries = sum(one.seconds for one in samples), sum(one.queries for one in samples)
    return whole
