from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from .document_reading import DocumentReading
from .portal import POST, READ, CharterPortal

SHEET = "mileo_client_charter.report_contact_sheet"


class CharterDocumentPortal(CharterPortal):
    """Whom the client calls now, and what was delivered to it."""

    @http.route("/my/charter/contacts", **READ)
    def my_contacts(self, **_query):
        reading = DocumentReading(request.env)
        values = reading.contacts_page()
        reading.opened("contacts")
        return self._page("portal_contacts", "contacts", reading, values)

    @http.route("/my/charter/contacts.pdf", **READ)
    def my_contacts_pdf(self, **_query):
        reading = DocumentReading(request.env)
        # The client's own sheet and no other: no id is taken from the address.
        reports = request.env["ir.actions.report"].sudo().with_company(reading.company)
        content, _format = reports.with_context(force_report_rendering=True)._render_qweb_pdf(
            SHEET, reading.client.ids
        )
        reading.opened("contacts")
        name = request.env._("Your contacts at %s", reading.company.name)
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{name}.pdf")),
            ],
        )

    @http.route("/my/charter/documents", **READ)
    def my_documents(self, **query):
        reading = DocumentReading(request.env)
        return self._page("portal_documents", "documents", reading, reading.documents_page(query))

    @http.route("/my/charter/document/<int:delivery_id>", **READ)
    def my_document(self, delivery_id, **_query):
        reading = DocumentReading(request.env)
        delivery = reading.find("charter.delivery", delivery_id)
        if not delivery:
            return self._not_found(reading)
        delivery._opened_by(reading.contact)
        return self._page("portal_document", "document_detail", reading, reading.document_detail(delivery))

    @http.route("/my/charter/document/<int:delivery_id>/file/<int:number>", **READ)
    def my_document_file(self, delivery_id, number, **_query):
        reading = DocumentReading(request.env)
        delivery = reading.find("charter.delivery", delivery_id)
        # Files are counted within the client's own delivery: no attachment can be asked for by its id.
        files = delivery.sudo().attachment_ids if delivery else ()
        if not 0 < number <= len(files):
            return self._not_found(reading)
        attachment = files[number - 1]
        response = request.env["ir.binary"]._get_stream_from(attachment).get_response(as_attachment=True)
        response.headers["Content-Disposition"] = content_disposition(attachment.name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @http.route("/my/charter/document/<int:delivery_id>/acknowledge", **POST)
    def acknowledge(self, delivery_id, **_form):
        reading = DocumentReading(request.env)
        delivery = reading.find("charter.delivery", delivery_id)
        if not delivery:
            return self._not_found(reading)
        try:
            delivery._acknowledged_by(reading.contact)
        except ValidationError as error:
            values = reading.document_detail(delivery)
            return self._page("portal_document", "document_detail", reading, values, error)
        return request.redirect(f"/my/charter/document/{delivery.id}")
