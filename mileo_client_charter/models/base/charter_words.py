"""Sentences of the program that are stored: the term and its values, translated for each reader."""

import json
import re
from datetime import date, datetime

from odoo import fields, models
from odoo.tools.translate import LazyGettext, get_translation

from .charter_format import day_text, moment_text

MARK = '{"term": '
# A record among the values of a term, as ``stored`` writes it.
RECORD = re.compile(r'"record": \["([\w.]+)", (\d+)\]')
TYPED = '{ "term": '


class Kept(str):
    """A text that holds terms of ours, put together from what ``stored`` gave: written as it is."""

    __slots__ = ()


def stored(words):
    """Return what a column keeps of ``words``: text as it is, a term of ``LazyTranslate`` with its module and its values.

    A day or a moment (naive UTC) is kept as such, and written as the reader writes them; a record is kept as such, and named as the reader names it.
    What somebody typed is never taken for a term, which would name any record to whoever reads it: a space breaks the mark.
    """
    if isinstance(words, str) and not isinstance(words, Kept):
        return words.replace(MARK, TYPED)
    if not isinstance(words, LazyGettext):
        return words
    values = words._args
    pairs = values.items() if isinstance(values, dict) else enumerate(values or ())
    kept = {str(name): _kept(value) for name, value in pairs}
    return Kept(
        json.dumps({"term": words._source, "module": words._module, "values": kept}, ensure_ascii=False)
    )


def listed(several):
    """Return what a column keeps of several texts or terms, with commas between them."""
    return Kept(", ".join(stored(one) for one in several))


class Choice(tuple):
    """A key of a selection as a value of a term: read as its label, in the reader's language."""

    __slots__ = ()

    def __new__(cls, records, field, key):
        return super().__new__(cls, (records._name, field, key))


def _kept(value):
    if isinstance(value, (LazyGettext, Kept)):
        return {"words": stored(value)}
    if isinstance(value, models.BaseModel):
        return {"record": [value._name, value.id]}
    if isinstance(value, Choice):
        return {"choice": list(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat(sep=" ", timespec="seconds")}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (str, Exception)) or value is None:
        return str(value)
    raise TypeError(
        f"{value!r} cannot be kept as a value of a sentence: give a text, a number, a day, a record or a term."
    )


def in_words(env, text):
    """Return what was ``stored``, in the language of ``env``; a text that somebody typed stays as it is. Of several lines, each."""
    if not text or MARK not in text:
        return text
    named = _names(env, text)
    return "\n".join(_line(env, line, named) for line in text.split("\n"))


def _names(env, text):
    """Return {(model, id): name} of the records a text names, to whoever may read the sentence: two statements a model."""
    found = {}
    for model, number in RECORD.findall(text):
        found.setdefault(model, set()).add(int(number))
    return {
        (model, record.id): record.display_name
        for model, numbers in found.items()
        if model in env
        for record in env[model].sudo().browse(sorted(numbers)).exists()
    }


def _line(env, line, named):
    before, mark, rest = line.partition(MARK)
    if not mark:
        return line
    try:
        said, end = json.JSONDecoder().raw_decode(mark + rest)
        values = {name: _as_text(env, value, named) for name, value in said["values"].items()}
        given = tuple(values.values()) if all(name.isdigit() for name in values) else values
        text = get_translation(said["module"], env.lang or "en_US", said["term"], given)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Nothing of ours: somebody typed it.
        return line
    return before + text + _line(env, (mark + rest)[end:], named)


def _as_text(env, value, named):
    if isinstance(value, dict) and "day" in value:
        return day_text(env, value["day"], "d MMMM y")
    if isinstance(value, dict) and "moment" in value:
        return moment_text(env, value["moment"], env.context.get("tz") or env.user.tz, "d MMM y, HH:mm")
    if isinstance(value, dict) and "words" in value:
        return in_words(env, value["words"])
    if isinstance(value, dict) and "choice" in value:
        model, name, key = value["choice"]
        field = env[model]._fields.get(name) if model in env else None
        return (
            dict(field._description_selection(env)).get(key, key)
            if field and field.type == "selection"
            else key
        )
    if isinstance(value, dict) and "record" in value:
        model, number = value["record"]
        return named.get((model, number)) or "—"
    return value


def _entering(value, validate):
    """Return ``value`` as it is stored; one that is not validated comes from the cache, where it is kept already, unless it is a term."""
    return stored(value) if validate or isinstance(value, LazyGettext) else value


class _KeepsTerms:
    """A text that the program says, or that somebody typed: read in the language of whoever reads it.

    Written with a term (``_lt("…", value)``), it keeps the term; searches and SQL see what is kept, and sealed rows are
    the same to the byte whatever the language. With ``charter_words_stored`` in the context it is read as it is kept.
    """

    def convert_to_cache(self, value, record, validate=True):
        return super().convert_to_cache(_entering(value, validate), record, validate)

    def convert_to_column(self, value, record, values=None, validate=True):
        return super().convert_to_column(_entering(value, validate), record, values, validate)

    def convert_to_record(self, value, record):
        value = super().convert_to_record(value, record)
        return value if record.env.context.get("charter_words_stored") else in_words(record.env, value)


class Words(_KeepsTerms, fields.Char):
    """One line."""


class LongWords(_KeepsTerms, fields.Text):
    """Several lines, each translated separately."""


def as_stored(record, name):
    """Return what the field ``name`` of ``record`` keeps, to add to it or to write it elsewhere."""
    return Kept(record.with_context(charter_words_stored=True)[name] or "")
