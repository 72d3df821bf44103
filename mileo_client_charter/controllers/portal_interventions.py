from odoo import http
from odoo.http import request

from .intervention_reading import InterventionReading
from .portal import READ, CharterPortal


class CharterInterventionPortal(CharterPortal):
    """The work done for the client: what, when, by whom, and whether in the promised time."""

    @http.route("/my/charter/interventions", **READ)
    def my_interventions(self, **query):
        reading = InterventionReading(request.env)
        return self._page("portal_interventions", "interventions", reading, reading.interventions_page(query))

    @http.route("/my/charter/intervention/<int:intervention_id>", **READ)
    def my_intervention(self, intervention_id, **_query):
        reading = InterventionReading(request.env)
        intervention = reading.find_intervention(intervention_id)
        if not intervention:
            return self._not_found(reading)
        return self._page(
            "portal_intervention", "intervention_detail", reading, reading.intervention_detail(intervention)
        )
