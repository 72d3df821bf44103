"""Equipment: what is supervised for a client, where it is, and what is frozen when it goes elsewhere (article 01)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.departments import department_of
from ..base.charter_import_template import import_template
from ..base.client_document import Sheet


class CharterEquipment(models.Model):
    """A piece of the client's installed base that we watch over (article 01).

    Supervision is two days in the company's time zone, both included. Where the equipment was, for which client
    and contract, is kept in ``stay_ids``: past figures stay with the client that had it then.
    """

    _name = "charter.equipment"
    _description = "Supervised equipment"
    _inherit = ["charter.files.mixin", "charter.merge.mixin", "mail.thread", "mail.activity.mixin"]
    _charter_merge_rules = {"unique_serial": "_charter_merge_serials"}
    _charter_export = Sheet(
        "equipment",
        ("name", "serial", "reference", "maker", "model", "firmware", "supervised_from", "end_of_support"),
    )
    _order = "partner_id, name, id"
    _rec_names_search = ["serial", "name", "reference"]

    name = fields.Char(required=True, tracking=True)
    reference = fields.Char("Asset number", copy=False, index="btree_not_null")
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="restrict")
    maker = fields.Char("Manufacturer")
    model = fields.Char(help="As the manufacturer writes it: DS-2CD2142FWD-I.")
    serial = fields.Char("Serial number", copy=False, tracking=True)
    monitored_as = fields.Char(
        "Names in the monitoring",
        copy=False,
        groups="mileo_client_charter.group_charter_user",
        help="What monitorings call it, where that is not its serial number: a host name, an address. Several with commas.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('parent_id', '=', False)]",
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('commercial_partner_id', '=', partner_id), ('contract_type', '=', 'sale')]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    supervised_from = fields.Date(
        "Supervised from", tracking=True, help="First day of supervision; empty: not supervised."
    )
    supervised_to = fields.Date(
        "Supervised to", tracking=True, help="Last day of supervision; empty: it goes on."
    )
    is_supervised = fields.Boolean(
        "Supervised today", compute="_compute_is_supervised", search="_search_is_supervised"
    )
    tag_ids = fields.Many2many(
        "charter.equipment.tag", string="Tags", groups="mileo_client_charter.group_charter_user"
    )
    milestone_ids = fields.One2many(
        "charter.equipment.milestone", "equipment_id", "Lifecycle dates", copy=True
    )
    end_of_support = fields.Date(
        "End of support", compute="_compute_lifecycle", store=True, index="btree_not_null"
    )
    lifecycle = fields.Selection(
        [
            ("announced", "Dates announced"),
            ("none_announced", "None announced"),
            ("unknown", "Dates unknown"),
        ],
        compute="_compute_lifecycle",
        store=True,
        index=True,
    )
    note = fields.Html(groups="mileo_client_charter.group_charter_user")
    active = fields.Boolean(default=True)
    # What a notice is matched by: kept beside the equipment, so that 100,000 rows are matched by an index.
    site_state_id = fields.Many2one(
        "res.country.state",
        "State of the site",
        compute="_compute_place",
        store=True,
        index="btree_not_null",
        groups="mileo_client_charter.group_charter_user",
    )
    department = fields.Char(
        "Département",
        compute="_compute_place",
        store=True,
        index="btree_not_null",
        help="Of the site, else of the client: the first figures of a French postcode.",
        groups="mileo_client_charter.group_charter_user",
    )
    charter_tier_id = fields.Many2one(
        related="contract_id.charter_tier_id",
        string="Tier",
        store=True,
        index="btree_not_null",
        groups="mileo_client_charter.group_charter_user",
    )
    stay_ids = fields.One2many(
        "charter.equipment.stay",
        "equipment_id",
        "Where it was",
        groups="mileo_client_charter.group_charter_user",
    )
    outage_ids = fields.One2many("charter.outage", "equipment_id", "Outages")
    outage_count = fields.Integer("Number of outages", compute="_compute_outage_count")
    down_since = fields.Datetime(
        "Down since",
        compute="_compute_down_since",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        copy=False,
    )

    _unique_serial = models.UniqueIndex(
        "(company_id, partner_id, lower(serial)) WHERE serial IS NOT NULL AND COALESCE(merged_from, 0) = 0",
        "Serial number: this client has an equipment with the same one already, perhaps archived.",
    )
    # How many a client has, and how many are down, from the index alone.
    _client_idx = models.Index("(partner_id, down_since) WHERE active IS TRUE")
    _serial = models.Index("(lower(serial)) WHERE serial IS NOT NULL")
    _monitored = models.Index("(company_id) WHERE monitored_as IS NOT NULL")
    _supervised_dates = models.Constraint(
        "CHECK (supervised_to IS NULL OR (supervised_from IS NOT NULL AND supervised_to >= supervised_from))",
        "Supervised to: it needs a first day of supervision, and cannot come before it.",
    )

    # -- computes ---------------------------------------------------------------------------------

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for equipment in self:
            serial = equipment.serial and f" ({equipment.serial})"
            equipment.display_name = f"{equipment.name or ''}{serial or ''}"

    @api.depends("supervised_from", "supervised_to")
    def _compute_is_supervised(self):
        for equipment in self:
            today = (equipment.company_id or self.env.company).sudo()._charter_today()
            first, last = equipment.supervised_from, equipment.supervised_to
            equipment.is_supervised = bool(first and first <= today and (not last or last >= today))

    def _search_is_supervised(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._charter_today()
        supervised = [
            ("supervised_from", "<=", today),
            "|",
            ("supervised_to", "=", False),
            ("supervised_to", ">=", today),
        ]
        return supervised if True in value else ["!", "&", *supervised]

    @api.depends("milestone_ids.kind", "milestone_ids.status", "milestone_ids.date")
    def _compute_lifecycle(self):
        for equipment in self:
            milestones = equipment.milestone_ids
            statuses = set(milestones.mapped("status"))
            equipment.lifecycle = next(
                (status for status in ("announced", "none_announced") if status in statuses), "unknown"
            )
            support = milestones.filtered(lambda m: m.kind == "end_of_support")
            equipment.end_of_support = support[:1].date

    @api.depends(
        "site_id.zip",
        "site_id.city",
        "site_id.country_id",
        "site_id.state_id",
        "partner_id.zip",
        "partner_id.city",
        "partner_id.country_id",
        "partner_id.state_id",
    )
    def _compute_place(self):
        for equipment in self:
            place = equipment.site_id or equipment.partner_id
            equipment.site_state_id = place.state_id
            equipment.department = department_of(place.zip, place.country_id.code, place.city)

    @api.depends("outage_ids.start_at", "outage_ids.end_at", "outage_ids.kind", "outage_ids.active")
    def _compute_down_since(self):
        open_outages = dict(
            self.env["charter.outage"]._read_group(
                [
                    ("equipment_id", "in", self.ids),
                    ("end_at", "=", False),
                    ("kind", "=", "down"),
                    ("active", "=", True),
                ],
                ["equipment_id"],
                ["start_at:min"],
            )
        )
        for equipment in self:
            equipment.down_since = open_outages.get(equipment._origin, False)

    @api.depends("outage_ids")
    def _compute_outage_count(self):
        counts = dict(
            self.env["charter.outage"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.outage_count = counts.get(equipment._origin, 0)

    # -- constraints ------------------------------------------------------------------------------

    @api.constrains("partner_id", "site_id", "contract_id", "company_id")
    def _check_client(self):
        for equipment in self:
            client = equipment.partner_id
            if client.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "Client: %(contact)s is a contact of %(client)s; choose the client itself, and the "
                        "address as site.",
                        contact=client.name,
                        client=client.commercial_partner_id.name,
                    )
                )
            if equipment.site_id and equipment.site_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "Site: %(site)s is no address of %(client)s.",
                        site=equipment.site_id.display_name,
                        client=client.name,
                    )
                )
            if equipment.contract_id and equipment.contract_id.commercial_partner_id != client:
                raise ValidationError(
                    self.env._(
                        "Contract: %(contract)s is not one of %(client)s.",
                        contract=equipment.contract_id.display_name,
                        client=client.name,
                    )
                )
            for related in (client, equipment.site_id, equipment.contract_id):
                if related.company_id and related.company_id != equipment.company_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s belongs to %(company)s: choose it in that company.",
                            record=related.display_name,
                            company=related.company_id.name,
                        )
                    )

    @api.onchange("partner_id")
    def _onchange_partner(self):
        if self.site_id.commercial_partner_id != self.partner_id:
            self.site_id = False
        if self.contract_id.commercial_partner_id != self.partner_id:
            self.contract_id = False

    # -- where it was -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._strip_serial(vals)
        equipment = super().create(vals_list)
        equipment._begin_stays(False)
        self.env["charter.outage.refusal"]._wake()
        return equipment

    def write(self, vals):
        vals = dict(vals)
        self._strip_serial(vals)
        if "company_id" in vals and self.filtered(lambda e: e.company_id.id != vals["company_id"]):
            raise ValidationError(
                self.env._(
                    "Company: an equipment stays in its company. Archive it and create it in the other one."
                )
            )
        places = {equipment: equipment._place() for equipment in self} if self._moves(vals) else {}
        result = super().write(vals)
        moved = self.filtered(lambda e: e in places and e._place() != places[e])
        if moved:
            moved._move(places)
        if {"serial", "monitored_as", "partner_id", "active"} & vals.keys():
            self.env["charter.outage.refusal"]._wake()
        return result

    @api.model
    def _charter_merge_serials(self, groups, merge):
        """Keep one record of a machine recorded for both clients; the other is archived with its outages and stays."""
        for group in groups:
            _kept, *others = group.sorted(
                lambda row: (not row.active, row.partner_id.id != merge.target, row.id)
            )
            others = self.browse([row.id for row in others])
            others._charter_set_aside(merge)
            others.filtered("active")._charter_merge_engine().write({"active": False})

    @api.model
    def _strip_serial(self, vals):
        if "serial" in vals:
            vals["serial"] = (vals["serial"] or "").strip() or False

    @api.model
    def _moves(self, vals):
        return bool({"partner_id", "site_id", "contract_id"} & vals.keys())

    def _place(self):
        self.ensure_one()
        return self.partner_id, self.site_id, self.contract_id

    def _move(self, places):
        """End the present stay now and begin the next. What was empty is completed, not moved.

        :param places: equipment -> its place before
        """
        now = fields.Datetime.now()
        moved = self.browse()
        for equipment in self:
            before = places[equipment]
            stay = equipment.sudo().stay_ids.filtered(lambda s: not s.until_at)
            completed = all(
                not old or old == new for old, new in zip(before, equipment._place(), strict=True)
            )
            if stay and (completed or (stay.from_at and stay.from_at >= now)):
                stay.write(equipment._stay_values(stay.from_at))
                continue
            stay.until_at = now
            moved |= equipment
        moved._begin_stays(now)

    def _stay_values(self, from_at):
        return {
            "equipment_id": self.id,
            "partner_id": self.partner_id.id,
            "site_id": self.site_id.id,
            "contract_id": self.contract_id.id,
            "from_at": from_at,
        }

    def _begin_stays(self, from_at):
        self.env["charter.equipment.stay"].sudo().create([e._stay_values(from_at) for e in self])

    def message_post(self, **kwargs):
        # Odoo lets followers post; following grants nothing here.
        self.check_access("write")
        return super().message_post(**kwargs)

    # -- actions ----------------------------------------------------------------------------------

    def action_outages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_outage")
        return {
            **action,
            "domain": [("equipment_id", "=", self.id)],
            "context": {"default_equipment_id": self.id},
        }

    @api.model
    def get_import_templates(self):
        return import_template(self.env, self.env._("Template of equipment"), "charter_equipment")
