"""Who stands in for somebody who is away, and who owns a commitment meanwhile: both follow from absences and principals."""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.standins import overlap, segments
from ..base.charter_batches import run_isolated
from ..charter.charter_commitment import COMPANY_ROLES
from ..ledger.charter_past_due import owed_sql
from .charter_assignment import LATER, holder_first_sql

_lt = LazyTranslate(__name__)

_logger = logging.getLogger(__name__)


def _of_clients(table, clients):
    """Return the condition that rows of ``table`` are about ``clients`` (ids); none for all of them and the company's roles."""
    if clients is None:
        return SQL("TRUE")
    return SQL(
        "%(partner)s = ANY(%(clients)s)",
        partner=SQL.identifier(table, "partner_id"),
        clients=list(clients),
    )


class CharterAssignment(models.Model):
    _inherit = "charter.assignment"

    absence_id = fields.Many2one(
        "charter.absence", "During the absence", ondelete="restrict", index="btree_not_null", readonly=True
    )

    @api.model
    def _company_people(self, company, role):
        """Return who answers for a company-wide role now; there is always somebody. :return: res.users

        Where nobody holds it, or its holder is away without a substitute, it is the next level up: general management for the
        operations manager, the company's administrators of the charter for general management.
        """
        absent = self.env["charter.absence"]._answers_today(company)
        levels = list(dict.fromkeys((role, *COMPANY_ROLES)))
        held = self.sudo()._holders({(company.id, level, None) for level in levels})
        for level in levels:
            holder = held.get((company.id, level, None))
            if holder and absent.get(holder, holder):
                return self.env["res.users"].browse(absent.get(holder, holder))
            if holder and level == "general_management":
                break  # nobody of the two roles is above it
        admins = self._company_admins(company)
        return admins.filtered(lambda user: user.id not in absent) or admins

    @api.model
    def _company_admins(self, company):
        """Return the administrators of the charter who work for ``company``."""
        admins = self.env.ref("mileo_client_charter.group_charter_admin").sudo().all_user_ids
        return admins.filtered(lambda user: user.active and company in user.company_ids and user.id != 1)

    @api.model
    def _stood_in(self, company):
        """Return {id of a user who is away today: who answers in their place}: the substitute, else the next level up.

        An account manager's or a technical contact's is the operations manager.
        """
        absent, users = self.env["charter.absence"]._answers_today(company), self.env["res.users"]
        if not absent:
            return {}
        general = (company.id, "general_management", None)
        chief = self.sudo()._holders({general}).get(general)
        return {
            user: users.browse(holder)
            if holder
            else self._company_people(
                company, "general_management" if user == chief else "operations_manager"
            )
            for user, holder in absent.items()
        }

    @api.model
    def _sync_stand_ins(self, company, away):
        """Assign who stands in for somebody away, in ``company`` from today on, as ``away`` (tools.standins.Away) says; the past stays.

        What has begun ends yesterday or gets another last day, what has not is dropped. Who owns which promise follows from
        it afterwards, in one look (``charter.absence._refresh``).
        """
        assignments = self.with_context(charter_owners=LATER)
        today = company._charter_today()
        running = ["|", ("date_to", "=", False), ("date_to", ">=", today)]
        principals = assignments.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "principal"),
                ("user_id", "in", list({one.user for one in away})),
                *running,
            ]
        )
        present = defaultdict(list)
        for row in assignments.search([("company_id", "=", company.id), ("kind", "=", "stand_in"), *running]):
            present[row.role, row.partner_id.id].append(row)
        absence_of = self._absence_finder(company)
        new = []
        for principal in principals:
            for part in segments(
                principal.user_id.id,
                max(principal.date_from, min(one.first for one in away)),
                principal.date_to or None,
                away,
            ):
                if part.holder is None or (part.last and part.last < today):
                    continue
                rows = present[principal.role, principal.partner_id.id]
                same = next((row for row in rows if self._is_part(row, part)), None)
                if same:
                    rows.remove(same)
                    same._set_days(part, today)
                else:
                    new.append(
                        {
                            "kind": "stand_in",
                            "role": principal.role,
                            "partner_id": principal.partner_id.id,
                            "company_id": company.id,
                            "user_id": part.holder,
                            "date_from": max(part.first, today),
                            "date_to": part.last or False,
                            "absence_id": absence_of(principal.user_id.id, part),
                        }
                    )
        over = assignments.union(*(row for rows in present.values() for row in rows))
        begun = over.filtered(lambda row: row.date_from < today)
        if begun:
            begun.write({"date_to": today - timedelta(days=1)})
        if over - begun:
            (over - begun).unlink()
        if new:
            assignments.create(new)

    @api.model
    def _absence_finder(self, company):
        absences = self.env["charter.absence"]._valid(company)

        def find(user, part):
            return next(
                absence.id
                for absence in absences
                if absence.user_id.id == user
                and overlap(absence.date_from, absence.date_to or None, part.first, part.last)
            )

        return find

    @api.model
    def _is_part(self, row, part):
        return row.user_id.id == part.holder and bool(
            overlap(row.date_from, row.date_to or None, part.first, part.last)
        )

    def _set_days(self, part, today):
        values = {"date_to": part.last or False}
        if self.date_from > today:
            values["date_from"] = max(part.first, today)
        values = {name: value for name, value in values.items() if self[name] != value}
        if values:
            self.write(values)


