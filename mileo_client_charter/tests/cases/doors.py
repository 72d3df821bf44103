"""Every route of the project with what it takes: found in the routing map, so that one of next year is there by itself."""

import ast
import inspect
import pathlib
import threading
from urllib.parse import urlencode

from lxml import etree
from odoo.http import Request
from psycopg2.sql import SQL, Identifier

from ...models.base import door
from .lists import HERE, addresses_of
from .portal_lists import ListsCase
from .reports import ReportCase
from .written import rows_written, written_since

FORMS = {
    "comment": "The camera is dark.", "subject": "Nobody comes", "description": "We wait since Monday.", "rating": "4", "nps": "9",
    "answer": "accept", "problem": "", "reason": "Three nights are not nine.",
    "confirm": "1", "undo": "", "done": "", "call_me": "", "day": "2030-01-07", "time": "10:00", "phone": "", "feedback_id": "", "lang": "en_US",
    "tz": "Europe/Paris", "revoke": "", "surveys": "1", "summary": "The camera is dark.", "priority": "1", "contract": "", "equipment": "",
    "documents": "1", "notices": "1", "copies": "1", "reminders": "1", "said": "",
    **dict.fromkeys(("instead_documents", "instead_notices", "instead_reports", "instead_copies", "instead_reminders"), ""),
    "email": "one@parent.example.com", "commitments": "1", "reports": "1", "files": "", "code": "0123-4567-89ab-cdef-0123-4567", "file": "",
}  # fmt: skip

# What reading a page notes, and why that is no change by a scanner of mail.
NOTED = {
    # Column by column: a document is “opened” when its own recipient, logged in, has opened it: a read receipt.
    "charter_delivery": {"opened_at", "write_date", "write_uid"},
}
# Odoo's own: which devices a user has.
ODOO = {"res_device_log"}


