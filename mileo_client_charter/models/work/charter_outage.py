"""Outages: when an equipment did not work, was under planned maintenance or was not watched, and at which place that counts."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..base.charter_format import moment_text
from ..base.charter_import_template import import_template
from ..base.client_document import Sheet

# What a correction of what the monitoring said must explain.
REPORTED = ("equipment_id", "start_at", "end_at", "planned", "no_data", "active")
PLACE = ("company_id", "partner_id", "site_id", "contract_id")


class CharterOutage(models.Model):
    """A time an equipment did not work, was under planned maintenance, or was not watched.

    Naive UTC. Without an end it lasts still. What availability makes of it: tools/availability.py.
    """

    _name = "charter.outage"
    _description = "Outage"
    _inherit = ["charter.engine.mixin"]
    _charter_export = Sheet(
        "outages", ("equipment_id", "start_at", "end_at", "planned", "no_data", "kind", "reason", "source")
    )
    _order = "start_at desc, id desc"
    _rec_name = "equipment_id"

    equipment_id = fields.Many2one("charter.equipment", required=True, ondelete="cascade")
    # No related field: Odoo reads the equipment for one, even where the company is given.
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
        precompute=True,
        readonly=False,
        charter_engine=True,
        copy=False,
    )
    # Whose it was then: frozen, so that a moved equipment shows its new client nothing of the former one's.
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        readonly=True,
        index=True,
        ondelete="restrict",
        charter_engine=True,
        copy=False,
    )
    contract_id = fields.Many2one(
        "contract.contract",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        charter_engine=True,
        copy=False,
    )
    site_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="restrict", charter_engine=True, copy=False
    )
    start_at = fields.Datetime("Start", required=True, default=fields.Datetime.now)
    end_at = fields.Datetime("End", copy=False, help="Empty: still down.")
    planned = fields.Boolean(
        "Planned maintenance", help="Agreed beforehand: neither expected nor counted as down."
    )
    no_data = fields.Boolean(
        "Supervision down", help="Not monitored: shown as missing data, not as working time."
    )
    kind = fields.Selection(
        [("down", "Down"), ("planned", "Planned maintenance"), ("no_data", "No data")],
        compute="_compute_kind",
        store=True,
        precompute=True,
    )
    reason = fields.Char()
    source = fields.Selection(
        [("monitoring", "Monitoring"), ("import", "Import"), ("manual", "Manual")],
        default="manual",
        required=True,
        readonly=True,
        charter_engine=True,
        copy=False,
    )
    event_id = fields.Char(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="The monitoring's own identifier.",
    )
    sender_id = fields.Many2one(
        "res.users",
        "Reported by",
        readonly=True,
        copy=False,
        charter_engine=True,
        ondelete="restrict",
        groups="mileo_client_charter.group_charter_user",
        help="The program whose key it came with: ids are its own.",
    )
    event_run = fields.Integer(
        "Use of the identifier",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="Which outage under this identifier: programs use theirs again.",
    )
    alerts = fields.Json(
        readonly=True,
        copy=False,
        charter_engine=True,
        charter_json="moments",
        groups="mileo_client_charter.group_charter_user",
        help="The alerts that reported it, each with its start and its end (naive UTC).",
    )
    confirmed_at = fields.Datetime(
        "Last confirmed",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="When the outage was last confirmed.",
    )
    end_unconfirmed = fields.Boolean(
        "End not confirmed",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="The message of its own end is lost: it ends at the latest with the next end received.",
    )
    series = fields.Char(
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
        help="What comes back under the same name in the monitoring, event after event.",
    )
    start_unknown = fields.Boolean(
        "Start not received",
        readonly=True,
        copy=False,
        charter_engine=True,
        help="The end arrived first. The outage is not counted until the monitoring reports its start.",
    )
    correction = fields.Char(
        "Why corrected",
        copy=False,
        groups="mileo_client_charter.group_charter_user",
        help="Needed to change what the monitoring reported.",
    )
    history = fields.Text(
        "Before correction",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="mileo_client_charter.group_charter_user",
    )
    active = fields.Boolean(default=True, copy=False)

    _unique_event = models.UniqueIndex(
        "(company_id, sender_id, event_id, event_run) WHERE event_id IS NOT NULL",
        "This event of the monitoring is recorded already.",
    )
    _ends_after_start = models.Constraint(
        "CHECK (end_at >= start_at)", "End: it comes before the start of the outage."
    )
    _one_kind = models.Constraint(
        "CHECK (NOT (planned AND no_data))", "Planned maintenance and supervision down: choose one of them."
    )
    _of_equipment = models.Index("(equipment_id, start_at)")
    _still_down = models.Index("(equipment_id) WHERE end_at IS NULL")
    _open_series = models.Index("(series) WHERE end_at IS NULL AND series IS NOT NULL")

    @api.depends("equipment_id")
    def _compute_company_id(self):
        for outage in self:
            outage.company_id = outage.equipment_id.company_id

    @api.depends("planned", "no_data")
    def _compute_kind(self):
        for outage in self:
            outage.kind = "planned" if outage.planned else "no_data" if outage.no_data else "down"

    @api.depends("equipment_id", "start_at")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for outage in self:
            start = outage.start_at and moment_text(self.env, outage.start_at, pattern="short")
            outage.display_name = f"{outage.equipment_id.display_name or ''} {start or ''}".strip()

    @api.onchange("planned", "no_data")
    def _onchange_kind(self):
        if self.planned and self.no_data:
            self.no_data = False

    # -- rules ------------------------------------------------------------------------------------

    @api.constrains("start_at", "end_at", "planned")
    def _check_moments(self):
        """Check that no time of its own lies ahead, except for maintenance that is planned."""
        soon = fields.Datetime.now() + timedelta(minutes=1)  # a form filled in at the present minute
        for outage in self:
            if outage.planned:
                if not outage.end_at:
                    raise ValidationError(self.env._("End: planned maintenance needs one."))
            elif outage.start_at > soon:
                raise ValidationError(
                    self.env._("Start: it lies in the future; only planned maintenance may.")
                )
            elif outage.end_at and outage.end_at > soon:
                raise ValidationError(
                    self.env._("End: it lies in the future; leave it empty while the equipment is down.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._charter_is_engine():
            if self.env.context.get("import_file"):
                return self._create_imported(vals_list)
            outages = super().create(vals_list)
            outages._freeze_places()
            return outages
        places = self._places([vals["equipment_id"] for vals in vals_list])
        return super().create(
            [
                {**vals, **self._place_at(places[vals["equipment_id"]], vals.get("start_at"))}
                for vals in vals_list
            ]
        )

    def _create_imported(self, vals_list):
        """Return rows of a spreadsheet: as if they were entered one by one by the same user, but for their source."""
        outages = self.with_context(import_file=False).create(vals_list)
        outages._charter_engine().write({"source": "import"})
        return outages.with_env(self.env)

    def write(self, vals):
        if not self._charter_is_engine():
            self._check_correction(vals)
        result = super().write(vals)
        if {"equipment_id", "start_at"} & vals.keys():
            self._freeze_places()
        return result

    def _check_correction(self, vals):
        """Check that what the monitoring said is corrected by the operations manager, with a reason; the former words stay.

        :raise AccessError: not the operations manager
        :raise ValidationError: no reason
        """
        reported = self.filtered(lambda outage: outage.source == "monitoring")
        names = [name for name in REPORTED if name in vals]
        if not reported or not names:
            return
        if not self.env.su and not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(
                self.env._("What the monitoring reported is corrected by the operations manager only.")
            )
        if not vals.get("correction"):
            raise ValidationError(
                self.env._("Why corrected: explain why what the monitoring reported is not right.")
            )
        for outage in reported:
            before = ", ".join(
                f"{outage._fields[name]._description_string(self.env)}: {outage[name].display_name if name == 'equipment_id' else outage[name]}"
                for name in names
            )
            line = f"{fields.Datetime.now()} UTC, {self.env.user.name}: {before} ({vals['correction']})"
            outage._charter_engine().history = "\n".join(filter(None, [outage.sudo().history, line]))

    def _freeze_places(self):
        """Record whose the equipment was when the outage began."""
        places = self._places(self.equipment_id.ids)
        for outage in self._charter_engine():
            place = self._place_at(places[outage.equipment_id.id], outage.start_at)
            if any(outage[name].id != value for name, value in place.items()):
                outage.write(place)

    @api.model
    def _places(self, equipment_ids):
        """Return {equipment id: its stays, the latest first}; the equipment itself while it is being created."""
        stays = (
            self.env["charter.equipment.stay"]
            .sudo()
            .search_fetch(
                [("equipment_id", "in", equipment_ids)],
                ["equipment_id", "from_at", *PLACE],
                order="from_at desc nulls last, id desc",
            )
        )
        places = {equipment.id: its for equipment, its in stays.grouped("equipment_id").items()}
        equipment = self.env["charter.equipment"].sudo()
        return {number: places.get(number) or equipment.browse(number) for number in equipment_ids}

    @api.model
    def _place_at(self, places, moment):
        """Return company, client, site and contract at ``moment`` (naive UTC) of an equipment with these ``_places``."""
        moment = fields.Datetime.to_datetime(moment) or fields.Datetime.now()
        place = places[-1:]
        if places._name == "charter.equipment.stay":
            place = next((stay for stay in places if not stay.from_at or stay.from_at <= moment), place)
        return {name: place[name].id for name in PLACE}

    @api.model
    def get_import_templates(self):
        return import_template(self.env, self.env._("Template of outages"), "charter_outage")
