"""Reminder of article L215-1 of the French consumer code before a tacit renewal; off by default.

The supplier informs its client in writing, by a dedicated letter or mail, between three months and one month before the
last day to refuse the renewal, that it may refuse it; that day stands in a box. It protects consumers and, by art.
L215-3, non-professionals. Whether it applies to a client is to be confirmed by counsel: this helps, it does not advise.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..base.charter_words import Words
from .charter_renewal import CLOSED

_lt = LazyTranslate(__name__)


class CharterRenewal(models.Model):
    _inherit = "charter.renewal"

    legal_told_at = fields.Datetime(
        "Reminder of tacit renewal sent on", readonly=True, charter_engine=True, copy=False
    )
    legal_error = Words("Reminder not sent", readonly=True, charter_engine=True, copy=False)

    def _legal_last_day(self):
        """Return the last day the client can refuse the renewal: the day before the lines renew by themselves."""
        self.ensure_one()
        return self.contract_id.charter_notice_date - relativedelta(days=1)

    @api.model
    def _send_legal_reminders(self, contracts):
        """Send reminders whose window is open today, once each; past the window the renewal says that it was missed."""
        renewals = self.sudo().search(
            Domain("contract_id", "in", contracts.filtered("charter_notice_date").ids)
            & Domain("state", "not in", CLOSED)
            & Domain("legal_told_at", "=", False)
            & Domain("legal_error", "=", False)
            & Domain("partner_id.charter_legal_reminder", "=", True)
            & self.env["res.company"]._charter_not_held()
        )
        for renewal in renewals.filtered(lambda r: r.contract_id.charter_auto_renew):
            today, last = renewal.company_id._charter_today(), renewal._legal_last_day()
            engine = renewal._charter_engine()
            if today < last - relativedelta(months=3):
                continue
            if today > last - relativedelta(months=1):
                engine.legal_error = _lt("The month before the last day to refuse had begun already.")
            elif not self.env["charter.delivery"]._recipients_of(renewal.partner_id)[renewal.partner_id]:
                engine.legal_error = _lt("No contact of the client has an email address.")
            else:
                renewal._send_legal_reminder()

    def _send_legal_reminder(self):
        rows = []
        for contact in self.env["charter.delivery"]._recipients_of(self.partner_id)[self.partner_id]:
            renewal = self.with_context(lang=contact.lang or self.env.lang)
            body = renewal.env["ir.qweb"]._render(
                "mileo_client_charter.legal_reminder",
                {"renewal": renewal, "contact": contact, "last_day": self._legal_last_day()},
            )
            rows.append(
                {
                    "kind": "notice",
                    "res_model": self._name,
                    "res_id": self.id,
                    "partner_id": self.partner_id.id,
                    "contact_id": contact.id,
                    "company_id": self.company_id.id,
                    "fingerprint": f"L215-1 {self.contract_id.id} {self.term_end}",
                    "subject": renewal.env._("Tacit renewal of your contract: you can refuse it"),
                    "body": body,
                    "attachments": [],
                    "obligation_id": None,
                    "reason": "",
                }
            )
        self.env["charter.delivery"]._queue(rows)
        self._charter_engine().legal_told_at = self._charter_now()
