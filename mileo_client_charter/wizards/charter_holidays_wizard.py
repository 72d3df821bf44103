from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.base.charter_format import day_text
from ..tools.public_holidays import UnknownPart


class CharterHolidaysWizard(models.TransientModel):
    """The public holidays of a country, shown before they are entered in the calendars promises are counted on."""

    _name = "charter.holidays.wizard"
    _description = "Enter public holidays"

    country_id = fields.Many2one(
        "res.country", required=True, default=lambda self: self.env.company.country_id
    )
    part = fields.Char(
        "Part of the country",
        default=lambda self: self._own_part(),
        help="Département, region or state with days of its own: 57, 67, 68, 973, 974… Empty: the days of the whole country.",
    )
    first_year = fields.Integer(required=True, default=lambda self: self.env.company._charter_today().year)
    last_year = fields.Integer(required=True, default=lambda self: self.env.company._charter_today().year + 1)
    calendar_ids = fields.Many2many(
        "resource.calendar",
        string="Calendars",
        required=True,
        default=lambda self: self._used() or self.env.company.resource_calendar_id,
    )
    preview = fields.Html(compute="_compute_preview")
    count = fields.Integer("Closures to enter", compute="_compute_preview")

    @api.model
    def _used(self):
        used = self.env["resource.calendar"]._charter_used()
        return used.filtered(lambda one: one.company_id in (self.env["res.company"], *self.env.companies))

    @api.model
    def _own_part(self):
        """Return what the company's own address says, where the country has parts with days of their own."""
        return self.env.company.partner_id._charter_holiday_part()

    def _charter_is_whole(self):
        """Return whether it may be sent as it opens: what it will enter is shown."""
        return True

    def _years(self):
        return list(range(self.first_year, min(self.last_year, self.first_year + 5) + 1))

    @api.depends("country_id", "part", "first_year", "last_year", "calendar_ids")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview, wizard.count = False, 0
            if not (wizard.country_id and wizard.calendar_ids):
                wizard.preview = self.env._(
                    "Choose the country and the calendars: the public holidays are shown here before they are entered."
                )
                continue
            rows, calendars = [], wizard.calendar_ids._origin.sudo()
            try:
                for calendar in calendars:
                    rows += [
                        (calendar, *row)
                        for row in calendar._charter_holidays(
                            wizard.country_id, wizard.part, wizard._years(), self.env.lang
                        )
                    ]
            except UnknownPart as unknown:
                code, instead = unknown.args
                wizard.preview = self.env._(
                    "“%(code)s” is not known. There is: %(instead)s", code=code, instead=instead or "—"
                )
                continue
            wizard.count = sum(not closed for *_day, closed in rows)
            wizard.preview = Markup('<table class="table table-sm">%s</table>') % Markup().join(
                Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
                % (
                    day_text(self.env, day, "EEEE d MMMM y"),
                    name,
                    calendar.name,
                    self.env._("closed already") if closed else "",
                )
                for calendar, day, name, closed in sorted(rows, key=lambda row: (row[1], row[0].id))
            )

    def action_enter(self):
        """Close the calendars on the days shown; each year's follow by themselves.

        :raise AccessError: not an administrator of the charter
        :raise ValidationError: no such part of the country
        """
        self.ensure_one()
        if not self.env.user.has_group("mileo_client_charter.group_charter_admin"):
            raise AccessError(self.env._("Public holidays: only administrators of the charter enter them."))
        if self.last_year < self.first_year:
            raise UserError(self.env._("Last year: it comes before the first one. Give the later year."))
        # Of a company that is set up and has no charter in force yet, its commitments will be counted on its working hours.
        calendars = self.calendar_ids & (self._used() | self.env.companies.resource_calendar_id)
        if self.calendar_ids - calendars:
            raise UserError(
                self.env._(
                    "Calendars: no commitment is counted on %s. Choose it on a contract or a company first.",
                    ", ".join((self.calendar_ids - calendars).mapped("name")),
                )
            )
        calendars = calendars.sudo()
        calendars._charter_check_part(self.country_id, self.part)
        entered = self.count
        calendars._charter_enter_holidays(self.country_id, self.part, self._years(), self.env.lang)
        calendars.write(
            {
                "charter_holiday_country_id": self.country_id.id,
                "charter_holiday_part": self.part,
                "charter_holiday_lang": self.env.lang,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Closures entered: %(count)s, in %(calendars)s.",
                    count=entered,
                    calendars=", ".join(calendars.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
