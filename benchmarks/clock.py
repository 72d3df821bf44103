"""The clock of the ledger: a turn when nothing is due, detection, and a turn beside an on_time rule."""

import math
from datetime import timedelta

import psycopg2.extras
from bench import Line, alternate, stopwatch, times
from odoo import Command, fields

from odoo.addons.mileo_client_charter.models.base.charter_engine import charter_door

TITLE = "The clock"
EXPLANATION = """
A ledger of open promises, a thousand clients, due over half a year; `VACUUM ANALYZE` after it is filled and after
each run that changes rows, as autovacuum does on a live database.

- *nothing due*: one turn of the scheduled action in the environment Odoo's scheduler gives it: `_cron_clock()`, which
  finds the wake-up for the next due moment set by the turn before, and the commit that ends it. What the scheduler itself does around
  any scheduled action (lock, progress row, next call) is not in the figure; nor is COMMIT in the count of SQL.
- *1 % due*: `_detect()` over the whole ledger, beside one `UPDATE … WHERE id = ANY(…)` that writes the same columns of
  the same rows, whose ids it is given. Both rolled back.
- *as installed*: promises of as many clients that just fell due, reminded of before, with the automated actions as they are installed: detected,
  an activity for the owner and for the manager, a mail to the manager, commits. Who may do what is known to both sizes; rows of the run before are
  deleted. The exponent is that of the time from the smaller to the larger number.
- *on_time*: {total:,} records of which {due:,} just fell due, nobody told of them yet, reactions disabled on both
  sides. The addon: a whole turn of `_cron_clock()`: detects, commits, writes `alert` on each row through the ORM in
  batches, a commit each (its automated actions are archived). Odoo: a whole turn of
  `_cron_process_time_based_actions()` with one `on_time` rule whose only action writes the record's alert, on a
  `mail.thread` model with nothing else to do, an index on its date, and a reset of the rule's last run before each
  turn. First with an alert that is not tracked, then with one that is.
"""

CLOCK = "mileo_client_charter.cron_clock"
ON_TIME = "base_automation.ir_cron_data_base_automation_check"
SOME_CODE = "intervention.resolution"


