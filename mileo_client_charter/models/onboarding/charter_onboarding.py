"""Bring contracts that existed before the charter under it: a preview first, then the change, then the clients are informed."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.figures import percent
from ..base.charter_batches import run_batches

# Contracts looked at, or brought under the charter, in one transaction.
BATCH = 50
# State of a campaign once the last contract of this one is done.
AFTER = {"previewing": "ready", "running": "done"}


class CharterOnboarding(models.Model):
    """One campaign of one company: which contracts, on which tier, with whom to call, and from which day.

    Nothing is done before it has been previewed, and the preview is the act itself, rolled back: what it announces is
    what comes. With ``hold``, nobody is mailed until somebody releases what is planned. Thousands of contracts go in
    batches of one transaction each: killed anywhere and run again, each contract is begun once.
    """

    _name = "charter.onboarding"
    _description = "Contracts brought under the charter"
    _inherit = ["charter.engine.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("Existing contracts"))
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [
            ("draft", "To prepare"),
            ("previewing", "Preview under way"),
            ("ready", "Previewed"),
            ("running", "Under way"),
            ("done", "Done"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        charter_engine=True,
    )
    setup_todo = fields.Text("Still to set up", compute="_compute_setup_todo", compute_sudo=True)
    # Which contracts
    product_ids = fields.Many2many("product.product", string="With one of these products")
    salesperson_ids = fields.Many2many(
        "res.users", string="Of these salespeople", domain="[('share', '=', False)]"
    )
    amount_from = fields.Float("From, a year", help="Twelve months of the contract's lines, taxes excluded.")
    amount_to = fields.Float("Up to, a year", help="0: no limit.")
    # What becomes of them
    tier_id = fields.Many2one(
        "charter.tier",
        "Tier of the others",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Of contracts no rule names a tier for. Empty: they are left out.",
    )
    rule_ids = fields.One2many("charter.onboarding.rule", "onboarding_id", copy=True)
    manager_source = fields.Selection(
        [
            ("client", "The client's salesperson, else the contract's"),
            ("contract", "The contract's, else the client's"),
        ],
        "Account manager",
        required=True,
        default="client",
    )
    technical_contact_id = fields.Many2one(
        "res.users", domain="[('share', '=', False), ('company_ids', 'in', company_id)]"
    )
    date_from = fields.Date(
        "The register opens on",
        required=True,
        default=lambda self: self.env.company._charter_today(),
        help="Commitments count from that day. A day to come: the contracts are begun on it.",
    )
    hold = fields.Boolean(
        "Hold client emails",
        default=True,
        help="Emails to clients are prepared and wait until you send them.",
    )
    released_at = fields.Datetime(readonly=True, copy=False, charter_engine=True)
    line_ids = fields.One2many("charter.onboarding.line", "onboarding_id")
    run_ids = fields.One2many("charter.delivery.run", "onboarding_id")

    line_count = fields.Integer("Contracts", compute="_compute_progress")
    client_count = fields.Integer("Clients", compute="_compute_progress")
    done_count = fields.Integer("Started", compute="_compute_progress")
    refused_count = fields.Integer("Refused", compute="_compute_progress")
    progress = fields.Integer(compute="_compute_progress")
    summary = fields.Text("What will be opened and sent", compute="_compute_summary")
    held_count = fields.Integer("Emails held", compute="_compute_held_count")

    _dates = models.Constraint(
        "CHECK (amount_from >= 0 AND amount_to >= 0)", "Amount: give 0 or more a year."
    )

    # -- readings ---------------------------------------------------------------------------------

    @api.depends("company_id", "state")
    @api.depends_context("lang")
    def _compute_setup_todo(self):
        """Show the open set-up checks as long as nothing has begun: the first emails to clients depend on them."""
        checks = self.env["charter.setup.check"]
        for onboarding in self:
            waiting = onboarding.state in ("draft", "previewing", "ready") and onboarding.company_id
            onboarding.setup_todo = checks._todo_words(onboarding.company_id) if waiting else False

    @api.depends("line_ids.state")
    def _compute_progress(self):
        lines = self.env["charter.onboarding.line"]
        counts, clients = {}, {}
        for one, state, count in lines._read_group(
            [("onboarding_id", "in", self.ids)], ["onboarding_id", "state"], ["__count"]
        ):
            counts.setdefault(one.id, {})[state] = count
        for one, count in lines._read_group(
            [("onboarding_id", "in", self.ids)], ["onboarding_id"], ["partner_id:count_distinct"]
        ):
            clients[one.id] = count
        for one in self:
            of_one = counts.get(one.id, {})
            one.line_count = sum(of_one.values())
            one.client_count = clients.get(one.id, 0)
            one.done_count = of_one.get("done", 0)
            one.refused_count = of_one.get("refused", 0)
            pending = of_one.get("listed" if one.state in ("draft", "previewing") else "previewed", 0)
            one.progress = percent(one.line_count - pending, one.line_count, 0) or 0

    @api.depends("line_ids.promises", "line_ids.mails")
    @api.depends_context("lang")
    def _compute_summary(self):
        for one in self:
            promises, mails = {}, 0
            for line in one.line_ids.filtered(lambda line: line.state in ("previewed", "done")):
                for code, count in (line.promises or {}).items():
                    promises[code] = promises.get(code, 0) + count
                mails += len(line.mails or ())
            names = one._commitment_names(promises)
            words = [
                self.env._("%(promise)s: %(count)s", promise=names[code], count=count)
                for code, count in sorted(promises.items())
            ]
            if words or mails:
                words.append(self.env._("Emails to clients: %s", mails))
            one.summary = "\n".join(words)

    def _commitment_names(self, codes):
        """Return {code: the promise as the charter in force names it}."""
        found = self.env["charter.document"]._commitments_in_force(self.company_id.ids, list(codes))
        return {code: row.with_env(self.env).sudo().name for (_company, code), row in found.items()}

    @api.depends("run_ids.state", "run_ids.delivery_ids.state")
    def _compute_held_count(self):
        deliveries = self.env["charter.delivery"].sudo()
        for one in self:
            one.held_count = (
                deliveries.search_count(
                    [
                        ("run_id.onboarding_id", "=", one.id),
                        ("run_id.state", "=", "held"),
                        ("state", "=", "planned"),
                    ]
                )
                if one.id
                else 0
            )

    # -- rules ------------------------------------------------------------------------------------

    @api.constrains("technical_contact_id", "company_id")
    def _check_technical_contact(self):
        for one in self:
            if one.technical_contact_id and one.company_id not in one.technical_contact_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "Technical contact: %(user)s does not belong to %(company)s.",
                        user=one.technical_contact_id.name,
                        company=one.company_id.name,
                    )
                )

    def write(self, vals):
        changes = not self._charter_is_engine() and vals.keys() - {"name", "line_ids"}
        if changes:
            for one in self:
                if one.state in ("running", "done"):
                    raise UserError(
                        self.env._("“%s” has begun: prepare another one for other contracts.", one.name)
                    )
        result = super().write(vals)
        if changes:
            # What was shown is not true any more.
            self._charter_engine().write({"state": "draft"})
        return result

    def _check_may_act(self):
        self.check_access("write")
        if not self.env.user.has_group("mileo_client_charter.group_charter_operations"):
            raise AccessError(self.env._("Only operations managers bring contracts under the charter."))

    # -- which contracts --------------------------------------------------------------------------

    def _candidate_domain(self):
        contracts = self.env["contract.contract"]
        today = self.company_id._charter_today()
        domain = (
            Domain("charter_tier_id", "=", False)
            & Domain("contract_type", "=", "sale")
            & Domain("company_id", "=", self.company_id.id)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
            & Domain("partner_id.active", "=", True)
            & Domain("commercial_partner_id.active", "=", True)
            # A contract without a line that still runs is left out; a note or a section is no such line.
            & Domain(
                "contract_line_ids",
                "any",
                Domain("display_type", "=", False)
                & Domain("is_canceled", "=", False)
                & (Domain("date_end", "=", False) | Domain("date_end", ">=", today)),
            )
        )
        # contract_termination, where it is installed.
        if "is_terminated" in contracts._fields:
            domain &= Domain("is_terminated", "=", False)
        if self.product_ids:
            domain &= Domain("contract_line_ids.product_id", "in", self.product_ids.ids)
        if self.salesperson_ids:
            domain &= Domain("user_id", "in", self.salesperson_ids.ids) | Domain(
                "commercial_partner_id.user_id", "in", self.salesperson_ids.ids
            )
        return contracts, domain

    def action_list(self):
        """List the contracts without a tier, each with the tier and the people the rules give it.

        :raise UserError: no charter in force to bring them under
        """
        self.ensure_one()
        self._check_may_act()
        if self.state in ("running", "done"):
            raise UserError(self.env._("“%s” has begun: prepare another one.", self.name))
        if not self.env["charter.document"].sudo()._in_force(self.company_id):
            raise UserError(
                self.env._(
                    "%s has no charter in force: publish one in Client Charter ‣ Configuration ‣ Charters first.",
                    self.company_id.name,
                )
            )
        model, domain = self._candidate_domain()
        contracts = model.sudo().with_company(self.company_id).search(domain, order="partner_id, id")
        amounts = self._yearly_amounts(contracts)
        holders = self._present_holders(contracts.commercial_partner_id)
        rows, outside, without = [], 0, 0
        for contract in contracts:
            amount = amounts.get(contract.id, 0.0)
            if amount < self.amount_from or (self.amount_to and amount > self.amount_to):
                outside += 1
                continue
            tier = self.rule_ids._tier_of(contract, amount) or self.tier_id
            if tier:
                rows.append(self._line_values(contract, amount, tier, holders))
            else:
                without += 1
        self.env["charter.onboarding.line"].search([("onboarding_id", "=", self.id)]).unlink()
        self.env["charter.onboarding.line"].create(rows)
        self._charter_engine().state = "draft"
        return self._say_left_out(len(rows), outside, without)

    def _say_left_out(self, listed, outside, without):
        """Return what says which contracts are not listed, and why; True where all are."""
        reasons = []
        if not (listed or outside or without):
            reasons.append(
                self.env._("Every contract of %s that runs has a tier already.", self.company_id.name)
            )
        if outside:
            reasons.append(self.env._("Outside the amounts given: %s.", outside))
        if without:
            reasons.append(
                self.env._("Without a tier by any rule: %s. Give the tier of the others.", without)
            )
        if not reasons:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Contracts listed: %s", listed),
                "message": " ".join(reasons),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _yearly_amounts(self, contracts):
        """Return {contract id: twelve months of its lines that run}, in one statement."""
        groups = (
            self.env["contract.line"]
            .sudo()
            ._read_group(
                [("contract_id", "in", contracts.ids), ("is_canceled", "=", False)],
                ["contract_id"],
                ["monthly_recurring:sum"],
            )
        )
        return {contract.id: 12 * amount for contract, amount in groups}

    def _present_holders(self, clients):
        """Return {(company id, role, client id): user id} of roles that are held already: they stay."""
        roles = ("account_manager", "technical_contact")
        keys = {(self.company_id.id, role, client) for role in roles for client in clients.ids}
        return self.env["charter.assignment"].sudo()._holders(keys)

    def _line_values(self, contract, amount, tier, holders):
        client = contract.commercial_partner_id
        sources = [client.user_id, contract.user_id]
        if self.manager_source == "contract":
            sources.reverse()
        salesperson = next((user for user in sources if self._can_answer(user)), sources[0].browse())
        key = (self.company_id.id, "account_manager", client.id)
        technical = (self.company_id.id, "technical_contact", client.id)
        return {
            "onboarding_id": self.id,
            "contract_id": contract.id,
            "amount": amount,
            "tier_id": tier.id,
            "account_manager_id": holders.get(key) or salesperson.id,
            "technical_contact_id": holders.get(technical)
            or (self._can_answer(self.technical_contact_id) and self.technical_contact_id.id),
        }

    def _can_answer(self, user):
        """Return whether a client of this company can be informed that ``user`` answers."""
        return bool(user and user.active and not user.share and self.company_id in user.sudo().company_ids)

    # -- steps ------------------------------------------------------------------------------------

    def action_preview(self):
        """Say of every contract what will be opened and who will be mailed; nothing is done."""
        self.ensure_one()
        self._check_may_act()
        if not self.line_ids:
            raise UserError(self.env._("There is no contract to look at: list them first."))
        if self.state in ("running", "done"):
            raise UserError(self.env._("“%s” has begun already.", self.name))
        self.line_ids._charter_engine().write({"state": "listed", "message": False})
        self._charter_engine().state = "previewing"
        self._advance()
        return True

    def action_begin(self):
        """Bring what was previewed under the charter.

        :raise UserError: it was not previewed, or a contract was refused
        """
        self.ensure_one()
        self._check_may_act()
        if self.state != "ready":
            raise UserError(self.env._("Look at the preview first: nothing begins unseen."))
        if self.refused_count:
            raise UserError(
                self.env._(
                    "Refused contracts: %s. Fix or remove their lines, then preview again.",
                    self.refused_count,
                )
            )
        self._charter_engine().state = "running"
        if self.date_from <= self.company_id._charter_today():
            self._advance()
        return True

    def _advance(self):
        """Begin the first batch at once, and leave the rest to the scheduled action."""
        lines = self._next_lines()
        if lines:
            self._go_on(lines)
        if self.state in ("previewing", "running"):
            self.env["ir.cron"]._charter_wake("mileo_client_charter.cron_onboarding")

    def action_release(self):
        """Release what was planned for clients: it leaves now, and what waited on them goes on."""
        self.ensure_one()
        self._check_may_act()
        if self.state != "done":
            raise UserError(self.env._("There is nothing to release before every contract has begun."))
        self.run_ids.action_release()
        self._charter_engine().released_at = self._charter_now()
        self.env["charter.assignment"]._wake_contacts()
        return True

    def action_held(self):
        """Return the deliveries that wait."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mileo_client_charter.action_charter_delivery")
        return {**action, "domain": [("run_id", "in", self.run_ids.ids)], "context": {}}

    def action_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts"),
            "res_model": "charter.onboarding.line",
            "views": [[False, "list"]],
            "domain": [("onboarding_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_import_equipment(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "mileo_client_charter.action_charter_equipment_import"
        )

    # -- batches ----------------------------------------------------------------------------------

    @api.model
    def _cron_onboarding(self):
        """Go on with what was started, a batch a transaction."""
        for one in self.sudo().search([("state", "in", ("previewing", "running"))], order="id"):
            if one.state == "running" and one.date_from > one.company_id._charter_today():
                continue
            if not run_batches(self.env, one._next_lines, one._go_on, one._count_waiting):
                return

    def _waiting_domain(self):
        state = {"previewing": "listed", "running": "previewed"}.get(self.state)
        return [("onboarding_id", "=", self.id), ("state", "=", state)]

    def _count_waiting(self):
        return self.env["charter.onboarding.line"].search_count(self._waiting_domain())

    def _next_lines(self):
        """Return the next contracts to preview or to begin; all contracts of a client are in the same batch."""
        lines = self.env["charter.onboarding.line"]._charter_engine()
        if self.state not in ("previewing", "running"):
            return lines
        batch = lines.search(self._waiting_domain(), order="partner_id, id", limit=BATCH)
        if not batch:
            self._charter_engine().state = AFTER[self.state]
            return batch
        return batch | lines.search([*self._waiting_domain(), ("partner_id", "=", batch[-1:].partner_id.id)])

    def _go_on(self, lines):
        """Preview or begin ``lines``, and say so when they were the last."""
        self.ensure_one()
        if self.state == "previewing":
            lines._preview()
        else:
            lines._begin()
        if not self._count_waiting():
            self._charter_engine().state = AFTER[self.state]
