"""Frozen files: kept with their SHA-256, protected against changes, and delivered only while they match it.

What is frozen belongs to the engine: it is written, moved and deleted through the door alone (``charter_door``), whoever
asks and whatever the way in: the form of the document, ``ir.attachment``, an upload, SQL. Its SHA-256 is in the chain of seals
of its document's company: who replaces both in the database itself is found by ``charter.seal._verify``.
"""

import base64
import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate
from werkzeug.exceptions import Conflict

from ..base.charter_engine import DOOR, ENGINE, charter_door
from ..base.charter_guard import door_triggers
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)

# What a frozen file is; the rest (a token for a link, who may see it) is no part of it.
FROZEN = (
    "name", "type", "url", "mimetype", "res_model", "res_id", "res_field", "store_fname", "db_datas", "checksum",
    "file_size", "charter_sha256", "company_id",
)  # fmt: skip
CONTENT = {"raw", "datas", "db_datas"}


def sha256(content):
    return hashlib.sha256(content or b"").hexdigest()


class IrAttachment(models.Model):
    _name = "ir.attachment"
    _inherit = ["ir.attachment", "charter.sealed.mixin"]
    _charter_seal_when = "{row}.charter_sha256 IS NOT NULL"
    # Not where its content lies: the store of files may be moved.
    _charter_seal_columns = (
        "company_id",
        "res_model",
        "res_id",
        "res_field",
        "name",
        "type",
        "charter_sha256",
    )
    _charter_seal_label = "concat_ws(' ', {row}.res_model, {row}.res_field)"

    charter_sha256 = fields.Char(
        "Frozen as",
        size=64,
        readonly=True,
        copy=False,
        help="SHA-256 of the content the charter has on record.",
    )
    charter_broken_at = fields.Datetime(
        "Found altered at",
        readonly=True,
        copy=False,
        help="Since when its content is known to differ from what is on record; it is not delivered.",
    )

    _charter_broken_idx = models.Index("(id) WHERE charter_broken_at IS NOT NULL")

    def _charter_sealed_document(self):
        """Return the document a frozen file belongs to; empty where it is there no more, or not the reader's."""
        self.ensure_one()
        document = self.res_model in self.env and self.env[self.res_model].browse(self.res_id).exists()
        return document._filtered_access("read") if document else self.browse()

    def _charter_sealed_name(self):
        """Return what the file is and of which document: the name of a field's file is the field's own."""
        document = self._charter_sealed_document()
        field = document._fields.get(self.res_field)
        what = field._description_string(self.env) if field else self.name
        return f"{what} · {document.display_name}" if document else what

    def _charter_sealed_client(self):
        document = self._charter_sealed_document()
        return (
            document._charter_sealed_client()
            if hasattr(document, "_charter_seal_when") and document != self
            else False
        )

    # -- freezing --------------------------------------------------------------------------------

    @api.model
    def _charter_create_frozen(self, vals_list):
        """Return files of documents that are there, frozen from the start. :param vals_list: with ``raw``, bytes, and their place"""
        documents = {}
        for vals in vals_list:
            documents.setdefault(vals["res_model"], []).append(vals["res_id"])
        companies = {
            (name, document.id): document.company_id.id
            for name, ids in documents.items()
            for document in self.env[name].sudo().browse(ids)
        }
        rows = [
            {
                **vals,
                "charter_sha256": sha256(vals["raw"]),
                "company_id": companies[vals["res_model"], vals["res_id"]],
            }
            for vals in vals_list
        ]
        return self.sudo().with_context(charter_engine=ENGINE).create(rows).with_context(charter_engine=None)

    def _charter_freeze(self):
        """Freeze these files, which only the engine changes from now on; those it has already stay as they are on record."""
        loose = self.sudo().filtered(lambda file: not file.charter_sha256)
        if not loose:
            return
        with charter_door(self.env.cr):
            for file in loose:
                file.write({"charter_sha256": sha256(file.raw), "company_id": file._charter_company().id})
            loose.flush_recordset()

    @api.model
    def _charter_files_of(self, records, name):
        """Return the files of the binary field ``name`` of ``records``."""
        return self.sudo().search(
            [("res_model", "=", records._name), ("res_field", "=", name), ("res_id", "in", records.ids)]
        )

    # -- what nobody touches ---------------------------------------------------------------------

    def _charter_is_open(self):
        return bool(self.env.cr.cache.get(DOOR))

    def _charter_refuse_file(self):
        raise AccessError(
            self.env._(
                "“%s” is a file the client charter has on record: it stays as it was delivered. A "
                "correction is a new document: a new version, another report, other minutes.",
                ", ".join(self.sudo().mapped("name")),
            )
        )

    @api.model
    def _charter_check_place(self, model, res_id, name):
        """:raise AccessError: a file would take the place of one that is on record"""
        if not (model and name and res_id) or model not in self.env or name not in self.env[model]._fields:
            return
        records = self.env[model].sudo().browse(res_id)
        if hasattr(records, "_charter_frozen_files") and records.exists()._charter_frozen_files(name):
            raise AccessError(
                self.env._(
                    "%(document)s: “%(field)s” is on record with the client charter; it changes through the steps of the "
                    "document alone.",
                    document=records.display_name,
                    field=records._fields[name]._description_string(self.env),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("charter_engine") is not ENGINE and not self._charter_is_open():
            for vals in vals_list:
                if vals.get("charter_sha256") or vals.get("charter_broken_at"):
                    raise AccessError(
                        self.env._("What is on record is the charter's to say, not an upload's.")
                    )
                if vals.get("res_field"):
                    self._charter_check_place(vals.get("res_model"), vals.get("res_id"), vals["res_field"])
            return super().create(vals_list)
        files = super(IrAttachment, self.with_context(charter_engine=None)).create(vals_list)
        return files.with_env(self.env)

    def write(self, vals):
        if self._charter_is_open():
            content = self._charter_content_in(vals)
            if content is not None and any(self.sudo().mapped("charter_sha256")):
                # The engine puts another file on record.
                vals = {**vals, "charter_sha256": sha256(content)}
            result = super(IrAttachment, self.with_context(charter_engine=None)).write(vals)
            # While the door is open, not when something else is flushed.
            self.flush_recordset()
            return result
        if vals.keys() & {"charter_broken_at"}:
            raise AccessError(self.env._("What is on record is the charter's to say, not an upload's."))
        touched = vals.keys() & {*FROZEN, *CONTENT}
        if touched:
            frozen = self.sudo().filtered("charter_sha256")
            if frozen and not (touched <= {*CONTENT, "mimetype"} and frozen._charter_same(vals)):
                frozen._charter_refuse_file()
            if frozen:
                # The same content in another place, as moving the store of files does.
                with charter_door(self.env.cr):
                    return self.write(vals)
            if vals.get("charter_sha256"):
                raise AccessError(self.env._("What is on record is the charter's to say, not an upload's."))
            if touched & {"res_model", "res_id", "res_field"}:
                for file in self.sudo():
                    place = [vals.get(name, file[name]) for name in ("res_model", "res_id", "res_field")]
                    self._charter_check_place(*place)
        return super().write(vals)

    def _charter_same(self, vals):
        content = self._charter_content_in(vals)
        return content is not None and all(file.charter_sha256 == sha256(content) for file in self)

    @api.model
    def _charter_content_in(self, vals):
        """Return the content these values give a file, bytes; None when they give none."""
        if "raw" in vals:
            content = vals["raw"] or b""
            return content.encode() if isinstance(content, str) else content
        return base64.b64decode(vals["datas"] or b"") if "datas" in vals else None

    def unlink(self):
        if not self._charter_is_open():
            frozen = self.sudo().filtered("charter_sha256")
            if frozen:
                frozen._charter_refuse_file()
        return super().unlink()

    # -- handing out -----------------------------------------------------------------------------

    def _charter_is_intact(self):
        """Return whether the content is what is on record; a file that is not frozen always is."""
        self.ensure_one()
        file = self.sudo().with_context(bin_size=False)
        if not file.charter_sha256:
            return True
        content = file._file_read(file.store_fname) if file.store_fname else file.db_datas
        return sha256(content) == file.charter_sha256

    def _charter_check_intact(self):
        """:raise UserError: one of these files is no longer what is on record"""
        for file in self:
            if not file._charter_is_intact():
                file._charter_note_broken()
                raise UserError(file._charter_broken_words())

    def _charter_note_broken(self):
        """Inform those who have to know, once the present transaction is over."""
        self._charter_afterwards("_charter_notify_broken")

    def _charter_afterwards(self, method):
        """Call ``method`` in a transaction of its own: the present one may only read, or be given up."""
        registry, ids, done = self.env.registry, self.ids, []

        def call():
            if not done:
                done.append(True)
                with registry.cursor() as cr:
                    getattr(api.Environment(cr, SUPERUSER_ID, {})["ir.attachment"].browse(ids), method)()

        self.env.cr.postcommit.add(call)
        self.env.cr.postrollback.add(call)

    def _charter_notify_broken(self):
        """Put altered files on the list of what is to fix, and write to administrators and general management, once."""
        for file in self.sudo().exists().filtered(lambda one: not one.charter_broken_at):
            with charter_door(self.env.cr):
                file.charter_broken_at = fields.Datetime.now()
                file.flush_recordset()
            company = file._charter_company()
            people = self.env["charter.assignment"].sudo()._company_people(company, "general_management")
            people |= self.env.ref("mileo_client_charter.group_charter_admin").user_ids.filtered(
                lambda user, company=company: company in user.company_ids
            )
            for user in people.filtered("email"):
                env = self.with_context(lang=user.lang).env
                self.env["mail.mail"].sudo().create(
                    {
                        "subject": env._("A file on record was altered: %s", file.name),
                        "body_html": env._(
                            "“%(file)s” (%(model)s %(id)s) is no longer the file that was recorded: its SHA-256 was "
                            "%(sha256)s. It is not delivered any more. Restore it from a backup; it is compared "
                            "again at the next opening.",
                            file=file.name,
                            model=file.res_model,
                            id=file.res_id,
                            sha256=file.charter_sha256,
                        ),
                        "email_from": company.email_formatted or user.email_formatted,
                        "recipient_ids": [fields.Command.set(user.partner_id.ids)],
                        "auto_delete": False,
                    }
                )
            self.env["charter.obligation"]._wake_mail_queue()

    def _charter_company(self):
        self.ensure_one()
        record = self.env[self.res_model].sudo().browse(self.res_id) if self.res_model in self.env else None
        company = (
            record.exists().company_id if record is not None and "company_id" in record._fields else None
        )
        return company or self.company_id or self.env.company

    def _charter_broken_words(self):
        return in_words(self.env, stored(self._charter_broken_term()))

    def _charter_broken_term(self):
        return _lt(
            "“%s” is no longer the file that was recorded, and is not delivered. The administrators "
            "of the charter and general management have been informed.",
            self.sudo().name,
        )

    def _to_http_stream(self):
        """:raise werkzeug.exceptions.Conflict: the content is no longer what is on record"""
        if not self._charter_is_intact():
            self._charter_note_broken()
            raise Conflict(self._charter_broken_words())
        if self.sudo().charter_broken_at:
            self._charter_afterwards("_charter_mended")
        return super()._to_http_stream()

    def _charter_mended(self):
        """Take a file that was altered and has been restored off the list of what is to fix."""
        with charter_door(self.env.cr):
            self.exists().charter_broken_at = False
            self.flush_recordset()

    @api.depends("store_fname", "db_datas", "file_size")
    @api.depends_context("bin_size")
    def _compute_datas(self):
        result = super()._compute_datas()
        self._charter_withhold("datas")
        return result

    @api.depends("store_fname", "db_datas")
    def _compute_raw(self):
        result = super()._compute_raw()
        self._charter_withhold("raw")
        return result

    def _charter_withhold(self, name):
        """Withhold an altered file from everybody: from a mail, an archive or a remote call."""
        if name == "datas" and self.env.context.get("bin_size"):
            return
        for file in self:
            if not file._charter_is_intact():
                file._charter_note_broken()
                file[name] = False

    # -- the database ----------------------------------------------------------------------------

    @api.model
    def _charter_triggers(self, columns):
        """Return a file that is frozen changes through the door alone."""
        if "charter_sha256" not in columns:
            return super()._charter_triggers(columns)
        frozen = [name for name in FROZEN if name in columns]
        return [
            *super()._charter_triggers(columns),
            *door_triggers(frozen, "OLD.charter_sha256 IS NOT NULL"),
        ]


class CharterEngineMixin(models.AbstractModel):
    _inherit = "charter.engine.mixin"

    def _charter_frozen_files(self, name):
        """Return those of these records whose file ``name`` (a binary field) is on record and no longer changes manually."""
        field = self._fields[name]
        return self if self._charter_engine_only or getattr(field, "charter_engine", False) else self.browse()

    def _charter_freeze_files(self, names):
        """Freeze what is on record of these fields now."""
        files = self.env["ir.attachment"]
        for name in names:
            field = self._fields.get(name)
            if field and field.type == "binary" and field.attachment:
                files |= files._charter_files_of(self._charter_frozen_files(name), name)
        files._charter_freeze()
