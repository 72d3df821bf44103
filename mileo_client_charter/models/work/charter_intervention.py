"""Interventions: the one record that every source of work feeds, what is checked of it, and which contract it is of (article 01)."""

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.clock import from_zone
from ...tools.codes import INTERVENTION_RESOLUTION, INTERVENTION_RESPONSE
from ..base.charter_engine_links import Links
from ..base.charter_format import zoned_moment
from ..base.charter_import_template import import_template
from ..base.charter_words import Words
from ..base.client_document import Sheet
from ..charter.charter_service_level import PRIORITIES

_lt = LazyTranslate(__name__)

KINDS = [
    ("corrective", "Corrective"),
    ("preventive", "Preventive"),
    ("installation", "Installation"),
    ("remote", "Remote"),
    ("inspection", "Inspection"),
    ("other", "Other"),
]
PROGRESS = [
    ("new", "To respond to"),
    ("running", "In progress"),
    ("paused", "Paused"),
    ("closed", "Closed"),
    ("cancelled", "Work cancelled"),
]
# What a promise was made on, and what followed from closing: they do not change once the work is over.
SETTLED = (
    "partner_id", "company_id", "contract_id", "kind", "priority", "reported_at", "responded_at", "contact_ids", "res_model",
    "res_id",
)  # fmt: skip
SOURCE = ("res_model", "res_id")
MOMENTS = ("reported_at", "responded_at", "resolved_at")


