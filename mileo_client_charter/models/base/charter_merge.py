"""Merge contacts and keep every row that proves something.

Core's wizard points every foreign key at the contact that stays, and deletes the rows of whichever table refuses it. Here
the rows of the charter are moved first: where two of them would break a rule of uniqueness, their model says what becomes of
them (``_charter_merge_rules``); what it does not say is refused in words. The rules, foreign keys and references are read from
the database's catalogue and the registry, so that one written next year is asked about automatically.
"""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, unique

from .charter_addons import charter_addons, keeps_charter_rows
from .charter_engine_sql import engine_sql
from .charter_merge_columns import Link, Reference

# The mark of a merge under way: like the engine's, nothing outside this process can send it.
MERGE = object()
# What a model says of a rule that is never to be folded: the merge is refused in the words of the rule.
REFUSE = "refuse"


class Merge(NamedTuple):
    """A merge under way: ids of the contacts that vanish and of the one that stays, and the columns that name contacts."""

    sources: tuple
    target: int
    columns: dict  # {table: {column: Link or Reference}}

    @property
    def everybody(self):
        return [*self.sources, self.target]


class Rule(NamedTuple):
    """A unique index or an exclusion constraint, as the catalogue has it."""

    table: str
    name: str  # without the table's prefix, as the model declares it
    parts: list  # SQL expressions compared
    operators: list  # how, for an exclusion; None: equality
    predicate: str  # rows it is about; None: all
    nulls_equal: bool
    columns: frozenset  # the columns it reads


