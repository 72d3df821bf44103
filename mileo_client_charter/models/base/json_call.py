"""What a call over ``/json/2`` says of documents of ours is checked before it is made: its ids, and the values of ``create`` and ``write``.

Odoo gives them to the database as they come, whose own error names no field and has the status of a failure of the server, after
which programs send the same again. Names of fields to read and domains are left to Odoo.
"""

import math

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command

from .charter_addons import is_charter_model

LARGEST = 2**31 - 1
# Longer values are shortened in a message.
SHOWN = 100
TEXTS = ("char", "text", "html")


def is_id(value):
    """Return whether ``value`` is a number that a record can have."""
    return type(value) is int and 0 < value <= LARGEST


def is_text(value):
    """Return whether ``value`` is a text that a field can hold, or says that there is none."""
    return value is None or value is False or (isinstance(value, str) and "\0" not in value)


def check_call(env, params):
    """:raise ValidationError: ids that are no numbers, or a value that is none of its field's, of a document of ours"""
    model = env.get(params.get("__model__"))
    if not is_charter_model(model):
        return
    ids = params.get("ids", ())
    for one in ids if isinstance(ids, list | tuple) else [ids]:
        if not is_id(one):
            raise ValidationError(
                env._(
                    "ids: “%s” is not the number of a record. Send a list of numbers, [17] for example.",
                    _shown(one),
                )
            )
    method = params.get("__method__") or ""
    # Odoo takes a step of no record, and answers that it was taken.
    step = getattr(type(model), method, None) if method.startswith("action_") else None
    if step and not ids and not getattr(step, "_api_model", False):
        raise ValidationError(env._("ids: it is missing. Send a list of numbers, [17] for example."))
    argument = {"create": "vals_list", "write": "vals"}.get(method)
    if argument in params:
        given = params[argument]
        for values in given if argument == "vals_list" and isinstance(given, list) else [given]:
            if not isinstance(values, dict):
                raise ValidationError(
                    not_as_wanted(env, argument, given, env._("an object of fields and values"))
                )
            check_values(model, values)


def check_values(model, values):
    """:raise ValidationError: the name of no field, or a value that is none of its field's"""
    for name, value in values.items():
        field = model._fields.get(name)
        if field is None:
            raise ValidationError(model.env._("%s: there is no such field.", name[:SHOWN]))
        if value is not None and value is not False and (wanted := _wanted(model, field, value)):
            raise ValidationError(not_as_wanted(model.env, name, value, wanted))


def not_as_wanted(env, name, value, wanted):
    """Return the sentence that names the field or argument, what was sent, and what is expected."""
    return env._("%(field)s: “%(value)s” is not %(wanted)s.", field=name, value=_shown(value), wanted=wanted)


def _shown(value):
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _wanted(model, field, value):
    """Return what a value of ``field`` has to be, where ``value`` is not; "" where it is."""
    env = model.env
    if field.type == "selection":
        known = [key for key, _label in field._description_selection(env)]
        return "" if value in known else env._("one of %s", ", ".join(known))
    if field.type in ("many2many", "one2many"):
        return "" if _are_rows(env, field, value) else env._("a list of numbers")
    if field.type in ("date", "datetime"):
        return _wanted_moment(model, field, value)
    is_right, wanted = {
        "many2one": (is_id(value), env._("a number")),
        "many2one_reference": (type(value) is int and 0 <= value <= LARGEST, env._("a number")),
        "integer": (type(value) is int and abs(value) <= LARGEST, env._("a number")),
        "float": (_is_figure(value), env._("a number")),
        "monetary": (_is_figure(value), env._("a number")),
        "boolean": (isinstance(value, bool) or value in (0, 1), env._("true or false")),
        **dict.fromkeys(TEXTS, (is_text(value), env._("text"))),
    }.get(field.type, (True, ""))
    return "" if is_right else wanted


def _is_figure(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _wanted_moment(model, field, value):
    # Some documents read more ways to write a moment than Odoo, and refuse the others by the name of the field.
    if field.type == "datetime" and hasattr(model, "_charter_moment"):
        return ""
    try:
        (fields.Date.to_date if field.type == "date" else fields.Datetime.to_datetime)(value)
    except (ValueError, TypeError):
        return (
            model.env._("a date, such as 2026-10-05")
            if field.type == "date"
            else model.env._("a moment in UTC, such as 2026-10-05 08:00:00")
        )
    return ""


def _are_rows(env, field, value):
    """Return whether ``value`` is a list of ids, or of Odoo's commands; the values of rows to make or to write are checked too."""
    if not isinstance(value, list | tuple):
        return False
    for one in value:
        if is_id(one):
            continue
        if not isinstance(one, list | tuple) or not one or type(one[0]) is not int:
            return False
        kind, row, given = (*one, None, None)[:3]
        if kind in (Command.CREATE, Command.UPDATE):
            if not isinstance(given, dict) or (kind == Command.UPDATE and not is_id(row)):
                return False
            check_values(env[field.comodel_name], given)
        elif kind in (Command.DELETE, Command.UNLINK, Command.LINK):
            if not is_id(row):
                return False
        elif kind == Command.SET:
            if not isinstance(given, list | tuple) or not all(map(is_id, given)):
                return False
        elif kind != Command.CLEAR:
            return False
    return True
