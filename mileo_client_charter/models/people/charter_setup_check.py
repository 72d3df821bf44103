"""Checks of the set-up before clients see the charter: one list, each check with its remedy.

Each is true or not of a company as Odoo stands today. Another addon adds one by a code in ``code``, its words in ``_words`` and a
method ``_check_<code>`` (companies), which gives what it found wrong in which of them.
"""

import ipaddress
from datetime import timedelta
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, config
from odoo.tools.translate import LazyTranslate

from ...hooks import POSTGRESQL
from ...tools.clock import UTC_NAMES
from ..base.charter_words import Choice, Kept, Words, as_stored, listed

_lt = LazyTranslate(__name__)

ADMIN = "mileo_client_charter.group_charter_admin"
# What one check lists; the others come up once these are set up.
MOST = 20


class CharterSetupCheck(models.Model):
    """One thing to set up, for one company; looked at each day, and whenever the page is opened."""

    _name = "charter.setup.check"
    _description = "Set-up check"
    _order = "state desc, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    code = fields.Selection(
        [
            ("charter", "A charter in force"),
            ("timezone", "Time zone of the working hours"),
            ("base_url", "Address of this Odoo"),
            ("alias_domain", "Domain of the mail aliases"),
            ("mail_server", "Server of outgoing mail"),
            ("holidays", "Public holidays"),
            ("roles", "People who hold a role"),
            ("pdf", "Printing of documents"),
            ("postgresql", "Version of PostgreSQL"),
            ("actions", "Scheduled actions"),
        ],
        "Check",
        required=True,
        readonly=True,
    )
    state = fields.Selection([("ok", "In order"), ("todo", "To do")], required=True, readonly=True)
    detail = Words("Found", readonly=True)
    remedy = fields.Char(compute="_compute_remedy")

    _one_a_company = models.Constraint("UNIQUE (company_id, code)", "This check is listed already.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for check in self:
            check.display_name = labels.get(check.code, "")

    @api.depends("code", "state")
    @api.depends_context("lang")
    def _compute_remedy(self):
        words = self._words()
        for check in self:
            check.remedy = words.get(check.code) if check.state == "todo" else False

    @api.model
    def _words(self):
        """Return {code: what fixes it}"""
        return {
            "charter": self.env._("Publish a charter: without one, no commitment is opened."),
            "timezone": self.env._(
                "Set the time zone of the company's working hours: deadlines, days and office hours are read in it."
            ),
            "base_url": self.env._(
                "Set web.base.url to the address clients reach, with https: links of emails lead there."
            ),
            "alias_domain": self.env._(
                "Choose the company's mail domain: without it, no answer of a client comes back."
            ),
            "mail_server": self.env._("Enter the server of outgoing mail: nothing leaves without one."),
            "holidays": self.env._(
                "Enter the public holidays of the next twelve months in the working hours: deadlines skip them."
            ),
            "roles": self.env._(
                "Name who holds each role, and complete their phone and email: clients read them."
            ),
            "pdf": self.env._(
                "Install wkhtmltopdf 0.12 or later on the server: no document is printed without it."
            ),
            "postgresql": self.env._(
                "Move the database to PostgreSQL 14 or later: the figures of reports need it."
            ),
            "actions": self.env._(
                "Activate the scheduled actions of the charter: without them nothing falls due, and nothing leaves."
            ),
        }

    # -- the checks: each gives {company: what is wrong, as a text that needs no translation or as terms}, asked once for all --

    @api.model
    def _check_charter(self, companies):
        found = self.env["charter.document"].search_fetch(
            [("company_id", "in", companies.ids), ("state", "=", "in_force")], ["company_id"]
        )
        return {company: company.name for company in companies - found.company_id}

    @api.model
    def _check_timezone(self, companies):
        return {
            company: f"{company.resource_calendar_id.name or '–'}: {company.resource_calendar_id.tz or '–'}"
            for company in companies
            if company.resource_calendar_id.tz in (False, *UTC_NAMES)
        }

    @api.model
    def _check_base_url(self, companies):
        address = self.env["ir.config_parameter"].get_param("web.base.url") or ""
        return {} if self._is_public(address) else dict.fromkeys(companies, address or "–")

    @api.model
    def _is_public(self, address):
        """Return whether somebody outside could reach it: no name or number of this machine alone."""
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").rstrip(".").lower()
        except ValueError:
            return False
        try:
            number = ipaddress.ip_address(host)
            return not (number.is_loopback or number.is_unspecified)
        except ValueError:
            return "." in host and not host.endswith((".localhost", ".localdomain", ".local"))

    @api.model
    def _check_alias_domain(self, companies):
        return {company: company.name for company in companies if not company.alias_domain_id}

    @api.model
    def _check_mail_server(self, companies):
        if self.env["ir.mail_server"].search_count([], limit=1):
            return {}
        # What is on the command line serves where no server is entered; by default that is this machine.
        host = config.get("smtp_server") or "localhost"
        return dict.fromkeys(companies, host) if host in ("localhost", "127.0.0.1") else {}

    @api.model
    def _check_holidays(self, companies):
        now = fields.Datetime.now()
        found = self.env["resource.calendar.leaves"]._read_group(
            Domain("resource_id", "=", False)
            & Domain("company_id", "in", [False, *companies.ids])
            & Domain("calendar_id", "in", [False, *companies.resource_calendar_id.ids])
            & Domain("date_to", ">=", now)
            & Domain("date_from", "<=", now + relativedelta(years=1)),
            ["company_id", "calendar_id"],
        )
        return {
            company: company.resource_calendar_id.name or "–"
            for company in companies
            if not any(
                of in (company, company.browse())
                and calendar in (company.resource_calendar_id, calendar.browse())
                for of, calendar in found
            )
        }

    @api.model
    def _check_roles(self, companies):
        found = self.env.execute_query(
            SQL(
                """
                WITH holders AS (
                    SELECT asked.company, assignment.role, partner.name, COALESCE(partner.phone, '') = '' OR COALESCE(partner.email, '') = '' AS incomplete
                      FROM unnest(%(companies)s::int[], %(days)s::date[]) AS asked (company, today)
                      JOIN charter_assignment assignment ON assignment.active AND assignment.company_id = asked.company
                       AND daterange(assignment.date_from, assignment.date_to, '[]') @> asked.today
                      JOIN res_users users ON users.id = assignment.user_id AND users.active
                      JOIN res_partner partner ON partner.id = users.partner_id)
                SELECT DISTINCT company, name FROM holders WHERE incomplete
                 UNION ALL
                SELECT asked.company, wanted.role FROM unnest(%(companies)s::int[]) AS asked (company)
                 CROSS JOIN (VALUES ('operations_manager'), ('general_management')) AS wanted (role)
                 WHERE NOT EXISTS (SELECT 1 FROM holders holder WHERE holder.company = asked.company AND holder.role = wanted.role)
                """,
                companies=companies.ids,
                days=[company._charter_today() for company in companies],
            )
        )
        assignments = self.env["charter.assignment"]
        roles = assignments._fields["role"].get_values(self.env)
        wrong = {}
        for company, name in found:
            what = _lt("vacant role: %s", Choice(assignments, "role", name)) if name in roles else name
            wrong.setdefault(companies.browse(company), []).append(what)
        return {company: listed(several[:MOST]) for company, several in wrong.items()}

    @api.model
    def _check_pdf(self, companies):
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        return {} if state in ("ok", "workers") else dict.fromkeys(companies, f"wkhtmltopdf: {state}")

    @api.model
    def _check_postgresql(self, companies):
        version = self.env.cr.connection.server_version
        return {} if version >= POSTGRESQL else dict.fromkeys(companies, str(version // 10000))

    @api.model
    def _check_actions(self, companies):
        data = self.env["ir.model.data"].search_fetch(
            [("module", "=", "mileo_client_charter"), ("model", "=", "ir.cron")], ["res_id"]
        )
        crons = self.env["ir.cron"].with_context(active_test=False)
        crons = crons.search_fetch([("id", "in", data.mapped("res_id"))], ["active", "nextcall", "cron_name"])
        stopped = crons.filtered(lambda cron: not cron.active)
        late = crons.filtered(
            lambda cron: cron.active and cron.nextcall < fields.Datetime.now() - timedelta(days=2)
        )
        # Their names are translated where the action has its name.
        wrong = [
            *(_lt("not active: %s", cron.ir_actions_server_id) for cron in stopped),
            *(_lt("late: %s", cron.ir_actions_server_id) for cron in late),
        ]
        return dict.fromkeys(companies, listed(wrong[:MOST])) if wrong else {}

    # -- looking ----------------------------------------------------------------------------------------------

    @api.model
    def _refresh(self, companies, codes=None):
        """Look at everything for ``companies``, each check once for all of them; a row changes only where something has changed.

        :param codes: these checks alone
        :return: the rows, what is to do first
        """
        checks = self.sudo()
        # Some checks are read by SQL.
        self.env.flush_all()
        known = {
            (row.company_id.id, row.code): row
            for row in checks.search_fetch(
                [("company_id", "in", companies.ids)], ["company_id", "code", "state", "detail"]
            )
        }
        new = []
        for code, _label in self._fields["code"].selection:
            if codes and code not in codes:
                continue
            wrong = getattr(checks, f"_check_{code}")(companies.sudo())
            for company in companies.sudo():
                detail = wrong.get(company, "")
                detail = detail if isinstance(detail, Kept) else detail[:500]
                values = {"state": "todo" if detail else "ok", "detail": detail or False}
                row = known.get((company.id, code))
                if row is None:
                    new.append({"company_id": company.id, "code": code, **values})
                elif (row.state, as_stored(row, "detail") or False) != (values["state"], values["detail"]):
                    row.write(values)
        rows = checks.union(*known.values(), checks.create(new))
        return rows.sorted(lambda row: (row.state != "todo", row.id)).with_env(self.env)

    @api.model
    def _cron_setup_check(self):
        """Look once a day: what was in order may be so no longer."""
        self._refresh(self.env["res.company"].search([]))  # pylint: disable=no-search-all

    @api.model
    def _look_again(self, *codes):
        """Look again at once at what has been looked at: what these checks are about has changed."""
        known = self.sudo().search([("code", "in", codes)])
        if known:
            self._refresh(known.company_id, codes)

    @api.model
    def action_open(self):
        """Look now, and show what is to do first. :raise AccessError: the charter's administrators alone"""
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Set-up check: ask an administrator of the charter."))
        self._refresh(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_setup_check"
        )

    def action_check_again(self):
        """Look now at the companies of whoever asks, and show the list as it is then.

        :raise AccessError: who does not read the set-up
        """
        self.check_access("read")
        self._refresh(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_mend(self):
        """Open where it is fixed. :raise AccessError: the charter's administrators alone"""
        self.ensure_one()
        if not self.env.user.has_group(ADMIN):
            raise AccessError(self.env._("Set-up check: ask an administrator of the charter."))
        return self._links()[self.code]

    def _links(self):
        """Return {code: action}"""
        company = self.company_id
        calendar = company.sudo().resource_calendar_id

        def window(model, res_id=False, domain=()):
            views = [(False, "form")] if res_id else [(False, "list"), (False, "form")]
            return {
                "type": "ir.actions.act_window",
                "name": self.display_name,
                "res_model": model,
                "views": views,
                "res_id": res_id,
                "domain": list(domain),
                "target": "current",
            }

        help_page = {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": "https://www.odoo.com/documentation/19.0/administration/on_premise/source.html",
        }
        return {
            "charter": window("charter.document"),
            "timezone": window("resource.calendar", calendar.id),
            "base_url": window("ir.config_parameter", domain=[("key", "=", "web.base.url")]),
            "alias_domain": window("res.company", company.id),
            "mail_server": window("ir.mail_server"),
            "holidays": self._holidays_action(),
            "roles": window("charter.defect", domain=[("kind", "in", ["vacant", "unreachable"])])
            if self.env["charter.defect"].search_count([("kind", "in", ["vacant", "unreachable"])], limit=1)
            else window("charter.assignment"),
            "pdf": help_page,
            "postgresql": help_page,
            "actions": window(
                "ir.cron", domain=[("cron_name", "ilike", "Client Charter"), ("active", "in", [True, False])]
            ),
        }

    def _holidays_action(self):
        company = self.company_id.sudo()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_holidays"),
            "context": {
                "default_country_id": company.country_id.id,
                "default_part": company.partner_id._charter_holiday_part(),
                "default_calendar_ids": company.resource_calendar_id.ids,
            },
        }

    @api.model
    def _todo_words(self, company):
        """Return what is still to do in ``company``, a line each; empty when all is in order."""
        rows = self._refresh(company).filtered(lambda row: row.state == "todo")
        return "\n".join(f"{row.display_name}: {row.remedy}" for row in rows)


class CharterDefect(models.Model):
    _inherit = "charter.defect"
    _depends = {"charter.setup.check": ["state", "company_id", "code"]}

    kind = fields.Selection(selection_add=[("setup", "Set-up of this Odoo")])

    def _compute_remedy(self):
        result = super()._compute_remedy()
        defects = self.filtered(lambda one: one.kind == "setup")
        checks = self.env["charter.setup.check"].sudo().browse(defects.mapped("res_id"))
        for defect, check in zip(defects, checks, strict=True):
            defect.remedy = check.remedy
        return result

    def action_mend(self):
        self.ensure_one()
        if self.kind == "setup":
            return self.env["charter.setup.check"].browse(self.res_id).action_mend()
        return super().action_mend()

    def action_check_again(self):
        """Look at the set-up again; everything else in this list is read as it is now. :raise AccessError: who does not read it"""
        return self.env["charter.setup.check"].action_check_again()

    def _defect_queries(self, clients):
        return [
            *super()._defect_queries(clients),
            SQL(
                "SELECT 'setup', NULL::int, NULL::int, NULL, company_id, 'charter.setup.check', id, detail "
                "FROM charter_setup_check WHERE state = 'todo'"
            ),
        ]
