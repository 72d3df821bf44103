"""The cockpit: opening the page of each role over a large ledger."""

from datetime import timedelta

from bench import Line, alternate, stopwatch
from clock import fill
from odoo import Command, fields

TITLE = "The cockpit"
EXPLANATION = """
{size:,} promises of {clients:,} clients under the charter, each with a contract: 60 % kept and 8 % done late over the last
year, 2 % late and still owed, 30 % open over the next half year; {owners} owners, each account manager or technical contact
of his clients; an escalation for every hundredth client, an answer for every fifth. A page is what the browser asks for in one
call, `charter.cockpit.charter_page`, as a user of that role. Record caches are empty before each run.
"""
OWNERS = 20
PAGES = {"manager": "group_charter_user", "operations": "group_charter_operations", "direction": "group_charter_direction"}  # fmt: skip


def measure(bench):
    size, count = (5000, 50) if bench.quick else (1_000_000, 1000)
    clients = bench.clients(count)
    owners = people(bench, clients)
    fill(bench, clients, size, first=0)
    spread(bench, owners, size)

    def opening(page):
        def case(samples):
            with bench.transaction() as env:
                user = env["res.users"].browse(owners[page])
                cockpit = env["charter.cockpit"].with_user(user).with_context(tz="Europe/Paris")
                with stopwatch(env.cr, samples):
                    read = cockpit.charter_page(page)
                assert read["figures"] and read["blocks"]

        return case

    medians = alternate(bench.runs, *map(opening, PAGES))
    explanation = EXPLANATION.format(size=size, clients=count, owners=OWNERS)
    return explanation, [
        Line(
            f"the page “{page}”, {size:,} promises",
            f"{median.ms:,.0f} ms, {median.queries:.0f} SQL",
            goal="≤ 25 SQL",
            met=median.queries <= 25,
        )
        for page, median in zip(PAGES, medians, strict=True)
    ]


def people(bench, clients):
    """The owners, whose clients are whose, contracts, escalations and answers. :return: {page or number: user id}"""
    with bench.transaction(commit=True) as env:
        company = env.company
        tier = env.ref("mileo_client_charter.tier_premium")
        users = env["res.users"].with_context(no_reset_password=True).create(
            [
                {
                    "name": f"Owner {number}",
                    "login": f"owner{number}",
                    "group_ids": [Command.set([env.ref(f"mileo_client_charter.{group}").id])],
                }
                for number, group in enumerate((*PAGES.values(), *["group_charter_user"] * (OWNERS - len(PAGES))))
            ]
        )  # fmt: skip
        partners = env["res.partner"].browse(clients)
        for number, user in enumerate(users):
            mine = partners[number::OWNERS]
            env["charter.assignment"]._assign(mine, "account_manager", user, company)
            env["charter.assignment"]._assign(mine, "technical_contact", users[number - 1], company)
        env["contract.contract"].create(
            [{"name": "Maintenance", "partner_id": client, "charter_tier_id": tier.id} for client in clients]
        )
        env["charter.escalation"].create(
            [{"name": "Nobody answers", "partner_id": client} for client in clients[::100]]
        )
        for client in clients[::5]:
            feedback = env["charter.feedback"]._charter_engine().create(
                {"channel": "interview", "partner_id": client, "contact_id": client, "state": "sent"}
            )  # fmt: skip
            feedback._answer(rating=4, nps=client % 11)
        return {**dict(zip(PAGES, users.ids, strict=False)), **dict(enumerate(users.ids))}


def spread(bench, owners, size):
    """Most of the ledger is past: kept, late, or late and still owed."""
    now = fields.Datetime.now()
    bench.sql(
        """
        UPDATE charter_obligation o SET user_id = (%s::int[])[1 + o.res_id %% %s],
               state = CASE WHEN o.res_id %% 100 < 60 THEN 'kept' WHEN o.res_id %% 100 < 70 THEN 'late' ELSE 'open' END,
               met = (o.res_id %% 100 < 60)::int, missed = (o.res_id %% 100 BETWEEN 60 AND 69)::int,
               due_at = CASE WHEN o.res_id %% 100 < 70 THEN %s::timestamp - o.res_id * interval '365 days' / %s ELSE o.due_at END,
               done_at = CASE WHEN o.res_id %% 100 < 68 THEN %s::timestamp - o.res_id * interval '365 days' / %s END,
               breached_at = CASE WHEN o.res_id %% 100 BETWEEN 60 AND 69
                                  THEN %s::timestamp - o.res_id * interval '365 days' / %s END,
               warn_at = NULL
        """,
        [owners[number] for number in range(OWNERS)],
        OWNERS,
        *[now - timedelta(hours=1), size] * 3,
    )
    # All of it, as autovacuum does within the minute: contracts and assignments are new too.
    bench.sql("VACUUM ANALYZE")
