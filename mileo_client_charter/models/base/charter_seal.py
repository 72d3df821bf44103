"""Seals: a chain of SHA-256 over decided rows, so that a later change of them is noticed, whoever makes it.

Each link of a company's chain is the digest of the link before it and of the canonical content of one row: a decided
obligation, a document that is frozen. A row that changes after it was sealed gets a new link, and the old one stays: a
correction is visible as one. Whoever holds a printed seal (a report prints the head of the chain at its issue) can find out
whether everything before it still is what it was.

The canonical content is ``jsonb_build_array`` of the model's columns as PostgreSQL writes it: the same after a dump is
restored, and in every time zone and language. Links hold digests and a label of codes, states and dates, no person's
name: anonymising a row seals it again and leaves the chain whole.
"""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from ...tools.pg_array import pg_array, pg_text_array
from .charter_batches import run_batches, run_isolated
from .charter_sealed import BATCH

GENESIS = "0" * 64
# A row that goes on after it was sealed (a report that is superseded, a delivery acknowledged, a renewal carried out) is sealed again.
KINDS = [("first", "First seal"), ("change", "Sealed again: a later step"), ("removed", "Deleted")]


def link_seal(before, company_id, number, model_name, row_id, kind, sealed_at, label, content):
    """Return the seal of a link: SHA-256, in hexadecimal, of the seal ``before`` it and of what the link says.

    >>> link_seal(GENESIS, 1, 1, "charter.obligation", 7, "first", "2026-10-05 08:00:00", "", GENESIS)[:16]
    '43941fbb7d7089e1'
    """
    said = (
        f"{before}\n{company_id}\n{number}\n{model_name}\n{row_id}\n{kind}\n{sealed_at}\n{label}\n{content}"
    )
    return hashlib.sha256(said.encode()).hexdigest()


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
    kind = fields.Selection(KINDS, "Step", required=True, readonly=True)
    label = fields.Char("Reference", readonly=True)
    content = fields.Char("Digest of the content", required=True, readonly=True)
    seal = fields.Char("Digest of the link", required=True, readonly=True)
    sealed_at = fields.Datetime(required=True, readonly=True)
    document_kind = fields.Char("Type of document", compute="_compute_document")
    document = fields.Char(compute="_compute_document")
    client = fields.Char(compute="_compute_document")
    step = fields.Char(
        "Why it was sealed",
        compute="_compute_step",
        help="At first, or because of what changed the document.",
    )

    _number_once = models.UniqueIndex("(company_id, number)", "A chain has one link of each number.")
    _row_idx = models.Index("(model_name, row_id, number)")

    @api.depends("model_name", "row_id")
    @api.depends_context("lang", "uid")
    def _compute_document(self):
        """Name the document in the reader's language; where it is gone or not the reader's, what the link says of it."""
        for name, links in self.grouped("model_name").items():
            known = name in self.env
            kind = self.env["ir.model"]._get(name).sudo().name if known else name
            rows = self.env[name].browse(set(links.mapped("row_id"))).exists() if known else ()
            readable = rows and rows._filtered_access("read")
            named = {row.id: row._charter_sealed_name() for row in readable}
            clients = {row.id: row._charter_sealed_client() for row in readable}
            for link in links:
                link.document_kind = kind
                link.document = named.get(link.row_id) or link.label
                link.client = clients.get(link.row_id)

    @api.depends("kind", "model_name", "row_id")
    @api.depends_context("lang")
    def _compute_step(self):
        """Say of a later step what it was, where that is on record: a correction, a merge of contacts, a person forgotten."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        spans, causes = self._spans(), self._causes()
        for link in self:
            found = [
                words
                for moment, words in causes.get((link.model_name, link.row_id), ())
                if link.kind == "change" and spans[link.id] <= moment <= link.sealed_at
            ]
            link.step = ", ".join(dict.fromkeys(found)) or kinds.get(link.kind)

    def _spans(self):
        """Return {id of a link: when its row was sealed before, or the moment of the link}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT link.id, COALESCE(before.sealed_at, link.sealed_at)
                  FROM charter_seal AS link
                  LEFT JOIN LATERAL (SELECT sealed_at FROM charter_seal AS former
                                      WHERE former.model_name = link.model_name AND former.row_id = link.row_id
                                        AND former.number < link.number ORDER BY former.number DESC LIMIT 1) AS before ON TRUE
                 WHERE link.id = ANY(%(ids)s)
                """,
                ids=self.ids,
            )
        )
        return dict(rows)

    def _causes(self):
        """Return {(model, row): [(moment, words)]} of what is on record as a reason to seal these rows again."""
        causes = {}
        changed = self.filtered(lambda link: link.kind == "change")
        names, numbers = changed.mapped("model_name"), changed.mapped("row_id")
        domain = Domain("res_model", "in", names) & Domain("res_id", "in", numbers)
        for row in self.env["charter.correction"].sudo().search(domain):
            causes.setdefault((row.res_model, row.res_id), []).append(
                (row.corrected_at, self.env._("Corrected"))
            )
        for row in self.env["charter.redaction"].sudo().search(domain):
            causes.setdefault((row.res_model, row.res_id), []).append(
                (row.redacted_at, self.env._("A person was forgotten"))
            )
        merged = (
            self.env["charter.merged.contact"].sudo().search([("merged_at", "!=", False)]) if changed else ()
        )
        for row in merged:
            for name, columns in (row.spoken or {}).items():
                for number in {number for found in columns.values() for number in found}:
                    if name in names:
                        causes.setdefault((name, number), []).append(
                            (row.merged_at, self.env._("Contacts merged"))
                        )
        return causes

    def action_open(self):
        """Open the document a link is about.

        :raise UserError: it is there no more
        """
        self.ensure_one()
        document = self.model_name in self.env and self.env[self.model_name].browse(self.row_id).exists()
        if not document:
            raise UserError(
                self.env._("This document is there no more: the link says what it was (%s).", self.label)
            )
        if document._name == "ir.attachment" and document.res_model in self.env and document.res_id:
            # What the file belongs to shows it, and says what it is; the form of a file is for who administers files.
            owner = self.env[document.res_model].browse(document.res_id).exists()
            document = owner or document
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # -- sealing ------------------------------------------------------------------------------------

    @api.model
    def _sealed_models(self):
        """Return the models of the registry whose rows are sealed, in order of their names."""
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
            SQL(
                "DELETE FROM charter_seal_due WHERE id = ANY(%(due)s) RETURNING model_name, row_id, of_company",
                due=due.ids,
            ),
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
            companies, numbers, names, ids, kinds, _at, labels, contents, seals = zip(*rows, strict=True)
            cr.execute(
                SQL(
                    """
                    INSERT INTO charter_seal (company_id, number, model_name, row_id, kind, sealed_at, label, content, seal)
                    SELECT company_id, number, model_name, row_id, kind, %(sealed_at)s::timestamp, label, content, seal
                      FROM unnest(%(companies)s::int[], %(numbers)s::int[], %(names)s::text[], %(ids)s::int[], %(kinds)s::text[],
                                  %(labels)s::text[], %(contents)s::text[], %(seals)s::text[])
                        AS link (company_id, number, model_name, row_id, kind, label, content, seal)
                    """,
                    sealed_at=sealed_at,
                    companies=pg_array(companies),
                    numbers=pg_array(numbers),
                    names=pg_text_array(names),
                    ids=pg_array(ids),
                    kinds=pg_text_array(kinds),
                    labels=pg_text_array(labels),
                    contents=pg_text_array(contents),
                    seals=pg_text_array(seals),
                )
            )

    @api.model
    def _fresh(self, model, asked):
        """Return (company id, row id, kind, label, content) of the rows of ``model`` that differ from their last link.

        :param asked: {row id: company id as it was when the row changed}
        """
        self.env.cr.execute(
            SQL(
                """
                WITH present AS MATERIALIZED (
                    SELECT row.id, row.company_id, left(%(label)s, 200) AS label, %(content)s AS content, %(when)s AS decided
                      FROM %(table)s AS row WHERE row.id = ANY(%(ids)s)
                )
                SELECT COALESCE(present.company_id, last.company_id), asked.id,
                       CASE WHEN present.id IS NULL THEN 'removed' WHEN last.content IS NULL THEN 'first' ELSE 'change' END,
                       CASE WHEN present.id IS NULL THEN last.label ELSE present.label END,
                       COALESCE(present.content, %(genesis)s)
                  FROM unnest(%(ids)s) AS asked (id)
                  LEFT JOIN present ON present.id = asked.id
                  LEFT JOIN LATERAL (SELECT company_id, kind, label, content FROM charter_seal
                                      WHERE model_name = %(model)s AND row_id = asked.id
                                      ORDER BY number DESC LIMIT 1) AS last ON TRUE
                 WHERE CASE WHEN present.id IS NULL THEN last.kind != 'removed'
                            ELSE (present.decided OR last.content IS NOT NULL)
                                 AND last.content IS DISTINCT FROM present.content END
                 ORDER BY present.id IS NULL, asked.id
                """,
                label=model._charter_seal_sql(model._charter_seal_label),
                content=model._charter_seal_content(),
                table=SQL.identifier(model._table),
                model=model._name,
                ids=list(asked),
                when=model._charter_seal_sql(model._charter_seal_when),
                genesis=GENESIS,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _heads(self, company_ids):
        """Return {company id: (number, seal) of the last link} of the companies that have any."""
        self.env.cr.execute(
            SQL(
                """
            SELECT company.id, head.number, head.seal
              FROM unnest(%(company_ids)s::int[]) AS company (id)
              JOIN LATERAL (SELECT number, seal FROM charter_seal WHERE company_id = company.id
                             ORDER BY number DESC LIMIT 1) AS head ON TRUE
            """,
                company_ids=list(company_ids),
            ),
        )
        return {company: (number, seal) for company, number, seal in self.env.cr.fetchall()}
