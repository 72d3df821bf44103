"""All settings of the charter, in the one settings screen of Odoo."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    charter_feedback_delay_hours = fields.Integer(
        related="company_id.charter_feedback_delay_hours", readonly=False
    )
    charter_feedback_expiry_days = fields.Integer(
        related="company_id.charter_feedback_expiry_days", readonly=False
    )
    charter_feedback_reminder_days = fields.Integer(
        related="company_id.charter_feedback_reminder_days", readonly=False
    )
    charter_feedback_frequency_days = fields.Integer(
        related="company_id.charter_feedback_frequency_days", readonly=False
    )
    charter_nps_frequency_days = fields.Integer(
        related="company_id.charter_nps_frequency_days", readonly=False
    )
    charter_alert_office_hours = fields.Boolean(
        related="company_id.charter_alert_office_hours", readonly=False
    )
    charter_on_call_operations = fields.Char(related="company_id.charter_on_call_operations", readonly=False)
    charter_on_call_direction = fields.Char(related="company_id.charter_on_call_direction", readonly=False)
    charter_alert_serial_label = fields.Char(related="company_id.charter_alert_serial_label", readonly=False)
    charter_clock_skew_minutes = fields.Integer(
        related="company_id.charter_clock_skew_minutes", readonly=False
    )
    charter_vulnerability_days = fields.Integer(
        related="company_id.charter_vulnerability_days", readonly=False
    )
    charter_vulnerability_critical_days = fields.Integer(
        related="company_id.charter_vulnerability_critical_days", readonly=False
    )
    charter_vulnerability_other_days = fields.Integer(
        related="company_id.charter_vulnerability_other_days", readonly=False
    )
    charter_seal_checked_at = fields.Datetime(related="company_id.charter_seal_checked_at")
    charter_seal_checked = fields.Integer(related="company_id.charter_seal_checked")
    charter_seal_problem = fields.Text(related="company_id.charter_seal_problem")
    charter_handover_lead_days = fields.Integer(
        related="company_id.charter_handover_lead_days", readonly=False
    )
    charter_stand_in_rule = fields.Selection(related="company_id.charter_stand_in_rule", readonly=False)
    charter_absence_min_hours = fields.Integer(related="company_id.charter_absence_min_hours", readonly=False)
    charter_delivery_review_from = fields.Integer(
        related="company_id.charter_delivery_review_from", readonly=False
    )
    charter_report_unreviewed = fields.Selection(
        related="company_id.charter_report_unreviewed", readonly=False
    )
    charter_hourly_by_user = fields.Integer(related="company_id.charter_hourly_by_user", readonly=False)
    charter_hourly_by_address = fields.Integer(related="company_id.charter_hourly_by_address", readonly=False)
    charter_mail_authserv = fields.Char(related="company_id.charter_mail_authserv", readonly=False)

    charter_nps_months = fields.Integer(related="company_id.charter_nps_months", readonly=False)

    charter_health_days = fields.Integer(related="company_id.charter_health_days", readonly=False)

    charter_words_months = fields.Integer(related="company_id.charter_words_months", readonly=False)
    charter_complaints_months = fields.Integer(related="company_id.charter_complaints_months", readonly=False)
    charter_bodies_months = fields.Integer(related="company_id.charter_bodies_months", readonly=False)

    charter_outage_stale_hours = fields.Integer(
        related="company_id.charter_outage_stale_hours", readonly=False
    )
