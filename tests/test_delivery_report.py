import doctest
from email import message_from_string

import pytest
from tools import delivery_report

REPORT = """\
From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

Words for people.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{groups}
--b--
"""
GROUP = "Final-Recipient: rfc822; a@x.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n"


def report(*groups):
    return message_from_string(REPORT.format(groups="\n".join(GROUP.format(**group) for group in groups)))


FAILED = {"action": "failed", "status": "5.1.1", "diagnostic": "smtp; 550 5.1.1\n  User unknown"}
DELAYED = {"action": "Delayed", "status": "4.4.1", "diagnostic": "X-Postfix; connect to mx: timed out"}


def test_doctests():
    found = doctest.testmod(delivery_report)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("groups", "failure", "words"),
    [
        ([FAILED], True, "550 5.1.1 User unknown"),
        ([DELAYED], False, "connect to mx: timed out"),
        ([DELAYED, FAILED], True, "connect to mx: timed out / 550 5.1.1 User unknown"),
        ([{**DELAYED, "action": "relayed", "diagnostic": ""}], False, "4.4.1"),
        ([], True, ""),
    ],
)
def test_what_a_report_says(groups, failure, words):
    message = report(*groups)
    assert delivery_report.is_failure(message) is failure
    assert delivery_report.read(message)[1] == words


def test_a_mail_of_a_person_is_no_report():
    message = message_from_string("Subject: Nobody came\n\nAction: failed")
    assert delivery_report.read(message) == (set(), "")
    assert delivery_report.read(None) == (set(), "")
    assert not delivery_report.is_failure(message)
