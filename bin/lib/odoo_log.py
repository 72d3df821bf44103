"""What Odoo logs while the project's addons are installed, updated and tested: nothing worth a warning.

Whether a record names the addon says nothing about who made it: a warning of core's about an inherited view, a slow
query or a deprecated call may be ours all the same. So every warning, error and critical record counts, but for those that Odoo and the
neighbours log in a database without the project's addons too, listed here one by one with the reason.
"""

import itertools
import os
import re

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[\w.]+): ", re.MULTILINE
)
BAD = ("WARNING", "ERROR", "CRITICAL")
# Where bin/test has the bad records of every Odoo process it starts, directly or not, put.
COLLECTION = "CHARTER_BAD_RECORDS"
# False while another version of the addons runs, whose records are its own.
collecting = True

# (logger, the whole message as a regular expression, who logs it and why).
KNOWN = (
    (
        "odoo.http",
        r"You are not allowed to access '[^']+' \([\w.]+\) records\..*",
        "core, for each request it refuses: the tests ask for what is not theirs",
    ),
    (
        "odoo.http",
        r"No CSRF validation token provided for path '/[^']*'\n.*",
        "core, for each form it refuses: the tests post from another site",
    ),
)


def bad_records(text):
    """The records of a log that count, each with the lines that belong to it."""
    starts = [match.start() for match in RECORD.finditer(text)]
    for start, end in itertools.pairwise([*starts, len(text)]):
        record = text[start:end].strip()
        match = RECORD.match(record + " ")
        if match["level"] in BAD and not is_known(match["logger"], record[match.end() :].strip()):
            yield record


def is_known(logger, message):
    return any(
        logger == known and re.fullmatch(pattern, message, re.DOTALL) for known, pattern, _reason in KNOWN
    )


def last_exception(text):
    """The exception that ended the last traceback of a log, on one line; empty for none.

    It is what a person mends: the last lines of a log are those of Odoo shutting down.
    """
    found = ""
    for block in text.split("Traceback (most recent call last):")[1:]:
        lines = block.splitlines()
        for number, line in enumerate(lines[1:], 1):
            if line.strip() and not line.startswith(" "):
                message = itertools.takewhile(lambda one: not RECORD.match(one), lines[number:])
                found = " ".join(part.strip() for part in message if part.strip())
                break
    return found[:1000]


def collect(name, text):
    """Keep the bad records of one finished process for ``bin/test``, if it is what runs."""
    target = os.environ.get(COLLECTION)
    found = [f"{name}: {record[:2000]}\n\n" for record in bad_records(text)] if target and collecting else []
    if found:
        with open(target, "a", encoding="utf-8") as output:
            output.write("".join(found))
