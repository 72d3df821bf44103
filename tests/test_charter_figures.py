"""No time limit of the charter stands in code: it is read from the commitment in force."""

import ast
from pathlib import Path

from tools import occurrence

ADDON = Path(occurrence.__file__).parents[1]
DURATIONS = {"timedelta", "relativedelta", "Delay"}
# A duration written in code, and why it is none of the charter's: {(file, source): reason}.
OWN = {
    ("resource_calendar.py", "timedelta(hours=12)"): "the middle of a day",
    (
        "charter_defect.py",
        "relativedelta(months=12)",
    ): "the coming year, in which a calendar closes at least once",
    ("charter_renewal_legal.py", "relativedelta(months=3)"): "art. L215-1 of the French consumer code",
    ("charter_report_draft.py", "timedelta(hours=12)"): "how long before its due day a report is looked at",
    ("charter_obligation_pause.py", "timedelta(weeks=2)"): "how much of a calendar is read at first",
    ("resource_calendar.py", "timedelta(weeks=2 + 1.5 * weeks)"): "how much of a calendar is read at once",
    ("clock.py", "timedelta(days=14)"): "how much of a calendar is read at once",
    ("charter_door.py", "timedelta(days=7)"): "how long a form that was sent is remembered",
    ("res_partner.py", "timedelta(days=21)"): "how early a substitute to come is shown",
    ("charter_advisory_feed.py", "timedelta(days=90)"): "how far back a feed is read when it is set up",
    ("charter_advisory_week.py", "timedelta(days=7)"): "what is grouped by week",
    ("listing.py", "timedelta(days=30)"): "a choice of a list",
    ("charter_feedback_links.py", "timedelta(days=30)"): "how far ahead a client chooses when we call",
    ("meeting_day.py", "timedelta(days=max(0, day.weekday() - 4))"): "back to Friday from a weekend",
    ("meeting_day.py", "timedelta(days=7 - day.weekday())"): "on to Monday from a weekend",
    ("listing.py", "timedelta(days=90)"): "a choice of a list",
    (
        "charter_escalation_doors.py",
        "timedelta(days=7)",
    ): "a mail that says it is older came from a clock that is wrong",
    (
        "charter_setup_check.py",
        "timedelta(days=2)",
    ): "a scheduled action nobody runs: the slowest of them is daily",
    ("charter_said.py", "timedelta(days=366)"): "a moment declared longer ago is a slip of the keyboard",
    (
        "charter_link.py",
        "timedelta(hours=24)",
    ): "how long a client may change what it did by a link; the charter says nothing of it",
    (
        "charter_escalation_watch.py",
        "timedelta(days=7)",
    ): "when a silent client is asked; the charter has no silence",
    (
        "charter_escalation_watch.py",
        "timedelta(days=30)",
    ): "when a silent client's escalation is closed; any word opens it again",
    ("mail_mail.py", "timedelta(days=5)"): "how long a mail server tries (RFC 5321, section 4.5.4.1)",
    (
        "charter_feedback_callback.py",
        "timedelta(hours=2)",
    ): "when somebody who did not answer is called again",
    ("res_partner.py", "timedelta(days=31)"): "how long what is over stays in a calendar",
    ("charter_reminded.py", "timedelta(days=2)"): "how long ahead who agreed to something is reminded",
    ("charter_reminded.py", "timedelta(days=7)"): "how often what is late is brought up again",
}
# The same of a constant whose name says that it is a length of time: {(file, source): reason}.
NAMED = {
    ("res_company.py", "timedelta(weeks=3)"): "for how long a company's opening hours are kept at once",
    ("charter_seal_check.py", "CHECK_HOURS = 20"): "a chain verified since is not verified again",
    (
        "res_company.py",
        "DEFAULT_MONTHS = 12",
    ): "answers that count in the NPS, until the company says otherwise",
    ("charter_scheduler.py", "DECIDE_DAYS = 14"): "what a review leaves to decide in",
    ("charter_cockpit_direction.py", "MONTHS = 6"): "months of a table",
    ("charter_cockpit_direction.py", "RATE_DAYS = 90"): "what a rate is counted over",
    ("charter_figures_devices.py", "AUTHORISATION_MONTHS = 12"): "how far ahead a report looks",
    ("charter_notice.py", "REVIEW_DAYS = 45"): "how long before it is due a draft is raised",
    ("charter_renewal.py", "REVIEW_LEAD_DAYS = 45"): "how long before its review a renewal is opened",
    ("charter_review_dossier.py", "DOSSIER_DAYS = 15"): "how long before the meeting its dossier is prepared",
    ("contract_line.py", "CORRECTION_DAYS = 30"): "how long a slip in a line's end may be corrected",
    ("charter_figures_detail.py", "MILESTONE_MONTHS = 12"): "how far ahead a report looks",
    ("charter_report_view.py", "MONTH_DAYS = 45"): "from where a period is named by two months",
    ("charter_outage_refusal.py", "KEPT_DAYS = 90"): "how long a refused event is kept",
    ("equipment_reading.py", "DAYS = 30"): "what an availability is counted over",
    ("equipment_reading.py", "SUPPORT_DAYS = 365"): "how far ahead an end of support is shown",
    ("health.py", "RENEWAL_MONTHS = 6"): "how far the health of a client looks ahead",
}
UNITS = {"months": 1, "days": 1, "hours": 1, "weeks": 1}


def written_durations(tree):
    """Source of each call that makes a duration of more than one unit from figures alone."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", None) in DURATIONS):
            continue
        figures = [*node.args, *(word.value for word in node.keywords if word.arg in UNITS)]
        if any(
            isinstance(part, ast.Constant) and isinstance(part.value, int) and abs(part.value) > 1
            for figure in figures
            for part in ast.walk(figure)
        ):
            yield ast.unparse(node)


def named_durations(tree):
    """Source of each constant of a file whose name has HOURS, DAYS or MONTHS in it, and whose value is more than one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(value := getattr(node.value, "value", None), int):
            words = set(getattr(node.targets[0], "id", "").split("_"))
            if value > 1 and words & {"HOURS", "DAYS", "MONTHS"}:
                yield ast.unparse(node)


def durations():
    """(path, source) of every duration written in the code of the addon."""
    for folder in ("models", "wizards", "controllers", "tools"):
        for path in sorted((ADDON / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for source in [*written_durations(tree), *named_durations(tree)]:
                yield path, source


def test_what_is_excepted_is_still_there():
    """An exception nothing needs any more would let the next figure of that form in."""
    there = {(path.name, source) for path, source in durations()}
    assert not (gone := sorted({**OWN, **NAMED}.keys() - there)), f"Take these out of OWN and NAMED: {gone}"


def test_no_time_limit_of_the_charter_in_code():
    found = [
        f"{path.relative_to(ADDON)}: {source}"
        for path, source in durations()
        if (path.name, source) not in {**OWN, **NAMED}
    ]
    assert not found, (
        "Read the time limit from the commitment in force (charter.document._commitments_in_force), or say in OWN or NAMED why "
        "it is none of the charter's: " + "; ".join(found)
    )


def test_the_sweep_sees_a_literal():
    tree = ast.parse("opens = end - relativedelta(months=3, days=LEAD)\nlate = now - timedelta(hours=1)")
    assert list(written_durations(tree)) == ["relativedelta(months=3, days=LEAD)"]


def test_the_sweep_sees_a_named_figure():
    tree = ast.parse("CALL_HOURS = 48\nROWS = 48\nNEXT_DAYS = 1\nLATE_DAYS = SOMETHING")
    assert list(named_durations(tree)) == ["CALL_HOURS = 48"]
