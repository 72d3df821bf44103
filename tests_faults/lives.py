"""usage: lives.py KILLS SEED DATABASE (started by ``bin/test --kills N``)

A worker of the scheduler is killed at random moments, again and again, on committed data, and PostgreSQL is cut off beneath it;
what is there in the end is what an undisturbed run leaves.

Like Odoo's prefork server, a process that has loaded everything forks; the child takes a scheduled action as the scheduler does
(``ir.cron._acquire_one_job``, ``_process_job``) and gets SIGKILL at a moment the seed chooses. A *series* is a fresh copy of the same
database in which each scheduled action is run, killed a few times, and run to its end.
"""

import contextlib
import ctypes
import gc
import logging
import os
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter

import cluster
import freezegun
import runtime
from bootstrap import LOGS
from freezegun.api import real_perf_counter
from odoo import api, sql_db
from odoo.tools import config

# How often an action is killed in a series, and in which share of the cases PostgreSQL goes instead of the worker.
KILLS_AN_ACTION, CRASHES = 3, 0.04
LIBC = ctypes.CDLL(None)
# In this order, what one leaves to another being done by it; then all others of the addon, as the database has them, and the seals.
FIRST = (
    "cron_clock", "cron_schedule", "cron_feedback", "cron_contacts", "cron_onboarding", "cron_report", "cron_delivery",
)  # fmt: skip
LAST = ("cron_seal", "cron_verify")
WORLD, RUN = "charter_faults_world", "charter_faults"
# Rows of a batch, where the addon says another number: several transactions an action, on few rows.
BATCH = 4
SAID_EVERY = 5
ENDS = 60.0  # seconds a worker has for its work, or to notice that its database went away
SETTLES = 300.0  # and for one that does everything


def small_batches():
    for name, module in list(sys.modules.items()):
        if name.startswith("odoo.addons.mileo_client_charter.models."):
            for constant in [one for one in vars(module) if re.fullmatch(r"([A-Z]+_)?BATCH", one)]:
                setattr(module, constant, BATCH)


