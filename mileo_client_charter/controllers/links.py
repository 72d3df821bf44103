"""Links of emails: a GET shows, a confirmed POST acts; no login, no session, only the token."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.base.door import new_form_key
from .common import MAX_FORM, use_language
from .survey import HEADERS, OPTIONS

STATUS = {"unknown": 404, "kept": 403, "expired": 410, "left": 410, "open": 200}
# There is no session whose rights another site could borrow: who has the token may, wherever the form comes from. Mail
# programs that unsubscribe with one click (RFC 8058) send no cookie.
POSTED = {**OPTIONS, "csrf": False, "max_content_length": MAX_FORM}


class Links(http.Controller):
    @http.route("/charter/l/<string:link>", methods=["GET"], **OPTIONS)
    def show(self, link, done=None, lang=None, **_query):
        found = self._opened(link, lang)
        return self._page_of_link(link, found, done=bool(done))

    @http.route("/charter/l/<string:link>", methods=["POST"], **POSTED)
    def act(self, link, lang=None, **form):
        found = self._opened(link, lang)
        record, contact, _purpose, purpose, status = found
        one_click = form.get("List-Unsubscribe") == "One-Click"
        if status != "open" or not purpose.step or not (form.get("confirm") or one_click):
            return self._page_of_link(link, found)
        try:
            done = getattr(record, purpose.step)(contact, form)
        except UserError as error:
            return self._page_of_link(link, found, error=error, form=form)
        if done:
            record._charter_link_copy(contact, done, f"/charter/l/{link}")
        return request.redirect(f"/charter/l/{link}?done=1&lang={request.env.lang}")

    @http.route("/charter/l/<string:link>/file", methods=["GET"], **OPTIONS)
    def file(self, link, lang=None, **_query):
        found = self._opened(link, lang)
        record, contact, _purpose, purpose, status = found
        if status != "open" or not purpose.file:
            return self._page_of_link(link, found)
        name, content, mimetype = getattr(record, purpose.file)(contact)
        response = request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.headers.extend(HEADERS)
        return response

    # -- tools ------------------------------------------------------------------------------------

    def _opened(self, link, lang):
        record, contact, purpose, found, status = request.env["charter.link"]._opened(link)
        use_language(lang, contact.lang)
        if record is not None:
            record = record.with_context(**request.env.context)
        return record, contact, purpose, found, status

    def _page_of_link(self, link, found, done=False, error=None, form=None):
        record, contact, purpose, declared, status = found
        company = record._charter_link_company() if record is not None else request.env.company.sudo()
        values = {"heading": None}
        if status == "open":
            values = getattr(record, declared.values)(contact)
        response = request.render(
            declared.template if status == "open" else "mileo_client_charter.link_closed",
            {
                "record": record,
                "contact": contact,
                "purpose": purpose,
                "company": company.with_context(lang=request.env.lang),
                "language": request.env.lang,
                "address": f"/charter/l/{link}",
                "status": status,
                "done": done,
                "said": record._charter_link_said(purpose, contact) if done and status == "open" else [],
                "form": form or {},
                "error": error and error.args[0],
                "new_form_key": new_form_key,
                **values,
            },
            status=422 if error else STATUS[status],
        )
        response.headers.extend(HEADERS)
        return response
