from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.base.charter_format import day_text
from ..models.work.charter_equipment_milestone import KINDS
from ..tools import endoflife, support_sheet
from ..tools.catalogue import maker_words, model_key, same_maker
from ..tools.versions import is_version

MEANINGS = [
    ("model", "Model"),
    ("brand", "Manufacturer"),
    *KINDS,
    ("source", "Source"),
    ("ignore", "Not used"),
]


class CharterSupportColumn(models.Model):
    """What a column of a manufacturer's list holds, as somebody mapped it: the next list with the same titles is read automatically."""

    _name = "charter.support.column"
    _description = "Column of a manufacturer's list"
    _order = "layout, id"
    _rec_name = "title"

    layout = fields.Char(
        "Titles of the list", required=True, help="The same title means another thing elsewhere."
    )
    title = fields.Char(required=True)
    meaning = fields.Selection(MEANINGS, required=True)

    _once = models.UniqueIndex("(layout, title)", "Column: this list has it already.")


class CharterSupportImport(models.TransientModel):
    """A manufacturer's list of lifecycle dates: shown first, then written in the catalogue and on the equipment; drafts follow from it.

    A row names a model of the catalogue, else equipment by its model, or by the internal reference or name of its product. A list
    that names the manufacturer adds models nobody has yet: equipment that comes later has its dates at once.
    """

    _name = "charter.support.import"
    _description = "Import end-of-support dates"
    _inherit = ["charter.sheet.mixin"]

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    shown = fields.Boolean()
    done = fields.Boolean()
    column_ids = fields.One2many("charter.support.import.column", "import_id", "Columns")
    line_ids = fields.One2many("charter.support.import.line", "import_id", readonly=True)

    def action_show(self):
        """Return what each row would do; nothing is written but how the columns are to be read."""
        self.ensure_one()
        if not self._is_json() and not self._map_columns():
            self.shown = False
            return self._reopen()
        plan = self._plan()
        twice = self._contradictions(plan)
        lines = [
            {
                "row": row.number,
                "model": row.model,
                "date": row.date,
                "message": " ".join(
                    filter(
                        None,
                        [message, *self._contradicted(row, twice), *self._kept_at_preview(row, models_of)],
                    )
                ),
                "equipment_count": len(equipment | models_of.equipment_ids),
            }
            for row, equipment, models_of, message in plan
        ]
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        self.shown = True
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Import dates of a manufacturer"),
            "context": {"dialog_size": "extra-large"},
        }

    @api.onchange("file")
    def _onchange_file(self):
        # Another file has its titles elsewhere, and other columns.
        self.update(
            {
                "titles_row": 0,
                "shown": False,
                "done": False,
                "column_ids": [Command.clear()],
                "line_ids": [Command.clear()],
            }
        )

    def action_import(self):
        """Write the dates, raise the drafts they call for, and show what came of each. :raise UserError: no row has a date"""
        self.ensure_one()
        plan = self._plan()
        wrong = [self._no_date(row) for row in self._without_a_date(plan)]
        if wrong and not any(self._says(row) for row, *_found in plan):
            raise UserError("\n".join([*wrong[:50], self.env._("Nothing was written.")]))
        notices = self.env["charter.notice"].sudo()
        live = notices.search([("milestone_key", "!=", False), ("state", "in", ("draft", "open"))])
        before = {notice: notice.effect_on for notice in live}
        twice = self._contradictions(plan)
        written = self._write_model_dates(plan, twice) + self._write_equipment_dates(plan, twice)
        raised = notices._raise_drafts()
        moved = live.filtered(lambda notice: notice.effect_on != before[notice])
        self._note_results(written, raised, moved, self._left_out(plan, twice))
        return self._reopen()

    def _without_a_date(self, plan):
        """Return the rows about equipment of ours with a cell that is no date, or with no date at all; the preview says so of each."""
        if self._is_json():
            return []
        return [
            row
            for row, equipment, models_of, _message in plan
            # A model that no client of ours has is left out anyway.
            if (equipment or models_of) and (row.wrong or not self._says(row))
        ]

    def _no_date(self, row):
        return self.env._("Row %(row)s: %(what)s", row=row.number, what=self._no_date_words(row))

    def _no_date_words(self, row):
        if not row.wrong:
            return self.env._("there is no date; it is left out.")
        kinds = dict(self.env["charter.equipment.milestone"]._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(columns)s: what is written is no date; write 2026-10-05. It is left out.",
            columns=", ".join(kinds[kind] for kind in row.wrong),
        )

    @api.model
    def _says(self, row):
        """Return {kind: date, or None where none is announced} of a row."""
        return {**dict.fromkeys(row.none_announced), **row.dates}

    def _values(self, row, day):
        return {
            "status": "announced" if day else "none_announced",
            "date": day,
            "source": row.source or self.filename,
            "url": row.url,
            "checked_on": self.env.company._charter_today(),
        }

    # -- two dates of one model in one list ---------------------------------------------------------

    def _targets(self, row, equipment, models_of):
        """Return what a row is about: models of the catalogue, equipment that is in none, else the model it brings."""
        bare = equipment.filtered(lambda each: not each.sudo().catalogue_id)
        found = [*(("model", one.id) for one in models_of), *(("equipment", one.id) for one in bare)]
        if models_of or not row.brand or self._is_json():
            return found
        return [*found, ("new", " ".join(maker_words(row.brand)), model_key(row.model))]

    def _contradictions(self, plan):
        """Return {(what a row is about, kind): {date, or None where none is announced: [rows]}} where the list says two things."""
        said = defaultdict(lambda: defaultdict(list))
        for row, equipment, models_of, _message in plan:
            for kind, day in self._says(row).items():
                for target in self._targets(row, equipment, models_of):
                    said[target, kind][day].append(row)
        return {key: days for key, days in said.items() if len(days) > 1}

    def _contradicted(self, row, twice):
        """Return what is said of a row that another one contradicts: both dates and both rows, once a kind."""
        kinds = dict(self.env["charter.equipment.milestone"]._fields["kind"]._description_selection(self.env))
        found = {}
        for (_target, kind), days in twice.items():
            if any(one.number == row.number for rows in days.values() for one in rows):
                found[kind] = self.env._(
                    "%(kind)s: the list gives two dates for one model, %(dates)s. None is taken: correct the list.",
                    kind=kinds[kind],
                    dates=", ".join(
                        self.env._(
                            "%(day)s in row %(rows)s",
                            day=day_text(self.env, day, "d MMM y") if day else self.env._("None announced"),
                            rows=", ".join(str(one.number) for one in rows),
                        )
                        for day, rows in days.items()
                    ),
                )
        return list(found.values())

    def _left_out(self, plan, twice):
        """Return [(model as the list writes it, why it was not taken)]: cells that are no date, and what the list contradicts itself about."""
        found = {self._no_date(row): row.model for row in self._without_a_date(plan)}
        for row, *_found in plan:
            for words in self._contradicted(row, twice):
                found.setdefault(words, row.model)
        return [(model, words) for words, model in found.items()]

    # -- writing ----------------------------------------------------------------------------------

    def _write_model_dates(self, plan, twice):
        """Write the dates of models in the catalogue. :return: [(model, kind, date, date before)]"""
        wanted = {}
        for row, _equipment, models_of, _message in plan:
            if not models_of and row.brand and self._says(row) and not self._is_json():
                models_of = (
                    self.env["charter.equipment.model"]
                    ._of([(row.brand, row.model)])
                    .get((row.brand, row.model), models_of)
                )
                new = ("new", " ".join(maker_words(row.brand)), model_key(row.model))
                targets = dict.fromkeys(models_of, new)
            else:
                targets = {model: ("model", model.id) for model in models_of}
            wanted.update(
                {
                    (model.id, kind): self._values(row, day)
                    for model, target in targets.items()
                    for kind, day in self._says(row).items()
                    if (target, kind) not in twice
                }
            )
        return self._write_dates("charter.equipment.model.date", "model_id", wanted)

    def _write_equipment_dates(self, plan, twice):
        """Write the dates of equipment that is in no catalogue: its manufacturer or model is not on record. :return: as above"""
        wanted = {}
        for row, equipment, _models, _message in plan:
            for one in equipment.filtered(lambda each: not each.sudo().catalogue_id):
                wanted.update(
                    {
                        (one.id, kind): self._values(row, day)
                        for kind, day in self._says(row).items()
                        if (("equipment", one.id), kind) not in twice
                    }
                )
        return self._write_dates("charter.equipment.milestone", "equipment_id", wanted)

    def _write_dates(self, model, owner, wanted):
        """Write one date an owner and kind.

        :param wanted: {(id of the owner, kind): values}
        :return: [(owner, kind, date, what was there before: a row or nothing, its date)]
        """
        dates = self.env[model]
        known = {
            (one[owner].id, one.kind): one
            for one in dates.search([(owner, "in", [number for number, _kind in wanted])])
        }
        was = {key: (one.status, one.date) for key, one in known.items()}
        fresh = []
        for (number, kind), values in wanted.items():
            if (number, kind) in known:
                known[number, kind].write(values)
            else:
                fresh.append({owner: number, "kind": kind, **values})
        dates.create(fresh)
        owners = self.env[dates._fields[owner].comodel_name]
        return [
            (owners.browse(number), kind, values["date"], was.get((number, kind)))
            for (number, kind), values in wanted.items()
        ]

    # -- columns ----------------------------------------------------------------------------------

    def _is_json(self):
        return endoflife.is_json(self._sheet_content())

    def _titles(self):
        """Return [(title, what stands first below it)], and keep the row they are in: the one somebody entered, or the one found."""
        columns = self.env["charter.support.column"].sudo()
        known = frozenset(title for [title] in columns._read_group([], ["title"]))

        def read(content):
            self.titles_row, found = support_sheet.titles(content, known, self.titles_row)
            return found

        return self._sheet_rows(read)

    def _layout(self, titles):
        return "|".join(title.casefold() for title, _example in titles)[:2000]

    def _remembered(self, titles):
        """Return {title in small letters: what it holds} as it was mapped last, for a list of these titles."""
        rows = self.env["charter.support.column"].sudo().search([("layout", "=", self._layout(titles))])
        return {row.title: row.meaning for row in rows}

    def _map_columns(self):
        """Show every column with what it holds; what somebody chose is remembered for lists of the same titles.

        :return: whether the list can be read
        """
        titles = self._titles()
        chosen = {one.title.casefold(): one.meaning for one in self.column_ids}
        if set(chosen) != {title.casefold() for title, _example in titles}:
            chosen = self._remembered(titles)
            self.column_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "title": title,
                            "example": example,
                            "meaning": chosen.get(title.casefold())
                            or support_sheet.meaning_of(title)
                            or "ignore",
                        }
                    )
                    for title, example in titles
                ),
            ]
            held = set(self.column_ids.mapped("meaning"))
            # What nobody knows how to read is asked first.
            return "model" in held and bool(held & set(support_sheet.KINDS))
        column = self.env["charter.support.column"].sudo()
        layout = self._layout(titles)
        known = {row.title: row for row in column.search([("layout", "=", layout)])}
        for title, meaning in chosen.items():
            if title in known:
                known[title].meaning = meaning
            else:
                column.create({"layout": layout, "title": title, "meaning": meaning})
        return True

    def _meanings(self):
        chosen = {one.title.casefold(): one.meaning for one in self.column_ids}
        chosen = chosen or self._remembered(self._titles())
        return {title: "" if meaning == "ignore" else meaning for title, meaning in chosen.items()}

    # -- rows -------------------------------------------------------------------------------------

    def _plan(self):
        """Return [(row, equipment it names, models it names, message)]. :raise UserError: the file cannot be read"""
        if self._is_json():
            rows = self._sheet_rows(endoflife.read)
        else:
            meanings = self._meanings()
            rows = self._sheet_rows(lambda content: support_sheet.read(content, meanings, self.titles_row))
        by_name, by_key = (
            self._equipment_by_name(),
            self._models_by_key({model_key(row.model) for row in rows}),
        )
        plan = []
        for row in rows:
            models_of = self.env["charter.equipment.model"]
            words = maker_words(row.brand) if row.brand and not self._is_json() else []
            for alias in by_key[model_key(row.model)]:
                if not words or same_maker(words, alias.maker_key.split()):
                    models_of |= alias.model_id
            found = by_name.get(row.model.casefold(), self.env["charter.equipment"])
            if row.brand:
                found = found.filtered(
                    lambda e, brand=row.brand: not e.maker or e.maker.casefold() == brand.casefold()
                )
            plan.append((row, found, models_of, self._message(row, found, models_of)))
        return plan

    def _message(self, row, found, models_of):
        if row.wrong or not self._says(row):
            if found or models_of:
                words = self._no_date_words(row)
                return words[:1].upper() + words[1:]
            return self.env._(
                "There is no date, or what is written is none; none of our clients' equipment: left out."
            )
        if found or models_of:
            return ""
        if is_version(row.model):
            return self.env._("“%s” is a version and no model: left out.", row.model)
        if row.brand and not self._is_json():
            return self.env._("None of our clients' equipment yet: kept in the catalogue of models.")
        return self.env._("None of our clients' equipment: left out.")

    def _models_by_key(self, keys):
        found = defaultdict(self.env["charter.equipment.alias"].sudo().browse)
        for alias in self.env["charter.equipment.alias"].sudo().search([("key", "in", list(keys - {""}))]):
            found[alias.key] |= alias
        return found

    def _equipment_by_name(self):
        """Return {name in small letters: equipment} by model, product reference and product name; two queries."""
        equipment = self.env["charter.equipment"].search([("company_id", "=", self.company_id.id)])
        found = defaultdict(list)
        for one in equipment:
            product = one.product_id.sudo()
            for name in {one.model, product.default_code, product.name} - {False, None}:
                found[name.casefold()].append(one.id)
        return {name: self.env["charter.equipment"].browse(ids) for name, ids in found.items()}


class CharterSupportImportColumn(models.TransientModel):
    _name = "charter.support.import.column"
    _description = "Column of an import of end-of-support dates"
    _order = "id"

    import_id = fields.Many2one("charter.support.import", required=True, ondelete="cascade")
    title = fields.Char(required=True)
    example = fields.Char("First row")
    meaning = fields.Selection(MEANINGS, "What it holds", required=True, default="ignore")


class CharterSupportImportLine(models.TransientModel):
    _name = "charter.support.import.line"
    _description = "Row of an import of end-of-support dates"
    _order = "row"

    import_id = fields.Many2one("charter.support.import", required=True, ondelete="cascade")
    row = fields.Integer()
    model = fields.Char()
    date = fields.Date()
    equipment_count = fields.Integer("Pieces of equipment")
    message = fields.Char()
