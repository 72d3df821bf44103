"""Activity reports of thousands of clients, from the promise to the queue of mails: SQL, time and memory each."""

import gc
import time

import apart
from bench import Line, resident
from contacts import prepare

TITLE = "Activity reports"
EXPLANATION = """
{clients:,} clients with one contact and one contract each, whose month is over. *Drafted*: `_draft_owed()`, the step of the scheduled
action that makes and computes the report of each, 200 at a time. *Sent*: `_send_queued()`, the step that prints those that wait to be
sent, queues their mails and keeps their promises, 50 at a time. Both run in one fresh process, as the scheduler's. *Memory*: how much
its resident set grows from the first quarter of the batches to the end of the run, while three times as many follow.
"""


def measure(bench):
    count = 100 if bench.quick else 2_000
    clients = prepare(bench, count)
    bench.sql(
        "UPDATE contract_contract SET date_start = first, charter_since = first, recurring_next_date = now()::date "
        "FROM (SELECT (date_trunc('month', now()) - interval '1 month')::date AS first) month WHERE partner_id = ANY(%s)",
        clients,
    )
    with bench.scheduled("mileo_client_charter.cron_schedule") as env:
        env["charter.scheduler"]._cron_schedule()
    lines = []
    for work, (samples, queries, done) in apart.run(bench, "reports", "life").items():
        assert done == count, (work, done)
        (started, _rss), *_rest, (ended, last) = samples
        quarter = samples[len(samples) // 4][1]
        grown = (last - quarter) / 1024**2
        lines += [
            Line(f"{count:,} reports {work}", f"{(ended - started) / count * 1000:.0f} ms, {queries / count:.1f} SQL each"),
            Line("memory they leave behind", f"{grown:.1f} MB", goal="flat: ≤ 20 MB", met=grown <= 20),
        ]  # fmt: skip
    return EXPLANATION.format(clients=count), lines


def life(bench):
    """{what was done: ([(seconds, bytes resident) at each batch], SQL, reports)}"""
    answers = {}
    for work, step in (("drafted", "_draft_owed"), ("sent", "_send_queued")):
        if work == "sent":
            bench.sql("UPDATE charter_report SET state = 'reviewed', queued_at = now() AT TIME ZONE 'UTC'")
        with bench.scheduled("mileo_client_charter.cron_report") as env:
            samples = [(time.perf_counter(), resident())]
            commit = type(env["ir.cron"])._commit_progress

            def noted(self, *args, commit=commit, samples=samples, **kwargs):
                left = commit(self, *args, **kwargs)
                gc.collect()
                samples.append((time.perf_counter(), resident()))
                return left

            queries = env.cr.sql_log_count
            type(env["ir.cron"])._commit_progress = noted
            try:
                assert getattr(env["charter.report"], step)()
            finally:
                type(env["ir.cron"])._commit_progress = commit
            queries = env.cr.sql_log_count - queries
            done = env["charter.report"].search_count(
                [("state", "=", "sent")]
                if work == "sent"
                else [("computed_at", "!=", False), ("error", "=", False)]
            )
            answers[work] = samples, queries, done
    return answers
