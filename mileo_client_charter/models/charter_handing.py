"""Handing a document to contacts of a client: one place, whatever keeps the proof."""

from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _charter_readers(self):
        """The contacts of a client who are handed its documents; empty: nobody has an e-mail."""
        self.ensure_one()
        if hasattr(self, "_charter_document_contacts"):
            return self._charter_document_contacts()
        return self._charter_survey_contacts().filtered("email_normalized")


class CharterHanding(models.AbstractModel):
    _name = "charter.handing"
    _description = "Handing documents to clients"

    @api.model
    def _hand(self, rows):
        """Queue one mail a row in this transaction, with its proof.

        :param rows: as ``charter.delivery._queue`` takes them
        :return: charter.delivery where it exists, else the mails
        """
        if "charter.delivery" in self.env:
            return self.env["charter.delivery"]._queue(rows)
        mails = self.env["mail.mail"].sudo().create([self._mail_values(row) for row in rows])
        for row in rows:
            if row.get("obligation_id"):
                self.env["charter.obligation"].sudo().browse(row["obligation_id"])._fulfil(row["subject"])
        self.env["charter.obligation"]._wake_mail_queue()
        return mails

    @api.model
    def _mail_values(self, row):
        company = self.env["res.company"].sudo().browse(row["company_id"])
        return {
            "subject": row["subject"],
            "body_html": row["body"],
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "recipient_ids": [(4, row["contact_id"])],
            "model": row["res_model"],
            "res_id": row["res_id"],
            "auto_delete": False,
            "attachment_ids": [
                (0, 0, {"name": name, "raw": content, "res_model": row["res_model"], "res_id": row["res_id"]})
                for name, content in row.get("attachments") or ()
            ],
        }

    @api.model
    def _check_readers(self, client):
        """The contacts who are handed documents. :raise UserError: there is none, with what to do"""
        readers = client._charter_readers()
        if not readers:
            raise UserError(
                self.env._(
                    "%s has no contact with an e-mail address: add one to the client, then send.",
                    client.display_name,
                )
            )
        return readers