class Faults:
    def __init__(self, place, seed):
        self.cluster, self.server = place, place.server
        self.dice = random.Random(seed)
        self.seconds, self.expected = {}, None
        self.counts, self.problems = Counter(), []

    # -- databases --------------------------------------------------------------------------------

    def prepare(self, template):
        """The world, made once in a copy of the test database, and the registry of it in this process."""
        import world
        from odoo.modules.registry import Registry

        self.world = world
        runtime.drop_database(self.server, RUN)
        runtime.query(self.server, "postgres", f'CREATE DATABASE "{RUN}" TEMPLATE "{template}"')
        self.registry = Registry(RUN)
        small_batches()
        with contextlib.closing(self.registry.cursor()) as cr:
            world.World.build(api.Environment(cr, api.SUPERUSER_ID, {}))
            cr.commit()
            data = api.Environment(cr, api.SUPERUSER_ID, {})["ir.model.data"]
            known = data.search([("model", "=", "ir.cron"), ("module", "=", "mileo_client_charter")])
            found = {one.name: one.res_id for one in known}
            others = sorted(found.keys() - {*FIRST, *LAST})
            self.actions = {name: found[name] for name in (*FIRST, *others, *LAST)}
        sql_db.close_all()
        runtime.drop_database(self.server, WORLD)
        runtime.query(self.server, "postgres", f'CREATE DATABASE "{WORLD}" TEMPLATE "{RUN}"')

    def renew(self):
        """The world again. Copied file by file, with a checkpoint: copied through the journal (PostgreSQL's own choice), a
        sequence that is ahead of what was written of it falls back when the server is cut off before the next checkpoint."""
        runtime.query(
            self.server, "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", RUN
        )  # fmt: skip
        runtime.query(self.server, "postgres", f'DROP DATABASE "{RUN}"')
        runtime.query(
            self.server, "postgres", f'CREATE DATABASE "{RUN}" TEMPLATE "{WORLD}" STRATEGY FILE_COPY'
        )

    def read(self):
        with runtime.connect(self.server, RUN) as connection, connection.cursor() as cr:
            return self.world.read(cr)

    # -- one worker -------------------------------------------------------------------------------

    def begin(self, *actions):
        """A worker that runs each of ``actions`` once and is at it. :return: its process id"""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            # A moment the seed chooses is one of its work, none of its being made.
            os.read(reading, 1)
            os.close(reading)
            return pid
        code = 1
        try:
            # However this command ends, its worker does.
            LIBC.prctl(1, signal.SIGKILL)
            os.close(writing)
            for action in actions:
                self.work(self.actions[action])
            code = 0
        except BaseException:  # noqa: BLE001  (a worker whose database went away ends; what came of it is compared)
            logging.getLogger("faults").error("%s", traceback.format_exc())
        finally:
            os._exit(code)

    def work(self, cron_id):
        with contextlib.closing(sql_db.db_connect(RUN).cursor()) as cr:
            crons = self.registry["ir.cron"]
            job = None
            for _attempt in range(200):
                # Whom a dead worker held its lock for, PostgreSQL finds out when it next writes to it.
                job = crons._acquire_one_job(cr, cron_id, include_not_ready=True)
                if job:
                    break
                cr.rollback()
                time.sleep(0.02)
            assert job, "the action is locked by somebody who is dead"
            crons._process_job(cr, job)
            cr.commit()

    def undisturbed(self, *actions, seconds=ENDS):
        """Run ``actions`` to their end. :return: seconds"""
        pid, started = self.begin(*actions), real_perf_counter()
        if not self.ended(pid, seconds):
            self.problems.append(f"{', '.join(actions)} does not end")
            self.kill(pid)
        elif self.status:
            self.problems.append(f"{', '.join(actions)} did not end well undisturbed: {LOGS}/kills.log")
        return real_perf_counter() - started

    def disturbed(self, action):
        """One worker killed, or its PostgreSQL; nothing where it was faster."""
        delay = self.dice.uniform(0, self.seconds[action])
        crash = self.dice.random() < CRASHES
        pid = self.begin(action)
        time.sleep(delay)
        if crash:
            self.cluster.crash()
            self.counts["PostgreSQL cut off"] += 1
            if not self.ended(pid, ENDS):
                self.problems.append(f"a worker of {action} outlived its database by {ENDS:.0f} s")
        elif self.ended(pid, 0):
            self.counts["ended before"] += 1
            return
        else:
            self.counts[f"killed in {action}"] += 1
            self.counts["killed"] += 1
        self.kill(pid)

    def kill(self, pid):
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def ended(self, pid, seconds):
        deadline = real_perf_counter() + seconds
        while True:
            found, self.status = os.waitpid(pid, os.WNOHANG)
            if found or real_perf_counter() >= deadline:
                return bool(found)
            time.sleep(0.002)

    # -- the whole --------------------------------------------------------------------------------

    def settle(self):
        """The scheduler comes round again, twice: nothing is left to do then, or is done twice by it.

        Twice, as Odoo leaves an action out once whose workers died three times in a row.
        """
        self.undisturbed(*[*self.actions] * 2, seconds=SETTLES)

    def measure(self):
        self.seconds = {action: self.undisturbed(action) for action in self.actions}
        self.settle()
        self.expected = self.read()
        empty = [
            kind for kind in ("promises", "mails", "activities", "reports", "deliveries", "surveys", "onboarding", "files")
            if not self.expected[kind]
        ]  # fmt: skip
        self.problems += [f"there is no row of {kind} to lose" for kind in empty]
        for kind in ("promises twice", "sealed", "seals waiting", "actions that failed"):
            self.problems += [f"undisturbed, {kind}: {row}" for row in self.expected[kind]]

    def series(self, kills):
        """One copy of the world, killed until there are ``kills`` in all or it is done."""
        self.renew()
        for action in self.actions:
            for _time in range(self.dice.randrange(KILLS_AN_ACTION + 2)):
                if self.counts["killed"] < kills:
                    self.disturbed(action)
            self.undisturbed(action)
        self.settle()
        found = self.world.differences(self.expected, self.read())
        self.counts["series"] += 1
        self.problems += [f"series {self.counts['series']}: {problem}" for problem in found]
        self.problems += self.broken_seals()
        if self.counts["series"] % SAID_EVERY == 0:
            print(f"  {self.said()}; {len(self.problems)} lost or doubled", flush=True)

    def said(self):
        return ", ".join(f"{what} {count}" for what, count in sorted(self.counts.items()))

    def broken_seals(self):
        with contextlib.closing(sql_db.db_connect(RUN).cursor()) as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            found = [repr(one) for one in env["charter.seal"]._verify(env.company)]
        sql_db.close_all()
        return found


def main(kills, seed, template):
    with runtime.postgres() as source, cluster.copied(source) as place:
        config.parse_config(runtime.server_options(place.server), setup_logging=False)
        # Where a queue of jobs is installed beside, the scheduled actions do their work themselves all the same.
        os.environ["QUEUE_JOB__NO_DELAY"] = "1"
        os.makedirs(LOGS, exist_ok=True)
        logging.basicConfig(filename=os.path.join(LOGS, "kills.log"), filemode="w", level=logging.ERROR)
        faults = Faults(place, seed)
        faults.prepare(template)
        # What is there now is shared by all workers, and not gone through by each of them.
        gc.collect()
        gc.freeze()
        with freezegun.freeze_time(faults.world.NOW):
            faults.measure()
            while faults.counts["killed"] < kills and len(faults.problems) < 20:
                faults.series(kills)
        if os.environ.get("FAULTS_SHOW"):
            for kind in os.environ["FAULTS_SHOW"].split(","):
                print(kind, *faults.expected[kind], sep="\n  ")
    print(f"seed {seed}: {faults.said()}")
    print("compared: " + ", ".join(f"{len(rows)} {kind}" for kind, rows in faults.expected.items() if rows))
    for problem in faults.problems[:50]:
        print(problem)
    print(f"{len(faults.problems)} lost or doubled")
    return int(bool(faults.problems))


if __name__ == "__main__":
    runtime.stop_on_signals()
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
