"""Handing a document to the contacts of a client who receive its documents."""

from odoo import api, models
from odoo.exceptions import UserError


class CharterHanding(models.AbstractModel):
    _name = "charter.handing"
    _description = "Handing documents to clients"

    @api.model
    def _hand(self, rows):
        """Queue one delivery a row in this transaction. :param rows: as ``charter.delivery._queue`` takes them"""
        return self.env["charter.delivery"]._queue(rows)

    @api.model
    def _readers(self, clients):
        """{client: the contacts who are handed its documents}; empty where nobody has an address. One query."""
        people = self.env["res.partner"]
        found = people._charter_document_recipients(clients.ids)
        return {client: people.browse(found.get(client.id, [])) for client in clients}

    @api.model
    def _check_readers(self, client):
        """The contacts who are handed documents. :raise UserError: there is none, with what to do"""
        readers = self._readers(client)[client]
        if not readers:
            raise UserError(
                self.env._(
                    "%s has no contact with an e-mail address: add one to the client, then send.",
                    client.display_name,
                )
            )
        return readers
