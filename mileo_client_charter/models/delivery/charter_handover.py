"""Announce a change of contact to the client, by a delivery that proves it (article 01)."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.codes import CONTACT_HANDOVER
from ..base.charter_batches import Queue
from ..base.charter_words import as_stored, stored

_lt = LazyTranslate(__name__)
NOTIFY_BATCH = 100


class CharterHandover(models.Model):
    _inherit = "charter.handover"

    @api.model
    def _notify_due(self):
        """Notify of what is due, in batches of one transaction each; each client once, whatever is killed."""
        now = self._charter_now()
        if not self.sudo().search([("state", "=", "planned"), ("tell_at", "!=", False)], limit=1):
            return
        domain = Domain([("state", "=", "planned"), ("tell_at", "<=", now)])
        domain &= self.env["res.company"]._charter_not_held()
        queue = Queue(self.sudo(), domain, NOTIFY_BATCH)
        if not queue.run(lambda rows: rows._notify(now), self._record_problem):
            return
        upcoming = self.sudo().search(
            [("state", "=", "planned"), ("tell_at", ">", now)], order="tell_at", limit=1
        )
        if upcoming:
            self.env["charter.assignment"]._wake_contacts(upcoming.tell_at)

    def _record_problem(self, row, why):
        row._charter_engine().problem = why

    def _notify(self, now):
        """Write to each client's contacts, in their language; the row says what they were informed of."""
        recipients = self.env["res.partner"]._charter_document_recipients(self.partner_id.ids, "documents")
        requests = []
        for row in self._charter_engine():
            contacts = self.env["res.partner"].sudo().browse(recipients.get(row.partner_id.id, ()))
            problem = row._why_not_notified(contacts)
            if problem:
                if as_stored(row, "problem") != stored(problem):
                    row.problem = problem
                continue
            obligation = row._charter_owed(CONTACT_HANDOVER)[-1:]
            late = bool(obligation and min(obligation.due_at, obligation.trigger_at) <= now)
            reason = (as_stored(row, "late_reason") or row._sudden_reason()) if late else ""
            requests += [row._request(contact, obligation, reason) for contact in contacts]
            row.write(
                {
                    "state": "told",
                    "told_plan": row.plan,
                    "told_at": now,
                    "tell_at": False,
                    "tellings": row.tellings + 1,
                    "is_late": row.is_late or late,
                    "late_reason": reason or as_stored(row, "late_reason"),
                    "problem": False,
                }
            )
        self.env["charter.delivery"]._queue(requests)

    def _why_not_notified(self, contacts):
        if not contacts:
            return _lt("%s has no contact with a valid email address.", self.partner_id)
        if any(user is None for _role, user, _first, _last in self.plan or ()):
            return _lt("%s has no substitute on some of these days.", self.user_id)
        return False

    def _sudden_reason(self):
        if self.absence_id.is_sudden:
            return _lt("The absence was not known before it began.")
        return _lt("The change was decided after it had begun.")

    def _request(self, contact, obligation, reason):
        lang = contact.lang or self.partner_id.lang or self.env.lang
        row = self.with_context(lang=lang)
        correction = bool(self.tellings)
        values = {
            "handover": row,
            "contact": contact,
            "company": self.company_id,
            "parts": row._parts(self.plan),
            "correction": correction,
            "for_good": not self.absence_id,
            "base_url": self.get_base_url(),
        }
        return {
            "kind": "handover",
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "company_id": self.company_id.id,
            "res_model": self._name,
            "res_id": self.id,
            "obligation_id": obligation.id or None,
            "fingerprint": str(self.plan),
            "reason": reason,
            "subject": row._subject(correction),
            "body": self.env["ir.qweb"]._render(
                "mileo_client_charter.mail_handover", values, lang=lang, minimal_qcontext=True
            ),
        }

    def _subject(self, correction):
        name = self.user_id.name
        if correction and not self.plan:
            return self.env._("Correction: %s is there for you as usual", name)
        if correction:
            return self.env._("Correction: who answers for %s", name)
        if not self.absence_id:
            return self.env._("Your contact changes: who answers after %s", name)
        return self.env._("Who answers while %s is away", name)
