import doctest
from email import message_from_string

import pytest
from tools import automatic_mail
from tools.automatic_mail import is_automatic


def test_doctests():
    assert not doctest.testmod(automatic_mail).failed


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ("Subject: Nobody comes", False),
        ("Auto-Submitted: no", False),
        ("Auto-Submitted: No ; owner=a", False),
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; owner=x", True),
        ("Precedence: bulk", True),
        ("Precedence: first-class", False),
        ("List-Id: News <news.example.com>", True),
        ("X-Auto-Response-Suppress: All", False),
        ("Return-Path: <>", True),
        ("Return-Path: <alice@example.com>", False),
        ('Content-Type: multipart/report; report-type=delivery-status; boundary="b"', True),
    ],
)
def test_what_a_machine_sends(headers, automatic):
    assert is_automatic(message_from_string(f"{headers}\n\nText")) is automatic
