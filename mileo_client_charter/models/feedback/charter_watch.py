"""The daily watch: what nobody has looked at, answered or done is said to whoever answers for it, once a day."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..base.charter_batches import run_isolated
from ..base.charter_words import as_stored, stored

_lt = LazyTranslate(__name__)


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
        """Each company's day, each watch apart, each row apart: what fails for one holds up no other."""
        for company in self.env["res.company"].sudo().search([]):  # pylint: disable=no-search-all
            today = company._charter_today()
            for model, method in self._watched():
                run_isolated(
                    company.with_company(company),
                    lambda one, m=model, name=method, day=today: getattr(one.env[m].sudo(), name)(one, day),
                    self._say_watch_failed,
                )

    @api.model
    def _each(self, records, act):
        """Run ``act`` on each of ``records``; what fails alone is said to operations, and holds up no other."""
        for record in records:
            run_isolated(record, act, self._say_watch_failed)

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
