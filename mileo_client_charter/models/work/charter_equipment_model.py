"""Models of manufacturers: the names they are found by, and lifecycle dates that all equipment of a model follows."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.catalogue import family_pattern, maker_words, model_key, same_maker
from ...tools.versions import is_version
from ..base.charter_format import day_text
from .charter_equipment_milestone import KINDS


class CharterEquipmentModel(models.Model):
    """A model of a manufacturer: what equipment, advisories and lifecycle dates name, corrected in one place.

    Equipment whose manufacturer and model are new adds its own row. A family (``DS-2CD4xx5``) is a row whose name has wildcards. Rows
    belong to no company: what a manufacturer makes is the same for all.
    """

    _name = "charter.equipment.model"
    _description = "Model of equipment"
    _order = "maker, name, id"
    _rec_names_search = ["name", "maker", "alias_ids.name"]

    maker = fields.Char("Manufacturer", required=True)
    name = fields.Char("Model", required=True, help="A family has wildcards: DS-2CD4xx5, DH-IPC-HDW1XXX.")
    is_family = fields.Boolean("Family", compute="_compute_is_family", store=True)
    alias_ids = fields.One2many(
        "charter.equipment.alias", "model_id", "Also written", domain=[("is_own", "=", False)]
    )
    equipment_ids = fields.One2many("charter.equipment", "catalogue_id")
    equipment_count = fields.Integer("Pieces of equipment", compute="_compute_equipment_count")
    lifecycle_ids = fields.One2many("charter.equipment.model.date", "model_id", "Lifecycle dates")
    active = fields.Boolean(default=True)

    @api.depends("name")
    def _compute_is_family(self):
        for model in self:
            model.is_family = bool(family_pattern(model.name))

    @api.depends("maker", "name")
    def _compute_display_name(self):
        for model in self:
            model.display_name = " ".join(filter(None, [model.maker, model.name]))

    def _compute_equipment_count(self):
        counts = dict(
            self.env["charter.equipment"]._read_group(
                [("catalogue_id", "in", self.ids)], ["catalogue_id"], ["__count"]
            )
        )
        for model in self:
            model.equipment_count = counts.get(model._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._write_own_names()
        return created

    def write(self, vals):
        result = super().write(vals)
        if {"maker", "name"} & vals.keys():
            self._write_own_names()
        return result

    def _write_own_names(self):
        """Write the own name of each model beside its aliases: one table has them all."""
        alias = self.env["charter.equipment.alias"].sudo()
        known = {
            row.model_id: row for row in alias.search([("model_id", "in", self.ids), ("is_own", "=", True)])
        }
        for model in self:
            if model in known:
                known[model].name = model.name
        alias.search([("model_id", "in", self.ids)])._compute_keys()
        alias.create(
            [
                {"model_id": model.id, "name": model.name, "is_own": True}
                for model in self
                if model not in known
            ]
        )

    @api.model
    def _of(self, names):
        """Return the model of each (manufacturer, model) as somebody wrote it; models that are new are added. Two statements.

        :param names: iterable of (manufacturer, model)
        :return: {(manufacturer, model): charter.equipment.model}; nothing for a name without manufacturer or model, or a version
        """
        wanted = {
            (maker, model): (" ".join(maker_words(maker)), model_key(model))
            for maker, model in set(names)
            # A version that somebody wrote in the model's place names none: it would stay in the catalogue, and meet no advisory.
            if maker and model and model_key(model) and not is_version(model)
        }
        rows = (
            self.env["charter.equipment.alias"]
            .sudo()
            .search([("key", "in", [key for _maker, key in wanted.values()])])
        )
        known = {(row.maker_key, row.key): row.model_id for row in rows}
        fresh = {}
        for (maker, model), keys in wanted.items():
            if keys not in known:
                fresh.setdefault(keys, {"maker": maker, "name": model})
        known.update(zip(fresh, self.sudo().create(list(fresh.values())), strict=True))
        return {written: known[keys] for written, keys in wanted.items()}

    def _covered(self):
        """Return the model itself, and for a family the models its wildcards stand for."""
        self.ensure_one()
        pattern = family_pattern(self.name)
        if not pattern:
            return self
        words = maker_words(self.maker)
        aliases = self.env["charter.equipment.alias"].sudo().search([("model_id.is_family", "=", False)])
        return (
            self
            | aliases.filtered(
                lambda one: re.match(pattern, one.key) and same_maker(words, one.maker_key.split())
            ).model_id
        )

    def _families(self):
        """Return the families whose wildcards stand for these models."""
        families = self.search([("is_family", "=", True)])
        return families.filtered(lambda one: one._covered() & self)

    def action_equipment(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment"
        )
        return {**action, "domain": [("catalogue_id", "in", self.ids)], "context": {}}


class CharterEquipmentAlias(models.Model):
    """A way in which a model is written; its own name is one."""

    _name = "charter.equipment.alias"
    _description = "Name of a model of equipment"
    _order = "name, id"

    model_id = fields.Many2one("charter.equipment.model", required=True, index=True, ondelete="cascade")
    name = fields.Char("Written as", required=True)
    maker = fields.Char("Under this manufacturer", help="Where another one sells it; else that of the model.")
    is_own = fields.Boolean(readonly=True)
    key = fields.Char(compute="_compute_keys", store=True)
    maker_key = fields.Char("Manufacturer key", compute="_compute_keys", store=True)
    pattern = fields.Char(compute="_compute_keys", store=True)

    _one_model = models.UniqueIndex(
        "(key, maker_key)",
        "Two models of one manufacturer have the same name: keep one, the other is its alias.",
    )

    @api.depends("name", "maker", "model_id.maker")
    def _compute_keys(self):
        for alias in self:
            alias.key = model_key(alias.name)
            alias.maker_key = " ".join(maker_words(alias.maker or alias.model_id.maker))
            alias.pattern = family_pattern(alias.name)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            model = self.env["charter.equipment.model"].browse(vals.get("model_id"))
            self.browse()._check_free(vals.get("name"), vals.get("maker") or model.maker)
        return super().create(vals_list)

    def write(self, vals):
        if {"name", "maker"} & vals.keys():
            for alias in self:
                maker = vals.get("maker", alias.maker) or alias.model_id.maker
                alias._check_free(vals.get("name", alias.name), maker)
        return super().write(vals)

    def _check_free(self, name, maker):
        """Check it before it is written, so that the error can name the other model.

        :raise ValidationError: the name names another model already, or nothing
        """
        if not model_key(name):
            raise ValidationError(
                self.env._("Also written: “%s” has neither letter nor figure; write the model.", name or "")
            )
        twin = self.sudo().search(
            [
                ("key", "=", model_key(name)),
                ("maker_key", "=", " ".join(maker_words(maker))),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if twin:
            raise ValidationError(
                self.env._(
                    "“%(name)s” names %(model)s already. Take it out there first, or keep one model.",
                    name=name,
                    model=twin.model_id.display_name,
                )
            )


class CharterEquipmentModelDate(models.Model):
    """A date in the life of a model, as its manufacturer announced it; all equipment of the model follows, today's and tomorrow's."""

    _name = "charter.equipment.model.date"
    _description = "Lifecycle date of a model"
    _order = "model_id, date, id"
    _rec_name = "kind"

    model_id = fields.Many2one("charter.equipment.model", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(KINDS, required=True)
    status = fields.Selection(
        [("announced", "Announced"), ("none_announced", "None announced")], required=True, default="announced"
    )
    date = fields.Date(help="The day the manufacturer announced; only where one is announced.")
    source = fields.Char(help="Source of the information: a page, a letter, a distributor.")
    url = fields.Char("Web page")
    checked_on = fields.Date("Last checked on", default=lambda self: self.env.company._charter_today())

    _one_of_a_kind = models.UniqueIndex(
        "(model_id, kind)", "Lifecycle: a model has one date of each type. Change the one it has."
    )
    _date_as_status = models.Constraint(
        "CHECK ((status = 'announced') = (date IS NOT NULL))",
        "Lifecycle, Date: give the date that is announced, or choose “None announced” and give none.",
    )

    @api.onchange("status")
    def _onchange_status(self):
        if self.status != "announced":
            self.date = False

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._follow()
        return created

    def write(self, vals):
        result = super().write(vals)
        self._follow()
        return result

    def unlink(self):
        self.env["charter.equipment.milestone"].sudo().search([("model_date_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _follow(self, equipment=None):
        """Write these dates on the equipment of their models; a date somebody typed there stays, and is shown as another one.

        That nothing is announced stays as long as nothing is: an announcement that was looked up later takes its place.

        :param equipment: only these; all equipment of the models by default
        """
        milestone = self.env["charter.equipment.milestone"].sudo().with_context(active_test=False)
        wanted = {}
        # A model's own date says more than that of its family.
        for row in self.sudo().sorted(lambda one: not one.model_id.is_family):
            domain = [("catalogue_id", "in", row.model_id._covered().ids)]
            if equipment is not None:
                domain.append(("id", "in", equipment.ids))
            for one in self.env["charter.equipment"].sudo().with_context(active_test=False).search(domain):
                wanted.setdefault((one.id, row.kind), row)
        known = {
            (one.equipment_id.id, one.kind): one
            for one in milestone.search([("equipment_id", "in", [number for number, _kind in wanted])])
        }
        fresh = []
        for key, row in wanted.items():
            values = {
                "status": row.status,
                "date": row.date,
                "source": row.source,
                "url": row.url,
                "checked_on": row.checked_on,
                "model_date_id": row.id,
            }
            if key not in known:
                fresh.append({"equipment_id": key[0], "kind": key[1], **values})
            elif known[key].model_date_id or row._supersedes(known[key]):
                known[key].write(values)
        milestone.create(fresh)

    def _supersedes(self, typed):
        """Return whether this date takes the place of what somebody typed on a device: nothing was known there, or nothing announced by then."""
        self.ensure_one()
        if typed.status == "unknown":
            return True
        if typed.status != "none_announced" or self.status != "announced":
            return False
        return not typed.checked_on or (bool(self.checked_on) and self.checked_on >= typed.checked_on)


class CharterEquipmentMilestone(models.Model):
    _inherit = "charter.equipment.milestone"

    model_date_id = fields.Many2one(
        "charter.equipment.model.date",
        "From the catalogue",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="mileo_client_charter.group_charter_user",
    )
    other_date = fields.Char(
        "According to the catalogue",
        compute="_compute_other_date",
        search="_search_other_date",
        groups="mileo_client_charter.group_charter_user",
        help="Two sources give two dates: keep the right one, in the catalogue or here.",
    )

    @api.depends("date", "status", "kind", "model_date_id", "equipment_id.catalogue_id.lifecycle_ids.date")
    @api.depends_context("lang")
    def _compute_other_date(self):
        said = {
            model: (model.lifecycle_ids, model._families().lifecycle_ids)
            for model in self.equipment_id.sudo().catalogue_id
        }
        labels = dict(self._fields["status"]._description_selection(self.env))
        for one in self:
            one.other_date = False
            own, of_family = said.get(
                one.equipment_id.sudo().catalogue_id, (one.model_date_id, one.model_date_id)
            )
            # A model's own date says more than that of its family.
            same_kind = [
                dates.filtered(lambda row, kind=one.kind: row.kind == kind) for dates in (own, of_family)
            ]
            row = (same_kind[0] or same_kind[1])[:1]
            if row and not one.sudo().model_date_id and (row.status, row.date) != (one.status, one.date):
                one.other_date = day_text(self.env, row.date, "d MMM y") or labels[row.status]

    @api.model
    def _search_other_date(self, operator, value):
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        typed = self.search([("model_date_id", "=", False)])
        return [("id", "not in", typed.filtered("other_date").ids)]


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    model_is_version = fields.Boolean(
        "A version stands for the model",
        compute="_compute_model_is_version",
        groups="mileo_client_charter.group_charter_user",
    )

    @api.depends("model")
    def _compute_model_is_version(self):
        for one in self:
            one.model_is_version = is_version(one.model)

    def _recognised(self):
        result = super()._recognised()
        dates = self.env["charter.equipment.model.date"].sudo()
        models_of = self.sudo().catalogue_id
        if models_of:
            dates.search([("model_id", "in", (models_of | models_of._families()).ids)])._follow(self)
        return result
