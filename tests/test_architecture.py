"""What docs/architecture.md and docs/recipes.md claim is so: files and functions are there, flows are short, the map is today's."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import house_map  # noqa: E402  (the path above must be set first)

ADDON = ROOT / "mileo_client_charter"
EXAMPLE = ROOT / "examples" / "charter_example_invoice_dispute"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
# `models/x.py` and, in parentheses behind it, the functions it is said to have.
CLAIM = re.compile(r"`([a-z_]+/[\w/]+\.py)`(?: \(((?:`\w+`(?:, )?)+)\))?")
PATH = re.compile(
    r"`((?:models|tests|controllers|wizards|views|data|security|tools|bin|docs|tests_install)/[\w./-]*)`"
)
# The most files each flow may pass; it was 19, 26 and 13 before the house had packages.
FLOWS = {"A client's 2/5 to the outcome": 12, "A month to its PDF": 14, "A term to its decision": 9}


def file_of(path):
    return next((base / path for base in (ROOT, ADDON, EXAMPLE) if (base / path).exists()), None)


def names_in(path):
    return {
        getattr(node, "name", None)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def claims(text):
    return [(path, re.findall(r"`(\w+)`", names or "")) for path, names in CLAIM.findall(text)]


@pytest.mark.parametrize(("path", "names"), claims(PAGE + RECIPES))
def test_files_and_functions_are_there(path, names):
    found = file_of(path)
    assert found, f"{path} is not there: name its new home in docs/architecture.md or docs/recipes.md"
    gone = sorted(set(names) - names_in(found))
    assert not gone, (
        f"{path} has no {gone}: name in docs/architecture.md or docs/recipes.md what it is called now"
    )


@pytest.mark.parametrize("path", sorted(set(PATH.findall(PAGE + RECIPES))))
def test_other_paths_are_there(path):
    assert file_of(path), f"{path} is not there"


def test_the_sweeps_see_some():
    assert len(claims(PAGE)) >= 40
    assert sum(bool(names) for _path, names in claims(PAGE)) >= 35
    assert len(claims(RECIPES)) >= 15


@pytest.mark.parametrize(("flow", "most"), FLOWS.items())
def test_flows_are_short(flow, most):
    section = PAGE.partition(f"### {flow}\n")[2].partition("\n#")[0]
    files = [path for path, _names in claims(section)]
    assert len(files) == len(set(files)), "a file is told once"
    assert 5 <= len(files) <= most


# What somebody who does not know the house asks, and the file that is named first.
ASKED = {
    "a rating is low": "charter_feedback_answer.py",
    "when is a promise late": "charter_obligation_clock.py",
    "who stands in for somebody away": "charter_stand_in.py",
    "which day it is for a company": "models/base/res_company.py",
    "a pause moves the due time": "tools/pauses.py",
    "the NPS of a client": "charter_nps.py",
    "may a contract renew": "models/renewal/contract_line.py",
    "a person is forgotten": "charter_anonymiser.py",
    "a survey is not sent twice to one contact": "charter_feedback_invitation.py",
    "an escalation by mail from an unknown sender": "charter_escalation_doors.py",
    "working hours between two moments": "tools/clock.py",
    "availability with overlapping outages": "tools/availability.py",
    "a report is held back on its due day": "charter_report_draft.py",
    "a phone number is dialled": "tools/phone.py",
    "who is notified of an escalation": "charter_escalation.py",
    "when may a client escalate": "charter_escalation_answer.py",
    "when does a link stop working": "charter_link.py",
    "what stops a second survey": "charter_feedback_invitation.py",
    "who may publish a new charter": "charter_document.py",
    "how is the on-time rate counted": "tools/figures.py",
    "how long do we keep an answer of a client": "charter_privacy.py",
    "a copy for the client of what it did": "charter_copy.py",
    "two contacts are merged": "charter_merge.py",
    "the seal of a row is verified": "charter_seal",
    "a client sees only its own files": "charter_files.py",
    "a link of an email expires": "charter_link.py",
    "rows are processed in batches": "charter_batches.py",
    "the key of an occurrence": "tools/occurrence.py",
    "why was a survey not sent": "charter_feedback_invitation.py",
    "who gets an email when a commitment is overdue": "charter_obligation_alert.py",
    "when is a reminder sent before the deadline": "charter_obligation_alert.py",
    "how is the recommendation score computed": "charter_nps.py",
    "how is a report printed to PDF": "charter_report_print.py",
    "how are firmware versions compared": "tools/versions.py",
    "what is in the contact sheet": "charter_contact_sheet.py",
    "how is tampering with a row noticed": "charter_seal",
    "which clients are at risk": "charter_health.py",
    "what does general management see first": "charter_cockpit_direction.py",
    "what stops a renewal": "models/renewal/",
    "how is downtime counted": "outage",
}


def test_a_stranger_is_led_to_the_home_of_a_rule():
    """``bin/map WORDS`` answers from the page and the docstrings: what moves is found where it has gone."""
    known, lost = house_map.places(), {}
    for question, home in ASKED.items():
        found = house_map.homes_of(question, known)
        if not found or home not in found[0]:
            lost[question] = found
    assert not lost, (
        "Use the words of the question in the docstring of its home or in a row of docs/architecture.md; what else a thing is "
        f"called is in its “Words of the code”: {lost}"
    )
    assert house_map.homes_of("zzzz", known) == []


def test_the_ten_questions_are_answered():
    section = PAGE.partition("## Where is it decided that …")[2].partition("\n## ")[0]
    questions = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    for question in (
        "a rating is low", "a commitment is overdue", "who stands in", "a report is due", "a month without data shows nothing",
        "a renewal is allowed", "a client may see a row", "an email waits for the morning", "a pause moves a deadline",
        "a person is forgotten",
    ):  # fmt: skip
        assert question in questions


DECISIONS = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md")
NAMED = re.compile(
    r"`((?:models|controllers|wizards|security|tools|bin|tests|mileo_client_charter)/[\w/.-]+)`(?: \(`(\w+)`\))?"
)


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_one_short_page(page):
    """What, why, what was refused; the files and functions it names are there."""
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Why ")
    assert "**Decided**" in text
    assert len(text.splitlines()) <= 40
    named = NAMED.findall(text)
    assert named
    for path, function in named:
        found = file_of(path)
        assert found, f"{path} is not there"
        assert not function or function in names_in(found), f"{path}: {function}"


def test_decisions_are_not_in_a_wall():
    """DEVELOP.md says how parts work; each decision has its page."""
    develop = (ADDON / "readme" / "DEVELOP.md").read_text(encoding="utf-8")
    assert "## Decisions" not in develop
    assert len(DECISIONS) >= 20


def test_the_map_is_that_of_today():
    assert house_map.TARGET.read_text(encoding="utf-8") == house_map.drawing(), "draw it again: bin/map"
    assert set(house_map.WORDS) == set(house_map.order())