class CharterIntervention(models.Model):
    """Work done for a client (article 01): the one record every source feeds, and that figures are read from.

    Its moments are facts somebody reports, often after they happened; the ledger keeps when they were recorded.
    All moments are naive UTC. Closing it asks the client's contacts how it went (article 02).
    """

    _name = "charter.intervention"
    _description = "Intervention"
    _inherit = [
        "charter.recorded.mixin",
        "charter.obligation.mixin",
        "charter.thread.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "reported_at desc, id desc"
    # A contact feeds no intervention: two that claim one are for a person to look at.
    _charter_merge_rules = {"origin_once": "refuse"}
    _charter_title = "{row}.name"
    _charter_importable = True
    _charter_export = Sheet(
        "interventions",
        ("reference", "name", "kind", "priority", "state", "reported_at", "responded_at", "resolved_at", "work_done"),
        "commercial_partner_id",
    )  # fmt: skip

    name = fields.Char("Summary", required=True, tracking=True, charter_recorded="client")
    reference = fields.Char(readonly=True, copy=False)
    kind = fields.Selection(KINDS, required=True, default="corrective")
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="restrict", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", "Commercial entity", compute="_compute_commercial_partner_id", store=True
    )
    contract_id = fields.Many2one(
        "contract.contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="The contract of the equipment, of the site, or the client's only one under the charter; "
        "its tier gives the target times. If the client has several, choose it.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        "Technician",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        charter_recorded="agreed",
    )
    priority = fields.Selection(PRIORITIES, default="1", required=True, tracking=True)
    reported_at = fields.Datetime(required=True, default=fields.Datetime.now, tracking=True)
    responded_at = fields.Datetime(
        copy=False, tracking=True, help="When the client got a first answer. May be typed in later."
    )
    # Not readonly for spreadsheets to bring it; the engine alone writes it.
    resolved_at = fields.Datetime(copy=False, charter_engine=True)
    reopened_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    corrected_at = fields.Datetime(
        "Moments corrected at",
        readonly=True,
        copy=False,
        charter_engine=True,
        groups="base.group_user",
        help="When an operations manager corrected what had been recorded; a source no longer changes it.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed"), ("cancelled", "Work cancelled")],
        default="open",
        required=True,
        copy=False,
        tracking=True,
        charter_engine=True,
    )
    progress = fields.Selection(
        PROGRESS, compute="_compute_progress", store=True, group_expand="_expand_progress"
    )
    cancel_reason = Words(readonly=True, copy=False, charter_engine=True, groups="base.group_user")
    closing_cycle = fields.Integer(
        readonly=True, copy=False, charter_engine=True, help="How many times it has been closed."
    )
    pause_ids = fields.One2many(
        "charter.intervention.pause", "intervention_id", readonly=True, groups="base.group_user"
    )
    equipment_ids = Links(
        "charter.equipment",
        check_company=True,
        domain="[('partner_id', '=', commercial_partner_id)]",
        groups="base.group_user",
        help="Of the client's installed base, what the work is about.",
        charter_recorded="agreed",
    )
    description = fields.Html("What was reported", groups="base.group_user", charter_recorded="client")
    work_done = fields.Html(copy=False, help="The client reads it.", charter_recorded="agreed")
    res_model = fields.Char(
        "Source model",
        copy=False,
        groups="base.group_user",
        help="The document of another app that feeds it.",
    )
    res_id = fields.Many2oneReference("Source", model_field="res_model", copy=False, groups="base.group_user")
    contact_ids = Links(
        "res.partner",
        string="Survey these contacts",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        groups="base.group_user",
        help="Who was concerned; empty: every contact of the client.",
    )

    _origin_once = models.UniqueIndex(
        "(res_model, res_id) WHERE res_id IS NOT NULL", "This document feeds an intervention already."
    )
    _client_idx = models.Index("(commercial_partner_id, reported_at)")
    _state_idx = models.Index("(commercial_partner_id, state)")

    def _charter_origin(self):
        return self.env._("Your intervention"), f"/my/charter/intervention/{self.id}"

    @api.depends("reference", "name")
    def _compute_display_name(self):
        for intervention in self:
            intervention.display_name = f"{intervention.reference or ''} {intervention.name or ''}".strip()

    @api.depends("state", "responded_at", "pause_ids.stop_at")
    def _compute_progress(self):
        for intervention in self.sudo():
            if intervention.state != "open":
                intervention.progress = intervention.state
            elif intervention._running_pause():
                intervention.progress = "paused"
            else:
                intervention.progress = "running" if intervention.responded_at else "new"

    @api.model
    def _expand_progress(self, present, domain):
        """Return the columns of the kanban: what is open always, what is over where there is some."""
        return [key for key, _label in PROGRESS if key in present or key in ("new", "running", "paused")]

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        # Of the day it was recorded: a contact that goes to another company does not take our work there.
        for intervention in self:
            intervention.commercial_partner_id = intervention.partner_id.commercial_partner_id

    @api.depends("partner_id", "company_id", "equipment_ids")
    def _compute_contract_id(self):
        contracts = self.env["contract.contract"].sudo()
        clients = self.partner_id.commercial_partner_id
        found = {}
        if clients:
            under_charter = contracts.search(
                [
                    *contracts._charter_active_domain(),
                    ("commercial_partner_id", "in", clients.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
            found = under_charter.grouped(
                lambda contract: (contract.commercial_partner_id, contract.company_id)
            )
        for intervention in self:
            client = intervention.partner_id.commercial_partner_id
            if intervention.contract_id.commercial_partner_id == client and intervention.contract_id:
                continue
            of_client = found.get((client, intervention.company_id), contracts)
            intervention.contract_id = intervention._contract_among(of_client)

    def _contract_among(self, contracts):
        """Return which of the client's ``contracts`` the work is under: that of its equipment, of its site, or the only one there is.

        Empty where that says none, or two: whoever records the work is asked.
        """
        self.ensure_one()
        if len(contracts) < 2:
            return contracts
        of_equipment = self.sudo().equipment_ids._origin.contract_id & contracts
        site = self.partner_id
        of_site = contracts.filtered(lambda contract: contract.partner_id == site)
        if not of_site and site != site.commercial_partner_id:
            of_site = (
                self.env["charter.equipment"].sudo().search([("site_id", "=", site.id)]).contract_id
                & contracts
            )
        for candidates in (of_equipment, of_site if site != site.commercial_partner_id else contracts):
            if len(candidates) == 1:
                return candidates
        return contracts.browse()

    # -- checks -----------------------------------------------------------------------------------

    @api.constrains("reported_at", "responded_at", "resolved_at")
    def _check_moments(self):
        now = self._charter_now()
        for intervention in self:
            reported, responded = intervention.reported_at, intervention.responded_at
            for name in ("reported_at", "responded_at"):
                if intervention[name] and intervention[name] > now:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: %(moment)s is still to come. Give the moment it happened.",
                            field=intervention._label(name),
                            moment=zoned_moment(self.env, intervention[name]),
                        )
                    )
            if responded and responded < reported:
                raise ValidationError(
                    self.env._("Responded at: it comes before the moment the intervention was reported.")
                )
            first_pause = min(intervention.sudo().pause_ids.mapped("start_at"), default=None)
            if first_pause and first_pause < reported:
                paused = zoned_moment(self.env, first_pause)
                raise ValidationError(
                    self.env._("Reported at: the intervention was paused on %s already.", paused)
                )

    def _label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.constrains("partner_id", "equipment_ids")
    def _check_equipment(self):
        for intervention in self.sudo():
            client = intervention.partner_id.commercial_partner_id
            for equipment in intervention.equipment_ids:
                if equipment.partner_id.commercial_partner_id != client:
                    raise ValidationError(
                        self.env._(
                            "Equipment: %(equipment)s is not of %(client)s's installed base.",
                            equipment=equipment.display_name,
                            client=client.display_name,
                        )
                    )

    @api.constrains("partner_id", "company_id", "contract_id")
    def _check_same_company(self):
        for intervention in self:
            contract = intervention.contract_id.sudo()
            for related in (intervention.partner_id, contract):
                if related.company_id and related.company_id != intervention.company_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s belongs to %(company)s: choose it in that company.",
                            record=related.display_name,
                            company=related.company_id.name,
                        )
                    )
            if contract and contract.commercial_partner_id != intervention.partner_id.commercial_partner_id:
                raise ValidationError(self.env._("Contract: it is another client's."))

    def _charter_moment(self, value, name):
        """Return a moment somebody gives, as naive UTC: a datetime, “2026-10-05 08:00:00” (UTC) or ISO 8601 with an offset.

        :param name: of the field, or of the argument of a step, that it was given as
        :raise ValidationError: no moment can be read from it
        """
        if not value or (isinstance(value, datetime) and not value.tzinfo):
            return value or False
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
            return from_zone(moment)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                self.env._(
                    "%(field)s: “%(value)s” is no date and time. Write 2026-10-05 08:00:00 in UTC, or "
                    "2026-10-05T10:00:00+02:00 with its offset.",
                    field=self._label(name) if name in self._fields else name,
                    value=value,
                )
            ) from error

    def _charter_read_moments(self, vals):
        return {
            name: self._charter_moment(value, name) if name in MOMENTS else value
            for name, value in vals.items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Create interventions with their promises, in a number of queries that does not grow with them.

        A spreadsheet and a source may bring ``resolved_at``, for work that is over: it is closed at once, as the step
        “Close at…” would.
        """
        vals_list = [self._charter_read_moments(vals) for vals in vals_list]
        brought = self._charter_is_engine() or self.env.context.get("import_file")
        resolved = [brought and vals.pop("resolved_at", False) for vals in vals_list]
        for vals, reference in zip(vals_list, self._charter_references(vals_list), strict=True):
            vals["reference"] = reference
        interventions = super().create(vals_list)
        interventions._charter_mark_history(resolved)
        interventions._charter_open_promises()
        over = [(one.id, moment) for one, moment in zip(interventions, resolved, strict=True) if moment]
        if over:
            ids, moments = zip(*over, strict=True)  # that it was made says all: it has no steps to follow
            self.browse(ids).with_context(tracking_disable=True)._charter_close(moments)
        return interventions

    def _charter_references(self, vals_list):
        """Return the next numbers, one query a company where the sequence allows it."""
        companies = [vals.get("company_id") or self.env.company.id for vals in vals_list]
        numbers = {
            company: iter(self._charter_numbers(company, companies.count(company)))
            for company in {*companies}
        }
        return [next(numbers[company]) for company in companies]

    def _charter_numbers(self, company_id, count):
        sequences = self.env["ir.sequence"].sudo().with_company(company_id)
        sequence = sequences.search(
            [("code", "=", "charter.intervention"), ("company_id", "in", (company_id, False))],
            order="company_id",
            limit=1,
        )
        if count == 1 or sequence.implementation != "standard" or sequence.use_date_range:
            return [sequences.next_by_code("charter.intervention") for _number in range(count)]
        self.env.cr.execute(
            SQL(
                "SELECT nextval(%(nextval)s) FROM generate_series(1, %(count)s)",
                nextval=f"ir_sequence_{sequence.id:03d}",
                count=count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in self.env.cr.fetchall()]

    def write(self, vals):
        if self._charter_is_engine():
            return super().write(vals)
        vals = self._charter_read_moments(vals)
        resolved = vals.pop("resolved_at", False) if self.env.context.get("import_file") else False
        self._charter_check_settled(vals)
        self._charter_check_response(vals)
        terms = self._charter_terms_before(vals)
        responded = {intervention: intervention.responded_at for intervention in self}
        result = super().write(vals)
        running = self.filtered(lambda i: i.state == "open")
        for intervention in running:
            if intervention.responded_at != responded[intervention]:
                intervention._charter_declare_response()
        running._charter_follow_terms(terms)
        if resolved:
            self._charter_resolve_again(resolved)
        return result

    def _charter_resolve_again(self, at):
        """Close what is still open when a spreadsheet is read a second time.

        :raise ValidationError: it says otherwise of work that is over
        """
        for intervention in self:
            if intervention.state == "open":
                intervention._charter_check_followed()
                intervention._charter_close([at])
            elif intervention.state == "closed" and intervention.resolved_at != at:
                raise ValidationError(intervention._charter_over("resolved_at"))

    def _charter_over(self, name):
        """Return why a fact of work that is over is not edited, and what to do."""
        return self.env._(
            "%(field)s: %(intervention)s is over. Reopen it if the work goes on. If what was recorded is wrong, an operations "
            "manager corrects its moments with a reason (button “Correct the moments”).",
            field=self._label(name),
            intervention=self.display_name,
        )

    def _charter_check_response(self, vals):
        """:raise ValidationError: a response recorded late would be in time, or unsaid, by editing"""
        if "responded_at" not in vals:
            return
        at = vals["responded_at"]
        last = self._charter_last_promises()
        for intervention in self:
            row = last.get((intervention.id, INTERVENTION_RESPONSE))
            if (
                row
                and row.state == "late"
                and row.done_at
                and not row.cancelled_at
                and at != intervention.responded_at
            ):
                if not at or row._betters(fields.Datetime.to_datetime(at)):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: the response to %(intervention)s is on record as missed, and stays so. If "
                            "what was recorded is wrong, close the work; an operations manager then corrects its "
                            "times, with a reason.",
                            field=self._label("responded_at"),
                            intervention=intervention.display_name,
                        )
                    )

    def _charter_check_settled(self, vals):
        for intervention in self.filtered(lambda one: one.state != "open"):
            for name in SETTLED:
                if name in vals and intervention._charter_differs(name, vals[name]):
                    raise ValidationError(intervention._charter_over(name))
        if set(SOURCE) & vals.keys():
            for intervention in self.filtered("res_id"):
                if any(vals.get(name, intervention[name]) != intervention[name] for name in SOURCE):
                    raise ValidationError(
                        self.env._("Source: an intervention keeps the document it came from.")
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_open_only(self):
        if any(intervention.state == "closed" for intervention in self) and not self.env.su:
            raise UserError(
                self.env._("Closed interventions are part of the client's account: they are not deleted.")
            )
        for code in (INTERVENTION_RESPONSE, INTERVENTION_RESOLUTION):
            self.sudo()._charter_cancel(code, _lt("The intervention was deleted."))

    def action_promises(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_obligation"
        )
        return {**action, "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)], "context": {}}

    def action_open_origin(self):
        self.ensure_one()
        if self.res_model not in self.env:
            raise UserError(
                self.env._(
                    "Source: %(model)s %(id)s is in another system.", model=self.res_model, id=self.res_id
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @api.model
    def get_import_templates(self):
        return import_template(
            self.env, self.env._("Template for importing interventions"), "charter_intervention"
        )
