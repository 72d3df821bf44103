"""One client a document: what the registry says about whose a row is, held against every row of the database."""

from odoo.tools import SQL

from ...models.base.charter_own_client import is_of_clients, owner_of


def links(env):
    """[(model, field)] of the links between rows of clients: many2one and many2many to a model whose rows have a client."""
    found = []
    for name in sorted(env.registry):
        model = env[name]
        if not is_of_clients(model):
            continue
        for field in model._fields.values():
            if (
                not field.store
                or field.type not in ("many2one", "many2many")
                or field.comodel_name not in env
            ):
                continue
            target = env[field.comodel_name]
            if is_of_clients(target):
                found.append((model, field))
    return found


def references(env):
    """[model] of those whose rows name any document by ``res_model`` and ``res_id``."""
    return [
        env[name]
        for name in sorted(env.registry)
        if is_of_clients(env[name]) and {"res_model", "res_id"} <= env[name]._fields.keys()
    ]


def foreign_rows(env):
    """[“model.field: row of a client → row of another”] over the whole database; empty is right."""
    env.flush_all()
    wrong = []

    def ask(label, source, target, join):
        env.cr.execute(
            SQL(
                "SELECT s.id, t.id FROM %s s %s WHERE s.%s IS NOT NULL AND t.%s IS NOT NULL AND s.%s != t.%s LIMIT 5",
                SQL.identifier(source._table),
                join,
                *(SQL.identifier(name) for name in (owner_of(source), owner_of(target)) * 2),
            )
        )
        wrong.extend(f"{label}: {row} → {other}" for row, other in env.cr.fetchall())

    for model, field in links(env):
        target = env[field.comodel_name]
        if field.type == "many2one":
            join = SQL("JOIN %s t ON t.id = s.%s", SQL.identifier(target._table), SQL.identifier(field.name))
        else:
            join = SQL(
                "JOIN %s l ON l.%s = s.id JOIN %s t ON t.id = l.%s",
                *map(SQL.identifier, (field.relation, field.column1, target._table, field.column2)),
            )
        ask(f"{model._name}.{field.name}", model, target, join)
    for model in references(env):
        env.cr.execute(SQL("SELECT DISTINCT res_model FROM %s", SQL.identifier(model._table)))
        for (name,) in env.cr.fetchall():
            if name in env and is_of_clients(env[name]):
                join = SQL(
                    "JOIN %s t ON s.res_model = %s AND t.id = s.res_id",
                    SQL.identifier(env[name]._table),
                    name,
                )
                ask(f"{model._name} of {name}", model, env[name], join)
    return wrong


def foreign_frozen_rows(env, since):
    """[“report 4: charter.feedback 7”] of what reports computed since a moment have frozen and is another client's."""
    wrong = []
    for report in env["charter.report"].sudo().search([("computed_at", ">=", since)]):
        for path, name in report._charter_frozen_rows["table"].items():
            part = report.table
            for step in path.split("."):
                part = part.get(step) or {}
            rows = env[name].sudo().browse(row["id"] for row in part or ())
            wrong += [
                f"report {report.id}: {name} {row.id}"
                for row in rows
                if row[owner_of(rows)] != report.partner_id
            ]
    return wrong
