"""Long runs on a real jobrunner: an Odoo server with queue_job, its own process, a real database.

Run by the environment's Python, as bin/test does: ``pytest -p no:odoo tests_install``. The installed database is kept between
runs (``charter_jobs_base``); each run works on a copy of it.
"""

import json
import os
import pathlib
import subprocess
import sys
import textwrap
import time

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bin" / "lib"))

import database  # noqa: E402  (the path above must be set first)
import runtime  # noqa: E402

GLUE = f"{runtime.ADDON}_queue_job"
BASE, DB = "charter_jobs_base", "charter_jobs"
CLIENTS = 12

PREPARE = f"""
    company, admin = env.company, env.ref("base.user_admin")
    admin.email = "admin@example.com"
    for role in ("operations_manager", "general_management"):
        env["charter.assignment"].create({{"role": role, "user_id": admin.id, "company_id": company.id}})
    for number in range({CLIENTS}):
        client = env["res.partner"].create({{"name": f"Client {{number:02}}", "is_company": True}})
        env["res.partner"].create({{"name": f"Contact {{number:02}}", "parent_id": client.id, "email": f"c{{number}}@example.com"}})
        client.charter_account_manager_id = client.charter_technical_contact_id = admin
        contract = env["contract.contract"].create({{
            "name": f"Maintenance {{number:02}}", "partner_id": client.id, "company_id": company.id, "line_recurrence": True,
            "charter_tier_id": env.ref("mileo_client_charter.tier_premium").id,
            "contract_line_ids": [(0, 0, {{
                "name": "Maintenance", "quantity": 1, "price_unit": 100, "date_start": "2026-01-01", "date_end": "2036-12-31",
                "recurring_next_date": "2026-01-01", "recurring_rule_type": "monthly", "recurring_interval": 1}})],
        }})
    env.flush_all()
    # Their first month is over.
    env.cr.execute("SET LOCAL charter.door = 'open'")
    env.cr.execute("UPDATE charter_obligation SET trigger_at = date_trunc('month', now() at time zone 'UTC'), "
                   "opened_at = date_trunc('month', now() at time zone 'UTC') - interval '20 days', "
                   "due_at = now() at time zone 'UTC' + interval '9 days' WHERE code = 'report.delivery'")
    env.cr.commit()
"""
DRAFT = """
    env.ref("mileo_client_charter.cron_report").method_direct_trigger()
    env.cr.commit()
    result.update(jobs=env["queue.job"].search_count([("method_name", "=", "_job_draft")]))
"""
SEND = """
    reports = env["charter.report"].search([])
    reports.no_recommendation_reason = "Nothing to advise."
    reports.action_written()
    reports.action_review()
    reports.action_send()
    env.cr.commit()
    for _turn in range(3):
        env.ref("mileo_client_charter.cron_report").method_direct_trigger()
        env.cr.commit()
    result.update(reports=len(reports))
"""
RESULT = """
    reports, jobs = env["charter.report"].search([]), env["queue.job"].search([])
    deliveries = env["charter.delivery"].search([("kind", "=", "report")])
    result.update(
        states=reports.mapped("state"), contracts=len(reports.contract_id), errors=[e for e in reports.mapped("error") if e],
        deliveries=len(deliveries), contacts=len(deliveries.contact_id),
        own=[report.partner_id.name in d.subject + d.attachment_ids[:1].name for d in deliveries
             for report in env["charter.report"].browse(d.res_id)],
        jobs=sorted((job.method_name, job.channel, job.state) for job in jobs),
    )
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    with runtime.postgres() as server, runtime.database_lock(DB):
        with runtime.database_lock(BASE):
            database.ensure(server, BASE, [runtime.ADDON, GLUE], "jobs-install.log")
            database.copy(server, BASE, DB)
        try:
            yield play(server, folder)
        finally:
            runtime.drop_database(server, DB)


def play(server, folder):
    shell(server, folder, PREPARE)
    seen = {"draft": shell(server, folder, DRAFT)}
    with jobrunner(server):
        wait_for_jobs(server)
        seen["send"] = shell(server, folder, SEND)
        wait_for_jobs(server)
    seen["result"] = shell(server, folder, RESULT)
    return seen


def shell(server, folder, script):
    target = folder / "result.json"
    text = "import json\nresult = {}\n" + textwrap.dedent(script)
    text += f"\nwith open({str(target)!r}, 'w') as target:\n    json.dump(result, target)\n"
    runtime.run_odoo(server, ["shell", "-d", DB, "--no-http"], "A step", "jobs-shell.log", script=text)
    return json.loads(target.read_text())


class jobrunner:
    """An Odoo server whose only work is jobs: no scheduled action, two jobs at once."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        port = runtime.free_port(8390)
        arguments = [
            "-d", DB, f"--http-port={port}", "--load=base,web,queue_job", "--max-cron-threads=0", "--workers=0",
        ]  # fmt: skip
        path = os.path.join(runtime.LOGS, "jobs-server.log")
        with open(path, "wb") as log:
            self.process = subprocess.Popen(
                runtime.odoo_command(self.server, arguments), stdout=log, stderr=log, cwd=ROOT,
                env=dict(os.environ, ODOO_QUEUE_JOB_CHANNELS="root:2"),
            )  # fmt: skip
        self.stopping = runtime.stopping(self.process)
        self.stopping.__enter__()
        runtime.wait_for_port(port, self.process, "The job server", path)
        return self

    def __exit__(self, *raised):
        return self.stopping.__exit__(*raised)


def wait_for_jobs(server, seconds=120):
    deadline = time.time() + seconds
    while time.time() < deadline:
        rows = runtime.query(server, DB, "SELECT state, count(*) FROM queue_job GROUP BY state")
        if rows and {state for state, _count in rows} <= {"done", "failed"}:
            return
        time.sleep(0.5)
    pytest.fail(f"jobs are left after {seconds} s: {rows}")


def test_every_job_was_done_in_its_channel(played):
    jobs = played["result"]["jobs"]
    assert played["draft"]["jobs"] == len([job for job in jobs if job[0] == "_job_draft"])
    assert {tuple(job) for job in jobs} == {
        ("_job_draft", "root.charter.report", "done"),
        ("_job_send", "root.charter.report", "done"),
    }


def test_each_report_was_sent_once(played):
    result = played["result"]
    assert result["errors"] == []
    assert result["states"] == ["sent"] * CLIENTS
    assert result["contracts"] == CLIENTS
    assert (result["deliveries"], result["contacts"]) == (CLIENTS, CLIENTS)
    assert all(result["own"]), "each contact has its own client's report"
