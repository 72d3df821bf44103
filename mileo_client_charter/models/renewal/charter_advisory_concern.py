"""Decide which devices an advisory concerns, which it does not, and which a person has to look at."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.versions import AFFECTED, LOOK, NOT_AFFECTED, decide
from ...tools.words import is_said
from ..base.client_document import Sheet

ANSWERS = [("affected", "Affected"), ("look", "To look at"), ("not_affected", "Not affected")]
REASONS = [
    ("version", "By its firmware"),
    ("no_firmware", "Its firmware is not on record"),
    ("undecided", "The texts do not decide it"),
    ("no_condition", "The advisory gives no versions for this model"),
    ("near", "The model is written in another way"),
    ("no_model", "The advisory names no model of this manufacturer"),
    ("investigated", "The publisher does not know yet"),
    ("contradiction", "The advisory is contradictory"),
    ("said_fixed", "The advisory states it for this version"),
    ("person", "Somebody looked"),
    ("revision", "A revision takes it out"),
]
STAFF = "mileo_client_charter.group_charter_user"
# Models of fewer letters are in too many others to be a sign of anything.
SHORTEST = 5


class CharterAdvisoryConcern(models.Model):
    """One advisory and one device: the answer, why, and what became of it. Written by the advisory, never by hand."""

    _name = "charter.advisory.concern"
    _description = "Device concerned by an advisory"
    _charter_export = Sheet(
        "vulnerabilities", ("equipment_id", "firmware", "severity", "state", "told_at", "updated_on")
    )
    _order = "state desc, advisory_id desc, partner_id, id"
    _rec_name = "equipment_id"

    advisory_id = fields.Many2one(
        "charter.advisory", required=True, readonly=True, index=True, ondelete="cascade"
    )
    equipment_id = fields.Many2one(
        "charter.equipment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="equipment_id.partner_id", string="Client", store=True, index=True)
    company_id = fields.Many2one(related="equipment_id.company_id", store=True, index=True)
    severity = fields.Selection(related="advisory_id.severity", store=True)
    product_id = fields.Many2one(
        "charter.advisory.product",
        "Decided by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=STAFF,
    )
    firmware = fields.Char("Firmware judged", readonly=True)
    answer = fields.Selection(ANSWERS, required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True, groups=STAFF)
    why = fields.Char(compute="_compute_why", groups=STAFF)
    state = fields.Selection(
        [("open", "Open"), ("updated", "Updated"), ("clear", "Not concerned")],
        required=True,
        readonly=True,
        index=True,
    )
    found_on = fields.Date("Found on", required=True, readonly=True)
    told_at = fields.Datetime("Client informed on", readonly=True)
    updated_on = fields.Date("Updated on", readonly=True)
    hours_to_tell = fields.Float(
        "Hours to notification", compute="_compute_times", store=True, aggregator="avg", groups=STAFF
    )
    days_to_update = fields.Integer(compute="_compute_times", store=True, aggregator="avg", groups=STAFF)
    same_as_id = fields.Many2one(
        "charter.advisory.concern",
        "Notified with",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=STAFF,
        help="Another advisory is about the same vulnerabilities of this device: one concern, notified once.",
    )
    look_user_id = fields.Many2one("res.users", "Who looks", readonly=True, groups=STAFF)
    look_by = fields.Date("Look at it by", readonly=True, groups=STAFF)
    decided_by_id = fields.Many2one("res.users", readonly=True, groups=STAFF)
    decided_why = fields.Char("What was found", readonly=True, groups=STAFF)

    _once_a_device = models.UniqueIndex(
        "(advisory_id, equipment_id)", "This device is in the advisory already."
    )
    _open = models.Index("(equipment_id) WHERE state = 'open'")

    @api.depends("reason", "firmware", "product_id", "decided_why")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for one in self:
            parts = [labels[one.reason]]
            if one.reason in ("version", "undecided", "said_fixed") and one.firmware:
                parts.append(f"{one.firmware} ⟷ {one.product_id.condition or ''}")
            elif one.reason == "near" and one.product_id:
                parts.append(one.product_id.model)
            elif one.reason == "person":
                parts.append(one.decided_why)
            one.why = ": ".join(filter(None, parts))

    @api.depends("told_at", "updated_on", "found_on", "advisory_id.published_at")
    def _compute_times(self):
        for one in self:
            began = (
                max(one.advisory_id.published_at, fields.Datetime.to_datetime(one.found_on))
                if one.found_on
                else False
            )
            one.hours_to_tell = (one.told_at - began).total_seconds() / 3600 if one.told_at and began else 0
            one.days_to_update = (one.updated_on - one.found_on).days if one.updated_on else 0

    # -- a person's answer ------------------------------------------------------------------------

    def action_affected(self):
        return self._ask("affected")

    def action_not_affected(self):
        return self._ask("not_affected")

    def _ask(self, answer):
        return {
            "type": "ir.actions.act_window",
            "res_model": "charter.advisory.answer",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("What was found"),
            "context": {"default_concern_ids": [(6, 0, self.ids)], "default_answer": answer},
        }

    def _decide(self, answer, why):
        """Record what somebody decided of the concern.

        :raise UserError: nothing is said of what was found, or there is nothing to look at
        """
        if not is_said(why):
            raise UserError(self.env._("What was found: enter a short text; it stays on record."))
        if self.filtered(lambda one: one.state != "open"):
            raise UserError(self.env._("There is nothing left to look at; reload the page."))
        self.equipment_id.check_access("write")
        self.sudo().write(
            {
                "answer": answer,
                "reason": "person",
                "decided_by_id": self.env.uid,
                "decided_why": why.strip(),
                "state": "open" if answer == "affected" else "clear",
                "look_user_id": False,
                "look_by": False,
            }
        )
        for advisory in self.advisory_id:
            advisory._close_looks()
            advisory._join_notices()

    # -- judged again -----------------------------------------------------------------------------

    def _again(self, answer, reason, product, firmware, today):
        """Judge again: a device that was updated answers the concern; a person's answer stays as long as its firmware."""
        self.ensure_one()
        other_firmware = (self.firmware or "") != (firmware or "")
        if self.reason == "person" and not other_firmware and answer == LOOK:
            self.product_id = product
            return
        values = {"answer": answer, "reason": reason, "product_id": product, "firmware": firmware}
        if answer != NOT_AFFECTED:
            values["state"] = "open"
            if self.state != "open":
                values.update(found_on=today, updated_on=False, told_at=False)
        elif self.state == "open":
            was_affected = self.answer == AFFECTED
            values["state"] = "updated" if other_firmware and was_affected else "clear"
            values["updated_on"] = today if values["state"] == "updated" else False
            values.update(look_user_id=False, look_by=False)
        self.write(
            {
                name: value
                for name, value in values.items()
                if self[name] != self._fields[name].convert_to_record(value, self)
            }
        )

    def _see_twins(self):
        """Mark a concern as that of an earlier advisory, still open, with the same vulnerabilities of the same device."""
        open_before = defaultdict(self.browse)
        for one in self.search(
            [
                ("equipment_id", "in", self.equipment_id.ids),
                ("state", "=", "open"),
                ("answer", "=", AFFECTED),
                ("same_as_id", "=", False),
                ("id", "not in", self.ids),
            ],
            order="id",
        ):
            open_before[one.equipment_id] |= one
        for one in self.filtered(lambda row: row.state == "open" and row.answer == AFFECTED):
            cves = set(one.product_id.cve_ids.mapped("cve")) - {False}
            twin = next(
                (
                    other
                    for other in open_before[one.equipment_id]
                    if cves and cves <= set(other.product_id.cve_ids.mapped("cve"))
                ),
                None,
            )
            if twin:
                one.same_as_id = twin


