"""Which clients are notified of another contact, when, and in which words, before the change (article 01)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...tools.clock import Delay, NoWorkingTime, to_utc
from ...tools.codes import CONTACT_HANDOVER
from ...tools.occurrence import format_key
from ...tools.standins import overlap, segments
from ..base.charter_format import day_text
from ..base.charter_words import Words, as_stored

_lt = LazyTranslate(__name__)


class Notice(NamedTuple):
    """A promise that is to be opened: which notice (id), when the change begins (naive UTC), which notification."""

    handover: int
    begins: datetime
    occurrence: str


class CharterHandover(models.Model):
    """A client is informed who answers, before its usual contact is away or gives the client over (article 01).

    One row for each absence (or change for good) and client. ``plan`` is who answers and when; ``told_plan`` is what
    the client was informed last. As long as they differ the client is due word of it: a first notification is a promise,
    due when the change begins, and so is an absence made longer; anything else is a correction, sent at once.
    """

    _name = "charter.handover"
    _description = "Contact change notice"
    _inherit = ["charter.merge.mixin", "charter.engine.mixin", "charter.obligation.mixin"]
    _charter_engine_only = True
    _charter_merge_rules = {"once": "_charter_merge_notifications"}
    _charter_merge_hides = True
    _order = "date_from desc, id desc"

    partner_id = fields.Many2one("res.partner", "Client", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Usual contact", required=True, ondelete="restrict")
    absence_id = fields.Many2one("charter.absence", ondelete="restrict", index="btree_not_null")
    date_from = fields.Date("From")
    date_to = fields.Date("To")
    message = fields.Text("Message to the client")
    plan = fields.Json(
        charter_json="users", help="Who answers: a list of [role, user or null, first day, last day or null]."
    )
    told_plan = fields.Json("Plan notified", charter_json="users")
    tellings = fields.Integer("Notifications sent", help="How many times the client has been informed.")
    state = fields.Selection(
        [("planned", "To notify"), ("told", "Informed"), ("withdrawn", "Withdrawn before it was sent")],
        required=True,
        default="planned",
    )
    tell_at = fields.Datetime("To be notified at", index=True)
    told_at = fields.Datetime("Notified on")
    is_late = fields.Boolean("Announced late")
    late_reason = Words("Why late")
    problem = Words("Reason not notified")
    active = fields.Boolean(
        default=True, readonly=True, help="Off: on record only, since two clients were merged."
    )
    plan_text = fields.Char("Who answers", compute="_compute_plan_text")

    _once = models.UniqueIndex(
        "(absence_id, partner_id) WHERE absence_id IS NOT NULL AND active IS NOT FALSE"
    )
    _due_idx = models.Index("(tell_at) WHERE state = 'planned'")

    @api.depends("user_id", "partner_id")
    def _compute_display_name(self):
        for handover in self:
            handover.display_name = f"{handover.user_id.name}, {handover.partner_id.display_name}"

    @api.depends("plan")
    @api.depends_context("lang")
    def _compute_plan_text(self):
        for handover in self:
            handover.plan_text = ", ".join(
                f"{part['name']} ({part['first']} {part['until']})" for part in handover._parts(handover.plan)
            )

    def _parts(self, plan):
        """Return the parts of a plan in words, one for each person and span, roles together."""
        roles = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        parts = {}
        for role, user_id, first, last in plan or ():
            parts.setdefault((first, last, user_id), []).append(roles[role])
        users = self.env["res.users"].sudo().browse({key[2] for key in parts if key[2]})
        cards = dict(zip(users.ids, users._charter_card(), strict=True))
        nobody = {"name": self.env._("no one yet"), "phone": "", "email": ""}
        return [
            {
                **cards.get(user_id, nobody),
                "roles": ", ".join(labels),
                "first": self.env._("from %s", day_text(self.env, first, "d MMMM y")),
                "until": self.env["charter.assignment"]._until_words(
                    fields.Date.to_date(last) if last else None
                ),
            }
            for (first, last, user_id), labels in sorted(parts.items(), key=lambda item: item[0][0])
        ]

    # -- from the absences ------------------------------------------------------------------------

    @api.model
    def _sync(self, company, away):
        """Bring the plans of every absence that is not over in line with ``away`` (tools.standins.Away)."""
        today = company._charter_today()
        engine = self._charter_engine()
        absences = self.env["charter.absence"]._valid(company)
        wanted = engine._wanted_plans(company, absences, away)
        rows = engine.search(
            [
                ("company_id", "=", company.id),
                ("absence_id", "!=", False),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today - timedelta(days=1)),
            ]
        )
        ended_before = {
            one.id
            for one in rows.absence_id
            if one.state == "planned" and one.date_to and one.date_to < today
        }
        promised, notices = rows._outstanding_notices(), []
        for row in rows:
            plan = wanted.pop((row.absence_id.id, row.partner_id.id), [])
            if not plan and row.absence_id.id in ended_before:
                plan = row._cut(row.plan, row.absence_id.date_to)
            notices += row._set_plan(plan, row.absence_id, promised.get(row.id))
        by_id = {absence.id: absence for absence in absences}
        introduced = engine._introduced(company, by_id, wanted)
        new = engine.create(
            [
                {
                    "partner_id": client,
                    "company_id": company.id,
                    "user_id": by_id[absence_id].user_id.id,
                    "absence_id": absence_id,
                    # Its first contact sheet names who stands in: there is no change to announce, and nothing late.
                    "told_plan": plan if (absence_id, client) in introduced else False,
                }
                for (absence_id, client), plan in wanted.items()
            ]
        )
        for row, plan in zip(new, wanted.values(), strict=True):
            notices += row._set_plan(plan, row.absence_id, self.env["charter.obligation"])
        (rows | new)._promise(notices, today)

    @api.model
    def _introduced(self, company, absences, wanted):
        """Return those of ``wanted`` (absence id, client id) whose client came, or was given its first contact, during the absence."""
        clients = {client for _absence, client in wanted}
        if not clients:
            return set()
        here, since, held = [("company_id", "=", company.id)], {}, {}
        contracts = self.env["contract.contract"].sudo()
        domain = [*contracts._charter_active_domain(), *here, ("commercial_partner_id", "in", list(clients))]
        for contract in contracts.search(domain):
            client, day = contract.commercial_partner_id.id, contract.charter_since
            if day:
                since[client] = min(day, since.get(client, day))
        principal = [*here, ("kind", "=", "principal"), ("partner_id", "in", list(clients))]
        rows = self.env["charter.assignment"].sudo().search(principal)
        for row in rows:
            key = (row.partner_id.id, row.role)
            held[key] = min(row.date_from, held.get(key, row.date_from))

        def is_new(absence, client, plan):
            begins, today = absence.date_from, company._charter_today()
            if client in since and begins < since[client] <= today:
                return True
            return all(
                (client, role) in held and begins < held[client, role] <= today for role, *_rest in plan
            )

        return {
            (absence_id, client)
            for (absence_id, client), plan in wanted.items()
            if is_new(absences[absence_id], client, plan)
        }

    @api.model
    def _cut(self, plan, last_day):
        """Return ``plan`` as it turned out when it ended on ``last_day``."""
        last = fields.Date.to_string(last_day)
        return [
            [role, user, first, min(last, end or last)]
            for role, user, first, end in plan or ()
            if first <= last
        ]

    @api.model
    def _wanted_plans(self, company, absences, away):
        """Return {(absence id, client id): plan} for the clients under the charter of everybody who is away."""
        clients = set(self.env["res.partner"].sudo()._charter_clients(company).ids)
        principals = (
            self.env["charter.assignment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "principal"),
                    ("partner_id", "!=", False),
                    ("user_id", "in", absences.user_id.ids),
                ],
                order="partner_id, role, date_from",
            )
        )
        wanted = {}
        for absence in absences:
            for principal in principals:
                if principal.user_id != absence.user_id or principal.partner_id.id not in clients:
                    continue
                span = overlap(
                    principal.date_from, principal.date_to or None, absence.date_from, absence.date_to or None
                )
                if not span:
                    continue
                plan = wanted.setdefault((absence.id, principal.partner_id.id), [])
                plan += [
                    [principal.role, part.holder, str(part.first), part.last and str(part.last)]
                    for part in segments(principal.user_id.id, *span, away)
                ]
        return wanted

    def _outstanding_notices(self):
        """Return {id: promises to inform its client of a change}, in one query; rows without one are left out."""
        return self._charter_owed(CONTACT_HANDOVER).grouped("res_id") if self else {}

    def _set_plan(self, plan, absence, owed=None):
        """Set ``plan`` as the plan of this row; what the client does not know yet is to be notified.

        :param owed: promises of the changes the client is owed word of already
        :return: [Notice] to be promised (``_promise``)
        """
        if owed is None:
            owed = self.env["charter.obligation"]
        self.ensure_one()
        today = self.company_id._charter_today()
        days = {
            "date_from": absence.date_from if absence else self.date_from,
            "date_to": (absence.date_to if absence else self.date_to) or False,
            "late_reason": absence.late_reason if absence else as_stored(self, "late_reason"),
        }
        changed = {name: value for name, value in days.items() if (self[name] or False) != (value or False)}
        if plan != (self.plan or []):
            changed["plan"] = plan
        if changed:
            self.write(changed)
        if self.state == "withdrawn" and not plan:
            return []
        if plan == (self.told_plan or []):
            # Nothing the client does not know: what was planned is not needed, what was notified holds.
            state = "told" if self.tellings else "withdrawn"
            if self.state != state:
                self.write({"state": state, "tell_at": False, "problem": False})
                self._charter_cancel(CONTACT_HANDOVER, _lt("The absence did not take place."))
            return []
        first_change = self._first_change(today)
        if not changed and first_change and self._is_planned_for(first_change, owed.mapped("trigger_at")):
            return []
        return self._plan_notification(first_change, today, owed)

    @api.model
    def _plan_again(self, companies):
        """Plan again what is not notified yet: clients of ``companies`` are informed earlier or later from now on."""
        planned = [("company_id", "in", companies.ids), ("state", "=", "planned")]
        for company, rows in self._charter_engine().search(planned).grouped("company_id").items():
            rows._plan_again_on(company._charter_today())

    def _plan_again_on(self, today):
        """Plan again when the clients of these rows, all of one company, are informed."""
        owed, none = self._outstanding_notices(), self.env["charter.obligation"]
        notices = [
            row._plan_notification(row._first_change(today), today, owed.get(row.id, none)) for row in self
        ]
        self._promise([one for part in notices for one in part], today)

    def _is_planned_for(self, first_change, promised):
        """Return whether word of a change on ``first_change`` is planned already, and promised where it is a promise."""
        begins = to_utc(first_change, self.company_id._charter_tz())
        wanted = [begins] if self._on(self.plan, first_change) else []
        return self.state == "planned" and bool(self.tell_at) and list(promised) == wanted

    def _first_change(self, today):
        """Return the first day from today on whose plan differs from the one the client was informed of."""
        edges = {
            fields.Date.to_date(first)
            for _role, _user, first, _last in [*(self.plan or ()), *(self.told_plan or ())]
        }
        edges |= {
            fields.Date.to_date(last) + timedelta(days=1)
            for _role, _user, _first, last in [*(self.plan or ()), *(self.told_plan or ())]
            if last
        }
        days = sorted(day for day in {*edges, today} if day >= today)
        different = (day for day in days if self._on(self.plan, day) != self._on(self.told_plan, day))
        return next(different, None)

    @api.model
    def _on(self, plan, day):
        text = str(day)
        return {
            (role, user)
            for role, user, first, last in plan or ()
            if first <= text and (not last or text <= last)
        }

    def _plan_notification(self, first_change, today, owed):
        """Plan when the client is informed; a promise where somebody new answers from ``first_change`` on.

        :param owed: promises to inform this client that stand already
        :return: [Notice] to be promised (``_promise``)
        """
        now = self._charter_now()
        tz = self.company_id._charter_tz()
        if first_change is None:
            # The plans differ on past days only: there is nothing left to notify.
            self.write({"state": "told" if self.tellings else "withdrawn", "tell_at": False})
            self._charter_cancel(CONTACT_HANDOVER, _lt("The absence is over."))
            return []
        lead = timedelta(days=0 if self.tellings else self.company_id.charter_handover_lead_days)
        begins = to_utc(first_change, tz)
        tell_at = now if first_change <= today or self.tellings else max(now, begins - lead)
        self.write(
            {"state": "planned", "tell_at": self._office_moment(tell_at, begins) if tell_at > now else now}
        )
        replaced = self._on(self.plan, first_change)
        occurrence = str(self.tellings + 1)
        notices = []
        if not replaced:
            owed._cancel(_lt("The usual contact is there."))
        elif owed.filtered(lambda row: row.occurrence == occurrence and row.trigger_at != begins):
            # The day has moved before the client was informed: another promise, the first one is taken back.
            times = len(self._charter_promises(CONTACT_HANDOVER))
            owed._cancel(_lt("The day of the change has moved."))
            notices = [Notice(self.id, begins, format_key(occurrence, moved=times))]
        elif not owed:
            notices = [Notice(self.id, begins, occurrence)]
        return notices

    def _promise(self, notices, today):
        """Open the promises to inform the clients before the changes begin (where that was not known in time, the same day), and wake
        the action that informs them.

        :param notices: [Notice] of some of these rows, all of one company
        :param today: its day
        """
        by_id, now = {notice.handover: notice for notice in notices}, self._charter_now()
        planned = self.filtered(lambda row: row.state == "planned" and row.tell_at).mapped("tell_at")
        if planned:
            self.env["charter.assignment"]._wake_contacts(max(min(planned), now))
        rows = self.browse(by_id)
        for sudden, part in rows.grouped(lambda row: by_id[row.id].begins <= now).items():
            end_of_day = to_utc(today + timedelta(days=1), part.company_id._charter_tz())
            opened = part._charter_open(
                CONTACT_HANDOVER,
                at=lambda row: by_id[row.id].begins,
                occurrence=lambda row: by_id[row.id].occurrence,
                not_before=end_of_day if sudden else None,
            )
            if sudden:
                opened._explain(_lt("It was not known before it began: the client is informed the same day."))

    def _office_moment(self, moment, begins):
        """Return the first opening of the company from ``moment`` on, and before the change ``begins``."""
        opening = self.company_id._charter_next_opening(moment)
        if opening < begins:
            return opening
        # Nobody is at work any more before it begins: the last working hour then.
        calendar = self.company_id.resource_calendar_id.with_company(self.company_id)
        [last] = calendar._charter_shift_many([(begins, Delay(1, "hours", "working"), "before")])
        return moment if isinstance(last, NoWorkingTime) else max(last, self._charter_now())

    # -- two clients that become one ----------------------------------------------------------------

    @api.model
    def _charter_merge_notifications(self, groups, merge):
        """Keep the row of the client that was informed most; what the other was informed of stays on record."""
        order = ["told", "planned", "withdrawn"]
        for group in groups:
            kept, *others = group.sorted(
                lambda row: (order.index(row.state), -row.tellings, row.partner_id.id != merge.target, row.id)
            )
            others = self.browse([other.id for other in others])
            others.obligation_ids._settle_merged(kept.display_name)
            others._charter_merge_engine().filtered(lambda row: row.state == "planned").write(
                {"state": "withdrawn", "tell_at": False}
            )
            others._charter_set_aside(merge)

    # -- a change for good ------------------------------------------------------------------------

    @api.model
    def _announce_change(self, clients, role, old, new, company, day, message):
        """Inform clients that ``new`` answers in the place of ``old`` from ``day`` on (for good).

        :return: charter.handover, to be informed before that day
        """
        engine = self._charter_engine()
        today = company._charter_today()
        rows = engine.create(
            [
                {
                    "partner_id": client.id,
                    "company_id": company.id,
                    "user_id": old.id,
                    "date_from": day,
                    "message": message,
                }
                for client in clients
            ]
        )
        rows.write({"plan": [[role, new.id, str(day), None]]})
        none = self.env["charter.obligation"]
        notices = [row._plan_notification(day, today, none) for row in rows]
        rows._promise([one for part in notices for one in part], today)
        return rows
