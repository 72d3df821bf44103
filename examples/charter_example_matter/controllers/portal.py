from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.mileo_client_charter.controllers.client_reading import ClientReading
from odoo.addons.mileo_client_charter.controllers.common import DAY
from odoo.addons.mileo_client_charter.controllers.hub_reading import Place
from odoo.addons.mileo_client_charter.controllers.listing import Listing, newest_and_oldest
from odoo.addons.mileo_client_charter.controllers.portal import READ, SAYS, CharterPortal

ADDRESS = "/my/charter/sample-matters"
PAGE = "charter_example_matter.portal_sample_matters"


class SampleMatterPortal(CharterPortal):
    @http.route(ADDRESS, **READ)
    def my_sample_matters(self, **query):
        return self._sample_matters(ClientReading(request.env), query)

    @http.route(ADDRESS, **SAYS)
    def post_sample_matter(self, name=None, description=None, **_form):
        reading = ClientReading(request.env)
        try:
            request.env["sample.matter"]._from_portal(reading.contact, name, description)
        except ValidationError as error:
            return self._sample_matters(reading, {}, error, {"name": name, "description": description})
        return request.redirect(ADDRESS)

    def _sample_matters(self, reading, query, error=None, form=None):
        listing = Listing(
            reading, ADDRESS, query, "sample.matter", ["name", "description", "said_at", "state", "answer"],
            sorts=newest_and_oldest(request.env, "id desc", "id"), search=("name", "description"),
        )  # fmt: skip
        rows = [(row, reading.moment(row.said_at, DAY)) for row in listing.rows]
        values = {"listing": listing, "rows": rows, "form": form or {}}
        return self._page(PAGE, "sample_matters", reading, values, error)

    def _hub_values(self, reading):
        values = super()._hub_values(reading)
        number, env = request.env["sample.matter"].search_count(reading.own), request.env
        place = Place(env._("Sample matters"), ADDRESS, number, env._("your sample matters and our answers"))
        return {**values, "places": [*values["places"], place]}
