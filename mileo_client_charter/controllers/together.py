"""Several counts of a page in one statement, each with the rights of the user who asks."""

from datetime import date, datetime
from typing import NamedTuple

from odoo.tools import SQL

PARSED = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}


class Asked(NamedTuple):
    """What is counted: rows of a model, one group a value of ``groupby`` where there is one, as ``_read_group`` names things."""

    model: str
    domain: object
    groupby: str = ""
    aggregates: tuple = ("__count",)


def count_together(env, **asked):
    """Return {name: rows} of every ``Asked``: what ``_read_group`` gives for each, by one statement for all of them.

    Only values of a selection are grouped by, and what is counted or the least of its kind: nothing that needs a second look.

    :raise AccessError: the user may not read one of the models
    """
    parts = [SQL("(%s)", _select(env[one.model], name, one)) for name, one in asked.items()]
    found = {name: [] for name in asked}
    for name, values in env.execute_query(SQL(" UNION ALL ").join(parts)):
        one = asked[name]
        parsed = [
            _parsed(env[one.model], spec, value)
            for spec, value in zip(one.aggregates, values[1:], strict=True)
        ]
        found[name].append((values[0], *parsed) if one.groupby else tuple(parsed))
    return found


def _select(records, name, one):
    records.browse().check_access("read")
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


def _parsed(records, spec, value):
    parse = PARSED.get(records._fields[spec.partition(":")[0]].type) if spec.endswith(":min") else None
    return parse(value) if parse and value else value
