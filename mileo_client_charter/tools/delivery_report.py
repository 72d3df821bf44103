"""What a mail server says when it cannot deliver an email: at once (RFC 5321), or by a report (RFC 3464)."""

import re
from email.utils import parseaddr

# A reply code in the text of one of smtplib's exceptions: (451, b'4.3.0 …').
CODE = re.compile(r"\((?P<code>[2-5]\d\d), b?['\"]")

# By whose name a mail system writes (RFC 2142, RFC 3464).
SYSTEM = {"mailer-daemon", "postmaster"}


def is_temporary(reason, kind=None) -> bool:
    """Return whether the same mail may be taken later: nobody answered (``mail_smtp`` without a reason), or every code is a 4yz.

    RFC 5321, 4.2.1: 4yz asks the sender to try again, 5yz not to.

    >>> is_temporary(False, "mail_smtp")
    True
    >>> is_temporary("SMTPRecipientsRefused: {'a@x.example': (451, b'4.3.0 Later')}")
    True
    >>> is_temporary("SMTPRecipientsRefused: {'a@x.example': (450, b''), 'b@x.example': (550, b'')}")
    False
    """
    codes = CODE.findall(str(reason or ""))
    if codes:
        return all(code.startswith("4") for code in codes)
    return kind == "mail_smtp" and not reason


def is_refused(reason) -> bool:
    """Return whether the server said never: asking again is no use.

    >>> is_refused("SMTPDataError: (554, b'5.7.1 Spam')")
    True
    >>> is_refused("SMTPDataError: (451, b'4.3.0 Later')") or is_refused("Mailbox full")
    False
    """
    codes = CODE.findall(str(reason or ""))
    return any(code.startswith("5") for code in codes)


def refused_for_good(code) -> bool:
    """Return whether a reply code is a 5yz.

    >>> refused_for_good(550), refused_for_good(451)
    (True, False)
    """
    return int(code) >= 500


def read(message):
    """Return ({action, …}, words) of a report about a mail that was sent; ``message`` is an email.message.Message.

    The actions are those of RFC 3464, 2.3.3 ("failed", "delayed", …) in lower case; none for a mail that is no report. The
    words are the remote server's own (Diagnostic-Code), else the status, else empty.
    """
    actions, words = set(), []
    parts = message.walk() if message is not None else ()
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload():
            if action := str(group.get("Action") or "").strip().lower():
                actions.add(action)
                said = str(group.get("Diagnostic-Code") or "").partition(";")[2] or str(
                    group.get("Status") or ""
                )
                words.append(" ".join(said.split()))
    return actions, " / ".join(dict.fromkeys(word for word in words if word))


def is_failure(message) -> bool:
    """Return whether ``message``, sent to the address of bounces, says that a mail did not arrive.

    A report says so by its action: what is delayed is still tried. Without a report it is a failure only if the mail system
    itself wrote: out-of-office answers go to that address too, as RFC 3834 (4) asks, and Sieve's and others' do.

    >>> from email import message_from_string
    >>> is_failure(message_from_string("From: MAILER-DAEMON@x.example\\nSubject: failure notice\\n\\nNo mailbox here"))
    True
    >>> is_failure(message_from_string("From: a@x.example\\nAuto-Submitted: auto-replied (vacation)\\n\\nAway"))
    False
    """
    actions, _words = read(message)
    if actions:
        return "failed" in actions
    _name, sender = parseaddr(str(message.get("From") or ""))
    return sender.partition("@")[0].lower() in SYSTEM
