"""What the controllers share: the language of a page, moments as text, one answer for what is not there."""

import re
from html import unescape

from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.base.charter_format import moment_text

# The largest id the database can hold: what is beyond is not looked up.
MAX_ID = 2**31 - 1
# The largest form, in bytes: the longest text there is, each letter sent as twelve characters.
MAX_FORM = 512 * 1024

# What may come with a form: photos of a phone and documents, so many and so large in all.
MAX_FILES, MAX_FILES_MB = 6, 20
FILE_KINDS = (
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "heic",
    "pdf",
    "txt",
    "log",
    "csv",
    "docx",
    "xlsx",
    "odt",
    "ods",
    "zip",
    "mp4",
    "mov",
)
MAX_FORM_WITH_FILES = MAX_FORM + MAX_FILES_MB * 2**20

# Found without parsing the rest of the page.
HEADING = re.compile(r"<h1[\s>].*?</h1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")

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
    """Return the words of the first heading of ``page`` (rendered HTML), with which the browser's tab and a bookmark name it."""
    found = HEADING.search(str(page))
    return " ".join(unescape(TAG.sub("", found[0])).split()) if found else ""


def in_words(env, moment, tz, pattern=MOMENT):
    """Return a naive UTC ``moment`` in the language of ``env`` and the time zone ``tz``; empty for none."""
    return moment_text(env, moment, tz, pattern) if moment else ""


def files_sent(env, field="files"):
    """Return [(name, bytes)] of the files of a form.

    :raise ValidationError: too many, too large, empty, or of a kind we do not take
    """
    found, size = [], 0
    for file in request.httprequest.files.getlist(field):
        name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip()[-120:]
        if not name:
            # The field was left empty.
            continue
        if name.rpartition(".")[2].lower() not in FILE_KINDS:
            raise ValidationError(
                env._(
                    "Files: we take photos, films, PDF, office documents and text; “%s” is none of these.",
                    name,
                )
            )
        content = file.read(MAX_FILES_MB * 2**20 + 1)
        size += len(content)
        if not content:
            raise ValidationError(env._("Files: “%s” is empty; choose it again.", name))
        if len(found) == MAX_FILES or size > MAX_FILES_MB * 2**20:
            raise ValidationError(
                env._(
                    "Files: at most %(count)s, of %(size)s MB in all; send the others by a reply to our message.",
                    count=MAX_FILES,
                    size=MAX_FILES_MB,
                )
            )
        found.append((name, content))
    return found
