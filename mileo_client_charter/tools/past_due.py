"""Whether a commitment is past its due moment; what is done at that very moment is in time."""


def is_past_due(due_at, now):
    """Return whether ``due_at`` is over at ``now``, both naive UTC; what has no due moment is not.

    >>> from datetime import datetime
    >>> due_at = datetime(2026, 10, 5, 8)
    >>> is_past_due(due_at, due_at), is_past_due(due_at, datetime(2026, 10, 5, 8, 0, 1)), is_past_due(None, due_at)
    (False, True, False)
    """
    return bool(due_at) and due_at < now
