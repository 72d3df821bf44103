"""The life of test_neighbours_db with a dozen of OCA's neighbours more and the roles at work: ``bin/test tests_install/lived_in_db.py``.

Outside ``bin/test``: one to five minutes on a quiet machine. Run before a release and when a neighbour is pinned anew.
"""

import lived_in
import pytest
from life import ADDON, Life, runtime

# What holds beside a few neighbours holds beside all of them.
from test_neighbours_db import (  # noqa: F401
    BEFORE,
    CONTRACTS,
    LEAVE,
    LOOK,
    NEIGHBOURS,
    test_a_leave_counts_once_it_is_validated,
    test_installing_changes_nothing_for_the_neighbours,
    test_installing_promises_nothing_and_writes_to_nobody,
    test_lines_are_read_with_their_contracts,
    test_the_glue_comes_with_what_it_joins,
    test_the_team_reads_the_contracts_under_the_charter_whoever_sold_them,
)

DB, BASE = "charter_lived_in", "charter_lived_in_base"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours")
    with (
        runtime.postgres() as server,
        runtime.database_lock(DB),
        Life(server, folder, DB, BASE, (*NEIGHBOURS, *lived_in.NEIGHBOURS), BEFORE + lived_in.BEFORE) as play,
    ):
        before = play.shell(LOOK)
        play.odoo("-i", ADDON)
        during = play.shell(LOOK)
        contracts = play.shell(CONTRACTS)
        leave = play.shell(LEAVE)
        roles = play.shell(lived_in.ROLES)
        work = play.shell(lived_in.NEIGHBOURS_WORK)
        play.uninstall()
        yield {
            "before": before, "during": during, "contracts": contracts, "leave": leave, "roles": roles, "work": work,
            "after": play.shell(LOOK),
        }  # fmt: skip


def test_a_campaign_proposes_what_lives_and_who_answers(seen):
    """Nothing terminated, cancelled, empty or of an archived customer; nobody archived or of another company."""
    proposed = dict(seen["roles"]["proposed"])
    assert proposed.get("Lived in") == "mary"
    assert proposed.get("Sold by a stranger") == "", "of another company"
    assert not set(proposed) & {
        "Sections alone", "Without lines", "All cancelled", "Terminated", "Of one who is gone",
    }  # fmt: skip


def test_the_roles_do_their_work(seen):
    roles = seen["roles"]
    assert roles["previewed"] == [["previewed", ""]] * 2
    assert roles["campaign"] == ["done", ["done"] * 2], "both that were left in it"
    assert {
        "charter.copy",
        "contacts.sheet",
        "escalation.level1",
        "feedback.callback",
        "renewal.decision",
    } <= set(roles["owed"])
    assert roles["opened"] == dict.fromkeys(("operations", "direction", "admin"), "2026-01-01")
    assert roles["terminated"] == [True, 0]
    assert roles["logged"] >= 3, "auditlog writes down the interventions"
    assert roles["alert errors"] == []


def test_every_screen_opens_for_every_role(seen):
    assert seen["roles"]["broken"] == []
    assert min(seen["roles"]["screens"].values()) > 80, seen["roles"]["screens"]


def test_the_neighbours_do_theirs(seen):
    work = seen["work"]
    assert (work["invoiced"], work["mode"]) == ([1, 3], "Transfer")
    assert work["mailing"] == "in_queue"
    assert work["mis"] == 1
    assert (work["name"], work["logged"]) == ("Lea Martin", 2)


def test_the_neighbours_work_on_once_it_is_removed(seen):
    before, after = seen["before"]["counts"], seen["after"]["counts"]
    assert {model: after[model] - count for model, count in before.items()} == {
        # A leave, and of the five people of the roles the partner and the task that Odoo welcomes each with.
        model: {"hr.leave": 1, "res.partner": 5, "project.task": 5}.get(model, 0)
        for model in before
    }
    assert seen["after"]["addons"] == []
