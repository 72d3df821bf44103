"""Write the content of a planned delivery when it leaves, from the data of that moment."""

import hashlib

from odoo import api, fields, models

from ..base.charter_batches import run_isolated


class CharterDelivery(models.Model):
    _inherit = "charter.delivery"

    def _write_planned(self):
        """Write the mails of planned rows. A promise that is no longer owed takes its delivery back."""
        owed = self.filtered(lambda one: not one.obligation_id or one.obligation_id.is_owed)
        (self - owed)._withdraw()
        content = owed._content()
        incomplete = owed._of_incomplete_sheets()
        for delivery in owed._charter_engine():
            delivery.write(content[delivery.id])
            if delivery in incomplete:
                # Somebody left since it was planned: “to be named” is sent, and keeps no promise.
                delivery.obligation_id = False
        owed._mail()

    def _write_or_fail(self):
        """Write the mails of planned rows; one that cannot be written is ``failed``, says why and holds up no other."""
        run_isolated(self, lambda rows: rows._write_planned(), lambda row, why: row._fail(why))

    @api.model
    def _planned_domain(self):
        """Return what leaves with the next run: planned, and neither held nor waiting for a look."""
        return [("state", "=", "planned"), ("run_id.state", "=", "sending")]

    def _of_incomplete_sheets(self):
        found = self.browse()
        for company, rows in self.filtered(lambda one: one.kind == "contacts").grouped("company_id").items():
            clients = self.env["charter.contact.sheet"]._incomplete(company, set(rows.partner_id.ids))
            found |= rows.filtered(lambda one, clients=clients: one.partner_id.id in clients)
        return found

    def _content(self):
        """Return {delivery id: values of subject, body, fingerprint, attachment_ids, res_model, res_id}, in the contact's language."""
        content = {}
        keys = self.grouped(lambda one: (one.kind, one.company_id, one._language()))
        for (kind, company, lang), rows in keys.items():
            localized = rows.with_context(lang=lang).with_company(company)
            writer = localized._charter_content if kind == "charter" else localized._contacts_content
            content.update(writer(company))
        return content

    def _language(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang or "en_US"

    def _body(self, template, values):
        return self.env["ir.qweb"]._render(
            template,
            {"delivery": self, "company": self.company_id, "base_url": self.get_base_url(), **values},
            minimal_qcontext=True,
        )

    def _charter_content(self, company):
        document = self.env["charter.document"]._in_force(company).with_env(self.env)
        name, content = document._pdf()
        attachment = self._shared_attachment(document, name, content)
        fingerprint = hashlib.sha256(content).hexdigest()
        return {
            delivery.id: {
                "subject": self.env._("Our charter: %s", document.display_name),
                "body": delivery._body("mileo_client_charter.mail_charter_copy", {"document": document}),
                "fingerprint": fingerprint,
                "attachment_ids": [fields.Command.set(attachment.ids)],
                "res_model": document._name,
                "res_id": document.id,
            }
            for delivery in self
        }

    def _shared_attachment(self, document, name, content):
        """Return one file for all who receive the same text in the same language."""
        files = self.env["ir.attachment"].sudo()
        checksum = hashlib.sha1(content).hexdigest()  # noqa: S324  (as ir.attachment counts it)
        own = [("res_model", "=", document._name), ("res_id", "=", document.id), ("res_field", "=", False)]
        found = files.search([*own, ("checksum", "=", checksum), ("charter_sha256", "!=", False)], limit=1)
        return found or files._charter_create_frozen(
            [{"name": name, "raw": content, "res_model": document._name, "res_id": document.id}]
        )

    def _contacts_content(self, company):
        sheets = self.env["charter.contact.sheet"]
        of_client = sheets._sheets(company, self.partner_id)
        fingerprints = sheets._fingerprints(company, self.partner_id.ids)
        return {
            delivery.id: {
                "subject": self.env._("Your contacts at %s", company.name),
                "body": delivery._body(
                    "mileo_client_charter.mail_contact_sheet", {"sheet": of_client[delivery.partner_id.id]}
                ),
                "fingerprint": fingerprints.get(delivery.partner_id.id),
            }
            for delivery in self
        }
