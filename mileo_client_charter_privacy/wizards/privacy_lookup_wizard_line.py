from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    charter_can_anonymise = fields.Boolean(compute="_compute_charter_can_anonymise")

    @api.depends("res_model", "res_id", "execution_details", "is_unlinked")
    def _compute_charter_can_anonymise(self):
        partners = self.filtered(lambda line: line.res_model == "res.partner" and not line.is_unlinked)
        people = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search([("id", "in", partners.mapped("res_id")), ("is_company", "=", False)])
        )
        # What knows how to forget a person and keep its figures.
        forgetful = self.pool.descendants(["charter.privacy"], "_inherit")
        for line in self:
            line.charter_can_anonymise = (
                not line.is_unlinked
                and not line.execution_details
                and (
                    line.res_model in forgetful
                    or (line.res_model == "res.partner" and line.res_id in people.ids)
                )
            )

    def action_charter_anonymise(self):
        """Anonymise what these lines found; what cannot be is said, and nothing is done by halves.

        :raise AccessError: not an administrator
        :raise UserError: nothing of the charter among the lines, or something is still owed to the person
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators can anonymise what a privacy lookup found."))
        lines = self.filtered("charter_can_anonymise")
        if not lines:
            raise UserError(
                self.env._("Nothing to anonymise here: choose feedback, escalations, deliveries or contacts.")
            )
        # Documents first: the contact they name is the last to go.
        for line in lines.sorted(lambda line: line.res_model == "res.partner"):
            self.env[line.res_model].sudo().browse(line.res_id)._charter_anonymise()
            line.execution_details = self.env._(
                "Anonymised %(model)s #%(number)s", model=line.res_model_id.name, number=line.res_id
            )
        lines._compute_res_name()
