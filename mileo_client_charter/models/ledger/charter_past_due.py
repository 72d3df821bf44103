"""What is outstanding, late or past due, in SQL and as a domain; at the due moment itself a commitment is in time
(``is_past_due``).
"""

from odoo.fields import Domain
from odoo.tools import SQL

OWED = "{row}done_at IS NULL AND {row}state IN ('open', 'late')"
LATE_OWED = "{row}state = 'late' AND {row}done_at IS NULL"


def owed_sql(row=""):
    """Return the SQL condition on the ledger under the alias ``row``: the promise is still owed."""
    return SQL(OWED.format(row=row and f"{row}."))


def late_owed_sql(row=""):
    """Return the SQL condition on the ledger under the alias ``row``: the promise was found late and is still owed."""
    return SQL(LATE_OWED.format(row=row and f"{row}."))


def over_sql(row, now):
    """Return the SQL condition on the table ``row`` (an alias or a name): its due moment is over, as ``is_past_due`` says."""
    return SQL("%(row)s.due_at < %(now)s", row=SQL.identifier(row), now=now)


def result_sql(row, now):
    """Return SQL of a promise's state at ``now``: what is over and still open is late, found by the clock or not yet."""
    return SQL(
        "CASE WHEN %(row)s.state = 'open' AND %(over)s THEN 'late' ELSE %(row)s.state END",
        row=SQL.identifier(row),
        over=over_sql(row, now),
    )


def decided_sql(row, now):
    """Return SQL of the moment a promise was decided: kept, cancelled, or its due moment once that is over; else NULL."""
    return SQL(
        """CASE %(row)s.state WHEN 'kept' THEN %(row)s.done_at WHEN 'cancelled' THEN %(row)s.cancelled_at
                WHEN 'late' THEN COALESCE(%(row)s.due_at, %(row)s.breached_at)
                ELSE CASE WHEN %(over)s THEN %(row)s.due_at END END""",
        row=SQL.identifier(row),
        over=over_sql(row, now),
    )


def over_domain(now):
    """Return ``over_sql`` as a domain."""
    return Domain("due_at", "<", now)


def past_due_sql(row, now):
    """Return the SQL condition on the ledger under the alias ``row``: owed, and nothing is left of its time at ``now``.

    A promise without a due time is past due when none could be computed: somebody has to look. A pause is no delay.
    """
    return SQL(
        """(%(late_owed)s OR %(row)s.state = 'open' AND (%(over)s
            OR %(row)s.due_at IS NULL AND %(row)s.paused_at IS NULL))""",
        late_owed=late_owed_sql(row),
        row=SQL.identifier(row),
        over=over_sql(row, now),
    )