class CharterMergeMixin(models.AbstractModel):
    """For a model whose rows may be two of one kind once two contacts are one."""

    _name = "charter.merge.mixin"
    _description = "Rows that a merge of contacts folds"

    # {name of a unique index or exclusion constraint of the model: name of the method that folds, or "refuse"}. The method is
    # given a list of recordsets that would break the rule, and the Merge; afterwards none may break it any more.
    _charter_merge_rules = {}
    # True: ``active`` is the merge's, and hides a row that another one stands for.
    _charter_merge_hides = False

    merged_from = fields.Integer(
        "Merged from contact",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="Record number of the contact this row belonged to when the two contacts were merged and "
        "another row of the same type was there already. It stays on record, and counts for no "
        "rule of uniqueness.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._charter_check_merge_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._charter_check_merge_fields(vals)
        # What reacts to the change is not the merge.
        return super(CharterMergeMixin, self.with_context(charter_merge=None)).write(vals)

    def _valid_field_parameter(self, field, name):
        return name == "charter_engine" or super()._valid_field_parameter(field, name)

    def _charter_check_merge_fields(self, vals):
        owned = {"merged_from", "active"} if self._charter_merge_hides else {"merged_from"}
        for name in owned & vals.keys():
            if vals[name] != (name == "active") and self.env.context.get("charter_merge") is not MERGE:
                raise AccessError(
                    self.env._(
                        "%(model)s: “%(field)s” (%(name)s) is written when contacts are merged, never by editing.",
                        model=self._charter_model_name(),
                        field=self._fields[name]._description_string(self.env),
                        name=name,
                    )
                )

    def _charter_merge_engine(self):
        engine = self._charter_engine() if hasattr(self, "_charter_engine") else self.sudo()
        return engine.with_context(charter_merge=MERGE, active_test=False)

    def _charter_set_aside(self, merge, field="partner_id"):
        """Keep these rows on record beside the one that stands for them, out of the rule."""
        for row in self._charter_merge_engine():
            values = {"merged_from": row[field].id}
            if self._charter_merge_hides:
                values["active"] = False
            row.write(values)
        self.flush_recordset()


class CharterMerge(models.AbstractModel):
    _name = "charter.merge"
    _description = "Merge of contacts"

    # -- the catalogue ----------------------------------------------------------------------------

    @api.model
    def _addons(self):
        """Return names of the addons whose tables are ours: this one and all that build on it."""
        return charter_addons(self.env.registry)

    @api.model
    def _tables(self):
        """Return {table: model} of the rows that are ours, transient ones and readings left out."""
        return {model._table: name for name, model in self.env.items() if keeps_charter_rows(model)}

    @api.model
    def _links(self):
        """Return {table: columns that are foreign keys to contacts}, of every table of the database."""
        links = defaultdict(list)
        for table, column in self.env["base.partner.merge.automatic.wizard"]._get_fk_on("res_partner"):
            links[table].append(column)
        return links

    @api.model
    def _references(self):
        """Return [(table, column of the model's name, column of its id)] of every stored generic reference."""
        found = []
        for model in self.env.values():
            if model._abstract or not model._auto or model._transient:
                continue
            for name, field in model._fields.items():
                if not field.store or not field.column_type:
                    continue
                if field.type == "many2one_reference":
                    kind = field.model_field
                elif field.type == "integer" and name.endswith("res_id"):
                    kind = f"{name[:-2]}model"
                else:
                    continue
                kind = model._fields.get(kind)
                if kind is not None and kind.store and kind.type in ("char", "selection"):
                    found.append((model._table, kind.name, name))
        return found

    @api.model
    def _rules(self, tables=None):
        """Return every unique index and exclusion constraint of ``tables`` (ours by default). :return: list of Rule"""
        self.env.cr.execute(
            SQL(
                """
            SELECT owner.relname, index_class.relname,
                   ARRAY(SELECT pg_get_indexdef(indexed.indexrelid, place, true)
                           FROM generate_series(1, indexed.indnkeyatts) place ORDER BY place),
                   (SELECT array_agg(pg_operator.oprname ORDER BY compared.place)
                      FROM unnest(con.conexclop) WITH ORDINALITY AS compared (id, place)
                      JOIN pg_operator ON pg_operator.oid = compared.id),
                   pg_get_expr(indexed.indpred, indexed.indrelid, true),
                   COALESCE((to_jsonb(indexed) ->> 'indnullsnotdistinct')::bool, false),
                   ARRAY(SELECT DISTINCT attribute.attname FROM pg_attribute attribute
                          WHERE attribute.attrelid = indexed.indrelid AND attribute.attnum > 0
                            AND (attribute.attnum = ANY(indexed.indkey::int2[])
                                 OR EXISTS (SELECT 1 FROM pg_depend depends
                                             WHERE depends.objid IN (indexed.indexrelid, con.oid) AND depends.refobjid = indexed.indrelid
                                               AND depends.refobjsubid = attribute.attnum)))
              FROM pg_index indexed
              JOIN pg_class index_class ON index_class.oid = indexed.indexrelid
              JOIN pg_class owner ON owner.oid = indexed.indrelid AND owner.relnamespace = current_schema::regnamespace
              LEFT JOIN pg_constraint con ON con.conindid = indexed.indexrelid AND con.conrelid = owner.oid AND con.contype IN ('u', 'x')
             WHERE (indexed.indisunique OR indexed.indisexclusion) AND NOT indexed.indisprimary AND owner.relname = ANY(%(tables)s)
             ORDER BY 1, 2
            """,
                tables=list(self._tables() if tables is None else tables),
            ),
        )
        return [
            Rule(
                table,
                name.removeprefix(f"{table}_"),
                parts,
                operators,
                predicate,
                nulls_equal,
                frozenset(columns),
            )
            for table, name, parts, operators, predicate, nulls_equal, columns in self.env.cr.fetchall()
        ]

    @api.model
    def _partner_columns(self):
        """Return {table: {column: how it names a contact}}, of every table of the database"""
        columns = defaultdict(dict)
        for table, names in self._links().items():
            columns[table] = {name: Link(name) for name in names}
        for table, kind, number in self._references():
            columns[table][number] = Reference(kind, number)
        return dict(columns)

    @api.model
    def _partner_rules(self, columns=None):
        """Return the rules of ours that a merge of contacts may break: [(Rule, model name)]"""
        tables, columns = self._tables(), columns or self._partner_columns()
        return [
            (rule, tables[rule.table])
            for rule in self._rules(tables)
            if rule.columns & columns.get(rule.table, {}).keys()
        ]

    # -- before -----------------------------------------------------------------------------------

    @api.model
    def _check(self, columns, sources, target):
        """Refuse what would give one client what another said, or a company what another one owes.

        :raise UserError: what hangs on which contact, and what to do instead
        """
        everybody = sources | target
        parent = target.parent_id or sources.parent_id[-1:]
        own = any(everybody.mapped("is_company")) or not parent
        client = target if own else parent.commercial_partner_id
        for partner in everybody:
            was = partner.commercial_partner_id
            if client == (target if was == partner else was):
                continue
            hanging = self._hanging(columns, partner)
            if hanging:
                raise UserError(
                    self.env._(
                        "%(contact)s belongs to %(was)s, and would become part of %(client)s with what %(was)s "
                        "has received and sent: %(rows)s. Only contacts of one client can be merged: archive "
                        "this one instead, and record the person as a new contact of %(client)s.",
                        contact=partner.display_name,
                        was=was.name,
                        client=client.name,
                        rows=self._in_words(hanging),
                    )
                )
        company = target.company_id or sources.company_id[-1:]
        if company:
            for partner in everybody:
                strange = self._hanging(columns, partner, other_than=company)
                if strange:
                    raise UserError(
                        self.env._(
                            "%(contact)s has rows of another company than %(company)s, the one the merged contact would "
                            "belong to: %(rows)s. Empty the field Company of these contacts first, then merge them.",
                            contact=partner.display_name,
                            company=company.name,
                            rows=self._in_words(strange),
                        )
                    )

    @api.model
    def _hanging(self, columns, partner, other_than=None):
        """Return {model name: number of rows} of the charter that name ``partner``.

        :param columns: _partner_columns()
        :param other_than: count only the rows of companies other than this one
        """
        found = {}
        for table, name in {**self._tables(), "contract_contract": "contract.contract"}.items():
            names = columns.get(table)
            if not names or name == "charter.merged.contact":
                # Who somebody was before is nothing a client has received or sent.
                continue
            condition = SQL("(%s)", SQL(" OR ").join(how.of([partner.id]) for how in names.values()))
            if table == "contract_contract":
                # A neighbour's table: the contracts under the charter alone are ours.
                condition = SQL("%s AND charter_tier_id IS NOT NULL", condition)
            if other_than is not None:
                field = self.env[name]._fields.get("company_id")
                if field is None or not field.store:
                    continue
                condition = SQL(
                    "%(condition)s AND company_id != %(other_than_id)s",
                    condition=condition,
                    other_than_id=other_than.id,
                )
            [[count]] = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %(table)s WHERE %(condition)s",
                    table=SQL.identifier(table),
                    condition=condition,
                )
            )
            if count:
                found[name] = count
        if not found and other_than is None and self._of_charter(partner.commercial_partner_id):
            # Who moves takes its access along: it would read another client's pages.
            users = partner.with_context(active_test=False).sudo().user_ids.filtered("share")
            if users:
                found["res.users"] = len(users)
        return found

    @api.model
    def _of_charter(self, client):
        return bool(
            self.env["contract.contract"]
            .sudo()
            .with_context(active_test=False)
            .search_count(
                [("commercial_partner_id", "=", client.id), ("charter_tier_id", "!=", False)], limit=1
            )
        )

    @api.model
    def _in_words(self, hanging):
        names = {
            model.model: model.name
            for model in self.env["ir.model"].sudo().search([("model", "in", list(hanging))])
        }
        return ", ".join(f"{names[name]}: {count}" for name, count in hanging.items())

    # -- the merge --------------------------------------------------------------------------------

    @api.model
    def _merge(self, sources, target):
        """Move everything of ours that names ``sources`` to ``target``; afterwards core finds nothing left to delete.

        :raise UserError: what cannot be merged, and what to do instead
        """
        merge = Merge(tuple(sources.ids), target.id, self._partner_columns())
        self.env.flush_all()
        self._check(merge.columns, sources, target)
        for rule, name in self._partner_rules(merge.columns):
            groups = self._colliding(rule, merge)
            if groups:
                self._fold(rule, name, groups, merge)
        self.env["charter.merged.contact"]._remember(sources, target)
        self.env.flush_all()
        self._move(merge)
        self.env.invalidate_all()

    @api.model
    def _fold(self, rule, name, groups, merge):
        model = self.env[name].sudo().with_context(active_test=False)
        policy = getattr(model, "_charter_merge_rules", {}).get(rule.name, REFUSE)
        rows = [model.browse(ids) for ids in groups]
        if policy != REFUSE:
            getattr(model, policy)(rows, merge)
            self.env.flush_all()
            rows = [model.browse(ids) for ids in self._colliding(rule, merge)]
        if rows:
            rule_object = model._table_objects.get(f"{rule.table}_{rule.name}")
            raise UserError(
                self.env._(
                    "These contacts cannot be merged: %(model)s “%(one)s” (no. %(first)s) and “%(other)s” (no. %(second)s) "
                    "cannot both be of one contact. %(rule)s Change, end or archive one of them, then merge again.",
                    model=model._charter_model_name(),
                    one=rows[0][0].display_name,
                    first=rows[0][0].id,
                    other=rows[0][1].display_name,
                    second=rows[0][1].id,
                    rule=rule_object.get_error_message(model) if rule_object else rule.name,
                )
            )

    @api.model
    def _colliding(self, rule, merge):
        """Return lists of ids of the rows that would break ``rule`` if the contacts were one."""
        moved = merge.columns[rule.table]
        touched = SQL(" OR ").join(SQL("(%s)", condition.of(merge.everybody)) for condition in moved.values())
        columns = SQL(", ").join(
            SQL("%(value)s AS %(name)s", value=moved[name].value(merge), name=SQL.identifier(name))
            if name in moved
            else SQL.identifier(name)
            for name in unique(["id", *sorted(rule.columns)])
        )
        keys = SQL(", ").join(
            SQL("%(condition)s AS k%(number)s", condition=SQL(part.replace("%", "%%")), number=number)
            for number, part in enumerate(rule.parts)
        )
        rows = SQL(
            "SELECT id, %(keys)s FROM (SELECT %(columns)s FROM %(table)s WHERE %(touched)s) AS moved WHERE %(condition)s",
            keys=keys,
            columns=columns,
            table=SQL.identifier(rule.table),
            touched=touched,
            condition=SQL((rule.predicate or "true").replace("%", "%%")),
        )
        names = [SQL("k%s", number) for number in range(len(rule.parts))]
        if rule.operators is None:
            known = (
                SQL("true")
                if rule.nulls_equal
                else SQL(" AND ").join(SQL("%s IS NOT NULL", key) for key in names)
            )
            found = self.env.execute_query(
                SQL(
                    "SELECT array_agg(id ORDER BY id) FROM (%(rows)s) AS row WHERE %(known)s GROUP BY %(names)s HAVING count(*) > 1 ORDER BY 1",
                    rows=rows,
                    known=known,
                    names=SQL(", ").join(names),
                )
            )
            return [ids for [ids] in found]
        pairs = self.env.execute_query(
            SQL(
                "WITH row AS (%(rows)s) SELECT one.id, other.id FROM row one JOIN row other ON one.id < other.id AND %(conditions)s ORDER BY 1, 2",
                rows=rows,
                conditions=SQL(" AND ").join(
                    SQL("one.%(key)s %(operator)s other.%(key)s", key=key, operator=SQL(operator))
                    for key, operator in zip(names, rule.operators, strict=True)
                ),
            )
        )
        groups = []
        for one, other in pairs:
            together = [group for group in groups if one in group or other in group]
            groups = [group for group in groups if group not in together]
            groups.append({one, other}.union(*together))
        return [sorted(group) for group in groups]

    @api.model
    def _move(self, merge):
        """Point every row of ours, and every generic reference of the database, to the contact that stays.

        Core moves files, followers, messages and external ids itself: their own rules of uniqueness are its to keep. It
        would move the activities that are still to do, and delete those that are done.
        """
        tables = self._tables()
        core = {"ir_attachment", "mail_followers", "mail_message", "ir_model_data"}
        for table, moved in sorted(merge.columns.items()):
            if table in core:
                continue
            if table not in tables:
                moved = {column: how for column, how in moved.items() if isinstance(how, Reference)}
            if not moved:
                continue
            rows = engine_sql(
                self.env,
                SQL(
                    "UPDATE %(table)s SET %(moves)s WHERE %(concerned)s RETURNING id",
                    table=SQL.identifier(table),
                    moves=SQL(", ").join(
                        SQL("%(column)s = %(value)s", column=SQL.identifier(column), value=how.value(merge))
                        for column, how in moved.items()
                    ),
                    concerned=SQL(" OR ").join(SQL("(%s)", how.of(merge.sources)) for how in moved.values()),
                ),
            )
            if rows and table in tables:
                self._recompute(tables[table], [row for [row] in rows], moved)

    @api.model
    def _recompute(self, name, ids, columns):
        """Compute again what depends on a contact; what the engine wrote once stays as it was written."""
        model = self.env[name].sudo().with_context(active_test=False)
        self.env.invalidate_all(flush=False)
        if not getattr(model, "_charter_engine_only", False):
            model.browse(ids).modified([column for column in columns if column in model._fields])
