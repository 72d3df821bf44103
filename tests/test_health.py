import doctest
import itertools

from tools import health
from tools.health import Facts


def test_doctests():
    assert doctest.testmod(health).failed == 0


def test_each_fact_weighs_what_it_says():
    weights = {
        "vacant": "trouble", "unanswered": "trouble", "late_owed": "trouble", "low_open": "trouble",
        "complaints": "watch", "late_done": "watch", "low_closed": "watch",
    }  # fmt: skip
    for name, level in weights.items():
        assert health.level(Facts(nps=50, **{name: 1})) == level, name
    assert health.level(Facts(nps=50, renewal="fail")) == "trouble"
    assert health.level(Facts(nps=50, renewal="unknown")) == "watch"


def test_the_threshold_has_to_be_exceeded():
    assert health.level(Facts(nps=10, nps_low=True)) == "trouble"
    assert health.level(Facts(nps=10, nps_low=False)) == "good"


def test_an_escalation_that_waits_is_said_once():
    assert [cause for cause, _level in health.causes(Facts(nps=50, complaints=1, unanswered=1))] == [
        "unanswered"
    ]


def test_the_gravest_come_first():
    for values in itertools.product((0, 1), repeat=7):
        facts = Facts(*values, nps=None)
        levels = [health.LEVELS.index(level) for _cause, level in health.causes(facts)]
        assert levels == sorted(levels, reverse=True)
