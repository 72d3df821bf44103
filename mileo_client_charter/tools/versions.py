"""Whether a condition on versions, as manufacturers write it, holds for a version: yes, no, or a person has to look.

The order is that of pieces of figures and letters, as RPM and Maven have it: ``9.8`` comes before ``9.10``, ``2020 R2``
before ``2020 R3``. Nothing is guessed. Two texts of another shape (``IP8`` and ``5.0``, ``2020 R3`` and ``14.1``,
``HW01`` and ``HW02``, which are other hardware) have no order, and neither have a version and a bound of which one says
less than the other (``5.4.0`` and ``5.4.0 build 160421``): the answer is then :data:`LOOK`.

Libraries tried in November 2026: ``packaging`` refuses half of these texts, ``univers`` compares ``intdot`` character by
character and refuses ``vers:all/<V7.0.3``, SemVer has three numbers. See docs/decisions/versions.md.
"""

import re
from functools import lru_cache

AFFECTED = "affected"
NOT_AFFECTED = "not_affected"
LOOK = "look"

# What manufacturers put before a version without meaning anything by it.
_PREFIX = re.compile(
    r"^(?:(?:mx-v(?=\d))|(?:firmware|fw|version|versions|ver|release)[\s:.]+|v[\s.]?(?=\d))", re.IGNORECASE
)
_PIECE = re.compile(r"\d+|[a-z]+")
# A long word that stands for no step of a version is prose, and prose is not compared.
_STEPS = {"build", "hotfix", "patch", "update", "revision", "service", "pack", "alpha", "beta", "preview"}
_BEFORE = {"alpha", "beta", "rc", "pre", "preview"}
_SAME = {"bld": "build", "revision": "rev", "hf": "hotfix"}
_ALL = re.compile(r"^(?:all(?:\s+versions?)?|any(?:\s+version)?|\*|vers:[a-z]+/\*)$", re.IGNORECASE)
_ALL_THAT = re.compile(r"^all\s+versions?\s+(?=[<>=])", re.IGNORECASE)
# Schemes of "vers" whose order is that of figures; an epoch of Debian or a tilde of RPM is none of it.
_VERS = re.compile(r"^vers:(all|generic|intdot|semver|unknown)/(.+)$", re.IGNORECASE)
_BOUND = re.compile(r"(<=|>=|=<|=>|==|!=|<|>|=|≤|≥)")
_OPERATORS = {"=<": "<=", "=>": ">=", "==": "=", "≤": "<=", "≥": ">="}
_UNTIL = re.compile(
    r"^(?:(?:all\s+)?versions?\s+)?(?P<version>.+?),?\s+(?:and|or)\s+(?:all\s+)?"
    r"(?P<word>prior|earlier|below|older|before|later|newer|above|higher)(?:\s+versions?)?$",
    re.IGNORECASE,
)
_BEFORE_THAT = re.compile(
    r"^(?:all\s+)?(?:versions?\s+)?(?:prior\s+to|before|earlier\s+than|below|older\s+than)\s+(?:version\s+)?(?P<version>.+)$",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"^(?:all\s+)?(?:versions?\s+)?up\s+to\s+and\s+including\s+(?P<version>.+)$", re.IGNORECASE
)
_FROM_TO = re.compile(
    r"^(?:versions?\s+)?(?:from\s+)?(?P<first>\S+)\s+(?:through|to\s+and\s+including)\s+(?P<last>\S+)$",
    re.IGNORECASE,
)
_LATER = {"later", "newer", "above", "higher"}
_ALIAS = re.compile(r"^(?P<main>.*\d\w*)\s*\((?P<alias>20\d\d\s*R\d+)\)$", re.IGNORECASE)
# A list of hundreds of versions is one; a text of a page is none, and nothing here is to take long.
_LONGEST = 2000


# A part of a condition that is none on versions.
UNKNOWN = ("?", "")


