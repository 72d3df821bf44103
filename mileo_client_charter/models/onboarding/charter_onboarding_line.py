"""One contract of an onboarding: its tier, the commitments and emails that follow, and the result."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.charter_batches import run_isolated
from ..delivery.charter_delivery_run import KEPT_BY

ROLES = (("account_manager", "account_manager_id"), ("technical_contact", "technical_contact_id"))


class Rehearsed(Exception):
    """Carries what was seen out of a transaction that is taken back."""

    def __init__(self, shown):
        super().__init__()
        self.shown = shown


class CharterOnboardingLine(models.Model):
    _name = "charter.onboarding.line"
    _description = "Contract to bring under the charter"
    _inherit = ["charter.engine.mixin"]
    _order = "partner_id, id"
    _rec_name = "contract_id"

    onboarding_id = fields.Many2one("charter.onboarding", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="onboarding_id.company_id", store=True, index=True)
    contract_id = fields.Many2one("contract.contract", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        "res.partner", "Client", compute="_compute_partner_id", store=True, index=True
    )
    amount = fields.Float("A year", help="Twelve months of the contract's lines, taxes excluded.")
    tier_id = fields.Many2one(
        "charter.tier",
        required=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    account_manager_id = fields.Many2one(
        "res.users", domain="[('share', '=', False), ('company_ids', 'in', company_id)]"
    )
    technical_contact_id = fields.Many2one(
        "res.users", domain="[('share', '=', False), ('company_ids', 'in', company_id)]"
    )
    state = fields.Selection(
        [("listed", "Listed"), ("previewed", "Previewed"), ("refused", "Refused"), ("done", "Contract started")],
        required=True, default="listed", readonly=True, charter_engine=True,
    )  # fmt: skip
    message = fields.Char("Why refused", readonly=True, charter_engine=True)
    promises = fields.Json(
        "Commitments by code",
        readonly=True,
        charter_engine=True,
        charter_json="figures",
        help="Commitments opened, by code.",
    )
    mails = fields.Json(
        "Emails by type",
        readonly=True,
        charter_engine=True,
        charter_json="addresses",
        help="[type, address] of each email.",
    )
    promises_text = fields.Text("Commitments", compute="_compute_texts")
    mails_text = fields.Text("Emails", compute="_compute_texts")
    gaps = fields.Text(
        "Still missing",
        compute="_compute_gaps",
        compute_sudo=True,
        help="What will be listed to complete once the contract is under the charter.",
    )

    _contract_once = models.UniqueIndex(
        "(onboarding_id, contract_id)", "This contract is in the list already."
    )

    # -- readings ---------------------------------------------------------------------------------

    @api.depends("contract_id")
    def _compute_partner_id(self):
        # Whose it is does not follow the contract to another customer.
        for record in self:
            record.partner_id = record.contract_id.commercial_partner_id

    @api.depends("promises", "mails")
    @api.depends_context("lang")
    def _compute_texts(self):
        codes = {code for line in self for code in line.promises or {}}
        names = {company: company._commitment_names(codes) for company in self.onboarding_id}
        kinds = dict(self.env["charter.delivery"]._fields["kind"]._description_selection(self.env))
        for line in self:
            known = names.get(line.onboarding_id, {})
            words = [
                f"{known.get(code, code)} × {count}" if count > 1 else known.get(code, code)
                for code, count in sorted((line.promises or {}).items())
            ]
            line.promises_text = "\n".join(words)
            line.mails_text = "\n".join(f"{kinds[kind]} → {address}" for kind, address in line.mails or ())

    @api.depends("account_manager_id", "technical_contact_id", "partner_id")
    @api.depends_context("lang")
    def _compute_gaps(self):
        recipients = self.env["res.partner"]._charter_document_recipients(self.partner_id.ids)
        for line in self:
            found = []
            for _role, name in ROLES:
                user, label = line[name], line._fields[name]._description_string(self.env)
                if not user:
                    found.append(self.env._("%s: no one", label))
                elif not (user.partner_id.phone and user.partner_id.email):
                    found.append(
                        self.env._(
                            "%(label)s: %(user)s has no phone or no email", label=label, user=user.name
                        )
                    )
            if line.partner_id and not recipients.get(line.partner_id.id):
                found.append(self.env._("No contact of the client has an email address"))
            line.gaps = "\n".join(found)

    # -- changes ----------------------------------------------------------------------------------

    def write(self, vals):
        if not self._charter_is_engine():
            for line in self:
                if line.onboarding_id.state in ("running", "done"):
                    raise UserError(
                        self.env._("“%s” has begun: its list is closed.", line.onboarding_id.name)
                    )
        result = super().write(vals)
        if not self._charter_is_engine() and vals:
            # What was shown is not true any more.
            self._charter_engine().write({"state": "listed", "message": False})
            self.onboarding_id._charter_engine().write({"state": "draft"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_before_it_begins(self):
        for line in self:
            if line.state == "done":
                raise UserError(
                    self.env._("%s is under the charter already.", line.sudo().contract_id.display_name)
                )

    # -- the act ----------------------------------------------------------------------------------

    def _refusal(self, of_client):
        """Return why this contract cannot be brought under the charter, or empty; ``of_client``: its client's lines."""
        self.ensure_one()
        contract, company = self.sudo().contract_id, self.company_id
        if contract.charter_tier_id:
            return self.env._("It has a tier already: %s.", contract.charter_tier_id.name)
        if not contract.active:
            return self.env._("The contract is archived.")
        for _role, name in ROLES:
            user = self[name]
            label = self._fields[name]._description_string(self.env)
            if user and company not in user.sudo().company_ids:
                return self.env._(
                    "%(label)s: %(user)s does not belong to %(company)s.",
                    label=label,
                    user=user.name,
                    company=company.name,
                )
            if len(of_client[name]) > 1:
                return self.env._(
                    "%(label)s: the contracts of %(client)s name several people (%(users)s); a client has one.",
                    label=label,
                    client=self.partner_id.display_name,
                    users=", ".join(of_client[name].mapped("name")),
                )
        return ""

    def _put_under_charter(self):
        """Return the act: who is to be called, then the tier, then what clients are owed planned. In this transaction.

        :return: the promises opened
        """
        [onboarding] = self.onboarding_id
        company = onboarding.company_id
        scoped = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
        ledger = self.env["charter.obligation"].sudo()
        # First of all: from here on nobody writes to a client who is held.
        scoped._charter_engine().write({"state": "done"})
        scoped.flush_model()
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM charter_obligation")
        [last] = self.env.cr.fetchone()
        for role, name in ROLES:
            for user, lines in scoped.grouped(name).items():
                if user:
                    scoped.env["charter.assignment"]._assign(lines.partner_id, role, user, company)
        scoped.contract_id.write({"charter_since": onboarding.date_from})
        for tier, lines in scoped.grouped("tier_id").items():
            lines.contract_id.write({"charter_tier_id": tier.id})
        if onboarding.hold:
            onboarding.run_ids._plan_held(onboarding, scoped.partner_id)
        return ledger.search([("id", ">", last), ("partner_id", "in", scoped.partner_id.ids)], order="id")

    def _preview(self):
        """Do it, look, and take it back: what is announced is what will come."""
        # A client's lines are never parted: they are all here.
        clients = self.grouped("partner_id")
        refused = {line: why for line in self if (why := line._refusal(clients[line.partner_id]))}
        shown, errors = self.filtered(lambda line: line not in refused)._rehearse()
        refused.update(errors)
        for line in self:
            if line in refused:
                line.write({"state": "refused", "message": refused[line], "promises": False, "mails": False})
            else:
                line.write({"state": "previewed", "message": False, **shown[line]})

    def _rehearse(self):
        """Return ({line: values of its preview}, {line: why refused}); nothing is left of it."""
        if not self:
            return {}, {}
        shown, refused = {}, {}

        def rehearse(lines):
            try:
                with self.env.cr.savepoint():
                    raise Rehearsed(lines._read_opened(lines._put_under_charter()))
            except Rehearsed as done:
                shown.update(done.shown)

        run_isolated(self, rehearse, lambda line, why: refused.update({line: why}))
        return shown, refused

    def _read_opened(self, opened):
        """Return {line: values of its preview} from the promises its contract opened."""
        recipients = self.env["res.partner"]._charter_document_recipients(self.partner_id.ids, "documents")
        people = (
            self.env["res.partner"]
            .sudo()
            .browse(contact for contacts in recipients.values() for contact in contacts)
        )
        address = {person.id: person.email_normalized for person in people}
        by_contract = opened.grouped(lambda promise: promise.contract_id.id)
        shown = {}
        for line in self:
            own = by_contract.get(line.contract_id.id, opened.browse())
            promises = {}
            for promise in own:
                promises[promise.code] = promises.get(promise.code, 0) + 1
            shown[line] = {
                "promises": promises,
                "mails": [
                    [KEPT_BY[promise.code], address[contact]]
                    for promise in own
                    if promise.code in KEPT_BY
                    for contact in recipients.get(line.partner_id.id, ())
                ],
            }
        return shown

    def _begin(self):
        """Begin for good. What refuses is said on its line and holds nobody else up."""
        # Its list is how operations see a contract that is not under the charter yet.
        todo = self.filtered(lambda line: not line.sudo().contract_id.charter_tier_id)
        (self - todo).write({"state": "done"})
        if not todo:
            return
        run_isolated(
            todo,
            lambda lines: lines._put_under_charter(),
            lambda line, why: line.write({"state": "refused", "message": why}),
        )
