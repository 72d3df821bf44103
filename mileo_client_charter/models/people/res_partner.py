"""Who a client calls, and which contacts of a client are written to."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all
from odoo.tools.translate import LazyTranslate

from ..base.charter_words import in_words, stored
from ..base.client_document import Sheet
from ..charter.charter_commitment import COMPANY_ROLES, ROLES

_lt = LazyTranslate(__name__)

ROLE_FIELDS = ["role", "partner_id", "user_id", "kind", "date_to", "date_from"]
COMING = timedelta(days=21)  # a substitute of the next weeks is named too


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "charter.obligation.mixin", "charter.mail.choice.mixin"]
    _charter_export = Sheet(
        "contacts",
        ("name", "function", "email", "phone", "lang", "street", "zip", "city"),
        "commercial_partner_id",
    )

    is_charter_client = fields.Boolean(
        "Charter client",
        compute="_compute_charter_client",
        search="_search_is_charter_client",
        help="Has an active contract with a charter tier, here or for its company.",
    )
    charter_tier_id = fields.Many2one(
        "charter.tier", compute="_compute_charter_client", search="_search_charter_tier"
    )
    charter_account_manager_id = fields.Many2one(
        "res.users",
        "Account manager",
        compute="_compute_charter_contacts",
        inverse="_inverse_charter_account_manager",
        search="_search_charter_account_manager",
        domain="[('share', '=', False)]",
    )
    charter_technical_contact_id = fields.Many2one(
        "res.users",
        "Technical contact",
        compute="_compute_charter_contacts",
        inverse="_inverse_charter_technical_contact",
        search="_search_charter_technical_contact",
        domain="[('share', '=', False)]",
    )
    charter_assignment_ids = fields.One2many(
        "charter.assignment",
        "partner_id",
        "Assigned contacts",
        groups="mileo_client_charter.group_charter_user",
    )
    charter_contact_defect = fields.Char(
        "Data issues", compute="_compute_charter_contact_defect", groups="base.group_user"
    )
    charter_is_mine = fields.Boolean(
        "One of my clients",
        compute="_compute_charter_is_mine",
        search="_search_charter_is_mine",
        help="Of who answers for clients of their own, today or standing in; to anybody else, every client is.",
    )
    charter_owed_count = fields.Integer("Outstanding commitments", compute="_compute_charter_counts")
    charter_late_count = fields.Integer(
        "Late now",
        compute="_compute_charter_counts",
        help="Overdue today; what was met late is history.",
    )
    charter_missed_count = fields.Integer(
        "Late in all",
        compute="_compute_charter_counts",
        help="Met late, closed without being done, or overdue today.",
    )
    charter_no_survey = fields.Boolean(
        "No satisfaction surveys", help="This contact is never invited; each survey left out shows it."
    )

    charter_recipient = fields.Boolean(
        "Receives charter documents",
        help="The charter, contact sheets, reports and notices go to the contacts selected here; to "
        "every contact with an email address where none is.",
    )

    # -- charter.obligation.mixin -----------------------------------------------------------------

    def _charter_partner(self):
        self.ensure_one()
        return self.commercial_partner_id

    def _charter_company(self):
        return self.company_id or self.env.company

    def _charter_serving_company(self):
        """Return the company that answers what the client says: its own, else the present one, unless only others serve it.

        A user of the portal and a mail arrive in a company nobody chose for them; theirs is where their contract is.
        """
        present = self.env.company
        if self.company_id or len(self.env["charter.document"]._companies_in_force()) < 2:
            return self.company_id or present
        contracts = self.env["contract.contract"].sudo()
        serving = contracts.search(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ],
            order="id",
        ).company_id
        return present if present in serving or not serving else serving[0].with_env(self.env)

    def _charter_contract(self):
        return self.env["contract.contract"]

    # -- readings ---------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_charter_client(self):
        contracts = self.env["contract.contract"].sudo()
        found = contracts.search(
            [
                *contracts._charter_active_domain(),
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        # Several contracts: the best tier is the one the client is served by.
        tier_of = {}
        for contract in found.sorted(lambda contract: contract.charter_tier_id.sequence, reverse=True):
            tier_of[contract.commercial_partner_id.id] = contract.charter_tier_id
        for partner in self:
            tier = tier_of.get(partner.commercial_partner_id._origin.id)
            partner.is_charter_client = bool(tier)
            partner.charter_tier_id = tier or False

    @api.model
    def _search_is_charter_client(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        clients = self._charter_clients(self.env.company).ids
        inside = (True in value) == (operator == "in")
        return [("commercial_partner_id", "in" if inside else "not in", clients)]

    @api.model
    def _search_charter_tier(self, operator, value):
        if operator not in ("in", "any", "ilike"):
            return NotImplemented  # Odoo asks for the opposite and takes the rest
        clients = self._charter_clients(self.env.company)
        wanted = self.env["charter.tier"].sudo().with_context(active_test=False)
        if operator == "in":
            wanted = wanted.browse(tier for tier in value if tier)
        else:
            wanted = wanted.search(value if operator == "any" else [("display_name", "ilike", value)])
        clients.invalidate_recordset(["charter_tier_id"])
        domain = Domain(
            "commercial_partner_id", "in", clients.filtered(lambda c: c.charter_tier_id in wanted).ids
        )
        if operator == "in" and False in value:
            domain |= Domain("commercial_partner_id", "not in", clients.ids)
        return domain

    @api.model
    def _charter_clients(self, company):
        """Return the commercial entities with an active contract under the charter in ``company``."""
        contracts = self.env["contract.contract"].sudo()
        found = contracts.search([*contracts._charter_active_domain(), ("company_id", "=", company.id)])
        return found.commercial_partner_id.with_env(self.env)

    @api.depends(
        *(
            f"commercial_partner_id.charter_assignment_ids.{name}"
            for name in ("user_id", "role", "date_from", "date_to")
        )
    )
    @api.depends_context("company")
    def _compute_charter_contacts(self):
        company = self.env.company.id
        roles = {
            "account_manager": "charter_account_manager_id",
            "technical_contact": "charter_technical_contact_id",
        }
        keys = {(company, role, client) for client in self.commercial_partner_id.ids for role in roles}
        holders = self.env["charter.assignment"].sudo()._holders(key for key in keys if key[2])
        for partner in self:
            for role, name in roles.items():
                partner[name] = holders.get((company, role, partner.commercial_partner_id._origin.id), False)

    def _inverse_charter_account_manager(self):
        self._charter_change_holder("account_manager", "charter_account_manager_id")

    def _inverse_charter_technical_contact(self):
        self._charter_change_holder("technical_contact", "charter_technical_contact_id")

    def _charter_change_holder(self, role, name):
        """Give ``role`` to who is in the field ``name``; a client under the charter is informed as of any change of its contact."""
        company, assignments = self.env.company, self.env["charter.assignment"]
        today = company._charter_today()
        chosen = {partner: partner[name] for partner in self}
        clients = self.commercial_partner_id
        usual = {
            row.partner_id: row.user_id
            for row in assignments.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("role", "=", role),
                    ("partner_id", "in", clients.ids),
                    ("kind", "=", "principal"),
                    ("date_from", "<", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ]
            )
        }
        for partner, user in chosen.items():
            assignments._assign(partner, role, user, company)
        under_charter = self._charter_clients(company) if usual else self.browse()
        changes = defaultdict(self.browse)
        for partner, user in chosen.items():
            client = partner.commercial_partner_id
            old = usual.get(client)
            if old and user and old != user and client in under_charter:
                changes[old, user] |= client
        for (old, user), told in changes.items():
            self.env["charter.handover"]._announce_change(told.sudo(), role, old, user, company, today, False)

    @api.model
    def _search_charter_account_manager(self, operator, value):
        return self._search_charter_holder("account_manager", operator, value)

    @api.model
    def _search_charter_technical_contact(self, operator, value):
        return self._search_charter_holder("technical_contact", operator, value)

    @api.model
    def _search_charter_holder(self, role, operator, value):
        if operator not in ("in", "any", "ilike"):
            return NotImplemented  # Odoo asks for the opposite and takes the rest
        company = self.env.company
        assignments = self.env["charter.assignment"].sudo()
        current = [("role", "=", role), ("company_id", "=", company.id), ("is_current", "=", True)]
        clients = assignments.search(current).partner_id.ids
        # As the field reads: a stand-in comes before the principal.
        holders = assignments._holders((company.id, role, client) for client in clients)
        if operator == "in":
            wanted = set(value)
        else:
            users = self.env["res.users"].sudo().with_context(active_test=False)
            wanted = set(users.search(value if operator == "any" else [("display_name", "ilike", value)]).ids)
        held = [client for (_company, _role, client), user in holders.items() if user in wanted]
        domain = Domain("commercial_partner_id", "in", held)
        if operator == "in" and False in wanted:
            domain |= Domain(
                "commercial_partner_id", "not in", [client for _company, _role, client in holders]
            )
        return domain

    @api.depends("charter_account_manager_id", "charter_technical_contact_id", "is_charter_client", "active")
    @api.depends_context("lang", "company")
    def _compute_charter_contact_defect(self):
        labels = dict(self.env["charter.assignment"]._fields["role"]._description_selection(self.env))
        for partner in self:
            defects = []
            if partner.is_charter_client:
                if not partner.commercial_partner_id.active:
                    defects.append(self.env._("archived, with a contract in force"))
                for role, user in (
                    ("account_manager", partner.charter_account_manager_id),
                    ("technical_contact", partner.charter_technical_contact_id),
                ):
                    if not user:
                        defects.append(self.env._("no %s", labels[role].lower()))
                    elif not user.sudo().partner_id.phone or not user.sudo().email:
                        defects.append(self.env._("%s has no phone or no email", user.name))
            partner.charter_contact_defect = ", ".join(defects)

    @api.depends_context("uid", "company")
    def _compute_charter_is_mine(self):
        held = self.env["charter.assignment"]._clients_of_user()
        mine = set().union(*held.values())
        for partner in self:
            partner.charter_is_mine = not mine or partner.commercial_partner_id._origin.id in mine

    @api.model
    def _search_charter_is_mine(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        held = self.env["charter.assignment"]._clients_of_user()
        mine = set().union(*held.values())
        wanted = Domain("commercial_partner_id", "in", sorted(mine)) if mine else Domain.TRUE
        return wanted if (True in value) == (operator == "in") else ~wanted

    @api.depends_context("company")
    def _compute_charter_counts(self):
        ledger = self.env["charter.obligation"]
        late = self._charter_counted("charter.obligation", ledger._past_due_domain())
        owed, missed = ledger._counts_of(self.commercial_partner_id.ids)
        for partner in self:
            client = partner.commercial_partner_id._origin.id
            partner.charter_owed_count = owed.get(client, 0)
            partner.charter_late_count = late.get(client, 0)
            partner.charter_missed_count = missed.get(client, 0)

    def _charter_counted(self, model, domain):
        """Return {client id: rows of ``model`` in ``domain``}; none for who may not read the ledger."""
        if not self.env["charter.obligation"].has_access("read"):
            return {}
        rows = self.env[model]._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids), *domain], ["partner_id"], ["__count"]
        )
        return {partner.id: count for partner, count in rows}

    def _charter_survey_contacts(self):
        """Return the people of a client a survey may go to: its contacts, or itself when it has none."""
        self.ensure_one()
        client = self.commercial_partner_id
        people = client.child_ids.filtered(lambda child: child.type == "contact" and not child.is_company)
        return people or client

    # -- actions ----------------------------------------------------------------------------------

    def _charter_action(self, xmlid, shown=None):
        """Return the action of a button of a client. :param shown: filter of its list that shows what the button has counted"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        if shown:
            action["context"][f"search_default_{shown}"] = 1
        return action

    def action_charter_obligations(self):
        return self._charter_action("mileo_client_charter.action_charter_obligation", "owed")

    # -- whom a client calls, and who of the client is written to --------------------------------------

    def write(self, vals):
        staff = self.browse()
        if vals.keys() & {"name", "phone", "email"}:
            # A column of the contact's own: nobody asks the register about those who are no staff.
            staff = self.filtered(lambda partner: not partner.partner_share)
        result = super().write(vals)
        if staff:
            held = (
                self.env["charter.assignment"]
                .sudo()
                .search_count([("user_id.partner_id", "in", staff.ids)], limit=1)
            )
            if held:
                # Clients hold a sheet with the old number.
                self.env["charter.assignment"]._wake_contacts()
        return result

    # -- whom the client calls --------------------------------------------------------------------

    def _charter_contacts(self, company=None):
        """Return the four people a client can call, for its portal and its mails (articles 01 and 03).

        :return: see ``_charter_contacts_many``
        """
        self.ensure_one()
        return self._charter_contacts_many(company or self.env.company)[self.id]

    def _charter_roles_domain(self, company):
        """Return the domain of the assignments that say whom these clients call now and within the next weeks."""
        assignments, today = self.env["charter.assignment"], company._charter_today()
        return [
            ("company_id", "=", company.id),
            ("partner_id", "in", [False, *self.commercial_partner_id.ids]),
            ("user_id.active", "=", True),
            ("date_from", "<=", today + COMING),
            *assignments._current_domain(today)[1:],
        ]

    def _charter_contacts_many(self, company, read=None, photo=True):
        """Return the same for any number of clients in a number of queries that does not grow with them.

        :param read: (assignments, absences) where they have been read already
        :param photo: whether the cards have the photograph
        :return: {client id: list of dicts} with role, label, ``card`` of who answers now (``res.users._charter_card``,
            or None), ``usual`` (name of whom they stand in for, or ""), ``until`` (in words), ``coming`` and ``coming_name``
            (from when until when, in words, and who will stand in within the next weeks), ``away`` (the usual contact is
            away and nobody stands in)
        """
        assignments = self.env["charter.assignment"].sudo()
        clients = {partner.id: partner.commercial_partner_id.id for partner in self}
        today = company._charter_today()
        rows, valid = read or (
            assignments.search_fetch(self._charter_roles_domain(company), ROLE_FIELDS),
            self.env["charter.absence"]._valid(company),
        )
        principal, stand_in, coming = rows._by_role(today)
        away = {one.user_id.id: one for one in valid if one.date_from <= today}
        begins, until = assignments._from_words, assignments._until_words
        cards = dict(zip(rows.user_id.ids, rows.user_id._charter_card(photo), strict=True))
        labels = dict(assignments.with_env(self.env)._fields["role"]._description_selection(self.env))
        found = {}
        for partner_id, client in clients.items():
            found[partner_id] = contacts = []
            for role, _label in ROLES:
                key = (role, False if role in COMPANY_ROLES else client)
                usual, now = principal.get(key), stand_in.get(key)
                holder, later = now or usual, coming.get(key)
                named = later and usual
                contacts.append(
                    {
                        "role": role,
                        "label": labels[role],
                        "card": holder and cards[holder.user_id.id],
                        "usual": usual.user_id.name if now and usual else "",
                        "until": until(now.date_to) if now else "",
                        "coming": f"{begins(later.date_from)} {until(later.date_to)}" if named else "",
                        "coming_name": later.user_id.name if named else "",
                        "away": bool(usual and not now and usual.user_id.id in away),
                    }
                )
        return found

    # -- who of the client is written to (and charter_mail_choice.py) ------------------------------

    def _charter_takes_copies(self):
        return super()._charter_takes_copies() and not self.sudo().charter_no_copies

    def _charter_unreachable(self, client):
        """Return why no mail about ``client`` can go to this contact, with the remedy; empty when it can.

        The same people as ``_charter_document_recipients``, which asks for them by one statement.
        """
        return in_words(self.env, stored(self._charter_unreachable_term(client)))

    def _charter_unreachable_term(self, client):
        """Return what ``_charter_unreachable`` says as a term, for a row that keeps it."""
        contact, client = self.sudo(), client.sudo()
        if not contact:
            return _lt(
                "Contact: %s has no one to write to; add a contact with an email address, then send.",
                client.display_name,
            )
        contact.ensure_one()
        if contact.commercial_partner_id != client.commercial_partner_id:
            return _lt(
                "Contact: %(contact)s is not with %(client)s any more; choose another contact of the client, then send.",
                contact=contact.name,
                client=client.display_name,
            )
        if not contact.active:
            return _lt(
                "Contact: %s is archived; choose another contact of the client, then send.",
                contact.display_name,
            )
        if not contact.email_normalized:
            return _lt("Contact: %s has no valid email address; add one, then send.", contact.display_name)
        return ""

    def _charter_addresses(self):
        """Return the addresses a mail to these people goes to, each mailbox once, as core sends it."""
        found = []
        for partner in self.sudo():
            found += [address for address in email_normalize_all(partner.email) if address not in found]
        return found
