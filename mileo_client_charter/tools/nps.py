"""The figures of client satisfaction, in one place. Plain Python, no ORM."""

from fractions import Fraction

from .figures import nearest

PROMOTER_FROM = 9
DETRACTOR_TO = 6


def is_promoter(score):
    """Return whether a 0–10 answer counts as a promoter.

    >>> [is_promoter(score) for score in (8, 9, 10)]
    [False, True, True]
    """
    return score >= PROMOTER_FROM


def is_detractor(score):
    """Return whether a 0–10 answer counts as a detractor.

    >>> [is_detractor(score) for score in (0, 6, 7)]
    [True, True, False]
    """
    return score <= DETRACTOR_TO


def nps(promoters, detractors, answers):
    """Return the net promoter score from -100 to 100 as it is shown, or None when nobody answered: no answer is not zero.

    It is compared as it is counted, never as it is shown: ``charter.nps._standing_table``.

    >>> nps(promoters=3, detractors=1, answers=4)
    50
    >>> nps(0, 0, 1), nps(1, 0, 8), nps(0, 1, 8), nps(1, 0, 250)
    (0, 13, -13, 0)
    >>> nps(0, 0, 0) is None
    True
    """
    if not answers:
        return None
    return nearest(Fraction(100 * (promoters - detractors), answers))


def margin(promoters, detractors, answers, threshold):
    """Return what an NPS has over a threshold, a hundred times for each answer: above the threshold where it is more than 0.

    Exact, in whole numbers, and to be added up over companies with thresholds of their own.

    >>> margin(1, 0, 250, 0), margin(1, 0, 10, 30), margin(1, 1, 4, 0)
    (100, -200, 0)
    """
    return 100 * (promoters - detractors) - threshold * answers
