"""Whom a client calls, and who of the client is written to."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize_all

from ...tools.clock import to_local, to_utc
from ..charter.charter_commitment import COMPANY_ROLES, ROLES


class ResPartner(models.Model):
    _inherit = "res.partner"

    charter_recipient = fields.Boolean(
        "Receives charter documents",
        help="The charter, contact sheets, reports and notices go to the contacts selected here; to "
        "every contact with an e-mail address where none is.",
    )
    charter_delivery_ids = fields.One2many(
        "charter.delivery",
        "partner_id",
        "Document deliveries",
        groups="mileo_client_charter.group_charter_user",
    )
    charter_copy_on = fields.Date("Charter delivered", compute="_compute_charter_onboarding")
    charter_sheet_on = fields.Date("Contact sheet delivered", compute="_compute_charter_onboarding")
    charter_portal_count = fields.Integer(
        "Contacts with portal access", compute="_compute_charter_onboarding"
    )
    charter_first_review = fields.Date("First annual review", compute="_compute_charter_onboarding")
    charter_onboarding_left = fields.Integer("Onboarding steps left", compute="_compute_charter_onboarding")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"name", "phone", "email"}:
            held = self.env["charter.assignment"].sudo().search_count(
                [("user_id.partner_id", "in", self.ids)], limit=1
            )  # fmt: skip
            if held:
                # Clients hold a sheet with the old number.
                self.env["charter.assignment"]._wake_contacts()
        return result

    # -- whom the client calls --------------------------------------------------------------------

    def _charter_contacts(self, company=None):
        """The four people a client can call, for its portal and its mails (articles 01 and 03).

        :return: see ``_charter_contacts_many``
        """
        self.ensure_one()
        return self._charter_contacts_many(company or self.env.company)[self.id]

    def _charter_contacts_many(self, company):
        """The same for any number of clients in a number of queries that does not grow with them.

        :return: {client id: list of dicts} with role, label, ``card`` of who answers now (``res.users._charter_card``,
            or None), ``usual`` (name of whom they stand in for, or ""), ``until`` (in words), ``away`` (the usual contact is
            away and nobody stands in)
        """
        assignments = self.env["charter.assignment"].sudo()
        clients = {partner.id: partner.commercial_partner_id.id for partner in self}
        today = company._charter_today()
        rows = assignments.search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [False, *set(clients.values())]),
                ("user_id.active", "=", True),
                *assignments._current_domain(today),
            ],
            ["role", "partner_id", "user_id", "kind", "date_to", "date_from"],
            order="date_from, id",
        )
        principal, stand_in = {}, {}
        for row in rows:
            (stand_in if row.kind == "stand_in" else principal)[row.role, row.partner_id.id] = row
        away = {
            one.user_id.id: one
            for one in self.env["charter.absence"]._valid(company)
            if one.date_from <= today
        }
        users = rows.user_id
        cards = dict(zip(users.ids, users._charter_card(), strict=True))
        labels = dict(assignments.with_env(self.env)._fields["role"]._description_selection(self.env))
        until = self.env["charter.assignment"]._until_words
        found = {}
        for partner_id, client in clients.items():
            found[partner_id] = contacts = []
            for role, _label in ROLES:
                key = (role, False if role in COMPANY_ROLES else client)
                usual, now = principal.get(key), stand_in.get(key)
                holder = now or usual
                contacts.append(
                    {
                        "role": role,
                        "label": labels[role],
                        "card": holder and cards[holder.user_id.id],
                        "usual": usual.user_id.name if now and usual else "",
                        "until": until(now.date_to) if now else "",
                        "away": bool(usual and not now and usual.user_id.id in away),
                    }
                )
        return found

    def _charter_check_print(self, report):
        """Print a contact sheet for whoever may read who answers, of the company that serves the client alone.

        Contacts are nobody's company's, so that reading the client says nothing of its sheet.
        """
        if report.model != self._name:
            return
        company = self.env.company
        clients = self.commercial_partner_id
        assigned = self.env["charter.assignment"].search(
            [("company_id", "=", company.id), ("partner_id", "in", clients.ids)]
        )
        contracts = self.env["contract.contract"].search(
            [
                ("company_id", "=", company.id), ("commercial_partner_id", "in", clients.ids),
                ("charter_tier_id", "!=", False),
            ]
        )  # fmt: skip
        others = clients - assigned.partner_id - contracts.commercial_partner_id
        if others:
            raise AccessError(
                self.env._(
                    "%(clients)s: no client of %(company)s under the charter. Choose the company that serves them.",
                    clients=", ".join(others.sudo().mapped("display_name")),
                    company=company.name,
                )
            )

    # -- who of the client is written to ----------------------------------------------------------

    def _charter_document_contacts(self):
        """Who of a client receives its documents; empty: nobody has an address, which is a defect to mend."""
        self.ensure_one()
        client = self.commercial_partner_id
        return self.browse(self._charter_document_recipients([client.id]).get(client.id, []))

    @api.model
    def _charter_document_recipients(self, client_ids):
        """{client id: ids of the contacts its documents go to}, in one query for any number of clients.

        The contacts marked as recipients, else every contact with an address, else the client itself; of those who
        share a mailbox, the first. Never our own people.
        """
        self.env["res.partner"].flush_model()
        self.env.cr.execute(
            """
            WITH people AS (
                SELECT p.commercial_partner_id AS client, p.id, p.email_normalized AS mailbox, p.charter_recipient AS marked,
                       (p.parent_id IS NOT NULL) AS person
                  FROM res_partner p
                 WHERE p.commercial_partner_id = ANY(%s) AND p.active AND p.email_normalized IS NOT NULL
                   AND (p.id = p.commercial_partner_id OR p.type = 'contact' AND NOT p.is_company)
                   AND NOT EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = p.id AND NOT u.share)
            ), ranked AS (
                SELECT client, id, mailbox, rank() OVER (PARTITION BY client ORDER BY (marked IS TRUE) DESC,
                           CASE WHEN marked THEN 0 WHEN person THEN 1 ELSE 2 END) AS place
                  FROM people
            )
            SELECT client, array_agg(id ORDER BY id)
              FROM (SELECT DISTINCT ON (client, mailbox) client, id FROM ranked WHERE place = 1
                     ORDER BY client, mailbox, id) mailboxes
             GROUP BY client
            """,
            [list(client_ids)],
        )
        return dict(self.env.cr.fetchall())

    def _charter_unreachable(self, client):
        """Why no mail about ``client`` can go to this contact, with the remedy; empty when it can.

        The same people as ``_charter_document_recipients``, which asks for them by one statement.
        """
        contact, client = self.sudo(), client.sudo()
        if not contact:
            return self.env._(
                "Contact: %s has no one to write to; add a contact with an e-mail address, then send.",
                client.display_name,
            )
        contact.ensure_one()
        if contact.commercial_partner_id != client.commercial_partner_id:
            return self.env._(
                "Contact: %(contact)s is not with %(client)s any more; choose another contact of the client, then send.",
                contact=contact.name,
                client=client.display_name,
            )
        if not contact.active:
            return self.env._(
                "Contact: %s is archived; choose another contact of the client, then send.",
                contact.display_name,
            )
        if not contact.email_normalized:
            return self.env._(
                "Contact: %s has no valid e-mail address; add one, then send.", contact.display_name
            )
        return ""

    def _charter_addresses(self):
        """The addresses a mail to these people goes to, each mailbox once, as core sends it."""
        found = []
        for partner in self.sudo():
            found += [address for address in email_normalize_all(partner.email) if address not in found]
        return found

    # -- onboarding -------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_charter_onboarding(self):
        company = self.env.company
        # Whoever reads a partner may; not everybody reads calendars.
        tz = company.sudo()._charter_tz()
        clients = self.commercial_partner_id.ids
        handed = {
            (client.id, kind): moment
            for client, kind, moment in self.env["charter.delivery"].sudo()._read_group(
                [("partner_id", "in", clients), ("company_id", "=", company.id), ("state", "=", "sent"),
                 ("kind", "in", ("charter", "contacts"))], ["partner_id", "kind"], ["sent_at:min"],
            )
        }  # fmt: skip
        portal = {
            client.id: count
            for client, count in self.env["res.partner"].sudo()._read_group(
                [("commercial_partner_id", "in", clients), ("user_ids.share", "=", True), ("user_ids.active", "=", True)],
                ["commercial_partner_id"], ["__count"],
            )
        }  # fmt: skip
        reviews = self._charter_first_reviews(company, clients)

        def day(moment):
            return moment and fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()

        for partner in self:
            client = partner.commercial_partner_id.id
            partner.charter_copy_on = day(handed.get((client, "charter")))
            partner.charter_sheet_on = day(handed.get((client, "contacts")))
            partner.charter_portal_count = portal.get(client, 0)
            partner.charter_first_review = reviews.get(client)
            partner.charter_onboarding_left = sum(
                not step
                for step in (
                    partner.charter_copy_on,
                    partner.charter_sheet_on,
                    partner.charter_portal_count,
                    partner.charter_first_review,
                )
            )

    @api.model
    def _charter_first_reviews(self, company, client_ids):
        """{client id: day its first annual review is held by}: from the ledger, else from its contracts' next anniversary."""
        rows = self.env["charter.obligation"].sudo()._read_group(
            [("partner_id", "in", client_ids), ("company_id", "=", company.id), ("code", "=", "review.annual"),
             ("state", "!=", "cancelled")], ["partner_id"], ["due_at:min"],
        )  # fmt: skip

        def day(moment):
            return to_local(moment, tz).date()

        tz = company._charter_tz()
        found = {client.id: day(due) for client, due in rows if due}
        missing = [client for client in client_ids if client not in found]
        contracts = self.env["contract.contract"].sudo()
        running = contracts.search(
            [*contracts._charter_active_domain(), ("company_id", "=", company.id), ("commercial_partner_id", "in", missing)]
        )  # fmt: skip
        commitment = self.env["charter.document"]._commitments_in_force([company.id], ["review.annual"])
        commitment = commitment.get((company.id, "review.annual"))
        if not commitment:
            return found
        ledger = self.env["charter.obligation"]
        dated = running.filtered("charter_next_anniversary")
        moments = ledger._due_moments(
            [
                ({"company_id": company.id, "contract_id": contract.id},
                 to_utc(contract.charter_next_anniversary, company._charter_tz()), commitment._delay(), commitment.anchor)
                for contract in dated
            ]
        )  # fmt: skip
        for contract, moment in zip(dated, moments, strict=True):
            client = contract.commercial_partner_id.id
            if hasattr(moment, "date") and (client not in found or day(moment) < found[client]):
                found[client] = day(moment)
        return found

    def action_charter_portal_access(self):
        """Core's own wizard: which contacts of the client may use the portal."""
        self.ensure_one()
        client = self.commercial_partner_id
        return (
            self.env["portal.wizard"]
            .with_context(active_ids=(client.child_ids or client).ids)
            .action_open_wizard()
        )

    def action_charter_deliveries(self):
        return self._charter_action("mileo_client_charter.action_charter_delivery")
