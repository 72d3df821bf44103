from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.clock import to_utc
from ...tools.occurrence import ONBOARDING
from ...tools.pg_array import pg_array


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
        help="First day the commitments count from. Set to today when the tier is chosen.",
    )
    charter_known_on = fields.Date(
        "Recorded under the charter on",
        copy=False,
        readonly=True,
        help=(
            "Day the tier was chosen, also where the commitments count from an earlier one: what was "
            "past by then carries no commitment."
        ),
    )
    charter_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working time of the commitments",
        # Few contracts have one: this index finds them at once among thousands.
        index="btree_not_null",
        help="Empty: the company's. Never the calendar of the person in charge.",
    )
    charter_anniversary = fields.Date(
        "After the term",
        compute="_compute_charter_anniversary",
        help="The day after the current term ends; of a contract without end, its next annual due date.",
    )
    charter_anniversary_source = fields.Char(
        "Origin of the annual due date", compute="_compute_charter_anniversary"
    )
    charter_report_period = fields.Selection(
        related="charter_tier_id.report_period", string="Activity report"
    )
    charter_report_days = fields.Integer(related="charter_tier_id.report_days")
    charter_interviews_per_year = fields.Integer(related="charter_tier_id.interviews_per_year")

    def _charter_partner(self):
        self.ensure_one()
        return self.commercial_partner_id

    def _charter_contract(self):
        self.ensure_one()
        return self

    def _charter_parties(self):
        self.flush_model(["commercial_partner_id", "company_id"])
        self.env.cr.execute(
            "SELECT id, commercial_partner_id, company_id FROM contract_contract WHERE id = ANY(%s::int[])",
            [pg_array(self.ids)],
        )
        found = {
            number: (client, number, company or self.env.company.id)
            for number, client, company in self.env.cr.fetchall()
        }
        return [found[number] for number in self.ids]

    @api.model
    def _charter_calendars(self, contract_ids):
        """{contract id: calendar id} of those of these contracts that count on a calendar of their own."""
        self.flush_model(["charter_calendar_id"])
        self.env.cr.execute(
            "SELECT id, charter_calendar_id FROM contract_contract "
            "WHERE charter_calendar_id IS NOT NULL AND id = ANY(%s::int[])",
            [pg_array(contract_ids)],
        )
        return dict(self.env.cr.fetchall())

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

    def _charter_midnight(self, day):
        """First moment of ``day`` where the company is, naive UTC."""
        self.ensure_one()
        return to_utc(day, self.company_id._charter_tz())

    def _charter_local_day(self, moment):
        """The day a naive UTC ``moment`` is for the company."""
        self.ensure_one()
        tz = self.company_id._charter_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), moment).date()

    def _charter_first_day(self):
        """First day of the lines that are not cancelled, or None."""
        lines = self.contract_line_ids.filtered(
            lambda line: line.date_start and not (line.is_canceled or line.display_type)
        )
        return min(lines.mapped("date_start"), default=None)

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts.filtered("charter_tier_id")._charter_begin()
        return contracts

    def write(self, vals):
        changing = self.browse()
        if "charter_tier_id" in vals:
            changing = self.filtered(lambda contract: contract.charter_tier_id.id != vals["charter_tier_id"])
        before = {contract: contract.charter_tier_id for contract in changing}
        clients = (
            self._charter_clients_of() if vals.keys() & {"partner_id", "active", "charter_since"} else {}
        )
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if changing:
            for contract in changing.filtered("charter_tier_id"):
                codes = contract._charter_codes_changed(before[contract])
                contract._charter_withdraw(self.env._("The tier of the contract changed."), codes)
            changing.filtered(lambda c: not c.charter_tier_id)._charter_leave(
                self.env._("The contract left the charter.")
            )
            changing.filtered("charter_tier_id")._charter_begin()
        if clients:
            self._charter_moved(clients)
            archived.filtered("charter_since")._charter_leave(self.env._("The contract was archived."))
        if vals.get("charter_since"):
            # Days that come under the charter later are reported on all the same.
            running = self.filtered_domain([("active", "=", True), *self._charter_active_domain()])
            self.env["charter.scheduler"].sudo()._schedule(running, fields.Datetime.now())
        return result

    def _charter_begin(self):
        """What a contract under the charter owes from its first day: onboarding and the first occurrences."""
        running = self.filtered_domain([("active", "=", True), *self._charter_active_domain()])
        for contract in running:
            today = contract.company_id._charter_today()
            if not contract.charter_since:
                contract.charter_since = today
            if not contract.charter_known_on:
                contract.sudo().charter_known_on = today
            document = self.env["charter.document"].sudo()._in_force(contract.company_id)
            client = contract.commercial_partner_id.with_company(contract.company_id)
            client._charter_open("charter.copy", occurrence=document.version, contract_id=contract.id)
            client._charter_open("contacts.sheet", occurrence=ONBOARDING, contract_id=contract.id)
        # What was over before we knew of it is owed from now on, never late from its first moment.
        self.env["charter.scheduler"].sudo()._schedule(running, fields.Datetime.now())

    def _charter_codes_changed(self, old):
        """Which promises are others under the present tier than under ``old``."""
        self.ensure_one()
        new = self.charter_tier_id
        codes = []
        if (new.report_period, new.report_days) != (old.report_period, old.report_days):
            codes.append("report.delivery")
        if new.interviews_per_year != old.interviews_per_year:
            codes.append("interview.biannual")
        return codes
