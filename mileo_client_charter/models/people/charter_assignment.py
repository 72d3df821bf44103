"""Assignments: who holds each role for a client or the company on a day, and what follows when that changes (article 01)."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ...tools.pg_array import pg_array
from ...tools.standins import without
from ..base.charter_changed import changed_names
from ..base.charter_format import day_text
from ..charter.charter_commitment import COMPANY_ROLES, ROLES

# In the context of who looks at the owners of promises itself, once all roles have changed.
LATER = object()


def holder_first_sql():
    """Return the order in which ``assignment``, of one role on one day, is its holder: substitutes first, then the latest.

    In Python: ``_by_role``.
    """
    return SQL("(assignment.kind = 'stand_in') DESC, assignment.date_from DESC, assignment.id DESC")


class CharterAssignment(models.Model):
    """Who holds a role, for whom and from when to when (article 01: a named contact for each client).

    The client's two roles name a client; the operations manager and general management are the company's.
    Days are inclusive, in the company's time zone.
    """

    _name = "charter.assignment"
    _description = "Assigned contact"
    _inherit = ["charter.merge.mixin"]
    _charter_merge_rules = {"no_overlap": "_charter_merge_holders"}
    _charter_merge_hides = True
    _order = "partner_id, role, date_from desc, id desc"
    _rec_name = "user_id"

    role = fields.Selection(ROLES, required=True, default="account_manager")
    user_id = fields.Many2one(
        "res.users",
        "Holder",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False)]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        ondelete="cascade",
        index=True,
        help="The client; empty for the roles of the whole company.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    kind = fields.Selection(
        [("principal", "Principal"), ("stand_in", "Substitute")], required=True, default="principal"
    )
    date_from = fields.Date(required=True, default=lambda self: self.env.company._charter_today())
    date_to = fields.Date(help="Last day; empty: until further notice.")
    active = fields.Boolean(
        default=True, readonly=True, help="Off: on record only, since two contacts were merged."
    )
    phone = fields.Char(related="user_id.partner_id.phone", related_sudo=True)
    email = fields.Char(related="user_id.partner_id.email", related_sudo=True)
    is_current = fields.Boolean(compute="_compute_is_current", search="_search_is_current")

    # Two principals of one role of one client never overlap. Ranges of one number stand for equality, so
    # that no PostgreSQL extension is needed.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(company_id, company_id, '[]') WITH &&, "
        "int4range(COALESCE(partner_id, 0), COALESCE(partner_id, 0), '[]') WITH &&, "
        "int4range(hashtext(role), hashtext(role), '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) WHERE (kind = 'principal' AND active IS NOT FALSE)",
        "Somebody else holds this role over part of these dates: end that assignment first.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)", "To: the last day comes before the first."
    )
    _company_role_has_no_client = models.Constraint(
        "CHECK ((role IN ('operations_manager', 'general_management')) = (partner_id IS NULL))",
        "Client: account managers and technical contacts are assigned to a client, operations managers and "
        "general management to the whole company.",
    )
    _current_idx = models.Index("(role, company_id, partner_id, date_from)")

    @api.depends("date_from", "date_to", "company_id")
    def _compute_is_current(self):
        for assignment in self:
            today = assignment.company_id.sudo()._charter_today()
            assignment.is_current = assignment.date_from <= today and (
                not assignment.date_to or today <= assignment.date_to
            )

    @api.model
    def _search_is_current(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        companies = (
            self.env["res.company"].sudo().search([]).grouped(lambda company: company._charter_today())  # pylint: disable=no-search-all
        )
        current = fields.Domain.OR(
            fields.Domain("company_id", "in", of_day.ids) & fields.Domain(self._current_domain(day))
            for day, of_day in companies.items()
        )
        return current if (True in value) == (operator == "in") else ~current

    @api.model
    def _current_domain(self, day):
        return [("date_from", "<=", day), "|", ("date_to", "=", False), ("date_to", ">=", day)]

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for assignment in self:
            user = assignment.user_id
            if user.share:
                raise ValidationError(
                    self.env._(
                        "Holder: %s is not one of the company's people (portal or public user).", user.name
                    )
                )
            if assignment.company_id not in user.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "Holder: %(user)s does not belong to %(company)s; add the company to the user first.",
                        user=user.name,
                        company=assignment.company_id.name,
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_partner(self):
        for assignment in self:
            company = assignment.partner_id.company_id
            if company and company != assignment.company_id:
                raise ValidationError(
                    self.env._(
                        "Client: %(client)s belongs to %(other)s, not to %(company)s.",
                        client=assignment.partner_id.display_name,
                        other=company.name,
                        company=assignment.company_id.name,
                    )
                )

    # -- readings ---------------------------------------------------------------------------------

    def _by_role(self, today):
        """Return who holds each role on ``today``, who stands in, and who will next: three {(role, client id): row}.

        Of several the latest, as in ``holder_first_sql``, and of those to come the next; who takes over for good is announced by
        a handover, and is not among them.
        """
        principal, stand_in, coming = {}, {}, {}
        for row in self.sorted(lambda row: (row.date_from, row.id)):
            key = row.role, row.partner_id.id
            if row.date_from <= today:
                (stand_in if row.kind == "stand_in" else principal)[key] = row
            elif row.kind == "stand_in":
                coming.setdefault(key, row)
        return principal, stand_in, coming

    @api.model
    def _from_words(self, day):
        """Return “from 30 November 2026”."""
        return self.env._("from %s", day_text(self.env, day, "d MMMM y"))

    @api.model
    def _until_words(self, day):
        """Return “until 12 August 2026”, or until further notice."""
        if not day:
            return self.env._("until further notice")
        return self.env._("until %s", day_text(self.env, day, "d MMMM y"))

    @api.model
    def _wake_contacts(self, moment=None):
        """Have absences, stand-ins and contact sheets brought up to date at ``moment`` (naive UTC), now by default."""
        self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_contacts", moment)

    @api.model
    def _clients_of_user(self):
        """Return {company id: ids of the clients} whose account manager or technical contact the user is today, standing in included."""
        today = self.env.company.sudo()._charter_today()
        own = self.sudo().search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "in", self.env.companies.ids),
                ("partner_id", "!=", False),
                ("date_from", "<=", fields.Date.add(today, days=1)),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", fields.Date.add(today, days=-1)),
            ],
            ["company_id", "role", "partner_id"],
        )
        held = {}
        keys = {(one.company_id.id, one.role, one.partner_id.id) for one in own}
        for (company, _role, client), user in self.sudo()._holders(keys).items():
            if user == self.env.uid:
                held.setdefault(company, set()).add(client)
        return held

    @api.model
    def _holders(self, keys, now=None):
        """Return who holds roles at a moment, for any number of clients in one query.

        :param keys: iterable of (company id, role, commercial partner id); the client does not matter for
            the company's roles
        :param now: naive UTC moment, the present by default
        :return: {key: user id}, without the keys nobody holds
        """
        keys = list(keys)
        if not keys:
            return {}
        now = now or fields.Datetime.now()
        self.flush_model()
        # The day is the company's own: at 23:30 UTC it may be tomorrow already in Paris.
        companies = self.env["res.company"].browse({key[0] for key in keys})
        days = [company._charter_day_at(now) for company in companies]
        self.env.cr.execute(
            SQL(
                """
            WITH today AS MATERIALIZED (
                SELECT * FROM unnest(%(companies)s::int[], %(days)s::date[]) AS given(id, day))
            SELECT DISTINCT ON (assignment.company_id, assignment.role, assignment.partner_id) assignment.company_id,
                   assignment.role, assignment.partner_id, assignment.user_id
              FROM charter_assignment assignment
              JOIN today ON today.id = assignment.company_id
             WHERE assignment.active AND assignment.company_id = ANY(%(companies)s) AND assignment.role = ANY(%(roles)s)
               AND (assignment.partner_id IS NULL OR assignment.partner_id = ANY(%(partners)s::int[]))
               AND assignment.date_from <= today.day AND (assignment.date_to IS NULL OR assignment.date_to >= today.day)
               AND assignment.user_id IN (SELECT id FROM res_users WHERE active)
             ORDER BY assignment.company_id, assignment.role, assignment.partner_id, %(first)s
            """,
                first=holder_first_sql(),
                companies=companies.ids,
                days=days,
                roles=list({key[1] for key in keys}),
                partners=pg_array({key[2] for key in keys if key[2]}),
            )
        )
        found = {(company, role, partner): user for company, role, partner, user in self.env.cr.fetchall()}
        holders = {}
        for key in keys:
            company, role, partner = key
            holder = found.get((company, role, None if role in COMPANY_ROLES else partner))
            if holder:
                holders[key] = holder
        return holders

    @api.model
    def _assign(self, partner, role, user, company, day=None):
        """Give ``role`` to ``user`` from ``day`` (today): the present principal ends the day before.

        :param partner: the clients, or an empty recordset for the company's roles
        :param user: the new holder; empty ends the present assignment
        """
        self._check_company_roles([role])
        day = day or company._charter_today()
        clients = partner.commercial_partner_id.ids or [False]
        # One look at who owns what, at the end: not one for the role that is given up and one for the role that is taken.
        at_once = self.with_context(charter_owners=LATER)
        present = at_once.search(
            [
                ("company_id", "=", company.id),
                ("role", "=", role),
                ("partner_id", "in", clients),
                ("kind", "=", "principal"),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        if user:
            held = present.filtered(lambda a: a.user_id == user and a.date_from <= day and not a.date_to)
            clients = [client for client in clients if client not in [one.partner_id.id for one in held]]
            present -= held
        present = present.filtered(lambda a: a.partner_id.id in clients)
        begun = present.filtered(lambda a: a.date_from < day)
        if begun:
            begun.write({"date_to": fields.Date.subtract(day, days=1)})
        # One that began today is replaced: it never was in force for a day.
        replaced = present - begun
        if replaced:
            replaced.check_access("write")
            replaced.sudo().unlink()
        if user:
            at_once.create(
                [
                    {
                        "company_id": company.id,
                        "role": role,
                        "partner_id": client,
                        "user_id": user.id,
                        "date_from": day,
                    }
                    for client in clients
                ]
            )
        if clients and (user or present):
            self.browse()._consequences({company: set(clients)})

    # -- consequences -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # A role is held for the whole client, whichever of its contacts the form named.
        named = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        clients = {contact.id: contact.commercial_partner_id.id for contact in named}
        vals_list = [
            {**vals, "partner_id": clients[vals["partner_id"]]} if vals.get("partner_id") else vals
            for vals in vals_list
        ]
        # Who has just ended frees the role before the next holder comes in.
        self.flush_model()
        assignments = super().create(vals_list)
        # Afterwards: a role may come from a default too.
        assignments._check_company_roles(assignments.mapped("role"))
        assignments._consequences()
        return assignments

    def _check_company_roles(self, roles):
        """Check that an administrator sets who is operations manager or general management (article 03).

        Operations managers assign clients their two contacts; the engine, which follows absences, is not asked.
        """
        if self.env.su or self.env.user.has_group("mileo_client_charter.group_charter_admin"):
            return
        labels = dict(self._fields["role"]._description_selection(self.env))
        for role in roles:
            if role in COMPANY_ROLES:
                raise AccessError(
                    self.env._(
                        "Role: who holds “%s” is set by an administrator of the charter. You may assign the account "
                        "managers and technical contacts of clients.",
                        labels[role],
                    )
                )

    def write(self, vals):
        self._check_company_roles([*self.mapped("role"), vals.get("role")])
        if vals.get("partner_id"):
            client = self.env["res.partner"].browse(vals["partner_id"]).commercial_partner_id
            vals = dict(vals, partner_id=client.id)
        changed = self.filtered(lambda assignment: changed_names(assignment, vals))
        held = changed._charter_held()
        result = super().write(vals)
        changed._consequences(held)
        return result

    def unlink(self):
        held = self._charter_held()
        result = super().unlink()
        self.browse()._consequences(held)
        return result

    # -- two contacts that become one ---------------------------------------------------------------

    @api.model
    def _charter_merge_holders(self, groups, merge):
        """Keep the principal of the client that stays, where both had one on the same day.

        Somebody who has left holds nothing: then the other one does. The rows that give way stay on record as they were, and
        what they held alone goes on as rows of its own.
        """
        for group in groups:
            ranked = group.sorted(
                lambda row: (not row.user_id.active, row.partner_id.id != merge.target, row.date_from, row.id)
            )
            kept = ranked.browse()
            for row in ranked:
                free = [(row.date_from, row.date_to or None)]
                for other in kept:
                    free = [
                        part
                        for span in free
                        for part in without(*span, other.date_from, other.date_to or None)
                    ]
                if free == [(row.date_from, row.date_to or None)]:
                    kept |= row
                    continue
                row._charter_set_aside(merge)
                kept |= self.create(
                    [
                        {
                            "company_id": row.company_id.id,
                            "role": row.role,
                            "partner_id": row.partner_id.id,
                            "user_id": row.user_id.id,
                            "date_from": first,
                            "date_to": last or False,
                        }
                        for first, last in free
                    ]
                )

    @api.model
    def _after_merge(self, client):
        """Give promises to who holds their role for the merged client, which is owed a sheet that says so."""
        rows = self.with_context(active_test=False).search([("partner_id", "=", client.id)])
        if rows:
            rows._consequences()

    def _charter_held(self):
        """Return {company: ids of the clients these roles are held for}; of the company's own roles, the id is False."""
        return {
            company: {one.partner_id.id for one in rows}
            for company, rows in self.grouped("company_id").items()
        }

    def _consequences(self, before=None):
        """Give promises to who holds their role now; clients are owed a sheet that says so.

        :param before: whose roles these were (``_charter_held``), before they changed
        """
        if self.env.context.get("charter_owners") is LATER:
            return
        held = defaultdict(set)
        for part in (before or {}, self._charter_held()):
            for company, clients in part.items():
                held[company] |= clients
        for company, clients in held.items():
            # A role of the company is held for every client of it.
            self.env["charter.obligation"]._align_owners(
                company.sudo(), None if False in clients else clients
            )
        if held:
            self.env["charter.assignment"]._wake_contacts()
