"""The lists of the client portal, whole pages, beside core's and OCA's own list of contracts in the same run."""

from datetime import date, datetime, timedelta

from bench import Line, alternate, stopwatch
from odoo import http, sql_db
from odoo.service import security
from odoo.service.server import load_server_wide_modules
from werkzeug.test import Client

TITLE = "The portal"
EXPLANATION = """
One client's user with {count:,} interventions, reports, pieces of equipment, feedback, escalations, notices, meetings and documents
of its own, and {count:,} contracts, twenty rows a page. *A page*: a whole request of a signed-in client by Odoo's own WSGI
application, from the cookie to the HTML: session, access rules, search, count, layout. SQL is what the request sends. Beside it,
`/my/contracts` of OCA's `contract`, in turns with each list. Only the first row of each kind is made by Odoo, the others are copies of
it; the database is vacuumed and analysed, as autovacuum does on a live one. *With a search* is a word that one row in ten has.
"""
PEER = "/my/contracts"
LISTS = (
    "reports", "interventions", "equipment", "feedback", "escalations", "notices", "reviews", "documents",
)  # fmt: skip
GOAL_SQL, GOAL_RATIO, GOAL_FIRST_PAGE = 12, 1.1, 1.0


class Visitor:
    """A signed-in client: what it asks is answered by Odoo's own application, without a network."""

    def __init__(self, bench, login):
        self.bench = bench
        session = http.root.session_store.new()
        session.update(http.get_default_session(), db=bench.database, _trace_disable=True)
        with bench.transaction() as env:
            user = env["res.users"].search([("login", "=", login)])
            session.uid, session.login = user.id, login
            session.session_token = security.compute_session_token(session, user.with_user(user).env)
            session.context = dict(user.with_user(user).context_get())
        http.root.session_store.save(session)
        self.client = Client(http.root)
        self.client.set_cookie("session_id", session.sid)

    def get(self, address):
        response = self.client.get(address)
        text = response.get_data(as_text=True)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: status {response.status_code}")
        return text

    def sampled(self, address):
        def case(samples):
            with stopwatch(Counter, samples):
                self.get(address)

        return case


class _Counter:
    """What the stopwatch reads of a cursor, for all cursors of the process."""

    @property
    def sql_log_count(self):
        return sql_db.sql_counter


Counter = _Counter()


def measure(bench):
    count = 200 if bench.quick else 10_000
    load_server_wide_modules()
    prepare(bench, count)
    visitor = Visitor(bench, "bench_portal")
    words = {address: visitor.get(address) for address in (PEER, *map(page_of, LISTS))}
    assert all(text.count("<tr") > 15 or text.count("<li") > 15 for text in words.values()), "a list is empty"
    lines = []
    for name in LISTS:
        ours, peer = alternate(bench.runs * 3, visitor.sampled(page_of(name)), visitor.sampled(PEER))
        lines.append(line(f"`/my/charter/{name}`", ours, peer))
    address = f"{page_of('interventions')}?q=ordinary+7&sort=oldest"
    ours, peer = alternate(bench.runs * 3, visitor.sampled(address), visitor.sampled(PEER))
    lines.append(line("`/my/charter/interventions` with a search", ours, peer))
    ours, peer = alternate(bench.runs * 3, visitor.sampled("/my/charter"), visitor.sampled(PEER))
    lines.append(
        Line(
            "the first page, `/my/charter`",
            words_of(ours),
            words_of(peer),
            ratio_of(ours, peer),
            f"≤ {GOAL_SQL} SQL, ≤ {GOAL_FIRST_PAGE} of {PEER}",
            ours.queries <= GOAL_SQL and ours.seconds <= GOAL_FIRST_PAGE * peer.seconds,
        )
    )
    return EXPLANATION.format(count=count), lines


def page_of(name):
    return f"/my/charter/{name}"


def line(work, ours, peer):
    return Line(
        work,
        words_of(ours),
        words_of(peer),
        ratio_of(ours, peer),
        f"≤ {GOAL_SQL} SQL, ≤ {GOAL_RATIO} of /my/contracts",
        ours.queries <= GOAL_SQL and ours.seconds <= GOAL_RATIO * peer.seconds,
    )


def words_of(sample):
    return f"{sample.ms:.1f} ms, {sample.queries:.0f} SQL"


def ratio_of(ours, peer):
    return f"{ours.seconds / peer.seconds:.2f} of it"


