"""What the charter's roles may write on a contract: what the charter added to it, nothing else."""

from odoo import api, models
from odoo.exceptions import AccessError

OURS = "mileo_client_charter"


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.model
    def _charter_editable_fields(self):
        """Names of the fields the charter adds to a contract for people to fill in."""
        return {
            name
            for name, field in self._fields.items()
            if not field.readonly
            and all(part._module.startswith(OURS) for part in self._charter_parts(field))
        }

    @api.model
    def _charter_parts(self, field):
        """The declarations a field is made of, of whatever addons."""
        return field._base_fields__ or (field,)

    def write(self, vals):
        """Operations have write access for the charter's sake: customer, prices and invoicing are not theirs.

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
        return super().write(vals)

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
        """Whether an access right of another addon than the charter's lets this user write contracts."""
        rights = self.env["ir.model.access"].sudo().search(
            [
                ("model_id.model", "=", self._name), ("perm_write", "=", True),
                "|", ("group_id", "=", False), ("group_id", "in", self.env.user.all_group_ids.ids),
            ]
        )  # fmt: skip
        xmlids = rights._get_external_ids()
        return any(not any(xmlid.startswith(OURS) for xmlid in xmlids[right.id]) for right in rights)
