"""A company with something to do for each scheduled action of the charter, and everything that came of it, to compare.

It is made by the helpers of the tests, at frozen moments, and committed.
"""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.addons.mileo_client_charter.tests.cases.common import CharterCase

# A Monday, 09:00 in Paris, the day reports of October are drafted: everybody is at work.
NOW = datetime(2026, 11, 2, 8)
CLIENTS, OLD_CLIENTS, SENT = 6, 6, 3

# What is compared: each statement gives the rows of one kind in words, whatever their ids and references.
# References and numbers of records differ between two lives: a number that was taken by somebody who was killed is not given again.
KEY = r"""regexp_replace({}, '[A-Z]+/[0-9/]+|"record": \["[a-z._]+", [0-9]+\]', 'REF', 'g')"""
READ = {
    "promises": """
        SELECT p.name, o.code, o.res_model, o.occurrence, o.state, o.alert, o.met, o.missed, o.cancelled_at IS NOT NULL,
               o.warned_at IS NOT NULL, o.breached_at IS NOT NULL, o.due_at::text, o.alert_error
          FROM charter_obligation o JOIN res_partner p ON p.id = o.partner_id""",
    "promises twice": """
        SELECT code, res_model, res_id, occurrence FROM charter_obligation
         GROUP BY code, res_model, res_id, occurrence HAVING count(*) > 1""",
    "mails": f"""
        SELECT m.model, {KEY.format("m.subject")}, x.state, x.email_to,
               (SELECT string_agg(p.name, ', ' ORDER BY p.name) FROM mail_mail_res_partner_rel r
                  JOIN res_partner p ON p.id = r.res_partner_id WHERE r.mail_mail_id = x.id)
          FROM mail_mail x JOIN mail_message m ON m.id = x.mail_message_id""",
    "messages": f"""
        SELECT m.model, m.message_type, {KEY.format("m.subject")}, {KEY.format("left(regexp_replace(m.body, '<[^>]*>|[0-9]+', '', 'g'), 80)")}
          FROM mail_message m WHERE m.model LIKE 'charter.%'""",
    "activities": f"""
        SELECT a.res_model, {KEY.format("a.summary")}, u.login, a.date_deadline::text
          FROM mail_activity a JOIN res_users u ON u.id = a.user_id""",
    "reports": """
        SELECT c.name, r.period, r.state, r.computed_at IS NOT NULL, r.fingerprint IS NOT NULL, r.error
          FROM charter_report r JOIN contract_contract c ON c.id = r.contract_id""",
    "deliveries": f"""
        SELECT d.kind, p.name, {KEY.format("d.subject")}, d.state, d.mail_id IS NOT NULL,
               (SELECT count(*) FROM charter_delivery_ir_attachment_rel f WHERE f.charter_delivery_id = d.id)
          FROM charter_delivery d JOIN res_partner p ON p.id = d.contact_id""",
    "surveys": """
        SELECT f.channel, p.name, f.state FROM charter_feedback f JOIN res_partner p ON p.id = f.contact_id""",
    "contracts": "SELECT name, charter_tier_id FROM contract_contract",
    "onboarding": """
        SELECT c.name, l.state FROM charter_onboarding_line l JOIN contract_contract c ON c.id = l.contract_id""",
    "onboardings": "SELECT state FROM charter_onboarding",
    "words": """
        SELECT w.res_model, p.name, w.due_on::text, w.reminded_on::text, w.read_at IS NOT NULL
          FROM charter_word w JOIN res_partner p ON p.id = w.partner_id""",
    "escalations": """
        SELECT p.name, e.level, e.state, e.reminded_on::text, e.offered_at IS NOT NULL, e.asked_at IS NOT NULL
          FROM charter_escalation e JOIN res_partner p ON p.id = e.partner_id""",
    "set-up checks": "SELECT company_id, code, state FROM charter_setup_check",
    "days off": "SELECT calendar_id, name, date_from::text, date_to::text FROM resource_calendar_leaves",
    "files": f"SELECT res_model, {KEY.format('name')}, mimetype FROM ir_attachment WHERE res_model LIKE 'charter.%'",
    "sealed": """
        SELECT model_name, kind, row_id FROM charter_seal WHERE kind = 'first'
         GROUP BY model_name, kind, row_id HAVING count(*) > 1""",
    "seals waiting": "SELECT model_name, row_id FROM charter_seal_due",
    "actions that failed": "SELECT cron_name, failure_count FROM ir_cron WHERE failure_count > 0 OR NOT active AND cron_name ILIKE '%charter%'",
}