def measure(bench):
    sizes = (1000, 5000) if bench.quick else (10_000, 100_000, 1_000_000)
    total, due = (1000, 100) if bench.quick else (10_000, 1000)
    clients = bench.clients(1000)
    # Done by hand, at the same moments for everybody.
    bench.sql("ALTER TABLE charter_obligation SET (autovacuum_enabled = off)")
    lines, detection = [], []
    for size in sizes:
        fill(bench, clients, size, first=size // 100)
        lines.append(nothing_due(bench, size, goal=size == sizes[-1]))
        detection.append(one_percent_due(bench, size))
    lines += detection + as_installed(bench, clients, (due // 10, due))
    fill(bench, clients, total, first=due)
    lines += beside_on_time(bench, clients, total, due)
    return EXPLANATION.format(total=total, due=due), lines


def fill(bench, clients, size, first):
    """A ledger of ``size`` open promises; the ``first`` fall due tomorrow and are reminded of, others later."""
    bench.sql("TRUNCATE charter_obligation CASCADE")
    bench.sql("DELETE FROM ir_cron_trigger")
    with bench.transaction(commit=True) as env:
        company = env.company
        commitment = env["charter.document"]._commitments_in_force([company.id], [SOME_CODE])[
            company.id, SOME_CODE
        ]
        env.cr.execute(
            """
            INSERT INTO charter_obligation
                   (commitment_id, code, partner_id, company_id, res_model, res_id, occurrence, role, user_id,
                    delay, unit, clock, trigger_at, opened_at, warn_at, warned_at, alert, due_at, state, met, missed)
            SELECT %(commitment)s, %(code)s, (%(clients)s)[1 + n %% array_length(%(clients)s, 1)], %(company)s,
                   'contract.contract', n, 'measured', %(role)s, 2, 40, 'hours', 'working', now, now,
                   CASE WHEN n <= %(first)s THEN now - interval '1 hour' ELSE due - interval '1 day' END,
                   CASE WHEN n <= %(first)s THEN now - interval '1 hour' END,
                   CASE WHEN n <= %(first)s THEN 'warning' END,
                   due, 'open', 0, 0
              FROM (SELECT n, %(now)s AS now,
                           CASE WHEN n <= %(first)s THEN %(now)s + interval '1 day' + n * interval '1 second'
                                ELSE %(now)s + interval '7 days' + n * interval '180 days' / %(size)s END AS due
                      FROM generate_series(1, %(size)s) AS n) AS promises
            """,
            {
                "commitment": commitment.id,
                "code": commitment.code,
                "clients": clients,
                "company": company.id,
                "role": commitment.owner_role,
                "first": first,
                "size": size,
                "now": fields.Datetime.now(),
            },
        )
    bench.sql("VACUUM ANALYZE charter_obligation")


def nothing_due(bench, size, goal):
    def turn(samples):
        with bench.scheduled(CLOCK) as env, stopwatch(env.cr, samples):
            env["charter.obligation"]._cron_clock()
            env.cr.commit()

    [median] = alternate(3 * bench.runs, turn)
    [(wakes, late)] = bench.sql(
        "SELECT (SELECT count(*) FROM ir_cron_trigger), (SELECT count(*) FROM charter_obligation WHERE state = 'late')"
    )
    assert wakes and not late
    return Line(
        f"a turn, nothing due, {size:,} open",
        f"{median.ms:.1f} ms, {median.queries:.0f} SQL",
        goal="≤ 5 ms, ≤ 5 SQL" if goal else "≤ 5 SQL",
        met=median.queries <= 5 and (median.ms <= 5 or not goal),
    )


def one_percent_due(bench, size):
    due = size // 100
    moment = fields.Datetime.now() + timedelta(days=3)
    ids = [row_id for (row_id,) in bench.sql("SELECT id FROM charter_obligation WHERE due_at < %s", moment)]
    assert len(ids) == due

    def ours(samples):
        with bench.transaction() as env:
            with stopwatch(env.cr, samples):
                found = env["charter.obligation"]._detect(moment)
            assert found == (0, due), found
        bench.sql("VACUUM charter_obligation")

    def raw(samples):
        with bench.transaction() as env, charter_door(env.cr):
            with stopwatch(env.cr, samples):
                env.cr.execute(
                    "UPDATE charter_obligation SET state = 'late', breached_at = %s, missed = 1 WHERE id = ANY(%s)",
                    [moment, ids],
                )
            assert env.cr.rowcount == due
        bench.sql("VACUUM charter_obligation")

    detected, updated = alternate(bench.runs, ours, raw)
    ratio = detected.seconds / updated.seconds
    return Line(
        f"`_detect`, {due:,} due of {size:,}",
        f"{detected.ms:.1f} ms, {detected.queries:.0f} SQL",
        f"raw UPDATE: {updated.ms:.1f} ms",
        f"{ratio:.2f} of raw",
        "≤ 4 of raw",
        ratio <= 4,
    )


def as_installed(bench, clients, sizes):
    """Told by the automations an installation brings, at two sizes."""
    lines, seconds = [], []
    for due in sizes:
        fill(bench, clients, due, first=due)
        bench.sql(
            "UPDATE charter_obligation SET res_model = 'res.partner', res_id = partner_id, due_at = %s",
            fields.Datetime.now() - timedelta(minutes=1),
        )

        def turn(samples, due=due):
            bench.sql(
                "UPDATE charter_obligation SET state = 'open', breached_at = NULL, missed = 0, alert = 'warning'"
            )
            bench.sql("DELETE FROM mail_activity WHERE charter_key IS NOT NULL")
            bench.sql("DELETE FROM mail_message WHERE model = 'charter.obligation'")
            bench.sql("VACUUM charter_obligation")
            with bench.scheduled(CLOCK) as env:
                with stopwatch(env.cr, samples):
                    env["charter.obligation"]._cron_clock()
                    env.cr.commit()
                told = env["charter.obligation"].search(
                    [("alert", "=", "breach"), ("alert_error", "=", False)]
                )
                assert len(told) == due, told
                assert set(env["mail.mail"].search([("model", "=", told._name)]).mapped("res_id")) == set(
                    told.ids
                )

        [median] = alternate(bench.runs, turn)
        seconds.append(median.seconds)
        each, queries = median.ms / due, median.queries / due
        lines.append(
            Line(
                f"a promise that falls due, as installed, {due:,} due",
                f"{each:.1f} ms, {queries:.1f} SQL",
                goal="≤ 5 ms, ≤ 3 SQL",
                met=each <= 5 and queries <= 3,
            )
        )
    exponent = math.log(seconds[1] / seconds[0]) / math.log(sizes[1] / sizes[0])
    lines[-1].ratio, lines[-1].goal = (
        f"grows by the power of {exponent:.2f}",
        lines[-1].goal + ", power ≤ 1.1",
    )
    lines[-1].met = lines[-1].met and exponent <= 1.1
    return lines


def beside_on_time(bench, clients, total, due):
    prepare_on_time(bench, clients, total, due)

    def ours(samples):
        # As it was: open, nobody told, the first ones just past their due time.
        bench.sql("UPDATE charter_obligation SET state = 'open', breached_at = NULL, missed = 0, alert = NULL "
                  "WHERE state = 'late'")  # fmt: skip
        bench.sql("VACUUM charter_obligation")
        with bench.scheduled(CLOCK) as env:
            with stopwatch(env.cr, samples):
                env["charter.obligation"]._cron_clock()
                env.cr.commit()
            told = env["charter.obligation"].search_count([("state", "=", "late"), ("alert", "=", "breach")])
            assert told == due, told

    def on_time(field):
        def turn(samples):
            reset_on_time(bench, field)
            with bench.scheduled(ON_TIME) as env:
                with stopwatch(env.cr, samples):
                    env["base.automation"]._cron_process_time_based_actions()
                    env.cr.commit()
                told = env["x_bench_promise"].search_count([(field, "=", "breach")])
                assert told == due, told
                messages = env["mail.message"].search_count([("model", "=", "x_bench_promise")])
                assert messages == (due if field == "x_tracked" else 0), messages

        return turn

    bench.sql(
        "UPDATE charter_obligation SET due_at = %s - id %% 100 * interval '1 second', warned_at = %s, "
        "alert = NULL WHERE res_id <= %s",
        *[fields.Datetime.now() - timedelta(minutes=1)] * 2,
        due,
    )
    told, plain, tracked = alternate(min(bench.runs, 5), ours, on_time("x_plain"), on_time("x_tracked"))
    cells = [f"{told.ms:.0f} ms, {told.queries:,.0f} SQL"]
    lines = []
    for kind, theirs in (("not tracked", plain), ("tracked", tracked)):
        ratio = theirs.seconds / told.seconds
        lines.append(
            Line(
                f"a turn, {due:,} due of {total:,}, on_time {kind}",
                cells[0],
                f"{theirs.ms:,.0f} ms, {theirs.queries:,.0f} SQL",
                times(ratio),
                "≥ 50×" if kind == "tracked" else "for the record",
                ratio >= 50 or kind != "tracked",
            )
        )
    return lines


def reset_on_time(bench, field):
    """The rule that writes ``field`` is the only one, and has not run since before the records fell due."""
    with bench.transaction(commit=True) as env:
        env.cr.execute("DELETE FROM mail_message WHERE model = 'x_bench_promise'")
        env.cr.execute("UPDATE x_bench_promise SET x_plain = NULL, x_tracked = NULL WHERE x_plain = 'breach' "
                       "OR x_tracked = 'breach'")  # fmt: skip
        rules = env["base.automation"].with_context(active_test=False).search([("trigger", "=", "on_time")])
        for rule in rules:
            rule.write(
                {
                    "active": rule.name == field,
                    "last_run": fields.Datetime.now() - timedelta(days=1),
                }
            )
    bench.sql("VACUUM x_bench_promise")


def prepare_on_time(bench, clients, total, due):
    """A mail.thread model as plain as can be, its records, its two on_time rules; our reactions archived."""
    with bench.transaction(commit=True) as env:
        env["base.automation"].search([("model_name", "=", "charter.obligation")]).active = False
        alerts = [Command.create({"value": "breach", "name": "Told late", "sequence": 1})]
        model = env["ir.model"].create(
            {
                "name": "Promise",
                "model": "x_bench_promise",
                "is_mail_thread": True,
                "field_id": [
                    Command.create({"name": name, "ttype": kind, "field_description": name, **options})
                    for name, kind, options in (
                        ("x_name", "char", {}),
                        ("x_partner_id", "many2one", {"relation": "res.partner", "tracking": 10}),
                        ("x_due_at", "datetime", {"index": True}),
                        ("x_plain", "selection", {"selection_ids": alerts}),
                        ("x_tracked", "selection", {"selection_ids": alerts, "tracking": 20}),
                    )
                ],
            }
        )
        due_at = model.field_id.filtered(lambda field: field.name == "x_due_at")
        for name in ("x_plain", "x_tracked"):
            rule = env["base.automation"].create(
                {"name": name, "model_id": model.id, "trigger": "on_time", "trg_date_id": due_at.id}
            )
            env["ir.actions.server"].create(
                {
                    "name": name,
                    "model_id": model.id,
                    "base_automation_id": rule.id,
                    "usage": "base_automation",
                    "state": "code",
                    "code": f"record.write({{{name!r}: 'breach'}})",
                }
            )
    with bench.transaction(commit=True) as env:
        now = fields.Datetime.now()
        rows = [
            (
                f"Promise {number}",
                clients[number % len(clients)],
                now - timedelta(seconds=60 + number % 100)
                if number < due
                else now + timedelta(days=7, minutes=number),
            )
            for number in range(total)
        ]
        psycopg2.extras.execute_values(
            env.cr,
            "INSERT INTO x_bench_promise (x_name, x_partner_id, x_due_at) VALUES %s",
            rows,
            page_size=1000,
        )
    bench.sql("VACUUM ANALYZE x_bench_promise")
