"""Opening a promise: a dated row of the ledger, beside the SLA that helpdesk_mgmt_sla gives a ticket."""

from datetime import datetime, timedelta

from bench import Least, Line, Median, alternate, stopwatch, times

from odoo.addons.mileo_client_charter.tools.clock import Delay

TITLE = "Opening promises"
EXPLANATION = """
The addon: `_charter_open` on {batch:,} contracts of {batch:,} clients at once, a promise of {hours} working hours each, with its
owner looked up, its due time and its reminder counted, the row inserted and the clock woken.
`helpdesk_mgmt_sla`: one `create` of {batch:,} tickets in a team with one SLA rule of {hours} working hours that
matches them all, less the same `create` in a team without SLA; the difference is what the SLA costs.
Both are flushed to PostgreSQL, then rolled back. Record caches are empty before each run. The database is vacuumed and analysed
once it is filled, as autovacuum does on a live one. What an SLA costs is the difference of two runs of many seconds, which the noise of
a machine would hide: times are the least of the turns, on both sides; a turn of the addon is the median of {repeats} runs.
*With the seals and without*: the same opening in turns, the triggers that put a row on the list of those to seal as installed, and disabled in
the transaction (switched off and on again on the other side, which costs both the same). A turn is the median of {repeats} of each, one after the other.
"""

CODE = "intervention.resolution"
HOURS = 40
# The addon's runs a turn: a single one of a twentieth of a second says more of the machine than of the addon.
REPEATS = 5
SEALED = "ALTER TABLE charter_obligation {} TRIGGER charter_seal_insert, {} TRIGGER charter_seal_update, {} TRIGGER charter_seal_delete"


def measure(bench):
    batch = 100 if bench.quick else 1000
    clients = bench.clients(batch)
    contracts = prepare_ours(bench, clients)
    with_sla, without_sla = prepare_tickets(bench)
    bench.sql("VACUUM ANALYZE")
    # In working hours, as the SLA counts.
    delay = Delay(HOURS, "hours", "working")

    first = datetime(2027, 2, 1, 8)
    moments = {number: first + timedelta(seconds=25 * index) for index, number in enumerate(contracts)}

    def ours(samples, *prepare):
        with bench.transaction() as env:
            for statement in prepare:
                env.cr.execute(statement)
            records = env["contract.contract"].browse(contracts)
            with stopwatch(env.cr, samples):
                opened = records._charter_open(
                    CODE, at=lambda contract: moments[contract.id], occurrence="measured", delay=delay
                )
                env.flush_all()
            assert len(opened) == batch and all(opened.mapped("due_at")) and all(opened.mapped("user_id"))

    def tickets(team, slas):
        def create(samples):
            with bench.transaction() as env:
                values = [
                    {"name": f"Ticket {number}", "description": "x", "team_id": team, "partner_id": client}
                    for number, client in enumerate(clients)
                ]
                with stopwatch(env.cr, samples):
                    created = env["helpdesk.ticket"].create(values)
                    env.flush_all()
                assert len(created.ticket_sla_ids.filtered("deadline")) == slas

        return create

    def several(samples):
        runs = []
        for _repeat in range(REPEATS):
            ours(runs)
        samples.append(Median(runs))

    off, on = (SEALED.format(*[verb] * 3) for verb in ("DISABLE", "ENABLE"))

    def beside_seals(samples):
        sealed, bare = [], []
        for _repeat in range(REPEATS):
            ours(sealed, off, on)
            ours(bare, off)
        samples.append((Median(sealed), Median(bare)))

    promise, full, bare = alternate(
        bench.runs, several, tickets(with_sla, batch), tickets(without_sla, 0), of=Least
    )
    turns = []
    for turn in range(bench.runs + 1):
        beside_seals(turns)
        if not turn:
            turns.clear()
    sealed, unsealed = (Least(side) for side in zip(*turns, strict=True))
    cost = sealed.seconds / unsealed.seconds
    sla_ms, sla_queries = (full.ms - bare.ms) / batch, (full.queries - bare.queries) / batch
    promise_ms, promise_queries = promise.ms / batch, promise.queries / batch
    explanation = EXPLANATION.format(batch=batch, hours=HOURS, repeats=REPEATS)
    return explanation, [
        Line(
            f"SQL a promise, {batch:,} at once",
            f"{promise_queries:.3f} ({promise.queries:.0f} in all)",
            f"{sla_queries:.2f}",
            times(sla_queries / promise_queries),
            "≤ 0.02",
            promise_queries <= 0.02,
        ),
        Line(
            "time a promise",
            f"{promise_ms:.3f} ms",
            f"{sla_ms:.2f} ms",
            times(sla_ms / promise_ms),
            "≥ 60×",
            sla_ms / promise_ms >= 60,
        ),
        Line(
            "opening with the seals, and without",
            f"{sealed.ms / batch:.3f} ms, {sealed.queries:.0f} SQL",
            f"{unsealed.ms / batch:.3f} ms, {unsealed.queries:.0f} SQL",
            f"{cost:.2f} of it",
            "≤ 1.05 of it, +0 SQL",
            cost <= 1.05 and sealed.queries == unsealed.queries,
        ),
        Line(
            "for the record: a whole ticket",
            "",
            f"{full.ms / batch:.2f} ms, {full.queries / batch:.1f} SQL with its SLA; "
            f"{bare.ms / batch:.2f} ms, {bare.queries / batch:.1f} SQL without",
        ),
    ]


def prepare_ours(bench, clients):
    """Ids of contracts, one a client; every client has its owner of the promise."""
    with bench.transaction(commit=True) as env:
        company = env.company
        commitment = env["charter.document"]._commitments_in_force([company.id], [CODE])[company.id, CODE]
        assignments = [
            {
                "role": commitment.owner_role,
                "user_id": env.ref("base.user_admin").id,
                "partner_id": client,
                "company_id": company.id,
            }
            for client in clients
        ]
        env["charter.assignment"].create(assignments)
        return bench.contracts(env, clients).ids


def prepare_tickets(bench):
    """Ids of (a team whose tickets get an SLA, a team whose tickets get none)."""
    with bench.transaction(commit=True) as env:
        # A stage the tickets have not reached yet, else the SLA is accomplished from the start.
        stage = env["helpdesk.ticket.stage"].search([], order="sequence desc", limit=1)
        teams = env["helpdesk.ticket.team"].create(
            [{"name": "With SLA", "use_sla": True}, {"name": "Without SLA", "use_sla": False}]
        )
        env["helpdesk.sla"].search([]).active = False
        env["helpdesk.sla"].create({"name": "Resolution", "hours": HOURS, "stage_id": stage.id})
        return teams.ids
