"""A company: its settings of the charter, its time zone, opening hours and days, and the result of the last check of the
seals.
"""

import contextlib
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, ormcache

from ...tools.clock import Delay, NeedsMore, NoWorkingTime, shift, to_local
from ...tools.phone import tel
from .charter_words import LongWords

NEXT_OPENING = Delay(0, "hours", "working")
# How much of a company's working time is kept in memory: the hub and each mail ask for its next opening.
OPENING_KEPT = timedelta(weeks=3)

REPORT_UNREVIEWED = [
    ("send", "Send on the due day, stating that it was not approved"),
    ("hold", "Hold back and warn the operations manager"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_feedback_delay_hours = fields.Integer(
        "Hours between the end of an intervention and its survey", default=2
    )
    charter_feedback_expiry_days = fields.Integer("Days a survey can be answered", default=30)
    charter_feedback_reminder_days = fields.Integer("Days before one reminder (0: none)", default=5)
    charter_feedback_frequency_days = fields.Integer(
        "Days between two surveys of one contact; one left out shows the reason.", default=7
    )
    charter_nps_frequency_days = fields.Integer("Days between two NPS questions to one contact", default=90)
    charter_alert_office_hours = fields.Boolean(
        "Email reminders to staff in office hours only",
        default=True,
        help="Reminders and alerts are recorded at once; their emails wait for the next opening of the company, where that "
        "leaves half of the time left.",
    )
    charter_on_call_operations = fields.Char(
        "On-call address of operations",
        help="Where a reminder goes as well that cannot wait for office hours: for the account managers, technical contacts "
        "and operations managers of the company. A mailbox or a gateway to the phone on duty.",
    )
    charter_on_call_direction = fields.Char(
        "On-call address of general management",
        help="Where a reminder to general management goes as well when it cannot wait for office hours. "
        "Empty: the address of operations.",
    )
    charter_alert_serial_label = fields.Char(
        "Alertmanager's label of the serial number",
        default="serial",
        help="The label of an alert that holds the serial number of the equipment, for instance “instance”.",
    )
    charter_clock_skew_minutes = fields.Integer(
        "Minutes a monitoring's clock may be ahead",
        default=5,
        help="A start or end further ahead is refused; up to it, it is taken as now.",
    )

    _charter_clock_skew = models.Constraint(
        "CHECK (charter_clock_skew_minutes BETWEEN 0 AND 1440)",
        "Minutes a monitoring's clock may be ahead: from 0 to 1440.",
    )

    charter_handover_lead_days = fields.Integer(
        "Days before an absence at which clients are informed",
        default=5,
        help="An absence entered later than that is announced at once.",
    )
    charter_vulnerability_days = fields.Integer(
        "Days to inform clients of a vulnerability",
        default=5,
        help="Of high severity. Counted from its publication; or from when it was known, where that was too late for an advance notice.",
    )
    charter_vulnerability_critical_days = fields.Integer(
        "Days to inform clients of a critical vulnerability", default=5, help="Counted in the same way."
    )
    charter_vulnerability_other_days = fields.Integer(
        "Days to inform clients of another vulnerability",
        default=14,
        help="Of medium or low severity. What advisories bring of these is grouped by week, in one notice.",
    )

    _charter_vulnerability = models.Constraint(
        "CHECK (charter_vulnerability_days BETWEEN 1 AND 60)",
        "Days to inform clients of a vulnerability: from 1 to 60.",
    )
    _charter_vulnerability_by_severity = models.Constraint(
        "CHECK (charter_vulnerability_critical_days BETWEEN 1 AND 60 AND charter_vulnerability_other_days BETWEEN 1 AND 60)",
        "Days to inform clients of a vulnerability: from 1 to 60, whatever its severity.",
    )

    def _charter_vulnerability_limit(self, severity):
        """Return within how many days clients are informed of a vulnerability of this severity."""
        self.ensure_one()
        if severity == "critical":
            return self.charter_vulnerability_critical_days
        if severity in ("medium", "low", "none"):
            return self.charter_vulnerability_other_days
        return self.charter_vulnerability_days

    charter_stand_in_rule = fields.Selection(
        [
            ("deputy", "The default substitute of the user"),
            ("team", "A colleague in the same role, the fewest clients first"),
            ("operations", "The operations manager"),
        ],
        "Substitute proposed",
        default="team",
        required=True,
    )
    charter_absence_min_hours = fields.Integer(
        "Hours from which time off is an absence",
        default=6,
        help="A morning off is not announced to clients.",
    )
    charter_delivery_review_from = fields.Integer(
        "Clients from which a change is reviewed before it is sent",
        default=20,
        help="A change that touches fewer clients is sent automatically; 0 or 1: every change is reviewed first.",
    )

    charter_report_unreviewed = fields.Selection(
        REPORT_UNREVIEWED,
        "Activity reports not approved",
        default="hold",
        required=True,
        help="What happens, at noon of its due day, to a report that is not approved. A tier may override it.",
    )

    charter_hourly_by_user = fields.Integer(
        "Messages of one person in an hour",
        default=10,
        help="Comments and escalations one user of the portal may send, and complaints one address "
        "may email. 0: no limit.",
    )
    charter_hourly_by_address = fields.Integer(
        "Forms from one network address in an hour",
        default=300,
        help="Forms of the portal and of surveys together. Behind a proxy, Odoo has to run in proxy "
        "mode to distinguish addresses; private addresses are not limited. 0: no limit.",
    )
    charter_mail_authserv = fields.Char(
        "Trusted mail server",
        help="The authserv-id your own mail gateway writes at the beginning of Authentication-Results (RFC 8601), for "
        "instance mx.example.com. Empty: what these headers say is not looked at.",
    )

    _charter_hourly = models.Constraint(
        "CHECK (charter_hourly_by_user >= 0 AND charter_hourly_by_address >= 0)",
        "Limits of an hour: 0 for none, or a number.",
    )

    charter_seal_checked_at = fields.Datetime("Proof verified at", readonly=True)
    charter_seal_checked = fields.Integer("Links verified", readonly=True)
    charter_seal_problem = LongWords("What does not hold", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"resource_calendar_id", "partner_id"}:
            self.env.registry.clear_cache()
        return result

    def _charter_next_opening(self, moment):
        """Return when people of the company are next at work from ``moment`` on (naive UTC), ``moment`` if they are then.

        A company whose calendar never opens is never waited for.
        """
        self.ensure_one()
        # Closed for longer than is kept, or for good: the whole calendar says which.
        with contextlib.suppress(NeedsMore, NoWorkingTime):
            working = self._charter_open_from(moment.date())
            if working:
                return shift(moment, NEXT_OPENING, "after", working.tz, working)
        [opening] = self.resource_calendar_id.with_company(self)._charter_shift_many(
            [(moment, NEXT_OPENING, "after")]
        )
        return moment if isinstance(opening, NoWorkingTime) else opening

    @ormcache("self.id", "day")
    def _charter_open_from(self, day):
        """Return the company's working time of the next weeks (WorkingTime), kept until a calendar changes."""
        first = datetime.combine(day, time())
        return self.resource_calendar_id.with_company(self)._charter_working_time(first, first + OPENING_KEPT)

    def _charter_escalation_address(self):
        """Return the address that opens an escalation by mail, or False where no mail domain is set up."""
        alias = self.env.ref("mileo_client_charter.alias_escalation", raise_if_not_found=False)
        return alias.sudo().display_name if alias and alias.sudo().alias_domain else False

    @api.model
    def _charter_tel(self, number):
        """Return the address that dials ``number``, for templates; empty for none (``tools/phone.py``)."""
        return tel(number)

    def _charter_mail_footer(self):
        """Return the last line of every mail to a client, in the language of the environment (template ``mail_footer``)."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "mileo_client_charter.mail_footer",
            {"company": self.sudo()},
            lang=self.env.lang,
            minimal_qcontext=True,
        )

    def _charter_on_call(self, role):
        """Return the address on duty for ``role`` outside office hours, or False."""
        self.ensure_one()
        if role == "general_management" and self.charter_on_call_direction:
            return self.charter_on_call_direction
        return self.charter_on_call_operations

    @api.constrains("charter_on_call_operations", "charter_on_call_direction")
    def _check_charter_on_call(self):
        for company in self:
            for name in ("charter_on_call_operations", "charter_on_call_direction"):
                if company[name] and not email_normalize(company[name]):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: “%(value)s” is no email address; write one, such as duty@example.com.",
                            field=self._fields[name]._description_string(self.env),
                            value=company[name],
                        )
                    )

    def _charter_staff_lang(self):
        """Return the language most of this company's people of the charter read, its own where as many read it.

        A company that came to Odoo in English and works in French reads French, whatever its own contact says.
        """
        self.ensure_one()
        own = self.sudo().partner_id.lang
        # Looked up for each message that begins a thread: ``ref`` would ask each time whether the group is still there.
        number = self.env["ir.model.data"]._xmlid_to_res_id("mileo_client_charter.group_charter_user")
        group = self.env["res.groups"].sudo().browse(number)
        people = group.all_user_ids.filtered(lambda one: not one.share and self in one.company_ids)
        read = Counter(one.lang for one in people if one.lang)
        most = max(read.values(), default=0)
        if read[own] == most:
            return own or self.env.lang
        return min(lang for lang in read if read[lang] == most)

    def _charter_tz(self):
        """Name of the time zone of the company's days; remembered, so that asking which day it is costs no statement."""
        self.ensure_one()
        known = self.id and next((tz for tz, ids in self._charter_zones() if self.id in ids), None)
        # A company that is being made is no one's yet.
        return known or self._charter_own_tz()

    def _charter_own_tz(self):
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _charter_today(self):
        """Return the day it is for the company: at 23:30 UTC it is tomorrow already in Paris."""
        return self._charter_day_at(fields.Datetime.now())

    def _charter_day_at(self, moment):
        """Return the day ``moment`` (naive UTC, or its text) was for the company."""
        return to_local(fields.Datetime.to_datetime(moment), self._charter_tz()).date()

    # -- days, of any number of companies at once ---------------------------------------------------

    @api.model
    @ormcache()
    def _charter_zones(self):
        """Return ((name of a time zone, ids of the companies whose days are its), …), archived ones included."""
        zones = defaultdict(list)
        for company in self.sudo().with_context(active_test=False).search([]):  # pylint: disable=no-search-all
            zones[company._charter_own_tz()].append(company.id)
        return tuple((tz, tuple(ids)) for tz, ids in zones.items())

    @api.model
    def _charter_days(self):
        """Return {day that is today: ids of the companies for which it is}."""
        days, now = defaultdict(list), fields.Datetime.now()
        for tz, ids in self._charter_zones():
            days[fields.Datetime.context_timestamp(self.with_context(tz=tz), now).date()] += ids
        return dict(days)

    @api.model
    def _charter_day_domain(self, name, operator):
        """Return ``name`` (a date) compared with today, which is each record's own company's (``company_id``)."""
        days = self._charter_days()
        if len(days) == 1:
            return Domain(name, operator, next(iter(days)))
        return Domain.OR(
            Domain("company_id", "in", ids) & Domain(name, operator, day) for day, ids in days.items()
        )

    @api.model
    def _charter_today_sql(self, company):
        """Return today as SQL, for the company whose id ``company`` (SQL) is."""
        return self._charter_of_zone(
            company, [(SQL("%s::date", day), ids) for day, ids in self._charter_days().items()]
        )

    @api.model
    def _charter_day_of(self, company, moment):
        """Return the day on which ``moment`` (SQL, naive UTC) was for the company whose id ``company`` (SQL) is, as SQL."""
        return self._charter_of_zone(
            company,
            [
                (SQL("(%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date", moment=moment, tz=tz), ids)
                for tz, ids in self._charter_zones()
            ],
        )

    @api.model
    def _charter_of_zone(self, company, cases):
        *others, (last, _ids) = cases
        if not others:
            return last
        whens = SQL(" ").join(
            SQL("WHEN %(company)s = ANY(%(ids)s) THEN %(value)s", company=company, ids=list(ids), value=value)
            for value, ids in others
        )
        return SQL("(CASE %(whens)s ELSE %(last)s END)", whens=whens, last=last)

    # -- what later packages know -------------------------------------------------------------------

    def _charter_people(self, role):
        """Return the users who hold one of the company's own roles; whoever may be informed where nobody does."""
        return self.env["res.users"]

    def _charter_stood_in(self):
        """Return who answers today in place of each who is away. :return: {id of a user who is away: res.users, one of them or more}"""
        return {}

    @api.model
    def _charter_holders(self, keys, now=None):
        """Return who holds roles at a moment. :return: {(company id, role, client id): user id}, without those nobody holds"""
        return {}

    @api.model
    def _charter_held_clients(self):
        """Return {company id: ids of the clients nobody is to mail for the time being}."""
        return {}

    @api.model
    def _charter_not_held(self):
        """Return the domain on (company, client) without those clients: what mails clients automatically respects it."""
        return Domain.AND(
            Domain("company_id", "!=", company) | Domain("partner_id", "not in", clients)
            for company, clients in self._charter_held_clients().items()
        )
