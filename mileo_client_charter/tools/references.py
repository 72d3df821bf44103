"""References that notices carry. Plain Python."""

import re

from .departments import CODES

CVE = re.compile(r"CVE-(\d{4})-\d{4,}")


def cve(text: str) -> str | None:
    """Return the CVE reference in its written form; None when it is none.

    >>> cve(" cve-2026-12345 "), cve("CVE-26-1"), cve("CVE-2026-123")
    ('CVE-2026-12345', None, None)
    """
    found = text.strip().upper()
    return found if CVE.fullmatch(found) else None


def departments(text: str) -> list[str]:
    """Return codes of French départements in a list such as “69, 2a 974”.

    :raise ValueError: the first word that is no code

    >>> departments("69, 2a 974")
    ['69', '2A', '974']
    """
    codes = re.split(r"[\s,;]+", text.strip().upper()) if text.strip() else []
    for code in codes:
        if code not in CODES:
            raise ValueError(code)
    return codes
