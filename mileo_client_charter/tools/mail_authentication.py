"""What our mail gateway found out about a sender: the header Authentication-Results (RFC 8601).

Plain Python. Only the headers of the one server that is trusted count: anybody can write one, and a gateway takes away
those that bear its own name before it writes its own (RFC 8601, section 5).
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

FAILED = {"fail", "hardfail", "softfail"}
# Property of a result that names the domain it speaks of, by method (RFC 8601, section 2.7).
DOMAIN_OF = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i")}
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ASSIGNED = re.compile(r'([\w.\-/]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)')


class Result(NamedTuple):
    method: str  # spf, dkim, dmarc…
    result: str  # pass, fail, none…
    properties: dict


def _without_comments(text: str) -> str:
    """Return ``text`` without what stands in parentheses, which may be nested; quoted text stays.

    >>> _without_comments('a (b (c) d) "(e)" f')
    'a    "(e)" f'
    """
    out, depth, quoted, escaped = [], 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif not quoted and letter == "(":
            depth += 1
            out.append(" ")
            continue
        elif not quoted and depth and letter == ")":
            depth -= 1
            continue
        if not depth:
            out.append(letter)
    return "".join(out)


def _parts(text: str) -> list[str]:
    """Return ``text`` cut at its semicolons, but for those in quotes.

    >>> _parts('a; b="c;d"; e')
    ['a', ' b="c;d"', ' e']
    """
    return re.findall(r'(?:[^;"]|"(?:[^"\\]|\\.)*"|")+', text)


def _plain(value: str) -> str:
    match = QUOTED.fullmatch(value)
    return re.sub(r"\\(.)", r"\1", match[1]) if match else value


def read(header: str) -> tuple[str, list[Result]]:
    """Return (who says so, results) of one header; the results that cannot be read are left out.

    >>> read('mx.example.com 1; spf=fail (not allowed) smtp.mailfrom=evil.example; dkim=none')
    ('mx.example.com', [Result(method='spf', result='fail', properties={'smtp.mailfrom': 'evil.example'}), Result(method='dkim', result='none', properties={})])
    >>> read('mx.example.com; none')
    ('mx.example.com', [])
    """
    first, *others = _parts(_without_comments(" ".join(str(header).split()))) or [""]
    words = first.split()
    results = []
    for part in others:
        found = [(name.lower(), _plain(value)) for name, value in ASSIGNED.findall(part)]
        if found:
            (method, result), *properties = found
            results.append(Result(method.split("/")[0], result.lower(), dict(properties)))
    return _plain(words[0]).lower() if words else "", results


def _domain(value: str) -> str:
    return value.rpartition("@")[2].strip().strip("<>").rstrip(".").lower()


def _aligned(one: str, other: str) -> bool:
    """Return whether two domains are the same, or one below the other (relaxed alignment, RFC 7489, section 3.1)."""
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def failed(headers: Iterable[str], trusted: str, sender: str) -> str | None:
    """Return what failed, as the trusted server names it (“dmarc=fail”); None when nothing did, or it says nothing.

    :param trusted: authserv-id of the server that is believed
    :param sender: the address the mail says it is from

    >>> failed(["mx.example.com; dmarc=fail header.from=client.example"], "MX.example.com", "a@client.example")
    'dmarc=fail'
    >>> failed(["evil.example; dmarc=fail"], "mx.example.com", "a@client.example") is None
    True
    >>> failed(["mx.example.com; spf=fail smtp.mailfrom=list.example; dkim=pass header.d=client.example"], "mx.example.com", "a@mail.client.example") is None
    True
    >>> failed(["mx.example.com; spf=softfail smtp.mailfrom=a@client.example; dkim=pass header.d=evil.example"], "mx.example.com", "a@client.example")
    'spf=softfail'
    """
    results = [
        result
        for authserv_id, found in map(read, headers)
        if authserv_id == trusted.strip().lower()
        for result in found
    ]
    # DMARC says it of the sender that is shown; SPF and DKIM of what is not.
    dmarc = [one for one in results if one.method == "dmarc" and one.result in ("pass", "fail")]
    if dmarc:
        return "dmarc=fail" if any(one.result == "fail" for one in dmarc) else None
    checked = [one for one in results if one.method in DOMAIN_OF]
    for one in checked:
        domains = [_domain(one.properties.get(name, "")) for name in DOMAIN_OF[one.method]]
        if one.result == "pass" and any(_aligned(domain, _domain(sender)) for domain in domains):
            return None
    return next((f"{one.method}={one.result}" for one in checked if one.result in FAILED), None)
