"""The daily watch: what nobody has looked at, answered or done is said to whoever answers for it, once a day."""

from odoo import api, models

from ..base.charter_batches import run_isolated


class CharterWord(models.Model):
    _inherit = "charter.word"

    @api.model
    def _watched(self):
        """[(model, method)]: each is called with (company, its day) and says everything once a day. Others add theirs."""
        return [
            ("charter.word", "_watch_words"),
            ("charter.escalation", "_watch_escalations"),
            ("charter.corrective.action", "_watch_agreed"),
        ]

    @api.model
    def _cron_watch(self):
        """Each company's day, each watch apart: what fails for one holds up no other."""
        for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
            today = company._charter_today()
            for model, method in self._watched():
                run_isolated(
                    company.with_company(company),
                    lambda one, m=model, name=method, day=today: getattr(one.env[m].sudo(), name)(one, day),
                    self._say_watch_failed,
                )
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _say_watch_failed(self, company, why):
        for user in self.env["charter.assignment"]._company_people(company, "operations_manager"):
            company.partner_id.sudo().with_context(lang=user.lang).activity_schedule(
                "mileo_client_charter.activity_look",
                user_id=user.id,
                summary=self.env._("The daily watch failed"),
                note=why,
            )
