"""Dates known of the equipment of a notice somebody wrote by hand, where they are others than the one it gives."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.charter_format import day_text
from .charter_notice import MILESTONES


class CharterNotice(models.Model):
    _inherit = "charter.notice"

    known_dates = fields.Char(
        "Other dates known",
        compute="_compute_known_dates",
        help="What is on record of the equipment concerned, where it is not the date of effect of this notice.",
    )
    known_date = fields.Date("Other date known", compute="_compute_known_dates")

    @api.depends("kind", "state", "effect_on", "milestone_key", "line_ids.equipment_ids", "equipment_ids")
    @api.depends_context("lang")
    def _compute_known_dates(self):
        for notice in self:
            notice.known_dates, notice.known_date = False, False
            agreeing, others = notice._other_dates()
            if not others:
                continue
            several = agreeing or len(others) > 1
            notice.known_dates = ", ".join(
                notice._known_in_words(day, number, several) for day, number in others.items()
            )
            [day, *_more] = others
            if not several and day and day > notice.company_id.sudo()._charter_today():
                notice.known_date = day

    def _known_in_words(self, day, number, several):
        said = day_text(self.env, day, "d MMM y") if day else self.env._("None announced")
        if not several:
            return said
        if number == 1:
            return self.env._("%(day)s (1 device)", day=said)
        return self.env._("%(day)s (%(number)s devices)", day=said, number=number)

    def _other_dates(self):
        """Return (how many devices have the date this notice gives, {another date, or None: how many have that}).

        A notice that a date of the installed base raised follows that date; one about something else has none to be compared with.
        """
        self.ensure_one()
        by_hand = self.kind == "end_of_support" and not self.milestone_key
        if not by_hand or self.state not in ("draft", "open") or not self.effect_on:
            return 0, {}
        devices = self._devices_meant()
        rows = (
            self.env["charter.equipment.milestone"]
            .sudo()
            .search(
                [
                    ("equipment_id", "in", devices._origin.ids),
                    ("kind", "in", MILESTONES),
                    ("status", "!=", "unknown"),
                ]
            )
        )
        agreeing, others = 0, defaultdict(int)
        for mine in rows.grouped("equipment_id").values():
            if self.effect_on in mine.mapped("date"):
                agreeing += 1
            else:
                # The end of support, before that of security updates; what is announced, before what is not.
                said = mine.sorted(lambda row: (not row.date, MILESTONES.index(row.kind)))
                others[said[0].date or None] += 1
        return agreeing, dict(sorted(others.items(), key=lambda one: (one[0] is None, one[0])))

    def _devices_meant(self):
        """Return the equipment it is about: that of its clients, or what somebody chose before they were looked for."""
        self.ensure_one()
        chosen = self.line_ids.equipment_ids or self.equipment_ids
        if chosen or not self.product_ids:
            return chosen
        return chosen.search(
            [("product_id", "in", self.product_ids.ids), ("company_id", "=", self.company_id.id)]
        )

    def action_take_date(self):
        """Take the other date that is known; clients who were informed are informed of it again.

        :raise UserError: there is none, or there are several
        """
        for notice in self:
            notice.check_access("write")
            if not notice.known_date:
                raise UserError(
                    self.env._("“%s”: there is no single other date to take; reload the page.", notice.name)
                )
            notice.write({"effect_on": notice.known_date})
        return True
