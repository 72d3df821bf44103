"""A company of any size from a small one: the rows of some clients, and all that hangs on them, copied in SQL.

What Odoo made for the first clients is what it would have made for the others; making it for twenty thousand by the ORM would take hours and
measure something else.
"""

# Of Odoo's own, what hangs on a client and is read by a scheduled action.
BESIDE = {"res_partner", "contract_contract", "contract_line", "mail_activity"}
# Not copied: the chain of seals says who was first, and the rest is about the company.
NEVER = {"charter_seal", "charter_seal_due", "charter_settled", "charter_document", "charter_tier", "charter_commitment"}  # fmt: skip

LINKS = """
SELECT link.conrelid::regclass::text, held.attname, link.confrelid::regclass::text
  FROM pg_constraint AS link
  JOIN pg_attribute AS held ON held.attrelid = link.conrelid AND held.attnum = link.conkey[1]
 WHERE link.contype = 'f' AND array_length(link.conkey, 1) = 1
"""
UNIQUE = """
SELECT unique_index.indrelid::regclass::text, array_agg(held.attname::text), array_agg(held.atttypid::regtype::text)
  FROM pg_index AS unique_index
  JOIN pg_attribute AS held ON held.attrelid = unique_index.indrelid AND held.attnum = ANY(unique_index.indkey)
 WHERE unique_index.indisunique AND NOT unique_index.indisprimary
 GROUP BY unique_index.indexrelid, unique_index.indrelid
"""
COLUMNS = """
SELECT column_name, is_generated FROM information_schema.columns
 WHERE table_schema = current_schema AND table_name = %s ORDER BY ordinal_position
"""


def multiply(bench, clients, copies):
    """Copy ``clients`` (ids of companies), their contacts and all the charter has of them, ``copies`` times; committed."""
    with bench.transaction(commit=True) as env:
        cr = env.cr
        cr.execute(LINKS)
        links = [row for row in cr.fetchall() if _copied(row[0])]
        rows = _closure(env, links, clients)
        texts = _unique_texts(cr, rows, links)
        # Numbers of a copy are those of its original and so many more, times the number of the copy.
        stride = 1 + max(max(numbers) for numbers in rows.values() if numbers)
        for table in _in_order(rows, links):
            _copy(env, table, rows, links, texts.get(table, ()), copies, stride)
    bench.sql("VACUUM ANALYZE")


def _copied(table):
    return table in BESIDE or (table.startswith("charter_") and table not in NEVER)


def _closure(env, links, clients):
    """{table: ids, or for a table of links None} of all that is the clients'."""
    cr = env.cr
    cr.execute("SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)", [clients])
    rows = {"res_partner": {number for (number,) in cr.fetchall()}}
    grown = True
    while grown:
        grown = False
        for table, column, target in links:
            if not rows.get(target):
                continue
            cr.execute("SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'", [table])
            if not cr.rowcount:
                rows.setdefault(table, None)
                continue
            cr.execute(f'SELECT id FROM "{table}" WHERE "{column}" = ANY(%s)', [list(rows[target])])
            found = {number for (number,) in cr.fetchall()} - rows.setdefault(table, set())
            rows[table] |= found
            grown = grown or bool(found)
        for table in [one for one in rows if rows[one] and one != "mail_activity"]:
            model = _model_of(env, table)
            cr.execute(
                "SELECT id FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)",
                [model, list(rows[table])],
            )
            found = {number for (number,) in cr.fetchall()} - rows.setdefault("mail_activity", set())
            rows["mail_activity"] |= found
            grown = grown or bool(found)
    return {table: numbers for table, numbers in rows.items() if numbers is None or numbers}


def _model_of(env, table):
    return next(
        (name for name, model in env.registry.items() if model._table == table and not model._abstract), ""
    )


def _unique_texts(cr, rows, links):
    """{table: columns of text that a copy has to differ in}: of unique indexes that no shifted number is part of."""
    shifted = {(table, column) for table, column, target in links if target in rows}
    found = {}
    cr.execute(UNIQUE)
    for table, columns, types in cr.fetchall():
        if table in rows and not any((table, one) in shifted or one in ("res_id", "id") for one in columns):
            texts = [
                one for one, kind in zip(columns, types, strict=True) if kind in ("character varying", "text")
            ]
            found.setdefault(table, set()).update(texts)
    return found


def _in_order(rows, links):
    """Tables, those that are referred to first; links within one table are no reason to wait."""
    waiting, done = dict.fromkeys(rows), []
    while waiting:
        ready = [
            table
            for table in waiting
            if not any(t == table and target != table and target in waiting for t, _column, target in links)
        ]
        # A ring of tables: foreign keys are checked at the end of each statement, so that the first of it has to be told.
        for table in ready or list(waiting)[:1]:
            done.append(table)
            del waiting[table]
    return done


def _copy(env, table, rows, links, texts, copies, stride):
    cr = env.cr
    cr.execute(COLUMNS, [table])
    targets = {column: target for t, column, target in links if t == table and target in rows}
    models = [_model_of(env, one) for one in rows if rows[one]]
    names, values = [], []
    for column, generated in cr.fetchall():
        if generated == "ALWAYS":
            continue
        value = f'row."{column}"'
        if column == "id":
            value += " + copy * %(stride)s"
        elif column in targets and rows[targets[column]]:
            value = f"CASE WHEN {value} = ANY(%({targets[column]})s) THEN {value} + copy * %(stride)s ELSE {value} END"
        elif column == "res_id":
            value = f'CASE WHEN row."res_model" = ANY(%(models)s) THEN {value} + copy * %(stride)s ELSE {value} END'
        elif column in texts:
            value = f"{value} || '-' || copy"
        names.append(f'"{column}"')
        values.append(value)
    params = {"stride": stride, "copies": copies, "models": models}
    params |= {target: list(rows[target]) for target in {*targets.values(), table} if rows.get(target)}
    if rows[table] is None:
        [column, target] = next((c, t) for c, t in targets.items() if rows[t])
        where = f'row."{column}" = ANY(%({target})s)'
    else:
        where = f"row.id = ANY(%({table})s)"
    # What a document of one client may hold is checked number by number, in its frozen rows too, which are those of the original.
    cr.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE 'charter\\_own%%'",
        [table],
    )
    own = [name for (name,) in cr.fetchall()]
    for name in own:
        cr.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
    cr.execute(
        f'INSERT INTO "{table}" ({", ".join(names)}) SELECT {", ".join(values)} FROM "{table}" AS row, '
        f"generate_series(1, %(copies)s) AS copy WHERE {where} ORDER BY copy",
        params,
    )
    for name in own:
        cr.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"')
    if rows[table] is not None:
        cr.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM \"{table}\"))", [table]
        )
