from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.mileo_client_charter.controllers.client_reading import ClientReading
from odoo.addons.mileo_client_charter.controllers.common import DAY
from odoo.addons.mileo_client_charter.controllers.hub_reading import Place
from odoo.addons.mileo_client_charter.controllers.listing import Listing, newest_and_oldest
from odoo.addons.mileo_client_charter.controllers.portal import READ, SAYS, CharterPortal

ADDRESS = "/my/charter/invoice-disputes"
PAGE = "charter_example_invoice_dispute.portal_invoice_disputes"


class InvoiceDisputePortal(CharterPortal):
    @http.route(ADDRESS, **READ)
    def my_invoice_disputes(self, **query):
        return self._invoice_disputes(ClientReading(request.env), query)

    @http.route(ADDRESS, **SAYS)
    def post_invoice_dispute(self, move_id=None, description=None, **_form):
        reading = ClientReading(request.env)
        move = self._invoice_dispute_moves(reading).filtered(lambda one: str(one.id) == move_id)
        try:
            request.env["invoice.dispute"]._from_portal(reading.contact, move, description)
        except ValidationError as error:
            return self._invoice_disputes(reading, {}, error, description)
        return request.redirect(ADDRESS)

    def _invoice_dispute_moves(self, reading):
        """Return the client's own invoices, read with its rights."""
        own = [
            ("commercial_partner_id", "=", reading.client.id), ("move_type", "=", "out_invoice"), ("state", "=", "posted"),
        ]  # fmt: skip
        return request.env["account.move"].search(own, limit=200)

    def _invoice_disputes(self, reading, query, error=None, description=None):
        listing = Listing(
            reading, ADDRESS, query, "invoice.dispute", ["move_id", "description", "said_at", "state", "answer"],
            sorts=newest_and_oldest(request.env, "id desc", "id"), search=("description",),
        )  # fmt: skip
        rows = [(row, reading.moment(row.said_at, DAY)) for row in listing.rows]
        invoices = self._invoice_dispute_moves(reading)
        values = {"listing": listing, "invoices": invoices, "rows": rows, "description": description}
        return self._page(PAGE, "invoice_disputes", reading, values, error)

    def _hub_values(self, reading):
        values = super()._hub_values(reading)
        number, env = request.env["invoice.dispute"].search_count(reading.own), request.env
        place = Place(env._("Invoice disputes"), ADDRESS, number, env._("tell us when an invoice is wrong"))
        return {**values, "places": [*values["places"], place]}
