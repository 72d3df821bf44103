"""Absences: who is away, who may be the substitute, and what is planned for clients because of it (article 01)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_utc
from ...tools.standins import Away, StandInLoop, holder_on, overlap, segments
from ..base.charter_changed import changed_names
from ..base.charter_format import day_text

_lt = LazyTranslate(__name__)

# What others learn of an absence: whoever stands in, and the clients.
VALID_FIELDS = ["user_id", "company_id", "date_from", "date_to", "stand_in_id", "state"]
VALID_ORDER = "date_from, id"
TELLING = {"user_id", "company_id", "date_from", "date_to", "stand_in_id", "state", "late_reason"}


class CharterAbsence(models.Model):
    """Somebody clients count on is away, and who answers meanwhile (article 01: replaced without delay).

    Days are inclusive, in the company's time zone. What follows from absences (stand-in assignments, who owns
    which promise, what clients are informed of) is computed from them by ``_refresh``, as often as one likes.
    """

    _name = "charter.absence"
    _description = "Absence"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        "Absent employee",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        "First day", required=True, default=lambda self: self.env.company._charter_today(), tracking=True
    )
    date_to = fields.Date("Last day", help="Empty: until further notice.", tracking=True)
    stand_in_id = fields.Many2one(
        "res.users",
        "Substitute",
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        tracking=True,
        help="Proposed by the company's rule; empty: no one is available.",
    )
    source = fields.Selection(
        [("manual", "Manual"), ("out_of_office", "Out of office"), ("leave", "Calendar leave")],
        required=True,
        default="manual",
        readonly=True,
    )
    state = fields.Selection(
        [("planned", "Valid"), ("cancelled", "Absence cancelled")],
        required=True,
        default="planned",
        readonly=True,
        tracking=True,
    )
    late_reason = fields.Char(
        "Why clients are informed late",
        help="Shown in the register when an absence could not be announced before it began.",
    )
    is_sudden = fields.Boolean(
        "Announced late", readonly=True, help="Entered when the absence had begun already."
    )
    vacancy = fields.Char(
        "Without substitute", compute="_compute_vacancy", help="The days without a substitute."
    )
    phase = fields.Selection(
        [("ahead", "Ahead"), ("now", "Away now"), ("over", "Over"), ("cancelled", "Absence cancelled")],
        compute="_compute_phase",
    )
    handover_ids = fields.One2many("charter.handover", "absence_id", "Contact change notices")
    handover_count = fields.Integer(compute="_compute_handover_count")

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)", "Last day: the absence ends before it begins."
    )
    _one_at_a_time = models.Constraint(
        "EXCLUDE USING gist (int4range(user_id, user_id, '[]') WITH &&, int4range(company_id, company_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) WHERE (state = 'planned')",
        "This person has another absence over part of these days: change that one.",
    )

    # -- readings ---------------------------------------------------------------------------------

    @api.depends("user_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for absence in self:
            absence.display_name = self.env._(
                "%(user)s, from %(first)s %(until)s",
                user=absence.user_id.name or "",
                first=day_text(self.env, absence.date_from) if absence.date_from else "",
                until=self.env["charter.assignment"]._until_words(absence.date_to),
            )

    @api.depends("date_from", "date_to", "state")
    def _compute_phase(self):
        for absence in self:
            today = absence.company_id.sudo()._charter_today()
            if absence.state == "cancelled":
                absence.phase = "cancelled"
            elif not absence.date_from or absence.date_from > today:
                absence.phase = "ahead"
            else:
                absence.phase = "over" if absence.date_to and absence.date_to < today else "now"

    @api.depends("handover_ids")
    def _compute_handover_count(self):
        for absence in self:
            absence.handover_count = len(absence.handover_ids)

    @api.depends("date_from", "date_to", "stand_in_id", "state")
    @api.depends_context("lang")
    def _compute_vacancy(self):
        for absence in self:
            days = absence._vacant() if absence.state == "planned" and absence.date_from else []
            absence.vacancy = ", ".join(
                self.env._(
                    "from %(first)s %(until)s",
                    first=day_text(self.env, part.first),
                    until=self.env["charter.assignment"]._until_words(part.last),
                )
                for part in days
            )

    def _vacant(self, away=None):
        """Return the parts of this absence on which the chain of stand-ins ends with nobody.

        :param away: everybody who is away (tools.standins.Away), where it is known
        """
        self.ensure_one()
        others = self._away(self.company_id) if away is None else away
        parts = segments(self.user_id.id, self.date_from, self.date_to, others)
        return [part for part in parts if part.holder is None]

    @api.model
    def _valid(self, company, since=None):
        """Return valid absences of ``company`` that are not over on ``since`` (today)."""
        return self.sudo().search_fetch(
            self._valid_domain(company, since or company._charter_today()), VALID_FIELDS, order=VALID_ORDER
        )

    @api.model
    def _valid_domain(self, company, since):
        return [
            ("company_id", "=", company.id),
            ("state", "=", "planned"),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", since),
        ]

    @api.model
    def _answers_today(self, company):
        """Return {id of a user who is away today: id of who stands in at the end of the chain, None for nobody}."""
        today = company._charter_today()
        away = [one for one in self._away(company) if one.first <= today]
        return {one.user: holder_on(today, one.user, away) for one in away}

    @api.model
    def _away(self, company, since=None):
        """Return the same as plain values. A stand-in who has left the company is none."""
        return [
            Away(
                absence.user_id.id,
                absence.date_from,
                absence.date_to or None,
                absence.stand_in_id.id if absence.stand_in_id.active else None,
            )
            for absence in self._valid(company, since)
        ]

    # -- the rules --------------------------------------------------------------------------------

    @api.constrains("user_id", "stand_in_id", "company_id", "date_from", "date_to", "state")
    def _check_stand_in(self):
        for absence in self.filtered(lambda one: one.state == "planned" and one.stand_in_id):
            stand_in = absence.stand_in_id.sudo()
            if stand_in == absence.user_id:
                raise ValidationError(
                    self.env._("Substitute: %s cannot be their own substitute.", stand_in.name)
                )
            if stand_in.share or absence.company_id not in stand_in.company_ids:
                raise ValidationError(
                    self.env._(
                        "Substitute: %(user)s does not work for %(company)s.",
                        user=stand_in.name,
                        company=absence.company_id.name,
                    )
                )
            if not stand_in.partner_id.phone or not stand_in.email:
                raise ValidationError(
                    self.env._(
                        "Substitute: %s has no phone or no email, and clients could not call: add them to their contact first.",
                        stand_in.name,
                    )
                )
            absence._check_available()

    def _check_available(self):
        others = self._away(self.company_id, self.date_from)
        try:
            parts = segments(self.user_id.id, self.date_from, self.date_to, others)
        except StandInLoop as loop:
            names = self.env["res.users"].sudo().browse(loop.users).mapped("name")
            raise ValidationError(
                self.env._(
                    (
                        "Substitute: on %(day)s they are each other's substitute (%(names)s) and no one would "
                        "answer. Choose someone else."
                    ),
                    day=day_text(self.env, loop.day),
                    names=" → ".join(
                        [self.env["res.users"].sudo().browse(user).name for user in loop.users] or names
                    ),
                )
            ) from loop
        if parts and all(part.holder is None for part in parts):
            raise ValidationError(
                self.env._(
                    "Substitute: %s is away on these days too, without a substitute. Choose someone else.",
                    self.stand_in_id.name,
                )
            )

    @api.constrains("user_id")
    def _check_user(self):
        for absence in self:
            if absence.user_id.share:
                raise ValidationError(
                    self.env._("Away: %s is not one of the company's people.", absence.user_id.name)
                )

    # -- the proposal -----------------------------------------------------------------------------

    def _propose(self):
        """Return the first available person by the company's rule; empty when there is none."""
        self.ensure_one()
        others = [
            away for away in self._away(self.company_id, self.date_from) if away.user != self.user_id.id
        ]
        for user in self._candidates():
            reachable = user.partner_id.phone and user.email and self.company_id in user.company_ids
            if not reachable or user == self.user_id or user.share or not user.active:
                continue
            mine = Away(self.user_id.id, self.date_from, self.date_to or None, user.id)
            away_then = any(
                away.user == user.id and overlap(mine.first, mine.last, away.first, away.last)
                for away in others
            )
            if not away_then:
                return user
        return self.env["res.users"]

    def _candidates(self):
        """Return whom the company's rule thinks of, the best first."""
        rule = self.company_id.charter_stand_in_rule
        operations = self.env["charter.assignment"]._company_people(self.company_id, "operations_manager")
        if rule == "deputy":
            deputies, user = self.env["res.users"].sudo(), self.user_id.sudo()
            while user.charter_deputy_id and user.charter_deputy_id not in deputies:
                user = user.charter_deputy_id
                deputies |= user
            return deputies
        if rule == "operations":
            return operations
        # Colleagues who hold the same roles, those with the fewest clients first.
        assignments = self.env["charter.assignment"].sudo()
        current = [
            ("kind", "=", "principal"),
            ("company_id", "=", self.company_id.id),
            ("is_current", "=", True),
        ]
        roles = assignments.search([*current, ("user_id", "=", self.user_id.id)]).mapped("role")
        load = assignments._read_group([*current, ("role", "in", list(set(roles)))], ["user_id"], ["__count"])
        return (
            self.env["res.users"]
            .sudo()
            .union(*(user for user, _count in sorted(load, key=lambda pair: pair[1])))
        )

    # -- changes ----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        for absence in absences:
            if not absence.stand_in_id:
                absence.stand_in_id = absence._propose()
            absence.is_sudden = absence.date_from <= absence.company_id._charter_today()
        absences._changed()
        return absences

    def write(self, vals):
        said = {name: value for name, value in vals.items() if name in TELLING}
        changed = self.filtered(lambda absence: changed_names(absence, said))
        result = super().write(vals)
        changed._changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise ValidationError(
            self.env._("Absences are not deleted: cancel this one, and clients are informed.")
        )

    def action_cancel(self):
        """Cancel an absence that does not take place: what was not sent is withdrawn, what was is corrected."""
        self.check_access("write")
        self.write({"state": "cancelled"})

    def action_back_today(self):
        """End the absence earlier than announced: yesterday was its last day."""
        self.check_access("write")
        for absence in self:
            yesterday = absence.company_id._charter_today() - timedelta(days=1)
            if absence.date_from > yesterday:
                absence.action_cancel()
            else:
                absence.date_to = yesterday

    def action_propose(self):
        for absence in self:
            absence.stand_in_id = absence._propose()

    def action_handovers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_handover")
        return {**action, "domain": [("absence_id", "=", self.id)], "context": {}}

    def _changed(self):
        if not self:
            return
        self.env.flush_all()
        for company in self.company_id:
            self.with_company(company)._refresh(company)
        self.env["charter.assignment"]._wake_contacts()

    # -- consequences -----------------------------------------------------------------------------

    @api.model
    def _companies_to_look_at(self, companies):
        """Return those of ``companies`` in which somebody who holds a role is, was or will be away: in the others neither ``_feed`` nor
        ``_refresh`` finds anything but promises whose owner has changed. One statement; it rather names one too many."""
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """
                SELECT asked.company
                  FROM unnest(%(companies)s::int[], %(days)s::date[]) AS asked (company, today)
                 WHERE EXISTS (SELECT 1 FROM charter_absence absence WHERE absence.company_id = asked.company AND absence.state = 'planned'
                                  AND (absence.date_to IS NULL OR absence.date_to >= asked.today))
                    OR EXISTS (SELECT 1 FROM charter_handover handover WHERE handover.company_id = asked.company AND handover.absence_id IS NOT NULL
                                  AND (handover.date_to IS NULL OR handover.date_to >= asked.today - 1))
                    OR EXISTS (SELECT 1 FROM charter_assignment assignment JOIN res_users users ON users.id = assignment.user_id
                                WHERE assignment.company_id = asked.company AND (assignment.date_to IS NULL OR assignment.date_to >= asked.today)
                                  AND (assignment.kind = 'stand_in' OR users.out_of_office_from IS NOT NULL
                                       OR EXISTS (SELECT 1 FROM resource_resource resource
                                                    JOIN resource_calendar_leaves leaves ON leaves.resource_id = resource.id
                                                   WHERE resource.user_id = assignment.user_id AND leaves.time_type = 'leave'
                                                     AND leaves.date_to >= %(now)s)))
                """,
                companies=companies.ids,
                days=[company._charter_today() for company in companies],
                now=fields.Datetime.now(),
            )
        )
        return companies.browse(company for (company,) in found)

    @api.model
    def _refresh(self, company):
        """Bring stand-ins, handovers and owners of promises in line with the absences of ``company``, from today on."""
        company = company.sudo()
        away = self._away(company)
        self.env["charter.assignment"].sudo()._sync_stand_ins(company, away)
        self.env["charter.handover"].sudo()._sync(company, away)
        self.env["charter.obligation"]._align_owners(company)
        self._alert_vacant(company, away)
        self._wake_at_next_change(company, away)

    @api.model
    def _alert_vacant(self, company, away):
        """Inform the operations manager, once, of each absence on which nobody answers; never whoever is away, or will be, themselves."""
        absences = self._valid(company)
        with_roles = absences._holding_roles()
        kind = self.env.ref("mileo_client_charter.activity_promise")
        present = self.env["charter.assignment"]
        for absence in absences:
            activities = absence.activity_ids.filtered(lambda one: one.activity_type_id == kind)
            if absence not in with_roles or not absence._vacant(away):
                if activities:
                    activities.unlink()
                continue
            people = present._company_people(company, "operations_manager")
            if absence.user_id in people:
                people = present._company_people(company, "general_management")
            if activities.user_id & people:
                continue
            # Who was informed is away too by now.
            activities.unlink()
            for user in people:
                absence.activity_schedule(
                    "mileo_client_charter.activity_promise",
                    user_id=user.id,
                    date_deadline=max(absence.date_from, company._charter_today()),
                    summary=_lt("%s has no substitute: choose one", absence.user_id.name),
                )

    def _holding_roles(self):
        """Return those of these absences whose person holds a role that is not over when they begin."""
        held = (
            self.env["charter.assignment"]
            .sudo()
            .search([("user_id", "in", self.user_id.ids), ("company_id", "in", self.company_id.ids)])
        )
        return self.filtered(
            lambda absence: any(
                (one.user_id, one.company_id) == (absence.user_id, absence.company_id)
                and (not one.date_to or one.date_to >= absence.date_from)
                for one in held
            )
        )

    @api.model
    def _wake_at_next_change(self, company, away):
        """Run again when the next absence begins or ends, at midnight of the company."""
        today = company._charter_today()
        days = {one.first for one in away} | {one.last + timedelta(days=1) for one in away if one.last}
        ahead = [day for day in days if day > today]
        if ahead:
            self.env["charter.assignment"]._wake_contacts(to_utc(min(ahead), company._charter_tz()))
