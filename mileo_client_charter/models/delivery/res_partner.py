"""The contact sheet of today, from our mails and without a login (article 03)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize_all
from odoo.tools.translate import LazyTranslate

from ...tools.clock import to_local, to_utc
from ...tools.codes import REVIEW_ANNUAL
from ..base.client_document import Link

_lt = LazyTranslate(__name__)

# Kind of message a contact chooses -> kinds of deliveries.
DELIVERED = {
    "documents": ("charter", "contacts", "handover", "review"),
    "notices": ("notice",),
    "reports": ("report",),
}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "charter.link.mixin"]

    _charter_links = {
        "sheet": Link(10, "mileo_client_charter.link_sheet", "_link_sheet_values", days=730),
        # In every email: as long as somebody may find it.
        "mails": Link(12, "mileo_client_charter.link_mails", "_link_mails_values", "_link_mails", days=730),
    }
    charter_copy_on = fields.Date("Charter delivered", compute="_compute_charter_onboarding")
    charter_sheet_on = fields.Date("Contact sheet delivered", compute="_compute_charter_onboarding")
    charter_portal_count = fields.Integer(
        "Contacts with portal access", compute="_compute_charter_onboarding"
    )
    charter_first_review = fields.Date("First annual review", compute="_compute_charter_onboarding")
    charter_onboarding_left = fields.Integer("Onboarding steps left", compute="_compute_charter_onboarding")

    def _charter_link_client(self):
        return self.commercial_partner_id

    def _charter_link_company(self):
        return self.commercial_partner_id._charter_serving_company()

    def _link_sheet_values(self, contact):
        company, client = self._charter_link_company(), self.commercial_partner_id
        sheets = self.env["charter.contact.sheet"]._sheets(company, client)
        return {"heading": self.env._("Your contacts at %s", company.name), "sheet": sheets[client.id]}

    # -- which messages a contact receives ---------------------------------------------------------------

    def _link_mails_values(self, contact):
        return {
            "heading": self.env._("Which messages you receive"),
            "kinds": self._charter_mail_kinds(),
            "portal": self._charter_sees_portal(),
            "escalation_address": self._charter_link_company()._charter_escalation_address(),
        }

    def _charter_link_said(self, purpose, contact):
        if purpose != "mails":
            return super()._charter_link_said(purpose, contact)
        wanted = [kind.label for kind in self._charter_mail_kinds() if kind.wanted]
        return [
            self.env._("Recorded: we write to you about %s.", ", ".join(wanted))
            if wanted
            else self.env._("Recorded: we write to you only where you wrote to us, or the law has us."),
            self.env._("It holds from our next message on; you can change it here at any time."),
        ]

    def _link_mails(self, contact, form):
        """Record the choice; the page shows it, and a mail about fewer mails would be one too many.

        :raise ValidationError: the last of its client who receives a kind, and nobody instead
        """
        if form.get("confirm"):
            self._charter_choose_by_form(form)

    def _charter_choose_by_form(self, form):
        """Record what a form says: a field a kind, and “instead_…” where somebody else is to receive it."""
        names = [kind.name for kind in self._charter_mail_kinds()]
        self._charter_choose_mails(
            {name for name in names if form.get(name)},
            {name: form.get(f"instead_{name}") for name in names},
        )

    def _charter_left_mails(self, kind):
        """Withdraw what is planned for this contact and has not been written yet; whoever is left is planned again."""
        planned = [("contact_id", "=", self.id), ("state", "=", "planned"), ("kind", "in", DELIVERED[kind])]
        self.env["charter.delivery"].sudo().search(planned)._withdraw()
        return super()._charter_left_mails(kind)

    # -- an address that changes -------------------------------------------------------------------------

    def write(self, vals):
        """Inform the mailbox that is written to no more, and the client's account manager, that a contact's address changed; and
        those of both clients where a contact with a login goes from one to the other.
        """
        former, moving = {}, []
        if "parent_id" in vals:
            moving = self._charter_logins_that_move(self.browse(vals["parent_id"] or []))
        # Who is forgotten, or leaves, is not written to.
        if "email" in vals and vals.get("active", True):
            # Several may stand there: a mailbox that stays among them goes on being written to.
            goals = email_normalize_all(vals["email"] or "")
            former = {
                contact: contact.email_normalized
                for contact in self.sudo()
                if contact.email_normalized
                and contact.email_normalized not in goals
                and contact.partner_share
            }
        result = super().write(vals)
        for contact, address in former.items():
            if contact.active and contact.is_charter_client:
                contact._charter_notify_former_address(address)
        for contact, client in moving:
            contact._charter_say_moved(client)
        return result

    def _charter_logins_that_move(self, goal):
        """Return [(contact, its client until now)] of those who go to ``goal`` with a login, and read there what its people read.

        :raise UserError: the user is no operations manager
        """
        goal = goal.sudo().commercial_partner_id
        moving = [
            (contact, contact.commercial_partner_id)
            for contact in self.sudo()
            if not contact.is_company
            and goal
            and contact.commercial_partner_id not in (goal, contact)
            and contact.user_ids.filtered(lambda user: user.share and user.active)
            and (goal.is_charter_client or contact.commercial_partner_id.is_charter_client)
        ]
        if moving and not (
            self.env.su or self.env.user.has_group("mileo_client_charter.group_charter_operations")
        ):
            contact, client = moving[0]
            raise UserError(
                self.env._(
                    "%(contact)s has a login to the portal, and would read there what the contacts of %(goal)s read, and no more what "
                    "those of %(client)s read. Ask an operations manager to move it; or create a contact of %(goal)s, and archive this one.",
                    contact=contact.name,
                    goal=goal.display_name,
                    client=client.display_name,
                )
            )
        return moving

    def _charter_say_moved(self, client):
        """Have the account managers of both clients see that this contact, who has a login, is the other one's from now on."""
        goal = self.commercial_partner_id
        words = _lt(
            "%(who)s moved this contact, with its login, from %(client)s to %(goal)s",
            who=self.env.user.name,
            client=client.name,
            goal=goal.name,
        )
        for one in (client, goal):
            self._charter_warn_manager(one, words)

    def _charter_notify_former_address(self, address):
        """Mail ``address``, which was this contact's until now; it is not informed of the new one, which may be somebody else's.

        Whoever changed it needs no leave: contacts change their address every day, and what matters is that nobody diverts what we
        send without its reader and the account manager hearing of it.
        """
        client = self.commercial_partner_id
        company = client._charter_serving_company().sudo()
        user = self.env.user
        who = company.name if user._is_superuser() else user.name
        record = self.with_context(lang=self.lang or self.env.lang)
        sender = company.email_formatted or user.email_formatted
        body = record.env["ir.qweb"]._render(
            "mileo_client_charter.mail_address_changed",
            {"contact": record, "company": company, "who": who},
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": record.env._("%s: your contact address was changed", company.name),
                "body_html": body,
                "email_from": sender,
                "reply_to": sender,
                "email_to": address,
                "author_id": company.partner_id.id,
                "auto_delete": False,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        self._charter_warn_manager(
            client, _lt("%(who)s changed the email address of this contact: ask the client", who=who)
        )

    def _charter_warn_manager(self, client, summary):
        """Have the account manager of ``client`` look at this contact today, unless it is who did it. :param summary: a term"""
        company = client._charter_serving_company().sudo()
        key = (company.id, "account_manager", client.id)
        manager = company._charter_holders({key}).get(key)
        if manager and manager != self.env.user.id:
            lang = self.env["res.users"].sudo().browse(manager).lang
            self.with_context(lang=lang, mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=manager,
                date_deadline=company._charter_today(),
                summary=summary,
            )

    # -- onboarding ------------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_charter_onboarding(self):
        company = self.env.company
        # Whoever reads a partner may; not everybody reads calendars.
        tz = company.sudo()._charter_tz()
        clients = self.commercial_partner_id.ids
        handed = self._charter_first_deliveries(company, clients)
        users = [("user_ids.share", "=", True), ("user_ids.active", "=", True)]
        rows = (
            self.env["res.partner"]
            .sudo()
            ._read_group(
                [("commercial_partner_id", "in", clients), *users], ["commercial_partner_id"], ["__count"]
            )
        )
        portal = {client.id: count for client, count in rows}
        reviews = self._charter_first_reviews(company, clients)

        def day(moment):
            return moment and fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()

        for partner in self:
            client = partner.commercial_partner_id._origin.id
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
    def _charter_first_deliveries(self, company, client_ids):
        """Return {(client id, “charter” or “contacts”): moment it was first delivered}"""
        own = [("partner_id", "in", client_ids), ("company_id", "=", company.id)]
        sent = [("state", "=", "sent"), ("kind", "in", ("charter", "contacts"))]
        deliveries = self.env["charter.delivery"].sudo()
        rows = deliveries._read_group([*own, *sent], ["partner_id", "kind"], ["sent_at:min"])
        return {(client.id, kind): moment for client, kind, moment in rows}

    @api.model
    def _charter_first_reviews(self, company, client_ids):
        """Return {client id: day its first annual review is held by}: from the ledger, else from its contracts' next anniversary."""
        own = [("partner_id", "in", client_ids), ("company_id", "=", company.id)]
        domain = [*own, ("code", "=", REVIEW_ANNUAL), ("state", "!=", "cancelled")]
        rows = self.env["charter.obligation"].sudo()._read_group(domain, ["partner_id"], ["due_at:min"])
        tz = company._charter_tz()
        found = {client.id: to_local(due, tz).date() for client, due in rows if due}
        missing = [client for client in client_ids if client not in found]
        return {**found, **self._charter_reviews_to_come(company, missing, tz)} if missing else found

    @api.model
    def _charter_reviews_to_come(self, company, client_ids, tz):
        """Return the same from the next anniversaries of the contracts of these clients, of which nothing is in the register yet."""
        contracts = self.env["contract.contract"].sudo()
        own = [("company_id", "=", company.id), ("commercial_partner_id", "in", client_ids)]
        running = contracts.search([*contracts._charter_active_domain(), *own])
        commitment = self.env["charter.document"]._commitments_in_force([company.id], [REVIEW_ANNUAL])
        commitment = commitment.get((company.id, REVIEW_ANNUAL))
        if not commitment:
            return {}
        dated, found = running.filtered("charter_next_anniversary"), {}
        moments = self.env["charter.obligation"]._due_moments(
            [
                (
                    {"company_id": company.id, "contract_id": contract.id},
                    to_utc(contract.charter_next_anniversary, tz),
                    commitment._delay(),
                    commitment.anchor,
                )
                for contract in dated
            ]
        )
        for contract, moment in zip(dated, moments, strict=True):
            if hasattr(moment, "date"):
                client, day = contract.commercial_partner_id.id, to_local(moment, tz).date()
                found[client] = min(day, found.get(client, day))
        return found

    def action_charter_portal_access(self):
        """Open core's own wizard: which contacts of the client may use the portal."""
        self.ensure_one()
        client = self.commercial_partner_id
        return (
            self.env["portal.wizard"]
            .with_context(active_ids=(client.child_ids or client).ids)
            .action_open_wizard()
        )

    def action_charter_deliveries(self):
        return self._charter_action("mileo_client_charter.action_charter_delivery")

    # -- a contact sheet, printed ------------------------------------------------------------------------

    def _charter_runs_below(self, report):
        """Return what runs at the foot of a contact sheet and its language; nothing of the reports of others."""
        if not report._charter_is_ours() or not report.report_name.endswith(".report_contact_sheet"):
            return None
        sheet = self.with_context(lang=self.lang or self.env.lang)
        return sheet._charter_print_name(), sheet.env.lang

    def _charter_print_name(self):
        sheet = self.with_context(lang=self.lang or self.env.lang)
        names = (sheet.env._("Contact sheet"), sheet.display_name, sheet.env.company.name)
        return " · ".join(names).replace("/", "-")

    # -- who may print a contact sheet -----------------------------------------------------------------

    def _charter_check_print(self, report):
        """Print a contact sheet for whoever may read who answers, of the company that serves the client alone.

        Contacts are no one's company's, so that reading the client says nothing of its sheet.
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
                ("company_id", "=", company.id),
                ("commercial_partner_id", "in", clients.ids),
                ("charter_tier_id", "!=", False),
            ]
        )
        others = clients - assigned.partner_id - contracts.commercial_partner_id
        if others:
            raise AccessError(
                self.env._(
                    "%(clients)s: no client of %(company)s under the charter. Choose the company that serves them.",
                    clients=", ".join(others.sudo().mapped("display_name")),
                    company=company.name,
                )
            )
