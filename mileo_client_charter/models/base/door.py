"""Checks that every route of the charter goes through: methods, form keys, limits. ``ir.http`` calls them for each request.

- A route answers the methods it names and no other. Odoo lets OPTIONS through to every handler, werkzeug HEAD to those of GET.
- HEAD answers as GET and notes nothing.
- What no field of ours can hold (NUL, a file where words are expected, a novel) is refused by the name of its field.
- A form is taken once however often it is sent, its limits are the company's, and what fails leaves nothing behind.
"""

import base64
import re
import secrets
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.http import request
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE
from psycopg2.errors import LockNotAvailable, SerializationFailure
from werkzeug.exceptions import HTTPException, MethodNotAllowed, abort

from .charter_door import TooMany
from .charter_format import moment_text
from .charter_lock import WAIT_SECONDS, Busy, busy

OURS = "odoo.addons.mileo_client_charter"
# Whoever makes a page below these addresses, clients take it for ours.
ADDRESSES = ("/my/charter", "/charter")
# The longest text a form of ours takes, with room for every line break sent as two characters.
MAX_TEXT = 25_000
FORM_KEY_LENGTH = 100
# What a form of ours sends of itself: nobody typed it.
OUR_FIELDS = ("csrf_token", "form_key", "lang")
FIGURE = re.compile(r"<int:(\w+)>")
NO_KEY = (
    "No valid key: send one as “Authorization: Bearer <key>”, as “X-API-Key: <key>”, or as the password of basic authorization. "
    "Keys end on their last day: Client Charter ‣ Configuration ‣ Keys of programs makes another."
)
# The page of a method is never stored: it is an answer to this request.
HEADERS = (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex, nofollow"))


def is_ours(endpoint):
    """Return whether ``endpoint`` is a route of this project's addons, or of another addon: made with ``READ`` and ``POST``, or below ours."""
    own = endpoint.original_endpoint.__module__.startswith(OURS) and not _overrides(endpoint)
    below = any(
        f"{address}/".startswith(f"{ours}/") for address in endpoint.routing["routes"] for ours in ADDRESSES
    )
    return endpoint.routing.get("charter_door") or own or below


def _overrides(endpoint):
    """Return whether this is another application's route that we answer: its methods and its forms are that application's."""
    name = endpoint.original_endpoint.__name__
    return any(
        name in vars(parent) and not parent.__module__.startswith(OURS)
        for parent in type(endpoint.func.__self__).__mro__
    )


def new_form_key():
    """Return what distinguishes one form shown from the next: sent twice, it is the same form."""
    return secrets.token_urlsafe(16)


def answer(endpoint, dispatch):
    """Return the response of ``endpoint`` to the present request, or the reason it is refused."""
    method = request.httprequest.method
    if method not in _methods(endpoint):
        allowed = _allowed(endpoint)
        if endpoint.routing.get("charter_key"):
            return answer_program(MethodNotAllowed(allowed), allowed)
        # No browser shows this to anybody.
        return request.make_response(
            f"{method} is not answered here: {', '.join(allowed)}.",
            [("Allow", ", ".join(allowed))],
            status=405,
        )
    # What stands in the path itself is the router's, and each handler's, to find or not.
    sent = request.get_http_params()
    wrong = next((name for name, value in sent.items() if _wrong(endpoint, name, value)), None)
    if wrong is not None:
        name = "".join(letter for letter in wrong if letter.isprintable())[:50]
        message = request.env._(
            "The field “%s” holds what is no text, or more than we can take: correct it and send it again.",
            name,
        )
        return _refuse(endpoint, 400, name, message)
    for name in _figures(endpoint) & sent.keys():
        # Of “/charter” and “/charter/<company>”, the first has no company, whatever the query says.
        if request.params.get(name) == sent[name]:
            del request.params[name]
    if method == "HEAD":
        return _head(endpoint, dispatch)
    if method == "POST":
        return _post(endpoint, dispatch)
    return dispatch(endpoint)


def take_key():
    """Take the key of a program where it can put it: a bearer token, ``X-API-Key``, or the password of basic authorization.

    Odoo's own check of bearer tokens then decides; the user name that comes with a password says nothing.
    """
    headers = request.httprequest.headers
    given = headers.get("Authorization") or ""
    key = headers.get("X-API-Key")
    if given[:6].lower() == "basic ":
        try:
            key = base64.b64decode(given[6:], validate=True).decode().partition(":")[2]
        except (ValueError, UnicodeDecodeError):
            key = None
    if key and given[:7].lower() != "bearer ":
        headers.environ["HTTP_AUTHORIZATION"] = f"Bearer {key.strip()}"


def answer_program(error, allowed=()):
    """Return in JSON what kept the request of a program from being taken, with the remedy: none of them reads HTML.

    :param error: exception, as Odoo's dispatcher gets it
    :param allowed: the methods the address answers, where it is the method
    """
    status = error.code if isinstance(error, HTTPException) else getattr(error, "http_status", 500)
    field, message = {
        401: ("key", NO_KEY),
        403: ("key", NO_KEY),
        405: ("method", f"{request.httprequest.method} is not answered here: send {', '.join(allowed)}."),
        500: ("server", "The server failed, and its log has why. Nothing of it was recorded: send it again."),
    }.get(status, ("request", getattr(error, "description", None) or str(error)))
    if isinstance(error, AccessError):
        field, message = "request", str(error)
    kept = error.get_headers() if isinstance(error, HTTPException) else ()
    headers = [(name, value) for name, value in kept if name != "Content-Type"]
    return request.make_json_response({"field": field, "error": message}, headers, status=status)


def methods_of_program(path):
    """Return the methods that ``path`` answers to programs with a key; none where it is no such address."""
    rules = request.env["ir.http"].routing_map().iter_rules()
    found = [rule for rule in rules if rule.rule == path and rule.endpoint.routing.get("charter_key")]
    return sorted(set().union(*(_methods(rule.endpoint) for rule in found)))


def check_length(endpoint):
    """Refuse a body that says it is longer than the route takes, before it is read; one that says nothing is counted."""
    limit, length = endpoint.routing.get("max_content_length"), request.httprequest.content_length
    if limit and length and length > limit:
        message = request.env._("More than %s KiB at once: send it in parts.", limit // 1024)
        abort(_refuse(endpoint, 413, "payload", message))
    if endpoint.routing.get("charter_key"):
        # Read before it is taken for a form: programs send JSON under any name. One byte more than we take, at most.
        request.httprequest.get_data()


def _figures(endpoint):
    """Return the parameters that are figures of the path, in one of the addresses of ``endpoint``."""
    return {name for path in endpoint.routing["routes"] for name in FIGURE.findall(path)}


# -- methods ------------------------------------------------------------------------------------------


def _methods(endpoint):
    """Return the methods ``endpoint`` names; none named is reading."""
    methods = set(endpoint.routing["methods"] or ("GET",)) - {"OPTIONS"}
    return methods | ({"HEAD"} if "GET" in methods else set())


def _allowed(endpoint):
    """Return what the address answers, whichever handlers do."""
    adapter = request.env["ir.http"].routing_map().bind_to_environ(request.httprequest.environ)
    return sorted(set(adapter.allowed_methods(request.httprequest.path)) - {"OPTIONS"} | _methods(endpoint))


def _head(endpoint, dispatch):
    """Answer as GET does, and take back what it noted (a document opened): nobody has read anything."""
    savepoint = request.env.cr.savepoint()
    try:
        return dispatch(endpoint)
    finally:
        savepoint.close(rollback=True)


# -- forms --------------------------------------------------------------------------------------------


def _wrong(endpoint, name, value):
    if not isinstance(value, str):
        # The router's own figures and days; a file is none, and is taken where the route says so (``charter_files``).
        return hasattr(value, "stream") and name not in endpoint.routing.get("charter_files", ())
    return (
        "\0" in name
        or "\0" in value
        or len(value) > MAX_TEXT
        or (name == "form_key" and len(value) > FORM_KEY_LENGTH)
    )


def _post(endpoint, dispatch):
    env = request.env
    if endpoint.routing["auth"] == "bearer":
        # A machine says of each event what it is; there is no form and nobody to call.
        return dispatch(endpoint)
    visits = env["charter.door.visit"]
    key = visits._key(env.uid, request.httprequest.path, _form())
    led_to = visits._led_to(key)
    if led_to:
        response = request.redirect(led_to)
        response.headers.extend(HEADERS)
        return response
    says = bool(endpoint.routing.get("charter_says"))
    address = None if endpoint.routing.get("charter_right") else request.httprequest.remote_addr
    try:
        with env.cr.savepoint() as savepoint:
            visit = visits._enter(_company(), key, env.user, address, says)
            response = dispatch(endpoint)
            if response.status_code < 400:
                visit.location = _location(response)
            else:
                # What is refused is refused whole, and may be sent again.
                savepoint.rollback()
            return response
    except TooMany as error:
        return _too_many(endpoint, error)
    except (ConcurrencyError, SerializationFailure):
        # Odoo plays the request again on what the other one left; the last time nobody would see more than an error.
        request.charter_played = getattr(request, "charter_played", 0) + 1
        if request.charter_played < MAX_TRIES_ON_CONCURRENCY_FAILURE:
            raise
        return _wait(endpoint)
    except (Busy, LockNotAvailable):
        return _wait(endpoint)


def _wait(endpoint):
    refusal = _refuse(endpoint, 503, "wait", busy(request.env).args[0], typed=_typed())
    refusal.headers["Retry-After"] = str(WAIT_SECONDS)
    return refusal


def _form():
    return {name: value for name, value in request.params.items() if isinstance(value, str)}


def _location(response):
    """Return where a response leads within this site; None for one that shows something itself."""
    parts = urlsplit(response.headers.get("Location") or "")
    return parts._replace(scheme="", netloc="").geturl() or None


def _company():
    """Return the company whose limits hold: the one that serves the client, else that of the site."""
    user = request.env.user
    if user.share and not user._is_public():
        return user.partner_id.commercial_partner_id._charter_serving_company().sudo()
    return request.env.company.sudo()


# -- refusing -----------------------------------------------------------------------------------------


def _too_many(endpoint, error):
    env, company = request.env, _company()
    seconds = max(1, int((error.retry_at - fields.Datetime.now()).total_seconds()))
    tz = env.user.tz or company._charter_tz()
    message = env._(
        "%(why)s The next one is taken from %(moment)s on.",
        why=error.args[0],
        moment=moment_text(env, error.retry_at, tz, "EEEE d MMMM y, HH:mm"),
    )
    refusal = _refuse(endpoint, error.http_status, "limit", message, call=True, typed=_typed())
    refusal.headers["Retry-After"] = str(seconds)
    return refusal


def _typed():
    """Return the words of the form that was sent, longest last: a page that refuses them gives them back."""
    sent = request.httprequest.form
    words = (value for name in sent if name not in OUR_FIELDS for value in sent.getlist(name))
    return sorted({word for word in words if any(letter.isalpha() for letter in word)}, key=len)


def _refuse(endpoint, status, field, message, call=False, typed=()):
    """Return a page of its own that says why, or the same in JSON for a machine.

    :param typed: what the visitor had typed, to take with it
    """
    if endpoint.routing["type"] != "http":
        raise UserError(message)
    if endpoint.routing["auth"] == "bearer":
        return request.make_json_response({"field": field, "error": message}, status=status)
    company = _company()
    values = {
        "company": company,
        "language": request.env.lang or "en_US",
        "error": message,
        "call": call and _who_to_call(company),
        "typed": typed,
    }
    response = request.render("mileo_client_charter.door_refused", values, status=status)
    response.flatten()
    response.headers.extend(HEADERS)
    return response


def _who_to_call(company):
    """Return (name, phone) of the client's account manager, else of the company; None without a number."""
    user = request.env.user
    if user.share and not user._is_public():
        client = user.partner_id.commercial_partner_id.with_company(company).sudo()
        manager = client.charter_account_manager_id
        if manager.phone:
            return manager.name, manager.phone
    return (company.name, company.phone) if company.phone else None
