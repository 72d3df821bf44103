"""Seals: a chain of SHA-256 over what has been decided, which the company itself cannot rewrite unnoticed.

Each link of a company's chain is the digest of the link before it and of the canonical content of one row: a decided
obligation, a document that is frozen. A row that changes after it was sealed gets a new link, and the old one stays: a
correction is visible as one. Whoever holds a printed seal (a report prints the head of the chain at its issue) can tell
whether everything before it still is what it was.

The canonical content is ``jsonb_build_array`` of the model's columns as PostgreSQL writes it: the same after a dump is
restored, and in every time zone and language. Links hold digests and a label of codes, states and dates, no person's
name: anonymising a row seals it anew and leaves the chain whole.
"""

import hashlib
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from .charter_batches import one_by_one, run_batches, run_isolated

_logger = logging.getLogger(__name__)

GENESIS = "0" * 64
BATCH = 1000
# A run verifies links this many at a time: what it holds in memory does not grow with the chain.
PAGE = 20_000
# A chain verified less than this long ago is not verified again by the clock.
CHECK_HOURS = 20
# Places of a broken chain that are listed: a chain cut at its beginning would list all of it.
LISTED = 50
KINDS = [("first", "Sealed"), ("change", "Changed since"), ("removed", "Deleted")]
FUNCTION = """
CREATE OR REPLACE FUNCTION charter_seal_due() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO charter_seal_due (model_name, row_id, of_company) VALUES (TG_ARGV[0], OLD.id, OLD.company_id)
        ON CONFLICT (model_name, row_id) DO NOTHING;
    ELSE
        INSERT INTO charter_seal_due (model_name, row_id, of_company) VALUES (TG_ARGV[0], NEW.id, NEW.company_id)
        ON CONFLICT (model_name, row_id) DO NOTHING;
    END IF;
    RETURN NULL;
END
$function$
"""
OPERATIONS = ("insert", "update", "delete")


def link_seal(before, company_id, number, model_name, row_id, kind, sealed_at, label, content):
    """The seal of a link: SHA-256, in hexadecimal, of the seal ``before`` it and of what the link says.

    >>> link_seal(GENESIS, 1, 1, "charter.obligation", 7, "first", "2026-10-05 08:00:00", "", GENESIS)[:16]
    '43941fbb7d7089e1'
    """
    said = (
        f"{before}\n{company_id}\n{number}\n{model_name}\n{row_id}\n{kind}\n{sealed_at}\n{label}\n{content}"
    )
    return hashlib.sha256(said.encode()).hexdigest()


class CharterSealed(models.AbstractModel):
    """A model whose rows are sealed once they are decided or frozen.

    ``_charter_seal_when`` is an SQL condition on the table's own columns, each written ``{row}.name``;
    ``_charter_seal_columns`` are the columns that make the canonical content, in this order for ever (add at the end);
    ``_charter_seal_extra`` are further SQL expressions of it, with ``{row}``, for what lies in other tables;
    ``_charter_seal_label`` is an SQL expression that names the row without naming a person. The table has ``company_id``.
    """

    _name = "charter.sealed.mixin"
    _description = "Sealed once decided"

    _charter_seal_when = None
    _charter_seal_columns = ()
    _charter_seal_extra = ()
    _charter_seal_label = "''"

    def _auto_init(self):
        # A trigger would be in the way of changes to its columns.
        if self._auto and not self._abstract:
            self.env.cr.execute("; ".join(_drop(self._table)))
            self.pool.post_init(self.env["charter.seal"]._hang_triggers)
        return super()._auto_init()

    @api.model
    def _charter_seal_sql(self, template):
        return SQL(template.format(row="row"))

    @api.model
    def _charter_seal_content(self):
        """SQL: the SHA-256, in hexadecimal, of the canonical content of ``row``."""
        columns = [SQL.identifier("row", name) for name in self._charter_seal_columns]
        extra = [self._charter_seal_sql(expression) for expression in self._charter_seal_extra]
        return SQL(
            "encode(sha256(convert_to(jsonb_build_array(%s)::text, 'UTF8')), 'hex')",
            SQL(", ").join([SQL("row.id"), *columns, *extra]),
        )

    @api.model
    def _charter_seal_triggers(self):
        """{name: SQL that makes it}: what puts a row on the list of those to seal, whoever changes it."""
        new, old = (self._charter_seal_when.format(row=row) for row in ("NEW", "OLD"))
        changed = " OR ".join(
            f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in self._charter_seal_columns
        )
        conditions = {
            "insert": f"({new})",
            "update": f"(({new}) OR ({old})) AND ({changed})",
            "delete": f"({old})",
        }
        return {
            f"charter_seal_{verb}": (
                f'CREATE TRIGGER charter_seal_{verb} AFTER {verb.upper()} ON "{self._table}" FOR EACH ROW '
                f"WHEN ({conditions[verb]}) EXECUTE FUNCTION charter_seal_due('{self._name}', "
                f"'{hashlib.sha256((conditions[verb] + FUNCTION).encode()).hexdigest()[:16]}')"
            )
            for verb in OPERATIONS
        }


