from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.tests import HttpCase, TransactionCase

START = datetime(2026, 10, 5, 8, 0)  # a Monday, 10:00 in Paris


class CharterCase(TransactionCase):
    """A company with its four roles held, a client with two contacts, and a clock in the tests' hands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Where a queue of jobs is installed beside, the scheduled actions do their work themselves all the same.
        quiet = {"tracking_disable": True, "no_reset_password": True, "queue_job__no_delay": True}
        cls.env = cls.env(context=dict(cls.env.context, **quiet))
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Europe/Paris"
        cls.document = cls.env.ref("mileo_client_charter.charter_v1_2")
        cls.premium = cls.env.ref("mileo_client_charter.tier_premium")
        cls.manager, cls.technician, cls.operations, cls.direction, cls.admin = cls._users(
            cls._staff_values("t_manager", "group_charter_user"),
            cls._staff_values("t_technician", "group_charter_user"),
            cls._staff_values("t_operations", "group_charter_operations"),
            cls._staff_values("t_direction", "group_charter_direction"),
            cls._staff_values("t_admin", "group_charter_admin"),
        )
        # A database with a life of its own may have holders already: these tests have theirs.
        cls.env["charter.assignment"].search(
            [("partner_id", "=", False), ("company_id", "=", cls.company.id)]
        ).unlink()
        with freeze_time(START - timedelta(days=400)):
            cls._assign("operations_manager", cls.operations)
            cls._assign("general_management", cls.direction)
            cls.client, cls.alice, cls.adam = cls._client("Alpine")
        cls.contract = None
        # Wake-ups of the database's own life: a moment that has one needs no other.
        cls.env["ir.cron.trigger"].search([]).unlink()

    @classmethod
    def _users(cls, *values):
        """Users of these values, made together: one by one, and welcomed by the neighbours, they cost five times as much."""
        users, welcome = cls.env["res.users"], ("_onboard_users_into_project", "_avatar_generate_svg")
        with ExitStack() as unwelcomed:
            for model in (type(users), type(cls.env["res.partner"])):
                for name in welcome:
                    if hasattr(model, name):
                        unwelcomed.enter_context(patch.object(model, name, lambda *_args: False))
            return users.create(list(values))

    @classmethod
    def _staff_values(cls, login, group, **values):
        groups = ("base.group_user", "base.group_partner_manager", f"mileo_client_charter.{group}")
        return {
            "login": login,
            "password": login.ljust(8, "x"),
            "name": login,
            "email": f"{login}@mileo.example.com",
            "phone": "+33 1 00 00 00 00",
            "notification_type": "email",
            "group_ids": [Command.set([cls.env.ref(name).id for name in groups])],
            **values,
        }

    @classmethod
    def _staff(cls, login, group, **values):
        return cls._users(cls._staff_values(login, group, **values))

    @classmethod
    def _portal(cls, contact, login=None):
        """The portal user of a client's contact."""
        login = login or f"t_{contact.name.lower().replace(' ', '_')}"
        return cls._users(
            {
                "login": login,
                "password": login.ljust(8, "x"),
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                "partner_id": contact.id,
                "name": contact.name,
                "email": contact.email,
                "lang": "en_US",
                "tz": "Europe/Paris",
            }
        )

    @classmethod
    def _assign(cls, role, user, partner=None, company=None):
        return cls.env["charter.assignment"].create(
            {
                "role": role,
                "user_id": user.id,
                "partner_id": partner.id if partner else False,
                "company_id": (company or cls.company).id,
            }
        )

    @classmethod
    def _client(cls, name, held=True):
        """(client, contact 1, contact 2), its two roles held by the manager and the technician."""
        client = cls.env["res.partner"].create({"name": name, "is_company": True, "customer_rank": 1})
        contacts = cls.env["res.partner"].create(
            [
                {
                    "name": f"{name} {n}",
                    "parent_id": client.id,
                    "email": f"{n}@{name.lower()}.example.com",
                    "lang": "en_US",
                }
                for n in ("one", "two")
            ]
        )
        if held:
            cls._assign("account_manager", cls.manager, client)
            cls._assign("technical_contact", cls.technician, client)
        return client, *contacts

    @classmethod
    def _contract(cls, partner, tier=None, start="2026-03-01", end="2027-02-28", **values):
        return cls.env["contract.contract"].create(
            {
                "name": f"Maintenance {partner.name}",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "line_recurrence": True,
                "charter_tier_id": (cls.premium if tier is None else tier).id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "name": "Maintenance",
                            "quantity": 1,
                            "price_unit": 100,
                            "date_start": start,
                            "date_end": end,
                            "recurring_rule_type": "monthly",
                            "recurring_interval": 1,
                            "recurring_next_date": start,
                        }
                    )
                ],
                **values,
            }
        )

    # -- time -------------------------------------------------------------------------------------

    @contextmanager
    def at(self, hours=0, moment=None):
        """Freeze Python's time and the cursor's ``hours`` after START (or at ``moment``, naive UTC)."""
        moment = moment or START + timedelta(hours=hours)
        with freeze_time(moment), patch.object(self.env.cr, "now", lambda: moment):
            yield moment

    def tick(self):
        """One turn of the clock as the scheduler starts it, its batches committed into the test's own transaction."""
        cron = self.env.ref("mileo_client_charter.cron_clock")
        cron._clear_schedule({"id": cron.id})
        with self.committing():
            self.env["charter.obligation"]._cron_clock()

    def send(self):
        with self.committing():
            self.env["charter.feedback"]._cron_feedback()

    def committing(self, seconds=1000):
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: seconds)

    def tables_asked(self, act):
        """The charter's own tables that ``act`` reads, by PostgreSQL's own count; what it leaves to the flush counts."""
        counted = (
            "SELECT relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables "
            "WHERE relname LIKE 'charter\\_%'"
        )
        self.env.flush_all()
        self.env.cr.execute(counted)
        before = dict(self.env.cr.fetchall())
        act()
        self.env.flush_all()
        self.env.cr.execute(counted)
        return {table for table, times in self.env.cr.fetchall() if times > before.get(table, 0)}

    # -- the story so far -------------------------------------------------------------------------

    def mails(self, **domain):
        return self.env["mail.mail"].sudo().search([(key, "=", value) for key, value in domain.items()])

    def mails_to(self, partner):
        """Mails queued to a partner by a template or a thread, the oldest first."""
        return self.env["mail.mail"].sudo().search([("recipient_ids", "in", partner.ids)], order="id")

    def invitation(self, contact=None):
        """A survey sent to ``contact`` after an intervention closed at the present moment."""
        contact = contact or self.alice
        intervention = self.env["charter.intervention"].create(
            {"name": "Camera 4", "partner_id": contact.commercial_partner_id.id, "contact_ids": contact.ids}
        )
        intervention.action_close()
        feedback = intervention.feedback_ids
        feedback._charter_engine()._send_invitations(feedback._charter_now())
        return feedback

    def negative(self, contact=None, rating=2):
        feedback = self.invitation(contact)
        feedback._answer(rating=rating, comment="Nobody came.")
        return feedback

    def promise(self, record, code):
        return self.env["charter.obligation"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("code", "=", code)]
        )

    def escalate(self, contact=None):
        contact = contact or self.alice
        return self.env["charter.escalation"]._from_portal(contact, "No answer", "Nobody answers our calls.")

    def answer(self, escalation, user, body="<p>We have replaced the camera this morning.</p>"):
        wizard = self.env["charter.message.wizard"].browse(
            escalation.with_user(user).action_ask_answer()["res_id"]
        )
        wizard.body = body
        wizard.with_user(user).action_send()


class BrowserCase(HttpCase):
    """Tours whose steps may print a document.

    While wkhtmltopdf runs, Odoo's tests answer it alone and refuse what the browser asks meanwhile, which the web client
    reports as a lost connection: whoever holds this test's session is answered throughout.
    """

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True
