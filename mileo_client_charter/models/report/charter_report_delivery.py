"""A report handed over: to each contact in its language, with the PDF, through the deliveries that prove it."""

from odoo import models

from ..delivery.charter_delivery import LIVE

PRINTED = "mileo_client_charter.report_activity"


class CharterReport(models.Model):
    _inherit = "charter.report"  # pylint: disable=consider-merging-classes-inherited

    def _document_contacts(self):
        self.ensure_one()
        return self.partner_id.sudo()._charter_document_contacts()

    def _deliver(self):
        """Queue the mails. The promise is kept when the first of them has left, not before."""
        rows = []
        for report in self.sudo():
            for contact in report._document_contacts():
                lang = contact.lang or report.partner_id.lang or self.env.lang or "en_US"
                rows.append((report, lang, contact))
        printed = self.sudo()._print((report, lang) for report, lang, _contact in rows)
        carries = {report: report._promise_to_keep() for report in self.sudo()}
        requests = []
        for report, lang, contact in rows:
            localized = report.with_context(lang=lang)
            attachment = (localized._file_name("pdf"), printed[report.id, lang])
            requests.append(localized._request(contact.with_context(lang=lang), carries[report], attachment))
        return self.env["charter.delivery"]._queue(requests)

    def _as_delivered(self):
        """The PDF that was mailed, byte for byte, in the language of the environment.

        :return: bytes; None where none was mailed in that language, or the file is not the one on record any more
        """
        self.ensure_one()
        deliveries = self.env["charter.delivery"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "=", self.id), ("state", "in", ("queued", "sent"))], order="id"
        )  # fmt: skip
        fallback = self.partner_id.sudo().lang
        for delivery in deliveries:
            if (delivery.contact_id.lang or fallback) == self.env.lang:
                for file in delivery.attachment_ids:
                    if file.mimetype == "application/pdf" and file._charter_is_intact():
                        return file.raw
        return None

    def _promise_to_keep(self):
        """The promise this delivery keeps; none when an earlier version is on its way or there already."""
        self.ensure_one()
        promise = self.obligation_id
        if not promise.is_owed:
            return promise.browse()
        under_way = [("obligation_id", "=", promise.id), ("state", "in", LIVE)]
        return promise.browse() if self.env["charter.delivery"].search_count(under_way, limit=1) else promise

    def _request(self, contact, promise, attachment):
        """In the language of the environment."""
        company = self.company_id
        body = self.env["ir.qweb"]._render(
            "mileo_client_charter.mail_report",
            {
                "report": self,
                "contact": contact,
                "company": company,
                "view": self._view(),
                "base_url": self.get_base_url(),
            },
            minimal_qcontext=True,
        )
        subject = self.env._("Your activity report: %s", self._period_text())
        if self.version > 1:
            subject = self.env._(
                "Your activity report, corrected: %(period)s (version %(version)s)",
                period=self._period_text(),
                version=self.version,
            )
        return {
            "kind": "report",
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "company_id": company.id,
            "fingerprint": self.fingerprint,
            "obligation_id": promise.id,
            "subject": subject,
            "body": body,
            "attachments": [attachment],
        }

    def _file_name(self, extension):
        self.ensure_one()
        words = self.env._(
            "Activity report %(period)s %(client)s", period=self.period, client=self.partner_id.name
        )
        version = f" v{self.version}" if self.version > 1 else ""
        return f"{words}{version}.{extension}".replace("/", "-")

    def action_print(self):
        self.ensure_one()
        return self.env.ref("mileo_client_charter.action_print_activity").report_action(self)
