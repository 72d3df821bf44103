"""A client's own settings: the time zone of its pages, its dates in its calendar, and which of our messages it receives."""

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from .client_reading import ClientReading
from .group_reading import given_in_words
from .portal import POST, READ, CharterPortal
from .survey import HEADERS, OPTIONS

ADDRESS = "/my/charter/settings"


class CharterSettingsPortal(CharterPortal):
    @http.route(ADDRESS, **READ)
    def my_settings(self, **_query):
        return self._settings_page(ClientReading(request.env))

    @http.route(f"{ADDRESS}/zone", **POST)
    def my_zone(self, tz=None, **_form):
        reading = ClientReading(request.env)
        if tz not in self._zones():
            error = ValidationError(request.env._("Time zone: choose one of the list."))
            return self._settings_page(reading, error)
        reading.contact.sudo().tz = tz
        return request.redirect(f"{ADDRESS}?done=1")

    @http.route(f"{ADDRESS}/calendar", **POST)
    def my_calendar(self, revoke=None, **_form):
        contact = ClientReading(request.env).contact
        if revoke:
            contact._charter_revoke_calendar()
        else:
            contact._charter_make_calendar()
        return request.redirect(f"{ADDRESS}?done=1#calendar")

    @http.route(f"{ADDRESS}/mails", **POST)
    def my_mails(self, **form):
        reading = ClientReading(request.env)
        try:
            reading.contact._charter_choose_by_form(form)
        except ValidationError as error:
            return self._settings_page(reading, error, form)
        return request.redirect(f"{ADDRESS}?done=1#mails-title")

    def _zones(self):
        field = request.env["res.partner"]._fields["tz"]
        return [zone for zone, _label in field._description_selection(request.env)]

    def _settings_page(self, reading, error=None, form=None):
        contact = reading.contact.sudo()
        address = contact._charter_calendar_address()
        values = {
            "zones": self._zones(),
            "zone": reading.tz,
            "calendar": address,
            "webcal": address and address.replace("https://", "webcal://").replace("http://", "webcal://"),
            "kinds": reading.contact._charter_mail_kinds(),
            "form": form or {},
            "done": bool(request.params.get("done")),
            **self._settings_group(reading),
        }
        return self._page("portal_settings", "settings", reading, values, error)

    def _settings_group(self, reading):
        """Return who of the parent company sees this client, and whether the reader sees subsidiaries."""
        env = reading.env
        model = env["charter.group.access"]
        rows = model.search([*reading.own, ("revoked_at", "=", False)]).sudo()._still_holds()
        covers = {
            (True, True): env._("Commitments and the last report"),
            (True, False): env._("Commitments"),
            (False, True): env._("The last report"),
        }
        above = ", ".join(model._parents(reading.client.sudo()).mapped("name"))
        return {
            "group_above": above,
            "group_closed": env._("No one of %s sees how we serve you, until you name somebody.", above),
            "group_entitled": bool(model._of_reader()),
            "group_readers": [
                {
                    "id": one.id,
                    "name": one.reader_id.name,
                    "covers": covers[one.commitments, one.reports],
                    "given": given_in_words(reading, one),
                }
                for one in rows
            ],
        }


class CharterCalendarFeed(http.Controller):
    @http.route("/charter/calendar/<string:key>.ics", methods=["GET"], **OPTIONS)
    def feed(self, key, **_query):
        """Return the dates of one contact's company, for a calendar that subscribed; whoever has the address may."""
        contact = request.env["res.partner"]._charter_by_calendar_key(key)
        if contact:
            content, kind, status = contact._charter_calendar_feed(), "text/calendar", 200
        else:
            content, kind, status = request.env._("This calendar is not there any more."), "text/plain", 404
        headers = [("Content-Type", f"{kind}; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
        response = request.make_response(content, headers, status=status)
        response.headers.extend(HEADERS)
        return response
