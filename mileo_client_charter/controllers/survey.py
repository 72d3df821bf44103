from urllib.parse import urlsplit

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.base.door import new_form_key
from ..models.feedback.charter_feedback import ASKED_FOR
from ..tools.codes import FEEDBACK_CALLBACK
from .common import MAX_FORM, MOMENT, WEEKDAY, in_words, use_language

STATUS = {"unknown": 404, "kept": 403, "left": 410, "expired": 410, "answered": 200, "open": 200}
MARKS = range(1, 6)
HEADERS = (
    # The address is a key: it stays out of search engines, of caches and of other sites' logs.
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
)
OPTIONS = {
    "type": "http",
    "auth": "public",
    "website": True,
    "multilang": False,
    "sitemap": False,
    "max_content_length": MAX_FORM,
}


class Survey(http.Controller):
    """The survey of one invitation. Reading it, as scanners of mail do, stores nothing."""

    @http.route("/charter/s/<string:token>", methods=["GET"], **OPTIONS)
    def show(self, token, rating=None, lang=None, **_query):
        feedback, status = self._feedback(token, lang)
        if status != "open":
            return self._closed(feedback, status)
        return self._form(feedback, {"rating": rating})

    @http.route("/charter/s/<string:token>", methods=["POST"], **OPTIONS)
    def answer(self, token, rating=None, nps=None, comment=None, call_me=None, lang=None, **_form):
        feedback, status = self._feedback(token, lang)
        if status != "open":
            return self._closed(feedback, status)
        try:
            stored = feedback._answer(
                rating=rating,
                nps=nps if feedback.ask_nps else None,
                comment=comment,
                ip=request.httprequest.remote_addr,
                agent=request.httprequest.user_agent.string,
                call_reason=ASKED_FOR if call_me else None,
            )
        except ValidationError as error:
            return self._form(feedback, {"rating": rating, "call_me": call_me}, error)
        return self._to_thanks(token, lang) if stored else self._closed(feedback, "answered")

    @http.route("/charter/s/<string:token>/more", methods=["GET"], **OPTIONS)
    def thanks(self, token, lang=None, **_query):
        feedback, status = self._feedback(token, lang)
        if status == "open":
            # There is no answer to complete yet.
            return request.redirect(f"/charter/s/{token}")
        return self._thanks(feedback) if status == "answered" else self._closed(feedback, status)

    @http.route("/charter/s/<string:token>/more", methods=["POST"], **OPTIONS)
    def complete(self, token, nps=None, comment=None, call_me=None, lang=None, then=None, **_form):
        feedback, status = self._feedback(token, lang)
        if status != "answered":
            return (
                self._closed(feedback, status)
                if status != "open"
                else request.redirect(f"/charter/s/{token}")
            )
        try:
            feedback._complete(nps=nps if feedback.ask_nps else None, comment=comment, call_me=bool(call_me))
        except ValidationError as error:
            return self._thanks(feedback, {"nps": nps, "comment": comment}, error)
        if then == "callback":
            response = request.redirect_query(
                urlsplit(feedback._charter_link("callback")).path, {"lang": lang} if lang else None
            )
            response.headers.extend(HEADERS)
            return response
        return self._to_thanks(token, lang)

    @http.route("/charter/s/<string:token>/correct", methods=["GET"], **OPTIONS)
    def correct_form(self, token, lang=None, **_query):
        feedback, status = self._feedback(token, lang)
        if status != "answered" or not feedback._may_correct_mark():
            return self._closed(feedback, status)
        return self._correction(feedback)

    @http.route("/charter/s/<string:token>/correct", methods=["POST"], **OPTIONS)
    def correct(self, token, rating=None, lang=None, **_form):
        feedback, status = self._feedback(token, lang)
        if status != "answered" or not feedback._may_correct_mark():
            return self._closed(feedback, status)
        try:
            feedback._correct_mark(rating)
        except ValidationError as error:
            return self._correction(feedback, error)
        return self._to_thanks(token, lang)

    # -- tools ------------------------------------------------------------------------------------

    def _feedback(self, token, lang):
        """Return (feedback, status) of ``token``; the page is in ``lang``, else in the contact's language."""
        feedback, status = request.env["charter.feedback"]._survey_for(token)
        use_language(lang, feedback.contact_id.lang)
        return feedback.with_context(**request.env.context), status

    def _form(self, feedback, values, error=None):
        chosen = str(values["rating"] or "")
        return self._page(
            "survey_form",
            feedback,
            status=422 if error else 200,
            error=error and error.args[0],
            intervention=feedback.intervention_id,
            marks=self._marks(),
            chosen=int(chosen) if chosen in map(str, MARKS) else None,
            call_me=bool(values.get("call_me")),
            threshold=feedback._callback_threshold(),
            delay=feedback._callback_delay_text(),
        )

    def _correction(self, feedback, error=None):
        return self._page(
            "survey_correct",
            feedback,
            status=422 if error else 200,
            error=error and error.args[0],
            marks=self._marks(),
        )

    def _thanks(self, feedback, values=None, error=None):
        nps = str((values or {}).get("nps") or "")
        return self._page(
            "survey_thanks",
            feedback,
            status=422 if error else 200,
            error=error and error.args[0],
            callback=self._callback(feedback),
            ask_nps=feedback.ask_nps and not feedback.nps_answered,
            ask_comment=not feedback.comment,
            ask_call=not feedback.call_reason,
            sounds_like_a_call=feedback._charter_sounds_like_a_call(),
            delay=feedback._callback_delay_text(),
            read_by=request.env["charter.word"]._charter_read_by(feedback),
            may_correct=feedback._may_correct_mark(),
            chosen=int(nps) if nps in map(str, range(11)) else None,
            comment=(values or {}).get("comment"),
        )

    def _closed(self, feedback, status):
        """Render the page of a survey that takes no answer, for a reason of its own: unknown, left, expired or answered."""
        tz = feedback.company_id._charter_tz() if feedback else None
        return self._page(
            "survey_closed",
            feedback,
            status=STATUS[status],
            reason=status,
            callback=status == "answered" and self._callback(feedback),
            may_correct=status == "answered" and feedback._may_correct_mark(),
            intervention=feedback.intervention_id,
            answered=in_words(request.env, feedback.answered_at, tz),
            incomplete=status == "answered"
            and (
                not feedback.comment
                or not feedback.call_reason
                or (feedback.ask_nps and not feedback.nps_answered)
            ),
        )

    def _page(self, template, feedback, status=200, **values):
        response = request.render(
            f"mileo_client_charter.{template}",
            {
                "feedback": feedback,
                "token": feedback.token,
                "company": feedback.company_id or request.env.company.sudo(),
                "language": request.env.lang,
                "error": None,
                "new_form_key": new_form_key,
                **values,
            },
            status=status,
        )
        response.headers.extend(HEADERS)
        return response

    def _to_thanks(self, token, lang):
        response = request.redirect_query(f"/charter/s/{token}/more", {"lang": lang} if lang else None)
        response.headers.extend(HEADERS)
        return response

    def _marks(self):
        words = [
            request.env._("Not satisfied at all"),
            request.env._("Not satisfied"),
            request.env._("Neither satisfied nor dissatisfied"),
            request.env._("Satisfied"),
            request.env._("Very satisfied"),
        ]
        return list(zip(MARKS, words, strict=True))

    def _callback(self, feedback):
        """Return who calls the client back and by when, while that is still owed; None otherwise."""
        if feedback.followup != "call":
            return None
        promise = feedback._charter_owed(FEEDBACK_CALLBACK)[:1]
        tz = feedback.contact_id.tz or feedback.company_id._charter_tz()
        return {
            "wanted": feedback._in_words(feedback.call_wanted_at, tz),
            "number": feedback.call_wanted_phone,
            "later": feedback._later_in_words(promise, feedback.call_wanted_at),
            "manager": promise.user_id.name,
            "delay": promise.target_text or feedback._callback_delay_text(),
            "due": promise and promise._due_in_words(None, MOMENT, WEEKDAY),
        }
