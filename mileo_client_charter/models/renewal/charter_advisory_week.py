"""Draft notices from advisories: each severe one at once, the others of a week together."""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.versions import AFFECTED
from ..base.charter_batches import end_batch, run_isolated
from ..base.charter_format import day_text
from .charter_advisory_notification import LEAST

_logger = logging.getLogger(__name__)

AT_ONCE = ("critical", "high")
WEEK = timedelta(days=7)


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    week_on = fields.Char("Draft of the weekly notice", compute="_compute_week")
    week_notice_id = fields.Many2one("charter.notice", "Weekly notice to review", compute="_compute_week")
    week_due_on = fields.Date("Weekly notice: notify by", compute="_compute_week")

    @api.depends(
        "severity", "notice_ids", "weekly_notice_ids.state", "concern_ids.state", "concern_ids.answer"
    )
    @api.depends_context("lang", "company")
    def _compute_week(self):
        company = self.env.company
        waiting = self._to_notify().get(company, self.browse())
        running = self.env["charter.notice"].new({"company_id": company.id})._running_sql()
        for one in self:
            one.week_on = False
            one.week_notice_id = one.weekly_notice_ids.filtered(
                lambda notice: notice.company_id == company and notice.state == "draft"
            )[:1]
            one.week_due_on = one.week_notice_id.tell_by
            if (
                one._origin.id in waiting.ids
                and not one._is_at_once()
                and one._origin._clients_to_notify(company, running)
            ):
                one.week_on = day_text(self.env, self._next_week(company), "d MMMM y")

    def _is_at_once(self):
        """Return whether it has a notice of its own: severe, or with a text that somebody has to write."""
        self.ensure_one()
        return self.severity in AT_ONCE or self.tlp != "CLEAR"

    def _judge(self, equipment=None):
        """Judge as before; what is severe has its draft in a minute, and a notice that is out is joined, not in the next night."""
        created = super()._judge(equipment)
        if created.filtered(
            lambda one: one.state == "open" and one.answer == AFFECTED and one.severity in AT_ONCE
        ):
            self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_schedule")
        return created

    @api.model
    def _raise_notices(self):
        """Draft what clients have to be informed of; somebody reads it, and the clock reminds of what lies about.

        :return: whether there is time left
        """
        for company, advisories in self._to_notify().items():
            at_once = advisories.filtered(lambda one: one._is_at_once())
            run_isolated(
                at_once, lambda some, company=company: some._raise_each(company), self._say_not_raised
            )
            others = advisories - at_once
            if others and self._week_is_over(company):
                run_isolated(
                    company, lambda one, others=others: others._raise_week(one), self._say_not_raised
                )
        return end_batch(self.env, 1)

    @api.model
    def _say_not_raised(self, record, why):
        _logger.error("The notice of %s cannot be drafted: %s", record, why)

    @api.model
    def _to_notify(self):
        """Return {company: advisories that affect devices of its clients, of which nobody is informed and no notice is written}."""
        rows = (
            self.env["charter.advisory.concern"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "open"),
                    ("answer", "=", AFFECTED),
                    ("told_at", "=", False),
                    ("same_as_id", "=", False),
                    ("advisory_id.active", "=", True),
                ],
                ["company_id", "advisory_id"],
            )
        )
        found = defaultdict(self.sudo().browse)
        for company, advisory in rows:
            found[company] |= advisory
        for company, advisories in found.items():
            # One somebody cancelled is not raised again; one that is out is joined by new devices automatically.
            written = (
                self.env["charter.notice"]
                .sudo()
                .search(
                    Domain("company_id", "=", company.id)
                    & (
                        Domain("advisory_id", "in", advisories.ids)
                        | Domain("advisory_ids", "in", advisories.ids)
                    )
                )
            )
            found[company] = advisories - written._advisories()
        return found

    def _raise_each(self, company):
        for one in self:
            running = self.env["charter.notice"].new({"company_id": company.id})._running_sql()
            if one._clients_to_notify(company, running):
                notice = self.env["charter.notice"].sudo().create(one._notice_values(company))
                one._write_notice_texts(notice)
                notice._reach(notice._match())

    @api.model
    def _next_week(self, company):
        """Return the day on which the next notice of a week is drafted: a week after the last one, today where that is past."""
        last = (
            self.env["charter.notice"]
            .sudo()
            .search(
                [("company_id", "=", company.id), ("advisory_ids", "!=", False)],
                order="known_on desc",
                limit=1,
            )
        )
        today = company._charter_today()
        return max(last.known_on + WEEK, today) if last else today

    @api.model
    def _week_is_over(self, company):
        return self._next_week(company) <= company._charter_today()

    def _raise_week(self, company):
        """Draft one notice of several advisories; each client reads of its own devices alone."""
        running = self.env["charter.notice"].new({"company_id": company.id})._running_sql()
        notified = self.filtered(lambda one: one._clients_to_notify(company, running))
        if not notified:
            return
        today = company._charter_today()
        values = [one._notice_values(company) for one in notified]
        notice = (
            self.env["charter.notice"]
            .sudo()
            .create(
                {
                    "name": notified._week_title(today),
                    "kind": "vulnerability",
                    "company_id": company.id,
                    "advisory_ids": [(6, 0, notified.ids)],
                    "severity": notified._highest_severity(),
                    # The last of them: what came earlier in the week waited for it on purpose, within the limit of its severity.
                    "published_on": max(one["published_on"] for one in values),
                    "source": " · ".join(dict.fromkeys(notified.mapped("publisher")))[:200],
                }
            )
        )
        for code, _name in self.env["res.lang"].get_installed():
            there, one = notice.with_context(lang=code), notified.with_context(lang=code)
            body = one.env["ir.qweb"]._render("mileo_client_charter.advisory_week_body", {})
            there.write(
                {
                    "name": one._week_title(today),
                    "body": body,
                    "advice": one.env._(
                        "What to do is stated above for each. We contact you to agree on a date."
                    ),
                }
            )
        notice._reach(notice._match())

    def _highest_severity(self):
        """Return the severity of a notice about them: the highest."""
        order = ["critical", "high", "medium"]
        return next((one for one in order if one in self.mapped("severity")), LEAST)

    def _week_title(self, day):
        return self.env._("Vulnerabilities of the week of %s", day_text(self.env, day, "d MMMM y"))
