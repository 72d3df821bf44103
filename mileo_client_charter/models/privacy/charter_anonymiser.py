"""Forget a person: remove its name, address, email and telephone from every text of the database; proof stays valid.

Where a person is looked for is read from the catalogue, so that a column added next year is looked at automatically. An e-mail
address and a telephone number that nobody else has are looked for everywhere. A name may be another person's too, or words of
a product: it is looked for in the rows that name the person or its client, in what hangs on them, and in what is thrown away
anyway. The person's key (tools.people) takes its place.
"""

import io
import json
import logging
import zipfile
from collections import defaultdict

import pypdf
from odoo import api, fields, models
from odoo.tools import SQL
from pypdf.errors import PyPdfError
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ...tools.people import Traces, key
from ..base.charter_engine_sql import engine_door, engine_sql
from ..base.charter_redaction import digest

_logger = logging.getLogger(__name__)
TEXTS = ("text", "varchar", "bpchar", "json", "jsonb")
# Messages, events and files about somebody's rows, which those rows point to.
CARRIERS = {"calendar_event", "mail_message", "mail_mail", "ir_attachment"}
# Who made or changed a row says nothing of what it is about.
LOG_COLUMNS = {"create_uid", "write_uid"}
# How far from the person its name is looked for: rows that refer to it, rows that refer to those, and one link further.
STEPS = 2
# Tables that are not searched here: they hold other people's rows, and the person's own row is emptied by its own method.
NOT_SEARCHED = {"res_partner", "res_users", "res_company"}
EPHEMERAL = {"bus_bus", "ir_logging"}
LARGEST_FILE = 30 * 1024 * 1024
OFFICE = ("officedocument", "opendocument")


