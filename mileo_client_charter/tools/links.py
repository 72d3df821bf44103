"""The token of a link: one action, one person, until a day; signed, and short enough for the header of an email.

Eleven bytes say what it is for, twelve are the beginning of their HMAC-SHA-256 (RFC 2104, truncated as its section 5 allows);
31 letters in all (RFC 4648, section 5). ``docs/decisions/signed-links.md`` says why it is not Odoo's ``hash_sign``.

>>> signer = lambda text: "00" * 32
>>> token = pack(Claim(3, 12, 7, date(2026, 12, 31)), signer)
>>> len(token), unpack(token, signer)
(31, Claim(purpose=3, record=12, contact=7, last_day=datetime.date(2026, 12, 31)))
>>> unpack(token[:-1] + ("A" if token[-1] != "A" else "E"), signer) is None, unpack("short", signer) is None
(True, True)
"""

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

# Addresses that open, without a login, in the name of whom they were mailed to: links, surveys, calendars.
OPENS = re.compile(r"(/charter/(?:l|s|calendar)/)[\w.~%=-]+")
# What stands in their place where others read the same words.
KEPT = "*"
FORMAT = struct.Struct(">BIIH")
MAC_BYTES = 12
TOKEN_LENGTH = 31
FIRST_DAY = date(2020, 1, 1)


class Claim(NamedTuple):
    """What a token says: the number of a purpose, of a record and of a contact, and the last day (UTC) it opens."""

    purpose: int
    record: int
    contact: int
    last_day: date


def without_tokens(text: str) -> str:
    """Return ``text`` without what opens in its reader's name: what others may read of a mail.

    >>> without_tokens('<a href="https://a.example.com/charter/s/xY_9-z?rating=5">5</a> /charter/1 /charter/l/abc')
    '<a href="https://a.example.com/charter/s/*?rating=5">5</a> /charter/1 /charter/l/*'
    """
    return OPENS.sub(rf"\1{KEPT}", text)


def pack(claim: Claim, signer: Callable[[str], str]) -> str:
    """Return the token of ``claim``.

    :param signer: the HMAC of a text, in hexadecimal
    """
    days = (claim.last_day - FIRST_DAY).days
    said = FORMAT.pack(claim.purpose, claim.record, claim.contact, days)
    return base64.urlsafe_b64encode(said + _mac(said, signer)).decode().rstrip("=")


def unpack(token: str, signer: Callable[[str], str]) -> Claim | None:
    """Return what ``token`` says, whatever its day; None for anything that was not signed here."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    said, mac = raw[: FORMAT.size], raw[FORMAT.size :]
    if not hmac.compare_digest(mac, _mac(said, signer)):
        return None
    purpose, record, contact, days = FORMAT.unpack(said)
    return Claim(purpose, record, contact, FIRST_DAY + timedelta(days=days))


def _mac(said: bytes, signer: Callable[[str], str]) -> bytes:
    return bytes.fromhex(signer(said.hex()))[:MAC_BYTES]