class DoorSweep(ListsCase, ReportCase):
    """One client with a row of everything, a user of the portal, one of the staff, and nobody in particular."""

    logins = (None, "p_sweep", "t_admin")
    parts = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        # The language of the site: its pages have no prefix then, and French ones begin with /fr.
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.fill(1)
        cls.contact = cls.portal.partner_id
        cls.company.write({"charter_feedback_frequency_days": 0, "charter_nps_frequency_days": 0})
        cls.advice = cls.env["charter.recommendation"].create(
            {
                "name": "Replace it",
                "advice": "It is old.",
                "benefit": "It works.",
                "contract_id": cls.contract.id,
            }
        )
        cls.advice._propose()
        cls.contact._charter_make_calendar()
        cls.env["charter.intervention"].search(
            [("partner_id", "=", cls.client.id)], order="id desc", limit=1
        )._charter_keep_files(cls.contact, "See the picture.", [("a.txt", b"words")])
        above = cls.env["res.partner"].create({"name": "Parent of Alpine", "is_company": True})
        cls.env["res.partner"].create(
            {"name": "Parent one", "parent_id": above.id, "email": "one@parent.example.com"}
        )
        cls.client.parent_id = above
        cls.access = cls.env["charter.group.access"]._entitle_address(
            cls.client, "one@parent.example.com", True, True
        )
        cls.portal.write({"login": "p_sweep", "password": "p_sweep_p_sweep"})
        cls.company.write({"charter_hourly_by_user": 0, "charter_hourly_by_address": 0})

    def setUp(self):
        super().setUp()
        self.open_survey = self.invitation(self.contact).sudo()
        self.answered_survey = self.negative(self.adam).sudo()
        self.last_report = self.sent()
        self.escalation = self.escalate(self.contact)
        self.answer(self.escalation, self.operations)
        self.wizard = self.env["charter.export.wizard"].with_user(self.admin).create({})

    def report(self, contract=None, **values):
        return super().report(contract, period="2026-10", **values)

    def newest(self, model, domain=()):
        return self.env[model].search(
            [("partner_id", "=", self.client.id), *domain], order="id desc", limit=1
        )

    def calendar_key(self):
        """The key of the contact's feed; a form of the sweep may have revoked the one before."""
        if not self.contact.sudo().charter_calendar_key:
            self.contact._charter_make_calendar()
        return self.contact.sudo().charter_calendar_key

    def values(self):
        """{name of a part of an address: what stands there}; a route with another part fails until it is here.

        Read once a test: a sweep asks for it before each of a thousand requests.
        """
        if self.parts is None:
            self.parts = self.read_parts()
        return {**self.parts, "key": self.calendar_key()}

    def read_parts(self):
        newest = self.newest
        return {
            "token": self.open_survey.token,
            "link": self.env["charter.link"]._token(self.escalation.sudo(), "accept", self.contact),
            "company_id": self.company.id,
            "access_id": self.access.id,
            "feedback_id": self.answered_survey.id,
            "escalation_id": self.escalation.id,
            "equipment_id": newest("charter.equipment").id,
            "intervention_id": newest("charter.intervention").id,
            "report_id": self.last_report.id,
            "recommendation_id": self.advice.id,
            "line_id": newest("charter.notice.line").id,
            "review_id": newest("charter.review").id,
            "authorisation_id": newest("charter.authorisation").id,
            "delivery_id": newest(
                "charter.delivery", [("state", "=", "sent"), ("contact_id", "=", self.contact.id)]
            ).id,
            "number": 1,
            "wizard_id": self.wizard.id,
            **addresses_of(self.env, self.client, self.contact),
        }

    def routes(self):
        # A map that is not made yet is made for the database the thread serves.
        threading.current_thread().dbname = self.env.cr.dbname
        return [
            rule for rule in self.env["ir.http"].routing_map().iter_rules() if door.is_ours(rule.endpoint)
        ]

    def address(self, rule, **values):
        everything = {**self.values(), **values}
        missing = {name for name in rule.arguments if not everything.get(name)}
        self.assertFalse(missing, f"{rule.rule}: no value for them: give one in addresses() {HERE}")
        _domain, path = rule.build({name: everything[name] for name in rule.arguments})
        return path

    @classmethod
    def names(cls):
        """Every parameter a form of ours sends or a handler of ours reads, from the templates and the source."""
        addon = pathlib.Path(inspect.getfile(cls)).parents[2]
        names = {"form_key"}
        for path in (addon / "views").rglob("*templates.xml"):
            names |= {
                node.get("name")
                for node in etree.parse(path).iter("input", "textarea", "select", "button")
                if node.get("name")
            }
        for path in (addon / "controllers").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "get"
                    and getattr(node.func.value, "id", None) in ("query", "form")
                    and isinstance(node.args[0], ast.Constant)
                ):
                    names.add(node.args[0].value)
                if isinstance(node, ast.FunctionDef) and node.decorator_list:
                    arguments = node.args.args[len(node.args.args) - len(node.args.defaults) :]
                    names |= {argument.arg for argument in arguments}
        return sorted(names - {"csrf_token"})

    def query(self):
        return urlencode({name: value for name, value in FORMS.items() if value})

    def headers(self, _rule):
        return {}

    def log_in_as(self, login):
        password = "p_sweep_p_sweep" if login == "p_sweep" else login
        self.authenticate(login, password)

    def token(self):
        return Request.csrf_token(self)


class ChangesSweep(DoorSweep):
    """Which tables a request changed, by the server's own count and by a checksum of the rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        # Of every table, once a class: a test reads those again that were written to since.
        cls.class_counts = rows_written(cls.env.cr)
        cls.class_sums = {table: cls.sum_of(table) for table in cls.tables()}

    @classmethod
    def tables(cls):
        cls.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return [name for [name] in cls.env.cr.fetchall() if name not in ODOO]

    @classmethod
    def sum_of(cls, table):
        """(rows, checksum) of a table, without what reading may note."""
        columns = NOTED.get(table, ())
        cls.env.cr.execute(
            SQL(
                "SELECT count(*), coalesce(sum(('x' || substr(md5((to_jsonb(r) - %s::text[])::text), 1, 15))::bit(60)::bigint::numeric), 0) FROM {} r"
            ).format(Identifier(table)),
            [list(columns)],
        )
        return cls.env.cr.fetchone()

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.counts, self.sums = self.class_counts, dict(self.class_sums)
        self.changes()

    def written(self):
        """The tables that were written to since this was last asked."""
        before, self.counts = self.counts, rows_written(self.env.cr)
        return written_since(before, self.counts) - ODOO

    def changes(self):
        """The tables whose rows are not those of the last time; only those the server says were written are read."""
        changed = []
        for table in self.written():
            now = self.sum_of(table)
            if now != self.sums.get(table, (0, 0)):
                changed.append(table)
            self.sums[table] = now
        return sorted(changed)
