"""People in stored texts: named by a key, never by name.

A key is ``[contact 12]`` or ``[user 3]``: the record's number in the table of contacts or of users. What is written with
keys stays true, and the same to the byte, when a person marries, leaves or is forgotten.
"""

import re
import unicodedata
from html import escape
from urllib.parse import quote, quote_plus

KEY = re.compile(r"\[(contact|user) (\d+)\]")
# Digits a telephone number has at least; shorter ones would be found in dates and prices.
PHONE_DIGITS = 8
# Where the cells of a table were put together without a space, as in the first line of a mail that mailboxes show.
GLUED = r"(?-i:(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ]))"
# No letter or digit, but for those of a line's end that is written out, as in calendars and JSON.
BEFORE = rf"(?:(?<!\w)|(?<=\\[nrt])|{GLUED})"
AFTER = rf"(?:(?!\w)|{GLUED})"


def key(kind, number):
    return f"[{kind} {number}]"


def named(text, names):
    """Return ``text`` with its keys replaced. :param names: {(kind, id): name}; a key without a name stays"""
    return KEY.sub(lambda match: names.get((match[1], int(match[2])), match[0]), text or "")


class Traces:
    """What a person is recognised by in texts, and what is written in its place.

    Whole words, whatever the case; a name or an address also as HTML writes it; a telephone number whatever its spacing.

    :param words: names, addresses
    :param emails: e-mail addresses
    :param phones: telephone numbers in any format
    :param put: what takes their place
    :param keep: phrases that stay whole though they contain a word, as a company called after the person
    """

    def __init__(self, words=(), emails=(), phones=(), put="", keep=()):
        self.put = put
        texts = {text.strip() for text in (*words, *emails) if text and text.strip()}
        forms = {form for text in texts for form in self._forms(text)}
        forms |= {
            form for phone in phones for form in (quote(phone or ""), quote_plus(phone or "")) if "%" in form
        }
        digits = {re.sub(r"\D", "", phone or "") for phone in phones}
        # A national number is written with a 0 where the international one has the country.
        digits = {number[-9:] for number in digits if len(number) >= PHONE_DIGITS}
        patterns = [rf"{BEFORE}{re.escape(form)}{AFTER}" for form in sorted(forms, key=len, reverse=True)]
        patterns += [
            rf"(?<!\d)(?:(?:\+|00)\d{{1,3}}\D{{0,3}})?0?{self._spaced(number)}(?!\d)"
            for number in sorted(digits)
        ]
        kept = sorted({re.escape(form) for text in keep for form in self._forms(text)}, key=len, reverse=True)
        self._pattern = None
        if patterns:
            self._pattern = re.compile(
                "|".join([*(f"(?P<keep{n}>{form})" for n, form in enumerate(kept)), *patterns]), re.I
            )
        # What PostgreSQL looks for: a little more than what is replaced.
        self.likes = [
            f"%{self._like(form)}%" for form in sorted(forms | {form.replace('"', '\\"') for form in forms})
        ]
        self.expressions = [self._spaced(number).replace(r"\D", "[^0-9]") for number in sorted(digits)]

    @staticmethod
    def _forms(text):
        """Return ``text`` as plain text, HTML, XML, addresses of the web and the literals of Python write it."""
        page = escape(text)
        forms = {text, page, escape(text, False), page.replace("&#x27;", "&#39;"), text.replace("'", "\\'")}
        forms |= {one.encode("ascii", "xmlcharrefreplace").decode() for one in forms}
        forms |= {quote(text), quote_plus(text), quote(text, safe="@")}
        return {unicodedata.normalize(form, one) for one in forms for form in ("NFC", "NFD")}

    @staticmethod
    def _spaced(number):
        return r"\D{0,2}".join(number)

    @staticmethod
    def _like(text):
        return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

    def __bool__(self):
        return self._pattern is not None

    def _put(self, match):
        return match[0] if any(match.groupdict().values()) else self.put

    def found(self, text):
        return self.out_of(text or "") != (text or "")

    def out_of(self, value):
        """Return ``value`` (a text, or what JSON holds, keys of dicts included) without the person."""
        if isinstance(value, str):
            return self._pattern.sub(self._put, value) if self._pattern else value
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {self.out_of(name): self.out_of(one) for name, one in value.items()}
        return value
