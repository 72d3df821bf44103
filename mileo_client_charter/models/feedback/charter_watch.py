"""The daily reminder: what has not been looked at, answered or done, once a day for each owner."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..base.charter_batches import run_isolated
from ..base.charter_words import as_stored, stored

_lt = LazyTranslate(__name__)


class CharterWord(models.Model):
    _inherit = "charter.word"

    @api.model
    def _watched(self):
        """Return [(model, method)]: ``method(days)`` gives (domain of what to look at, function of one of them and its company's day),
        which says everything once a day. Others add theirs; ``_by_day`` makes the domain."""
        return [
            ("charter.word", "_watch_words"),
            ("charter.escalation", "_watch_escalations"),
            ("charter.corrective.action", "_watch_agreed"),
        ]

    @api.model
    def _by_day(self, days, domain):
        """Return ``domain(day)`` of the rows of each company, on its own day. :param days: {company: its day}"""
        companies = {}
        for company, day in days.items():
            companies.setdefault(day, []).append(company.id)
        return Domain.OR(
            Domain("company_id", "in", ids) & Domain(domain(day)) for day, ids in companies.items()
        )

    @api.model
    def _cron_watch(self):
        """Ask one question for all watches and companies, and look at what it finds row by row: one that fails holds up no other."""
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        days = {company: company._charter_today() for company in companies}
        waiting = []

        def look(watches):
            waiting.extend(self._look(watches, days))

        def say(_watch, why):
            for company in companies:
                self._say_watch_failed(company, why)

        run_isolated(self._watched(), look, say, env=self.env)
        for records, act in waiting:
            run_isolated(
                records,
                lambda rows, act=act: [
                    act(row.with_company(row.company_id), days[row.company_id]) for row in rows
                ],
                self._say_watch_failed,
            )

    @api.model
    def _look(self, watches, days):
        """Return [(records, function of one of them and its day)] of the ``watches`` that find any."""
        self.env.flush_all()
        asked = []
        for name, method in watches:
            model = self.env[name].sudo()
            domain, act = getattr(model, method)(days)
            asked.append((model, model._search(domain), act))
        found = {}
        for number, row_id in self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %(number)s, found.id FROM (%(select)s) AS found",
                    number=number,
                    select=query.select(),
                )
                for number, (_model, query, _act) in enumerate(asked)
            )
        ):
            found.setdefault(number, []).append(row_id)
        return [
            (model.browse(sorted(found[number])), act)
            for number, (model, _query, act) in enumerate(asked)
            if number in found
        ]

    @api.model
    def _say_watch_failed(self, record, why):
        company = record if record._name == "res.company" else record.company_id
        for user in self.env["charter.assignment"]._company_people(company, "operations_manager"):
            reader = company.partner_id.sudo().with_context(lang=user.lang, mail_activity_quick_update=True)
            summary = _lt("The daily watch failed on %s", record)
            known = reader.activity_ids.filtered(lambda one, user=user: one.user_id == user)
            if stored(summary) in [as_stored(one, "summary") for one in known]:
                continue
            reader.activity_schedule(
                "mileo_client_charter.activity_look", user_id=user.id, summary=summary, note=why
            )