def prepare(bench, count):
    with bench.transaction(commit=True) as env:
        client = env["res.partner"].create({"name": "Bench client", "is_company": True})
        contact = env["res.partner"].create(
            {"name": "Bench contact", "parent_id": client.id, "email": "bench@example.com"}
        )
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "bench_portal", "partner_id": contact.id, "lang": "en_US", "tz": "Europe/Paris",
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )  # fmt: skip
        first_rows(env, client, contact)
        env.flush_all()
        for table, changed in COPIES.items():
            copies(env, table, count, changed)
    for table in COPIES:
        bench.sql(f"VACUUM ANALYZE {table}")


# What differs from one copy to the next; {n} is its number.
COPIES = {
    "contract_contract": {"name": "'Contract ' || {n}", "access_token": "NULL"},
    "charter_intervention": {
        "name": "'Ordinary ' || ({n} %% 10) || ' work ' || {n}",
        "reference": "'INT' || {n}",
    },
    # A day each: no day of a contract is reported on twice.
    "charter_report": {
        "reference": "'RAP' || {n}",
        "period": "'P' || {n}",
        "first_day": "first.first_day - {n}",
        "last_day": "first.first_day - {n}",
    },
    "charter_equipment": {"name": "'Camera ' || {n}", "serial": "'SN' || {n}"},
    "charter_feedback": {"comment": "'Words ' || {n}"},
    "charter_escalation": {"name": "'Complaint ' || {n}", "reference": "'ESC' || {n}"},
    "charter_notice": {},
    "charter_notice_line": {"notice_id": "(SELECT id FROM charter_notice ORDER BY id OFFSET {n} LIMIT 1)"},
    "charter_review": {"location": "'Room ' || {n}"},
    "charter_delivery": {"subject": "'Letter ' || {n}"},
}


def first_rows(env, client, contact):
    company, now = env.company.id, datetime(2026, 11, 2, 9)
    contract = env["contract.contract"].create(
        {
            "name": "Contract", "partner_id": client.id, "line_recurrence": True,
            "charter_tier_id": env.ref("mileo_client_charter.tier_premium").id,
            "contract_line_ids": [
                (0, 0, {"name": "Maintenance", "quantity": 1, "price_unit": 1, "date_start": "2020-01-01",
                        "recurring_next_date": "2030-01-01"})
            ],
        }
    )  # fmt: skip
    work = {
        "name": "Ordinary 0 work 0",
        "partner_id": client.id,
        "contract_id": contract.id,
        "kind": "preventive",
    }
    env["charter.intervention"].create(work)
    env["charter.equipment"].create({"name": "Camera", "serial": "SN", "partner_id": client.id})
    client_values = {"partner_id": client.id, "company_id": company}
    said = {**client_values, "contact_id": contact.id}
    env["charter.report"]._charter_engine().create(
        {**client_values, "contract_id": contract.id, "reference": "RAP", "period": "2026-10", "state": "sent",
         "first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31), "sent_at": now}
    )  # fmt: skip
    env["charter.feedback"]._charter_engine().create(
        {
            **said,
            "channel": "portal",
            "state": "answered",
            "answered_at": now,
            "rating": 4,
            "comment": "Words",
        }
    )
    env["charter.escalation"]._charter_engine().create({**said, "name": "Complaint", "raised_at": now})
    notice = env["charter.notice"].create(
        {"name": "Notice", "effect_on": date(2030, 1, 1), "body": "<p>Soon.</p>", "advice": "Replace it."}
    )
    env["charter.notice.line"]._charter_engine().create(
        {"notice_id": notice.id, "partner_id": client.id, "sent_at": now}
    )
    review = env["charter.review"].create({"contract_id": contract.id, "location": "Room"})
    review._charter_engine().write({"state": "planned", "start_at": now + timedelta(days=90)})
    env["charter.delivery"]._charter_engine().create(
        {**said, "kind": "notice", "subject": "Letter", "body": "<p>x</p>", "state": "sent", "sent_at": now}
    )


def copies(env, table, count, changed):
    """``count`` - 1 copies of the newest row of ``table``, each with what differs."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id' "
        "AND table_schema = 'public'",
        [table],
    )
    columns = [name for (name,) in env.cr.fetchall()]
    values = [changed.get(name, f'first."{name}"').format(n="n") for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} "
        f"FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) first, generate_series(1, %s) n",
        [count - 1],
    )
