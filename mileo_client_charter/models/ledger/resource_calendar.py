"""Public holidays in the calendars of time limits: added once a person has seen them, then each year automatically."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.clock import to_utc
from ...tools.public_holidays import UnknownPart, part_of, public_holidays
from ..base.charter_batches import one_by_one

_logger = logging.getLogger(__name__)
HALF_A_DAY = timedelta(hours=12)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    charter_holiday_country_id = fields.Many2one(
        "res.country",
        "Public holidays of",
        help="Entered once with “Enter public holidays”, then each year by a scheduled action.",
    )
    charter_holiday_part = fields.Char(
        "Part of the country",
        help="Département, region or state with days of its own: 57, 67, 68, 973, 974… Empty: the days of the whole country.",
    )
    charter_holiday_lang = fields.Char(
        "Language of the public holidays",
        readonly=True,
        help="That of who entered them: those of each year are called alike.",
    )

    @api.constrains("charter_holiday_country_id", "charter_holiday_part")
    def _check_charter_holidays(self):
        for calendar in self.filtered("charter_holiday_country_id"):
            calendar._charter_check_part(calendar.charter_holiday_country_id, calendar.charter_holiday_part)

    @api.model
    def _charter_check_part(self, country, part):
        """:raise ValidationError: no public holidays are known of this country, or of this part of it"""
        try:
            part_of(country.code, part)
        except UnknownPart as unknown:
            code, instead = unknown.args
            if not instead:
                raise ValidationError(
                    self.env._(
                        "Country: no public holidays are known of %s. Enter the closures manually.",
                        country.name,
                    )
                ) from None
            raise ValidationError(
                self.env._(
                    "Part of the country: “%(code)s” is none whose days are known. Choose one of %(instead)s, or leave it empty.",
                    code=code,
                    instead=instead,
                )
            ) from None

    @api.model
    def _charter_used(self):
        """Return the calendars promises are counted on: those of the companies with a charter in force, and contracts' own."""
        companies = self.env["charter.document"].sudo().search([("state", "=", "in_force")]).company_id
        contracts = self.env["contract.contract"].sudo()
        own = contracts.search([*contracts._charter_active_domain(), ("charter_calendar_id", "!=", False)])
        return companies.resource_calendar_id | own.charter_calendar_id

    def _charter_holidays(self, country, part, years, lang=None):
        """Return [(day, name, whether the calendar is closed then already)].

        :param lang: of the names; that they were entered in, or the language of the calendar's company, by default
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        lang = lang or self.charter_holiday_lang or company.partner_id.lang or self.env.lang or "en_US"
        days = public_holidays(country.code, part, years, lang)
        moments = {holiday: to_utc(holiday.day, self.tz) + HALF_A_DAY for holiday in days}
        closures = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("calendar_id", "in", (False, self.id)),
                    ("company_id", "in", (False, company.id)),
                    ("date_to", ">=", min(moments.values(), default=fields.Datetime.now())),
                ]
            )
        )
        return [
            (day, name, any(one.date_from <= moment <= one.date_to for one in closures))
            for (day, name), moment in moments.items()
        ]

    def _charter_enter_holidays(self, country, part, years, lang=None):
        """Close these calendars on the public holidays, where they are not closed already. :return: the closures entered"""
        leaves = self.env["resource.calendar.leaves"].sudo()
        entered = leaves
        for calendar in self:
            entered |= leaves.create(
                [
                    {
                        "name": name,
                        "calendar_id": calendar.id,
                        "company_id": (calendar.company_id or self.env.company).id,
                        "date_from": to_utc(day, calendar.tz),
                        "date_to": to_utc(day + timedelta(days=1), calendar.tz) - timedelta(seconds=1),
                        "time_type": "leave",
                    }
                    for day, name, closed in calendar._charter_holidays(country, part, years, lang)
                    if not closed
                ]
            )
        return entered

    @api.model
    def _cron_holidays(self):
        """Enter the public holidays of this year and the next, for the calendars somebody entered some in."""
        calendars = self.sudo().search([("charter_holiday_country_id", "!=", False)])
        one_by_one(calendars, lambda calendar: calendar._charter_enter_coming(), self._say_no_holidays)

    def _charter_enter_coming(self):
        self.ensure_one()
        year = (self.company_id or self.env.company)._charter_today().year
        self._charter_enter_holidays(
            self.charter_holiday_country_id, self.charter_holiday_part, [year, year + 1]
        )

    @api.model
    def _say_no_holidays(self, calendar, why):
        _logger.error("No public holidays can be entered in calendar %s: %s", calendar.id, why)

    def action_charter_holidays(self):
        """Show the public holidays before they are entered."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_holidays"),
            "context": {"default_calendar_ids": self.ids},
        }
