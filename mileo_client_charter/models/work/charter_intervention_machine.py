"""Interventions of another program: by its key it reports them, takes their steps, and finds its own again.

The user of the key is no employee and belongs to no type of users: it has the rights of its one group. What a report or a
step needs to know of clients and contracts is read by the engine, never by that user.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

GROUP = "mileo_client_charter.group_charter_feeding"
# What a program says of what it reports.
REPORTED = {
    "name", "partner_id", "contract_id", "company_id", "kind", "priority", "user_id", "reported_at", "responded_at",
    "description", "equipment_ids", "res_model", "res_id",
}  # fmt: skip
# What it reads of its own, by which it finds them again and knows where they stand.
FOUND_BY = {
    "id", "display_name", "name", "reference", "state", "progress", "res_model", "res_id", "company_id", "reported_at",
    "responded_at", "resolved_at", "reopened_at", "closing_cycle",
}  # fmt: skip
# Nothing else of what a remote call says of itself reaches the engine.
CONTEXT = ("lang", "tz", "allowed_company_ids")


class CharterIntervention(models.Model):
    _inherit = "charter.intervention"  # pylint: disable=consider-merging-classes-inherited

    res_model = fields.Char(groups=f"base.group_user,{GROUP}")
    res_id = fields.Many2oneReference(groups=f"base.group_user,{GROUP}")

    @api.model
    def _charter_by_program(self):
        """Return whether another program calls, by the key of a user that is nobody else's."""
        return not self.env.su and self.env.user.share and self.env.user.has_group(GROUP)

    def _charter_for_program(self):
        context = {name: self.env.context[name] for name in CONTEXT if name in self.env.context}
        return self.sudo().with_context(context)  # pylint: disable=context-overridden

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and (
            not self._charter_by_program() or field.name in (FOUND_BY if operation == "read" else REPORTED)
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._charter_by_program():
            return super().create(vals_list)
        self.check_access("create")
        for vals in vals_list:
            self._charter_check_reported(vals)
        reported = self._charter_for_program().create([{"user_id": False, **vals} for vals in vals_list])
        return reported.with_env(self.env)

    def _charter_check_reported(self, vals):
        """:raise AccessError, ValidationError: what the key of a program may not say"""
        unknown = vals.keys() - REPORTED
        if unknown:
            raise AccessError(
                self.env._(
                    "%(fields)s: a program reports %(known)s of an intervention, and takes the steps for the rest.",
                    fields=", ".join(sorted(unknown)),
                    known=", ".join(sorted(REPORTED)),
                )
            )
        if (vals.get("company_id") or self.env.company.id) not in self.env.companies.ids:
            raise AccessError(self.env._("company_id: the user of this key works for another company."))
        if vals.get("res_model") in self.env:
            raise ValidationError(
                self.env._(
                    "res_model: %s is a document of this database. Name the document in your own program, “cmms.order” for example.",
                    vals["res_model"],
                )
            )

    def _charter_step(self, *states):
        if not self._charter_by_program():
            return super()._charter_step(*states)
        # Its own alone: the rules of reading say which.
        self.check_access("read")
        return super(CharterIntervention, self._charter_for_program())._charter_step(*states)
