"""Long jobs: rows in batches of one transaction each; an error of one row does not stop the others.

Every scheduled action that works through rows does so with ``run_batches`` (or a ``Queue``, which is one over a domain), and
whatever a single row may break runs through ``run_isolated``. ``tests/test_house.py`` finds what does either manually.
"""

import logging

from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from psycopg2 import InterfaceError, OperationalError

from .charter_lock import lock_free

_logger = logging.getLogger(__name__)

# A conflict with another worker or a lost connection: nothing is wrong with the rows, the transaction is played again.
PLAYED_AGAIN = (ConcurrencyError, OperationalError, InterfaceError)


class Failures:
    """How many tries have failed in this process: an action that had one is not done with what it read."""

    count = 0


def run_isolated(records, act, say, expected=(), env=None):
    """Run ``act`` on ``records`` together; where that fails, on each alone, and ``say`` what fails alone.

    Each try is a savepoint: of what failed nothing stays. A conflict with another worker, or a lost connection, is no one's
    failure, and has the whole transaction played again.

    :param records: a recordset, or a list of anything with ``env``
    :param act: function of some of them
    :param say: function of the one that failed alone and of why, in words
    :param expected: exceptions that are no failure to record: another worker did it meanwhile
    :return: those that failed
    """
    if not records:
        return records
    env = records.env if env is None else env
    try:
        with env.cr.savepoint():
            act(records)
            env.flush_all()
        return records[:0]
    except PLAYED_AGAIN:
        raise
    except Exception as error:
        Failures.count += 1
        env.invalidate_all()
        if len(records) > 1:
            failed = records[:0]
            for number in range(len(records)):
                failed += run_isolated(records[number : number + 1], act, say, expected, env)
            return failed
        if not isinstance(error, expected):
            _logger.info("%s failed alone", records, exc_info=True)
            _say_alone(records[0], say, str(error) or type(error).__name__, env)
        return records


def _say_alone(record, say, why, env):
    """Say on its own row why it failed; where even that cannot be written, the log says it, and no other row is held up."""
    try:
        with env.cr.savepoint():
            say(record, why)
            env.flush_all()
    except PLAYED_AGAIN:
        raise
    except Exception:
        env.invalidate_all()
        _logger.exception("%s failed, and could not be marked as failed: %s", record, why)


def run_batches(env, take, act, left=None, size=None):
    """Run ``act`` on what ``take`` gives until it gives nothing, each time in a transaction of its own.

    The end of a transaction empties the caches: memory does not grow from one batch to the next. When the time of the
    scheduled action is over, it runs again for what is left.

    :param take: function that gives the next records (anything with a length), empty at the end
    :param act: function of them
    :param left: function that gives how many are still waiting, for the progress that is shown
    :param size: instead of ``left``: rows of a full batch, after which there are more
    :return: whether all was done before the time was over
    """
    waiting = 0
    while batch := take():
        act(batch)
        waiting = left() if left else int(len(batch) >= size)
        if not end_batch(env, len(batch), waiting):
            return False
    if waiting:
        # As many as a full batch were all there were, or what is left is not to be taken: given a higher figure, Odoo would run the
        # action again, and again.
        end_batch(env, 0)
    return True


def one_by_one(records, act, say):
    """Call ``run_isolated`` on each of ``records``, a transaction each. :return: whether all was done before the time was over"""
    waiting = list(records)[::-1]
    return run_batches(
        records.env,
        lambda: waiting.pop() if waiting else records.browse(),
        lambda record: run_isolated(record, act, say),
        lambda: len(waiting),
    )


def end_batch(env, done, left=0):
    """End the transaction of a scheduled action. :return: whether there is time for more"""
    return bool(env["ir.cron"]._commit_progress(done, remaining=left))


class Queue:
    """The rows of ``domain``, in the order of their ids: each taken once a run, locked, and looked at again.

    Rows another worker holds are left to it. One that fails stays in the queue or not, as whoever says its failure writes it;
    this run does not take it again.
    """

    def __init__(self, model, domain, size, locked=True):
        """Prepare a queue of rows.

        :param size: rows of a batch  :param locked: False where two workers may do the same row at once
        """
        self.model, self.domain, self.size, self.locked = model, Domain(domain), size, locked
        self.last, self.full = 0, False

    def take(self):
        """Return the next batch; empty at the end."""
        while found := self.model.search(self._ahead(), limit=self.size, order="id"):
            self.last, self.full = found[-1].id, len(found) == self.size
            batch = lock_free(found, self.domain) if self.locked else found
            if batch:
                return batch
        return self.model.browse()

    def left(self):
        """Return how many rows are still to be taken."""
        return self.model.search_count(self._ahead()) if self.full else 0

    def _ahead(self):
        return self.domain & Domain("id", ">", self.last)

    def run(self, act, say, expected=()):
        """Call ``run_isolated`` on each batch. :return: whether all was done before the time was over"""
        return run_batches(
            self.model.env,
            self.take,
            lambda batch: run_isolated(batch, act, say, expected),
            self.left,
        )
