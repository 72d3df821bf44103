"""Whether a contract may renew tacitly (article 04). Plain Python, no ORM."""

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"


def verdict(score, complaints, threshold=0):
    """The verdict on a client: ``score`` is its NPS or None when nobody answered, ``complaints`` the unresolved ones.

    A complaint fails whatever the score; silence is unknown, and never a pass. The threshold has to be exceeded.

    >>> [verdict(score, 0) for score in (50, 1, 0, -20, None)]
    ['pass', 'pass', 'fail', 'fail', 'unknown']
    >>> verdict(100, complaints=1), verdict(None, complaints=1)
    ('fail', 'fail')
    """
    if complaints:
        return FAIL
    if score is None:
        return UNKNOWN
    return PASS if score > threshold else FAIL


def missing(score, complaints, threshold=0):
    """What a pass still lacks: ``complaints``, ``answer`` (nobody answered) or ``score``.

    >>> missing(0, 2)
    ['complaints', 'score']
    >>> missing(None, 0), missing(10, 0)
    (['answer'], [])
    """
    lacking = ["complaints"] if complaints else []
    if score is None:
        lacking.append("answer")
    elif score <= threshold:
        lacking.append("score")
    return lacking