class World(CharterCase):
    """The helpers of the tests, without a test: ``build(env)`` makes the company."""

    @classmethod
    def build(cls, env):
        quiet = {"tracking_disable": True, "no_reset_password": True, "queue_job__no_delay": True}
        cls.env = env(context={**env.context, **quiet})
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Europe/Paris"
        # Documents leave without anybody's release.
        cls.company.charter_delivery_review_from = 1000
        cls.premium = cls.env.ref("mileo_client_charter.tier_premium")
        cls.manager = cls._staff("f_manager", "group_charter_user")
        cls.technician = cls._staff("f_technician", "group_charter_user")
        cls.operations = cls._staff("f_operations", "group_charter_operations")
        cls.direction = cls._staff("f_direction", "group_charter_direction")
        cls.env["ir.cron"].search([("cron_name", "not ilike", "charter")]).active = False
        with freeze_time(NOW - timedelta(days=200)):
            cls._assign("operations_manager", cls.operations)
            cls._assign("general_management", cls.direction)
            clients = [cls._client(f"Client{number}") for number in range(CLIENTS)]
        with freeze_time(NOW - timedelta(days=62)):
            cls.contracts = cls.env["contract.contract"].union(
                *(cls._contract(client) for client, *_contacts in clients)
            )
            cls.env["charter.scheduler"]._schedule(cls.contracts)
        cls._work(clients)
        cls._old_contracts()
        cls._reports()
        cls.env.flush_all()

    @classmethod
    def _work(cls, clients):
        """Closed work nobody has been asked about yet, complaints and escalations that nobody answered."""
        for number, (client, contact, other) in enumerate(clients):
            with freeze_time(NOW - timedelta(days=4, hours=number)):
                work = cls.env["charter.intervention"].create(
                    {
                        "name": f"Camera {number}",
                        "partner_id": client.id,
                        "contact_ids": (contact | other).ids,
                    }
                )
                cls.env["charter.feedback"]._from_portal(other, rating=1, comment=f"Nobody came {number}.")
                if number % 2:
                    cls.env["charter.escalation"]._from_portal(contact, f"Late {number}", "No answer.")
            with freeze_time(NOW - timedelta(days=3, hours=number)):
                work.action_close()
                late = {"name": f"Door {number}", "partner_id": client.id, "priority": "3"}
                cls.env["charter.intervention"].create(late)

    @classmethod
    def _old_contracts(cls):
        """Contracts that were there before the charter, their onboarding begun and its first batch not done."""
        none = cls.premium.browse()
        with freeze_time(NOW - timedelta(days=1)):
            for number in range(OLD_CLIENTS):
                client, _one, _two = cls._client(f"Old{number}", held=False)
                client.user_id = cls.manager
                cls._contract(client, none, end=False)
            started = (
                cls.env["charter.onboarding"]
                .with_user(cls.operations)
                .create({"tier_id": cls.premium.id, "technical_contact_id": cls.technician.id})
            )
            started.action_list()
            started.action_preview()
            while started.state == "previewing":
                cls.env["charter.onboarding"]._cron_onboarding()
            started._charter_engine().state = "running"

    @classmethod
    def _reports(cls):
        """Reports of the month that are written, reviewed and waiting to leave."""
        with freeze_time(NOW - timedelta(hours=1)):
            for contract in cls.contracts[:SENT]:
                owed = contract.obligation_ids.filtered(lambda o: o.code == "report.delivery")[:1]
                cls.env["charter.report"]._draft_or_say(owed)
            reports = cls.env["charter.report"].search([("contract_id", "in", cls.contracts[:SENT].ids)])
            reports._compute_tables()
            cls.env["charter.recommendation"].with_user(cls.technician).create(
                [
                    {"name": "Replace it", "advice": "It is old.", "benefit": "It works.", "report_id": report.id,
                     "contract_id": report.contract_id.id}
                    for report in reports
                ]
            )  # fmt: skip
            reports.with_user(cls.technician).action_written()
            reports.with_user(cls.manager).action_review()
            reports.with_user(cls.manager).action_send()


def read(cr):
    """{kind: [row]} of what there is, in an order of its own."""
    found = {}
    for kind, statement in READ.items():
        cr.execute(statement)
        found[kind] = sorted(map(repr, cr.fetchall()))
    return found


def differences(expected, found):
    """What is lost and what is there too often, in words."""
    problems = []
    for kind, rows in expected.items():
        lost, more = list(rows), []
        for row in found[kind]:
            lost.remove(row) if row in lost else more.append(row)
        problems += [f"lost of {kind}: {row}" for row in lost]
        problems += [f"too many of {kind}: {row}" for row in more]
    return problems
