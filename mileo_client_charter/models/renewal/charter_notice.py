"""Notices: what is coming, which clients it affects, and from when it is announced too late (article 01)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools import references
from ...tools.codes import NOTICE_ADVANCE
from ...tools.departments import department_of
from ..base.charter_html import OwnHtml
from ..base.charter_words import in_words, stored

_lt = LazyTranslate(__name__)

# A date of the installed base raises its draft this many days before the notice is due.
REVIEW_DAYS = 45
MILESTONES = ("end_of_support", "end_of_security")
# States in which a notice is still about something to come.
LIVE = ("draft", "open")


class CharterNotice(models.Model):
    """What is coming and may affect clients' systems, announced ahead of time (article 01, third promise)."""

    _name = "charter.notice"
    _description = "Notice to clients"
    _inherit = ["charter.engine.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "effect_on, id"

    name = fields.Char("Subject", required=True, translate=True, tracking=True)
    kind = fields.Selection(
        [
            ("end_of_support", "End of support"),
            ("vulnerability", "Vulnerability"),
            ("regulation", "Regulation"),
        ],
        required=True,
        default="end_of_support",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    effect_on = fields.Date(
        "Date of effect", tracking=True, help="A vulnerability needs none: it is there already."
    )
    published_on = fields.Date(
        "Published on",
        default=lambda self: self.env.company._charter_today(),
        tracking=True,
        help=(
            "When the manufacturer or an authority published the vulnerability; clients are informed "
            "within some days of it."
        ),
    )
    known_on = fields.Date(
        "Known to us on",
        default=lambda self: self.env.company._charter_today(),
        readonly=True,
        copy=False,
        charter_engine=True,
    )
    known_late = fields.Char(
        compute="_compute_notify_by",
        help="What was known too late for the charter’s time limit runs from when it was known.",
    )
    cve = fields.Char("CVE reference", help="CVE-2026-12345")
    severity = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")]
    )
    regulation = fields.Selection(
        [
            ("gdpr", "GDPR"),
            ("nf", "NF standard"),
            ("en", "European standard"),
            ("prefectoral", "Prefectoral order"),
            ("other", "Other"),
        ]
    )
    source = fields.Char(help="Source of the information: a page, a letter, an order and its number.")
    body = OwnHtml("What happens", translate=True)
    advice = fields.Text("What we recommend", translate=True)
    state = fields.Selection(
        [
            ("draft", "To review"),
            ("open", "Issued"),
            ("closed", "Past notice"),
            ("cancelled", "Cancelled notice"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        charter_engine=True,
        tracking=True,
    )
    # Scope: each criterion that is filled narrows it
    product_ids = fields.Many2many("product.product", string="Products")
    equipment_ids = fields.Many2many("charter.equipment")
    tag_ids = fields.Many2many("charter.equipment.tag", string="Tags")
    tier_ids = fields.Many2many("charter.tier", string="Tiers")
    site_kind_ids = fields.Many2many("charter.site.kind", string="Kinds of site")
    departments = fields.Char("Départements of the sites", help="69, 38, 2A")
    line_ids = fields.One2many("charter.notice.line", "notice_id", "Clients")
    client_count = fields.Integer(compute="_compute_counts")
    told_count = fields.Integer(
        "Informed",
        compute="_compute_counts",
        help="Clients for whom the email has left, or who have read it.",
    )
    waiting_count = fields.Integer("To be sent", compute="_compute_counts")
    failed_count = fields.Integer("Not delivered", compute="_compute_counts")
    acknowledged_count = fields.Integer("Acknowledged", compute="_compute_counts")
    not_notified_count = fields.Integer("Not informed", compute="_compute_counts")
    tell_by = fields.Date(
        "Notify by",
        compute="_compute_notify_by",
        help="The charter's delay before the date of effect; some days after its publication for a vulnerability.",
    )
    is_late = fields.Boolean(compute="_compute_notify_by")
    late_reason = fields.Char(
        "Reason for missing the time limit",
        help="Required when clients are informed after the time limit; they read it, here and in their report.",
    )
    milestone_key = fields.Char(
        readonly=True, copy=False, charter_engine=True, help="The product date it was raised by."
    )

    _one_a_date = models.UniqueIndex(
        "(company_id, milestone_key, effect_on) WHERE milestone_key IS NOT NULL AND state IN ('draft', 'open')",
        "A notice about this date is there already.",
    )

    @api.depends("line_ids.sent_at", "line_ids.acknowledged_at", "line_ids.error", "line_ids.told_times")
    def _compute_counts(self):
        for notice in self:
            lines = notice.line_ids
            notice.client_count = len(lines)
            states = lines.mapped("informed_state")
            notice.told_count = states.count("informed")
            notice.waiting_count = states.count("waiting")
            notice.failed_count = states.count("failed") - len(lines.filtered("error"))
            notice.not_notified_count = len(lines.filtered("error"))
            notice.acknowledged_count = len(lines.filtered("acknowledged_at"))

    @api.depends("kind", "severity", "effect_on", "published_on", "known_on", "company_id", "state")
    @api.depends_context("lang")
    def _compute_notify_by(self):
        for notice in self:
            notice.tell_by, known_late = notice._notify_by(notice.known_on)
            today = notice.company_id.sudo()._charter_today() if notice.company_id else False
            notice.is_late = bool(
                notice.tell_by and today and notice.state in ("draft", "open") and today > notice.tell_by
            )
            words = stored(notice._known_late_in_words(notice.known_on))
            notice.known_late = in_words(notice.env, words) if known_late else False

    def _notify_by(self, known_on):
        """Return (last day on which clients are informed in time, whether that day runs from when it was known).

        A vulnerability runs from its publication, anything else is announced ahead of its date of effect. What became known
        too late for that runs from ``known_on``: no promise is made that could not be kept.
        """
        self.ensure_one()
        severity = self.severity if self.kind == "vulnerability" else None
        days = timedelta(days=self.company_id._charter_vulnerability_limit(severity))
        if self.kind == "vulnerability":
            begins = self.published_on or known_on
            in_time = begins and begins + days
        else:
            in_time = self.effect_on and self.effect_on - self._advance()
        if not in_time or not known_on or in_time >= known_on:
            return in_time or False, False
        if self.kind == "vulnerability" or not self.effect_on:
            return known_on + days, True
        return min(known_on + days, max(self.effect_on - timedelta(days=1), known_on)), True

    def _known_late_in_words(self, known_on):
        return _lt("we have known of it since %s only", known_on)

    def _advance(self):
        """Return the notice the charter in force gives, for the reader, none without one; the ledger reckons with its own clock."""
        return self.env["charter.commitment"]._delay_in_force(self.company_id.id, NOTICE_ADVANCE)

    @api.constrains("kind", "cve", "severity", "regulation", "effect_on", "published_on")
    def _check_kind(self):
        for notice in self:
            if notice.kind != "vulnerability" and not notice.effect_on:
                raise ValidationError(self.env._("Date of effect: say from when it applies."))
            if notice.kind == "vulnerability" and not notice.published_on:
                raise ValidationError(self.env._("Published on: say when the vulnerability was published."))
            today = notice.company_id.sudo()._charter_today()
            if notice.kind == "vulnerability" and notice.published_on > today:
                raise ValidationError(
                    self.env._("Published on: it is still to come; choose today or a day before.")
                )
            if notice.kind == "vulnerability" and not notice.severity:
                raise ValidationError(self.env._("Severity: say how severe the vulnerability is."))
            if notice.kind == "regulation" and not notice.regulation:
                raise ValidationError(self.env._("Regulation: choose its type."))
            if notice.cve and references.cve(notice.cve) != notice.cve:
                raise ValidationError(
                    self.env._("CVE reference: “%s” is none; write it as CVE-2026-12345.", notice.cve)
                )

    @api.constrains("departments")
    def _check_departments(self):
        for notice in self:
            notice._department_codes()

    def _department_codes(self):
        try:
            return references.departments(self.departments or "")
        except ValueError as error:
            raise ValidationError(
                self.env._("Départements of the sites: “%s” is no code; write 69, 38, 2A, 974.", error)
            ) from None

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(dict(vals)) for vals in vals_list])

    @api.model
    def _clean(self, vals):
        if vals.get("cve"):
            vals["cve"] = references.cve(vals["cve"]) or vals["cve"]
        return vals

    def write(self, vals):
        vals = self._clean(dict(vals))
        moved = self.filtered(
            lambda n: (
                "effect_on" in vals
                and n.state == "open"
                and n.effect_on != fields.Date.to_date(vals["effect_on"])
            )
        )
        if moved:
            moved._check_future(fields.Date.to_date(vals["effect_on"]))
        # A draft somebody edits is owed for its new date; what is late already stays late.
        dates = ("kind", "effect_on", "published_on", "severity")
        before = {n: [n[name] for name in dates] for n in self if n.state == "draft" and n.line_ids}
        result = super().write(vals)
        for notice, values in before.items():
            if values != [notice[name] for name in dates]:
                notice._open_again()
                told = notice.line_ids.filtered("sent_at")
                if told and notice.effect_on != values[1]:
                    # In a draft they are there because their device's date changed: they are informed of each change at once.
                    notice._notify(told, known_on=notice.company_id._charter_today())
        for notice in moved:
            # Whoever could not be written to is owed the new date, not both.
            notice.line_ids._charter_cancel(NOTICE_ADVANCE, _lt("The date of effect moved."), withdrawn=True)
            notice._notify(notice.line_ids, known_on=notice.company_id._charter_today())
        return result

    def _check_future(self, day):
        """:raise ValidationError: ``day`` is no day on which what is announced ahead can begin"""
        for notice in self:
            if notice.kind == "vulnerability":
                continue
            if not day or day <= notice.company_id._charter_today():
                raise ValidationError(
                    self.env._(
                        "Date of effect: %s is not in the future; clients can only be informed in advance.",
                        day,
                    )
                )

    def message_post(self, **kwargs):
        # Odoo lets followers post; following grants nothing here.
        self.check_access("read")
        return super().message_post(**kwargs)

    # -- matching ---------------------------------------------------------------------------------

    def _open_again(self):
        """Open the promises of this draft for its present date: what was not due yet is withdrawn and owed again."""
        owed = self.line_ids._charter_owed(NOTICE_ADVANCE).filtered(
            lambda row: not row._overdue(row._charter_now())
        )
        owed._cancel(_lt("The date of effect moved."), withdrawn=True)
        lines = self.line_ids.browse(owed.mapped("res_id"))
        if lines:
            lines._owe(None if self.kind == "vulnerability" else self.company_id._charter_today())

    def _has_scope(self):
        """Return whether it says whom it concerns: without, no client can be looked for."""
        self.ensure_one()
        chosen = self.product_ids or self.equipment_ids or self.tag_ids or self.tier_ids or self.site_kind_ids
        return bool(chosen or self._department_codes() or self.milestone_key)

    def _match(self):
        """Return {client id: [equipment ids]} of the clients under the charter that the scope reaches; one statement.

        A regulation also reaches the clients of the tiers and départements it names that have no equipment on record.
        """
        self.ensure_one()
        codes = self._department_codes()
        chosen = (self.product_ids, self.equipment_ids, self.tag_ids)
        if not self._has_scope():
            raise UserError(
                self.env._(
                    "Scope: choose products, equipment, tags, tiers, kinds of site or départements; nothing is chosen yet."
                )
            )
        for model in ("charter.equipment", "contract.contract", "res.partner"):
            self.env[model].flush_model()
        by_hand = not self.milestone_key
        conditions = [
            None if by_hand else self._milestone_sql(),
            SQL("equipment.product_id = ANY(%s)", self.product_ids.ids)
            if by_hand and self.product_ids
            else None,
            SQL("equipment.id = ANY(%s)", self.equipment_ids.ids) if by_hand and self.equipment_ids else None,
            self._tags_sql() if self.tag_ids else None,
            SQL("equipment.charter_tier_id = ANY(%s)", self.tier_ids.ids) if self.tier_ids else None,
            SQL("equipment.department = ANY(%s)", codes) if codes else None,
            self._site_kinds_sql(SQL("COALESCE(equipment.site_id, equipment.partner_id)")),
        ]
        self.env.cr.execute(
            SQL(
                """
                SELECT equipment.partner_id, array_agg(equipment.id ORDER BY equipment.id)
                  FROM charter_equipment equipment
                 WHERE equipment.active AND equipment.company_id = %(company)s AND %(scope)s
                   AND equipment.partner_id IN (SELECT commercial_partner_id FROM contract_contract contract WHERE %(running)s)
                 GROUP BY equipment.partner_id
                """,
                company=self.company_id.id,
                scope=SQL(" AND ").join(condition for condition in conditions if condition),
                running=self._running_sql(),
            )
        )
        found = dict(self.env.cr.fetchall())
        if self.kind == "regulation" and not any(chosen):
            found = {**dict.fromkeys(self._clients_without_equipment(codes), ()), **found}
        return found

    def _tags_sql(self):
        field = self.env["charter.equipment"]._fields["tag_ids"]
        return SQL(
            "EXISTS (SELECT 1 FROM %(relation)s tagged WHERE tagged.%(column1)s = equipment.id AND tagged.%(column2)s = ANY(%(tag_ids)s))",
            relation=SQL.identifier(field.relation),
            column1=SQL.identifier(field.column1),
            column2=SQL.identifier(field.column2),
            tag_ids=self.tag_ids.ids,
        )

    def _site_kinds_sql(self, place):
        """Return the condition that ``place``, an address, is of the kinds chosen; none where none is."""
        if not self.site_kind_ids:
            return None
        return SQL(
            "%(place)s IN (SELECT place.id FROM res_partner place WHERE place.charter_site_kind_id = ANY(%(kinds)s))",
            place=place,
            kinds=self.site_kind_ids.ids,
        )

    def _running_sql(self):
        return SQL(
            """contract.charter_tier_id IS NOT NULL AND contract.contract_type = 'sale' AND contract.active AND contract.company_id = %(company_id)s
               AND (contract.date_end IS NULL OR contract.date_end >= %(today)s OR contract.charter_auto_renew)""",
            company_id=self.company_id.id,
            today=self.company_id._charter_today(),
        )

    def _clients_without_equipment(self, codes):
        """Return clients of the tiers in scope one of whose addresses lies in ``codes``: its own, or a site without equipment."""
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT contract.commercial_partner_id, partner.zip, partner.city, country.code
                     FROM contract_contract contract JOIN res_partner partner ON partner.commercial_partner_id = contract.commercial_partner_id
                     LEFT JOIN res_country country ON country.id = partner.country_id
                    WHERE %(running)s AND %(of_kind)s AND (%(any_tier)s OR contract.charter_tier_id = ANY(%(tiers)s))
                      AND (partner.id = contract.commercial_partner_id OR partner.active AND partner.type IN ('contact', 'delivery', 'other'))""",
                running=self._running_sql(),
                of_kind=self._site_kinds_sql(SQL("partner.id")) or SQL("TRUE"),
                any_tier=not self.tier_ids,
                tiers=self.tier_ids.ids,
            )
        )
        rows = self.env.cr.fetchall()
        return {
            client
            for client, postcode, city, country in rows
            if not codes or department_of(postcode, country, city) in codes
        }

    def action_match(self):
        """Preview: the clients and equipment affected; nothing goes to anybody."""
        for notice in self:
            if notice.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” has been sent already: new equipment is added automatically.", notice.name
                    )
                )
            notice._check_future(notice.effect_on)
            found = notice._match()
            if not found:
                raise UserError(
                    self.env._(
                        "Scope: it reaches no client under the charter. Widen it, or record the equipment first."
                    )
                )
            notice._write_lines(found)
            # From now on somebody has to be informed, sent or not: the clock reminds of a draft that lies about.
            notice.line_ids._owe(notice.company_id._charter_today())
        return True

    def _write_lines(self, found):
        """Bring the lines in step with ``found``; a client no longer reached leaves, unless it was informed."""
        lines = self.line_ids._charter_engine()
        by_client = {line.partner_id.id: line for line in lines}
        gone = lines.filtered(lambda line: line.partner_id.id not in found and not line.sent_at)
        gone._charter_cancel(NOTICE_ADVANCE, _lt("The notice no longer reaches this client."), withdrawn=True)
        gone.unlink()
        for client, equipment in found.items():
            line = by_client.get(client)
            if line and set(line.equipment_ids.ids) != set(equipment):
                line.equipment_ids = [(6, 0, list(equipment))]
        lines.create(
            [
                {"notice_id": self.id, "partner_id": client, "equipment_ids": [(6, 0, list(equipment))]}
                for client, equipment in found.items()
                if client not in by_client
            ]
        )
        self.invalidate_recordset(["line_ids"])