class CharterObligation(models.Model):
    _inherit = "charter.obligation"

    @api.model
    def _align_owners(self, company, clients=None):
        """Give each promise still owed to who holds its role now; due times do not move, the change is kept.

        Where nobody holds the role, who owned it keeps it, and an alert says so. One query finds them all: who holds each role is
        asked once for a client, not once for a promise.

        :param clients: ids of commercial entities, where nothing but who answers for these has changed; all by default
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
            WITH holder AS MATERIALIZED (
                 SELECT DISTINCT ON (assignment.role, assignment.partner_id)
                        assignment.role, COALESCE(assignment.partner_id, 0) AS client, assignment.user_id, assignment.kind
                   FROM charter_assignment assignment
                   JOIN res_users users ON users.id = assignment.user_id AND users.active
                  WHERE assignment.active AND assignment.company_id = %(company)s AND %(held_for)s
                    AND daterange(assignment.date_from, assignment.date_to, '[]') @> %(today)s::date
                  ORDER BY assignment.role, assignment.partner_id, %(first)s)
            SELECT promise.id, holder.user_id, holder.kind
              FROM charter_obligation promise
              JOIN holder ON holder.role = promise.role
               AND holder.client = CASE WHEN promise.role IN %(of_company)s THEN 0 ELSE promise.partner_id END
             WHERE promise.company_id = %(company)s AND %(owed)s AND %(owed_to)s
               AND promise.user_id IS DISTINCT FROM holder.user_id
               -- It went one level up while who answers it is away without a stand-in.
               AND NOT (promise.code IN ('escalation.level1', 'escalation.level2') AND EXISTS (
                        SELECT 1 FROM charter_absence away
                         WHERE away.user_id = holder.user_id AND away.company_id = promise.company_id AND away.state = 'planned'
                           AND daterange(away.date_from, away.date_to, '[]') @> %(today)s::date))
             ORDER BY promise.id
                """,
                company=company.id,
                today=company._charter_today(),
                owed=owed_sql("promise"),
                owed_to=_of_clients("promise", clients),
                held_for=_of_clients("assignment", clients),
                of_company=tuple(COMPANY_ROLES),
                first=holder_first_sql(),
            )
        )
        moves = defaultdict(list)
        for row_id, user, kind in self.env.cr.fetchall():
            moves[user, kind].append(row_id)
        for (user_id, kind), ids in moves.items():
            user = self.env["res.users"].browse(user_id)
            run_isolated(
                self.sudo().browse(ids),
                lambda rows, user=user, stands_in=kind == "stand_in": rows._go_to(user, stands_in),
                self._say_not_moved,
            )

    @api.model
    def _say_not_moved(self, row, why):
        _logger.error("Promise %s cannot go to who holds its role: %s", row.id, why)

    def _go_to(self, user, stands_in):
        """Give these promises to ``user`` from now on, with their activities; one mail names them."""
        vacant = self.filtered(lambda row: not row.user_id)
        vacant._reassign(user, _lt("the role was vacant"))
        vacant._notify_documents(user)
        moved = self - vacant
        before = {row.id: row.user_id for row in moved}
        moved._reassign(user, _lt("substitute during an absence") if stands_in else _lt("holds the role"))
        moved._move_activities(before, user)
        moved._brief(user, stands_in)

    def _charter_declared_in_time(self):
        for row in self:
            document = row.env[row.res_model].sudo().browse(row.res_id).exists()
            if not document or not hasattr(document, "activity_schedule"):
                continue
            for user in self.env["charter.assignment"]._company_people(row.company_id, "operations_manager"):
                if user != self.env.user:
                    reader = document.with_context(lang=user.lang, mail_activity_quick_update=True)
                    reader.activity_schedule(
                        "mileo_client_charter.activity_look",
                        user_id=user.id,
                        date_deadline=row.company_id._charter_today(),
                        summary=_lt("Recorded as done in time after it had been found late: %s", row.promise),
                    )
        return super()._charter_declared_in_time()

    def _notify_documents(self, user):
        """Notify documents that waited for somebody to hold a role that somebody does."""
        for (model, role), rows in self.grouped(lambda row: (row.res_model, row.role)).items():
            documents = self.env[model].sudo().browse(rows.mapped("res_id")).exists()
            if hasattr(documents, "_charter_new_owner"):
                documents._charter_new_owner(role, user)

    def _move_activities(self, before, user):
        """Move the to-do on the document with the promise."""
        activity_type = self.env.ref("mileo_client_charter.activity_promise")
        for (model, old), rows in self.grouped(lambda row: (row.res_model, before[row.id])).items():
            activities = (
                self.env["mail.activity"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", model),
                        ("res_id", "in", rows.mapped("res_id")),
                        ("user_id", "=", old.id),
                        ("activity_type_id", "=", activity_type.id),
                        "|",
                        ("charter_key", "=", False),
                        ("charter_key", "in", [f"{row._name},{row.id}" for row in rows]),
                    ]
                )
            )
            # Who takes over gets one mail that names all of them, not one for each.
            activities.with_context(mail_activity_quick_update=True).write({"user_id": user.id})

    def _brief(self, user, stands_in):
        """Send ``user`` one mail with every promise that has just become theirs."""
        if not self:
            return
        user = self.company_id[:1]._charter_stood_in().get(user.id, user)[:1]
        localized = self.with_context(lang=user.lang)
        body = self.env["ir.qweb"]._render(
            "mileo_client_charter.mail_taken_over",
            {
                "user": user,
                "promises": localized.sorted("due_at"),
                "stands_in": stands_in,
                "company": self.company_id[:1],
            },
            lang=user.lang,
            minimal_qcontext=True,
        )
        company = self.company_id[:1]
        # The most pressing of them says how long the mail may wait.
        leaves_at = min(promise._alert_leaves_at()[0] for promise in self)
        self.env["mail.mail"].sudo().create(
            {
                "subject": localized.env._("%s commitments to clients are yours now", len(self))
                if len(self) > 1
                else localized.env._("A commitment to a client is yours now"),
                "body_html": body,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "recipient_ids": [fields.Command.set(user.partner_id.ids)],
                "scheduled_date": leaves_at,
                "auto_delete": False,
            }
        )
        self._wake_mail_queue(leaves_at)