class _Version:
    """A version in pieces: numbers and words, after the word it begins with.

    :ivar head: the letters before the first figure, where they mean something (``mp`` of ``MP8_SR4``)
    :ivar dotted: how many numbers the leading group has (``2`` of ``5.4 build 7``)
    """

    def __init__(self, text):
        self.text = " ".join(text.split()).casefold()
        rest = _PREFIX.sub("", self.text, count=1)
        first = re.search(r"\d", rest)
        if not first or len(rest) > 80 or any(map(_is_prose, rest.split())):
            raise ValueError(text)
        head, body = rest[: first.start()], rest[first.start() :]
        if re.search(r"^[^a-z]|[^a-z\s._-]", head) or re.search(r"[^0-9a-z\s._()+-]", body):
            raise ValueError(text)
        self.head = re.sub(r"[\s_.-]+", "", head)
        leading = re.match(r"\d+(?:\.\d+)*", body)[0].split(".")
        self.dotted, self.width = len(leading), len(leading[0])
        found = list(_PIECE.finditer(body))
        self.pieces = [int(p[0]) if p[0].isdigit() else _SAME.get(p[0], p[0]) for p in found]
        # 1.2-3 and firmware_1023-1007: numbers after a hyphen are put beside each other, in no order.
        self.beside = [p[0].isdigit() and body[: p.start()].endswith("-") for p in found]

    @property
    def scheme(self):
        """Return what has to be the same for two versions to have an order at all."""
        first, width = self.pieces[0], self.width
        if width == 4 and 1990 <= first < 2100:
            return self.head, "year"
        if width >= 6:
            return self.head, f"date{width}"
        if self.dotted == 1 and width >= 3:
            return self.head, "number"
        return self.head, "dotted"


def _is_prose(word):
    return len(word) > 3 and word.isalpha() and word not in _STEPS


@lru_cache(maxsize=20000)
def _version(text):
    try:
        return _Version(text)
    except ValueError:
        return None


class _Unordered(Exception):
    """Two versions of which nobody can say which comes first."""


# What a comparison gives beside -1, 0 and 1: one text says less than the other, as far as it goes they are equal.
_SHORTER = "shorter"  # the version: 5.4.0 against a bound 5.4.0 build 7
_ZEROS = "zeros"  # the version: 5.7 against a bound 5.7.1, where the rest is usually 0
_LONGER = "longer"  # the version: 5.7.3 against a bound 5.7


def _compare(version, bound):
    """Compare two versions: -1, 0, 1, or one of the three above.

    :raise _Unordered: their shapes differ
    """
    if version.text == bound.text:
        return 0
    if version.scheme != bound.scheme:
        raise _Unordered
    before = None
    for mine, theirs, beside in zip(version.pieces, bound.pieces, bound.beside, strict=False):
        if isinstance(mine, str) != isinstance(theirs, str):
            raise _Unordered
        if mine != theirs:
            if isinstance(mine, str):
                return _compare_words(mine, theirs)
            if beside or before == "hw" or _is_date(mine) != _is_date(theirs):
                raise _Unordered
            return -1 if mine < theirs else 1
        before = mine
    mine, theirs = version.pieces[len(bound.pieces) :], bound.pieces[len(version.pieces) :]
    if mine:
        return -1 if mine[0] in _BEFORE else 0 if not any(mine) else _LONGER
    if theirs:
        if theirs[0] in _BEFORE:
            return 1
        if all(isinstance(piece, int) for piece in theirs):
            return 0 if not any(theirs) else _ZEROS if version.dotted > 1 else _SHORTER
        return _SHORTER
    return 0


def _is_date(number):
    """Return whether the number may be a day written without separators; 190822 and 20190822 are no two numbers in order."""
    text = str(number)
    if len(text) == 8:
        return text[:2] == "20" and "01" <= text[4:6] <= "12"
    return len(text) == 6 and "01" <= text[2:4] <= "12" and "six"


def _compare_words(mine, theirs):
    if mine in _BEFORE and theirs not in _BEFORE:
        return -1
    if theirs in _BEFORE and mine not in _BEFORE:
        return 1
    if len(mine) == len(theirs) == 1:
        return -1 if mine < theirs else 1
    raise _Unordered


