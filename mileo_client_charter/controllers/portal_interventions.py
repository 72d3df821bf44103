from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from .common import files_sent
from .intervention_reading import InterventionReading
from .portal import READ, SAYS_WITH_FILES, CharterPortal


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

    @http.route("/my/charter/incident", **READ)
    def incident_form(self, **query):
        return self._incident_page(InterventionReading(request.env), query)

    @http.route("/my/charter/incident", **SAYS_WITH_FILES)
    def incident(self, contract=None, equipment=None, **form):
        reading = InterventionReading(request.env)
        try:
            contracts = reading.contracts_named(contract)
            machine = reading.equipment_named(equipment)
            files = files_sent(request.env)
            intervention = request.env["charter.intervention"]._from_portal(
                reading.contact, form, contracts, machine, files
            )
        except ValidationError as error:
            return self._incident_page(reading, {**form, "contract": contract, "equipment": equipment}, error)
        return request.redirect(f"/my/charter/intervention/{intervention.id}")

    @http.route("/my/charter/intervention/<int:intervention_id>/file/<int:number>", **READ)
    def my_intervention_file(self, intervention_id, number, **_query):
        reading = InterventionReading(request.env)
        intervention = reading.find_intervention(intervention_id)
        files = intervention and intervention._charter_files_of_client()
        if not files or not 0 < number <= len(files):
            return self._not_found(reading)
        file = files[number - 1]
        stream = request.env["ir.binary"]._get_stream_from(file, "raw", filename=file.name)
        response = stream.get_response(as_attachment=True)
        response.headers["Content-Disposition"] = content_disposition(file.name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _incident_page(self, reading, values, error=None):
        return self._page(
            "portal_incident", "incident", reading, {"values": values, **reading.incident_choices()}, error
        )
