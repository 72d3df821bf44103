from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import periods


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = ["contract.contract", "charter.obligation.mixin"]

    charter_tier_id = fields.Many2one(
        "charter.tier",
        index="btree_not_null",
        tracking=True,
        domain="[('company_id', 'in', (False, company_id))]",
        help="A contract with a tier is under the charter: the tier sets its reports, interviews and service levels.",
    )
    charter_since = fields.Date(
        "Under the charter since",
        copy=False,
        help="First day the promises count from. Set to today when the tier is chosen.",
    )
    charter_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working time of the promises",
        help="Empty: the company's. Never the calendar of the person in charge.",
    )
    charter_anniversary = fields.Date(compute="_compute_charter_anniversary", help="Next day the contract's term ends.")
    charter_anniversary_source = fields.Char(compute="_compute_charter_anniversary")
    charter_report_period = fields.Selection(related="charter_tier_id.report_period", string="Activity report")
    charter_report_days = fields.Integer(related="charter_tier_id.report_days")
    charter_interviews_per_year = fields.Integer(related="charter_tier_id.interviews_per_year")

    def _charter_partner(self):
        self.ensure_one()
        return self.commercial_partner_id

    def _charter_contract(self):
        self.ensure_one()
        return self

    @api.depends("date_end", "contract_line_ids.date_start", "contract_line_ids.is_canceled", "charter_since")
    @api.depends_context("lang")
    def _compute_charter_anniversary(self):
        today = fields.Date.context_today(self)
        for contract in self:
            starts = [
                line.date_start for line in contract.contract_line_ids if line.date_start and not line.is_canceled
            ]
            if contract.date_end:
                contract.charter_anniversary = contract.date_end + timedelta(days=1)
                contract.charter_anniversary_source = self.env._("from the end of the current term")
            elif starts:
                contract.charter_anniversary = periods.anniversary_after(min(starts), today)
                contract.charter_anniversary_source = self.env._("from the start of the contract; it has no end date")
            else:
                contract.charter_anniversary = False
                contract.charter_anniversary_source = self.env._(
                    "cannot be derived: no line of the contract has a start date"
                )

    @api.model
    def _charter_active_domain(self):
        """Contracts under the charter that have not ended."""
        return [
            ("charter_tier_id", "!=", False),
            ("contract_type", "=", "sale"),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", fields.Date.context_today(self)),
        ]

    @api.constrains("charter_tier_id", "company_id", "contract_type")
    def _check_charter_tier(self):
        for contract in self.filtered("charter_tier_id"):
            if contract.contract_type != "sale":
                raise ValidationError(
                    self.env._("Charter tier: %s is a purchase contract; the charter is for sale contracts.",
                               contract.display_name)
                )  # fmt: skip
            if not contract.company_id:
                raise ValidationError(self.env._("Charter tier: give the contract a company first."))
            if not self.env["charter.document"].sudo()._in_force(contract.company_id):
                raise ValidationError(
                    self.env._(
                        "Charter tier: %s has no charter in force. Publish one in Client Charter ‣ Configuration "
                        "‣ Charters first.",
                        contract.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("charter_tier_id") and not vals.get("charter_since"):
                vals["charter_since"] = fields.Date.context_today(self)
        contracts = super().create(vals_list)
        contracts.filtered("charter_tier_id")._charter_begin()
        return contracts

    def write(self, vals):
        changing = self.browse()
        if "charter_tier_id" in vals:
            changing = self.filtered(lambda contract: contract.charter_tier_id.id != vals["charter_tier_id"])
        result = super().write(vals)
        if changing:
            changing.filtered("charter_tier_id")._charter_withdraw(self.env._("The tier of the contract changed."))
            changing.filtered(lambda c: not c.charter_tier_id)._charter_withdraw(
                self.env._("The contract left the charter.")
            )
            beginners = changing.filtered(lambda c: c.charter_tier_id and not c.charter_since)
            if beginners:
                super(ContractContract, beginners).write({"charter_since": fields.Date.context_today(self)})
            changing.filtered("charter_tier_id")._charter_begin()
        return result

    def _charter_begin(self):
        """What a contract under the charter owes from its first day: onboarding and the first occurrences."""
        for contract in self:
            document = self.env["charter.document"].sudo()._in_force(contract.company_id)
            client = contract.commercial_partner_id.with_company(contract.company_id)
            client._charter_open("charter.copy", occurrence=document.version, contract_id=contract.id)
            client._charter_open("contacts.sheet", occurrence="onboarding", contract_id=contract.id)
        self.env["charter.scheduler"].sudo()._schedule(self.filtered("active"))

    def _charter_withdraw(self, reason):
        """Recurring promises of these contracts that are not due yet are owed no more."""
        self.env["charter.obligation"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "open")]
        )._cancel(reason)
