"""A real Odoo with the addon, a real mail host on its other side, and a mail server that misbehaves.

Run by ``bin/test --mail``. Odoo hands its mail to Postfix. Postfix delivers to mailboxes of its own (client.test), to a server that
answers as the test wants (world.test), and what is for Odoo (charter.test) to Odoo's own mailgate.
"""

import asyncio
import importlib.util
import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import mailhost  # noqa: E402  (the path above must be set first)
import programs  # noqa: E402
import runtime  # noqa: E402
import served  # noqa: E402

DB = "charter_mail"
MAILGATE = pathlib.Path(runtime.ODOO, "addons", "mail", "static", "scripts", "odoo-mailgate.py")
spec = importlib.util.spec_from_file_location(
    "charter_smtp", ROOT / "mileo_client_charter" / "tests" / "cases" / "smtp.py"
)
smtp = importlib.util.module_from_spec(spec)
spec.loader.exec_module(smtp)

PREPARE = """
from odoo import Command, fields
company = env.company
domain = env["mail.alias.domain"].create({"name": "charter.test"})
company.write({"alias_domain_id": domain.id, "email": "charter@charter.test", "charter_delivery_review_from": 1000})
admin = env.ref("base.user_admin")
admin.write({"email": "admin@charter.test", "phone": "+33 1 00 00 00 00", "password": "admin"})
for role in ("operations_manager", "general_management"):
    env["charter.assignment"].create({"role": role, "user_id": admin.id, "company_id": company.id})
result["people"] = {}
def client(name, people):
    one = env["res.partner"].create({"name": name, "is_company": True, "customer_rank": 1})
    for role in ("account_manager", "technical_contact"):
        env["charter.assignment"].create({"role": role, "user_id": admin.id, "partner_id": one.id, "company_id": company.id})
    today = fields.Date.today()
    env["contract.contract"].create({
        "name": "Maintenance", "partner_id": one.id, "company_id": company.id, "line_recurrence": True,
        "charter_tier_id": env.ref("mileo_client_charter.tier_premium").id,
        "contract_line_ids": [Command.create({
            "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": today.replace(day=1), "date_end": today.replace(day=1, year=today.year + 1),
            "recurring_rule_type": "monthly", "recurring_interval": 1, "recurring_next_date": today.replace(day=1)})]})
    for email in people:
        result["people"][email] = env["res.partner"].create({"name": email.split("@")[0], "parent_id": one.id, "email": email}).id
    return one
client("Alpine", ["alice@client.test", "away@client.test", "sieve@client.test", "gone@client.test", "never@world.test",
                  "later@world.test", "full@world.test", "spam@world.test", "slow@world.test"])
client("Bistro", ["both@world.test"])
client("Cellar", ["Both@world.test"])
env["ir.mail_server"].search([]).active = False
result["route"] = env["ir.mail_server"].create({"name": "Postfix", "smtp_host": "127.0.0.1", "smtp_port": %(port)s, "smtp_encryption": "none"}).id
env["mail.mail"].search([("state", "=", "outgoing")]).state = "cancel"
env.cr.commit()
"""


class Gateway:
    """What Postfix has for Odoo goes to Odoo's mailgate; ``passed`` keeps (sender, recipients, the mail, exit code)."""

    def __init__(self):
        self.passed, self.odoo = [], None

    async def handle_DATA(self, _server, _session, envelope):
        command = [
            sys.executable, str(MAILGATE), "-d", DB, "-u", "2", "-p", "admin", "--host", "127.0.0.1", "--port", str(self.odoo.port),
        ]  # fmt: skip
        # Postfix' pipe(8) adds both for a mailgate (flags D and R).
        head = f"Return-Path: <{envelope.mail_from}>\nDelivered-To: {envelope.rcpt_tos[0]}\n".encode()
        mail = head + envelope.original_content.replace(b"\r\n", b"\n")
        done = await asyncio.to_thread(subprocess.run, command, input=mail, capture_output=True, check=False)
        self.passed.append(
            (envelope.mail_from, envelope.rcpt_tos, mail.decode("utf-8", "replace"), done.returncode)
        )
        return smtp.OK if done.returncode == 0 else f"451 4.3.0 mailgate: {done.returncode}"


class World:
    """Odoo, Postfix and whoever receives, with what a test asks of them."""

    def __init__(self, odoo, host, gateway, box):
        self.odoo, self.host, self.gateway, self.box = odoo, host, gateway, box

    def queue(self):
        """Odoo's queue of emails is worked off; what waits for later is due."""
        self.odoo.rows("UPDATE mail_mail SET scheduled_date = NULL WHERE state = 'outgoing'")
        self.run("mail", "ir_cron_mail_scheduler_action")

    def job(self, name):
        self.run("mileo_client_charter", name)

    def run(self, module, name):
        """The scheduled action, as its own user."""
        [(number,)] = self.odoo.rows(
            "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", module, name
        )
        self.odoo.call("ir.cron", "method_direct_trigger", [number])

    def sheets(self):
        """{address: (state, failure, state of the email)} of the contact sheets."""
        rows = self.odoo.rows(
            "SELECT p.email, d.state, d.failure, m.state FROM charter_delivery d JOIN res_partner p ON p.id = d.contact_id "
            "LEFT JOIN mail_mail m ON m.id = d.mail_id WHERE d.kind = 'contacts' ORDER BY d.id"
        )
        return {email: tuple(rest) for email, *rest in rows}

    def settled(self, seconds=60):
        programs.until(self.host.empty, "Postfix has nothing left", seconds)

    def taken(self, address):
        """How often the world's server took a mail for this address."""
        return sum(address in recipients for _name, recipients in self.box.taken)

    def escalations(self):
        return self.odoo.rows(
            "SELECT id, name, state, partner_id, contact_id FROM charter_escalation ORDER BY id"
        )


@pytest.fixture(scope="session", params=["bookworm"])
def world(request, tmp_path_factory):
    gateway = Gateway()
    inside = smtp.Server(gateway)
    inside.start()
    outside = smtp.Server(smtp.Mailbox())
    outside.start()
    try:
        host = mailhost.MailHost(request.param, inside.port, outside.port)
        folder = tmp_path_factory.mktemp("mail")
        with host.running() as postfix, served.served(DB, folder, PREPARE % {"port": host.port}) as odoo:
            gateway.odoo = odoo
            one = World(odoo, host, gateway, outside.handler)
            one.outside, one.postfix, one.folder = outside, postfix, folder
            yield one
    finally:
        outside.release()
        outside.stop()
        inside.stop()


@pytest.fixture(scope="session")
def ran(request):
    """Notes the program and the version that a test ran."""
    rows = request.config.charter_programs = []
    return lambda program, version: [program, version] in rows or rows.append([program, version])


def pytest_sessionfinish(session):
    """The table of what ran, for docs/mail.md."""
    rows = getattr(session.config, "charter_programs", [])
    if rows:
        pathlib.Path(runtime.LOGS, "mail.json").write_text(json.dumps(rows, indent=1))
        for program, version in rows:
            print(f"\n{program}: {version}", end="")
