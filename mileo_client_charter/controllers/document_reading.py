"""What a client reads of its contacts and of the documents delivered to it."""

from odoo.fields import Domain

from .client_reading import ClientReading
from .common import DAY
from .listing import Choice, Listing, Option, newest_and_oldest, periods, selection

DELIVERY_FIELDS = ["kind", "subject", "contact_id", "state", "sent_at", "opened_at", "acknowledged_at"]
ADDRESS = "/my/charter/document"


class DocumentReading(ClientReading):
    def contacts_page(self):
        sheet = (
            self.env["charter.contact.sheet"].sudo()._sheets(self.company, self.client.sudo())[self.client.id]
        )
        return {"sheet": sheet, **self.opening()}

    def opened(self, kind):
        """Note that the client's contact has seen the present document of this kind."""
        latest = self.env["charter.delivery"].search(
            [*self.own, ("kind", "=", kind), ("contact_id", "=", self.contact.id)], order="id desc", limit=1
        )
        latest._opened_by(self.contact)

    def documents_page(self, query):
        env = self.env
        listing = Listing(
            self, "/my/charter/documents", query, "charter.delivery", DELIVERY_FIELDS,
            sorts=newest_and_oldest(env, "id desc", "id"),
            search=lambda text: Domain("subject", "ilike", text)
            | Domain("contact_id", "any!", [("name", "ilike", text)]),
            choices=[
                selection(env, "charter.delivery", "kind", env._("Kind")),
                Choice("to", env._("Sent to"), [
                    Option("me", env._("Me"), Domain("contact_id", "=", self.contact.id)),
                ]),
                periods(self, "sent_at"),
            ],
        )  # fmt: skip
        return {"listing": listing, "documents": self._documents(listing.rows)}

    def document_detail(self, delivery):
        [row] = self._documents(delivery)
        names = delivery.sudo().attachment_ids.mapped("name")
        return {
            "record": delivery,
            "row": row,
            "files": [(name, f"{ADDRESS}/{delivery.id}/file/{index}") for index, name in enumerate(names, 1)],
        }

    def _documents(self, rows):
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        return [
            {
                "url": f"{ADDRESS}/{row.id}",
                "kind": kinds[row.kind],
                "title": row.subject,
                # A client sees which of its own people was written to.
                "to": row.contact_id.sudo().name,
                "sent": self.moment(row.sent_at, DAY),
                "opened": self.moment(row.opened_at),
                "acknowledged": self.moment(row.acknowledged_at),
                "mine": row.contact_id == self.contact,
            }
            for row in rows
        ]
