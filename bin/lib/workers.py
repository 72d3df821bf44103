"""Jobs over a few workers: what may begin does, the longest first, and what hangs on a job waits for it."""

import concurrent.futures
import dataclasses
import time
from collections.abc import Callable

import runtime
from bootstrap import say

QUIET_SECONDS = 30  # after so long without news it is said what is at work


@dataclasses.dataclass
class Result:
    """What came of one check or one run of tests."""

    name: str
    passed: int
    failed: int
    seconds: float
    details: str = ""
    named: tuple = ()  # the tests that failed

    def show(self):
        verdict = "FAILED" if self.failed else "ok"
        count = f"{self.passed} passed, {self.failed} failed, " if self.passed + self.failed > 1 else ""
        say(f"{self.name:<34} {verdict:<7} {count}{self.seconds:.1f} s")
        if self.failed and self.details:
            print("    " + self.details.strip().replace("\n", "\n    "), flush=True)


@dataclasses.dataclass
class Job:
    """``run(worker)`` gives a Result, or several, or None for nothing worth a line; ``worker`` counts from 1.

    A job that came to a failure, or to none at all, lets those ``after`` it fail without running.
    """

    name: str
    run: Callable
    seconds: float = 0  # it is expected to take
    after: tuple = ()

    def results(self, worker):
        started = time.time()
        try:
            found = self.run(worker)
        except Exception as error:  # noqa: BLE001  (a check that breaks is a check that fails)
            return [Result(self.name, 0, 1, time.time() - started, f"{type(error).__name__}: {error}")]
        if found is None:
            return []
        return [found] if isinstance(found, Result) else list(found)


def urgency(jobs):
    """{job: seconds from its start to the end of the longest chain that begins with it}."""
    found = {}

    def reach(job):
        if job.name not in found:
            behind = [reach(other) for other in jobs if job.name in other.after]
            found[job.name] = job.seconds + max(behind, default=0)
        return found[job.name]

    for job in jobs:
        reach(job)
    return found


def work(jobs, workers, done=Result.show):
    """Run all jobs on so many threads; every Result, each handed to ``done`` when it is there.

    A signal that ends the command (KeyboardInterrupt, SystemExit) ends every process of theirs first.
    """
    order = urgency(jobs)
    waiting = sorted(jobs, key=lambda job: -order[job.name])
    fate = {}  # name: whether it went well
    running, free, results = {}, list(range(workers, 0, -1)), []
    pool, started = concurrent.futures.ThreadPoolExecutor(workers), time.time()
    try:
        while waiting or running:
            for job in list(waiting):
                states = [fate.get(name) for name in job.after]
                if False in states:
                    waiting.remove(job)
                    fate[job.name] = False
                    broken = job.after[states.index(False)]
                    found = Result(job.name, 0, 1, 0.0, f"Not run: {broken} failed.")
                    results.append(found)
                    done(found)
                elif all(states) and free:
                    waiting.remove(job)
                    worker = free.pop()
                    running[pool.submit(job.results, worker)] = (job, worker)
            if not running and waiting:
                if not any(fate.get(name) is False for job in waiting for name in job.after):
                    raise ValueError(f"These wait for what never runs: {[job.name for job in waiting]}")
                continue
            if not running:
                break
            finished, _others = concurrent.futures.wait(
                running, QUIET_SECONDS, return_when=concurrent.futures.FIRST_COMPLETED
            )
            if not finished:
                say(
                    f"  {time.time() - started:.0f} s: {'; '.join(job.name for job, _worker in running.values())}"
                )
            for future in finished:
                job, worker = running.pop(future)
                free.append(worker)
                found = future.result()
                fate[job.name] = not any(result.failed for result in found)
                for result in found:
                    done(result)
                results += found
    except BaseException:
        runtime.stop_everything()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return results
