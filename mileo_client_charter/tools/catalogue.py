"""Names of manufacturers and models, normalised so that they can be compared. Plain Python.

Three hands write them: manufacturers in advisories, technicians in spreadsheets, devices in what they report. A family is a
name with wildcards: ``DS-2CD4xx5 Series``, ``DH-IPC-HDW1XXX``, ``FC72x``.
"""

import re

# Forms of companies, and words of their trade that names are written with and without.
_LEGAL = {
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc", "kg", "limited", "llc", "ltd", "nv",
    "of", "oy", "plc", "sa", "sarl", "sas", "spa", "srl", "a", "subsidiary", "the", "technology", "technologies", "digital",
    "electronics", "communications", "international", "systems", "security",
}  # fmt: skip
_SERIES = re.compile(r"[\s_-]*\b(?:series|family|models?|gamme|s[ée]rie)\b\.?$", re.IGNORECASE)
_LONGEST = 200


def maker_words(text: str) -> list[str]:
    """Return the words that tell one manufacturer from another, sorted.

    >>> maker_words("Dahua Technology Co, Ltd"), maker_words("Exacq Technologies, Johnson Controls Inc.")
    (['dahua'], ['controls', 'exacq', 'johnson'])
    """
    words = re.findall(r"[^\W_]+", (text or "")[:_LONGEST].casefold())
    return sorted({word for word in words if word not in _LEGAL} or set(words))


def same_maker(one: list[str], other: list[str]) -> bool:
    """Return whether two names are of one manufacturer: all words of the shorter one are in the longer one.

    >>> same_maker(["dahua"], maker_words("Zhejiang Dahua Technology")), same_maker(["axis"], ["bosch"]), same_maker([], ["axis"])
    (True, False, False)
    """
    return bool(one and other) and (set(one) <= set(other) or set(other) <= set(one))


def model_key(text: str) -> str:
    """Return the letters and figures of a model, small.

    >>> model_key("DS- 2CD4x2xFWD Series") == model_key("ds-2cd4x2xfwd") == "ds2cd4x2xfwd"
    True
    """
    return "".join(re.findall(r"[^\W_]+", _SERIES.sub("", (text or "").strip()[:_LONGEST]).casefold()))


def family_pattern(text: str) -> str:
    """Return the regular expression, on :func:`model_key`, of the models of a family; empty when the name is no family.

    A small x among capitals and figures, two capitals X in a row, a star or a question mark stand for a letter or figure; a run of
    them at the end, a star or the word *Series* leave the end open.

    >>> import re
    >>> [bool(re.search(family_pattern("DS-2CD4xx5 Series"), model_key(m))) for m in ("DS-2CD4A25F", "DS-2CD4025-I", "DS-2CD402F")]
    [True, True, False]
    >>> family_pattern("DH-IPC-HDW1XXX"), family_pattern("M16"), family_pattern("Axis"), family_pattern("RLC-4XX series")
    ('^dhipchdw1[a-z0-9]*$', '', '', '^rlc4[a-z0-9]*$')
    """
    text = (text or "").strip()[:_LONGEST]
    series = bool(_SERIES.search(text))
    name = _SERIES.sub("", text)
    marks = _wildcards(name)
    if not marks:
        return ""
    open_end, parts = series, []
    letters = [(number, letter) for number, letter in enumerate(name) if re.match(r"[^\W_]|[*?]", letter)]
    last = max((at for at, (number, _letter) in enumerate(letters) if number not in marks), default=-1)
    for at, (number, letter) in enumerate(letters):
        if at > last:
            open_end = True
        elif letter == "*":
            parts.append("[a-z0-9]*")
        else:
            parts.append("[a-z0-9]" if number in marks else re.escape(letter.casefold()))
    if last < 1:
        return ""
    return f"^{''.join(parts)}{'[a-z0-9]*' if open_end else ''}$"


def _wildcards(name):
    found = {number for number, letter in enumerate(name) if letter in "*?"}
    found |= {number for run in re.finditer(r"X{2,}", name) for number in range(*run.span())}
    # "Axis" and "Box" are words: only beside a figure, or among capitals, is a small x a wildcard.
    for run in re.finditer(r"(?<![a-wyz])x+(?![a-wyz])", name):
        before, after = name[: run.start()][-1:], name[run.end() :][:1]
        if before.isdigit() or (before.isupper() and (after.isdigit() or after.isupper() or not after)):
            found |= set(range(*run.span()))
    return found
