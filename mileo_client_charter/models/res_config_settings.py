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
    charter_alert_serial_label = fields.Char(related="company_id.charter_alert_serial_label", readonly=False)
    charter_clock_skew_minutes = fields.Integer(
        related="company_id.charter_clock_skew_minutes", readonly=False
    )