def _drop(table):
    return [f'DROP TRIGGER IF EXISTS charter_seal_{verb} ON "{table}"' for verb in OPERATIONS]


class CharterSealDue(models.Model):
    """Rows to seal: written by the database whenever a sealed row changes, emptied by the sealing."""

    _name = "charter.seal.due"
    _description = "Row to seal"
    _log_access = False

    model_name = fields.Char(required=True, readonly=True)
    row_id = fields.Integer(required=True, readonly=True)
    of_company = fields.Integer(readonly=True)
    error = fields.Char("Why it cannot be sealed", readonly=True, help="Tried again once a day.")

    _once = models.UniqueIndex("(model_name, row_id)")

    @api.model
    def _take(self, limit=BATCH):
        """Up to ``limit`` rows to seal, locked; those another worker has are left to it."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id FROM charter_seal_due WHERE error IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [limit],
        )
        return self.browse(row_id for (row_id,) in self.env.cr.fetchall())


class CharterSeal(models.Model):
    """One link of a company's chain of seals. All moments are naive UTC.

    The row is named by plain columns: a merge of contacts follows generic references, and a link never changes.
    """

    _name = "charter.seal"
    _description = "Seal"
    _inherit = ["charter.engine.mixin"]
    _charter_engine_only = True
    _order = "company_id, number desc"
    _log_access = False
    _rec_name = "label"

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict", readonly=True)
    number = fields.Integer(required=True, readonly=True)
    model_name = fields.Char("Model", required=True, readonly=True)
    row_id = fields.Integer(required=True, readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    label = fields.Char("What", readonly=True)
    content = fields.Char("Digest of the content", required=True, readonly=True)
    seal = fields.Char(required=True, readonly=True)
    sealed_at = fields.Datetime(required=True, readonly=True)

    _number_once = models.UniqueIndex("(company_id, number)", "A chain has one link of each number.")
    _row_idx = models.Index("(model_name, row_id, number)")

    # -- sealing ------------------------------------------------------------------------------------

    @api.model
    def _sealed_models(self):
        """The models of the registry whose rows are sealed, in order of their names."""
        names = self.pool.descendants(["charter.sealed.mixin"], "_inherit")
        return [
            self.env[name]
            for name in sorted(names)
            if self.env[name]._auto and not self.env[name]._abstract and self.env[name]._charter_seal_when
        ]

    @api.model
    def _cron_seal(self):
        """Seal what has been decided or changed since, in batches of one transaction each."""
        due = self.env["charter.seal.due"]
        waiting = Domain("error", "=", False)
        run_batches(self.env, due._take, self._seal, lambda: due.search_count(waiting, limit=BATCH))

    @api.model
    def _seal(self, due):
        """Seal the rows ``due`` is about; one that cannot be sealed says why on the list, and holds up no other."""
        run_isolated(due, self._seal_rows, lambda row, why: row.write({"error": why}))

    @api.model
    def _seal_rows(self, due):
        """Seal in a number of statements that does not grow with the rows; those that are as they were make no link."""
        cr = self.env.cr
        cr.execute(
            "DELETE FROM charter_seal_due WHERE id = ANY(%s) RETURNING model_name, row_id, of_company",
            [due.ids],
        )
        due = sorted(cr.fetchall())
        # One at a time: each link leans on the one before it.
        cr.execute("SELECT pg_advisory_xact_lock(hashtext('charter.seal'))")
        heads = self._heads({company for _model, _id, company in due if company})
        sealed_at = fields.Datetime.to_string(self._charter_now())
        rows = []
        for name, asked in groupby(due, key=lambda row: row[0]):
            if name in self.env:
                asked = {row_id: company for _name, row_id, company in asked}
                for company, row_id, kind, label, content in self._fresh(self.env[name], asked):
                    number, before = heads.get(company, (0, GENESIS))
                    link = (company, number + 1, name, row_id, kind, sealed_at, label, content)
                    seal = link_seal(before, *link)
                    heads[company] = (number + 1, seal)
                    rows.append((*link, seal))
        if rows:
            cr.execute(
                """
                INSERT INTO charter_seal (company_id, number, model_name, row_id, kind, sealed_at, label, content, seal)
                SELECT * FROM unnest(%s::int[], %s::int[], %s::text[], %s::int[], %s::text[], %s::timestamp[],
                                     %s::text[], %s::text[], %s::text[])
                """,
                [list(column) for column in zip(*rows, strict=True)],
            )

    @api.model
    def _fresh(self, model, asked):
        """(company id, row id, kind, label, content) of the rows of ``model`` that differ from their last link.

        :param asked: {row id: company id as it was when the row changed}
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT row.company_id, row.id, CASE WHEN last.content IS NULL THEN 'first' ELSE 'change' END,
                       left(%(label)s, 200), %(content)s AS content
                  FROM %(table)s AS row
                  LEFT JOIN LATERAL (SELECT content FROM charter_seal
                                      WHERE model_name = %(model)s AND row_id = row.id
                                      ORDER BY number DESC LIMIT 1) AS last ON TRUE
                 WHERE row.id = ANY(%(ids)s) AND (%(when)s OR last.content IS NOT NULL)
                   AND last.content IS DISTINCT FROM %(content)s
                 ORDER BY row.id
                """,
                label=model._charter_seal_sql(model._charter_seal_label),
                content=model._charter_seal_content(),
                table=SQL.identifier(model._table),
                model=model._name,
                ids=list(asked),
                when=model._charter_seal_sql(model._charter_seal_when),
            )
        )
        fresh = self.env.cr.fetchall()
        return fresh + self._gone(model, asked)

    @api.model
    def _gone(self, model, asked):
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (link.row_id) link.company_id, link.row_id, link.label, link.kind
                  FROM charter_seal AS link
                 WHERE link.model_name = %(model)s AND link.row_id = ANY(%(ids)s)
                   AND NOT EXISTS (SELECT 1 FROM %(table)s AS row WHERE row.id = link.row_id)
                 ORDER BY link.row_id, link.number DESC
                """,
                model=model._name,
                ids=list(asked),
                table=SQL.identifier(model._table),
            )
        )
        return [
            (company, row_id, "removed", label, GENESIS)
            for company, row_id, label, kind in self.env.cr.fetchall()
            if kind != "removed"
        ]

    @api.model
    def _heads(self, company_ids):
        """{company id: (number, seal) of the last link} of the companies that have any."""
        self.env.cr.execute(
            """
            SELECT company.id, head.number, head.seal
              FROM unnest(%s::int[]) AS company (id)
              JOIN LATERAL (SELECT number, seal FROM charter_seal WHERE company_id = company.id
                             ORDER BY number DESC LIMIT 1) AS head ON TRUE
            """,
            [list(company_ids)],
        )
        return {company: (number, seal) for company, number, seal in self.env.cr.fetchall()}

    # -- verifying ----------------------------------------------------------------------------------

    @api.model
    def _verify(self, company):
        """Hold the whole chain of ``company`` and every sealed row against each other.

        Memory does not grow with the chain. Rows on the list of those to seal are waiting, not broken, but for
        those that could not be sealed.

        :param company: res.company
        :return: what is broken, at most LISTED of each kind: list of dicts ``problem`` ("chain", "content", "missing",
            "unsealed"), ``number`` of the link (None for "unsealed"), ``model_name``, ``row_id``, ``label``
        """
        company.ensure_one()
        self.env.flush_all()
        broken = self._broken_links(company)
        for model in self._sealed_models():
            broken += self._broken_rows(model, company)
        return broken

    @api.model
    def _broken_links(self, company):
        """Links whose number or seal does not follow from the one before."""
        broken, before, expected, last = [], GENESIS, 1, 0
        while True:
            self.env.cr.execute(
                """
                SELECT number, model_name, row_id, kind, to_char(sealed_at, 'YYYY-MM-DD HH24:MI:SS'), label, content, seal
                  FROM charter_seal WHERE company_id = %s AND number > %s ORDER BY number LIMIT %s
                """,
                [company.id, last, PAGE],
            )
            links = self.env.cr.fetchall()
            for number, model_name, row_id, kind, sealed_at, label, content, seal in links:
                own = link_seal(
                    before, company.id, number, model_name, row_id, kind, sealed_at, label, content
                )
                if (number, seal) != (expected, own) and len(broken) < LISTED:
                    broken.append(
                        self._broken(
                            "chain", number=number, model_name=model_name, row_id=row_id, label=label
                        )
                    )
                before, expected, last = seal, number + 1, number
            if len(links) < PAGE:
                return broken

    @api.model
    def _broken_rows(self, model, company):
        """Rows that are not what their last link says, that are gone, or that nobody ever sealed."""
        self.env.cr.execute(
            SQL(
                """
                WITH last AS (
                    SELECT DISTINCT ON (row_id) row_id, number, kind, content, label
                      FROM charter_seal WHERE model_name = %(model)s
                     ORDER BY row_id, number DESC
                )
                SELECT CASE WHEN row.id IS NULL THEN 'missing' WHEN last.row_id IS NULL THEN 'unsealed' ELSE 'content' END,
                       last.number, COALESCE(row.id, last.row_id), COALESCE(last.label, left(%(label)s, 200))
                  FROM (SELECT * FROM %(table)s WHERE company_id = %(company)s) AS row
                  FULL JOIN (SELECT last.* FROM last
                               JOIN charter_seal AS link ON link.model_name = %(model)s AND link.row_id = last.row_id
                                AND link.number = last.number AND link.company_id = %(company)s) AS last
                    ON last.row_id = row.id
                 WHERE CASE WHEN row.id IS NULL THEN last.kind != 'removed'
                            WHEN last.row_id IS NULL THEN %(when)s
                            ELSE last.content != %(content)s END
                   AND NOT EXISTS (SELECT 1 FROM charter_seal_due AS due
                                    WHERE due.model_name = %(model)s AND due.row_id = COALESCE(row.id, last.row_id)
                                      AND due.error IS NULL)
                 ORDER BY 2, 3 LIMIT %(listed)s
                """,
                model=model._name,
                label=model._charter_seal_sql(model._charter_seal_label),
                table=SQL.identifier(model._table),
                company=company.id,
                when=model._charter_seal_sql(model._charter_seal_when),
                content=model._charter_seal_content(),
                listed=LISTED,
            )
        )
        return [
            self._broken(problem, number=number, model_name=model._name, row_id=row_id, label=label)
            for problem, number, row_id, label in self.env.cr.fetchall()
        ]

    @api.model
    def _broken(self, problem, **values):
        return {"problem": problem, **values}

    # -- the check ----------------------------------------------------------------------------------

    @api.model
    def _cron_verify(self):
        """Verify every company's chain; general management is alerted of what is broken, once for each finding."""
        since = self._charter_now() - timedelta(hours=CHECK_HOURS)
        companies = (
            self.env["res.company"]
            .sudo()
            .search(
                ["|", ("charter_seal_checked_at", "=", False), ("charter_seal_checked_at", "<=", since)],
                order="id",
            )
        )
        one_by_one(companies, self._check, self._say_not_checked)
        # What could not be sealed is said by now, and tried again.
        self.env["charter.seal.due"].search([("error", "!=", False)]).write({"error": False})

    @api.model
    def _say_not_checked(self, company, why):
        self._record_check(company, self.env._("The proof could not be verified: %s", why))

    @api.model
    def _check(self, company):
        """Verify ``company``, write what was found on it, and alert general management of what is new."""
        broken = self._verify(company)
        self._record_check(company, "\n".join(self._in_words(one) for one in broken))
        return broken

    @api.model
    def _record_check(self, company, said):
        number, _seal = self._heads({company.id}).get(company.id, (0, GENESIS))
        known = company.charter_seal_problem or ""
        company.sudo().write(
            {
                "charter_seal_checked_at": self._charter_now(),
                "charter_seal_checked": number,
                "charter_seal_problem": said or False,
            }
        )
        if said:
            _logger.error("The proof of company %s does not hold:\n%s", company.id, said)
        if said and said != known:
            self._alert(company, said)

    @api.model
    def _alert(self, company, said):
        people = self.env["charter.assignment"]._company_people(company, "general_management")
        for user in people:
            localized = self.with_context(lang=user.lang).env
            company.partner_id.sudo().activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=localized._("The proof of the client charter does not hold"),
                note=said.replace("\n", "<br/>"),
            )

    def _in_words(self, broken):
        problem = {
            "chain": self.env._("the chain is cut or this link was changed"),
            "content": self.env._("the row is not what was sealed"),
            "missing": self.env._("the row that was sealed is gone"),
            "unsealed": self.env._("the row was decided and never sealed"),
        }[broken["problem"]]
        description = broken["model_name"]
        if description in self.env:
            description = self.env[description]._description
        return self.env._(
            "Link %(number)s, %(what)s no. %(id)s (%(label)s): %(problem)s.",
            number=broken["number"] or "—",
            what=description,
            id=broken["row_id"],
            label=broken["label"] or "—",
            problem=problem,
        )

    def action_verify(self):
        """Verify the chains of the companies in use now, whichever links are chosen.

        :raise AccessError: neither general management nor an administrator of the charter
        """
        if not self.env.user.has_group("mileo_client_charter.group_charter_direction"):
            raise AccessError(self.env._("Only general management and administrators verify the proof."))
        found = [self._check(company) for company in self.env.companies]
        broken = sum(map(len, found))
        message = (
            self.env._("%s places do not hold: see Settings ‣ Client Charter.", broken)
            if broken
            else self.env._("Every sealed row is as it was sealed, and the chain is whole.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "danger" if broken else "success", "message": message, "sticky": bool(broken)},
        }

    # -- the database's part ------------------------------------------------------------------------

    def _register_hook(self):
        """See to it that every sealed table has its triggers: dropping a column takes a trigger along."""
        super()._register_hook()
        self._hang_triggers()

    @api.model
    def _hang_triggers(self):
        """Make the triggers that are missing or no longer say what the registry does; one query when all is well."""
        wanted = {
            (model._table, name): create
            for model in self._sealed_models()
            for name, create in model._charter_seal_triggers().items()
        }
        self.env.cr.execute(
            """
            SELECT owner.relname, tg.tgname, pg_get_triggerdef(tg.oid)
              FROM pg_trigger AS tg JOIN pg_class AS owner ON owner.oid = tg.tgrelid
             WHERE tg.tgname LIKE 'charter\\_seal\\_%%' AND owner.relnamespace = current_schema::regnamespace
            """
        )
        found = {(table, name): definition for table, name, definition in self.env.cr.fetchall()}
        statements = []
        for key in {*found} | {*wanted}:
            create, definition = wanted.get(key), found.get(key)
            digest = create and create.rsplit("'", 2)[1]
            if create and definition and digest in definition:
                continue
            if definition:
                statements.append(f'DROP TRIGGER "{key[1]}" ON "{key[0]}"')
            if create:
                statements.append(create)
        if statements:
            self.env.cr.execute("; ".join([FUNCTION, *statements]))
        for model in self._sealed_models():
            if (model._table, "charter_seal_insert") not in found:
                self._ask_for_unsealed(model)

    @api.model
    def _ask_for_unsealed(self, model):
        """Put what was decided before there were triggers on the list of rows to seal."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO charter_seal_due (model_name, row_id, of_company)
                SELECT %(model)s, row.id, row.company_id FROM %(table)s AS row
                 WHERE %(when)s AND NOT EXISTS (SELECT 1 FROM charter_seal AS link
                                                 WHERE link.model_name = %(model)s AND link.row_id = row.id)
                 ORDER BY row.id
                ON CONFLICT (model_name, row_id) DO NOTHING
                """,
                model=model._name,
                table=SQL.identifier(model._table),
                when=model._charter_seal_sql(model._charter_seal_when),
            )
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    charter_seal_checked_at = fields.Datetime("Proof verified at", readonly=True)
    charter_seal_checked = fields.Integer("Links verified", readonly=True)
    charter_seal_problem = fields.Text("What does not hold", readonly=True)
