from odoo import http
from odoo.http import request

from odoo.addons.mileo_client_charter.controllers.client_reading import ClientReading
from odoo.addons.mileo_client_charter.controllers.common import DAY
from odoo.addons.mileo_client_charter.controllers.hub_reading import Place
from odoo.addons.mileo_client_charter.controllers.listing import Listing, newest_and_oldest, selection
from odoo.addons.mileo_client_charter.controllers.portal import READ, CharterPortal

ADDRESS = "/my/charter/visits"
VISIT_FIELDS = ["name", "state", "requested_at", "visited_at", "findings"]


class VisitReading(ClientReading):
    """The client's visits as plain values, read with the rights of the user who asks."""

    def visits_page(self, query):
        env = self.env
        listing = Listing(
            self, ADDRESS, query, "site.visit", VISIT_FIELDS,
            sorts=newest_and_oldest(env, "requested_at desc, id desc", "requested_at, id"),
            search=("name", "findings"),
            choices=[selection(env, "site.visit", "state", env._("State"))],
        )  # fmt: skip
        states = dict(env["site.visit"]._fields["state"]._description_selection(env))
        visits = [
            {
                "title": row.name,
                "state": states[row.state],
                "asked": self.moment(row.requested_at, DAY),
                "visited": self.moment(row.visited_at, DAY),
                "findings": row.findings,
            }
            for row in listing.rows
        ]
        return {"listing": listing, "visits": visits}


class VisitPortal(CharterPortal):
    @http.route(ADDRESS, **READ)
    def my_visits(self, **query):
        reading = VisitReading(request.env)
        values = reading.visits_page(query)
        return self._page("charter_example_site_visit.portal_visits", "visits", reading, values)

    def _hub_values(self, reading):
        """Return one more place on the client's first page, with its number."""
        values = super()._hub_values(reading)
        number = request.env["site.visit"].search_count(reading.own)
        words = request.env._("when you asked us to come")
        place = Place(request.env._("Site visits"), ADDRESS, number, words)
        return {**values, "places": [*values["places"], place]}
