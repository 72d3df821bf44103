from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.base.door import new_form_key
from .client_reading import ClientReading
from .common import MAX_FORM, MAX_FORM_WITH_FILES, files_sent, heading_of
from .hub_reading import HubReading

# Routes of any addon made with these go through models/base/door.py, whatever the name of the addon.
READ = {"type": "http", "auth": "user", "website": True, "methods": ["GET"], "charter_door": True}
POST = {**READ, "methods": ["POST"], "max_content_length": MAX_FORM}
# A form that opens something we owe an answer to: so many an hour and user as the company says.
SAYS = {**POST, "charter_says": True}
# The same, with photos and documents.
SAYS_WITH_FILES = {**SAYS, "charter_files": ("files",), "max_content_length": MAX_FORM_WITH_FILES}
# What the charter gives the client a right to is taken however much it has sent.
RIGHT = {**POST, "charter_right": True}


class CharterPortal(CustomerPortal):
    """The charter as a client lives it: who to call, what was promised, what it said, how to go higher."""

    # -- reading ----------------------------------------------------------------------------------

    @http.route("/my/charter", **READ)
    def my_charter(self, **_query):
        if not request.env["charter.obligation"].has_access("read"):
            # Employees with no part in the charter have a public page, as everybody.
            return request.redirect("/charter")
        reading = HubReading(request.env)
        return self._page("portal_hub", "charter", reading, self._hub_values(reading))

    def _hub_values(self, reading):
        """Return what the first page shows. Another addon adds to its ``places`` and its ``todo``."""
        return reading.home()

    @http.route("/my/charter/promises", **READ)
    def my_promises(self, **query):
        reading = ClientReading(request.env)
        return self._page("portal_promises", "promises", reading, reading.promises_page(query))

    @http.route("/my/charter/feedback", **READ)
    def my_feedback(self, **query):
        reading = ClientReading(request.env)
        return self._page("portal_feedback_list", "feedback", reading, reading.feedback_page(query))

    @http.route("/my/charter/escalations", **READ)
    def my_escalations(self, **query):
        reading = ClientReading(request.env)
        return self._page("portal_escalation_list", "escalations", reading, reading.escalations_page(query))

    @http.route("/my/charter/feedback/<int:feedback_id>", **READ)
    def my_feedback_detail(self, feedback_id, said=None, **_query):
        reading = ClientReading(request.env)
        feedback = reading.find("charter.feedback", feedback_id)
        if not feedback:
            return self._not_found(reading)
        values = {
            **reading.feedback_detail(feedback),
            "ask_call": said and feedback._charter_sounds_like_a_call(),
        }
        return self._page("portal_feedback", "feedback_detail", reading, values)

    @http.route("/my/charter/escalation/<int:escalation_id>", **READ)
    def my_escalation_detail(self, escalation_id, **_query):
        reading = ClientReading(request.env)
        escalation = reading.find("charter.escalation", escalation_id)
        return self._escalation_page(reading, escalation) if escalation else self._not_found(reading)

    # -- saying -----------------------------------------------------------------------------------

    @http.route("/my/charter/comment", **READ)
    def comment_form(self, **_query):
        return self._page("portal_comment", "comment", ClientReading(request.env), {"values": {}})

    @http.route("/my/charter/comment", **SAYS_WITH_FILES)
    def comment(self, **form):
        reading = ClientReading(request.env)
        try:
            files = files_sent(request.env)
            feedback = request.env["charter.feedback"]._from_portal(
                reading.contact,
                rating=form.get("rating"),
                comment=form.get("comment"),
                problem=bool(form.get("problem")),
                call_me=bool(form.get("call_me")),
            )
        except ValidationError as error:
            return self._page("portal_comment", "comment", reading, {"values": form}, error)
        self._keep_files(reading, feedback, files)
        # The page says what follows; words that ask for a call are asked about there, this once.
        asked = "?said=1" if feedback._charter_sounds_like_a_call() else ""
        return request.redirect(f"{feedback._get_portal_url()}{asked}")

    @http.route("/my/charter/feedback/<int:feedback_id>/call", **POST)
    def ask_call(self, feedback_id, **_form):
        reading = ClientReading(request.env)
        feedback = reading.find("charter.feedback", feedback_id)
        if not feedback:
            return self._not_found(reading)
        feedback.sudo()._complete(call_me=True)
        return request.redirect(feedback._get_portal_url())

    @http.route("/my/charter/escalate", **READ)
    def escalate_form(self, feedback_id=None, **_query):
        reading = ClientReading(request.env)
        feedback = self._feedback_named(reading, feedback_id)
        if feedback is None:
            return self._not_found(reading)
        subject = feedback and request.env._("My feedback: %s", feedback.name)
        return self._escalate_page(reading, {"subject": subject, "description": feedback.comment}, feedback)

    @http.route("/my/charter/escalate", **SAYS_WITH_FILES)
    def escalate(self, feedback_id=None, **form):
        reading = ClientReading(request.env)
        feedback = self._feedback_named(reading, feedback_id)
        if feedback is None:
            return self._not_found(reading)
        try:
            files = files_sent(request.env)
            escalation = request.env["charter.escalation"]._from_portal(
                reading.contact,
                form.get("subject"),
                form.get("description"),
                feedback,
                bool(form.get("call_me")),
            )
        except ValidationError as error:
            return self._escalate_page(reading, form, feedback, error)
        self._keep_files(reading, escalation, files)
        return request.redirect(escalation._get_portal_url())

    @http.route("/my/charter/escalation/<int:escalation_id>/accept", **POST)
    def accept(self, escalation_id, **_form):
        return self._act(escalation_id, "_portal_accept")

    @http.route("/my/charter/escalation/<int:escalation_id>/contest", **POST)
    def contest(self, escalation_id, **_form):
        return self._act(escalation_id, "_portal_contest")

    @http.route("/my/charter/escalation/<int:escalation_id>/level2", **RIGHT)
    def level2(self, escalation_id, reason=None, **_form):
        return self._act(escalation_id, "_client_to_level2", reason)

    # -- tools ------------------------------------------------------------------------------------

    def _keep_files(self, reading, record, files):
        if files:
            record._charter_keep_files(reading.contact, request.env._("Sent with it"), files)

    def _act(self, escalation_id, method, *arguments):
        """Have the client's own escalation take a step; what is not allowed is said on its page."""
        reading = ClientReading(request.env)
        escalation = reading.find("charter.escalation", escalation_id)
        if not escalation:
            return self._not_found(reading)
        try:
            getattr(escalation, method)(*arguments)
        except ValidationError as error:
            return self._escalation_page(reading, escalation, error)
        return request.redirect(escalation._get_portal_url())

    def _feedback_named(self, reading, feedback_id):
        """Return the client's own feedback of a posted id; empty for no id, None when it is not the client's."""
        if not feedback_id:
            return request.env["charter.feedback"]
        number = int(feedback_id) if feedback_id.isdecimal() and len(feedback_id) < 12 else 0
        return reading.find("charter.feedback", number) or None

    def _escalation_page(self, reading, escalation, error=None):
        values = reading.escalation_detail(escalation)
        return self._page("portal_escalation", "escalation_detail", reading, values, error)

    def _escalate_page(self, reading, values, feedback, error=None):
        values = {"values": values, "about": feedback, "levels": reading.levels()}
        return self._page("portal_escalate", "escalate", reading, values, error)

    def _page(self, template, name, reading, values, error=None):
        """Render a page of the portal with what every page of ours has.

        :param template: of this addon, or with the name of another: “my_addon.portal_visits”
        """
        return request.render(
            template if "." in template else f"mileo_client_charter.{template}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": f"charter_{name}",
                "client": reading.client,
                "company": reading.company,
                "heading_of": heading_of,
                "times_of": reading.tz,
                "error": error and error.args[0],
                "new_form_key": new_form_key,
                **values,
            },
            status=422 if error else 200,
        )

    def _not_found(self, reading):
        """Return one answer for what is another client's and for what does not exist."""
        return request.render(
            "mileo_client_charter.portal_not_found",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "charter_not_found",
                "company": reading.company,
                "heading_of": heading_of,
            },
            status=404,
        )
