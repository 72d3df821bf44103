"""Locks on rows: the step of a person waits for a limited time; a job skips rows that are locked."""

from odoo.exceptions import ConcurrencyError, MissingError, UserError
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable

# A person in front of a page waits that long, in seconds, for another one's step to end.
WAIT_SECONDS = 10


class Busy(UserError):
    """Somebody else's step on the same rows does not end; nothing was recorded."""

    http_status = 503  # Service Unavailable: the same request may succeed later


def busy(env):
    """Return the error that says so, in the language of ``env``."""
    return Busy(
        env._(
            "Somebody else is recording a step on the same document: your step was not recorded. Try again in a minute."
        )
    )


def bound_waiting(cr):
    """Let no statement wait for another transaction longer than WAIT_SECONDS, to the end of this one."""
    cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", f"{WAIT_SECONDS}s"))


def lock_free(records, domain):
    """Return those of ``records`` that nobody else works on, locked until the transaction ends, and still in ``domain``."""
    records = records.try_lock_for_update()
    records.invalidate_recordset()
    return records.filtered_domain(domain)


def lock(records):
    """Lock ``records`` against other writers until the transaction ends, waiting for those who have them.

    A transaction of Odoo sees the database as it was when it began: whoever had to wait begins again, and finds what the
    other one left (``ConcurrencyError``, which has the request played again).

    :raise Busy: another transaction has kept a row for WAIT_SECONDS
    :raise MissingError: a row is not there any more
    :raise ConcurrencyError: waited, and it is free now
    """
    if records.try_lock_for_update() == records:
        return
    env = records.env
    ids = tuple(records.ids)
    try:
        with env.cr.savepoint(flush=False):
            bound_waiting(env.cr)
            query = SQL(
                "SELECT id FROM %(table)s WHERE id IN %(ids)s FOR UPDATE",
                table=SQL.identifier(records._table),
                ids=ids,
            )
            env.cr.execute(query, log_exceptions=False)
            found = env.cr.fetchall()
    except LockNotAvailable as error:
        raise busy(env) from error
    if len(found) < len(ids):
        raise MissingError(env._("The document is not there any more: go back to the list."))
    raise ConcurrencyError(f"{records} was locked by another transaction")
