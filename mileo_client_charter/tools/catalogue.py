"""Names of manufacturers and models, normalised so that they can be compared. Plain Python.

Three sources write them: manufacturers in advisories, technicians in spreadsheets, devices in what they report. A family is a
name with wildcards: ``DS-2CD4xx5 Series``, ``DH-IPC-HDW1XXX``, ``FC72x``.
"""

import re
import unicodedata

# Forms of companies, and words of their trade that names are written with and without.
_LEGAL = {
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc", "kg", "limited", "llc", "ltd", "nv",
    "of", "oy", "plc", "sa", "sarl", "sas", "spa", "srl", "a", "subsidiary", "the", "technology", "technologies", "digital",
    "electronics", "communications", "international", "systems", "security",
}  # fmt: skip
_SERIES = re.compile(r"[\s_-]*\b(?:series|family|models?|gamme|s[ée]rie)\b\.?$", re.IGNORECASE)
_LONGEST = 200
# What stands between the models of a list; a code of fewer letters is in too many others to be a sign of anything.
_BETWEEN = re.compile(r"\s*(?:[,;&]|\b(?:and|or|et|ou)\b)+\s*", re.IGNORECASE)
_MOST_LISTED = 40
SHORTEST = 5


def maker_words(text: str) -> list[str]:
    """Return the words that distinguish one manufacturer from another, sorted.

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


def word_key(text: str) -> str:
    """Return the letters and figures of a word that people group things by, small and without accents.

    >>> word_key("VIDÉO-PROTECTION") == word_key("Video protection") == "videoprotection", word_key("+ ")
    (True, '+')
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text or "") if not unicodedata.combining(letter)
    )
    return "".join(re.findall(r"[^\W_]+", plain)).casefold() or plain.strip()


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


def models_listed(text: str) -> tuple[list[str], list[str]]:
    """Return the models that one text names in full, and those it shortens: ``FC922/924`` says FC924 without writing it.

    >>> models_listed("DS-A71024, DS-A80624S and DS-A81016S")
    (['DS-A71024', 'DS-A80624S', 'DS-A81016S'], [])
    >>> models_listed("Compact Panel FC922/924"), models_listed("DS-A71024/48/72R")[1]
    (([], ['Compact Panel FC922', 'Compact Panel FC924']), ['DS-A71024', 'DS-A71048', 'DS-A71072R'])
    >>> models_listed("SiNVR/SiVMS Video Server")[1], models_listed("Video Server, version for servers")
    (['SiNVR Video Server', 'SiVMS Video Server'], ([], []))
    """
    text = (text or "").strip()[:_LONGEST]
    parts = [part for part in _BETWEEN.split(text) if part][:_MOST_LISTED]
    if len(parts) < 2 or not all(_is_code(part) for part in parts):
        parts = [text]
    whole = [part for part in parts if "/" not in part] if len(parts) > 1 else []
    return whole, [one for part in parts if "/" in part for one in _written_out(part)][:_MOST_LISTED]


def _is_code(text):
    key = model_key(text)
    return len(key) > 2 and any(letter.isdigit() for letter in key)


def _written_out(text):
    """Return what the first word with strokes stands for; a shorter piece takes the place of the end of the first one."""
    words = text.split()
    at = next(number for number, word in enumerate(words) if "/" in word)
    first, *others = [piece for piece in words[at].split("/") if piece] or [""]
    pieces = [first]
    for piece in others:
        figures = len(re.match(r"\d*", piece)[0])
        kept = first.rstrip("".join(letter for letter in first if not letter.isdigit())) or first
        pieces.append(f"{kept[:-figures]}{piece}" if 0 < figures < len(kept) else piece)
    return [" ".join([*words[:at], piece, *words[at + 1 :]]) for piece in pieces]


def product_pattern(text: str) -> str:
    """Return the regular expression, on :func:`model_key`, of the models a product of an advisory names: a family, or a list.

    >>> product_pattern("C-100, C-200 and D-4xx"), product_pattern("M16")
    ('^(?:c100|c200|d4[a-z0-9]*)$', '')
    """
    whole, _shortened = models_listed(text)
    if len(whole) < 2:
        return family_pattern(text)
    return f"^(?:{'|'.join(_body(one) for one in whole)})$"


def resembling_pattern(text: str) -> str:
    """Return the regular expression of names that may mean a product of an advisory: somebody has to look at those.

    What a list shortens, and the code of a family where somebody wrote the code alone: an *FC726* for ``Cerberus PRO Fire Panel FC72x``.

    >>> import re
    >>> pattern = resembling_pattern("Cerberus PRO Fire Panel FC72x")
    >>> [bool(re.search(pattern, model_key(name))) for name in ("FC726", "Cerberus FC724-ZA", "FC901")]
    [True, True, False]
    >>> resembling_pattern("Compact Panel FC922/924"), resembling_pattern("DS-2CD2143")
    ('^compactpanelfc922|fc922|^compactpanelfc924|fc924', '')
    """
    _whole, shortened = models_listed(text)
    found = []
    for one in shortened or [text or ""]:
        words = [word for word in one.split() if _is_code(word) and len(model_key(word)) >= SHORTEST]
        codes = [_body(word) for word in words if shortened or family_pattern(word)]
        found += [f"^{_body(one)}", *codes] if shortened and len(model_key(one)) >= SHORTEST else codes
    return "|".join(dict.fromkeys(found))


def _body(text):
    return family_pattern(text).removeprefix("^").removesuffix("$") or model_key(text)


def _wildcards(name):
    found = {number for number, letter in enumerate(name) if letter in "*?"}
    found |= {number for run in re.finditer(r"X{2,}", name) for number in range(*run.span())}
    # "Axis" and "Box" are words: only beside a figure, or among capitals, is a small x a wildcard.
    for run in re.finditer(r"(?<![a-wyz])x+(?![a-wyz])", name):
        before, after = name[: run.start()][-1:], name[run.end() :][:1]
        if before.isdigit() or (before.isupper() and (after.isdigit() or after.isupper() or not after)):
            found |= set(range(*run.span()))
    return found
