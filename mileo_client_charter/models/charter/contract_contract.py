"""A contract with a tier is under the charter: from which day, on which calendar, and who may change it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ...tools.clock import to_local, to_utc
from ...tools.codes import REVIEW_ANNUAL
from ...tools.pg_array import pg_array
from ..base.charter_addons import builds_on_charter

OURS = "mileo_client_charter"


class ContractContract(models.Model):
    _inherit = "contract.contract"

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
    charter_report_period = fields.Selection(
        related="charter_tier_id.report_period", string="Activity report"
    )
    charter_report_days = fields.Integer(related="charter_tier_id.report_days")
    charter_interviews_per_year = fields.Integer(related="charter_tier_id.interviews_per_year")

    @api.model
    def _charter_calendars(self, contract_ids):
        """Return {contract id: calendar id} of those of these contracts that count on a calendar of their own."""
        self.flush_model(["charter_calendar_id"])
        self.env.cr.execute(
            SQL(
                "SELECT id, charter_calendar_id FROM contract_contract "
                "WHERE charter_calendar_id IS NOT NULL AND id = ANY(%(contract_ids)s::int[])",
                contract_ids=pg_array(contract_ids),
            ),
        )
        return dict(self.env.cr.fetchall())

    @api.constrains("charter_tier_id", "company_id", "contract_type")
    def _check_charter_tier(self):
        for contract in self.filtered("charter_tier_id"):
            if contract.contract_type != "sale":
                raise ValidationError(
                    self.env._(
                        "Charter tier: %s is a purchase contract; the charter is for sale contracts.",
                        contract.display_name,
                    )
                )
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

    @api.model
    def _charter_editable_fields(self):
        """Return names of the fields the charter adds to a contract for people to fill in."""
        return {
            name
            for name, field in self._fields.items()
            if not field.readonly
            and all(builds_on_charter(part._module) for part in self._charter_parts(field))
        }

    @api.model
    def _charter_parts(self, field):
        """Return the declarations a field is made of, of whatever addons."""
        return field._base_fields__ or (field,)

    def _charter_check_editable(self, vals):
        """Refuse customer, prices and invoicing to operations, who have write access for the charter's sake only.

        :raise AccessError: other fields, for who may write contracts by the charter's access alone
        """
        others = set() if self.env.su else vals.keys() - self._charter_editable_fields()
        if others and not self._charter_may_write_all():
            labels = ", ".join(
                f"“{self._fields[name]._description_string(self.env)}” ({name})"
                for name in sorted(others & self._fields.keys())
            )
            raise AccessError(
                self.env._(
                    "Contract: %s can only be changed by who may edit contracts in Invoicing. The charter's roles set "
                    "the tier, the day it counts from and its working time.",
                    labels or ", ".join(sorted(others)),
                )
            )

    def _compute_invoice_count(self):
        # The form counts the invoices for everybody: who may read none of them could not open it at all.
        if not self.env["account.move.line"].has_access("read"):
            self.invoice_count = 0
            return
        super()._compute_invoice_count()

    # Both read the journal, which the charter's roles may not: the form asks for them, and would not open.
    def _compute_currency_id(self):
        return super(ContractContract, self.sudo())._compute_currency_id()

    def _compute_pricelist_id_domain(self):
        return super(ContractContract, self.sudo())._compute_pricelist_id_domain()

    @api.model
    def _charter_may_write_all(self):
        """Return whether an access right of another addon than the charter's lets this user write contracts."""
        rights = (
            self.env["ir.model.access"]
            .sudo()
            .search(
                [
                    ("model_id.model", "=", self._name),
                    ("perm_write", "=", True),
                    "|",
                    ("group_id", "=", False),
                    ("group_id", "in", self.env.user.all_group_ids.ids),
                ]
            )
        )
        xmlids = rights._get_external_ids()
        return any(not any(xmlid.startswith(OURS) for xmlid in xmlids[right.id]) for right in rights)

    def _charter_midnight(self, day):
        """Return first moment of ``day`` where the company is, naive UTC."""
        self.ensure_one()
        return to_utc(day, self.company_id._charter_tz())

    def _charter_local_day(self, moment):
        """Return the day a naive UTC ``moment`` is for the company."""
        self.ensure_one()
        return to_local(moment, self.company_id._charter_tz()).date()

    def _charter_review_lead(self):
        """Return how long before an anniversary its review is held by the charter in force (article 04); nothing without one."""
        company = self.company_id or self.env.company
        return self.env["charter.commitment"]._delay_in_force(company.id, REVIEW_ANNUAL)

    def _charter_first_day(self, lines=None):
        """Return first day of the lines that are not cancelled, or None. :param lines: those of the contract, where they are known"""
        lines = (self.contract_line_ids if lines is None else lines).filtered(
            lambda line: line.date_start and not (line.is_canceled or line.display_type)
        )
        return min(lines.mapped("date_start"), default=None)
