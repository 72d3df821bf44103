"""Figures, days and hours as text in the reader's language, the same on every page, print and workbook."""

import re
from datetime import date

import babel.dates
from babel import Locale, UnknownLocaleError
from odoo.tools.misc import babel_locale_parse, format_date, format_datetime, formatLang, get_lang

from ...tools.figures import percent


def percent_text(env, met, total, digits=1):
    """Return “66.7 %” for 2 of 3, “100 %” for all and nothing less; empty when there is nothing to count on."""
    value = percent(met, total, digits)
    if value is None:
        return ""
    return env._("100 %") if value == 100 else env._("%s %%", formatLang(env, value, digits=digits))


def _code(env):
    """Return the code of the reader's language, as Odoo's ``get_lang`` finds it: what it asks each time is asked once."""
    code = env.lang
    return code if code and env["res.lang"]._get_data(code=code) else get_lang(env).code or ""


# The first of a month before its name.
FIRST = re.compile(r"(?<!\d)1 (?=[^\W\d_])")


def first_of_month(env, text):
    """Write “1er mars” for “1 mars” in French, which CLDR leaves to its callers."""
    return FIRST.sub("1er ", text) if text and _code(env).startswith("fr") else text


def _hours(env, pattern):
    """Write “8 h 00” and not “08:00” in a sentence of French (Imprimerie nationale); lists keep figures, as calendars do."""
    if "MMMM" not in pattern or not _code(env).startswith("fr"):
        return pattern
    return pattern.replace(", HH:mm", " 'à' H'\u00a0h\u00a0'mm").replace("HH:mm", "H'\u00a0h\u00a0'mm")


def language_name(env, code):
    """Return “français” for ``fr_FR`` or ``fr``, in the language of ``env``; empty where nobody knows it.

    Odoo's own names of languages (“French / Français”) are the same for every reader.
    """
    try:
        return Locale.parse(_code(env)).languages.get((code or "")[:2].lower(), "")
    except (ValueError, UnknownLocaleError):
        return ""


def day_text(env, day, pattern=None):
    """Return a day in the language of ``env``; empty for none.

    :param day: date, or its text
    :param pattern: of CLDR, “d MMMM y” for example; as the language writes its dates by default
    """
    if pattern and type(day) is date:
        # A page has dozens: what Odoo's function looks up for each is known.
        text = babel.dates.format_date(day, pattern, locale=babel_locale_parse(_code(env)))
    else:
        text = format_date(env, day, date_format=pattern or False)
    return first_of_month(env, text)


def moment_text(env, moment, tz=None, pattern="medium"):
    """Return a moment in the language of ``env``; empty for none.

    :param moment: naive UTC
    :param tz: name of the time zone it is shown in; the reader's by default
    :param pattern: of CLDR, or “short” or “medium”
    """
    return first_of_month(env, format_datetime(env, moment, tz=tz or False, dt_format=_hours(env, pattern)))


def zoned_moment(env, moment):
    """Return a moment for a sentence that refuses it, in the reader's time zone and with its name: “5 Oct 2026, 10:00 (Europe/Paris)”.

    :param moment: naive UTC; a program without a time zone reads UTC
    """
    tz = env.context.get("tz") or env.user.tz or "UTC"
    return f"{moment_text(env, moment, tz, SECONDS if moment.second else MINUTES)} ({tz})"


MINUTES, SECONDS = "d MMM y, HH:mm", "d MMM y, HH:mm:ss"
# A moment as histories keep it.
UTC_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)(:\d\d)? UTC")


def local_moments(env, text):
    """Return ``text``, kept with its moments in UTC, with each in the time zone of the reader, who has set one."""
    tz = env.context.get("tz") or env.user.tz
    if not text or not tz:
        return text or ""
    return UTC_MOMENT.sub(lambda found: moment_text(env, f"{found[1]}{found[2] or ':00'}", tz, MINUTES), text)
