"""What the doors share: the language of a page, moments in words, one answer for what is not there."""

from lxml import html
from odoo.http import request

from ..models.base.charter_format import moment_text

# The largest id the database can hold: what is beyond is not looked up.
MAX_ID = 2**31 - 1
# The largest form, in bytes: the longest text there is, each letter sent as twelve characters.
MAX_FORM = 512 * 1024

DAY = "d MMMM y"
WEEKDAY = "EEEE d MMMM y"
MOMENT = "EEEE d MMMM y, HH:mm"


def use_language(*candidates):
    """Show this page in the first of ``candidates`` (language codes) that is installed, else as it is.

    :return: code of the language of the page
    """
    http = request.env["ir.http"]
    code = next((code for code in map(http.get_nearest_lang, candidates) if code), None)
    if code and code != request.env.lang:
        request.update_context(lang=code)
        request.lang = request.env["res.lang"]._get_data(code=code)
    return request.env.lang


def heading_of(page):
    """The words of the first heading of ``page`` (rendered HTML), with which the browser's tab and a bookmark name it."""
    found = html.fromstring(f"<div>{page}</div>").xpath("string((//h1)[1])")
    return " ".join(found.split())


def in_words(env, moment, tz, pattern=MOMENT):
    """A naive UTC ``moment`` in the language of ``env`` and the time zone ``tz``; empty for none."""
    return moment_text(env, moment, tz, pattern) if moment else ""
