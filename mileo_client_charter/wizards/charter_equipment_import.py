import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..models.base.charter_lock import lock
from ..tools import equipment_sheet
from ..tools.catalogue import word_key
from ..tools.equipment_sheet import MILESTONES
from ..tools.versions import is_version
from ..tools.workbook_rows import SheetError

# Rows written in one request: its time limit is far away with so many, and what was written before is kept if the next one fails.
PART = 2_500
# What a row of the sheet gives as it stands.
PLAIN = (
    "name", "serial", "reference", "maker", "model", "firmware", "monitored_as", "supervised_from", "supervised_to",
)  # fmt: skip


# What the preview shows of each row, beside what becomes of it.
PREVIEWED = ("name", "serial", "maker", "model", "firmware")


class Refusal(Exception):
    """Why one row cannot be taken."""


class CharterEquipmentImport(models.TransientModel):
    """Equipment from a spreadsheet: shown first, row by row, then written; a file with a refused row not at all.

    More than ``PART`` rows are written in parts, a request each, and the browser shows how far it is. A part is written whole or not
    at all; where it stops, the next import of the same file goes on with the rows that are left.

    A row updates the client's equipment with the same serial number, else with the same asset number, else, when it
    has neither, with the same name at the same site. An empty cell changes nothing. Imported twice, it is the same.
    """

    _name = "charter.equipment.import"
    _description = "Import equipment"
    _inherit = ["charter.sheet.mixin"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    line_ids = fields.One2many("charter.equipment.import.line", "import_id", readonly=True)
    shown = fields.Boolean()
    in_french = fields.Boolean(compute="_compute_in_french")
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    unchanged = fields.Integer(readonly=True)
    refused = fields.Integer(readonly=True)
    ignored = fields.Char("Columns not read", readonly=True)
    installed = fields.Char("Columns with a date of installation", readonly=True)
    missing_tags = fields.Char(readonly=True)
    create_tags = fields.Boolean("Create these tags")
    written = fields.Json(readonly=True, help="Numbers of the equipment written so far.")
    kept_rows = fields.Json(
        readonly=True, help="The rows of the file as they were read: no part reads it again."
    )

    @api.depends_context("lang")
    def _compute_in_french(self):
        self.in_french = (self.env.lang or "").startswith("fr")

    def action_show(self):
        """Return what would become of each row; nothing is written."""
        self.ensure_one()
        lines = [line for line, _values in self._plan()]
        self.titles_row = equipment_sheet.titles_row(self._sheet_content())
        ignored = equipment_sheet.ignored(self._sheet_content())
        self.ignored = ", ".join(ignored)
        self.installed = ", ".join(filter(equipment_sheet.is_installation, ignored))
        order = {"refused": 0, "created": 1, "updated": 2, "unchanged": 3}
        lines.sort(key=lambda line: (order[line["outcome"]], line["row"]))
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        for outcome in order:
            self[outcome] = sum(line["outcome"] == outcome for line in lines)
        self.shown = True
        return self._action()

    def action_import(self):
        """Write the rows, or the first part of many; the browser asks for the others.

        :return: action that shows the equipment, or how far the import is
        :raise ValidationError: a row cannot be taken; it says which
        """
        self.ensure_one()
        if self.create_tags:
            rows = self._rows()
            self.env["charter.equipment.tag"].create([{"name": name} for name in self._missing_tags(rows)])
        self.written = False
        part = self.write_part()
        return part["next"] or {
            "type": "ir.actions.client",
            "tag": "charter_import_progress",
            "name": self.env._("Import equipment"),
            "target": "new",
            "params": {"model": self._name, "id": self.id, **part},
        }

    def write_part(self):
        """Write up to ``PART`` of the rows that are not written yet.

        :return: {"done": rows written since the import began, "left": rows to write, "next": action to end with, or False}
        :raise ValidationError: a row cannot be taken; of this part nothing is written
        """
        self.ensure_one()
        # Two tabs would each write the same part.
        lock(self)
        self.invalidate_recordset(["written"])
        plan = self._plan()
        done = self.written or []
        for line, _values in plan:
            if line["outcome"] == "refused":
                raise ValidationError(self._refusal_words(line, len(done)))
        todo = [(line, values) for line, values in plan if line["outcome"] in ("created", "updated")]
        equipment = self.env["charter.equipment"]
        part = todo[:PART]
        created = equipment.create([values for line, values in part if line["outcome"] == "created"])
        updated = equipment.browse()
        for line, values in part:
            if line["outcome"] == "updated":
                record = equipment.browse(line["equipment_id"])
                record.write(values)
                updated |= record
        self.written = done + created.ids + updated.ids
        left = len(todo) - len(part)
        written = self.written or []
        # Where every row is as it was, what the file names is shown all the same.
        shown = written or [line["equipment_id"] for line, _values in plan if line.get("equipment_id")]
        return {"done": len(written), "left": left, "next": not left and self._list_action(shown)}

    def _refusal_words(self, line, done):
        words = self.env._("Row %(row)s: %(why)s", row=line["row"], why=line["message"])
        if done:
            return (
                words
                + "\n"
                + self.env._("%s rows were written before; correct the row and import the file again.", done)
            )
        return words + "\n" + self.env._("Nothing was written.")

    def _list_action(self, ids):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import equipment"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # -- reading ----------------------------------------------------------------------------------

    def _rows(self):
        """Return the rows of the file, which is read once: parts follow in requests of their own.

        :raise UserError: the file as a whole cannot be read
        """
        digest = hashlib.sha256(self.file or b"").hexdigest()
        kept = self.kept_rows or {}
        if kept.get("file") == digest:
            return [equipment_sheet.from_stored(row) for row in kept["rows"]]
        rows = self._sheet_rows(equipment_sheet.read)
        self.kept_rows = {"file": digest, "rows": [equipment_sheet.stored(row) for row in rows]}
        return rows

    def _plan(self):
        """Return [(values of the preview's line, values to write)] in the order of the sheet.

        :raise UserError: the file as a whole cannot be read
        """
        rows = self._rows()
        known = {**self._known(rows), "tags": self._tags_by_key()}
        self.missing_tags = ", ".join(self._missing_tags(rows))
        plan, seen = [], {}
        for row in rows:
            line = {"row": row.number, **{name: row.values.get(name) for name in PREVIEWED}}
            try:
                values = self._values(row, known)
                record = self._existing(values, known, seen, row.number)
            except Refusal as refusal:
                plan.append(({**line, "outcome": "refused", "message": str(refusal)}, None))
                continue
            changes = self._changes(record, values)
            outcome = "created" if not record else "updated" if changes else "unchanged"
            if is_version(line["model"]):
                line["message"] = self.env._(
                    "Model: “%s” is a version. Write the model there, and the version under Firmware.",
                    line["model"],
                )
            plan.append(({**line, "outcome": outcome, "equipment_id": record.id}, changes))
        return plan

    def _known(self, rows):
        """Return all that the rows may name, read at once."""

        def written(name):
            return list({row.values[name] for row in rows if row.values.get(name)})

        in_company = [("company_id", "in", (False, self.company_id.id))]
        clients = self.env["res.partner"].search(
            [
                "|",
                ("ref", "in", written("partner_id")),
                ("name", "in", written("partner_id")),
                ("parent_id", "=", False),
                *in_company,
            ]
        )
        return {
            "partner_id": clients,
            "site_id": self.env["res.partner"].search(
                [("commercial_partner_id", "in", clients.ids), *in_company]
            ),
            "contract_id": self.env["contract.contract"].search(
                [
                    ("commercial_partner_id", "in", clients.ids),
                    ("contract_type", "=", "sale"),
                    ("company_id", "=", self.company_id.id),
                ]
            ),
            "product_id": self.env["product.product"].search(
                [
                    "|",
                    ("default_code", "in", written("product_id")),
                    ("name", "in", written("product_id")),
                    *in_company,
                ]
            ),
            "equipment": self.env["charter.equipment"]
            .with_context(active_test=False)
            .search([("partner_id", "in", clients.ids), ("company_id", "=", self.company_id.id)]),
        }

    def _values(self, row, known):
        """Return what the row says, as values of an equipment.

        :raise Refusal: all that is missing, unknown, or no date, so that the row is corrected once
        """
        values, reasons = row.values, []

        def attempt(look, *args):
            try:
                return look(*args)
            except Refusal as refusal:
                reasons.append(str(refusal))
                return None

        for name, text in row.wrong.items():
            reasons.append(
                self.env._(
                    "%(column)s: “%(text)s” is no date; write 2026-10-05.",
                    column=self._title(name),
                    text=text,
                )
            )
        reasons += [
            self.env._("%s: it is missing.", self._title(name))
            for name in equipment_sheet.REQUIRED
            if not values.get(name)
        ]
        first, last = values.get("supervised_from"), values.get("supervised_to")
        if first and last and last < first:
            reasons.append(self.env._("Supervised to: it comes before the first day of supervision."))
        found = {name: values[name] for name in PLAIN if values.get(name)}
        client = values.get("partner_id") and attempt(
            self._find, "partner_id", values, known["partner_id"], ("ref", "name")
        )
        found.update(partner_id=client and client.id, company_id=self.company_id.id)
        of_client = {
            "site_id": ("ref", "name"),
            "contract_id": ("code", "name"),
            "product_id": ("default_code", "name"),
        }
        for name, keys in of_client.items():
            # Whose sites and contracts are meant is not known without a client.
            if values.get(name) and (client or name == "product_id"):
                candidates = known[name]
                if name != "product_id":
                    candidates = candidates.filtered(lambda one: one.commercial_partner_id == client)
                one = attempt(self._find, name, values, candidates, keys)
                found[name] = one and one.id
        if values.get("tag_ids"):
            found["tag_ids"] = [Command.set(attempt(self._tags, values["tag_ids"], known["tags"]) or ())]
        if reasons:
            raise Refusal(" ".join(reasons))
        found["milestone_ids"] = {name: values[name] for name in MILESTONES if name in values}
        return found

    def _sheet_words(self, error):
        """Return as of any sheet, with the columns as the reader calls them, by which they are understood too."""
        if error.code in ("columns", "twice"):
            columns = {titles[0]: name for name, titles in equipment_sheet.COLUMNS.items()}
            named = [self._title(columns[title]) for title in error.detail.split(", ")]
            error = SheetError(error.code, ", ".join(named))
        return super()._sheet_words(error)

    def _title(self, name):
        if name in MILESTONES:
            kinds = self.env["charter.equipment.milestone"]._fields["kind"]._description_selection(self.env)
            return dict(kinds)[name]
        return self.env["charter.equipment"]._fields[name]._description_string(self.env)

    def _find(self, name, values, candidates, keys):
        """Return the candidate that is called as the row says, by the first of ``keys`` that finds one."""
        text = values[name]
        for key in keys:
            found = candidates.filtered(lambda one, key=key: (one[key] or "").casefold() == text.casefold())
            if len(found) > 1:
                raise Refusal(
                    self.env._(
                        "%(column)s: several are called “%(text)s”; write the reference instead.",
                        column=self._title(name),
                        text=text,
                    )
                )
            if found:
                return found
        if name in ("site_id", "contract_id"):
            raise Refusal(
                self.env._(
                    "%(column)s: %(client)s has none called “%(text)s”; enter it first.",
                    column=self._title(name),
                    client=values["partner_id"],
                    text=text,
                )
            )
        raise Refusal(
            self.env._(
                "%(column)s: “%(text)s” is unknown; enter it first.", column=self._title(name), text=text
            )
        )

    def _tag_names(self, text):
        """Return the names a cell lists; of those that differ in case, accents or signs alone, the first."""
        names = [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
        return list({word_key(name): name for name in reversed(names)}.values())[::-1]

    def _tags_by_key(self):
        """Return {key of its name in any language, or the name itself: tag}."""
        tags = self.env["charter.equipment.tag"].search([])  # pylint: disable=no-search-all
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        named = [
            (tag.name, tag.id) for lang in [*languages, self.env.lang] for tag in tags.with_context(lang=lang)
        ]
        # Of two that differ in their case, the one that is written so.
        return {word_key(name): number for name, number in named} | dict(named)

    def _missing_tags(self, rows):
        """Return the names of tags that the rows use and that are not there yet, each once however it is written."""
        known, missing = self._tags_by_key(), {}
        for row in rows:
            for name in self._tag_names(row.values.get("tag_ids") or ""):
                if name not in known and word_key(name) not in known:
                    missing.setdefault(word_key(name), name)
        return list(missing.values())

    def _tags(self, text, known):
        """Return the ids of the tags a cell names; those to be created have none yet and change the equipment anyway."""
        names = self._tag_names(text)
        found = {name: known.get(name) or known.get(word_key(name)) for name in names}
        missing = [name for name, number in found.items() if not number]
        if missing and not self.create_tags:
            raise Refusal(
                self.env._(
                    "Tags: %s: unknown; tick “Create these tags”, or enter them in Configuration ‣ Equipment tags first.",
                    ", ".join(missing),
                )
            )
        return [
            *dict.fromkeys(number for number in found.values() if number),
            *(-number for number, _name in enumerate(missing, 1)),
        ]

    def _existing(self, values, known, seen, number):
        """Return the equipment the row is about; empty for a new one.

        :raise Refusal: another row is about the same one
        """
        name = next((name for name in ("serial", "reference") if values.get(name)), None)
        names = [name] if name else ["name", "site_id"]
        key = (values["partner_id"], *((one, str(values.get(one) or "").casefold()) for one in names))
        if key in seen:
            raise Refusal(
                self.env._(
                    "%(what)s: row %(row)s is about the same equipment.",
                    what=self._title(names[0]),
                    row=seen[key],
                )
            )
        seen[key] = number

        def said(equipment, one):
            value = equipment[one]
            return str((value.id if one == "site_id" else value) or "").casefold()

        if "index" not in known:
            index = known["index"] = {}
            for equipment in known["equipment"]:
                for together in (["serial"], ["reference"], ["name", "site_id"]):
                    index.setdefault(
                        (equipment.partner_id.id, *((one, said(equipment, one)) for one in together)),
                        equipment,
                    )
        return known["index"].get(key, self.env["charter.equipment"])

    def _changes(self, record, values):
        """Return what of ``values`` the equipment does not say yet; all of it for a new one."""
        changes = {}
        for name, value in values.items():
            if name == "milestone_ids":
                commands = self._milestone_commands(record, value)
                if commands:
                    changes[name] = commands
            elif name == "tag_ids":
                if set(record.tag_ids.ids) != set(value[0][2]):
                    changes[name] = value
            elif name == "firmware" and (record.firmware or "") != value:
                changes.update(firmware=value, firmware_source="sheet")
            elif not record or record._fields[name].convert_to_write(record[name], record) != value:
                changes[name] = value
        return changes

    def _milestone_commands(self, record, dates):
        commands = []
        for kind, day in dates.items():
            row = {"kind": kind, "status": "announced" if day else "none_announced", "date": day or False}
            milestone = record.milestone_ids.filtered(lambda one, kind=kind: one.kind == kind)
            if not milestone:
                commands.append(Command.create(row))
            elif (milestone.status, milestone.date) != (row["status"], row["date"]):
                checked = record.company_id._charter_today()
                commands.append(Command.update(milestone.id, {**row, "checked_on": checked}))
        return commands


class CharterEquipmentImportLine(models.TransientModel):
    """What would become of one row."""

    _name = "charter.equipment.import.line"
    _description = "Row of an import of equipment"

    import_id = fields.Many2one("charter.equipment.import", required=True, ondelete="cascade")
    row = fields.Integer()
    name = fields.Char()
    serial = fields.Char("Serial number")
    maker = fields.Char("Manufacturer")
    model = fields.Char()
    firmware = fields.Char()
    outcome = fields.Selection(
        [("created", "New"), ("updated", "Changed"), ("unchanged", "Unchanged"), ("refused", "Refused")]
    )
    equipment_id = fields.Many2one("charter.equipment")
    message = fields.Char("Why")
