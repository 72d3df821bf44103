"""Whether an email was sent by a machine: an out-of-office answer, a list, a delivery report.

RFC 3834 (Auto-Submitted), RFC 2919 (List-Id), RFC 5321 (null reverse-path), and what mail programs sent before them.
"""

import re

PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
# Headers whose presence is enough. X-Auto-Response-Suppress is none: it asks for no automatic answer, and says nothing of who wrote.
MARKS = ("List-Id", "X-Autoreply", "X-Autorespond", "X-Autoresponder")

TAG = re.compile(r"(?<=[^+@])\+[^@]*(?=@)")


def is_automatic(message) -> bool:
    """Return whether ``message`` (email.message.Message) says of itself that no person wrote it.

    >>> from email import message_from_string
    >>> is_automatic(message_from_string("Auto-Submitted: auto-replied (vacation)\\n\\nAway"))
    True
    >>> is_automatic(message_from_string("Auto-Submitted: no\\nSubject: Re: hello\\n\\nCall me"))
    False
    """
    submitted = _word(message.get("Auto-Submitted"))
    if submitted and submitted != "no":
        return True
    if _word(message.get("Precedence")) in PRECEDENCE or any(message.get(name) for name in MARKS):
        return True
    if str(message.get("Return-Path") or "").strip() == "<>":
        return True
    return message.get_content_type() == "multipart/report"


def untagged(address) -> str:
    """Return an address without its sub-address (RFC 5233): what follows a “+”.

    >>> untagged("alice+work@x.example"), untagged("+33@x.example"), untagged("alice@x.example")
    ('alice@x.example', '+33@x.example', 'alice@x.example')
    """
    return TAG.sub("", address)


def _word(header) -> str:
    """Return the first word of a header, without its comment and parameters, in lower case."""
    words = str(header or "").replace(";", " ").replace("(", " (").split()
    return words[0].lower() if words else ""