class CharterAdvisory(models.Model):
    _inherit = "charter.advisory"

    concern_ids = fields.One2many("charter.advisory.concern", "advisory_id", "Devices", readonly=True)
    affected_count = fields.Integer("Devices affected", compute="_compute_concerns")
    look_count = fields.Integer("Devices to look at", compute="_compute_concerns")
    clear_count = fields.Integer("Devices not affected", compute="_compute_concerns")
    updated_count = fields.Integer("Devices updated", compute="_compute_concerns")
    client_count = fields.Integer("Clients affected", compute="_compute_concerns")
    unknown_count = fields.Integer("Devices of no known model", compute="_compute_concerns")

    @api.depends("concern_ids.state", "concern_ids.answer")
    @api.depends_context("allowed_company_ids")
    def _compute_concerns(self):
        concern = self.env["charter.advisory.concern"]
        rows = concern._read_group(
            [("advisory_id", "in", self.ids)], ["advisory_id", "state", "answer"], ["__count"]
        )
        clients = dict(
            concern._read_group(
                [("advisory_id", "in", self.ids), ("state", "=", "open"), ("answer", "=", "affected")],
                ["advisory_id"],
                ["partner_id:count_distinct"],
            )
        )
        unknown = (
            self.env["charter.equipment"]
            .sudo()
            .search_count([("catalogue_id", "=", False), ("company_id", "in", self.env.companies.ids)])
        )
        counts = defaultdict(int)
        for advisory, state, answer, number in rows:
            counts[advisory, state, answer] += number
        for one in self:
            origin = one._origin
            one.affected_count = counts[origin, "open", "affected"]
            one.look_count = counts[origin, "open", "look"]
            one.updated_count = sum(counts[origin, "updated", answer] for answer, _label in ANSWERS)
            one.clear_count = sum(counts[origin, "clear", answer] for answer, _label in ANSWERS)
            one.client_count = clients.get(origin, 0)
            one.unknown_count = unknown

    def action_judge(self):
        """Find the devices concerned, as the advisory and the installed base stand now."""
        self.check_access("write")
        self._judge()
        return True

    def action_concerns(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_advisory_concern"
        )
        return {**action, "domain": [("advisory_id", "=", self.id)], "context": {"group_by": "answer"}}

    # -- matching ---------------------------------------------------------------------------------

    @api.model
    def _matches(self, advisories=None, equipment=None):
        """Return which product is about which devices: one statement, however many there are.

        :param advisories: only these
        :param equipment: only these
        :return: rows of (advisory, product, condition, status, how, firmware, [equipment ids]); ``how`` is ``exact``, ``near``
            (one name begins with the other) or ``maker`` (the advisory names no model)
        """
        self.env.flush_all()
        of_advisories = (
            SQL("AND product.advisory_id = ANY(%s)", advisories.ids) if advisories is not None else SQL()
        )
        of_equipment = SQL("AND equipment.id = ANY(%s)", equipment.ids) if equipment is not None else SQL()
        of_models = (
            SQL("WHERE model_id = ANY(%s)", equipment.sudo().catalogue_id.ids)
            if equipment is not None
            else SQL()
        )
        self.env.cr.execute(
            SQL(
                """
                WITH product AS MATERIALIZED (
                    SELECT product.id, product.advisory_id, product.key, product.pattern, product.maker_key,
                           COALESCE(product.condition, '') AS condition, product.status
                      FROM charter_advisory_product product JOIN charter_advisory advisory ON advisory.id = product.advisory_id AND advisory.active
                     WHERE product.maker_key <> '' %(of_advisories)s
                ), spelling AS MATERIALIZED (
                    SELECT model_id, key, maker_key FROM charter_equipment_alias %(of_models)s
                ), makers AS MATERIALIZED (
                    SELECT theirs.maker_key AS said, ours.maker_key AS ours
                      FROM (SELECT DISTINCT maker_key, string_to_array(maker_key, ' ') AS words FROM product) theirs
                      JOIN (SELECT DISTINCT maker_key, string_to_array(maker_key, ' ') AS words FROM spelling WHERE maker_key <> '') ours
                        ON theirs.words <@ ours.words OR ours.words <@ theirs.words
                ), found AS (
                    SELECT product.id, spelling.model_id, 'exact' AS how
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                             AND spelling.key = product.key
                     UNION
                    SELECT product.id, spelling.model_id, 'exact'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                             AND spelling.key ~ product.pattern
                     WHERE product.pattern <> ''
                     UNION
                    SELECT product.id, spelling.model_id, 'near'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours
                     WHERE length(product.key) >= %(shortest)s AND length(spelling.key) >= %(shortest)s AND spelling.key <> product.key
                       AND (starts_with(spelling.key, product.key) OR starts_with(product.key, spelling.key)) AND product.status IN ('affected', 'look')
                     UNION
                    SELECT product.id, spelling.model_id, 'maker'
                      FROM product JOIN makers maker ON maker.said = product.maker_key JOIN spelling ON spelling.maker_key = maker.ours WHERE product.key = ''
                ), best AS MATERIALIZED (
                    SELECT id, model_id, MIN(how) AS how FROM found GROUP BY id, model_id
                ), devices AS MATERIALIZED (
                    SELECT equipment.catalogue_id, COALESCE(equipment.firmware, '') AS firmware, array_agg(equipment.id) AS ids
                      FROM charter_equipment equipment
                     WHERE equipment.active AND equipment.catalogue_id IN (SELECT model_id FROM best) %(of_equipment)s
                     GROUP BY 1, 2
                )
                SELECT product.advisory_id, product.id, product.condition, product.status, best.how, devices.firmware, devices.ids
                  FROM best JOIN product ON product.id = best.id JOIN devices ON devices.catalogue_id = best.model_id
                """,
                of_advisories=of_advisories,
                of_equipment=of_equipment,
                of_models=of_models,
                shortest=SHORTEST,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _answers(self, rows):
        """Return {(advisory id, equipment id): (answer, reason, product id, firmware)} of the rows of :meth:`_matches`."""
        said = defaultdict(dict)
        for advisory, product, condition, status, how, firmware, equipment in rows:
            answer, reason = _answer(condition, status, how, firmware)
            if answer:
                for one in equipment:
                    said[advisory, one].setdefault((answer, reason), (product, firmware))
        return {key: _together(answers) for key, answers in said.items()}

    def _judge(self, equipment=None):
        """Judge these advisories, or all of them for some equipment, and keep the answers."""
        advisories = self if self or equipment is None else None
        found = self._answers(self._matches(advisories, equipment))
        concern = self.env["charter.advisory.concern"].sudo()
        domain = (
            [("advisory_id", "in", self.ids)]
            if advisories is not None
            else [("equipment_id", "in", equipment.ids)]
        )
        known = {(one.advisory_id.id, one.equipment_id.id): one for one in concern.search(domain)}
        companies = self.env["charter.equipment"].sudo().browse({key[1] for key in found}).company_id
        today = {company: company._charter_today() for company in companies}
        fresh = []
        for key, (answer, reason, product, firmware) in found.items():
            one = known.pop(key, concern)
            if not one:
                fresh.append(
                    {
                        "advisory_id": key[0],
                        "equipment_id": key[1],
                        "answer": answer,
                        "reason": reason,
                        "product_id": product,
                        "firmware": firmware,
                        "state": "clear" if answer == NOT_AFFECTED else "open",
                        "found_on": today[concern.equipment_id.browse(key[1]).company_id],
                    }
                )
            else:
                one._again(answer, reason, product, firmware, today[one.equipment_id.company_id])
        for one in known.values():
            # The advisory names it no more, or its model was corrected.
            if one.state == "open" and one.equipment_id.active:
                one.write(
                    {"answer": NOT_AFFECTED, "reason": "revision", "state": "clear", "product_id": False}
                )
        created = concern.create(fresh)
        created._see_twins()
        concern.search([*domain, ("state", "=", "open"), ("answer", "=", LOOK)])._ask_to_look()
        concern.search(domain).advisory_id._close_looks()
        return created


def _answer(condition, status, how, firmware):
    """Return (answer, reason) of one product for one firmware; (None, None) where it says nothing about it."""
    if status in ("fixed", "not_affected"):
        cleared = how == "exact" and condition and decide(condition, firmware) == AFFECTED
        return (NOT_AFFECTED, "said_fixed") if cleared else (None, None)
    if how != "exact":
        return LOOK, "near" if how == "near" else "no_model"
    if status == "look":
        return LOOK, "investigated"
    if not condition:
        return LOOK, "no_condition"
    answer = decide(condition, firmware)
    if answer == LOOK:
        return LOOK, "undecided" if firmware else "no_firmware"
    return answer, "version"


def _together(answers):
    """Return one answer of several products: affected by any; cleared only if nothing speaks against it.

    :param answers: {(answer, reason): (product, firmware)}
    """

    def first(*wanted):
        return next(
            ((*key, *value) for key, value in answers.items() if key in wanted or key[0] in wanted), None
        )

    affected, cleared = first(AFFECTED), first((NOT_AFFECTED, "said_fixed"))
    if affected and cleared:
        return LOOK, "contradiction", *affected[2:]
    if affected or cleared:
        return affected or cleared
    exact = [key for key in answers if key[1] not in ("near", "no_model")]
    looked = next(((*key, *answers[key]) for key in exact if key[0] == LOOK), None)
    if looked or exact:
        # A product that is this very model says more than one whose name only resembles it.
        return looked or first(NOT_AFFECTED)
    return first(LOOK)


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    concern_ids = fields.One2many(
        "charter.advisory.concern",
        "equipment_id",
        "Advisories",
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )

    def _recognised(self):
        """Judge again what was published before they came, or before they were updated."""
        result = super()._recognised()
        if self:
            self.env["charter.advisory"].sudo()._judge(equipment=self)
        return result
