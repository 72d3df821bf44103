"""Scheduled actions killed between any two statements, on committed data.

Nothing is simulated but the moment of death: each run has a connection of its own to the database, which is
cut while the transaction is open, as the end of a process would; the next run starts from what is there.
"""

import contextlib
import time
from unittest.mock import patch

import psycopg2
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

# Where a queue of jobs is installed beside, the scheduled actions do their work themselves all the same.
INLINE = {"queue_job__no_delay": True}


class Killed(BaseException):
    """The process is gone; nothing in it may catch this and carry on."""


class KilledCase(BaseCase):
    # Model and method of the scheduled action.
    job = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # {cursor of a run: what ends a transaction there}. One patch for all: runs in two threads, each with a patch of its
        # own, ended each other's transactions, which emptied the caches the other was computing in.
        cls.turns = {}
        crons = cls.registry["ir.cron"]
        own = crons._commit_progress

        def commit_progress(cron, *args, **kwargs):
            turn = cls.turns.get(cron.env.cr)
            return turn() if turn else own(cron, *args, **kwargs)

        cls.enterClassContext(patch.object(crons, "_commit_progress", commit_progress))

    @contextlib.contextmanager
    def session(self):
        """An environment on a real connection, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(
                cr, SUPERUSER_ID, {**INLINE, "tracking_disable": True, "no_reset_password": True}
            )

    def _wait_for_the_end_of(self, pid):
        """Wait until the server has noticed that the connection was cut: its locks are held as long, and a run that comes
        before leaves what is locked to the next.

        :param pid: of the server's process
        """
        with self.registry.cursor() as other:
            for _attempt in range(3000):
                other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
                if not other.fetchone():
                    return
                # What is seen of the other connections is kept until the transaction ends.
                other.rollback()
                time.sleep(0.01)
        self.fail(f"The server holds on to the connection {pid}, which was cut half a minute ago.")

    def _run(self, die_at=None):
        """One run of the job on a connection of its own.

        :param die_at: number of the statement before which the connection is cut; None: run to the end
        :return: how many statements were run
        """
        cr = self.registry.cursor()
        pid = cr._cnx.get_backend_pid()
        statements = 0
        execute = cr.execute

        def counted(*args, **kwargs):
            nonlocal statements
            statements += 1
            if statements == die_at:
                cr._cnx.close()
                raise Killed
            return execute(*args, **kwargs)

        def end_turn():
            # What ir.cron does for a scheduled action: a transaction ends here.
            nonlocal statements
            statements += 1
            if statements == die_at:
                cr._cnx.close()
                raise Killed
            cr.commit()  # pylint: disable=invalid-commit
            return 1000

        cr.execute = counted
        self.turns[cr] = end_turn
        env = api.Environment(cr, SUPERUSER_ID, INLINE)
        try:
            # The dead run's last words: its connection is closed.
            with mute_logger("odoo.sql_db") if die_at else contextlib.nullcontext():
                getattr(env[self.job[0]], self.job[1])()
                cr.commit()  # pylint: disable=invalid-commit
        except (Killed, psycopg2.InterfaceError):
            # Leaving its savepoints, a dead run can only find the connection closed.
            if not cr._cnx.closed:
                raise
        finally:
            del self.turns[cr]
            if not cr._cnx.closed:
                cr.close()
            else:
                # The pool must not hand the dead connection to somebody else.
                cr._closed = True
                cr._Cursor__pool.give_back(cr._cnx, keep_in_pool=False)
                self._wait_for_the_end_of(pid)
        return statements