class CharterAnonymiser(models.AbstractModel):
    _name = "charter.anonymiser"
    _description = "Removal of a person from all texts"

    @api.model
    def _forget(self, contact):
        """Take ``contact`` out of every text and file of the database.

        :param contact: one res.partner, still with its name and addresses
        :return: {table: number of rows changed}
        """
        self.env.flush_all()
        clients = self._clients(contact)
        everywhere, nearby = self._traces(contact, clients)
        signed = self._signatures(contact)
        ours = self.env["charter.merge"]._tables()
        texts, ephemeral = self._texts(), self._ephemeral()
        # A row that holds its e-mail address or its telephone number is about the person, whatever it points to.
        changed = {table: self._clean(table, columns, everywhere) for table, columns in sorted(texts.items())}
        scope = self._scope(
            contact, clients, {table: ids for table, ids in changed.items() if table not in NOT_SEARCHED}
        )
        for table, columns in sorted(texts.items()):
            if table in ephemeral:
                found = self._clean(table, columns, nearby)
            elif table == "res_partner":
                # Notes about a client, never what another contact is called.
                notes = {name: kind for name, kind in columns.items() if kind == "text"}
                found = self._clean(table, notes, nearby, self._people(clients).ids)
            else:
                found = self._clean(table, columns, nearby, sorted(scope.get(table, ())))
            if table in ours:
                # What somebody of the company did is signed in rows that point to whoever wrote them last.
                found = found | self._clean(table, columns, signed)
            changed[table] = changed[table] | found
        self.env.invalidate_all()
        changed["ir_attachment"] |= self._clean_files(sorted(scope["ir_attachment"]), (everywhere, nearby))
        return {table: len(ids) for table, ids in changed.items() if ids}

    # -- who it is ----------------------------------------------------------------------------------

    @api.model
    def _clients(self, contact):
        """Return the client it is a contact of, and those our rows know it as a contact of."""
        found = {contact.commercial_partner_id.id, contact.parent_id.id} - {contact.id, False}
        tables = self.env["charter.merge"]._tables()
        for table, columns in self.env["charter.merge"]._links().items():
            if table not in tables or "partner_id" not in columns:
                continue
            named = [
                SQL("%(name)s = %(contact_id)s", name=SQL.identifier(name), contact_id=contact.id)
                for name in columns
                if name != "partner_id"
            ]
            if named:
                rows = self.env.execute_query(
                    SQL(
                        "SELECT DISTINCT partner_id FROM %(table)s WHERE %(named)s",
                        table=SQL.identifier(table),
                        named=SQL(" OR ").join(named),
                    )
                )
                found.update(row for [row] in rows if row)
        return self.env["res.partner"].sudo().browse(found - {contact.id}).exists()

    @api.model
    def _people(self, clients):
        """Return the clients with all their contacts and sites, archived ones too."""
        return (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search([("commercial_partner_id", "in", clients.commercial_partner_id.ids)])
        )

    @api.model
    def _traces(self, contact, clients):
        """Return (what identifies the person wherever it stands, what does near the person alone)

        What another contact has too (a switchboard, a shared mailbox, the client's address) is not the person's.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        users = contact.with_context(active_test=False).user_ids
        others = [("id", "not in", [contact.id, *users.partner_id.ids])]

        def own(name, *values):
            return {
                value
                for value in values
                if value and not partners.search_count([*others, (name, "=", value)], limit=1)
            }

        # Contacts that were merged into this one are the same person, under another name or address.
        former = self.env["charter.merged.contact"].sudo().search([("partner_id", "=", contact.id)])
        mailbox = own("email_normalized", contact.email_normalized)
        emails = {contact.email, contact.email_normalized} if mailbox else set()
        emails |= {
            login
            for login in users.mapped("login")
            if "@" in login and own("email_normalized", login.lower())
        }
        emails |= {
            email for email in former.mapped("email") if email and own("email_normalized", email.lower())
        }
        phones = own("phone", contact.phone, *former.mapped("phone"))
        put = key("contact", contact.id)
        keep = [client.name for client in clients if client.name]
        words = {
            contact.name,
            *former.mapped("name"),
            *users.mapped("name"),
            *own("street", contact.street),
            *own("street2", contact.street2),
        }
        return (
            Traces(emails=emails - {False, None, ""}, phones=phones, put=put),
            Traces(words=words - {False, None, ""}, put=put, keep=keep),
        )

    @api.model
    def _signatures(self, contact):
        """Return what one of the company's people is recognised by in any row of ours: a name of two words or more that nobody else has.

        A single word would be taken out of other sentences; it is looked for near the person.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        users = contact.with_context(active_test=False).user_ids.filtered(lambda user: not user.share)
        own = {
            name
            for name in {contact.name, *users.mapped("name")}
            if users
            and name
            and len(name.split()) > 1
            and not partners.search_count([("id", "!=", contact.id), ("name", "=ilike", name)], limit=1)
        }
        return Traces(words=own, put=key("contact", contact.id))

    # -- where to look ------------------------------------------------------------------------------

    @api.model
    def _texts(self):
        """Return {table: {column: type}} of every text of the database, of tables whose rows have an id."""
        self.env.cr.execute(
            SQL(
                """
            SELECT owner.relname, attribute.attname, kind_of.typname
              FROM pg_class owner
              JOIN pg_attribute attribute ON attribute.attrelid = owner.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
                     AND attribute.attgenerated = ''
              JOIN pg_type kind_of ON kind_of.oid = attribute.atttypid
             WHERE owner.relkind IN ('r', 'p') AND owner.relnamespace = current_schema::regnamespace AND kind_of.typname = ANY(%(texts)s)
               AND EXISTS (SELECT 1 FROM pg_attribute number_of
                            WHERE number_of.attrelid = owner.oid AND number_of.attname = 'id' AND NOT number_of.attisdropped)
            """,
                texts=list(TEXTS),
            ),
        )
        texts = defaultdict(dict)
        for table, column, kind in self.env.cr.fetchall():
            texts[table][column] = kind
        return texts

    @api.model
    def _ephemeral(self):
        """Return tables whose rows are thrown away by themselves."""
        return EPHEMERAL | {model._table for model in self.env.values() if model._transient and model._auto}

    @api.model
    def _scope(self, contact, clients, known):
        """Return {table: ids} of the rows about the person or its clients, and of what hangs on them.

        :param known: {table: ids} of rows that are about the person for another reason
        """
        links = self._foreign_keys()
        references = self.env["charter.merge"]._references()
        models_of = {
            model._table: name for name, model in self.env.items() if model._auto and not model._abstract
        }
        users = contact.with_context(active_test=False).user_ids
        new = {**known, "res_partner": {contact.id, *self._people(clients).ids}, "res_users": set(users.ids)}
        scope = defaultdict(set, {table: set(ids) for table, ids in known.items()})
        for _step in range(STEPS + 1):
            found = defaultdict(set)
            for table, column, target, with_id in links:
                if column in LOG_COLUMNS:
                    continue
                if with_id and table not in NOT_SEARCHED and new.get(target):
                    found[table].update(self._related_ids(table, "id", column, new[target]))
                if with_id and target in CARRIERS and new.get(table) and table not in NOT_SEARCHED:
                    found[target].update(self._related_ids(table, column, "id", new[table]))
                if not with_id and target in CARRIERS:
                    for other, its, its_target, _with_id in links:
                        if other == table and its != column and new.get(its_target):
                            found[target].update(self._related_ids(table, column, its, new[its_target]))
            pairs = [
                (models_of[table], number)
                for table, ids in new.items()
                if table in models_of
                for number in ids
            ]
            for table, kind, number in references:
                found[table].update(self._referring(table, kind, number, pairs))
            new = {table: ids - scope[table] for table, ids in found.items()}
            for table, ids in new.items():
                scope[table] |= ids
        return scope

    @api.model
    def _foreign_keys(self):
        """Return [(table, column, table it points to, whether its rows have an id)]"""
        return self.env.execute_query(
            SQL(
                """
                SELECT owner.relname, attribute.attname, referred.relname,
                       EXISTS (SELECT 1 FROM pg_attribute number_of
                                WHERE number_of.attrelid = owner.oid AND number_of.attname = 'id' AND NOT number_of.attisdropped)
                  FROM pg_constraint rule
                  JOIN pg_class owner ON owner.oid = rule.conrelid
                  JOIN pg_class referred ON referred.oid = rule.confrelid
                  JOIN pg_attribute attribute ON attribute.attrelid = owner.oid AND attribute.attnum = rule.conkey[1]
                 WHERE rule.contype = 'f' AND owner.relnamespace = current_schema::regnamespace AND array_length(rule.conkey, 1) = 1
                """
            )
        )

    @api.model
    def _related_ids(self, table, wanted, column, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT %(wanted)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                wanted=SQL.identifier(wanted),
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                ids=list(ids),
            )
        )
        return {row for [row] in rows if row}

    @api.model
    def _referring(self, table, kind, number, pairs):
        rows = self.env.execute_query(
            SQL(
                "SELECT owner.id FROM %(table)s owner JOIN unnest(%(kinds)s::text[], %(numbers)s::int[]) AS known (kind, number) "
                "ON owner.%(kind)s = known.kind AND owner.%(number)s = known.number",
                table=SQL.identifier(table),
                kinds=[pair[0] for pair in pairs],
                numbers=[pair[1] for pair in pairs],
                kind=SQL.identifier(kind),
                number=SQL.identifier(number),
            )
        )
        return {row for [row] in rows}

    # -- texts --------------------------------------------------------------------------------------

    @api.model
    def _clean(self, table, columns, traces, ids=None):
        """Write the rows of ``table`` again without the person. :return: the ids of those that were changed"""
        if not traces or not columns or ids == []:
            return set()
        texts = [SQL("%s::text", SQL.identifier(name)) for name in columns]
        looks = [
            SQL("%(text)s ILIKE ANY(%(likes)s)", text=text, likes=traces.likes)
            for text in texts
            if traces.likes
        ]
        looks += [
            SQL("%(text)s ~ ANY(%(expressions)s)", text=text, expressions=traces.expressions)
            for text in texts
            if traces.expressions
        ]
        near = SQL("id = ANY(%s)", ids) if ids is not None else SQL("true")
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(columns)s FROM %(table)s WHERE %(near)s AND (%(looks)s) ORDER BY id",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                table=SQL.identifier(table),
                near=near,
                looks=SQL(" OR ").join(looks),
            )
        )
        changed = set()
        for number, *values in rows:
            new = {}
            for (name, kind), value in zip(columns.items(), values, strict=True):
                cleaned = traces.out_of(value)
                if cleaned != value:
                    new[name] = (
                        json.dumps(cleaned, ensure_ascii=False) if kind in ("json", "jsonb") else cleaned
                    )
                    self._record(table, number, name, value, cleaned)
            if new:
                changed.add(number)
                engine_sql(
                    self.env,
                    SQL(
                        "UPDATE %(table)s SET %(conditions)s WHERE id = %(number)s RETURNING id",
                        table=SQL.identifier(table),
                        conditions=SQL(", ").join(
                            SQL("%(name)s = %(value)s", name=SQL.identifier(name), value=value)
                            for name, value in new.items()
                        ),
                        number=number,
                    ),
                )
        return changed

    @api.model
    def _record(self, table, number, name, before, after):
        """Record, of our own records, the digests of what the text was and of what it is now."""
        model = {**self.env["charter.merge"]._tables(), "ir_attachment": "ir.attachment"}.get(table)
        if model and not (model == "ir.attachment" and name != "raw"):
            self.env["charter.redaction"]._charter_engine().create(
                {
                    "res_model": model,
                    "res_id": number,
                    "field_name": name,
                    "before": digest(before),
                    "after": digest(after),
                }
            )

    # -- files --------------------------------------------------------------------------------------

    @api.model
    def _clean_files(self, ids, traces):
        """Take the person out of the files ``ids``; a PDF that names it gives way to a page that says what it was."""
        changed = set()
        files = self.env["ir.attachment"].sudo().with_context(active_test=False).browse(ids).exists()
        for file in files.filtered(lambda file: file.type == "binary"):
            content = file.raw
            if not content or len(content) > LARGEST_FILE:
                continue
            new = self._cleaned_file(file, content, traces)
            if new != content:
                self._record("ir_attachment", file.id, "raw", content, new)
                with engine_door(self.env.cr):
                    file.raw = new
                    self.env.flush_all()
                changed.add(file.id)
        return changed

    @api.model
    def _cleaned_file(self, file, content, traces):
        kind = (file.mimetype or "").partition(";")[0].strip()
        if kind == "application/pdf":
            return self._notice_of(file, content) if self._pdf_names(content, traces) else content
        if any(word in kind for word in OFFICE):
            return self._cleaned_office(content, traces)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            # An image or another format nothing reads words out of.
            return content
        if kind == "text/calendar":
            # Its long lines are folded, wherever they are long.
            unfolded = text.replace("\r\n ", "").replace("\r\n\t", "")
            text = unfolded if any(one.found(unfolded) for one in traces) else text
        for one in traces:
            text = one.out_of(text)
        return text.encode()

    @api.model
    def _pdf_names(self, content, traces):
        try:
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        except (PyPdfError, ValueError, KeyError, TypeError) as error:
            _logger.info("A PDF was not read for the name of a person to forget: %s", error)
            return False
        return any(one.found(" ".join(text.split())) for one in traces)

    @api.model
    def _notice_of(self, file, content):
        """Return a page in the place of a file: what it was, and the digest that shows it if somebody has kept it."""
        target = io.BytesIO()
        page = Canvas(target, pagesize=A4, invariant=True)
        lines = [
            file.name or "",
            self.env._("A person named in this file has asked to be forgotten."),
            self.env._("The file was removed on %s (UTC).", fields.Datetime.to_string(fields.Datetime.now())),
            self.env._("SHA-256 of the file as it was:"),
            digest(content),
        ]
        for number, line in enumerate(lines):
            page.drawString(50, 780 - 18 * number, line)
        page.save()
        return target.getvalue()

    @api.model
    def _cleaned_office(self, content, traces):
        """Return a workbook or document with the words of its parts written again."""
        target = io.BytesIO()
        changed = False
        try:
            with (
                zipfile.ZipFile(io.BytesIO(content)) as source,
                zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
            ):
                if sum(part.file_size for part in source.infolist()) > LARGEST_FILE:
                    return content
                for part in source.infolist():
                    data = source.read(part)
                    if part.filename.endswith((".xml", ".rels")):
                        text = data.decode()
                        for one in traces:
                            text = one.out_of(text)
                        changed = changed or text.encode() != data
                        data = text.encode()
                    made.writestr(part, data)
        except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
            _logger.info("A document was not read for the name of a person to forget: %s", error)
            return content
        return target.getvalue() if changed else content
