from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ...tools.clock import Delay, NoWorkingTime

REPORT_UNREVIEWED = [
    ("send", "Send on the due day, saying that it was not reviewed"),
    ("hold", "Hold back and warn the operations manager"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_feedback_delay_hours = fields.Integer(
        "Hours between the end of an intervention and its survey", default=2
    )
    charter_feedback_expiry_days = fields.Integer("Days a survey can be answered", default=30)
    charter_feedback_reminder_days = fields.Integer("Days before one reminder (0: none)", default=5)
    charter_feedback_frequency_days = fields.Integer("Days between two surveys of one contact", default=7)
    charter_nps_frequency_days = fields.Integer("Days between two NPS questions to one contact", default=90)
    charter_alert_office_hours = fields.Boolean(
        "Mail reminders to staff in office hours only",
        default=True,
        help="Reminders and alerts are recorded at once; their mails wait for the next opening of the company, where that "
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
        "Days before an absence that clients are told",
        default=5,
        help="An absence entered later than that is announced at once.",
    )
    charter_vulnerability_days = fields.Integer(
        "Days in which clients are told of a vulnerability",
        default=5,
        help="Counted from its publication; and from when it was known, for whatever was known too late to be told ahead.",
    )

    _charter_vulnerability = models.Constraint(
        "CHECK (charter_vulnerability_days BETWEEN 1 AND 60)",
        "Days in which clients are told of a vulnerability: from 1 to 60.",
    )

    charter_stand_in_rule = fields.Selection(
        [
            ("deputy", "The deputy named on the user"),
            ("team", "A colleague in the same role, the fewest clients first"),
            ("operations", "The operations manager"),
        ],
        "Stand-in proposed",
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
        help="A change that touches fewer clients goes out by itself; 0 or 1: every change is looked at first.",
    )

    charter_report_unreviewed = fields.Selection(
        REPORT_UNREVIEWED,
        "Activity reports nobody reviewed",
        default="hold",
        required=True,
        help="What becomes, at noon of its due day, of a report that nobody has reviewed. A tier may say otherwise.",
    )

    charter_hourly_by_user = fields.Integer(
        "Messages of one person in an hour",
        default=10,
        help="Comments and escalations one user of the portal may send, and complaints one address may mail. "
        "0: no limit.",
    )
    charter_hourly_by_address = fields.Integer(
        "Forms from one network address in an hour",
        default=300,
        help="Forms of the portal and of surveys together. Behind a proxy, Odoo has to run in proxy mode to tell "
        "addresses apart; private addresses are not limited. 0: no limit.",
    )
    charter_mail_authserv = fields.Char(
        "Mail server whose word is taken",
        help="The authserv-id your own mail gateway writes at the beginning of Authentication-Results (RFC 8601), for "
        "instance mx.example.com. Empty: what these headers say is not looked at.",
    )

    _charter_hourly = models.Constraint(
        "CHECK (charter_hourly_by_user >= 0 AND charter_hourly_by_address >= 0)",
        "Limits of an hour: 0 for none, or a number.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "charter_handover_lead_days" in vals:
            self.env["charter.handover"]._plan_again(self)
        return result

    def _charter_next_opening(self, moment):
        """When people of the company are next at work from ``moment`` on (naive UTC), ``moment`` if they are then.

        A company whose calendar never opens is never waited for.
        """
        self.ensure_one()
        question = (moment, Delay(0, "hours", "working"), "after")
        [opening] = self.resource_calendar_id.with_company(self)._charter_shift_many([question])
        return moment if isinstance(opening, NoWorkingTime) else opening

    def _charter_escalation_address(self):
        """The address that opens an escalation by mail, or False where no mail domain is set up."""
        alias = self.env.ref("mileo_client_charter.alias_escalation", raise_if_not_found=False)
        return alias.sudo().display_name if alias and alias.sudo().alias_domain else False

    def _charter_mail_footer(self):
        """The last line of every mail to a client, in the language of the environment (template ``mail_footer``)."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "mileo_client_charter.mail_footer",
            {"company": self.sudo()},
            lang=self.env.lang,
            minimal_qcontext=True,
        )

    def _charter_on_call(self, role):
        """The address on duty for ``role`` outside office hours, or False."""
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
                            "%(field)s: “%(value)s” is no e-mail address; write one, such as duty@example.com.",
                            field=self._fields[name]._description_string(self.env),
                            value=company[name],
                        )
                    )

    def _charter_tz(self):
        """Name of the time zone of the company's days."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _charter_today(self):
        """The day it is for the company: at 23:30 UTC it is tomorrow already in Paris."""
        tz = self._charter_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), fields.Datetime.now()).date()
