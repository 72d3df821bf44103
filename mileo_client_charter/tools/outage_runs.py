"""Which outage an event of a monitoring is about, and what it changes there.

Plain Python over what is recorded under one event id: its *runs*, one an outage, since senders use their ids again. An
outage that has ended keeps its end; *down* after it is another outage. Moments are naive UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .outage_events import Event, Refused

# Two that watch the same thing notice it within this time of each other.
APART = timedelta(minutes=5)


@dataclass
class Run:
    """One outage as recorded; ``alerts`` is {alert: (start, end or None)} where several alerts report it."""

    start: datetime
    end: datetime | None = None
    start_unknown: bool = False  # its end was reported first: it has no length yet
    end_unconfirmed: bool = False  # its own end got lost, and a later one was taken
    alerts: dict = field(default_factory=dict)


def find(event: Event, runs: list[Run]) -> Run | None:
    """Return the run ``event`` is about; None for another outage, or for none.

    :raise Refused: it ends before the outage that is open began
    """
    runs = sorted(runs, key=lambda run: run.start)
    if event.member:
        return _of_alert(event, runs)
    return _of_end(event, runs) if event.up else _of_start(event.start, runs, event.end)


def _of_alert(event, runs):
    for run in runs:
        known = run.alerts.get(event.member)
        if known and abs(known[0] - event.start) <= APART:
            return run
    for run in reversed(runs):
        # Another severity, or another server, of an outage that is known: this alert has not reported it yet.
        if event.member not in run.alerts and _within(event.start, run):
            return run
    return None


def _within(moment, run):
    return run.start - APART <= moment and (run.end is None or moment < run.end)


def _of_start(start, runs, end=None):
    for run in runs:
        before = max(
            (one.end for one in runs if one.end and one is not run and one.end <= run.start), default=None
        )
        if run.start_unknown and start <= run.end and (before is None or start >= before):
            return run
    for run in reversed(runs):
        if run.start <= start and (run.end is None or start < run.end or start == run.start):
            return run
    later = next((run for run in runs if run.start > start), None)
    # Reported again with an earlier moment, what was reported first stays; with its end it is an outage of its own.
    return None if end and later and end <= later.start else later


def _of_end(event, runs):
    if event.start:
        for run in runs:
            if (
                not run.start_unknown
                and abs(run.start - event.start) <= APART
                and (run.end is None or event.start < run.end)
            ):
                return run
    opened = [run for run in runs if run.end is None]
    for run in reversed(opened):
        if run.start <= event.end:
            return run
    ended = [run for run in runs if run.end is not None and run.start <= event.end]
    if ended:
        last = ended[-1]
        # Reported again; with a beginning after the recorded end it reports another outage as a whole.
        another = event.start and (event.start > last.end or event.start == last.end > last.start)
        return None if another else last
    if opened and not event.start:
        raise Refused(
            "end",
            f"It ends ({event.end} UTC) before its recorded start ({opened[0].start} UTC): check both clocks.",
            "contradiction",
        )
    return None


def begin(event: Event) -> Run:
    """Return the run an event begins, or reports as a whole."""
    run = Run(event.start or event.end, event.end, start_unknown=event.start is None)
    if event.member:
        run.alerts[event.member] = (event.start, event.end)
    return run


def apply_event(event: Event, run: Run) -> None:
    """Change ``run`` by an event that is about it.

    :raise Refused: it would end before it starts
    """
    if event.member:
        return _apply_alert(event, run)
    if run.start_unknown and event.start and event.start <= run.end:
        run.start, run.start_unknown = event.start, False
    if event.end and (run.end is None or run.end_unconfirmed):
        if event.end < run.start:
            raise Refused(
                "end",
                f"It ends ({event.end} UTC) before its recorded start ({run.start} UTC): check both clocks.",
                "contradiction",
            )
        run.end, run.end_unconfirmed = event.end, False
    return None


def _apply_alert(event, run):
    known = run.alerts.get(event.member)
    if known and known[1] and not run.end_unconfirmed:
        return
    run.alerts[event.member] = (known[0] if known else event.start, event.end or (known and known[1]))
    if run.end is None or (run.end_unconfirmed and event.end):
        _close(run)
        run.end_unconfirmed = False


def _close(run):
    ends = [end for _start, end in run.alerts.values()]
    if ends and all(ends):
        run.end = max(run.start, *ends)


def end_earlier(event: Event, about: Run, runs: list[Run]) -> None:
    """End earlier runs of an alert that is over: those whose own end got lost end with it, not confirmed."""
    for run in runs:
        known = run.alerts.get(event.member)
        if run is not about and run.end is None and known and not known[1] and run.start <= event.end:
            run.alerts[event.member] = (known[0], event.end)
            _close(run)
            run.end_unconfirmed = run.end is not None
