"""Keep for each device what an advisory means for it, and what became of it; a person answers what nobody could decide."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.clock import to_utc
from ...tools.versions import AFFECTED, LOOK, NOT_AFFECTED, parse
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
# What each figure at the top of an advisory opens.
CONCERNS = {
    "affected": [("state", "=", "open"), ("answer", "=", "affected")],
    "look": [("state", "=", "open"), ("answer", "=", "look")],
    "clear": [("state", "=", "clear")],
    "updated": [("state", "=", "updated")],
}
# So many alternatives of a condition are written out.
NAMED_RANGES = 8
STAFF = "mileo_client_charter.group_charter_user"
# A length of time, and what is filled once it has come to its end.
HAPPENED = {"hours_to_tell": "told_at", "days_to_update": "updated_on"}


def versions_in_words(env, terms):
    """Return what :func:`parse` read of a condition, as a reader says it: “from V2.8 on, before V3.1.1”."""
    parts = [", ".join(_bound_in_words(env, *term) for term in one) for one in terms[:NAMED_RANGES]]
    if len(terms) > NAMED_RANGES:
        parts.append("…")
    return env._(" or ").join(parts)


def _bound_in_words(env, sign, bound):
    return {
        "<": env._("before %s", bound),
        "<=": env._("up to %s", bound),
        ">": env._("after %s", bound),
        ">=": env._("from %s on", bound),
        "!=": env._("but not %s", bound),
        "?": env._("under a condition that is not one of versions"),
    }.get(sign, bound)


class CharterAdvisoryConcern(models.Model):
    """One advisory and one device: the answer, why, and what became of it. Written by the advisory, never manually."""

    _name = "charter.advisory.concern"
    _description = "Device concerned by an advisory"
    _charter_export = Sheet(
        "vulnerabilities", ("equipment_id", "firmware", "severity", "state", "told_at", "updated_on")
    )
    _order = "state desc, found_on desc, partner_id, id"
    _rec_name = "equipment_id"

    # Its name is the publisher's title, which clients may not be allowed to read: they have our notice.
    advisory_id = fields.Many2one(
        "charter.advisory", required=True, readonly=True, index=True, ondelete="cascade", groups=STAFF
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
        [("open", "Open"), ("updated", "Device updated"), ("clear", "Not concerned")],
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
    # Of how many each average is: beside it in every view.
    told_count = fields.Integer("Devices notified", compute="_compute_times", store=True, groups=STAFF)
    updated_count = fields.Integer("Devices updated", compute="_compute_times", store=True, groups=STAFF)
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
            said = labels[one.reason]
            detail = {"near": one.product_id.model, "person": one.decided_why}.get(one.reason)
            if detail:
                said = self.env._("%(what)s: %(detail)s", what=said, detail=detail)
            one.why = one._versions_said() or said

    def _versions_said(self):
        """Return the reason in words where it is one of versions: no formula is left to be read."""
        condition, firmware = self.product_id.condition, self.firmware
        terms = parse(condition) if condition else None
        words = {
            "firmware": firmware,
            "versions": (terms and versions_in_words(self.env, terms)) or self.env._("“%s”", condition),
        }
        if self.reason == "version":
            return self._bound_said(terms) or self._range_said(terms, words)
        if self.reason == "undecided" and terms:
            return self.env._(
                "firmware %(firmware)s cannot be placed among the affected versions: %(versions)s", **words
            )
        if self.reason == "undecided":
            return self.env._(
                "what is stated as the affected versions is none: %(versions)s; the device has %(firmware)s",
                **words,
            )
        if self.reason == "no_firmware" and terms:
            return self.env._("its firmware is not on record; affected versions: %(versions)s", **words)
        if self.reason == "said_fixed":
            return self.env._(
                "firmware %(firmware)s is among the versions stated as not affected: %(versions)s", **words
            )
        return ""

    def _range_said(self, terms, words):
        if not terms:
            return self.env._("all versions are affected") if terms == [] else ""
        if self.answer == AFFECTED:
            return self.env._("firmware %(firmware)s is among the affected versions: %(versions)s", **words)
        return self.env._("firmware %(firmware)s is not among the affected versions: %(versions)s", **words)

    def _bound_said(self, terms):
        """Return the reason where one bound alone decides it."""
        if not self.firmware or not terms or len(terms) > 1 or len(terms[0]) > 1:
            return ""
        [[(operator, bound)]] = terms
        words = {"firmware": self.firmware, "version": bound}
        return {
            ("<=", NOT_AFFECTED): self.env._(
                "firmware %(firmware)s is newer than the last affected version, %(version)s", **words
            ),
            ("<", NOT_AFFECTED): self.env._(
                "firmware %(firmware)s is not older than the first version that is not affected, %(version)s",
                **words,
            ),
            ("<=", AFFECTED): self.env._(
                "firmware %(firmware)s is not newer than the last affected version, %(version)s", **words
            ),
            ("<", AFFECTED): self.env._(
                "firmware %(firmware)s is older than the first version that is not affected, %(version)s",
                **words,
            ),
        }.get((operator, self.answer), "")

    @api.depends("told_at", "updated_on", "found_on", "advisory_id.published_at")
    def _compute_times(self):
        for one in self:
            began = one._known_at()
            one.hours_to_tell = (one.told_at - began).total_seconds() / 3600 if one.told_at and began else 0
            one.days_to_update = (one.updated_on - one.found_on).days if one.updated_on else 0
            one.told_count, one.updated_count = int(bool(one.told_at)), int(bool(one.updated_on))

    def _known_at(self):
        """Return from when its client could be told: its publication, or the moment the device was found if that came later."""
        self.ensure_one()
        if not self.found_on:
            return False
        company, made = self.company_id.sudo(), self.create_date
        # Found again on a later day, it has that day alone.
        by_row = made and company._charter_day_at(made) == self.found_on
        found_at = made if by_row else to_utc(self.found_on, company._charter_tz())
        return max(self.advisory_id.published_at, found_at)

    def _read_group_select(self, aggregate_spec, query):
        # What has not happened yet took no time at all, and is not in an average.
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in HAPPENED:
            return SQL(
                "AVG(CASE WHEN %(happened)s IS NOT NULL THEN %(length)s END)",
                happened=self._field_to_sql(self._table, HAPPENED[name], query),
                length=self._field_to_sql(self._table, name, query),
            )
        return super()._read_group_select(aggregate_spec, query)

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

    def web_save(self, vals, specification, next_id=None):
        """Find the devices of what is typed as soon as it is saved: figures of 0 would read as an answer."""
        result = super().web_save(vals, specification, next_id)
        if "product_ids" not in vals or next_id:
            return result
        advisory = self or self.browse(result[0]["id"])
        advisory._judge()
        return advisory.web_read(specification)

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
        wanted = CONCERNS.get(self.env.context.get("charter_concerns"), [])
        return {**action, "domain": [("advisory_id", "=", self.id), *wanted], "context": {}}


class CharterEquipment(models.Model):
    _inherit = "charter.equipment"

    concern_ids = fields.One2many(
        "charter.advisory.concern",
        "equipment_id",
        "Advisories",
        readonly=True,
        groups="mileo_client_charter.group_charter_user",
    )
