"""Whether a client is at risk, and why: each cause and its weight. The SQL of charter.health says the same."""

from typing import NamedTuple

LEVELS = ("good", "watch", "trouble")
# How far ahead a renewal that is not a pass is a matter of today.
RENEWAL_MONTHS = 6


class Facts(NamedTuple):
    """What is known of a client; ``nps`` is None where nobody answered, ``nps_low`` whether it is not above the
    charter's threshold, ``renewal`` the verdict of the next term."""

    vacant: int = 0
    unanswered: int = 0
    complaints: int = 0
    late_owed: int = 0
    late_done: int = 0
    low_open: int = 0
    low_closed: int = 0
    nps: int | None = None
    nps_low: bool = False
    renewal: str | None = None


def causes(facts):
    """Return [(cause, level)] in the order people should look at them.

    >>> causes(Facts(nps=40))
    []
    >>> causes(Facts(nps=40, late_owed=2, late_done=1))
    [('late_owed', 'trouble'), ('late_done', 'watch')]
    >>> causes(Facts())
    [('nps_unknown', 'watch')]
    """
    unknown = facts.nps is None
    found = (
        ("unanswered", "trouble", facts.unanswered),
        ("late_owed", "trouble", facts.late_owed),
        ("low_open", "trouble", facts.low_open),
        ("vacant", "trouble", facts.vacant),
        ("nps_low", "trouble", facts.nps_low),
        ("renewal_fail", "trouble", facts.renewal == "fail"),
        ("complaints", "watch", facts.complaints > facts.unanswered),
        ("low_closed", "watch", facts.low_closed),
        ("late_done", "watch", facts.late_done),
        ("renewal_unknown", "watch", facts.renewal == "unknown"),
        ("nps_unknown", "watch", unknown),
    )
    return [(cause, level) for cause, level, there in found if there]


def level(facts):
    """Return the worst of its causes, ``good`` without any.

    >>> level(Facts(nps=40)), level(Facts()), level(Facts(nps=0, nps_low=True))
    ('good', 'watch', 'trouble')
    """
    return max((of_cause for _cause, of_cause in causes(facts)), key=LEVELS.index, default="good")