def _holds(operator, bound_text, version_text):
    """Say whether ``version operator bound``: True, False or None (nobody can say)."""
    if operator == "?":
        return None
    alias = _ALIAS.match(bound_text.strip())
    if alias:
        # V12.1a (2018 R1): one version under two names.
        answers = {_holds(operator, name, version_text) for name in alias.group("main", "alias")} - {None}
        return answers.pop() if len(answers) == 1 else None
    version, bound = _version(version_text), _version(bound_text)
    if not version or not bound:
        return None
    try:
        sign = _compare(version, bound)
    except _Unordered:
        return None
    if operator in ("=", "!="):
        if bound.dotted == 1 and bound.scheme[1] != "year" and version.text != bound.text:
            # "V16" or "H4W2PER2" alone is as often the name of a model: it clears nothing. A number without a head is the same
            # number with or without its V; with a head, only the very same text is equal to it.
            return True if sign == 0 and not bound.head and operator == "=" else None
        return None if sign in (_SHORTER, _ZEROS, _LONGER) else (sign == 0) is (operator == "=")
    below = operator[0] == "<"
    if sign == _SHORTER:
        return None
    if sign == _ZEROS:
        # Said to be affected at most, never cleared by what was left out.
        return True if below else None
    if sign == _LONGER:
        # 5.7.3 is not before 5.7; whether a manufacturer counts it to "5.7 and earlier" is not in the text.
        return {"<": False, ">=": True}.get(operator)
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def _all_of(answers):
    answers = list(answers)
    return False if False in answers else None if None in answers else True


def _any_of(answers):
    answers = list(answers)
    return True if True in answers else None if None in answers else False


@lru_cache(maxsize=20000)
def parse(condition):
    """Read a condition: a list of alternatives, each a list of (operator, bound); an empty list for every version.

    :return: None where the text is no condition on versions

    >>> parse(">=V2.8<V3.1.1")
    [[('>=', 'V2.8'), ('<', 'V3.1.1')]]
    >>> parse("9.6 | 9.8")
    [[('=', '9.6')], [('=', '9.8')]]
    >>> parse("All versions"), parse("G-Series")
    ([], None)
    """
    text = " ".join((condition or "").split())
    if not text or len(text) > _LONGEST:
        return None
    if _ALL.match(text):
        return []
    vers = _VERS.match(text)
    if vers:
        return _pairs(_terms(vers[2].split("|")))
    if text.casefold().startswith("vers:"):
        return None
    return _in_words(text) or _in_signs(text)


def _in_words(text):
    for pattern, operator in ((_BEFORE_THAT, "<"), (_UP_TO, "<=")):
        found = pattern.match(text)
        if found:
            return _checked([[(operator, found["version"])]])
    found = _UNTIL.match(text)
    if found:
        return _checked([[(">=" if found["word"].casefold() in _LATER else "<=", found["version"])]])
    found = _FROM_TO.match(text)
    if found:
        return _checked([[(">=", found["first"]), ("<=", found["last"])]])
    return None


