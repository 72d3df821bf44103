"""Who owns what: reassigning one client of many, aligning a whole company, and an account manager's absence."""

from datetime import timedelta

from bench import Line, alternate, stopwatch
from odoo import Command, fields

TITLE = "Owners"
EXPLANATION = """
{clients:,} clients with one of {people} account managers and a technical contact, and {owed:,} promises still owed to them, half of
each role. *Reassigning one client*:
`_assign()` of another account manager from today, flushed; {moved} promises move, each with its line of history, and one email
names them. *Raw*: one `UPDATE` of the same rows that writes their owner, whose ids it is given. *A whole company*: `_align_owners()` with
nothing out of line, beside a plain join of promises and assignments on role and client that finds the same. *An absence*: the account manager of
{away} clients is away from today with a substitute: the row created as its form does, all that follows in the same transaction. Record caches are
empty before each run; all is rolled back.
"""


def measure(bench):
    clients, owed, people = (60, 600, 3) if bench.quick else (2_000, 130_000, 59)
    lines, numbers = [], prepare(bench, clients, owed, people)
    client, moved = numbers[0], owed // clients // 2

    def reassign(samples):
        with bench.transaction() as env:
            partner, user = (
                env["res.partner"].browse(client),
                env["res.users"].search([("login", "=", "owner1")]),
            )
            assert len(owned(env, user, client)) == 0
            company = env.company
            with stopwatch(env.cr, samples):
                env["charter.assignment"]._assign(partner, "account_manager", user, company)
                env.flush_all()
            assert len(owned(env, user, client)) == moved

    def raw(samples):
        with bench.transaction() as env:
            user = env["res.users"].search([("login", "=", "owner1")])
            ids = owned(env, env["res.users"].search([("login", "=", "owner0")]), client)
            assert len(ids) == moved
            with stopwatch(env.cr, samples):
                env.cr.execute("SET LOCAL charter.door = 'open'")
                env.cr.execute(
                    "UPDATE charter_obligation SET user_id = %s WHERE id = ANY(%s)", [user.id, ids]
                )

    ours, update = alternate(bench.runs, reassign, raw)
    ratio = ours.seconds / update.seconds
    lines.append(
        Line(
            f"reassign 1 of {clients:,} clients, {moved} of {owed:,} promises",
            f"{ours.ms:,.1f} ms, {ours.queries:.0f} SQL",
            f"raw UPDATE: {update.ms:,.1f} ms",
            f"{ratio:,.1f} of raw",
            "≤ 20 SQL, ≤ 3 of raw",
            ours.queries <= 20 and ratio <= 3,
        )
    )

    def align(samples):
        with bench.transaction() as env:
            company = env.company
            with stopwatch(env.cr, samples):
                env["charter.obligation"]._align_owners(company)

    def join(samples):
        with bench.transaction() as env, stopwatch(env.cr, samples):
            env.cr.execute(
                """SELECT promise.id, assignment.user_id
                     FROM charter_obligation promise
                     JOIN charter_assignment assignment ON assignment.role = promise.role AND assignment.partner_id = promise.partner_id
                    WHERE promise.done_at IS NULL AND promise.cancelled_at IS NULL AND promise.user_id IS DISTINCT FROM assignment.user_id"""
            )
            assert not env.cr.fetchall()

    ours, plain = alternate(bench.runs, align, join)
    ratio = ours.seconds / plain.seconds
    lines.append(
        Line(
            f"align a whole company, {owed:,} promises",
            f"{ours.ms:,.0f} ms, {ours.queries:.0f} SQL",
            f"a hash join: {plain.ms:,.0f} ms",
            f"{ratio:.2f} of it",
            "≤ 1.5 of it",
            ratio <= 1.5,
        )
    )

    def absence(samples):
        with bench.transaction() as env:
            users = env["res.users"].search([("login", "in", ["owner0", "owner1"])], order="login")
            today = env.company._charter_today()
            values = {
                "user_id": users[0].id,
                "stand_in_id": users[1].id,
                "date_from": today,
                "date_to": today + timedelta(days=10),
                "late_reason": "Ill since this morning.",
            }
            env.invalidate_all()
            with stopwatch(env.cr, samples):
                env["charter.absence"].create(values)
                env.flush_all()
            away.add(len(env["charter.assignment"].search([("kind", "=", "stand_in")])))

    away = set()
    [ours] = alternate(bench.runs, absence)
    [held] = away
    lines.append(
        Line(
            f"an absence of the manager of {held} clients",
            f"{ours.ms:,.0f} ms, {ours.queries:.0f} SQL",
            goal="≤ 500 ms, ≤ 60 SQL",
            met=ours.ms <= 500 and ours.queries <= 60,
        )
    )
    explanation = EXPLANATION.format(clients=clients, owed=owed, people=people, moved=moved, away=held)
    return explanation, lines


def owned(env, user, client):
    """Ids of the promises to ``client`` that ``user`` owns."""
    env.cr.execute(
        "SELECT id FROM charter_obligation WHERE user_id = %s AND partner_id = %s AND role = 'account_manager'",
        [user.id, client],
    )
    return [number for (number,) in env.cr.fetchall()]


def prepare(bench, count, owed, people):
    """Ids of the clients; their people and what is owed to them, committed."""
    numbers = bench.clients(count)
    group = "mileo_client_charter.group_charter_user"
    with bench.transaction(commit=True) as env:
        company = env.company
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {"name": f"Owner {n}", "login": f"owner{n}", "email": f"owner{n}@example.com", "phone": "+33 1 00 00 00 00",
                     "group_ids": [Command.set([env.ref(group).id])]}
                    for n in range(people + 1)
                ]
            )
        )  # fmt: skip
        bench.contracts(env, numbers, env.ref("mileo_client_charter.tier_premium"))
        first = company._charter_today() - timedelta(days=30)
        env["charter.assignment"].create(
            [
                {"role": role, "user_id": user.id, "partner_id": client, "company_id": company.id, "date_from": first}
                for n, client in enumerate(numbers)
                for role, user in (("account_manager", users[n % people]), ("technical_contact", users[people]))
            ]
        )  # fmt: skip
        commitment = env["charter.document"]._commitments_in_force([company.id], ["feedback.callback"])[
            company.id, "feedback.callback"
        ]
        env.cr.execute("SET LOCAL charter.door = 'open'")
        env.cr.execute(
            """
            INSERT INTO charter_obligation
                   (commitment_id, code, partner_id, company_id, res_model, res_id, occurrence, role, user_id,
                    delay, unit, clock, trigger_at, opened_at, due_at, state, met, missed)
            SELECT %(commitment)s, %(code)s, held.partner_id, held.company_id, 'contract.contract', held.id * 1000 + n, 'measured', held.role, held.user_id,
                   40, 'hours', 'working', %(now)s, %(now)s, %(now)s + interval '7 days' + n * interval '1 minute', 'open', 0, 0
              FROM charter_assignment held, generate_series(1, %(each)s) AS n
            """,
            {
                "commitment": commitment.id,
                "code": commitment.code,
                "each": owed // count // 2,
                "now": fields.Datetime.now(),
            },
        )
    bench.sql("VACUUM ANALYZE")
    return numbers
