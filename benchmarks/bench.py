"""What every benchmark uses: a database of its own, a stopwatch that counts SQL, and lines of a table."""

import contextlib
import dataclasses
import gc
import os
import statistics
import time

import runtime
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.sql_db import close_db


@dataclasses.dataclass
class Line:
    """One line of a benchmark's table; ``met`` is None where there is no goal."""

    work: str
    ours: str
    peer: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None


@dataclasses.dataclass
class Sample:
    seconds: float
    queries: int


class Median(Sample):
    """The middle of several samples, time and SQL each for itself."""

    def __init__(self, samples):
        super().__init__(
            statistics.median(sample.seconds for sample in samples),
            statistics.median(sample.queries for sample in samples),
        )

    @property
    def ms(self):
        return self.seconds * 1000


class Least(Median):
    """The fastest of several samples, for differences of long runs: what else a machine does only adds to each of
    them, and a tenth of it would hide the difference. SQL is the middle one's, as ever."""

    def __init__(self, samples):
        super().__init__(samples)
        self.seconds = min(sample.seconds for sample in samples)


@contextlib.contextmanager
def stopwatch(cr, samples):
    """Add a Sample of what happens inside to ``samples``: wall-clock time, and statements sent by ``cr``.

    BEGIN and COMMIT are no statements of Odoo's and not counted; their time is. Garbage is collected before
    and not during, as ``timeit`` does.
    """
    gc.collect()
    gc.disable()
    queries = cr.sql_log_count
    started = time.perf_counter()
    try:
        yield
        samples.append(Sample(time.perf_counter() - started, cr.sql_log_count - queries))
    finally:
        gc.enable()


def alternate(runs, *cases, of=Median):
    """Medians (or what ``of`` says) of ``cases``: functions that take a list and add a Sample or more to it.

    They take turns, so that what else the machine does falls on all of them; the first turn is a warm-up.
    """
    taken = [[] for _case in cases]
    for run in range(runs + 1):
        for case, samples in zip(cases, taken, strict=True):
            case(samples)
            if run == 0:
                samples.clear()
    return [of(samples) for samples in taken]


def resident():
    """Bytes of memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def times(ratio):
    return f"{ratio:.1f}×" if ratio < 20 else f"{ratio:,.0f}×"


class Bench:
    """A running Odoo on a fresh copy of the installed database, and how much to measure."""

    def __init__(self, server, database, runs, quick):
        self.server = server
        self.database = database
        self.registry = Registry(database)
        self.runs = runs
        self.quick = quick

    @contextlib.contextmanager
    def transaction(self, commit=False):
        """A fresh environment, its caches of records empty; rolled back in the end unless ``commit``."""
        with contextlib.closing(self.registry.cursor()) as cr:
            yield Environment(cr, SUPERUSER_ID, {})
            if commit:
                cr.commit()

    @contextlib.contextmanager
    def scheduled(self, cron):
        """The environment in which Odoo's scheduler calls the scheduled action ``cron`` (its id, or external id)."""
        with self.transaction() as env:
            action = env["ir.cron"].browse(cron) if isinstance(cron, int) else env.ref(cron)
            action = action.with_context(cron_id=action.id, cron_end_time=time.monotonic() + 3600)
            action, _progress = action._add_progress(timed_out_counter=0)
            env.cr.commit()
            yield action.env

    def sql(self, statement, *args):
        """One statement outside any transaction, as VACUUM wants it; the door of what it measures is open."""
        server = {**self.server, "options": "-c charter.door=open"}
        return runtime.query(server, self.database, statement, *args)

    def clients(self, count):
        """Ids of ``count`` clients."""
        with self.transaction(commit=True) as env:
            names = [{"name": f"Client {number}", "is_company": True} for number in range(count)]
            return env["res.partner"].create(names).ids

    def contracts(self, env, clients, tier=None):
        """A contract for each of ``clients``, written in ``env``; under ``tier`` without what the first day of a contract
        sets off, which is measured elsewhere."""
        contracts = env["contract.contract"].create(
            [
                {"name": "Maintenance", "partner_id": client, "company_id": env.company.id}
                for client in clients
            ]
        )
        if tier:
            env.flush_all()
            env.cr.execute(
                "UPDATE contract_contract SET charter_tier_id = %s WHERE id = ANY(%s)",
                [tier.id, contracts.ids],
            )
            env.invalidate_all()
        return contracts

    def close(self):
        Registry.delete(self.database)
        close_db(self.database)
