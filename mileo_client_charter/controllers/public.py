from odoo import http
from odoo.http import content_disposition, request

from .common import MAX_ID, use_language


class PublicCharter(http.Controller):
    """The charter in force, for everybody: a public document of reference."""

    @http.route(
        ["/charter", "/charter/<int:company_id>"],
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def charter(self, company_id=None, lang=None, **_query):
        language = use_language(lang)
        document = self._in_force(company_id)
        if not document:
            return self._not_found(language)
        address = f"/charter/{company_id}" if company_id else "/charter"
        return request.render(
            "mileo_client_charter.public_charter",
            {
                "document": document,
                "company": document.company_id,
                "language": language,
                "languages": list(request.env["res.lang"]._get_frontend().values()),
                "address": address,
                "pdf_address": f"{address}/pdf?lang={language}",
            },
        )

    @http.route(
        ["/charter/pdf", "/charter/<int:company_id>/pdf"],
        type="http",
        auth="public",
        website=True,
        multilang=False,
        sitemap=False,
        methods=["GET"],
    )
    def charter_pdf(self, company_id=None, lang=None, **_query):
        language = use_language(lang)
        document = self._in_force(company_id)
        if not document:
            return self._not_found(language)
        name, content = document._pdf()
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _in_force(self, company_id):
        """Return the charter everybody may read, of ``company_id`` or of the site's company; may be empty."""
        documents = request.env["charter.document"].sudo()
        if company_id is None:
            return documents._in_force(request.env.company)
        if not 0 < company_id <= MAX_ID:
            return documents
        return documents._in_force(request.env["res.company"].browse(company_id))

    def _not_found(self, language):
        return request.render("mileo_client_charter.public_not_found", {"language": language}, status=404)
