"""Eighteen months of interventions: most in time, some that waited for a part, some late, more so in the bad season.

What is solved within a day is recorded by the technician in the evening, with the moments it happened; what lasts
longer is followed step by step, so that the clock reminds and finds late as it would have done.
"""

from collections import defaultdict
from datetime import timedelta

from . import story_voice
from .story_clients import CLIENTS, words
from .story_gear import gear
from .story_work_words import JOBS, PAUSES

# (share of what is late, more in the bad season; share that waits for a part)
LATE, LATE_WHEN_BAD, PAUSED = 0.05, 0.25, 0.08


def plan(story):
    evenings = defaultdict(list)
    for client in CLIENTS:
        dice = story.dice(f"work of {client.key}")
        for months_ago in range(int(client.since), -1, -1):
            _plan_month(story, client, months_ago, dice, evenings)
    for day, jobs in evenings.items():
        story.on(story.moment(day, 18), record, story, jobs)


def _plan_month(story, client, months_ago, dice, evenings):
    count = int(client.work + dice.random())
    if story.is_bad(story.month(months_ago)):
        count += client.work > 1
    for _number in range(count):
        day = story.working(story.month(months_ago, dice.randrange(2, 27)))
        at = story.moment(day, dice.randrange(8, 14), dice.choice((0, 10, 25, 40)))
        # The last weeks are told in story_desk, and the last full month of Alpine in story_reports.
        told_elsewhere = client.key == "alpine" and months_ago < 2
        if at > story.ago(25 if client.key == "bastide" else 12) or told_elsewhere:
            continue
        job = dice.choice(JOBS)
        incident = job.kind in ("corrective", "remote", "other")
        late = incident and dice.random() < (LATE_WHEN_BAD if story.is_bad(day) else LATE)
        if late:
            story.on(at, _late, story, client, job, dice)
        elif incident and job.priority in "12" and dice.random() < PAUSED:
            story.on(at, _paused, story, client, job, dice)
        else:
            evenings[day].append((client, job, at, dice))


# -- the ways it goes -----------------------------------------------------------------------------


def record(story, jobs):
    """What was done today, told in the evening."""
    rows, ends = [], []
    for client, job, at, dice in jobs:
        answered = at + timedelta(minutes=dice.choice((8, 15, 25, 40)))
        rows.append(_values(story, client, job, dice) | {"reported_at": at, "responded_at": answered})
        ends.append((client, job, answered + timedelta(hours=job.hours * dice.uniform(0.4, 1)), dice))
    works = _model(story).create(rows)
    for work, (client, job, solved, dice) in zip(works, ends, strict=True):
        technician = work.with_user(work.user_id)
        technician.action_close(min(solved, story.present).replace(microsecond=0), _done(client, job))
        story_voice.expect(story, client, work, dice)


def _paused(story, client, job, dice):
    """A part is ordered: the clock of the resolution stands still until it has come."""
    work = _model(story).create(_values(story, client, job, dice))
    technician = work.with_user(work.user_id)
    at = story.present
    story.on(at + timedelta(minutes=30), technician.action_respond)
    story.on(at + timedelta(hours=2), technician.action_pause, words(client, *dice.choice(PAUSES)))
    back = story.moment(story.working((at + timedelta(days=dice.randrange(3, 8))).date()), 10)
    story.on(back, technician.action_resume)
    story.on(back + timedelta(hours=2), close, story, client, work, job, dice)


def _late(story, client, job, dice):
    """Answered late, or solved late."""
    work = _model(story).create(_values(story, client, job, dice))
    due = {row.code: row.due_at for row in work.obligation_ids}
    answer = story.present + timedelta(minutes=35)
    solve = due["intervention.resolution"] + timedelta(hours=dice.choice((3, 7, 20, 28)))
    if dice.random() < 0.35:
        answer = due["intervention.response"] + timedelta(hours=dice.choice((1, 2, 5)))
        solve = answer + timedelta(hours=job.hours)
    story.on(answer, work.with_user(work.user_id).action_respond)
    if not 7 < story.hour(solve) < 19:
        solve = story.moment(solve.date() + timedelta(days=1), 10)
    solve = max(story.moment(story.working(solve.date()), story.hour(solve)), answer + timedelta(minutes=20))
    story.on(solve, close, story, client, work, job, dice, late=True)


def close(story, client, work, job, dice, late=False):
    work.with_user(work.user_id).action_close(work_done=_done(client, job))
    story_voice.expect(story, client, work, dice, late)


# -- what they share ------------------------------------------------------------------------------


def _model(story):
    return story.env["charter.intervention"]


def _done(client, job):
    return f"<p>{words(client, *job.done)}</p>"


def _values(story, client, job, dice):
    """One of the client's people is asked afterwards; another one the next time."""
    equipment = dice.choice(gear(story, client, job.tag))
    person = story.ref(f"contact_{dice.choice(client.people)[0]}")
    technician = "karim" if client.technician == "karim" or dice.random() < 0.15 else "thomas"
    return {
        "name": words(client, *job.name).format(gear=equipment.name),
        "partner_id": story.ref(f"client_{client.key}").id,
        "contract_id": story.ref(f"contract_{client.key}").id,
        "user_id": story.user(technician).id,
        "kind": job.kind,
        "priority": job.priority,
        "equipment_ids": [(6, 0, [equipment.id])],
        "contact_ids": [(6, 0, person.ids)],
    }
