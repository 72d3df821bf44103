"""Contact sheets: finding the clients whose sheet has changed, and writing the mails that take it to them."""

from bench import Line, alternate, resident, stopwatch

TITLE = "Contact sheets"
EXPLANATION = """
{clients:,} clients with a contract, an account manager and a technical contact, to whom nothing was handed yet. *Drift*: `_drifted()` of the company,
which renders nothing. *Mails*: the scheduled action over a run of {mails:,} sheets, in its batches with a commit each: sheet, body,
mail, its row of proof. *Memory*: by how much the process has grown since the same action had written {warm:,}. Record caches are empty
before each run.
"""
MB = 1024 * 1024


def measure(bench):
    clients, mails, warm = (60, 20, 10) if bench.quick else (10_000, 1_000, 200)
    numbers = prepare(bench, clients)
    found = []

    def drift(samples):
        with bench.transaction() as env:
            company = env.company
            with stopwatch(env.cr, samples):
                found.append(len(env["charter.contact.sheet"]._drifted(company)))

    [drifted] = alternate(bench.runs, drift)
    assert set(found) == {clients}
    send(bench, numbers[:warm], [])
    before, samples = resident(), []
    send(bench, numbers[warm : warm + mails], samples)
    grown = (resident() - before) / MB
    [sent] = samples
    explanation = EXPLANATION.format(clients=clients, mails=mails, warm=warm)
    return explanation, [
        Line(
            f"drift over {clients:,} clients",
            f"{drifted.ms:,.0f} ms, {drifted.queries:.0f} SQL",
            goal="≤ 5 SQL",
            met=drifted.queries <= 5,
        ),
        Line(
            f"{mails:,} sheets as mails in the queue",
            f"{sent.seconds * 1000 / mails:.1f} ms, {sent.queries / mails:.1f} SQL each",
            goal="≤ 10 SQL each",
            met=sent.queries <= 10 * mails,
        ),
        Line("memory they leave behind", f"{max(grown, 0):.0f} MB", goal="≤ 20 MB", met=grown <= 20),
    ]


def send(bench, clients, samples):
    """One run for ``clients``, from the promise to the queue."""
    bench.sql("UPDATE contract_contract SET charter_tier_id = NULL")
    bench.sql(
        "UPDATE contract_contract SET charter_tier_id = (SELECT min(id) FROM charter_tier) WHERE partner_id = ANY(%s)",
        clients,
    )
    with bench.transaction(commit=True) as env:
        env["charter.contact.sheet"]._open_drifted(env.company)
        runs = env["charter.delivery.run"]
        runs._plan_owed(env.company)
        runs.search([("state", "=", "held")]).action_release()
    with bench.scheduled("mileo_client_charter.cron_delivery") as env, stopwatch(env.cr, samples):
        env["charter.delivery.run"]._cron_delivery()
    with bench.transaction() as env:
        queued = env["charter.delivery"].search_count(
            [("state", "=", "queued"), ("partner_id", "in", clients)]
        )
        assert queued == len(clients), queued


def prepare(bench, count):
    """Ids of the clients, each with a contact who has an e-mail address; everything is committed."""
    clients = bench.clients(count)
    with bench.transaction(commit=True) as env:
        company, admin = env.company, env.ref("base.user_admin")
        admin.write({"phone": "+33 1 00 00 00 00", "email": "admin@example.com"})
        env["res.partner"].create(
            [
                {"name": "Contact", "parent_id": client, "email": f"c{client}@example.com"}
                for client in clients
            ]
        )
        bench.contracts(env, clients)
        env["charter.assignment"].create(
            [
                {"role": role, "user_id": admin.id, "partner_id": client, "company_id": company.id}
                for client in clients
                for role in ("account_manager", "technical_contact")
            ]
        )
    # Straight in the table: what a contract owes from its first day is measured elsewhere.
    bench.sql("UPDATE contract_contract SET charter_tier_id = (SELECT min(id) FROM charter_tier)")
    bench.sql("VACUUM ANALYZE")
    return clients
