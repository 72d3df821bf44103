"""Absences entered elsewhere: out of office, and leave in the calendar of a person's resource."""

from datetime import timedelta

from odoo import api, fields, models

from ...tools.clock import to_local
from ...tools.standins import FAR, overlap


class CharterAbsence(models.Model):
    _inherit = "charter.absence"

    @api.model
    def _feed(self, company, users=None):
        """Bring the absences of ``company`` that come from elsewhere up to date; those entered manually win.

        :param users: only theirs; by default of everybody who holds a role or has such an absence
        """
        company = company.sudo()
        today = company._charter_today()
        fed = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "planned"),
                ("source", "!=", "manual"),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        if users is None:
            holders = (
                self.env["charter.assignment"]
                .sudo()
                .search(
                    [("company_id", "=", company.id), "|", ("date_to", "=", False), ("date_to", ">=", today)]
                )
            )
            users = holders.user_id | fed.user_id
        users = users.sudo()
        fed = fed.filtered(lambda one: one.user_id in users)
        manual = self._valid(company).filtered(lambda one: one.source == "manual" and one.user_id in users)
        leaves = self._leaves_of(users)
        for user in users:
            wanted = self._spans_of(user, company, today, leaves.get(user, ()))
            for hand in manual.filtered(lambda one, user=user: one.user_id == user):
                wanted = [
                    span
                    for span in wanted
                    if not overlap(span[0], span[1], hand.date_from, hand.date_to or None)
                ]
            self._match(fed.filtered(lambda one, user=user: one.user_id == user), user, company, wanted)

    @api.model
    def _match(self, present, user, company, wanted):
        """Change, add and cancel until ``present`` is ``wanted``, a list of (first, last, source)."""
        pairs, left = [], present
        for first, last, source in wanted:
            same = left.filtered(
                lambda one, first=first, last=last: overlap(one.date_from, one.date_to or None, first, last)
            )[:1]
            left -= same
            pairs.append((same, {"date_from": first, "date_to": last or False, "source": source}))
        if left:
            left.write({"state": "cancelled"})
        for same, values in pairs:
            # An absence that has begun keeps its first day: what was, was.
            if same and same.date_from <= company._charter_today():
                values["date_from"] = same.date_from
            changed = {
                name: value for name, value in values.items() if same and (same[name] or False) != value
            }
            if changed:
                same.write(changed)
            elif not same:
                self.sudo().create({"user_id": user.id, "company_id": company.id, **values})

    @api.model
    def _leaves_of(self, users):
        """Return {user: calendar leaves that are not over}, in one query."""
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", fields.Datetime.now()),
                ]
            )
        )
        return leaves.grouped(lambda leave: leave.resource_id.user_id)

    @api.model
    def _spans_of(self, user, company, today, leaves):
        """Return [(first day, last day or None, source)] of a user's absences not over today, those that touch joined.

        :param leaves: of this user, from ``_leaves_of``
        """
        tz = company._charter_tz()
        spans = []
        if user.out_of_office_from:
            spans.append((user.out_of_office_from, user.out_of_office_to or None, "out_of_office"))
        spans += [(leave.date_from, leave.date_to, "leave") for leave in leaves]
        days = []
        for start, end, source in spans:
            if end and end - start < timedelta(hours=company.charter_absence_min_hours):
                continue  # a morning off is not an absence
            first = to_local(start, tz).date()
            # One that ends at midnight does not take the day it ends on.
            last = end and to_local(end - timedelta(seconds=1), tz).date()
            if not last or last >= today:
                days.append((first, last, source))
        joined = []
        for first, last, source in sorted(days, key=lambda span: span[0]):
            if joined and first <= (joined[-1][1] or FAR - timedelta(days=1)) + timedelta(days=1):
                before = joined[-1]
                end = None if None in (last, before[1]) else max(last, before[1])
                joined[-1] = (before[0], end, before[2])
            else:
                joined.append((first, last, source))
        return joined

    @api.model
    def _feed_users(self, users):
        """Follow a change elsewhere of when ``users`` are away."""
        held = (
            self.env["charter.assignment"].sudo()._read_group([("user_id", "in", users.ids)], ["company_id"])
        )
        for (company,) in held:
            self.sudo().with_company(company)._feed(company, users)
