"""The formulas of the activity report (article 01), each in one place. Plain Python, no ORM.

The first paragraph of a docstring that begins with "Formula:" is printed, word for word, on the report's last page
(``charter.figures._method``, a test compares them). Figures are counts, and are compared as counts; what is shown is
rounded once, by ``nearest``, and only what is complete is 100 %. What was not measured is None, never zero.
"""

from fractions import Fraction

MARKS = (1, 2, 3, 4, 5)


def rate(met, total):
    """Return the part from 0 to 1, or None when there is nothing to count on.

    >>> rate(3, 4), rate(0, 0)
    (0.75, None)
    """
    return met / total if total else None


def nearest(value):
    """Return the whole number nearest to ``value`` (an int or a Fraction), a half going away from zero, as PostgreSQL rounds.

    >>> nearest(Fraction(25, 2)), nearest(Fraction(-25, 2)), nearest(Fraction(2, 5))
    (13, -13, 0)
    """
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def percent(met, total, digits=1):
    """Return ``met`` of ``total`` in percent, to be shown with ``digits`` decimals; None when there is nothing to count on.

    To the ``nearest``, but for one thing: what is not complete is never shown as 100 %.

    >>> percent(2, 3), percent(29999, 30000), percent(30, 30), percent(0, 0)
    (66.7, 99.9, 100.0, None)
    >>> percent(30 * 86400 - 61, 30 * 86400, digits=3)
    99.998
    """
    if not total:
        return None
    scale = 10**digits
    shown = nearest(Fraction(met) * 100 * scale / Fraction(total))
    return (min(shown, 100 * scale - 1) if met < total else shown) / scale


def mean(total, number, digits=1):
    """Return ``total`` over ``number``, to be shown with ``digits`` decimals, to the ``nearest``; None when there is nothing to count on.

    >>> mean(69, 20), mean(17, 4), mean(0, 0)
    (3.5, 4.3, None)
    """
    return nearest(Fraction(total * 10**digits, number)) / 10**digits if number else None


def interventions(done, open_at_end, cancelled):
    """Formula: An intervention belongs to the period in which the work was done (its resolution). Those reported by the
    end of the period and not done by then are counted separately, as in progress; those reported in the period and
    cancelled are counted separately too.

    >>> interventions({"corrective": 2, "remote": 1}, 1, 0)["done"]
    3
    """
    return {
        "done": sum(done.values()),
        "by_kind": dict(done),
        "open_at_end": open_at_end,
        "cancelled": cancelled,
    }


def service_level(met, missed, running, cancelled):
    """Formula: Met / (met + missed), over the target times decided in the period: met when the work was done in
    time, missed at the moment the target fell due. Left out and counted separately: those still running
    at the end of the period, and those cancelled. Time paused, with its reason, is not counted. Planned
    work has no target time.

    >>> service_level(9, 1, 2, 0)
    {'met': 9, 'total': 10, 'running': 2, 'cancelled': 0}
    """
    return {"met": met, "total": met + missed, "running": running, "cancelled": cancelled}


def availability(expected, down, planned, no_data):
    """Formula: (expected time − time down) / expected time, over the supervised equipment of the contract. Expected time
    is supervised time less planned maintenance and less the time when supervision itself was down. Outages that
    overlap count once. Coverage is expected time / whole time: what is not covered is missing, not available.

    :param expected: seconds, as the others; ``None`` for all of them: no equipment was in the contract

    >>> availability(None, None, None, None)["supervised"]
    False
    """
    return {
        "supervised": bool(expected),
        "equipment": expected is not None,
        "expected": expected or 0,
        "down": down or 0,
        "planned": planned or 0,
        "no_data": no_data or 0,
    }


def satisfaction(distribution, asked, skipped):
    """Formula: Sum of the ratings from 1 to 5 / number of ratings, over the answers received in the period.
    Surveys sent in the period and those held back (frequency limit, or a reason on record) are counted
    separately. No rating: no mean.

    :param distribution: {mark: how many}

    >>> satisfaction({5: 3, 2: 1}, asked=6, skipped=0)
    {'n': 4, 'sum': 17, 'distribution': {'1': 0, '2': 1, '3': 0, '4': 0, '5': 3}, 'asked': 6, 'skipped': 0}
    """
    return {
        "n": sum(distribution.values()),
        "sum": sum(mark * count for mark, count in distribution.items()),
        "distribution": {str(mark): distribution.get(mark, 0) for mark in MARKS},
        "asked": asked,
        "skipped": skipped,
    }


def recommendation(promoters, detractors, answers, left_out=0):
    """Formula: 100 × (promoters, 9 or 10 − detractors, 0 to 6) / answers, over the latest answer of each contact in
    the window of months that ends with the period. Its first day and the number of answers are always printed with
    it. An answer counts for whoever was a contact of the client when it was given; those left out, with a reason, are
    counted separately.

    >>> recommendation(3, 1, 4)
    {'promoters': 3, 'detractors': 1, 'n': 4, 'left_out': 0}
    """
    return {"promoters": promoters, "detractors": detractors, "n": answers, "left_out": left_out}


def promises(kept, late, running, cancelled):
    """Formula: Met on time / (met on time + missed), over every commitment of the charter decided in the
    period: met on time when it was done by its due date, missed once it fell due without being done,
    whether it was done later or not. Each missed one is listed. Those still open at the end of the
    period and those cancelled are left out and counted separately.

    >>> promises(4, 1, 3, 0)
    {'kept': 4, 'total': 5, 'running': 3, 'cancelled': 0}
    """
    return {"kept": kept, "total": kept + late, "running": running, "cancelled": cancelled}


def escalations(raised, level2, resolved, open_at_end):
    """Formula: Escalations the client raised in the period, those that went to general management in it, those resolved
    in it, and those not resolved at its end, whenever they were raised.

    >>> escalations(1, 0, 0, 1)["open_at_end"]
    1
    """
    return {"raised": raised, "level2": level2, "resolved": resolved, "open_at_end": open_at_end}
