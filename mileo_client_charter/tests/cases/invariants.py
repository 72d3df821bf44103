"""What holds at the end of every day, whatever happened to contracts, people and mails.

Each invariant is a function of the environment, the moment (naive UTC) and what the day knows (``Day``), decorated with
``@invariant``; it gives one line for each thing that is wrong. Add one here and every life that is played holds it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from odoo import fields

from ...models.renewal.charter_notice import REVIEW_DAYS
from ...tools import periods
from ...tools.occurrence import event_key, format_key, parse_key
from .own_rows import foreign_frozen_rows, foreign_rows

INVARIANTS = []
# Hours after which somebody has been told of what is late, on a day with office hours or not.
TOLD_WITHIN = timedelta(hours=26)


@dataclass
class Day:
    """What a life knows of the day that ends: for invariants about what happened, not only about what is there."""

    today: object
    # {id of a contract line: its end} before and after the scheduled renewal of that night
    ends_before: dict = field(default_factory=dict)
    ends_after: dict = field(default_factory=dict)
    # {id of a line that was renewed: the verdict of its client that night}
    standings: dict = field(default_factory=dict)


def invariant(check):
    INVARIANTS.append(check)
    return check


def broken(env, now, day):
    """Everything that does not hold: “name: what”."""
    env.flush_all()
    return [f"{check.__name__}: {line}" for check in INVARIANTS for line in check(env, now, day)]


def _contracts(env):
    contracts = env["contract.contract"].sudo()
    return contracts.search(contracts._charter_active_domain())


def _not_cancelled(env, contracts):
    """{(contract id, code): Counter of the events of its promises to its present client that were not taken back}."""
    rows = env["charter.obligation"].sudo().search_fetch(
        [("res_model", "=", "contract.contract"), ("res_id", "in", contracts.ids), ("withdrawn", "=", False)],
        ["res_id", "code", "occurrence", "partner_id"],
    )  # fmt: skip
    found, clients = {}, {contract.id: contract.commercial_partner_id for contract in contracts}
    for row in rows.filtered(lambda one: one.partner_id == clients[one.res_id]):
        found.setdefault((row.res_id, row.code), Counter())[event_key(row.occurrence)] += 1
    return found


@invariant
def each_promise_once(env, now, day):
    contracts = _contracts(env)
    promises = _not_cancelled(env, contracts)
    for contract in contracts:
        for code, wanted in _wanted(contract, day.today).items():
            have = promises.get((contract.id, code), Counter())
            for event in wanted:
                count = sum(
                    number
                    for key, number in have.items()
                    if key == event or _names(key, event) or _served(contract, code, key, event)
                )
                if count != 1:
                    yield f"{contract.name} ({contract.id}): {code} {event} is there {count} times"
        for (number, code), have in promises.items():
            if number == contract.id:
                for event, count in have.items():
                    if count > 1:
                        yield f"{contract.name}: {code} {event} is there {count} times"


@invariant
def each_client_has_its_charter_and_its_sheet(env, now, day):
    """Of every active client: the charter in force is owed or was handed over once, and a contact sheet at least once."""
    contracts = _contracts(env)
    rows = env["charter.obligation"].sudo().search_fetch(
        [("res_model", "=", "res.partner"), ("code", "in", ("charter.copy", "contacts.sheet")), ("withdrawn", "=", False)],
        ["partner_id", "code", "occurrence", "company_id"],
    )  # fmt: skip
    there = Counter(
        (row.partner_id, row.company_id, row.code, row.code == "charter.copy" and event_key(row.occurrence))
        for row in rows
    )
    for client, company in {(one.commercial_partner_id, one.company_id) for one in contracts}:
        version = env["charter.document"].sudo()._in_force(company).version
        copies = there[client, company, "charter.copy", version]
        if copies != 1:
            yield f"{client.name}: charter.copy {version} is there {copies} times"
        if not there[client, company, "contacts.sheet", False]:
            yield f"{client.name}: no contacts.sheet"


@invariant
def each_complaint_has_its_answer_owed(env, now, day):
    """Of every escalation of a known client: level 1 is in the register, and level 2 where it went there."""
    rows = env["charter.obligation"].sudo().search_fetch(
        [("res_model", "=", "charter.escalation"), ("withdrawn", "=", False)], ["res_id", "code"]
    )  # fmt: skip
    there = {(row.res_id, row.code) for row in rows}
    for one in env["charter.escalation"].sudo().search([("partner_id", "!=", False)]):
        for level in range(1, int(one.level) + 1):
            if (one.id, f"escalation.level{level}") not in there:
                yield f"{one.reference}: level {level} is owed to no one"


def _names(key, event):
    return str(parse_key(key).day) == event


def _served(contract, code, key, event):
    """Whether the review of ``event`` was the one before another day of its contract year: one a year is held."""
    if code != "review.annual":
        return False
    day, year = parse_key(key).day, contract._charter_year_of(date.fromisoformat(event))
    return bool(day) and contract._charter_reviews_before(day) and contract._charter_year_of(day) == year


def _wanted(contract, today):
    """{code: events owed by the night of ``today``} of a contract, from its dates and its tier."""
    since, known = contract.charter_since, contract.charter_known_on
    tier = contract.charter_tier_id
    ahead = [event for event in contract._charter_anniversaries(max(since, known), today) if event > today]
    wanted = {"review.annual": [str(event) for event in ahead]}
    if contract.charter_term_end and contract.charter_term_end >= today:
        wanted["renewal.decision"] = [str(contract.charter_term_end + timedelta(days=1))]
    wanted["report.delivery"] = [periods.period_of(today, tier.report_period).key]
    wanted["interview.biannual"] = [
        format_key(first, str(index + 1))
        for index, first, final in periods.slices(since, today, tier.interviews_per_year)
        if first <= today <= final
    ]
    return wanted


# A sudden absence is told late, and the ledger says so: it is due when the absence begins.
BORN_LATE = {"contact.handover"}


@invariant
def each_client_is_told_of_its_own_dates(env, now, day):
    """Of every date announced that is to be told by now: one notice has it for that client, and no other date of that equipment."""
    contracts = _contracts(env)
    clients = contracts.commercial_partner_id
    notices = env["charter.notice"].sudo()
    horizon = day.today + notices.new({"company_id": env.company.id})._advance() + timedelta(days=REVIEW_DAYS)
    gear = env["charter.equipment"].sudo().search([("partner_id", "in", clients.ids)])
    lines = env["charter.notice.line"].sudo().search(
        [("notice_id.kind", "=", "end_of_support"), ("notice_id.state", "in", ("draft", "open")), ("equipment_ids", "in", gear.ids)]
    )  # fmt: skip
    told = Counter((one, line.notice_id.effect_on) for line in lines for one in line.equipment_ids)
    named = {(one, line.notice_id.effect_on) for line in lines for one in line.equipment_ids}
    dates = {
        one: set(one.milestone_ids.filtered(lambda m: m.kind == "end_of_support" and m.date).mapped("date"))
        for one in gear
    }
    for one in gear:
        for when in dates[one]:
            count = told[one, when]
            if count > 1 or (not count and day.today < when <= horizon):
                yield f"{one.name} of {one.partner_id.name}: {when} is in {count} notices"
    for one, when in named:
        if dates[one] and when not in dates[one]:
            yield f"{one.name} of {one.partner_id.name}: in the notice of {when}, and it has {sorted(map(str, dates[one]))}"
    sent = {
        (one, line.notice_id.effect_on)
        for line in lines
        if line.sent_at or line.error
        for one in line.equipment_ids
    }
    for line in env["charter.notice.line"].sudo().search([("changes", "!=", False)]):
        for row in {row["equipment"]: row for row in line.changes}.values():
            one, when = gear.browse(row["equipment"]).exists(), fields.Date.to_date(row["now"] or None)
            if one in gear and when and when > day.today and when in dates[one] and (one, when) not in sent:
                yield f"{one.name} of {one.partner_id.name}: was told of {row['was']}, and is not of {when}"


@invariant
def none_born_late(env, now, day):
    env.cr.execute(
        "SELECT o.code, o.occurrence, p.name, o.opened_at, o.due_at FROM charter_obligation o "
        "JOIN res_partner p ON p.id = o.partner_id WHERE o.due_at < o.opened_at AND NOT o.code = ANY(%s)",
        [list(BORN_LATE)],
    )
    for code, occurrence, name, opened_at, due_at in env.cr.fetchall():
        yield f"{code} {occurrence} of {name} was opened on {opened_at}, due on {due_at}"


@invariant
def an_older_occurrence_is_never_due_after_a_younger_one(env, now, day):
    """Of one commitment to one client, whatever became known when; a younger one whose due time is over binds no other."""
    env.cr.execute(
        """
        SELECT older.code, older.occurrence, older.due_at, younger.occurrence, younger.due_at, p.name
          FROM charter_obligation younger
          JOIN charter_obligation older USING (code, res_model, res_id, partner_id)
          JOIN res_partner p ON p.id = older.partner_id
         WHERE younger.due_at > %s AND older.due_at > younger.due_at AND older.trigger_at < younger.trigger_at
           -- What is done is out of the way: a term that was renewed before its time, say.
           AND older.done_at IS NULL AND older.state != 'cancelled' AND younger.state != 'cancelled'
        """,
        [now],
    )
    for code, occurrence, due_at, younger, before, name in env.cr.fetchall():
        yield f"{code} {occurrence} of {name} is due on {due_at}, after {younger} ({before})"


@invariant
def promises_are_owed_to_the_client_of_the_contract(env, now, day):
    env.cr.execute(
        """
        SELECT o.code, o.occurrence, k.name FROM charter_obligation o
          JOIN contract_contract k ON k.id = o.res_id AND o.res_model = 'contract.contract'
         WHERE o.done_at IS NULL AND o.state IN ('open', 'late') AND o.partner_id != k.commercial_partner_id
           -- A former client is still owed the reports of its own days.
           AND NOT (o.code = 'report.delivery' AND o.trigger_at <= %s)
        """,
        [now + timedelta(days=1)],
    )
    for code, occurrence, name in env.cr.fetchall():
        yield f"{code} {occurrence} of {name} is owed to another client"


@invariant
def documents_are_delivered_to_their_own_client(env, now, day):
    env.cr.execute(
        """
        SELECT d.id, d.kind, p.name FROM charter_delivery d
          JOIN res_partner c ON c.id = d.contact_id JOIN res_partner p ON p.id = d.partner_id
         WHERE c.commercial_partner_id != d.partner_id
           -- Whoever has gone to another client since was one of this client's then.
           AND c.write_date <= d.create_date
        """
    )
    for number, kind, name in env.cr.fetchall():
        yield f"delivery {number} ({kind}) of {name} went to a contact of another client"


@invariant
def no_foreign_row_in_a_document(env, now, day):
    """Of every link between rows of clients, and of what the documents made since yesterday have frozen."""
    yield from foreign_rows(env)
    yield from foreign_frozen_rows(env, now - timedelta(days=1))


@invariant
def no_unread_word_older_than_its_time(env, now, day):
    """What is unread past its day was reminded of this night, and is in the list of somebody who is still there."""
    words = env["charter.word"].sudo().search([("read_at", "=", False), ("due_on", "<", day.today)])
    for word in words:
        where = f"{word.res_model} {word.res_id} of {word.partner_id.name}: unread since {word.due_on}"
        if word.reminded_on != day.today:
            yield f"{where}, reminded of on {word.reminded_on or 'no day'}"
        if not word.user_id.active:
            yield f"{where}, to be read by {word.user_id.login}, who is archived"
        elif word.user_id not in env[word.res_model].sudo().browse(word.res_id).activity_ids.user_id:
            yield f"{where}, in no list of {word.user_id.login}"


@invariant
def nobody_who_left_owns_a_promise(env, now, day):
    rows = env["charter.obligation"].sudo().search([("is_owed", "=", True), ("user_id.active", "=", False)])
    for row in rows:
        yield f"{row.code} {row.occurrence} of {row.partner_id.name} is still {row.user_id.login}'s, who is archived"


@invariant
def somebody_is_told_of_what_is_late(env, now, day):
    rows = env["charter.obligation"].sudo().search(
        [("state", "=", "late"), ("done_at", "=", False), ("breached_at", "<", now - TOLD_WITHIN),
         "|", ("alert", "!=", "breach"), ("alert_error", "!=", False)]
    )  # fmt: skip
    for row in rows:
        yield f"{row.code} {row.occurrence} of {row.partner_id.name}: late, and nobody told ({row.alert_error or 'no alert'})"


@invariant
def no_negative_word_without_its_call(env, now, day):
    rows = env["charter.feedback"].sudo().search([("state", "=", "answered"), ("negative", "=", True)])
    called = (
        env["charter.obligation"]
        .sudo()
        .search([("res_model", "=", "charter.feedback"), ("code", "=", "feedback.callback")])
    )
    for row in rows.filtered(lambda one: one.id not in set(called.mapped("res_id"))):
        yield f"feedback {row.id} of {row.partner_id.name} opened no call-back"


@invariant
def no_tacit_renewal_without_a_pass_that_day(env, now, day):
    lines = env["contract.line"].sudo().browse(day.ends_before).exists()
    renewals = env["charter.renewal"].sudo()
    for line in lines:
        before, after = day.ends_before[line.id], day.ends_after.get(line.id)
        if not before or before == after:
            continue
        # A contract that moved to another customer has a renewal of each for the same term.
        renewal = renewals.search(
            [
                ("contract_id", "=", line.contract_id.id),
                ("term_end", "=", before),
                ("partner_id", "=", line.contract_id.commercial_partner_id.id),
            ]
        )
        where = f"{line.contract_id.name} ({line.contract_id.id}), term of {before}"
        if renewal.state != "renewed":
            yield f"{where}: renewed until {after}, and its renewal is {renewal.state or 'not there'}"
        elif not renewal.overridden and day.standings[line.id] != "pass":
            yield f"{where}: renewed on a night its client is {day.standings[line.id]}"


@invariant
def no_year_goes_on_unjudged(env, now, day):
    """A contract without end date goes into another year on a pass, or in the sight of all that it was not renewed."""
    for contract in _contracts(env).filtered(lambda one: one._charter_runs_on()):
        end = contract.charter_term_end
        where = f"{contract.name} ({contract.id}), without end date"
        if not end:
            yield f"{where}: no year of it is to be decided"
        elif end < day.today:
            renewal = contract.charter_renewal_ids.filtered(
                lambda one, end=end, contract=contract: one.term_end == end and one.partner_id == contract.commercial_partner_id
            )  # fmt: skip
            if renewal.state not in ("open", "interview", "remediation") or not renewal.held_since:
                yield f"{where}: year of {end} over, and its renewal is {renewal.state or 'not there'}, held since {renewal.held_since}"
    env.cr.execute(
        "SELECT id FROM charter_renewal WHERE state = 'renewed' AND verdict != 'pass' AND overridden IS NOT TRUE"
    )
    for (number,) in env.cr.fetchall():
        yield f"renewal {number} is renewed, and its client was not satisfied"


@invariant
def what_waits_does_not_renew(env, now, day):
    for renewal in (
        env["charter.renewal"].sudo().search([("state", "in", ("open", "interview", "remediation"))])
    ):
        if renewal.allowed:
            yield f"{renewal.display_name} waits, and is allowed"


@invariant
def nothing_is_to_be_decided_where_notice_was_given(env, now, day):
    contracts = (
        env["contract.contract"]
        .sudo()
        .search([("charter_tier_id", "!=", False), ("charter_term_end", "=", False)])
    )
    waiting = (
        env["charter.renewal"]
        .sudo()
        .search([("contract_id", "in", contracts.ids), ("state", "in", ("open", "interview", "remediation"))])
    )
    for renewal in waiting:
        yield f"{renewal.display_name} is to be decided, and nothing renews"


@invariant
def a_satisfied_client_does_not_lapse(env, now, day):
    """Undecided past the day its lines renew, with a client that is satisfied: the charter has decided by then."""
    waiting = env["charter.renewal"].sudo().search([("state", "in", ("open", "interview"))])
    due = waiting.filtered(
        lambda one: one.contract_id.charter_tier_id and one.contract_id.active and one.contract_id.charter_auto_renew
        and one.term_end == one.contract_id.charter_term_end
        and (one.contract_id.charter_notice_date or one.term_end) <= day.today
    )  # fmt: skip
    for renewal, standing in (due._standing() if due else {}).items():
        if standing.verdict == "pass":
            yield f"{renewal.display_name} lapses undecided, and its client is satisfied"
