"""Deadlines in working time: many at once, beside Odoo's plan_hours one by one."""

import random
from datetime import datetime, timedelta

from bench import Line, alternate, stopwatch, times

from odoo.addons.mileo_client_charter.tools.clock import Delay

TITLE = "Working-time deadlines"
EXPLANATION = """
Random moments of a year, each with 1 to 80 working hours to count, on one calendar (Paris, 40 hours a week) with
{closures} closures. The addon: one `_charter_shift_many`. Odoo: `plan_hours(hours, moment, compute_leaves=True)` for
each, on the same cursor; every one of them is really called. Record caches are empty before each run. The answers
of both are compared, all of them, to the microsecond.
"""


def measure(bench):
    closures = prepare(bench)
    lines = []
    for count in (50, 200) if bench.quick else (1000, 10000):
        # Seconds of plan_hours a run: five of the long ones are enough.
        runs = bench.runs if count < 5000 else min(bench.runs, 5)
        ours, theirs = compare(bench, count, runs)
        ratio = theirs.seconds / ours.seconds
        goal = count >= 10000
        lines += [
            Line(
                f"{count:,} deadlines, the same to the microsecond",
                f"{ours.ms:.1f} ms",
                f"{theirs.ms:,.0f} ms",
                times(ratio),
                "≥ 300×" if goal else "",
                ratio >= 300 if goal else None,
            ),
            Line(
                f"SQL for {count:,}",
                f"{ours.queries:.0f}",
                f"{theirs.queries:,.0f}",
                times(theirs.queries / ours.queries),
                "≤ 3",
                ours.queries <= 3,
            ),
        ]
    return EXPLANATION.format(closures=closures), lines


def compare(bench, count, runs):
    """(Median of the addon, Median of plan_hours) over the same questions; raises if one answer differs."""
    chance = random.Random(count)
    questions = [
        (datetime(2027, 1, 1) + timedelta(seconds=chance.randrange(365 * 86400)), chance.randint(1, 80))
        for _number in range(count)
    ]
    requests = [(at, Delay(hours, "hours", "working"), "after") for at, hours in questions]
    answers = {}

    def ours(samples):
        with bench.transaction() as env:
            calendar = env.company.resource_calendar_id
            with stopwatch(env.cr, samples):
                answers["ours"] = calendar._charter_shift_many(requests)

    def theirs(samples):
        with bench.transaction() as env:
            calendar = env.company.resource_calendar_id
            with stopwatch(env.cr, samples):
                answers["theirs"] = [
                    calendar.plan_hours(hours, at, compute_leaves=True) for at, hours in questions
                ]

    medians = alternate(runs, ours, theirs)
    if answers["ours"] != answers["theirs"]:
        pairs = zip(questions, answers["ours"], answers["theirs"], strict=True)
        different = [pair for pair in pairs if pair[1] != pair[2]]
        raise AssertionError(f"{len(different)} answers differ, e.g. {different[0]}")
    return medians


def prepare(bench):
    """The company's calendar in Paris with a year's public holidays and a fortnight in August."""
    days = ["01-01", "03-29", "05-01", "05-08", "05-06", "05-17", "07-14", "08-15", "11-01", "11-11", "12-25"]
    with bench.transaction(commit=True) as env:
        calendar = env.company.resource_calendar_id
        calendar.tz = "Europe/Paris"
        closures = [(f"2027-{day} 00:00:00", f"2027-{day} 22:00:00") for day in days]
        closures.append(("2027-08-08 22:00:00", "2027-08-20 22:00:00"))
        env["resource.calendar.leaves"].create(
            [
                {"name": "Closed", "calendar_id": calendar.id, "date_from": first, "date_to": last}
                for first, last in closures
            ]
        )
        return len(closures)
