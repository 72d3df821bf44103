"""Several counts and readings of a page in one statement, each with the rights of whoever asks."""

from datetime import date, datetime
from types import NoneType
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

PARSED = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}
# Types whose column is, in JSON, what Odoo keeps of it in memory, but for those that are PARSED.
AS_IT_IS = {
    "boolean",
    "char",
    "float",
    "html",
    "integer",
    "many2one",
    "many2one_reference",
    "selection",
    "text",
}

PLURAL = (tuple, list, set, frozenset, OrderedSet)
PLAIN = (str, int, float, date, NoneType)


class Asked(NamedTuple):
    """What is counted: rows of a model, one group a value of ``groupby`` where there is one, as ``_read_group`` names things."""

    model: str
    domain: object
    groupby: str = ""
    aggregates: tuple = ("__count",)


class Rows(NamedTuple):
    """What is read: as ``search_fetch`` of ``records`` (empty, with the rights to read with) would, stored columns only."""

    records: object
    domain: object
    names: tuple
    order: str | None = None
    limit: int | None = None


def read_together(env, **asked):
    """Return {name: rows} of every ``Asked`` and ``Rows``, by one statement for all of them.

    An ``Asked`` gives what ``_read_group`` does, a ``Rows`` what ``search_fetch`` does: records whose ``names`` are in memory.

    Only values of a selection are grouped by, and what is counted or the least of its kind: nothing that needs a second look.

    :raise AccessError: one of the models or fields may not be read with these rights
    """
    parts = [SQL("(%s)", part) for part in _parts(env, asked)]
    answers = {name: [] for name in asked}
    for name, values in env.execute_query(SQL(" UNION ALL ").join(parts)):
        answers[name].append(values)
    return {name: _FOUND[type(one)](env, one, answers[name]) for name, one in asked.items()}


# -- statements ---------------------------------------------------------------------------------


def _parts(env, asked):
    """Return the part of the statement about each of ``asked``: written once for a reader, and kept until a cache is cleared.

    Writing them is what a page of many parts takes longest for. A part follows from what is asked, the reader's rules, groups and
    context, and from nothing else; what names a moment (a day is none) is another at each request, and not kept.
    """
    kept, readers = env["ir.rule"]._charter_statements(), {}
    for name, one in asked.items():
        records = one.records.browse() if isinstance(one, Rows) else env[one.model]
        own = records.env
        records.check_access("read")
        if own not in readers:
            readers[own] = _reader(own)
        try:
            key = (name, records._name, readers[own], _key(Domain(one.domain)), _key(one[2:]))
        except _Momentary:
            yield _SELECT[type(one)](env, name, one)
            continue
        if key not in kept:
            kept[key] = _SELECT[type(one)](env, name, one)
        yield kept[key]


def _reader(env):
    """Return what a statement owes to who reads it, as a key: what Odoo keeps evaluated rules by, and what else it looks at."""
    rights = () if env.su else (env.user._get_group_ids(), *env["ir.rule"]._compute_domain_context_values())
    return (
        env.uid,
        env.su,
        env.lang,
        env.company.id,
        _key(env.context.get("active_test")),
        _key(rights),
    )


class _Momentary(Exception):
    """What is asked is of this moment, or holds what cannot be compared."""


def _key(value):
    """Return ``value`` (a domain, or what stands in one) as what a dictionary can find again.

    :raise _Momentary: it holds something else than texts, numbers and days
    """
    if isinstance(value, Domain):
        leaves = list(value)
        if any(isinstance(leaf, Domain) for leaf in leaves):
            raise _Momentary
        return tuple(map(_key, leaves))
    if isinstance(value, PLURAL):
        return tuple(map(_key, value))
    if isinstance(value, datetime) or not isinstance(value, PLAIN):
        raise _Momentary
    return type(value), value


# -- counts -------------------------------------------------------------------------------------


def _select_groups(env, name, one):
    records = env[one.model]
    query = records._search(one.domain)
    key = SQL("NULL")
    if one.groupby:
        key = records._read_group_groupby(records._table, one.groupby, query)
        query.groupby = key
    columns = [records._read_group_select(spec, query) for spec in one.aggregates]
    return query.select(
        SQL("%(name)s AS name", name=name),
        SQL("jsonb_build_array(%(key)s, %(columns)s) AS row", key=key, columns=SQL(", ").join(columns)),
    )


def _groups(env, one, rows):
    records = env[one.model]
    found = []
    for row in rows:
        parsed = [_parsed(records, spec, value) for spec, value in zip(one.aggregates, row[1:], strict=True)]
        found.append((row[0], *parsed) if one.groupby else tuple(parsed))
    return found


def _parsed(records, spec, value):
    parse = PARSED.get(records._fields[spec.partition(":")[0]].type) if spec.endswith(":min") else None
    return parse(value) if parse and value else value


# -- rows ---------------------------------------------------------------------------------------


def _select_rows(_env, name, one):
    records = one.records.browse()
    for field in _fields(one):
        records._check_field_access(field, "read")
    query = records._search(one.domain, order=one.order or records._order, limit=one.limit)
    columns = [records._field_to_sql(records._table, column, query) for column in ("id", *one.names)]
    names = [SQL.identifier(f"c{number}") for number in range(len(columns))]
    # Made into JSON once sorted and limited: of ten thousand rows PostgreSQL would write each, to keep three.
    rows = query.select(
        *(
            SQL("%(column)s AS %(name)s", column=column, name=name)
            for column, name in zip(columns, names, strict=True)
        )
    )
    return SQL(
        "SELECT %(name)s AS name, COALESCE(jsonb_agg(jsonb_build_array(%(names)s)), '[]') AS row FROM (%(rows)s) AS found",
        name=name,
        names=SQL(", ").join(names),
        rows=rows,
    )


def _fields(one):
    for name in one.names:
        field = one.records._fields[name]
        if not field.column_type or field.type not in AS_IT_IS | PARSED.keys() or callable(field.translate):
            raise ValueError(f"{field}: read_together has no way to read it; leave it to search_fetch")
        yield field


def _found_rows(_env, one, answers):
    [rows] = answers
    ids, *columns = zip(*rows, strict=True) if rows else [()]
    found = one.records.browse(ids)
    # As _fetch_query does: what waits to be written stays.
    for field, values in zip(_fields(one) if rows else (), columns, strict=True):
        parse = PARSED.get(field.type)
        field._insert_cache(
            found, [parse(value) if value else value for value in values] if parse else values
        )
    return found


_SELECT = {Asked: _select_groups, Rows: _select_rows}
_FOUND = {Asked: _groups, Rows: _found_rows}
