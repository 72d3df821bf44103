from odoo import fields, models


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
        help="Reminders and alerts are recorded at once; their mails wait for the next opening of the company.",
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

    def _charter_tz(self):
        """Name of the time zone of the company's days."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _charter_today(self):
        """The day it is for the company: at 23:30 UTC it is tomorrow already in Paris."""
        tz = self._charter_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), fields.Datetime.now()).date()