def _in_signs(text):
    text = _ALL_THAT.sub("", text)
    if _BOUND.search(text):
        if not _BOUND.match(text):
            return None
        # ">=V2.8<V3.1.1", "> 6.8.6 | < 6.9.2 CU01": all of them hold. A part that is no version ("<= 5.12.2 | all Windows
        # systems") is one more condition, which nobody here can judge: it clears nothing and affects nothing.
        parts = [part for part in re.split(r"[|,;]|\s+and\s+", text, flags=re.IGNORECASE) if part.strip()]
        read = [_terms([part]) for part in parts]
        alternatives = _pairs([term for terms in read if terms for term in terms])
        if (
            alternatives is None
            or len(alternatives) > 1
            or any(len(parts) > 1 and terms and terms[0][0] == "=" for terms in read)
        ):
            return None
        return [alternatives[0] + [UNKNOWN for terms in read if not terms]]
    return _pairs(
        _terms(re.split(r"\s*[|,;]\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text, flags=re.IGNORECASE))
    )


def _terms(parts):
    """Return (operator, bound) of each part; None when one of them is no version."""
    terms = []
    for part in parts:
        pieces = [piece.strip() for piece in _BOUND.split(part.strip())]
        if len(pieces) == 1:
            terms.append(("=", pieces[0]))
            continue
        if pieces[0] or len(pieces) % 2 == 0:
            return None
        terms += [
            (_OPERATORS.get(sign, sign), bound)
            for sign, bound in zip(pieces[1::2], pieces[2::2], strict=True)
        ]
    return terms if all(_is_bound(bound) for _sign, bound in terms) else None


def _is_bound(text):
    alias = _ALIAS.match(text)
    return _version(alias["main"] if alias else text) is not None and not text.casefold().startswith("cve-")


def _checked(alternatives):
    return alternatives if all(_is_bound(bound) for terms in alternatives for _sign, bound in terms) else None


def _pairs(terms):
    """Return alternatives of terms in a row: a lower bound with the upper bound after it, everything else alone."""
    if not terms:
        return None
    alternatives, lower = [], None
    excluded = [term for term in terms if term[0] == "!="]
    for sign, bound in terms:
        if sign == "!=":
            continue
        if sign[0] == ">":
            if lower:
                return None
            lower = (sign, bound)
        elif sign[0] == "<":
            alternatives.append([lower, (sign, bound)] if lower else [(sign, bound)])
            lower = None
        else:
            alternatives.append([(sign, bound)])
    if lower:
        alternatives.append([lower])
    uppers = [terms for terms in alternatives if len(terms) == 1 and terms[0][0][0] == "<"]
    if len(uppers) > 1 or (uppers and len(alternatives) > 1 and uppers[0] is not alternatives[0]):
        # "< 2.1, < 3.4" is two branches, and nobody says which a version belongs to.
        return None
    return [terms + excluded for terms in alternatives] or [excluded]


def decide(condition, version):
    """Decide whether ``version`` meets a manufacturer's ``condition``.

    :param condition: as it stands in an advisory: ``< V5.7.3 build 220112``, ``vers:all/<V7.0.3``, ``2020 R3``
    :param version: as it stands on the device; empty when nobody knows it
    :return: :data:`AFFECTED`, :data:`NOT_AFFECTED`, or :data:`LOOK` where the texts do not decide it

    >>> decide("< 9.10", "9.8"), decide("vers:all/<V7.0.3", "V7.0.3"), decide("G-Series", "1.2")
    ('affected', 'not_affected', 'look')
    """
    alternatives = parse(condition)
    if alternatives is None:
        return LOOK
    if not alternatives:
        return AFFECTED
    if not (version or "").strip():
        return LOOK
    answer = _any_of(_all_of(_holds(sign, bound, version) for sign, bound in terms) for terms in alternatives)
    return {True: AFFECTED, False: NOT_AFFECTED, None: LOOK}[answer]


def is_condition(text):
    """Return whether the text is a condition that can be decided; a model standing in its place is none.

    >>> is_condition("<= 5.4"), is_condition("2020 R3"), is_condition("HEN16204"), is_condition("RLC-4XX series")
    (True, True, False, False)
    """
    alternatives = parse(text)
    if alternatives is None:
        return False
    exact = [bound for terms in alternatives for sign, bound in terms if sign == "="]
    return not any(_version(bound) and _version(bound).head for bound in exact if not _ALIAS.match(bound))


def is_version(text):
    """Return whether a text that should name a product is a version, or a condition on versions.

    >>> is_version("V3.4.106"), is_version("vers:all/<V7"), is_version("< 2.0"), is_version("NVR301-04S2-P4")
    (True, True, True, False)
    >>> is_version("V16"), is_version("Siveillance Video 2020 R2")
    (False, False)
    """
    text = " ".join((text or "").split())
    if _BOUND.match(text) or text.casefold().startswith("vers:") or _ALL.match(text):
        return True
    version = _version(text)
    return bool(version and not version.head and version.dotted > 1)
